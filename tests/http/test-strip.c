/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gate-strip.h"
#include "media-files.h"

#include <string.h>

static GByteArray *
run (const GByteArray *file,
     WireImageKind     kind,
     WireStatus       *ret_status)
{
  g_autofree guint8 *copy = g_memdup2 (file->data, MAX (file->len, 1));
  GByteArray *out = g_byte_array_new ();
  GateStrip strip;

  gate_strip_init (&strip, copy, file->len);
  *ret_status = gate_strip_run (&strip, kind);
  for (guint i = 0; i < strip.pieces->len; i++) {
    const GatePiece *piece = &g_array_index (strip.pieces, GatePiece, i);

    g_byte_array_append (out, piece->data, (guint) piece->n_bytes);
  }
  gate_strip_done (&strip);
  return out;
}

static GByteArray *
make (WireImageKind kind,
      guint         orientation)
{
  switch (kind) {
  case WIRE_IMAGE_JPEG:
    return media_jpeg (orientation);
  case WIRE_IMAGE_PNG:
    return media_png (32, 16, orientation);
  case WIRE_IMAGE_GIF:
    return media_gif (3);
  case WIRE_IMAGE_WEBP:
    return media_webp (orientation);
  case WIRE_IMAGE_NONE:
  default:
    g_assert_not_reached ();
  }
}

/* Whatever tells about the picture or hangs behind it is gone; what draws it is there, and it is stable. */
static void
test_kind (gconstpointer data)
{
  WireImageKind kind = GPOINTER_TO_INT (data);
  g_autoptr (GByteArray) file = make (kind, 1);
  g_autoptr (GByteArray) once = NULL;
  g_autoptr (GByteArray) twice = NULL;
  WireImage image;
  WireStatus status;

  g_assert_true (media_contains (file->data, file->len, MEDIA_SECRET_TEXT));
  once = run (file, kind, &status);
  g_assert_cmpint (status, ==, WIRE_OK);
  g_assert_false (media_contains (once->data, once->len, MEDIA_SECRET_TEXT));
  g_assert_cmpint (wire_image_measure (once->data, once->len, &image), ==, WIRE_OK);
  g_assert_cmpint (image.kind, ==, kind);
  twice = run (once, kind, &status);
  g_assert_cmpint (status, ==, WIRE_OK);
  g_assert_cmpmem (once->data, once->len, twice->data, twice->len);
}

/* Every prefix is refused: a picture has an end, and nothing is read behind what is there. */
static void
test_prefixes (gconstpointer data)
{
  WireImageKind kind = GPOINTER_TO_INT (data);
  g_autoptr (GByteArray) file = make (kind, 6);
  g_autoptr (GByteArray) whole = NULL;
  guint n_bytes = 0;
  WireStatus status;

  /* The end of the picture is where the zip begins. */
  for (n_bytes = file->len; memcmp (file->data + n_bytes - 4, "PK\003\004", 4) != 0; n_bytes--)
    g_assert_cmpuint (n_bytes, >, 4);
  n_bytes -= 4;
  if (kind == WIRE_IMAGE_PNG)
    n_bytes -= (guint) strlen ("<script>alert(1)</script>");
  for (guint i = 0; i < n_bytes; i++) {
    g_autoptr (GByteArray) prefix = g_byte_array_new ();
    g_autoptr (GByteArray) out = NULL;

    g_byte_array_append (prefix, file->data, i);
    out = run (prefix, kind, &status);
    g_assert_cmpint (status, !=, WIRE_OK);
  }
  g_byte_array_set_size (file, n_bytes);
  whole = run (file, kind, &status);
  g_assert_cmpint (status, ==, WIRE_OK);
}

typedef struct {
  WireImageKind kind;
  const char *before; /* what stands before our TIFF block */
  gsize before_bytes;
} OrientationCase;

static const OrientationCase orientation_cases[] = {
  { WIRE_IMAGE_JPEG, "\xff\xe1\0\42Exif\0\0", 10 },
  { WIRE_IMAGE_PNG, "\0\0\0\32eXIf", 8 },
  { WIRE_IMAGE_WEBP, "EXIF\32\0\0\0", 8 },
};

static void
test_orientation (gconstpointer data)
{
  const OrientationCase *test = data;

  for (guint orientation = 0; orientation <= 9; orientation++) {
    g_autoptr (GByteArray) file = make (test->kind, orientation);
    g_autoptr (GByteArray) out = NULL;
    const guint8 *block;
    WireStatus status;

    out = run (file, test->kind, &status);
    g_assert_cmpint (status, ==, WIRE_OK);
    block = memmem (out->data, out->len, test->before, test->before_bytes);
    g_assert_cmpint (block != NULL, ==, orientation >= 2 && orientation <= 8);
    if (block != NULL)
      g_assert_cmpuint (gate_strip_orientation (block + test->before_bytes, GATE_STRIP_TIFF_BYTES),
                        ==, orientation);
  }
}

