/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-alerts-page.h"

#include <glib/gi18n.h>

#include "usher-queue.h"
#include "usher-sound.h"
#include "usher-text.h"

#define TITLE_CHARS 60

struct _UsherAlertsPage {
  AdwPreferencesPage parent_instance;

  GtkSwitch *show_notifications;
  AdwComboRow *badge;
  AdwComboRow *notice;
  AdwComboRow *urgent;
  AdwComboRow *alarm;
  GtkSpinButton *reply_target;
  GtkSpinButton *urgent_percent;
  GtkSpinButton *alarm_percent;
  AdwExpanderRow *quiet_hours;
  GtkSpinButton *quiet_from;
  GtkSpinButton *quiet_to;
  AdwPreferencesGroup *queues;
  AdwActionRow *test;
  GtkButton *test_button;
  AdwActionRow *sound;

  GSettings *alerts;
  UsherNotifier *notifier;
  GCancellable *cancellable;
};

/* In the order of the lists in the template. */
static const char *const senses[] = { "none", "visual", "audible", "both" };
static const char *const rules[] = { "normal", "calm", "eager" };

G_DEFINE_FINAL_TYPE (UsherAlertsPage, usher_alerts_page, ADW_TYPE_PREFERENCES_PAGE)

/* --- Choices ------------------------------------------------------------------------------------------- */

static guint
index_of (const char *const *words,
          guint              n_words,
          const char        *word)
{
  for (guint i = 0; i < n_words; i++)
    if (g_str_equal (words[i], word))
      return i;
  return 0;
}

static gboolean
senses_to_selected (GValue   *value,
                    GVariant *variant,
                    gpointer  user_data)
{
  g_value_set_uint (value,
                    index_of (senses, G_N_ELEMENTS (senses), g_variant_get_string (variant, NULL)));
  return TRUE;
}

static GVariant *
selected_to_senses (const GValue       *value,
                    const GVariantType *type,
                    gpointer            user_data)
{
  guint selected = g_value_get_uint (value);

  return selected < G_N_ELEMENTS (senses) ? g_variant_new_string (senses[selected]) : NULL;
}

static void
bind_senses (UsherAlertsPage *self,
             const char      *key,
             AdwComboRow     *row)
{
  g_settings_bind_with_mapping (self->alerts, key, row, "selected", G_SETTINGS_BIND_DEFAULT,
                                senses_to_selected, selected_to_senses, NULL, NULL);
}

/* --- Times of the day --------------------------------------------------------------------------------- */

static gboolean
minute_output_cb (GtkSpinButton *button)
{
  guint minute = (guint) gtk_spin_button_get_value_as_int (button);
  g_autofree char *text = g_strdup_printf ("%02u:%02u", minute / 60, minute % 60);

  if (!g_str_equal (text, gtk_editable_get_text (GTK_EDITABLE (button))))
    gtk_editable_set_text (GTK_EDITABLE (button), text);
  return TRUE;
}

static int
minute_input_cb (GtkSpinButton *button,
                 double        *ret_minute)
{
  g_auto (GStrv) parts = g_strsplit (gtk_editable_get_text (GTK_EDITABLE (button)), ":", 2);
  guint64 hour, minute = 0;

  if (parts[0] == NULL || !g_ascii_string_to_unsigned (parts[0], 10, 0, 23, &hour, NULL) ||
      (parts[1] != NULL && !g_ascii_string_to_unsigned (parts[1], 10, 0, 59, &minute, NULL)))
    return GTK_INPUT_ERROR;
  *ret_minute = (double) (hour * 60 + minute);
  return TRUE;
}

/* --- Queues ---------------------------------------------------------------------------------------------- */

static void
set_rule (UsherAlertsPage *self,
          const char      *queue,
          const char      *rule)
{
  g_autoptr (GVariant) before = g_settings_get_value (self->alerts, "queues");
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{ss}"));
  GVariantIter iter;
  const char *name, *value;

  g_variant_iter_init (&iter, before);
  while (g_variant_iter_next (&iter, "{&s&s}", &name, &value))
    if (!g_str_equal (name, queue))
      g_variant_builder_add (&builder, "{ss}", name, value);
  if (!g_str_equal (rule, rules[0]))
    g_variant_builder_add (&builder, "{ss}", queue, rule);
  g_settings_set_value (self->alerts, "queues", g_variant_builder_end (&builder));
}

