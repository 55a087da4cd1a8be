/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-types.h"

G_BEGIN_DECLS

/**
 * UsherConversation:
 *
 * One thread between a visitor and us, as the lists show it. Times are wall clock in microseconds, 0 = not so:
 * `waiting-since-us` nobody waits, `offer-deadline-us` not offered to me. `typing-text` is %NULL when the visitor does not type and
 * "" when they do without a preview. `draft` begins with %USHER_DRAFT_NOTE_MARK when it is the draft of a note.
 * `until-us` is 0 while it sleeps until the visitor writes. `wrapup-until-us`: it has ended and closes by itself then, without a reason. `viewers` and `writers` are the names of colleagues who look at it and who
 * write in it now, never mine. `is-watched`: I follow it; `is-joined`: I may answer beside its owner. `level` as in gate.v1: 0 clear.
 * The lines (`messages`) are made when first asked for, so that ten thousand conversations stay small.
 */
#define USHER_TYPE_CONVERSATION (usher_conversation_get_type ())
G_DECLARE_FINAL_TYPE (UsherConversation, usher_conversation, USHER, CONVERSATION, GObject)

#define USHER_DRAFT_NOTE_MARK "\x01"

UsherConversation *usher_conversation_new (guint64 conv) G_GNUC_WARN_UNUSED_RESULT;

/** usher_conversation_get_messages: (transfer none): the bounded window on its lines. */
UsherMessageList *usher_conversation_get_messages (UsherConversation *self);

/** usher_conversation_peek_messages: (transfer none) (nullable): the same, but %NULL when nobody asked yet. */
UsherMessageList *usher_conversation_peek_messages (UsherConversation *self);

/** usher_conversation_drop_messages: forgets the lines; those who show them are told by `notify::messages`. */
void usher_conversation_drop_messages (UsherConversation *self);

guint64 usher_conversation_get_conv (UsherConversation *self);
void usher_conversation_set_conv (UsherConversation *self,
                                  guint64            value);
UsherState usher_conversation_get_state (UsherConversation *self);
void usher_conversation_set_state (UsherConversation *self,
                                   UsherState         value);
guint usher_conversation_get_epoch (UsherConversation *self);
void usher_conversation_set_epoch (UsherConversation *self,
                                   guint              value);
guint usher_conversation_get_channel (UsherConversation *self);
void usher_conversation_set_channel (UsherConversation *self,
                                     guint              value);
guint64 usher_conversation_get_visitor (UsherConversation *self);
void usher_conversation_set_visitor (UsherConversation *self,
                                     guint64            value);
const char *usher_conversation_get_name (UsherConversation *self);
void usher_conversation_set_name (UsherConversation *self,
                                  const char        *value);
const char *usher_conversation_get_queue (UsherConversation *self);
void usher_conversation_set_queue (UsherConversation *self,
                                   const char        *value);
guint64 usher_conversation_get_agent (UsherConversation *self);
void usher_conversation_set_agent (UsherConversation *self,
                                   guint64            value);
const char *usher_conversation_get_agent_name (UsherConversation *self);
void usher_conversation_set_agent_name (UsherConversation *self,
                                        const char        *value);
guint usher_conversation_get_priority (UsherConversation *self);
void usher_conversation_set_priority (UsherConversation *self,
                                      guint              value);
guint64 usher_conversation_get_last_seq (UsherConversation *self);
void usher_conversation_set_last_seq (UsherConversation *self,
                                      guint64            value);
const char *usher_conversation_get_last_text (UsherConversation *self);
void usher_conversation_set_last_text (UsherConversation *self,
                                       const char        *value);
UsherRole usher_conversation_get_last_role (UsherConversation *self);
void usher_conversation_set_last_role (UsherConversation *self,
                                       UsherRole          value);
gint64 usher_conversation_get_last_ts_us (UsherConversation *self);
void usher_conversation_set_last_ts_us (UsherConversation *self,
                                        gint64             value);
