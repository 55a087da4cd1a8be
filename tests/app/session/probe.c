/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "usher-session-private.h"

/* usher-probe GATEWAY PROFILE: the console without widgets, for fault tests: commands on standard input, what happens on standard
 * output, a line each.
 *
 *   sign-in LOGIN PASSWORD · resume · accepting on|off · auto on|off (accept every offer) · show CONV
 *   send CONV TEXT · note CONV TEXT · draft CONV TEXT · close CONV CODE · transcript CONV · status · quit
 *
 *   link STATE · signed-in · error TEXT · offered CONV · mine CONV · line CONV TEXT · notice SLUG · signed-out REASON
 *   transcript CONV N, then N lines: SEQ ROLE DELIVERY KIND TEXT */

typedef struct {
  UsherSession *session;
  GMainLoop *loop;
  GIOChannel *input;
  gboolean accepts;
} Probe;

static const char *const link_names[] = { "offline", "connecting", "catching-up", "in-step" };
static const char *const delivery_names[] = { "none",      "queued", "on-wire", "stored",
                                              "delivered", "read",   "failed" };

static void say (const char *format,
                 ...) G_GNUC_PRINTF (1, 2);

static void
say (const char *format,
     ...)
{
  va_list args;

  va_start (args, format);
  vprintf (format, args);
  va_end (args);
  putchar ('\n');
  fflush (stdout);
}

static void
link_cb (Probe *probe)
{
  UsherLinkState state;

  g_object_get (probe->session, "link-state", &state, NULL);
  say ("link %s", link_names[state]);
}

static void
offered_cb (UsherSession      *session,
            UsherConversation *conversation,
            Probe             *probe)
{
  say ("offered %" G_GUINT64_FORMAT, usher_conversation_get_conv (conversation));
  if (probe->accepts)
    usher_session_accept (session, conversation);
}

static void
line_cb (UsherSession      *session,
         UsherConversation *conversation,
         UsherMessage      *message,
         Probe             *probe)
{
  say ("line %" G_GUINT64_FORMAT " %s", usher_conversation_get_conv (conversation),
       usher_message_get_text (message));
}

static void
notice_cb (UsherSession *session,
           guint         level,
           const char   *text,
           const char   *slug,
           Probe        *probe)
{
  say ("notice %s", slug);
}

static void
signed_out_cb (UsherSession *session,
               const char   *reason,
               Probe        *probe)
{
  say ("signed-out %s", reason);
}

static void
mine_cb (GListModel *model,
         guint       position,
         guint       n_removed,
         guint       n_added,
         Probe      *probe)
{
  for (guint i = 0; i < n_added; i++) {
    g_autoptr (UsherConversation) conversation = g_list_model_get_item (model, position + i);

    say ("mine %" G_GUINT64_FORMAT, usher_conversation_get_conv (conversation));
  }
}

static void
signed_in_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  if (usher_session_sign_in_finish (USHER_SESSION (source), result, &error))
    say ("signed-in");
  else
    say ("error %s", error->message);
}

static void
resumed_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  if (usher_session_resume_finish (USHER_SESSION (source), result, &error))
    say ("signed-in");
  else
    say ("error %s", error->message);
}

static void
print_transcript (UsherConversation *conversation)
{
  UsherMessageList *list = usher_conversation_get_messages (conversation);
  guint n_items = usher_message_list_get_n_items (list);

  say ("transcript %" G_GUINT64_FORMAT " %u", usher_conversation_get_conv (conversation), n_items);
  for (guint i = 0; i < n_items; i++) {
    UsherMessage *message = usher_message_list_peek (list, i);
    g_autofree char *text =
      g_strescape (usher_message_get_text (message) != NULL ? usher_message_get_text (message) : "",
                   NULL);

    say ("%" G_GUINT64_FORMAT " %u %s %s %s", usher_message_get_seq (message),
         usher_message_get_role (message), delivery_names[usher_message_get_delivery (message)],
         usher_message_get_kind (message) == USHER_MESSAGE_NOTE ? "note" : "line", text);
  }
}

