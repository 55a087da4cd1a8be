/* SPDX-License-Identifier: GPL-3.0-or-later */
/* With a real sound server of the test's own: its speaker leads nowhere, and its microphone hears what is played there. */
#include "config.h"

#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "usher-capture.h"
#include "usher-playback.h"
#include "wire-voice.h"

#define SECONDS 2
#define LOUD    0.1

typedef struct {
  char *folder;
  pid_t pid;
} Server;

static void
start (Server *server)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *socket = NULL;
  g_autofree char *module = NULL;
  g_autofree char *address = NULL;
  g_autofree char *pid_file = NULL;
  g_autofree char *pid = NULL;
  int status = 0;

  server->folder = g_dir_make_tmp ("usher-pulse-XXXXXX", &error);
  g_assert_no_error (error);
  socket = g_build_filename (server->folder, "native", NULL);
  module = g_strdup_printf ("module-native-protocol-unix socket=%s auth-anonymous=1", socket);
  address = g_strconcat ("unix:", socket, NULL);
  g_setenv ("HOME", server->folder, TRUE);
  g_setenv ("PULSE_RUNTIME_PATH", server->folder, TRUE);
  g_setenv ("PULSE_STATE_PATH", server->folder, TRUE);
  g_setenv ("PULSE_SERVER", address, TRUE);
  {
    const char *const words[] = { "pulseaudio",
                                  "-n",
                                  "--daemonize=yes",
                                  "--exit-idle-time=20",
                                  "--disable-shm=yes",
                                  "-L",
                                  "module-null-sink",
                                  "-L",
                                  module,
                                  NULL };

    /* It comes back when the server listens. */
    g_assert_true (g_spawn_sync (NULL, (char **) words, NULL,
                                 G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL,
                                 NULL, &status, &error));
  }
  g_assert_true (g_spawn_check_wait_status (status, &error));
  pid_file = g_build_filename (server->folder, "pid", NULL);
  g_assert_true (g_file_get_contents (pid_file, &pid, NULL, &error));
  server->pid = (pid_t) atoi (pid);
}

static void
stop (Server *server)
{
  const char *const words[] = { "rm", "-rf", server->folder, NULL };

  g_assert_cmpint (kill (server->pid, SIGTERM), ==, 0);
  g_assert_true (g_spawn_sync (NULL, (char **) words, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
  g_free (server->folder);
}

static GBytes *
make_tone (void)
{
  const guint32 n_samples = SECONDS * WIRE_VOICE_RATE;
  const gsize n_bytes = WIRE_VOICE_HEADER_BYTES + n_samples * WIRE_VOICE_SAMPLE_BYTES;
  guint8 *data = g_malloc0 (n_bytes);

  wire_voice_write_header (n_samples, data);
  for (guint32 i = 0; i < n_samples; i++) {
    gint16 sample = GINT16_TO_LE ((gint16) (16000 * sin (i * 440 * 2 * G_PI / WIRE_VOICE_RATE)));

    memcpy (data + WIRE_VOICE_HEADER_BYTES + (gsize) i * 2, &sample, sizeof sample);
  }
  return g_bytes_new_take (data, n_bytes);
}

typedef struct {
  guint held_ms;
  guint loud_ms; /* of what was heard */
  guint played_ms;
  gboolean is_over;
  char *problem;
} Told;

static void
heard_cb (Told   *told,
          guint   ms,
          double  level)
{
  if (level > LOUD)
    told->loud_ms += ms - told->held_ms;
  told->held_ms = ms;
}

static void
moved_cb (Told  *told,
          guint  ms)
{
  told->played_ms = ms;
}

static void
over_cb (Told       *told,
         const char *problem)
{
  told->is_over = TRUE;
  told->problem = g_strdup (problem);
}

/* 440 of its 16000 samples a second go up through nothing, and nobody else makes a noise. */
static guint
count_waves (GBytes *voice)
{
  gsize n_bytes;
  const guint8 *data = g_bytes_get_data (voice, &n_bytes);
  gint16 before = 0;
  guint n = 0;

  for (gsize i = WIRE_VOICE_HEADER_BYTES; i < n_bytes; i += 2) {
    gint16 sample;

    memcpy (&sample, data + i, sizeof sample);
    sample = GINT16_FROM_LE (sample);
    n += before < 0 && sample >= 0;
    before = sample;
  }
  return n;
}

static void
test_there_and_back (void)
{
  Server server;
  Told told = { 0 };
  g_autoptr (GBytes) tone = make_tone ();
  g_autoptr (UsherCapture) capture = NULL;
  g_autoptr (UsherPlayback) playback = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) recorded = NULL;

  start (&server);
  capture = usher_capture_new ();
  g_signal_connect_swapped (capture, "heard", G_CALLBACK (heard_cb), &told);
  while (told.held_ms == 0)
    g_main_context_iteration (NULL, TRUE);
  playback = usher_playback_new (tone, &error);
  g_assert_no_error (error);
  g_signal_connect_swapped (playback, "moved", G_CALLBACK (moved_cb), &told);
  g_signal_connect_swapped (playback, "over", G_CALLBACK (over_cb), &told);
  while (!told.is_over || told.loud_ms < SECONDS * 1000 - 200)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (told.problem);
  g_assert_cmpuint (told.played_ms, >, SECONDS * 1000 - 500);
  recorded = usher_capture_finish (capture);
  g_assert_cmpuint (count_waves (recorded), >, SECONDS * 440 - 60);
  g_assert_cmpuint (count_waves (recorded), <, SECONDS * 440 + 60);
  stop (&server);
}

/* Nobody listens where the server was. */
static void
test_no_server (void)
{
  Told told = { 0 };
  g_autoptr (UsherCapture) capture = NULL;

  g_setenv ("PULSE_SERVER", "unix:/nonexistent/native", TRUE);
  capture = usher_capture_new ();
  g_signal_connect_swapped (capture, "over", G_CALLBACK (over_cb), &told);
  while (!told.is_over)
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (told.problem);
  g_assert_null (usher_capture_finish (capture));
  g_free (told.problem);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pulse/there-and-back", test_there_and_back);
  g_test_add_func ("/pulse/no-server", test_no_server);
  return g_test_run ();
}
