/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-visitor-pane.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "usher-attribute-editor.h"
#include "usher-closures.h"
#include "usher-contact-editor.h"
#include "usher-contact.h"
#include "usher-conversation.h"
#include "usher-merged-contacts.h"
#include "usher-page-view.h"
#include "usher-text.h"
#include "usher-widget.h"

#define NAME_CHARS  80
#define VALUE_BYTES 400
/* More earlier chats than this are for the search. */
#define MAX_EARLIER 20
#define MAX_PAGES   20

struct _UsherVisitorPane {
  GtkWidget parent_instance;

  GtkWidget *content;
  AdwAvatar *avatar;
  GtkLabel *name;
  GtkWidget *verified;
  GtkImage *verified_icon;
  GtkLabel *verified_text;
  UsherContactEditor *editor;
  UsherMergedContacts *merged;
  GtkWidget *facts;
  UsherAttributeEditor *attributes;
  GtkWidget *trail_section;
  GtkWidget *trail;
  GtkWidget *earlier_section;
  GtkListBox *earlier;

  UsherContact *contact;
  UsherConversation *conversation;
  GSignalGroup *contact_signals;
  GSignalGroup *earlier_signals;
  GSignalGroup *trail_signals;
  GSignalGroup *conversation_signals;
  guint update_id;
};

enum {
  SIGNAL_OPEN,
  SIGNAL_UNDOABLE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherVisitorPane, usher_visitor_pane, GTK_TYPE_WIDGET)

static void
remove_children (GtkWidget *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (box)) != NULL)
    gtk_box_remove (GTK_BOX (box), child);
}

