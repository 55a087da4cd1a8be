/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-conversation-view.h"

#include <glib/gi18n.h>

#include "usher-chips.h"
#include "usher-closures.h"
#include "usher-contact.h"
#include "usher-conversation.h"
#include "usher-date-popover.h"
#include "usher-find-bar.h"
#include "usher-message.h"
#include "usher-text.h"
#include "usher-widget.h"
#include "usher-wrapup-clock.h"

#define NAME_CHARS    40
#define PREVIEW_CHARS 160
#define N_CHIPS       8

struct _UsherConversationView {
  GtkWidget parent_instance;

  UsherFindBar *find_bar;
  UsherTranscript *transcript;
  UsherChips *chips;
  GtkLabel *typing;
  GtkLabel *inside;
  GtkWidget *state_bar;
  GtkLabel *state_text;
  UsherWrapupClock *wrapup_clock;
  GtkButton *state_button;
  UsherComposer *composer;
  GtkDropTarget *drop;

  UsherSession *session;
  UsherConversation *conversation;
  UsherConversation *shown; /* (nullable): that the session takes for shown here */
  GSignalGroup *signals;
  gboolean is_current;
  gboolean wants_composer; /* to have the focus, as soon as there is one */
};

enum {
  SIGNAL_PROBLEM,
  SIGNAL_NEXT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherConversationView, usher_conversation_view, GTK_TYPE_WIDGET)

/* --- What can be done in this state ----------------------------------------------------------------------------- */

typedef struct {
  const char *text;
  const char *button; /* NULL: nothing to press */
  const char *action_name;
} StateBar;

static StateBar
describe_state (UsherConversation *conversation,
                gboolean           may_take_over)
{
  gboolean is_mine = usher_conversation_get_is_mine (conversation);

  switch (usher_conversation_get_state (conversation)) {
  case USHER_STATE_OFFERED:
    if (usher_conversation_get_offer_deadline_us (conversation) > 0)
      return (StateBar){ _ ("This chat is offered to you."), C_ ("offer", "Accept"),
                         "offer.accept" };
    return (StateBar){ _ ("This chat is being offered to a colleague."), NULL, NULL };
  case USHER_STATE_QUEUED:
  case USHER_STATE_OFFLINE:
    return (StateBar){ _ ("Nobody answers this chat yet."), _ ("Take It"), "conversation.claim" };
  case USHER_STATE_BOT:
    return (StateBar){ _ ("The bot answers this chat."), _ ("Step In"), "conversation.claim" };
  case USHER_STATE_WRAPUP:
    if (is_mine)
      return (StateBar){ _ ("The chat has ended. How did it go?"), _ ("Finish…"),
                         "conversation.close" };
    return (StateBar){ _ ("The chat has ended."), NULL, NULL };
  case USHER_STATE_CLOSED:
    return (StateBar){ _ ("This chat is closed."), _ ("Reopen"), "conversation.reopen" };
  case USHER_STATE_SNOOZED:
    return (StateBar){ _ ("This chat sleeps until the visitor writes again."), _ ("Wake Up"),
                       "conversation.wake" };
  case USHER_STATE_HELD:
    if (is_mine)
      return (StateBar){ _ ("On hold: the visitor has been asked to wait."), _ ("Resume"),
                         "conversation.toggle-hold" };
    break;
  case USHER_STATE_ACTIVE:
  case USHER_STATE_UNKNOWN:
  default:
    break;
  }
  if (usher_conversation_get_is_joined (conversation))
    return (StateBar){ _ ("A colleague answers this chat; you have joined."), _ ("Take Over"),
                       "conversation.take-over" };
  return (StateBar){ is_mine ? NULL : _ ("A colleague answers this chat."),
                     may_take_over ? _ ("Join") : NULL, "conversation.join" };
}

