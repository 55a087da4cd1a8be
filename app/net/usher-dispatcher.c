/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-dispatcher"
#include "config.h"

#include "usher-dispatcher.h"

/* Ids 1 and 2 are those of the greeting, which the connection keeps to itself. */
#define FIRST_ID 16

/* The chat frames of gate.proto end at 63. */
#define N_KINDS 64

typedef struct {
  UsherFrameFunc func;
  gpointer user_data;
} Handler;

typedef struct {
  UsherAnswerFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
} Asker;

struct _UsherDispatcher {
  Handler handlers[N_KINDS];
  GHashTable *askers; /* id → Asker */
  guint32 last_id;
};

static void
asker_free (gpointer data)
{
  Asker *asker = data;

  if (asker->destroy != NULL)
    asker->destroy (asker->user_data);
  g_free (asker);
}

UsherDispatcher *
usher_dispatcher_new (void)
{
  UsherDispatcher *self = g_new0 (UsherDispatcher, 1);

  self->askers = g_hash_table_new_full (NULL, NULL, NULL, asker_free);
  self->last_id = FIRST_ID - 1;
  return self;
}

void
usher_dispatcher_free (UsherDispatcher *self)
{
  g_hash_table_unref (self->askers);
  g_free (self);
}

void
usher_dispatcher_handle (UsherDispatcher           *self,
                         Gate__V1__Frame__BodyCase  kind,
                         UsherFrameFunc             func,
                         gpointer                   user_data)
{
  g_return_if_fail ((guint) kind < N_KINDS);
  g_return_if_fail (self->handlers[kind].func == NULL);

  self->handlers[kind] = (Handler){ func, user_data };
}

guint32
usher_dispatcher_expect (UsherDispatcher *self,
                         UsherAnswerFunc  func,
                         gpointer         user_data,
                         GDestroyNotify   destroy)
{
  Asker *asker = g_new (Asker, 1);

  *asker = (Asker){ func, user_data, destroy };
  do {
    self->last_id = self->last_id == G_MAXUINT32 ? FIRST_ID : self->last_id + 1;
  } while (g_hash_table_contains (self->askers, GUINT_TO_POINTER (self->last_id)));
  g_hash_table_insert (self->askers, GUINT_TO_POINTER (self->last_id), asker);
  return self->last_id;
}

void
usher_dispatcher_forget (UsherDispatcher *self,
                         guint32          id)
{
  g_hash_table_remove (self->askers, GUINT_TO_POINTER (id));
}

static gboolean
is_outcome (const Gate__V1__Frame *frame)
{
  return frame->body_case == GATE__V1__FRAME__BODY_ACK ||
         frame->body_case == GATE__V1__FRAME__BODY_ERROR;
}

void
usher_dispatcher_dispatch (UsherDispatcher       *self,
                           const Gate__V1__Frame *frame)
{
  gpointer key = GUINT_TO_POINTER (frame->id);
  gpointer stolen = NULL;
  Asker *asker = NULL;

  if (frame->id != 0 && g_hash_table_steal_extended (self->askers, key, NULL, &stolen))
    asker = stolen;
  if ((guint) frame->body_case < N_KINDS && !(asker != NULL && is_outcome (frame))) {
    const Handler *handler = &self->handlers[frame->body_case];

    if (handler->func != NULL)
      handler->func (frame, handler->user_data);
  }
  if (asker == NULL)
    return;
  asker->func (frame, asker->user_data);
  asker_free (asker);
}

/* Askers may ask again while they are told: only those of the lost connection are. */
void
usher_dispatcher_lost (UsherDispatcher *self)
{
  g_autoptr (GHashTable) lost = g_steal_pointer (&self->askers);
  GHashTableIter iter;
  gpointer value;

  self->askers = g_hash_table_new_full (NULL, NULL, NULL, asker_free);
  g_hash_table_iter_init (&iter, lost);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Asker *asker = value;

    asker->func (NULL, asker->user_data);
  }
}

guint
usher_dispatcher_n_open (UsherDispatcher *self)
{
  return g_hash_table_size (self->askers);
}
