/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "wire-record.h"
#include "wire-sniff.h"

#define MAX_BYTES 65536u

typedef struct {
  const char *name;
  const char *bytes;
  gsize n_bytes;
  WireStatus expected;
} Case;

#define BYTES(literal) literal, sizeof literal - 1

static const Case cases[] = {
  { "empty-record", BYTES ("\x00"), WIRE_BAD_FRAME },
  { "two-bytes-for-3", BYTES ("\x83\x00"), WIRE_BAD_FRAME },
  { "three-bytes-for-3", BYTES ("\x83\x80\x00"), WIRE_BAD_FRAME },
  { "three-bytes-for-16383", BYTES ("\xFF\xFF\x00"), WIRE_BAD_FRAME },
  { "four-bytes", BYTES ("\x80\x80\x80\x01"), WIRE_TOO_LARGE },
  { "one-over-the-limit", BYTES ("\x81\x80\x04"), WIRE_TOO_LARGE },
  { "the-limit", BYTES ("\x80\x80\x04"), WIRE_NEED_MORE },
  { "cut-header", BYTES ("\x80\x80"), WIRE_NEED_MORE },
  { "cut-record",
    BYTES ("\x03"
           "ab"),
    WIRE_NEED_MORE },
};

static void
test_case (gconstpointer user_data)
{
  const Case *c = user_data;
  WireStatus status = WIRE_NEED_MORE;
  g_auto (WireBuffer) partial = WIRE_BUFFER_INIT;
  g_auto (WireBuffer) other = WIRE_BUFFER_INIT;
  g_autofree guint8 *copy = g_memdup2 (c->bytes, c->n_bytes);
  WireSpan whole = { copy, c->n_bytes };
  WireSpan record;

  g_assert_cmpint (wire_record_next (&other, MAX_BYTES, &whole, &record), ==, c->expected);
  for (gsize i = 0; i < c->n_bytes && status == WIRE_NEED_MORE; i++) {
    WireSpan in = { copy + i, 1 };

    status = wire_record_next (&partial, MAX_BYTES, &in, &record);
  }
  g_assert_cmpint (status, ==, c->expected);
  g_assert_cmpuint (partial.allocated_bytes, <=, 64);
}

static const gsize sizes[] = { 1, 2, 127, 128, 129, 16383, 16384, 65536, 3 };

static void
build (WireBuffer *out)
{
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    guint8 header[WIRE_RECORD_MAX_HEADER_BYTES];

    wire_buffer_append (out, header, wire_record_write_header (header, sizes[i]));
    memset (wire_buffer_reserve (out, sizes[i]), 'a' + (int) i, sizes[i]);
    out->n_bytes += sizes[i];
  }
}

static void
test_chunks (gconstpointer user_data)
{
  gsize chunk_bytes = GPOINTER_TO_SIZE (user_data);
  g_auto (WireBuffer) bytes = WIRE_BUFFER_INIT;
  g_auto (WireBuffer) partial = WIRE_BUFFER_INIT;
  gsize n_records = 0;

  build (&bytes);
  for (gsize at = 0; at < bytes.n_bytes; at += chunk_bytes) {
    WireSpan in = { bytes.data + at, MIN (chunk_bytes, bytes.n_bytes - at) };
    WireSpan record;
    WireStatus status;

    while ((status = wire_record_next (&partial, MAX_BYTES, &in, &record)) == WIRE_OK) {
      g_assert_cmpuint (record.n_bytes, ==, sizes[n_records]);
      g_assert_cmpuint (record.data[0], ==, 'a' + n_records);
      g_assert_cmpuint (record.data[record.n_bytes - 1], ==, 'a' + n_records);
      n_records++;
    }
    g_assert_cmpint (status, ==, WIRE_NEED_MORE);
    g_assert_cmpuint (in.n_bytes, ==, 0);
  }
  g_assert_cmpuint (n_records, ==, G_N_ELEMENTS (sizes));
  g_assert_cmpuint (partial.n_bytes, ==, 0);
}

static void
test_in_place (void)
{
  guint8 bytes[] = { 2, 'h', 'i', 1, 'x' };
  WireSpan in = { bytes, sizeof bytes };
  WireBuffer partial = WIRE_BUFFER_INIT;
  WireSpan record;

  g_assert_cmpint (wire_record_next (&partial, MAX_BYTES, &in, &record), ==, WIRE_OK);
  g_assert_true (record.data == bytes + 1);
  g_assert_cmpint (wire_record_next (&partial, MAX_BYTES, &in, &record), ==, WIRE_OK);
  g_assert_true (record.data == bytes + 4);
  g_assert_cmpint (wire_record_next (&partial, MAX_BYTES, &in, &record), ==, WIRE_NEED_MORE);
  g_assert_null (partial.data);
}

