/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-message-list.h"
#include "usher-message.h"

/* A list's view from outside: what a widget would hold if it believed every items-changed. */
typedef struct {
  UsherMessageList *list;
  GPtrArray *mirror;
  guint n_signals;
} Watch;

static void
items_changed_cb (GListModel *model,
                  guint       position,
                  guint       n_removed,
                  guint       n_added,
                  Watch      *watch)
{
  watch->n_signals++;
  if (n_removed > 0)
    g_ptr_array_remove_range (watch->mirror, position, n_removed);
  for (guint i = 0; i < n_added; i++)
    g_ptr_array_insert (watch->mirror, (int) (position + i),
                        g_list_model_get_item (model, position + i));
}

static void
watch_init (Watch *watch)
{
  watch->list = usher_message_list_new (9);
  watch->mirror = g_ptr_array_new_with_free_func (g_object_unref);
  watch->n_signals = 0;
  g_signal_connect (watch->list, "items-changed", G_CALLBACK (items_changed_cb), watch);
}

static void
watch_done (Watch *watch)
{
  g_signal_handlers_disconnect_by_data (watch->list, watch);
  g_assert_finalize_object (watch->list);
  g_ptr_array_unref (watch->mirror);
}

/* The mirror is the list, the order holds, and every line stands once. */
static void
watch_check (Watch *watch)
{
  guint64 last_line = 0, last_note = 0;
  gboolean is_pending = FALSE;

  g_assert_cmpuint (watch->mirror->len, ==, usher_message_list_get_n_items (watch->list));
  g_assert_cmpuint (watch->mirror->len, <=, USHER_MESSAGE_LIST_MAX_ROWS + 50);
  for (guint i = 0; i < watch->mirror->len; i++) {
    UsherMessage *message = usher_message_list_peek (watch->list, i);
    guint64 seq = usher_message_get_seq (message);
    guint64 *last =
      usher_message_get_kind (message) == USHER_MESSAGE_NOTE ? &last_note : &last_line;

    g_assert_true (watch->mirror->pdata[i] == message);
    if (seq == 0) {
      is_pending = TRUE;
      continue;
    }
    g_assert_false (is_pending);
    g_assert_cmpuint (seq, >, *last);
    *last = seq;
  }
}

static UsherMessage *
make (guint64          seq,
      UsherMessageKind kind,
      gint64           ts_us)
{
  UsherMessage *message = usher_message_new (9, seq, kind, "line");

  usher_message_set_ts_us (message, ts_us);
  return message;
}

static gboolean
insert (Watch            *watch,
        guint64           seq,
        UsherMessageKind  kind,
        gint64            ts_us)
{
  g_autoptr (UsherMessage) message = make (seq, kind, ts_us);

  return usher_message_list_insert (watch->list, message);
}

static void
insert_page (Watch        *watch,
             guint64       from,
             guint64       to,
             UsherListEnd  end)
{
  g_autoptr (GPtrArray) page = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint64 seq = from; seq <= to; seq++)
    g_ptr_array_add (page, make (seq, USHER_MESSAGE_TEXT, (gint64) seq * 10));
  usher_message_list_insert_page (watch->list, (UsherMessage *const *) page->pdata, page->len, end);
}

static void
test_order (void)
{
  Watch watch;

  watch_init (&watch);
  g_assert_true (insert (&watch, 3, USHER_MESSAGE_TEXT, 30));
  g_assert_true (insert (&watch, 1, USHER_MESSAGE_TEXT, 10));
  g_assert_true (insert (&watch, 2, USHER_MESSAGE_TEXT, 999)); /* the clock jumped: seq binds */
  g_assert_true (insert (&watch, 1, USHER_MESSAGE_NOTE, 15));
  watch_check (&watch);
  g_assert_false (insert (&watch, 2, USHER_MESSAGE_TEXT, 20)); /* once */
  g_assert_false (insert (&watch, 1, USHER_MESSAGE_NOTE, 99));
  g_assert_cmpuint (watch.n_signals, ==, 4);
  g_assert_cmpuint (usher_message_get_kind (usher_message_list_peek (watch.list, 1)), ==,
                    USHER_MESSAGE_NOTE);
  g_assert_cmpuint (usher_message_list_get_first_seq (watch.list), ==, 1);
  g_assert_cmpuint (usher_message_list_get_last_seq (watch.list), ==, 3);
  watch_done (&watch);
}

