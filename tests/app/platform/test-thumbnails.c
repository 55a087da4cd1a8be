/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <fcntl.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <string.h>

#include "usher-thumbnails.h"

static char *helper; /* the real one */

static GBytes *
make_picture (const char *format,
              int         width,
              int         height)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  char *data = NULL;
  gsize n_bytes = 0;

  gdk_pixbuf_fill (pixbuf, 0xff0000ff);
  g_assert_true (gdk_pixbuf_save_to_buffer (pixbuf, &data, &n_bytes, format, NULL, NULL));
  return g_bytes_new_take (data, n_bytes);
}

static void
test_good (void)
{
  static const char *const formats[] = { "png", "jpeg" };

  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_autofree char *mime = g_strconcat ("image/", formats[i], NULL);
    g_autoptr (GBytes) picture = make_picture (formats[i], 400, 200);
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) pixels = NULL;
    const guint8 *first;
    int width, height;

    pixels = usher_thumbnails_make (picture, mime, 100, 100, &width, &height, &error);
    g_assert_no_error (error);
    g_assert_cmpint (width, ==, 100);
    g_assert_cmpint (height, ==, 50);
    g_assert_cmpuint (g_bytes_get_size (pixels), ==, 100 * 50 * 4);
    first = g_bytes_get_data (pixels, NULL);
    g_assert_cmpint (first[0], >, 250);
    g_assert_cmpint (first[1], <, 5);
    g_assert_cmpint (first[3], ==, 255);
  }
}

static void
expect_failure (GBytes     *picture,
                const char *mime)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) pixels = NULL;
  int width, height;

  pixels = usher_thumbnails_make (picture, mime, 320, 240, &width, &height, &error);
  g_assert_null (pixels);
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
}

/* Cut off, and every bit of it at random. */
static void
test_damaged (void)
{
  g_autoptr (GBytes) good = make_picture ("png", 60, 60);
  g_autoptr (GBytes) cut = g_bytes_new_from_bytes (good, 0, 20);
  g_autoptr (GBytes) nothing = g_bytes_new_static ("x", 1);

  expect_failure (cut, "image/png");
  expect_failure (nothing, "image/png");
  expect_failure (good, "image/jpeg");
  expect_failure (good, "application/x-executable");
  for (guint i = 0; i < 40; i++) {
    gsize n_bytes;
    g_autofree guint8 *data =
      g_memdup2 (g_bytes_get_data (good, &n_bytes), g_bytes_get_size (good));
    g_autoptr (GBytes) bytes = NULL;
    g_autoptr (GBytes) pixels = NULL;
    int width, height;

    for (guint k = 0; k < 6; k++)
      data[g_test_rand_int_range (8, (gint32) g_bytes_get_size (good))] =
        (guint8) g_test_rand_int ();
    n_bytes = g_bytes_get_size (good);
    bytes = g_bytes_new (data, n_bytes);
    pixels = usher_thumbnails_make (bytes, "image/png", 32, 32, &width, &height, NULL);
    if (pixels != NULL)
      g_assert_cmpuint (g_bytes_get_size (pixels), <=, 32 * 32 * 4);
  }
}

static guint32
crc (const guint8 *data,
     gsize         n_bytes)
{
  guint32 sum = G_MAXUINT32;

  for (gsize i = 0; i < n_bytes; i++) {
    sum ^= data[i];
    for (guint k = 0; k < 8; k++)
      sum = sum >> 1 ^ ((sum & 1) != 0 ? 0xedb88320u : 0);
  }
  return ~sum;
}

static void
append_chunk (GByteArray   *png,
              const char   *type,
              const guint8 *data,
              gsize         n_bytes)
{
  guint32 length = GUINT32_TO_BE ((guint32) n_bytes);
  guint start = png->len + 4;
  guint32 sum;

  g_byte_array_append (png, (const guint8 *) &length, 4);
  g_byte_array_append (png, (const guint8 *) type, 4);
  g_byte_array_append (png, data, (guint) n_bytes);
  sum = GUINT32_TO_BE (crc (png->data + start, png->len - start));
  g_byte_array_append (png, (const guint8 *) &sum, 4);
}

