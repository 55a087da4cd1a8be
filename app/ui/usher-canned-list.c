/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-canned-list.h"

#include <glib/gi18n.h>
#include <string.h>

#define KEY           "canned-replies"
#define TYPE          "a(ssssu)"
#define KEY_TEAM_USES "team-canned-uses"

struct _UsherCannedList {
  GObject parent_instance;

  GSettings *settings;
  GListStore *store;  /* one's own */
  GListModel *team;   /* (nullable) */
  GListStore *both;   /* these two */
  GListModel *all;    /* what is in them */
  gboolean is_saving; /* the change of the setting is our own */
};

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (UsherCannedList,
                               usher_canned_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static GType
get_item_type (GListModel *model)
{
  return USHER_TYPE_CANNED;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (USHER_CANNED_LIST (model)->all);
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  return g_list_model_get_item (USHER_CANNED_LIST (model)->all, position);
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
save (UsherCannedList *self)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE (TYPE));
  for (guint i = 0; i < usher_canned_list_get_n_own (self); i++) {
    g_autoptr (UsherCanned) canned = g_list_model_get_item (G_LIST_MODEL (self->store), i);

    g_variant_builder_add (&builder, "(ssssu)", usher_canned_get_shortcut (canned),
                           usher_canned_get_title (canned), usher_canned_get_text (canned),
                           usher_canned_get_folder (canned), usher_canned_get_uses (canned));
  }
  self->is_saving = TRUE;
  g_settings_set_value (self->settings, KEY, g_variant_builder_end (&builder));
  self->is_saving = FALSE;
}

static UsherCanned *
canned_new (UsherCannedList *self,
            const char      *shortcut,
            const char      *title,
            const char      *text,
            const char      *folder,
            guint            uses)
{
  UsherCanned *canned = g_object_new (USHER_TYPE_CANNED, "shortcut", shortcut, "title", title,
                                      "text", text, "folder", folder, "uses", uses, NULL);

  g_signal_connect_object (canned, "notify", G_CALLBACK (save), self, G_CONNECT_SWAPPED);
  return canned;
}

static void
load (UsherCannedList *self)
{
  g_autoptr (GVariant) value = g_settings_get_value (self->settings, KEY);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);
  const char *shortcut, *title, *text, *folder;
  GVariantIter iter;
  guint uses;

  if (self->is_saving)
    return;
  g_variant_iter_init (&iter, value);
  while (g_variant_iter_next (&iter, "(&s&s&s&su)", &shortcut, &title, &text, &folder, &uses))
    g_ptr_array_add (all, canned_new (self, shortcut, title, text, folder, uses));
  g_list_store_splice (self->store, 0, usher_canned_list_get_n_own (self), all->pdata, all->len);
}

static void
items_changed_cb (UsherCannedList *self,
                  guint            position,
                  guint            n_removed,
                  guint            n_added)
{
  g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed, n_added);
}

UsherCannedList *
usher_canned_list_new (GSettings *settings)
{
  UsherCannedList *self = g_object_new (USHER_TYPE_CANNED_LIST, NULL);

  self->settings = g_object_ref (settings);
  g_signal_connect_object (settings, "changed::" KEY, G_CALLBACK (load), self, G_CONNECT_SWAPPED);
  load (self);
  return self;
}

UsherCanned *
usher_canned_list_add (UsherCannedList *self,
                       const char      *shortcut,
                       const char      *title,
                       const char      *text,
                       const char      *folder)
{
  g_autoptr (UsherCanned) canned = canned_new (self, shortcut, title, text, folder, 0);

  g_list_store_append (self->store, canned);
  save (self);
  return canned; /* the store holds it */
}

void
usher_canned_list_remove (UsherCannedList *self,
                          UsherCanned     *canned)
{
  guint position;

  if (!g_list_store_find (self->store, canned, &position))
    return;
  g_list_store_remove (self->store, position);
  save (self);
}

guint
usher_canned_list_get_n_own (UsherCannedList *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->store));
}

/* --- The team's ------------------------------------------------------------------------------------------- */

static void
team_changed_cb (UsherCannedList *self,
                 guint            position,
                 guint            n_removed,
                 guint            n_added)
{
  g_autoptr (GVariant) uses = g_settings_get_value (self->settings, KEY_TEAM_USES);

  for (guint i = position; i < position + n_added; i++) {
    g_autoptr (UsherCanned) canned = g_list_model_get_item (self->team, i);
    guint n = 0;

    g_variant_lookup (uses, usher_canned_get_shortcut (canned), "u", &n);
    usher_canned_set_uses (canned, n);
  }
}

void
usher_canned_list_set_team (UsherCannedList *self,
                            GListModel      *team)
{
  if (self->team == team)
    return;
  if (self->team != NULL) {
    g_signal_handlers_disconnect_by_func (self->team, team_changed_cb, self);
    g_list_store_remove (self->both, 1);
  }
  g_set_object (&self->team, team);
  if (team == NULL)
    return;
  g_signal_connect_object (team, "items-changed", G_CALLBACK (team_changed_cb), self,
                           G_CONNECT_SWAPPED);
  team_changed_cb (self, 0, 0, g_list_model_get_n_items (team));
  g_list_store_append (self->both, team);
}

