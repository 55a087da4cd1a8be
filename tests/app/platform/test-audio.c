/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fake-audio.h"
#include "usher-audio.h"
#include "usher-capture.h"
#include "usher-playback.h"
#include "wire-voice.h"

#define WAIT_UNTIL(condition)                \
  G_STMT_START                               \
  {                                          \
    while (!(condition))                     \
      g_main_context_iteration (NULL, TRUE); \
  }                                          \
  G_STMT_END

typedef struct {
  guint ms;
  double level;
  gboolean is_over;
  char *problem;
} Told;

static void
heard_cb (Told   *told,
          guint   ms,
          double  level)
{
  told->ms = ms;
  told->level = level;
}

static void
moved_cb (Told  *told,
          guint  ms)
{
  g_assert_cmpuint (ms, >=, told->ms);
  told->ms = ms;
}

static void
over_cb (Told       *told,
         const char *problem)
{
  g_assert_false (told->is_over);
  told->is_over = TRUE;
  told->problem = g_strdup (problem);
}

static UsherCapture *
capture (Told *told)
{
  UsherCapture *self = usher_capture_new ();

  g_signal_connect_swapped (self, "heard", G_CALLBACK (heard_cb), told);
  g_signal_connect_swapped (self, "over", G_CALLBACK (over_cb), told);
  return self;
}

static GBytes *
voice (guint ms)
{
  const guint32 n_samples = ms * WIRE_VOICE_RATE / 1000;
  const gsize n_bytes = WIRE_VOICE_HEADER_BYTES + n_samples * WIRE_VOICE_SAMPLE_BYTES;
  guint8 *data = g_malloc0 (n_bytes);

  wire_voice_write_header (n_samples, data);
  return g_bytes_new_take (data, n_bytes);
}

static UsherPlayback *
play (GBytes *bytes,
      Told   *told)
{
  g_autoptr (GError) error = NULL;
  UsherPlayback *self = usher_playback_new (bytes, &error);

  g_assert_no_error (error);
  g_signal_connect_swapped (self, "moved", G_CALLBACK (moved_cb), told);
  g_signal_connect_swapped (self, "over", G_CALLBACK (over_cb), told);
  return self;
}

static gboolean
is_voice (GBytes *bytes)
{
  gsize n_bytes;
  const guint8 *data = g_bytes_get_data (bytes, &n_bytes);

  return wire_voice_is_good (data, n_bytes);
}

/* --- Recording -------------------------------------------------------------------------------------------- */

static void
test_record (void)
{
  Told told = { 0 };
  g_autoptr (UsherCapture) self = NULL;
  g_autoptr (GBytes) bytes = NULL;
  const guint8 *data;

  fake_audio_install ();
  self = capture (&told);
  fake_audio_let (1000, 0.5);
  WAIT_UNTIL (told.ms == 1000);
  g_assert_cmpfloat_with_epsilon (told.level, 0.5, 0.01);
  bytes = usher_capture_finish (self);
  g_assert_true (is_voice (bytes));
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, WIRE_VOICE_HEADER_BYTES + 32000);
  data = g_bytes_get_data (bytes, NULL);
  g_assert_cmpuint (data[WIRE_VOICE_HEADER_BYTES + 1], ==, 0x3F);
  fake_audio_let (50,
                  0.5); /* the thread wakes, sees that it is over and gives the microphone back */
  fake_audio_wait_open (0);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (told.ms, ==, 1000);
  g_assert_false (told.is_over);
}

static void
test_record_nothing (void)
{
  Told told = { 0 };
  g_autoptr (UsherCapture) self = NULL;

  fake_audio_install ();
  self = capture (&told);
  fake_audio_wait_open (1);
  g_assert_null (usher_capture_finish (self));
  fake_audio_let (50, 0);
  fake_audio_wait_open (0);
}