gint64 usher_conversation_get_waiting_since_us (UsherConversation *self);
void usher_conversation_set_waiting_since_us (UsherConversation *self,
                                              gint64             value);
guint usher_conversation_get_unread (UsherConversation *self);
void usher_conversation_set_unread (UsherConversation *self,
                                    guint              value);
gint64 usher_conversation_get_opened_at_us (UsherConversation *self);
void usher_conversation_set_opened_at_us (UsherConversation *self,
                                          gint64             value);
gint64 usher_conversation_get_enqueued_at_us (UsherConversation *self);
void usher_conversation_set_enqueued_at_us (UsherConversation *self,
                                            gint64             value);
const char *usher_conversation_get_subject (UsherConversation *self);
void usher_conversation_set_subject (UsherConversation *self,
                                     const char        *value);
const char *const *usher_conversation_get_tags (UsherConversation *self);
void usher_conversation_set_tags (UsherConversation *self,
                                  const char *const *value);
gboolean usher_conversation_has_tag (UsherConversation *self,
                                     const char        *tag);
const char *usher_conversation_get_draft (UsherConversation *self);
void usher_conversation_set_draft (UsherConversation *self,
                                   const char        *value);
gboolean usher_conversation_get_is_visitor_online (UsherConversation *self);
void usher_conversation_set_is_visitor_online (UsherConversation *self,
                                               gboolean           value);
const char *usher_conversation_get_typing_text (UsherConversation *self);
void usher_conversation_set_typing_text (UsherConversation *self,
                                         const char        *value);
guint64 usher_conversation_get_visitor_read_seq (UsherConversation *self);
void usher_conversation_set_visitor_read_seq (UsherConversation *self,
                                              guint64            value);
guint64 usher_conversation_get_visitor_received_seq (UsherConversation *self);
void usher_conversation_set_visitor_received_seq (UsherConversation *self,
                                                  guint64            value);
gint64 usher_conversation_get_offer_deadline_us (UsherConversation *self);
void usher_conversation_set_offer_deadline_us (UsherConversation *self,
                                               gint64             value);
const char *usher_conversation_get_offer_reason (UsherConversation *self);
void usher_conversation_set_offer_reason (UsherConversation *self,
                                          const char        *value);
const char *usher_conversation_get_offer_note (UsherConversation *self);
void usher_conversation_set_offer_note (UsherConversation *self,
                                        const char        *value);
gboolean usher_conversation_get_is_mine (UsherConversation *self);
void usher_conversation_set_is_mine (UsherConversation *self,
                                     gboolean           value);

gboolean usher_conversation_get_is_joined (UsherConversation *self);
void usher_conversation_set_is_joined (UsherConversation *self,
                                       gboolean           value);
gboolean usher_conversation_get_is_watched (UsherConversation *self);
void usher_conversation_set_is_watched (UsherConversation *self,
                                        gboolean           value);
gint64 usher_conversation_get_until_us (UsherConversation *self);
void usher_conversation_set_until_us (UsherConversation *self,
                                      gint64             value);
gint64 usher_conversation_get_wrapup_until_us (UsherConversation *self);
void usher_conversation_set_wrapup_until_us (UsherConversation *self,
                                             gint64             value);
guint usher_conversation_get_level (UsherConversation *self);
void usher_conversation_set_level (UsherConversation *self,
                                   guint              value);
const char *const *usher_conversation_get_viewers (UsherConversation *self);
void usher_conversation_set_viewers (UsherConversation *self,
                                     const char *const *value);
const char *const *usher_conversation_get_writers (UsherConversation *self);
void usher_conversation_set_writers (UsherConversation *self,
                                     const char *const *value);

/** usher_conversation_get_waits_since_us: since when a person is waited for: `waiting-since-us`, but 0 while it is with the bot, sleeps or has ended. */
gint64 usher_conversation_get_waits_since_us (UsherConversation *self);

/** usher_conversation_may_write: whether I answer it, alone or beside its owner. */
gboolean usher_conversation_may_write (UsherConversation *self);

G_END_DECLS