/* A fact that is not known takes no room. */
static void
add_fact (GtkWidget  *box,
          const char *title,
          const char *value)
{
  g_autofree char *shown = usher_text_sanitize (value, VALUE_BYTES, NULL);
  g_autofree char *heading = usher_text_to_line (title, NAME_CHARS);
  GtkWidget *fact = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *title_label = gtk_label_new (heading);
  GtkWidget *value_label = gtk_label_new (g_strstrip (shown));

  if (*shown == '\0') {
    g_object_unref (g_object_ref_sink (fact));
    g_object_unref (g_object_ref_sink (title_label));
    g_object_unref (g_object_ref_sink (value_label));
    return;
  }
  gtk_label_set_xalign (GTK_LABEL (title_label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title_label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (title_label, "caption");
  gtk_widget_add_css_class (title_label, "dim-label");
  gtk_label_set_xalign (GTK_LABEL (value_label), 0);
  gtk_label_set_wrap (GTK_LABEL (value_label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (value_label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (value_label), TRUE);
  gtk_box_append (GTK_BOX (fact), title_label);
  gtk_box_append (GTK_BOX (fact), value_label);
  gtk_box_append (GTK_BOX (box), fact);
}

static char *
dup_page (UsherContact *contact)
{
  const char *title = usher_contact_get_page_title (contact);
  const char *url = usher_contact_get_page_url (contact);

  if (title == NULL || *title == '\0')
    return g_strdup (url);
  return url == NULL || *url == '\0' ? g_strdup (title) : g_strdup_printf ("%s\n%s", title, url);
}

static char *
dup_visits (UsherContact *contact)
{
  guint visits = usher_contact_get_visits (contact);
  gint64 first_seen_us = usher_contact_get_first_seen_us (contact);
  g_autofree char *day = NULL;
  g_autofree char *count = NULL;

  if (visits == 0)
    return NULL;
  count = g_strdup_printf (ngettext ("%u visit", "%u visits", visits), visits);
  if (first_seen_us == 0)
    return g_steal_pointer (&count);
  day = usher_format_day (first_seen_us, g_get_real_time ());
  /* Translators: %1$s is “3 visits”, %2$s a day */
  return g_strdup_printf (_ ("%1$s, first: %2$s"), count, day);
}

/* Of the chats of all devices, each once. */
static char *
dup_earlier_tags (UsherContact *contact)
{
  GListModel *earlier = G_LIST_MODEL (usher_contact_get_earlier (contact));
  guint n_items = MIN (g_list_model_get_n_items (earlier), MAX_EARLIER);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < n_items; i++) {
    g_autoptr (UsherConversation) conversation = g_list_model_get_item (earlier, i);
    const char *const *tags = usher_conversation_get_tags (conversation);

    for (guint t = 0; tags != NULL && tags[t] != NULL; t++) {
      if (!g_ptr_array_find_with_equal_func (all, tags[t], g_str_equal, NULL))
        g_ptr_array_add (all, g_strdup (tags[t]));
    }
  }
  g_ptr_array_add (all, NULL);
  return g_strjoinv (" · ", (char **) all->pdata);
}

static void
update_facts (UsherVisitorPane *self)
{
  const char *const *tags = usher_conversation_get_tags (self->conversation);
  g_autofree char *page = dup_page (self->contact);
  g_autofree char *visits = dup_visits (self->contact);
  g_autofree char *earlier_tags = dup_earlier_tags (self->contact);
  g_autofree char *all_tags = tags == NULL ? NULL : g_strjoinv (" · ", (char **) tags);

  remove_children (self->facts);
  add_fact (self->facts,
            usher_conversation_get_is_visitor_online (self->conversation) ? _ ("Now on page")
                                                                          : _ ("Last on page"),
            page);
  add_fact (self->facts, _ ("Came from"), usher_contact_get_came_from (self->contact));
  add_fact (self->facts, _ ("Subject"), usher_conversation_get_subject (self->conversation));
  add_fact (self->facts, _ ("Tags"), all_tags);
  add_fact (self->facts, _ ("Tags of earlier chats"), earlier_tags);
  add_fact (self->facts, _ ("Place"), usher_contact_get_place (self->contact));
  add_fact (self->facts, _ ("Language"), usher_contact_get_locale (self->contact));
  add_fact (self->facts, _ ("Time zone"), usher_contact_get_tz (self->contact));
  add_fact (self->facts, _ ("Device"), usher_contact_get_user_agent (self->contact));
  add_fact (self->facts, _ ("Visits"), visits);
}

/* Newest first: where they are now stands on top. */
static void
update_trail (UsherVisitorPane *self)
{
  GListModel *model = G_LIST_MODEL (usher_contact_get_trail (self->contact));
  guint n_items = g_list_model_get_n_items (model);

  remove_children (self->trail);
  for (guint i = n_items; i > 0 && n_items - i < MAX_PAGES; i--) {
    g_autoptr (UsherPageView) page = g_list_model_get_item (model, i - 1);
    g_autofree char *when =
      usher_format_when (usher_page_view_get_ts_us (page), g_get_real_time ());
    const char *title = usher_page_view_get_title (page);

    add_fact (self->trail, when,
              title == NULL || *title == '\0' ? usher_page_view_get_url (page) : title);
  }
  gtk_widget_set_visible (self->trail_section, n_items > 1);
}

/* Of one that goes on, with another device of the same person, also how it stands. */
static char *
dup_earlier_title (UsherConversation *conversation)
{
  UsherState state = usher_conversation_get_state (conversation);
  g_autofree char *day =
    usher_format_day (usher_conversation_get_opened_at_us (conversation), g_get_real_time ());

  if (state == USHER_STATE_UNKNOWN || state == USHER_STATE_CLOSED)
    return g_steal_pointer (&day);
  return g_strdup_printf ("%s · %s", day, usher_format_state (state));
}

static GtkWidget *
make_earlier_row (UsherConversation *conversation)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *line =
    usher_text_to_line (usher_conversation_get_last_text (conversation), NAME_CHARS);
  g_autofree char *title = dup_earlier_title (conversation);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 1);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), line);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data_full (G_OBJECT (row), "conversation", g_object_ref (conversation),
                          g_object_unref);
  return row;
}

static void
update_earlier (UsherVisitorPane *self)
{
  GListModel *model = G_LIST_MODEL (usher_contact_get_earlier (self->contact));
  guint n_items = MIN (g_list_model_get_n_items (model), MAX_EARLIER);
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->earlier))) != NULL)
    gtk_list_box_remove (self->earlier, row);
  for (guint i = 0; i < n_items; i++) {
    g_autoptr (UsherConversation) conversation = g_list_model_get_item (model, i);

    gtk_list_box_append (self->earlier, make_earlier_row (conversation));
  }
  gtk_widget_set_visible (self->earlier_section, n_items > 0);
}

