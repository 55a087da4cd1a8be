/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-session.h"

#include "usher-canned.h"
#include "usher-colleague.h"
#include "usher-connection.h"
#include "usher-contact.h"
#include "usher-conversation-list.h"
#include "usher-conversation.h"
#include "usher-dispatcher.h"
#include "usher-handover-item.h"
#include "usher-hit.h"
#include "usher-keyring.h"
#include "usher-message-list.h"
#include "usher-message.h"
#include "usher-outbox.h"
#include "usher-queue.h"
#include "usher-rest.h"
#include "usher-store.h"
#include "usher-suggestion.h"
#include "usher-suspend.h"

G_BEGIN_DECLS

typedef struct _UsherWrapup UsherWrapup;
typedef struct _UsherLeaving UsherLeaving;

void usher_wrapup_free (UsherWrapup *wrapup);

/**
 * UsherHolding:
 *
 * A conversation and how much of its log is held here: the lines floor_seq … held_seq without a gap. What the UI sees of it is the
 * conversation; this is the rest.
 */
typedef struct {
  UsherConversation *conversation;
  guint64 floor_seq;
  guint64 held_seq;
  guint64 held_note;
  guint64 read_seq;   /* seen by the agent */
  guint64 wanted_seq; /* known to exist; asked for while above held_seq */
  guint64 wanted_note;
  guint64 told_read_seq; /* what the last Read frame said */
  guint64 told_received_seq;
  gint64 typed_at_us; /* monotonic: our last Typing frame; 0 = we are not typing */
  guint typing_id;    /* source: the visitor's typing fades */
  guint offer_id;     /* source: the offer's deadline */
  guint32 history_id; /* question that is open; 0 none */
  gboolean is_history_older;
  UsherHit *wanted_hit;    /* (nullable): the window is to move to it */
  guint n_pages_for_hit;   /* that were asked for to reach it */
  guint loading;           /* a bit for each kind of page of the store that is on its way */
  gboolean is_closing;     /* a Close is on its way, or waits */
  gboolean waits_to_close; /* for the last own lines to be stored */
  UsherLeaving *leaving;   /* (nullable): a transfer, or snoozing, that waits for own lines */
  UsherWrapup *wrapup;     /* (nullable): to be sent when it has been answered */
  gboolean is_shown;       /* it is on the screen */
  gboolean is_attended;    /* and the agent is at it: what comes is read */
  gboolean is_watch_told;  /* the gateway knows that we look at it */
  gboolean is_dirty;       /* the store has older values */
  gboolean is_contact_asked;
  gboolean asks_contact_again;
  guint64 said_seq;        /* of the last line somebody said that came live or in a page */
  GListStore *suggestions; /* (nullable): UsherSuggestion that are shown */
  GPtrArray *offered;      /* (nullable): of the last line: those, and one that was taken */
  UsherSuggestion *taken;  /* (nullable): it stands in the composer */
  GPtrArray *changes;      /* (nullable): UsherMessage: its changes of state, oldest first */
  guint changes_epoch;     /* of the last question for them */
} UsherHolding;

struct _UsherSession {
  GObject parent_instance;

  char *gateway_url;
  char *device;
  char *login;
  char *agent_name;
  char *role;
  char **rights;
  guint64 agent;
  guint64 log; /* incarnation of the gateway's store that the cache belongs to */

  UsherStore *store;
  UsherRest *rest;
  UsherKeyring *keyring;
  UsherSuspend *suspend;
  UsherConnection *connection;
  UsherDispatcher *dispatcher;
  UsherOutbox *outbox;
  GCancellable *cancellable; /* of everything that runs; cancelled in dispose */
  GHashTable *uploads;       /* cid → GCancellable of those that run */
  GQueue uploads_waiting;    /* guint64 *: cids of those that wait for their turn */

