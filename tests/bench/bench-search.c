/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench-search [--lines N] [--rounds N] DIALOGUES: the console's search over its own cache, as somebody types.
 * The cache is filled through the store with N lines made of the dialogues, each with a number; then queries are typed character
 * by character, and each state of the field is a search. One JSON object.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "usher-store.h"

#define LINES_OF_CONV 100
#define BATCH_LINES   500

typedef struct {
  UsherStore *store;
  GPtrArray *dialogue; /* char * */
  GRand *rand;
  GArray *times_us; /* gint64 */
  guint n_hits;
  guint n_incomplete;
} Bench;

static int
compare (gconstpointer a,
         gconstpointer b)
{
  gint64 left = *(const gint64 *) a, right = *(const gint64 *) b;

  return left < right ? -1 : left > right;
}

static double
percentile_ms (GArray *values,
               double  share)
{
  g_array_sort (values, compare);
  return (double) g_array_index (values, gint64, (guint) (share * (values->len - 1) + 0.5)) / 1000;
}

static void
read_dialogues (Bench      *self,
                const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *content = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &content, NULL, &error))
    g_error ("%s", error->message);
  lines = g_strsplit (content, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], "v ") || g_str_has_prefix (lines[i], "a "))
      g_ptr_array_add (self->dialogue, g_strdup (lines[i] + 2));
}

static UsherMessageRow *
make_line (Bench   *self,
           guint64  n)
{
  UsherMessageRow *row = g_new0 (UsherMessageRow, 1);
  const char *text =
    g_ptr_array_index (self->dialogue,
                       (guint) g_rand_int_range (self->rand, 0, (int) self->dialogue->len));

  row->conv = n / LINES_OF_CONV + 1;
  row->seq = n % LINES_OF_CONV + 1;
  row->ts_us = (gint64) (G_GUINT64_CONSTANT (1700000000) * G_USEC_PER_SEC + n * 700000);
  row->role = n % 2 == 0 ? USHER_ROLE_VISITOR : USHER_ROLE_AGENT;
  row->sender = row->role == USHER_ROLE_AGENT ? n % 20 + 1 : 0;
  row->text = g_strdup_printf ("%s %" G_GUINT64_FORMAT, text, n);
  return row;
}

static void
result_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static UsherHits *
search (Bench                  *self,
        const UsherSearchQuery *query)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  UsherHits *hits;

  usher_store_search_async (self->store, query, 50, NULL, result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  hits = usher_store_search_finish (self->store, result, &error);
  if (hits == NULL)
    g_error ("%s", error->message);
  return hits;
}

/* The store takes what it is given faster than it writes it: now and then an answer is waited for. */
static void
fill (Bench *self,
      guint  n_lines)
{
  UsherSearchQuery nothing = { .words = (char *) "?" };
  gboolean is_behind = TRUE;

  for (guint conv = 1; conv <= n_lines / LINES_OF_CONV; conv++) {
    UsherConversationRow *row = g_new0 (UsherConversationRow, 1);

    row->conv = conv;
    row->state = USHER_STATE_CLOSED;
    row->name = g_strdup_printf ("Visitor %u", conv);
    row->tags = g_strsplit (conv % 50 == 0 ? "vip" : "", " ", -1);
    usher_store_put_conversation (self->store, row);
  }
  for (guint n = 0; n < n_lines; n += BATCH_LINES) {
    GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) usher_message_row_free);

    for (guint i = n; i < MIN (n + BATCH_LINES, n_lines); i++)
      g_ptr_array_add (rows, make_line (self, i));
    usher_store_put_messages (self->store, rows);
    if (n / BATCH_LINES % 20 == 0)
      usher_hits_free (search (self, &nothing));
  }
  while (is_behind) {
    g_autoptr (UsherHits) hits = search (self, &nothing);

    is_behind = hits->is_index_behind;
    g_usleep (is_behind ? 200000 : 0); /* what is left is read while nothing is asked for */
  }
}

