/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-demo-log.h"

#include <string.h>

typedef struct {
  guint64 cid;
  const char *text; /* of an acknowledged line of ours; borrowed */
  gboolean is_known;
} Row;

struct _GateDemoLog {
  guint64 conv;
  GArray *rows; /* Row, by seq - 1 */
  guint64 known;
  guint64 checked;
  GHashTable *cids; /* of ours, found in the history so far; made by the check */
};

GateDemoLog *
gate_demo_log_new (guint64 conv)
{
  GateDemoLog *self = g_new0 (GateDemoLog, 1);

  self->conv = conv;
  self->rows = g_array_new (FALSE, TRUE, sizeof (Row));
  return self;
}

void
gate_demo_log_free (GateDemoLog *self)
{
  g_clear_pointer (&self->cids, g_hash_table_unref);
  g_array_unref (self->rows);
  g_free (self);
}

guint64
gate_demo_log_get_conv (const GateDemoLog *self)
{
  return self->conv;
}

static Row *
row_at (GateDemoLog *self,
        guint64      seq)
{
  g_assert (seq > 0 && seq < G_MAXUINT32);
  if (self->rows->len < seq)
    g_array_set_size (self->rows, (guint) seq);
  return &g_array_index (self->rows, Row, seq - 1);
}

static void
advance (GateDemoLog *self)
{
  while (self->known < self->rows->len && g_array_index (self->rows, Row, self->known).is_known)
    self->known++;
}

gboolean
gate_demo_log_acked (GateDemoLog *self,
                     guint64      seq,
                     guint64      cid,
                     const char  *text)
{
  Row *row = row_at (self, seq);
  gboolean is_good = !row->is_known || row->cid == cid;

  *row = (Row){ cid, text, TRUE };
  advance (self);
  return is_good;
}

gboolean
gate_demo_log_seen (GateDemoLog *self,
                    guint64      seq,
                    guint64      cid)
{
  Row *row = row_at (self, seq);

  if (row->is_known)
    return FALSE;
  *row = (Row){ cid, NULL, TRUE };
  advance (self);
  return TRUE;
}

guint64
gate_demo_log_get_known (const GateDemoLog *self)
{
  return self->known;
}

void
gate_demo_log_check_row (GateDemoLog    *self,
                         guint64         seq,
                         guint64         cid,
                         const char     *text,
                         GateDemoFaults *faults)
{
  const Row *row = row_at (self, seq);

  if (seq <= self->checked) {
    faults->disorders++;
    return;
  }
  faults->gaps += seq - self->checked - 1;
  self->checked = seq;
  if (self->cids == NULL)
    self->cids = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  if (cid != 0 && !g_hash_table_add (self->cids, g_memdup2 (&cid, sizeof cid)))
    faults->duplicates++;
  if (row->text != NULL && (row->cid != cid || strcmp (row->text, text) != 0))
    faults->lost++;
  else if (row->is_known && row->cid != cid)
    faults->disorders++;
}

void
gate_demo_log_check_end (GateDemoLog    *self,
                         GateDemoFaults *faults)
{
  for (guint64 seq = self->checked; seq < self->rows->len; seq++) {
    const Row *row = &g_array_index (self->rows, Row, seq);

    if (row->is_known)
      faults->lost++;
  }
}

guint64
gate_demo_log_get_checked (const GateDemoLog *self)
{
  return self->checked;
}