  GHashTable *holdings; /* conv → UsherHolding */
  guint undo_send_s;    /* how long a reply is held */
  guint idle_minutes;
  GHashTable *pending;      /* cid → UsherOutboxRow: own lines that are not acknowledged */
  GHashTable *drafts;       /* char * "conv" or "conv note" → char * */
  GHashTable *dispositions; /* char * queue → GArray of UsherDisposition */
  GListStore *team_canned;  /* UsherCanned */
  char *list_tags[USHER_REST_N_LISTS]; /* (nullable): of what is held of them */
  GHashTable *contacts;                /* visitor → UsherContact */
  GHashTable *
    unseen; /* (nullable): while a list arrives in pages: UsherConversation that have not come again */
  Gate__V1__ListKind unseen_list;
  GPtrArray *arrived; /* borrowed UsherHolding of a list whose other pages are still to come */
  UsherConversationList *offered;
  UsherConversationList *mine;
  UsherConversationList *queue;
  UsherConversationList *bot;
  UsherConversationList *snoozed;
  UsherConversationList *watching;
  UsherConversationList *closed;
  GListStore *colleagues;
  GListStore *queues;
  GListStore *handover; /* UsherHandoverItem: of the shift that is handed over */
  UsherHandoverStage handover_stage;
  gboolean accepted_before; /* the handover; and will again, should it be cancelled */
  GQueue shown_before;      /* UsherConversation whose lines are in memory, newest first */

  UsherLinkState link_state;
  gint64 in_step_us;
  gint64 connected_since_us;
  gint64 skew_us; /* the gateway's clock minus ours */
  gboolean is_accepting;
  guint
    n_status_asked; /* own statuses the gateway has not answered: what it tells meanwhile is older */
  gboolean is_present;
  gboolean is_asleep;
  gboolean is_unplugged; /* the connection was closed with the lid */
  guint sleep_id;        /* source: until it is */
  gboolean has_own_waiting;
  gboolean is_fresh;  /* this connection is not a session that was resumed */
  gboolean has_lists; /* the lists of this connection have come */
  guint load;
  guint capacity;

  char *refresh_token; /* in memory only, beside the keyring */
  gint64 access_expires_us;
  gboolean is_refreshing;
  guint n_refresh_tries;
  guint refresh_id;
  guint flush_id;
  guint marks_id;
};

enum {
  USHER_NOTICE_INFO = 1,
  USHER_NOTICE_WARNING = 2,
  USHER_NOTICE_ALARM = 3,
};

/* usher-session.c */
void usher_session_notice (UsherSession *self,
                           guint         level,
                           const char   *text,
                           const char   *slug);
void usher_session_emit_offered (UsherSession      *self,
                                 UsherConversation *conversation);
void usher_session_emit_line (UsherSession      *self,
                              UsherConversation *conversation,
                              UsherMessage      *message);
void usher_session_emit_line_shown (UsherSession      *self,
                                    UsherConversation *conversation,
                                    UsherMessage      *message);
void usher_session_emit_mentioned (UsherSession      *self,
                                   UsherConversation *conversation,
                                   const char        *text);
void usher_session_emit_signed_out (UsherSession *self,
                                    const char   *reason);
void usher_session_set_link_state (UsherSession   *self,
                                   UsherLinkState  state);
void usher_session_set_in_step (UsherSession *self,
                                gint64        in_step_us);
void usher_session_set_self (UsherSession      *self,
                             guint64            agent,
                             const char        *name,
                             const char        *login,
                             const char        *role,
                             const char *const *rights);
void
usher_session_set_status (UsherSession *self, gboolean is_accepting, guint load, guint capacity);
void usher_session_update_own_waiting (UsherSession *self);
void usher_session_set_handover_stage (UsherSession       *self,
                                       UsherHandoverStage  stage);

/* -holdings.c */
void usher_holding_free (UsherHolding *holding);
UsherHolding *usher_session_peek_holding (UsherSession *self,
                                          guint64       conv);
UsherHolding *usher_session_get_holding (UsherSession *self,
                                         guint64       conv);
UsherHolding *usher_session_holding_of (UsherSession      *self,
                                        UsherConversation *conversation);
void usher_session_load_snapshot (UsherSession        *self,
                                  const UsherSnapshot *snapshot);

/** usher_session_place: puts the conversation into the list where it belongs now. */
void usher_session_place (UsherSession *self,
                          UsherHolding *holding);

/** usher_session_place_many: the same for a burst of UsherHolding: each list grows once. */
void usher_session_place_many (UsherSession *self,
                               GPtrArray    *holdings);

