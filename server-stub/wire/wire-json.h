/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "wire-frame.h"

#include <glib.h>

G_BEGIN_DECLS

/* The JSON form of frames (`PROTOCOLS.md` 2d.4), derived from the descriptors of gate.proto: a new field appears here by
 * itself. Short names stand in one table, in wire-json-names.c. */

#define WIRE_JSON_MAX_SCAN_DEPTH 32u

/**
 * wire_json_read_frame:
 * @arena: owns the frame; takes at most 16 @max_bytes for it
 * @text: need not be NUL-terminated
 * @ret_frame: (transfer none): the frame
 *
 * Reads one frame: strict RFC 8259, one object, depth at most 8, integers below 2^53, the same limits as
 * wire_frame_unpack(). Unknown keys are skipped but must be valid; of a key given twice the second is refused.
 *
 * Returns: %WIRE_OK; %WIRE_TOO_LARGE; %WIRE_BAD_UTF8; else %WIRE_BAD_FRAME
 */
WireStatus wire_json_read_frame (WireArena        *arena,
                                 const char       *text,
                                 gsize             n_bytes,
                                 gsize             max_bytes,
                                 Gate__V1__Frame **ret_frame) G_GNUC_WARN_UNUSED_RESULT;

/** wire_json_peek_id: `id` of a text that may be refused, so that the Error can carry it; 0 = none found. */
guint32 wire_json_peek_id (const char *text,
                           gsize       n_bytes);

/** wire_json_write_frame: appends @frame as one JSON object without line breaks. */
void wire_json_write_frame (WireBuffer            *out,
                            const Gate__V1__Frame *frame);

/**
 * wire_json_scan:
 * @max_depth: levels of arrays and objects allowed, such as %WIRE_JSON_MAX_SCAN_DEPTH
 *
 * Whether @text is exactly one JSON value by RFC 8259: valid UTF-8, no NUL (not as `\u0000` either), no lone surrogate,
 * numbers by its grammar and finite as a double. To be put before json-glib, which must never see raw outside input
 * (`SECURITY.md` 2.33). Allocates nothing.
 *
 * Returns: %WIRE_OK, %WIRE_BAD_UTF8 or %WIRE_BAD_FRAME
 */
WireStatus
wire_json_scan (const char *text, gsize n_bytes, guint max_depth) G_GNUC_WARN_UNUSED_RESULT;

/** wire_json_scan_object: the same, and the value must be an object. */
WireStatus
wire_json_scan_object (const char *text, gsize n_bytes, guint max_depth) G_GNUC_WARN_UNUSED_RESULT;

/** wire_json_write_string: appends @text quoted and escaped; @text is valid UTF-8. */
void wire_json_write_string (WireBuffer *out,
                             const char *text,
                             gsize       n_bytes);

G_END_DECLS
