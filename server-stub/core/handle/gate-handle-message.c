/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-handler.h"

#include "gate-commit.h"
#include "gate-limiter.h"
#include "gate-park.h"
#include "gate-queue.h"
#include "gate-session.h"

#include "wire-frame.h"

/*
 * A line somebody wrote. The same `cid` twice is the same line: wherever a repeat could end in a refusal or in a second
 * conversation, the store is asked first whether it knows it.
 */

#define FLAG_EDITED      (1u << 1)
#define FLAG_RECALLED    (1u << 2)
#define FLAG_AUTO        (1u << 3)
#define FLAG_SENSITIVE   (1u << 4)
#define MAX_COMMIT_WAITS 4
#define MAX_FIRST_LINES  32
#define MAX_QUEUE_BYTES  64
#define STICKY_DAYS_MS   (G_GUINT64_CONSTANT (30) * 24 * 3600 * 1000)
#define STICKY_WAIT_MS   30000

/* --- What may be said --------------------------------------------------------------------------------------- */

static gboolean
content_is_allowed (Gate__V1__Role                 role,
                    Gate__V1__Message__ContentCase content)
{
  if (content == GATE__V1__MESSAGE__CONTENT_TEXT || content == GATE__V1__MESSAGE__CONTENT_MEDIA ||
      content == GATE__V1__MESSAGE__CONTENT_CARD || content == GATE__V1__MESSAGE__CONTENT_LOCATION)
    return TRUE;
  /* System lines say what happened; a visitor who could write them could put words into our mouth. */
  return role == GATE__V1__ROLE__AGENT && content == GATE__V1__MESSAGE__CONTENT_CHOICES;
}

static gboolean
check_content (GateCore                *core,
               GateCall                *call,
               const Gate__V1__Message *message)
{
  gboolean is_recall = (message->flags & FLAG_RECALLED) != 0;

  if (is_recall && message->replaces != 0 && message->content_case == 0)
    return TRUE;
  if (is_recall || message->content_case == GATE__V1__MESSAGE__CONTENT__NOT_SET ||
      (message->content_case == GATE__V1__MESSAGE__CONTENT_TEXT && message->text[0] == '\0')) {
    gate_call_refuse (core, call, 422, "invalid", "nothing is said");
    return FALSE;
  }
  if (!content_is_allowed (call->role, message->content_case)) {
    gate_call_refuse (core, call, 415, "unsupported_content", NULL);
    return FALSE;
  }
  if (message->content_case == GATE__V1__MESSAGE__CONTENT_TEXT &&
      gate_text_is_longer (message->text, WIRE_MAX_TEXT_CHARACTERS)) {
    gate_call_refuse (core, call, 413, "too_large", NULL);
    return FALSE;
  }
  if (message->ext.len > WIRE_MAX_EXT_BYTES) {
    gate_call_refuse (core, call, 413, "too_large", NULL);
    return FALSE;
  }
  return TRUE;
}

/* What search indexes: the text, or a file's or card's name. */
static const char *
text_of (const Gate__V1__Message *message)
{
  if (message->content_case == GATE__V1__MESSAGE__CONTENT_TEXT)
    return message->text;
  if (message->content_case == GATE__V1__MESSAGE__CONTENT_MEDIA)
    return message->media->name;
  if (message->content_case == GATE__V1__MESSAGE__CONTENT_CARD)
    return message->card->title;
  if (message->content_case == GATE__V1__MESSAGE__CONTENT_CHOICES)
    return message->choices->head;
  return NULL;
}

/* --- Repeats ------------------------------------------------------------------------------------------------- */

static GateQuery *
ask_for_cid (GateCore *core,
             GateCall *call,
             guint64   visitor,
             guint64   cid)
{
  GateQuery *query = gate_call_found (call, GATE_QUERY_VISITOR_LAST);

  if (query != NULL)
    return gate_call_failed (core, call, query) ? NULL : query;
  query = gate_query_new (GATE_QUERY_VISITOR_LAST);
  query->visitor = visitor;
  query->cid = cid;
  gate_call_wait (core, call, query);
  return NULL;
}

static void
answer_repeat (GateCore        *core,
               GateCall        *call,
               const GateQuery *query)
{
  Gate__V1__Ack ack = GATE__V1__ACK__INIT;

  ack.conv = query->found_conv;
  ack.seq = query->found_seq;
  ack.cid = query->cid;
  ack.ts = (guint64) core->wall_ms;
  ack.duplicate = TRUE;
  gate_answer (core, &call->asker, &ack.base);
}

