/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-media-store.h"

G_BEGIN_DECLS

#define GATE_MEDIA_NAME_CHARS 24 /* of a file that has no id yet: 18 random bytes */
#define GATE_MEDIA_PATH_CHARS (GATE_MEDIA_ID_MAX_CHARS + 3)

struct _GateMediaStore {
  int folder_fd;   /* <data>/media */
  int incoming_fd; /* <data>/media/incoming */
  GThread *thread;
  GAsyncQueue *jobs;  /* GateUpload; towards the thread */
  guint n_uploads;    /* that have room */
  guint n_files;      /* of these, that come through a file */
  gsize memory_bytes; /* of the others */
  GQueue line;        /* GateUpload that wait for room */
};

typedef enum {
  GATE_UPLOAD_WAITING, /* in line */
  GATE_UPLOAD_COMING,
  GATE_UPLOAD_FILING, /* the thread has it */
} GateUploadStage;

struct _GateUpload {
  GateMediaStore *store;
  GateUploadStage stage;
  char id[GATE_MEDIA_ID_MAX_CHARS + 1];
  char mime[128];
  gsize size_bytes; /* as its ticket says */
  gsize n_bytes;    /* that came */

  GateUploadReady ready; /* of the line */
  gpointer ready_data;
  guint deadline_id;

  guint8 *memory; /* its bytes; or NULL, and then they are in the file @raw */
  int fd;
  char raw[GATE_MEDIA_NAME_CHARS + 1];

  GateMediaResult result;
  GateUploadDone done; /* NULL = cancelled, or nobody waits yet */
  gpointer user_data;
  gboolean is_last; /* not an upload: tells the thread to end */
};

/** gate_media_make_name: a random file name. */
void gate_media_make_name (char ret_name[GATE_MEDIA_NAME_CHARS + 1]);

/** gate_media_make_path: `ab/ID`. */
void gate_media_make_path (const char *id,
                           char        ret_path[GATE_MEDIA_PATH_CHARS + 1]);

/** gate_media_open_new: a file in the folder for what has no id yet, for writing. -1 with errno. */
int gate_media_open_new (const GateMediaStore *self,
                         const char           *name);

/** gate_media_open_beneath: opens for reading below @folder_fd, through no link. -1 with errno. */
int gate_media_open_beneath (int         folder_fd,
                             const char *path);

/** gate_media_map: (nullable): a regular file; closes @fd. */
GBytes *gate_media_map (int fd);

/** gate_media_status_of: what an errno of the disk comes to. */
GateMediaStatus gate_media_status_of (int number);

/* --- gate-upload-room.c --------------------------------------------------------------------------- */

/** gate_upload_enter: takes room for it or gets in line; %FALSE when the line is full too. */
gboolean gate_upload_enter (GateUpload *self) G_GNUC_WARN_UNUSED_RESULT;

/** gate_upload_leave: gives its room, or its place in the line, to others. */
void gate_upload_leave (GateUpload *self);

/** gate_upload_open: it has room now. In gate-upload.c. */
void gate_upload_open (GateUpload *self);

/* --- The thread: gate-media-file.c, gate-media-thread.c -------------------------------------------- */

/** gate_media_file: checks, strips and names one upload; fills in its result. */
void gate_media_file (GateUpload *upload);

/** gate_media_thread: files what comes in, one sync for all that wait. */
gpointer gate_media_thread (gpointer store);

/** gate_upload_filed: its result is there; on the main context. %G_SOURCE_REMOVE. In gate-upload.c. */
gboolean gate_upload_filed (gpointer upload);

G_END_DECLS
