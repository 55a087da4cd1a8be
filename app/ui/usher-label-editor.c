/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-label-editor.h"

#include <glib/gi18n.h>
#include <string.h>

#include "usher-conversation.h"
#include "usher-text.h"

#define LABEL_CHARS 40

/* Below the header bar of a window, over the first rows of the list. */
#define FROM_TOP 44

/* As the gateway takes them (GATE_MAX_TAG_BYTES). */
#define MAX_LABEL_BYTES 64

struct _UsherLabelEditor {
  GtkPopover parent_instance;

  GtkEditable *entry;
  GtkListView *list;
  GtkSingleSelection *selection;
  GtkStringList *labels; /* what can be put on or taken off, the best match first */

  UsherSession *session;
  GPtrArray *conversations;
};

G_DEFINE_FINAL_TYPE (UsherLabelEditor, usher_label_editor, GTK_TYPE_POPOVER)

/* --- Which of them have it --------------------------------------------------------------------------------------- */

static gboolean
all_have (UsherLabelEditor *self,
          const char       *label)
{
  for (guint i = 0; i < self->conversations->len; i++)
    if (!usher_conversation_has_tag (g_ptr_array_index (self->conversations, i), label))
      return FALSE;
  return TRUE;
}

static void
set_label (UsherLabelEditor *self,
           const char       *label,
           gboolean          is_on)
{
  const char *const change[] = { label, NULL };

  for (guint i = 0; i < self->conversations->len; i++) {
    UsherConversation *conversation = g_ptr_array_index (self->conversations, i);

    if (usher_conversation_has_tag (conversation, label) != is_on)
      usher_session_change_tags (self->session, conversation, is_on ? change : NULL,
                                 is_on ? NULL : change);
  }
}

/* --- The list ----------------------------------------------------------------------------------------------------- */

static char *
dup_typed (UsherLabelEditor *self)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (self->entry)));
}

static gboolean
is_match (const char *label,
          const char *typed)
{
  g_autofree char *haystack = g_utf8_casefold (label, -1);
  g_autofree char *needle = g_utf8_casefold (typed, -1);

  return strstr (haystack, needle) != NULL;
}

static void
add_once (GPtrArray  *labels,
          const char *label)
{
  if (!g_ptr_array_find_with_equal_func (labels, label, g_str_equal, NULL))
    g_ptr_array_add (labels, g_strdup (label));
}

/* Those that are on first, then the known ones by use; what is typed and is none of them can be made. */
static GPtrArray *
dup_labels (UsherLabelEditor *self,
            const char       *typed)
{
  GPtrArray *labels = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) known = usher_session_dup_known_tags (self->session);

  for (guint i = 0; i < self->conversations->len; i++) {
    const char *const *tags =
      usher_conversation_get_tags (g_ptr_array_index (self->conversations, i));

    for (guint t = 0; tags != NULL && tags[t] != NULL; t++)
      if (is_match (tags[t], typed))
        add_once (labels, tags[t]);
  }
  for (guint i = 0; known[i] != NULL; i++)
    if (is_match (known[i], typed))
      add_once (labels, known[i]);
  if (*typed != '\0' && strlen (typed) <= MAX_LABEL_BYTES)
    add_once (labels, typed);
  return labels;
}

static void
update (UsherLabelEditor *self)
{
  g_autofree char *typed = dup_typed (self);
  g_autoptr (GPtrArray) labels = dup_labels (self, typed);
  guint n_before = g_list_model_get_n_items (G_LIST_MODEL (self->labels));

  g_ptr_array_add (labels, NULL);
  gtk_string_list_splice (self->labels, 0, n_before, (const char *const *) labels->pdata);
  gtk_single_selection_set_selected (self->selection,
                                     *typed == '\0' ? GTK_INVALID_LIST_POSITION : 0);
}

static void
toggle (UsherLabelEditor *self,
        const char       *label)
{
  g_autofree char *copy = g_strdup (label); /* it belongs to the list that changes */

  set_label (self, copy, !all_have (self, copy));
  gtk_editable_set_text (self->entry, "");
  update (self);
}

static void
setup_cb (UsherLabelEditor *self,
          GtkListItem      *item)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_box_append (GTK_BOX (row), gtk_image_new_from_icon_name ("object-select-symbolic"));
  gtk_box_append (GTK_BOX (row), label);
  gtk_list_item_set_child (item, row);
}

