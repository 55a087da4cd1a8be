/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-types.h"

G_BEGIN_DECLS

/**
 * UsherMessage:
 *
 * One line of a conversation. `seq` is 0 until the gateway has stored it; of a note it is the note's own number. `ts-us` is wall time.
 * `path` is the local file of an own picture or file, `progress` how many percent of it have left; 0: none is on its way. `text` of an event is the translated sentence to show.
 */
#define USHER_TYPE_MESSAGE (usher_message_get_type ())
G_DECLARE_FINAL_TYPE (UsherMessage, usher_message, USHER, MESSAGE, GObject)

UsherMessage *usher_message_new (guint64 conv, guint64 seq, UsherMessageKind kind, const char *text)
  G_GNUC_WARN_UNUSED_RESULT;

/** usher_message_is_pending: whether it is an own line that has no place in the conversation yet. */
gboolean usher_message_is_pending (UsherMessage *self);

guint64 usher_message_get_conv (UsherMessage *self);
void usher_message_set_conv (UsherMessage *self,
                             guint64       value);
guint64 usher_message_get_seq (UsherMessage *self);
void usher_message_set_seq (UsherMessage *self,
                            guint64       value);
guint64 usher_message_get_cid (UsherMessage *self);
void usher_message_set_cid (UsherMessage *self,
                            guint64       value);
gint64 usher_message_get_ts_us (UsherMessage *self);
void usher_message_set_ts_us (UsherMessage *self,
                              gint64        value);
UsherRole usher_message_get_role (UsherMessage *self);
void usher_message_set_role (UsherMessage *self,
                             UsherRole     value);
guint64 usher_message_get_sender (UsherMessage *self);
void usher_message_set_sender (UsherMessage *self,
                               guint64       value);
const char *usher_message_get_sender_name (UsherMessage *self);
void usher_message_set_sender_name (UsherMessage *self,
                                    const char   *value);
UsherMessageKind usher_message_get_kind (UsherMessage *self);
void usher_message_set_kind (UsherMessage     *self,
                             UsherMessageKind  value);
const char *usher_message_get_text (UsherMessage *self);
void usher_message_set_text (UsherMessage *self,
                             const char   *value);
const char *usher_message_get_url (UsherMessage *self);
void usher_message_set_url (UsherMessage *self,
                            const char   *value);
const char *usher_message_get_mime (UsherMessage *self);
void usher_message_set_mime (UsherMessage *self,
                             const char   *value);
const char *usher_message_get_name (UsherMessage *self);
void usher_message_set_name (UsherMessage *self,
                             const char   *value);
guint64 usher_message_get_size (UsherMessage *self);
void usher_message_set_size (UsherMessage *self,
                             guint64       value);

/** usher_message_get_duration_ms: of a voice message, which its size tells; 0 of anything else. */
guint usher_message_get_duration_ms (UsherMessage *self);
guint usher_message_get_width (UsherMessage *self);
void usher_message_set_width (UsherMessage *self,
                              guint         value);
guint usher_message_get_height (UsherMessage *self);
void usher_message_set_height (UsherMessage *self,
                               guint         value);
const char *usher_message_get_path (UsherMessage *self);
void usher_message_set_path (UsherMessage *self,
                             const char   *value);
guint64 usher_message_get_reply_to (UsherMessage *self);
void usher_message_set_reply_to (UsherMessage *self,
                                 guint64       value);
gboolean usher_message_get_is_edited (UsherMessage *self);
void usher_message_set_is_edited (UsherMessage *self,
                                  gboolean      value);
gboolean usher_message_get_is_recalled (UsherMessage *self);
void usher_message_set_is_recalled (UsherMessage *self,
                                    gboolean      value);
gboolean usher_message_get_is_own (UsherMessage *self);
void usher_message_set_is_own (UsherMessage *self,
                               gboolean      value);
guint usher_message_get_progress (UsherMessage *self);
void usher_message_set_progress (UsherMessage *self,
                                 guint         value);
UsherDelivery usher_message_get_delivery (UsherMessage *self);
void usher_message_set_delivery (UsherMessage  *self,
                                 UsherDelivery  value);
const char *usher_message_get_fail_reason (UsherMessage *self);
void usher_message_set_fail_reason (UsherMessage *self,
                                    const char   *value);

G_END_DECLS
