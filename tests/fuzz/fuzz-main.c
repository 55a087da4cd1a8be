/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a fuzz target without libFuzzer: every file of the corpus folders given, then @N mutations of
 * them from a printed seed. So each parser's target is also an ordinary, repeatable test.
 *
 *   fuzz-NAME [--runs=N] [--seed=S] [CORPUS…]
 */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
add_file (GPtrArray  *inputs,
          const char *path)
{
  g_autoptr (GError) error = NULL;
  char *data;
  gsize size;

  if (!g_file_get_contents (path, &data, &size, &error))
    g_error ("%s", error->message);
  g_ptr_array_add (inputs, g_bytes_new_take (data, size));
}

static void
add_path (GPtrArray  *inputs,
          const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  if (dir == NULL) {
    add_file (inputs, path);
    return;
  }
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    add_file (inputs, child);
  }
}

/* Hands the target an exact-size heap copy, so that AddressSanitizer sees one byte too many. */
static void
run (const guint8 *data,
     gsize         size)
{
  g_autofree guint8 *copy = g_memdup2 (data, MAX (size, 1));

  LLVMFuzzerTestOneInput (copy, size);
}

static void
mutate (GByteArray *bytes,
        GRand      *rand)
{
  int n_edits = g_rand_int_range (rand, 1, 6);

  for (int i = 0; i < n_edits; i++) {
    guint at = bytes->len > 0 ? (guint) g_rand_int_range (rand, 0, (int) bytes->len) : 0;
    guint8 byte = (guint8) g_rand_int_range (rand, 0, 256);
    guint n;

    switch (g_rand_int_range (rand, 0, 5)) {
    case 0:
      if (bytes->len > 0)
        bytes->data[at] ^= (guint8) (1u << g_rand_int_range (rand, 0, 8));
      break;
    case 1:
      if (bytes->len > 0)
        bytes->data[at] = byte;
      break;
    case 2:
      if (bytes->len > 0)
        g_byte_array_set_size (bytes, at);
      break;
    case 3:
      n = 1 + (guint) g_rand_int_range (rand, 0, 8); /* once: MIN evaluates its arguments twice */
      n = MIN (n, bytes->len - at);
      if (n > 0)
        g_byte_array_remove_range (bytes, at, n);
      break;
    default:
      g_byte_array_append (bytes, &byte, 1);
      break;
    }
  }
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GPtrArray) inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  guint64 n_runs = 20000;
  guint64 seed = 1;
  GRand *rand;

  for (int i = 1; i < argc; i++) {
    if (g_str_has_prefix (argv[i], "--runs="))
      n_runs = g_ascii_strtoull (argv[i] + 7, NULL, 10);
    else if (g_str_has_prefix (argv[i], "--seed="))
      seed = g_ascii_strtoull (argv[i] + 7, NULL, 10);
    else
      add_path (inputs, argv[i]);
  }
  if (inputs->len == 0)
    g_ptr_array_add (inputs, g_bytes_new (NULL, 0));
  printf ("# seed %" G_GUINT64_FORMAT ", %u inputs, %" G_GUINT64_FORMAT " mutations\n", seed,
          inputs->len, n_runs);
  for (guint i = 0; i < inputs->len; i++) {
    gsize size;
    const guint8 *data = g_bytes_get_data (g_ptr_array_index (inputs, i), &size);

    run (data, size);
  }
  rand = g_rand_new_with_seed ((guint32) seed);
  for (guint64 i = 0; i < n_runs; i++) {
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    GBytes *input =
      g_ptr_array_index (inputs, (guint) g_rand_int_range (rand, 0, (int) inputs->len));
    gsize size;
    const guint8 *data = g_bytes_get_data (input, &size);

    g_byte_array_append (bytes, data, (guint) size);
    mutate (bytes, rand);
    run (bytes->data, bytes->len);
  }
  g_rand_free (rand);
  return 0;
}
