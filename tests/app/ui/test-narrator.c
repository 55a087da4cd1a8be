/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <adwaita.h>

#include "ui-test.h"
#include "usher-narrator.h"

typedef struct {
  GtkWidget *window;
  UsherNotices *notices;
  UsherNarrator *narrator;
  UsherSession *session;
  UsherConversation *anna;
} Fixture;

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  GtkOverlay *overlay = GTK_OVERLAY (gtk_overlay_new ());

  f->session = fake_session_new ();
  f->anna = fake_session_add (f->session, "mine", 1, "Anna", 0);
  f->window = gtk_window_new ();
  gtk_window_set_title (GTK_WINDOW (f->window), "(2) Usher");
  gtk_window_set_child (GTK_WINDOW (f->window), GTK_WIDGET (overlay));
  f->notices = usher_notices_new (overlay);
  f->narrator = usher_narrator_new (GTK_WINDOW (f->window), f->notices);
  usher_narrator_set_session (f->narrator, f->session);
  usher_narrator_set_conversation (f->narrator, f->anna);
  gtk_window_present (GTK_WINDOW (f->window));
  WAIT_UNTIL (gtk_window_is_active (GTK_WINDOW (f->window)));
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  g_object_unref (f->narrator);
  g_object_unref (f->notices);
  gtk_window_destroy (GTK_WINDOW (f->window));
  ui_test_settle ();
  g_object_unref (f->session);
}

static gboolean
is_said (Fixture    *f,
         const char *text)
{
  g_autofree char *name = g_strdup_printf ("%s – (2) Usher", text);
  g_autofree char *problem =
    gtk_test_accessible_check_property (GTK_ACCESSIBLE (f->window), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                        name);

  return problem == NULL;
}

static void
say (Fixture           *f,
     UsherConversation *conversation,
     UsherRole          role,
     const char        *text)
{
  g_signal_emit_by_name (f->session, "line", conversation,
                         fake_session_line (conversation, role, text, 0));
}

/* Each line has its time, in order; nothing of before is said. */
static void
test_lines (Fixture       *f,
            gconstpointer  data)
{
  fake_session_line (f->anna, USHER_ROLE_VISITOR, "long ago", 5000);
  say (f, f->anna, USHER_ROLE_VISITOR, "Where is\nmy parcel?");
  g_assert_true (is_said (f, "Anna: Where is my parcel?"));
  say (f, f->anna, USHER_ROLE_AGENT, "my own");
  say (f, f->anna, USHER_ROLE_VISITOR, "Hello?");
  g_assert_true (is_said (f, "Anna: Where is my parcel?"));
  WAIT_UNTIL (is_said (f, "Anna: Hello?"));
}

/* What is shown comes first, and of the rest how much there is. */
static void
test_elsewhere (Fixture       *f,
                gconstpointer  data)
{
  UsherConversation *berta = fake_session_add (f->session, "mine", 2, "Berta", 0);
  UsherConversation *carl = fake_session_add (f->session, "mine", 3, "Carl", 0);

  say (f, berta, USHER_ROLE_VISITOR, "secret of Berta");
  g_assert_true (is_said (f, "1 new line in 1 other chat"));
  say (f, berta, USHER_ROLE_VISITOR, "again");
  say (f, carl, USHER_ROLE_VISITOR, "and Carl");
  say (f, carl, USHER_ROLE_VISITOR, "once more");
  say (f, f->anna, USHER_ROLE_VISITOR, "Hi");
  WAIT_UNTIL (is_said (f, "Anna: Hi"));
  WAIT_UNTIL (is_said (f, "3 new lines in 2 other chats"));
}

static void
test_notes (Fixture       *f,
            gconstpointer  data)
{
  UsherMessage *note = fake_session_line (f->anna, USHER_ROLE_AGENT, "Careful here", 0);

  usher_message_set_kind (note, USHER_MESSAGE_NOTE);
  usher_message_set_is_own (note, FALSE);
  usher_message_set_sender_name (note, "Li Wei");
  g_signal_emit_by_name (f->session, "line", f->anna, note);
  g_assert_true (is_said (f, "Note by Li Wei: Careful here"));
}

