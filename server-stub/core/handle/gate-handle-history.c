/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-handler.h"

#include "gate-agent.h"
#include "gate-commit.h"
#include "gate-park.h"
#include "gate-queue.h"
#include "gate-session.h"

/* What was said before: HistoryReq, the pages after a resume, SearchReq. */

#define DEFAULT_ROWS     50
#define PAGE_MARGIN      1024 /* of max_frame, for the frame around the rows */
#define MAX_SEARCH_ROWS  50
#define MAX_SEARCH_CHARS 200
#define URL_BYTES        80 /* what signing adds to a media row */

/* --- Pages ------------------------------------------------------------------------------------------------------ */

static Gate__V1__Message *
page_message (GateCore             *core,
              const GateMessageRow *row,
              WireArena            *arena)
{
  Gate__V1__Message *self =
    gate__v1__message__unpack (wire_arena_allocator (arena), row->body_bytes, row->body);

  if (self == NULL) {
    self = wire_arena_new0 (arena, Gate__V1__Message);
    gate__v1__message__init (self);
  }
  self->seq = row->seq;
  self->cid = row->cid;
  self->ts = row->ts;
  self->role = (Gate__V1__Role) row->role;
  self->sender = row->sender;
  self->flags = row->flags;
  self->replaces = row->replaces;
  return gate_message_sign (core, arena, self);
}

static Gate__V1__Note *
page_note (const GateNoteRow *row,
           WireArena         *arena)
{
  Gate__V1__Note *self =
    gate__v1__note__unpack (wire_arena_allocator (arena), row->body_bytes, row->body);

  if (self == NULL) {
    self = wire_arena_new0 (arena, Gate__V1__Note);
    gate__v1__note__init (self);
  }
  self->n = row->n;
  self->cid = row->cid;
  self->ts = row->ts;
  self->role = (Gate__V1__Role) row->role;
  self->author = row->author;
  self->whisper = row->is_whisper;
  self->text = wire_arena_strdup (arena, row->text != NULL ? row->text : "");
  return self;
}

static Gate__V1__ConvEvent *
page_event (const GateEventRow *row,
            WireArena          *arena)
{
  Gate__V1__ConvEvent *self = wire_arena_new0 (arena, Gate__V1__ConvEvent);

  gate__v1__conv_event__init (self);
  self->epoch = row->epoch;
  self->ts = row->ts;
  self->from = (Gate__V1__State) row->from;
  self->to = (Gate__V1__State) row->to;
  self->name = (char *) row->name;
  self->actor = row->actor;
  self->actor_role = (Gate__V1__Role) row->actor_role;
  self->queue = (char *) (row->queue != NULL ? row->queue : "");
  self->agent = row->agent;
  self->reason = (char *) (row->reason != NULL ? row->reason : "");
  return self;
}

Gate__V1__HistoryPage *
gate_history_fill_page (GateCore        *core,
                        const GateQuery *query,
                        WireArena       *arena)
{
  Gate__V1__HistoryPage *self = wire_arena_new0 (arena, Gate__V1__HistoryPage);

  gate__v1__history_page__init (self);
  self->conv = query->conv;
  self->more = query->more;
  self->head = query->head;
  self->messages = wire_arena_alloc0 (arena, (query->n_messages + 1) * sizeof (gpointer));
  for (guint i = 0; i < query->n_messages; i++)
    self->messages[self->n_messages++] = page_message (core, &query->messages[i], arena);
  if (query->for_visitor)
    return self;
  self->notes = wire_arena_alloc0 (arena, (query->n_notes + 1) * sizeof (gpointer));
  for (guint i = 0; i < query->n_notes; i++)
    self->notes[self->n_notes++] = page_note (&query->notes[i], arena);
  self->events = wire_arena_alloc0 (arena, (query->n_events + 1) * sizeof (gpointer));
  for (guint i = 0; i < query->n_events; i++)
    self->events[self->n_events++] = page_event (&query->events[i], arena);
  return self;
}

static GateQuery *
history_query (GateCore *core,
               guint64   conv,
               gboolean  is_visitor)
{
  GateQuery *query = gate_query_new (GATE_QUERY_HISTORY);

  query->conv = conv;
  query->for_visitor = is_visitor;
  query->notes_after = is_visitor ? G_MAXUINT64 : 0;
  query->max_bytes = core->settings.max_frame_bytes * (is_visitor ? 1 : 4) - PAGE_MARGIN -
                     GATE_HISTORY_ROWS * URL_BYTES;
  query->limit = GATE_HISTORY_ROWS;
  return query;
}