/* 20,000 × 20,000 pixels of one bit, all black: 50 kB that want more than a gigabyte. */
static GBytes *
make_bomb (void)
{
  static const guint8 head[] = { 0, 0, 0x4e, 0x20, 0, 0, 0x4e, 0x20, 1, 0, 0, 0, 0 };
  g_autoptr (GConverter) compressor =
    G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 1));
  gsize raw_bytes = (gsize) 20000 * 2501, room_bytes = (gsize) 1024 * 1024;
  g_autofree guint8 *raw = g_malloc0 (raw_bytes);
  g_autofree guint8 *packed = g_malloc (room_bytes);
  g_autoptr (GByteArray) png = g_byte_array_new ();
  gsize n_read = 0, n_written = 0, in, out;
  GConverterResult result = G_CONVERTER_CONVERTED;

  while (result != G_CONVERTER_FINISHED) {
    result =
      g_converter_convert (compressor, raw + n_read, raw_bytes - n_read, packed + n_written,
                           room_bytes - n_written, G_CONVERTER_INPUT_AT_END, &in, &out, NULL);
    g_assert_cmpint (result, !=, G_CONVERTER_ERROR);
    n_read += in;
    n_written += out;
  }
  g_byte_array_append (png, (const guint8 *) "\x89PNG\r\n\x1a\n", 8);
  append_chunk (png, "IHDR", head, sizeof head);
  append_chunk (png, "IDAT", packed, n_written);
  append_chunk (png, "IEND", NULL, 0);
  return g_byte_array_free_to_bytes (g_steal_pointer (&png));
}

static void
test_bomb (void)
{
  g_autoptr (GBytes) bomb = make_bomb ();

  g_assert_cmpuint (g_bytes_get_size (bomb), <, 1024 * 1024);
  expect_failure (bomb, "image/png");
  test_good ();
}

/* Whatever the process does, it is an error here, and the next one is well. */
static void
test_crash (void)
{
  static const char *const scripts[] = {
    "#!/bin/sh\nkill -SEGV $$\n",
    "#!/bin/sh\nexit 7\n",
    "#!/bin/sh\nexit 0\n", /* says that there is a picture */
    "#!/bin/sh\nprintf '\\377\\377\\377\\177\\377\\377\\377\\177' >&4\n", /* says that it is huge */
    "#!/bin/sh\nprintf '\\000\\002\\000\\000\\000\\002\\000\\000' >&4\n", /* larger than the box */
  };
  g_autoptr (GBytes) picture = make_picture ("png", 4, 4);
  g_autofree char *dir = g_dir_make_tmp ("usher-thumbnails-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "helper", NULL);

  g_setenv ("USHER_THUMBNAILER", path, TRUE);
  expect_failure (picture, "image/png"); /* there is none */
  for (gsize i = 0; i < G_N_ELEMENTS (scripts); i++) {
    g_assert_true (
      g_file_set_contents_full (path, scripts[i], -1, G_FILE_SET_CONTENTS_NONE, 0700, NULL));
    expect_failure (picture, "image/png");
  }
  g_unlink (path);
  g_rmdir (dir);
  g_setenv ("USHER_THUMBNAILER", helper, TRUE);
  test_good ();
}

/* It sees the picture and the room for its pixels; nothing else that is open here, and nothing of where we are. */
static void
test_alone (void)
{
  static const char script[] = "#!/bin/sh\n"
                               /* 10 is the shell's own: what it reads this from */
                               "for n in 5 6 7 8 9 11 12 13 14 15 16 17 18 19 20; do\n"
                               "  [ ! -e /proc/$$/fd/$n ] || exit 8\n"
                               "done\n"
                               "[ -z \"$USHER_THUMBNAILER$HOME$DISPLAY\" ] || exit 9\n"
                               "printf '\\001\\000\\000\\000\\001\\000\\000\\000' >&4\n";
  g_autoptr (GBytes) picture = make_picture ("png", 4, 4);
  g_autofree char *dir = g_dir_make_tmp ("usher-thumbnails-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "helper", NULL);
  g_autoptr (GBytes) pixels = NULL;
  g_autoptr (GError) error = NULL;
  int fd = g_open ("/dev/null", 0), width, height;

  g_assert_true (g_file_set_contents_full (path, script, -1, G_FILE_SET_CONTENTS_NONE, 0700, NULL));
  g_setenv ("USHER_THUMBNAILER", path, TRUE);
  pixels = usher_thumbnails_make (picture, "image/png", 8, 8, &width, &height, &error);
  g_assert_no_error (error);
  g_assert_cmpint (width, ==, 1);
  g_close (fd, NULL);
  g_unlink (path);
  g_rmdir (dir);
  g_setenv ("USHER_THUMBNAILER", helper, TRUE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  helper = g_strdup (g_getenv ("USHER_THUMBNAILER"));
  g_test_add_func ("/thumbnails/good", test_good);
  g_test_add_func ("/thumbnails/damaged", test_damaged);
  g_test_add_func ("/thumbnails/bomb", test_bomb);
  g_test_add_func ("/thumbnails/crash", test_crash);
  g_test_add_func ("/thumbnails/alone", test_alone);
  return g_test_run ();
}