/* In words and by shape, not by colour alone: who says so themselves may be anybody. */
static void
update_verified (UsherVisitorPane *self)
{
  gboolean is_verified = usher_contact_get_is_verified (self->contact);

  gtk_label_set_text (self->verified_text, is_verified ? _ ("Verified") : _ ("Not verified"));
  gtk_image_set_from_icon_name (self->verified_icon,
                                is_verified ? "emblem-ok-symbolic" : "security-low-symbolic");
  usher_widget_set_tooltip (self->verified,
                            is_verified
                              ? _ ("The shop has vouched for who this is")
                              : _ ("Nobody has vouched for who this is: name and address are "
                                   "what the visitor says"));
  if (is_verified)
    gtk_widget_add_css_class (self->verified, "verified-mark");
  else
    gtk_widget_remove_css_class (self->verified, "verified-mark");
}

static void
update_name (UsherVisitorPane *self)
{
  const char *known = usher_contact_get_name (self->contact);
  g_autofree char *name = NULL;

  if (known == NULL || *known == '\0')
    known = usher_conversation_get_name (self->conversation);
  name = usher_text_to_line (known, NAME_CHARS);
  gtk_label_set_text (self->name, *name == '\0' ? _ ("Visitor") : name);
  adw_avatar_set_text (self->avatar, name);
  update_verified (self);
}

static gboolean
update_cb (gpointer user_data)
{
  UsherVisitorPane *self = user_data;

  self->update_id = 0;
  if (self->contact == NULL || self->conversation == NULL)
    return G_SOURCE_REMOVE;
  update_name (self);
  update_facts (self);
  update_trail (self);
  update_earlier (self);
  return G_SOURCE_REMOVE;
}

static void
queue_update (UsherVisitorPane *self)
{
  if (self->update_id == 0)
    self->update_id = g_idle_add_full (GDK_PRIORITY_REDRAW + 10, update_cb, self, NULL);
}

static void
earlier_activated_cb (UsherVisitorPane *self,
                      GtkListBoxRow    *row)
{
  g_signal_emit (self, signals[SIGNAL_OPEN], 0, g_object_get_data (G_OBJECT (row), "conversation"));
}

static void
undoable_cb (UsherVisitorPane *self,
             const char       *text,
             GClosure         *undo)
{
  g_signal_emit (self, signals[SIGNAL_UNDOABLE], 0, text, undo);
}

/* Selectable text keeps Esc for itself: here it always means the composer. */
static gboolean
escape_cb (UsherVisitorPane *self,
           guint             keyval,
           guint             keycode,
           GdkModifierType   state)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (keyval != GDK_KEY_Escape || (state & gtk_accelerator_get_default_mod_mask ()) != 0 ||
      root == NULL || !GTK_IS_LABEL (gtk_root_get_focus (root)))
    return GDK_EVENT_PROPAGATE;
  return gtk_widget_activate_action (GTK_WIDGET (self), "composer.focus", NULL);
}

static void
usher_visitor_pane_dispose (GObject *object)
{
  UsherVisitorPane *self = USHER_VISITOR_PANE (object);

  g_clear_handle_id (&self->update_id, g_source_remove);
  g_clear_object (&self->contact_signals);
  g_clear_object (&self->earlier_signals);
  g_clear_object (&self->trail_signals);
  g_clear_object (&self->conversation_signals);
  g_clear_object (&self->contact);
  g_clear_object (&self->conversation);
  usher_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_VISITOR_PANE);
  G_OBJECT_CLASS (usher_visitor_pane_parent_class)->dispose (object);
}

