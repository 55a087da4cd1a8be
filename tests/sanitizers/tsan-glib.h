/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Included by the compiler's command line in a build with ThreadSanitizer, and in no other. The distribution's GLib is not
 * instrumented, so its locks and queues are told about here; ours, being pthread and atomics, need nothing.
 */
#pragma once

#include <glib.h>

extern void __tsan_acquire (void *address);
extern void __tsan_release (void *address);

static inline void
tsan_mutex_lock (GMutex *mutex)
{
  g_mutex_lock (mutex);
  __tsan_acquire (mutex);
}

static inline void
tsan_mutex_unlock (GMutex *mutex)
{
  __tsan_release (mutex);
  g_mutex_unlock (mutex);
}

static inline void
tsan_async_queue_push (GAsyncQueue *queue,
                       gpointer     data)
{
  __tsan_release (queue);
  g_async_queue_push (queue, data);
}

static inline gpointer
tsan_async_queue_pop (GAsyncQueue *queue)
{
  gpointer data = g_async_queue_pop (queue);

  __tsan_acquire (queue);
  return data;
}

static inline gpointer
tsan_async_queue_try_pop (GAsyncQueue *queue)
{
  gpointer data = g_async_queue_try_pop (queue);

  __tsan_acquire (queue);
  return data;
}

static inline guint
tsan_idle_add_full (int            priority,
                    GSourceFunc    func,
                    gpointer       data,
                    GDestroyNotify notify)
{
  __tsan_release (data);
  return g_idle_add_full (priority, func, data, notify);
}

static inline gboolean
tsan_thread_pool_push (GThreadPool  *pool,
                       gpointer      data,
                       GError      **error)
{
  __tsan_release (data);
  return g_thread_pool_push (pool, data, error);
}

#define g_mutex_lock           tsan_mutex_lock
#define g_mutex_unlock         tsan_mutex_unlock
#define g_async_queue_push     tsan_async_queue_push
#define g_async_queue_pop      tsan_async_queue_pop
#define g_async_queue_try_pop  tsan_async_queue_try_pop
#define g_idle_add_full        tsan_idle_add_full
#define g_idle_add(func, data) tsan_idle_add_full (G_PRIORITY_DEFAULT_IDLE, (func), (data), NULL)
#define g_thread_pool_push     tsan_thread_pool_push
