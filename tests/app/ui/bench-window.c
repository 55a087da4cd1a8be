/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The window with ten thousand conversations: from main() to the first frame, memory, and the cost of a frame while the list and a full
 * transcript scroll. Figures of processor time, not a verdict: `meson test --benchmark`.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ui-test.h"
#include "usher-filter-bar.h"
#include "usher-sidebar.h"
#include "usher-window-private.h"

#define N_CONVERSATIONS 10000
#define N_FRAMES        200

/* Processor time: the figures hold on a busy machine too. What is waited for outside (the X server) is not in them. */
static gint64
get_cpu_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static gint64 frame_began_us;
static double frames_ms[N_FRAMES];
static guint n_frames;

static void
before_paint_cb (void)
{
  frame_began_us = get_cpu_us ();
}

static void
after_paint_cb (void)
{
  if (n_frames < N_FRAMES)
    frames_ms[n_frames++] = (double) (get_cpu_us () - frame_began_us) / 1000;
}

static int
compare_doubles (const void *a,
                 const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
read_status_mib (const char *field)
{
  g_autofree char *status = NULL;
  const char *line;

  g_file_get_contents ("/proc/self/status", &status, NULL, NULL);
  line = strstr (status, field);
  return line == NULL ? 0 : (double) g_ascii_strtoll (line + strlen (field), NULL, 10) / 1024;
}

static void
fill (UsherSession *session)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  gint64 now_us = g_get_real_time ();

  for (guint i = 0; i < N_CONVERSATIONS; i++) {
    UsherConversation *conversation = usher_conversation_new (1000 + i);
    g_autofree char *name = g_strdup_printf ("Visitor %u", i);

    usher_conversation_set_name (conversation, name);
    usher_conversation_set_state (conversation, USHER_STATE_CLOSED);
    usher_conversation_set_channel (conversation, 1);
    usher_conversation_set_last_text (
      conversation, "Thank you, that was what I wanted to know. Have a good day!");
    usher_conversation_set_last_ts_us (conversation, now_us - (gint64) i * 60 * G_USEC_PER_SEC);
    g_ptr_array_add (rows, conversation);
  }
  usher_conversation_list_add_many (fake_session_get_list (session, "closed"),
                                    (UsherConversation *const *) rows->pdata, rows->len);
}

static void
scroll (UsherWindow *window,
        GtkWidget   *part,
        const char  *what)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (
    GTK_SCROLLED_WINDOW (ui_test_find (part, GTK_TYPE_SCROLLED_WINDOW, NULL)));

  n_frames = 0;
  while (n_frames < N_FRAMES) {
    guint n = n_frames;

    gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) +
                                            (g_str_equal (what, "list") ? 60 : -60));
    gtk_widget_queue_draw (GTK_WIDGET (window));
    WAIT_UNTIL (n_frames > n);
  }
  qsort (frames_ms, N_FRAMES, sizeof frames_ms[0], compare_doubles);
  g_print ("scroll %s: frame p50 %.1f ms, p95 %.1f ms, p99 %.1f ms\n", what,
           frames_ms[N_FRAMES / 2], frames_ms[N_FRAMES * 95 / 100], frames_ms[N_FRAMES * 99 / 100]);
}

/* --- What an agent waits for: by the clock on the wall ------------------------------------------------------ */

#define N_SWITCHES  100
#define N_KEYS      200
#define LINES_PER_S 200

static gint64 painted_us;

static void
painted_cb (void)
{
  painted_us = g_get_monotonic_time ();
}

static void
tell (const char *bench,
      double     *samples_ms,
      guint       n)
{
  qsort (samples_ms, n, sizeof samples_ms[0], compare_doubles);
  g_print ("{\"bench\": \"%s\", \"n\": %u, \"p50_ms\": %.1f, \"p95_ms\": %.1f, \"p99_ms\": %.1f, "
           "\"max_ms\": %.1f}\n",
           bench, n, samples_ms[n / 2], samples_ms[n * 95 / 100], samples_ms[n * 99 / 100],
           samples_ms[n - 1]);
}

static void
fill_chats (UsherSession *session)
{
  for (guint64 conv = 1; conv <= 4; conv++)
    for (int i = 0; i < 390 && conv != 2; i++)
      fake_session_line (usher_session_find (session, conv),
                         i % 3 == 0 ? USHER_ROLE_AGENT : USHER_ROLE_VISITOR,
                         "A line of middling length, as people write them about a parcel.",
                         4000 - i);
}

