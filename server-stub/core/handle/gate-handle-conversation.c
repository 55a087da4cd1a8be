/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-handler.h"

#include "gate-agent.h"
#include "gate-commit.h"
#include "gate-json.h"
#include "gate-metric-table.h"
#include "gate-park.h"
#include "gate-queue.h"
#include "gate-session.h"

/* What agents and visitors do with a conversation as a whole: Handover, Hold, Snooze, Reopen, ConvUpdate, Close, Wrapup,
 * Rating, Feedback. */

#define MAX_FORM_BYTES    4096
#define MAX_SUMMARY_CHARS 2000
#define MAX_CODE_CHARS    64
#define MAX_COMMENT_CHARS 1000

/* Whoever has it, or may see and steer the whole floor. */
static gboolean
may_steer (GateCore         *core,
           GateCall         *call,
           GateConversation *conv)
{
  return (call->rights & GATE_RIGHT_FLOOR) != 0 || gate_call_owns (core, call, conv);
}

void
gate_handle_handover (GateCore *core,
                      GateCall *call)
{
  const Gate__V1__Handover *body = call->frame->handover;
  GateConversation *conv = gate_call_conversation (core, call, body->conv);
  GateChange change = { .event = GATE_EVENT_HANDOVER, .reason = body->reason };

  if (conv == NULL)
    return;
  if (conv->row.state == GATE__V1__STATE__ST_BOT && !gate_call_change (core, call, conv, &change))
    return;
  gate_ack_epoch_held (core, &call->asker, conv);
}

void
gate_handle_hold (GateCore *core,
                  GateCall *call)
{
  const Gate__V1__Hold *body = call->frame->hold;
  GateConversation *conv = gate_call_conversation (core, call, body->conv);
  GateChange change = { .event = body->on ? GATE_EVENT_HOLD : GATE_EVENT_RESUME,
                        .epoch = body->epoch };

  if (conv != NULL && gate_call_owns (core, call, conv) &&
      gate_call_change (core, call, conv, &change))
    gate_ack_epoch_held (core, &call->asker, conv);
}

void
gate_handle_snooze (GateCore *core,
                    GateCall *call)
{
  const Gate__V1__Snooze *body = call->frame->snooze;
  GateConversation *conv = gate_call_conversation (core, call, body->conv);
  GateChange change = { .event = body->wake ? GATE_EVENT_WAKE : GATE_EVENT_SNOOZE,
                        .epoch = body->epoch,
                        .due = body->until };
  char until[24] = "";

  if (conv == NULL || !gate_call_owns (core, call, conv))
    return;
  if (!body->wake && body->until != 0)
    g_snprintf (until, sizeof until, "%" G_GUINT64_FORMAT, body->until);
  change.reason = until; /* the log of changes says it to people who look later */
  if (!body->wake && body->until != 0 && body->until <= (guint64) core->wall_ms) {
    gate_call_refuse (core, call, 422, "invalid", "that time is over");
    return;
  }
  if (gate_call_change (core, call, conv, &change))
    gate_ack_epoch_held (core, &call->asker, conv);
}

void
gate_handle_reopen (GateCore *core,
                    GateCall *call)
{
  const Gate__V1__Reopen *body = call->frame->reopen;
  GateConversation *conv = gate_call_conversation (core, call, body->conv);
  GateChange change = { .event = GATE_EVENT_REOPEN_AGENT,
                        .epoch = body->epoch,
                        .agent = call->self };

  if (conv == NULL)
    return;
  if (conv->row.last_agent != call->self && conv->row.agent != call->self &&
      (call->rights & GATE_RIGHT_FLOOR) == 0) {
    gate_refuse_conv (core, &call->asker, 403, "not_owner", conv);
    return;
  }
  /* A visitor has one open conversation; theirs may have begun anew meanwhile. */
  if (conv->visitor->conv != NULL && conv->visitor->conv != conv) {
    gate_refuse_conv (core, &call->asker, 409, "already_assigned", conv);
    return;
  }
  if (gate_call_change (core, call, conv, &change))
    gate_ack_epoch_held (core, &call->asker, conv);
}

