/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-merged-contacts.h"

#include <glib/gi18n.h>

#include "usher-closures.h"
#include "usher-contact-editor.h"
#include "usher-conversation.h"
#include "usher-text.h"
#include "usher-undo.h"
#include "usher-widget.h"

#define NAME_CHARS 80

struct _UsherMergedContacts {
  GtkWidget parent_instance;

  GtkListBox *list;
  GtkWidget *merge;

  UsherSession *session;
  UsherContact *contact;
  UsherConversation *conversation;
  GSignalGroup *contact_signals;
  GSignalGroup *merged_signals;
  GSignalGroup *conversation_signals;
};

enum {
  SIGNAL_UNDOABLE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherMergedContacts, usher_merged_contacts, GTK_TYPE_WIDGET)

/* --- Taken apart, and together again -------------------------------------------------------------------------- */

typedef struct {
  UsherSession *session;
  UsherConversation *conversation;
  guint64 other;
  gboolean is_other_kept;
} Undo;

static void
undo_free (gpointer  data,
           GClosure *closure)
{
  Undo *undo = data;

  g_object_unref (undo->session);
  g_object_unref (undo->conversation);
  g_free (undo);
}

static void
undo_cb (Undo *undo)
{
  usher_session_merge (undo->session, undo->conversation, undo->other, undo->is_other_kept);
}

static char *
dup_name (UsherContact *one)
{
  return usher_format_visitor (usher_contact_get_name (one), usher_contact_get_visitor (one),
                               NAME_CHARS);
}

static gboolean
is_of_this_chat (UsherMergedContacts *self,
                 UsherContact        *one)
{
  return usher_contact_get_visitor (one) == usher_conversation_get_visitor (self->conversation);
}

static void
separate_clicked_cb (UsherMergedContacts *self,
                     GtkWidget           *button)
{
  UsherContact *one = g_object_get_data (G_OBJECT (button), "contact");
  gboolean is_own = is_of_this_chat (self, one);
  g_autofree char *name = dup_name (one);
  /* Translators: %s is the name of a contact that was merged with another */
  g_autofree char *text = g_strdup_printf (_ ("“%s” is a contact of their own again"), name);
  Undo *undo = g_new (Undo, 1);
  GClosure *closure;

  *undo =
    (Undo){ g_object_ref (self->session), g_object_ref (self->conversation),
            is_own ? usher_contact_get_contact (one) : usher_contact_get_visitor (one), is_own };
  closure = usher_undo_new (G_CALLBACK (undo_cb), undo, undo_free);
  gtk_widget_grab_focus (self->merge); /* the row will be gone */
  usher_session_unmerge (self->session, self->conversation, usher_contact_get_visitor (one));
  g_signal_emit (self, signals[SIGNAL_UNDOABLE], 0, text, closure);
  g_closure_unref (closure);
}

/* --- The rows ------------------------------------------------------------------------------------------------- */

static char *
dup_subtitle (UsherMergedContacts *self,
              UsherContact        *one)
{
  const char *address = usher_contact_get_email (one);
  g_autofree char *shown = NULL;
  g_autofree char *day = usher_format_day (usher_contact_get_merged_us (one), g_get_real_time ());
  /* Translators: %s is a day: Today, Yesterday or a date */
  g_autofree char *since = g_strdup_printf (_ ("merged: %s"), day);

  if (is_of_this_chat (self, one))
    return g_strdup_printf ("%s · %s", _ ("this chat"), since);
  if (address == NULL || *address == '\0')
    address = usher_contact_get_phone (one);
  shown = usher_text_to_line (address, NAME_CHARS);
  return *shown == '\0' ? g_steal_pointer (&since) : g_strdup_printf ("%s · %s", shown, since);
}

