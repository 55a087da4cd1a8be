/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>

#include "ui-test.h"
#include "usher-export-row.h"
#include "usher-import-row.h"
#include "usher-preferences.h"
#include "usher-window-private.h"

/* The account page of the preferences, over a session that a test fills. */

typedef struct {
  UsherWindow *window;
  UsherSession *session;
  UsherNotifier *notifier;
  GSettings *settings;
  UsherAutostart *autostart;
  GSimpleActionGroup *actions; /* of the application */
  GtkWidget *preferences;
  char *activated;
} Fixture;

static void
activated_cb (Fixture       *f,
              GVariant      *target,
              GSimpleAction *action)
{
  g_free (f->activated);
  f->activated = g_strdup (g_action_get_name (G_ACTION (action)));
}

static void
add_action (Fixture    *f,
            const char *name)
{
  g_autoptr (GSimpleAction) action = g_simple_action_new (name, NULL);

  g_signal_connect_swapped (action, "activate", G_CALLBACK (activated_cb), f);
  g_action_map_add_action (G_ACTION_MAP (f->actions), G_ACTION (action));
}

static void
open_preferences (Fixture *f)
{
  GtkWidget *page;

  f->preferences = usher_preferences_new (GTK_WINDOW (f->window), f->settings, f->session,
                                          f->notifier, f->autostart);
  gtk_window_present (GTK_WINDOW (f->preferences));
  page = ui_test_find (f->preferences, ADW_TYPE_PREFERENCES_PAGE, NULL);
  while (page != NULL && !g_str_equal (G_OBJECT_TYPE_NAME (page), "UsherAccountPage"))
    page = gtk_widget_get_next_sibling (page);
  g_assert_nonnull (page);
  adw_preferences_window_set_visible_page (ADW_PREFERENCES_WINDOW (f->preferences),
                                           ADW_PREFERENCES_PAGE (page));
  ui_test_settle ();
}

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  static const char *const command[] = { "/usr/bin/usher", "--background", NULL };

  f->settings = g_settings_new ("io.github.usher_desk.Usher");
  f->autostart = usher_autostart_new (f->settings, command, FALSE);
  f->session = fake_session_new ();
  f->notifier = usher_notifier_new (f->session, f->settings);
  f->window = USHER_WINDOW (usher_window_new (NULL, f->settings));
  f->actions = g_simple_action_group_new ();
  add_action (f, "sign-out");
  add_action (f, "sign-out-everywhere");
  add_action (f, "forget");
  gtk_widget_insert_action_group (GTK_WIDGET (f->window), "app", G_ACTION_GROUP (f->actions));
  usher_window_set_session (f->window, f->session);
  usher_window_show_desk (f->window);
  gtk_window_present (GTK_WINDOW (f->window));
  open_preferences (f);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  if (f->preferences != NULL)
    gtk_window_destroy (GTK_WINDOW (f->preferences));
  gtk_window_destroy (GTK_WINDOW (f->window));
  ui_test_settle ();
  g_assert_finalize_object (f->notifier);
  g_object_unref (f->session);
  g_object_unref (f->settings);
  g_object_unref (f->autostart);
  g_object_unref (f->actions);
  g_free (f->activated);
}

static const char *
subtitle_of (Fixture    *f,
             const char *title)
{
  GtkWidget *row = ui_test_find (f->preferences, ADW_TYPE_ACTION_ROW, title);

  g_assert_nonnull (row);
  return adw_action_row_get_subtitle (ADW_ACTION_ROW (row));
}

static void
press (Fixture    *f,
       const char *label)
{
  GtkWidget *button = ui_test_find (f->preferences, GTK_TYPE_BUTTON, label);

  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
}

static void
test_who (Fixture       *f,
          gconstpointer  data)
{
  g_assert_cmpstr (subtitle_of (f, "demo"), ==, "demo · Supervisor");
  g_assert_cmpstr (subtitle_of (f, "Gateway"), ==, "http://127.0.0.1:8000");
  g_assert_nonnull (strstr (subtitle_of (f, "Connected"), "Not now."));
  fake_session_set_account (f->session, TRUE, g_get_real_time (), 0);
  g_assert_true (g_str_has_prefix (subtitle_of (f, "Connected"), "Since "));
}

