/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a chat costs in bytes, in every way to write it down:
 *
 *   bench-bytes TRAINED_ON MEASURED_ON [--table | --check]
 *
 * One JSON line, or Markdown, or only whether what was promised is kept. The same on every machine but for the two times.
 * README.md says what is counted.
 */
#include "config.h"

#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  Encodings *encodings;
  Report report;
  gint64 at_ms[SESSION_N_SIDES]; /* of the frames that wait for company */
} Bench;

static void
flush (Bench       *self,
       SessionSide  side)
{
  Column column = side == SESSION_VISITOR ? COLUMN_VISITOR : COLUMN_AGENT;
  gsize n_bytes[2];

  encodings_flush (self->encodings, side, n_bytes);
  for (guint i = 0; i < 2; i++) {
    self->report.n_bytes[column][ENCODING_BATCH + i] += n_bytes[i];
    self->report.n_writes[column][ENCODING_BATCH + i] += n_bytes[i] > 0;
  }
}

static void
add_to (Bench       *self,
        Column       column,
        const gsize *n_bytes)
{
  self->report.n_frames[column]++;
  for (guint i = 0; i < N_FRAME_ENCODINGS; i++) {
    self->report.n_bytes[column][i] += n_bytes[i];
    self->report.n_writes[column][i]++;
  }
}

/* What goes up goes alone. */
static void
add_up_to_batches (Bench       *self,
                   Column       column,
                   const gsize *n_bytes)
{
  for (guint i = 0; i < 2; i++) {
    self->report.n_bytes[column][ENCODING_BATCH + i] += n_bytes[ENCODING_ZD1 + i];
    self->report.n_writes[column][ENCODING_BATCH + i]++;
  }
}

static void
add_to_kind (Bench              *self,
             const SessionFrame *frame,
             const gsize        *n_bytes)
{
  Kind *kind = &self->report.kinds[frame->is_up][frame->frame->body_case];

  kind->n_frames++;
  for (guint i = 0; i < N_FRAME_ENCODINGS; i++)
    kind->n_bytes[i] += n_bytes[i];
}

static void
take_frame (const SessionFrame *frame,
            gpointer            user_data)
{
  Bench *self = user_data;
  Column column = frame->side == SESSION_VISITOR ? COLUMN_VISITOR : COLUMN_AGENT;
  gsize n_bytes[N_FRAME_ENCODINGS];

  if (frame->is_up || frame->at_ms != self->at_ms[frame->side])
    flush (self, frame->side);
  self->at_ms[frame->side] = frame->at_ms;
  encodings_add (self->encodings, frame, n_bytes);
  add_to (self, column, n_bytes);
  add_to_kind (self, frame, n_bytes);
  if (frame->is_up)
    add_up_to_batches (self, column, n_bytes);
  if (column == COLUMN_AGENT && !frame->is_row)
    add_to (self, COLUMN_AGENT_TALK, n_bytes);
}

static int
compare_sizes (gconstpointer a,
               gconstpointer b)
{
  gsize x = *(const gsize *) a;
  gsize y = *(const gsize *) b;

  return (x > y) - (x < y);
}

static void
count_lines (Report          *report,
             const Dialogues *dialogues)
{
  g_autoptr (GArray) sizes = g_array_new (FALSE, FALSE, sizeof (gsize));

  report->n_dialogues = dialogues->items->len;
  for (guint i = 0; i < dialogues->items->len; i++) {
    const Dialogue *dialogue = g_ptr_array_index (dialogues->items, i);

    for (guint j = 0; j < dialogue->lines->len; j++) {
      gsize n_bytes = strlen (g_array_index (dialogue->lines, DialogueLine, j).text);

      g_array_append_val (sizes, n_bytes);
    }
  }
  g_array_sort (sizes, compare_sizes);
  report->n_lines = sizes->len;
  report->median_text_bytes = g_array_index (sizes, gsize, sizes->len / 2);
}

static void
measure (Bench           *self,
         const Dialogues *dialogues)
{
  static const char *const agents[] = { "子涵", "Emma", "大刘", "Sophie", NULL };
  static const char *const clients[] = { "Atelier/1.9 (Android 15; Xiaomi 14)",
                                         "Atelier/1.9 (iPhone; iOS 18.1)", NULL };
  /* The year after those that the dictionary was trained on. */
  SessionCast cast = { 99, G_GINT64_CONSTANT (1830297600000), 365, agents, clients };

  session_play (dialogues, &cast, take_frame, self);
  for (guint side = 0; side < SESSION_N_SIDES; side++)
    flush (self, (SessionSide) side);
  count_lines (&self->report, dialogues);
  encodings_measure (self->encodings, &self->report.compress_ns, &self->report.expand_ns);
}

static gboolean
show (const Report *report,
      const char   *how)
{
  if (how == NULL)
    report_print_json (report);
  else if (strcmp (how, "--table") == 0)
    report_print_table (report);
  else
    return report_keeps_promise (report);
  return TRUE;
}

int
main (int    argc,
      char **argv)
{
  const char *how = argc == 4 ? argv[3] : NULL;
  gboolean is_good =
    argc == 3 || g_strcmp0 (how, "--table") == 0 || g_strcmp0 (how, "--check") == 0;
  g_autoptr (GError) error = NULL;
  g_autoptr (Dialogues) trained_on = is_good ? dialogues_load (argv[1], &error) : NULL;
  g_autoptr (Dialogues) measured_on = trained_on != NULL ? dialogues_load (argv[2], &error) : NULL;
  g_autoptr (Encodings) encodings = NULL;
  Bench bench = { 0 };

  if (measured_on == NULL) {
    fprintf (stderr, "bench-bytes: %s\n",
             error != NULL ? error->message
                           : "say bench-bytes TRAINED_ON MEASURED_ON [--table | --check]");
    return EXIT_FAILURE;
  }
  encodings = encodings_new (trained_on);
  bench.encodings = encodings;
  measure (&bench, measured_on);
  return show (&bench.report, how) ? EXIT_SUCCESS : EXIT_FAILURE;
}