/* Changes of state have numbers of their own, as notes have, and stand by time. */
static void
test_changes (void)
{
  Watch watch;

  watch_init (&watch);
  g_assert_true (insert (&watch, 1, USHER_MESSAGE_TEXT, 10));
  g_assert_true (insert (&watch, 2, USHER_MESSAGE_TEXT, 20));
  g_assert_true (insert (&watch, 1, USHER_MESSAGE_NOTE, 16));
  g_assert_true (insert (&watch, 1, USHER_MESSAGE_CHANGE, 15));
  g_assert_true (insert (&watch, 2, USHER_MESSAGE_CHANGE, 25));
  g_assert_false (insert (&watch, 2, USHER_MESSAGE_CHANGE, 25));
  g_assert_cmpuint (usher_message_get_kind (usher_message_list_peek (watch.list, 1)), ==,
                    USHER_MESSAGE_CHANGE);
  g_assert_cmpuint (usher_message_get_kind (usher_message_list_peek (watch.list, 2)), ==,
                    USHER_MESSAGE_NOTE);
  g_assert_cmpuint (usher_message_get_kind (usher_message_list_find (watch.list, 2)), ==,
                    USHER_MESSAGE_TEXT);
  g_assert_cmpuint (usher_message_list_get_last_seq (watch.list), ==, 2);
  watch_done (&watch);
}

static void
test_pending (void)
{
  g_autoptr (UsherMessage) own = make (0, USHER_MESSAGE_TEXT, 40);
  g_autoptr (UsherMessage) stored = make (5, USHER_MESSAGE_TEXT, 50);
  Watch watch;

  watch_init (&watch);
  usher_message_set_cid (own, 77);
  insert (&watch, 1, USHER_MESSAGE_TEXT, 10);
  g_assert_true (usher_message_list_insert (watch.list, own));
  g_assert_false (usher_message_list_insert (watch.list, own));
  insert (&watch, 2, USHER_MESSAGE_TEXT, 90); /* a visitor's line comes in before the ack */
  g_assert_true (usher_message_list_peek (watch.list, 2) == own);
  usher_message_set_seq (own, 3);
  usher_message_list_settle (watch.list, own);
  insert (&watch, 4, USHER_MESSAGE_TEXT, 95);
  watch_check (&watch);
  g_assert_true (usher_message_list_find_cid (watch.list, 77) == own);
  g_assert_true (usher_message_list_find (watch.list, 3) == own);

  /* The stored form of a pending line takes its place, whoever made it. */
  usher_message_set_seq (own, 0);
  usher_message_set_cid (stored, 77);
  usher_message_list_settle (watch.list, own);
  g_assert_true (usher_message_list_insert (watch.list, stored));
  g_assert_true (usher_message_list_find_cid (watch.list, 77) == stored);
  g_assert_false (g_ptr_array_find (watch.mirror, own, NULL));
  watch_check (&watch);
  g_assert_true (usher_message_list_remove (watch.list, stored));
  g_assert_false (usher_message_list_remove (watch.list, stored));
  watch_check (&watch);
  watch_done (&watch);
}