/* Refuses a line, unless it is one that was stored before. */
static void
refuse_line (GateCore                *core,
             GateCall                *call,
             GateConversation        *conv,
             const Gate__V1__Message *message,
             guint                    code,
             const char              *slug)
{
  GateQuery *query;

  /* The first copy may be on its way to the disk this moment. */
  if (message->cid != 0 && conv->n_pending > 0 && call->n_waits < MAX_COMMIT_WAITS) {
    gate_call_wait_commit (core, call);
    return;
  }
  if (message->cid != 0) {
    query = ask_for_cid (core, call, conv->row.visitor, message->cid);
    if (query == NULL)
      return;
    if (query->found_conv == conv->row.conv && query->found_seq != 0) {
      answer_repeat (core, call, query);
      return;
    }
  }
  gate_refuse_conv (core, &call->asker, code, slug, conv);
}

/* --- Edits ------------------------------------------------------------------------------------------------------- */

static GateQuery *
edited_line (GateCore                *core,
             GateCall                *call,
             GateConversation        *conv,
             const Gate__V1__Message *message)
{
  GateQuery *query = gate_call_found (call, GATE_QUERY_HISTORY);

  if (query != NULL)
    return gate_call_failed (core, call, query) ? NULL : query;
  query = gate_query_new (GATE_QUERY_HISTORY);
  query->conv = conv->row.conv;
  query->after = message->replaces - 1;
  query->before = message->replaces + 1;
  query->limit = 1;
  query->notes_after = G_MAXUINT64;
  query->max_bytes = G_MAXSIZE / 2;
  gate_call_wait (core, call, query);
  return NULL;
}

/* Only by the same sender, for two minutes, and nothing that is gone already. */
static gboolean
check_edit (GateCore                *core,
            GateCall                *call,
            GateConversation        *conv,
            const Gate__V1__Message *message)
{
  GateQuery *query = edited_line (core, call, conv, message);
  const GateMessageRow *row;
  guint64 until;

  if (query == NULL)
    return FALSE;
  if (query->n_messages != 1 || query->messages[0].seq != message->replaces ||
      query->messages[0].replaces != 0) {
    refuse_line (core, call, conv, message, 422, "invalid");
    return FALSE;
  }
  row = &query->messages[0];
  if (row->role != (guint8) call->role ||
      (call->role == GATE__V1__ROLE__AGENT && row->sender != call->self)) {
    refuse_line (core, call, conv, message, 403, "not_owner");
    return FALSE;
  }
  until = row->ts + (guint64) core->settings.edit_window_ms;
  if ((guint64) core->wall_ms > until || (row->flags & FLAG_RECALLED)) {
    refuse_line (core, call, conv, message, 422, "invalid");
    return FALSE;
  }
  return TRUE;
}

/* --- Appending --------------------------------------------------------------------------------------------------------- */

static gboolean
take_media (GateCore          *core,
            GateCall          *call,
            Gate__V1__Message *message,
            Gate__V1__Media   *media)
{
  const GateMediaRow *row = gate_media_known (core, call, message->media);

  if (row == NULL)
    return FALSE;
  *media = *message->media;
  gate_media_take_facts (media, row);
  message->media = media;
  return TRUE;
}

void
gate_message_append (GateCore                *core,
                     GateCall                *call,
                     GateConversation        *conv,
                     const Gate__V1__Message *message)
{
  Gate__V1__Message copy = *message;
  Gate__V1__Media media = GATE__V1__MEDIA__INIT;
  GateLine line = { .asker = call->asker, .role = call->role };
  guint kept_flags = message->replaces != 0 ? FLAG_EDITED | FLAG_RECALLED : 0;

  if (copy.content_case == GATE__V1__MESSAGE__CONTENT_MEDIA &&
      !take_media (core, call, &copy, &media))
    return;
  if (message->replaces != 0 && !check_edit (core, call, conv, message))
    return;
  if (call->role == GATE__V1__ROLE__AGENT)
    kept_flags |= FLAG_AUTO;
  copy.flags &= kept_flags | FLAG_SENSITIVE;
  if (message->replaces != 0 && (copy.flags & FLAG_RECALLED) == 0)
    copy.flags |= FLAG_EDITED;
  line.sender = call->role == GATE__V1__ROLE__AGENT ? call->self : 0;
  line.message = &copy;
  line.text = text_of (&copy);
  gate_line_append (core, conv, &line);
  /* Who has said it is not writing it any longer; clients do not say so themselves. */
  if (call->role == GATE__V1__ROLE__AGENT && call->session != NULL)
    gate_watch_set_typing (core, conv, call->session, FALSE);
}

