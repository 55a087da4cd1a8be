/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-macro-runner.h"

#include <glib/gi18n.h>

#include "usher-chat-host.h"
#include "usher-conversation.h"
#include "usher-macro-chooser.h"
#include "usher-macro-plan.h"
#include "usher-macro-undo.h"
#include "usher-message.h"

struct _UsherMacroRunner {
  GObject parent_instance;

  UsherMacroList *macros;
  UsherCannedList *canned;
};

G_DEFINE_FINAL_TYPE (UsherMacroRunner, usher_macro_runner, G_TYPE_OBJECT)

static void
usher_macro_runner_finalize (GObject *object)
{
  UsherMacroRunner *self = USHER_MACRO_RUNNER (object);

  g_clear_object (&self->macros);
  g_clear_object (&self->canned);
  G_OBJECT_CLASS (usher_macro_runner_parent_class)->finalize (object);
}

static void
usher_macro_runner_class_init (UsherMacroRunnerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = usher_macro_runner_finalize;
}

static void
usher_macro_runner_init (UsherMacroRunner *self)
{
}

UsherMacroRunner *
usher_macro_runner_new (UsherMacroList  *macros,
                        UsherCannedList *canned)
{
  UsherMacroRunner *self = g_object_new (USHER_TYPE_MACRO_RUNNER, NULL);

  self->macros = g_object_ref (macros);
  self->canned = g_object_ref (canned);
  return self;
}

UsherMacroList *
usher_macro_runner_get_macros (UsherMacroRunner *self)
{
  g_return_val_if_fail (USHER_IS_MACRO_RUNNER (self), NULL);
  return self->macros;
}

/* --- Doing what was planned -------------------------------------------------------------------------------------------- */

typedef struct {
  UsherSession *session;
  UsherCannedList *canned;
  UsherComposer *composer;
  GtkWidget *window;
  GPtrArray *done; /* of UsherMacroDone: what can be taken back */
  gboolean stays;  /* something cannot */
} Run;

static UsherMacroDone *
add_done (Run                  *run,
          const UsherMacroDeed *deed)
{
  UsherMacroDone *done = g_new0 (UsherMacroDone, 1);

  done->kind = deed->kind;
  done->conversation = g_object_ref (deed->conversation);
  g_ptr_array_add (run->done, done);
  return done;
}

/* Sending forgets the draft, for it is what is sent. Here it is something else, and stays. */
static void
say (Run                  *run,
     const UsherMacroDeed *deed)
{
  gboolean is_note = deed->kind == USHER_STEP_NOTE;
  g_autofree char *draft =
    g_strdup (usher_session_get_draft (run->session, deed->conversation, is_note));

  if (is_note)
    usher_session_send_note (run->session, deed->conversation, deed->text);
  else
    usher_session_send_text (run->session, deed->conversation, deed->text);
  if (draft != NULL)
    usher_session_set_draft (run->session, deed->conversation, draft, is_note);
}

/* A reply that is held for a moment can be taken back. */
static void
send (Run                  *run,
      const UsherMacroDeed *deed)
{
  guint undo_send_s;

  say (run, deed);
  g_object_get (run->session, "undo-send-s", &undo_send_s, NULL);
  if (undo_send_s > 0)
    add_done (run, deed)->line = usher_session_find_last_own (run->session, deed->conversation);
  else
    run->stays = TRUE;
}

static void
insert (Run                  *run,
        const UsherMacroDeed *deed)
{
  UsherMacroDone *done = add_done (run, deed);

  done->composer = g_object_ref (run->composer);
  done->is_note = deed->is_note;
  done->before =
    usher_composer_put (run->composer, deed->is_note, deed->text, deed->blanks, &done->after);
}

static void
label (Run                  *run,
       const UsherMacroDeed *deed)
{
  const char *const change[] = { deed->text, NULL };
  gboolean is_on = deed->kind == USHER_STEP_LABEL;

  if (usher_conversation_has_tag (deed->conversation, deed->text) == is_on)
    return;
  usher_session_change_tags (run->session, deed->conversation, is_on ? change : NULL,
                             is_on ? NULL : change);
  add_done (run, deed)->before = g_strdup (deed->text);
}

static void
close_chat (Run                  *run,
            const UsherMacroDeed *deed)
{
  if (usher_conversation_get_state (deed->conversation) != USHER_STATE_WRAPUP)
    usher_session_close_conversation (run->session, deed->conversation);
  usher_session_wrap_up (run->session, deed->conversation, deed->text, "solved", "", FALSE);
  add_done (run, deed);
}