/** usher_session_touch: the store will be told by and by. */
void usher_session_touch (UsherSession *self,
                          UsherHolding *holding);
void usher_session_flush (UsherSession *self);
void usher_session_forget_all (UsherSession *self);
void
usher_session_apply_row (UsherSession *self, UsherHolding *holding, const Gate__V1__ConvRow *row);
void usher_session_set_owner (UsherSession *self,
                              UsherHolding *holding,
                              guint64       agent,
                              const char   *agent_name);

/** usher_session_local_us: the gateway's milliseconds as microseconds of our own clock; 0 stays 0. */
gint64 usher_session_local_us (UsherSession *self,
                               guint64       gateway_ms);

/** usher_session_gateway_ms: the way back. */
guint64 usher_session_gateway_ms (UsherSession *self,
                                  gint64        local_us);

/** usher_session_name_of_agent: (transfer none) (nullable): mine or a colleague's. */
const char *usher_session_name_of_agent (UsherSession *self,
                                         guint64       agent);

/* -watch.c */
void usher_session_watch_init (UsherSession *self);

/** usher_session_update_watch: the gateway hears when we begin to look at it, or stop. */
void usher_session_update_watch (UsherSession *self,
                                 UsherHolding *holding);

/** usher_session_watch_again: of a new connection: it knows of nothing that we look at. */
void usher_session_watch_again (UsherSession *self);
void usher_session_set_viewers (UsherSession  *self,
                                UsherHolding  *holding,
                                const guint64 *agents,
                                gsize          n_agents);
void usher_session_load_watched (UsherSession *self,
                                 const char   *text);

/* -actions.c */

void usher_session_notice_offline (UsherSession *self);

/** usher_session_act: what an agent does with @conv; a refusal becomes a notice. %FALSE: not connected, and the agent knows. */
gboolean usher_session_act (UsherSession     *self,
                            guint64           conv,
                            ProtobufCMessage *body);

/** usher_session_leave_if_said: a Transfer, a Snooze or a Close that waited for the last lines goes. */
void usher_session_leave_if_said (UsherSession *self,
                                  UsherHolding *holding);
void usher_leaving_free (UsherLeaving *leaving);

/* -link.c */
void usher_session_link_init (UsherSession *self);
gboolean usher_session_get_is_away (UsherSession *self);
void usher_session_send_status (UsherSession *self);
void usher_session_check_in_step (UsherSession *self);

/** usher_session_ask: sends @frame with an id; @func hears how it ended. %FALSE when not connected: nothing was sent. */
gboolean usher_session_ask (UsherSession    *self,
                            Gate__V1__Frame *frame,
                            UsherAnswerFunc  func,
                            gpointer         user_data,
                            GDestroyNotify   destroy);
gboolean usher_session_send (UsherSession     *self,
                             ProtobufCMessage *body);

/* -lists.c, -offers.c, -sync.c, -marks.c, -contacts.c: their handlers */
void usher_session_lists_init (UsherSession *self);
void usher_session_subscribe (UsherSession *self);
void
usher_session_change_tags_of (UsherConversation *conversation, const Gate__V1__ConvUpdate *update);
void usher_session_offers_init (UsherSession *self);
void usher_session_drop_offer (UsherSession *self,
                               UsherHolding *holding);
void usher_session_sync_init (UsherSession *self);
void usher_session_marks_init (UsherSession *self);
/** usher_session_contact_from: (transfer full): as a frame has it; none of those that conversations show. */
UsherContact *usher_session_contact_from (UsherSession            *self,
                                          const Gate__V1__Contact *frame);
void usher_session_contacts_init (UsherSession *self);

/** usher_session_visitor_moved: came, went or turned the page: what is shown of them is asked for again. */
void usher_session_visitor_moved (UsherSession *self,
                                  UsherHolding *holding);

/** usher_session_want: there are lines up to @seq; they are asked for where they are not held. */
void usher_session_want (UsherSession *self,
                         UsherHolding *holding,
                         guint64       seq);

/** usher_session_ask_older: the lines below floor_seq, from the gateway. */
void usher_session_ask_older (UsherSession *self,
                              UsherHolding *holding);

