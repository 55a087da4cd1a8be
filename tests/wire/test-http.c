/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "wire-http.h"

#define HOST "Host: a\r\n"

typedef struct {
  const char *name;
  const char *text;
  guint refusal; /* 0 = accepted */
} Case;

static const Case cases[] = {
  { "plain", "GET / HTTP/1.1\r\n" HOST "\r\n", 0 },
  { "http-1.0-without-host", "GET / HTTP/1.0\r\n\r\n", 0 },
  { "query", "GET /a/b?x=1&y=%e4%bd%a0 HTTP/1.1\r\n" HOST "\r\n", 0 },
  { "query-as-browsers-send-it", "GET /a|b?x={1}|^`? HTTP/1.1\r\n" HOST "\r\n", 0 },
  { "path-with-brace", "GET /{a} HTTP/1.1\r\n" HOST "\r\n", 400 },
  { "query-with-backslash", "GET /?a\\b HTTP/1.1\r\n" HOST "\r\n", 400 },
  { "options-star", "OPTIONS * HTTP/1.1\r\n" HOST "\r\n", 0 },
  { "value-empty", "GET / HTTP/1.1\r\n" HOST "X:\r\n\r\n", 0 },
  { "value-with-tabs", "GET / HTTP/1.1\r\n" HOST "X:\t a\tb \t\r\n\r\n", 0 },
  { "value-above-ascii", "GET / HTTP/1.1\r\n" HOST "User-Agent: caf\xc3\xa9\r\n\r\n", 0 },
  { "host-with-port", "GET / HTTP/1.1\r\nHost: [::1]:8000\r\n\r\n", 0 },
  { "length", "POST /x HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\n", 0 },
  { "chunked", "POST /x HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n", 0 },
  { "method-unknown", "BREW / HTTP/1.1\r\n" HOST "\r\n", 400 },
  { "method-lower-case", "get / HTTP/1.1\r\n" HOST "\r\n", 400 },
  { "method-longer", "GETS / HTTP/1.1\r\n" HOST "\r\n", 400 },
  { "method-connect", "CONNECT a:443 HTTP/1.1\r\n" HOST "\r\n", 400 },
  { "method-trace", "TRACE / HTTP/1.1\r\n" HOST "\r\n", 400 },
  { "empty-line-first", "\r\nGET / HTTP/1.1\r\n" HOST "\r\n", 400 },
  { "blank-first", " GET / HTTP/1.1\r\n" HOST "\r\n", 400 },
  { "target-absolute", "GET http://a/ HTTP/1.1\r\n" HOST "\r\n", 400 },
  { "target-authority", "GET a:80 HTTP/1.1\r\n" HOST "\r\n", 400 },
  { "target-star-of-get", "GET * HTTP/1.1\r\n" HOST "\r\n", 400 },
  { "target-star-and-more", "OPTIONS */a HTTP/1.1\r\n" HOST "\r\n", 400 },
  { "target-empty", "GET  HTTP/1.1\r\n" HOST "\r\n", 400 },
  { "target-with-blank", "GET /a b HTTP/1.1\r\n" HOST "\r\n", 400 },
  { "target-with-tab", "GET /a\tb HTTP/1.1\r\n" HOST "\r\n", 400 },
  { "target-with-fragment", "GET /a#b HTTP/1.1\r\n" HOST "\r\n", 400 },
  { "target-above-ascii", "GET /\xc3\xa9 HTTP/1.1\r\n" HOST "\r\n", 400 },
  { "target-nul-escape", "GET /a%00b HTTP/1.1\r\n" HOST "\r\n", 400 },
  { "target-half-escape", "GET /a%2 HTTP/1.1\r\n" HOST "\r\n", 400 },
  { "target-bad-escape", "GET /a%zz HTTP/1.1\r\n" HOST "\r\n", 400 },
  { "target-quote", "GET /a\"b HTTP/1.1\r\n" HOST "\r\n", 400 },
  { "two-blanks-before-version", "GET /  HTTP/1.1\r\n" HOST "\r\n", 400 },
  { "version-missing", "GET /\r\n" HOST "\r\n", 400 },
  { "version-lower-case", "GET / http/1.1\r\n" HOST "\r\n", 400 },
  { "version-0.9", "GET / HTTP/0.9\r\n" HOST "\r\n", 505 },
  { "version-1.2", "GET / HTTP/1.2\r\n" HOST "\r\n", 505 },
  { "version-2.0", "GET / HTTP/2.0\r\n" HOST "\r\n", 505 },
  { "version-long", "GET / HTTP/1.10\r\n" HOST "\r\n", 400 },
  { "blank-after-version", "GET / HTTP/1.1 \r\n" HOST "\r\n", 400 },
  { "bare-lf-after-request-line", "GET / HTTP/1.1\n" HOST "\r\n", 400 },
  { "bare-lf-after-header", "GET / HTTP/1.1\r\nHost: a\n\r\n", 400 },
  { "bare-lf-at-the-end", "GET / HTTP/1.1\r\n" HOST "\n", 400 },
  { "bare-cr-in-value", "GET / HTTP/1.1\r\n" HOST "X: a\rb\r\n\r\n", 400 },
  { "cr-cr-lf", "GET / HTTP/1.1\r\n" HOST "\r\r\n", 400 },
  { "obs-fold", "GET / HTTP/1.1\r\n" HOST "X: a\r\n b\r\n\r\n", 400 },
  { "obs-fold-tab", "GET / HTTP/1.1\r\n" HOST "X: a\r\n\tb\r\n\r\n", 400 },
  { "obs-fold-first", "GET / HTTP/1.1\r\n " HOST "\r\n", 400 },
  { "blank-before-colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400 },
  { "name-empty", "GET / HTTP/1.1\r\n" HOST ": a\r\n\r\n", 400 },
  { "name-without-colon", "GET / HTTP/1.1\r\n" HOST "X\r\n\r\n", 400 },
  { "name-with-brackets", "GET / HTTP/1.1\r\n" HOST "X(): a\r\n\r\n", 400 },
  { "name-above-ascii", "GET / HTTP/1.1\r\n" HOST "\xc3\xa9: a\r\n\r\n", 400 },
  { "value-with-bell", "GET / HTTP/1.1\r\n" HOST "X: \a\r\n\r\n", 400 },
  { "value-with-del", "GET / HTTP/1.1\r\n" HOST "X: \x7f\r\n\r\n", 400 },
  { "host-missing", "GET / HTTP/1.1\r\n\r\n", 400 },
  { "host-empty", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400 },
  { "host-twice", "GET / HTTP/1.1\r\n" HOST HOST "\r\n", 400 },
  { "host-twice-in-other-case", "GET / HTTP/1.1\r\n" HOST "hOST: b\r\n\r\n", 400 },
  { "host-with-slash", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400 },
  { "host-with-user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400 },
  { "host-list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400 },
  { "host-twice-in-1.0", "GET / HTTP/1.0\r\n" HOST HOST "\r\n", 400 },
  { "length-twice", "POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
    400 },
  { "length-twice-the-same",
    "POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\ncontent-length: 5\r\n\r\n", 400 },
  { "length-list", "POST / HTTP/1.1\r\n" HOST "Content-Length: 5, 5\r\n\r\n", 400 },
  { "length-plus", "POST / HTTP/1.1\r\n" HOST "Content-Length: +5\r\n\r\n", 400 },
  { "length-negative", "POST / HTTP/1.1\r\n" HOST "Content-Length: -5\r\n\r\n", 400 },
  { "length-hex", "POST / HTTP/1.1\r\n" HOST "Content-Length: 0x5\r\n\r\n", 400 },
  { "length-empty", "POST / HTTP/1.1\r\n" HOST "Content-Length:\r\n\r\n", 400 },
  { "length-inner-blank", "POST / HTTP/1.1\r\n" HOST "Content-Length: 1 2\r\n\r\n", 400 },
  { "length-beyond-64-bits",
    "POST / HTTP/1.1\r\n" HOST "Content-Length: 18446744073709551621\r\n\r\n", 400 },
  { "length-and-chunked",
    "POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400 },
  { "chunked-and-length",
    "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 400 },
  { "coding-twice",
    "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
    400 },
  { "coding-list", "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, chunked\r\n\r\n", 400 },
  { "coding-identity", "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: identity\r\n\r\n", 400 },
  { "coding-xchunked", "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: xchunked\r\n\r\n", 400 },
  { "coding-with-vertical-tab", "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: \vchunked\r\n\r\n",
    400 },
  { "coding-in-1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400 },
  { "authorization-twice", "GET / HTTP/1.1\r\n" HOST "Authorization: a\r\nAuthorization: b\r\n\r\n",
    400 },
  { "origin-twice", "GET / HTTP/1.1\r\n" HOST "Origin: a\r\nOrigin: b\r\n\r\n", 400 },
};

static void
test_case (gconstpointer user_data)
{
  const Case *c = user_data;
  gsize n_bytes = strlen (c->text);
  g_autofree guint8 *copy = g_memdup2 (c->text, n_bytes);
  WireHttpHead head;
  WireStatus status = wire_http_parse (copy, n_bytes, &head);

  if (c->refusal == 0) {
    g_assert_cmpstr (wire_status_name (status), ==, "ok");
    g_assert_cmpuint (head.head_bytes, ==, n_bytes);
  } else {
    g_assert_cmpstr (wire_status_name (status), !=, "ok");
    g_assert_cmpstr (wire_status_name (status), !=, "need_more");
    g_assert_cmpuint (wire_http_refusal (status), ==, c->refusal);
  }
}

/* Every beginning of a good head asks for more; a bad one is refused at some byte and stays refused. */
static void
test_prefixes (gconstpointer user_data)
{
  const Case *c = user_data;
  gboolean is_refused = FALSE;

  for (gsize n = 0; n < strlen (c->text); n++) {
    g_autofree guint8 *copy = g_memdup2 (c->text, MAX (n, 1));
    WireHttpHead head;
    WireStatus status = wire_http_parse (copy, n, &head);

    g_assert_cmpint (status, !=, WIRE_OK);
    g_assert_false (is_refused && status == WIRE_NEED_MORE);
    is_refused = status != WIRE_NEED_MORE;
    g_assert_false (c->refusal == 0 && is_refused);
  }
}

static const char upgrade_head[] = "GET /ws?app=ak_1&x=a%20b+c&x2=&dup=1&dup=2&bad=%ff HTTP/1.1\r\n"
                                   "Host: gate.example:8000\r\nUpgrade: WebSocket\r\n"
                                   "Connection: keep-alive, Upgrade\r\n"
                                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                   "Sec-WebSocket-Version: 13\r\n"
                                   "Sec-WebSocket-Protocol: chat, gate.v1.json\r\n"
                                   "Sec-WebSocket-Protocol: gate.v1.pb\r\n"
                                   "Sec-WebSocket-Extensions: permessage-deflate\r\n"
                                   "Origin: https://shop.example\r\nUser-Agent:  T/1 \r\n\r\nmore";

static void
test_head (void)
{
  WireHttpHead head;

  g_assert_cmpint (wire_http_parse ((const guint8 *) upgrade_head, strlen (upgrade_head), &head),
                   ==, WIRE_OK);
  g_assert_cmpint (head.method, ==, WIRE_HTTP_GET);
  g_assert_true (wire_text_equals (head.path, "/ws"));
  g_assert_true (wire_text_equals (head.host, "gate.example:8000"));
  g_assert_true (wire_text_equals (wire_http_header (&head, "uSER-aGENT"), "T/1"));
  g_assert_null (wire_http_header (&head, "Cookie").data);
  g_assert_cmpuint (head.n_headers, ==, 10);
  g_assert_cmpuint (head.head_bytes, ==, strlen (upgrade_head) - 4);
  g_assert_true (head.is_websocket && head.is_keep_alive && !head.is_chunked);
  g_assert_cmpint (head.content_length, ==, -1);
}

static void
test_query (void)
{
  WireHttpHead head;
  char value[6];

  g_assert_cmpint (wire_http_parse ((const guint8 *) upgrade_head, strlen (upgrade_head), &head),
                   ==, WIRE_OK);
  g_assert_true (wire_http_query (&head, "app", value, sizeof value));
  g_assert_cmpstr (value, ==, "ak_1");
  g_assert_true (wire_http_query (&head, "x", value, sizeof value));
  g_assert_cmpstr (value, ==, "a b c");
  g_assert_false (wire_http_query (&head, "x", value, 5));
  g_assert_true (wire_http_query (&head, "x2", value, 1));
  g_assert_cmpstr (value, ==, "");
  g_assert_false (wire_http_query (&head, "dup", value, sizeof value));
  g_assert_false (wire_http_query (&head, "bad", value, sizeof value));
  g_assert_false (wire_http_query (&head, "ap", value, sizeof value));
  g_assert_false (wire_http_query (&head, "none", value, sizeof value));
  g_assert_cmpint (wire_http_parse ((const guint8 *) cases[0].text, strlen (cases[0].text), &head),
                   ==, WIRE_OK);
  g_assert_false (wire_http_query (&head, "app", value, sizeof value));
}

static void
test_upgrade (void)
{
  WireHttpHead head;
  WireUpgrade upgrade;
  g_auto (WireBuffer) out = WIRE_BUFFER_INIT;

  g_assert_cmpint (wire_http_parse ((const guint8 *) upgrade_head, strlen (upgrade_head), &head),
                   ==, WIRE_OK);
  g_assert_cmpuint (wire_http_upgrade (&head, &upgrade), ==, 101);
  g_assert_cmpint (upgrade.subprotocol, ==, WIRE_SUBPROTOCOL_JSON);
  g_assert_true (wire_text_equals (upgrade.origin, "https://shop.example"));
  g_assert_true (wire_text_equals (upgrade.user_agent, "T/1"));
  wire_http_write_upgrade (&out, &upgrade);
  wire_buffer_append_byte (&out, '\0');
  g_assert_cmpstr ((const char *) out.data, ==,
                   "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                   "Connection: Upgrade\r\n"
                   "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
                   "Sec-WebSocket-Protocol: gate.v1.json\r\n\r\n");
}

#define UPGRADE "Upgrade: websocket\r\nConnection: upgrade\r\n"
#define WS_KEY  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define WS_13   "Sec-WebSocket-Version: 13\r\n"

static const struct {
  const char *text;
  guint status;
} upgrades[] = {
  { "GET /ws HTTP/1.1\r\n" HOST UPGRADE WS_KEY WS_13 "\r\n", 101 },
  { "POST /ws HTTP/1.1\r\n" HOST UPGRADE WS_KEY WS_13 "\r\n", 405 },
  { "GET /ws HTTP/1.0\r\n" HOST UPGRADE WS_KEY WS_13 "\r\n", 400 },
  { "GET /ws HTTP/1.1\r\n" HOST WS_KEY WS_13 "\r\n", 400 },
  { "GET /ws HTTP/1.1\r\n" HOST "Upgrade: websocket\r\n" WS_KEY WS_13 "\r\n", 400 },
  { "GET /ws HTTP/1.1\r\n" HOST "Upgrade: h2c\r\nConnection: upgrade\r\n" WS_KEY WS_13 "\r\n",
    400 },
  { "GET /ws HTTP/1.1\r\n" HOST UPGRADE WS_13 "\r\n", 400 },
  { "GET /ws HTTP/1.1\r\n" HOST UPGRADE WS_KEY "\r\n", 400 },
  { "GET /ws HTTP/1.1\r\n" HOST UPGRADE WS_KEY "Sec-WebSocket-Version: 8\r\n\r\n", 426 },
  { "GET /ws HTTP/1.1\r\n" HOST UPGRADE WS_KEY WS_13 "Content-Length: 1\r\n\r\n", 400 },
  { "GET /ws HTTP/1.1\r\n" HOST UPGRADE WS_KEY WS_13 "Transfer-Encoding: chunked\r\n\r\n", 400 },
  { "GET /ws HTTP/1.1\r\n" HOST UPGRADE WS_13 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZR==\r\n\r\n",
    400 },
  { "GET /ws HTTP/1.1\r\n" HOST UPGRADE WS_13 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j\r\n\r\n",
    400 },
  { "GET /ws HTTP/1.1\r\n" HOST UPGRADE WS_13 "Sec-WebSocket-Key: dGhlIHNhbXBs*SBub25jZQ==\r\n\r\n",
    400 },
};

static void
test_upgrade_refused (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (upgrades); i++) {
    WireHttpHead head;
    WireUpgrade upgrade;

    g_assert_cmpint (wire_http_parse ((const guint8 *) upgrades[i].text, strlen (upgrades[i].text),
                                      &head),
                     ==, WIRE_OK);
    g_assert_cmpuint (wire_http_upgrade (&head, &upgrade), ==, upgrades[i].status);
  }
}

static void
test_subprotocols (void)
{
  static const struct {
    const char *offered;
    WireSubprotocol chosen;
  } offers[] = {
    { "gate.v1.pb", WIRE_SUBPROTOCOL_PB },
    { "gate.v1.json,gate.v1.pb", WIRE_SUBPROTOCOL_JSON },
    { " x ,\tgate.v1.pb ", WIRE_SUBPROTOCOL_PB },
    { "gate.v1.pbx, gate.v1", WIRE_SUBPROTOCOL_NONE },
    { "GATE.V1.PB", WIRE_SUBPROTOCOL_NONE },
    { ",,", WIRE_SUBPROTOCOL_NONE },
    { "", WIRE_SUBPROTOCOL_NONE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (offers); i++)
    g_assert_cmpint (wire_subprotocol_choose (
                       (WireText){ offers[i].offered, strlen (offers[i].offered) }),
                     ==, offers[i].chosen);
  g_assert_cmpint (wire_subprotocol_choose ((WireText){ NULL, 0 }), ==, WIRE_SUBPROTOCOL_NONE);
  g_assert_cmpstr (wire_subprotocol_name (WIRE_SUBPROTOCOL_PB), ==, "gate.v1.pb");
}

/* 64 lines with the request line; then one more. */
static WireStatus
parse_with_headers (guint n_headers,
                    gsize value_bytes,
                    gsize n_cut)
{
  g_autoptr (GString) text = g_string_new ("GET / HTTP/1.1\r\n" HOST);
  g_autofree char *value = g_strnfill (value_bytes, 'v');
  WireHttpHead head;

  for (guint i = 1; i < n_headers; i++)
    g_string_append_printf (text, "X%u: %s\r\n", i, value);
  g_string_append (text, "\r\n");
  return wire_http_parse ((const guint8 *) text->str, text->len - n_cut, &head);
}

static void
test_limits (void)
{
  gsize fixed_bytes = strlen ("GET / HTTP/1.1\r\n" HOST "X1: \r\n\r\n");

  g_assert_cmpint (parse_with_headers (63, 10, 0), ==, WIRE_OK);
  g_assert_cmpint (parse_with_headers (64, 10, 0), ==, WIRE_TOO_LARGE);
  g_assert_cmpint (parse_with_headers (2, 8192 - fixed_bytes, 0), ==, WIRE_OK);
  g_assert_cmpint (parse_with_headers (2, 8192 - fixed_bytes, 1), ==, WIRE_NEED_MORE);
  g_assert_cmpint (parse_with_headers (2, 8193 - fixed_bytes, 0), ==, WIRE_TOO_LARGE);
  g_assert_cmpint (parse_with_headers (2, 8193 - fixed_bytes, 1), ==, WIRE_TOO_LARGE);
  g_assert_cmpuint (wire_http_refusal (WIRE_TOO_LARGE), ==, 431);
}

static void
test_nul (void)
{
  static const char in_value[] = "GET / HTTP/1.1\r\n" HOST "X: a\0b\r\n\r\n";
  static const char in_name[] = "GET / HTTP/1.1\r\n" HOST "X\0: a\r\n\r\n";
  static const char in_target[] = "GET /\0 HTTP/1.1\r\n" HOST "\r\n";
  WireHttpHead head;

  g_assert_cmpint (wire_http_parse ((const guint8 *) in_value, sizeof in_value - 1, &head), ==,
                   WIRE_BAD_FRAME);
  g_assert_cmpint (wire_http_parse ((const guint8 *) in_name, sizeof in_name - 1, &head), ==,
                   WIRE_BAD_FRAME);
  g_assert_cmpint (wire_http_parse ((const guint8 *) in_target, sizeof in_target - 1, &head), ==,
                   WIRE_BAD_FRAME);
}

static void
test_keep_alive (void)
{
  static const struct {
    const char *text;
    gboolean is_keep_alive;
  } heads[] = {
    { "GET / HTTP/1.1\r\n" HOST "\r\n", TRUE },
    { "GET / HTTP/1.1\r\n" HOST "Connection: foo , CLOSE\r\n\r\n", FALSE },
    { "GET / HTTP/1.1\r\n" HOST "Connection: foo\r\nConnection: close\r\n\r\n", FALSE },
    { "GET / HTTP/1.1\r\n" HOST "Connection: closed\r\n\r\n", TRUE },
    { "GET / HTTP/1.0\r\n\r\n", FALSE },
    { "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (heads); i++) {
    WireHttpHead head;

    g_assert_cmpint (wire_http_parse ((const guint8 *) heads[i].text, strlen (heads[i].text),
                                      &head),
                     ==, WIRE_OK);
    g_assert_cmpint (head.is_keep_alive, ==, heads[i].is_keep_alive);
  }
}

static void
test_refusal (void)
{
  g_auto (WireBuffer) out = WIRE_BUFFER_INIT;
  const char *body;

  wire_http_write_refusal (&out, 426);
  wire_buffer_append_byte (&out, '\0');
  g_assert_true (g_str_has_prefix ((const char *) out.data, "HTTP/1.1 426 Upgrade Required\r\n"));
  g_assert_nonnull (strstr ((const char *) out.data, "\r\nSec-WebSocket-Version: 13\r\n"));
  g_assert_nonnull (strstr ((const char *) out.data, "\r\nConnection: close\r\n"));
  g_assert_nonnull (strstr ((const char *) out.data, "\r\nContent-Length: 17\r\n"));
  body = strstr ((const char *) out.data, "\r\n\r\n") + 4;
  g_assert_cmpuint (strlen (body), ==, 17);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/wire/http/parse/%s", cases[i].name);
    g_autofree char *prefixes = g_strdup_printf ("/wire/http/prefixes/%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], test_case);
    g_test_add_data_func (prefixes, &cases[i], test_prefixes);
  }
  g_test_add_func ("/wire/http/head", test_head);
  g_test_add_func ("/wire/http/query", test_query);
  g_test_add_func ("/wire/http/upgrade", test_upgrade);
  g_test_add_func ("/wire/http/upgrade-refused", test_upgrade_refused);
  g_test_add_func ("/wire/http/subprotocols", test_subprotocols);
  g_test_add_func ("/wire/http/limits", test_limits);
  g_test_add_func ("/wire/http/nul", test_nul);
  g_test_add_func ("/wire/http/keep-alive", test_keep_alive);
  g_test_add_func ("/wire/http/refusal", test_refusal);
  return g_test_run ();
}
