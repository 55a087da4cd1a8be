/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-section.h"

#include <glib/gi18n.h>

#include "usher-conversation-list.h"
#include "usher-conversation.h"

struct _UsherSection {
  GObject parent_instance;

  UsherSectionKind kind;
  GtkSorter *sorter;
  GtkSortListModel *sorted;
  GtkFilterListModel *filtered;
  GtkSliceListModel *folded; /* all of @filtered, or none */
  GListStore *heading;       /* holds self while the section is worth showing */
  GListStore *hint;          /* one GtkStringObject while it is unfolded and empty */
  GListStore *parts;
  GtkFlattenListModel *rows;
  GSignalGroup *source_signals;
  gboolean is_expanded;
  gboolean needs_sort;
};

enum {
  PROP_0,
  PROP_TITLE,
  PROP_N_ITEMS,
  PROP_IS_EXPANDED,
  N_PROPS,
};

static GParamSpec *pspecs[N_PROPS];

G_DEFINE_FINAL_TYPE (UsherSection, usher_section, G_TYPE_OBJECT)

static int
compare_times (gint64 a,
               gint64 b)
{
  return (a > b) - (a < b);
}

/* Those who wait come first, longest first; then the latest line first. */
static int
compare_waiting (UsherConversation *a,
                 UsherConversation *b)
{
  gint64 a_since = usher_conversation_get_waits_since_us (a);
  gint64 b_since = usher_conversation_get_waits_since_us (b);

  if ((a_since == 0) != (b_since == 0))
    return a_since == 0 ? 1 : -1;
  if (a_since != b_since)
    return compare_times (a_since, b_since);
  return compare_times (usher_conversation_get_last_ts_us (b),
                        usher_conversation_get_last_ts_us (a));
}

/* Those that sleep until their visitors write come behind those with a time. */
static gint64
order_of_until (UsherConversation *conversation)
{
  gint64 until_us = usher_conversation_get_until_us (conversation);

  return until_us == 0 ? G_MAXINT64 : until_us;
}

static int
compare_conversations (gconstpointer a,
                       gconstpointer b,
                       gpointer      user_data)
{
  UsherConversation *first = (UsherConversation *) a;
  UsherConversation *second = (UsherConversation *) b;
  int order = 0;

  switch ((UsherSectionKind) GPOINTER_TO_INT (user_data)) {
  case USHER_SECTION_OFFERED:
    order = compare_times (usher_conversation_get_offer_deadline_us (first),
                           usher_conversation_get_offer_deadline_us (second));
    break;
  case USHER_SECTION_CLOSED:
    order = compare_times (usher_conversation_get_last_ts_us (second),
                           usher_conversation_get_last_ts_us (first));
    break;
  case USHER_SECTION_SNOOZED:
    order = compare_times (order_of_until (first), order_of_until (second));
    break;
  case USHER_SECTION_MINE:
  case USHER_SECTION_QUEUE:
  case USHER_SECTION_BOT:
  case USHER_SECTION_WATCHING:
  case USHER_N_SECTIONS:
  default:
    order = compare_waiting (first, second);
  }
  if (order == 0)
    order = usher_conversation_get_conv (first) < usher_conversation_get_conv (second) ? -1 : 1;
  return a == b ? 0 : order;
}

/* An empty section keeps its heading, except for offers: they announce themselves. */
static void
update_heading (UsherSection *self)
{
  GListModel *heading = G_LIST_MODEL (self->heading);
  gboolean is_shown = self->kind != USHER_SECTION_OFFERED || usher_section_get_n_items (self) > 0;

  if (is_shown && g_list_model_get_n_items (heading) == 0)
    g_list_store_append (self->heading, self);
  else if (!is_shown && g_list_model_get_n_items (heading) > 0)
    g_list_store_remove_all (self->heading);
}

static const struct {
  const char *name;
  const char *title;
  const char *hint;
} kinds[] = {
  [USHER_SECTION_OFFERED] = { "offered", NC_ ("section", "Offered"), NULL },
  [USHER_SECTION_MINE] = { "mine", NC_ ("section", "Mine"), N_ ("You have no chats.") },
  [USHER_SECTION_QUEUE] = { "queue", NC_ ("section", "Queue"), N_ ("Nobody waits.") },
  [USHER_SECTION_BOT] = { "bot", NC_ ("section", "Bot"), N_ ("The bot has no chats.") },
  [USHER_SECTION_SNOOZED] = { "snoozed", NC_ ("section", "Snoozed"), N_ ("Nothing sleeps.") },
  [USHER_SECTION_WATCHING] = { "watching", NC_ ("section", "Watching"),
                               N_ ("You watch no chats.") },
  [USHER_SECTION_CLOSED] = { "closed", NC_ ("section", "Closed"), N_ ("Nothing has been closed.") },
};

