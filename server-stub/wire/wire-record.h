/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "wire-buffer.h"
#include "wire-status.h"

#include <glib.h>

G_BEGIN_DECLS

/* Records of the raw TCP protocol: unsigned LEB128 length, 1 to 3 bytes, then that many bytes (`PROTOCOLS.md` 2d.2). */

#define WIRE_RECORD_PREFACE          "\xF9GT1" /* what a client sends first */
#define WIRE_RECORD_PREFACE_BYTES    4u
#define WIRE_RECORD_MAX_HEADER_BYTES 3u
#define WIRE_RECORD_MAX_BYTES        ((1u << 21) - 1) /* what three bytes can say */

/**
 * wire_record_next:
 * @partial: where a record that does not lie in one piece in @in is gathered; empty while the connection is idle
 * @max_bytes: `max_frame` of this peer
 * @in: the bytes read; moves over what was used
 * @ret_record: set for %WIRE_OK; in @in or in @partial, valid until the next call
 *
 * Call until it does not return %WIRE_OK. There is no state but @partial, and its memory grows with what came.
 *
 * Returns: %WIRE_OK; %WIRE_NEED_MORE: everything in @in was used, clear @partial if it is empty; %WIRE_TOO_LARGE;
 *   %WIRE_BAD_FRAME for an empty record or a length in more bytes than it needs
 */
WireStatus wire_record_next (WireBuffer *partial,
                             gsize       max_bytes,
                             WireSpan   *in,
                             WireSpan   *ret_record) G_GNUC_WARN_UNUSED_RESULT;

/** wire_record_write_header: returns its bytes, 1 to 3; @payload_bytes is 1 to %WIRE_RECORD_MAX_BYTES. */
gsize
wire_record_write_header (guint8 ret_header[WIRE_RECORD_MAX_HEADER_BYTES], gsize payload_bytes);

G_END_DECLS