/** usher_session_hold_own: our own line is stored as @seq. */
void usher_session_hold_own (UsherSession *self,
                             UsherHolding *holding,
                             guint64       seq);

/* -window.c */

/** usher_session_is_attended: whether the agent is at @conversation, so that nothing of it need be announced. */
gboolean usher_session_is_attended (UsherSession      *self,
                                    UsherConversation *conversation);
void usher_session_page_arrived (UsherSession *self,
                                 UsherHolding *holding,
                                 GPtrArray    *rows,
                                 gboolean      is_older);
UsherMessage *usher_session_message_from_row (UsherSession          *self,
                                              const UsherMessageRow *row);
void usher_session_update_edges (UsherSession *self,
                                 UsherHolding *holding);

/* -changes.c */
void usher_session_take_changes (UsherSession                *self,
                                 UsherHolding                *holding,
                                 const Gate__V1__HistoryPage *page);

/** usher_session_show_changes: those that belong among the lines of the window. */
void usher_session_show_changes (UsherHolding *holding);

/** usher_session_ask_changes: of a conversation with a window, when its epoch has moved on. */
void usher_session_ask_changes (UsherSession *self,
                                UsherHolding *holding);

/** usher_session_seek_hit: lines have come in: maybe the one that is wanted is among them. */
void usher_session_seek_hit (UsherSession *self,
                             UsherHolding *holding);
void usher_session_give_up_hit (UsherSession *self,
                                UsherHolding *holding);

/* -handover.c */
void usher_session_handover_init (UsherSession *self);

/** usher_session_is_handing_over: we want to hear what becomes of it. */
gboolean usher_session_is_handing_over (UsherSession      *self,
                                        UsherConversation *conversation);

/* usher-handover-brief.c */

/** usher_brief_new: (transfer full): of a chat with these last lines (nullable) (element-type UsherMessageRow), to be completed by the agent. */
char *usher_brief_new (UsherConversation *conversation,
                       GPtrArray         *rows) G_GNUC_WARN_UNUSED_RESULT;

/** usher_brief_dup_note: (transfer full): @brief (nullable) as it travels. */
char *usher_brief_dup_note (const char *brief) G_GNUC_WARN_UNUSED_RESULT;

/* -marks.c */
void usher_session_mark (UsherSession *self,
                         UsherHolding *holding);
void usher_session_update_deliveries (UsherSession *self,
                                      UsherHolding *holding);
UsherDelivery usher_session_delivery_of (UsherHolding *holding,
                                         guint64       seq);

/* -outbox.c */
void usher_session_outbox_init (UsherSession *self);
void usher_session_load_outbox (UsherSession *self,
                                GPtrArray    *rows);

/** usher_session_add_pending: the own lines that wait, into the window of @conversation. */
void usher_session_add_pending (UsherSession      *self,
                                UsherConversation *conversation);

/** usher_session_seen_by_writer: the guard against blind answers: the last line the writer could see. */
guint64 usher_session_seen_by_writer (UsherHolding *holding);

/** usher_session_n_unqueued: own lines of @conv that the outbox does not know yet, for they are not on the disk. */
guint usher_session_n_unqueued (UsherSession *self,
                                guint64       conv);

/** usher_session_queue_row: (transfer full) @row: makes it durable, with its @file (nullable), then hands it to the outbox. */
void usher_session_queue_row (UsherSession   *self,
                              UsherOutboxRow *row,
                              GBytes         *file,
                              gboolean        clears_draft);
UsherMessage *usher_session_message_from_pending (UsherSession         *self,
                                                  const UsherOutboxRow *row);

/** usher_session_new_cid: never 0 */
guint64 usher_session_new_cid (void);

/* -edits.c */

/** usher_session_show_edit: the line that @row changes has its new content in the window, before the gateway knows. */
void usher_session_show_edit (UsherSession         *self,
                              const UsherOutboxRow *row);
void usher_session_edit_stored (UsherSession          *self,
                                UsherHolding          *holding,
                                const UsherOutboxItem *item,
                                guint64                seq);
void usher_session_edit_failed (UsherSession          *self,
                                const UsherOutboxItem *item,
                                const char            *slug);

/* -images.c */

