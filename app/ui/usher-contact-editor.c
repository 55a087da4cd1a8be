/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-contact-editor.h"

#include <glib/gi18n.h>

#include "usher-closures.h"
#include "usher-conversation.h"
#include "usher-text.h"
#include "usher-undo.h"
#include "usher-widget.h"

#define FIELD_CHARS 200
#define NOTE_CHARS  4000
#define N_FIELDS    4

struct _UsherContactEditor {
  GtkWidget parent_instance;

  AdwEntryRow *name;
  AdwEntryRow *email;
  AdwEntryRow *phone;
  AdwEntryRow *note;
  GtkWidget *copy_email;
  GtkWidget *copy_phone;
  AdwActionRow *block;
  GtkWidget *block_menu;
  GtkWidget *unblock;

  UsherSession *session;
  UsherContact *contact;
  UsherConversation *conversation;
  GSignalGroup *contact_signals;
  GSignalGroup *conversation_signals;
};

enum {
  SIGNAL_UNDOABLE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherContactEditor, usher_contact_editor, GTK_TYPE_WIDGET)

static AdwEntryRow *
get_row (UsherContactEditor *self,
         UsherContactField   field)
{
  AdwEntryRow *rows[N_FIELDS] = { self->name, self->email, self->phone, self->note };

  return rows[field];
}

static UsherContactField
field_of (UsherContactEditor *self,
          AdwEntryRow        *row)
{
  int field = USHER_CONTACT_NAME;

  while (field < N_FIELDS - 1 && get_row (self, (UsherContactField) field) != row)
    field++;
  return (UsherContactField) field;
}

/* What strangers have said: one line, and nothing that would turn the text around. */
static char *
dup_shown (UsherContactEditor *self,
           UsherContactField   field)
{
  return usher_text_to_line (usher_contact_get_field (self->contact, field),
                             field == USHER_CONTACT_NOTE ? NOTE_CHARS : FIELD_CHARS);
}

/* --- Shown -------------------------------------------------------------------------------------------------- */

static gboolean
is_written (AdwEntryRow *row)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (row));
  GtkWidget *focus = root == NULL ? NULL : gtk_root_get_focus (root);

  return focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (row));
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
dup_blocked (gint64 until_us)
{
  g_autofree char *when = NULL;

  if (until_us == 0)
    return g_strdup (_ ("The visitor can write"));
  if (until_us == USHER_BLOCK_FOR_GOOD)
    return g_strdup (_ ("Blocked for good"));
  when = usher_format_until (until_us, g_get_real_time ());
  /* Translators: %s is a time such as 14:00 or tomorrow 09:00 */
  return g_strdup_printf (_ ("Blocked until %s"), when);
}

gboolean
usher_contact_editor_may_edit (UsherSession      *session,
                               UsherConversation *conversation)
{
  return usher_conversation_may_write (conversation) || usher_session_has_right (session, "floor");
}

static void
update (UsherContactEditor *self)
{
  gboolean is_editable;
  gint64 until_us;
  g_autofree char *blocked = NULL;

  if (self->contact == NULL)
    return;
  is_editable = usher_contact_editor_may_edit (self->session, self->conversation);
  for (int i = 0; i < N_FIELDS; i++) {
    AdwEntryRow *row = get_row (self, (UsherContactField) i);
    g_autofree char *text = dup_shown (self, (UsherContactField) i);

    gtk_editable_set_editable (GTK_EDITABLE (row), is_editable);
    if (!is_written (row))
      set_text (row, text);
    if (row == self->email)
      gtk_widget_set_visible (self->copy_email, *text != '\0');
    else if (row == self->phone)
      gtk_widget_set_visible (self->copy_phone, *text != '\0');
  }
  until_us = usher_contact_get_blocked_until_us (self->contact);
  if (until_us <= g_get_real_time ())
    until_us = 0;
  blocked = dup_blocked (until_us);
  adw_action_row_set_subtitle (self->block, blocked);
  gtk_widget_set_visible (self->block_menu, until_us == 0);
  gtk_widget_set_visible (self->unblock, until_us != 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "contact.block", is_editable);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "contact.unblock", is_editable);
}

/* --- Done, and taken back ------------------------------------------------------------------------------------- */

typedef struct {
  UsherSession *session;
  UsherConversation *conversation;
  UsherContactField field;
  char *value; /* (nullable): NULL: of a block */
  gint64 until_us;
} Undo;

static void
undo_free (gpointer  data,
           GClosure *closure)
{
  Undo *undo = data;

  g_object_unref (undo->session);
  g_object_unref (undo->conversation);
  g_free (undo->value);
  g_free (undo);
}

static void
undo_cb (Undo *undo)
{
  if (undo->value != NULL)
    usher_session_edit_contact (undo->session, undo->conversation, undo->field, undo->value);
  else
    usher_session_block (undo->session, undo->conversation, undo->until_us);
}

/* Takes @value. */
static void
offer_undo (UsherContactEditor *self,
            const char         *text,
            UsherContactField   field,
            char               *value,
            gint64              until_us)
{
  Undo *undo = g_new (Undo, 1);
  GClosure *closure;

  *undo = (Undo){ g_object_ref (self->session), g_object_ref (self->conversation), field, value,
                  until_us };
  closure = usher_undo_new (G_CALLBACK (undo_cb), undo, undo_free);
  g_signal_emit (self, signals[SIGNAL_UNDOABLE], 0, text, closure);
  g_closure_unref (closure);
}

