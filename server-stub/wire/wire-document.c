/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "wire-document"

#include "config.h"

#include "wire-document.h"
#include "wire-voice.h"

#include <string.h>

/* Without the dot and the extension, so that a name is at most the 255 bytes file systems take. */
#define MAX_STEM_CHARS 120
#define MAX_STEM_BYTES 250

#define OOXML "application/vnd.openxmlformats-officedocument."
#define ODF   "application/vnd.oasis.opendocument."

#define ZIP_MAGIC "PK\003\004"
#define OLE_MAGIC "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"

/* In whatever encoding: what no text has are control characters. */
static gboolean
is_text (const guint8 *data,
         gsize         n_bytes)
{
  for (gsize i = 0; i < n_bytes; i++)
    if (data[i] < ' ' && data[i] != '\t' && data[i] != '\n' && data[i] != '\r' && data[i] != '\f')
      return FALSE;
  return n_bytes > 0;
}

/* What has no magic is asked for. Of those with the same bytes the first without `needs_name` is what a nameless one is. */
static const struct {
  const char *extension;
  const char *mime;
  const char *magic;
  gboolean needs_name;
  gboolean (*is_it) (const guint8 *data, gsize n_bytes);
} kinds[] = {
  { "pdf", "application/pdf", "%PDF-", FALSE },
  { "zip", "application/zip", ZIP_MAGIC, FALSE },
  { "docx", OOXML "wordprocessingml.document", ZIP_MAGIC, TRUE },
  { "xlsx", OOXML "spreadsheetml.sheet", ZIP_MAGIC, TRUE },
  { "pptx", OOXML "presentationml.presentation", ZIP_MAGIC, TRUE },
  { "odt", ODF "text", ZIP_MAGIC, TRUE },
  { "ods", ODF "spreadsheet", ZIP_MAGIC, TRUE },
  { "odp", ODF "presentation", ZIP_MAGIC, TRUE },
  { "doc", "application/msword", OLE_MAGIC, TRUE },
  { "xls", "application/vnd.ms-excel", OLE_MAGIC, TRUE },
  { "ppt", "application/vnd.ms-powerpoint", OLE_MAGIC, TRUE },
  { "rtf", "application/rtf", "{\\rtf", FALSE },
  { "wav", WIRE_VOICE_MIME, NULL, TRUE, wire_voice_is_good },
  { "csv", "text/csv", NULL, TRUE, is_text },
  { "txt", "text/plain", NULL, FALSE, is_text },
};

static gboolean
has_magic (gsize         kind,
           const guint8 *data,
           gsize         n_bytes)
{
  const char *magic = kinds[kind].magic;

  if (magic == NULL)
    return kinds[kind].is_it (data, n_bytes);
  return n_bytes >= strlen (magic) && memcmp (data, magic, strlen (magic)) == 0;
}

static const char *
extension_of (const char *name)
{
  const char *dot = name != NULL ? strrchr (name, '.') : NULL;

  return dot != NULL ? dot + 1 : "";
}

const char *
wire_document_guess (const char   *name,
                     const guint8 *data,
                     gsize         n_bytes)
{
  const char *extension = extension_of (name);

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_ascii_strcasecmp (extension, kinds[i].extension) == 0 && has_magic (i, data, n_bytes))
      return kinds[i].mime;
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (!kinds[i].needs_name && has_magic (i, data, n_bytes))
      return kinds[i].mime;
  return NULL;
}

const char *
wire_document_find (const char *mime)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (mime, kinds[i].mime) == 0)
      return kinds[i].mime;
  return NULL;
}

gboolean
wire_document_agrees (const char   *mime,
                      const guint8 *data,
                      gsize         n_bytes)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (mime, kinds[i].mime) == 0)
      return has_magic (i, data, n_bytes);
  return FALSE;
}

/* --- Names --------------------------------------------------------------------------------------- */

/* By their types letters, marks and symbols: joiner, Hangul and Khmer fillers, selectors of variants, Braille's blank. */
static gboolean
is_unseen (gunichar c)
{
  static const struct {
    gunichar first, last;
  } unseen[] = {
    { 0x34F, 0x34F },   { 0x115F, 0x1160 }, { 0x17B4, 0x17B5 },
    { 0x180B, 0x180F }, { 0x2800, 0x2800 }, { 0x3164, 0x3164 },
    { 0xFE00, 0xFE0F }, { 0xFFA0, 0xFFA0 }, { 0xE0100, 0xE01EF },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (unseen); i++)
    if (c >= unseen[i].first && c <= unseen[i].last)
      return TRUE;
  return FALSE;
}

/* Separators of every system, and what is not seen: an override of the direction makes `exe` look like `txt`. */
static gboolean
is_good (gunichar c)
{
  switch ((int) g_unichar_type (c)) {
  case G_UNICODE_CONTROL:
  case G_UNICODE_FORMAT:
  case G_UNICODE_UNASSIGNED:
  case G_UNICODE_PRIVATE_USE:
  case G_UNICODE_SURROGATE:
  case G_UNICODE_LINE_SEPARATOR:
  case G_UNICODE_PARAGRAPH_SEPARATOR:
    return FALSE;
  default:
    return c > 0x7F ? !is_unseen (c) : strchr ("/\\:*?\"<>|", (int) c) == NULL;
  }
}

static const char *
extension_for (const char *mime)
{
  for (gsize i = 0; mime != NULL && i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (mime, kinds[i].mime) == 0)
      return kinds[i].extension;
  return "txt";
}

static gboolean
is_known_extension (const char *extension)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_ascii_strcasecmp (extension, kinds[i].extension) == 0)
      return TRUE;
  return FALSE;
}

/* A name has neither at its ends: a dot hides it or is dropped by some systems, a blank is not seen. */
static gboolean
is_edge (gunichar c)
{
  return c == '.' || g_unichar_type (c) == G_UNICODE_SPACE_SEPARATOR;
}

static void
trim_end (GString *name)
{
  const char *last = g_utf8_find_prev_char (name->str, name->str + name->len);

  while (last != NULL && is_edge (g_utf8_get_char (last))) {
    g_string_truncate (name, (gsize) (last - name->str));
    last = g_utf8_find_prev_char (name->str, last);
  }
}

static GString *
clean (const char *name)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  GString *out = g_string_new (NULL);

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);

    if (is_good (c) && (out->len > 0 || !is_edge (c)))
      g_string_append_unichar (out, c);
  }
  trim_end (out);
  return out;
}

static void
shorten (GString *stem)
{
  const char *end = stem->str;

  for (guint n = 0; n < MAX_STEM_CHARS && *end != '\0'; n++) {
    const char *next = g_utf8_next_char (end);

    if (next - stem->str > MAX_STEM_BYTES)
      break;
    end = next;
  }
  if (*end == '\0')
    return;
  g_string_truncate (stem, (gsize) (end - stem->str));
  trim_end (stem);
}

char *
wire_document_dup_name (const char *name,
                        const char *mime)
{
  GString *out = clean (name != NULL ? name : "");
  const char *said = extension_of (out->str);
  gboolean is_known = is_known_extension (said);
  g_autofree char *extension = g_strdup (is_known ? said : extension_for (mime));

  if (is_known)
    g_string_truncate (out, out->len - strlen (said) - 1);
  shorten (out);
  g_string_append_printf (out, "%s.%s", out->len > 0 ? "" : "file", extension);
  return g_string_free (out, FALSE);
}
