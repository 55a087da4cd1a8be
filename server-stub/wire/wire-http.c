/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Request heads of HTTP/1.1, strictly by RFC 9112 and stricter: what two parsers could read in two ways is refused,
 * because another one (libsoup, or a proxy in front of us) reads it too. Every byte is judged as soon as it
 * is there, so a head that can only be refused is not waited for.
 */
#define G_LOG_DOMAIN "wire-http"

#include "config.h"

#include "wire-http.h"

#include <string.h>

typedef struct {
  const char *at;
  const char *end;
} Cursor;

static const struct {
  const char *name;
  WireHttpMethod method;
} methods[] = {
  { "GET", WIRE_HTTP_GET },     { "HEAD", WIRE_HTTP_HEAD },     { "POST", WIRE_HTTP_POST },
  { "PUT", WIRE_HTTP_PUT },     { "DELETE", WIRE_HTTP_DELETE }, { "OPTIONS", WIRE_HTTP_OPTIONS },
  { "PATCH", WIRE_HTTP_PATCH },
};

/* Given twice, one reader takes the first and another the second. */
static const char *const singletons[] = {
  "Host",   "Content-Length",    "Transfer-Encoding",     "Content-Type", "Authorization",
  "Origin", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Upgrade",      "Expect",
};

/* RFC 9110 5.6.2 */
static gboolean
is_token_byte (char byte)
{
  return g_ascii_isalnum (byte) || (byte != '\0' && strchr ("!#$%&'*+-.^_`|~", byte) != NULL);
}

/* RFC 9110 5.5: visible, blank, tab, and what is above ASCII. */
static gboolean
is_value_byte (char byte)
{
  return byte == '\t' || (guint8) byte >= 0x80 || (byte >= 0x20 && byte != 0x7F);
}

/* RFC 3986, and in the query what browsers leave as it is there (URL Standard 1.3: the query percent-encode set). */
static gboolean
is_target_byte (char     byte,
                gboolean is_query)
{
  if (byte <= 0x20 || byte >= 0x7F || strchr ("#\"<>\\", byte) != NULL)
    return FALSE;
  return is_query || strchr ("^`{}", byte) == NULL;
}

static gboolean
text_equals_any_case (WireText    text,
                      const char *literal)
{
  return text.n_bytes == strlen (literal) &&
         g_ascii_strncasecmp (text.data, literal, text.n_bytes) == 0;
}

static WireStatus
expect (Cursor     *in,
        const char *wanted)
{
  for (; *wanted != '\0'; wanted++, in->at++) {
    if (in->at == in->end)
      return WIRE_NEED_MORE;
    if (*in->at != *wanted)
      return WIRE_BAD_FRAME;
  }
  return WIRE_OK;
}

static WireText
text_between (const char *start,
              const char *end)
{
  return (WireText){ start, (gsize) (end - start) };
}

static WireStatus
read_method (Cursor         *in,
             WireHttpMethod *ret_method)
{
  const char *start = in->at;

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++) {
    Cursor try = { start, in->end };
    WireStatus status = expect (&try, methods[i].name);

    if (status == WIRE_OK)
      status = expect (&try, " ");
    if (status == WIRE_BAD_FRAME)
      continue;
    in->at = try.at;
    *ret_method = methods[i].method;
    return status;
  }
  return WIRE_BAD_FRAME;
}

static WireStatus
check_percent (const char *at,
               const char *end)
{
  if (end - at < 3)
    return WIRE_NEED_MORE;
  if (!g_ascii_isxdigit (at[1]) || !g_ascii_isxdigit (at[2]))
    return WIRE_BAD_FRAME;
  return at[1] == '0' && at[2] == '0' ? WIRE_BAD_FRAME : WIRE_OK;
}

