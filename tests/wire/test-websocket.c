/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "wire-websocket.h"

static const WireWebsocketLimits server = { 65536, 128, TRUE };
static const WireWebsocketLimits client = { 65536, 128, FALSE };
static const guint8 mask[4] = { 0x37, 0xfa, 0x21, 0x3d };

/* A connection that is fed in pieces; what it handed out is kept as lines such as `text:abc`. */
typedef struct {
  WireWebsocket websocket;
  WireBuffer partial;
  GString *seen;
  gsize largest_bytes;
} Reader;

static void
reader_clear (Reader *self)
{
  wire_buffer_clear (&self->partial);
  g_string_free (self->seen, TRUE);
}

static const char *
opcode_name (WireWebsocketOpcode opcode)
{
  switch ((guint) opcode) {
  case WIRE_WEBSOCKET_TEXT:
    return "text";
  case WIRE_WEBSOCKET_BINARY:
    return "binary";
  case WIRE_WEBSOCKET_CLOSE:
    return "close";
  case WIRE_WEBSOCKET_PING:
    return "ping";
  case WIRE_WEBSOCKET_PONG:
    return "pong";
  default:
    g_assert_not_reached ();
  }
}

static WireStatus
feed (Reader                    *self,
      const WireWebsocketLimits *limits,
      const guint8              *data,
      gsize                      n_bytes)
{
  g_autofree guint8 *copy = g_memdup2 (data, MAX (n_bytes, 1));
  WireSpan in = { copy, n_bytes };
  WireWebsocketMessage message;
  WireStatus status;

  while ((status = wire_websocket_next (&self->websocket, limits, &self->partial, &in, &message)) ==
         WIRE_OK) {
    g_string_append_printf (self->seen, "%s:", opcode_name (message.opcode));
    g_string_append_len (self->seen, (const char *) message.payload, (gssize) message.n_bytes);
    g_string_append_c (self->seen, '\n');
  }
  if (status == WIRE_NEED_MORE)
    g_assert_cmpuint (in.n_bytes, ==, 0);
  self->largest_bytes = MAX (self->largest_bytes, self->partial.allocated_bytes);
  return status;
}

static void
add (WireBuffer          *out,
     WireWebsocketOpcode  opcode,
     gboolean             is_final,
     const char          *payload)
{
  wire_websocket_write_client (out, opcode, is_final, mask, payload, strlen (payload));
}

/* --- What is good, at every cut --------------------------------------------------------------- */

static void
build_conversation (WireBuffer *out,
                    GString    *expected)
{
  g_autofree char *medium = g_strnfill (300, 'm');
  g_autofree char *large = g_strnfill (65536, 'L');

  add (out, WIRE_WEBSOCKET_TEXT, TRUE, "你好, wörld \xF0\x9F\x98\x80");
  add (out, WIRE_WEBSOCKET_BINARY, TRUE, "");
  add (out, WIRE_WEBSOCKET_TEXT, FALSE, "one \xE4");
  add (out, WIRE_WEBSOCKET_PING, TRUE, "p");
  add (out, WIRE_WEBSOCKET_CONTINUATION, FALSE, "");
  add (out, WIRE_WEBSOCKET_CONTINUATION, FALSE, "\xBD");
  add (out, WIRE_WEBSOCKET_PONG, TRUE, "");
  add (out, WIRE_WEBSOCKET_CONTINUATION, TRUE, "\xA0 two");
  add (out, WIRE_WEBSOCKET_BINARY, TRUE, medium);
  add (out, WIRE_WEBSOCKET_BINARY, TRUE, large);
  add (out, WIRE_WEBSOCKET_CLOSE, TRUE,
       "\x03\xe8"
       "bye");
  add (out, WIRE_WEBSOCKET_TEXT, TRUE, "too late");
  g_string_append_printf (expected,
                          "text:你好, wörld \xF0\x9F\x98\x80\nbinary:\nping:p\npong:\n"
                          "text:one 你 two\n"
                          "binary:%s\nbinary:%s\nclose:\x03\xe8"
                          "bye\n",
                          medium, large);
}