static void
rule_cb (UsherAlertsPage *self,
         GParamSpec      *pspec,
         AdwComboRow     *row)
{
  guint selected = MIN (adw_combo_row_get_selected (row), G_N_ELEMENTS (rules) - 1);

  set_rule (self, g_object_get_data (G_OBJECT (row), "usher-queue"), rules[selected]);
}

static GtkWidget *
queue_row_new (UsherAlertsPage *self,
               UsherQueue      *queue)
{
  const char *const words[] = { C_ ("queue", "As usual"), C_ ("queue", "Counted only"),
                                C_ ("queue", "In half the time"), NULL };
  g_autoptr (GtkStringList) model = gtk_string_list_new (words);
  g_autoptr (GVariant) known = g_settings_get_value (self->alerts, "queues");
  const char *title = usher_queue_get_title (queue);
  const char *name = usher_queue_get_name (queue);
  g_autofree char *line =
    usher_text_to_line (title != NULL && *title != '\0' ? title : name, TITLE_CHARS);
  GtkWidget *row = g_object_new (ADW_TYPE_COMBO_ROW, "use-markup", FALSE, "title", line, NULL);
  const char *rule = rules[0];

  g_variant_lookup (known, name, "&s", &rule);
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (model));
  adw_combo_row_set_selected (ADW_COMBO_ROW (row), index_of (rules, G_N_ELEMENTS (rules), rule));
  g_object_set_data_full (G_OBJECT (row), "usher-queue", g_strdup (name), g_free);
  g_signal_connect_object (row, "notify::selected", G_CALLBACK (rule_cb), self, G_CONNECT_SWAPPED);
  return row;
}

static void
add_queues (UsherAlertsPage *self,
            UsherSession    *session)
{
  g_autoptr (GListModel) queues = NULL;

  g_object_get (session, "queues", &queues, NULL);
  for (guint i = 0; i < g_list_model_get_n_items (queues); i++) {
    g_autoptr (UsherQueue) queue = g_list_model_get_item (queues, i);

    adw_preferences_group_add (self->queues, queue_row_new (self, queue));
  }
  gtk_widget_set_visible (GTK_WIDGET (self->queues), g_list_model_get_n_items (queues) > 0);
}

/* --- The proof --------------------------------------------------------------------------------------------- */

static void
say (AdwActionRow *row,
     const char   *text)
{
  adw_action_row_set_subtitle (row, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
}

static void
tested_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  UsherAlertsPage *self;
  g_autoptr (GError) error = NULL;
  g_autofree char *server = usher_notifier_test_finish (USHER_NOTIFIER (source), result, &error);
  g_autofree char *text = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = user_data; /* alive: not cancelled */
  gtk_widget_set_sensitive (GTK_WIDGET (self->test_button), TRUE);
  if (server != NULL)
    /* Translators: %s is a program, such as gnome-shell 43.9 */
    text = g_strdup_printf (_ ("%s has taken it. Press the notification to confirm that you see "
                               "it. If there is none, look at Do Not Disturb and at "
                               "Notifications in the settings of the desktop."),
                            server);
  else
    /* Translators: %s is a sentence with the reason */
    text = g_strdup_printf (_ ("No notification appeared: %s Start a notification service, or "
                               "choose sounds above; the bar and the count work without it."),
                            error->message);
  say (self->test, text);
}

static void
test_cb (UsherAlertsPage *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->test_button), FALSE);
  say (self->test, _ ("Waiting for the desktop…"));
  usher_notifier_test_async (self->notifier, self->cancellable, tested_cb, self);
}

static void
seen_cb (UsherAlertsPage *self)
{
  say (self->test, _ ("You saw it: notifications work on this machine."));
}

static void
played_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  gboolean is_played = usher_sound_play_finish (result, &error);
  g_autofree char *text = NULL;
  UsherAlertsPage *self;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = user_data; /* alive: not cancelled */
  if (is_played) {
    say (self->sound, _ ("The sound was played. If you heard nothing, look at the volume and the "
                         "output in the settings of the desktop."));
    return;
  }
  /* Translators: %s is a sentence with the reason */
  text = g_strdup_printf (_ ("No sound can be played here: %s Choose what you can see above."),
                          error->message);
  say (self->sound, text);
}

