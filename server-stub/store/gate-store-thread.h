/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-mailbox.h"

G_BEGIN_DECLS

/**
 * GateStoreThread:
 *
 * One thread with a queue: it handles what is posted in order and, when poked or after @tick_ms of quiet, looks
 * after what is left to do by itself. Signals are left to the process's main thread.
 */
typedef struct _GateStoreThread GateStoreThread;

typedef struct {
  const char *name;                      /* at most 15 characters, shown by ps -T */
  void (*handle) (GateMail *, gpointer); /* (nullable): takes over the mail */
  void (*tick) (gpointer);               /* (nullable) */
  guint tick_ms;                         /* 0 = only when poked */
  guint gap_ms; /* least time between two ticks, so that pokes are gathered */
  int nice;     /* how much others go first; 0 = as the process */
} GateStoreThreadClass;

GateStoreThread *gate_store_thread_start (const GateStoreThreadClass *thread_class,
                                          gpointer                    user_data) G_GNUC_WARN_UNUSED_RESULT;

/** gate_store_thread_stop: handles what was posted, ends the thread and frees @self */
void gate_store_thread_stop (GateStoreThread *self);

/** gate_store_thread_post: (thread-safe) */
void gate_store_thread_post (GateStoreThread *self,
                             GateMail        *mail);

/** gate_store_thread_poke: asks for a tick. (thread-safe) */
void gate_store_thread_poke (GateStoreThread *self);

/** gate_store_thread_is_stopping: whether a long tick should return. (thread-safe) */
gboolean gate_store_thread_is_stopping (GateStoreThread *self);

G_END_DECLS
