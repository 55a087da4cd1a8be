/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <zstd.h>

#include "session.h"
#include "wire-frame.h"
#include "wire-random.h"
#include "wire-text.h"
#include "wire-token.h"
#include "wire-zd1.h"

#define MAX_BYTES 65536u

typedef struct {
  WireZd1 *zd1;
  WireBuffer plain, payload;
} Bench;

static void
bench_init (Bench *self)
{
  *self = (Bench){ .zd1 = wire_zd1_new () };
}

static void
bench_done (Bench *self)
{
  wire_zd1_free (self->zd1);
  wire_buffer_clear (&self->plain);
  wire_buffer_clear (&self->payload);
}

/* Of an exact-size heap copy, so that AddressSanitizer sees one byte too many. */
static WireStatus
expand (Bench        *self,
        const guint8 *data,
        gsize         n_bytes,
        gsize         max_bytes,
        WireSpan     *ret_plain)
{
  g_autofree guint8 *copy = g_memdup2 (data, MAX (n_bytes, 1));

  return wire_zd1_expand (self->zd1, copy, n_bytes, max_bytes, ret_plain);
}

/* What is sent is shorter and marked, or the same; and what comes out is what went in. */
static gboolean
round_trip (Bench *self)
{
  WireSpan back = { self->payload.data, 0 };

  self->payload.n_bytes = 0;
  wire_zd1_compress (self->zd1, self->plain.data, self->plain.n_bytes, &self->payload);
  if (!wire_zd1_is_compressed (self->payload.data, self->payload.n_bytes)) {
    g_assert_cmpmem (self->payload.data, self->payload.n_bytes, self->plain.data,
                     self->plain.n_bytes);
    return FALSE;
  }
  g_assert_cmpuint (self->payload.n_bytes, <, self->plain.n_bytes);
  g_assert_cmpint (expand (self, self->payload.data, self->payload.n_bytes, self->plain.n_bytes,
                           &back),
                   ==, WIRE_OK);
  g_assert_cmpmem (back.data, back.n_bytes, self->plain.data, self->plain.n_bytes);
  /* Not one byte more than the peer's limit. */
  g_assert_cmpint (expand (self, self->payload.data, self->payload.n_bytes, self->plain.n_bytes - 1,
                           &back),
                   ==, WIRE_TOO_LARGE);
  return TRUE;
}

static void
test_dictionary (void)
{
  g_autofree char *sha256 =
    g_compute_checksum_for_data (G_CHECKSUM_SHA256, wire_zd1_get_dictionary (),
                                 WIRE_ZD1_DICTIONARY_BYTES);

  g_assert_cmpstr (sha256, ==, WIRE_ZD1_DICTIONARY_SHA256);
}

/* Payloads that every build must be able to read for ever, and the frames in them. */
static const struct {
  const char *payload;
  const char *frame;
} vectors[] = {
  { "000000950100b8125b08ac02100d2088f7eab6b72a3a494de7a081e593a608fcf1da7115e15a22f8"
    "25ae2f187a1928515e72a869903c840c",
    "125b08ac02100d2088f7eab6b7332801302a3a49e682a8e5a5bdefbc8ce4b88de59088e98082e58f"
    "afe4bba5e98080e68da2e79a84efbc8ce8bf90e8b4b9e999a9e4bc9ae8b594efbc8ce5bbbae8aeae"
    "e682a8e68b8d4de7a081e593a6" },
  { "0000006d0100b0ac02d1dddbf6ebe498ebeab6b733800180d088a8010108fc48b1d6432fd2b6ed3d"
    "f7b8ed402152ea1dd2d30e",
    "d2025708011a5308ac0210031803200228d1dddbf6ebe498033a09616674657273616c65402a4802"
    "50025a125768657265206973206d79206f726465723f600168acebeab6b733800180d0eab6b73388"
    "0180d0eab6b733a80101" },
  { "00000075020004030806aa016808ac02122c08ac887766554433221120fbd0eab6b7333aba861233"
    "022088f721e68f90e4be9be58fb7200209fcc03c208f94723bb0ec73859e98e38aa86f5ca2d76b4a"
    "36bc1b93",
    "0806aa016808ac02122c08ac02100119887766554433221120fbd0eab6b7333a15e68891e79a84e5"
    "bfabe98092e588b0e593aae4ba86123308ac0210022088f7eab6b7332801302a3a21e682a8e5a5bd"
    "efbc8ce8afb7e68f90e4be9be4b880e4b88be8aea2e58d95e58fb72002" },
};