/* Said quietly, and only asked for when it is wanted. */
static void
test_keep (Fixture       *f,
           gconstpointer  data)
{
  g_assert_null (ui_test_find (f->preferences, GTK_TYPE_BUTTON, "_Keep Me Signed In…"));
  fake_session_set_account (f->session, FALSE, 0, 0);
  ASSERT_CALLS (f->session, "");
  press (f, "_Keep Me Signed In…");
  ASSERT_CALLS (f->session, "keep-signed-in");
  fake_session_set_account (f->session, TRUE, 0, 0);
  g_assert_null (ui_test_find (f->preferences, GTK_TYPE_BUTTON, "_Keep Me Signed In…"));
}

static void
type (Fixture    *f,
      const char *title,
      const char *text)
{
  GtkWidget *entry = ui_test_find (f->preferences, ADW_TYPE_PASSWORD_ENTRY_ROW, title);

  g_assert_nonnull (entry);
  gtk_editable_set_text (GTK_EDITABLE (entry), text);
}

static void
test_password (Fixture       *f,
               gconstpointer  data)
{
  GtkWidget *row = ui_test_find (f->preferences, ADW_TYPE_EXPANDER_ROW, "Change Password");

  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), TRUE);
  ui_test_settle ();
  press (f, "Set Password");
  g_assert_nonnull (
    ui_test_find (f->preferences, GTK_TYPE_LABEL, "Type your present password first."));
  type (f, "Present password", "old");
  type (f, "New password", "0123456789");
  type (f, "The same again", "0123456780");
  press (f, "Set Password");
  g_assert_nonnull (ui_test_find (f->preferences, GTK_TYPE_LABEL,
                                  "The two new passwords differ. Type the same one twice."));
  ASSERT_CALLS (f->session, "");
  type (f, "The same again", "0123456789");
  fake_session_fail_next_sign_in (f->session, USHER_SESSION_ERROR_BAD_CREDENTIALS);
  press (f, "Set Password");
  ASSERT_CALLS (f->session, "change-password - old 0123456789");
  WAIT_UNTIL (ui_test_find (f->preferences, GTK_TYPE_LABEL,
                            "The present password is wrong. The old one stays.") != NULL);
  press (f, "Set Password");
  ASSERT_CALLS (f->session, "change-password - old 0123456789");
  WAIT_UNTIL (ui_test_find (f->preferences, GTK_TYPE_LABEL,
                            "The password is changed. Other computers where you were signed in ask "
                            "for it.") != NULL);
  row = ui_test_find (f->preferences, ADW_TYPE_PASSWORD_ENTRY_ROW, "Present password");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (row)), ==, "");
}

static void
test_leaving (Fixture       *f,
              gconstpointer  data)
{
  static const char *const buttons[][2] = { { "Sign Out", "sign-out" },
                                            { "Sign Out Everywhere", "sign-out-everywhere" },
                                            { "Forget", "forget" } };
  GtkWidget *row;

  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++) {
    if (i > 0)
      open_preferences (f);
    row = ui_test_find (f->preferences, ADW_TYPE_EXPANDER_ROW, "Forget this computer");
    adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), TRUE);
    ui_test_settle ();
    press (f, buttons[i][0]);
    f->preferences = NULL;
    g_assert_cmpstr (f->activated, ==, buttons[i][1]);
  }
}

static void
test_unsent (Fixture       *f,
             gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (f->preferences));
  fake_session_set_account (f->session, TRUE, 0, 2);
  open_preferences (f);
  g_assert_nonnull (ui_test_find (f->preferences, GTK_TYPE_LABEL,
                                  "2 lines of yours have not reached the gateway yet. They exist "
                                  "only here, and would be lost."));
}

/* The switch shows what is: on when the desktop knows it, back with the reason when it does not. */
static void
test_autostart (Fixture       *f,
                gconstpointer  data)
{
  g_autofree char *dir = g_build_filename (g_get_user_config_dir (), "autostart", NULL);
  GtkWidget *row;
  GtkWidget *button;

  gtk_window_destroy (GTK_WINDOW (f->preferences));
  f->preferences =
    usher_preferences_new (GTK_WINDOW (f->window), f->settings, f->session, NULL, f->autostart);
  gtk_window_present (GTK_WINDOW (f->preferences));
  row = ui_test_find (f->preferences, ADW_TYPE_ACTION_ROW, "Start when I sign in to this computer");
  button = ui_test_find (row, GTK_TYPE_SWITCH, NULL);
  g_assert_false (gtk_switch_get_active (GTK_SWITCH (button)));
  gtk_widget_activate (row);
  WAIT_UNTIL (gtk_switch_get_state (GTK_SWITCH (button)));
  g_assert_true (usher_autostart_get_is_enabled (f->autostart));
  gtk_widget_activate (row);
  WAIT_UNTIL (!gtk_switch_get_state (GTK_SWITCH (button)));
  g_assert_false (usher_autostart_get_is_enabled (f->autostart));
  g_rmdir (dir);
  g_file_set_contents (dir, "", 0, NULL);
  gtk_widget_activate (row);
  WAIT_UNTIL (strstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), dir) != NULL);
  g_assert_false (gtk_switch_get_active (GTK_SWITCH (button)));
  g_unlink (dir);
}

