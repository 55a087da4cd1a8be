/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-types.h"

G_BEGIN_DECLS

/** UsherSuggestion: a reply that the gateway's language worker offers to what was said last. */
#define USHER_TYPE_SUGGESTION (usher_suggestion_get_type ())
G_DECLARE_FINAL_TYPE (UsherSuggestion, usher_suggestion, USHER, SUGGESTION, GObject)

UsherSuggestion *usher_suggestion_new (const char *id) G_GNUC_WARN_UNUSED_RESULT;

const char *usher_suggestion_get_id (UsherSuggestion *self);
void usher_suggestion_set_id (UsherSuggestion *self,
                              const char      *value);

/** usher_suggestion_get_seq: the line it answers */
guint64 usher_suggestion_get_seq (UsherSuggestion *self);
void usher_suggestion_set_seq (UsherSuggestion *self,
                               guint64          value);
const char *usher_suggestion_get_text (UsherSuggestion *self);
void usher_suggestion_set_text (UsherSuggestion *self,
                                const char      *value);

/** usher_suggestion_get_source: (nullable): where it is from: "intent:refund", "faq:12", "chat:300/13" */
const char *usher_suggestion_get_source (UsherSuggestion *self);
void usher_suggestion_set_source (UsherSuggestion *self,
                                  const char      *value);

/** usher_suggestion_get_percent: how sure the worker is; 0: it does not say */
guint usher_suggestion_get_percent (UsherSuggestion *self);
void usher_suggestion_set_percent (UsherSuggestion *self,
                                   guint            value);

G_END_DECLS
