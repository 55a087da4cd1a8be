/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-key-row.h"

#include <glib/gi18n.h>

#include "usher-keys.h"

/* Data of a window: the row that waits for its keys. */
#define DATA_LISTENING "usher-key-row"

struct _UsherKeyRow {
  AdwActionRow parent_instance;

  GtkLabel *label;
  char *accel;              /* (nullable) */
  GtkEventController *keys; /* (nullable): of the window, while it waits */
  UsherKeyProblem problem;
  gpointer problem_data;
};

enum {
  SIGNAL_CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherKeyRow, usher_key_row, ADW_TYPE_ACTION_ROW)

static void
update (UsherKeyRow *self)
{
  g_autofree char *words = usher_keys_format (self->accel);
  gboolean is_listening = self->keys != NULL;

  gtk_label_set_text (self->label, is_listening    ? _ ("Press the keys…")
                                   : words == NULL ? C_ ("keys", "None")
                                                   : words);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self),
                               is_listening ? _ ("Backspace: none. Esc: as it was.") : "");
}

static void
stop_listening (UsherKeyRow *self)
{
  GtkWidget *window;

  if (self->keys == NULL)
    return;
  window = gtk_event_controller_get_widget (self->keys);
  g_object_set_data (G_OBJECT (window), DATA_LISTENING, NULL);
  gtk_widget_remove_controller (window, self->keys);
  self->keys = NULL;
  update (self);
}

static void
choose (UsherKeyRow *self,
        const char  *accel)
{
  stop_listening (self);
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, accel);
}

static gboolean
is_modifier (guint keyval)
{
  return (keyval >= GDK_KEY_Shift_L && keyval <= GDK_KEY_Hyper_R) || keyval == GDK_KEY_Num_Lock ||
         (keyval >= GDK_KEY_ISO_Lock && keyval <= GDK_KEY_ISO_Level5_Lock);
}

static void
take_keys (UsherKeyRow     *self,
           guint            keyval,
           GdkModifierType  modifiers)
{
  g_autofree char *accel = gtk_accelerator_name (keyval, modifiers);
  g_autofree char *problem = usher_keys_dup_problem (keyval, modifiers);

  if (problem == NULL && self->problem != NULL)
    problem = self->problem (accel, self->problem_data);
  if (problem != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (self), problem);
  else
    choose (self, accel);
}

static gboolean
pressed_cb (UsherKeyRow     *self,
            guint            keyval,
            guint            keycode,
            GdkModifierType  state)
{
  GdkModifierType modifiers = state & gtk_accelerator_get_default_mod_mask ();

  if (is_modifier (keyval))
    return GDK_EVENT_STOP;
  keyval = gdk_keyval_to_lower (keyval);
  if (keyval == GDK_KEY_ISO_Left_Tab)
    keyval = GDK_KEY_Tab;
  if (modifiers == 0 && keyval == GDK_KEY_Escape)
    stop_listening (self);
  else if (modifiers == 0 && keyval == GDK_KEY_BackSpace)
    choose (self, NULL);
  else
    take_keys (self, keyval, modifiers);
  return GDK_EVENT_STOP;
}

/* The window's: before any command that has these keys today. */
void
usher_key_row_listen (UsherKeyRow *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  UsherKeyRow *other;

  g_return_if_fail (USHER_IS_KEY_ROW (self));
  if (root == NULL || self->keys != NULL)
    return;
  other = g_object_get_data (G_OBJECT (root), DATA_LISTENING);
  if (other != NULL)
    stop_listening (other);
  self->keys = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (self->keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (self->keys, "key-pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (root), self->keys);
  g_object_set_data (G_OBJECT (root), DATA_LISTENING, self);
  update (self);
}

/* Who goes to another page or closes the window has given up. */
static void
usher_key_row_unmap (GtkWidget *widget)
{
  stop_listening (USHER_KEY_ROW (widget));
  GTK_WIDGET_CLASS (usher_key_row_parent_class)->unmap (widget);
}

static void
usher_key_row_finalize (GObject *object)
{
  g_free (USHER_KEY_ROW (object)->accel);
  G_OBJECT_CLASS (usher_key_row_parent_class)->finalize (object);
}

static void
usher_key_row_class_init (UsherKeyRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = usher_key_row_finalize;
  GTK_WIDGET_CLASS (klass)->unmap = usher_key_row_unmap;
  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
usher_key_row_init (UsherKeyRow *self)
{
  self->label = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->label), "dim-label");
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), GTK_WIDGET (self->label));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), TRUE);
  g_signal_connect (self, "activated", G_CALLBACK (usher_key_row_listen), NULL);
  update (self);
}

GtkWidget *
usher_key_row_new (const char *title)
{
  /* A macro that is named in a sentence is no markup. */
  return g_object_new (USHER_TYPE_KEY_ROW, "use-markup", FALSE, "title", title, NULL);
}

void
usher_key_row_set_accel (UsherKeyRow *self,
                         const char  *accel)
{
  g_return_if_fail (USHER_IS_KEY_ROW (self));
  g_free (self->accel);
  self->accel = g_strdup (accel);
  if (self->keys == NULL)
    update (self);
}

void
usher_key_row_set_problem (UsherKeyRow     *self,
                           UsherKeyProblem  problem,
                           gpointer         user_data)
{
  g_return_if_fail (USHER_IS_KEY_ROW (self));
  self->problem = problem;
  self->problem_data = user_data;
}
