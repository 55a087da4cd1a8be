/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "wire-words.h"

#include "wire-units.h"

#include <string.h>

#define CHARACTERS_BEFORE  40 /* of context in front of the first mark */
#define MIN_PREFIX_LETTERS 3
#define MAX_UNITS_OF_WORD  64

typedef struct {
  const char *text; /* borrowed from WireWords.query */
  gsize n_bytes;
  WireUnit *units;
  guint n_units;
  gboolean is_prefix; /* of its last unit */
} Word;

struct _WireWords {
  char *query;
  Word words[WIRE_WORDS_MAX];
  guint n_words;
};

/* --- The query ------------------------------------------------------------------------------------ */

static void
add_word (WireWords  *self,
          const char *text,
          gsize       n_bytes,
          gboolean    is_open)
{
  Word *word = &self->words[self->n_words];
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (WireUnit));
  WireUnits units;
  WireUnit unit;

  wire_units_init (&units, text, n_bytes);
  while (found->len < MAX_UNITS_OF_WORD && wire_units_next (&units, &unit))
    g_array_append_val (found, unit);
  if (found->len == 0)
    return;
  unit = g_array_index (found, WireUnit, found->len - 1);
  word->text = text;
  word->n_bytes = units.at;
  word->is_prefix = is_open && !unit.is_cjk && unit.end == n_bytes &&
                    g_utf8_strlen (unit.text, -1) >= MIN_PREFIX_LETTERS;
  word->n_units = found->len;
  word->units = (WireUnit *) (void *) g_array_free (g_steal_pointer (&found), FALSE);
  self->n_words++;
}

WireWords *
wire_words_new (const char *query)
{
  WireWords *self = g_new0 (WireWords, 1);
  const char *at;

  self->query = g_utf8_make_valid (query != NULL ? query : "", -1);
  at = self->query;
  while (*at != '\0' && self->n_words < WIRE_WORDS_MAX) {
    const char *end = at;

    while (*end != '\0' && !g_unichar_isspace (g_utf8_get_char (end)))
      end = g_utf8_next_char (end);
    if (end > at)
      add_word (self, at, (gsize) (end - at), *end == '\0');
    at = *end != '\0' ? g_utf8_next_char (end) : end;
  }
  return self;
}

void
wire_words_free (WireWords *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n_words; i++)
    g_free (self->words[i].units);
  g_free (self->query);
  g_free (self);
}

gboolean
wire_words_is_empty (const WireWords *self)
{
  return self->n_words == 0;
}

char *
wire_words_dup_match (const WireWords *self)
{
  GString *match = g_string_new (NULL);

  for (guint i = 0; i < self->n_words; i++) {
    const Word *word = &self->words[i];

    g_string_append (match, i > 0 ? " AND \"" : "\"");
    for (gsize j = 0; j < word->n_bytes; j++)
      if (word->text[j] == '"')
        g_string_append (match, "\"\"");
      else
        g_string_append_c (match, word->text[j]);
    g_string_append (match, word->is_prefix ? "\" *" : "\"");
  }
  return g_string_free (match, FALSE);
}

/* --- The line ------------------------------------------------------------------------------------- */

typedef struct {
  gsize begin, end; /* in bytes */
} Span;

static gboolean
is_equal (const WireUnit *wanted,
          const WireUnit *unit,
          gboolean        is_prefix)
{
  if (is_prefix ? unit->text_bytes < wanted->text_bytes : unit->text_bytes != wanted->text_bytes)
    return FALSE;
  return memcmp (wanted->text, unit->text, wanted->text_bytes) == 0;
}

static gboolean
stands_at (const Word     *word,
           const WireUnit *units,
           guint           n_units)
{
  if (word->n_units > n_units)
    return FALSE;
  for (guint i = 0; i < word->n_units; i++)
    if (!is_equal (&word->units[i], &units[i], word->is_prefix && i + 1 == word->n_units))
      return FALSE;
  return TRUE;
}

/* Spans come by rising begin; what touches the one before becomes part of it. */
static guint
add_span (Span  *spans,
          guint  n_spans,
          gsize  begin,
          gsize  end)
{
  if (n_spans > 0 && begin <= spans[n_spans - 1].end) {
    spans[n_spans - 1].end = MAX (spans[n_spans - 1].end, end);
    return n_spans;
  }
  if (n_spans == WIRE_SNIPPET_MAX_MARKS)
    return n_spans;
  spans[n_spans] = (Span){ begin, end };
  return n_spans + 1;
}

