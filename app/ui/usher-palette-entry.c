/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-palette-entry.h"

#include <string.h>
#include <glib/gi18n.h>

#include "usher-closures.h"
#include "usher-colleague.h"
#include "usher-conversation.h"
#include "usher-hit.h"
#include "usher-keys.h"
#include "usher-text.h"

#define TITLE_CHARS    80
#define SUBTITLE_CHARS 160

struct _UsherPaletteEntry {
  GObject parent_instance;

  UsherEntryKind kind;
  char *title;
  char *subtitle;
  char *aside;
  char *command;
  GObject *object;
};

G_DEFINE_FINAL_TYPE (UsherPaletteEntry, usher_palette_entry, G_TYPE_OBJECT)

static void
usher_palette_entry_finalize (GObject *object)
{
  UsherPaletteEntry *self = USHER_PALETTE_ENTRY (object);

  g_free (self->title);
  g_free (self->subtitle);
  g_free (self->aside);
  g_free (self->command);
  g_clear_object (&self->object);
  G_OBJECT_CLASS (usher_palette_entry_parent_class)->finalize (object);
}

static void
usher_palette_entry_class_init (UsherPaletteEntryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = usher_palette_entry_finalize;
}

static void
usher_palette_entry_init (UsherPaletteEntry *self)
{
}

static UsherPaletteEntry *new (UsherEntryKind kind,
                               const char *title,
                               const char *subtitle,
                               gpointer object)
{
  UsherPaletteEntry *self = g_object_new (USHER_TYPE_PALETTE_ENTRY, NULL);

  self->kind = kind;
  self->title =
    usher_text_to_line (title != NULL && *title != '\0' ? title : _ ("Visitor"), TITLE_CHARS);
  self->subtitle = usher_text_to_line (subtitle != NULL ? subtitle : "", SUBTITLE_CHARS);
  self->object = object != NULL ? g_object_ref (object) : NULL;
  return self;
}

static const char *
name_of_place (UsherConversation *conversation)
{
  if (usher_conversation_get_is_mine (conversation) &&
      usher_conversation_get_state (conversation) != USHER_STATE_CLOSED)
    return C_ ("palette", "My chat");
  switch (usher_conversation_get_state (conversation)) {
  case USHER_STATE_QUEUED:
  case USHER_STATE_OFFERED:
    return C_ ("palette", "Waiting");
  case USHER_STATE_BOT:
    return C_ ("palette", "Bot");
  case USHER_STATE_CLOSED:
    return C_ ("palette", "Closed");
  case USHER_STATE_UNKNOWN:
  case USHER_STATE_ACTIVE:
  case USHER_STATE_WRAPUP:
  case USHER_STATE_HELD:
  case USHER_STATE_SNOOZED:
  case USHER_STATE_OFFLINE:
  default:
    return C_ ("palette", "Chat");
  }
}

UsherPaletteEntry *
usher_palette_entry_for_conversation (UsherConversation *conversation)
{
  UsherPaletteEntry *self =
    new (USHER_ENTRY_CONVERSATION, usher_conversation_get_name (conversation),
         usher_conversation_get_last_text (conversation), conversation);

  self->aside = g_strdup (name_of_place (conversation));
  return self;
}

UsherPaletteEntry *
usher_palette_entry_for_colleague (UsherColleague *colleague)
{
  UsherPaletteEntry *self = new (USHER_ENTRY_COLLEAGUE, usher_colleague_get_name (colleague),
                                 _ ("What this colleague wrote"), colleague);

  self->aside = g_strdup (C_ ("palette", "Colleague"));
  self->command = g_strdup_printf ("from:\"%s\" ", self->title);
  return self;
}

UsherPaletteEntry *
usher_palette_entry_for_command (const char *title,
                                 const char *action)
{
  UsherPaletteEntry *self = new (USHER_ENTRY_COMMAND, title, NULL, NULL);

  self->command = g_strdup (action);
  self->aside = usher_keys_dup_label (action);
  return self;
}

UsherPaletteEntry *
usher_palette_entry_for_macro (UsherMacro   *macro,
                               UsherSession *session)
{
  g_autofree char *summary = usher_macro_dup_summary (macro, session);
  /* Translators: %s is what the macro does, step by step */
  g_autofree char *subtitle = g_strdup_printf (_ ("Macro: %s"), summary);
  UsherPaletteEntry *self = new (USHER_ENTRY_COMMAND, usher_macro_get_name (macro), subtitle, NULL);

  self->command = usher_macro_dup_action (macro);
  self->aside = usher_keys_format (usher_macro_get_key (macro));
  return self;
}

UsherPaletteEntry *
usher_palette_entry_for_search (const char *text)
{
  g_autofree char *title = g_strdup_printf (_ ("Search everything for “%s”"), text);
  UsherPaletteEntry *self = new (USHER_ENTRY_SEARCH, title, NULL, NULL);

  self->command = g_strdup (text);
  return self;
}

