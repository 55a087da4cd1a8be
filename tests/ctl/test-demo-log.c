/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The demo's referee: each kind of fault is seen for what it is. */
#include "config.h"

#include "gate-demo-log.h"

#include <string.h>

typedef struct {
  guint64 seq, cid;
  const char *text;
} Row;

/* What the visitor was told: two lines acknowledged, at 1 and 3, and one of an agent seen at 2. */
typedef struct {
  const char *name;
  Row history[5];
  guint n;
  GateDemoFaults faults;
} Case;

static const Case cases[] = {
  { "good", { { 1, 11, "a" }, { 2, 0, "hi" }, { 3, 13, "b" } }, 3, { 0 } },
  { "more-than-known",
    { { 1, 11, "a" }, { 2, 0, "hi" }, { 3, 13, "b" }, { 4, 0, "x" } },
    4,
    { 0 } },
  { "last-lost", { { 1, 11, "a" }, { 2, 0, "hi" } }, 2, { .lost = 1 } },
  { "first-lost", { { 1, 0, "?" }, { 2, 0, "hi" }, { 3, 13, "b" } }, 3, { .lost = 1 } },
  { "other-text", { { 1, 11, "A" }, { 2, 0, "hi" }, { 3, 13, "b" } }, 3, { .lost = 1 } },
  { "gap", { { 1, 11, "a" }, { 3, 13, "b" } }, 2, { .gaps = 1 } },
  { "twice",
    { { 1, 11, "a" }, { 2, 0, "hi" }, { 3, 13, "b" }, { 4, 11, "a" } },
    4,
    { .duplicates = 1 } },
  { "back",
    { { 1, 11, "a" }, { 1, 11, "a" }, { 2, 0, "hi" }, { 3, 13, "b" } },
    4,
    { .disorders = 1 } },
  { "changed", { { 1, 11, "a" }, { 2, 99, "hi" }, { 3, 13, "b" } }, 3, { .disorders = 1 } },
  { "empty", { { 0 } }, 0, { .lost = 3 } },
};

static void
test_faults (gconstpointer data)
{
  const Case *now = data;
  GateDemoLog *log = gate_demo_log_new (300);
  GateDemoFaults faults = { 0 };

  g_assert_true (gate_demo_log_acked (log, 1, 11, "a"));
  g_assert_true (gate_demo_log_acked (log, 3, 13, "b"));
  g_assert_cmpuint (gate_demo_log_get_known (log), ==, 1);
  g_assert_true (gate_demo_log_seen (log, 2, 0));
  g_assert_false (gate_demo_log_seen (log, 2, 0));
  g_assert_cmpuint (gate_demo_log_get_known (log), ==, 3);
  for (guint i = 0; i < now->n; i++)
    gate_demo_log_check_row (log, now->history[i].seq, now->history[i].cid, now->history[i].text,
                             &faults);
  gate_demo_log_check_end (log, &faults);
  g_assert_cmpuint (faults.lost, ==, now->faults.lost);
  g_assert_cmpuint (faults.duplicates, ==, now->faults.duplicates);
  g_assert_cmpuint (faults.gaps, ==, now->faults.gaps);
  g_assert_cmpuint (faults.disorders, ==, now->faults.disorders);
  gate_demo_log_free (log);
}

/* A line acknowledged at two places is out of order, wherever the history has it. */
static void
test_ack_elsewhere (void)
{
  GateDemoLog *log = gate_demo_log_new (300);

  g_assert_true (gate_demo_log_acked (log, 1, 11, "a"));
  g_assert_true (gate_demo_log_acked (log, 1, 11, "a"));
  g_assert_false (gate_demo_log_acked (log, 1, 12, "b"));
  gate_demo_log_free (log);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/ctl/demo-log/%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], test_faults);
  }
  g_test_add_func ("/ctl/demo-log/ack-elsewhere", test_ack_elsewhere);
  return g_test_run ();
}
