/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sending half of a link. Records are packed one behind the other into one buffer, so that a turn's records
 * leave in one send. A descriptor must stay with its record, so the write stops before such a record and begins
 * anew with it: the kernel attaches descriptors to the first byte of a sendmsg.
 */
#include "config.h"

#include "gate-link-private.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SOFT_LIMIT_BYTES ((gsize) 8 * 1024 * 1024)

/* A caller that does not stop at the soft limit, or a peer that does not read: the link is given up. */
#define HARD_LIMIT_BYTES ((gsize) 64 * 1024 * 1024)

/* Memory kept between turns; more is given back when the queue is empty. */
#define KEEP_BYTES ((gsize) 256 * 1024)

void
gate_link_queue_init (GateLink *self)
{
  self->out = g_byte_array_new ();
  self->out_fds = g_array_new (FALSE, FALSE, sizeof (GateLinkFd));
}

void
gate_link_queue_done (GateLink *self)
{
  for (guint i = 0; i < self->out_fds->len; i++)
    (void) close (g_array_index (self->out_fds, GateLinkFd, i).fd);
  g_array_unref (self->out_fds);
  g_byte_array_unref (self->out);
}

gsize
gate_link_get_queued_bytes (const GateLink *self)
{
  return self->out->len - self->out_sent;
}

/* Room for a record at the end of the queue; NULL when the link takes nothing any more. */
static guint8 *
reserve (GateLink *self,
         gsize     n_bytes)
{
  guint at = self->out->len;

  if (self->is_broken)
    return NULL;
  if (gate_link_get_queued_bytes (self) + n_bytes > HARD_LIMIT_BYTES) {
    self->is_broken = TRUE;
    return NULL;
  }
  g_byte_array_set_size (self->out, at + (guint) n_bytes);
  return self->out->data + at;
}

static gboolean
queued (GateLink *self)
{
  if (self->driver != NULL && !self->is_closed)
    self->driver->schedule (self);
  if (gate_link_get_queued_bytes (self) <= SOFT_LIMIT_BYTES)
    return TRUE;
  self->is_over = TRUE;
  return FALSE;
}

gboolean
gate_link_send (GateLink       *self,
                GateRecordType  type,
                guint8          flags,
                guint32         number,
                gconstpointer   body,
                gsize           body_bytes)
{
  guint8 *bytes = reserve (self, GATE_RECORD_HEAD_BYTES + body_bytes);

  if (bytes != NULL) {
    gate_record_write_head (bytes, type, flags, number, body_bytes);
    if (body_bytes > 0)
      memcpy (bytes + GATE_RECORD_HEAD_BYTES, body, body_bytes);
  }
  return queued (self);
}

gboolean
gate_link_send_message (GateLink               *self,
                        GateRecordType          type,
                        guint8                  flags,
                        guint32                 number,
                        const ProtobufCMessage *body)
{
  gsize body_bytes = protobuf_c_message_get_packed_size (body);
  guint8 *bytes = reserve (self, GATE_RECORD_HEAD_BYTES + body_bytes);

  if (bytes != NULL) {
    gate_record_write_head (bytes, type, flags, number, body_bytes);
    protobuf_c_message_pack (body, bytes + GATE_RECORD_HEAD_BYTES);
  }
  return queued (self);
}

gboolean
gate_link_send_descriptor (GateLink               *self,
                           GateRecordType          type,
                           guint32                 number,
                           const ProtobufCMessage *body,
                           int                     fd)
{
  GateLinkFd entry = { self->total_sent + gate_link_get_queued_bytes (self), fd };

  g_assert (type == GATE_RECORD_DESCRIPTOR && fd >= 0);
  if (self->is_broken)
    (void) close (fd);
  else
    g_array_append_val (self->out_fds, entry);
  return gate_link_send_message (self, type, 0, number, body);
}

