/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-queue.h"

#include "usher-fields.h"

struct _UsherQueue {
  GObject parent_instance;

  char *name;
  char *title;
  guint waiting;
  guint agents_free;
};

enum {
  PROP_0,
  PROP_NAME,
  PROP_TITLE,
  PROP_WAITING,
  PROP_AGENTS_FREE,
  N_PROPS,
};

static const UsherField fields[N_PROPS] = {
  [PROP_NAME] = USHER_FIELD (UsherQueue, "name", name, STRING),
  [PROP_TITLE] = USHER_FIELD (UsherQueue, "title", title, STRING),
  [PROP_WAITING] = USHER_FIELD (UsherQueue, "waiting", waiting, UINT),
  [PROP_AGENTS_FREE] = USHER_FIELD (UsherQueue, "agents-free", agents_free, UINT),
};

static GParamSpec *pspecs[N_PROPS];

G_DEFINE_FINAL_TYPE (UsherQueue, usher_queue, G_TYPE_OBJECT)

static void
changed (UsherQueue *self,
         guint       prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), pspecs[prop]);
}

static void
usher_queue_get_property (GObject    *object,
                          guint       prop,
                          GValue     *value,
                          GParamSpec *pspec)
{
  usher_fields_get (object, &fields[prop], value);
}

static void
usher_queue_set_property (GObject      *object,
                          guint         prop,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  if (usher_fields_set (object, &fields[prop], value))
    changed (USHER_QUEUE (object), prop);
}

static void
usher_queue_finalize (GObject *object)
{
  usher_fields_clear (object, fields, N_PROPS);
  G_OBJECT_CLASS (usher_queue_parent_class)->finalize (object);
}

static void
usher_queue_class_init (UsherQueueClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = usher_queue_get_property;
  object_class->set_property = usher_queue_set_property;
  object_class->finalize = usher_queue_finalize;
  usher_fields_install (object_class, fields, N_PROPS, pspecs);
}

static void
usher_queue_init (UsherQueue *self)
{
}

UsherQueue *
usher_queue_new (const char *name)
{
  UsherQueue *self = g_object_new (USHER_TYPE_QUEUE, NULL);

  self->name = g_strdup (name);
  return self;
}

/* clang-format off */
USHER_STRING (UsherQueue, queue, name, PROP_NAME)
USHER_STRING (UsherQueue, queue, title, PROP_TITLE)
USHER_VALUE (UsherQueue, queue, waiting, guint, PROP_WAITING)
USHER_VALUE (UsherQueue, queue, agents_free, guint, PROP_AGENTS_FREE)
/* clang-format on */
