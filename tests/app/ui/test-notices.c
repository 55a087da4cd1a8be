/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui-test.h"
#include "usher-notices.h"
#include "usher-undo.h"

typedef struct {
  GtkWidget *window;
  UsherNotices *notices;
  GString *undone;
} Fixture;

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  GtkOverlay *overlay = GTK_OVERLAY (gtk_overlay_new ());

  gtk_overlay_set_child (overlay, gtk_label_new ("the desk"));
  f->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (f->window), 400, 300);
  gtk_window_set_child (GTK_WINDOW (f->window), GTK_WIDGET (overlay));
  f->notices = usher_notices_new (overlay);
  f->undone = g_string_new (NULL);
  gtk_window_present (GTK_WINDOW (f->window));
  gtk_test_widget_wait_for_draw (f->window);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  g_object_unref (f->notices);
  gtk_window_destroy (GTK_WINDOW (f->window));
  g_string_free (f->undone, TRUE);
}

static gboolean
is_shown (Fixture    *f,
          const char *text)
{
  GtkWidget *label = ui_test_find (f->window, GTK_TYPE_LABEL, text);

  return label != NULL && gtk_widget_get_mapped (label);
}

static GtkWidget *
get_undo (Fixture *f)
{
  GtkWidget *button = ui_test_find (f->window, GTK_TYPE_BUTTON, "_Undo");

  return button != NULL && gtk_widget_get_mapped (button) ? button : NULL;
}

static void
undo_cb (Fixture *f)
{
  g_string_append (f->undone, "undone ");
}

static void
offer (Fixture    *f,
       const char *text)
{
  GClosure *undo = usher_undo_new (G_CALLBACK (undo_cb), f, NULL);

  usher_notices_offer_undo (f->notices, text, undo);
  g_closure_unref (undo);
}

static void
test_turns (Fixture       *f,
            gconstpointer  data)
{
  usher_notices_say (f->notices, 1, "one");
  usher_notices_say (f->notices, 1, "two");
  usher_notices_say (f->notices, 1, "two"); /* not again */
  WAIT_UNTIL (is_shown (f, "one"));
  g_assert_false (is_shown (f, "two"));
  WAIT_UNTIL (is_shown (f, "two"));
  usher_notices_say (f->notices, 3, "an alarm");
  WAIT_UNTIL (is_shown (f, "an alarm"));
  g_assert_false (is_shown (f, "two"));
}

static void
test_undo (Fixture       *f,
           gconstpointer  data)
{
  offer (f, "The chat was closed.");
  WAIT_UNTIL (get_undo (f) != NULL);
  usher_notices_say (f->notices, 2, "The line was not sent.");
  WAIT_UNTIL (is_shown (f, "The line was not sent."));
  g_assert_null (get_undo (f));
  WAIT_UNTIL (get_undo (f) != NULL); /* it comes back */
  g_assert_true (is_shown (f, "The chat was closed."));
  g_signal_emit_by_name (get_undo (f), "clicked");
  usher_notices_undo (f->notices);
  g_assert_cmpstr (f->undone->str, ==, "undone ");
  WAIT_UNTIL (!is_shown (f, "The chat was closed."));
}

/* The key works at once, also when something urgent came between. */
static void
test_undo_behind (Fixture       *f,
                  gconstpointer  data)
{
  offer (f, "The chat was closed.");
  usher_notices_say (f->notices, 2, "The line was not sent.");
  usher_notices_undo (f->notices);
  usher_notices_undo (f->notices);
  g_assert_cmpstr (f->undone->str, ==, "undone ");
}

/* Of two offers only the last is good. */
static void
test_last_offer (Fixture       *f,
                 gconstpointer  data)
{
  offer (f, "first");
  usher_notices_say (f->notices, 2, "in between");
  offer (f, "second");
  WAIT_UNTIL (is_shown (f, "second"));
  usher_notices_undo (f->notices);
  usher_notices_undo (f->notices);
  g_assert_cmpstr (f->undone->str, ==, "undone ");
}

static void
undo_and_say_cb (Fixture *f)
{
  undo_cb (f);
  offer (f, "Done again.");
}

/* Undoing may say something itself, and what it says can be undone in turn. */
static void
test_undo_says (Fixture       *f,
                gconstpointer  data)
{
  GClosure *undo = usher_undo_new (G_CALLBACK (undo_and_say_cb), f, NULL);

  usher_notices_offer_undo (f->notices, "Done.", undo);
  g_closure_unref (undo);
  usher_notices_undo (f->notices);
  WAIT_UNTIL (is_shown (f, "Done again."));
  usher_notices_undo (f->notices);
  g_assert_cmpstr (f->undone->str, ==, "undone undone ");
}

/* As fast as they come, taken back at any moment of their coming and going: this crashed libadwaita's. */
static void
test_flood (Fixture       *f,
            gconstpointer  data)
{
  for (guint i = 0; i < 300; i++) {
    g_autofree char *text = g_strdup_printf ("notice %u", i);

    if (g_test_rand_int_range (0, 3) == 0)
      offer (f, text);
    else
      usher_notices_say (f->notices, (guint) g_test_rand_int_range (1, 4), text);
    if (g_test_rand_int_range (0, 4) == 0)
      usher_notices_undo (f->notices);
    for (int turns = g_test_rand_int_range (0, 30); turns > 0; turns--)
      g_main_context_iteration (NULL, FALSE);
  }
  g_assert_true (g_str_has_prefix (f->undone->str, "undone "));
}

#define ADD(name, function) \
  g_test_add ("/ui/notices/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  ui_test_init (&argc, &argv);
  ADD ("turns", test_turns);
  ADD ("undo", test_undo);
  ADD ("undo-behind", test_undo_behind);
  ADD ("last-offer", test_last_offer);
  ADD ("undo-says", test_undo_says);
  ADD ("flood", test_flood);
  return g_test_run ();
}