static void
bind_cb (UsherLabelEditor *self,
         GtkListItem      *item)
{
  GtkWidget *mark = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  GtkWidget *label = gtk_widget_get_next_sibling (mark);
  const char *text = gtk_string_object_get_string (gtk_list_item_get_item (item));
  g_autofree char *shown = usher_text_to_line (text, LABEL_CHARS);
  gboolean is_on = all_have (self, text);

  gtk_label_set_text (GTK_LABEL (label), shown);
  gtk_widget_set_opacity (mark, is_on ? 1 : 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (mark), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  is_on ? C_ ("label", "On") : C_ ("label", "Off"), -1);
}

/* --- Keys ----------------------------------------------------------------------------------------------------------- */

static void
activate_cb (UsherLabelEditor *self,
             guint             position)
{
  toggle (self, gtk_string_list_get_string (self->labels, position));
}

/* Enter in the field: what is chosen, or done when nothing is. */
static void
entry_activate_cb (UsherLabelEditor *self)
{
  guint selected = gtk_single_selection_get_selected (self->selection);

  if (selected == GTK_INVALID_LIST_POSITION)
    gtk_popover_popdown (GTK_POPOVER (self));
  else
    activate_cb (self, selected);
}

static void
choose (UsherLabelEditor *self,
        int               step)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->labels));
  guint selected = gtk_single_selection_get_selected (self->selection);
  guint next;

  if (n == 0)
    return;
  if (selected == GTK_INVALID_LIST_POSITION)
    next = step > 0 ? 0 : n - 1;
  else
    next = (selected + n + (guint) step) % n;
  gtk_single_selection_set_selected (self->selection, next);
  gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", next);
}

static void
take_off_last (UsherLabelEditor *self)
{
  const char *const *tags =
    usher_conversation_get_tags (g_ptr_array_index (self->conversations, 0));
  guint n = tags == NULL ? 0 : g_strv_length ((char **) tags);

  if (n > 0)
    toggle (self, tags[n - 1]);
}

static gboolean
key_cb (UsherLabelEditor *self,
        guint             keyval,
        guint             keycode,
        GdkModifierType   state)
{
  if (keyval == GDK_KEY_Down || keyval == GDK_KEY_Up)
    choose (self, keyval == GDK_KEY_Down ? 1 : -1);
  else if (keyval == GDK_KEY_BackSpace && *gtk_editable_get_text (self->entry) == '\0')
    take_off_last (self);
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

/* --- Popover ---------------------------------------------------------------------------------------------------------- */

static void
usher_label_editor_dispose (GObject *object)
{
  UsherLabelEditor *self = USHER_LABEL_EDITOR (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_LABEL_EDITOR);
  g_clear_object (&self->session);
  g_clear_pointer (&self->conversations, g_ptr_array_unref);
  G_OBJECT_CLASS (usher_label_editor_parent_class)->dispose (object);
}

static void
usher_label_editor_class_init (UsherLabelEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_label_editor_dispose;
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-label-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherLabelEditor, entry);
  gtk_widget_class_bind_template_child (widget_class, UsherLabelEditor, list);
  gtk_widget_class_bind_template_child (widget_class, UsherLabelEditor, selection);
  gtk_widget_class_bind_template_child (widget_class, UsherLabelEditor, labels);
  gtk_widget_class_bind_template_callback (widget_class, setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, key_cb);
}

static void
usher_label_editor_init (UsherLabelEditor *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static gboolean
unparent_cb (gpointer popover)
{
  if (gtk_widget_get_parent (popover) != NULL)
    gtk_widget_unparent (popover);
  return G_SOURCE_REMOVE;
}

/* Not while it is still being closed. */
static void
closed_cb (GtkWidget *popover)
{
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, unparent_cb, g_object_ref (popover), g_object_unref);
}

UsherLabelEditor *
usher_label_editor_popup (GtkWidget    *origin,
                          UsherSession *session,
                          GPtrArray    *conversations)
{
  UsherLabelEditor *self = g_object_new (USHER_TYPE_LABEL_EDITOR, NULL);

  self->session = g_object_ref (session);
  self->conversations = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < conversations->len; i++)
    g_ptr_array_add (self->conversations, g_object_ref (g_ptr_array_index (conversations, i)));
  gtk_widget_set_parent (GTK_WIDGET (self), origin);
  gtk_popover_set_pointing_to (GTK_POPOVER (self),
                               &(GdkRectangle){ gtk_widget_get_width (origin) / 2, FROM_TOP, 1,
                                                1 });
  g_signal_connect (self, "closed", G_CALLBACK (closed_cb), NULL);
  update (self);
  gtk_popover_popup (GTK_POPOVER (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  return self;
}