void
gate_handle_history (GateCore *core,
                     GateCall *call)
{
  const Gate__V1__HistoryReq *body = call->frame->history_req;
  gboolean is_visitor = call->role == GATE__V1__ROLE__VISITOR;
  GateConversation *conv = gate_call_conversation (core, call, body->conv);
  GateQuery *query = gate_call_found (call, GATE_QUERY_HISTORY);

  if (conv == NULL)
    return;
  if (query != NULL) {
    if (!gate_call_failed (core, call, query))
      gate_answer (core, &call->asker, &gate_history_fill_page (core, query, core->scratch)->base);
    return;
  }
  query = history_query (core, conv->row.conv, is_visitor);
  query->before = body->before;
  query->after = body->after;
  query->limit = body->limit != 0 ? MIN (body->limit, GATE_HISTORY_ROWS) : DEFAULT_ROWS;
  query->with_events = !is_visitor && body->before == 0;
  /* Older pages bring older lines; notes are few and came with the newest page. */
  if (body->before != 0)
    query->notes_after = G_MAXUINT64;
  gate_call_wait (core, call, query);
}

/* --- After a resume ------------------------------------------------------------------------------------------------ */

typedef struct {
  GateQuestion question;
  guint64 session;
  GateConnId conn;
  guint64 conv;
  guint64 after, note;
  guint32 epoch;
} CatchUp;

static void
catch_up_drop (GateQuestion *question)
{
  g_free (question);
}

static void
caught_up (GateSession *session,
           guint64      conv)
{
  for (guint i = 0; session->catching_up != NULL && i < session->catching_up->len; i++) {
    if (g_array_index (session->catching_up, guint64, i) == conv) {
      g_array_remove_index_fast (session->catching_up, i);
      break;
    }
  }
  if (session->catching_up != NULL && session->catching_up->len == 0)
    g_clear_pointer (&session->catching_up, g_array_unref);
}

/* Lines that were committed while the page was read did not go out; `more` makes the client fetch them. */
static void
send_page (GateCore         *core,
           GateSession      *session,
           GateConversation *conv,
           const CatchUp    *self,
           const GateQuery  *query)
{
  Gate__V1__HistoryPage *page = gate_history_fill_page (core, query, core->scratch);
  guint64 last = query->n_messages > 0 ? query->messages[query->n_messages - 1].seq : self->after;

  if (conv != NULL) {
    page->head = MAX (page->head, conv->shown.last_seq);
    page->more |= last < page->head;
  }
  if (page->n_messages + page->n_notes > 0 || page->more)
    gate_send (core, session, &page->base);
}

static gboolean
catch_up_done (GateCore     *core,
               GateQuestion *question,
               GateQuery    *query)
{
  CatchUp *self = (CatchUp *) question;
  GateSession *session = gate_session_find (core, self->session);
  GateConversation *conv = gate_conversation_find (core, self->conv);

  if (session != NULL && session->head.conn == self->conn) {
    caught_up (session, self->conv);
    if (query->status != GATE_STORE_OK)
      gate_close_conn (core, self->conn, 1011, "try again");
    else
      send_page (core, session, conv, self, query);
    if (query->status == GATE_STORE_OK && conv != NULL)
      gate_sync_session (core, session, conv);
  }
  g_free (self);
  return FALSE;
}

static void
ask_page (GateCore               *core,
          GateSession            *session,
          const Gate__V1__Cursor *cursor)
{
  gboolean is_visitor = session->agent == NULL;
  GateQuery *query = history_query (core, cursor->conv, is_visitor);
  CatchUp *self = g_new0 (CatchUp, 1);

  self->question.done = catch_up_done;
  self->question.drop = catch_up_drop;
  self->session = session->id;
  self->conn = session->head.conn;
  self->conv = cursor->conv;
  self->after = cursor->seq;
  query->after = cursor->seq;
  if (!is_visitor)
    query->notes_after = cursor->note;
  if (session->catching_up == NULL)
    session->catching_up = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_array_append_val (session->catching_up, self->conv);
  gate_park_ask (core, &self->question, query);
}

/* For conversations not in memory: first whose they are. */
typedef struct {
  GateQuestion question;
  guint64 session;
  GateConnId conn;
  Gate__V1__Cursor cursor;
} Whose;

static gboolean
may_catch_up (GateCore               *core,
              GateSession            *session,
              const GateConversation *conv)
{
  return session->agent != NULL ? gate_conversation_may_read (core, conv, session->agent)
                                : conv->row.visitor == session->self;
}

