/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-voice-card.h"

#include <glib/gi18n.h>
#include <string.h>

#include "usher-audio.h"

struct _UsherVoiceCard {
  GtkWidget parent_instance;

  GtkButton *play;
  GtkProgressBar *progress;
  GtkLabel *clock;
  guint duration_ms;
};

G_DEFINE_FINAL_TYPE (UsherVoiceCard, usher_voice_card, GTK_TYPE_WIDGET)

static void
usher_voice_card_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (usher_voice_card_parent_class)->dispose (object);
}

static void
usher_voice_card_class_init (UsherVoiceCardClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = usher_voice_card_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "filecard");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static GtkWidget *
add_button (UsherVoiceCard *self,
            const char     *icon_name,
            const char     *action_name)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon_name);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action_name);
  gtk_widget_set_parent (button, GTK_WIDGET (self));
  return button;
}

static void
set_tip (GtkWidget  *button,
         const char *tip)
{
  gtk_widget_set_tooltip_text (button, tip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, tip, -1);
}

static void
usher_voice_card_init (UsherVoiceCard *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));
  GtkWidget *save;

  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 10);
  self->play = GTK_BUTTON (add_button (self, "media-playback-start-symbolic", "line.play"));
  self->progress = GTK_PROGRESS_BAR (gtk_progress_bar_new ());
  gtk_widget_set_hexpand (GTK_WIDGET (self->progress), TRUE);
  gtk_widget_set_valign (GTK_WIDGET (self->progress), GTK_ALIGN_CENTER);
  gtk_widget_set_parent (GTK_WIDGET (self->progress), GTK_WIDGET (self));
  self->clock = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->clock, 1);
  gtk_widget_add_css_class (GTK_WIDGET (self->clock), "numeric");
  gtk_widget_set_parent (GTK_WIDGET (self->clock), GTK_WIDGET (self));
  save = add_button (self, "document-save-as-symbolic", "line.save");
  set_tip (save, _ ("Save As…"));
}

GtkWidget *
usher_voice_card_new (void)
{
  return g_object_new (USHER_TYPE_VOICE_CARD, NULL);
}

char *
usher_voice_format_clock (guint ms)
{
  return g_strdup_printf ("%u:%02u", ms / 60000, ms / 1000 % 60);
}

static const char *
get_tip (gboolean is_playing)
{
  if (!usher_audio_is_available ())
    return usher_audio_get_problem ();
  return is_playing ? C_ ("voice message", "Stop") : C_ ("voice message", "Play");
}

void
usher_voice_card_set_message (UsherVoiceCard *self,
                              UsherMessage   *message)
{
  g_autofree char *label = NULL;
  guint seconds;

  g_return_if_fail (USHER_IS_VOICE_CARD (self));
  g_return_if_fail (USHER_IS_MESSAGE (message));
  self->duration_ms = usher_message_get_duration_ms (message);
  seconds = MAX ((self->duration_ms + 500) / 1000, 1);
  label =
    g_strdup_printf (ngettext ("Voice message, %u second", "Voice message, %u seconds", seconds),
                     seconds);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Heard so far"), -1);
  usher_voice_card_set_heard (self, FALSE, 0);
}

void
usher_voice_card_set_heard (UsherVoiceCard *self,
                            gboolean        is_playing,
                            guint           heard_ms)
{
  g_autofree char *all = NULL;
  g_autofree char *heard = NULL;
  g_autofree char *both = NULL;
  const char *icon_name =
    is_playing ? "media-playback-stop-symbolic" : "media-playback-start-symbolic";

  g_return_if_fail (USHER_IS_VOICE_CARD (self));
  all = usher_voice_format_clock (self->duration_ms);
  heard = usher_voice_format_clock (heard_ms);
  both = g_strdup_printf ("%s / %s", heard, all);
  gtk_label_set_width_chars (self->clock, (int) strlen (both)); /* nothing moves when it begins */
  gtk_label_set_text (self->clock, is_playing ? both : all);
  gtk_progress_bar_set_fraction (self->progress,
                                 self->duration_ms == 0
                                   ? 0
                                   : MIN (1.0, (double) heard_ms / self->duration_ms));
  if (g_strcmp0 (gtk_button_get_icon_name (self->play), icon_name) != 0)
    gtk_button_set_icon_name (self->play, icon_name);
  set_tip (GTK_WIDGET (self->play), get_tip (is_playing));
}