/* Who wrote it, and to whom: "Li Wei to Anna Larsson". */
static char *
describe_hit (UsherHit *hit)
{
  const char *visitor = usher_hit_get_name (hit);
  const char *sender = usher_hit_get_sender_name (hit);

  if (visitor == NULL || *visitor == '\0')
    visitor = _ ("Visitor");
  if (usher_hit_get_role (hit) == USHER_ROLE_VISITOR)
    return g_strdup (visitor);
  if (usher_hit_get_is_note (hit))
    /* Translators: %1$s is a colleague, %2$s the visitor the note is about */
    return g_strdup_printf (_ ("%1$s’s note about %2$s"),
                            sender != NULL ? sender : _ ("A colleague"), visitor);
  /* Translators: %1$s wrote it, %2$s is the visitor */
  return g_strdup_printf (_ ("%1$s to %2$s"), sender != NULL ? sender : _ ("We"), visitor);
}

UsherPaletteEntry *
usher_palette_entry_for_hit (UsherHit *hit)
{
  g_autofree char *title = describe_hit (hit);
  UsherPaletteEntry *self = new (USHER_ENTRY_LINE, title, NULL, hit);

  /* As it is: the marks count its characters. The gateway and the store have made one line of it. */
  g_free (self->subtitle);
  self->subtitle =
    g_utf8_make_valid (usher_hit_get_snippet (hit) != NULL ? usher_hit_get_snippet (hit) : "", -1);
  self->aside = usher_format_when (usher_hit_get_ts_us (hit), g_get_real_time ());
  return self;
}

UsherEntryKind
usher_palette_entry_get_kind (UsherPaletteEntry *self)
{
  return self->kind;
}

const char *
usher_palette_entry_get_title (UsherPaletteEntry *self)
{
  return self->title;
}

const char *
usher_palette_entry_get_subtitle (UsherPaletteEntry *self)
{
  return self->subtitle;
}

const char *
usher_palette_entry_get_aside (UsherPaletteEntry *self)
{
  return self->aside;
}

const char *
usher_palette_entry_get_command (UsherPaletteEntry *self)
{
  return self->command;
}

gpointer
usher_palette_entry_get_object (UsherPaletteEntry *self)
{
  return self->object;
}

const char *
usher_palette_entry_get_icon_name (UsherPaletteEntry *self)
{
  static const char *const names[] = {
    [USHER_ENTRY_CONVERSATION] = "usher-channel-chat-symbolic",
    [USHER_ENTRY_COMMAND] = "system-run-symbolic",
    [USHER_ENTRY_COLLEAGUE] = "avatar-default-symbolic",
    [USHER_ENTRY_SEARCH] = "system-search-symbolic",
    [USHER_ENTRY_LINE] = "usher-channel-chat-symbolic",
  };

  if (self->kind == USHER_ENTRY_LINE && usher_hit_get_is_note (USHER_HIT (self->object)))
    return "usher-note-symbolic";
  return names[self->kind];
}

/* @marks count characters, Pango bytes. What lies outside the text is left out: it came from elsewhere. */
static void
add_mark (PangoAttrList *attributes,
          const char    *text,
          glong          n_chars,
          guint32        begin,
          guint32        length)
{
  PangoAttribute *bold;
  const char *from;

  if (begin >= (gulong) n_chars)
    return;
  from = g_utf8_offset_to_pointer (text, (glong) begin);
  bold = pango_attr_weight_new (PANGO_WEIGHT_BOLD);
  bold->start_index = (guint) (from - text);
  bold->end_index =
    (guint) (g_utf8_offset_to_pointer (from, MIN ((glong) length, n_chars - (glong) begin)) - text);
  pango_attr_list_insert (attributes, bold);
}

PangoAttrList *
usher_palette_entry_dup_subtitle_attributes (UsherPaletteEntry *self)
{
  PangoAttrList *attributes;
  const guint32 *marks;
  guint n_pairs;
  glong n_chars;

  if (self->kind != USHER_ENTRY_LINE)
    return NULL;
  attributes = pango_attr_list_new ();
  marks = usher_hit_get_marks (USHER_HIT (self->object), &n_pairs);
  n_chars = g_utf8_strlen (self->subtitle, -1);
  for (guint i = 0; i < n_pairs; i++)
    add_mark (attributes, self->subtitle, n_chars, marks[(gsize) 2 * i], marks[(gsize) 2 * i + 1]);
  return attributes;
}

/* --- Matching ------------------------------------------------------------------------------------------- */

static gboolean
begins_word (const char *text,
             const char *at)
{
  return at == text || !g_unichar_isalnum (g_utf8_get_char (g_utf8_prev_char (at)));
}

/* Where the letters stand one after the other, with gaps. */
static gboolean
is_subsequence (const char *text,
                const char *needle)
{
  for (; *text != '\0' && *needle != '\0'; text = g_utf8_next_char (text)) {
    if (g_utf8_get_char (text) == g_utf8_get_char (needle))
      needle = g_utf8_next_char (needle);
  }
  return *needle == '\0';
}

guint
usher_palette_match (const char *text,
                     const char *folded_needle)
{
  g_autofree char *folded = NULL;
  const char *at;

  if (*folded_needle == '\0')
    return 1;
  folded = g_utf8_casefold (text, -1);
  at = strstr (folded, folded_needle);
  if (at == folded)
    return 100;
  for (const char *next = at; next != NULL; next = strstr (g_utf8_next_char (next), folded_needle))
    if (begins_word (folded, next))
      return 80;
  if (at != NULL)
    return 60;
  /* Two letters stand one after the other in nearly everything. */
  return g_utf8_strlen (folded_needle, -1) > 2 && is_subsequence (folded, folded_needle) ? 20 : 0;
}
