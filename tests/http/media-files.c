/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media-files.h"

#include "http-fixture.h"
#include "wire-token.h"
#include "wire-voice.h"

#include <string.h>

#define ZIP "PK\003\004" MEDIA_SECRET_TEXT

static void
add (GByteArray *out,
     const void *data,
     gsize       n_bytes)
{
  g_byte_array_append (out, data, (guint) n_bytes);
}

#define ADD_LITERAL(out, literal) add ((out), (literal), sizeof (literal) - 1)

static void
add_be (GByteArray *out,
        guint32     value,
        guint       n_bytes)
{
  for (guint i = 0; i < n_bytes; i++) {
    guint8 byte = (guint8) (value >> (8 * (n_bytes - 1 - i)));

    add (out, &byte, 1);
  }
}

static void
add_le (GByteArray *out,
        guint32     value,
        guint       n_bytes)
{
  for (guint i = 0; i < n_bytes; i++) {
    guint8 byte = (guint8) (value >> (8 * i));

    add (out, &byte, 1);
  }
}

/* A little-endian TIFF block: make, orientation, and text behind it. */
static void
add_tiff (GByteArray *out,
          guint       orientation)
{
  ADD_LITERAL (out, "II*\0");
  add_le (out, 8, 4);
  add_le (out, 2, 2);
  add_le (out, 0x010f, 2);
  add_le (out, 2, 2);
  add_le (out, sizeof (MEDIA_SECRET_TEXT), 4);
  add_le (out, 38, 4);
  add_le (out, 0x0112, 2);
  add_le (out, 3, 2);
  add_le (out, 1, 4);
  add_le (out, orientation, 4);
  add_le (out, 0, 4);
  ADD_LITERAL (out, MEDIA_SECRET_TEXT);
}

/* --- JPEG ---------------------------------------------------------------------------------------- */

static void
add_segment (GByteArray *out,
             guint8      marker,
             const void *body,
             gsize       n_bytes)
{
  add_be (out, 0xff00u | marker, 2);
  add_be (out, (guint32) n_bytes + 2, 2);
  add (out, body, n_bytes);
}

#define SEGMENT(out, marker, literal) add_segment ((out), (marker), (literal), sizeof (literal) - 1)

GByteArray *
media_jpeg (guint orientation)
{
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GByteArray) exif = g_byte_array_new ();

  ADD_LITERAL (exif, "Exif\0\0");
  add_tiff (exif, orientation);
  ADD_LITERAL (out, "\xff\xd8");
  SEGMENT (out, 0xe0, "JFIF\0\1\1\0\0\1\0\1\1\1rgb");
  add_segment (out, 0xe1, exif->data, exif->len);
  SEGMENT (out, 0xe1, "http://ns.adobe.com/xap/1.0/\0" MEDIA_SECRET_TEXT);
  SEGMENT (out, 0xe2, "ICC_PROFILE\0\1\1profile");
  SEGMENT (out, 0xe2, "MPF\0" MEDIA_SECRET_TEXT);
  SEGMENT (out, 0xed, "Photoshop 3.0\0" MEDIA_SECRET_TEXT);
  SEGMENT (out, 0xee, "Adobe\0\144\0\0\0\0\1");
  SEGMENT (out, 0xfe, MEDIA_SECRET_TEXT);
  SEGMENT (out, 0xdb, "\0quantisation table");
  SEGMENT (out, 0xc0, "\10\0\20\0\40\1\1\21\0"); /* 32 x 16, one component */
  SEGMENT (out, 0xc4, "\0huffman table");
  SEGMENT (out, 0xda, "\1\1\0\0\77\0");
  ADD_LITERAL (out, "data\xff\0more\xff\xd0"
                    "after restart\xff\xff\xd9");
  ADD_LITERAL (out, ZIP);
  return out;
}

/* --- PNG ----------------------------------------------------------------------------------------- */

static void
add_chunk (GByteArray *out,
           const char *type,
           const void *body,
           gsize       n_bytes)
{
  add_be (out, (guint32) n_bytes, 4);
  add (out, type, 4);
  add (out, body, n_bytes);
  add_be (out, 0x11223344,
          4); /* nobody here checks it, as no browser checks that of a chunk it skips */
}

GByteArray *
media_png (guint32 width,
           guint32 height,
           guint   orientation)
{
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GByteArray) head = g_byte_array_new ();
  g_autoptr (GByteArray) exif = g_byte_array_new ();

  add_be (head, width, 4);
  add_be (head, height, 4);
  ADD_LITERAL (head, "\10\2\0\0\0");
  add_tiff (exif, orientation);
  ADD_LITERAL (out, "\x89PNG\r\n\x1a\n");
  add_chunk (out, "IHDR", head->data, head->len);
  add_chunk (out, "tEXt", "Comment\0" MEDIA_SECRET_TEXT, 8 + strlen (MEDIA_SECRET_TEXT));
  add_chunk (out, "eXIf", exif->data, exif->len);
  add_chunk (out, "iTXt", MEDIA_SECRET_TEXT, strlen (MEDIA_SECRET_TEXT));
  add_chunk (out, "gAMA", "\0\0\261\217", 4);
  add_chunk (out, "IDAT", "pixels", 6);
  add_chunk (out, "prVt", MEDIA_SECRET_TEXT, strlen (MEDIA_SECRET_TEXT));
  add_chunk (out, "IEND", "", 0);
  ADD_LITERAL (out, "<script>alert(1)</script>" ZIP);
  return out;
}