static char *
dup_state_text (UsherConversation *conversation,
                const StateBar    *bar)
{
  g_autofree char *agent =
    usher_text_to_line (usher_conversation_get_agent_name (conversation), NAME_CHARS);
  UsherState state = usher_conversation_get_state (conversation);
  gint64 until_us = usher_conversation_get_until_us (conversation);

  if (state == USHER_STATE_SNOOZED && until_us != 0) {
    g_autofree char *when = usher_format_until (until_us, g_get_real_time ());

    /* Translators: %s is a time such as 14:00 or tomorrow 09:00 */
    return g_strdup_printf (_ ("This chat sleeps until %s, or until the visitor writes."), when);
  }
  if (usher_conversation_get_is_mine (conversation) || *agent == '\0' ||
      (state != USHER_STATE_ACTIVE && state != USHER_STATE_HELD))
    return g_strdup (bar->text);
  if (usher_conversation_get_is_joined (conversation))
    /* Translators: %s is a colleague's name */
    return g_strdup_printf (_ ("%s answers this chat; you have joined."), agent);
  /* Translators: %s is a colleague's name */
  return g_strdup_printf (_ ("%s answers this chat."), agent);
}

/* What is typed into a composer that goes away must not press a button: the focus goes to the lines, where keys do nothing. */
static void
show_composer (UsherConversationView *self,
               gboolean               is_shown)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root == NULL ? NULL : gtk_root_get_focus (root);
  gboolean has_focus = focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->composer));

  if (has_focus && !is_shown)
    gtk_widget_child_focus (GTK_WIDGET (self->transcript), GTK_DIR_TAB_FORWARD);
  gtk_widget_set_visible (GTK_WIDGET (self->composer), is_shown);
}

static void
update_state (UsherConversationView *self)
{
  gboolean may_take_over =
    self->session != NULL && usher_session_has_right (self->session, "takeover");
  StateBar bar = describe_state (self->conversation, may_take_over);
  UsherState state = usher_conversation_get_state (self->conversation);
  gboolean is_mine = usher_conversation_get_is_mine (self->conversation);
  gboolean is_live = state == USHER_STATE_ACTIVE || state == USHER_STATE_HELD;
  gboolean may_reply = usher_conversation_may_write (self->conversation) && is_live;
  g_autofree char *text = bar.text == NULL ? NULL : dup_state_text (self->conversation, &bar);

  /* Who has just taken it writes next; the button that goes would leave the focus to chance. */
  self->wants_composer |= gtk_widget_has_focus (GTK_WIDGET (self->state_button));
  gtk_widget_set_visible (self->state_bar, bar.text != NULL);
  gtk_label_set_text (self->state_text, text == NULL ? "" : text);
  gtk_widget_set_visible (GTK_WIDGET (self->state_button), bar.button != NULL);
  if (bar.button != NULL) {
    gtk_button_set_label (self->state_button, bar.button);
    gtk_actionable_set_action_name (GTK_ACTIONABLE (self->state_button), bar.action_name);
  }
  usher_composer_set_can_reply (self->composer, may_reply);
  show_composer (self, may_reply || (is_mine && state == USHER_STATE_WRAPUP));
  if (self->wants_composer && may_reply)
    usher_conversation_view_focus (self);
}

/* Who else of us is here, on the line above the composer: nobody writes into a colleague's reply unaware. */
static void
update_inside (UsherConversationView *self)
{
  g_autofree char *text = usher_format_inside (self->conversation);
  const char *const *writers = usher_conversation_get_writers (self->conversation);

  gtk_label_set_text (self->inside, text);
  if (writers != NULL && writers[0] != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->inside), "writing");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->inside), "writing");
}

static void
update_chips (UsherConversationView *self)
{
  usher_chips_set (self->chips, usher_conversation_get_tags (self->conversation), N_CHIPS);
}

/* Its height never changes, so that the last line is not covered while the visitor types. */
static void
update_typing (UsherConversationView *self)
{
  const char *typing = usher_conversation_get_typing_text (self->conversation);
  g_autofree char *name =
    usher_text_to_line (usher_conversation_get_name (self->conversation), NAME_CHARS);
  g_autofree char *preview = usher_text_to_line (typing, PREVIEW_CHARS);
  g_autofree char *text = NULL;
  const char *who = *name == '\0' ? _ ("The visitor") : name;

  if (typing == NULL)
    text = g_strdup ("");
  else if (*preview == '\0')
    /* Translators: %s is the visitor's name */
    text = g_strdup_printf (_ ("%s is typing…"), who);
  else
    /* Translators: %1$s is the visitor's name, %2$s what they have typed and not sent yet */
    text = g_strdup_printf (_ ("%1$s is typing: “%2$s”"), who, preview);
  gtk_label_set_text (self->typing, text);
}

