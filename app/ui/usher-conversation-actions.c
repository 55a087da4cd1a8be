/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-conversation-actions.h"

#include <glib/gi18n.h>

#include "usher-close-dialog.h"
#include "usher-closures.h"
#include "usher-contact-editor.h"
#include "usher-conversation-rights.h"
#include "usher-conversation.h"
#include "usher-key-relay.h"
#include "usher-label-editor.h"
#include "usher-merge-dialog.h"
#include "usher-snooze-dialog.h"
#include "usher-snooze.h"
#include "usher-transfer-dialog.h"
#include "usher-undo.h"

struct _UsherConversationActions {
  GObject parent_instance;

  GtkWidget *origin; /* borrowed: it owns us */
  GSimpleActionGroup *group;
  UsherSession *session;
  UsherMacroRunner *macros; /* (nullable) */
  GPtrArray *targets;       /* of UsherConversation */
};

enum {
  SIGNAL_UNDOABLE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherConversationActions, usher_conversation_actions, G_TYPE_OBJECT)

/* --- What is possible ------------------------------------------------------------------------------------------- */

typedef gboolean (*IsPossible) (UsherSession *session, UsherConversation *conversation);

/* (transfer container): the targets for which it is possible. */
static GPtrArray *
dup_possible (UsherConversationActions *self,
              IsPossible                is_possible)
{
  GPtrArray *possible = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; self->session != NULL && i < self->targets->len; i++)
    if (is_possible (self->session, g_ptr_array_index (self->targets, i)))
      g_ptr_array_add (possible, g_object_ref (g_ptr_array_index (self->targets, i)));
  return possible;
}

/* --- Doing it, and taking it back ---------------------------------------------------------------------------------- */

typedef void (*Act) (UsherSession *session, UsherConversation *conversation);

typedef struct {
  UsherSession *session;
  GPtrArray *conversations;
  IsPossible is_possible;
  Act act;
} Undo;

static void
undo_free (gpointer  data,
           GClosure *closure)
{
  Undo *undo = data;

  g_object_unref (undo->session);
  g_ptr_array_unref (undo->conversations);
  g_free (undo);
}

/* What has gone on meanwhile is left alone. */
static void
undo_cb (Undo *undo)
{
  for (guint i = 0; i < undo->conversations->len; i++) {
    UsherConversation *conversation = g_ptr_array_index (undo->conversations, i);

    if (undo->is_possible (undo->session, conversation))
      undo->act (undo->session, conversation);
  }
}

/* Takes @conversations. */
static void
offer_undo (UsherConversationActions *self,
            const char               *text,
            GPtrArray                *conversations,
            IsPossible                is_possible,
            Act                       act)
{
  Undo *undo = g_new (Undo, 1);
  GClosure *closure;

  *undo = (Undo){ g_object_ref (self->session), conversations, is_possible, act };
  closure = usher_undo_new (G_CALLBACK (undo_cb), undo, undo_free);
  g_signal_emit (self, signals[SIGNAL_UNDOABLE], 0, text, closure);
  g_closure_unref (closure);
}

static void
act_on_each (UsherConversationActions *self,
             IsPossible                is_possible,
             Act                       act)
{
  g_autoptr (GPtrArray) conversations = dup_possible (self, is_possible);

  for (guint i = 0; i < conversations->len; i++)
    act (self->session, g_ptr_array_index (conversations, i));
}

static GtkWindow *
get_window (UsherConversationActions *self)
{
  return GTK_WINDOW (gtk_widget_get_root (self->origin));
}

static void
claim_cb (GSimpleAction            *action,
          GVariant                 *parameter,
          UsherConversationActions *self)
{
  act_on_each (self, usher_may_claim, usher_session_claim);
}

static void
reopen_cb (GSimpleAction            *action,
           GVariant                 *parameter,
           UsherConversationActions *self)
{
  act_on_each (self, usher_may_reopen, usher_session_reopen);
}

static void
wake_cb (GSimpleAction            *action,
         GVariant                 *parameter,
         UsherConversationActions *self)
{
  act_on_each (self, usher_may_wake, usher_session_wake);
}

static void
join_cb (GSimpleAction            *action,
         GVariant                 *parameter,
         UsherConversationActions *self)
{
  act_on_each (self, usher_may_join, usher_session_join);
}

