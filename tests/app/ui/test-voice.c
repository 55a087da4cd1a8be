/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Voice messages in the composer and in the transcript, with a microphone and a speaker that are the test. */
#include "config.h"

#include <glib/gstdio.h>

#include "fake-audio.h"
#include "ui-test.h"
#include "usher-composer.h"
#include "usher-recorder.h"
#include "usher-transcript.h"
#include "usher-voice-card.h"

#define HEADER_BYTES 44
#define BYTES_PER_MS 32

typedef struct {
  GtkWidget *window;
  UsherComposer *composer;
  UsherTranscript *transcript;
  UsherSession *session;
  UsherConversation *first;
  UsherConversation *second;
  GPtrArray *files; /* paths */
  guint n_sent;
  char *said; /* the last sentence for the agent */
} Fixture;

static void
count_cb (guint *n)
{
  (*n)++;
}

static void
said_cb (char       **said,
         const char  *text)
{
  g_free (*said);
  *said = g_strdup (text);
}

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  fake_audio_install ();
  f->files = g_ptr_array_new_with_free_func (g_free);
  f->session = fake_session_new ();
  f->first = fake_session_add (f->session, "mine", 1, "Anna", 0);
  f->second = fake_session_add (f->session, "mine", 2, "Ben", 0);
  f->composer = USHER_COMPOSER (usher_composer_new ());
  f->transcript = USHER_TRANSCRIPT (usher_transcript_new ());
  gtk_widget_set_vexpand (GTK_WIDGET (f->transcript), TRUE);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (f->transcript));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (f->composer));
  f->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (f->window), 400, 500);
  gtk_window_set_child (GTK_WINDOW (f->window), box);
  usher_transcript_set_session (f->transcript, f->session);
  usher_composer_set_session (f->composer, f->session);
  usher_composer_set_conversation (f->composer, f->first);
  g_signal_connect_swapped (f->composer, "sent", G_CALLBACK (count_cb), &f->n_sent);
  g_signal_connect_swapped (f->composer, "problem", G_CALLBACK (said_cb), &f->said);
  g_signal_connect_swapped (f->transcript, "said", G_CALLBACK (said_cb), &f->said);
}

/* Threads wait for a microphone or a speaker that moves, and only then see that nobody wants them any more. */
static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  ui_test_settle ();
  fake_audio_fail ("over");
  fake_audio_wait_open (0);
  for (guint i = 0; i < f->files->len; i++)
    g_unlink (g_ptr_array_index (f->files, i));
  g_ptr_array_unref (f->files);
  g_object_unref (f->session);
  g_free (f->said);
}

static void
show (Fixture *f)
{
  usher_transcript_set_conversation (f->transcript, f->first, 0);
  gtk_window_present (GTK_WINDOW (f->window));
  gtk_test_widget_wait_for_draw (f->window);
  g_free (fake_session_take_calls (f->session));
}

static GtkWidget *
find (Fixture    *f,
      GType       type,
      const char *text)
{
  return ui_test_find (f->window, type, text);
}

static void
click (Fixture    *f,
       const char *text)
{
  GtkWidget *button = find (f, GTK_TYPE_BUTTON, text);

  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
}

/* --- Recording -------------------------------------------------------------------------------------------- */

static UsherRecorder *
record (Fixture *f,
        guint    ms)
{
  GtkWidget *recorder;
  g_autofree char *clock = usher_voice_format_clock (ms);

  click (f, "Record a voice message");
  recorder = find (f, USHER_TYPE_RECORDER, NULL);
  g_assert_nonnull (recorder);
  fake_audio_let (ms, 0.5);
  WAIT_UNTIL (find (f, GTK_TYPE_LABEL, clock) != NULL);
  return USHER_RECORDER (recorder);
}

static void
test_send (Fixture       *f,
           gconstpointer  data)
{
  UsherRecorder *recorder;

  show (f);
  recorder = record (f, 2000);
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (recorder), GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (recorder), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Recording");
  g_assert_null (find (f, GTK_TYPE_TEXT_VIEW, NULL)); /* in its place */
  g_assert_cmpstr (gtk_button_get_label (
                     GTK_BUTTON (gtk_window_get_focus (GTK_WINDOW (f->window)))),
                   ==, "Send");
  click (f, "Send");
  ASSERT_CALLS (f->session, "send-file 1 audio/wav voice.wav 64044");
  g_assert_cmpuint (f->n_sent, ==, 1);
  g_assert_false (usher_recorder_get_is_recording (recorder));
  g_assert_true (GTK_IS_TEXT_VIEW (gtk_window_get_focus (GTK_WINDOW (f->window))));
}

