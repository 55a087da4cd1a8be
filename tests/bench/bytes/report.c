/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "report.h"

#include <stdio.h>

#define WRITE_BYTES 74 /* TLS 1.3: header, type and tag, 22; IPv4 and TCP with timestamps: 52 */

static const char *const column_names[N_COLUMNS] = { "visitor", "agent", "agent_talk" };

static double
bytes_a_frame (const Report *self,
               Column        column,
               EncodingId    encoding)
{
  return (double) self->n_bytes[column][encoding] / (double) self->n_frames[column];
}

static double
saved_percent (const Report *self,
               Column        column,
               EncodingId    encoding,
               EncodingId    against)
{
  return 100 -
         100.0 * (double) self->n_bytes[column][encoding] / (double) self->n_bytes[column][against];
}

/* With what TLS and TCP/IP put around each write, a conversation. */
static double
bytes_below (const Report *self,
             Column        column,
             EncodingId    encoding)
{
  return (double) (self->n_bytes[column][encoding] +
                   WRITE_BYTES * self->n_writes[column][encoding]) /
         self->n_dialogues;
}

gboolean
report_keeps_promise (const Report *self)
{
  static const struct {
    EncodingId encoding, against;
    double percent;
  } promises[] = { { ENCODING_PB, ENCODING_VERBOSE, 85 }, { ENCODING_ZD1, ENCODING_COMPACT, 60 } };
  gboolean is_kept = TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (promises) * N_COLUMNS; i++) {
    Column column = (Column) (i % N_COLUMNS);
    EncodingId encoding = promises[i / N_COLUMNS].encoding;
    EncodingId against = promises[i / N_COLUMNS].against;
    double saved = saved_percent (self, column, encoding, against);

    if (saved >= promises[i / N_COLUMNS].percent)
      continue;
    fprintf (stderr, "bench-bytes: on the link of %s “%s” saves %.1f %% against “%s”\n",
             column_names[column], encoding_names[encoding], saved, encoding_names[against]);
    is_kept = FALSE;
  }
  return is_kept;
}

/* Which frames share a Batch depends on those that are left out here. */
static gboolean
is_known (const Report *self,
          Column        column,
          EncodingId    encoding)
{
  return self->n_bytes[column][encoding] > 0;
}

static void
print_json_columns (const Report *self,
                    EncodingId    encoding)
{
  for (guint i = 0; i < N_COLUMNS; i++) {
    if (!is_known (self, i, encoding))
      continue;
    printf (",\"%s\":{\"frame\":%.1f,\"conversation\":%.0f,\"under_verbose\":%.1f,"
            "\"under_compact\":%.1f,\"conversation_tls_tcp\":%.0f}",
            column_names[i], bytes_a_frame (self, i, encoding),
            (double) self->n_bytes[i][encoding] / self->n_dialogues,
            saved_percent (self, i, encoding, ENCODING_VERBOSE),
            saved_percent (self, i, encoding, ENCODING_COMPACT), bytes_below (self, i, encoding));
  }
}

void
report_print_json (const Report *self)
{
  printf (
    "{\"bench\":\"bytes\",\"dialogues\":%u,\"lines\":%u,\"median_text_bytes\":%" G_GSIZE_FORMAT,
    self->n_dialogues, self->n_lines, self->median_text_bytes);
  for (guint i = 0; i < N_COLUMNS; i++)
    printf (",\"%s_frames\":%" G_GSIZE_FORMAT, column_names[i], self->n_frames[i]);
  printf (",\"zd1_compress_ns\":%.0f,\"zd1_expand_ns\":%.0f,\"encodings\":[", self->compress_ns,
          self->expand_ns);
  for (guint i = 0; i < N_ENCODINGS; i++) {
    printf ("%s{\"name\":\"%s\"", i > 0 ? "," : "", encoding_names[i]);
    print_json_columns (self, i);
    printf ("}");
  }
  printf ("]}\n");
}

static void
print_cells (const Report *self,
             Column        column,
             EncodingId    encoding)
{
  if (!is_known (self, column, encoding)) {
    printf (" – | – | – | – |");
    return;
  }
  printf (" %.1f | %.0f | %.1f %% | %.1f %% |", bytes_a_frame (self, column, encoding),
          (double) self->n_bytes[column][encoding] / self->n_dialogues,
          saved_percent (self, column, encoding, ENCODING_VERBOSE),
          saved_percent (self, column, encoding, ENCODING_COMPACT));
}

static void
print_kinds (const Report *self)
{
  static const EncodingId shown[] = { ENCODING_VERBOSE, ENCODING_COMPACT, ENCODING_PB,
                                      ENCODING_ZD1 };

  printf (
    "\n| frame | of them | verbose | compact | protobuf | zd1 |\n|---|---|---|---|---|---|\n");
  for (guint i = 0; i < 2 * N_KINDS; i++) {
    const Kind *kind = &self->kinds[i % 2][i / 2];

    if (kind->n_frames == 0)
      continue;
    printf ("| %s %s | %" G_GSIZE_FORMAT " |", wire_body_name ((Gate__V1__Frame__BodyCase) (i / 2)),
            i % 2 == 0 ? "down" : "up", kind->n_frames);
    for (guint j = 0; j < G_N_ELEMENTS (shown); j++)
      printf (" %.1f |", (double) kind->n_bytes[shown[j]] / (double) kind->n_frames);
    printf ("\n");
  }
}

/* The same one layer further down, where the number of writes counts as much as what is in them. */
static void
print_below (const Report *self)
{
  printf (
    "\n| with TLS 1.3 and TCP/IPv4 (%d bytes a write) | visitor: a conversation | under verbose | "
    "under compact | agent: a conversation | under verbose | under compact |\n"
    "|---|---|---|---|---|---|---|\n",
    WRITE_BYTES);
  for (guint i = 0; i < N_ENCODINGS; i++) {
    printf ("| %s |", encoding_names[i]);
    for (guint column = COLUMN_VISITOR; column <= COLUMN_AGENT; column++) {
      double n_bytes = bytes_below (self, column, i);

      printf (" %.0f | %.1f %% | %.1f %% |", n_bytes,
              100 - 100 * n_bytes / bytes_below (self, column, ENCODING_VERBOSE),
              100 - 100 * n_bytes / bytes_below (self, column, ENCODING_COMPACT));
    }
    printf ("\n");
  }
}

void
report_print_table (const Report *self)
{
  printf (
    "%u dialogues, %u lines, median text %" G_GSIZE_FORMAT " bytes; frames: visitor "
    "%" G_GSIZE_FORMAT ", agent %" G_GSIZE_FORMAT ", of these %" G_GSIZE_FORMAT
    " without offers and list rows. zd1: %.1f µs to compress a frame, %.1f µs to expand one.\n\n",
    self->n_dialogues, self->n_lines, self->median_text_bytes, self->n_frames[COLUMN_VISITOR],
    self->n_frames[COLUMN_AGENT], self->n_frames[COLUMN_AGENT_TALK], self->compress_ns / 1000,
    self->expand_ns / 1000);
  printf (
    "| encoding | visitor: a frame | a conversation | under verbose | under compact | agent: a "
    "frame | a conversation | under verbose | under compact | agent without rows: a frame | a "
    "conversation | under verbose | under compact |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
  for (guint i = 0; i < N_ENCODINGS; i++) {
    printf ("| %s |", encoding_names[i]);
    for (guint column = 0; column < N_COLUMNS; column++)
      print_cells (self, column, i);
    printf ("\n");
  }
  print_below (self);
  print_kinds (self);
}
