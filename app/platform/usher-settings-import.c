/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-settings.h"

#include <json-glib/json-glib.h>

#include "wire-json.h"

/* Of one list, with those that were there before: more than anybody writes. */
#define MAX_ITEMS 5000

static const char *const lists[] = { "canned-replies", "views" };

/* The scanner goes first: json-glib must not see what may be no JSON at all. */
static JsonNode *
parse (const char  *json,
       gsize        n_bytes,
       GError     **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();

  if (wire_json_scan_object (json, n_bytes, WIRE_JSON_MAX_SCAN_DEPTH) != WIRE_OK) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "not a JSON object");
    return NULL;
  }
  if (!json_parser_load_from_data (parser, json, (gssize) n_bytes, error))
    return NULL;
  return json_parser_steal_root (parser);
}

/* The same words: how often one was used does not make it another one. */
static gboolean
is_same (GVariant *a,
         GVariant *b)
{
  if (!g_variant_is_of_type (a, G_VARIANT_TYPE_TUPLE))
    return g_variant_equal (a, b);
  for (gsize i = 0; i < g_variant_n_children (a); i++) {
    g_autoptr (GVariant) one = g_variant_get_child_value (a, i);
    g_autoptr (GVariant) other = g_variant_get_child_value (b, i);

    if (g_variant_is_of_type (one, G_VARIANT_TYPE_STRING) && !g_variant_equal (one, other))
      return FALSE;
  }
  return TRUE;
}

static gboolean
has (GPtrArray *items,
     GVariant  *item)
{
  for (guint i = 0; i < items->len; i++)
    if (is_same (g_ptr_array_index (items, i), item))
      return TRUE;
  return FALSE;
}

/* Returns how many were new. */
static guint
add (GPtrArray *items,
     GVariant  *list)
{
  guint n_before = items->len;

  for (gsize i = 0; i < g_variant_n_children (list); i++) {
    g_autoptr (GVariant) item = g_variant_get_child_value (list, i);

    if (items->len < MAX_ITEMS && !has (items, item))
      g_ptr_array_add (items, g_steal_pointer (&item));
  }
  return items->len - n_before;
}

/* (transfer full) (nullable): the list as it will be; with @error unset: there is nothing to add. */
static GVariant *
merge (GSettings   *settings,
       const char  *key,
       JsonNode    *node,
       guint       *n_added,
       GError     **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  g_autoptr (GVariant) present = g_settings_get_value (settings, key);
  g_autoptr (GVariant) list = NULL;
  guint n_new;

  list = json_gvariant_deserialize (node, g_variant_get_type_string (present), error);
  if (list == NULL)
    return NULL;
  g_variant_ref_sink (list);
  add (items, present);
  n_new = add (items, list);
  *n_added += n_new;
  if (n_new == 0)
    return NULL;
  return g_variant_ref_sink (
    g_variant_new_array (g_variant_type_element (g_variant_get_type (present)),
                         (GVariant *const *) items->pdata, items->len));
}

gboolean
usher_settings_take_lists (GSettings   *settings,
                           const char  *json,
                           gsize        n_bytes,
                           guint       *ret_n_added,
                           GError     **error)
{
  g_autoptr (JsonNode) root = parse (json, n_bytes, error);
  GVariant *merged[G_N_ELEMENTS (lists)] = { NULL };
  GError *fault = NULL;

  *ret_n_added = 0;
  if (root == NULL)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (lists) && fault == NULL; i++) {
    JsonNode *node = json_object_get_member (json_node_get_object (root), lists[i]);

    if (node != NULL)
      merged[i] = merge (settings, lists[i], node, ret_n_added, &fault);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++) {
    if (fault == NULL && merged[i] != NULL)
      g_settings_set_value (settings, lists[i], merged[i]);
    g_clear_pointer (&merged[i], g_variant_unref);
  }
  if (fault == NULL)
    return TRUE;
  g_propagate_error (error, fault);
  return FALSE;
}