static void
test_pages (void)
{
  Watch watch;

  watch_init (&watch);
  insert_page (&watch, 501, 600, USHER_LIST_NEWER);
  g_assert_cmpuint (watch.n_signals, ==, 1); /* one for a page */
  insert_page (&watch, 301, 500, USHER_LIST_OLDER);
  g_assert_cmpuint (watch.n_signals, ==, 2);
  insert_page (&watch, 101, 300, USHER_LIST_OLDER);
  g_assert_cmpuint (watch.n_signals, ==, 4); /* one for the page, one for what left */
  g_assert_cmpuint (usher_message_list_get_n_items (watch.list), ==, USHER_MESSAGE_LIST_MAX_ROWS);
  g_assert_cmpuint (usher_message_list_get_last_seq (watch.list), ==, 500);
  g_assert_true (usher_message_list_get_has_newer (watch.list));
  watch_check (&watch);

  /* A live line behind the window would leave a gap. */
  g_assert_false (insert (&watch, 601, USHER_MESSAGE_TEXT, 6010));
  insert_page (&watch, 501, 601, USHER_LIST_NEWER);
  usher_message_list_set_has_newer (watch.list, FALSE);
  g_assert_true (usher_message_list_get_has_older (watch.list));
  g_assert_true (insert (&watch, 602, USHER_MESSAGE_TEXT, 6020));
  g_assert_cmpuint (usher_message_list_get_n_items (watch.list), ==, USHER_MESSAGE_LIST_MAX_ROWS);
  watch_check (&watch);
  watch_done (&watch);
}

static void
test_replace (void)
{
  g_autoptr (UsherMessage) own = make (0, USHER_MESSAGE_TEXT, 40);
  g_autoptr (UsherMessage) line = make (900, USHER_MESSAGE_TEXT, 9000);
  Watch watch;

  watch_init (&watch);
  insert_page (&watch, 1, 100, USHER_LIST_NEWER);
  usher_message_list_insert (watch.list, own);
  usher_message_list_replace (watch.list, &line, 1);
  g_assert_cmpuint (usher_message_list_get_n_items (watch.list), ==, 2);
  g_assert_true (usher_message_list_peek (watch.list, 0) == line);
  g_assert_true (usher_message_list_peek (watch.list, 1) == own);
  watch_check (&watch);
  watch_done (&watch);
}

/* Anything, in any order: what the outside was told is what is there. */
static void
test_random (void)
{
  guint32 seed = g_test_rand_int ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  Watch watch;

  g_test_message ("seed %u", seed);
  watch_init (&watch);
  for (guint i = 0; i < 3000; i++) {
    guint64 seq = (guint64) g_rand_int_range (rand, 1, 2000);
    g_autoptr (UsherMessage) message =
      make (g_rand_boolean (rand) ? seq : 0,
            g_rand_int_range (rand, 0, 5) == 0 ? USHER_MESSAGE_NOTE : USHER_MESSAGE_TEXT,
            (gint64) seq * 10);

    usher_message_set_cid (message, (guint64) g_rand_int_range (rand, 0, 40));
    switch (g_rand_int_range (rand, 0, 6)) {
    case 0:
      insert_page (&watch, seq, seq + 30,
                   g_rand_boolean (rand) ? USHER_LIST_OLDER : USHER_LIST_NEWER);
      break;
    case 1:
      if (usher_message_list_get_n_items (watch.list) > 0)
        usher_message_list_remove (
          watch.list,
          usher_message_list_peek (watch.list,
                                   (guint)
                                     g_rand_int_range (rand, 0,
                                                       (gint32) usher_message_list_get_n_items (
                                                         watch.list))));
      break;
    case 2:
      usher_message_list_set_has_newer (watch.list, FALSE);
      break;
    default:
      if (usher_message_get_seq (message) != 0 || usher_message_list_get_n_items (watch.list) < 40)
        usher_message_list_insert (watch.list, message);
    }
    watch_check (&watch);
  }
  watch_done (&watch);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/message-list/order", test_order);
  g_test_add_func ("/model/message-list/changes", test_changes);
  g_test_add_func ("/model/message-list/pending", test_pending);
  g_test_add_func ("/model/message-list/pages", test_pages);
  g_test_add_func ("/model/message-list/replace", test_replace);
  g_test_add_func ("/model/message-list/random", test_random);
  return g_test_run ();
}
