/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-recorder.h"

#include <glib/gi18n.h>

#include "usher-capture.h"
#include "usher-voice-card.h"

struct _UsherRecorder {
  GtkWidget parent_instance;

  GtkWidget *sign;
  GtkLabel *word;
  GtkLabel *clock;
  GtkLevelBar *level;
  GtkWidget *send;
  UsherCapture *capture; /* (nullable) */
  guint held_ms;
};

enum {
  SIGNAL_FINISHED,
  SIGNAL_PROBLEM,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherRecorder, usher_recorder, GTK_TYPE_WIDGET)

static void
show_time (UsherRecorder *self,
           guint          held_ms)
{
  g_autofree char *clock = usher_voice_format_clock (held_ms);

  self->held_ms = held_ms;
  gtk_label_set_text (self->clock, clock);
}

/* Who wants nothing to move sees the time and the red sign. */
static gboolean
may_move (UsherRecorder *self)
{
  gboolean may_move = TRUE;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-enable-animations", &may_move,
                NULL);
  return may_move;
}

static void
heard_cb (UsherRecorder *self,
          guint          held_ms,
          double         level)
{
  show_time (self, held_ms);
  gtk_level_bar_set_value (self->level, level);
}

static void
end (UsherRecorder *self,
     GBytes        *voice)
{
  if (self->capture != NULL) {
    usher_capture_stop (self->capture);
    g_signal_handlers_disconnect_by_data (self->capture, self);
  }
  g_clear_object (&self->capture);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  g_signal_emit (self, signals[SIGNAL_FINISHED], 0, voice);
}

static char *
dup_end (UsherRecorder *self,
         const char    *problem)
{
  if (problem == NULL)
    return g_strdup (_ ("Two minutes are full. Send them, or throw them away."));
  if (self->held_ms == 0)
    /* Translators: %s is what the sound server says */
    return g_strdup_printf (_ ("The microphone cannot be used: %s. Check it in the settings of "
                               "your system, or write."),
                            problem);
  /* Translators: %s is what the sound server says */
  return g_strdup_printf (_ ("The microphone is not heard: %s. What was said until then is kept."),
                          problem);
}

/* What was said until then can still be sent. */
static void
over_cb (UsherRecorder *self,
         const char    *problem)
{
  g_autofree char *text = dup_end (self, problem);

  gtk_widget_set_visible (self->sign, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->level), FALSE);
  gtk_label_set_text (self->word, _ ("Recorded"));
  if (self->held_ms == 0)
    end (self, NULL);
  g_signal_emit (self, signals[SIGNAL_PROBLEM], 0, text);
}

static void
cancel_cb (UsherRecorder *self)
{
  end (self, NULL);
}

static void
send_cb (UsherRecorder *self)
{
  g_autoptr (GBytes) voice = usher_capture_finish (self->capture);

  end (self, voice);
}

static gboolean
key_pressed_cb (UsherRecorder   *self,
                guint            keyval,
                guint            keycode,
                GdkModifierType  state)
{
  if (keyval != GDK_KEY_Escape)
    return GDK_EVENT_PROPAGATE;
  cancel_cb (self);
  return GDK_EVENT_STOP;
}

static gboolean
usher_recorder_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (USHER_RECORDER (widget)->send);
}

static void
usher_recorder_dispose (GObject *object)
{
  UsherRecorder *self = USHER_RECORDER (object);
  GtkWidget *child;

  if (self->capture != NULL)
    usher_capture_stop (self->capture);
  g_clear_object (&self->capture);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (usher_recorder_parent_class)->dispose (object);
}

static void
usher_recorder_class_init (UsherRecorderClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_recorder_dispose;
  widget_class->grab_focus = usher_recorder_grab_focus;
  signals[SIGNAL_FINISHED] = g_signal_new ("finished", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 1, G_TYPE_BYTES);
  signals[SIGNAL_PROBLEM] = g_signal_new ("problem", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "recorder");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static GtkWidget *
add (UsherRecorder *self,
     GtkWidget     *child,
     const char    *css_class)
{
  gtk_widget_set_valign (child, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (child, css_class);
  gtk_widget_set_parent (child, GTK_WIDGET (self));
  return child;
}

static void
add_level (UsherRecorder *self)
{
  self->level = GTK_LEVEL_BAR (gtk_level_bar_new ());
  gtk_level_bar_remove_offset_value (self->level, GTK_LEVEL_BAR_OFFSET_LOW);
  gtk_level_bar_remove_offset_value (self->level, GTK_LEVEL_BAR_OFFSET_HIGH);
  gtk_level_bar_remove_offset_value (self->level, GTK_LEVEL_BAR_OFFSET_FULL);
  gtk_widget_set_size_request (GTK_WIDGET (self->level), 48, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->level), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("How loud it is"), -1);
  add (self, GTK_WIDGET (self->level), "loudness");
}

static void
add_buttons (UsherRecorder *self,
             GtkWidget     *cancel)
{
  gtk_widget_set_tooltip_text (cancel, _ ("Throw the recording away (Esc)"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (cancel), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Throw the recording away"), -1);
  gtk_widget_set_tooltip_text (self->send, _ ("Send the voice message"));
  gtk_widget_add_css_class (self->send, "send-button");
  g_signal_connect_object (cancel, "clicked", G_CALLBACK (cancel_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->send, "clicked", G_CALLBACK (send_cb), self, G_CONNECT_SWAPPED);
}

static void
usher_recorder_init (UsherRecorder *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkWidget *cancel = gtk_button_new_from_icon_name ("user-trash-symbolic");

  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 8);
  add (self, cancel, "flat");
  self->sign = add (self, gtk_image_new_from_icon_name ("media-record-symbolic"), "error");
  self->clock = GTK_LABEL (add (self, gtk_label_new (NULL), "numeric"));
  add_level (self);
  self->word = GTK_LABEL (add (self, gtk_label_new (NULL), "caption"));
  gtk_label_set_ellipsize (self->word, PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (self->word, 0);
  gtk_widget_set_hexpand (GTK_WIDGET (self->word), TRUE);
  self->send = add (self, gtk_button_new_with_label (C_ ("button", "Send")), "suggested-action");
  add_buttons (self, cancel);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  C_ ("composer", "Recording"), -1);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

void
usher_recorder_start (UsherRecorder *self)
{
  g_return_if_fail (USHER_IS_RECORDER (self));
  g_return_if_fail (self->capture == NULL);
  gtk_widget_set_visible (self->sign, TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self->level), may_move (self));
  gtk_level_bar_set_value (self->level, 0);
  gtk_label_set_text (self->word, C_ ("composer", "Recording"));
  show_time (self, 0);
  self->capture = usher_capture_new ();
  g_signal_connect_object (self->capture, "heard", G_CALLBACK (heard_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->capture, "over", G_CALLBACK (over_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

GBytes *
usher_recorder_finish (UsherRecorder *self)
{
  GBytes *voice;

  g_return_val_if_fail (USHER_IS_RECORDER (self), NULL);
  if (self->capture == NULL)
    return NULL;
  voice = usher_capture_finish (self->capture);
  g_signal_handlers_disconnect_by_data (self->capture, self);
  g_clear_object (&self->capture);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  return voice;
}

gboolean
usher_recorder_get_is_recording (UsherRecorder *self)
{
  g_return_val_if_fail (USHER_IS_RECORDER (self), FALSE);
  return self->capture != NULL;
}