/** usher_session_find_own: (transfer none) (nullable): an own line, by what it was called before the gateway had it */
UsherMessage *usher_session_find_own (UsherSession *self,
                                      guint64       conv,
                                      guint64       cid);

/** USHER_IMAGE_BYTES: data of a message: its picture (GBytes) until the file is on the disk. */
#define USHER_IMAGE_BYTES "usher-image-bytes"
/** usher_session_upload: by and by; usher_outbox_set_url() or usher_outbox_upload_failed() follows. */
void usher_session_upload (UsherSession          *self,
                           const UsherOutboxItem *item);

/** usher_session_cancel_upload: what is on its way, or was to be, is not wanted any more; its file goes too. */
void usher_session_cancel_upload (UsherSession *self,
                                  guint64       cid);
void usher_session_stop_uploads (UsherSession *self);
void usher_session_keep_file (UsherSession          *self,
                              const UsherOutboxItem *item);

/* -mentions.c */

/** usher_session_dup_mentions: (transfer full) (nullable): who is named in @text, as `mentions` of a row. */
char *usher_session_dup_mentions (UsherSession *self,
                                  const char   *text);

/** usher_session_take_mention: a note has come in; maybe it is for us. */
void
usher_session_take_mention (UsherSession *self, UsherHolding *holding, const Gate__V1__Note *note);

/* -suggestions.c */
void usher_session_suggestions_init (UsherSession *self);

/** usher_session_answer_suggestions: the agent's reply is @text: the gateway hears what became of each. */
void usher_session_answer_suggestions (UsherSession *self,
                                       UsherHolding *holding,
                                       const char   *text);

/** usher_session_age_suggestions: line @seq was said: what was suggested to an earlier one is gone. */
void usher_session_age_suggestions (UsherSession *self,
                                    UsherHolding *holding,
                                    guint64       seq);

/** usher_session_put_suggestion_back: the composer is empty: the one that was taken is among the others again. */
void usher_session_put_suggestion_back (UsherSession *self,
                                        UsherHolding *holding);

/* usher-operator-lists.c */

/** usher_session_load_operator_lists: @meta: of the store */
void usher_session_load_operator_lists (UsherSession *self,
                                        GHashTable   *meta);
void usher_session_ask_operator_lists (UsherSession *self);
void usher_session_forget_operator_lists (UsherSession *self);

/* usher-dispositions.c */

/** usher_session_load_dispositions: @text: (nullable): as usher_rest_list_finish() gives it */
void usher_session_load_dispositions (UsherSession *self,
                                      const char   *text);

/** usher_session_title_of_code: (nullable): what a code means, of whichever queue */
const char *usher_session_title_of_code (UsherSession *self,
                                         const char   *code);

/* -account.c */
void usher_session_account_init (UsherSession *self);

/* -drafts.c */
void usher_session_load_drafts (UsherSession *self,
                                GPtrArray    *rows);
void usher_session_forget_draft (UsherSession *self,
                                 guint64       conv,
                                 gboolean      is_note);

/* -sign-in.c */
void usher_session_renew_token (UsherSession *self);

/* usher-texts.c */
const char *usher_text_of_slug (const char *slug);
char *usher_text_of_event (const char *name);

/** usher_text_of_offer: (transfer full): why it is offered to us. @from: (nullable): who hands it over */
char *usher_text_of_offer (const Gate__V1__Offer *offer,
                           gboolean               is_own,
                           const char            *from) G_GNUC_WARN_UNUSED_RESULT;

/* usher-lines.c: frames to rows */
UsherMessageRow *
usher_line_from_message (const Gate__V1__Message *message) G_GNUC_WARN_UNUSED_RESULT;
UsherMessageRow *usher_line_from_note (const Gate__V1__Note *note) G_GNUC_WARN_UNUSED_RESULT;
UsherMessageRow *usher_line_from_item (const UsherOutboxItem *item,
                                       guint64                agent,
                                       guint64                seq,
                                       gint64                 ts_us) G_GNUC_WARN_UNUSED_RESULT;

/** usher_line_summary: (transfer full): one line of text for a list, at most 120 characters. */
char *usher_line_summary (const UsherMessageRow *row);

G_END_DECLS
