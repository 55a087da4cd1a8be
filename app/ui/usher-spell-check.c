/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-spell-check.h"

#include "usher-words.h"

/*
 * What is to be looked at carries a tag of its own, which cannot be seen: so the buffer keeps it in its place while the text around it changes, and takes it
 * away with what is deleted. A change tags the piece of text it is in, up to the next space on both sides. Before the next frame the first tagged chunks are
 * looked at, and the others a little later.
 */

/* Half a millisecond of every eight: a frame has sixteen. */
#define TURN_US  ((gint64) 500)
#define PAUSE_MS 8
/* So many characters are looked at before the clock is; more only to end at a space. */
#define CHUNK_CHARS     128u
#define MAX_CHUNK_CHARS 1024u
/* What has no space for so long is no language. */
#define MAX_PIECE_CHARS 256u

struct _UsherSpellCheck {
  GObject parent_instance;

  GtkTextBuffer *buffer;
  UsherSpelling *spelling;
  GtkTextTag *wrong;     /* of the buffer's table, as the next */
  GtkTextTag *unchecked; /* looks like nothing */
  gboolean has_preedit;
  gboolean is_typing; /* the word at the cursor is being written */
  guint source_id;
  guint n_asked;
};

G_DEFINE_FINAL_TYPE (UsherSpellCheck, usher_spell_check, G_TYPE_OBJECT)

/* --- Looking ---------------------------------------------------------------------------------------------------- */

static void
move_to_border (GtkTextIter *begin)
{
  GtkTextIter at = *begin;

  for (guint n = 0; n < MAX_PIECE_CHARS && gtk_text_iter_backward_char (&at) &&
                    !usher_words_is_border (gtk_text_iter_get_char (&at));
       n++)
    *begin = at;
}

/* The end of the text has no character, and is a border. */
static void
move_to_next_border (GtkTextIter *end)
{
  for (guint n = 0; n < MAX_PIECE_CHARS && !usher_words_is_border (gtk_text_iter_get_char (end));
       n++)
    gtk_text_iter_forward_char (end);
}

/* To the end of the line, of what is tagged, or of a piece of text when it is enough. */
static void
move_to_chunk_end (UsherSpellCheck *self,
                   GtkTextIter     *end)
{
  for (guint n = 0; n < MAX_CHUNK_CHARS && !gtk_text_iter_is_end (end); n++) {
    gunichar c = gtk_text_iter_get_char (end);

    if (usher_words_is_border (c) &&
        (n >= CHUNK_CHARS || !gtk_text_iter_has_tag (end, self->unchecked)))
      return;
    gtk_text_iter_forward_char (end);
    if (c == '\n')
      return;
  }
}

static gboolean
is_at_cursor (UsherSpellCheck   *self,
              const GtkTextIter *begin,
              const GtkTextIter *end)
{
  GtkTextIter cursor;

  gtk_text_buffer_get_iter_at_mark (self->buffer, &cursor,
                                    gtk_text_buffer_get_insert (self->buffer));
  return gtk_text_iter_compare (begin, &cursor) <= 0 && gtk_text_iter_compare (&cursor, end) <= 0;
}

static void
check_word (UsherSpellCheck   *self,
            const GtkTextIter *begin,
            const GtkTextIter *end)
{
  g_autofree char *word = gtk_text_iter_get_slice (begin, end);

  if (self->is_typing && is_at_cursor (self, begin, end)) {
    gtk_text_buffer_apply_tag (self->buffer, self->unchecked, begin, end);
    return;
  }
  self->n_asked++;
  if (!usher_spelling_knows (self->spelling, word))
    gtk_text_buffer_apply_tag (self->buffer, self->wrong, begin, end);
}

static void
check_chunk (UsherSpellCheck   *self,
             const GtkTextIter *begin,
             const GtkTextIter *end)
{
  g_autofree char *text = gtk_text_iter_get_slice (begin, end);
  gboolean is_line_start = gtk_text_iter_starts_line (begin);
  int offset = gtk_text_iter_get_offset (begin);
  UsherWord word;
  gsize at = 0;

  gtk_text_buffer_remove_tag (self->buffer, self->wrong, begin, end);
  gtk_text_buffer_remove_tag (self->buffer, self->unchecked, begin, end);
  while (usher_words_next (text, is_line_start, &at, &word)) {
    int from = offset + (int) g_utf8_pointer_to_offset (text, text + word.begin);
    int to = from + (int) g_utf8_strlen (text + word.begin, (gssize) word.n_bytes);
    GtkTextIter word_begin, word_end;

    gtk_text_buffer_get_iter_at_offset (self->buffer, &word_begin, from);
    gtk_text_buffer_get_iter_at_offset (self->buffer, &word_end, to);
    check_word (self, &word_begin, &word_end);
  }
}

