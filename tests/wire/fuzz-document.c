/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stranger's file: one byte says how long its name is (0: it has none), then the name, then what is in the file. */
#include "config.h"

#include <string.h>

#include "wire-document.h"

#define MAX_CHARS 125
#define MAX_BYTES 255 /* NAME_MAX */

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

/* What is guessed is a kind, and the bytes are of it; a name never makes a file one that is not taken. */
static const char *
check_kind (const char   *name,
            const guint8 *data,
            gsize         n_bytes)
{
  const char *mime = wire_document_guess (name, data, n_bytes);

  if (mime == NULL) {
    g_assert_null (wire_document_guess (NULL, data, n_bytes));
    return NULL;
  }
  g_assert_true (wire_document_find (mime) == mime);
  g_assert_true (wire_document_agrees (mime, data, n_bytes));
  return mime;
}

/* Any text as a kind: only what is found agrees with bytes. */
static void
check_said (const char   *said,
            const guint8 *data,
            gsize         n_bytes)
{
  const char *mime = wire_document_find (said);

  if (mime != NULL)
    g_assert_cmpstr (mime, ==, said);
  else
    g_assert_false (wire_document_agrees (said, data, n_bytes));
}

static gboolean
is_edge (const char *at)
{
  return *at == '.' || g_unichar_type (g_utf8_get_char (at)) == G_UNICODE_SPACE_SEPARATOR;
}

static void
check_character (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  g_assert_true (c >= 0x80 || strchr ("/\\:*?\"<>|", (int) c) == NULL);
  g_assert_cmpint (type, !=, G_UNICODE_CONTROL);
  g_assert_cmpint (type, !=, G_UNICODE_FORMAT);
  g_assert_cmpint (type, !=, G_UNICODE_LINE_SEPARATOR);
  g_assert_cmpint (type, !=, G_UNICODE_PARAGRAPH_SEPARATOR);
  g_assert_true (c != 0x2800 && c != 0x3164 && c != 0xFE0F); /* not seen either */
}

/* What is behind the last dot, in small letters, when it is one of the kinds'. */
static const char *
find_extension (const char *name)
{
  static const char *const known[] = { "pdf", "zip", "docx", "xlsx", "pptx", "odt", "ods", "odp",
                                       "doc", "xls", "ppt",  "rtf",  "csv",  "txt", "wav" };
  const char *dot = strrchr (name, '.');

  for (gsize i = 0; dot != NULL && i < G_N_ELEMENTS (known); i++)
    if (g_ascii_strcasecmp (dot + 1, known[i]) == 0)
      return known[i];
  return NULL;
}

/* It ends in one of the kinds' extensions: in that of the name, however long, unless nothing is before it. */
static void
check_extension (const char *name,
                 const char *got)
{
  const char *said = name != NULL && g_ascii_isalnum (*name) ? find_extension (name) : NULL;

  g_assert_nonnull (find_extension (got));
  if (said != NULL)
    g_assert_cmpstr (find_extension (got), ==, said);
}

/* A name that can be saved under, and once more gives itself. */
static void
check_name (const char *name,
            const char *mime)
{
  g_autofree char *got = wire_document_dup_name (name, mime);
  g_autofree char *again = wire_document_dup_name (got, mime);

  g_assert_true (g_utf8_validate (got, -1, NULL));
  g_assert_cmpint (g_utf8_strlen (got, -1), <=, MAX_CHARS);
  g_assert_cmpuint (strlen (got), <=, MAX_BYTES);
  g_assert_false (is_edge (got));
  for (const char *at = got; *at != '\0'; at = g_utf8_next_char (at))
    check_character (g_utf8_get_char (at));
  check_extension (name, got);
  g_assert_cmpstr (again, ==, got);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  gsize n_name = n_bytes > 0 ? MIN (data[0], n_bytes - 1) : 0;
  g_autofree char *name = n_name > 0 ? g_strndup ((const char *) data + 1, n_name) : NULL;
  gsize at = n_bytes > 0 ? 1 + n_name : 0;
  const char *mime = check_kind (name, data + at, n_bytes - at);

  check_name (name, mime);
  if (name != NULL) {
    check_said (name, data + at, n_bytes - at);
    check_name (name, name);
  }
  return 0;
}
