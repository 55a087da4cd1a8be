/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A GSequence with an index by `conv`: append, find and remove cost O(log n) at most, and the positions told to the outside are
 * exact. An array would need every index behind a removed row corrected.
 */
#include "config.h"

#include "usher-conversation-list.h"

#include "usher-conversation-private.h"

struct _UsherConversationList {
  GObject parent_instance;

  GSequence *rows;     /* of UsherConversation, owned */
  GHashTable *by_conv; /* copied guint64 → GSequenceIter */
};

enum {
  PROP_0,
  PROP_N_ITEMS,
  N_PROPS,
};

enum {
  SIGNAL_ITEM_CHANGED,
  N_SIGNALS,
};

static GParamSpec *pspecs[N_PROPS];
static guint signals[N_SIGNALS];

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (UsherConversationList,
                               usher_conversation_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static GType
get_item_type (GListModel *model)
{
  return USHER_TYPE_CONVERSATION;
}

static guint
get_n_items (GListModel *model)
{
  return g_sequence_get_length (USHER_CONVERSATION_LIST (model)->rows);
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  GSequenceIter *iter =
    g_sequence_get_iter_at_pos (USHER_CONVERSATION_LIST (model)->rows, (gint) position);

  return g_sequence_iter_is_end (iter) ? NULL : g_object_ref (g_sequence_get (iter));
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
items_changed (UsherConversationList *self,
               guint                  position,
               guint                  n_removed,
               guint                  n_added)
{
  g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed, n_added);
  if (n_removed != n_added)
    g_object_notify_by_pspec (G_OBJECT (self), pspecs[PROP_N_ITEMS]);
}

/* A second object for the same `conv` is refused: whoever holds the first would show it for ever. */
static gboolean
append (UsherConversationList *self,
        UsherConversation     *conversation)
{
  guint64 *key;

  if (usher_conversation_list_find (self, usher_conversation_get_conv (conversation)) != NULL)
    return FALSE;
  g_object_ref (conversation);
  usher_conversation_set_list (conversation, self);
  key = g_new (guint64, 1);
  *key = usher_conversation_get_conv (conversation);
  g_hash_table_insert (self->by_conv, key, g_sequence_append (self->rows, conversation));
  return TRUE;
}

static void
release_row (gpointer conversation)
{
  usher_conversation_set_list (conversation, NULL);
  g_object_unref (conversation);
}

static void
usher_conversation_list_get_property (GObject    *object,
                                      guint       prop,
                                      GValue     *value,
                                      GParamSpec *pspec)
{
  if (prop == PROP_N_ITEMS)
    g_value_set_uint (value, get_n_items (G_LIST_MODEL (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop, pspec);
}

static void
usher_conversation_list_finalize (GObject *object)
{
  UsherConversationList *self = USHER_CONVERSATION_LIST (object);

  g_hash_table_unref (self->by_conv);
  g_sequence_free (self->rows);
  G_OBJECT_CLASS (usher_conversation_list_parent_class)->finalize (object);
}

static void
usher_conversation_list_class_init (UsherConversationListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = usher_conversation_list_get_property;
  object_class->finalize = usher_conversation_list_finalize;

  pspecs[PROP_N_ITEMS] = g_param_spec_uint ("n-items", NULL, NULL, 0, G_MAXUINT, 0,
                                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, pspecs);
  signals[SIGNAL_ITEM_CHANGED] =
    g_signal_new ("item-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, USHER_TYPE_CONVERSATION);
}

static void
usher_conversation_list_init (UsherConversationList *self)
{
  self->rows = g_sequence_new (release_row);
  self->by_conv = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

UsherConversationList *
usher_conversation_list_new (void)
{
  return g_object_new (USHER_TYPE_CONVERSATION_LIST, NULL);
}

guint
usher_conversation_list_get_n_items (UsherConversationList *self)
{
  g_return_val_if_fail (USHER_IS_CONVERSATION_LIST (self), 0);
  return get_n_items (G_LIST_MODEL (self));
}

UsherConversation *
usher_conversation_list_find (UsherConversationList *self,
                              guint64                conv)
{
  GSequenceIter *iter;

  g_return_val_if_fail (USHER_IS_CONVERSATION_LIST (self), NULL);
  iter = g_hash_table_lookup (self->by_conv, &conv);
  return iter == NULL ? NULL : g_sequence_get (iter);
}

void
usher_conversation_list_add (UsherConversationList *self,
                             UsherConversation     *conversation)
{
  usher_conversation_list_add_many (self, &conversation, 1);
}

void
usher_conversation_list_add_many (UsherConversationList    *self,
                                  UsherConversation *const *conversations,
                                  gsize                     n_conversations)
{
  g_autoptr (GPtrArray) fresh = g_ptr_array_new_with_free_func (g_object_unref);
  guint position, n_added = 0;

  g_return_if_fail (USHER_IS_CONVERSATION_LIST (self));
  for (gsize i = 0; i < n_conversations; i++) {
    UsherConversationList *other = usher_conversation_get_list (conversations[i]);

    if (other == self)
      continue;
    g_ptr_array_add (fresh, g_object_ref (conversations[i]));
    if (other != NULL)
      usher_conversation_list_remove (other, conversations[i]);
  }
  position = get_n_items (G_LIST_MODEL (self));
  for (guint i = 0; i < fresh->len; i++)
    n_added += append (self, g_ptr_array_index (fresh, i));
  if (n_added > 0)
    items_changed (self, position, 0, n_added);
}

gboolean
usher_conversation_list_remove (UsherConversationList *self,
                                UsherConversation     *conversation)
{
  GSequenceIter *iter;
  guint position;
  guint64 conv;

  g_return_val_if_fail (USHER_IS_CONVERSATION_LIST (self), FALSE);
  g_return_val_if_fail (USHER_IS_CONVERSATION (conversation), FALSE);
  conv = usher_conversation_get_conv (conversation);
  iter = g_hash_table_lookup (self->by_conv, &conv);
  if (iter == NULL || g_sequence_get (iter) != conversation)
    return FALSE;
  position = g_sequence_iter_get_position (iter);
  g_hash_table_remove (self->by_conv, &conv);
  g_sequence_remove (iter);
  items_changed (self, position, 1, 0);
  return TRUE;
}

void
usher_conversation_list_remove_all (UsherConversationList *self)
{
  guint n_removed;

  g_return_if_fail (USHER_IS_CONVERSATION_LIST (self));
  n_removed = get_n_items (G_LIST_MODEL (self));
  if (n_removed == 0)
    return;
  g_hash_table_remove_all (self->by_conv);
  g_sequence_remove_range (g_sequence_get_begin_iter (self->rows),
                           g_sequence_get_end_iter (self->rows));
  items_changed (self, 0, n_removed, 0);
}

void
usher_conversation_list_item_changed (UsherConversationList *self,
                                      UsherConversation     *conversation)
{
  g_signal_emit (self, signals[SIGNAL_ITEM_CHANGED], 0, conversation);
}
