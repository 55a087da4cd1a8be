/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>

#include "usher-alarm.h"
#include "usher-session-private.h"

/* The ladder over a session's lists, with the clock given; nobody answers at the gateway's address. */

#define S  ((gint64) G_USEC_PER_SEC)
#define T0 (1000 * S)

typedef struct {
  char *dir;
  UsherSession *session;
  GSettings *settings;
  GSettings *alerts;
  UsherAlarm *alarm;
  GString *raised; /* "conv level senses " of each */
} Fixture;

static void
raised_cb (Fixture           *f,
           UsherConversation *conversation,
           guint              level,
           guint              senses)
{
  g_string_append_printf (f->raised, "%" G_GUINT64_FORMAT ":%u:%u ",
                          usher_conversation_get_conv (conversation), level, senses);
}

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  f->dir = g_dir_make_tmp ("usher-alarm-XXXXXX", &error);
  g_assert_no_error (error);
  f->session = usher_session_new ("http://127.0.0.1:9", f->dir, &error);
  g_assert_no_error (error);
  f->settings = g_settings_new ("io.github.usher_desk.Usher");
  f->alerts = g_settings_get_child (f->settings, "alerts");
  f->alarm = usher_alarm_new (f->session, f->settings);
  f->raised = g_string_new (NULL);
  g_signal_connect_swapped (f->alarm, "raised", G_CALLBACK (raised_cb), f);
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

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  static const char *const keys[] = { "urgent", "alarm", "queues", "quiet-hours" };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    g_settings_reset (f->alerts, keys[i]);
  g_assert_finalize_object (f->alarm);
  g_object_run_dispose (G_OBJECT (f->session));
  g_object_unref (f->session);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_object_unref (f->alerts);
  g_object_unref (f->settings);
  g_string_free (f->raised, TRUE);
  remove_tree (f->dir);
  g_free (f->dir);
}

static void
add (Fixture               *f,
     UsherConversationList *list,
     guint64                conv,
     gint64                 since_us)
{
  g_autoptr (UsherConversation) conversation = usher_conversation_new (conv);

  usher_conversation_set_waiting_since_us (conversation, since_us);
  usher_conversation_set_queue (conversation, conv == 2 ? "shop" : "support");
  usher_conversation_list_add (list, conversation);
}

static void
look (Fixture    *f,
      int         after_s,
      const char *expected)
{
  usher_alarm_look (f->alarm, T0 + after_s * S, 600);
  g_assert_cmpstr (f->raised->str, ==, expected);
  g_string_truncate (f->raised, 0);
}

/* Each level is told once; the alarm again every half minute until somebody answers. */
static void
test_ladder (Fixture       *f,
             gconstpointer  data)
{
  UsherConversation *conversation;

  add (f, f->session->mine, 1, T0);
  look (f, 0, "1:2:1 ");
  g_assert_cmpuint (usher_alarm_get_n_waiting (f->alarm), ==, 1);
  look (f, 59, "");
  look (f, 60, "1:3:3 ");
  look (f, 61, "");
  g_assert_null (usher_alarm_get_late (f->alarm));
  look (f, 120, "1:4:3 ");
  conversation = usher_conversation_list_find (f->session->mine, 1);
  g_assert_true (usher_alarm_get_late (f->alarm) == conversation);
  look (f, 149, "");
  look (f, 150, "1:4:2 ");
  look (f, 179, "");
  look (f, 180, "1:4:2 ");
  usher_conversation_set_waiting_since_us (conversation, 0);
  look (f, 181, "");
  g_assert_null (usher_alarm_get_late (f->alarm));
  g_assert_cmpuint (usher_alarm_get_n_waiting (f->alarm), ==, 0);
}

/* A morning with many late chats is one sound and one notification, for who waits longest. */
static void
test_burst (Fixture       *f,
            gconstpointer  data)
{
  for (guint64 conv = 1; conv <= 30; conv++)
    add (f, f->session->mine, conv, T0 - (gint64) conv * S);
  look (f, 120, "30:4:3 ");
  g_assert_cmpuint (usher_alarm_get_n_waiting (f->alarm), ==, 30);
}

static void
test_queue_rules (Fixture       *f,
                  gconstpointer  data)
{
  g_settings_set_value (f->alerts, "queues", g_variant_new_parsed ("{'shop': 'calm'}"));
  add (f, f->session->mine, 2, T0);
  look (f, 500, "2:1:1 ");
  g_assert_cmpint (usher_alarm_get_senses (f->alarm,
                                           usher_conversation_list_find (f->session->mine, 2),
                                           USHER_ALERT_NOTICE),
                   ==, USHER_SENSE_NONE);
  g_settings_reset (f->alerts, "queues");
  look (f, 501, "2:4:3 ");
}

/* What the agent is at is not announced. */
static void
test_in_sight (Fixture       *f,
               gconstpointer  data)
{
  UsherConversation *conversation;

  add (f, f->session->mine, 1, T0);
  usher_session_get_holding (f->session, 1);
  conversation = usher_conversation_list_find (f->session->mine, 1);
  usher_session_show (f->session, conversation, TRUE);
  look (f, 500, "1:1:1 ");
  usher_session_show (f->session, conversation, FALSE);
  look (f, 501, "1:4:3 ");
}

/* Who cannot hear is never told by a sound alone, nor who cannot see by a sight. */
static void
test_senses (Fixture       *f,
             gconstpointer  data)
{
  g_settings_set_string (f->alerts, "urgent", "visual");
  g_settings_set_string (f->alerts, "alarm", "audible");
  add (f, f->session->mine, 1, T0);
  look (f, 60, "1:3:1 ");
  look (f, 120, "1:4:2 ");
  g_assert_null (usher_alarm_get_late (f->alarm));
}

static void
test_supervisor (Fixture       *f,
                 gconstpointer  data)
{
  static const char *const rights[] = { "floor", NULL };

  add (f, f->session->queue, 1, T0);
  usher_conversation_set_enqueued_at_us (usher_conversation_list_find (f->session->queue, 1), T0);
  look (f, 500, "");
  g_clear_pointer (&f->session->rights, g_strfreev);
  f->session->rights = g_strdupv ((char **) rights);
  look (f, 501, "1:3:3 ");
}

static void
test_hush (Fixture       *f,
           gconstpointer  data)
{
  gint64 now_us = g_get_real_time ();

  add (f, f->session->mine, 1, now_us - 500 * S);
  usher_alarm_look (f->alarm, now_us, 600);
  g_assert_nonnull (usher_alarm_get_late (f->alarm));
  usher_alarm_hush (f->alarm);
  g_assert_null (usher_alarm_get_late (f->alarm));
  g_string_truncate (f->raised, 0);
  usher_alarm_look (f->alarm, now_us + 290 * S, 600);
  g_assert_cmpstr (f->raised->str, ==, "");
  usher_alarm_look (f->alarm, now_us + 310 * S, 600);
  g_assert_nonnull (usher_alarm_get_late (f->alarm));
}

#define ADD(path, func) g_test_add ("/alarm/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("ladder", test_ladder);
  ADD ("burst", test_burst);
  ADD ("queue-rules", test_queue_rules);
  ADD ("in-sight", test_in_sight);
  ADD ("senses", test_senses);
  ADD ("supervisor", test_supervisor);
  ADD ("hush", test_hush);
  return g_test_run ();
}
