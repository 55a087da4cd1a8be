/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-macro-list.h"

#include "usher-keys.h"
#include "usher-palette-entry.h"

#define KEY        "macros"
#define TYPE       "a(sssa(ss))"
#define TYPE_STEPS "a(ss)"

/* How the detailed action of every macro begins. */
#define ACTION_PREFIX "conversation.macro"

struct _UsherMacroList {
  GObject parent_instance;

  GSettings *settings;
  GListStore *store;
  gboolean is_saving; /* the change of the setting is our own */
};

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (UsherMacroList,
                               usher_macro_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static GType
get_item_type (GListModel *model)
{
  return USHER_TYPE_MACRO;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (USHER_MACRO_LIST (model)->store));
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  return g_list_model_get_item (G_LIST_MODEL (USHER_MACRO_LIST (model)->store), position);
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* --- In the settings ------------------------------------------------------------------------------------------------ */

static GVariant *
steps_to_variant (UsherMacro *macro)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE (TYPE_STEPS));
  GListModel *steps = usher_macro_get_steps (macro);

  for (guint i = 0; i < g_list_model_get_n_items (steps); i++) {
    g_autoptr (UsherMacroStep) step = g_list_model_get_item (steps, i);

    g_variant_builder_add (&builder, "(ss)", usher_macro_step_get_name (step),
                           usher_macro_step_get_argument (step));
  }
  return g_variant_builder_end (&builder);
}

static void
save (UsherMacroList *self)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE (TYPE));

  for (guint i = 0; i < get_n_items (G_LIST_MODEL (self)); i++) {
    g_autoptr (UsherMacro) macro = get_item (G_LIST_MODEL (self), i);

    g_variant_builder_add (&builder, "(sss@a(ss))", usher_macro_get_id (macro),
                           usher_macro_get_name (macro), usher_macro_get_key (macro),
                           steps_to_variant (macro));
  }
  self->is_saving = TRUE;
  g_settings_set_value (self->settings, KEY, g_variant_builder_end (&builder));
  self->is_saving = FALSE;
}

static UsherMacro *
macro_from_variant (UsherMacroList *self,
                    const char     *id,
                    const char     *name,
                    const char     *key,
                    GVariant       *steps)
{
  UsherMacro *macro = usher_macro_new (id, name, key);
  const char *step, *argument;
  GVariantIter iter;

  g_variant_iter_init (&iter, steps);
  while (g_variant_iter_next (&iter, "(&s&s)", &step, &argument))
    usher_macro_add_step (macro, step, argument);
  g_signal_connect_object (macro, "changed", G_CALLBACK (save), self, G_CONNECT_SWAPPED);
  return macro;
}

static void
load (UsherMacroList *self)
{
  g_autoptr (GVariant) value = g_settings_get_value (self->settings, KEY);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);
  const char *id, *name, *key;
  GVariantIter iter;
  GVariant *steps;

  if (self->is_saving)
    return;
  g_variant_iter_init (&iter, value);
  while (g_variant_iter_loop (&iter, "(&s&s&s@a(ss))", &id, &name, &key, &steps))
    g_ptr_array_add (all, macro_from_variant (self, id, name, key, steps));
  g_list_store_splice (self->store, 0, get_n_items (G_LIST_MODEL (self)), all->pdata, all->len);
}

static void
items_changed_cb (UsherMacroList *self,
                  guint           position,
                  guint           n_removed,
                  guint           n_added)
{
  g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed, n_added);
}

static void
usher_macro_list_finalize (GObject *object)
{
  UsherMacroList *self = USHER_MACRO_LIST (object);

  g_object_unref (self->store);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (usher_macro_list_parent_class)->finalize (object);
}

static void
usher_macro_list_class_init (UsherMacroListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = usher_macro_list_finalize;
}

static void
usher_macro_list_init (UsherMacroList *self)
{
  self->store = g_list_store_new (USHER_TYPE_MACRO);
  g_signal_connect_object (self->store, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED);
}

