/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-conversation.h"
#include "gate-core-private.h"
#include "gate-outgoing.h"

G_BEGIN_DECLS

typedef enum {
  GATE_FROM_VISITOR = 1 << 0,
  GATE_FROM_AGENT = 1 << 1,
} GateFrom;

/** GateHandler: what a kind of frame needs and who acts on it. */
typedef struct {
  Gate__V1__Frame__BodyCase body_case;
  guint from;          /* GateFrom */
  guint right;         /* of an agent */
  gboolean is_ordered; /* waits behind parked frames of the same visitor or conversation */
  gsize conv_offset;   /* of `conv` in the body, for agents; 0 = it has none */
  void (*handle) (GateCore *core, GateCall *call);
} GateHandler;

/** gate_handler_find: (nullable) */
const GateHandler *gate_handler_find (Gate__V1__Frame__BodyCase body_case);

/** gate_dispatch: checks role and right and calls the handler, or parks the frame, or refuses it. */
void gate_dispatch (GateCore *core,
                    GateCall *call);

/** gate_dispatch_again: the same for a frame that was parked: its turn has come. */
void gate_dispatch_again (GateCore *core,
                          GateCall *call);

/* --- For handlers ----------------------------------------------------------------------------------------- */

/**
 * gate_call_conversation:
 * @number: as in the frame; 0 on a visitor's link is their current conversation
 *
 * Returns: (nullable): a conversation the caller may read; %NULL when the call was parked or refused
 */
GateConversation *gate_call_conversation (GateCore *core,
                                          GateCall *call,
                                          guint64   number);

/** gate_call_last: (nullable): a visitor's current conversation or else their last one; %NULL: parked or refused (404). */
GateConversation *gate_call_last (GateCore *core,
                                  GateCall *call);

/** gate_call_wait: parks the call for @query. */
void gate_call_wait (GateCore  *core,
                     GateCall  *call,
                     GateQuery *query);

/** gate_call_wait_commit: parks the call until what has been decided until now is committed. */
void gate_call_wait_commit (GateCore *core,
                            GateCall *call);

/**
 * gate_call_people:
 *
 * Returns: (nullable): what the store knows of @visitors and their last conversations; %NULL: parked or refused
 */
GateQuery *
gate_call_people (GateCore *core, GateCall *call, const guint64 *visitors, guint n_visitors);

/** gate_call_may_edit: whether the caller may say something of the visitor of @conv; else refused with 403 `not_owner`. */
gboolean gate_call_may_edit (GateCore         *core,
                             GateCall         *call,
                             GateConversation *conv);

/** gate_call_limit_query: @query finds only what the caller may read: their own conversations and those of their queues. */
void gate_call_limit_query (GateCore       *core,
                            const GateCall *call,
                            GateQuery      *query);

/** gate_call_failed: whether a query of this call failed; it is refused then. */
gboolean gate_call_failed (GateCore  *core,
                           GateCall  *call,
                           GateQuery *query);

/** gate_call_change: changes the state for @call; refuses it (409, 410, 422) where that is not possible. */
gboolean
gate_call_change (GateCore *core, GateCall *call, GateConversation *conv, GateChange *change);

/** gate_call_owns: owner or joined; else refused with 403 `not_owner`. */
gboolean gate_call_owns (GateCore         *core,
                         GateCall         *call,
                         GateConversation *conv);

/** gate_call_audit: a row for the audit log. */
void
gate_call_audit (GateCore *core, GateCall *call, const char *action, guint64 conv, guint64 agent);

/** gate_call_audit_detail: the same; @detail: a JSON object. */
void
gate_call_audit_detail (GateCore *core, GateCall *call, const char *action, const char *detail);

void
gate_call_refuse (GateCore *core, GateCall *call, guint code, const char *slug, const char *detail);

/* --- core/handle/: one file per kind ------------------------------------------------------------------------ */

void gate_handle_open (GateCore *core,
                       GateCall *call);
void gate_handle_message (GateCore *core,
                          GateCall *call);
