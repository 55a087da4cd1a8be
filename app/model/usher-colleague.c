/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-colleague.h"

#include "usher-fields.h"

struct _UsherColleague {
  GObject parent_instance;

  guint64 agent;
  char *name;
  UsherAgentStatus status;
  guint load;
  guint capacity;
};

enum {
  PROP_0,
  PROP_AGENT,
  PROP_NAME,
  PROP_STATUS,
  PROP_LOAD,
  PROP_CAPACITY,
  N_PROPS,
};

static const UsherField fields[N_PROPS] = {
  [PROP_AGENT] = USHER_FIELD (UsherColleague, "agent", agent, UINT64),
  [PROP_NAME] = USHER_FIELD (UsherColleague, "name", name, STRING),
  [PROP_STATUS] =
    USHER_FIELD_OF (UsherColleague, "status", status, ENUM, usher_agent_status_get_type),
  [PROP_LOAD] = USHER_FIELD (UsherColleague, "load", load, UINT),
  [PROP_CAPACITY] = USHER_FIELD (UsherColleague, "capacity", capacity, UINT),
};

static GParamSpec *pspecs[N_PROPS];

G_DEFINE_FINAL_TYPE (UsherColleague, usher_colleague, G_TYPE_OBJECT)

static void
changed (UsherColleague *self,
         guint           prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), pspecs[prop]);
}

static void
usher_colleague_get_property (GObject    *object,
                              guint       prop,
                              GValue     *value,
                              GParamSpec *pspec)
{
  usher_fields_get (object, &fields[prop], value);
}

static void
usher_colleague_set_property (GObject      *object,
                              guint         prop,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  if (usher_fields_set (object, &fields[prop], value))
    changed (USHER_COLLEAGUE (object), prop);
}

static void
usher_colleague_finalize (GObject *object)
{
  usher_fields_clear (object, fields, N_PROPS);
  G_OBJECT_CLASS (usher_colleague_parent_class)->finalize (object);
}

static void
usher_colleague_class_init (UsherColleagueClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = usher_colleague_get_property;
  object_class->set_property = usher_colleague_set_property;
  object_class->finalize = usher_colleague_finalize;
  usher_fields_install (object_class, fields, N_PROPS, pspecs);
}

static void
usher_colleague_init (UsherColleague *self)
{
}

UsherColleague *
usher_colleague_new (guint64 agent)
{
  UsherColleague *self = g_object_new (USHER_TYPE_COLLEAGUE, NULL);

  self->agent = agent;
  return self;
}

/* clang-format off */
USHER_VALUE (UsherColleague, colleague, agent, guint64, PROP_AGENT)
USHER_STRING (UsherColleague, colleague, name, PROP_NAME)
USHER_VALUE (UsherColleague, colleague, status, UsherAgentStatus, PROP_STATUS)
USHER_VALUE (UsherColleague, colleague, load, guint, PROP_LOAD)
USHER_VALUE (UsherColleague, colleague, capacity, guint, PROP_CAPACITY)
/* clang-format on */
