/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole streams of records: what parses must lie inside the input, and parsing what was parsed must give it again. */
#include "gate-record.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_head (const GateRecord *record,
            const guint8     *bytes)
{
  guint8 head[GATE_RECORD_HEAD_BYTES];

  gate_record_write_head (head, record->type, record->flags, record->number, record->body_bytes);
  g_assert_cmpmem (head, sizeof (head), bytes, sizeof (head));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  gsize at = 0;
  GateRecord record;
  gsize n_bytes;

  while (gate_record_parse (data + at, size - at, &record, &n_bytes) == GATE_RECORD_OK) {
    g_assert (n_bytes >= GATE_RECORD_HEAD_BYTES && n_bytes <= size - at);
    g_assert (record.body == data + at + GATE_RECORD_HEAD_BYTES);
    g_assert (record.body_bytes == n_bytes - GATE_RECORD_HEAD_BYTES);
    check_head (&record, data + at);
    at += n_bytes;
  }
  return 0;
}
