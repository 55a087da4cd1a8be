/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session.h"

G_BEGIN_DECLS

/* The ways to write a frame that are compared, each with everything up to and with WebSocket's or the record's header. */

typedef enum {
  ENCODING_VERBOSE,
  ENCODING_VERBOSE_ALONE,
  ENCODING_VERBOSE_TAKEOVER,
  ENCODING_COMPACT,
  ENCODING_COMPACT_ALONE,
  ENCODING_COMPACT_TAKEOVER,
  ENCODING_COMPACT_ZSTD,
  ENCODING_PB,
  ENCODING_PB_TCP,
  ENCODING_ZD1,
  ENCODING_ZD1_TCP,
  N_FRAME_ENCODINGS,
  ENCODING_BATCH = N_FRAME_ENCODINGS, /* several frames in one: see encodings_flush() */
  ENCODING_BATCH_TCP,
  N_ENCODINGS,
} EncodingId;

extern const char *const encoding_names[N_ENCODINGS];

typedef struct _Encodings Encodings;

/** encodings_new: @dialogues: what the dictionary for compact JSON is trained on */
Encodings *encodings_new (const Dialogues *dialogues) G_GNUC_WARN_UNUSED_RESULT;
void encodings_free (Encodings *self);

/** encodings_add: one frame; Hello begins a connection. Returns its bytes in each encoding in @ret_bytes. */
void encodings_add (Encodings          *self,
                    const SessionFrame *frame,
                    gsize               ret_bytes[N_FRAME_ENCODINGS]);

/**
 * encodings_flush:
 * @ret_bytes: of the frames that went down on the link of @side in one moment, as one Batch with zd1: WebSocket, raw TCP
 *
 * Call when a frame of another moment or the other direction comes, and at the end.
 */
void encodings_flush (Encodings   *self,
                      SessionSide  side,
                      gsize        ret_bytes[2]);

/** encodings_measure: ns a frame of zd1, over all frames that were long enough to try: compress, expand. */
void encodings_measure (Encodings *self,
                        double    *ret_compress_ns,
                        double    *ret_expand_ns);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Encodings, encodings_free)

G_END_DECLS
