/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The receiving half of a link and its life. What a worker sends is never trusted: a record that is malformed, too
 * long, without the descriptor it must bring or with one it must not ends the link, and so the worker.
 */
#include "config.h"

#include "gate-link.h"
#include "gate-link-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* First size of the read buffer; it grows for a longer record and never past one record of the greatest length. */
#define READ_BYTES ((gsize) 128 * 1024)

GateLink *
gate_link_new (int                    fd,
               const GateLinkHandler *handler,
               gpointer               user_data)
{
  GateLink *self = g_new0 (GateLink, 1);
  int flags;

  g_assert (fd >= 0 && handler->record != NULL && handler->closed != NULL);
  flags = fcntl (fd, F_GETFL);
  if (flags < 0 || fcntl (fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
      fcntl (fd, F_SETFD, FD_CLOEXEC) < 0)
    g_error ("fcntl: %s", g_strerror (errno));
  self->fd = fd;
  self->handler = *handler;
  self->user_data = user_data;
  self->in_size_bytes = READ_BYTES;
  self->in = g_malloc (self->in_size_bytes);
  gate_link_queue_init (self);
  return self;
}

static void
stop_io (GateLink *self)
{
  if (self->driver != NULL)
    self->driver->detach (self);
  self->driver = NULL;
  if (self->fd >= 0)
    (void) close (self->fd);
  self->fd = -1;
  for (guint i = 0; i < self->n_in_fds; i++)
    (void) close (self->in_fds[i]);
  self->n_in_fds = 0;
}

void
gate_link_free (GateLink *self)
{
  if (self == NULL)
    return;
  stop_io (self);
  self->is_broken = TRUE;
  self->is_closed = TRUE;
  self->is_freed = TRUE;
  if (self->busy > 0)
    return;
  gate_link_queue_done (self);
  g_free (self->in);
  g_free (self);
}

void
gate_link_enter (GateLink *self)
{
  self->busy++;
}

void
gate_link_leave (GateLink *self)
{
  if (self->busy == 1 && self->is_broken && !self->is_closed) {
    stop_io (self);
    self->is_closed = TRUE;
    self->handler.closed (self, self->user_data);
  }
  self->busy--;
  if (self->busy == 0 && self->is_freed)
    gate_link_free (self);
}

gssize
gate_link_receive (int     fd,
                   guint8 *buffer,
                   gsize   n_bytes,
                   int    *ret_fd)
{
  union {
    struct cmsghdr head;
    char bytes[CMSG_SPACE (sizeof (int))];
  } control;
  struct iovec piece = { buffer, n_bytes };
  /* Room for exactly one: the kernel closes what does not fit and says MSG_CTRUNC. */
  struct msghdr message = { .msg_iov = &piece,
                            .msg_iovlen = 1,
                            .msg_control = &control,
                            .msg_controllen = CMSG_LEN (sizeof (int)) };
  struct cmsghdr *head;
  gssize n_read;

  *ret_fd = -1;
  do
    n_read = recvmsg (fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  while (n_read < 0 && errno == EINTR);
  if (n_read < 0)
    return -1;
  head = CMSG_FIRSTHDR (&message);
  if (head != NULL && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS &&
      head->cmsg_len == CMSG_LEN (sizeof (int)))
    memcpy (ret_fd, CMSG_DATA (head), sizeof (int));
  if ((message.msg_flags & MSG_CTRUNC) != 0) {
    if (*ret_fd >= 0)
      (void) close (*ret_fd);
    *ret_fd = -1;
    errno = EPROTO;
    return -1;
  }
  return n_read;
}

/* A record that must bring a descriptor takes the first that came. */
static gboolean
take_fd (GateLink   *self,
         GateRecord *record)
{
  if (record->type != GATE_RECORD_DESCRIPTOR)
    return TRUE;
  if (self->n_in_fds == 0)
    return FALSE;
  record->fd = self->in_fds[0];
  self->in_fds[0] = self->in_fds[--self->n_in_fds];
  return TRUE;
}

/* A descriptor may only wait for the record whose first bytes are here. */
static gboolean
waiting_fd_is_good (const GateLink *self,
                    const guint8   *rest,
                    gsize           rest_bytes)
{
  if (self->n_in_fds == 0)
    return TRUE;
  return self->n_in_fds == 1 && rest_bytes > 0 &&
         (rest_bytes <= 4 || rest[4] == GATE_RECORD_DESCRIPTOR);
}

static void
make_room (GateLink *self,
           gsize     used_bytes,
           gsize     record_bytes)
{
  self->in_bytes -= used_bytes;
  if (used_bytes > 0 && self->in_bytes > 0)
    memmove (self->in, self->in + used_bytes, self->in_bytes);
  if (record_bytes > self->in_size_bytes) {
    self->in = g_realloc (self->in, record_bytes);
    self->in_size_bytes = record_bytes;
  } else if (self->in_bytes == 0 && self->in_size_bytes > READ_BYTES) {
    self->in = g_realloc (self->in, READ_BYTES);
    self->in_size_bytes = READ_BYTES;
  }
}

/* Hands out every whole record of the buffer. */
static void
dispatch (GateLink *self)
{
  gsize used_bytes = 0;
  gsize record_bytes = 0;

  while (!self->is_broken) {
    GateRecord record;
    GateRecordStatus status = gate_record_parse (self->in + used_bytes, self->in_bytes - used_bytes,
                                                 &record, &record_bytes);

    if (status == GATE_RECORD_NEED_MORE)
      break;
    if (status == GATE_RECORD_BAD || !take_fd (self, &record)) {
      self->is_broken = TRUE;
      return;
    }
    used_bytes += record_bytes;
    self->handler.record (self, &record, self->user_data);
  }
  if (self->is_broken)
    return;
  if (!waiting_fd_is_good (self, self->in + used_bytes, self->in_bytes - used_bytes)) {
    self->is_broken = TRUE;
    return;
  }
  make_room (self, used_bytes, record_bytes);
}

/* Reads once; FALSE when the peer is gone or sent more than it may. */
static gboolean
receive (GateLink *self)
{
  int fd;
  gssize n_read = gate_link_receive (self->fd, self->in + self->in_bytes,
                                     self->in_size_bytes - self->in_bytes, &fd);

  if (n_read < 0)
    return errno == EAGAIN;
  if (fd >= 0) {
    if (self->n_in_fds == GATE_LINK_IN_FDS) {
      (void) close (fd);
      return FALSE;
    }
    self->in_fds[self->n_in_fds++] = fd;
  }
  self->in_bytes += (gsize) n_read;
  return n_read > 0;
}

void
gate_link_read (GateLink *self)
{
  gate_link_enter (self);
  if (!self->is_broken && !receive (self))
    self->is_broken = TRUE;
  if (!self->is_broken)
    dispatch (self);
  gate_link_leave (self);
}

void
gate_link_attached (GateLink             *self,
                    const GateLinkDriver *driver,
                    gpointer              driver_data)
{
  g_assert (self->driver == NULL && !self->is_closed);
  self->driver = driver;
  self->driver_data = driver_data;
  if (self->is_broken || gate_link_get_queued_bytes (self) > 0)
    driver->schedule (self);
}
