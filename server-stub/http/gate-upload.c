/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The main loop's half of an upload: its bytes are kept as they come, the thread does the rest. */
#include "config.h"

#include "gate-media-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void
upload_free (GateUpload *self)
{
  if (self->fd >= 0)
    (void) close (self->fd);
  if (self->raw[0] != '\0')
    (void) unlinkat (self->store->incoming_fd, self->raw, 0);
  gate_upload_leave (self);
  g_free (self);
}

void
gate_upload_open (GateUpload *self)
{
  self->stage = GATE_UPLOAD_COMING;
  if (self->memory != NULL)
    return;
  gate_media_make_name (self->raw);
  self->fd = gate_media_open_new (self->store, self->raw);
  if (self->fd < 0)
    self->result.status = gate_media_status_of (errno);
}

GateUpload *
gate_upload_new (GateMediaStore  *store,
                 const char      *id,
                 const char      *mime,
                 gsize            size_bytes,
                 GateUploadReady  ready,
                 gpointer         user_data)
{
  GateUpload *self = g_new0 (GateUpload, 1);

  self->store = store;
  self->fd = -1;
  self->size_bytes = size_bytes;
  self->ready = ready;
  self->ready_data = user_data;
  g_strlcpy (self->id, id, sizeof (self->id));
  g_strlcpy (self->mime, mime, sizeof (self->mime));
  if (!gate_upload_enter (self))
    g_clear_pointer (&self, g_free);
  return self;
}

gboolean
gate_upload_is_waiting (const GateUpload *self)
{
  return self->stage == GATE_UPLOAD_WAITING;
}

static void
write_to_file (GateUpload   *self,
               const guint8 *data,
               gsize         n_bytes)
{
  while (n_bytes > 0 && self->result.status == GATE_MEDIA_OK) {
    gssize n = write (self->fd, data, n_bytes);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      self->result.status = gate_media_status_of (errno);
      return;
    }
    data += n;
    n_bytes -= (gsize) n;
  }
}

void
gate_upload_write (GateUpload   *self,
                   const guint8 *data,
                   gsize         n_bytes)
{
  g_assert (self->stage == GATE_UPLOAD_COMING && n_bytes <= self->size_bytes - self->n_bytes);
  if (self->memory != NULL)
    memcpy (self->memory + self->n_bytes, data, n_bytes);
  else
    write_to_file (self, data, n_bytes);
  self->n_bytes += n_bytes;
}

gboolean
gate_upload_filed (gpointer user_data)
{
  GateUpload *self = user_data;

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
  self->stage = GATE_UPLOAD_FILING;
  if (self->fd >= 0)
    (void) close (self->fd);
  self->fd = -1;
  if (self->result.status == GATE_MEDIA_OK)
    g_async_queue_push (self->store->jobs, self);
  else
    (void) g_idle_add (gate_upload_filed, self);
}

void
gate_upload_cancel (GateUpload *self)
{
  if (self->stage == GATE_UPLOAD_FILING)
    self->done = NULL; /* it is freed when it comes back */
  else
    upload_free (self);
}
