/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gate-table.h"

/* An object as the table's users have them: the number is not at its beginning. */
typedef struct {
  guint64 other;
  guint64 number;
} Thing;

#define THING(place) ((Thing *) (gpointer) ((guint8 *) (place) -G_STRUCT_OFFSET (Thing, number)))

static void
test_empty (void)
{
  g_autoptr (GateTable) table = gate_table_new ();
  GateTableIter iter;

  g_assert_null (gate_table_find (table, 0));
  g_assert_false (gate_table_remove (table, 0));
  g_assert_cmpuint (gate_table_get_size (table), ==, 0);
  gate_table_iter_init (&iter, table);
  g_assert_null (gate_table_iter_next (&iter));
}

static void
check_against (const GateTable *table,
               GHashTable      *model)
{
  GateTableIter iter;
  guint n = 0;
  guint64 *place;

  g_assert_cmpuint (gate_table_get_size (table), ==, g_hash_table_size (model));
  gate_table_iter_init (&iter, table);
  for (; (place = gate_table_iter_next (&iter)) != NULL; n++)
    g_assert_true (g_hash_table_lookup (model, place) == THING (place));
  g_assert_cmpuint (n, ==, g_hash_table_size (model));
}

/* GLib's own hash of 64 bits looks at the lower half only. */
static guint
model_hash (gconstpointer number)
{
  return (guint) (*(const guint64 *) number * 31 >> 32 ^ *(const guint64 *) number);
}

/* Random adds and removals that swell to thousands and shrink to a few, many times, held against GLib's table. */
static void
test_random (void)
{
  g_autoptr (GateTable) table = gate_table_new ();
  g_autoptr (GHashTable) model = g_hash_table_new_full (model_hash, g_int64_equal, NULL, g_free);
  guint32 seed = g_test_rand_int ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);

  g_test_message ("seed %u", seed);
  for (guint i = 0; i < 600000; i++) {
    gboolean is_growing = i / 20000 % 2 == 0;
    guint64 number = (guint64) g_rand_int_range (rand, 0, 30000) << (i % 3 == 0 ? 32 : 0);
    Thing *known = g_hash_table_lookup (model, &number);
    guint64 *place = gate_table_find (table, number);

    g_assert_true (known != NULL ? place == &known->number : place == NULL);
    if (known == NULL && (is_growing || i % 50 == 0)) {
      Thing *thing = g_new0 (Thing, 1);

      thing->number = number;
      gate_table_add (table, &thing->number);
      g_hash_table_insert (model, &thing->number, thing);
    } else if (!is_growing) {
      g_assert_cmpint (gate_table_remove (table, number), ==, known != NULL);
      g_hash_table_remove (model, &number);
    }
    if (i % 5000 == 0)
      check_against (table, model);
  }
  check_against (table, model);
}

/* Numbers that all want the same few places, removed from the middle: nobody gets lost. */
static void
test_crowded (void)
{
  g_autoptr (GateTable) table = gate_table_new ();
  Thing things[4096] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (things); i++) {
    things[i].number = (guint64) i << 52;
    gate_table_add (table, &things[i].number);
  }
  for (guint i = 0; i < G_N_ELEMENTS (things); i += 2)
    g_assert_true (gate_table_remove (table, things[i].number));
  for (guint i = 0; i < G_N_ELEMENTS (things); i++)
    g_assert_true ((gate_table_find (table, things[i].number) == &things[i].number) ==
                   (i % 2 == 1));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/table/empty", test_empty);
  g_test_add_func ("/base/table/random", test_random);
  g_test_add_func ("/base/table/crowded", test_crowded);
  return g_test_run ();
}