static GBytes *
from_hex (const char *hex)
{
  gsize n_bytes = strlen (hex) / 2;
  guint8 *data = g_malloc (MAX (n_bytes, 1));

  for (gsize i = 0; i < n_bytes; i++)
    data[i] =
      (guint8) (g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]));
  return g_bytes_new_take (data, n_bytes);
}

static void
test_vectors (void)
{
  Bench bench;

  bench_init (&bench);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++) {
    g_autoptr (GBytes) payload = from_hex (vectors[i].payload);
    g_autoptr (GBytes) frame = from_hex (vectors[i].frame);
    gsize n_bytes;
    const guint8 *data = g_bytes_get_data (payload, &n_bytes);
    WireSpan plain;

    g_assert_cmpint (expand (&bench, data, n_bytes, MAX_BYTES, &plain), ==, WIRE_OK);
    g_assert_cmpmem (plain.data, plain.n_bytes, g_bytes_get_data (frame, NULL),
                     g_bytes_get_size (frame));
    g_assert_cmpint (wire_frame_check (plain.data, plain.n_bytes, MAX_BYTES), ==, WIRE_OK);
  }
  bench_done (&bench);
}

/* --- Round trips -------------------------------------------------------------------------------- */

static void
test_random_frames (void)
{
  guint32 seed = g_test_rand_int_range (0, G_MAXINT32) | 1u;
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  g_autoptr (WireArena) arena = wire_arena_new (65536);
  guint n_compressed = 0;
  guint n_kinds;
  const Gate__V1__Frame__BodyCase *kinds = wire_random_kinds (&n_kinds);
  Bench bench;

  bench_init (&bench);
  for (guint i = 0; i < 40 * n_kinds; i++) {
    wire_arena_reset (arena);
    bench.plain.n_bytes = 0;
    wire_frame_pack (wire_random_frame (arena, rand, kinds[i % n_kinds]), &bench.plain);
    n_compressed += round_trip (&bench);
  }
  g_test_message ("seed %u: %u compressed", seed, n_compressed);
  g_assert_cmpuint (n_compressed, >, n_kinds);
  bench_done (&bench);
}

/* What cannot become shorter stays as it is; more than one block of zstd, too. */
static void
test_noise (void)
{
  static const gsize sizes[] = { 1, 2, 19, 20, 21, 100, 1000, 65536, 131072, 262144 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  Bench bench;

  bench_init (&bench);
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    guint8 *data = wire_buffer_reserve (&bench.plain, sizes[i]);

    for (gsize j = 0; j < sizes[i]; j++)
      data[j] = (guint8) g_rand_int (rand);
    data[0] = 0x12; /* a frame never begins with the mark */
    bench.plain.n_bytes = sizes[i];
    g_assert_false (round_trip (&bench));
    memset (data + 1, 'a', sizes[i] - 1);
    g_assert_cmpint (round_trip (&bench), ==, sizes[i] >= 100);
    bench.plain.n_bytes = 0;
  }
  bench_done (&bench);
}

typedef struct {
  Bench bench;
  gsize plain_bytes, sent_bytes;
} Whole;

