/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-stream.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>

struct _GateStream {
  GIOStream parent_instance;

  int fd; /* borrowed; -1 = orphaned */
  GBytes *pending;
  gsize pending_used_bytes;
  guint64 more_bytes;
  gboolean is_blocked;
  gboolean is_closed;
  GateStreamOwner owner;
  gpointer user_data;
  GInputStream *input;
  GOutputStream *output;
};

G_DEFINE_FINAL_TYPE (GateStream, gate_stream, G_TYPE_IO_STREAM)

/* --- Reading ------------------------------------------------------------------------------------- */

#define GATE_TYPE_INPUT (gate_input_get_type ())
G_DECLARE_FINAL_TYPE (GateInput, gate_input, GATE, INPUT, GInputStream)

struct _GateInput {
  GInputStream parent_instance;
  GateStream *stream; /* borrowed: it owns this */
};

static gssize
fail (GError **error,
      int      number)
{
  g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (number), g_strerror (number));
  return -1;
}

static gssize
read_pending (GateStream *self,
              void       *buffer,
              gsize       count)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (self->pending, &size);
  gsize n = MIN (count, size - self->pending_used_bytes);

  memcpy (buffer, data + self->pending_used_bytes, n);
  self->pending_used_bytes += n;
  return (gssize) n;
}

static gboolean
has_pending (const GateStream *self)
{
  return self->pending_used_bytes < g_bytes_get_size (self->pending);
}

static gssize
gate_input_read_nonblocking (GPollableInputStream  *pollable,
                             void                  *buffer,
                             gsize                  count,
                             GError               **error)
{
  GateStream *self = GATE_INPUT (pollable)->stream;
  gssize n;

  if (self == NULL || self->fd < 0)
    return fail (error, ECONNRESET);
  if (has_pending (self))
    return read_pending (self, buffer, count);
  if (self->more_bytes == 0) /* the request ends here; the next one has a stream of its own */
    return fail (error, EAGAIN);
  do
    n = recv (self->fd, buffer, (gsize) MIN (count, self->more_bytes), MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    return fail (error, errno);
  self->more_bytes -= (guint64) n;
  self->owner.progress (self, (gsize) n, 0, self->user_data);
  return n;
}

static gssize
gate_input_read (GInputStream  *stream,
                 void          *buffer,
                 gsize          count,
                 GCancellable  *cancellable,
                 GError       **error)
{
  return gate_input_read_nonblocking (G_POLLABLE_INPUT_STREAM (stream), buffer, count, error);
}

static gboolean
gate_input_is_readable (GPollableInputStream *pollable)
{
  GateStream *self = GATE_INPUT (pollable)->stream;
  GPollFD poll = { .events = G_IO_IN };

  if (self == NULL || self->fd < 0 || has_pending (self))
    return TRUE;
  poll.fd = self->fd;
  return self->more_bytes > 0 && g_poll (&poll, 1, 0) > 0;
}

static GSource *
add_child (GSource *source,
           GSource *child)
{
  g_source_set_dummy_callback (child);
  g_source_add_child_source (source, child);
  g_source_unref (child);
  return source;
}

static GSource *
gate_input_create_source (GPollableInputStream *pollable,
                          GCancellable         *cancellable)
{
  GateStream *self = GATE_INPUT (pollable)->stream;
  GSource *source = g_pollable_source_new_full (pollable, NULL, cancellable);

  if (self == NULL || self->fd < 0 || has_pending (self))
    return add_child (source, g_timeout_source_new (0));
  if (self->more_bytes > 0)
    return add_child (source, g_unix_fd_source_new (self->fd, G_IO_IN | G_IO_HUP | G_IO_ERR));
  return source;
}

static void
gate_input_pollable_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = gate_input_is_readable;
  iface->create_source = gate_input_create_source;
  iface->read_nonblocking = gate_input_read_nonblocking;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (GateInput,
                               gate_input,
                               G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                                                      gate_input_pollable_init))

static void
gate_input_class_init (GateInputClass *class)
{
  G_INPUT_STREAM_CLASS (class)->read_fn = gate_input_read;
}

static void
gate_input_init (GateInput *self)
{
}

/* --- Writing ------------------------------------------------------------------------------------- */

#define GATE_TYPE_OUTPUT (gate_output_get_type ())
G_DECLARE_FINAL_TYPE (GateOutput, gate_output, GATE, OUTPUT, GOutputStream)

struct _GateOutput {
  GOutputStream parent_instance;
  GateStream *stream; /* borrowed: it owns this */
};