static UsherExportRow *
export_row (Fixture *f)
{
  return USHER_EXPORT_ROW (ui_test_find (f->preferences, USHER_TYPE_EXPORT_ROW, NULL));
}

static const char *
said (Fixture *f)
{
  return adw_action_row_get_subtitle (ADW_ACTION_ROW (export_row (f)));
}

/* It goes on without the window, which shows it again when it is opened. */
static void
test_export (Fixture       *f,
             gconstpointer  data)
{
  g_autoptr (GFile) folder = g_file_new_for_path ("/folder");
  g_autoptr (GFile) elsewhere = g_file_new_for_uri ("sftp://host/folder");
  GtkWidget *bar;

  usher_export_row_choose (export_row (f), elsewhere);
  ASSERT_CALLS (f->session, "");
  g_assert_nonnull (strstr (said (f), "not on this computer"));
  usher_export_row_choose (export_row (f), folder);
  ASSERT_CALLS (f->session, "export /folder with");
  gtk_window_destroy (GTK_WINDOW (f->preferences));
  open_preferences (f);
  bar = ui_test_find (GTK_WIDGET (export_row (f)), GTK_TYPE_PROGRESS_BAR, NULL);
  g_assert_cmpfloat (gtk_progress_bar_get_fraction (GTK_PROGRESS_BAR (bar)), ==, 0.5);
  g_assert_null (ui_test_find (f->preferences, GTK_TYPE_BUTTON, "Export…"));
  fake_session_end_export (f->session, NULL, "The disk is full.");
  WAIT_UNTIL (g_str_equal (said (f), "The disk is full."));
  g_assert_nonnull (ui_test_find (f->preferences, GTK_TYPE_BUTTON, "Export…"));

  usher_export_row_choose (export_row (f), folder);
  press (f, "Cancel");
  fake_session_end_export (f->session, "too late", NULL);
  WAIT_UNTIL (g_str_has_prefix (said (f), "Stopped."));

  usher_export_row_choose (export_row (f), folder);
  fake_session_end_export (f->session, "Your data is in “/folder/x”.", NULL);
  WAIT_UNTIL (g_str_equal (said (f), "Your data is in “/folder/x”."));
  g_assert_null (ui_test_find (f->preferences, GTK_TYPE_PROGRESS_BAR, NULL));
}

static void
test_import (Fixture       *f,
             gconstpointer  data)
{
  GtkWidget *row = ui_test_find (f->preferences, USHER_TYPE_IMPORT_ROW, NULL);
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "usher-import.json", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_auto (GStrv) views = NULL;

  g_unlink (path);
  usher_import_row_choose (USHER_IMPORT_ROW (row), file);
  WAIT_UNTIL (strstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), path) != NULL);
  g_file_set_contents (path, "holiday pictures", -1, NULL);
  usher_import_row_choose (USHER_IMPORT_ROW (row), file);
  WAIT_UNTIL (strstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), "Nothing was changed"));
  g_file_set_contents (path, "{\"views\":[\"is:unread\"]}", -1, NULL);
  usher_import_row_choose (USHER_IMPORT_ROW (row), file);
  WAIT_UNTIL (strstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), "was added."));
  views = g_settings_get_strv (f->settings, "views");
  g_assert_cmpstr (views[0], ==, "is:unread");
  usher_import_row_choose (USHER_IMPORT_ROW (row), file);
  WAIT_UNTIL (strstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), "here already"));
  g_settings_reset (f->settings, "views");
  g_unlink (path);
}

#define ADD(name, function) \
  g_test_add ("/ui/account/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  ui_test_init (&argc, &argv);
  ADD ("who", test_who);
  ADD ("keep", test_keep);
  ADD ("password", test_password);
  ADD ("leaving", test_leaving);
  ADD ("unsent", test_unsent);
  ADD ("autostart", test_autostart);
  ADD ("export", test_export);
  ADD ("import", test_import);
  return g_test_run ();
}