/* How far one send may reach: to the next record with a descriptor, or through it when it stands first. */
static gsize
span (const GateLink *self,
      int            *ret_fd)
{
  gsize end = gate_link_get_queued_bytes (self);
  guint next = 0;

  *ret_fd = -1;
  if (self->out_fds->len > 0 &&
      g_array_index (self->out_fds, GateLinkFd, 0).at_bytes == self->total_sent) {
    *ret_fd = g_array_index (self->out_fds, GateLinkFd, 0).fd;
    next = 1;
  }
  if (self->out_fds->len > next)
    end = g_array_index (self->out_fds, GateLinkFd, next).at_bytes - self->total_sent;
  return end;
}

static gssize
send_span (GateLink *self,
           gsize     n_bytes,
           int       fd)
{
  union {
    struct cmsghdr head;
    char bytes[CMSG_SPACE (sizeof (int))];
  } control = { 0 };
  struct iovec piece = { self->out->data + self->out_sent, n_bytes };
  struct msghdr message = { .msg_iov = &piece, .msg_iovlen = 1 };

  if (fd >= 0) {
    control.head.cmsg_level = SOL_SOCKET;
    control.head.cmsg_type = SCM_RIGHTS;
    control.head.cmsg_len = CMSG_LEN (sizeof (int));
    memcpy (CMSG_DATA (&control.head), &fd, sizeof (int));
    message.msg_control = &control;
    message.msg_controllen = sizeof (control.bytes);
  }
  return sendmsg (self->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* Any byte of the record took the descriptor along: a short send never repeats it. */
static void
account (GateLink *self,
         gsize     n_bytes,
         int       fd)
{
  if (fd >= 0) {
    (void) close (fd);
    g_array_remove_index (self->out_fds, 0);
  }
  self->total_sent += n_bytes;
  self->out_sent += (guint) n_bytes;
}

static void
compact (GateLink *self)
{
  if (gate_link_get_queued_bytes (self) > 0) {
    if (self->out_sent >= KEEP_BYTES && self->out_sent > self->out->len / 2) {
      g_byte_array_remove_range (self->out, 0, self->out_sent);
      self->out_sent = 0;
    }
    return;
  }
  if (self->out->len > KEEP_BYTES) {
    g_byte_array_unref (self->out);
    self->out = g_byte_array_new ();
  }
  g_byte_array_set_size (self->out, 0);
  self->out_sent = 0;
}

GateLinkIo
gate_link_queue_write (GateLink *self)
{
  GateLinkIo result = GATE_LINK_IO_DONE;

  while (gate_link_get_queued_bytes (self) > 0) {
    int fd;
    gsize n_bytes = span (self, &fd);
    gssize sent = send_span (self, n_bytes, fd);

    if (sent < 0 && errno == EINTR)
      continue;
    if (sent < 0) {
      result = errno == EAGAIN ? GATE_LINK_IO_BLOCKED : GATE_LINK_IO_FAILED;
      break;
    }
    account (self, (gsize) sent, fd);
  }
  compact (self);
  return result;
}

/* The queue, below half of the limit again, owes the caller a word. */
static gboolean
owes_drained (const GateLink *self)
{
  return self->is_over && gate_link_get_queued_bytes (self) < SOFT_LIMIT_BYTES / 2;
}

void
gate_link_flush (GateLink *self)
{
  GateLinkIo result;

  gate_link_enter (self);
  if (!self->is_broken) {
    result = gate_link_queue_write (self);
    self->is_broken = result == GATE_LINK_IO_FAILED;
    if (self->wants_write != (result == GATE_LINK_IO_BLOCKED)) {
      self->wants_write = result == GATE_LINK_IO_BLOCKED;
      self->driver->want_write (self, self->wants_write);
    }
  }
  if (!self->is_broken && owes_drained (self)) {
    self->is_over = FALSE;
    if (self->handler.drained != NULL)
      self->handler.drained (self, self->user_data);
  }
  gate_link_leave (self);
}
