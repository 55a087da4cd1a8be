/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The main loop's half of an upload: bytes go into a file as they come, the thread does the rest. */
#include "config.h"

#include "gate-media-private.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static GateMediaStatus
status_of (int number)
{
  return number == ENOSPC || number == EDQUOT ? GATE_MEDIA_FULL : GATE_MEDIA_FAILED;
}

GateUpload *
gate_upload_new (GateMediaStore *store,
                 const char     *id,
                 const char     *mime)
{
  GateUpload *self;

  if (store->n_uploads >= GATE_MEDIA_MAX_UPLOADS)
    return NULL;
  self = g_new0 (GateUpload, 1);
  self->store = store;
  g_strlcpy (self->id, id, sizeof (self->id));
  g_strlcpy (self->mime, mime, sizeof (self->mime));
  gate_media_make_name (self->name);
  self->fd = openat (store->incoming_fd, self->name,
                     O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (self->fd < 0)
    self->result.status = status_of (errno);
  store->n_uploads++;
  return self;
}

static void
upload_free (GateUpload *self)
{
  if (self->fd >= 0)
    (void) close (self->fd);
  (void) unlinkat (self->store->incoming_fd, self->name, 0);
  self->store->n_uploads--;
  g_free (self);
}

void
gate_upload_write (GateUpload   *self,
                   const guint8 *data,
                   gsize         n_bytes)
{
  while (n_bytes > 0 && self->result.status == GATE_MEDIA_OK) {
    gssize n = write (self->fd, data, n_bytes);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      self->result.status = status_of (errno);
      return;
    }
    data += n;
    n_bytes -= (gsize) n;
  }
}

static gboolean
filed (gpointer user_data)
{
  GateUpload *self = user_data;

  self->store->waiting = g_list_remove (self->store->waiting, self);
  if (self->done != NULL)
    self->done (&self->result, self->user_data);
  upload_free (self);
  return G_SOURCE_REMOVE;
}

void
gate_upload_finish (GateUpload     *self,
                    GateUploadDone  done,
                    gpointer        user_data)
{
  self->done = done;
  self->user_data = user_data;
  self->store->waiting = g_list_prepend (self->store->waiting, self);
  if (self->fd >= 0)
    (void) close (self->fd);
  self->fd = -1;
  if (self->result.status == GATE_MEDIA_OK)
    g_async_queue_push (self->store->jobs, self);
  else
    (void) g_idle_add (filed, self);
}

void
gate_upload_cancel (GateUpload *self)
{
  if (g_list_find (self->store->waiting, self) != NULL)
    self->done = NULL; /* the thread has it: it is freed when it comes back */
  else
    upload_free (self);
}

/* --- The thread ---------------------------------------------------------------------------------- */

gpointer
gate_media_thread (gpointer data)
{
  GateMediaStore *store = data;
  gboolean is_over = FALSE;

  while (!is_over) {
    g_autoptr (GPtrArray) batch = g_ptr_array_new ();
    GateUpload *upload = g_async_queue_pop (store->jobs);

    for (; upload != NULL; upload = g_async_queue_try_pop (store->jobs)) {
      is_over |= upload->is_last;
      if (upload->is_last)
        continue;
      gate_media_file (upload);
      g_ptr_array_add (batch, upload);
    }
    if (batch->len > 0 && syncfs (store->folder_fd) != 0)
      for (guint i = 0; i < batch->len; i++)
        ((GateUpload *) g_ptr_array_index (batch, i))->result.status = GATE_MEDIA_FAILED;
    for (guint i = 0; i < batch->len; i++)
      (void) g_idle_add (filed, g_ptr_array_index (batch, i));
  }
  return NULL;
}
