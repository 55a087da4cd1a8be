/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-attribute-editor.h"

#include <glib/gi18n.h>
#include <string.h>

#include "usher-attributes.h"
#include "usher-contact-editor.h"
#include "usher-conversation.h"
#include "usher-text.h"
#include "usher-undo.h"
#include "usher-widget.h"

/* All together the gateway takes 4 KiB. */
#define NAME_CHARS  60
#define VALUE_CHARS 400

struct _UsherAttributeEditor {
  GtkWidget parent_instance;

  GtkListBox *list;
  AdwEntryRow *add;

  UsherSession *session;
  UsherContact *contact;
  UsherConversation *conversation;
  GSignalGroup *contact_signals;
  GSignalGroup *conversation_signals;
  GPtrArray *attributes; /* of UsherAttribute: what the rows show */
};

enum {
  SIGNAL_UNDOABLE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherAttributeEditor, usher_attribute_editor, GTK_TYPE_WIDGET)

/* --- Done, and taken back ------------------------------------------------------------------------------------- */

typedef struct {
  UsherSession *session;
  UsherConversation *conversation;
  char *name;
  char *json; /* (nullable): there was none */
} Undo;

static void
undo_free (gpointer  data,
           GClosure *closure)
{
  Undo *undo = data;

  g_object_unref (undo->session);
  g_object_unref (undo->conversation);
  g_free (undo->name);
  g_free (undo->json);
  g_free (undo);
}

static void
undo_cb (Undo *undo)
{
  usher_session_set_attribute (undo->session, undo->conversation, undo->name, undo->json);
}

/* @json: (nullable): of an attribute that is taken away; @before: (nullable): what it was */
static void
change (UsherAttributeEditor *self,
        const char           *format,
        const char           *name,
        const char           *json,
        const char           *before)
{
  Undo *undo = g_new (Undo, 1);
  g_autofree char *shown = usher_text_to_line (name, NAME_CHARS);
  g_autoptr (GString) text = g_string_new (format);
  GClosure *closure;

  *undo = (Undo){ g_object_ref (self->session), g_object_ref (self->conversation), g_strdup (name),
                  g_strdup (before) };
  closure = usher_undo_new (G_CALLBACK (undo_cb), undo, undo_free);
  g_string_replace (text, "%s", shown, 1);
  usher_session_set_attribute (self->session, self->conversation, name, json);
  g_signal_emit (self, signals[SIGNAL_UNDOABLE], 0, text->str, closure);
  g_closure_unref (closure);
}

/* --- The rows ------------------------------------------------------------------------------------------------- */

static GtkWidget *
nth_row (UsherAttributeEditor *self,
         guint                 n)
{
  return GTK_WIDGET (gtk_list_box_get_row_at_index (self->list, (int) n));
}

static const UsherAttribute *
attribute_of (UsherAttributeEditor *self,
              GtkWidget            *row)
{
  guint n = (guint) gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row));

  return n < self->attributes->len ? g_ptr_array_index (self->attributes, n) : NULL;
}

static gboolean
is_written (GtkWidget *row)
{
  GtkRoot *root = gtk_widget_get_root (row);
  GtkWidget *focus = root == NULL ? NULL : gtk_root_get_focus (root);

  return focus != NULL && gtk_widget_is_ancestor (focus, row);
}

/* The row's own button to keep what is written shows only where something was. */
static void
set_text (AdwEntryRow *row,
          const char  *text)
{
  if (g_str_equal (gtk_editable_get_text (GTK_EDITABLE (row)), text))
    return;
  adw_entry_row_set_show_apply_button (row, FALSE);
  gtk_editable_set_text (GTK_EDITABLE (row), text);
  adw_entry_row_set_show_apply_button (row, TRUE);
}

static char *
dup_shown (const UsherAttribute *attribute)
{
  return usher_text_to_line (attribute->value, VALUE_CHARS);
}

static gboolean
is_too_long (const char *text,
             glong       max_chars)
{
  return g_utf8_strlen (text, -1) > max_chars;
}

static void
apply_cb (UsherAttributeEditor *self,
          AdwEntryRow          *row)
{
  const UsherAttribute *attribute = attribute_of (self, GTK_WIDGET (row));
  g_autofree char *value = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row))));
  g_autofree char *shown = attribute == NULL ? NULL : dup_shown (attribute);
  g_autofree char *json = NULL;

  if (attribute == NULL || g_str_equal (value, shown))
    return;
  if (is_too_long (value, VALUE_CHARS)) {
    gtk_widget_add_css_class (GTK_WIDGET (row), "error");
    return;
  }
  json = usher_session_dup_json (value);
  /* Translators: %s is the name of an attribute, such as “plan” */
  change (self, _ ("“%s” changed"), attribute->name, json, attribute->json);
}

