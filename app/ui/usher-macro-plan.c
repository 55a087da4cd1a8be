/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-macro-plan.h"

#include <string.h>
#include <glib/gi18n.h>

#include "usher-canned-values.h"
#include "usher-colleague.h"
#include "usher-conversation-rights.h"
#include "usher-conversation.h"
#include "usher-queue.h"
#include "usher-snooze.h"
#include "usher-text.h"

#define NAME_CHARS 40

/* As the gateway takes them (GATE_MAX_TAG_BYTES). */
#define MAX_LABEL_BYTES 64

/* One macro in one chat. */
typedef struct {
  const UsherMacroCircumstances *with;
  UsherConversation *conversation;
  guint left_at;   /* the step, from 1, with which the chat leaves our hands; 0: none so far */
  guint unsent_at; /* the step whose text waits in the composer; 0: none so far */
} Planning;

/* (transfer full) (nullable): why the step is impossible; what it means goes into @deed. */
typedef char *(*PlanStep) (Planning *self, UsherMacroStep *step, UsherMacroDeed *deed);

void
usher_macro_deed_free (UsherMacroDeed *deed)
{
  g_clear_object (&deed->conversation);
  g_clear_object (&deed->canned);
  g_free (deed->text);
  g_clear_pointer (&deed->blanks, g_array_unref);
  g_free (deed->to_queue);
  g_free (deed);
}

/* --- Texts -------------------------------------------------------------------------------------------------------------- */

/* (transfer full) (nullable): the one whose shortcut is @shortcut, to the letter. */
static UsherCanned *
find_canned (UsherCannedList *list,
             const char      *shortcut)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (list)); i++) {
    g_autoptr (UsherCanned) canned = g_list_model_get_item (G_LIST_MODEL (list), i);

    if (g_strcmp0 (usher_canned_get_shortcut (canned), shortcut) == 0)
      return g_steal_pointer (&canned);
  }
  return NULL;
}

/* One word behind a slash is the shortcut of a canned reply. */
static gboolean
is_shortcut (const char *text)
{
  return text[0] == '/' && text[1] != '\0' && strpbrk (text, " \n\t") == NULL;
}

static char *
plan_text (Planning       *self,
           UsherMacroStep *step,
           UsherMacroDeed *deed)
{
  g_autofree char *text = g_strstrip (g_strdup (usher_macro_step_get_argument (step)));
  const char *source = text;

  if (is_shortcut (text)) {
    deed->canned = find_canned (self->with->canned, text + 1);
    if (deed->canned == NULL)
      return g_strdup_printf (_ ("there is no canned reply “%s”."), text);
    source = usher_canned_get_text (deed->canned);
  }
  deed->text =
    usher_canned_expand_for (source, self->with->session, self->conversation, &deed->blanks);
  return *deed->text == '\0' ? g_strdup (_ ("it has no text.")) : NULL;
}

/* What is not sent by itself waits in the composer, and there is one for the chat that is shown. */
static char *
plan_unsent (Planning       *self,
             UsherMacroDeed *deed)
{
  if (self->conversation == self->with->shown)
    return NULL;
  if (deed->kind == USHER_STEP_INSERT)
    return g_strdup (_ ("text can be put only into the chat that is shown."));
  return g_strdup (_ ("it has a blank, which can be filled in only in the chat that is shown."));
}

static char *
plan_send (Planning       *self,
           UsherMacroStep *step,
           UsherMacroDeed *deed)
{
  g_autofree char *problem = NULL;

  if (!usher_may_reply (self->with->session, self->conversation))
    return g_strdup (_ ("you cannot write to the visitor in this chat now."));
  problem = plan_text (self, step, deed);
  if (problem != NULL)
    return g_steal_pointer (&problem);
  if (deed->kind == USHER_STEP_SEND && deed->blanks->len == 0)
    return NULL;
  problem = plan_unsent (self, deed);
  deed->kind = USHER_STEP_INSERT;
  return g_steal_pointer (&problem);
}

