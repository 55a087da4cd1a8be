/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-preferences.h"

#include "usher-account-page.h"
#include "usher-alerts-page.h"
#include "usher-autostart-row.h"
#include "usher-keys-page.h"
#include "usher-shelf.h"
#include "usher-spelling-group.h"

struct _UsherPreferences {
  AdwPreferencesWindow parent_instance;

  GtkSwitch *enter_sends;
  GtkSpinButton *undo_send;
  GtkSpinButton *idle_minutes;
  UsherAutostartRow *autostart;
  UsherSpellingGroup *spelling;
  GtkSwitch *run_in_background;
  UsherAccountPage *account;
  UsherAlertsPage *alerts;
  UsherKeysPage *keys;
};

G_DEFINE_FINAL_TYPE (UsherPreferences, usher_preferences, ADW_TYPE_PREFERENCES_WINDOW)

static void
empty_group (AdwPreferencesGroup *group,
             GtkWidget           *widget)
{
  GtkWidget *next;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = next) {
    next = gtk_widget_get_next_sibling (child);
    if (ADW_IS_PREFERENCES_ROW (child))
      adw_preferences_group_remove (group, child);
    else
      empty_group (group, child);
  }
}

/* libadwaita 1.2 never lets go of a group that a preferences window could search; ten megabytes of rows need not stay with it. */
static void
empty_groups (GtkWidget *widget)
{
  if (ADW_IS_PREFERENCES_GROUP (widget)) {
    empty_group (ADW_PREFERENCES_GROUP (widget), widget);
    return;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    empty_groups (child);
}

static void
usher_preferences_dispose (GObject *object)
{
  empty_groups (GTK_WIDGET (object));
  gtk_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_PREFERENCES);
  G_OBJECT_CLASS (usher_preferences_parent_class)->dispose (object);
}

static void
usher_preferences_class_init (UsherPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_preferences_dispose;
  g_type_ensure (USHER_TYPE_ACCOUNT_PAGE);
  g_type_ensure (USHER_TYPE_ALERTS_PAGE);
  g_type_ensure (USHER_TYPE_AUTOSTART_ROW);
  g_type_ensure (USHER_TYPE_KEYS_PAGE);
  g_type_ensure (USHER_TYPE_SPELLING_GROUP);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherPreferences, enter_sends);
  gtk_widget_class_bind_template_child (widget_class, UsherPreferences, undo_send);
  gtk_widget_class_bind_template_child (widget_class, UsherPreferences, idle_minutes);
  gtk_widget_class_bind_template_child (widget_class, UsherPreferences, autostart);
  gtk_widget_class_bind_template_child (widget_class, UsherPreferences, spelling);
  gtk_widget_class_bind_template_child (widget_class, UsherPreferences, run_in_background);
  gtk_widget_class_bind_template_child (widget_class, UsherPreferences, account);
  gtk_widget_class_bind_template_child (widget_class, UsherPreferences, alerts);
  gtk_widget_class_bind_template_child (widget_class, UsherPreferences, keys);
}

static void
usher_preferences_init (UsherPreferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Who has not signed in has no account yet. */
static void
show_account (UsherPreferences *self,
              GSettings        *settings,
              UsherSession     *session)
{
  guint64 agent = 0;

  if (session != NULL)
    g_object_get (session, "agent", &agent, NULL);
  if (agent != 0)
    usher_account_page_set (self->account, settings, session);
  else
    adw_preferences_window_remove (ADW_PREFERENCES_WINDOW (self),
                                   ADW_PREFERENCES_PAGE (self->account));
}

GtkWidget *
usher_preferences_new (GtkWindow      *parent,
                       GSettings      *settings,
                       UsherSession   *session,
                       UsherNotifier  *notifier,
                       UsherAutostart *autostart)
{
  UsherPreferences *self = g_object_new (USHER_TYPE_PREFERENCES, "transient-for", parent, NULL);
  g_auto (GStrv) installed = usher_shelf_dup_installed ();

  g_settings_bind (settings, "run-in-background", self->run_in_background, "active",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "idle-minutes", self->idle_minutes, "value", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "undo-send-s", self->undo_send, "value", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "enter-sends", self->enter_sends, "active", G_SETTINGS_BIND_DEFAULT);
  gtk_widget_set_visible (GTK_WIDGET (self->autostart), autostart != NULL);
  if (autostart != NULL)
    usher_autostart_row_set (self->autostart, autostart);
  show_account (self, settings, session);
  usher_spelling_group_set (self->spelling, settings, (const char *const *) installed);
  usher_alerts_page_set (self->alerts, settings, session, notifier);
  usher_keys_page_set (self->keys, settings);
  return GTK_WIDGET (self);
}
