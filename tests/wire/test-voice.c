/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "wire-document.h"
#include "wire-image.h"
#include "wire-voice.h"

#define SECOND_SAMPLES 16000

/* As a program that is not ours writes one second: the bytes of the format's description, not of our writer. */
static const guint8 second_header[] = {
  'R', 'I', 'F', 'F', 0x24, 0x7D, 0,   0,   'W', 'A',  'V',  'E',  'f', 'm', 't',
  ' ', 16,  0,   0,   0,    1,    0,   1,   0,   0x80, 0x3E, 0,    0,   0,   0x7D,
  0,   0,   2,   0,   16,   0,    'd', 'a', 't', 'a',  0,    0x7D, 0,   0,
};

static GByteArray *
voice (guint32 n_samples)
{
  GByteArray *file = g_byte_array_new ();
  guint8 header[WIRE_VOICE_HEADER_BYTES];

  wire_voice_write_header (n_samples, header);
  g_byte_array_append (file, header, sizeof header);
  g_byte_array_set_size (file, WIRE_VOICE_HEADER_BYTES + n_samples * WIRE_VOICE_SAMPLE_BYTES);
  memset (file->data + WIRE_VOICE_HEADER_BYTES, 0x11, n_samples * WIRE_VOICE_SAMPLE_BYTES);
  return file;
}

static void
test_header (void)
{
  guint8 header[WIRE_VOICE_HEADER_BYTES];

  wire_voice_write_header (SECOND_SAMPLES, header);
  g_assert_cmpmem (header, sizeof header, second_header, sizeof second_header);
}

static void
test_durations (void)
{
  const gsize header = WIRE_VOICE_HEADER_BYTES;

  g_assert_cmpuint (wire_voice_get_duration_ms (0), ==, 0);
  g_assert_cmpuint (wire_voice_get_duration_ms (header), ==, 0);
  g_assert_cmpuint (wire_voice_get_duration_ms (header + 1), ==, 0);
  g_assert_cmpuint (wire_voice_get_duration_ms (header + 2), ==, 1);
  g_assert_cmpuint (wire_voice_get_duration_ms (header + 32000 + 1), ==, 0);
  g_assert_cmpuint (wire_voice_get_duration_ms (header + 32000), ==, 1000);
  g_assert_cmpuint (wire_voice_get_duration_ms (WIRE_VOICE_MAX_BYTES), ==, WIRE_VOICE_MAX_MS);
  g_assert_cmpuint (wire_voice_get_duration_ms (WIRE_VOICE_MAX_BYTES + 2), ==, 0);
  g_assert_cmpuint (wire_voice_get_duration_ms (G_MAXUINT64), ==, 0);
}

/* What the gateway takes and the console attaches: both ask the kinds of files. */
static void
test_kind (void)
{
  g_autoptr (GByteArray) file = voice (SECOND_SAMPLES);

  g_assert_true (wire_voice_is_good (file->data, file->len));
  g_assert_true (wire_document_agrees (WIRE_VOICE_MIME, file->data, file->len));
  g_assert_cmpstr (wire_document_guess ("Hello.WAV", file->data, file->len), ==, WIRE_VOICE_MIME);
  g_assert_cmpint (wire_image_sniff (file->data, file->len), ==, WIRE_IMAGE_NONE);
  g_assert_false (wire_document_agrees ("text/plain", file->data, file->len));
  g_assert_false (wire_document_agrees ("audio/mpeg", file->data, file->len));
}

static void
test_lengths (void)
{
  g_autoptr (GByteArray) file = voice (100);
  g_autoptr (GByteArray) longest = voice (WIRE_VOICE_MAX_SAMPLES);
  g_autoptr (GByteArray) longer = voice (WIRE_VOICE_MAX_SAMPLES + 1);
  g_autoptr (GByteArray) none = voice (0);

  for (gsize n = 0; n < file->len; n++)
    g_assert_false (wire_voice_is_good (file->data, n));
  g_byte_array_set_size (file, file->len + 2); /* something behind the samples */
  g_assert_false (wire_voice_is_good (file->data, file->len));
  g_assert_false (wire_voice_is_good (none->data, none->len));
  g_assert_true (wire_voice_is_good (longest->data, longest->len));
  g_assert_false (wire_voice_is_good (longer->data, longer->len));
}

/* Stereo, 8 bits, 44.1 kHz, a-law, an extended format, another order of chunks: each differs in a byte of the header. */
static void
test_every_byte_counts (void)
{
  g_autoptr (GByteArray) file = voice (100);

  for (gsize i = 0; i < WIRE_VOICE_HEADER_BYTES; i++) {
    for (guint bit = 0; bit < 8; bit++) {
      file->data[i] ^= (guint8) (1u << bit);
      g_assert_false (wire_voice_is_good (file->data, file->len));
      file->data[i] ^= (guint8) (1u << bit);
    }
  }
  for (gsize i = WIRE_VOICE_HEADER_BYTES; i < file->len; i++)
    file->data[i] = (guint8) ~file->data[i];
  g_assert_true (wire_voice_is_good (file->data, file->len));
}

static void
test_name (void)
{
  g_autofree char *nameless = wire_document_dup_name ("", WIRE_VOICE_MIME);
  g_autofree char *named = wire_document_dup_name ("order.exe", WIRE_VOICE_MIME);

  g_assert_cmpstr (nameless, ==, "file.wav");
  g_assert_cmpstr (named, ==, "order.exe.wav");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/voice/header", test_header);
  g_test_add_func ("/wire/voice/durations", test_durations);
  g_test_add_func ("/wire/voice/kind", test_kind);
  g_test_add_func ("/wire/voice/lengths", test_lengths);
  g_test_add_func ("/wire/voice/every-byte-counts", test_every_byte_counts);
  g_test_add_func ("/wire/voice/name", test_name);
  return g_test_run ();
}
