/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * DEMO_HOLD=MS demo …: stays that long for mouse and keys, then prints what the session was asked.
 * demo OUT.png WIDTHxHEIGHT [what…]: the console's window on filled models, as a picture. For the eye, not a test; what: `sign-in`,
 * `list`, `note`, `many`, `handover`, `wrapup`, `suggest`, or the name of an action to activate.
 */
#include "config.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <glib/gi18n.h>

#include "fake-session.h"
#include "usher-handover-item.h"
#include "usher-keys.h"
#include "usher-conversation-view.h"
#include "usher-window-private.h"

static void
turn (int ms)
{
  gint64 end_us = g_get_monotonic_time () + ms * 1000;

  while (g_get_monotonic_time () < end_us)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (2000);
}

static void
add_many (UsherSession *session)
{
  UsherConversation *c = usher_session_find (session, 2);

  for (int i = 0; i < 390; i++) {
    g_autofree char *text = g_strdup_printf (
      "line %d: %s", i,
      i % 5 == 0
        ? "a somewhat longer line that wraps on a narrow window and needs two rows of text at least"
        : "short");

    fake_session_line (c, i % 3 == 0 ? USHER_ROLE_AGENT : USHER_ROLE_VISITOR, text, 4000 - i * 10);
  }
}

/* A shift half handed over, on a page of its own. */
static void
hand_over (UsherWindow  *window,
           UsherSession *session)
{
  static const UsherHandoverState states[] = { USHER_HANDOVER_TAKEN, USHER_HANDOVER_OFFERED,
                                               USHER_HANDOVER_PASSED };
  g_autoptr (GListModel) items = NULL;

  gtk_widget_activate_action (GTK_WIDGET (window), "session.hand-over", NULL);
  g_object_get (session, "handover", &items, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (states); i++) {
    g_autoptr (UsherHandoverItem) item = g_list_model_get_item (items, i);

    usher_handover_item_set_who (item, "Li Wei");
    usher_handover_item_set_state (item, states[i]);
  }
  fake_session_set_handover_stage (session, USHER_HANDOVER_UNDER_WAY);
}

/* The visitor has gone; the form is still to be filled in. */
static void
wrap_up (UsherSession *session)
{
  UsherConversation *c = usher_session_find (session, 1);

  usher_conversation_set_state (c, USHER_STATE_WRAPUP);
  usher_conversation_set_wrapup_until_us (c, g_get_real_time () + 25 * (gint64) G_USEC_PER_SEC);
}

/* What a person has done meanwhile, by mouse and keys. */
static void
print_calls (UsherSession *session)
{
  g_autofree char *calls = fake_session_take_calls (session);

  g_print ("%s\n", calls);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GSettings) settings = NULL;
  g_autoptr (AdwApplication) application = NULL;
  g_autoptr (UsherSession) session = NULL;
  UsherWindow *window;
  int width = 1280, height = 800;

  setlocale (LC_ALL, "");
  if (g_getenv ("USHER_LOCALE_DIR") != NULL)
    bindtextdomain (GETTEXT_PACKAGE, g_getenv ("USHER_LOCALE_DIR"));
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  application = adw_application_new ("io.github.usher_desk.Usher", G_APPLICATION_NON_UNIQUE);
  g_object_set (application, "resource-base-path", "/io/github/usher_desk/Usher", NULL);
  g_application_register (G_APPLICATION (application), NULL, NULL);
  settings = g_settings_new ("io.github.usher_desk.Usher");
  usher_keys_apply (GTK_APPLICATION (application), settings);
  session = fake_session_new ();
  fake_session_fill_demo (session);
  if (argc > 2)
    sscanf (argv[2], "%dx%d", &width, &height);
  window = USHER_WINDOW (usher_window_new (GTK_APPLICATION (application), settings));
  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  usher_window_set_session (window, session);
  usher_window_show_desk (window);
  gtk_window_present (GTK_WINDOW (window));
  usher_window_show_conversation (window, usher_session_find (session, 1));
  turn (400);
  for (int i = 3; i < argc; i++) {
    if (g_str_equal (argv[i], "sign-in"))
      usher_sign_in_set_problem (usher_window_show_sign_in (window),
                                 _ ("Login or password is wrong. Check both and try again."));
    else if (g_str_equal (argv[i], "list"))
      gtk_widget_activate_action (GTK_WIDGET (window), "pane.back", NULL);
    else if (g_str_equal (argv[i], "suggest")) {
      UsherConversation *c = usher_session_find (session, 1);

      fake_session_suggest (session, c,
                            "Of course. Between 18 and 20 h suits them; they ring before.",
                            "intent:delivery_time");
      fake_session_suggest (
        session, c,
        "I have asked the carrier for an evening delivery. You get a message with the hour as "
        "soon as they have confirmed it, and may still change it until noon.",
        "chat:300/13");
      fake_session_suggest (session, c, "晚上送货需要提前一天预约,我来帮您安排。", "faq:12");
    } else if (g_str_equal (argv[i], "many")) {
      add_many (session);
      usher_window_show_conversation (window, usher_session_find (session, 2));
    } else if (g_str_has_prefix (argv[i], "show="))
      usher_window_show_conversation (window,
                                      usher_session_find (session, g_ascii_strtoull (argv[i] + 5,
                                                                                     NULL, 10)));
    else if (g_str_equal (argv[i], "fail")) {
      UsherMessage *m = usher_message_list_find_cid (usher_conversation_get_messages (
                                                       usher_session_find (session, 1)),
                                                     99);
      usher_message_set_fail_reason (m, "The chat was closed meanwhile");
      usher_message_set_delivery (m, USHER_DELIVERY_FAILED);
    } else if (g_str_equal (argv[i], "handover"))
      hand_over (window, session);
    else if (g_str_equal (argv[i], "wrapup"))
      wrap_up (session);
    else if (g_str_equal (argv[i], "offline"))
      fake_session_set_link (session, USHER_LINK_OFFLINE);
    else
      gtk_widget_activate_action (GTK_WIDGET (window), argv[i], NULL);
    turn (300);
  }
  turn (300);
  if (argc > 1 && g_str_has_suffix (argv[1], ".png") && !usher_window_save_png (window, argv[1]))
    return 1;
  if (g_getenv ("DEMO_HOLD") != NULL) {
    g_free (fake_session_take_calls (session));
    g_print ("ready\n");
    turn (atoi (g_getenv ("DEMO_HOLD")));
    print_calls (session);
  }
  gtk_window_destroy (GTK_WINDOW (window));
  return 0;
}