static void
take_over_cb (GSimpleAction            *action,
              GVariant                 *parameter,
              UsherConversationActions *self)
{
  act_on_each (self, usher_may_take_over, usher_session_take_over);
}

static void
toggle_hold (UsherSession      *session,
             UsherConversation *conversation)
{
  usher_session_set_hold (session, conversation,
                          usher_conversation_get_state (conversation) != USHER_STATE_HELD);
}

static void
toggle_hold_cb (GSimpleAction            *action,
                GVariant                 *parameter,
                UsherConversationActions *self)
{
  act_on_each (self, usher_may_hold, toggle_hold);
}

static void
toggle_watch (UsherSession      *session,
              UsherConversation *conversation)
{
  usher_session_set_watching (session, conversation,
                              !usher_conversation_get_is_watched (conversation));
}

static void
toggle_watch_cb (GSimpleAction            *action,
                 GVariant                 *parameter,
                 UsherConversationActions *self)
{
  act_on_each (self, usher_may_watch, toggle_watch);
}

static void
transfer_cb (GSimpleAction            *action,
             GVariant                 *parameter,
             UsherConversationActions *self)
{
  g_autoptr (GPtrArray) conversations = dup_possible (self, usher_may_transfer);

  if (conversations->len > 0)
    gtk_window_present (
      GTK_WINDOW (usher_transfer_dialog_new (get_window (self), self->session, conversations)));
}

static void
edit_labels_cb (GSimpleAction            *action,
                GVariant                 *parameter,
                UsherConversationActions *self)
{
  g_autoptr (GPtrArray) conversations = dup_possible (self, usher_may_label);

  if (conversations->len > 0)
    usher_label_editor_popup (self->origin, self->session, conversations);
}

static void
forward_undoable_cb (UsherConversationActions *self,
                     const char               *text,
                     GClosure                 *undo)
{
  g_signal_emit (self, signals[SIGNAL_UNDOABLE], 0, text, undo);
}

/* The visitor of one chat with another: of several that are chosen, the first. */
static void
merge_cb (GSimpleAction            *action,
          GVariant                 *parameter,
          UsherConversationActions *self)
{
  g_autoptr (GPtrArray) conversations = dup_possible (self, usher_contact_editor_may_edit);
  GtkWidget *dialog;

  if (conversations->len == 0)
    return;
  dialog =
    usher_merge_dialog_new (get_window (self), self->session, g_ptr_array_index (conversations, 0));
  g_signal_connect_object (dialog, "undoable", G_CALLBACK (forward_undoable_cb), self,
                           G_CONNECT_SWAPPED);
  usher_present_with_keys (GTK_WINDOW (dialog));
}

/* --- Closing --------------------------------------------------------------------------------------------------------- */

/* One is closed with a form. Several are closed at once: each waits for its form as long as the gateway lets it. */
static void
close_several (UsherConversationActions *self,
               GPtrArray                *conversations)
{
  g_autofree char *text =
    g_strdup_printf (ngettext ("%u chat closed", "%u chats closed", conversations->len),
                     conversations->len);

  for (guint i = 0; i < conversations->len; i++)
    usher_session_close_conversation (self->session, g_ptr_array_index (conversations, i));
  offer_undo (self, text, g_ptr_array_ref (conversations), usher_is_closed_by_me,
              usher_session_reopen);
}

static void
close_cb (GSimpleAction            *action,
          GVariant                 *parameter,
          UsherConversationActions *self)
{
  g_autoptr (GPtrArray) conversations = dup_possible (self, usher_may_close);

  if (conversations->len == 1)
    usher_present_with_keys (
      GTK_WINDOW (usher_close_dialog_new (get_window (self), self->session,
                                          g_ptr_array_index (conversations, 0))));
  else if (conversations->len > 1)
    close_several (self, conversations);
}

/* --- Snoozing -------------------------------------------------------------------------------------------------------- */

static char *
dup_snoozed_text (guint  n,
                  gint64 until_us)
{
  g_autofree char *when = NULL;

  if (until_us == 0)
    return g_strdup_printf (ngettext ("Snoozed until the visitor writes",
                                      "%u chats snoozed until their visitors write", n),
                            n);
  when = usher_format_until (until_us, g_get_real_time ());
  /* Translators: %1$u chats, %2$s a time such as 14:00 or tomorrow 09:00 */
  return g_strdup_printf (ngettext ("%1$u chat snoozed until %2$s", "%1$u chats snoozed until %2$s",
                                    n),
                          n, when);
}