static void
test_throw_away (Fixture       *f,
                 gconstpointer  data)
{
  UsherRecorder *recorder;

  show (f);
  recorder = record (f, 1000);
  g_assert_true (ui_test_press (GTK_WIDGET (recorder), GDK_KEY_Escape, 0));
  g_assert_null (find (f, USHER_TYPE_RECORDER, NULL));
  g_assert_nonnull (find (f, GTK_TYPE_TEXT_VIEW, NULL));
  fake_audio_let (50, 0);
  fake_audio_wait_open (0); /* the microphone is given back */
  record (f, 1000);
  click (f, "Throw the recording away (Esc)");
  ASSERT_CALLS (f->session, "");
  g_assert_cmpuint (f->n_sent, ==, 0);
}

/* Who turns to another chat loses nothing that was said, and sends nothing. */
static void
test_other_chat (Fixture       *f,
                 gconstpointer  data)
{
  show (f);
  record (f, 1000);
  usher_composer_set_conversation (f->composer, f->second);
  g_assert_null (find (f, USHER_TYPE_RECORDER, NULL));
  g_assert_null (find (f, GTK_TYPE_LABEL, "voice.wav"));
  usher_composer_set_conversation (f->composer, f->first);
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "voice.wav"));
  g_free (fake_session_take_calls (f->session));
  g_assert_true (usher_composer_send (f->composer));
  ASSERT_CALLS (f->session, "send-file 1 audio/wav voice.wav 32044");
}

/* When replying becomes impossible what was said waits too: nothing is lost, and nothing goes into a note. */
static void
test_no_reply (Fixture       *f,
               gconstpointer  data)
{
  GtkWidget *button;

  show (f);
  record (f, 1000);
  usher_composer_set_can_reply (f->composer, FALSE);
  g_assert_null (find (f, USHER_TYPE_RECORDER, NULL));
  button = find (f, GTK_TYPE_BUTTON, "Record a voice message");
  g_assert_false (gtk_widget_get_sensitive (button));
  usher_composer_record (f->composer);
  g_assert_null (find (f, USHER_TYPE_RECORDER, NULL));
  usher_composer_set_can_reply (f->composer, TRUE);
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "voice.wav"));
  g_assert_true (gtk_widget_get_sensitive (button));
}

static void
test_two_minutes (Fixture       *f,
                  gconstpointer  data)
{
  show (f);
  record (f, 120000);
  WAIT_UNTIL (f->said != NULL); /* aloud too */
  g_assert_cmpstr (f->said, ==, "Two minutes are full. Send them, or throw them away.");
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "Recorded"));
  fake_audio_wait_open (0);
  click (f, "Send");
  ASSERT_CALLS (f->session, "send-file 1 audio/wav voice.wav 3840044");
}

static void
test_no_microphone (Fixture       *f,
                    gconstpointer  data)
{
  show (f);
  fake_audio_fail ("Connection refused");
  click (f, "Record a voice message");
  WAIT_UNTIL (f->said != NULL);
  g_assert_cmpstr (f->said, ==,
                   "The microphone cannot be used: Connection refused. Check it in the settings "
                   "of your system, or write.");
  g_assert_null (find (f, USHER_TYPE_RECORDER, NULL));
  g_assert_nonnull (find (f, GTK_TYPE_TEXT_VIEW, NULL));
}

static void
test_unplugged (Fixture       *f,
                gconstpointer  data)
{
  show (f);
  record (f, 1000);
  fake_audio_fail ("Entity killed");
  WAIT_UNTIL (f->said != NULL);
  g_assert_cmpstr (f->said, ==,
                   "The microphone is not heard: Entity killed. What was said until then is kept.");
  click (f, "Send");
  ASSERT_CALLS (f->session, "send-file 1 audio/wav voice.wav 32044");
}

static void
set_animations (gboolean is_moving)
{
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", is_moving, NULL);
}

/* Who wants nothing to move sees the time alone. */
static void
test_level (Fixture       *f,
            gconstpointer  data)
{
  GtkWidget *level;

  show (f);
  set_animations (TRUE);
  record (f, 1000);
  level = find (f, GTK_TYPE_LEVEL_BAR, NULL);
  WAIT_UNTIL (gtk_level_bar_get_value (GTK_LEVEL_BAR (level)) > 0.4);
  click (f, "Throw the recording away (Esc)");
  fake_audio_let (50, 0);
  fake_audio_wait_open (0);
  set_animations (FALSE);
  record (f, 1000);
  g_assert_null (find (f, GTK_TYPE_LEVEL_BAR, NULL));
}

