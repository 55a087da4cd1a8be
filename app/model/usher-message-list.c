/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * At most 400 rows in one array: finding a place or a line is a scan from the end, where nearly everything happens, and costs less than
 * the upkeep of an index. A change is made on the array first; then the rows that differ from before are told as one range.
 */
#include "config.h"

#include "usher-message-list.h"

#include "usher-message.h"

struct _UsherMessageList {
  GObject parent_instance;

  guint64 conv;
  GPtrArray *rows; /* of UsherMessage, owned */
  gboolean has_older;
  gboolean has_newer;
};

enum {
  PROP_0,
  PROP_CONV,
  PROP_HAS_OLDER,
  PROP_HAS_NEWER,
  PROP_N_ITEMS,
  N_PROPS,
};

static GParamSpec *pspecs[N_PROPS];

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (UsherMessageList,
                               usher_message_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static GType
get_item_type (GListModel *model)
{
  return USHER_TYPE_MESSAGE;
}

static guint
get_n_items (GListModel *model)
{
  return USHER_MESSAGE_LIST (model)->rows->len;
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  UsherMessage *message = usher_message_list_peek (USHER_MESSAGE_LIST (model), position);

  return message == NULL ? NULL : g_object_ref (message);
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static UsherMessage *
row (UsherMessageList *self,
     guint             position)
{
  return g_ptr_array_index (self->rows, position);
}

/* Notes and changes of state have numbers of their own and stand among the lines by time. */
static gboolean
stands_by_time (UsherMessage *message)
{
  UsherMessageKind kind = usher_message_get_kind (message);

  return kind == USHER_MESSAGE_NOTE || kind == USHER_MESSAGE_CHANGE;
}

static gboolean
shares_numbers (UsherMessage *message,
                UsherMessage *other)
{
  if (!stands_by_time (message) && !stands_by_time (other))
    return TRUE;
  return usher_message_get_kind (message) == usher_message_get_kind (other);
}

/* Whether @message belongs behind @other. Both have been stored. */
static gboolean
goes_behind (UsherMessage *message,
             UsherMessage *other)
{
  if (shares_numbers (message, other))
    return usher_message_get_seq (message) > usher_message_get_seq (other);
  return usher_message_get_ts_us (message) >= usher_message_get_ts_us (other);
}

/*
 * The clock may have jumped between two lines, so `seq` and time need not agree, and what binds is `seq`: from the end, pass the
 * pending lines, then every row that @message does not belong behind.
 */
static guint
find_place (UsherMessageList *self,
            UsherMessage     *message)
{
  guint place = self->rows->len;

  if (usher_message_is_pending (message))
    return place;
  while (place > 0 && usher_message_is_pending (row (self, place - 1)))
    place--;
  while (place > 0 && !goes_behind (message, row (self, place - 1)))
    place--;
  return place;
}

/* Tells the difference between @before and the rows as one range. */
static void
commit (UsherMessageList *self,
        GPtrArray        *before)
{
  guint n_before = before->len, n_after = self->rows->len;
  guint shorter = MIN (n_before, n_after);
  guint head = 0, tail = 0;

  while (head < shorter && before->pdata[head] == self->rows->pdata[head])
    head++;
  while (tail < shorter - head &&
         before->pdata[n_before - 1 - tail] == self->rows->pdata[n_after - 1 - tail])
    tail++;
  if (head + tail == n_before && head + tail == n_after)
    return;
  g_list_model_items_changed (G_LIST_MODEL (self), head, n_before - head - tail,
                              n_after - head - tail);
  if (n_before != n_after)
    g_object_notify_by_pspec (G_OBJECT (self), pspecs[PROP_N_ITEMS]);
}

static GPtrArray *
copy_rows (UsherMessageList *self)
{
  GPtrArray *copy = g_ptr_array_new_full (self->rows->len, g_object_unref);

  for (guint i = 0; i < self->rows->len; i++)
    g_ptr_array_add (copy, g_object_ref (row (self, i)));
  return copy;
}

static gboolean
is_behind_window (UsherMessageList *self,
                  UsherMessage     *message)
{
  return self->has_newer && !usher_message_is_pending (message) && !stands_by_time (message) &&
         usher_message_get_seq (message) > usher_message_list_get_last_seq (self);
}

static UsherMessage *
find_number (UsherMessageList *self,
             UsherMessageKind  kind,
             guint64           number)
{
  for (guint i = self->rows->len; i > 0 && number != 0; i--)
    if (usher_message_get_seq (row (self, i - 1)) == number &&
        usher_message_get_kind (row (self, i - 1)) == kind)
      return row (self, i - 1);
  return NULL;
}

static gboolean
stands_already (UsherMessageList *self,
                UsherMessage     *message)
{
  if (usher_message_is_pending (message))
    return g_ptr_array_find (self->rows, message, NULL);
  if (stands_by_time (message))
    return find_number (self, usher_message_get_kind (message), usher_message_get_seq (message)) !=
           NULL;
  return usher_message_list_find (self, usher_message_get_seq (message)) != NULL;
}

static gboolean
place_row (UsherMessageList *self,
           UsherMessage     *message)
{
  guint64 cid = usher_message_get_cid (message);
  UsherMessage *pending = cid == 0 ? NULL : usher_message_list_find_cid (self, cid);

  if (stands_already (self, message))
    return FALSE;
  if (pending != NULL && pending != message && usher_message_is_pending (pending))
    g_ptr_array_remove (self->rows, pending);
  g_ptr_array_insert (self->rows, (int) find_place (self, message), g_object_ref (message));
  return TRUE;
}

/* Rows leave at @end until the bound holds. Lines that are not stored yet are kept: nobody else shows them. */
static void
trim (UsherMessageList *self,
      UsherListEnd      end)
{
  g_autoptr (GPtrArray) before = NULL;
  guint n_extra, position = 0;

  if (self->rows->len <= USHER_MESSAGE_LIST_MAX_ROWS)
    return;
  before = copy_rows (self);
  n_extra = self->rows->len - USHER_MESSAGE_LIST_MAX_ROWS;
  if (end == USHER_LIST_NEWER) {
    guint n_stored = self->rows->len;

    while (n_stored > 0 && usher_message_is_pending (row (self, n_stored - 1)))
      n_stored--;
    n_extra = MIN (n_extra, n_stored);
    position = n_stored - n_extra;
  }
  g_ptr_array_remove_range (self->rows, position, n_extra);
  commit (self, before);
  if (end == USHER_LIST_NEWER)
    usher_message_list_set_has_newer (self, TRUE);
  else
    usher_message_list_set_has_older (self, TRUE);
}

static void
usher_message_list_get_property (GObject    *object,
                                 guint       prop,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  UsherMessageList *self = USHER_MESSAGE_LIST (object);

  switch (prop) {
  case PROP_CONV:
    g_value_set_uint64 (value, self->conv);
    break;
  case PROP_HAS_OLDER:
    g_value_set_boolean (value, self->has_older);
    break;
  case PROP_HAS_NEWER:
    g_value_set_boolean (value, self->has_newer);
    break;
  case PROP_N_ITEMS:
    g_value_set_uint (value, self->rows->len);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop, pspec);
  }
}

static void
usher_message_list_set_property (GObject      *object,
                                 guint         prop,
                                 const GValue *value,
                                 GParamSpec   *pspec)
{
  UsherMessageList *self = USHER_MESSAGE_LIST (object);

  switch (prop) {
  case PROP_CONV:
    self->conv = g_value_get_uint64 (value);
    break;
  case PROP_HAS_OLDER:
    usher_message_list_set_has_older (self, g_value_get_boolean (value));
    break;
  case PROP_HAS_NEWER:
    usher_message_list_set_has_newer (self, g_value_get_boolean (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop, pspec);
  }
}

static void
usher_message_list_finalize (GObject *object)
{
  g_ptr_array_unref (USHER_MESSAGE_LIST (object)->rows);
  G_OBJECT_CLASS (usher_message_list_parent_class)->finalize (object);
}

static void
usher_message_list_class_init (UsherMessageListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = usher_message_list_get_property;
  object_class->set_property = usher_message_list_set_property;
  object_class->finalize = usher_message_list_finalize;

  pspecs[PROP_CONV] =
    g_param_spec_uint64 ("conv", NULL, NULL, 0, G_MAXUINT64, 0, flags | G_PARAM_CONSTRUCT_ONLY);
  pspecs[PROP_HAS_OLDER] = g_param_spec_boolean ("has-older", NULL, NULL, FALSE, flags);
  pspecs[PROP_HAS_NEWER] = g_param_spec_boolean ("has-newer", NULL, NULL, FALSE, flags);
  pspecs[PROP_N_ITEMS] = g_param_spec_uint ("n-items", NULL, NULL, 0, G_MAXUINT, 0,
                                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, pspecs);
}

static void
usher_message_list_init (UsherMessageList *self)
{
  self->rows = g_ptr_array_new_with_free_func (g_object_unref);
}

UsherMessageList *
usher_message_list_new (guint64 conv)
{
  return g_object_new (USHER_TYPE_MESSAGE_LIST, "conv", conv, NULL);
}

guint64
usher_message_list_get_conv (UsherMessageList *self)
{
  g_return_val_if_fail (USHER_IS_MESSAGE_LIST (self), 0);
  return self->conv;
}

guint
usher_message_list_get_n_items (UsherMessageList *self)
{
  g_return_val_if_fail (USHER_IS_MESSAGE_LIST (self), 0);
  return self->rows->len;
}

gboolean
usher_message_list_get_has_older (UsherMessageList *self)
{
  g_return_val_if_fail (USHER_IS_MESSAGE_LIST (self), FALSE);
  return self->has_older;
}

void
usher_message_list_set_has_older (UsherMessageList *self,
                                  gboolean          value)
{
  g_return_if_fail (USHER_IS_MESSAGE_LIST (self));
  if (self->has_older == value)
    return;
  self->has_older = value;
  g_object_notify_by_pspec (G_OBJECT (self), pspecs[PROP_HAS_OLDER]);
}

gboolean
usher_message_list_get_has_newer (UsherMessageList *self)
{
  g_return_val_if_fail (USHER_IS_MESSAGE_LIST (self), FALSE);
  return self->has_newer;
}

void
usher_message_list_set_has_newer (UsherMessageList *self,
                                  gboolean          value)
{
  g_return_if_fail (USHER_IS_MESSAGE_LIST (self));
  if (self->has_newer == value)
    return;
  self->has_newer = value;
  g_object_notify_by_pspec (G_OBJECT (self), pspecs[PROP_HAS_NEWER]);
}

UsherMessage *
usher_message_list_peek (UsherMessageList *self,
                         guint             position)
{
  g_return_val_if_fail (USHER_IS_MESSAGE_LIST (self), NULL);
  return position < self->rows->len ? row (self, position) : NULL;
}

UsherMessage *
usher_message_list_find (UsherMessageList *self,
                         guint64           seq)
{
  g_return_val_if_fail (USHER_IS_MESSAGE_LIST (self), NULL);
  for (guint i = self->rows->len; i > 0 && seq != 0; i--)
    if (usher_message_get_seq (row (self, i - 1)) == seq && !stands_by_time (row (self, i - 1)))
      return row (self, i - 1);
  return NULL;
}

UsherMessage *
usher_message_list_find_note (UsherMessageList *self,
                              guint64           n)
{
  g_return_val_if_fail (USHER_IS_MESSAGE_LIST (self), NULL);
  return find_number (self, USHER_MESSAGE_NOTE, n);
}

UsherMessage *
usher_message_list_find_cid (UsherMessageList *self,
                             guint64           cid)
{
  g_return_val_if_fail (USHER_IS_MESSAGE_LIST (self), NULL);
  for (guint i = self->rows->len; i > 0 && cid != 0; i--)
    if (usher_message_get_cid (row (self, i - 1)) == cid)
      return row (self, i - 1);
  return NULL;
}

guint64
usher_message_list_get_first_seq (UsherMessageList *self)
{
  g_return_val_if_fail (USHER_IS_MESSAGE_LIST (self), 0);
  for (guint i = 0; i < self->rows->len; i++)
    if (!stands_by_time (row (self, i)) && !usher_message_is_pending (row (self, i)))
      return usher_message_get_seq (row (self, i));
  return 0;
}

guint64
usher_message_list_get_last_seq (UsherMessageList *self)
{
  g_return_val_if_fail (USHER_IS_MESSAGE_LIST (self), 0);
  for (guint i = self->rows->len; i > 0; i--)
    if (!stands_by_time (row (self, i - 1)) && !usher_message_is_pending (row (self, i - 1)))
      return usher_message_get_seq (row (self, i - 1));
  return 0;
}

gboolean
usher_message_list_insert (UsherMessageList *self,
                           UsherMessage     *message)
{
  g_autoptr (GPtrArray) before = NULL;

  g_return_val_if_fail (USHER_IS_MESSAGE_LIST (self), FALSE);
  g_return_val_if_fail (USHER_IS_MESSAGE (message), FALSE);
  if (is_behind_window (self, message))
    return FALSE;
  before = copy_rows (self);
  if (!place_row (self, message))
    return FALSE;
  commit (self, before);
  trim (self, USHER_LIST_OLDER);
  return g_ptr_array_find (self->rows, message, NULL);
}

void
usher_message_list_insert_page (UsherMessageList    *self,
                                UsherMessage *const *messages,
                                gsize                n_messages,
                                UsherListEnd         end)
{
  g_autoptr (GPtrArray) before = NULL;

  g_return_if_fail (USHER_IS_MESSAGE_LIST (self));
  before = copy_rows (self);
  for (gsize i = 0; i < n_messages; i++)
    place_row (self, messages[i]);
  commit (self, before);
  trim (self, end == USHER_LIST_OLDER ? USHER_LIST_NEWER : USHER_LIST_OLDER);
}

void
usher_message_list_replace (UsherMessageList    *self,
                            UsherMessage *const *messages,
                            gsize                n_messages)
{
  g_autoptr (GPtrArray) before = NULL;

  g_return_if_fail (USHER_IS_MESSAGE_LIST (self));
  before = copy_rows (self);
  for (guint i = self->rows->len; i > 0; i--)
    if (!usher_message_is_pending (row (self, i - 1)))
      g_ptr_array_remove_index (self->rows, i - 1);
  for (gsize i = 0; i < n_messages; i++)
    place_row (self, messages[i]);
  commit (self, before);
  trim (self, USHER_LIST_OLDER);
}

void
usher_message_list_settle (UsherMessageList *self,
                           UsherMessage     *message)
{
  g_autoptr (GPtrArray) before = NULL;
  guint position;

  g_return_if_fail (USHER_IS_MESSAGE_LIST (self));
  g_return_if_fail (USHER_IS_MESSAGE (message));
  if (!g_ptr_array_find (self->rows, message, &position))
    return;
  before = copy_rows (self);
  g_ptr_array_remove_index (self->rows, position);
  if (!is_behind_window (self, message))
    place_row (self, message);
  commit (self, before);
}

gboolean
usher_message_list_remove (UsherMessageList *self,
                           UsherMessage     *message)
{
  g_autoptr (GPtrArray) before = NULL;

  g_return_val_if_fail (USHER_IS_MESSAGE_LIST (self), FALSE);
  if (!g_ptr_array_find (self->rows, message, NULL))
    return FALSE;
  before = copy_rows (self);
  g_ptr_array_remove (self->rows, message);
  commit (self, before);
  return TRUE;
}