static char *
plan_note (Planning       *self,
           UsherMacroStep *step,
           UsherMacroDeed *deed)
{
  g_autofree char *problem = NULL;

  if (!usher_may_note (self->with->session, self->conversation))
    return g_strdup (_ ("you cannot write notes in this chat now."));
  problem = plan_text (self, step, deed);
  if (problem != NULL)
    return g_steal_pointer (&problem);
  if (deed->blanks->len == 0)
    return NULL;
  problem = plan_unsent (self, deed);
  deed->kind = USHER_STEP_INSERT;
  deed->is_note = TRUE;
  return g_steal_pointer (&problem);
}

static char *
plan_label (Planning       *self,
            UsherMacroStep *step,
            UsherMacroDeed *deed)
{
  deed->text = g_strstrip (g_strdup (usher_macro_step_get_argument (step)));
  if (*deed->text == '\0')
    return g_strdup (_ ("it names no label."));
  if (strlen (deed->text) > MAX_LABEL_BYTES)
    return g_strdup (_ ("that is too long for a label."));
  return usher_may_label (self->with->session, self->conversation)
           ? NULL
           : g_strdup (_ ("you cannot change the labels of this chat now."));
}

/* --- Leaving ------------------------------------------------------------------------------------------------------------ */

static char *
why_not (Planning *self)
{
  return g_strdup (usher_conversation_get_is_mine (self->conversation)
                     ? _ ("the chat is not in a state for it.")
                     : _ ("the chat is not yours."));
}

