/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "wire-image.h"

typedef struct {
  const char *file;
  WireImageKind kind;
  const char *mime;
} Picture;

/* 37 by 21 pixels each, made by other people's encoders. */
static const Picture pictures[] = {
  { "photo.jpg", WIRE_IMAGE_JPEG, "image/jpeg" },
  { "progressive.jpg", WIRE_IMAGE_JPEG, "image/jpeg" },
  { "still.png", WIRE_IMAGE_PNG, "image/png" },
  { "still.gif", WIRE_IMAGE_GIF, "image/gif" },
  { "lossy.webp", WIRE_IMAGE_WEBP, "image/webp" },
  { "lossless.webp", WIRE_IMAGE_WEBP, "image/webp" },
  { "extended.webp", WIRE_IMAGE_WEBP, "image/webp" },
};

static void
test_picture (gconstpointer user_data)
{
  const Picture *picture = user_data;
  g_autofree char *path =
    g_test_build_filename (G_TEST_DIST, "wire", "corpus", "image", picture->file, NULL);
  g_autofree char *data = NULL;
  gboolean is_measured = FALSE;
  gsize n_bytes;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &data, &n_bytes, &error);
  g_assert_no_error (error);
  for (gsize n = 0; n <= n_bytes; n++) {
    g_autofree guint8 *copy = g_memdup2 (data, MAX (n, 1));
    WireImage image = { 0 };
    WireStatus status = wire_image_measure (copy, n, &image);

    /* More until it is known, and the same from there on. */
    g_assert_cmpint (status, ==,
                     is_measured         ? WIRE_OK
                     : status == WIRE_OK ? WIRE_OK
                                         : WIRE_NEED_MORE);
    is_measured = status == WIRE_OK;
    if (is_measured) {
      g_assert_cmpint (image.kind, ==, picture->kind);
      g_assert_cmpuint (image.width, ==, 37);
      g_assert_cmpuint (image.height, ==, 21);
    }
  }
  g_assert_true (is_measured);
  g_assert_cmpint (wire_image_sniff ((const guint8 *) data, 12), ==, picture->kind);
  g_assert_cmpstr (wire_image_mime (picture->kind), ==, picture->mime);
}

typedef struct {
  const char *name;
  const char *bytes;
  gsize n_bytes;
  WireStatus expected;
} Case;

#define BYTES(literal) literal, sizeof literal - 1
#define PNG            "\x89PNG\r\n\x1a\n"