static void
remove_clicked_cb (UsherAttributeEditor *self,
                   GtkWidget            *button)
{
  const UsherAttribute *attribute =
    attribute_of (self, gtk_widget_get_ancestor (button, ADW_TYPE_ENTRY_ROW));

  if (attribute == NULL)
    return;
  gtk_widget_grab_focus (GTK_WIDGET (self->add)); /* the row will be gone */
  /* Translators: %s is the name of an attribute, such as “plan” */
  change (self, _ ("“%s” removed"), attribute->name, NULL, attribute->json);
}

static void
changed_cb (GtkWidget *row)
{
  gtk_widget_remove_css_class (row, "error");
}

static GtkWidget *
make_row (UsherAttributeEditor *self,
          const UsherAttribute *attribute)
{
  GtkWidget *row = adw_entry_row_new ();
  GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
  g_autofree char *name = usher_text_to_line (attribute->name, NAME_CHARS);
  /* Translators: %s is the name of an attribute, such as “plan” */
  g_autofree char *label = g_strdup_printf (_ ("Remove “%s”"), name);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  adw_entry_row_add_suffix (ADW_ENTRY_ROW (row), button);
  g_object_set_data (G_OBJECT (row), "remove", button);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (remove_clicked_cb), self);
  g_signal_connect_swapped (row, "apply", G_CALLBACK (apply_cb), self);
  g_signal_connect (row, "changed", G_CALLBACK (changed_cb), NULL);
  return row;
}

static gboolean
has_same_names (const GPtrArray *a,
                const GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++) {
    const UsherAttribute *left = g_ptr_array_index (a, i);
    const UsherAttribute *right = g_ptr_array_index (b, i);

    if (!g_str_equal (left->name, right->name))
      return FALSE;
  }
  return TRUE;
}

/* Rows that stay the same stay: somebody may be writing in one. */
static void
make_rows (UsherAttributeEditor *self,
           GPtrArray            *attributes)
{
  if (!has_same_names (self->attributes, attributes)) {
    while (nth_row (self, 0) != GTK_WIDGET (self->add))
      gtk_list_box_remove (self->list, nth_row (self, 0));
    for (guint i = 0; i < attributes->len; i++)
      gtk_list_box_insert (self->list, make_row (self, g_ptr_array_index (attributes, i)), (int) i);
  }
  g_ptr_array_unref (self->attributes);
  self->attributes = g_ptr_array_ref (attributes);
}

static void
update (UsherAttributeEditor *self)
{
  g_autoptr (GPtrArray) attributes =
    usher_attributes_parse (self->contact == NULL ? NULL : usher_contact_get_attrs (self->contact));
  gboolean is_editable =
    self->contact != NULL && usher_contact_editor_may_edit (self->session, self->conversation);

  make_rows (self, attributes);
  for (guint i = 0; i < attributes->len; i++) {
    const UsherAttribute *attribute = g_ptr_array_index (attributes, i);
    GtkWidget *row = nth_row (self, i);
    g_autofree char *text = dup_shown (attribute);

    if (!is_written (row))
      set_text (ADW_ENTRY_ROW (row), text);
    /* What is nested, or was cut off, would be lost. */
    gtk_editable_set_editable (GTK_EDITABLE (row), is_editable && attribute->is_plain &&
                                                     g_str_equal (text, attribute->value));
    gtk_widget_set_visible (g_object_get_data (G_OBJECT (row), "remove"),
                            is_editable && attribute->is_whole);
  }
  gtk_widget_set_visible (GTK_WIDGET (self->add), is_editable);
  gtk_widget_set_visible (GTK_WIDGET (self), is_editable || attributes->len > 0);
}

/* --- A new one ------------------------------------------------------------------------------------------------ */

static const UsherAttribute *
find (UsherAttributeEditor *self,
      const char           *name)
{
  for (guint i = 0; i < self->attributes->len; i++) {
    const UsherAttribute *attribute = g_ptr_array_index (self->attributes, i);

    if (g_str_equal (attribute->name, name))
      return attribute;
  }
  return NULL;
}

/* At the first colon, of whatever width. FALSE: it is not of that form, or too long. */
static gboolean
split (const char  *text,
       char       **ret_name,
       char       **ret_value)
{
  const char *narrow = strchr (text, ':');
  const char *wide = strstr (text, "：");
  gboolean is_wide = wide != NULL && (narrow == NULL || wide < narrow);
  const char *colon = is_wide ? wide : narrow;

  if (colon == NULL)
    return FALSE;
  *ret_name = g_strstrip (g_strndup (text, (gsize) (colon - text)));
  *ret_value = g_strstrip (g_strdup (colon + (is_wide ? strlen ("：") : 1)));
  return **ret_name != '\0' && **ret_value != '\0' && !is_too_long (*ret_name, NAME_CHARS) &&
         !is_too_long (*ret_value, VALUE_CHARS);
}

