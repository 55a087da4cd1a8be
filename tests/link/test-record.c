/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gate-record.h"

#include <string.h>

typedef struct {
  const char *name;
  guint8 bytes[24];
  gsize n_bytes;
  GateRecordStatus status;
} ParseCase;

/* clang-format off */
static const ParseCase parse_cases[] = {
  { "frame",            { 10, 0, 0, 0, 4, 0, 0, 0, 1, 2, 3, 4, 'h', 'i' }, 14, GATE_RECORD_OK },
  { "empty-body",       { 8, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0 },           12, GATE_RECORD_OK },
  { "more-on-reply",    { 8, 0, 0, 0, 9, 1, 0, 0, 5, 0, 0, 0 },            12, GATE_RECORD_OK },
  { "nothing",          { 0 },                                              0, GATE_RECORD_NEED_MORE },
  { "body-missing",     { 9, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0 },            12, GATE_RECORD_NEED_MORE },
  { "longest",          { 0, 0, 16, 0, 4, 0, 0, 0, 1, 0, 0, 0 },           12, GATE_RECORD_NEED_MORE },
  { "length-below-head",{ 7, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0 },               11, GATE_RECORD_BAD },
  { "length-zero",      { 0, 0, 0, 0 },                                     4, GATE_RECORD_BAD },
  { "length-over",      { 1, 0, 16, 0 },                                    4, GATE_RECORD_BAD },
  { "length-huge",      { 255, 255, 255, 255 },                             4, GATE_RECORD_BAD },
  { "type-zero",        { 8, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0 },            12, GATE_RECORD_BAD },
  { "type-unknown",     { 8, 0, 0, 0, 13, 0, 0, 0, 1, 0, 0, 0 },           12, GATE_RECORD_BAD },
  { "flag-unknown",     { 8, 0, 0, 0, 9, 2, 0, 0, 1, 0, 0, 0 },            12, GATE_RECORD_BAD },
  { "more-on-frame",    { 8, 0, 0, 0, 4, 1, 0, 0, 1, 0, 0, 0 },            12, GATE_RECORD_BAD },
  { "reserved",         { 8, 0, 0, 0, 4, 0, 0, 1, 1, 0, 0, 0 },            12, GATE_RECORD_BAD },
  { "numbered-hello",   { 8, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0 },            12, GATE_RECORD_BAD },
  { "numbered-fd",      { 8, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 1 },           12, GATE_RECORD_BAD },
};
/* clang-format on */

static void
test_parse (gconstpointer data)
{
  const ParseCase *test = data;
  g_autofree guint8 *bytes = g_memdup2 (test->bytes, MAX (test->n_bytes, 1));
  GateRecord record;
  gsize n_bytes;

  g_assert_cmpint (gate_record_parse (bytes, test->n_bytes, &record, &n_bytes), ==, test->status);
  if (test->status == GATE_RECORD_OK)
    g_assert_cmpuint (n_bytes, ==, test->n_bytes);
}

static void
test_every_prefix (void)
{
  guint8 bytes[GATE_RECORD_HEAD_BYTES + 5];
  GateRecord record;
  gsize n_bytes;

  gate_record_write_head (bytes, GATE_RECORD_REPLY, GATE_RECORD_FLAG_MORE, 0xfedcba98, 5);
  memcpy (bytes + GATE_RECORD_HEAD_BYTES, "hello", 5);
  for (gsize n = 0; n < sizeof (bytes); n++) {
    g_autofree guint8 *prefix = g_memdup2 (bytes, MAX (n, 1));

    g_assert_cmpint (gate_record_parse (prefix, n, &record, &n_bytes), ==, GATE_RECORD_NEED_MORE);
    g_assert_cmpuint (n_bytes, ==, n < 4 ? 0 : sizeof (bytes));
  }
  g_assert_cmpint (gate_record_parse (bytes, sizeof (bytes), &record, &n_bytes), ==,
                   GATE_RECORD_OK);
  g_assert_cmpint (record.type, ==, GATE_RECORD_REPLY);
  g_assert_cmpint (record.flags, ==, GATE_RECORD_FLAG_MORE);
  g_assert_cmpuint (record.number, ==, 0xfedcba98);
  g_assert_cmpmem (record.body, record.body_bytes, "hello", 5);
  g_assert_cmpint (record.fd, ==, -1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (parse_cases); i++) {
    g_autofree char *path = g_strdup_printf ("/link/record/parse/%s", parse_cases[i].name);

    g_test_add_data_func (path, &parse_cases[i], test_parse);
  }
  g_test_add_func ("/link/record/every-prefix", test_every_prefix);
  return g_test_run ();
}
