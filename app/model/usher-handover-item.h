/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-types.h"

G_BEGIN_DECLS

/**
 * UsherHandoverItem:
 *
 * One chat of a shift that is handed over: its brief, who is to have it, and how far that is. It follows its conversation by itself: who was asked
 * accepts or passes, somebody takes it from the queue, the visitor leaves. `target` is an UsherColleague or an UsherQueue, or %NULL while nobody
 * has been chosen. `who` is the colleague who is asked, who passed, or who has it now; `problem` says why it failed.
 */
#define USHER_TYPE_HANDOVER_ITEM (usher_handover_item_get_type ())
G_DECLARE_FINAL_TYPE (UsherHandoverItem, usher_handover_item, USHER, HANDOVER_ITEM, GObject)

UsherHandoverItem *
usher_handover_item_new (UsherConversation *conversation) G_GNUC_WARN_UNUSED_RESULT;

UsherConversation *usher_handover_item_get_conversation (UsherHandoverItem *self);
GObject *usher_handover_item_get_target (UsherHandoverItem *self);
void usher_handover_item_set_target (UsherHandoverItem *self,
                                     GObject           *value);

const char *usher_handover_item_get_brief (UsherHandoverItem *self);
void usher_handover_item_set_brief (UsherHandoverItem *self,
                                    const char        *value);
UsherHandoverState usher_handover_item_get_state (UsherHandoverItem *self);
void usher_handover_item_set_state (UsherHandoverItem  *self,
                                    UsherHandoverState  value);
const char *usher_handover_item_get_who (UsherHandoverItem *self);
void usher_handover_item_set_who (UsherHandoverItem *self,
                                  const char        *value);
const char *usher_handover_item_get_problem (UsherHandoverItem *self);
void usher_handover_item_set_problem (UsherHandoverItem *self,
                                      const char        *value);

/** usher_handover_item_fail: it was not handed over, as far as is known: what the conversation has become meanwhile counts more. */
void usher_handover_item_fail (UsherHandoverItem *self,
                               const char        *problem);

/** usher_handover_item_can_go: it has a target and is not on its way: starting would hand it over. */
gboolean usher_handover_item_can_go (UsherHandoverItem *self);

/** usher_handover_item_is_settled: it needs nothing more from whoever hands over. */
gboolean usher_handover_item_is_settled (UsherHandoverItem *self);

G_END_DECLS