/* (nullable): why there is no row. */
static const char *
get_hint (UsherSection *self)
{
  if (!self->is_expanded || kinds[self->kind].hint == NULL ||
      g_list_model_get_n_items (G_LIST_MODEL (self->heading)) == 0 ||
      usher_section_get_n_items (self) > 0)
    return NULL;
  return g_list_model_get_n_items (G_LIST_MODEL (self->sorted)) > 0
           ? _ ("Nothing matches the filter.")
           : _ (kinds[self->kind].hint);
}

static void
update_hint (UsherSection *self)
{
  const char *hint = get_hint (self);
  g_autoptr (GtkStringObject) now = g_list_model_get_item (G_LIST_MODEL (self->hint), 0);
  g_autoptr (GtkStringObject) text = NULL;

  if (g_strcmp0 (hint, now == NULL ? NULL : gtk_string_object_get_string (now)) == 0)
    return;
  g_list_store_remove_all (self->hint);
  if (hint == NULL)
    return;
  text = gtk_string_object_new (hint);
  g_list_store_append (self->hint, text);
}

static void
items_changed_cb (UsherSection *self,
                  guint         position,
                  guint         n_removed,
                  guint         n_added)
{
  if (n_removed == n_added)
    return;
  update_heading (self);
  update_hint (self);
  g_object_notify_by_pspec (G_OBJECT (self), pspecs[PROP_N_ITEMS]);
}

static void
item_changed_cb (UsherSection *self)
{
  self->needs_sort = TRUE;
}

static void
usher_section_get_property (GObject    *object,
                            guint       prop,
                            GValue     *value,
                            GParamSpec *pspec)
{
  UsherSection *self = USHER_SECTION (object);

  switch (prop) {
  case PROP_TITLE:
    g_value_set_string (value, usher_section_get_title (self));
    break;
  case PROP_N_ITEMS:
    g_value_set_uint (value, usher_section_get_n_items (self));
    break;
  case PROP_IS_EXPANDED:
    g_value_set_boolean (value, self->is_expanded);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop, pspec);
  }
}

