/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-find-bar.h"

#include <glib/gi18n.h>

#include "usher-conversation.h"
#include "usher-hit.h"
#include "usher-widget.h"

struct _UsherFindBar {
  GtkWidget parent_instance;

  GtkSearchBar *bar;
  GtkEditable *entry;
  GtkLabel *count;
  GtkWidget *older;
  GtkWidget *newer;

  UsherSession *session;
  UsherConversation *conversation;
  UsherSearch *search; /* (nullable): there is one while the bar is open */
  UsherHit *current;   /* (nullable): the hit that is pointed at */
  guint position;      /* of it among the hits; behind them when there is none */
};

enum {
  SIGNAL_CHANGED,
  SIGNAL_CLOSED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherFindBar, usher_find_bar, GTK_TYPE_WIDGET)

/* --- Where we are ------------------------------------------------------------------------------------- */

static GListModel *
get_hits (UsherFindBar *self)
{
  return usher_search_get_hits (self->search);
}

static char *
dup_count (UsherFindBar *self)
{
  guint n_hits = self->search == NULL ? 0 : g_list_model_get_n_items (get_hits (self));
  const char *status = self->search == NULL ? NULL : usher_search_get_status (self->search);

  if (n_hits == 0 || self->current == NULL)
    return g_strdup (status);
  /* Translators: of the lines that were found, newest first: %1$u is the one shown, %2$u how many there are, or how many and more */
  return g_strdup_printf (usher_search_get_is_cut (self->search) ? _ ("%1$u of %2$u or more")
                                                                 : _ ("%1$u of %2$u"),
                          self->position + 1, n_hits);
}

static void
update_count (UsherFindBar *self)
{
  guint n_hits = self->search == NULL ? 0 : g_list_model_get_n_items (get_hits (self));
  gboolean is_missing = n_hits == 0 && *gtk_editable_get_text (self->entry) != '\0' &&
                        self->search != NULL && !usher_search_get_is_busy (self->search);
  g_autofree char *text = dup_count (self);

  gtk_label_set_text (self->count, text == NULL ? "" : text);
  usher_widget_set_tooltip (GTK_WIDGET (self->count),
                            self->search == NULL ? NULL : usher_search_get_status (self->search));
  gtk_widget_set_sensitive (self->older, n_hits > 1);
  gtk_widget_set_sensitive (self->newer, n_hits > 1);
  if (is_missing)
    gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
}

static gboolean
is_current (UsherFindBar *self,
            UsherHit     *hit)
{
  return self->current != NULL && usher_hit_get_seq (hit) == usher_hit_get_seq (self->current) &&
         usher_hit_get_is_note (hit) == usher_hit_get_is_note (self->current);
}

static void
go_to (UsherFindBar *self,
       guint         position)
{
  g_autoptr (UsherHit) hit = g_list_model_get_item (get_hits (self), position);

  g_set_object (&self->current, hit);
  self->position = position;
  update_count (self);
  if (hit != NULL)
    usher_session_show_line (self->session, hit);
}

/* More may come in from the gateway: who reads a hit stays at it. */
static void
hits_changed_cb (UsherFindBar *self)
{
  GListModel *hits = get_hits (self);
  guint n_hits = g_list_model_get_n_items (hits);

  for (guint i = 0; i < n_hits; i++) {
    g_autoptr (UsherHit) hit = g_list_model_get_item (hits, i);

    if (is_current (self, hit)) {
      self->position = i;
      update_count (self);
      return;
    }
  }
  go_to (self, 0);
}

/* --- Open and closed ---------------------------------------------------------------------------------- */