/* --- Playing ---------------------------------------------------------------------------------------------- */

static UsherMessage *
add_voice (Fixture *f,
           guint    ms)
{
  static const guint8 start[] = { 'R', 'I', 'F',  'F',  0,   0,   0,   0,    'W', 'A', 'V',
                                  'E', 'f', 'm',  't',  ' ', 16,  0,   0,    0,   1,   0,
                                  1,   0,   0x80, 0x3E, 0,   0,   0,   0x7D, 0,   0,   2,
                                  0,   16,  0,    'd',  'a', 't', 'a', 0,    0,   0,   0 };
  const guint32 n_bytes = ms * BYTES_PER_MS;
  const guint32 riff_bytes = GUINT32_TO_LE (n_bytes + HEADER_BYTES - 8);
  const guint32 data_bytes = GUINT32_TO_LE (n_bytes);
  g_autofree char *bytes = g_malloc0 (HEADER_BYTES + n_bytes);
  char *path = g_strdup_printf ("%s/usher-voice-%d-%u", g_get_tmp_dir (), getpid (), f->files->len);
  UsherMessage *message = fake_session_line (f->first, USHER_ROLE_VISITOR, NULL, 3);

  memcpy (bytes, start, HEADER_BYTES);
  memcpy (bytes + 4, &riff_bytes, 4);
  memcpy (bytes + 40, &data_bytes, 4);
  g_assert_true (g_file_set_contents (path, bytes, HEADER_BYTES + n_bytes, NULL));
  g_ptr_array_add (f->files, path);
  usher_message_set_path (message, path);
  usher_message_set_mime (message, "audio/wav");
  usher_message_set_size (message, HEADER_BYTES + n_bytes);
  usher_message_set_kind (message, USHER_MESSAGE_VOICE);
  return message;
}

static void
test_play (Fixture       *f,
           gconstpointer  data)
{
  GtkWidget *card, *bar;

  add_voice (f, 12000);
  show (f);
  card = find (f, USHER_TYPE_VOICE_CARD, NULL);
  g_assert_nonnull (card);
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (card), GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (card), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Voice message, 12 seconds");
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "0:12"));
  g_assert_nonnull (find (f, GTK_TYPE_BUTTON, "Save As…"));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (find (f, GTK_TYPE_BUTTON, "Play")),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL, "Play");
  g_assert_true (gtk_widget_grab_focus (find (f, GTK_TYPE_BUTTON, "Play")));
  click (f, "Play");
  fake_audio_let (3000, 0);
  WAIT_UNTIL (find (f, GTK_TYPE_LABEL, "0:03 / 0:12") != NULL);
  bar = ui_test_find (card, GTK_TYPE_PROGRESS_BAR, NULL);
  g_assert_cmpfloat_with_epsilon (gtk_progress_bar_get_fraction (GTK_PROGRESS_BAR (bar)), 0.25,
                                  0.001);
  fake_audio_let (9000, 0);
  WAIT_UNTIL (find (f, GTK_TYPE_LABEL, "0:12") != NULL); /* over, and back at its beginning */
  g_assert_nonnull (find (f, GTK_TYPE_BUTTON, "Play"));
  g_assert_cmpfloat (gtk_progress_bar_get_fraction (GTK_PROGRESS_BAR (bar)), ==, 0);
  g_assert_null (f->said);
}

static void
test_stop (Fixture       *f,
           gconstpointer  data)
{
  add_voice (f, 12000);
  show (f);
  click (f, "Play");
  fake_audio_let (1000, 0);
  WAIT_UNTIL (find (f, GTK_TYPE_LABEL, "0:01 / 0:12") != NULL);
  click (f, "Stop");
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "0:12"));
  fake_audio_let (50, 0);
  fake_audio_wait_open (0);
  click (f, "Play");
  fake_audio_let (1000, 0);
  WAIT_UNTIL (find (f, GTK_TYPE_LABEL, "0:01 / 0:12") != NULL);
  usher_transcript_set_conversation (f->transcript, f->second,
                                     0); /* out of sight, out of hearing */
  fake_audio_let (50, 0);
  fake_audio_wait_open (0);
}