static void
usher_section_set_property (GObject      *object,
                            guint         prop,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  if (prop == PROP_IS_EXPANDED)
    usher_section_set_is_expanded (USHER_SECTION (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop, pspec);
}

/* The heading holds a reference on us: usher_section_set_source (NULL) of the owner breaks the circle by emptying it. */
static void
usher_section_dispose (GObject *object)
{
  UsherSection *self = USHER_SECTION (object);

  g_clear_object (&self->source_signals);
  g_clear_object (&self->rows);
  g_clear_object (&self->parts);
  g_clear_object (&self->heading);
  g_clear_object (&self->hint);
  g_clear_object (&self->folded);
  g_clear_object (&self->filtered);
  g_clear_object (&self->sorted);
  g_clear_object (&self->sorter);
  G_OBJECT_CLASS (usher_section_parent_class)->dispose (object);
}

static void
usher_section_class_init (UsherSectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = usher_section_get_property;
  object_class->set_property = usher_section_set_property;
  object_class->dispose = usher_section_dispose;
  pspecs[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags | G_PARAM_READABLE);
  pspecs[PROP_N_ITEMS] =
    g_param_spec_uint ("n-items", NULL, NULL, 0, G_MAXUINT, 0, flags | G_PARAM_READABLE);
  pspecs[PROP_IS_EXPANDED] =
    g_param_spec_boolean ("is-expanded", NULL, NULL, TRUE, flags | G_PARAM_READWRITE);
  g_object_class_install_properties (object_class, N_PROPS, pspecs);
}

static void
usher_section_init (UsherSection *self)
{
  self->is_expanded = TRUE;
  self->source_signals = g_signal_group_new (USHER_TYPE_CONVERSATION_LIST);
  g_signal_group_connect_swapped (self->source_signals, "item-changed",
                                  G_CALLBACK (item_changed_cb), self);
}

UsherSection *
usher_section_new (UsherSectionKind kind)
{
  UsherSection *self = g_object_new (USHER_TYPE_SECTION, NULL);

  self->kind = kind;
  self->sorter =
    GTK_SORTER (gtk_custom_sorter_new (compare_conversations, GINT_TO_POINTER (kind), NULL));
  self->sorted = gtk_sort_list_model_new (NULL, g_object_ref (self->sorter));
  self->filtered = gtk_filter_list_model_new (G_LIST_MODEL (g_object_ref (self->sorted)), NULL);
  g_signal_connect_object (self->filtered, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  self->folded =
    gtk_slice_list_model_new (G_LIST_MODEL (g_object_ref (self->filtered)), 0, G_MAXUINT);
  self->heading = g_list_store_new (G_TYPE_OBJECT);
  self->parts = g_list_store_new (G_TYPE_LIST_MODEL);
  self->hint = g_list_store_new (GTK_TYPE_STRING_OBJECT);
  g_list_store_append (self->parts, self->heading);
  g_list_store_append (self->parts, self->hint);
  g_list_store_append (self->parts, self->folded);
  self->rows = gtk_flatten_list_model_new (G_LIST_MODEL (g_object_ref (self->parts)));
  return self;
}

UsherSectionKind
usher_section_get_kind (UsherSection *self)
{
  g_return_val_if_fail (USHER_IS_SECTION (self), USHER_SECTION_MINE);
  return self->kind;
}

const char *
usher_section_get_title (UsherSection *self)
{
  g_return_val_if_fail (USHER_IS_SECTION (self), NULL);
  return g_dpgettext2 (NULL, "section", kinds[self->kind].title);
}

const char *
usher_section_get_name (UsherSection *self)
{
  g_return_val_if_fail (USHER_IS_SECTION (self), NULL);
  return kinds[self->kind].name;
}

guint
usher_section_get_n_items (UsherSection *self)
{
  g_return_val_if_fail (USHER_IS_SECTION (self), 0);
  return g_list_model_get_n_items (G_LIST_MODEL (self->filtered));
}

gboolean
usher_section_get_is_expanded (UsherSection *self)
{
  g_return_val_if_fail (USHER_IS_SECTION (self), FALSE);
  return self->is_expanded;
}

void
usher_section_set_is_expanded (UsherSection *self,
                               gboolean      is_expanded)
{
  g_return_if_fail (USHER_IS_SECTION (self));
  if (self->is_expanded == is_expanded)
    return;
  self->is_expanded = is_expanded;
  gtk_slice_list_model_set_size (self->folded, is_expanded ? G_MAXUINT : 0);
  update_hint (self);
  g_object_notify_by_pspec (G_OBJECT (self), pspecs[PROP_IS_EXPANDED]);
}

void
usher_section_set_source (UsherSection *self,
                          GListModel   *model)
{
  g_return_if_fail (USHER_IS_SECTION (self));
  g_signal_group_set_target (self->source_signals,
                             USHER_IS_CONVERSATION_LIST (model) ? model : NULL);
  gtk_sort_list_model_set_model (self->sorted, model);
  if (model == NULL)
    g_list_store_remove_all (self->heading);
  else
    update_heading (self);
  update_hint (self);
}

void
usher_section_set_filter (UsherSection *self,
                          GtkFilter    *filter)
{
  g_return_if_fail (USHER_IS_SECTION (self));
  gtk_filter_list_model_set_filter (self->filtered, filter);
  update_hint (self);
}

GListModel *
usher_section_get_sorted (UsherSection *self)
{
  g_return_val_if_fail (USHER_IS_SECTION (self), NULL);
  return G_LIST_MODEL (self->sorted);
}

GListModel *
usher_section_get_rows (UsherSection *self)
{
  g_return_val_if_fail (USHER_IS_SECTION (self), NULL);
  return G_LIST_MODEL (self->rows);
}

void
usher_section_sort (UsherSection *self)
{
  g_return_if_fail (USHER_IS_SECTION (self));
  if (!self->needs_sort)
    return;
  self->needs_sort = FALSE;
  gtk_sorter_changed (self->sorter, GTK_SORTER_CHANGE_DIFFERENT);
}