/* --- ConvUpdate ------------------------------------------------------------------------------------------------- */

static gboolean
tag_is_good (const char *tag)
{
  return tag[0] != '\0' && strlen (tag) <= GATE_MAX_TAG_BYTES;
}

static char *
change_tags (const char                 *json,
             const Gate__V1__ConvUpdate *body)
{
  g_auto (GStrv) tags = gate_json_read_strings (json);
  g_autoptr (GPtrArray) kept = g_ptr_array_new ();

  for (guint i = 0; tags[i] != NULL; i++) {
    gboolean is_gone = FALSE;

    for (gsize k = 0; k < body->n_tags_del; k++)
      is_gone |= strcmp (tags[i], body->tags_del[k]) == 0;
    if (!is_gone)
      g_ptr_array_add (kept, tags[i]);
  }
  for (gsize k = 0; k < body->n_tags_add && kept->len < GATE_MAX_TAGS; k++) {
    gboolean is_new = tag_is_good (body->tags_add[k]);

    for (guint i = 0; i < kept->len; i++)
      is_new &= strcmp (g_ptr_array_index (kept, i), body->tags_add[k]) != 0;
    if (is_new)
      g_ptr_array_add (kept, body->tags_add[k]);
  }
  g_ptr_array_add (kept, NULL);
  return gate_json_write_strings ((char **) kept->pdata);
}

static gboolean
merge_attrs (GateConversation           *conv,
             const Gate__V1__ConvUpdate *body)
{
  g_autofree char *change = NULL;
  g_autofree char *merged = NULL;

  if (body->attrs.len == 0)
    return TRUE;
  if (body->attrs.len > GATE_MAX_ATTRS_BYTES)
    return FALSE;
  change = g_strndup ((const char *) body->attrs.data, body->attrs.len);
  merged = gate_json_merge (conv->row.attrs, change);
  if (merged == NULL || strlen (merged) > GATE_MAX_ATTRS_BYTES)
    return FALSE;
  gate_text_set (&conv->row.attrs, merged);
  return TRUE;
}

void
gate_handle_update (GateCore *core,
                    GateCall *call)
{
  const Gate__V1__ConvUpdate *body = call->frame->conv_update;
  GateConversation *conv = gate_call_conversation (core, call, body->conv);

  if (conv == NULL || !may_steer (core, call, conv))
    return;
  if (body->epoch != 0 && body->epoch != conv->row.epoch) {
    gate_refuse_conv (core, &call->asker, 409, "stale_epoch", conv);
    return;
  }
  if (gate_text_is_longer (body->subject, GATE_MAX_SUBJECT_CHARS) || !merge_attrs (conv, body)) {
    gate_call_refuse (core, call, 422, "invalid", NULL);
    return;
  }
  if (body->n_tags_add + body->n_tags_del > 0) {
    g_autofree char *tags = change_tags (conv->row.tags, body);

    gate_text_set (&conv->row.tags, tags);
  }
  if (!gate_text_is_empty (body->subject))
    gate_text_set (&conv->row.subject, body->subject);
  /* Zero is absent, so urgent cannot be said here: 0 means as it was. */
  if (body->priority != 0)
    gate_conversation_set_priority (core, conv, (gint32) MIN (body->priority, 3));
  gate_conversation_save (core, conv, TRUE);
  gate_ack_epoch_held (core, &call->asker, conv);
}

/* --- Close and Wrapup ---------------------------------------------------------------------------------------------- */

static gboolean
is_removal (Gate__V1__CloseReason reason)
{
  return reason == GATE__V1__CLOSE_REASON__CR_SPAM ||
         reason == GATE__V1__CLOSE_REASON__CR_BLOCKED ||
         reason == GATE__V1__CLOSE_REASON__CR_MERGED || reason == GATE__V1__CLOSE_REASON__CR_ERASED;
}