static void
take_frame (const SessionFrame *frame,
            gpointer            user_data)
{
  Whole *self = user_data;

  self->bench.plain.n_bytes = 0;
  wire_frame_pack (frame->frame, &self->bench.plain);
  (void) round_trip (&self->bench);
  self->plain_bytes += self->bench.plain.n_bytes;
  self->sent_bytes += self->bench.payload.n_bytes;
}

/* Whole sessions; and that the dictionary is worth something: an agent's link became 18 % smaller when this was written. */
static void
test_sessions (void)
{
  static const char *const agents[] = { "子涵", "Emma", NULL };
  static const char *const clients[] = { "Atelier/1.9 (Android)", NULL };
  SessionCast cast = { 99, G_GINT64_CONSTANT (1830297600000), 60, agents, clients };
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "server-stub", "wire",
                                                 "dictionary", "dialogues.txt", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (Dialogues) dialogues = dialogues_load (path, &error);
  Whole whole = { 0 };

  g_assert_no_error (error);
  bench_init (&whole.bench);
  session_play (dialogues, &cast, take_frame, &whole);
  g_test_message ("%" G_GSIZE_FORMAT " bytes became %" G_GSIZE_FORMAT, whole.plain_bytes,
                  whole.sent_bytes);
  g_assert_cmpuint (whole.sent_bytes * 10, <, whole.plain_bytes * 9);
  bench_done (&whole.bench);
}

/* --- Strangers ---------------------------------------------------------------------------------- */

/* A frame of @n_bytes letters, with every switch of the format as @flags say. */
static void
make_frame (WireBuffer *out,
            gsize       n_bytes,
            int         content_size,
            int         checksum,
            int         dictionary_id)
{
  g_autofree char *letters = g_strnfill (n_bytes, 'a');
  ZSTD_CCtx *context = ZSTD_createCCtx ();
  guint8 *at;
  gsize made;

  ZSTD_CCtx_setParameter (context, ZSTD_c_contentSizeFlag, content_size);
  ZSTD_CCtx_setParameter (context, ZSTD_c_checksumFlag, checksum);
  ZSTD_CCtx_setParameter (context, ZSTD_c_dictIDFlag, dictionary_id);
  ZSTD_CCtx_loadDictionary (context, wire_zd1_get_dictionary (), WIRE_ZD1_DICTIONARY_BYTES);
  wire_buffer_append_byte (out, WIRE_ZD1_MARK);
  at = wire_buffer_reserve (out, ZSTD_compressBound (n_bytes));
  made = ZSTD_compress2 (context, at, ZSTD_compressBound (n_bytes), letters, n_bytes);
  g_assert_false (ZSTD_isError (made));
  memmove (at, at + 4, made - 4); /* without the magic */
  out->n_bytes += made - 4;
  ZSTD_freeCCtx (context);
}

static void
test_other_forms (void)
{
  Bench bench;
  WireSpan plain;

  bench_init (&bench);
  for (int flags = 0; flags < 8; flags++) {
    bench.payload.n_bytes = 0;
    make_frame (&bench.payload, 1000, flags & 1, flags >> 1 & 1, flags >> 2 & 1);
    g_assert_cmpint (expand (&bench, bench.payload.data, bench.payload.n_bytes, MAX_BYTES, &plain),
                     ==, flags == 0 ? WIRE_OK : WIRE_BAD_FRAME);
  }
  bench_done (&bench);
}