static guint
find_spans (const WireWords *self,
            const char      *text,
            Span             spans[WIRE_SNIPPET_MAX_MARKS])
{
  g_autoptr (GArray) units = g_array_new (FALSE, FALSE, sizeof (WireUnit));
  WireUnits cursor;
  WireUnit unit;
  guint n_spans = 0;

  wire_units_init (&cursor, text, strlen (text));
  while (wire_units_next (&cursor, &unit))
    g_array_append_val (units, unit);
  for (guint i = 0; i < units->len; i++) {
    const WireUnit *at = &g_array_index (units, WireUnit, i);

    for (guint j = 0; j < self->n_words; j++)
      if (stands_at (&self->words[j], at, units->len - i))
        n_spans = add_span (spans, n_spans, at->begin, at[self->words[j].n_units - 1].end);
  }
  return n_spans;
}

typedef struct {
  gsize begin, end; /* in bytes */
  gboolean has_before, has_after;
} Window;

/* At most 160 characters with their ellipses, beginning at most 40 in front of @first. */
static Window
choose_window (const char *text,
               gsize       first)
{
  glong n_all = g_utf8_strlen (text, -1);
  glong at = g_utf8_pointer_to_offset (text, text + first);
  Window window = { 0, strlen (text), FALSE, FALSE };
  glong begin, end;

  if (n_all <= WIRE_SNIPPET_MAX_CHARACTERS)
    return window;
  begin = MAX (at - CHARACTERS_BEFORE, 0);
  begin = MIN (begin, n_all - (WIRE_SNIPPET_MAX_CHARACTERS - 2));
  end = MIN (begin + WIRE_SNIPPET_MAX_CHARACTERS - 2, n_all);
  window.begin = (gsize) (g_utf8_offset_to_pointer (text, begin) - text);
  window.end = (gsize) (g_utf8_offset_to_pointer (text, end) - text);
  window.has_before = begin > 0;
  window.has_after = end < n_all;
  return window;
}

static const char *
copy_window (const char   *text,
             const Window *window,
             WireArena    *arena)
{
  g_autoptr (GString) line = g_string_new (window->has_before ? "…" : NULL);

  for (gsize i = window->begin; i < window->end; i++)
    g_string_append_c (line, (guchar) text[i] < ' ' ? ' ' : text[i]);
  if (window->has_after)
    g_string_append (line, "…");
  return wire_arena_strdup (arena, line->str);
}

WireSnippet
wire_words_cut (const WireWords *self,
                const char      *text,
                WireArena       *arena)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  Span spans[WIRE_SNIPPET_MAX_MARKS];
  guint n_spans = find_spans (self, valid, spans);
  Window window = choose_window (valid, n_spans > 0 ? spans[0].begin : 0);
  guint32 *marks = wire_arena_alloc (arena, sizeof *marks * 2 * MAX (n_spans, 1));
  WireSnippet snippet = { copy_window (valid, &window, arena), marks, 0 };

  for (guint i = 0; i < n_spans; i++) {
    guint32 *mark = &marks[(gsize) 2 * snippet.n_marks];
    gsize begin = MAX (spans[i].begin, window.begin), end = MIN (spans[i].end, window.end);

    if (begin >= end)
      continue;
    mark[0] = (guint32) g_utf8_strlen (valid + window.begin, (gssize) (begin - window.begin)) +
              (window.has_before ? 1 : 0);
    mark[1] = (guint32) g_utf8_strlen (valid + begin, (gssize) (end - begin));
    snippet.n_marks++;
  }
  return snippet;
}

guint
wire_words_find (const WireWords *self,
                 const char      *text,
                 gsize            ret_marks[2 *WIRE_SNIPPET_MAX_MARKS])
{
  Span spans[WIRE_SNIPPET_MAX_MARKS];
  guint n_spans = find_spans (self, text, spans);

  for (gsize i = 0; i < n_spans; i++) {
    ret_marks[2 * i] = spans[i].begin;
    ret_marks[2 * i + 1] = spans[i].end;
  }
  return n_spans;
}
