/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Room for uploads: so much memory, so many files, and a line for those that come when there is neither. Nothing is read
 * from the sockets of the line, so it costs no more than the connections it holds. A disk that stalls for a moment
 * makes clients wait and refuses none; one that stalls for longer turns them away with a time to come back.
 */
#include "config.h"

#include "gate-media-private.h"

static gboolean
take_room (GateUpload *self)
{
  GateMediaStore *store = self->store;

  if (store->n_uploads >= GATE_MEDIA_MAX_UPLOADS)
    return FALSE;
  if (self->size_bytes <= GATE_UPLOAD_MEMORY_BYTES &&
      self->size_bytes <= GATE_MEDIA_MEMORY_BYTES - store->memory_bytes) {
    self->memory = g_malloc (self->size_bytes);
    store->memory_bytes += self->size_bytes;
  } else if (store->n_files < GATE_MEDIA_MAX_FILES) {
    store->n_files++;
  } else {
    return FALSE;
  }
  store->n_uploads++;
  gate_upload_open (self);
  return TRUE;
}

static gboolean
waited_too_long (gpointer user_data)
{
  GateUpload *self = user_data;

  self->deadline_id = 0;
  self->ready (FALSE, self->ready_data);
  return G_SOURCE_REMOVE;
}

static void
leave_line (GateUpload *self)
{
  (void) g_queue_remove (&self->store->line, self);
  g_clear_handle_id (&self->deadline_id, g_source_remove);
}

/* Not only the first: a large one that waits for a file need not hold up small ones, for which there is memory. */
static void
call_in (GateMediaStore *store)
{
  GList *next;

  for (GList *item = store->line.head; item != NULL; item = next) {
    GateUpload *upload = item->data;

    next = item->next;
    if (!take_room (upload))
      continue;
    leave_line (upload);
    upload->ready (TRUE, upload->ready_data);
  }
}

gboolean
gate_upload_enter (GateUpload *self)
{
  GateMediaStore *store = self->store;

  if (take_room (self))
    return TRUE;
  if (store->line.length >= GATE_MEDIA_MAX_WAITING)
    return FALSE;
  g_queue_push_tail (&store->line, self);
  self->deadline_id = g_timeout_add (GATE_MEDIA_WAIT_MS, waited_too_long, self);
  return TRUE;
}

void
gate_upload_leave (GateUpload *self)
{
  GateMediaStore *store = self->store;

  if (self->stage == GATE_UPLOAD_WAITING) {
    leave_line (self);
    return;
  }
  store->n_uploads--;
  if (self->memory != NULL)
    store->memory_bytes -= self->size_bytes;
  else
    store->n_files--;
  g_clear_pointer (&self->memory, g_free);
  call_in (store);
}