/* The first tagged chunk at or behind @offset, which moves to its end. */
static gboolean
check_next (UsherSpellCheck *self,
            int             *offset)
{
  GtkTextIter begin, end;

  gtk_text_buffer_get_iter_at_offset (self->buffer, &begin, *offset);
  if (!gtk_text_iter_has_tag (&begin, self->unchecked) &&
      !gtk_text_iter_forward_to_tag_toggle (&begin, self->unchecked))
    return FALSE;
  if (!usher_words_is_border (gtk_text_iter_get_char (&begin)))
    move_to_border (&begin);
  end = begin;
  move_to_chunk_end (self, &end);
  *offset = gtk_text_iter_get_offset (&end);
  check_chunk (self, &begin, &end);
  return TRUE;
}

/* Returns: whether there is more */
static gboolean
take_turn (UsherSpellCheck *self)
{
  gint64 until_us = g_get_monotonic_time () + TURN_US;
  int offset = 0;

  while (check_next (self, &offset))
    if (g_get_monotonic_time () >= until_us)
      return TRUE;
  return FALSE;
}

static gboolean
check_cb (gpointer user_data)
{
  UsherSpellCheck *self = user_data;

  self->source_id = take_turn (self) ? g_timeout_add (PAUSE_MS, check_cb, self) : 0;
  return G_SOURCE_REMOVE;
}

/* Before the next frame: where drawing takes all the time there is, nothing would come after it. */
static void
check_later (UsherSpellCheck *self)
{
  if (self->source_id == 0 && !self->has_preedit)
    self->source_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, check_cb, self, NULL);
}

/* --- What changes ----------------------------------------------------------------------------------------------- */

static void
mark_changed (UsherSpellCheck *self,
              GtkTextIter      begin,
              GtkTextIter      end)
{
  move_to_border (&begin);
  move_to_next_border (&end);
  gtk_text_buffer_remove_tag (self->buffer, self->wrong, &begin, &end);
  gtk_text_buffer_apply_tag (self->buffer, self->unchecked, &begin, &end);
  check_later (self);
}

/* What comes with a space in it is pasted, loaded or a canned reply, not typed. */
static gboolean
is_typed (const char *text,
          int         n_bytes)
{
  for (const char *p = text; p < text + n_bytes; p = g_utf8_next_char (p))
    if (usher_words_is_border (g_utf8_get_char (p)))
      return FALSE;
  return TRUE;
}

static void
inserted_cb (UsherSpellCheck *self,
             GtkTextIter     *location,
             const char      *text,
             int              n_bytes)
{
  GtkTextIter begin = *location;

  gtk_text_iter_backward_chars (&begin, (int) g_utf8_strlen (text, n_bytes));
  self->is_typing = is_typed (text, n_bytes);
  mark_changed (self, begin, *location);
}

static void
deleted_cb (UsherSpellCheck *self,
            GtkTextIter     *begin,
            GtkTextIter     *end)
{
  self->is_typing = TRUE;
  mark_changed (self, *begin, *end);
}

/* Typing moves the cursor without this signal: whoever moves it has left the word. */
static void
mark_set_cb (UsherSpellCheck   *self,
             const GtkTextIter *location,
             GtkTextMark       *mark)
{
  if (!self->is_typing || mark != gtk_text_buffer_get_insert (self->buffer))
    return;
  self->is_typing = FALSE;
  check_later (self);
}

static void
check_all (UsherSpellCheck *self)
{
  GtkTextIter begin, end;

  gtk_text_buffer_get_bounds (self->buffer, &begin, &end);
  gtk_text_buffer_apply_tag (self->buffer, self->unchecked, &begin, &end);
  check_later (self);
}

/* --- Object ------------------------------------------------------------------------------------------------------- */

