/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "wire-buffer"

#include "config.h"

#include "wire-buffer.h"

#include <stdarg.h>

#define FIRST_BYTES 64u

void
wire_buffer_clear (WireBuffer *self)
{
  g_free (self->data);
  *self = (WireBuffer) WIRE_BUFFER_INIT;
}

guint8 *
wire_buffer_reserve (WireBuffer *self,
                     gsize       n_more)
{
  gsize wanted_bytes;

  g_assert (n_more <= G_MAXSSIZE - self->n_bytes);
  wanted_bytes = self->n_bytes + n_more;
  if (self->data == NULL || wanted_bytes > self->allocated_bytes) {
    /* Doubling keeps the copies linear in what was appended. */
    self->allocated_bytes = MAX (MAX (wanted_bytes, 2 * self->allocated_bytes), FIRST_BYTES);
    self->data = g_realloc (self->data, self->allocated_bytes);
  }
  return self->data + self->n_bytes;
}

void
wire_buffer_consume (WireBuffer *self,
                     gsize       n_bytes)
{
  g_assert (n_bytes <= self->n_bytes);
  self->n_bytes -= n_bytes;
  if (self->n_bytes > 0 && n_bytes > 0)
    memmove (self->data, self->data + n_bytes, self->n_bytes);
}

void
wire_buffer_append_printf (WireBuffer *self,
                           const char *format,
                           ...)
{
  va_list args;
  int n_chars;

  va_start (args, format);
  n_chars = g_vsnprintf (NULL, 0, format, args);
  va_end (args);
  g_assert (n_chars >= 0);

  wire_buffer_reserve (self, (gsize) n_chars + 1);
  va_start (args, format);
  g_vsnprintf ((char *) self->data + self->n_bytes, (gulong) n_chars + 1, format, args);
  va_end (args);
  self->n_bytes += (gsize) n_chars;
}

GBytes *
wire_buffer_steal_bytes (WireBuffer *self)
{
  GBytes *bytes = g_bytes_new_take (self->data, self->n_bytes);

  *self = (WireBuffer) WIRE_BUFFER_INIT;
  return bytes;
}