static const Case cases[] = {
  { "empty", BYTES (""), WIRE_NEED_MORE },
  { "text", BYTES ("<svg xmlns='http"), WIRE_UNSUPPORTED },
  { "html", BYTES ("<!DOCTYPE html>"), WIRE_UNSUPPORTED },
  { "riff-of-sound", BYTES ("RIFF\0\0\0\0WAVEfmt "), WIRE_UNSUPPORTED },
  { "gif-of-another-version", BYTES ("GIF90a\1\0\1\0\0\0\0"), WIRE_UNSUPPORTED },
  { "gif-empty", BYTES ("GIF89a\0\0\1\0"), WIRE_BAD_FRAME },
  { "png-good", BYTES (PNG "\0\0\0\rIHDR\0\0\0\1\0\0\0\1"), WIRE_OK },
  { "png-without-ihdr", BYTES (PNG "\0\0\0\rIDAT\0\0\0\1\0\0\0\1"), WIRE_BAD_FRAME },
  { "png-long-ihdr", BYTES (PNG "\0\0\0\x0eIHDR\0\0\0\1\0\0\0\1"), WIRE_BAD_FRAME },
  { "png-width-0", BYTES (PNG "\0\0\0\rIHDR\0\0\0\0\0\0\0\1"), WIRE_BAD_FRAME },
  { "png-beyond-31-bits", BYTES (PNG "\0\0\0\rIHDR\x80\0\0\0\0\0\0\1"), WIRE_BAD_FRAME },
  { "png-40-megapixels", BYTES (PNG "\0\0\0\rIHDR\0\0\x1f\x40\0\0\x13\x88"), WIRE_OK },
  { "png-one-row-more", BYTES (PNG "\0\0\0\rIHDR\0\0\x1f\x40\0\0\x13\x89"), WIRE_TOO_LARGE },
  { "png-bomb", BYTES (PNG "\0\0\0\rIHDR\0\0\x4e\x20\0\0\x4e\x20"), WIRE_TOO_LARGE },
  { "png-largest", BYTES (PNG "\0\0\0\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff"), WIRE_TOO_LARGE },
  { "jpeg-good", BYTES ("\xff\xd8\xff\xc0\0\x0b\x08\0\1\0\2\1\1\1\0"), WIRE_OK },
  { "jpeg-fill-bytes", BYTES ("\xff\xd8\xff\xff\xff\xc2\0\x0b\x08\0\1\0\2\1\1\1\0"), WIRE_OK },
  { "jpeg-restart-marker", BYTES ("\xff\xd8\xff\xd0\xff\xc0\0\x0b\x08\0\1\0\2\1\1\1\0"), WIRE_OK },
  { "jpeg-after-a-segment", BYTES ("\xff\xd8\xff\xe1\0\4ab\xff\xc0\0\x0b\x08\0\1\0\2\1\1\1\0"),
    WIRE_OK },
  { "jpeg-huffman-table-is-no-frame", BYTES ("\xff\xd8\xff\xc4\0\x0b\x08\0\1\0\2\1\1\1\0"),
    WIRE_NEED_MORE },
  { "jpeg-scan-first", BYTES ("\xff\xd8\xff\xda\0\x0b\x08\0\1\0\2\1\1\1\0"), WIRE_BAD_FRAME },
  { "jpeg-end-first", BYTES ("\xff\xd8\xff\xd9\0\x0b\x08\0\1\0\2"), WIRE_BAD_FRAME },
  { "jpeg-segment-of-1", BYTES ("\xff\xd8\xff\xe0\0\1\x08\0\1\0\2"), WIRE_BAD_FRAME },
  { "jpeg-no-marker", BYTES ("\xff\xd8\xff\xe0\0\2zz\0\1\0\2"), WIRE_BAD_FRAME },
  { "jpeg-short-frame", BYTES ("\xff\xd8\xff\xc0\0\7\x08\0\1\0\2"), WIRE_BAD_FRAME },
  { "jpeg-height-0", BYTES ("\xff\xd8\xff\xc0\0\x0b\x08\0\0\0\2\1\1\1\0"), WIRE_BAD_FRAME },
  { "jpeg-large", BYTES ("\xff\xd8\xff\xc0\0\x0b\x08\xff\xff\xff\xff\1\1\1\0"), WIRE_TOO_LARGE },
  { "webp-unknown-chunk", BYTES ("RIFF\0\0\0\0WEBPALPH\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
    WIRE_BAD_FRAME },
  { "webp-no-key-frame", BYTES ("RIFF\0\0\0\0WEBPVP8 \0\0\0\0\1\0\0\x9d\1\x2a\1\0\1\0"),
    WIRE_BAD_FRAME },
  { "webp-no-start-code", BYTES ("RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\1\x2b\1\0\1\0"),
    WIRE_BAD_FRAME },
  { "webp-lossless-without-mark", BYTES ("RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2e\0\0\0\0\0\0\0\0\0"),
    WIRE_BAD_FRAME },
  { "webp-extended-huge", BYTES ("RIFF\0\0\0\0WEBPVP8X\0\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff"),
    WIRE_TOO_LARGE },
};

static void
test_case (gconstpointer user_data)
{
  const Case *c = user_data;
  g_autofree guint8 *copy = g_memdup2 (c->bytes, MAX (c->n_bytes, 1));
  WireImage image = { 0 };

  g_assert_cmpstr (wire_status_name (wire_image_measure (copy, c->n_bytes, &image)), ==,
                   wire_status_name (c->expected));
}

static void
test_none (void)
{
  g_assert_null (wire_image_mime (WIRE_IMAGE_NONE));
  g_assert_cmpint (wire_image_sniff ((const guint8 *) "\xff\xd8", 2), ==, WIRE_IMAGE_NONE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (pictures); i++) {
    g_autofree char *path = g_strdup_printf ("/wire/image/%s", pictures[i].file);

    g_test_add_data_func (path, &pictures[i], test_picture);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/wire/image/%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], test_case);
  }
  g_test_add_func ("/wire/image/none", test_none);
  return g_test_run ();
}