/* --- GIF ----------------------------------------------------------------------------------------- */

GByteArray *
media_gif (guint n_frames)
{
  GByteArray *out = g_byte_array_new ();

  ADD_LITERAL (out, "GIF89a");
  add_le (out, 2, 2);
  add_le (out, 2, 2);
  ADD_LITERAL (out, "\x80\0\0"
                    "\0\0\0\377\377\377");
  ADD_LITERAL (out, "!\377\13NETSCAPE2.0\3\1\0\0\0");
  ADD_LITERAL (out, "!\376\26" MEDIA_SECRET_TEXT "\0");
  ADD_LITERAL (out, "!\377\13XMP DataXMP\26" MEDIA_SECRET_TEXT "\0");
  for (guint i = 0; i < n_frames; i++) {
    ADD_LITERAL (out, "!\371\4\0\12\0\0\0");
    ADD_LITERAL (out, ",\0\0\0\0\2\0\2\0\0\2\2\114\1\0");
  }
  ADD_LITERAL (out, ";" ZIP);
  return out;
}

/* --- WebP ---------------------------------------------------------------------------------------- */

static void
add_riff (GByteArray *out,
          const char *name,
          const void *body,
          gsize       n_bytes)
{
  add (out, name, 4);
  add_le (out, (guint32) n_bytes, 4);
  add (out, body, n_bytes);
  if (n_bytes % 2 != 0)
    add_le (out, 0, 1);
}

GByteArray *
media_webp (guint orientation)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autoptr (GByteArray) exif = g_byte_array_new ();
  GByteArray *out = g_byte_array_new ();

  add_tiff (exif, orientation);
  ADD_LITERAL (body, "WEBP");
  add_riff (body, "VP8X", "\14\0\0\0\37\0\0\17\0\0", 10); /* EXIF and XMP; 32 x 16 */
  add_riff (body, "VP8L", "\57\37\300\3\0picture", 12);
  add_riff (body, "EXIF", exif->data, exif->len);
  add_riff (body, "XMP ", MEDIA_SECRET_TEXT, strlen (MEDIA_SECRET_TEXT));
  ADD_LITERAL (out, "RIFF");
  add_le (out, body->len, 4);
  add (out, body->data, body->len);
  ADD_LITERAL (out, ZIP);
  return out;
}

GByteArray *
media_webp_animation (guint       n_frames,
                      const char *name)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  GByteArray *out = g_byte_array_new ();

  ADD_LITERAL (body, "WEBP");
  add_riff (body, "VP8X", "\6\0\0\0\37\0\0\17\0\0", 10); /* XMP and animation; 32 x 16 */
  add_riff (body, "ANIM", "\0\0\0\0\0\0", 6);
  for (guint i = 0; i < n_frames; i++) {
    g_autoptr (GByteArray) frame = g_byte_array_new ();

    ADD_LITERAL (frame, "\0\0\0\0\0\0\37\0\0\17\0\0\144\0\0\0");
    if (name != NULL)
      add_riff (frame, name, "\57\37\300\3\0picture", 12);
    else
      g_byte_array_set_size (frame, 8);
    add_riff (body, "ANMF", frame->data, frame->len);
  }
  add_riff (body, "XMP ", MEDIA_SECRET_TEXT, strlen (MEDIA_SECRET_TEXT));
  ADD_LITERAL (out, "RIFF");
  add_le (out, body->len, 4);
  add (out, body->data, body->len);
  ADD_LITERAL (out, ZIP);
  return out;
}

GByteArray *
media_text (void)
{
  GByteArray *out = g_byte_array_new ();

  ADD_LITERAL (out, "order 12, 退款\n");
  return out;
}

GByteArray *
media_voice (guint32 n_samples)
{
  GByteArray *out = g_byte_array_new ();
  guint8 header[WIRE_VOICE_HEADER_BYTES];

  wire_voice_write_header (n_samples, header);
  add (out, header, sizeof header);
  g_byte_array_set_size (out, out->len + n_samples * WIRE_VOICE_SAMPLE_BYTES);
  memset (out->data + sizeof header, 0, out->len - sizeof header);
  return out;
}

char *
media_upload_url (const char *id,
                  const char *mime,
                  guint64     size)
{
  g_autofree char *path = g_strconcat ("/media/up/", id, NULL);

  return wire_upload_url (FIXTURE_MEDIA_SECRET, strlen (FIXTURE_MEDIA_SECRET), path, mime, size,
                          g_get_real_time () / G_USEC_PER_SEC + 600);
}

gboolean
media_contains (const guint8 *bytes,
                gsize         n_bytes,
                const char   *text)
{
  return memmem (bytes, n_bytes, text, strlen (text)) != NULL;
}