static void
test_chunks (gconstpointer user_data)
{
  gsize chunk_bytes = GPOINTER_TO_SIZE (user_data);
  g_auto (WireBuffer) bytes = WIRE_BUFFER_INIT;
  g_autoptr (GString) expected = g_string_new (NULL);
  Reader reader = { .seen = g_string_new (NULL) };

  build_conversation (&bytes, expected);
  for (gsize at = 0; at < bytes.n_bytes; at += chunk_bytes)
    g_assert_cmpint (feed (&reader, &server, bytes.data + at,
                           MIN (chunk_bytes, bytes.n_bytes - at)),
                     ==, WIRE_NEED_MORE);
  g_assert_cmpmem (reader.seen->str, reader.seen->len, expected->str, expected->len);
  g_assert_true (wire_websocket_is_idle (&reader.websocket));
  g_assert_cmpuint (reader.partial.n_bytes, ==, 0);
  reader_clear (&reader);
}

static void
test_random_cuts (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20260105);
  g_auto (WireBuffer) bytes = WIRE_BUFFER_INIT;
  g_autoptr (GString) expected = g_string_new (NULL);

  g_test_message ("seed 20260105");
  build_conversation (&bytes, expected);
  for (guint round = 0; round < 60; round++) {
    Reader reader = { .seen = g_string_new (NULL) };

    for (gsize at = 0; at < bytes.n_bytes;) {
      gsize n = (gsize) g_rand_int_range (rand, 1, round % 2 == 0 ? 40 : 4000);

      n = MIN (n, bytes.n_bytes - at);
      g_assert_cmpint (feed (&reader, &server, bytes.data + at, n), ==, WIRE_NEED_MORE);
      at += n;
    }
    g_assert_cmpmem (reader.seen->str, reader.seen->len, expected->str, expected->len);
    reader_clear (&reader);
  }
}

/* A message that lies in the input as a whole is handed out there, and nothing is allocated. */
static void
test_in_place (void)
{
  g_auto (WireBuffer) bytes = WIRE_BUFFER_INIT;
  WireBuffer partial = WIRE_BUFFER_INIT;
  WireWebsocket websocket = { 0 };
  WireWebsocketMessage message;
  WireSpan in;

  add (&bytes, WIRE_WEBSOCKET_TEXT, TRUE, "hello");
  in = (WireSpan){ bytes.data, bytes.n_bytes };
  g_assert_cmpint (wire_websocket_next (&websocket, &server, &partial, &in, &message), ==, WIRE_OK);
  g_assert_true (message.payload == bytes.data + 6);
  g_assert_cmpmem (message.payload, message.n_bytes, "hello", 5);
  g_assert_cmpint (wire_websocket_next (&websocket, &server, &partial, &in, &message), ==,
                   WIRE_NEED_MORE);
  g_assert_null (partial.data);
  g_assert_cmpuint (sizeof websocket, <=, 48);
}

/* --- What is refused -------------------------------------------------------------------------- */

typedef struct {
  const char *name;
  const char *bytes;
  gsize n_bytes;
  WireStatus expected;
  gsize refused_after; /* how many bytes are enough to refuse it; 0 = all */
} Case;

#define BYTES(literal) literal, sizeof literal - 1
#define MASK           "\0\0\0\0"

