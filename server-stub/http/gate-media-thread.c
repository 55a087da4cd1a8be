/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The media thread: files what is there and syncs once for all of it, as the store does with its commits. Under load a batch is what
 * came while the disk was busy with the one before.
 *
 * syncfs() and not an fsync() for each: measured beside other work on the disk, 16 files of 100 KB took 30 to 47 ms, with
 * fsync() of the files and their folders 75 to 110 ms.
 */
#include "config.h"

#include "gate-media-private.h"

#include <unistd.h>

#define MAX_BATCH 64 /* so that the first of a flood need not wait for the last */

/* Waits for the first. TRUE when the last job of all came. */
static gboolean
file_batch (GateMediaStore *store,
            GPtrArray      *batch)
{
  GateUpload *upload = g_async_queue_pop (store->jobs);

  while (upload != NULL && !upload->is_last) {
    gate_media_file (upload);
    g_ptr_array_add (batch, upload);
    upload = batch->len < MAX_BATCH ? g_async_queue_try_pop (store->jobs) : NULL;
  }
  return upload != NULL;
}

static void
sync_batch (GateMediaStore *store,
            GPtrArray      *batch)
{
  if (batch->len == 0 || syncfs (store->folder_fd) == 0)
    return;
  for (guint i = 0; i < batch->len; i++)
    ((GateUpload *) g_ptr_array_index (batch, i))->result.status = GATE_MEDIA_FAILED;
}

/* Before new work: what is told frees room for it. */
static void
tell (GPtrArray *batch)
{
  for (guint i = 0; i < batch->len; i++)
    (void) g_idle_add_full (G_PRIORITY_DEFAULT, gate_upload_filed, g_ptr_array_index (batch, i),
                            NULL);
}

gpointer
gate_media_thread (gpointer data)
{
  GateMediaStore *store = data;
  gboolean is_over = FALSE;

  while (!is_over) {
    g_autoptr (GPtrArray) batch = g_ptr_array_new ();

    is_over = file_batch (store, batch);
    sync_batch (store, batch);
    tell (batch);
  }
  return NULL;
}