/* --- A visitor's first line ------------------------------------------------------------------------------------------------ */

static gboolean
may_open (GateCore *core,
          GateCall *call)
{
  gint64 wait_ms = call->session != NULL
                     ? gate_limiter_take (core, GATE_LIMIT_CONVERSATIONS, call->session->address)
                     : 0;
  Gate__V1__Error error = GATE__V1__ERROR__INIT;

  if (wait_ms == 0)
    return TRUE;
  error.code = 429;
  error.slug = (char *) "rate_limited";
  error.detail = (char *) "too many conversations from this address";
  error.retry_after_ms = (guint32) MIN (wait_ms, G_MAXUINT32);
  gate_refuse_error (core, &call->asker, &error);
  return FALSE;
}

/* What the store knows of the visitor, so that it is not overwritten. TRUE: it was read, or there is nothing. */
static gboolean
know_visitor (GateCore    *core,
              GateCall    *call,
              GateVisitor *visitor)
{
  GateQuery *query = gate_call_found (call, GATE_QUERY_CONTACT);

  if (visitor->has_row || call->session->is_fresh)
    return TRUE;
  if (query == NULL) {
    query = gate_query_new (GATE_QUERY_CONTACT);
    query->visitor = call->self;
    gate_call_wait (core, call, query);
    return FALSE;
  }
  if (gate_call_failed (core, call, query))
    return FALSE;
  if (query->visitor_row != NULL)
    gate_visitor_take_row (visitor, query->visitor_row);
  visitor->has_row = TRUE;
  return TRUE;
}

static void
set_sticky (GateCore          *core,
            GateConversation  *conv,
            const GateConvRow *last)
{
  guint64 since = MAX (last->closed_at, last->accepted_at);

  if (last->last_agent == 0 || (guint64) core->wall_ms - since > STICKY_DAYS_MS)
    return;
  conv->sticky = last->last_agent;
  conv->sticky_until_ms = core->now_ms + STICKY_WAIT_MS;
}

static void
open_new (GateCore                *core,
          GateCall                *call,
          const Gate__V1__Message *message,
          const GateConversation  *last,
          const char              *queue_name,
          const char              *subject,
          const char              *context)
{
  GateVisitor *visitor = gate_visitor_of (core, call->session);
  GateQueue *queue = gate_queue_find (core, queue_name);
  GateChange change = { .event = GATE_EVENT_OPEN_QUEUE, .actor = call->self };
  GateConversation *conv;

  conv = gate_conversation_open (core, visitor, call->session->channel, queue, subject);
  if (last != NULL) {
    conv->row.previous = last->row.conv;
    set_sticky (core, conv, &last->row);
  }
  if (!gate_text_is_empty (context) && strlen (context) <= GATE_MAX_ATTRS_BYTES)
    gate_text_set (&conv->row.attrs, context);
  change.queue = queue;
  gate_visitor_save (core, visitor);
  gate_conversation_change (core, conv, &change);
  call->session->is_fresh = FALSE;
  visitor->has_row = TRUE;
  gate_message_append (core, call, conv, message);
}

static gboolean
can_reopen (GateCore               *core,
            const GateConversation *last)
{
  guint reason = last->row.close_reason;

  return last->row.state != GATE__V1__STATE__ST_CLOSED ||
         (reason != GATE__V1__CLOSE_REASON__CR_SPAM &&
          reason != GATE__V1__CLOSE_REASON__CR_BLOCKED &&
          reason != GATE__V1__CLOSE_REASON__CR_MERGED &&
          reason != GATE__V1__CLOSE_REASON__CR_ERASED &&
          (guint64) core->wall_ms <= last->row.closed_at + (guint64) core->settings.reopen_ms);
}

static void
reopen (GateCore                *core,
        GateCall                *call,
        GateConversation        *conv,
        const Gate__V1__Message *message)
{
  GateChange change = { .event = GATE_EVENT_REOPEN_VISITOR, .actor = call->self };

  set_sticky (core, conv, &conv->row);
  gate_conversation_change (core, conv, &change);
  gate_message_append (core, call, conv, message);
}

/* Media is looked up before anything is opened for it. */
static gboolean
media_is_good (GateCore                *core,
               GateCall                *call,
               const Gate__V1__Message *message)
{
  return message->content_case != GATE__V1__MESSAGE__CONTENT_MEDIA ||
         gate_media_known (core, call, message->media) != NULL;
}

