/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-export-file.h"

#include "wire-json.h"

#define CHUNK_BYTES ((gsize) 64 * 1024)

void
usher_export_file_open (UsherExportFile *self,
                        const char      *dir,
                        const char      *name)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  self->stream = G_OUTPUT_STREAM (g_file_create (file, G_FILE_CREATE_PRIVATE, NULL, &self->error));
}

static void
flush (UsherExportFile *self)
{
  if (self->error == NULL)
    g_output_stream_write_all (self->stream, self->buffer.data, self->buffer.n_bytes, NULL, NULL,
                               &self->error);
  wire_buffer_consume (&self->buffer, self->buffer.n_bytes);
}

static void
added (UsherExportFile *self)
{
  if (self->buffer.n_bytes >= CHUNK_BYTES)
    flush (self);
}

gboolean
usher_export_file_close (UsherExportFile  *self,
                         GError          **error)
{
  flush (self);
  if (self->error == NULL)
    g_output_stream_close (self->stream, NULL, &self->error);
  if (self->error != NULL) {
    g_propagate_error (error, g_steal_pointer (&self->error));
    usher_export_file_clear (self);
    return FALSE;
  }
  usher_export_file_clear (self);
  return TRUE;
}

void
usher_export_file_clear (UsherExportFile *self)
{
  wire_buffer_clear (&self->buffer);
  g_clear_object (&self->stream);
  g_clear_error (&self->error);
}

void
usher_export_file_text (UsherExportFile *self,
                        const char      *text)
{
  wire_buffer_append_text (&self->buffer, text);
  added (self);
}

void
usher_export_file_number (UsherExportFile *self,
                          guint64          number)
{
  wire_buffer_append_printf (&self->buffer, "%" G_GUINT64_FORMAT, number);
  added (self);
}

void
usher_export_file_json (UsherExportFile *self,
                        const char      *text)
{
  g_autofree char *valid = NULL;

  if (text == NULL) {
    usher_export_file_text (self, "null");
    return;
  }
  if (!g_utf8_validate (text, -1, NULL)) {
    valid = g_utf8_make_valid (text, -1);
    text = valid;
  }
  wire_json_write_string (&self->buffer, text, strlen (text));
  added (self);
}

void
usher_export_file_json_id (UsherExportFile *self,
                           guint64          id)
{
  wire_buffer_append_printf (&self->buffer, "\"%" G_GUINT64_FORMAT "\"", id);
  added (self);
}

void
usher_export_file_json_time (UsherExportFile *self,
                             gint64           ts_us)
{
  g_autoptr (GDateTime) time =
    ts_us == 0 ? NULL : g_date_time_new_from_unix_utc (ts_us / G_USEC_PER_SEC);

  if (time == NULL) {
    usher_export_file_text (self, "null");
    return;
  }
  wire_buffer_append_printf (&self->buffer, "\"%04d-%02d-%02dT%02d:%02d:%02d.%03dZ\"",
                             g_date_time_get_year (time), g_date_time_get_month (time),
                             g_date_time_get_day_of_month (time), g_date_time_get_hour (time),
                             g_date_time_get_minute (time), g_date_time_get_second (time),
                             (int) (ts_us % G_USEC_PER_SEC / 1000));
  added (self);
}

static const char *
entity_of (char character)
{
  switch (character) {
  case '&':
    return "&amp;";
  case '<':
    return "&lt;";
  case '>':
    return "&gt;";
  case '"':
    return "&quot;";
  case '\'':
    return "&#39;";
  default:
    return NULL;
  }
}

void
usher_export_file_html (UsherExportFile *self,
                        const char      *text)
{
  g_autofree char *valid = NULL;
  const char *run;

  if (text == NULL)
    return;
  if (!g_utf8_validate (text, -1, NULL)) {
    valid = g_utf8_make_valid (text, -1);
    text = valid;
  }
  run = text;
  for (const char *at = text; *at != '\0'; at++) {
    const char *entity = entity_of (*at);

    if (entity == NULL && ((guint8) *at >= 0x20 || *at == '\n' || *at == '\t'))
      continue;
    wire_buffer_append (&self->buffer, run, (gsize) (at - run));
    wire_buffer_append_text (&self->buffer, entity != NULL ? entity : "");
    run = at + 1;
  }
  usher_export_file_text (self, run);
}

void
usher_export_file_html_time (UsherExportFile *self,
                             gint64           ts_us)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (ts_us / G_USEC_PER_SEC);

  if (time == NULL)
    return;
  wire_buffer_append_printf (&self->buffer, "%04d-%02d-%02d %02d:%02d", g_date_time_get_year (time),
                             g_date_time_get_month (time), g_date_time_get_day_of_month (time),
                             g_date_time_get_hour (time), g_date_time_get_minute (time));
  added (self);
}