static void
append_close_note (GateCore         *core,
                   GateCall         *call,
                   GateConversation *conv,
                   const char       *text)
{
  Gate__V1__Note body = GATE__V1__NOTE__INIT;
  GateNote note = { .role = GATE__V1__ROLE__AGENT, .author = call->self, .note = &body };

  if (text[0] == '\0')
    return;
  body.text = (char *) text;
  gate_note_append (core, conv, &note);
}

static void
close_by_agent (GateCore              *core,
                GateCall              *call,
                GateConversation      *conv,
                const Gate__V1__Close *body)
{
  gboolean removes = is_removal (body->reason);
  GateChange change = { .event = removes ? GATE_EVENT_REMOVE : GATE_EVENT_END_AGENT,
                        .epoch = body->epoch,
                        .close_reason = (guint8) body->reason };

  if (!may_steer (core, call, conv))
    return;
  if (body->reason == GATE__V1__CLOSE_REASON__CR_UNSPECIFIED)
    change.close_reason = GATE__V1__CLOSE_REASON__CR_SOLVED;
  if (gate_text_is_longer (body->note, MAX_SUMMARY_CHARS)) {
    gate_call_refuse (core, call, 413, "too_large", NULL);
    return;
  }
  if (!gate_call_change (core, call, conv, &change))
    return;
  append_close_note (core, call, conv, body->note);
  if (removes)
    gate_call_audit (core, call, "remove", conv->row.conv, conv->row.last_agent);
  gate_ack_epoch_held (core, &call->asker, conv);
}

void
gate_handle_close (GateCore *core,
                   GateCall *call)
{
  const Gate__V1__Close *body = call->frame->close;
  GateConversation *conv = gate_call_conversation (core, call, body->conv);
  /* A visitor does not see every change of hands, so theirs is not held against an epoch. */
  GateChange change = { .event = GATE_EVENT_END_VISITOR };

  if (conv == NULL)
    return;
  if (call->role == GATE__V1__ROLE__AGENT) {
    close_by_agent (core, call, conv, body);
    return;
  }
  if (conv->row.state != GATE__V1__STATE__ST_CLOSED &&
      conv->row.state != GATE__V1__STATE__ST_WRAPUP &&
      !gate_call_change (core, call, conv, &change))
    return;
  gate_ack_epoch_held (core, &call->asker, conv);
}

static gboolean
wrapup_is_good (const Gate__V1__Wrapup *body)
{
  return !gate_text_is_longer (body->code, MAX_CODE_CHARS) &&
         !gate_text_is_longer (body->result, MAX_CODE_CHARS) &&
         !gate_text_is_longer (body->summary, MAX_SUMMARY_CHARS) &&
         body->form.len <= MAX_FORM_BYTES;
}

/* The form's own fields stand with the attributes, where filters and exports look for them. */
static void
take_form (GateConversation       *conv,
           const Gate__V1__Wrapup *body)
{
  g_autofree char *form = NULL;
  g_autofree char *change = NULL;
  g_autofree char *merged = NULL;

  if (body->form.len == 0)
    return;
  form = g_strndup ((const char *) body->form.data, body->form.len);
  change = g_strdup_printf ("{\"wrapup\":%s}", form);
  merged = gate_json_merge (conv->row.attrs, change);
  if (merged != NULL && strlen (merged) <= 2 * GATE_MAX_ATTRS_BYTES)
    gate_text_set (&conv->row.attrs, merged);
}

