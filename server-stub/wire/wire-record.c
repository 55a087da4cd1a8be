/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "wire-record"

#include "config.h"

#include "wire-record.h"

/* @ret_record: the whole record with its header at the beginning of @data. NEED_MORE: @ret_wanted_bytes is how many are known
 * to be needed. */
static WireStatus
measure (const guint8 *data,
         gsize         n_bytes,
         gsize         max_bytes,
         gsize        *ret_header_bytes,
         gsize        *ret_wanted_bytes)
{
  gsize length = 0;
  gsize i;

  for (i = 0; i < WIRE_RECORD_MAX_HEADER_BYTES && i < n_bytes; i++) {
    length |= (gsize) (data[i] & 0x7F) << (7 * i);
    if (data[i] < 0x80)
      break;
  }
  if (i == WIRE_RECORD_MAX_HEADER_BYTES)
    return WIRE_TOO_LARGE;
  if (i == n_bytes) {
    *ret_wanted_bytes = n_bytes + 1;
    return WIRE_NEED_MORE;
  }
  if (data[i] == 0) /* nothing at all, or a last byte that adds nothing */
    return WIRE_BAD_FRAME;
  if (length > max_bytes)
    return WIRE_TOO_LARGE;
  *ret_header_bytes = i + 1;
  *ret_wanted_bytes = i + 1 + length;
  return n_bytes >= *ret_wanted_bytes ? WIRE_OK : WIRE_NEED_MORE;
}

static void
take (WireSpan *in,
      gsize     n_bytes)
{
  in->data += n_bytes;
  in->n_bytes -= n_bytes;
}

static WireStatus
next_in_place (WireBuffer *partial,
               gsize       max_bytes,
               WireSpan   *in,
               WireSpan   *ret_record)
{
  gsize header_bytes = 0;
  gsize wanted_bytes = 0;
  WireStatus status = measure (in->data, in->n_bytes, max_bytes, &header_bytes, &wanted_bytes);

  if (status == WIRE_NEED_MORE) {
    wire_buffer_append (partial, in->data, in->n_bytes);
    take (in, in->n_bytes);
  }
  if (status == WIRE_OK) {
    *ret_record = (WireSpan){ in->data + header_bytes, wanted_bytes - header_bytes };
    take (in, wanted_bytes);
  }
  return status;
}

/* Fills @partial with no byte more than the record has: what follows is parsed where it lies. */
static WireStatus
next_gathered (WireBuffer *partial,
               gsize       max_bytes,
               WireSpan   *in,
               WireSpan   *ret_record)
{
  for (;;) {
    gsize header_bytes = 0;
    gsize wanted_bytes = 0;
    gsize n_bytes;
    WireStatus status =
      measure (partial->data, partial->n_bytes, max_bytes, &header_bytes, &wanted_bytes);

    if (status == WIRE_OK)
      *ret_record = (WireSpan){ partial->data + header_bytes, partial->n_bytes - header_bytes };
    if (status != WIRE_NEED_MORE || in->n_bytes == 0)
      return status;
    n_bytes = MIN (in->n_bytes, wanted_bytes - partial->n_bytes);
    wire_buffer_append (partial, in->data, n_bytes);
    take (in, n_bytes);
  }
}

WireStatus
wire_record_next (WireBuffer *partial,
                  gsize       max_bytes,
                  WireSpan   *in,
                  WireSpan   *ret_record)
{
  gsize header_bytes;
  gsize wanted_bytes;

  /* A whole record in there is the one handed out last. */
  if (partial->n_bytes > 0 &&
      measure (partial->data, partial->n_bytes, max_bytes, &header_bytes, &wanted_bytes) == WIRE_OK)
    partial->n_bytes = 0;
  if (partial->n_bytes == 0 && in->n_bytes > 0)
    return next_in_place (partial, max_bytes, in, ret_record);
  if (partial->n_bytes > 0)
    return next_gathered (partial, max_bytes, in, ret_record);
  return WIRE_NEED_MORE;
}

gsize
wire_record_write_header (guint8 ret_header[WIRE_RECORD_MAX_HEADER_BYTES],
                          gsize  payload_bytes)
{
  gsize n_bytes = 0;

  g_assert (payload_bytes > 0 && payload_bytes <= WIRE_RECORD_MAX_BYTES);
  for (; payload_bytes >= 0x80; payload_bytes >>= 7)
    ret_header[n_bytes++] = (guint8) (payload_bytes | 0x80);
  ret_header[n_bytes++] = (guint8) payload_bytes;
  return n_bytes;
}