static gboolean
whose_done (GateCore     *core,
            GateQuestion *question,
            GateQuery    *query)
{
  Whose *self = (Whose *) question;
  GateSession *session = gate_session_find (core, self->session);
  GateConversation *conv = query->status == GATE_STORE_OK && query->n_convs > 0
                             ? gate_conversation_adopt (core, &query->convs[0])
                             : NULL;

  if (session != NULL && session->head.conn == self->conn && conv != NULL &&
      may_catch_up (core, session, conv))
    ask_page (core, session, &self->cursor);
  g_free (self);
  return FALSE;
}

static void
ask_whose (GateCore               *core,
           GateSession            *session,
           const Gate__V1__Cursor *cursor)
{
  Whose *self = g_new0 (Whose, 1);
  GateQuery *query = gate_query_new (GATE_QUERY_CONV);

  self->question.done = whose_done;
  self->question.drop = catch_up_drop;
  self->session = session->id;
  self->conn = session->head.conn;
  gate__v1__cursor__init (&self->cursor);
  self->cursor.conv = cursor->conv;
  self->cursor.seq = cursor->seq;
  self->cursor.note = cursor->note;
  query->conv = cursor->conv;
  gate_park_ask (core, &self->question, query);
}

void
gate_history_catch_up (GateCore               *core,
                       GateSession            *session,
                       const Gate__V1__Cursor *cursor)
{
  GateConversation *conv = cursor->conv != 0 ? gate_conversation_find (core, cursor->conv) : NULL;
  gboolean has_notes;

  if (cursor->conv == 0)
    return;
  if (conv == NULL) {
    ask_whose (core, session, cursor);
    return;
  }
  if (!may_catch_up (core, session, conv))
    return;
  has_notes = session->agent != NULL && conv->shown.last_note > cursor->note;
  if (conv->shown.last_seq > cursor->seq || has_notes)
    ask_page (core, session, cursor);
  else
    gate_sync_session (core, session, conv);
}

/* --- Search ----------------------------------------------------------------------------------------------------------- */

static Gate__V1__Hit *
page_hit (const GateHitRow *row,
          WireArena        *arena)
{
  Gate__V1__Hit *self = wire_arena_new0 (arena, Gate__V1__Hit);

  gate__v1__hit__init (self);
  self->conv = row->conv;
  self->seq = row->seq;
  self->note = row->note;
  self->ts = row->ts;
  self->role = (Gate__V1__Role) row->role;
  self->snippet = (char *) (row->snippet != NULL ? row->snippet : "");
  self->marks = (guint32 *) row->marks;
  self->n_marks = row->n_marks;
  self->name = (char *) (row->name != NULL ? row->name : "");
  return self;
}

static void
answer_search (GateCore        *core,
               GateCall        *call,
               const GateQuery *query)
{
  Gate__V1__SearchPage page = GATE__V1__SEARCH_PAGE__INIT;

  page.hits = wire_arena_alloc0 (core->scratch, (query->n_hits + 1) * sizeof (gpointer));
  for (guint i = 0; i < query->n_hits; i++)
    page.hits[page.n_hits++] = page_hit (&query->hits[i], core->scratch);
  page.cursor = (char *) (query->next_cursor != NULL ? query->next_cursor : "");
  page.more = query->more;
  page.indexed_to = query->indexed_to;
  gate_answer (core, &call->asker, &page.base);
}

static void
ask_search (GateCore                  *core,
            GateCall                  *call,
            const Gate__V1__SearchReq *body)
{
  GateQuery *query = gate_query_new (GATE_QUERY_SEARCH);
  WireArena *arena = query->arena;

  query->text = wire_arena_strdup (arena, body->query);
  query->from = wire_arena_strdup (arena, body->from);
  query->tag = wire_arena_strdup (arena, body->tag);
  query->cursor = wire_arena_strdup (arena, body->cursor);
  query->ts_before = body->before;
  query->ts_after = body->after;
  query->has_file = body->has_file;
  query->conv = body->conv;
  query->limit = body->limit != 0 ? MIN (body->limit, MAX_SEARCH_ROWS) : MAX_SEARCH_ROWS;
  gate_call_limit_query (core, call, query);
  gate_call_wait (core, call, query);
}

void
gate_handle_search (GateCore *core,
                    GateCall *call)
{
  const Gate__V1__SearchReq *body = call->frame->search_req;
  GateQuery *query = gate_call_found (call, GATE_QUERY_SEARCH);

  if (gate_text_is_longer (body->query, MAX_SEARCH_CHARS)) {
    gate_call_refuse (core, call, 422, "invalid", NULL);
    return;
  }
  if (query == NULL)
    ask_search (core, call, body);
  else if (!gate_call_failed (core, call, query))
    answer_search (core, call, query);
}
