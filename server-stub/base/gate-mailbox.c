/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-mailbox.h"

#include <errno.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct _GateMailbox {
  GateWatch watch;
  GateLoop *loop; /* borrowed; outlives the mailbox */
  GateMailFunc receive;
  gpointer user_data;
  pthread_mutex_t lock;
  GateMail *first; /* under @lock */
  GateMail **last; /* under @lock */
};

static GateMail *
detach (GateMailbox *self)
{
  GateMail *list;

  pthread_mutex_lock (&self->lock);
  list = self->first;
  self->first = NULL;
  self->last = &self->first;
  pthread_mutex_unlock (&self->lock);
  return list;
}

static void
deliver (GateMailbox *self)
{
  GateMail *mail = detach (self);

  while (mail != NULL) {
    GateMail *next = mail->next;

    mail->next = NULL;
    self->receive (mail, self->user_data);
    mail = next;
  }
}

static void
mailbox_ready (GateWatch *watch,
               guint32    events)
{
  GateMailbox *self = (GateMailbox *) watch;
  eventfd_t count;

  /* Reset before the list is taken: a post in between only costs one more turn. */
  (void) eventfd_read (watch->fd, &count);
  deliver (self);
}

GateMailbox *
gate_mailbox_new (GateLoop     *loop,
                  GateMailFunc  receive,
                  gpointer      user_data)
{
  GateMailbox *self = g_new0 (GateMailbox, 1);

  self->loop = loop;
  self->receive = receive;
  self->user_data = user_data;
  self->last = &self->first;
  pthread_mutex_init (&self->lock, NULL);
  self->watch.fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  self->watch.events = EPOLLIN;
  self->watch.ready = mailbox_ready;
  if (self->watch.fd < 0 || !gate_loop_add (loop, &self->watch))
    g_error ("mailbox: %s", g_strerror (errno));
  return self;
}

void
gate_mailbox_free (GateMailbox *self)
{
  if (self == NULL)
    return;
  deliver (self);
  gate_loop_remove (self->loop, &self->watch);
  close (self->watch.fd);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

void
gate_mailbox_post (GateMailbox *self,
                   GateMail    *mail)
{
  gboolean was_empty;

  mail->next = NULL;
  pthread_mutex_lock (&self->lock);
  was_empty = self->first == NULL;
  *self->last = mail;
  self->last = &mail->next;
  /* Inside the lock: after it the receiver may free the mailbox. One wake-up serves the whole list. */
  if (was_empty)
    (void) eventfd_write (self->watch.fd, 1);
  pthread_mutex_unlock (&self->lock);
}