static void
usher_visitor_pane_class_init (UsherVisitorPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_visitor_pane_dispose;
  signals[SIGNAL_OPEN] = g_signal_new ("open", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 1, USHER_TYPE_CONVERSATION);
  signals[SIGNAL_UNDOABLE] =
    g_signal_new ("undoable", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_CLOSURE);
  g_type_ensure (USHER_TYPE_ATTRIBUTE_EDITOR);
  g_type_ensure (USHER_TYPE_CONTACT_EDITOR);
  g_type_ensure (USHER_TYPE_MERGED_CONTACTS);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-visitor-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherVisitorPane, content);
  gtk_widget_class_bind_template_child (widget_class, UsherVisitorPane, avatar);
  gtk_widget_class_bind_template_child (widget_class, UsherVisitorPane, name);
  gtk_widget_class_bind_template_child (widget_class, UsherVisitorPane, verified);
  gtk_widget_class_bind_template_child (widget_class, UsherVisitorPane, verified_icon);
  gtk_widget_class_bind_template_child (widget_class, UsherVisitorPane, verified_text);
  gtk_widget_class_bind_template_child (widget_class, UsherVisitorPane, trail_section);
  gtk_widget_class_bind_template_child (widget_class, UsherVisitorPane, trail);
  gtk_widget_class_bind_template_child (widget_class, UsherVisitorPane, editor);
  gtk_widget_class_bind_template_child (widget_class, UsherVisitorPane, merged);
  gtk_widget_class_bind_template_child (widget_class, UsherVisitorPane, facts);
  gtk_widget_class_bind_template_child (widget_class, UsherVisitorPane, attributes);
  gtk_widget_class_bind_template_child (widget_class, UsherVisitorPane, earlier_section);
  gtk_widget_class_bind_template_child (widget_class, UsherVisitorPane, earlier);
  gtk_widget_class_bind_template_callback (widget_class, earlier_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, escape_cb);
  gtk_widget_class_bind_template_callback (widget_class, undoable_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "visitorpane");
}

static void
usher_visitor_pane_init (UsherVisitorPane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->contact_signals = g_signal_group_new (USHER_TYPE_CONTACT);
  g_signal_group_connect_swapped (self->contact_signals, "notify", G_CALLBACK (queue_update), self);
  self->earlier_signals = g_signal_group_new (G_TYPE_LIST_MODEL);
  g_signal_group_connect_swapped (self->earlier_signals, "items-changed", G_CALLBACK (queue_update),
                                  self);
  self->trail_signals = g_signal_group_new (G_TYPE_LIST_MODEL);
  g_signal_group_connect_swapped (self->trail_signals, "items-changed", G_CALLBACK (queue_update),
                                  self);
  self->conversation_signals = g_signal_group_new (USHER_TYPE_CONVERSATION);
  g_signal_group_connect_swapped (self->conversation_signals, "notify::subject",
                                  G_CALLBACK (queue_update), self);
  g_signal_group_connect_swapped (self->conversation_signals, "notify::tags",
                                  G_CALLBACK (queue_update), self);
  g_signal_group_connect_swapped (self->conversation_signals, "notify::is-visitor-online",
                                  G_CALLBACK (queue_update), self);
  g_signal_group_connect_swapped (self->conversation_signals, "notify::name",
                                  G_CALLBACK (queue_update), self);
}

GtkWidget *
usher_visitor_pane_new (void)
{
  return g_object_new (USHER_TYPE_VISITOR_PANE, NULL);
}

void
usher_visitor_pane_set (UsherVisitorPane  *self,
                        UsherSession      *session,
                        UsherContact      *contact,
                        UsherConversation *conversation)
{
  g_return_if_fail (USHER_IS_VISITOR_PANE (self));
  g_set_object (&self->contact, contact);
  g_set_object (&self->conversation, conversation);
  g_signal_group_set_target (self->contact_signals, contact);
  g_signal_group_set_target (self->earlier_signals,
                             contact == NULL ? NULL : usher_contact_get_earlier (contact));
  g_signal_group_set_target (self->trail_signals,
                             contact == NULL ? NULL : usher_contact_get_trail (contact));
  g_signal_group_set_target (self->conversation_signals, conversation);
  usher_contact_editor_set (self->editor, session, contact, conversation);
  usher_merged_contacts_set (self->merged, session, contact, conversation);
  usher_attribute_editor_set (self->attributes, session, contact, conversation);
  gtk_widget_set_visible (self->content, contact != NULL && conversation != NULL);
  queue_update (self);
}