static gssize
gate_output_write_nonblocking (GPollableOutputStream  *pollable,
                               const void             *buffer,
                               gsize                   count,
                               GError                **error)
{
  GateStream *self = GATE_OUTPUT (pollable)->stream;
  gssize n;

  if (self == NULL || self->fd < 0)
    return fail (error, EPIPE);
  do
    n = send (self->fd, buffer, count, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  self->is_blocked = n < 0 && errno == EAGAIN;
  if (n < 0)
    return fail (error, errno);
  self->owner.progress (self, 0, (gsize) n, self->user_data);
  return n;
}

static gssize
gate_output_write (GOutputStream  *stream,
                   const void     *buffer,
                   gsize           count,
                   GCancellable   *cancellable,
                   GError        **error)
{
  return gate_output_write_nonblocking (G_POLLABLE_OUTPUT_STREAM (stream), buffer, count, error);
}

static gboolean
gate_output_is_writable (GPollableOutputStream *pollable)
{
  GateStream *self = GATE_OUTPUT (pollable)->stream;
  GPollFD poll = { .events = G_IO_OUT };

  if (self == NULL || self->fd < 0)
    return TRUE;
  poll.fd = self->fd;
  return g_poll (&poll, 1, 0) > 0;
}

static GSource *
gate_output_create_source (GPollableOutputStream *pollable,
                           GCancellable          *cancellable)
{
  GateStream *self = GATE_OUTPUT (pollable)->stream;
  GSource *source = g_pollable_source_new_full (pollable, NULL, cancellable);

  if (self == NULL || self->fd < 0)
    return add_child (source, g_timeout_source_new (0));
  return add_child (source, g_unix_fd_source_new (self->fd, G_IO_OUT | G_IO_HUP | G_IO_ERR));
}

static void
gate_output_pollable_init (GPollableOutputStreamInterface *iface)
{
  iface->is_writable = gate_output_is_writable;
  iface->create_source = gate_output_create_source;
  iface->write_nonblocking = gate_output_write_nonblocking;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (GateOutput,
                               gate_output,
                               G_TYPE_OUTPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM,
                                                      gate_output_pollable_init))

static void
gate_output_class_init (GateOutputClass *class)
{
  G_OUTPUT_STREAM_CLASS (class)->write_fn = gate_output_write;
}

static void
gate_output_init (GateOutput *self)
{
}

/* --- The stream ---------------------------------------------------------------------------------- */

static GInputStream *
gate_stream_get_input_stream (GIOStream *stream)
{
  return GATE_STREAM (stream)->input;
}

static GOutputStream *
gate_stream_get_output_stream (GIOStream *stream)
{
  return GATE_STREAM (stream)->output;
}

static gboolean
gate_stream_close (GIOStream     *stream,
                   GCancellable  *cancellable,
                   GError       **error)
{
  GateStream *self = GATE_STREAM (stream);

  if (self->is_closed)
    return TRUE;
  self->is_closed = TRUE;
  if (self->fd >= 0) {
    gpointer user_data = self->user_data;

    gate_stream_orphan (self);
    self->owner.closed (self, user_data);
  }
  return TRUE;
}

static void
gate_stream_dispose (GObject *object)
{
  GateStream *self = GATE_STREAM (object);

  gate_stream_close (G_IO_STREAM (self), NULL, NULL);
  if (self->input != NULL)
    GATE_INPUT (self->input)->stream = NULL;
  if (self->output != NULL)
    GATE_OUTPUT (self->output)->stream = NULL;
  g_clear_object (&self->input);
  g_clear_object (&self->output);
  g_clear_pointer (&self->pending, g_bytes_unref);
  G_OBJECT_CLASS (gate_stream_parent_class)->dispose (object);
}

static void
gate_stream_class_init (GateStreamClass *class)
{
  G_OBJECT_CLASS (class)->dispose = gate_stream_dispose;
  G_IO_STREAM_CLASS (class)->get_input_stream = gate_stream_get_input_stream;
  G_IO_STREAM_CLASS (class)->get_output_stream = gate_stream_get_output_stream;
  G_IO_STREAM_CLASS (class)->close_fn = gate_stream_close;
}

static void
gate_stream_init (GateStream *self)
{
  self->fd = -1;
}

GateStream *
gate_stream_new (int                    fd,
                 GBytes                *pending,
                 guint64                more_bytes,
                 const GateStreamOwner *owner,
                 gpointer               user_data)
{
  GateStream *self = g_object_new (GATE_TYPE_STREAM, NULL);

  self->fd = fd;
  self->pending = pending;
  self->more_bytes = more_bytes;
  self->owner = *owner;
  self->user_data = user_data;
  self->input = g_object_new (GATE_TYPE_INPUT, NULL);
  self->output = g_object_new (GATE_TYPE_OUTPUT, NULL);
  GATE_INPUT (self->input)->stream = self;
  GATE_OUTPUT (self->output)->stream = self;
  return self;
}

guint64
gate_stream_get_unread_bytes (GateStream *self)
{
  gsize pending = self->pending != NULL ? g_bytes_get_size (self->pending) : 0;

  return self->more_bytes + pending - MIN (self->pending_used_bytes, pending);
}

gboolean
gate_stream_is_blocked (GateStream *self)
{
  return self->is_blocked;
}

gpointer
gate_stream_get_user_data (GateStream *self)
{
  return self->user_data;
}

void
gate_stream_orphan (GateStream *self)
{
  self->fd = -1;
  self->user_data = NULL;
}