/* Of whom it is with: their earlier chats stand folded above the first line. */
static void
update_earlier (UsherConversationView *self)
{
  UsherContact *contact = self->conversation == NULL || self->session == NULL
                            ? NULL
                            : usher_session_get_contact (self->session, self->conversation);
  GListStore *earlier = contact == NULL ? NULL : usher_contact_get_earlier (contact);

  usher_transcript_set_earlier (self->transcript, earlier == NULL ? NULL : G_LIST_MODEL (earlier));
}

static void
conversation_notify_cb (UsherConversationView *self,
                        GParamSpec            *pspec)
{
  if (g_str_equal (pspec->name, "typing-text") || g_str_equal (pspec->name, "name"))
    update_typing (self);
  else if (g_str_equal (pspec->name, "viewers") || g_str_equal (pspec->name, "writers"))
    update_inside (self);
  else if (g_str_equal (pspec->name, "tags"))
    update_chips (self);
  else if (g_str_equal (pspec->name, "state") || g_str_equal (pspec->name, "is-joined") ||
           g_str_equal (pspec->name, "until-us") || g_str_equal (pspec->name, "is-mine") ||
           g_str_equal (pspec->name, "agent-name") ||
           g_str_equal (pspec->name, "offer-deadline-us"))
    update_state (self);
}

/* --- From the composer ----------------------------------------------------------------------------------------------- */

static void
sent_cb (UsherConversationView *self)
{
  usher_transcript_jump_to_newest (self->transcript);
}

static void
next_cb (UsherConversationView *self)
{
  g_signal_emit (self, signals[SIGNAL_NEXT], 0);
}

static void
problem_cb (UsherConversationView *self,
            const char            *text)
{
  g_signal_emit (self, signals[SIGNAL_PROBLEM], 0, text);
}

static void
find_changed_cb (UsherConversationView *self)
{
  usher_transcript_set_search (self->transcript, usher_find_bar_get_search (self->find_bar));
}

static void
take_back_cb (UsherConversationView *self,
              UsherMessage          *message)
{
  if (!usher_composer_take_back (self->composer, message))
    problem_cb (self, usher_message_get_delivery (message) == USHER_DELIVERY_FAILED
                        ? _ ("This chat takes no reply now. The line stays until you delete it.")
                        : _ ("It is too late: the line has gone out."));
}

static void
edit_cb (UsherConversationView *self,
         UsherMessage          *message)
{
  usher_composer_edit (self->composer, message);
}

static gboolean
drop_cb (UsherConversationView *self,
         const GValue          *value)
{
  return usher_composer_drop (self->composer, value);
}

/* --- What is on screen is read ------------------------------------------------------------------------------------------ */

static void
tell_shown (UsherConversationView *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  gboolean is_mapped = gtk_widget_get_mapped (GTK_WIDGET (self));
  gboolean is_attended = is_mapped && self->is_current && GTK_IS_WINDOW (root) &&
                         gtk_window_is_active (GTK_WINDOW (root));
  UsherConversation *shown = is_mapped && self->session != NULL ? self->conversation : NULL;

  usher_transcript_set_is_seen (self->transcript, is_attended);
  if (self->shown != NULL && self->shown != shown)
    usher_session_hide (self->session, self->shown);
  g_set_object (&self->shown, shown);
  if (shown != NULL)
    usher_session_show (self->session, shown, is_attended);
}

static void
usher_conversation_view_root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (usher_conversation_view_parent_class)->root (widget);
  g_signal_connect_object (gtk_widget_get_root (widget), "notify::is-active",
                           G_CALLBACK (tell_shown), widget, G_CONNECT_SWAPPED);
}

static void
usher_conversation_view_unroot (GtkWidget *widget)
{
  g_signal_handlers_disconnect_by_func (gtk_widget_get_root (widget), tell_shown, widget);
  GTK_WIDGET_CLASS (usher_conversation_view_parent_class)->unroot (widget);
}

