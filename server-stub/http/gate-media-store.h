/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "wire-image.h"
#include "wire-token.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * GateMediaStore:
 *
 * The files below `<data>/media`. An upload is written to `incoming/RANDOM`; a thread of its own then checks what it is, writes the
 * stripped copy, gives it its name `ab/ID` and syncs: once for all uploads that wait. Only ids are ever part of a
 * path, and everything is opened below the folder that was open before the sandbox.
 *
 * Where the process is root the folder is given to `nobody` first, whom the worker then becomes: it can write here and
 * nowhere else.
 */
typedef struct _GateMediaStore GateMediaStore;

#define GATE_MEDIA_ID_MIN_CHARS 8
#define GATE_MEDIA_ID_MAX_CHARS 64
#define GATE_MEDIA_MAX_UPLOADS  64 /* being received or finished at a time */

GateMediaStore *
gate_media_store_new (const char *data_dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** gate_media_store_start: starts the thread; after the sandbox was entered. */
void gate_media_store_start (GateMediaStore *self);
void gate_media_store_free (GateMediaStore *self);

/** gate_media_id_is_good: letters, digits, `_`, `-`. */
gboolean gate_media_id_is_good (const char *id);

/** gate_media_mime_is_allowed: whether files of that type are taken at all. */
gboolean gate_media_mime_is_allowed (const char *mime);

/* --- Writing ------------------------------------------------------------------------------------- */

typedef enum {
  GATE_MEDIA_OK,
  GATE_MEDIA_WRONG_TYPE, /* the bytes are not what was said */
  GATE_MEDIA_BROKEN,     /* a picture that ends too early or breaks its format */
  GATE_MEDIA_TOO_LARGE,  /* more pixels, frames or pieces than we serve */
  GATE_MEDIA_EXISTS,     /* the id is taken by another file */
  GATE_MEDIA_FULL,       /* no space on the disk */
  GATE_MEDIA_FAILED,
} GateMediaStatus;

typedef struct {
  GateMediaStatus status;
  const char *mime;   /* static */
  guint64 size_bytes; /* as stored */
  guint32 width, height;
  guint8 sha256[WIRE_SHA256_BYTES]; /* of the bytes as sent: what a client asks `already` with */
} GateMediaResult;

typedef struct _GateUpload GateUpload;

/** GateUploadDone: on the main context; not called after gate_upload_cancel(). */
typedef void (*GateUploadDone) (const GateMediaResult *result, gpointer user_data);

/** gate_upload_new: (nullable): %NULL when too many run or the disk refuses. */
GateUpload *
gate_upload_new (GateMediaStore *store, const char *id, const char *mime) G_GNUC_WARN_UNUSED_RESULT;

/** gate_upload_write: %FALSE when the disk is full or broken; gate_upload_finish() then says so. */
void gate_upload_write (GateUpload   *self,
                        const guint8 *data,
                        gsize         n_bytes);

/** gate_upload_finish: everything was written; @self is handed over and freed after @done. */
void gate_upload_finish (GateUpload     *self,
                         GateUploadDone  done,
                         gpointer        user_data);

/** gate_upload_cancel: throws it away, at whatever point. */
void gate_upload_cancel (GateUpload *self);

/* --- Reading ------------------------------------------------------------------------------------- */

/** gate_media_store_open: (nullable): the whole file, mapped; only regular files below the folder, no link is followed. */
GBytes *gate_media_store_open (GateMediaStore *self,
                               const char     *id) G_GNUC_WARN_UNUSED_RESULT;

/** gate_media_sniff: (transfer none): the type by magic bytes; `text/plain` for UTF-8 text, %NULL for anything else. */
const char *gate_media_sniff (const guint8 *data,
                              gsize         n_bytes);

G_END_DECLS