UsherMacroList *
usher_macro_list_new (GSettings *settings)
{
  UsherMacroList *self = g_object_new (USHER_TYPE_MACRO_LIST, NULL);

  self->settings = g_object_ref (settings);
  g_signal_connect_object (settings, "changed::" KEY, G_CALLBACK (load), self, G_CONNECT_SWAPPED);
  load (self);
  return self;
}

void
usher_macro_list_add (UsherMacroList *self,
                      UsherMacro     *macro)
{
  g_return_if_fail (USHER_IS_MACRO_LIST (self));
  g_signal_connect_object (macro, "changed", G_CALLBACK (save), self, G_CONNECT_SWAPPED);
  g_list_store_append (self->store, macro);
  save (self);
}

void
usher_macro_list_remove (UsherMacroList *self,
                         UsherMacro     *macro)
{
  guint position;

  g_return_if_fail (USHER_IS_MACRO_LIST (self));
  if (!g_list_store_find (self->store, macro, &position))
    return;
  g_signal_handlers_disconnect_by_func (macro, save, self);
  g_list_store_remove (self->store, position);
  save (self);
}

/* --- Finding --------------------------------------------------------------------------------------------------------- */

/* The store holds it. */
static UsherMacro *
peek (UsherMacroList *self,
      guint           position)
{
  g_autoptr (UsherMacro) macro = get_item (G_LIST_MODEL (self), position);

  return macro;
}

UsherMacro *
usher_macro_list_get (UsherMacroList *self,
                      const char     *id)
{
  g_return_val_if_fail (USHER_IS_MACRO_LIST (self), NULL);
  for (guint i = 0; i < get_n_items (G_LIST_MODEL (self)); i++)
    if (g_str_equal (usher_macro_get_id (peek (self, i)), id))
      return peek (self, i);
  return NULL;
}

static int
best_first (gconstpointer a,
            gconstpointer b,
            gpointer      folded)
{
  const char *one = usher_macro_get_name (*(UsherMacro *const *) a);
  const char *two = usher_macro_get_name (*(UsherMacro *const *) b);
  guint fit_one = usher_palette_match (one, folded), fit_two = usher_palette_match (two, folded);

  return fit_one != fit_two ? (fit_one > fit_two ? -1 : 1) : g_utf8_collate (one, two);
}

GPtrArray *
usher_macro_list_find (UsherMacroList *self,
                       const char     *typed)
{
  g_autofree char *folded = g_utf8_casefold (typed, -1);
  GPtrArray *found = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < get_n_items (G_LIST_MODEL (self)); i++)
    if (usher_palette_match (usher_macro_get_name (peek (self, i)), folded) > 0)
      g_ptr_array_add (found, get_item (G_LIST_MODEL (self), i));
  g_ptr_array_sort_with_data (found, best_first, folded);
  return found;
}

/* --- Keys ------------------------------------------------------------------------------------------------------------ */

UsherMacro *
usher_macro_list_find_key (UsherMacroList *self,
                           const char     *accel)
{
  g_return_val_if_fail (USHER_IS_MACRO_LIST (self), NULL);
  for (guint i = 0; i < get_n_items (G_LIST_MODEL (self)); i++)
    if (usher_keys_is_same (usher_macro_get_key (peek (self, i)), accel))
      return peek (self, i);
  return NULL;
}

void
usher_macro_list_apply_keys (UsherMacroList *self,
                             GtkApplication *application)
{
  g_auto (GStrv) actions = gtk_application_list_action_descriptions (application);

  g_return_if_fail (USHER_IS_MACRO_LIST (self));
  for (guint i = 0; actions[i] != NULL; i++)
    if (g_str_has_prefix (actions[i], ACTION_PREFIX))
      gtk_application_set_accels_for_action (application, actions[i], (const char *[]){ NULL });
  for (guint i = 0; i < get_n_items (G_LIST_MODEL (self)); i++) {
    const char *key = usher_macro_get_key (peek (self, i));
    g_autofree char *action = usher_macro_dup_action (peek (self, i));

    if (*key != '\0' && usher_keys_find (self->settings, key) == NULL)
      gtk_application_set_accels_for_action (application, action, (const char *[]){ key, NULL });
  }
}
