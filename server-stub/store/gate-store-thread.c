/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-store-thread.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>

struct _GateStoreThread {
  GateStoreThreadClass thread_class;
  gpointer user_data;
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t wake;
  GateMail *first, **last; /* under @lock, with all below */
  gboolean is_poked;
  gboolean is_stopping;
  gint64 ticked_us;
};

/* When the thread should tick by itself; 0 = never. */
static gint64
next_tick_us (const GateStoreThread *self)
{
  if (self->thread_class.tick == NULL)
    return 0;
  if (self->is_poked)
    return self->ticked_us + (gint64) self->thread_class.gap_ms * 1000;
  if (self->thread_class.tick_ms > 0)
    return self->ticked_us + (gint64) self->thread_class.tick_ms * 1000;
  return 0;
}

static void
wait_until (GateStoreThread *self,
            gint64           due_us)
{
  struct timespec due = { .tv_sec = due_us / G_USEC_PER_SEC,
                          .tv_nsec = due_us % G_USEC_PER_SEC * 1000 };

  if (due_us == 0)
    pthread_cond_wait (&self->wake, &self->lock);
  else
    pthread_cond_timedwait (&self->wake, &self->lock, &due);
}

/* Takes what was posted; waits for it, for a due tick or for the end. */
static GateMail *
take (GateStoreThread *self,
      gboolean        *ret_is_due)
{
  GateMail *list;
  gint64 due_us;

  pthread_mutex_lock (&self->lock);
  for (;;) {
    due_us = next_tick_us (self);
    *ret_is_due = due_us != 0 && (due_us <= g_get_monotonic_time () || self->is_stopping);
    if (self->first != NULL || *ret_is_due || self->is_stopping)
      break;
    wait_until (self, due_us);
  }
  list = self->first;
  self->first = NULL;
  self->last = &self->first;
  if (*ret_is_due) {
    self->is_poked = FALSE;
    self->ticked_us = g_get_monotonic_time ();
  }
  pthread_mutex_unlock (&self->lock);
  return list;
}

static gboolean
is_over (GateStoreThread *self)
{
  gboolean over;

  pthread_mutex_lock (&self->lock);
  over = self->is_stopping && self->first == NULL;
  pthread_mutex_unlock (&self->lock);
  return over;
}

static void *
run (void *data)
{
  GateStoreThread *self = data;

  if (self->thread_class.nice != 0) /* of this thread alone, on Linux */
    (void) setpriority (PRIO_PROCESS, 0, self->thread_class.nice);
  while (!is_over (self)) {
    gboolean is_due;
    GateMail *mail = take (self, &is_due);

    while (mail != NULL) {
      GateMail *next = mail->next;

      mail->next = NULL;
      self->thread_class.handle (mail, self->user_data);
      mail = next;
    }
    if (is_due)
      self->thread_class.tick (self->user_data);
  }
  return NULL;
}

/* The process's signals are for its main thread: a thread of the store has nothing to say to them. */
static void
create (GateStoreThread *self)
{
  sigset_t all, before;

  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, &before);
  if (pthread_create (&self->thread, NULL, run, self) != 0)
    g_error ("cannot start thread %s", self->thread_class.name);
  pthread_setname_np (self->thread, self->thread_class.name);
  pthread_sigmask (SIG_SETMASK, &before, NULL);
}

GateStoreThread *
gate_store_thread_start (const GateStoreThreadClass *thread_class,
                         gpointer                    user_data)
{
  GateStoreThread *self = g_new0 (GateStoreThread, 1);
  pthread_condattr_t attributes;

  self->thread_class = *thread_class;
  self->user_data = user_data;
  self->last = &self->first;
  self->ticked_us = g_get_monotonic_time ();
  pthread_mutex_init (&self->lock, NULL);
  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (&self->wake, &attributes);
  pthread_condattr_destroy (&attributes);
  create (self);
  return self;
}

void
gate_store_thread_stop (GateStoreThread *self)
{
  pthread_mutex_lock (&self->lock);
  self->is_stopping = TRUE;
  pthread_cond_signal (&self->wake);
  pthread_mutex_unlock (&self->lock);
  pthread_join (self->thread, NULL);
  pthread_cond_destroy (&self->wake);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

void
gate_store_thread_post (GateStoreThread *self,
                        GateMail        *mail)
{
  pthread_mutex_lock (&self->lock);
  mail->next = NULL;
  *self->last = mail;
  self->last = &mail->next;
  pthread_cond_signal (&self->wake);
  pthread_mutex_unlock (&self->lock);
}

void
gate_store_thread_poke (GateStoreThread *self)
{
  pthread_mutex_lock (&self->lock);
  if (!self->is_poked) {
    self->is_poked = TRUE;
    pthread_cond_signal (&self->wake);
  }
  pthread_mutex_unlock (&self->lock);
}

gboolean
gate_store_thread_is_stopping (GateStoreThread *self)
{
  gboolean is_stopping;

  pthread_mutex_lock (&self->lock);
  is_stopping = self->is_stopping;
  pthread_mutex_unlock (&self->lock);
  return is_stopping;
}
