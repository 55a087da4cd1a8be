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
  GAsyncQueue *jobs; /* GateUpload; towards the thread */
  guint n_uploads;
  GList *waiting; /* GateUpload whose result is to come */
};

struct _GateUpload {
  GateMediaStore *store;
  char id[GATE_MEDIA_ID_MAX_CHARS + 1];
  char mime[128];
  char name[GATE_MEDIA_NAME_CHARS + 1];
  int fd;
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

/** gate_media_open_beneath: opens for reading below @folder_fd, through no link. -1 with errno. */
int gate_media_open_beneath (int         folder_fd,
                             const char *path);

/** gate_media_map: (nullable): a regular file; closes @fd. */
GBytes *gate_media_map (int fd);

/** gate_media_file: (thread) checks, strips and names one upload; fills in its result. */
void gate_media_file (GateUpload *upload);

/** gate_media_thread: files what comes in, one sync for all that wait. */
gpointer gate_media_thread (gpointer store);

G_END_DECLS
