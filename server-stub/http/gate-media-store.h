/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "wire-image.h"
#include "wire-token.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * GateMediaStore:
 *
 * The files below `<data>/media`. A small upload is kept in memory until it is whole, a larger one in `incoming/RANDOM`; a
 * thread of its own then checks what it is, writes the stripped copy, gives it its name `ab/ID` and syncs: once for all
 * uploads that wait. Only ids are ever part of a path, and everything is opened below the folder that was open before
 * the sandbox.
 *
 * Where the process is root the folder is given to `nobody` first, whom the worker then becomes: it can write here and
 * nowhere else.
 */
typedef struct _GateMediaStore GateMediaStore;

#define GATE_MEDIA_ID_MIN_CHARS 8
#define GATE_MEDIA_ID_MAX_CHARS 64

#define GATE_UPLOAD_MEMORY_BYTES ((gsize) 512 * 1024)       /* of one that is kept in memory */
#define GATE_MEDIA_MEMORY_BYTES  ((gsize) 32 * 1024 * 1024) /* of all that are */
#define GATE_MEDIA_MAX_FILES     64                         /* that come through a file instead */
#define GATE_MEDIA_MAX_UPLOADS   512  /* being received or finished at a time */
#define GATE_MEDIA_MAX_WAITING   256  /* for room; their bytes stay in their sockets */
#define GATE_MEDIA_WAIT_MS       5000 /* for it; less than a client is given to send 1,000 bytes */

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

/**
 * GateUploadReady: its turn has come, or with @is_room %FALSE: will not come in time, and it is to be cancelled.
 */
typedef void (*GateUploadReady) (gboolean is_room, gpointer user_data);

/** GateUploadDone: on the main context; not called after gate_upload_cancel(). */
typedef void (*GateUploadDone) (const GateMediaResult *result, gpointer user_data);

/**
 * gate_upload_new:
 * @size_bytes: exactly as many will be written
 * @ready: called once, later, if it has to wait for room
 *
 * Returns: (nullable): %NULL when even too many wait
 */
GateUpload *gate_upload_new (GateMediaStore  *store,
                             const char      *id,
                             const char      *mime,
                             gsize            size_bytes,
                             GateUploadReady  ready,
                             gpointer         user_data) G_GNUC_WARN_UNUSED_RESULT;

/** gate_upload_is_waiting: nothing may be written to it before GateUploadReady. */
gboolean gate_upload_is_waiting (const GateUpload *self);

/** gate_upload_write: when the disk is full or broken, gate_upload_finish() says so. */
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

G_END_DECLS