static void
test_jpeg_kept (void)
{
  g_autoptr (GByteArray) file = media_jpeg (1);
  g_autoptr (GByteArray) out = NULL;
  WireStatus status;

  out = run (file, WIRE_IMAGE_JPEG, &status);
  g_assert_cmpint (status, ==, WIRE_OK);
  g_assert_true (media_contains (out->data, out->len, "JFIF"));
  g_assert_false (media_contains (out->data, out->len, "rgb")); /* its thumbnail */
  g_assert_true (media_contains (out->data, out->len, "ICC_PROFILE"));
  g_assert_true (media_contains (out->data, out->len, "Adobe"));
  g_assert_true (media_contains (out->data, out->len, "after restart"));
  g_assert_cmpmem (out->data + out->len - 2, 2, "\xff\xd9", 2);
}

static void
test_unknown_critical (void)
{
  g_autoptr (GByteArray) file = media_png (1, 1, 1);
  g_autoptr (GByteArray) out = NULL;
  guint8 *type = memmem (file->data, file->len, "prVt", 4);
  WireStatus status;

  *type = 'P';
  out = run (file, WIRE_IMAGE_PNG, &status);
  g_assert_cmpint (status, ==, WIRE_UNSUPPORTED);
}

static void
test_frames (void)
{
  g_autoptr (GByteArray) good = media_gif (GATE_STRIP_MAX_FRAMES);
  g_autoptr (GByteArray) bad = media_gif (100000);
  g_autoptr (GByteArray) good_out = NULL;
  g_autoptr (GByteArray) bad_out = NULL;
  WireStatus status;

  good_out = run (good, WIRE_IMAGE_GIF, &status);
  g_assert_cmpint (status, ==, WIRE_OK);
  bad_out = run (bad, WIRE_IMAGE_GIF, &status);
  g_assert_cmpint (status, ==, WIRE_TOO_LARGE);
}

static WireStatus
run_animation (guint       n_frames,
               const char *name)
{
  g_autoptr (GByteArray) file = media_webp_animation (n_frames, name);
  g_autoptr (GByteArray) out = NULL;
  WireStatus status;

  out = run (file, WIRE_IMAGE_WEBP, &status);
  if (status == WIRE_OK) {
    g_assert_false (media_contains (out->data, out->len, MEDIA_SECRET_TEXT));
    g_assert_true (media_contains (out->data, out->len, "ANMF"));
    g_assert_true (media_contains (out->data, out->len, name));
  }
  return status;
}

/* A frame holds chunks again: only such as draw, and not one byte more than it says. */
static void
test_animation (void)
{
  g_assert_cmpint (run_animation (3, "VP8L"), ==, WIRE_OK);
  g_assert_cmpint (run_animation (3, "ALPH"), ==, WIRE_OK);
  g_assert_cmpint (run_animation (3, "XMP "), ==, WIRE_UNSUPPORTED);
  g_assert_cmpint (run_animation (3, NULL), ==, WIRE_BAD_FRAME);
  g_assert_cmpint (run_animation (100000, "VP8L"), ==, WIRE_TOO_LARGE);
}

/* Kept and dropped chunks in turn, so that nothing joins. */
static void
test_pieces (void)
{
  g_autoptr (GByteArray) file = media_png (1, 1, 1);
  g_autoptr (GByteArray) out = NULL;
  WireStatus status;

  g_byte_array_set_size (file, 8 + 12 + 13);
  for (guint i = 0; i < GATE_STRIP_MAX_PIECES + 1; i++)
    g_byte_array_append (file, (const guint8 *) "\0\0\0\0IDAT\0\0\0\0\0\0\0\0aaaa\0\0\0\0", 24);
  g_byte_array_append (file, (const guint8 *) "\0\0\0\0IEND\0\0\0\0", 12);
  out = run (file, WIRE_IMAGE_PNG, &status);
  g_assert_cmpint (status, ==, WIRE_TOO_LARGE);
}

int
main (int    argc,
      char **argv)
{
  static const char *const names[] = { "none", "jpeg", "png", "gif", "webp" };

  g_test_init (&argc, &argv, NULL);
  for (int kind = WIRE_IMAGE_JPEG; kind <= WIRE_IMAGE_WEBP; kind++) {
    g_autofree char *whole = g_strdup_printf ("/http/strip/%s", names[kind]);
    g_autofree char *prefixes = g_strdup_printf ("/http/strip/prefixes/%s", names[kind]);

    g_test_add_data_func (whole, GINT_TO_POINTER (kind), test_kind);
    g_test_add_data_func (prefixes, GINT_TO_POINTER (kind), test_prefixes);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (orientation_cases); i++) {
    g_autofree char *path =
      g_strdup_printf ("/http/strip/orientation/%s", names[orientation_cases[i].kind]);

    g_test_add_data_func (path, &orientation_cases[i], test_orientation);
  }
  g_test_add_func ("/http/strip/jpeg-kept", test_jpeg_kept);
  g_test_add_func ("/http/strip/unknown-critical", test_unknown_critical);
  g_test_add_func ("/http/strip/frames", test_frames);
  g_test_add_func ("/http/strip/animation", test_animation);
  g_test_add_func ("/http/strip/pieces", test_pieces);
  return g_test_run ();
}