static void
snooze_until (UsherConversationActions *self,
              gint64                    until_us)
{
  GPtrArray *conversations = dup_possible (self, usher_may_snooze);
  g_autofree char *text = dup_snoozed_text (conversations->len, until_us);

  for (guint i = 0; i < conversations->len; i++)
    usher_session_snooze (self->session, g_ptr_array_index (conversations, i), until_us);
  if (conversations->len > 0)
    offer_undo (self, text, conversations, usher_may_wake, usher_session_wake);
  else
    g_ptr_array_unref (conversations);
}

static void
snooze_cb (GSimpleAction            *action,
           GVariant                 *parameter,
           UsherConversationActions *self)
{
  snooze_until (self, 0);
}

static void
snooze_for (UsherConversationActions *self,
            UsherSnooze               kind)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  gint64 until_us = usher_snooze_until (kind, now);

  if (until_us != 0)
    snooze_until (self, until_us);
}

static void
snooze_hour_cb (GSimpleAction            *action,
                GVariant                 *parameter,
                UsherConversationActions *self)
{
  snooze_for (self, USHER_SNOOZE_HOUR);
}

static void
snooze_afternoon_cb (GSimpleAction            *action,
                     GVariant                 *parameter,
                     UsherConversationActions *self)
{
  snooze_for (self, USHER_SNOOZE_AFTERNOON);
}

static void
snooze_tomorrow_cb (GSimpleAction            *action,
                    GVariant                 *parameter,
                    UsherConversationActions *self)
{
  snooze_for (self, USHER_SNOOZE_TOMORROW);
}

static void
picked_cb (UsherConversationActions *self,
           gint64                    until_us)
{
  snooze_until (self, until_us);
}

static void
snooze_pick_cb (GSimpleAction            *action,
                GVariant                 *parameter,
                UsherConversationActions *self)
{
  GtkWidget *dialog = usher_snooze_dialog_new (get_window (self));

  g_signal_connect_object (dialog, "picked", G_CALLBACK (picked_cb), self, G_CONNECT_SWAPPED);
  usher_present_with_keys (GTK_WINDOW (dialog));
}

/* --- Macros ---------------------------------------------------------------------------------------------------------- */

/* What a macro can do depends on its steps: it says so itself. */
static gboolean
may_run_macro (UsherSession      *session,
               UsherConversation *conversation)
{
  return TRUE;
}

static void
run_macro_cb (GSimpleAction            *action,
              GVariant                 *parameter,
              UsherConversationActions *self)
{
  if (self->macros != NULL)
    usher_macro_runner_choose (self->macros, self->session, self->targets, self->origin);
}

/* @parameter: the id of one; that which a key was given to may have been deleted elsewhere. */
static void
macro_cb (GSimpleAction            *action,
          GVariant                 *parameter,
          UsherConversationActions *self)
{
  UsherMacro *macro = self->macros == NULL
                        ? NULL
                        : usher_macro_list_get (usher_macro_runner_get_macros (self->macros),
                                                g_variant_get_string (parameter, NULL));
  g_autoptr (GPtrArray) targets = dup_possible (self, may_run_macro);

  if (macro != NULL && targets->len > 0)
    usher_macro_runner_run (self->macros, macro, self->session, targets, self->origin);
}

/* --- The table --------------------------------------------------------------------------------------------------------- */

typedef void (*Activate) (GSimpleAction *action,
                          GVariant *parameter,
                          UsherConversationActions *self);
typedef gboolean (*IsOn) (UsherConversation *conversation);

static gboolean
is_held (UsherConversation *conversation)
{
  return usher_conversation_get_state (conversation) == USHER_STATE_HELD;
}