static void
look (UsherFindBar *self)
{
  if (self->search == NULL)
    return;
  usher_search_set_text (self->search, gtk_editable_get_text (self->entry));
  update_count (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
stop (UsherFindBar *self)
{
  if (self->search == NULL)
    return;
  g_signal_handlers_disconnect_by_data (get_hits (self), self);
  g_signal_handlers_disconnect_by_data (self->search, self);
  g_clear_object (&self->search);
  g_clear_object (&self->current);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
start (UsherFindBar *self)
{
  self->search = usher_search_new (self->session);
  usher_search_set_conv (self->search, usher_conversation_get_conv (self->conversation));
  g_signal_connect_object (get_hits (self), "items-changed", G_CALLBACK (hits_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->search, "notify::status", G_CALLBACK (update_count), self,
                           G_CONNECT_SWAPPED);
  look (self);
}

static void
mode_cb (UsherFindBar *self)
{
  gboolean is_open = gtk_search_bar_get_search_mode (self->bar);

  if (is_open && self->search == NULL && self->session != NULL && self->conversation != NULL)
    start (self);
  else if (!is_open && self->search != NULL) {
    stop (self);
    g_signal_emit (self, signals[SIGNAL_CLOSED], 0);
  }
}

static void
close_bar (UsherFindBar *self)
{
  gtk_search_bar_set_search_mode (self->bar, FALSE);
}

/* --- Keys ------------------------------------------------------------------------------------------------ */

static void
older_cb (UsherFindBar *self)
{
  usher_find_bar_move (self, 1);
}

static void
newer_cb (UsherFindBar *self)
{
  usher_find_bar_move (self, -1);
}

/* Shift+Enter is no signal of the entry. */
static gboolean
key_cb (UsherFindBar    *self,
        guint            keyval,
        guint            keycode,
        GdkModifierType  state)
{
  gboolean is_enter =
    keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter || keyval == GDK_KEY_ISO_Enter;

  if (is_enter && (state & gtk_accelerator_get_default_mod_mask ()) == GDK_SHIFT_MASK) {
    usher_find_bar_move (self, -1);
    return GDK_EVENT_STOP;
  }
  return GDK_EVENT_PROPAGATE;
}

static gboolean
escape_cb (GtkWidget *widget,
           GVariant  *args,
           gpointer   user_data)
{
  close_bar (USHER_FIND_BAR (widget));
  return TRUE;
}

/* --- Class --------------------------------------------------------------------------------------------------- */

static void
usher_find_bar_dispose (GObject *object)
{
  UsherFindBar *self = USHER_FIND_BAR (object);

  if (self->search != NULL)
    g_signal_handlers_disconnect_by_data (get_hits (self), self);
  g_clear_object (&self->search);
  g_clear_object (&self->current);
  g_clear_object (&self->conversation);
  g_clear_object (&self->session);
  usher_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_FIND_BAR);
  G_OBJECT_CLASS (usher_find_bar_parent_class)->dispose (object);
}

static void
usher_find_bar_class_init (UsherFindBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_find_bar_dispose;
  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CLOSED] =
    g_signal_new ("closed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/usher_desk/Usher/ui/usher-find-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherFindBar, bar);
  gtk_widget_class_bind_template_child (widget_class, UsherFindBar, entry);
  gtk_widget_class_bind_template_child (widget_class, UsherFindBar, count);
  gtk_widget_class_bind_template_child (widget_class, UsherFindBar, older);
  gtk_widget_class_bind_template_child (widget_class, UsherFindBar, newer);
  gtk_widget_class_bind_template_callback (widget_class, mode_cb);
  gtk_widget_class_bind_template_callback (widget_class, look);
  gtk_widget_class_bind_template_callback (widget_class, older_cb);
  gtk_widget_class_bind_template_callback (widget_class, newer_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_bar);
  gtk_widget_class_bind_template_callback (widget_class, key_cb);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, escape_cb, NULL);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
usher_find_bar_init (UsherFindBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
usher_find_bar_set_session (UsherFindBar *self,
                            UsherSession *session)
{
  g_return_if_fail (USHER_IS_FIND_BAR (self));
  if (self->session == session)
    return;
  usher_find_bar_set_conversation (self, NULL);
  g_set_object (&self->session, session);
}

void
usher_find_bar_set_conversation (UsherFindBar      *self,
                                 UsherConversation *conversation)
{
  g_return_if_fail (USHER_IS_FIND_BAR (self));
  if (self->conversation == conversation)
    return;
  stop (self);
  close_bar (self);
  gtk_editable_set_text (self->entry, "");
  g_set_object (&self->conversation, conversation);
}

void
usher_find_bar_open (UsherFindBar *self)
{
  g_return_if_fail (USHER_IS_FIND_BAR (self));
  if (self->session == NULL || self->conversation == NULL)
    return;
  gtk_search_bar_set_search_mode (self->bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry)); /* which selects what is in it */
}

void
usher_find_bar_move (UsherFindBar *self,
                     int           step)
{
  guint n_hits;

  g_return_if_fail (USHER_IS_FIND_BAR (self));
  if (self->search == NULL) {
    usher_find_bar_open (self);
    return;
  }
  n_hits = g_list_model_get_n_items (get_hits (self));
  if (n_hits > 0)
    go_to (self, (self->position + n_hits + (guint) step) % n_hits);
}

UsherSearch *
usher_find_bar_get_search (UsherFindBar *self)
{
  g_return_val_if_fail (USHER_IS_FIND_BAR (self), NULL);
  return self->search;
}
