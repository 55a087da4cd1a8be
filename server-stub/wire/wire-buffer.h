/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/**
 * WireBuffer:
 *
 * Bytes that grow. Embedded in its owner; all zero is a valid empty one that owns no memory, so an idle
 * connection pays 24 bytes. Whoever appends bytes of a peer checks the limit first.
 */
typedef struct {
  guint8 *data; /* (nullable) owned */
  gsize n_bytes;
  gsize allocated_bytes;
} WireBuffer;

#define WIRE_BUFFER_INIT \
  {                      \
    NULL, 0, 0           \
  }

/** wire_buffer_clear: empties it and frees its memory. */
void wire_buffer_clear (WireBuffer *self);

/** wire_buffer_reserve: grows the memory so that @n_more bytes fit; returns where they go. */
guint8 *wire_buffer_reserve (WireBuffer *self,
                             gsize       n_more);

/** wire_buffer_consume: forgets the first @n_bytes; what follows moves to the front. */
void wire_buffer_consume (WireBuffer *self,
                          gsize       n_bytes);

/** wire_buffer_append_printf: text without its terminating NUL. */
void wire_buffer_append_printf (WireBuffer *self,
                                const char *format,
                                ...) G_GNUC_PRINTF (2, 3);

/** wire_buffer_steal_bytes: (transfer full): its content, the buffer is empty afterwards. */
GBytes *wire_buffer_steal_bytes (WireBuffer *self) G_GNUC_WARN_UNUSED_RESULT;

/** wire_buffer_append: @data may be %NULL when @n_bytes is zero. */
static inline void
wire_buffer_append (WireBuffer    *self,
                    gconstpointer  data,
                    gsize          n_bytes)
{
  if (n_bytes == 0)
    return;
  memcpy (wire_buffer_reserve (self, n_bytes), data, n_bytes);
  self->n_bytes += n_bytes;
}

static inline void
wire_buffer_append_byte (WireBuffer *self,
                         guint8      byte)
{
  *wire_buffer_reserve (self, 1) = byte;
  self->n_bytes++;
}

static inline void
wire_buffer_append_text (WireBuffer *self,
                         const char *text)
{
  wire_buffer_append (self, text, strlen (text));
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WireBuffer, wire_buffer_clear)

G_END_DECLS
