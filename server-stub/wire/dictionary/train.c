/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trains dictionary 1:
 *
 *   train-dictionary DIALOGUES OUT
 *   train-dictionary --check DIALOGUES DICTIONARY    0: the same to the byte; 77: not to be told with this libzstd
 *
 * The samples are the frames of whole sessions, those only that may be compressed. README.md says why the result is kept
 * and not made anew with each build.
 */
#include "config.h"

#include "session.h"

#include "wire-zd1.h"

#define ZDICT_STATIC_LINKING_ONLY /* the trainer with fixed parameters: nothing is searched for, so nothing depends on time */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zdict.h>
#include <zstd.h>

#define TRAINED_WITH (1 * 100 * 100 + 5 * 100 + 4) /* libzstd 1.5.4, that of Debian 12 */
#define SKIPPED      77

#define N_YEARS \
  2 /* each with sessions of its own, so that no time of a day is better known than another */

typedef struct {
  GByteArray *bytes; /* one sample behind the other */
  GArray *sizes;     /* gsize */
} Samples;

static gboolean
may_be_compressed (const Gate__V1__Frame *frame,
                   gsize                  packed_bytes)
{
  return packed_bytes >= WIRE_ZD1_MIN_BYTES && frame->body_case != GATE__V1__FRAME__BODY_HELLO &&
         frame->body_case != GATE__V1__FRAME__BODY_AUTH &&
         frame->body_case != GATE__V1__FRAME__BODY_WELCOME;
}

static void
take_sample (const SessionFrame *frame,
             gpointer            user_data)
{
  Samples *samples = user_data;
  g_auto (WireBuffer) packed = WIRE_BUFFER_INIT;
  gsize n_bytes = wire_frame_pack (frame->frame, &packed);

  if (!may_be_compressed (frame->frame, n_bytes))
    return;
  g_byte_array_append (samples->bytes, packed.data, (guint) n_bytes);
  g_array_append_val (samples->sizes, n_bytes);
}

static void
gather (const Dialogues *dialogues,
        Samples         *samples)
{
  static const char *const agents[] = { "小美", "阿杰", "静静", "Lily", "Tom", "晓雯", NULL };
  static const char *const clients[] = { "Shop/1.0 (Android)", "Shop/1.0 (iOS)", NULL };
  SessionCast cast = { 0, G_GINT64_CONSTANT (1767225600000), 365, agents, clients };

  for (guint year = 0; year < N_YEARS; year++) {
    cast.seed = year + 1;
    session_play (dialogues, &cast, take_sample, samples);
    cast.from_ms += cast.days * G_GINT64_CONSTANT (86400000);
  }
}

/* FALSE: too little to learn from. */
static gboolean
train (const Dialogues *dialogues,
       guint8           ret_dictionary[WIRE_ZD1_DICTIONARY_BYTES])
{
  ZDICT_cover_params_t how = {
    .k = 50, /* of 32 to 1000 with d 6 and 8, what made the agents' links smallest */
    .d = 6,  /* two characters of Chinese */
    .zParams = { .compressionLevel = 19, .dictID = 1 },
  };
  Samples samples = { g_byte_array_new (), g_array_new (FALSE, FALSE, sizeof (gsize)) };
  gsize n_bytes;

  gather (dialogues, &samples);
  n_bytes =
    ZDICT_trainFromBuffer_cover (ret_dictionary, WIRE_ZD1_DICTIONARY_BYTES, samples.bytes->data,
                                 (const gsize *) (gconstpointer) samples.sizes->data,
                                 samples.sizes->len, how);
  g_byte_array_unref (samples.bytes);
  g_array_unref (samples.sizes);
  return n_bytes == WIRE_ZD1_DICTIONARY_BYTES;
}

static int
check (const guint8  *dictionary,
       const char    *path,
       GError       **error)
{
  g_autofree char *kept = NULL;
  gsize n_bytes;

  if (!g_file_get_contents (path, &kept, &n_bytes, error))
    return EXIT_FAILURE;
  if (n_bytes == WIRE_ZD1_DICTIONARY_BYTES && memcmp (kept, dictionary, n_bytes) == 0)
    return EXIT_SUCCESS;
  if (ZSTD_versionNumber () != TRAINED_WITH)
    return SKIPPED;
  g_set_error (
    error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
    "%s is not what these sessions give: take back what changed them, or make a dictionary 2",
    path);
  return EXIT_FAILURE;
}

static int
run (int      argc,
     char   **argv,
     GError **error)
{
  static guint8 dictionary[WIRE_ZD1_DICTIONARY_BYTES];
  gboolean is_check = argc == 4 && strcmp (argv[1], "--check") == 0;
  g_autoptr (Dialogues) dialogues = NULL;

  if (argc != 3 && !is_check) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "say [--check] DIALOGUES DICTIONARY");
    return EXIT_FAILURE;
  }
  dialogues = dialogues_load (argv[argc - 2], error);
  if (dialogues == NULL)
    return EXIT_FAILURE;
  if (!train (dialogues, dictionary)) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: too few dialogues", argv[argc - 2]);
    return EXIT_FAILURE;
  }
  if (is_check)
    return check (dictionary, argv[argc - 1], error);
  return g_file_set_contents (argv[argc - 1], (const char *) dictionary, sizeof dictionary, error)
           ? EXIT_SUCCESS
           : EXIT_FAILURE;
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GError) error = NULL;
  int status = run (argc, argv, &error);

  if (error != NULL)
    fprintf (stderr, "train-dictionary: %s\n", error->message);
  return status;
}
