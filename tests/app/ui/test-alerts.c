/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui-test.h"
#include "usher-alarm-bar.h"
#include "usher-preferences.h"
#include "usher-window-private.h"

typedef struct {
  UsherWindow *window;
  UsherSession *session;
  UsherNotifier *notifier;
  GSettings *settings;
  GSettings *alerts;
} Fixture;

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  f->settings = g_settings_new ("io.github.usher_desk.Usher");
  f->alerts = g_settings_get_child (f->settings, "alerts");
  f->session = fake_session_new ();
  fake_session_fill_demo (f->session);
  f->notifier = usher_notifier_new (f->session, f->settings);
  f->window = USHER_WINDOW (usher_window_new (NULL, f->settings));
  usher_window_set_session (f->window, f->session);
  usher_window_set_notifier (f->window, f->notifier);
  usher_window_show_desk (f->window);
  gtk_window_present (GTK_WINDOW (f->window));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (f->window));
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  ui_test_settle ();
  g_assert_finalize_object (f->notifier);
  g_object_unref (f->session);
  g_object_unref (f->alerts);
  g_object_unref (f->settings);
}

static void
test_badge (Fixture       *f,
            gconstpointer  data)
{
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (f->window)), ==, "Usher");
  g_object_set (f->notifier, "n-waiting", 3, NULL);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (f->window)), ==, "(3) Usher");
  g_object_set (f->notifier, "n-waiting", 0, NULL);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (f->window)), ==, "Usher");
}

/* Across the window, an alert to a screen reader, and by keys there and away. */
static void
test_bar (Fixture       *f,
          gconstpointer  data)
{
  UsherConversation *late = usher_session_find (f->session, 2);
  GtkWidget *button;

  g_assert_null (f->window->conversation);
  g_object_set (f->notifier, "late", late, NULL);
  ui_test_settle ();
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (f->window->alarm_bar),
                                   GTK_ACCESSIBLE_ROLE_ALERT);
  button = ui_test_find (GTK_WIDGET (f->window->alarm_bar), GTK_TYPE_BUTTON, "Go There");
  g_assert_true (gtk_widget_get_child_visible (button));
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (f->window->alarm_bar)), ==,
                   gtk_widget_get_width (GTK_WIDGET (f->window->overlay)));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->window), "alert.go", NULL));
  g_assert_true (f->window->conversation == late);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->window), "alert.hush", NULL));
  g_object_get (f->notifier, "late", &late, NULL);
  g_assert_null (late);
}

static GtkWidget *
open_preferences (Fixture *f)
{
  GtkWidget *preferences =
    usher_preferences_new (GTK_WINDOW (f->window), f->settings, f->session, f->notifier, NULL);
  GtkWidget *page;

  gtk_window_present (GTK_WINDOW (preferences));
  page = ui_test_find (preferences, ADW_TYPE_PREFERENCES_PAGE, NULL);
  while (page != NULL && !g_str_equal (G_OBJECT_TYPE_NAME (page), "UsherAlertsPage"))
    page = gtk_widget_get_next_sibling (page);
  g_assert_nonnull (page);
  adw_preferences_window_set_visible_page (ADW_PREFERENCES_WINDOW (preferences),
                                           ADW_PREFERENCES_PAGE (page));
  ui_test_settle ();
  return preferences;
}

static void
test_choices (Fixture       *f,
              gconstpointer  data)
{
  GtkWidget *preferences = open_preferences (f);
  GtkWidget *row = ui_test_find (preferences, ADW_TYPE_COMBO_ROW, "A visitor has written");
  g_autoptr (GVariant) queues = NULL;

  g_assert_cmpuint (adw_combo_row_get_selected (ADW_COMBO_ROW (row)), ==, 1);
  adw_combo_row_set_selected (ADW_COMBO_ROW (row), 2);
  g_assert_cmpint (g_settings_get_enum (f->alerts, "notice"), ==, 2);
  g_settings_reset (f->alerts, "notice");
  g_assert_cmpuint (adw_combo_row_get_selected (ADW_COMBO_ROW (row)), ==, 1);

  row = ui_test_find (preferences, ADW_TYPE_COMBO_ROW, "Returns");
  g_assert_nonnull (row);
  adw_combo_row_set_selected (ADW_COMBO_ROW (row), 1);
  queues = g_settings_get_value (f->alerts, "queues");
  g_assert_cmpuint (g_variant_n_children (queues), ==, 1);
  adw_combo_row_set_selected (ADW_COMBO_ROW (row), 0);
  g_clear_pointer (&queues, g_variant_unref);
  queues = g_settings_get_value (f->alerts, "queues");
  g_assert_cmpuint (g_variant_n_children (queues), ==, 0);
  gtk_window_destroy (GTK_WINDOW (preferences));
}

static const char *
subtitle_of (GtkWidget  *preferences,
             const char *title)
{
  GtkWidget *row = ui_test_find (preferences, ADW_TYPE_ACTION_ROW, title);

  return adw_action_row_get_subtitle (ADW_ACTION_ROW (row));
}

/* The self-test says what failed and what to do, what was taken, and that it was seen. */
static void
test_proof (Fixture       *f,
            gconstpointer  data)
{
  GtkWidget *preferences = open_preferences (f);
  GtkWidget *button = ui_test_find (preferences, GTK_TYPE_BUTTON, "Show a Test");

  g_signal_emit_by_name (button, "clicked");
  WAIT_UNTIL (strstr (subtitle_of (preferences, "Notification"), "No notification appeared"));
  g_assert_nonnull (strstr (subtitle_of (preferences, "Notification"), "Nobody answers."));
  g_object_set (f->notifier, "n-waiting", 1, NULL);
  g_signal_emit_by_name (button, "clicked");
  WAIT_UNTIL (strstr (subtitle_of (preferences, "Notification"), "fake-shell 1 has taken it"));
  g_signal_emit_by_name (f->notifier, "seen");
  g_assert_nonnull (strstr (subtitle_of (preferences, "Notification"), "You saw it"));
  gtk_window_destroy (GTK_WINDOW (preferences));
}

/* Closed is hidden: the count goes on, and the same window comes back. */
static void
test_background (Fixture       *f,
                 gconstpointer  data)
{
  g_settings_set_boolean (f->settings, "run-in-background", TRUE);
  gtk_window_close (GTK_WINDOW (f->window));
  ui_test_settle ();
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (f->window)));
  g_object_set (f->notifier, "n-waiting", 2, NULL);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (f->window)), ==, "(2) Usher");
  gtk_window_present (GTK_WINDOW (f->window));
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (f->window)));
  g_settings_reset (f->settings, "run-in-background");
  g_assert_false (gtk_window_get_hide_on_close (GTK_WINDOW (f->window)));
}

#define ADD(name, function) \
  g_test_add ("/ui/alerts/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  ui_test_init (&argc, &argv);
  ADD ("badge", test_badge);
  ADD ("bar", test_bar);
  ADD ("background", test_background);
  ADD ("choices", test_choices);
  ADD ("proof", test_proof);
  return g_test_run ();
}