static void
apply_cb (UsherContactEditor *self,
          AdwEntryRow        *row)
{
  UsherContactField field = field_of (self, row);
  g_autofree char *value = g_strdup (gtk_editable_get_text (GTK_EDITABLE (row)));
  g_autofree char *shown = NULL;
  g_autofree char *text = NULL;
  const char *old;

  if (self->contact == NULL)
    return;
  shown = dup_shown (self, field);
  if (g_str_equal (g_strstrip (value), shown))
    return;
  old = usher_contact_get_field (self->contact, field);
  /* Translators: %s is what of a visitor was changed, as the row is called: Name, E-mail … */
  text =
    g_strdup_printf (_ ("%s changed"), adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)));
  offer_undo (self, text, field, g_strdup (old == NULL ? "" : old), 0);
  usher_session_edit_contact (self->session, self->conversation, field, value);
}

static void
block_until (UsherContactEditor *self,
             gint64              until_us)
{
  g_autofree char *text = NULL;

  if (self->contact == NULL)
    return;
  text = until_us == 0 ? g_strdup (_ ("No longer blocked")) : dup_blocked (until_us);
  offer_undo (self, text, USHER_CONTACT_NAME, NULL,
              usher_contact_get_blocked_until_us (self->contact));
  usher_session_block (self->session, self->conversation, until_us);
}

/* For so many seconds; 0: for good. */
static void
block (GtkWidget  *widget,
       const char *name,
       GVariant   *target)
{
  gint64 time_s = g_variant_get_int32 (target);

  block_until (USHER_CONTACT_EDITOR (widget),
               time_s == 0 ? USHER_BLOCK_FOR_GOOD : g_get_real_time () + time_s * G_USEC_PER_SEC);
}

static void
unblock (GtkWidget  *widget,
         const char *name,
         GVariant   *target)
{
  block_until (USHER_CONTACT_EDITOR (widget), 0);
}

static void
copy_email_cb (UsherContactEditor *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          gtk_editable_get_text (GTK_EDITABLE (self->email)));
}

static void
copy_phone_cb (UsherContactEditor *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          gtk_editable_get_text (GTK_EDITABLE (self->phone)));
}

/* What was begun in a row is left as it was; the window takes the focus to the composer. */
static gboolean
key_cb (UsherContactEditor *self,
        guint               keyval,
        guint               keycode,
        GdkModifierType     state)
{
  if (keyval != GDK_KEY_Escape || self->contact == NULL)
    return GDK_EVENT_PROPAGATE;
  for (int i = 0; i < N_FIELDS; i++) {
    g_autofree char *text = dup_shown (self, (UsherContactField) i);

    set_text (get_row (self, (UsherContactField) i), text);
  }
  gtk_widget_activate_action (GTK_WIDGET (self), "composer.focus", NULL);
  return GDK_EVENT_STOP;
}

/* --- Class --------------------------------------------------------------------------------------------------------- */

static void
usher_contact_editor_dispose (GObject *object)
{
  UsherContactEditor *self = USHER_CONTACT_EDITOR (object);

  g_clear_object (&self->contact_signals);
  g_clear_object (&self->conversation_signals);
  usher_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_CONTACT_EDITOR);
  g_clear_object (&self->contact);
  g_clear_object (&self->conversation);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (usher_contact_editor_parent_class)->dispose (object);
}

static void
usher_contact_editor_class_init (UsherContactEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_contact_editor_dispose;
  signals[SIGNAL_UNDOABLE] =
    g_signal_new ("undoable", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_CLOSURE);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-contact-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherContactEditor, name);
  gtk_widget_class_bind_template_child (widget_class, UsherContactEditor, email);
  gtk_widget_class_bind_template_child (widget_class, UsherContactEditor, phone);
  gtk_widget_class_bind_template_child (widget_class, UsherContactEditor, note);
  gtk_widget_class_bind_template_child (widget_class, UsherContactEditor, copy_email);
  gtk_widget_class_bind_template_child (widget_class, UsherContactEditor, copy_phone);
  gtk_widget_class_bind_template_child (widget_class, UsherContactEditor, block);
  gtk_widget_class_bind_template_child (widget_class, UsherContactEditor, block_menu);
  gtk_widget_class_bind_template_child (widget_class, UsherContactEditor, unblock);
  gtk_widget_class_bind_template_callback (widget_class, apply_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_email_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_phone_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_cb);
  gtk_widget_class_install_action (widget_class, "contact.block", "i", block);
  gtk_widget_class_install_action (widget_class, "contact.unblock", NULL, unblock);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
usher_contact_editor_init (UsherContactEditor *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->contact_signals = g_signal_group_new (USHER_TYPE_CONTACT);
  g_signal_group_connect_swapped (self->contact_signals, "notify", G_CALLBACK (update), self);
  self->conversation_signals = g_signal_group_new (USHER_TYPE_CONVERSATION);
  g_signal_group_connect_swapped (self->conversation_signals, "notify::is-mine",
                                  G_CALLBACK (update), self);
  g_signal_group_connect_swapped (self->conversation_signals, "notify::is-joined",
                                  G_CALLBACK (update), self);
}

void
usher_contact_editor_set (UsherContactEditor *self,
                          UsherSession       *session,
                          UsherContact       *contact,
                          UsherConversation  *conversation)
{
  gboolean has_all = session != NULL && contact != NULL && conversation != NULL;

  g_return_if_fail (USHER_IS_CONTACT_EDITOR (self));
  if (!has_all) {
    session = NULL;
    contact = NULL;
    conversation = NULL;
  }
  g_set_object (&self->session, session);
  g_set_object (&self->conversation, conversation);
  g_set_object (&self->contact, contact);
  g_signal_group_set_target (self->contact_signals, self->contact);
  g_signal_group_set_target (self->conversation_signals, self->conversation);
  update (self);
}