/* origin-form only; `*` is for OPTIONS. An absolute form would be a second Host. */
static WireStatus
read_target (Cursor       *in,
             WireHttpHead *head)
{
  const char *start = in->at;
  const char *question = NULL;

  for (; in->at < in->end && *in->at != ' '; in->at++) {
    if (!is_target_byte (*in->at, question != NULL))
      return WIRE_BAD_FRAME;
    if (*in->at == '?' && question == NULL)
      question = in->at;
    if (in->at == start && *in->at != '/' && (*in->at != '*' || head->method != WIRE_HTTP_OPTIONS))
      return WIRE_BAD_FRAME;
    if (*start == '*' && in->at > start)
      return WIRE_BAD_FRAME;
    if (*in->at == '%')
      WIRE_TRY (check_percent (in->at, in->end));
  }
  if (in->at == in->end)
    return WIRE_NEED_MORE;
  if (in->at == start)
    return WIRE_BAD_FRAME;
  head->target = text_between (start, in->at);
  head->path = text_between (start, question != NULL ? question : in->at);
  if (question != NULL)
    head->query = text_between (question + 1, in->at);
  in->at++;
  return WIRE_OK;
}

static WireStatus
read_version (Cursor *in,
              guint  *ret_minor_version)
{
  char major;

  WIRE_TRY (expect (in, "HTTP/"));
  if (in->end - in->at < 3)
    return WIRE_NEED_MORE;
  major = in->at[0];
  if (!g_ascii_isdigit (major) || in->at[1] != '.' || !g_ascii_isdigit (in->at[2]))
    return WIRE_BAD_FRAME;
  if (major != '1' || in->at[2] > '1')
    return WIRE_UNSUPPORTED;
  *ret_minor_version = (guint) g_ascii_digit_value (in->at[2]);
  in->at += 3;
  return expect (in, "\r\n");
}

static WireText
trim (const char *start,
      const char *end)
{
  while (start < end && (*start == ' ' || *start == '\t'))
    start++;
  while (start < end && (end[-1] == ' ' || end[-1] == '\t'))
    end--;
  return text_between (start, end);
}

static WireStatus
read_header_line (Cursor         *in,
                  WireHttpHeader *ret_header)
{
  const char *start = in->at;

  for (; in->at < in->end && is_token_byte (*in->at); in->at++)
    ;
  if (in->at == in->end)
    return WIRE_NEED_MORE;
  /* A blank before the colon, or at the beginning of the line (obs-fold), is where smuggling starts. */
  if (*in->at != ':' || in->at == start)
    return WIRE_BAD_FRAME;
  ret_header->name = text_between (start, in->at);
  start = ++in->at;
  for (; in->at < in->end && is_value_byte (*in->at); in->at++)
    ;
  if (in->at == in->end)
    return WIRE_NEED_MORE;
  ret_header->value = trim (start, in->at);
  return expect (in, "\r\n");
}

static WireStatus
read_headers (Cursor       *in,
              WireHttpHead *head)
{
  for (;;) {
    if (in->at == in->end)
      return WIRE_NEED_MORE;
    if (*in->at == '\r')
      return expect (in, "\r\n");
    if (head->n_headers + 1 >= WIRE_HTTP_MAX_LINES)
      return WIRE_TOO_LARGE;
    WIRE_TRY (read_header_line (in, &head->headers[head->n_headers]));
    head->n_headers++;
  }
}

static guint
count_header (const WireHttpHead *head,
              const char         *name)
{
  guint n_found = 0;

  for (guint i = 0; i < head->n_headers; i++)
    n_found += text_equals_any_case (head->headers[i].name, name);
  return n_found;
}

static WireStatus
check_host (WireHttpHead *head)
{
  head->host = wire_http_header (head, "Host");
  if (head->host.data == NULL)
    return head->minor_version == 0 ? WIRE_OK : WIRE_BAD_FRAME;
  if (head->host.n_bytes == 0)
    return WIRE_BAD_FRAME;
  for (gsize i = 0; i < head->host.n_bytes; i++) {
    char byte = head->host.data[i];

    if (!g_ascii_isalnum (byte) && (byte == '\0' || strchr (".-_:[]", byte) == NULL))
      return WIRE_BAD_FRAME;
  }
  return WIRE_OK;
}