static void
usher_conversation_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (usher_conversation_view_parent_class)->map (widget);
  tell_shown (USHER_CONVERSATION_VIEW (widget));
}

static void
usher_conversation_view_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (usher_conversation_view_parent_class)->unmap (widget);
  tell_shown (USHER_CONVERSATION_VIEW (widget));
}

static void
usher_conversation_view_dispose (GObject *object)
{
  UsherConversationView *self = USHER_CONVERSATION_VIEW (object);

  g_clear_object (&self->signals);
  g_clear_object (&self->shown);
  usher_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_CONVERSATION_VIEW);
  g_clear_object (&self->conversation);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (usher_conversation_view_parent_class)->dispose (object);
}

static void
usher_conversation_view_class_init (UsherConversationViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_conversation_view_dispose;
  widget_class->root = usher_conversation_view_root;
  widget_class->unroot = usher_conversation_view_unroot;
  widget_class->map = usher_conversation_view_map;
  widget_class->unmap = usher_conversation_view_unmap;
  signals[SIGNAL_PROBLEM] = g_signal_new ("problem", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_NEXT] =
    g_signal_new ("next", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (USHER_TYPE_CHIPS);
  g_type_ensure (USHER_TYPE_FIND_BAR);
  g_type_ensure (USHER_TYPE_TRANSCRIPT);
  g_type_ensure (USHER_TYPE_COMPOSER);
  g_type_ensure (USHER_TYPE_WRAPUP_CLOCK);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-conversation-view.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherConversationView, find_bar);
  gtk_widget_class_bind_template_child (widget_class, UsherConversationView, transcript);
  gtk_widget_class_bind_template_child (widget_class, UsherConversationView, chips);
  gtk_widget_class_bind_template_child (widget_class, UsherConversationView, typing);
  gtk_widget_class_bind_template_child (widget_class, UsherConversationView, inside);
  gtk_widget_class_bind_template_child (widget_class, UsherConversationView, state_bar);
  gtk_widget_class_bind_template_child (widget_class, UsherConversationView, state_text);
  gtk_widget_class_bind_template_child (widget_class, UsherConversationView, wrapup_clock);
  gtk_widget_class_bind_template_child (widget_class, UsherConversationView, state_button);
  gtk_widget_class_bind_template_child (widget_class, UsherConversationView, composer);
  gtk_widget_class_bind_template_child (widget_class, UsherConversationView, drop);
  gtk_widget_class_bind_template_callback (widget_class, sent_cb);
  gtk_widget_class_bind_template_callback (widget_class, take_back_cb);
  gtk_widget_class_bind_template_callback (widget_class, edit_cb);
  gtk_widget_class_bind_template_callback (widget_class, next_cb);
  gtk_widget_class_bind_template_callback (widget_class, problem_cb);
  gtk_widget_class_bind_template_callback (widget_class, drop_cb);
  gtk_widget_class_bind_template_callback (widget_class, find_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, usher_conversation_view_focus);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
usher_conversation_view_init (UsherConversationView *self)
{
  GType types[2];

  self->is_current = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  types[0] = GDK_TYPE_FILE_LIST;
  types[1] = GDK_TYPE_TEXTURE;
  gtk_drop_target_set_gtypes (self->drop, types, G_N_ELEMENTS (types));
  self->signals = g_signal_group_new (USHER_TYPE_CONVERSATION);
  g_signal_group_connect_swapped (self->signals, "notify", G_CALLBACK (conversation_notify_cb),
                                  self);
}

GtkWidget *
usher_conversation_view_new (void)
{
  return g_object_new (USHER_TYPE_CONVERSATION_VIEW, NULL);
}

void
usher_conversation_view_set_session (UsherConversationView *self,
                                     UsherSession          *session)
{
  g_return_if_fail (USHER_IS_CONVERSATION_VIEW (self));
  if (self->shown != NULL)
    usher_session_hide (self->session, self->shown);
  g_clear_object (&self->shown);
  g_set_object (&self->session, session);
  tell_shown (self);
  usher_find_bar_set_session (self->find_bar, session);
  usher_transcript_set_session (self->transcript, session);
  usher_composer_set_session (self->composer, session);
}

void
usher_conversation_view_set_conversation (UsherConversationView *self,
                                          UsherConversation     *conversation)
{
  guint n_unread;

  g_return_if_fail (USHER_IS_CONVERSATION_VIEW (self));
  if (self->conversation == conversation)
    return;
  self->wants_composer = FALSE;
  /* The composer lets go of the old chat first: what the new one permits must not touch the old draft. */
  usher_composer_set_conversation (self->composer, NULL);
  g_set_object (&self->conversation, conversation);
  g_signal_group_set_target (self->signals, conversation);
  usher_wrapup_clock_set_conversation (self->wrapup_clock, conversation);
  /* Before the session is told: showing makes the lines read. */
  n_unread = conversation == NULL ? 0 : usher_conversation_get_unread (conversation);
  tell_shown (self);
  usher_find_bar_set_conversation (self->find_bar, conversation);
  usher_transcript_set_conversation (self->transcript, conversation, n_unread);
  update_earlier (self);
  if (conversation == NULL)
    return;
  update_state (self);
  update_typing (self);
  update_inside (self);
  update_chips (self);
  usher_composer_set_conversation (self->composer, conversation);
}

void
usher_conversation_view_set_is_current (UsherConversationView *self,
                                        gboolean               is_current)
{
  g_return_if_fail (USHER_IS_CONVERSATION_VIEW (self));
  if (self->is_current == is_current)
    return;
  self->is_current = is_current;
  tell_shown (self);
}

void
usher_conversation_view_unfold_earlier (UsherConversationView *self)
{
  g_return_if_fail (USHER_IS_CONVERSATION_VIEW (self));
  usher_transcript_unfold_earlier (self->transcript);
}

void
usher_conversation_view_find (UsherConversationView *self)
{
  g_return_if_fail (USHER_IS_CONVERSATION_VIEW (self));
  usher_find_bar_open (self->find_bar);
}

void
usher_conversation_view_find_next (UsherConversationView *self,
                                   int                    step)
{
  g_return_if_fail (USHER_IS_CONVERSATION_VIEW (self));
  usher_find_bar_move (self->find_bar, step);
}

static void
date_picked_cb (UsherConversationView *self,
                GDateTime             *day)
{
  if (self->session != NULL && self->conversation != NULL)
    usher_session_show_day (self->session, self->conversation,
                            g_date_time_to_unix (day) * G_USEC_PER_SEC);
}

void
usher_conversation_view_go_to_date (UsherConversationView *self)
{
  g_autoptr (GDateTime) start = NULL;
  UsherDatePopover *popover;
  gint64 at_us;

  g_return_if_fail (USHER_IS_CONVERSATION_VIEW (self));
  if (self->conversation == NULL)
    return;
  at_us = usher_transcript_get_time_us (self->transcript);
  start = at_us == 0 ? g_date_time_new_now_local ()
                     : g_date_time_new_from_unix_local (at_us / G_USEC_PER_SEC);
  popover = usher_date_popover_popup (GTK_WIDGET (self->transcript), start);
  g_signal_connect_object (popover, "picked", G_CALLBACK (date_picked_cb), self, G_CONNECT_SWAPPED);
}

guint
usher_conversation_view_copy (UsherConversationView *self)
{
  g_return_val_if_fail (USHER_IS_CONVERSATION_VIEW (self), 0);
  return usher_transcript_copy (self->transcript);
}

UsherConversation *
usher_conversation_view_get_conversation (UsherConversationView *self)
{
  g_return_val_if_fail (USHER_IS_CONVERSATION_VIEW (self), NULL);
  return self->conversation;
}

UsherComposer *
usher_conversation_view_get_composer (UsherConversationView *self)
{
  g_return_val_if_fail (USHER_IS_CONVERSATION_VIEW (self), NULL);
  return self->composer;
}

void
usher_conversation_view_focus (UsherConversationView *self)
{
  g_return_if_fail (USHER_IS_CONVERSATION_VIEW (self));
  self->wants_composer = !gtk_widget_get_visible (GTK_WIDGET (self->composer));
  if (!self->wants_composer)
    usher_composer_focus (self->composer);
  else if (gtk_widget_get_visible (GTK_WIDGET (self->state_button)))
    gtk_widget_grab_focus (GTK_WIDGET (self->state_button));
}
