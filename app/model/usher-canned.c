/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-canned.h"

#include "usher-fields.h"

struct _UsherCanned {
  GObject parent_instance;

  char *shortcut;
  char *title;
  char *text;
  char *folder;
  char **queues;
  guint uses;
  gboolean is_team;
};

enum {
  PROP_0,
  PROP_SHORTCUT,
  PROP_TITLE,
  PROP_TEXT,
  PROP_FOLDER,
  PROP_QUEUES,
  PROP_USES,
  PROP_IS_TEAM,
  N_PROPS,
};

static const UsherField fields[N_PROPS] = {
  [PROP_SHORTCUT] = USHER_FIELD (UsherCanned, "shortcut", shortcut, STRING),
  [PROP_TITLE] = USHER_FIELD (UsherCanned, "title", title, STRING),
  [PROP_TEXT] = USHER_FIELD (UsherCanned, "text", text, STRING),
  [PROP_FOLDER] = USHER_FIELD (UsherCanned, "folder", folder, STRING),
  [PROP_QUEUES] = USHER_FIELD (UsherCanned, "queues", queues, STRV),
  [PROP_USES] = USHER_FIELD (UsherCanned, "uses", uses, UINT),
  [PROP_IS_TEAM] = USHER_FIELD (UsherCanned, "is-team", is_team, BOOLEAN),
};

static GParamSpec *pspecs[N_PROPS];

G_DEFINE_FINAL_TYPE (UsherCanned, usher_canned, G_TYPE_OBJECT)

static void
changed (UsherCanned *self,
         guint        prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), pspecs[prop]);
}

static void
usher_canned_get_property (GObject    *object,
                           guint       prop,
                           GValue     *value,
                           GParamSpec *pspec)
{
  usher_fields_get (object, &fields[prop], value);
}

static void
usher_canned_set_property (GObject      *object,
                           guint         prop,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  if (usher_fields_set (object, &fields[prop], value))
    changed (USHER_CANNED (object), prop);
}

static void
usher_canned_finalize (GObject *object)
{
  usher_fields_clear (object, fields, N_PROPS);
  G_OBJECT_CLASS (usher_canned_parent_class)->finalize (object);
}

static void
usher_canned_class_init (UsherCannedClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = usher_canned_get_property;
  object_class->set_property = usher_canned_set_property;
  object_class->finalize = usher_canned_finalize;
  usher_fields_install (object_class, fields, N_PROPS, pspecs);
}

static void
usher_canned_init (UsherCanned *self)
{
}

UsherCanned *
usher_canned_new (void)
{
  return g_object_new (USHER_TYPE_CANNED, NULL);
}

/* clang-format off */
USHER_STRING (UsherCanned, canned, shortcut, PROP_SHORTCUT)
USHER_STRING (UsherCanned, canned, title, PROP_TITLE)
USHER_STRING (UsherCanned, canned, text, PROP_TEXT)
USHER_STRING (UsherCanned, canned, folder, PROP_FOLDER)
USHER_STRV (UsherCanned, canned, queues, PROP_QUEUES)
USHER_VALUE (UsherCanned, canned, uses, guint, PROP_USES)
USHER_VALUE (UsherCanned, canned, is_team, gboolean, PROP_IS_TEAM)
/* clang-format on */
