/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "wire-http"

#include "config.h"

#include <string.h>

#include "wire-http.h"

#define KEY_CHARS 24u /* 16 bytes in base64 */

static const char *const subprotocols[] = {
  [WIRE_SUBPROTOCOL_NONE] = "",
  [WIRE_SUBPROTOCOL_PB] = "gate.v1.pb",
  [WIRE_SUBPROTOCOL_JSON] = "gate.v1.json",
};

static const struct {
  guint status;
  const char *reason;
  const char *headers;
} refusals[] = {
  { 400, "Bad Request", "" },
  { 403, "Forbidden", "" },
  { 404, "Not Found", "" },
  { 405, "Method Not Allowed", "Allow: GET\r\n" },
  { 408, "Request Timeout", "" },
  { 426, "Upgrade Required", "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" },
  { 429, "Too Many Requests", "Retry-After: 10\r\n" },
  { 431, "Request Header Fields Too Large", "" },
  { 500, "Internal Server Error", "" },
  { 503, "Service Unavailable", "Retry-After: 10\r\n" },
  { 505, "HTTP Version Not Supported", "" },
};

static WireSubprotocol
subprotocol_named (const char *start,
                   const char *end)
{
  while (start < end && (*start == ' ' || *start == '\t'))
    start++;
  while (start < end && (end[-1] == ' ' || end[-1] == '\t'))
    end--;
  for (WireSubprotocol i = WIRE_SUBPROTOCOL_PB; i <= WIRE_SUBPROTOCOL_JSON; i++)
    if (wire_text_equals ((WireText){ start, (gsize) (end - start) }, subprotocols[i]))
      return i;
  return WIRE_SUBPROTOCOL_NONE;
}

WireSubprotocol
wire_subprotocol_choose (WireText offered)
{
  WireSubprotocol chosen = WIRE_SUBPROTOCOL_NONE;
  const char *at = offered.data;
  const char *end;

  if (at == NULL)
    return WIRE_SUBPROTOCOL_NONE;
  end = at + offered.n_bytes;
  while (at < end && chosen == WIRE_SUBPROTOCOL_NONE) {
    const char *comma = memchr (at, ',', (gsize) (end - at));
    const char *item_end = comma != NULL ? comma : end;

    chosen = subprotocol_named (at, item_end);
    at = item_end + 1;
  }
  return chosen;
}

const char *
wire_subprotocol_name (WireSubprotocol subprotocol)
{
  return subprotocols[subprotocol];
}

/* The list may be spread over several headers, in order of preference. */
static WireSubprotocol
choose_from (const WireHttpHead *head)
{
  static const char name[] = "Sec-WebSocket-Protocol";
  WireSubprotocol chosen = WIRE_SUBPROTOCOL_NONE;

  for (guint i = 0; i < head->n_headers && chosen == WIRE_SUBPROTOCOL_NONE; i++)
    if (head->headers[i].name.n_bytes == strlen (name) &&
        g_ascii_strncasecmp (head->headers[i].name.data, name, strlen (name)) == 0)
      chosen = wire_subprotocol_choose (head->headers[i].value);
  return chosen;
}

/* RFC 6455 4.1: base64 of 16 bytes; the last digit before `==` carries two bits only. */
static gboolean
key_is_valid (WireText key)
{
  if (key.n_bytes != KEY_CHARS || memcmp (key.data + KEY_CHARS - 2, "==", 2) != 0)
    return FALSE;
  for (gsize i = 0; i < KEY_CHARS - 2; i++)
    if (!g_ascii_isalnum (key.data[i]) && key.data[i] != '+' && key.data[i] != '/')
      return FALSE;
  return strchr ("AQgw", key.data[KEY_CHARS - 3]) != NULL;
}

guint
wire_http_upgrade (const WireHttpHead *head,
                   WireUpgrade        *ret_upgrade)
{
  WireText key = wire_http_header (head, "Sec-WebSocket-Key");
  WireText version = wire_http_header (head, "Sec-WebSocket-Version");

  if (head->method != WIRE_HTTP_GET)
    return 405;
  if (!head->is_websocket || head->minor_version == 0 || head->is_chunked ||
      head->content_length > 0)
    return 400;
  if (!wire_text_equals (version, "13"))
    return version.data != NULL ? 426 : 400;
  if (!key_is_valid (key))
    return 400;
  wire_websocket_accept_key (key, ret_upgrade->accept);
  ret_upgrade->subprotocol = choose_from (head);
  ret_upgrade->origin = wire_http_header (head, "Origin");
  ret_upgrade->user_agent = wire_http_header (head, "User-Agent");
  return 101;
}

void
wire_http_write_upgrade (WireBuffer        *out,
                         const WireUpgrade *upgrade)
{
  wire_buffer_append_printf (out,
                             "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                             "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n",
                             upgrade->accept);
  if (upgrade->subprotocol != WIRE_SUBPROTOCOL_NONE)
    wire_buffer_append_printf (out, "Sec-WebSocket-Protocol: %s\r\n",
                               subprotocols[upgrade->subprotocol]);
  wire_buffer_append_text (out, "\r\n");
}

void
wire_http_write_refusal (WireBuffer *out,
                         guint       status)
{
  gsize i = 0;

  while (i < G_N_ELEMENTS (refusals) && refusals[i].status != status)
    i++;
  g_assert (i < G_N_ELEMENTS (refusals));
  wire_buffer_append_printf (out,
                             "HTTP/1.1 %u %s\r\n%sConnection: close\r\n"
                             "Content-Type: text/plain; charset=utf-8\r\n"
                             "X-Content-Type-Options: nosniff\r\nContent-Length: %zu\r\n\r\n%s\n",
                             status, refusals[i].reason, refusals[i].headers,
                             strlen (refusals[i].reason) + 1, refusals[i].reason);
}
