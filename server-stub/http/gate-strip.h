/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "wire-arena.h"
#include "wire-image.h"

G_BEGIN_DECLS

/**
 * GateStrip:
 *
 * Walks the container of a picture and says which pieces of it are kept: what draws it. What tells about it (EXIF, XMP,
 * IPTC, comments, thumbnails) and whatever was hung on behind its end is left out; of EXIF the orientation stays, in a
 * block of our own. No pixel is decoded (`SECURITY.md` 2.12).
 */

#define GATE_STRIP_MAX_PIECES 65536u /* a file of more is made to hurt */
#define GATE_STRIP_MAX_FRAMES 1000u  /* of an animation */

/** GatePiece: bytes of the result; borrowed from the file or from the arena. */
typedef struct {
  const guint8 *data;
  gsize n_bytes;
} GatePiece;

typedef struct {
  const guint8 *data; /* the file, borrowed */
  gsize n_bytes;
  WireArena *arena; /* for pieces of our own */
  GArray *pieces;   /* GatePiece */
  guint n_frames;
} GateStrip;

void gate_strip_init (GateStrip    *self,
                      const guint8 *data,
                      gsize         n_bytes);
void gate_strip_done (GateStrip *self);

/**
 * gate_strip_run:
 *
 * Returns: %WIRE_OK with the pieces; %WIRE_BAD_FRAME: broken, or cut short; %WIRE_TOO_LARGE: too many pieces or frames;
 *   %WIRE_UNSUPPORTED: a kind or a part nobody knows
 */
WireStatus gate_strip_run (GateStrip     *self,
                           WireImageKind  kind) G_GNUC_WARN_UNUSED_RESULT;

/* --- For the walkers, one file each --------------------------------------------------------------- */

WireStatus gate_strip_jpeg (GateStrip *self) G_GNUC_WARN_UNUSED_RESULT;
WireStatus gate_strip_png (GateStrip *self) G_GNUC_WARN_UNUSED_RESULT;
WireStatus gate_strip_gif (GateStrip *self) G_GNUC_WARN_UNUSED_RESULT;
WireStatus gate_strip_webp (GateStrip *self) G_GNUC_WARN_UNUSED_RESULT;

/** gate_strip_keep: that part of the file; joins what lies side by side. The range was checked. */
WireStatus gate_strip_keep (GateStrip *self,
                            gsize      offset,
                            gsize      n_bytes) G_GNUC_WARN_UNUSED_RESULT;

/** gate_strip_insert: bytes that live in the arena. */
WireStatus
gate_strip_insert (GateStrip *self, const guint8 *data, gsize n_bytes) G_GNUC_WARN_UNUSED_RESULT;
WireStatus gate_strip_count_frame (GateStrip *self) G_GNUC_WARN_UNUSED_RESULT;

#define GATE_STRIP_TIFF_BYTES 26u

/** gate_strip_orientation: 1 to 8 of a TIFF block (the body of EXIF); 1 where it has none or is broken. */
guint gate_strip_orientation (const guint8 *tiff,
                              gsize         n_bytes);

/** gate_strip_write_tiff: a TIFF block that says nothing but the orientation. */
void gate_strip_write_tiff (guint8 ret_tiff[GATE_STRIP_TIFF_BYTES],
                            guint  orientation);

G_END_DECLS