static void
test_record_two_minutes (void)
{
  Told told = { 0 };
  g_autoptr (UsherCapture) self = NULL;
  g_autoptr (GBytes) bytes = NULL;

  fake_audio_install ();
  self = capture (&told);
  fake_audio_let (WIRE_VOICE_MAX_MS + 1000, 0.1);
  WAIT_UNTIL (told.is_over);
  g_assert_null (told.problem);
  g_assert_cmpuint (told.ms, ==, WIRE_VOICE_MAX_MS);
  bytes = usher_capture_finish (self);
  g_assert_true (is_voice (bytes));
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, WIRE_VOICE_MAX_BYTES);
  fake_audio_wait_open (0);
}

/* The microphone is unplugged: what was said until then is not lost. */
static void
test_record_failure (void)
{
  Told told = { 0 };
  g_autoptr (UsherCapture) self = NULL;
  g_autoptr (GBytes) bytes = NULL;

  fake_audio_install ();
  self = capture (&told);
  fake_audio_let (200, 0.1);
  WAIT_UNTIL (told.ms == 200);
  fake_audio_fail ("unplugged");
  WAIT_UNTIL (told.is_over);
  g_assert_cmpstr (told.problem, ==, "unplugged");
  bytes = usher_capture_finish (self);
  g_assert_true (is_voice (bytes));
  g_free (told.problem);
}

/* --- Playing ---------------------------------------------------------------------------------------------- */

static void
test_play (void)
{
  Told told = { 0 };
  g_autoptr (GBytes) bytes = voice (1020); /* no whole number of steps */
  g_autoptr (UsherPlayback) self = NULL;

  fake_audio_install ();
  self = play (bytes, &told);
  fake_audio_let (500, 0);
  WAIT_UNTIL (told.ms == 500);
  g_assert_false (told.is_over);
  fake_audio_let (520, 0);
  WAIT_UNTIL (told.is_over);
  g_assert_null (told.problem);
  g_assert_cmpuint (told.ms, ==, 1020);
  g_assert_cmpuint (fake_audio_count_written (), ==, 1020 * 32); /* without the header */
  fake_audio_wait_open (0);
}

static void
test_play_stop (void)
{
  Told told = { 0 };
  g_autoptr (GBytes) bytes = voice (5000);
  g_autoptr (UsherPlayback) self = NULL;

  fake_audio_install ();
  self = play (bytes, &told);
  fake_audio_let (500, 0);
  WAIT_UNTIL (told.ms == 500);
  usher_playback_stop (self);
  fake_audio_let (50, 0);
  fake_audio_wait_open (0);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (told.ms, ==, 500);
  g_assert_false (told.is_over);
}

static void
test_play_failure (void)
{
  Told told = { 0 };
  g_autoptr (GBytes) bytes = voice (500);
  g_autoptr (UsherPlayback) self = NULL;

  fake_audio_install ();
  fake_audio_fail ("no sound server");
  self = play (bytes, &told);
  WAIT_UNTIL (told.is_over);
  g_assert_cmpstr (told.problem, ==, "no sound server");
  g_free (told.problem);
}

static void
test_play_nonsense (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("RIFF\0\0\0\0WAVE", 12);
  g_autoptr (GError) error = NULL;

  fake_audio_install ();
  g_assert_null (usher_playback_new (bytes, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
}

static void
test_built_without (void)
{
  g_autoptr (GBytes) bytes = voice (500);
  g_autoptr (GError) error = NULL;

  usher_audio_set_driver (NULL);
#ifdef HAVE_PULSE
  g_assert_true (usher_audio_is_available ());
  fake_audio_remove ();
#endif
  g_assert_false (usher_audio_is_available ());
  g_assert_null (usher_playback_new (bytes, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/audio/record", test_record);
  g_test_add_func ("/audio/record/nothing", test_record_nothing);
  g_test_add_func ("/audio/record/two-minutes", test_record_two_minutes);
  g_test_add_func ("/audio/record/failure", test_record_failure);
  g_test_add_func ("/audio/play", test_play);
  g_test_add_func ("/audio/play/stop", test_play_stop);
  g_test_add_func ("/audio/play/failure", test_play_failure);
  g_test_add_func ("/audio/play/nonsense", test_play_nonsense);
  g_test_add_func ("/audio/built-without", test_built_without);
  return g_test_run ();
}
