/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-macro.h"

struct _UsherMacro {
  GObject parent_instance;

  char *id;
  char *name;
  char *key;
  GListStore *steps;
};

enum {
  PROP_0,
  PROP_NAME,
  PROP_KEY,
  N_PROPS,
};

enum {
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static GParamSpec *pspecs[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherMacro, usher_macro, G_TYPE_OBJECT)

static void
changed (UsherMacro *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
usher_macro_get_property (GObject    *object,
                          guint       prop,
                          GValue     *value,
                          GParamSpec *pspec)
{
  UsherMacro *self = USHER_MACRO (object);

  g_value_set_string (value, prop == PROP_NAME ? self->name : self->key);
}

static void
usher_macro_set_property (GObject      *object,
                          guint         prop,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  UsherMacro *self = USHER_MACRO (object);
  char **text = prop == PROP_NAME ? &self->name : &self->key;

  if (g_strcmp0 (*text, g_value_get_string (value)) == 0)
    return;
  g_free (*text);
  *text = g_value_dup_string (value);
  g_object_notify_by_pspec (object, pspec);
  changed (self);
}

static void
usher_macro_finalize (GObject *object)
{
  UsherMacro *self = USHER_MACRO (object);

  g_free (self->id);
  g_free (self->name);
  g_free (self->key);
  g_object_unref (self->steps);
  G_OBJECT_CLASS (usher_macro_parent_class)->finalize (object);
}

static void
usher_macro_class_init (UsherMacroClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = usher_macro_get_property;
  object_class->set_property = usher_macro_set_property;
  object_class->finalize = usher_macro_finalize;
  pspecs[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  pspecs[PROP_KEY] = g_param_spec_string ("key", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, pspecs);
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
usher_macro_init (UsherMacro *self)
{
  self->steps = g_list_store_new (USHER_TYPE_MACRO_STEP);
  g_signal_connect_swapped (self->steps, "items-changed", G_CALLBACK (changed), self);
}

UsherMacro *
usher_macro_new (const char *id,
                 const char *name,
                 const char *key)
{
  UsherMacro *self = g_object_new (USHER_TYPE_MACRO, NULL);

  self->id = id != NULL ? g_strdup (id) : g_uuid_string_random ();
  self->name = g_strdup (name);
  self->key = g_strdup (key);
  return self;
}

const char *
usher_macro_get_id (UsherMacro *self)
{
  return self->id;
}

const char *
usher_macro_get_name (UsherMacro *self)
{
  return self->name;
}

const char *
usher_macro_get_key (UsherMacro *self)
{
  return self->key;
}

GListModel *
usher_macro_get_steps (UsherMacro *self)
{
  return G_LIST_MODEL (self->steps);
}

gboolean
usher_macro_insert_step (UsherMacro     *self,
                         guint           position,
                         UsherMacroStep *step)
{
  guint n;

  g_return_val_if_fail (USHER_IS_MACRO (self), FALSE);
  n = g_list_model_get_n_items (G_LIST_MODEL (self->steps));
  if (n >= USHER_MACRO_MAX_STEPS)
    return FALSE;
  g_signal_connect_object (step, "notify", G_CALLBACK (changed), self, G_CONNECT_SWAPPED);
  g_list_store_insert (self->steps, MIN (position, n), step);
  return TRUE;
}

gboolean
usher_macro_add_step (UsherMacro *self,
                      const char *name,
                      const char *argument)
{
  g_autoptr (UsherMacroStep) step = usher_macro_step_new (name, argument);

  return usher_macro_insert_step (self, G_MAXUINT, step);
}

void
usher_macro_remove_step (UsherMacro     *self,
                         UsherMacroStep *step)
{
  guint position;

  g_return_if_fail (USHER_IS_MACRO (self));
  if (!g_list_store_find (self->steps, step, &position))
    return;
  g_signal_handlers_disconnect_by_func (step, changed, self);
  g_list_store_remove (self->steps, position);
}

void
usher_macro_move_step (UsherMacro     *self,
                       UsherMacroStep *step,
                       int             delta)
{
  g_autoptr (UsherMacroStep) other = NULL;
  gpointer swapped[2];
  guint position;

  g_return_if_fail (USHER_IS_MACRO (self));
  if (!g_list_store_find (self->steps, step, &position) || (delta < 0 && position == 0))
    return;
  position = delta < 0 ? position - 1 : position;
  other = g_list_model_get_item (G_LIST_MODEL (self->steps), delta < 0 ? position : position + 1);
  if (other == NULL)
    return;
  swapped[0] = delta < 0 ? step : other;
  swapped[1] = delta < 0 ? other : step;
  g_object_ref (step);
  g_list_store_splice (self->steps, position, 2, swapped, 2);
  g_object_unref (step);
}

char *
usher_macro_dup_action (UsherMacro *self)
{
  g_autoptr (GVariant) id = NULL;

  g_return_val_if_fail (USHER_IS_MACRO (self), NULL);
  id = g_variant_ref_sink (g_variant_new_string (self->id));
  return g_action_print_detailed_name ("conversation.macro", id);
}

char *
usher_macro_dup_summary (UsherMacro   *self,
                         UsherSession *session)
{
  GString *summary = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->steps)); i++) {
    g_autoptr (UsherMacroStep) step = g_list_model_get_item (G_LIST_MODEL (self->steps), i);
    g_autofree char *title = usher_macro_step_dup_title (step, session);

    g_string_append_printf (summary, "%s%s", i > 0 ? " · " : "", title);
  }
  return g_string_free (summary, FALSE);
}