/* The store is asked about the visitor's last conversation: not while something of it is on its way there. */
static gboolean
is_being_written (GateCore       *core,
                  const GateCall *call)
{
  GateVisitor *visitor = gate_visitor_find (core, call->self);
  GateConversation *newest =
    visitor != NULL && visitor->newest != 0 ? gate_conversation_find (core, visitor->newest) : NULL;

  return newest != NULL && newest->n_pending > 0 && call->n_waits < MAX_COMMIT_WAITS &&
         gate_call_found (call, GATE_QUERY_VISITOR_LAST) == NULL;
}

void
gate_message_first (GateCore                *core,
                    GateCall                *call,
                    const Gate__V1__Message *message,
                    const char              *queue,
                    const char              *subject,
                    const char              *context)
{
  GateConversation *last = NULL;
  GateQuery *query = NULL;

  if (is_being_written (core, call)) {
    gate_call_wait_commit (core, call);
    return;
  }
  if (!call->session->is_fresh) {
    query = ask_for_cid (core, call, call->self, message->cid);
    if (query == NULL)
      return;
    if (message->cid != 0 && query->found_seq != 0) {
      answer_repeat (core, call, query);
      return;
    }
    if (query->n_convs > 0)
      last = gate_conversation_find (core, query->convs[0].conv);
    if (query->n_convs > 0 && last == NULL) {
      gate_refuse_status (core, &call->asker, GATE_STORE_FAILED);
      return;
    }
  }
  if (message->replaces != 0) {
    gate_call_refuse (core, call, 410, "closed", NULL);
    return;
  }
  if (!media_is_good (core, call, message) ||
      !know_visitor (core, call, gate_visitor_of (core, call->session)))
    return;
  if (last != NULL && can_reopen (core, last))
    reopen (core, call, last, message);
  else if (may_open (core, call))
    open_new (core, call, message, last, queue, subject, context);
}

/*
 * Whoever comes back sends first what was never acknowledged; it may stand in an earlier conversation that has ended
 * meanwhile. TRUE: it does, or that is being found out.
 */
static gboolean
stands_elsewhere (GateCore                *core,
                  GateCall                *call,
                  GateConversation        *conv,
                  const Gate__V1__Message *message)
{
  GateConversation *previous = gate_conversation_find (core, conv->row.previous);
  GateQuery *query;

  if (conv->row.previous == 0 || message->cid == 0 || message->replaces != 0 ||
      call->session->n_first >= MAX_FIRST_LINES)
    return FALSE;
  if (previous != NULL && previous->n_pending > 0 && call->n_waits < MAX_COMMIT_WAITS) {
    gate_call_wait_commit (core, call);
    return TRUE;
  }
  query = ask_for_cid (core, call, call->self, message->cid);
  if (query == NULL)
    return TRUE;
  call->session->n_first++;
  if (query->found_seq == 0 || query->found_conv == conv->row.conv)
    return FALSE;
  answer_repeat (core, call, query);
  return TRUE;
}

static gboolean
is_running (const GateConversation *conv)
{
  return conv != NULL && conv->row.state != GATE__V1__STATE__ST_CLOSED &&
         conv->row.state != GATE__V1__STATE__ST_WRAPUP;
}

static void
visitor_message (GateCore                *core,
                 GateCall                *call,
                 const Gate__V1__Message *message)
{
  GateVisitor *visitor = gate_visitor_of (core, call->session);
  GateConversation *conv = visitor->conv;

  if (message->conv != 0 && (conv == NULL || conv->row.conv != message->conv)) {
    /* A line for a conversation that has ended belongs to the visitor's present one. */
    GateConversation *named = gate_call_conversation (core, call, message->conv);

    if (named == NULL)
      return;
    if (message->replaces != 0) { /* an edit is of that conversation alone */
      refuse_line (core, call, named, message, 410, "closed");
      return;
    }
  }
  if (is_running (conv)) {
    if (stands_elsewhere (core, call, conv, message))
      return;
    gate_message_append (core, call, conv, message);
    if (conv->row.state == GATE__V1__STATE__ST_SNOOZED && message->replaces == 0) {
      GateChange change = { .event = GATE_EVENT_SNOOZE_OVER, .actor = call->self };

      gate_conversation_change (core, conv, &change);
    }
    return;
  }
  gate_message_first (core, call, message, visitor->open_queue, visitor->open_subject,
                      visitor->open_context);
}

/* --- An agent's line --------------------------------------------------------------------------------------------------------------- */