static void
test_suggested (Fixture       *f,
                gconstpointer  data)
{
  UsherConversation *other = fake_session_add (f->session, "mine", 2, "Berta", 0);

  fake_session_suggest (f->session, other, "Not here.", "faq:1");
  g_assert_false (is_said (f, "1 suggested reply"));
  fake_session_suggest (f->session, f->anna, "Of course.", "faq:1");
  g_assert_true (is_said (f, "1 suggested reply"));
}

static void
test_offer (Fixture       *f,
            gconstpointer  data)
{
  UsherConversation *offered = fake_session_add (f->session, "offered", 4, "Mireille", 0);

  usher_conversation_set_last_text (offered, "Bonjour");
  g_signal_emit_by_name (f->session, "offered", offered);
  g_assert_true (is_said (f, "Offered: Mireille. Bonjour"));
}

/* Toasts show themselves to nobody but eyes. */
static void
test_notice (Fixture       *f,
             gconstpointer  data)
{
  usher_notices_say (f->notices, 2, "The line was not sent.");
  g_assert_true (is_said (f, "The line was not sent."));
}

static void
test_link (Fixture       *f,
           gconstpointer  data)
{
  fake_session_set_link (f->session, USHER_LINK_IN_STEP);
  fake_session_set_link (f->session, USHER_LINK_CATCHING_UP);
  g_assert_false (is_said (f, "Catching up…"));
  fake_session_set_link (f->session, USHER_LINK_OFFLINE);
  g_assert_true (is_said (f, "No connection. What you write is kept and sent later."));
  fake_session_set_link (f->session, USHER_LINK_CONNECTING);
  fake_session_set_link (f->session, USHER_LINK_IN_STEP);
  WAIT_UNTIL (is_said (f, "In step"));
}

/* Who is elsewhere hears nothing, and nothing of it later. */
static void
test_not_active (Fixture       *f,
                 gconstpointer  data)
{
  GtkWidget *other = gtk_window_new ();

  say (f, f->anna, USHER_ROLE_VISITOR, "one");
  say (f, f->anna, USHER_ROLE_VISITOR, "two");
  gtk_window_present (GTK_WINDOW (other));
  WAIT_UNTIL (!gtk_window_is_active (GTK_WINDOW (f->window)));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (f->window), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "(2) Usher");
  say (f, f->anna, USHER_ROLE_VISITOR, "three");
  gtk_window_destroy (GTK_WINDOW (other));
  gtk_window_present (GTK_WINDOW (f->window));
  WAIT_UNTIL (gtk_window_is_active (GTK_WINDOW (f->window)));
  say (f, f->anna, USHER_ROLE_VISITOR, "four");
  WAIT_UNTIL (is_said (f, "Anna: four"));
}

/* A flood is cut to what came last. */
static void
test_flood (Fixture       *f,
            gconstpointer  data)
{
  for (guint i = 0; i < 100; i++) {
    g_autofree char *text = g_strdup_printf ("line %u", i);

    say (f, f->anna, USHER_ROLE_VISITOR, text);
  }
  g_assert_true (is_said (f, "Anna: line 0"));
  WAIT_UNTIL (is_said (f, "Anna: line 96"));
}

#define ADD(name, function) \
  g_test_add ("/ui/narrator/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  ui_test_init (&argc, &argv);
  ADD ("lines", test_lines);
  ADD ("elsewhere", test_elsewhere);
  ADD ("notes", test_notes);
  ADD ("offer", test_offer);
  ADD ("suggested", test_suggested);
  ADD ("notice", test_notice);
  ADD ("link", test_link);
  ADD ("not-active", test_not_active);
  ADD ("flood", test_flood);
  return g_test_run ();
}