/* From choosing a chat to the end of the first frame that shows it: chats of 400 lines in turn. */
static void
switch_chats (UsherWindow   *window,
              UsherSession  *session,
              const char    *bench,
              const guint64 *convs,
              guint          n_convs)
{
  double samples_ms[N_SWITCHES];

  for (guint i = 0; i < N_SWITCHES; i++) {
    gint64 since_us = g_get_monotonic_time ();

    painted_us = 0;
    usher_window_show_conversation (window, usher_session_find (session, convs[i % n_convs]));
    WAIT_UNTIL (painted_us != 0);
    samples_ms[i] = (double) (painted_us - since_us) / 1000;
    /* Who has just changed looks first; and the next frame need not wait for its turn. */
    since_us += 100000;
    WAIT_UNTIL (g_get_monotonic_time () >= since_us);
  }
  tell (bench, samples_ms, N_SWITCHES);
}

static gboolean
line_cb (gpointer user_data)
{
  static guint n;
  UsherSession *session = user_data;

  fake_session_line (usher_session_find (session, 1 + n++ % 4), USHER_ROLE_VISITOR,
                     "And another one, while somebody types.", 0);
  return G_SOURCE_CONTINUE;
}

/* From a key to the end of the frame with its glyph, while lines arrive in four chats, one of which is shown. */
static void
type_meanwhile (UsherWindow  *window,
                UsherSession *session)
{
  double samples_ms[N_KEYS];
  GtkTextBuffer *buffer;
  guint line_id;

  usher_window_show_conversation (window, usher_session_find (session, 1));
  ui_test_settle ();
  buffer = gtk_text_view_get_buffer (
    GTK_TEXT_VIEW (ui_test_find (GTK_WIDGET (window->view), GTK_TYPE_TEXT_VIEW, NULL)));
  line_id = g_timeout_add (1000 / LINES_PER_S, line_cb, session);

  for (guint i = 0; i < N_KEYS; i++) {
    gint64 since_us = g_get_monotonic_time ();

    painted_us = 0;
    gtk_text_buffer_insert_at_cursor (buffer, i % 60 == 59 ? "\n" : "x", 1);
    WAIT_UNTIL (painted_us != 0);
    samples_ms[i] = (double) (painted_us - since_us) / 1000;
    /* As fast as anybody types: twelve keys a second. */
    since_us += 80000;
    WAIT_UNTIL (g_get_monotonic_time () >= since_us);
  }
  g_source_remove (line_id);
  tell ("key-to-glyph", samples_ms, N_KEYS);
}

/* What the loop does until nothing is left to do, frames included. */
static void
measure (const char *what,
         gint64      since_us)
{
  ui_test_settle ();
  g_print ("%s: %.1f ms\n", what, (double) (get_cpu_us () - since_us) / 1000);
}

/* Ten thousand rows are filtered and chosen, and one of them changes. */
static void
handle_lists (UsherWindow  *window,
              UsherSession *session)
{
  static const char *const queries[] = { "visitor 99", "is:unread", "tag:vip is:late", "" };
  GtkWidget *list = ui_test_find (GTK_WIDGET (window->sidebar), GTK_TYPE_LIST_VIEW, NULL);
  UsherFilterBar *bar =
    USHER_FILTER_BAR (ui_test_find (GTK_WIDGET (window->sidebar), USHER_TYPE_FILTER_BAR, NULL));
  gint64 now_us;

  for (gsize i = 0; i < G_N_ELEMENTS (queries); i++) {
    g_autofree char *what = g_strdup_printf ("filter by “%s”", queries[i]);

    now_us = get_cpu_us ();
    usher_filter_bar_set_query (bar, queries[i]);
    measure (what, now_us);
  }
  now_us = get_cpu_us ();
  usher_conversation_set_last_ts_us (usher_session_find (session, 1000 + N_CONVERSATIONS / 2),
                                     g_get_real_time ());
  usher_sidebar_sort_now (window->sidebar);
  measure ("one of 10,000 moves to the top", now_us);
  now_us = get_cpu_us ();
  gtk_selection_model_select_all (gtk_list_view_get_model (GTK_LIST_VIEW (list)));
  measure ("choose all 10,000", now_us);
  now_us = get_cpu_us ();
  usher_window_show_conversation (window, usher_session_find (session, 1));
  measure ("choose one again", now_us);
}