/* One at a time, in whatever window. */
static void
test_one_at_a_time (Fixture       *f,
                    gconstpointer  data)
{
  GtkWidget *other = usher_transcript_new ();
  GtkWidget *window = gtk_window_new ();

  add_voice (f, 12000);
  show (f);
  usher_transcript_set_session (USHER_TRANSCRIPT (other), f->session);
  usher_transcript_set_conversation (USHER_TRANSCRIPT (other), f->first, 0);
  gtk_window_set_child (GTK_WINDOW (window), other);
  gtk_window_present (GTK_WINDOW (window));
  gtk_test_widget_wait_for_draw (window);
  click (f, "Play");
  fake_audio_let (1000, 0);
  WAIT_UNTIL (find (f, GTK_TYPE_LABEL, "0:01 / 0:12") != NULL);
  g_signal_emit_by_name (ui_test_find (window, GTK_TYPE_BUTTON, "Play"), "clicked");
  g_assert_nonnull (find (f, GTK_TYPE_BUTTON, "Play"));
  g_assert_nonnull (ui_test_find (window, GTK_TYPE_BUTTON, "Stop"));
  fake_audio_let (12000 + 50, 0); /* whichever takes the first turn: one goes, the other goes on */
  WAIT_UNTIL (ui_test_find (window, GTK_TYPE_BUTTON, "Play") != NULL);
  fake_audio_wait_open (0);
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "0:12"));
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_not_heard (Fixture       *f,
                gconstpointer  data)
{
  UsherMessage *message = add_voice (f, 1000);
  g_autofree char *path = g_strdup (usher_message_get_path (message));

  show (f);
  fake_audio_fail ("Connection refused");
  click (f, "Play");
  WAIT_UNTIL (f->said != NULL);
  g_assert_cmpstr (f->said, ==,
                   "The voice message cannot be heard: Connection refused. It can be saved.");
  g_assert_nonnull (find (f, GTK_TYPE_BUTTON, "Play"));
  g_assert_true (g_file_set_contents (path, "no sound at all", -1, NULL));
  g_clear_pointer (&f->said, g_free);
  click (f, "Play");
  WAIT_UNTIL (f->said != NULL);
  g_assert_cmpstr (f->said, ==, "This is no voice message. It can be saved, but not played.");
  usher_message_set_path (message, NULL);
  g_clear_pointer (&f->said, g_free);
  click (f, "Play");
  WAIT_UNTIL (f->said != NULL);
  g_assert_cmpstr (
    f->said, ==, "The voice message did not come from the gateway. Play it again when connected.");
}

static void
test_recalled (Fixture       *f,
               gconstpointer  data)
{
  UsherMessage *message = add_voice (f, 1000);

  show (f);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (find (f, USHER_TYPE_VOICE_CARD, NULL)),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL, "Voice message, 1 second");
  usher_message_set_is_recalled (message, TRUE);
  g_assert_null (find (f, USHER_TYPE_VOICE_CARD, NULL));
}

/* A build without sound says so where sound would be. */
static void
test_built_without (Fixture       *f,
                    gconstpointer  data)
{
  GtkWidget *composer, *box;

  fake_audio_remove ();
  add_voice (f, 1000);
  show (f);
  composer = usher_composer_new ();
  box = gtk_widget_get_parent (GTK_WIDGET (f->composer));
  gtk_box_append (GTK_BOX (box), composer);
  {
    GtkWidget *record =
      ui_test_find (composer, GTK_TYPE_BUTTON, "This Usher was built without sound.");
    GtkWidget *play = ui_test_find (GTK_WIDGET (f->transcript), GTK_TYPE_BUTTON,
                                    "This Usher was built without sound.");

    g_assert_false (gtk_widget_get_sensitive (record));
    g_assert_false (gtk_widget_get_sensitive (play));
  }
  g_assert_true (gtk_widget_get_sensitive (find (f, GTK_TYPE_BUTTON, "Save As…")));
}

#define ADD(name, function) \
  g_test_add ("/ui/voice/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  ui_test_init (&argc, &argv);
  ADD ("send", test_send);
  ADD ("throw-away", test_throw_away);
  ADD ("other-chat", test_other_chat);
  ADD ("no-reply", test_no_reply);
  ADD ("two-minutes", test_two_minutes);
  ADD ("no-microphone", test_no_microphone);
  ADD ("unplugged", test_unplugged);
  ADD ("level", test_level);
  ADD ("play", test_play);
  ADD ("stop", test_stop);
  ADD ("one-at-a-time", test_one_at_a_time);
  ADD ("not-heard", test_not_heard);
  ADD ("recalled", test_recalled);
  ADD ("built-without", test_built_without);
  return g_test_run ();
}
