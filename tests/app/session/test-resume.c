/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>

#include "fake-gate.h"
#include "keyring-daemon.h"
#include "usher-session-private.h"

/* The next start: with the token of a real keyring, with a locked one, with the gateway away; and how long the cache takes. */

static GTestDBus *test_bus; /* goes with the process, as libsecret's connection does */

static void
result_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    remove_tree (child);
  }
  g_remove (path);
}

static UsherSession *
open_session (FakeGate   *gate,
              const char *dir)
{
  g_autoptr (GError) error = NULL;
  UsherSession *session = usher_session_new (gate->url, dir, &error);

  g_assert_no_error (error);
  return session;
}

static void
finalized (gpointer is_finalized)
{
  *(gboolean *) is_finalized = TRUE;
}

static void
close_session (UsherSession *session)
{
  gboolean is_finalized = FALSE;

  g_object_set_data_full (G_OBJECT (session), "finalized", &is_finalized, finalized);
  g_object_run_dispose (G_OBJECT (session));
  g_object_unref (session);
  WAIT_UNTIL (is_finalized);
}

static UsherLinkState
link_state (UsherSession *session)
{
  UsherLinkState state;

  g_object_get (session, "link-state", &state, NULL);
  return state;
}

static gboolean
keeps_sign_in (UsherSession *session)
{
  gboolean keeps;

  g_object_get (session, "keeps-sign-in", &keeps, NULL);
  return keeps;
}

static gboolean
resume (UsherSession  *session,
        GError       **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  usher_session_resume_async (session, NULL, result_cb, &result);
  WAIT_UNTIL (result != NULL);
  return usher_session_resume_finish (session, result, error);
}

static void
sign_in (UsherSession *session)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  usher_session_sign_in_async (session, "ada", "right", NULL, result_cb, &result);
  WAIT_UNTIL (result != NULL);
  usher_session_sign_in_finish (session, result, &error);
  g_assert_no_error (error);
  WAIT_UNTIL (link_state (session) == USHER_LINK_IN_STEP);
}

/* The keyring is another program: it has the token when it says so. */
static void
wait_for_token (UsherSession *session)
{
  g_autofree char *token = NULL;

  while (token == NULL) {
    g_autoptr (GAsyncResult) result = NULL;

    usher_keyring_lookup_async (session->keyring, NULL, result_cb, &result);
    WAIT_UNTIL (result != NULL);
    token = usher_keyring_lookup_finish (session->keyring, result, NULL);
  }
}

static void
test_keyring (void)
{
  KeyringDaemon daemon = { 0 };
  g_autofree char *dir = g_dir_make_tmp ("usher-session-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;
  UsherSession *session;
  FakeGate *gate;

  if (!keyring_daemon_is_installed ()) {
    g_test_skip ("gnome-keyring-daemon is not installed");
    return;
  }
  keyring_daemon_start (&daemon);
  gate = fake_gate_new ();
  fake_gate_own (gate, 300);
  fake_gate_say (gate, 300, "hello", FALSE);
  session = open_session (gate, dir);
  sign_in (session);
  wait_for_token (session);
  g_assert_true (keeps_sign_in (session));
  close_session (session);

  /* Without a password, and with the gateway away: what was known last, and it goes on trying. */
  fake_gate_stop (gate);
  session = open_session (gate, dir);
  g_assert_true (resume (session, &error));
  g_assert_no_error (error);
  g_assert_cmpint (link_state (session), ==, USHER_LINK_OFFLINE);
  g_assert_true (usher_conversation_get_is_mine (usher_session_find (session, 300)));
  fake_gate_start (gate);
  usher_session_renew_token (session);
  WAIT_UNTIL (link_state (session) == USHER_LINK_IN_STEP);
  wait_for_token (session);
  close_session (session);

  /* Locked: a password is asked for, and nothing hangs. */
  keyring_daemon_lock (&daemon);
  session = open_session (gate, dir);
  g_assert_false (resume (session, &error));
  g_assert_error (error, USHER_SESSION_ERROR, USHER_SESSION_ERROR_SIGN_IN_NEEDED);
  /* And the new token is for this run. */
  sign_in (session);
  WAIT_UNTIL (!keeps_sign_in (session));
  close_session (session);
  fake_gate_free (gate);
  keyring_daemon_stop (&daemon);
  remove_tree (dir);
}

/* From nothing to models that hold ten thousand conversations. */
static void
test_start (void)
{
  g_autofree char *dir = g_dir_make_tmp ("usher-session-XXXXXX", NULL);
  FakeGate *gate = fake_gate_new ();
  UsherSession *session = open_session (gate, dir);
  g_autoptr (GListModel) closed = NULL;
  gint64 began_us;

  for (guint64 conv = 1; conv <= 10000; conv++) {
    UsherHolding *holding = usher_session_get_holding (session, conv);

    usher_conversation_set_state (holding->conversation, USHER_STATE_CLOSED);
    usher_conversation_set_name (holding->conversation, "Visitor");
    usher_conversation_set_last_text (holding->conversation,
                                      "Thank you very much, that was quick and very kind.");
    usher_session_touch (session, holding);
  }
  close_session (session);
  began_us = g_get_monotonic_time ();
  session = open_session (gate, dir);
  g_test_message ("10,000 conversations in the models after %.1f ms",
                  (double) (g_get_monotonic_time () - began_us) / 1000);
  g_object_get (session, "closed", &closed, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (closed), ==, 10000);
  close_session (session);
  fake_gate_free (gate);
  remove_tree (dir);
}

int
main (int    argc,
      char **argv)
{
  int status;

  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  g_test_init (&argc, &argv, NULL);
  test_bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (test_bus);
  g_test_add_func ("/resume/keyring", test_keyring);
  g_test_add_func ("/resume/start", test_start);
  status = g_test_run ();
  keyring_daemon_leave_bus ();
  g_test_dbus_stop (test_bus);
  return status;
}