/* Commands about one conversation: word CONV TEXT. */
static void
obey_about (Probe             *probe,
            const char        *word,
            UsherConversation *conversation,
            const char        *text)
{
  if (g_str_equal (word, "show"))
    usher_session_show (probe->session, conversation, TRUE);
  else if (g_str_equal (word, "send"))
    usher_session_send_text (probe->session, conversation, text);
  else if (g_str_equal (word, "note"))
    usher_session_send_note (probe->session, conversation, text);
  else if (g_str_equal (word, "draft"))
    usher_session_set_draft (probe->session, conversation, text, FALSE);
  else if (g_str_equal (word, "transcript"))
    print_transcript (conversation);
  else if (g_str_equal (word, "close")) {
    usher_session_close_conversation (probe->session, conversation);
    usher_session_wrap_up (probe->session, conversation, text, NULL, NULL, TRUE);
  } else
    say ("error unknown command %s", word);
}

static void
obey (Probe      *probe,
      const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 3);
  guint n_words = g_strv_length (words);
  UsherConversation *conversation = NULL;

  if (n_words == 0)
    return;
  if (n_words == 3 && g_str_equal (words[0], "sign-in"))
    usher_session_sign_in_async (probe->session, words[1], words[2], NULL, signed_in_cb, NULL);
  else if (g_str_equal (words[0], "resume"))
    usher_session_resume_async (probe->session, NULL, resumed_cb, NULL);
  else if (n_words == 2 && g_str_equal (words[0], "accepting"))
    g_object_set (probe->session, "is-accepting", g_str_equal (words[1], "on"), NULL);
  else if (n_words == 2 && g_str_equal (words[0], "auto"))
    probe->accepts = g_str_equal (words[1], "on");
  else if (g_str_equal (words[0], "status"))
    link_cb (probe);
  else if (g_str_equal (words[0], "quit"))
    g_main_loop_quit (probe->loop);
  else if (n_words >= 2 &&
           (conversation =
              usher_session_find (probe->session, g_ascii_strtoull (words[1], NULL, 10))) != NULL)
    obey_about (probe, words[0], conversation, n_words == 3 ? words[2] : "");
  else
    say ("error what is %s", line);
}

static gboolean
input_cb (GIOChannel   *input,
          GIOCondition  condition,
          gpointer      user_data)
{
  g_autofree char *line = NULL;
  Probe *probe = user_data;

  if (g_io_channel_read_line (input, &line, NULL, NULL, NULL) != G_IO_STATUS_NORMAL) {
    g_main_loop_quit (probe->loop);
    return G_SOURCE_REMOVE;
  }
  obey (probe, g_strchomp (line));
  return G_SOURCE_CONTINUE;
}

static void
watch (Probe *probe)
{
  g_autoptr (GListModel) mine = NULL;

  g_object_get (probe->session, "mine", &mine, NULL);
  g_signal_connect (mine, "items-changed", G_CALLBACK (mine_cb), probe);
  g_signal_connect_swapped (probe->session, "notify::link-state", G_CALLBACK (link_cb), probe);
  g_signal_connect (probe->session, "offered", G_CALLBACK (offered_cb), probe);
  g_signal_connect (probe->session, "line", G_CALLBACK (line_cb), probe);
  g_signal_connect (probe->session, "notice", G_CALLBACK (notice_cb), probe);
  g_signal_connect (probe->session, "signed-out", G_CALLBACK (signed_out_cb), probe);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GError) error = NULL;
  Probe probe = { 0 };

  if (argc != 3) {
    fprintf (stderr, "usage: usher-probe GATEWAY PROFILE\n");
    return 2;
  }
  probe.session = usher_session_new (argv[1], argv[2], &error);
  if (probe.session == NULL) {
    fprintf (stderr, "%s\n", error->message);
    return 1;
  }
  probe.loop = g_main_loop_new (NULL, FALSE);
  probe.input = g_io_channel_unix_new (STDIN_FILENO);
  g_io_add_watch (probe.input, G_IO_IN | G_IO_HUP, input_cb, &probe);
  watch (&probe);
  say ("ready");
  g_main_loop_run (probe.loop);
  g_io_channel_unref (probe.input);
  g_object_run_dispose (G_OBJECT (probe.session));
  g_object_unref (probe.session);
  g_main_loop_unref (probe.loop);
  return 0;
}