static const Case cases[] = {
  { "unmasked", BYTES ("\x81\x00"), WIRE_BAD_FRAME, 2 },
  { "rsv1", BYTES ("\xC1\x80" MASK), WIRE_BAD_FRAME, 1 },
  { "rsv2", BYTES ("\xA1\x80" MASK), WIRE_BAD_FRAME, 1 },
  { "rsv3", BYTES ("\x91\x80" MASK), WIRE_BAD_FRAME, 1 },
  { "opcode-3", BYTES ("\x83\x80" MASK), WIRE_BAD_FRAME, 2 },
  { "opcode-7", BYTES ("\x87\x80" MASK), WIRE_BAD_FRAME, 2 },
  { "opcode-11", BYTES ("\x8B\x80" MASK), WIRE_BAD_FRAME, 2 },
  { "opcode-15", BYTES ("\x8F\x80" MASK), WIRE_BAD_FRAME, 2 },
  { "continuation-of-nothing", BYTES ("\x80\x80" MASK), WIRE_BAD_FRAME, 2 },
  { "text-within-a-message", BYTES ("\x01\x80" MASK "\x81\x80"), WIRE_BAD_FRAME, 8 },
  { "fragmented-ping", BYTES ("\x09\x80" MASK), WIRE_BAD_FRAME, 2 },
  { "ping-of-126", BYTES ("\x89\xFE\x00\x7E"), WIRE_BAD_FRAME, 2 },
  { "close-of-one-byte", BYTES ("\x88\x81" MASK "\x03"), WIRE_BAD_FRAME, 7 },
  { "close-code-999", BYTES ("\x88\x82" MASK "\x03\xE7"), WIRE_BAD_FRAME, 8 },
  { "close-code-1004", BYTES ("\x88\x82" MASK "\x03\xEC"), WIRE_BAD_FRAME, 8 },
  { "close-code-1005", BYTES ("\x88\x82" MASK "\x03\xED"), WIRE_BAD_FRAME, 8 },
  { "close-code-1006", BYTES ("\x88\x82" MASK "\x03\xEE"), WIRE_BAD_FRAME, 8 },
  { "close-code-1015", BYTES ("\x88\x82" MASK "\x03\xF7"), WIRE_BAD_FRAME, 8 },
  { "close-code-2999", BYTES ("\x88\x82" MASK "\x0B\xB7"), WIRE_BAD_FRAME, 8 },
  { "close-code-5000", BYTES ("\x88\x82" MASK "\x13\x88"), WIRE_BAD_FRAME, 8 },
  { "close-reason-latin-1", BYTES ("\x88\x83" MASK "\x03\xE8\xE9"), WIRE_BAD_UTF8, 9 },
  { "length-of-16-bits-for-125", BYTES ("\x82\xFE\x00\x7D" MASK), WIRE_BAD_FRAME, 8 },
  { "length-of-64-bits-for-65535", BYTES ("\x82\xFF\0\0\0\0\0\0\xFF\xFF" MASK), WIRE_BAD_FRAME,
    14 },
  { "length-of-65537", BYTES ("\x82\xFF\0\0\0\0\0\1\0\1" MASK), WIRE_TOO_LARGE, 14 },
  { "length-of-2^63-1", BYTES ("\x82\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF" MASK), WIRE_TOO_LARGE,
    14 },
  { "length-of-2^63", BYTES ("\x82\xFF\x80\0\0\0\0\0\0\0" MASK), WIRE_BAD_FRAME, 14 },
  { "message-too-large-in-two", BYTES ("\x02\x81" MASK "a\x80\xFF\0\0\0\0\0\1\0\0" MASK),
    WIRE_TOO_LARGE, 21 },
  /* Inside a frame that announces ten bytes: found at the byte that cannot be. */
  { "utf8-lone-tail", BYTES ("\x81\x8A" MASK "ab\x80"), WIRE_BAD_UTF8, 9 },
  { "utf8-overlong", BYTES ("\x81\x8A" MASK "\xC0"), WIRE_BAD_UTF8, 7 },
  { "utf8-surrogate", BYTES ("\x81\x8A" MASK "\xED\xA0"), WIRE_BAD_UTF8, 8 },
  { "utf8-beyond-unicode", BYTES ("\x81\x8A" MASK "\xF4\x90"), WIRE_BAD_UTF8, 8 },
  { "utf8-cut-at-the-end", BYTES ("\x81\x82" MASK "\xE4\xBD"), WIRE_BAD_UTF8, 8 },
  { "utf8-bad-over-fragments", BYTES ("\x01\x81" MASK "\xE4\x00\x81" MASK "a"), WIRE_BAD_UTF8, 14 },
};