static const struct {
  const char *name;
  IsPossible is_possible;
  Activate activate;
  IsOn is_on; /* NULL: it has no state */
} entries[] = {
  { "claim", usher_may_claim, claim_cb, NULL },
  { "transfer", usher_may_transfer, transfer_cb, NULL },
  { "close", usher_may_close, close_cb, NULL },
  { "reopen", usher_may_reopen, reopen_cb, NULL },
  { "snooze", usher_may_snooze, snooze_cb, NULL },
  { "snooze-hour", usher_may_snooze, snooze_hour_cb, NULL },
  { "snooze-afternoon", usher_may_snooze, snooze_afternoon_cb, NULL },
  { "snooze-tomorrow", usher_may_snooze, snooze_tomorrow_cb, NULL },
  { "snooze-pick", usher_may_snooze, snooze_pick_cb, NULL },
  { "wake", usher_may_wake, wake_cb, NULL },
  { "toggle-hold", usher_may_hold, toggle_hold_cb, is_held },
  { "join", usher_may_join, join_cb, NULL },
  { "take-over", usher_may_take_over, take_over_cb, NULL },
  { "toggle-watch", usher_may_watch, toggle_watch_cb, usher_conversation_get_is_watched },
  { "edit-labels", usher_may_label, edit_labels_cb, NULL },
  { "run-macro", may_run_macro, run_macro_cb, NULL },
  { "merge", usher_contact_editor_may_edit, merge_cb, NULL },
};

static gboolean
is_any (UsherConversationActions *self,
        IsPossible                is_possible)
{
  for (guint i = 0; self->session != NULL && i < self->targets->len; i++)
    if (is_possible (self->session, g_ptr_array_index (self->targets, i)))
      return TRUE;
  return FALSE;
}

void
usher_conversation_actions_update (UsherConversationActions *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  UsherConversation *first;

  g_return_if_fail (USHER_IS_CONVERSATION_ACTIONS (self));
  first = self->targets->len == 0 ? NULL : g_ptr_array_index (self->targets, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (entries); i++) {
    GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->group), entries[i].name);
    gboolean is_over = entries[i].activate == snooze_afternoon_cb &&
                       usher_snooze_until (USHER_SNOOZE_AFTERNOON, now) == 0;

    g_simple_action_set_enabled (G_SIMPLE_ACTION (action),
                                 !is_over && is_any (self, entries[i].is_possible));
    if (entries[i].is_on != NULL)
      g_simple_action_set_state (G_SIMPLE_ACTION (action),
                                 g_variant_new_boolean (first != NULL && entries[i].is_on (first)));
  }
}

static void
usher_conversation_actions_dispose (GObject *object)
{
  UsherConversationActions *self = USHER_CONVERSATION_ACTIONS (object);

  for (guint i = 0; self->targets != NULL && i < self->targets->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->targets, i), self);
  g_clear_pointer (&self->targets, g_ptr_array_unref);
  g_clear_object (&self->session);
  g_clear_object (&self->macros);
  g_clear_object (&self->group);
  G_OBJECT_CLASS (usher_conversation_actions_parent_class)->dispose (object);
}

static void
usher_conversation_actions_class_init (UsherConversationActionsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = usher_conversation_actions_dispose;
  signals[SIGNAL_UNDOABLE] =
    g_signal_new ("undoable", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_CLOSURE);
}

/* The only one that has to be told something. */
static void
add_macro_action (UsherConversationActions *self)
{
  g_autoptr (GSimpleAction) action = g_simple_action_new ("macro", G_VARIANT_TYPE_STRING);

  g_signal_connect (action, "activate", G_CALLBACK (macro_cb), self);
  g_action_map_add_action (G_ACTION_MAP (self->group), G_ACTION (action));
}

static void
usher_conversation_actions_init (UsherConversationActions *self)
{
  self->targets = g_ptr_array_new_with_free_func (g_object_unref);
  self->group = g_simple_action_group_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (entries); i++) {
    GVariant *off = entries[i].is_on == NULL ? NULL : g_variant_new_boolean (FALSE);
    g_autoptr (GSimpleAction) action =
      off == NULL ? g_simple_action_new (entries[i].name, NULL)
                  : g_simple_action_new_stateful (entries[i].name, NULL, off);

    g_signal_connect (action, "activate", G_CALLBACK (entries[i].activate), self);
    g_action_map_add_action (G_ACTION_MAP (self->group), G_ACTION (action));
  }
  add_macro_action (self);
  usher_conversation_actions_update (self);
}

UsherConversationActions *
usher_conversation_actions_new (GtkWidget *origin)
{
  UsherConversationActions *self = g_object_new (USHER_TYPE_CONVERSATION_ACTIONS, NULL);

  self->origin = origin;
  return self;
}

