/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gate-slab.h"

#include <string.h>

typedef struct {
  guint64 mark;
  char rest[192];
} Object;

static void
test_limit_and_get (void)
{
  g_autoptr (GateSlab) slab = gate_slab_new (sizeof (Object), 3);
  guint index;

  for (guint i = 0; i < 3; i++) {
    g_assert_nonnull (gate_slab_take (slab, &index));
    g_assert_cmpuint (index, ==, i);
  }
  g_assert_null (gate_slab_take (slab, &index));
  g_assert_null (gate_slab_get (slab, 3));
  g_assert_null (gate_slab_get (slab, G_MAXUINT));
  gate_slab_give_back (slab, 1);
  g_assert_null (gate_slab_get (slab, 1));
  g_assert_nonnull (gate_slab_take (slab, &index));
  g_assert_cmpuint (index, ==, 1);
}

/* Random taking and giving back against a table; fresh objects are zero, old ones keep what they hold. */
static void
test_against_table (void)
{
  enum {
    MAX_OBJECTS = 3000
  };
  g_autoptr (GateSlab) slab = gate_slab_new (sizeof (Object), MAX_OBJECTS);
  static guint64 marks[MAX_OBJECTS];
  guint32 seed = g_test_rand_int ();
  GRand *rand = g_rand_new_with_seed (seed);
  guint n_used = 0;

  g_test_message ("seed %u", seed);
  memset (marks, 0, sizeof marks);
  for (guint step = 0; step < 200000; step++) {
    guint index = (guint) g_rand_int_range (rand, 0, MAX_OBJECTS);
    gboolean is_growing = step / 20000 % 2 == 0;

    if (g_rand_int_range (rand, 0, 10) < (is_growing ? 8 : 3)) {
      Object *object = gate_slab_take (slab, &index);

      g_assert_cmpint (object == NULL, ==, n_used == MAX_OBJECTS);
      if (object == NULL)
        continue;
      g_assert_cmpuint (marks[index], ==, 0);
      g_assert_cmpuint (object->mark, ==, 0);
      object->mark = marks[index] = step + 1;
      n_used++;
    } else if (marks[index] != 0) {
      g_assert_cmpuint (((Object *) gate_slab_get (slab, index))->mark, ==, marks[index]);
      gate_slab_give_back (slab, index);
      marks[index] = 0;
      n_used--;
    } else {
      g_assert_null (gate_slab_get (slab, index));
    }
    g_assert_cmpuint (gate_slab_get_n_used (slab), ==, n_used);
  }
  g_rand_free (rand);
}

static void
give_back (gpointer object,
           guint    index,
           gpointer user_data)
{
  guint *n_seen = user_data;

  (*n_seen)++;
  gate_slab_give_back (*(GateSlab **) object, index);
}

/* After a storm the memory is gone, but for one block. */
static void
test_gives_memory_back (void)
{
  GateSlab *slab = gate_slab_new (sizeof (Object), 100000);
  gsize empty_bytes = gate_slab_get_bytes (slab);
  gsize full_bytes;
  guint n_seen = 0;
  guint index;

  for (guint i = 0; i < 100000; i++)
    *(GateSlab **) gate_slab_take (slab, &index) = slab;
  full_bytes = gate_slab_get_bytes (slab);
  g_assert_cmpuint (full_bytes, <, 100000 * sizeof (Object) * 101 / 100);
  gate_slab_foreach (slab, give_back, &n_seen);
  g_assert_cmpuint (n_seen, ==, 100000);
  g_assert_cmpuint (gate_slab_get_bytes (slab), <=, empty_bytes + 256 * sizeof (Object));
  gate_slab_free (slab);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/slab/limit-and-get", test_limit_and_get);
  g_test_add_func ("/base/slab/against-table", test_against_table);
  g_test_add_func ("/base/slab/gives-memory-back", test_gives_memory_back);
  return g_test_run ();
}