/* What libzstd would go on with is not ours: a second frame, with magic or without, one to be skipped, one byte. */
static void
test_trailing (void)
{
  static const struct {
    const char *bytes;
    gsize n_bytes;
  } tails[] = {
    { "", 1 },
    { "\x28\xb5\x2f\xfd\x00\x58\x01\x00\x00", 9 },
    { "\x00\x58\x01\x00\x00", 5 },
    { "\x50\x2a\x4d\x18\x01\x00\x00\x00x", 9 },
  };
  Bench bench;
  WireSpan plain;

  bench_init (&bench);
  for (gsize i = 0; i < G_N_ELEMENTS (tails); i++) {
    bench.payload.n_bytes = 0;
    make_frame (&bench.payload, 100, 0, 0, 0);
    wire_buffer_append (&bench.payload, tails[i].bytes, tails[i].n_bytes);
    g_assert_cmpint (expand (&bench, bench.payload.data, bench.payload.n_bytes, MAX_BYTES, &plain),
                     ==, WIRE_BAD_FRAME);
  }
  g_assert_cmpint (expand (&bench, (const guint8 *) "", 0, MAX_BYTES, &plain), ==, WIRE_BAD_FRAME);
  g_assert_cmpint (expand (&bench, (const guint8 *) "\x12", 1, MAX_BYTES, &plain), ==,
                   WIRE_BAD_FRAME);
  bench_done (&bench);
}

/* Every prefix is refused; every bit that is wrong is refused or gives something within the limit. */
static void
test_damage (void)
{
  Bench bench;

  bench_init (&bench);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++) {
    g_autoptr (GBytes) payload = from_hex (vectors[i].payload);
    gsize n_bytes;
    const guint8 *data = g_bytes_get_data (payload, &n_bytes);
    g_autofree guint8 *wrong = g_memdup2 (data, n_bytes);
    WireSpan plain;

    for (gsize n = 0; n < n_bytes; n++)
      g_assert_cmpint (expand (&bench, data, n, MAX_BYTES, &plain), ==, WIRE_BAD_FRAME);
    for (gsize bit = 8; bit < 8 * n_bytes; bit++) {
      wrong[bit / 8] ^= (guint8) (1u << bit % 8);
      if (expand (&bench, wrong, n_bytes, 300, &plain) == WIRE_OK)
        g_assert_cmpuint (plain.n_bytes, <=, 300);
      wrong[bit / 8] ^= (guint8) (1u << bit % 8);
    }
  }
  bench_done (&bench);
}

/* 64 MiB of one letter in a few thousand bytes; and 64 KiB and one byte in ten. */
static void
test_bombs (void)
{
  static const guint8 one_more[] = { WIRE_ZD1_MARK, 0x00, 0x58,        /* window of 2 MiB */
                                     0x02,          0x00, 0x08, 'a',   /* 65,536 of them */
                                     0x0b,          0x00, 0x00, 'a' }; /* one, and the end */
  static const guint8 exactly[] = { WIRE_ZD1_MARK, 0x00, 0x58, 0x03, 0x00, 0x08, 'a' };
  Bench bench;
  WireSpan plain;

  bench_init (&bench);
  make_frame (&bench.payload, 64u << 20, 0, 0, 0);
  g_assert_cmpuint (bench.payload.n_bytes, <, MAX_BYTES);
  g_assert_cmpint (expand (&bench, bench.payload.data, bench.payload.n_bytes, MAX_BYTES, &plain),
                   ==, WIRE_TOO_LARGE);
  g_assert_cmpint (expand (&bench, one_more, sizeof one_more, MAX_BYTES, &plain), ==,
                   WIRE_TOO_LARGE);
  g_assert_cmpint (expand (&bench, exactly, sizeof exactly, MAX_BYTES, &plain), ==, WIRE_OK);
  g_assert_cmpuint (plain.n_bytes, ==, MAX_BYTES);
  bench_done (&bench);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/zd1/dictionary", test_dictionary);
  g_test_add_func ("/wire/zd1/vectors", test_vectors);
  g_test_add_func ("/wire/zd1/random-frames", test_random_frames);
  g_test_add_func ("/wire/zd1/noise", test_noise);
  g_test_add_func ("/wire/zd1/sessions", test_sessions);
  g_test_add_func ("/wire/zd1/other-forms", test_other_forms);
  g_test_add_func ("/wire/zd1/trailing", test_trailing);
  g_test_add_func ("/wire/zd1/damage", test_damage);
  g_test_add_func ("/wire/zd1/bombs", test_bombs);
  return g_test_run ();
}
