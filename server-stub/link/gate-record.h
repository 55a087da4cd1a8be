/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-link.h"

G_BEGIN_DECLS

typedef enum {
  GATE_RECORD_OK,
  GATE_RECORD_NEED_MORE, /* the bytes end inside the record */
  GATE_RECORD_BAD,       /* no build of ours writes this: the peer is broken or hostile */
} GateRecordStatus;

/**
 * gate_record_parse:
 * @bytes: what was read so far, from the first byte of a record
 * @n_bytes: how many
 * @ret_record: the record, its body inside @bytes, its descriptor -1
 * @ret_bytes: length of the whole record; also set with %GATE_RECORD_NEED_MORE, once the length is known (else 0)
 *
 * Reads one record and nothing else; the length is checked before anybody waits for it.
 */
GateRecordStatus gate_record_parse (const guint8 *bytes,
                                    gsize         n_bytes,
                                    GateRecord   *ret_record,
                                    gsize        *ret_bytes) G_GNUC_WARN_UNUSED_RESULT;

/** gate_record_write_head: the first GATE_RECORD_HEAD_BYTES bytes of a record whose body has @body_bytes. */
void gate_record_write_head (guint8         *head,
                             GateRecordType  type,
                             guint8          flags,
                             guint32         number,
                             gsize           body_bytes);

G_END_DECLS