/* Byte by byte: refused exactly when it can be known, and not before. */
static void
test_refused (gconstpointer user_data)
{
  const Case *c = user_data;
  Reader reader = { .seen = g_string_new (NULL) };
  Reader at_once = { .seen = g_string_new (NULL) };
  WireStatus status = WIRE_NEED_MORE;
  gsize n = 0;

  while (n < c->n_bytes && status == WIRE_NEED_MORE)
    status = feed (&reader, &server, (const guint8 *) c->bytes + n++, 1);
  g_assert_cmpstr (wire_status_name (status), ==, wire_status_name (c->expected));
  g_assert_cmpuint (n, ==, c->refused_after);
  g_assert_cmpint (feed (&at_once, &server, (const guint8 *) c->bytes, c->n_bytes), ==,
                   c->expected);
  /* A length is not believed before its bytes are there. */
  g_assert_cmpuint (reader.largest_bytes, <=, 64);
  reader_clear (&reader);
  reader_clear (&at_once);
}

static void
test_close_codes (void)
{
  Reader reader = { .seen = g_string_new (NULL) };

  for (guint code = 0; code < 65536; code++) {
    gboolean is_valid = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
                        (code >= 3000 && code <= 4999);
    const guint8 bytes[] = { 0x88, 0x82, 0, 0, 0, 0, (guint8) (code >> 8), (guint8) code };

    reader.websocket = (WireWebsocket){ 0 };
    g_assert_cmpint (feed (&reader, &server, bytes, sizeof bytes), ==,
                     is_valid ? WIRE_NEED_MORE : WIRE_BAD_FRAME);
  }
  reader_clear (&reader);
}

static WireStatus
feed_fragments (guint n_fragments,
                guint max_fragments)
{
  WireWebsocketLimits limits = { 65536, max_fragments, TRUE };
  Reader reader = { .seen = g_string_new (NULL) };
  WireStatus status = WIRE_NEED_MORE;

  for (guint i = 0; i < n_fragments && status == WIRE_NEED_MORE; i++) {
    guint8 bytes[] = { i == 0 ? 0x02 : 0x00, 0x80, 0, 0, 0, 0 };

    if (i + 1 == n_fragments)
      bytes[0] |= 0x80;
    status = feed (&reader, &limits, bytes, sizeof bytes);
  }
  g_assert_cmpuint (reader.largest_bytes, <=, 64);
  if (status == WIRE_NEED_MORE)
    g_assert_cmpstr (reader.seen->str, ==, "binary:\n");
  reader_clear (&reader);
  return status;
}

static void
test_fragments (void)
{
  g_assert_cmpint (feed_fragments (1, 128), ==, WIRE_NEED_MORE);
  g_assert_cmpint (feed_fragments (128, 128), ==, WIRE_NEED_MORE);
  g_assert_cmpint (feed_fragments (129, 128), ==, WIRE_TOO_LARGE);
  g_assert_cmpint (feed_fragments (70000, 70000), ==, WIRE_NEED_MORE);
  g_assert_cmpint (feed_fragments (1000000, 128), ==, WIRE_TOO_LARGE);
}

static void
test_client_side (void)
{
  Reader reader = { .seen = g_string_new (NULL) };
  guint8 header[WIRE_WEBSOCKET_MAX_HEADER_BYTES];
  g_auto (WireBuffer) bytes = WIRE_BUFFER_INIT;

  for (gsize n = 0; n < 3; n++) {
    static const gsize sizes[] = { 125, 126, 65536 };
    g_autofree char *payload = g_strnfill (sizes[n], 'x');

    wire_buffer_append (&bytes, header,
                        wire_websocket_write_header (header, WIRE_WEBSOCKET_BINARY, sizes[n]));
    wire_buffer_append (&bytes, payload, sizes[n]);
  }
  g_assert_cmpint (feed (&reader, &client, bytes.data, bytes.n_bytes), ==, WIRE_NEED_MORE);
  g_assert_cmpuint (reader.seen->len, ==, 125 + 126 + 65536 + 3 * strlen ("binary:\n"));
  g_assert_cmpint (feed (&reader, &client, (const guint8 *) "\x82\x80", 2), ==, WIRE_BAD_FRAME);
  reader_clear (&reader);
}