static void
test_headers (void)
{
  for (gsize n = 1; n <= WIRE_RECORD_MAX_BYTES; n += 1 + n / 100) {
    guint8 header[WIRE_RECORD_MAX_HEADER_BYTES];
    gsize n_bytes = wire_record_write_header (header, n);

    g_assert_cmpuint (n_bytes, ==, n < 128 ? 1 : n < 16384 ? 2 : 3);
    g_assert_cmpuint (header[n_bytes - 1], <, 128);
    g_assert_cmpuint (header[n_bytes - 1], >, 0);
  }
}

/* --- Which protocol --------------------------------------------------------------------------- */

static const struct {
  const char *bytes;
  gsize n_bytes;
  WireProtocol protocol;
  gsize decided_after;
} firsts[] = {
  { BYTES ("\x16\x03\x01\x02\x00"), WIRE_PROTOCOL_TLS, 3 },
  { BYTES ("\x16\x03\x04"), WIRE_PROTOCOL_TLS, 3 },
  { BYTES ("\x16\x03\x05"), WIRE_PROTOCOL_UNKNOWN, 3 },
  { BYTES ("\x16\x02"), WIRE_PROTOCOL_UNKNOWN, 2 },
  { BYTES ("\r\n\r\n\0\r\nQUIT\n\x21"), WIRE_PROTOCOL_PROXY_V2, 12 },
  { BYTES ("\r\n\r\n\0\r\nQUIT\r"), WIRE_PROTOCOL_UNKNOWN, 12 },
  { BYTES ("PROXY TCP4 1.2.3.4"), WIRE_PROTOCOL_PROXY_V1, 6 },
  { BYTES ("PROXY\t"), WIRE_PROTOCOL_UNKNOWN, 6 },
  { BYTES ("\xF9GT1\x01"), WIRE_PROTOCOL_BINARY, 4 },
  { BYTES ("\xF9GT2"), WIRE_PROTOCOL_UNKNOWN, 4 },
  { BYTES ("GET / HTTP/1.1"), WIRE_PROTOCOL_HTTP, 4 },
  { BYTES ("POST /"), WIRE_PROTOCOL_HTTP, 4 },
  { BYTES ("PUT /"), WIRE_PROTOCOL_HTTP, 4 },
  { BYTES ("HEAD /"), WIRE_PROTOCOL_HTTP, 4 },
  { BYTES ("DELETE /"), WIRE_PROTOCOL_HTTP, 4 },
  { BYTES ("OPTIONS *"), WIRE_PROTOCOL_HTTP, 4 },
  { BYTES ("PATCH /"), WIRE_PROTOCOL_HTTP, 4 },
  { BYTES ("PRI * HTTP/2.0"), WIRE_PROTOCOL_HTTP2, 12 },
  { BYTES ("PRI * HTTP/1"), WIRE_PROTOCOL_UNKNOWN, 12 },
  { BYTES ("TRACE /"), WIRE_PROTOCOL_UNKNOWN, 1 },
  { BYTES ("CONNECT a:1"), WIRE_PROTOCOL_UNKNOWN, 1 },
  { BYTES ("get /"), WIRE_PROTOCOL_UNKNOWN, 1 },
  { BYTES ("PAT "), WIRE_PROTOCOL_UNKNOWN, 4 },
  { BYTES ("\0"), WIRE_PROTOCOL_UNKNOWN, 1 },
  { BYTES ("SSH-2.0"), WIRE_PROTOCOL_UNKNOWN, 1 },
};

static void
test_sniff (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (firsts); i++) {
    for (gsize n = 0; n <= firsts[i].n_bytes; n++) {
      g_autofree guint8 *copy = g_memdup2 (firsts[i].bytes, MAX (n, 1));

      g_assert_cmpint (wire_sniff (copy, n), ==,
                       n < firsts[i].decided_after ? WIRE_PROTOCOL_UNDECIDED : firsts[i].protocol);
    }
  }
}

/* 2d.1: no two protocols share a first byte but for P. */
static void
test_sniff_first_byte (void)
{
  guint n_open = 0;

  for (guint byte = 0; byte < 256; byte++) {
    guint8 first = (guint8) byte;

    n_open += wire_sniff (&first, 1) == WIRE_PROTOCOL_UNDECIDED;
  }
  g_assert_cmpuint (n_open, ==, 8); /* 16, CR, F9, P, G, H, D, O */
}

int
main (int    argc,
      char **argv)
{
  static const gsize chunks[] = { 1, 2, 3, 100, 16384, 70000, 1000000 };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/wire/record/%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], test_case);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (chunks); i++) {
    g_autofree char *path = g_strdup_printf ("/wire/record/chunks/%zu", chunks[i]);

    g_test_add_data_func (path, GSIZE_TO_POINTER (chunks[i]), test_chunks);
  }
  g_test_add_func ("/wire/record/in-place", test_in_place);
  g_test_add_func ("/wire/record/headers", test_headers);
  g_test_add_func ("/wire/sniff/table", test_sniff);
  g_test_add_func ("/wire/sniff/first-byte", test_sniff_first_byte);
  return g_test_run ();
}