static gboolean
knows_queue (UsherSession *session,
             const char   *name)
{
  g_autoptr (GListModel) queues = NULL;

  g_object_get (session, "queues", &queues, NULL);
  for (guint i = 0; i < g_list_model_get_n_items (queues); i++) {
    g_autoptr (UsherQueue) queue = g_list_model_get_item (queues, i);

    if (g_strcmp0 (usher_queue_get_name (queue), name) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_there (UsherSession *session,
          guint64       agent)
{
  g_autoptr (GListModel) colleagues = NULL;

  g_object_get (session, "colleagues", &colleagues, NULL);
  for (guint i = 0; i < g_list_model_get_n_items (colleagues); i++) {
    g_autoptr (UsherColleague) colleague = g_list_model_get_item (colleagues, i);
    UsherAgentStatus status = usher_colleague_get_status (colleague);

    if (usher_colleague_get_agent (colleague) == agent)
      return status != USHER_AGENT_OFFLINE && status != USHER_AGENT_INVISIBLE;
  }
  return FALSE;
}

static char *
plan_transfer (Planning       *self,
               UsherMacroStep *step,
               UsherMacroDeed *deed)
{
  const char *queue;
  guint64 own;

  if (!usher_macro_step_get_target (step, &deed->to_agent, &queue))
    return g_strdup (_ ("it names neither a colleague nor a queue."));
  if (!usher_may_transfer (self->with->session, self->conversation))
    return why_not (self);
  g_object_get (self->with->session, "agent", &own, NULL);
  if (queue == NULL && deed->to_agent == own)
    return g_strdup (_ ("that is you."));
  if (queue == NULL && !is_there (self->with->session, deed->to_agent))
    return g_strdup (_ ("this colleague is not there to take it."));
  if (queue != NULL && !knows_queue (self->with->session, queue))
    return g_strdup (_ ("there is no such queue."));
  deed->to_queue = g_strdup (queue);
  return NULL;
}

static char *
plan_snooze (Planning       *self,
             UsherMacroStep *step,
             UsherMacroDeed *deed)
{
  static const struct {
    const char *name;
    UsherSnooze kind;
  } times[] = {
    { "hour", USHER_SNOOZE_HOUR },
    { "afternoon", USHER_SNOOZE_AFTERNOON },
    { "tomorrow", USHER_SNOOZE_TOMORROW },
  };

  if (!usher_may_snooze (self->with->session, self->conversation))
    return why_not (self);
  for (gsize i = 0; i < G_N_ELEMENTS (times); i++) {
    if (!g_str_equal (usher_macro_step_get_argument (step), times[i].name))
      continue;
    deed->until_us = usher_snooze_until (times[i].kind, self->with->now);
    return deed->until_us == 0 ? g_strdup (_ ("that time is over today.")) : NULL;
  }
  return NULL;
}

static char *
plan_close (Planning       *self,
            UsherMacroStep *step,
            UsherMacroDeed *deed)
{
  guint n;
  const UsherDisposition *codes =
    usher_session_get_dispositions (self->with->session, self->conversation, &n);

  deed->text = g_strdup (usher_macro_step_get_argument (step));
  if (!usher_may_close (self->with->session, self->conversation))
    return why_not (self);
  for (guint i = 0; i < n; i++)
    if (g_str_equal (codes[i].code, deed->text))
      return NULL;
  return *deed->text == '\0' ? NULL : g_strdup (_ ("the queue of this chat has no such code."));
}

static char *
plan_next (Planning       *self,
           UsherMacroStep *step,
           UsherMacroDeed *deed)
{
  return NULL;
}

static char *
plan_unknown (Planning       *self,
              UsherMacroStep *step,
              UsherMacroDeed *deed)
{
  return g_strdup (_ ("this version of Usher does not know it."));
}

/* --- All of it ----------------------------------------------------------------------------------------------------------- */

static const PlanStep plan_step[USHER_N_STEPS] = {
  [USHER_STEP_UNKNOWN] = plan_unknown,   [USHER_STEP_SEND] = plan_send,
  [USHER_STEP_INSERT] = plan_send,       [USHER_STEP_LABEL] = plan_label,
  [USHER_STEP_UNLABEL] = plan_label,     [USHER_STEP_NOTE] = plan_note,
  [USHER_STEP_TRANSFER] = plan_transfer, [USHER_STEP_SNOOZE] = plan_snooze,
  [USHER_STEP_CLOSE] = plan_close,       [USHER_STEP_NEXT] = plan_next,
};

static gboolean
leaves (UsherStepKind kind)
{
  return kind == USHER_STEP_TRANSFER || kind == USHER_STEP_SNOOZE || kind == USHER_STEP_CLOSE;
}

/* What is said waits for the connection by itself; everything else would just not be done. */
static gboolean
needs_link (UsherStepKind kind)
{
  return leaves (kind) || kind == USHER_STEP_LABEL || kind == USHER_STEP_UNLABEL;
}

static gboolean
is_connected (UsherSession *session)
{
  UsherLinkState state;

  g_object_get (session, "link-state", &state, NULL);
  return state == USHER_LINK_CATCHING_UP || state == USHER_LINK_IN_STEP;
}

/* Every step finds the chat as it is now; what a step before it does to the chat is thought of here. */
static char *
plan_order (Planning      *self,
            UsherStepKind  kind)
{
  if (kind == USHER_STEP_NEXT)
    return NULL;
  if (self->left_at != 0)
    return g_strdup_printf (_ (
                              "the chat has left with step %u; only going to the next can follow."),
                            self->left_at);
  if (leaves (kind) && self->unsent_at != 0)
    return g_strdup_printf (_ ("the text of step %u has not been sent then."), self->unsent_at);
  if (needs_link (kind) && !is_connected (self->with->session))
    return g_strdup (_ ("there is no connection to the gateway right now."));
  return NULL;
}

/* (transfer full) (nullable) */
static UsherMacroDeed *
plan_one (Planning        *self,
          UsherMacroStep  *step,
          guint            n,
          char           **ret_problem)
{
  UsherMacroDeed *deed = g_new0 (UsherMacroDeed, 1);
  UsherStepKind kind = usher_macro_step_get_kind (step);

  deed->kind = kind;
  deed->conversation = g_object_ref (self->conversation);
  *ret_problem = plan_order (self, kind);
  if (*ret_problem == NULL)
    *ret_problem = plan_step[kind](self, step, deed);
  if (*ret_problem != NULL) {
    usher_macro_deed_free (deed);
    return NULL;
  }
  if (leaves (kind))
    self->left_at = n;
  if (deed->kind == USHER_STEP_INSERT)
    self->unsent_at = n;
  return deed;
}

/* Takes @why. */
static char *
dup_sentence (UsherMacro     *macro,
              guint           n,
              UsherMacroStep *step,
              const Planning *planning,
              gboolean        is_several,
              char           *why)
{
  g_autofree char *reason = why;
  g_autofree char *title = usher_macro_step_dup_title (step, planning->with->session);
  g_autofree char *who =
    usher_text_to_line (usher_conversation_get_name (planning->conversation), NAME_CHARS);

  if (!is_several)
    /* Translators: %1$s is a macro, %2$u a number, %3$s a step such as: Transfer to Shop; %4$s the reason */
    return g_strdup_printf (_ ("“%1$s” was not run. Step %2$u, %3$s: %4$s"),
                            usher_macro_get_name (macro), n, title, reason);
  /* Translators: as before; %4$s is a visitor, %5$s the reason */
  return g_strdup_printf (_ ("“%1$s” was not run. Step %2$u, %3$s, for %4$s: %5$s"),
                          usher_macro_get_name (macro), n, title,
                          *who == '\0' ? _ ("Visitor") : who, reason);
}

/* Of going to the next once is enough. */
static void
add_deed (GPtrArray      *deeds,
          UsherMacroDeed *deed,
          gboolean       *goes_on)
{
  if (deed->kind != USHER_STEP_NEXT) {
    g_ptr_array_add (deeds, deed);
    return;
  }
  *goes_on = TRUE;
  usher_macro_deed_free (deed);
}

static gboolean
plan_in (UsherMacro  *macro,
         Planning    *planning,
         gboolean     is_several,
         GPtrArray   *deeds,
         gboolean    *goes_on,
         char       **ret_problem)
{
  GListModel *steps = usher_macro_get_steps (macro);

  for (guint i = 0; i < g_list_model_get_n_items (steps); i++) {
    g_autoptr (UsherMacroStep) step = g_list_model_get_item (steps, i);
    UsherMacroDeed *deed = plan_one (planning, step, i + 1, ret_problem);

    if (deed == NULL) {
      *ret_problem = dup_sentence (macro, i + 1, step, planning, is_several, *ret_problem);
      return FALSE;
    }
    add_deed (deeds, deed, goes_on);
  }
  return TRUE;
}

GPtrArray *
usher_macro_plan (UsherMacro                     *macro,
                  const UsherMacroCircumstances  *circumstances,
                  GPtrArray                      *conversations,
                  char                          **ret_problem)
{
  g_autoptr (GPtrArray) deeds =
    g_ptr_array_new_with_free_func ((GDestroyNotify) usher_macro_deed_free);
  gboolean goes_on = FALSE;

  *ret_problem = NULL;
  if (g_list_model_get_n_items (usher_macro_get_steps (macro)) == 0) {
    /* Translators: %s is a macro */
    *ret_problem = g_strdup_printf (_ ("“%s” has no steps yet."), usher_macro_get_name (macro));
    return NULL;
  }
  for (guint i = 0; i < conversations->len; i++) {
    Planning planning = { circumstances, g_ptr_array_index (conversations, i), 0, 0 };

    if (!plan_in (macro, &planning, conversations->len > 1, deeds, &goes_on, ret_problem))
      return NULL;
  }
  if (goes_on) {
    UsherMacroDeed *next = g_new0 (UsherMacroDeed, 1);

    next->kind = USHER_STEP_NEXT;
    g_ptr_array_add (deeds, next);
  }
  return g_steal_pointer (&deeds);
}