static void
say_of_add (UsherAttributeEditor *self,
            const char           *text)
{
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->add), text);
}

static void
add_cb (UsherAttributeEditor *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->add));
  g_autofree char *name = NULL;
  g_autofree char *value = NULL;
  g_autofree char *json = NULL;
  const UsherAttribute *known;

  if (self->contact == NULL)
    return;
  if (!split (text, &name, &value)) {
    gtk_widget_add_css_class (GTK_WIDGET (self->add), "error");
    say_of_add (self, strpbrk (text, ":") == NULL && strstr (text, "：") == NULL
                        ? _ ("A colon is missing: “name: value”")
                        : _ ("Name or value is empty or too long"));
    return;
  }
  json = usher_session_dup_json (value);
  known = find (self, name);
  set_text (self->add, "");
  if (known != NULL)
    change (self, _ ("“%s” changed"), name, json, known->json);
  else
    /* Translators: %s is the name of an attribute, such as “plan” */
    change (self, _ ("“%s” added"), name, json, NULL);
}

static void
add_changed_cb (UsherAttributeEditor *self)
{
  gtk_widget_remove_css_class (GTK_WIDGET (self->add), "error");
  say_of_add (self, _ ("Add, as “name: value”"));
}

/* What was begun in a row is left as it was; the window takes the focus to the composer. */
static gboolean
key_cb (UsherAttributeEditor *self,
        guint                 keyval,
        guint                 keycode,
        GdkModifierType       state)
{
  if (keyval != GDK_KEY_Escape || self->contact == NULL)
    return GDK_EVENT_PROPAGATE;
  for (guint i = 0; i < self->attributes->len; i++) {
    g_autofree char *text = dup_shown (g_ptr_array_index (self->attributes, i));

    set_text (ADW_ENTRY_ROW (nth_row (self, i)), text);
  }
  set_text (self->add, "");
  gtk_widget_activate_action (GTK_WIDGET (self), "composer.focus", NULL);
  return GDK_EVENT_STOP;
}

/* --- Class ---------------------------------------------------------------------------------------------------- */

static void
usher_attribute_editor_dispose (GObject *object)
{
  UsherAttributeEditor *self = USHER_ATTRIBUTE_EDITOR (object);

  g_clear_object (&self->contact_signals);
  g_clear_object (&self->conversation_signals);
  usher_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_ATTRIBUTE_EDITOR);
  g_clear_pointer (&self->attributes, g_ptr_array_unref);
  g_clear_object (&self->contact);
  g_clear_object (&self->conversation);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (usher_attribute_editor_parent_class)->dispose (object);
}

static void
usher_attribute_editor_class_init (UsherAttributeEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_attribute_editor_dispose;
  signals[SIGNAL_UNDOABLE] =
    g_signal_new ("undoable", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_CLOSURE);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-attribute-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherAttributeEditor, list);
  gtk_widget_class_bind_template_child (widget_class, UsherAttributeEditor, add);
  gtk_widget_class_bind_template_callback (widget_class, add_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
usher_attribute_editor_init (UsherAttributeEditor *self)
{
  self->attributes = usher_attributes_parse (NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  self->contact_signals = g_signal_group_new (USHER_TYPE_CONTACT);
  g_signal_group_connect_swapped (self->contact_signals, "notify::attrs", G_CALLBACK (update),
                                  self);
  self->conversation_signals = g_signal_group_new (USHER_TYPE_CONVERSATION);
  g_signal_group_connect_swapped (self->conversation_signals, "notify::is-mine",
                                  G_CALLBACK (update), self);
  g_signal_group_connect_swapped (self->conversation_signals, "notify::is-joined",
                                  G_CALLBACK (update), self);
}

void
usher_attribute_editor_set (UsherAttributeEditor *self,
                            UsherSession         *session,
                            UsherContact         *contact,
                            UsherConversation    *conversation)
{
  gboolean has_all = session != NULL && contact != NULL && conversation != NULL;

  g_return_if_fail (USHER_IS_ATTRIBUTE_EDITOR (self));
  if (!has_all) {
    session = NULL;
    contact = NULL;
    conversation = NULL;
  }
  if (conversation != self->conversation)
    set_text (self->add, "");
  g_set_object (&self->session, session);
  g_set_object (&self->conversation, conversation);
  g_set_object (&self->contact, contact);
  g_signal_group_set_target (self->contact_signals, self->contact);
  g_signal_group_set_target (self->conversation_signals, self->conversation);
  update (self);
}