static WireStatus
read_content_length (WireText  text,
                     gint64   *ret_length)
{
  gint64 length = 0;

  if (text.n_bytes == 0 || text.n_bytes > 18)
    return WIRE_BAD_FRAME;
  for (gsize i = 0; i < text.n_bytes; i++) {
    if (!g_ascii_isdigit (text.data[i]))
      return WIRE_BAD_FRAME;
    length = length * 10 + g_ascii_digit_value (text.data[i]);
  }
  *ret_length = length;
  return WIRE_OK;
}

/* How long the body is, in exactly one way (RFC 9112 6.3, CWE-444). */
static WireStatus
check_body (WireHttpHead *head)
{
  WireText coding = wire_http_header (head, "Transfer-Encoding");
  WireText length = wire_http_header (head, "Content-Length");

  head->content_length = -1;
  if (coding.data != NULL) {
    if (length.data != NULL || head->minor_version == 0 ||
        !text_equals_any_case (coding, "chunked"))
      return WIRE_BAD_FRAME;
    head->is_chunked = TRUE;
  }
  return length.data != NULL ? read_content_length (length, &head->content_length) : WIRE_OK;
}

/* Whether a comma-separated list in any header of that name has @token. */
static gboolean
list_has (const WireHttpHead *head,
          const char         *name,
          const char         *token)
{
  for (guint i = 0; i < head->n_headers; i++) {
    const char *at = head->headers[i].value.data;
    const char *end = at + head->headers[i].value.n_bytes;

    if (!text_equals_any_case (head->headers[i].name, name))
      continue;
    while (at < end) {
      const char *comma = memchr (at, ',', (gsize) (end - at));
      const char *item_end = comma != NULL ? comma : end;

      if (text_equals_any_case (trim (at, item_end), token))
        return TRUE;
      at = item_end + 1;
    }
  }
  return FALSE;
}

static WireStatus
check_meaning (WireHttpHead *head)
{
  for (gsize i = 0; i < G_N_ELEMENTS (singletons); i++)
    if (count_header (head, singletons[i]) > 1)
      return WIRE_BAD_FRAME;
  WIRE_TRY (check_host (head));
  WIRE_TRY (check_body (head));
  head->is_keep_alive = head->minor_version == 1 ? !list_has (head, "Connection", "close")
                                                 : list_has (head, "Connection", "keep-alive");
  head->is_websocket =
    list_has (head, "Upgrade", "websocket") && list_has (head, "Connection", "upgrade");
  return WIRE_OK;
}

static WireStatus
parse (Cursor       *in,
       WireHttpHead *head)
{
  WIRE_TRY (read_method (in, &head->method));
  WIRE_TRY (read_target (in, head));
  WIRE_TRY (read_version (in, &head->minor_version));
  WIRE_TRY (read_headers (in, head));
  return check_meaning (head);
}

WireStatus
wire_http_parse (const guint8 *data,
                 gsize         n_bytes,
                 WireHttpHead *ret_head)
{
  const char *start = (const char *) data;
  Cursor in = { start, start };
  WireHttpHead head;
  WireStatus status;

  if (n_bytes == 0) /* and @data may be NULL, which no offset may be added to */
    return WIRE_NEED_MORE;
  in.end += MIN (n_bytes, WIRE_HTTP_MAX_HEAD_BYTES);
  /* Not the array: 2 KiB that would be zeroed for every byte of a slow sender. */
  memset (&head, 0, G_STRUCT_OFFSET (WireHttpHead, headers));
  status = parse (&in, &head);
  if (status == WIRE_NEED_MORE && n_bytes >= WIRE_HTTP_MAX_HEAD_BYTES)
    return WIRE_TOO_LARGE;
  if (status != WIRE_OK)
    return status;
  head.head_bytes = (gsize) (in.at - start);
  *ret_head = head;
  return WIRE_OK;
}

guint
wire_http_refusal (WireStatus status)
{
  if (status == WIRE_TOO_LARGE)
    return 431;
  return status == WIRE_UNSUPPORTED ? 505 : 400;
}

WireText
wire_http_header (const WireHttpHead *head,
                  const char         *name)
{
  for (guint i = 0; i < head->n_headers; i++)
    if (text_equals_any_case (head->headers[i].name, name))
      return head->headers[i].value;
  return (WireText){ NULL, 0 };
}
