/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-problem.h"

#include "wire-json.h"
#include "wire-text.h"

#include <libsoup/soup.h>
#include <string.h>
#include <sys/random.h>

#define REQUEST_ID_BYTES 12

static void
add_member (WireBuffer *out,
            const char *name,
            const char *value)
{
  wire_buffer_append_printf (out, "%s\"%s\":", out->n_bytes > 1 ? "," : "", name);
  wire_json_write_string (out, value, strlen (value));
}

static void
add_type (WireBuffer *out,
          const char *code)
{
  g_autofree char *type = g_strdup_printf ("/problems/%s", code);

  g_strdelimit (type, "_", '-');
  add_member (out, "type", type);
}

char *
gate_problem_to_json (const GateProblem *self,
                      const char        *request_id)
{
  g_auto (WireBuffer) out = WIRE_BUFFER_INIT;

  wire_buffer_append_text (&out, "{");
  add_type (&out, self->code);
  add_member (&out, "title", soup_status_get_phrase (self->status));
  wire_buffer_append_printf (&out, ",\"status\":%u", self->status);
  add_member (&out, "code", self->code);
  if (self->detail != NULL && self->detail[0] != '\0')
    add_member (&out, "detail", self->detail);
  add_member (&out, "request_id", request_id);
  if (self->pointer != NULL) {
    wire_buffer_append_text (&out, ",\"errors\":[{\"pointer\":");
    wire_json_write_string (&out, self->pointer, strlen (self->pointer));
    wire_buffer_append_printf (&out, ",\"code\":\"%s\"}]", self->field_code);
  }
  wire_buffer_append_text (&out, "}");
  return g_strndup ((const char *) out.data, out.n_bytes);
}

gboolean
gate_request_id_is_good (const char *text)
{
  gsize n_chars = strlen (text);

  if (n_chars < 8 || n_chars > GATE_REQUEST_ID_MAX_CHARS)
    return FALSE;
  for (gsize i = 0; i < n_chars; i++)
    if (!g_ascii_isalnum (text[i]) && text[i] != '_' && text[i] != '-')
      return FALSE;
  return TRUE;
}

void
gate_request_id_make (char ret_id[GATE_REQUEST_ID_MAX_CHARS + 1])
{
  guint8 bytes[REQUEST_ID_BYTES];

  if (getrandom (bytes, sizeof (bytes), 0) != (gssize) sizeof (bytes))
    g_error ("getrandom: %s", g_strerror (errno));
  wire_base64url_encode (bytes, sizeof (bytes), ret_id);
}

void
gate_time_write (guint64 unix_ms,
                 char    ret_text[32])
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc ((gint64) (unix_ms / 1000));
  g_autofree char *text = time != NULL ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%S") : NULL;

  g_snprintf (ret_text, 32, "%s.%03uZ", text != NULL ? text : "1970-01-01T00:00:00",
              (guint) (unix_ms % 1000));
}