void
gate_handle_wrapup (GateCore *core,
                    GateCall *call)
{
  const Gate__V1__Wrapup *body = call->frame->wrapup;
  GateConversation *conv = gate_call_conversation (core, call, body->conv);
  GateChange change = { .epoch = body->epoch, .reason = body->code };
  gboolean is_late;

  if (conv == NULL)
    return;
  is_late = conv->row.state == GATE__V1__STATE__ST_CLOSED;
  if ((is_late ? conv->row.last_agent : conv->row.agent) != call->self &&
      (call->rights & GATE_RIGHT_FLOOR) == 0) {
    gate_refuse_conv (core, &call->asker, 403, "not_owner", conv);
    return;
  }
  if (!wrapup_is_good (body)) {
    gate_call_refuse (core, call, 413, "too_large", NULL);
    return;
  }
  if (is_late && conv->row.close_reason != GATE__V1__CLOSE_REASON__CR_UNCODED) {
    gate_refuse_conv (core, &call->asker, 410, "closed", conv);
    return;
  }
  change.event = is_late ? GATE_EVENT_WRAPUP_LATE : GATE_EVENT_WRAPUP_DONE;
  change.close_reason = is_late || conv->row.close_reason == 0 ? GATE__V1__CLOSE_REASON__CR_SOLVED
                                                               : conv->row.close_reason;
  if ((change.epoch == 0 || change.epoch == conv->row.epoch) &&
      gate_conversation_can (core, conv, &change)) {
    gate_text_set (&conv->row.disposition, body->code);
    gate_text_set (&conv->row.result, body->result);
    gate_text_set (&conv->row.summary, body->summary);
    take_form (conv, body);
  }
  if (gate_call_change (core, call, conv, &change))
    gate_ack_epoch_held (core, &call->asker, conv);
}

/* --- Rating and Feedback ----------------------------------------------------------------------------------------------- */

static void
ack_held (GateCore         *core,
          GateCall         *call,
          GateConversation *conv)
{
  Gate__V1__Ack ack = GATE__V1__ACK__INIT;

  ack.conv = conv->row.conv;
  gate_answer_held (core, &call->asker, &ack.base);
}

/* Staff read it where the chat is read: as a note that nobody wrote, “4/5” and what the visitor said. */
static void
append_rating (GateCore         *core,
               GateConversation *conv)
{
  Gate__V1__Note body = GATE__V1__NOTE__INIT;
  GateNote note = { .role = GATE__V1__ROLE__SYSTEM, .note = &body };
  const char *comment = conv->row.rating_comment != NULL ? conv->row.rating_comment : "";
  g_autofree char *text =
    g_strdup_printf ("%u/%u%s%s", conv->row.rating_score, conv->row.rating_scale,
                     *comment != '\0' ? "\n" : "", comment);

  body.text = text;
  gate_note_append (core, conv, &note);
}

void
gate_handle_rating (GateCore *core,
                    GateCall *call)
{
  const Gate__V1__Rating *body = call->frame->rating;
  GateConversation *conv = gate_call_conversation (core, call, body->conv);
  guint scale = body->scale != 0 ? body->scale : 5;

  if (conv == NULL)
    return;
  if (body->score == 0 || body->score > scale || scale > 100 ||
      gate_text_is_longer (body->comment, MAX_COMMENT_CHARS)) {
    gate_call_refuse (core, call, 422, "invalid", NULL);
    return;
  }
  conv->row.rating_score = body->score;
  conv->row.rating_scale = scale;
  gate_text_set (&conv->row.rating_comment, body->comment);
  gate_core_observe (core, GATE_METRIC_RATING_SCORE, 0, (guint64) body->score * 1000000 / scale);
  gate_conversation_save (core, conv, FALSE);
  append_rating (core, conv);
  ack_held (core, call, conv);
}

/* Nothing suggests answers yet, so there is nothing to learn from: taken, checked, and forgotten. */
void
gate_handle_feedback (GateCore *core,
                      GateCall *call)
{
  const Gate__V1__Feedback *body = call->frame->feedback;
  GateConversation *conv = gate_call_conversation (core, call, body->conv);
  Gate__V1__Ack ack = GATE__V1__ACK__INIT;

  if (conv == NULL)
    return;
  if (body->action == 0 || body->action > 5) {
    gate_call_refuse (core, call, 422, "invalid", NULL);
    return;
  }
  ack.conv = conv->row.conv;
  gate_answer (core, &call->asker, &ack.base);
}