static void
assert_close (const char *reason,
              gsize       expected_reason_bytes)
{
  g_auto (WireBuffer) bytes = WIRE_BUFFER_INIT;
  WireBuffer partial = WIRE_BUFFER_INIT;
  WireWebsocket websocket = { 0 };
  WireWebsocketMessage message;
  WireSpan in;
  guint code;
  WireText text;

  wire_websocket_write_close (&bytes, 4008, reason);
  in = (WireSpan){ bytes.data, bytes.n_bytes };
  g_assert_cmpint (wire_websocket_next (&websocket, &client, &partial, &in, &message), ==, WIRE_OK);
  wire_websocket_parse_close (&message, &code, &text);
  g_assert_cmpuint (code, ==, 4008);
  g_assert_cmpmem (text.data, text.n_bytes, reason, expected_reason_bytes);
}

static void
test_close (void)
{
  g_autofree char *long_reason = g_strnfill (200, 'r');
  g_autoptr (GString) chinese = g_string_new (NULL);
  WireWebsocketMessage empty = { WIRE_WEBSOCKET_CLOSE, NULL, 0 };
  guint code;
  WireText text;

  for (guint i = 0; i < 60; i++)
    g_string_append (chinese, "慢慢");
  g_string_prepend (chinese, "x");
  assert_close ("slow", 4);
  assert_close (NULL, 0);
  assert_close (long_reason, 123);
  assert_close (chinese->str, 121); /* 1 + 40 characters of 3 */
  wire_websocket_parse_close (&empty, &code, &text);
  g_assert_cmpuint (code, ==, 1005);
  g_assert_cmpuint (text.n_bytes, ==, 0);
  g_assert_cmpuint (wire_websocket_close_code (WIRE_BAD_FRAME), ==, 1002);
  g_assert_cmpuint (wire_websocket_close_code (WIRE_BAD_UTF8), ==, 1007);
  g_assert_cmpuint (wire_websocket_close_code (WIRE_TOO_LARGE), ==, 1009);
}

static void
test_unmask (void)
{
  for (gsize offset = 0; offset < 9; offset++) {
    for (gsize n = 0; n < 40; n++) {
      guint8 data[64];
      guint8 rotating[4];

      memcpy (rotating, mask, 4);
      for (gsize i = 0; i < n; i++)
        data[offset + i] = (guint8) (i * 7);
      wire_websocket_unmask (data + offset, n / 2, rotating);
      wire_websocket_unmask (data + offset + n / 2, n - n / 2, rotating);
      for (gsize i = 0; i < n; i++)
        g_assert_cmpuint (data[offset + i], ==, (guint8) (i * 7) ^ mask[i % 4]);
      for (gsize k = 0; k < 4; k++)
        g_assert_cmpuint (rotating[k], ==, mask[(k + n) % 4]);
    }
  }
}

/* RFC 6455 1.3 and 5.7. */
static void
test_vectors (void)
{
  char accept[WIRE_WEBSOCKET_ACCEPT_CHARS + 1];
  const char *key = "dGhlIHNhbXBsZSBub25jZQ==";
  g_auto (WireBuffer) bytes = WIRE_BUFFER_INIT;

  wire_websocket_accept_key ((WireText){ key, strlen (key) }, accept);
  g_assert_cmpstr (accept, ==, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  add (&bytes, WIRE_WEBSOCKET_TEXT, TRUE, "Hello");
  g_assert_cmpmem (bytes.data, bytes.n_bytes, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", 11);
}

int
main (int    argc,
      char **argv)
{
  static const gsize chunks[] = { 1, 2, 3, 7, 100, 5000, 1000000 };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (chunks); i++) {
    g_autofree char *path = g_strdup_printf ("/wire/websocket/chunks/%zu", chunks[i]);

    g_test_add_data_func (path, GSIZE_TO_POINTER (chunks[i]), test_chunks);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/wire/websocket/refused/%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], test_refused);
  }
  g_test_add_func ("/wire/websocket/random-cuts", test_random_cuts);
  g_test_add_func ("/wire/websocket/in-place", test_in_place);
  g_test_add_func ("/wire/websocket/close-codes", test_close_codes);
  g_test_add_func ("/wire/websocket/fragments", test_fragments);
  g_test_add_func ("/wire/websocket/client-side", test_client_side);
  g_test_add_func ("/wire/websocket/close", test_close);
  g_test_add_func ("/wire/websocket/unmask", test_unmask);
  g_test_add_func ("/wire/websocket/vectors", test_vectors);
  return g_test_run ();
}
