/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-hit.h"

#include "usher-fields.h"

struct _UsherHit {
  GObject parent_instance;

  guint64 conv;
  guint64 seq;
  gboolean is_note;
  gint64 ts_us;
  UsherRole role;
  char *sender_name;
  char *name;
  char *snippet;
  gboolean is_local;
  guint32 *marks;
  guint n_marks;
};

enum {
  PROP_0,
  PROP_CONV,
  PROP_SEQ,
  PROP_IS_NOTE,
  PROP_TS_US,
  PROP_ROLE,
  PROP_SENDER_NAME,
  PROP_NAME,
  PROP_SNIPPET,
  PROP_IS_LOCAL,
  N_PROPS,
};

static const UsherField fields[N_PROPS] = {
  [PROP_CONV] = USHER_FIELD (UsherHit, "conv", conv, UINT64),
  [PROP_SEQ] = USHER_FIELD (UsherHit, "seq", seq, UINT64),
  [PROP_IS_NOTE] = USHER_FIELD (UsherHit, "is-note", is_note, BOOLEAN),
  [PROP_TS_US] = USHER_FIELD (UsherHit, "ts-us", ts_us, INT64),
  [PROP_ROLE] = USHER_FIELD_OF (UsherHit, "role", role, ENUM, usher_role_get_type),
  [PROP_SENDER_NAME] = USHER_FIELD (UsherHit, "sender-name", sender_name, STRING),
  [PROP_NAME] = USHER_FIELD (UsherHit, "name", name, STRING),
  [PROP_SNIPPET] = USHER_FIELD (UsherHit, "snippet", snippet, STRING),
  [PROP_IS_LOCAL] = USHER_FIELD (UsherHit, "is-local", is_local, BOOLEAN),
};

static GParamSpec *pspecs[N_PROPS];

G_DEFINE_FINAL_TYPE (UsherHit, usher_hit, G_TYPE_OBJECT)

static void
changed (UsherHit *self,
         guint     prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), pspecs[prop]);
}

static void
usher_hit_get_property (GObject    *object,
                        guint       prop,
                        GValue     *value,
                        GParamSpec *pspec)
{
  usher_fields_get (object, &fields[prop], value);
}

static void
usher_hit_set_property (GObject      *object,
                        guint         prop,
                        const GValue *value,
                        GParamSpec   *pspec)
{
  if (usher_fields_set (object, &fields[prop], value))
    changed (USHER_HIT (object), prop);
}

static void
usher_hit_finalize (GObject *object)
{
  g_free (USHER_HIT (object)->marks);
  usher_fields_clear (object, fields, N_PROPS);
  G_OBJECT_CLASS (usher_hit_parent_class)->finalize (object);
}

static void
usher_hit_class_init (UsherHitClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = usher_hit_get_property;
  object_class->set_property = usher_hit_set_property;
  object_class->finalize = usher_hit_finalize;
  usher_fields_install (object_class, fields, N_PROPS, pspecs);
}

static void
usher_hit_init (UsherHit *self)
{
}

UsherHit *
usher_hit_new (guint64  conv,
               guint64  seq,
               gboolean is_note)
{
  UsherHit *self = g_object_new (USHER_TYPE_HIT, NULL);

  self->conv = conv;
  self->seq = seq;
  self->is_note = is_note;
  return self;
}

void
usher_hit_set_marks (UsherHit      *self,
                     const guint32 *marks,
                     guint          n_pairs)
{
  g_return_if_fail (USHER_IS_HIT (self));

  g_free (self->marks);
  self->marks = g_memdup2 (marks, sizeof *marks * 2 * n_pairs);
  self->n_marks = n_pairs;
}

const guint32 *
usher_hit_get_marks (UsherHit *self,
                     guint    *ret_n_pairs)
{
  g_return_val_if_fail (USHER_IS_HIT (self), NULL);

  *ret_n_pairs = self->n_marks;
  return self->marks;
}

/* clang-format off */
USHER_VALUE (UsherHit, hit, conv, guint64, PROP_CONV)
USHER_VALUE (UsherHit, hit, seq, guint64, PROP_SEQ)
USHER_VALUE (UsherHit, hit, is_note, gboolean, PROP_IS_NOTE)
USHER_VALUE (UsherHit, hit, ts_us, gint64, PROP_TS_US)
USHER_VALUE (UsherHit, hit, role, UsherRole, PROP_ROLE)
USHER_STRING (UsherHit, hit, sender_name, PROP_SENDER_NAME)
USHER_STRING (UsherHit, hit, name, PROP_NAME)
USHER_STRING (UsherHit, hit, snippet, PROP_SNIPPET)
USHER_VALUE (UsherHit, hit, is_local, gboolean, PROP_IS_LOCAL)
/* clang-format on */