static void
do_deed (Run                  *run,
         const UsherMacroDeed *deed)
{
  if (deed->canned != NULL)
    usher_canned_list_count_use (run->canned, deed->canned);
  switch (deed->kind) {
  case USHER_STEP_SEND:
    send (run, deed);
    break;
  case USHER_STEP_INSERT:
    insert (run, deed);
    break;
  case USHER_STEP_LABEL:
  case USHER_STEP_UNLABEL:
    label (run, deed);
    break;
  case USHER_STEP_NOTE:
    say (run, deed);
    run->stays = TRUE;
    break;
  case USHER_STEP_TRANSFER:
    usher_session_transfer (run->session, deed->conversation, deed->to_agent, deed->to_queue, NULL);
    run->stays = TRUE;
    break;
  case USHER_STEP_SNOOZE:
    usher_session_snooze (run->session, deed->conversation, deed->until_us);
    add_done (run, deed);
    break;
  case USHER_STEP_CLOSE:
    close_chat (run, deed);
    break;
  case USHER_STEP_NEXT:
    gtk_widget_activate_action (run->window, "conversation.next-waiting", NULL);
    break;
  case USHER_STEP_UNKNOWN:
  case USHER_N_STEPS:
  default:
    g_assert_not_reached ();
  }
}

/* --- What is said about it --------------------------------------------------------------------------------------------- */

static char *
dup_outcome (UsherMacro *macro,
             guint       n_chats,
             Run        *run)
{
  const char *name = usher_macro_get_name (macro);

  if (run->stays && run->done->len > 0)
    /* Translators: %s is a macro; the button beside it says Undo */
    return g_strdup_printf (_ ("“%s” was run. What was said or handed on stays."), name);
  if (n_chats == 1)
    /* Translators: %s is a macro */
    return g_strdup_printf (_ ("“%s” was run."), name);
  /* Translators: %1$s is a macro, %2$u how many chats it was run in */
  return g_strdup_printf (ngettext ("“%1$s” was run in %2$u chat.", "“%1$s” was run in %2$u chats.",
                                    n_chats),
                          name, n_chats);
}

static void
tell (UsherMacro   *macro,
      guint         n_chats,
      Run          *run,
      UsherNotices *notices)
{
  g_autofree char *text = dup_outcome (macro, n_chats, run);
  GClosure *undo;

  if (run->done->len == 0) {
    usher_notices_say (notices, 1, text);
    return;
  }
  undo = usher_macro_undo_new (run->session, run->done);
  usher_notices_offer_undo (notices, text, undo);
  g_closure_unref (undo);
}

void
usher_macro_runner_run (UsherMacroRunner *self,
                        UsherMacro       *macro,
                        UsherSession     *session,
                        GPtrArray        *conversations,
                        GtkWidget        *origin)
{
  UsherChatHost *host = USHER_CHAT_HOST (gtk_widget_get_root (origin));
  UsherConversationView *view = usher_chat_host_get_view (host);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  const UsherMacroCircumstances circumstances = { session, self->canned,
                                                  usher_conversation_view_get_conversation (view),
                                                  now };
  g_autofree char *problem = NULL;
  g_autoptr (GPtrArray) deeds = NULL;
  g_autoptr (GPtrArray) done = NULL;
  Run run;

  g_return_if_fail (USHER_IS_MACRO_RUNNER (self));
  deeds = usher_macro_plan (macro, &circumstances, conversations, &problem);
  if (deeds == NULL) {
    usher_notices_say (usher_chat_host_get_notices (host), 2, problem);
    return;
  }
  done = g_ptr_array_new_with_free_func ((GDestroyNotify) usher_macro_done_free);
  run = (Run){ session,           self->canned, usher_conversation_view_get_composer (view),
               GTK_WIDGET (host), done,         FALSE };
  for (guint i = 0; i < deeds->len; i++)
    do_deed (&run, g_ptr_array_index (deeds, i));
  tell (macro, conversations->len, &run, usher_chat_host_get_notices (host));
}

/* --- Asking which -------------------------------------------------------------------------------------------------------- */

typedef struct {
  UsherMacroRunner *runner;
  UsherSession *session;
  GPtrArray *conversations;
  GtkWidget *origin; /* borrowed: the chooser is its child */
} Choice;

static void
choice_free (gpointer  data,
             GClosure *closure)
{
  Choice *choice = data;

  g_object_unref (choice->runner);
  g_object_unref (choice->session);
  g_ptr_array_unref (choice->conversations);
  g_free (choice);
}

static void
chosen_cb (UsherMacroChooser *chooser,
           UsherMacro        *macro,
           Choice            *choice)
{
  usher_macro_runner_run (choice->runner, macro, choice->session, choice->conversations,
                          choice->origin);
}

void
usher_macro_runner_choose (UsherMacroRunner *self,
                           UsherSession     *session,
                           GPtrArray        *conversations,
                           GtkWidget        *origin)
{
  UsherMacroChooser *chooser = usher_macro_chooser_popup (origin, self->macros, session);
  Choice *choice = g_new (Choice, 1);

  *choice = (Choice){ g_object_ref (self), g_object_ref (session),
                      g_ptr_array_new_with_free_func (g_object_unref), origin };
  for (guint i = 0; i < conversations->len; i++)
    g_ptr_array_add (choice->conversations, g_object_ref (g_ptr_array_index (conversations, i)));
  g_signal_connect_data (chooser, "chosen", G_CALLBACK (chosen_cb), choice, choice_free, 0);
}