/* The session puts the pages of a list together. */
static void
receive_burst (UsherSession *session)
{
  UsherConversationList *queue = fake_session_get_list (session, "queue");
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  gint64 now_us = get_cpu_us ();

  for (guint i = 0; i < N_CONVERSATIONS; i++) {
    UsherConversation *conversation = usher_conversation_new (100000 + (guint64) i);

    usher_conversation_set_state (conversation, USHER_STATE_QUEUED);
    usher_conversation_set_waiting_since_us (conversation, g_get_real_time ());
    g_ptr_array_add (rows, conversation);
  }
  usher_conversation_list_add_many (queue, (UsherConversation *const *) rows->pdata, rows->len);
  measure ("10,000 more rows arrive", now_us);
}

int
main (int    argc,
      char **argv)
{
  gint64 start_us = get_cpu_us (), now_us;
  g_autoptr (GSettings) settings = NULL;
  g_autoptr (UsherSession) session = NULL;
  UsherWindow *window;
  GdkFrameClock *clock;
  /* In the first the focus stays in the composer; an offered chat has none, and what depends on the focus is styled anew. */
  const guint64 own[] = { 1, 2, 3 }, offered[] = { 3, 4 };

  ui_test_init (&argc, &argv);
  now_us = get_cpu_us ();
  g_print ("toolkit: %.0f ms\n", (double) (now_us - start_us) / 1000);
  settings = g_settings_new ("io.github.usher_desk.Usher");
  session = fake_session_new ();
  fake_session_fill_demo (session);
  fill (session);
  g_print ("models: %.0f ms\n", (double) (get_cpu_us () - now_us) / 1000);
  now_us = get_cpu_us ();
  window = USHER_WINDOW (usher_window_new (NULL, settings));
  usher_window_set_session (window, session);
  usher_window_show_desk (window);
  gtk_window_set_default_size (GTK_WINDOW (window), 1200, 760);
  gtk_window_present (GTK_WINDOW (window));
  clock = gtk_widget_get_frame_clock (GTK_WIDGET (window));
  g_signal_connect (clock, "before-paint", G_CALLBACK (before_paint_cb), NULL);
  g_signal_connect_after (clock, "after-paint", G_CALLBACK (after_paint_cb), NULL);
  WAIT_UNTIL (n_frames > 0);
  g_print ("window to first frame: %.0f ms\n", (double) (get_cpu_us () - now_us) / 1000);
  g_print ("start to usable: %.0f ms\n", (double) (get_cpu_us () - start_us) / 1000);
  now_us = get_cpu_us ();
  for (int i = 0; i < 390; i++)
    fake_session_line (
      usher_session_find (session, 2), i % 3 == 0 ? USHER_ROLE_AGENT : USHER_ROLE_VISITOR,
      "A line of middling length, as people write them when they ask about a parcel.", 4000 - i);
  g_print ("append 390 lines to a model: %.0f ms\n", (double) (get_cpu_us () - now_us) / 1000);
  now_us = get_cpu_us ();
  usher_window_show_conversation (window, usher_session_find (session, 2));
  ui_test_settle ();
  g_print ("open a chat of 400 lines: %.0f ms\n", (double) (get_cpu_us () - now_us) / 1000);
  now_us = get_cpu_us ();
  usher_window_show_conversation (window, usher_session_find (session, 1));
  ui_test_settle ();
  g_print ("change to another: %.0f ms\n", (double) (get_cpu_us () - now_us) / 1000);
  now_us = get_cpu_us ();
  usher_window_show_conversation (window, usher_session_find (session, 2));
  ui_test_settle ();
  g_print ("and back: %.0f ms\n", (double) (get_cpu_us () - now_us) / 1000);
  scroll (window, GTK_WIDGET (window->view), "transcript");
  now_us = get_cpu_us ();
  usher_sidebar_expand_all (window->sidebar);
  measure ("unfold 10,000", now_us);
  scroll (window, GTK_WIDGET (window->sidebar), "list");
  g_print ("resident: %.0f MiB, of it anonymous %.0f MiB\n", read_status_mib ("VmRSS:"),
           read_status_mib ("RssAnon:"));
  g_signal_connect_after (clock, "after-paint", G_CALLBACK (painted_cb), NULL);
  usher_window_show_conversation (window, usher_session_find (session, 1));
  ui_test_settle ();
  fill_chats (session);
  switch_chats (window, session, "switch-own-first-frame", own, G_N_ELEMENTS (own));
  switch_chats (window, session, "switch-offered-first-frame", offered, G_N_ELEMENTS (offered));
  type_meanwhile (window, session);
  handle_lists (window, session);
  receive_burst (session);
  gtk_window_destroy (GTK_WINDOW (window));
  return 0;
}
