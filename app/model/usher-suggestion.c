/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-suggestion.h"

#include "usher-fields.h"

struct _UsherSuggestion {
  GObject parent_instance;

  char *id;
  guint64 seq;
  char *text;
  char *source;
  guint percent;
};

enum {
  PROP_0,
  PROP_ID,
  PROP_SEQ,
  PROP_TEXT,
  PROP_SOURCE,
  PROP_PERCENT,
  N_PROPS,
};

static const UsherField fields[N_PROPS] = {
  [PROP_ID] = USHER_FIELD (UsherSuggestion, "id", id, STRING),
  [PROP_SEQ] = USHER_FIELD (UsherSuggestion, "seq", seq, UINT64),
  [PROP_TEXT] = USHER_FIELD (UsherSuggestion, "text", text, STRING),
  [PROP_SOURCE] = USHER_FIELD (UsherSuggestion, "source", source, STRING),
  [PROP_PERCENT] = USHER_FIELD (UsherSuggestion, "percent", percent, UINT),
};

static GParamSpec *pspecs[N_PROPS];

G_DEFINE_FINAL_TYPE (UsherSuggestion, usher_suggestion, G_TYPE_OBJECT)

static void
changed (UsherSuggestion *self,
         guint            prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), pspecs[prop]);
}

static void
usher_suggestion_get_property (GObject    *object,
                               guint       prop,
                               GValue     *value,
                               GParamSpec *pspec)
{
  usher_fields_get (object, &fields[prop], value);
}

static void
usher_suggestion_set_property (GObject      *object,
                               guint         prop,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  if (usher_fields_set (object, &fields[prop], value))
    changed (USHER_SUGGESTION (object), prop);
}

static void
usher_suggestion_finalize (GObject *object)
{
  usher_fields_clear (object, fields, N_PROPS);
  G_OBJECT_CLASS (usher_suggestion_parent_class)->finalize (object);
}

static void
usher_suggestion_class_init (UsherSuggestionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = usher_suggestion_get_property;
  object_class->set_property = usher_suggestion_set_property;
  object_class->finalize = usher_suggestion_finalize;
  usher_fields_install (object_class, fields, N_PROPS, pspecs);
}

static void
usher_suggestion_init (UsherSuggestion *self)
{
}

UsherSuggestion *
usher_suggestion_new (const char *id)
{
  UsherSuggestion *self = g_object_new (USHER_TYPE_SUGGESTION, NULL);

  self->id = g_strdup (id);
  return self;
}

/* clang-format off */
USHER_STRING (UsherSuggestion, suggestion, id, PROP_ID)
USHER_VALUE (UsherSuggestion, suggestion, seq, guint64, PROP_SEQ)
USHER_STRING (UsherSuggestion, suggestion, text, PROP_TEXT)
USHER_STRING (UsherSuggestion, suggestion, source, PROP_SOURCE)
USHER_VALUE (UsherSuggestion, suggestion, percent, guint, PROP_PERCENT)
/* clang-format on */