static GtkWidget *
make_row (UsherMergedContacts *self,
          UsherContact        *one,
          gboolean             is_editable)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_button_new ();
  g_autofree char *name = dup_name (one);
  g_autofree char *subtitle = dup_subtitle (self, one);
  /* Translators: %s is the name of a contact that was merged with another */
  g_autofree char *label = g_strdup_printf (_ ("Separate “%s” again"), name);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_button_set_child (GTK_BUTTON (button), gtk_label_new (_ ("Separate")));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_visible (button, is_editable);
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  g_object_set_data_full (G_OBJECT (button), "contact", g_object_ref (one), g_object_unref);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (separate_clicked_cb), self);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  return row;
}

/* A gateway that does not say whose contact it is cannot merge. */
static void
update (UsherMergedContacts *self)
{
  GListModel *merged;
  guint n;
  gboolean is_editable;
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL &&
         GTK_WIDGET (row) != self->merge)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  if (self->contact == NULL) {
    gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
    return;
  }
  merged = G_LIST_MODEL (usher_contact_get_merged (self->contact));
  n = g_list_model_get_n_items (merged);
  is_editable = usher_contact_editor_may_edit (self->session, self->conversation);
  for (guint i = 0; i < n; i++) {
    g_autoptr (UsherContact) one = g_list_model_get_item (merged, i);

    gtk_list_box_insert (self->list, make_row (self, one, is_editable), (int) i);
  }
  gtk_widget_set_visible (self->merge,
                          is_editable && usher_contact_get_contact (self->contact) != 0);
  gtk_widget_set_visible (GTK_WIDGET (self), n > 0 || gtk_widget_get_visible (self->merge));
}

/* --- Class ---------------------------------------------------------------------------------------------------- */

static void
usher_merged_contacts_dispose (GObject *object)
{
  UsherMergedContacts *self = USHER_MERGED_CONTACTS (object);

  g_clear_object (&self->contact_signals);
  g_clear_object (&self->merged_signals);
  g_clear_object (&self->conversation_signals);
  usher_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_MERGED_CONTACTS);
  g_clear_object (&self->contact);
  g_clear_object (&self->conversation);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (usher_merged_contacts_parent_class)->dispose (object);
}

static void
usher_merged_contacts_class_init (UsherMergedContactsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_merged_contacts_dispose;
  signals[SIGNAL_UNDOABLE] =
    g_signal_new ("undoable", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_CLOSURE);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-merged-contacts.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherMergedContacts, list);
  gtk_widget_class_bind_template_child (widget_class, UsherMergedContacts, merge);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
usher_merged_contacts_init (UsherMergedContacts *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->contact_signals = g_signal_group_new (USHER_TYPE_CONTACT);
  g_signal_group_connect_swapped (self->contact_signals, "notify::contact", G_CALLBACK (update),
                                  self);
  self->merged_signals = g_signal_group_new (G_TYPE_LIST_MODEL);
  g_signal_group_connect_swapped (self->merged_signals, "items-changed", G_CALLBACK (update), self);
  self->conversation_signals = g_signal_group_new (USHER_TYPE_CONVERSATION);
  g_signal_group_connect_swapped (self->conversation_signals, "notify::is-mine",
                                  G_CALLBACK (update), self);
  g_signal_group_connect_swapped (self->conversation_signals, "notify::is-joined",
                                  G_CALLBACK (update), self);
}

void
usher_merged_contacts_set (UsherMergedContacts *self,
                           UsherSession        *session,
                           UsherContact        *contact,
                           UsherConversation   *conversation)
{
  gboolean has_all = session != NULL && contact != NULL && conversation != NULL;

  g_return_if_fail (USHER_IS_MERGED_CONTACTS (self));
  if (!has_all) {
    session = NULL;
    contact = NULL;
    conversation = NULL;
  }
  g_set_object (&self->session, session);
  g_set_object (&self->conversation, conversation);
  g_set_object (&self->contact, contact);
  g_signal_group_set_target (self->contact_signals, self->contact);
  g_signal_group_set_target (self->merged_signals,
                             has_all ? usher_contact_get_merged (contact) : NULL);
  g_signal_group_set_target (self->conversation_signals, self->conversation);
  update (self);
}