static gboolean
is_stale (const GateConversation  *conv,
          const GateCall          *call,
          const Gate__V1__Message *message)
{
  if (message->seen == 0)
    return FALSE;
  if (conv->shown.staff_seq > message->seen && conv->shown.staff_sender != call->self)
    return TRUE;
  return conv->n_pending_staff > 0 && conv->pending_staff != call->self;
}

typedef struct {
  GateEffect effect;
  GateAsker asker;
  GateConversation *conv;
} StaleEffect;

static void
stale_release (GateCore   *core,
               GateEffect *effect)
{
  StaleEffect *self = (StaleEffect *) effect;

  gate_refuse_conv (core, &self->asker, 409, "stale_view", self->conv);
}

static void
stale_refuse (GateCore        *core,
              GateEffect      *effect,
              GateStoreStatus  status)
{
  gate_refuse_status (core, &((StaleEffect *) effect)->asker, status);
}

/* The head is known once the colleague's line has its number. */
static void
refuse_stale (GateCore                *core,
              GateCall                *call,
              GateConversation        *conv,
              const Gate__V1__Message *message)
{
  StaleEffect *self;

  if (conv->n_pending_staff == 0) {
    refuse_line (core, call, conv, message, 409, "stale_view");
    return;
  }
  self = gate_commit_effect (core, sizeof (StaleEffect), stale_release, stale_refuse);
  self->asker = call->asker;
  self->conv = conv;
}

static gboolean
is_open_to_staff (const GateConversation *conv)
{
  return conv->row.state == GATE__V1__STATE__ST_ACTIVE ||
         conv->row.state == GATE__V1__STATE__ST_HELD ||
         conv->row.state == GATE__V1__STATE__ST_SNOOZED;
}

static gboolean
may_write (const GateConversation *conv,
           guint64                 agent)
{
  return (gate_conversation_is_owned (&conv->row) && conv->row.agent == agent) ||
         gate_conversation_has_joined (conv, agent);
}

static void
agent_message (GateCore                *core,
               GateCall                *call,
               const Gate__V1__Message *message)
{
  GateConversation *conv = gate_call_conversation (core, call, message->conv);

  if (conv == NULL)
    return;
  if (conv->row.state == GATE__V1__STATE__ST_CLOSED ||
      conv->row.state == GATE__V1__STATE__ST_WRAPUP)
    refuse_line (core, call, conv, message, 410, "closed");
  else if (!is_open_to_staff (conv) || !may_write (conv, call->self))
    refuse_line (core, call, conv, message, 403, "not_owner");
  else if (is_stale (conv, call, message))
    refuse_stale (core, call, conv, message);
  else
    gate_message_append (core, call, conv, message);
}

void
gate_handle_message (GateCore *core,
                     GateCall *call)
{
  const Gate__V1__Message *message = call->frame->message;

  if (!check_content (core, call, message))
    return;
  if (call->role == GATE__V1__ROLE__VISITOR)
    visitor_message (core, call, message);
  else
    agent_message (core, call, message);
}

/* --- Open ------------------------------------------------------------------------------------------------------------------------------ */

static void
remember_open (GateVisitor          *visitor,
               const Gate__V1__Open *open,
               const char           *context)
{
  gate_text_set ((const char **) &visitor->open_queue, open->queue);
  gate_text_set ((const char **) &visitor->open_subject, open->subject);
  gate_text_set ((const char **) &visitor->open_context, context);
}

void
gate_handle_open (GateCore *core,
                  GateCall *call)
{
  const Gate__V1__Open *open = call->frame->open;
  GateVisitor *visitor = gate_visitor_of (core, call->session);
  g_autofree char *context = NULL;
  Gate__V1__Ack ack = GATE__V1__ACK__INIT;

  if (gate_text_is_longer (open->subject, GATE_MAX_SUBJECT_CHARS) ||
      strlen (open->queue) > MAX_QUEUE_BYTES || open->context.len > GATE_MAX_ATTRS_BYTES) {
    gate_call_refuse (core, call, 413, "too_large", NULL);
    return;
  }
  if (open->context.len > 0)
    context = g_strndup ((const char *) open->context.data, open->context.len);
  remember_open (visitor, open, context);
  if (open->first == NULL) {
    gate_answer (core, &call->asker, &ack.base);
    return;
  }
  if (!check_content (core, call, open->first))
    return;
  if (!is_running (visitor->conv))
    gate_message_first (core, call, open->first, open->queue, open->subject, context);
  else if (!stands_elsewhere (core, call, visitor->conv, open->first))
    gate_message_append (core, call, visitor->conv, open->first);
}