/* Of those that are there: what the operator took away is forgotten. */
static void
save_team_uses (UsherCannedList *self)
{
  GVariantDict uses;

  g_variant_dict_init (&uses, NULL);
  for (guint i = 0; i < g_list_model_get_n_items (self->team); i++) {
    g_autoptr (UsherCanned) canned = g_list_model_get_item (self->team, i);

    if (usher_canned_get_uses (canned) > 0)
      g_variant_dict_insert (&uses, usher_canned_get_shortcut (canned), "u",
                             usher_canned_get_uses (canned));
  }
  g_settings_set_value (self->settings, KEY_TEAM_USES, g_variant_dict_end (&uses));
}

void
usher_canned_list_count_use (UsherCannedList *self,
                             UsherCanned     *canned)
{
  usher_canned_set_uses (canned, usher_canned_get_uses (canned) + 1);
  if (usher_canned_get_is_team (canned) && self->team != NULL)
    save_team_uses (self);
}

char *
usher_canned_list_dup_place (UsherCanned *canned)
{
  const char *folder = usher_canned_get_folder (canned);

  if (!usher_canned_get_is_team (canned))
    return g_strdup (folder != NULL ? folder : "");
  return folder == NULL || *folder == '\0'
           ? g_strdup (C_ ("canned replies", "Team"))
           : g_strdup_printf ("%s / %s", C_ ("canned replies", "Team"), folder);
}

/* --- Finding ---------------------------------------------------------------------------------------------- */

static gboolean
contains (const char *text,
          const char *folded)
{
  g_autofree char *in = g_utf8_casefold (text, -1);

  return strstr (in, folded) != NULL;
}

static guint
fit (UsherCanned *canned,
     const char  *folded)
{
  g_autofree char *shortcut = g_utf8_casefold (usher_canned_get_shortcut (canned), -1);

  if (g_str_equal (shortcut, folded))
    return 5;
  if (g_str_has_prefix (shortcut, folded))
    return 4;
  if (contains (usher_canned_get_title (canned), folded))
    return 3;
  if (contains (usher_canned_get_folder (canned), folded))
    return 2;
  return contains (usher_canned_get_text (canned), folded) ? 1 : 0;
}

static int
best_first (gconstpointer a,
            gconstpointer b,
            gpointer      folded)
{
  UsherCanned *one = *(UsherCanned *const *) a, *two = *(UsherCanned *const *) b;
  guint fit_one = fit (one, folded), fit_two = fit (two, folded);

  if (fit_one != fit_two)
    return fit_one > fit_two ? -1 : 1;
  if (usher_canned_get_uses (one) != usher_canned_get_uses (two))
    return usher_canned_get_uses (one) > usher_canned_get_uses (two) ? -1 : 1;
  return g_utf8_collate (usher_canned_get_title (one), usher_canned_get_title (two));
}

static gboolean
is_for (UsherCanned *canned,
        const char  *queue)
{
  const char *const *queues = usher_canned_get_queues (canned);

  return queues == NULL || queues[0] == NULL || (queue != NULL && g_strv_contains (queues, queue));
}

/* One's own of the same shortcut. */
static gboolean
is_replaced (UsherCannedList *self,
             UsherCanned     *canned)
{
  g_autofree char *shortcut = g_utf8_casefold (usher_canned_get_shortcut (canned), -1);

  for (guint i = 0; i < usher_canned_list_get_n_own (self); i++) {
    g_autoptr (UsherCanned) own = g_list_model_get_item (G_LIST_MODEL (self->store), i);
    g_autofree char *folded = g_utf8_casefold (usher_canned_get_shortcut (own), -1);

    if (g_str_equal (folded, shortcut))
      return TRUE;
  }
  return FALSE;
}

GPtrArray *
usher_canned_list_find (UsherCannedList *self,
                        const char      *typed,
                        const char      *queue)
{
  g_autofree char *folded = g_utf8_casefold (typed, -1);
  GPtrArray *found = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < get_n_items (G_LIST_MODEL (self)); i++) {
    g_autoptr (UsherCanned) canned = get_item (G_LIST_MODEL (self), i);

    if (fit (canned, folded) == 0 || !is_for (canned, queue) ||
        (usher_canned_get_is_team (canned) && is_replaced (self, canned)))
      continue;
    g_ptr_array_add (found, g_steal_pointer (&canned));
  }
  g_ptr_array_sort_with_data (found, best_first, folded);
  return found;
}

static void
usher_canned_list_finalize (GObject *object)
{
  UsherCannedList *self = USHER_CANNED_LIST (object);

  g_object_unref (self->all);
  g_object_unref (self->both);
  g_object_unref (self->store);
  g_clear_object (&self->team);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (usher_canned_list_parent_class)->finalize (object);
}

static void
usher_canned_list_class_init (UsherCannedListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = usher_canned_list_finalize;
}

static void
usher_canned_list_init (UsherCannedList *self)
{
  self->store = g_list_store_new (USHER_TYPE_CANNED);
  self->both = g_list_store_new (G_TYPE_LIST_MODEL);
  g_list_store_append (self->both, self->store);
  self->all = G_LIST_MODEL (gtk_flatten_list_model_new (g_object_ref (G_LIST_MODEL (self->both))));
  g_signal_connect_object (self->all, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED);
}