void gate_handle_handover (GateCore *core,
                           GateCall *call);
void gate_handle_rating (GateCore *core,
                         GateCall *call);
void gate_handle_feedback (GateCore *core,
                           GateCall *call);
void gate_handle_typing (GateCore *core,
                         GateCall *call);
void gate_handle_read (GateCore *core,
                       GateCall *call);
void gate_handle_page_view (GateCore *core,
                            GateCall *call);
void gate_handle_ping (GateCore *core,
                       GateCall *call);
void gate_handle_history (GateCore *core,
                          GateCall *call);
void gate_handle_search (GateCore *core,
                         GateCall *call);
void gate_handle_upload (GateCore *core,
                         GateCall *call);
void gate_handle_status (GateCore *core,
                         GateCall *call);
void gate_handle_subscribe (GateCore *core,
                            GateCall *call);
void gate_handle_watch (GateCore *core,
                        GateCall *call);
void gate_handle_offer_answer (GateCore *core,
                               GateCall *call);
void gate_handle_claim (GateCore *core,
                        GateCall *call);
void gate_handle_transfer (GateCore *core,
                           GateCall *call);
void gate_handle_hold (GateCore *core,
                       GateCall *call);
void gate_handle_snooze (GateCore *core,
                         GateCall *call);
void gate_handle_reopen (GateCore *core,
                         GateCall *call);
void gate_handle_update (GateCore *core,
                         GateCall *call);
void gate_handle_close (GateCore *core,
                        GateCall *call);
void gate_handle_wrapup (GateCore *core,
                         GateCall *call);
void gate_handle_note (GateCore *core,
                       GateCall *call);
void gate_handle_contact (GateCore *core,
                          GateCall *call);
void gate_handle_contact_edit (GateCore *core,
                               GateCall *call);
void gate_handle_contact_merge (GateCore *core,
                                GateCall *call);
void gate_handle_contact_find (GateCore *core,
                               GateCall *call);
void gate_handle_keys (GateCore *core,
                       GateCall *call);
void gate_handle_keys_req (GateCore *core,
                           GateCall *call);

/** gate_watch_drop_session: a session that is gone watches nothing. */
void gate_watch_drop_session (GateCore    *core,
                              GateSession *session);

/** gate_watch_set_typing: whether it was news. */
gboolean gate_watch_set_typing (GateCore         *core,
                                GateConversation *conv,
                                GateSession      *session,
                                gboolean          is_typing);

/** gate_history_catch_up: after a resume: the page that a cursor lacks, then the present state. */
void gate_history_catch_up (GateCore               *core,
                            GateSession            *session,
                            const Gate__V1__Cursor *cursor);

/** gate_history_fill_page: what a HISTORY query found, in @arena. */
Gate__V1__HistoryPage *
gate_history_fill_page (GateCore *core, const GateQuery *query, WireArena *arena);

/** gate_message_first: a visitor's line when they have no open conversation: opens, reopens or answers a repeat. */
void gate_message_first (GateCore                *core,
                         GateCall                *call,
                         const Gate__V1__Message *message,
                         const char              *queue,
                         const char              *subject,
                         const char              *context);

/** gate_message_append: checks and appends a line to @conv. */
void gate_message_append (GateCore                *core,
                          GateCall                *call,
                          GateConversation        *conv,
                          const Gate__V1__Message *message);

/** gate_media_stored: an upload has arrived. */
void
gate_media_stored (GateCore *core, const GateAsker *asker, const Gate__Link__V1__MediaStored *body);

/** gate_media_known: (nullable): the stored media of a message; %NULL when the call was parked or refused. */
const GateMediaRow *gate_media_known (GateCore              *core,
                                      GateCall              *call,
                                      const Gate__V1__Media *media);

/** gate_media_take_facts: what is stored, and was looked at when it came, wins over what a message says of it. */
void gate_media_take_facts (Gate__V1__Media    *media,
                            const GateMediaRow *row);

G_END_DECLS
