/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-image-loader.h"

#include "usher-image.h"
#include "usher-message.h"

#define MAX_LOADING 2
/* 48 pictures of 320 × 240 at twice the resolution are 60 MB at worst; most are a quarter of that. */
#define MAX_KEPT 48

struct _UsherImageLoader {
  GObject parent_instance;

  UsherSession *session;
  int box_width;
  int box_height;
  GHashTable *textures; /* UsherMessage → GdkTexture */
  GQueue kept;          /* borrowed keys of @textures, oldest first */
  GQueue waiting;       /* of GTask */
  guint n_loading;
};

G_DEFINE_FINAL_TYPE (UsherImageLoader, usher_image_loader, G_TYPE_OBJECT)

static void start_next (UsherImageLoader *self);

static void
keep (UsherImageLoader *self,
      UsherMessage     *message,
      GdkTexture       *texture)
{
  if (g_hash_table_contains (self->textures, message))
    return;
  if (g_queue_get_length (&self->kept) >= MAX_KEPT)
    g_hash_table_remove (self->textures, g_queue_pop_head (&self->kept));
  g_hash_table_insert (self->textures, g_object_ref (message), g_object_ref (texture));
  g_queue_push_tail (&self->kept, message);
}

static void
finish (GTask      *task,
        GdkTexture *texture,
        GError     *error)
{
  UsherImageLoader *self = g_task_get_source_object (task);

  if (texture != NULL) {
    keep (self, g_task_get_task_data (task), texture);
    g_task_return_pointer (task, texture, g_object_unref);
  } else {
    g_task_return_error (task, error);
  }
  self->n_loading--;
  start_next (self);
}

static void
image_decoded_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GdkTexture *texture = usher_image_decode_finish (result, &error);

  finish (task, texture, error);
}

static void
bytes_loaded_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  UsherImageLoader *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GBytes) bytes =
    usher_session_load_image_finish (USHER_SESSION (source), result, &error);

  if (bytes == NULL) {
    finish (task, NULL, error);
    return;
  }
  /* Not stolen in the call: the order of arguments is the compiler's. */
  usher_image_decode_async (bytes, self->box_width, self->box_height, g_task_get_cancellable (task),
                            image_decoded_cb, g_object_ref (task));
}

static void
start_next (UsherImageLoader *self)
{
  while (self->n_loading < MAX_LOADING && !g_queue_is_empty (&self->waiting)) {
    g_autoptr (GTask) task = g_queue_pop_head (&self->waiting);

    if (g_task_return_error_if_cancelled (task))
      continue;
    self->n_loading++;
    usher_session_load_image_async (self->session, g_task_get_task_data (task),
                                    g_task_get_cancellable (task), bytes_loaded_cb,
                                    g_object_ref (task));
  }
}

static void
usher_image_loader_finalize (GObject *object)
{
  UsherImageLoader *self = USHER_IMAGE_LOADER (object);

  g_queue_clear (&self->kept);
  g_queue_clear_full (&self->waiting, g_object_unref);
  g_hash_table_unref (self->textures);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (usher_image_loader_parent_class)->finalize (object);
}

static void
usher_image_loader_class_init (UsherImageLoaderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = usher_image_loader_finalize;
}

static void
usher_image_loader_init (UsherImageLoader *self)
{
  self->textures = g_hash_table_new_full (NULL, NULL, g_object_unref, g_object_unref);
  g_queue_init (&self->kept);
  g_queue_init (&self->waiting);
}

UsherImageLoader *
usher_image_loader_new (UsherSession *session,
                        int           box_width,
                        int           box_height)
{
  UsherImageLoader *self = g_object_new (USHER_TYPE_IMAGE_LOADER, NULL);

  self->session = g_object_ref (session);
  self->box_width = box_width;
  self->box_height = box_height;
  return self;
}

GdkTexture *
usher_image_loader_peek (UsherImageLoader *self,
                         UsherMessage     *message)
{
  g_return_val_if_fail (USHER_IS_IMAGE_LOADER (self), NULL);
  return g_hash_table_lookup (self->textures, message);
}

void
usher_image_loader_load_async (UsherImageLoader    *self,
                               UsherMessage        *message,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (USHER_IS_IMAGE_LOADER (self));
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, usher_image_loader_load_async);
  g_task_set_task_data (task, g_object_ref (message), g_object_unref);
  g_queue_push_tail (&self->waiting, g_steal_pointer (&task));
  start_next (self);
}

GdkTexture *
usher_image_loader_load_finish (UsherImageLoader  *self,
                                GAsyncResult      *result,
                                GError           **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
