/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-target.h"

#include <glib/gi18n.h>

#include "usher-colleague.h"
#include "usher-queue.h"
#include "usher-text.h"

#define NAME_CHARS 60

char *
usher_target_dup_title (gpointer target)
{
  const char *title;

  if (USHER_IS_COLLEAGUE (target))
    return usher_text_to_line (usher_colleague_get_name (target), NAME_CHARS);
  title = usher_queue_get_title (target);
  return usher_text_to_line (title == NULL || *title == '\0' ? usher_queue_get_name (target)
                                                             : title,
                             NAME_CHARS);
}

static const char *
format_status (UsherAgentStatus status)
{
  switch (status) {
  case USHER_AGENT_ONLINE:
    return C_ ("agent", "Online");
  case USHER_AGENT_AWAY:
    return C_ ("agent", "Away");
  case USHER_AGENT_BUSY:
    return C_ ("agent", "Busy");
  case USHER_AGENT_OFFLINE:
  case USHER_AGENT_INVISIBLE:
  default:
    return C_ ("agent", "Offline");
  }
}

char *
usher_target_dup_subtitle (gpointer target)
{
  guint agents_free;

  if (USHER_IS_COLLEAGUE (target))
    /* Translators: %1$s is Online or Busy, %2$u of %3$u are chats */
    return g_strdup_printf (_ ("%1$s · %2$u of %3$u chats"),
                            format_status (usher_colleague_get_status (target)),
                            usher_colleague_get_load (target),
                            usher_colleague_get_capacity (target));
  agents_free = usher_queue_get_agents_free (target);
  /* Translators: of a queue: %1$u visitors wait, %2$u agents have a free slot */
  return g_strdup_printf (ngettext ("%1$u waiting · %2$u agent free",
                                    "%1$u waiting · %2$u agents free", agents_free),
                          usher_queue_get_waiting (target), agents_free);
}

gboolean
usher_target_can_take (gpointer target,
                       guint64  own_agent)
{
  UsherAgentStatus status;

  if (USHER_IS_QUEUE (target))
    return TRUE;
  status = usher_colleague_get_status (target);
  return usher_colleague_get_agent (target) != own_agent && status != USHER_AGENT_OFFLINE &&
         status != USHER_AGENT_INVISIBLE;
}

gboolean
usher_target_is_same (gpointer a,
                      gpointer b)
{
  if (USHER_IS_COLLEAGUE (a) && USHER_IS_COLLEAGUE (b))
    return usher_colleague_get_agent (a) == usher_colleague_get_agent (b);
  if (USHER_IS_QUEUE (a) && USHER_IS_QUEUE (b))
    return g_strcmp0 (usher_queue_get_name (a), usher_queue_get_name (b)) == 0;
  return a == b;
}

/* --- As a list to choose from ------------------------------------------------------------------------------ */

static void
add_all (GListStore *targets,
         GListModel *from,
         guint64     own_agent)
{
  for (guint i = 0; i < g_list_model_get_n_items (from); i++) {
    g_autoptr (GObject) target = g_list_model_get_item (from, i);

    if (usher_target_can_take (target, own_agent))
      g_list_store_append (targets, target);
  }
}

GListModel *
usher_targets_new (UsherSession *session)
{
  GListStore *targets = g_list_store_new (G_TYPE_OBJECT);
  g_autoptr (GtkStringObject) nobody = gtk_string_object_new (_ ("Nobody yet"));
  g_autoptr (GListModel) queues = NULL;
  g_autoptr (GListModel) colleagues = NULL;
  guint64 own_agent;

  g_object_get (session, "queues", &queues, "colleagues", &colleagues, "agent", &own_agent, NULL);
  g_list_store_append (targets, nobody);
  add_all (targets, colleagues, own_agent);
  add_all (targets, queues, own_agent);
  return G_LIST_MODEL (targets);
}

static char *
dup_entry (gpointer target,
           gpointer user_data)
{
  g_autofree char *title = NULL;
  g_autofree char *subtitle = NULL;

  if (GTK_IS_STRING_OBJECT (target))
    return g_strdup (gtk_string_object_get_string (target));
  title = usher_target_dup_title (target);
  subtitle = usher_target_dup_subtitle (target);
  /* Translators: %1$s is a colleague or a queue, %2$s how busy they are */
  return g_strdup_printf (C_ ("target", "%1$s · %2$s"), title, subtitle);
}

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_list_item_set_child (item, label);
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *item)
{
  g_autofree char *text = dup_entry (gtk_list_item_get_item (item), NULL);

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), text);
}

void
usher_target_set_up_drop_down (GtkDropDown *drop_down)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkExpression) entry =
    gtk_cclosure_expression_new (G_TYPE_STRING, NULL, 0, NULL, G_CALLBACK (dup_entry), NULL, NULL);

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  gtk_drop_down_set_expression (drop_down, entry);
  gtk_drop_down_set_factory (drop_down, factory);
  gtk_drop_down_set_enable_search (drop_down, TRUE);
}

GObject *
usher_target_get_chosen (GtkDropDown *drop_down)
{
  gpointer chosen = gtk_drop_down_get_selected_item (drop_down);

  return chosen == NULL || GTK_IS_STRING_OBJECT (chosen) ? NULL : chosen;
}

void
usher_target_choose (GtkDropDown *drop_down,
                     gpointer     target)
{
  GListModel *targets = gtk_drop_down_get_model (drop_down);
  guint n_items = targets != NULL ? g_list_model_get_n_items (targets) : 0;
  guint chosen = 0; /* nobody */

  for (guint i = 1; i < n_items && target != NULL; i++) {
    g_autoptr (GObject) candidate = g_list_model_get_item (targets, i);

    if (usher_target_is_same (candidate, target))
      chosen = i;
  }
  gtk_drop_down_set_selected (drop_down, chosen);
}
