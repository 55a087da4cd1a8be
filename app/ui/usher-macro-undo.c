/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-macro-undo.h"

#include "usher-conversation-rights.h"
#include "usher-conversation.h"
#include "usher-message.h"

typedef struct {
  UsherSession *session;
  GPtrArray *done;
} Undo;

void
usher_macro_done_free (UsherMacroDone *done)
{
  g_clear_object (&done->conversation);
  g_clear_object (&done->line);
  g_clear_object (&done->composer);
  g_free (done->before);
  g_free (done->after);
  g_free (done);
}

static void
change_label (UsherSession         *session,
              const UsherMacroDone *done,
              gboolean              is_on)
{
  const char *const change[] = { done->before, NULL };

  if (usher_may_label (session, done->conversation) &&
      usher_conversation_has_tag (done->conversation, done->before) != is_on)
    usher_session_change_tags (session, done->conversation, is_on ? change : NULL,
                               is_on ? NULL : change);
}

/* What has gone on meanwhile is left alone. */
static void
take_back (UsherSession         *session,
           const UsherMacroDone *done)
{
  switch (done->kind) {
  case USHER_STEP_SEND:
    g_free (usher_session_take_back (session, done->line));
    break;
  case USHER_STEP_INSERT:
    usher_composer_take_out (done->composer, done->conversation, done->is_note, done->before,
                             done->after);
    break;
  case USHER_STEP_LABEL:
  case USHER_STEP_UNLABEL:
    change_label (session, done, done->kind == USHER_STEP_UNLABEL);
    break;
  case USHER_STEP_SNOOZE:
    if (usher_may_wake (session, done->conversation))
      usher_session_wake (session, done->conversation);
    break;
  case USHER_STEP_CLOSE:
    if (usher_is_closed_by_me (session, done->conversation))
      usher_session_reopen (session, done->conversation);
    break;
  case USHER_STEP_UNKNOWN:
  case USHER_STEP_NOTE:
  case USHER_STEP_TRANSFER:
  case USHER_STEP_NEXT:
  case USHER_N_STEPS:
  default:
    g_assert_not_reached ();
  }
}

static void
undo_cb (Undo *undo)
{
  for (guint i = undo->done->len; i > 0; i--)
    take_back (undo->session, g_ptr_array_index (undo->done, i - 1));
}

static void
undo_free (gpointer  data,
           GClosure *closure)
{
  Undo *undo = data;

  g_object_unref (undo->session);
  g_ptr_array_unref (undo->done);
  g_free (undo);
}

GClosure *
usher_macro_undo_new (UsherSession *session,
                      GPtrArray    *done)
{
  Undo *undo = g_new (Undo, 1);
  GClosure *closure;

  *undo = (Undo){ g_object_ref (session), g_ptr_array_ref (done) };
  closure = g_cclosure_new_swap (G_CALLBACK (undo_cb), undo, undo_free);
  g_closure_ref (closure);
  g_closure_sink (closure);
  g_closure_set_marshal (closure, g_cclosure_marshal_VOID__VOID);
  return closure;
}