GActionGroup *
usher_conversation_actions_get_group (UsherConversationActions *self)
{
  g_return_val_if_fail (USHER_IS_CONVERSATION_ACTIONS (self), NULL);
  return G_ACTION_GROUP (self->group);
}

void
usher_conversation_actions_set_session (UsherConversationActions *self,
                                        UsherSession             *session)
{
  g_return_if_fail (USHER_IS_CONVERSATION_ACTIONS (self));
  if (g_set_object (&self->session, session))
    usher_conversation_actions_update (self);
}

void
usher_conversation_actions_set_macros (UsherConversationActions *self,
                                       UsherMacroRunner         *macros)
{
  g_return_if_fail (USHER_IS_CONVERSATION_ACTIONS (self));
  g_set_object (&self->macros, macros);
}

void
usher_conversation_actions_set_targets (UsherConversationActions *self,
                                        GPtrArray                *conversations)
{
  g_return_if_fail (USHER_IS_CONVERSATION_ACTIONS (self));
  for (guint i = 0; i < self->targets->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->targets, i), self);
  g_ptr_array_set_size (self->targets, 0);
  for (guint i = 0; i < conversations->len; i++) {
    UsherConversation *conversation = g_ptr_array_index (conversations, i);

    g_ptr_array_add (self->targets, g_object_ref (conversation));
    g_signal_connect_swapped (conversation, "notify",
                              G_CALLBACK (usher_conversation_actions_update), self);
  }
  usher_conversation_actions_update (self);
}

void
usher_conversation_actions_set_target (UsherConversationActions *self,
                                       UsherConversation        *conversation)
{
  g_autoptr (GPtrArray) targets = g_ptr_array_new ();

  if (conversation != NULL)
    g_ptr_array_add (targets, conversation);
  usher_conversation_actions_set_targets (self, targets);
}

/* --- The menu ------------------------------------------------------------------------------------------------------------ */

typedef struct {
  const char *label;
  const char *action;
} MenuItem;

static const MenuItem taking[] = {
  { N_ ("Take _It"), "conversation.claim" },
  { N_ ("_Join"), "conversation.join" },
  { N_ ("Take _Over"), "conversation.take-over" },
  { N_ ("_Watch"), "conversation.toggle-watch" },
};
static const MenuItem owning[] = {
  { N_ ("_Transfer…"), "conversation.transfer" },
  { N_ ("_Labels…"), "conversation.edit-labels" },
  { N_ ("Run a _Macro…"), "conversation.run-macro" },
  { N_ ("Mer_ge with Another Contact…"), "conversation.merge" },
  { N_ ("On _Hold"), "conversation.toggle-hold" },
  { N_ ("Wa_ke Up"), "conversation.wake" },
  { N_ ("_Close…"), "conversation.close" },
  { N_ ("_Reopen"), "conversation.reopen" },
};
static const MenuItem snoozing[] = {
  { N_ ("Until the Visitor _Writes"), "conversation.snooze" },
  { N_ ("For One _Hour"), "conversation.snooze-hour" },
  { N_ ("Until This _Afternoon"), "conversation.snooze-afternoon" },
  { N_ ("Until _Tomorrow, 9:00"), "conversation.snooze-tomorrow" },
  { N_ ("_Pick a Time…"), "conversation.snooze-pick" },
};

static GMenuModel *
menu_of (const MenuItem *items,
         gsize           n_items)
{
  GMenu *menu = g_menu_new ();

  for (gsize i = 0; i < n_items; i++)
    g_menu_append (menu, _ (items[i].label), items[i].action);
  return G_MENU_MODEL (menu);
}

GMenuModel *
usher_conversation_menu_new (void)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenuModel) first = menu_of (taking, G_N_ELEMENTS (taking));
  g_autoptr (GMenuModel) second = menu_of (owning, G_N_ELEMENTS (owning));
  g_autoptr (GMenuModel) snooze = menu_of (snoozing, G_N_ELEMENTS (snoozing));

  g_menu_append_section (menu, NULL, first);
  g_menu_append_submenu (menu, _ ("_Snooze"), snooze);
  g_menu_append_section (menu, NULL, second);
  return G_MENU_MODEL (menu);
}