static void
usher_spell_check_dispose (GObject *object)
{
  UsherSpellCheck *self = USHER_SPELL_CHECK (object);

  g_clear_handle_id (&self->source_id, g_source_remove);
  g_clear_object (&self->spelling);
  g_clear_object (&self->buffer);
  G_OBJECT_CLASS (usher_spell_check_parent_class)->dispose (object);
}

static void
usher_spell_check_class_init (UsherSpellCheckClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = usher_spell_check_dispose;
}

static void
usher_spell_check_init (UsherSpellCheck *self)
{
}

static void
connect (UsherSpellCheck *self)
{
  const GConnectFlags after = G_CONNECT_SWAPPED | G_CONNECT_AFTER;

  g_signal_connect_object (self->buffer, "insert-text", G_CALLBACK (inserted_cb), self, after);
  g_signal_connect_object (self->buffer, "delete-range", G_CALLBACK (deleted_cb), self, after);
  g_signal_connect_object (self->buffer, "mark-set", G_CALLBACK (mark_set_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->spelling, "changed", G_CALLBACK (check_all), self,
                           G_CONNECT_SWAPPED);
}

UsherSpellCheck *
usher_spell_check_new (GtkTextBuffer *buffer,
                       UsherSpelling *spelling)
{
  UsherSpellCheck *self = g_object_new (USHER_TYPE_SPELL_CHECK, NULL);

  self->buffer = g_object_ref (buffer);
  self->spelling = g_object_ref (spelling);
  self->wrong = gtk_text_buffer_create_tag (buffer, NULL, "underline", PANGO_UNDERLINE_ERROR, NULL);
  self->unchecked = gtk_text_buffer_create_tag (buffer, NULL, NULL);
  connect (self);
  check_all (self);
  return self;
}

UsherSpelling *
usher_spell_check_get_spelling (UsherSpellCheck *self)
{
  g_return_val_if_fail (USHER_IS_SPELL_CHECK (self), NULL);

  return self->spelling;
}

void
usher_spell_check_set_preedit (UsherSpellCheck *self,
                               gboolean         has_preedit)
{
  g_return_if_fail (USHER_IS_SPELL_CHECK (self));

  self->has_preedit = has_preedit;
  if (has_preedit)
    g_clear_handle_id (&self->source_id, g_source_remove);
  else
    check_later (self);
}

gboolean
usher_spell_check_find (UsherSpellCheck   *self,
                        const GtkTextIter *at,
                        GtkTextIter       *ret_begin,
                        GtkTextIter       *ret_end)
{
  g_return_val_if_fail (USHER_IS_SPELL_CHECK (self), FALSE);

  *ret_begin = *ret_end = *at;
  if (gtk_text_iter_ends_tag (at, self->wrong))
    return gtk_text_iter_backward_to_tag_toggle (ret_begin, self->wrong);
  if (!gtk_text_iter_has_tag (at, self->wrong))
    return FALSE;
  if (!gtk_text_iter_starts_tag (at, self->wrong))
    gtk_text_iter_backward_to_tag_toggle (ret_begin, self->wrong);
  return gtk_text_iter_forward_to_tag_toggle (ret_end, self->wrong);
}

gboolean
usher_spell_check_find_near (UsherSpellCheck   *self,
                             const GtkTextIter *at,
                             GtkTextIter       *ret_begin,
                             GtkTextIter       *ret_end)
{
  GtkTextIter near = *at;

  g_return_val_if_fail (USHER_IS_SPELL_CHECK (self), FALSE);

  if (usher_spell_check_find (self, at, ret_begin, ret_end))
    return TRUE;
  if (!gtk_text_iter_backward_to_tag_toggle (&near, self->wrong) &&
      !gtk_text_iter_forward_to_tag_toggle (&near, self->wrong))
    return FALSE;
  return usher_spell_check_find (self, &near, ret_begin, ret_end);
}

gboolean
usher_spell_check_get_is_busy (UsherSpellCheck *self)
{
  g_return_val_if_fail (USHER_IS_SPELL_CHECK (self), FALSE);

  return self->source_id != 0;
}

guint
usher_spell_check_get_n_asked (UsherSpellCheck *self)
{
  g_return_val_if_fail (USHER_IS_SPELL_CHECK (self), 0);

  return self->n_asked;
}
