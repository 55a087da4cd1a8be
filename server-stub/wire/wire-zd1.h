/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "wire-buffer.h"
#include "wire-status.h"

#include <glib.h>

G_BEGIN_DECLS

/*
 * The capability `zd1` (`PROTOCOLS.md` 2d.2): a payload may be the byte 00, which begins no protobuf message, and one zstd
 * frame without magic, content size, checksum and dictionary id, compressed with dictionary 1. A library of its own, so that
 * whoever does not speak it links no libzstd.
 */

#define WIRE_ZD1_MARK             0x00
#define WIRE_ZD1_DICTIONARY_BYTES 16384u

/* Dictionary 1 for ever: who changes one byte of it needs a dictionary 2 and a capability `zd2`. */
#define WIRE_ZD1_DICTIONARY_SHA256 \
  "738ce722c2eb26d9c9695bb5d5e091e65d3928d8934113567ad09eabd4a33dc7"

/* Below this no frame of tests/bench/bytes became shorter: mark, headers and sequences take 8 bytes and more. */
#define WIRE_ZD1_MIN_BYTES 20u

/**
 * WireZd1:
 *
 * The dictionary made ready and one context for each direction: 0.33 MB for all the connections of a thread, and nothing
 * for each. Grows with the largest frame, to 1.7 MB for WIRE_MAX_AGENT_FRAME_BYTES.
 */
typedef struct _WireZd1 WireZd1;

WireZd1 *wire_zd1_new (void) G_GNUC_WARN_UNUSED_RESULT;
void wire_zd1_free (WireZd1 *self);

/** wire_zd1_compress: appends @data to @out as it is to be sent: compressed where that is shorter, else as it is. */
void wire_zd1_compress (WireZd1      *self,
                        const guint8 *data,
                        gsize         n_bytes,
                        WireBuffer   *out);

/** wire_zd1_is_compressed: whether a payload carries the mark. */
gboolean wire_zd1_is_compressed (const guint8 *data,
                                 gsize         n_bytes);

/**
 * wire_zd1_expand:
 * @data: a payload with the mark
 * @max_bytes: of what comes out: `max_frame` of this peer
 * @ret_plain: borrowed; valid until the next call
 *
 * Returns: %WIRE_OK; %WIRE_TOO_LARGE when more than @max_bytes would come out; %WIRE_BAD_FRAME for anything but exactly one
 *   zstd frame of the form above
 */
WireStatus wire_zd1_expand (WireZd1      *self,
                            const guint8 *data,
                            gsize         n_bytes,
                            gsize         max_bytes,
                            WireSpan     *ret_plain) G_GNUC_WARN_UNUSED_RESULT;

/** wire_zd1_get_dictionary: (transfer none): its WIRE_ZD1_DICTIONARY_BYTES, as clients fetch them from `/dict/1`. */
const guint8 *wire_zd1_get_dictionary (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WireZd1, wire_zd1_free)

G_END_DECLS