static void
type (Bench            *self,
      UsherSearchQuery  query,
      const char       *words)
{
  for (const char *end = words; *end != '\0';) {
    g_autofree char *typed = NULL;
    g_autoptr (UsherHits) hits = NULL;
    gint64 began_us, took_us;

    end = g_utf8_next_char (end);
    query.words = typed = g_strndup (words, (gsize) (end - words));
    began_us = g_get_monotonic_time ();
    hits = search (self, &query);
    took_us = g_get_monotonic_time () - began_us;
    g_array_append_val (self->times_us, took_us);
    self->n_hits += hits->rows->len;
    self->n_incomplete += hits->is_incomplete;
  }
}

/* Common and rare words, in both languages, and numbers that stand in one line of a million. */
static void
type_all (Bench *self)
{
  static const char *const words[] = { "退款",      "什么时候发货", "的",        "有没有优惠券",
                                       "refund",    "size",         "thank you", "delivery address",
                                       "not in it", "xyzzy",        "发票 抬头" };
  UsherSearchQuery any = { 0 };
  UsherSearchQuery vip = { .tag = (char *) "vip" };
  UsherSearchQuery agent = { .from_agent = 7 };
  UsherSearchQuery recent = { .after_us = G_GINT64_CONSTANT (1700300000) * G_USEC_PER_SEC };
  g_autofree char *number = g_strdup_printf ("%d", g_rand_int_range (self->rand, 100000, 999999));

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    type (self, any, words[i]);
  type (self, any, number);
  type (self, vip, "退款");
  type (self, agent, "refund");
  type (self, recent, "发货");
}

int
main (int    argc,
      char **argv)
{
  Bench self = { .dialogue = g_ptr_array_new_with_free_func (g_free),
                 .rand = g_rand_new_with_seed (20261126),
                 .times_us = g_array_new (FALSE, FALSE, sizeof (gint64)) };
  g_autofree char *dir = g_dir_make_tmp ("usher-bench-XXXXXX", NULL);
  g_autofree char *tidy = g_strdup_printf ("rm -rf %s", dir);
  g_autoptr (UsherSnapshot) snapshot = NULL;
  g_autoptr (GError) error = NULL;
  int n_lines = 1000000, n_rounds = 5;
  gint64 began_us, filled_us;
  const GOptionEntry entries[] = {
    { "lines", 0, 0, G_OPTION_ARG_INT, &n_lines, "Lines in the cache", "N" },
    { "rounds", 0, 0, G_OPTION_ARG_INT, &n_rounds, "How often all queries are typed", "N" },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("DIALOGUES");

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2)
    g_error ("%s", error != NULL ? error->message : "name the file of dialogues");
  read_dialogues (&self, argv[1]);
  self.store = usher_store_open (dir, &snapshot, &error);
  if (self.store == NULL)
    g_error ("%s", error->message);
  began_us = g_get_monotonic_time ();
  fill (&self, (guint) n_lines);
  filled_us = g_get_monotonic_time () - began_us;
  for (int i = 0; i < n_rounds; i++)
    type_all (&self);
  printf (
    "{\"bench\": \"search\", \"lines\": %d, \"fill_s\": %.1f, \"searches\": %u, \"hits\": %u, \"incomplete\": %u, "
    "\"p50_ms\": %.2f, \"p95_ms\": %.2f, \"p99_ms\": %.2f, \"max_ms\": %.2f}\n",
    n_lines, (double) filled_us / G_USEC_PER_SEC, self.times_us->len, self.n_hits,
    self.n_incomplete, percentile_ms (self.times_us, 0.5), percentile_ms (self.times_us, 0.95),
    percentile_ms (self.times_us, 0.99), percentile_ms (self.times_us, 1));
  g_object_unref (self.store);
  g_rand_free (self.rand);
  g_array_unref (self.times_us);
  g_ptr_array_unref (self.dialogue);
  return system (tidy);
}
