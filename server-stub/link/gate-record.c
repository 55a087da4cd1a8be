/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-record.h"

#include <string.h>

/* length of the rest (u32) | type (u8) | flags (u8) | 0 (u16) | number (u32), all little-endian. */
#define LENGTH_BYTES 4
#define REST_BYTES   (GATE_RECORD_HEAD_BYTES - LENGTH_BYTES)

static guint32
read_u32 (const guint8 *bytes)
{
  guint32 value;

  memcpy (&value, bytes, sizeof (value));
  return GUINT32_FROM_LE (value);
}

static void
write_u32 (guint8  *bytes,
           guint32  value)
{
  value = GUINT32_TO_LE (value);
  memcpy (bytes, &value, sizeof (value));
}

/* Records about the whole worker carry the number 0. */
static gboolean
has_number (GateRecordType type)
{
  switch (type) {
  case GATE_RECORD_OPENED:
  case GATE_RECORD_FRAME:
  case GATE_RECORD_LIMITS:
  case GATE_RECORD_CLOSE:
  case GATE_RECORD_CLOSED:
  case GATE_RECORD_REQUEST:
  case GATE_RECORD_REPLY:
    return TRUE;
  case GATE_RECORD_HELLO:
  case GATE_RECORD_CONFIG:
  case GATE_RECORD_DESCRIPTOR:
  case GATE_RECORD_STOP:
  case GATE_RECORD_STATS:
  default:
    return FALSE;
  }
}

static gboolean
head_is_good (const GateRecord *head,
              guint             reserved)
{
  guint allowed_flags = head->type == GATE_RECORD_REPLY ? GATE_RECORD_FLAG_MORE : 0;

  return head->type >= GATE_RECORD_HELLO && head->type <= GATE_RECORD_STATS && reserved == 0 &&
         (head->flags & ~allowed_flags) == 0 && (has_number (head->type) || head->number == 0);
}

GateRecordStatus
gate_record_parse (const guint8 *bytes,
                   gsize         n_bytes,
                   GateRecord   *ret_record,
                   gsize        *ret_bytes)
{
  GateRecord record = { .fd = -1 };
  guint32 rest_bytes;

  *ret_bytes = 0;
  if (n_bytes < LENGTH_BYTES)
    return GATE_RECORD_NEED_MORE;
  rest_bytes = read_u32 (bytes);
  if (rest_bytes < REST_BYTES || rest_bytes > GATE_RECORD_MAX_BYTES)
    return GATE_RECORD_BAD;
  *ret_bytes = LENGTH_BYTES + rest_bytes;
  if (n_bytes < GATE_RECORD_HEAD_BYTES)
    return GATE_RECORD_NEED_MORE;

  record.type = bytes[4];
  record.flags = bytes[5];
  record.number = read_u32 (bytes + 8);
  if (!head_is_good (&record, bytes[6] | bytes[7]))
    return GATE_RECORD_BAD;
  if (n_bytes < *ret_bytes)
    return GATE_RECORD_NEED_MORE;

  record.body = bytes + GATE_RECORD_HEAD_BYTES;
  record.body_bytes = rest_bytes - REST_BYTES;
  *ret_record = record;
  return GATE_RECORD_OK;
}

void
gate_record_write_head (guint8         *head,
                        GateRecordType  type,
                        guint8          flags,
                        guint32         number,
                        gsize           body_bytes)
{
  g_assert (body_bytes <= GATE_RECORD_MAX_BYTES - REST_BYTES);
  write_u32 (head, (guint32) (REST_BYTES + body_bytes));
  head[4] = (guint8) type;
  head[5] = flags;
  head[6] = 0;
  head[7] = 0;
  write_u32 (head + 8, number);
}