static void
play_cb (UsherAlertsPage *self)
{
  usher_sound_play_async ("urgent", self->cancellable, played_cb, self);
}

/* --- Object -------------------------------------------------------------------------------------------------- */

static void
usher_alerts_page_dispose (GObject *object)
{
  UsherAlertsPage *self = USHER_ALERTS_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->notifier);
  g_clear_object (&self->alerts);
  gtk_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_ALERTS_PAGE);
  G_OBJECT_CLASS (usher_alerts_page_parent_class)->dispose (object);
}

static void
usher_alerts_page_class_init (UsherAlertsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_alerts_page_dispose;
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-alerts-page.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherAlertsPage, show_notifications);
  gtk_widget_class_bind_template_child (widget_class, UsherAlertsPage, badge);
  gtk_widget_class_bind_template_child (widget_class, UsherAlertsPage, notice);
  gtk_widget_class_bind_template_child (widget_class, UsherAlertsPage, urgent);
  gtk_widget_class_bind_template_child (widget_class, UsherAlertsPage, alarm);
  gtk_widget_class_bind_template_child (widget_class, UsherAlertsPage, reply_target);
  gtk_widget_class_bind_template_child (widget_class, UsherAlertsPage, urgent_percent);
  gtk_widget_class_bind_template_child (widget_class, UsherAlertsPage, alarm_percent);
  gtk_widget_class_bind_template_child (widget_class, UsherAlertsPage, quiet_hours);
  gtk_widget_class_bind_template_child (widget_class, UsherAlertsPage, quiet_from);
  gtk_widget_class_bind_template_child (widget_class, UsherAlertsPage, quiet_to);
  gtk_widget_class_bind_template_child (widget_class, UsherAlertsPage, queues);
  gtk_widget_class_bind_template_child (widget_class, UsherAlertsPage, test);
  gtk_widget_class_bind_template_child (widget_class, UsherAlertsPage, test_button);
  gtk_widget_class_bind_template_child (widget_class, UsherAlertsPage, sound);
  gtk_widget_class_bind_template_callback (widget_class, minute_output_cb);
  gtk_widget_class_bind_template_callback (widget_class, minute_input_cb);
  gtk_widget_class_bind_template_callback (widget_class, test_cb);
  gtk_widget_class_bind_template_callback (widget_class, play_cb);
}

static void
usher_alerts_page_init (UsherAlertsPage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
bind_numbers (UsherAlertsPage *self,
              GSettings       *settings)
{
  const GSettingsBindFlags flags = G_SETTINGS_BIND_DEFAULT;

  g_settings_bind (settings, "show-notifications", self->show_notifications, "active", flags);
  g_settings_bind (settings, "reply-target-s", self->reply_target, "value", flags);
  g_settings_bind (self->alerts, "urgent-percent", self->urgent_percent, "value", flags);
  g_settings_bind (self->alerts, "alarm-percent", self->alarm_percent, "value", flags);
  g_settings_bind (self->alerts, "quiet-hours", self->quiet_hours, "enable-expansion", flags);
  g_settings_bind (self->alerts, "quiet-from", self->quiet_from, "value", flags);
  g_settings_bind (self->alerts, "quiet-to", self->quiet_to, "value", flags);
}

void
usher_alerts_page_set (UsherAlertsPage *self,
                       GSettings       *settings,
                       UsherSession    *session,
                       UsherNotifier   *notifier)
{
  g_return_if_fail (USHER_IS_ALERTS_PAGE (self));
  self->alerts = g_settings_get_child (settings, "alerts");
  bind_numbers (self, settings);
  bind_senses (self, "badge", self->badge);
  bind_senses (self, "notice", self->notice);
  bind_senses (self, "urgent", self->urgent);
  bind_senses (self, "alarm", self->alarm);
  if (session != NULL)
    add_queues (self, session);
  g_set_object (&self->notifier, notifier);
  gtk_widget_set_sensitive (GTK_WIDGET (self->test_button), notifier != NULL);
  if (notifier != NULL)
    g_signal_connect_object (notifier, "seen", G_CALLBACK (seen_cb), self, G_CONNECT_SWAPPED);
}
