/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-merge-dialog.h"

#include <glib/gi18n.h>

#include "usher-closures.h"
#include "usher-contact-comparison.h"
#include "usher-conversation.h"
#include "usher-text.h"
#include "usher-undo.h"

#define NAME_CHARS 60

struct _UsherMergeDialog {
  AdwWindow parent_instance;

  GtkWidget *merge;
  GtkSearchEntry *search;
  GtkListView *list;
  GtkSingleSelection *selection;
  GtkLabel *status;
  GtkWidget *together;
  UsherContactComparison *comparison;
  GtkCheckButton *keep_other;

  UsherSession *session;
  UsherConversation *conversation;
  guint n_same;         /* of those in the list */
  guint n_asked;        /* questions: answers to older ones are not shown */
  UsherContact *united; /* (nullable): what they would be, once the gateway has said so */
};

enum {
  SIGNAL_UNDOABLE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherMergeDialog, usher_merge_dialog, ADW_TYPE_WINDOW)

typedef struct {
  UsherMergeDialog *self; /* a reference */
  guint n_asked;
} Asked;

static Asked *
asked_new (UsherMergeDialog *self)
{
  Asked *asked = g_new (Asked, 1);

  *asked = (Asked){ g_object_ref (self), ++self->n_asked };
  return asked;
}

static void
asked_free (gpointer data)
{
  Asked *asked = data;

  g_object_unref (asked->self);
  g_free (asked);
}

/* A window that is closed still hears of what it has asked. */
static gboolean
is_wanted (const Asked *asked)
{
  return asked->n_asked == asked->self->n_asked && asked->self->session != NULL;
}

static UsherContact *
get_own (UsherMergeDialog *self)
{
  return usher_session_get_contact (self->session, self->conversation);
}

static UsherContact *
get_other (UsherMergeDialog *self)
{
  return gtk_single_selection_get_selected_item (self->selection);
}

static char *
dup_name (UsherContact *contact)
{
  return usher_format_visitor (usher_contact_get_name (contact),
                               usher_contact_get_visitor (contact), NAME_CHARS);
}

/* --- What they would be together -------------------------------------------------------------------------------- */

static void
forget_united (UsherMergeDialog *self)
{
  g_clear_object (&self->united);
  gtk_widget_set_visible (self->together, FALSE);
  gtk_widget_set_sensitive (self->merge, FALSE);
}

static void
previewed_cb (GListModel *contacts,
              guint       n_same,
              const char *problem,
              gpointer    user_data)
{
  const Asked *asked = user_data;
  UsherMergeDialog *self = asked->self;
  g_autoptr (UsherContact) other = NULL;

  if (!is_wanted (asked))
    return;
  forget_united (self);
  self->united = contacts == NULL ? NULL : g_list_model_get_item (contacts, 0);
  other = contacts == NULL ? NULL : g_list_model_get_item (contacts, 1);
  if (self->united == NULL || other == NULL) {
    gtk_label_set_text (self->status, problem);
    return;
  }
  gtk_label_set_text (self->status, _ ("Chats go on as they are, and visitors see nothing of it."));
  usher_contact_comparison_set (self->comparison, get_own (self), other, self->united);
  gtk_widget_set_visible (self->together, TRUE);
  gtk_widget_set_sensitive (self->merge, TRUE);
}

/* Whoever is signed in at the shop stays, whatever is chosen. */
static gboolean
is_choice_free (UsherMergeDialog *self)
{
  return !usher_contact_get_is_verified (get_own (self)) &&
         !usher_contact_get_is_verified (get_other (self));
}

static gboolean
is_other_kept (UsherMergeDialog *self)
{
  return is_choice_free (self) ? gtk_check_button_get_active (self->keep_other)
                               : !usher_contact_get_is_verified (get_own (self));
}

static void
preview (UsherMergeDialog *self)
{
  UsherContact *other = self->session == NULL ? NULL : get_other (self);

  forget_united (self);
  if (other == NULL)
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->keep_other), is_choice_free (self));
  usher_session_preview_merge (self->session, self->conversation, usher_contact_get_visitor (other),
                               is_other_kept (self), previewed_cb, asked_new (self), asked_free);
}

static void
selected_cb (UsherMergeDialog *self)
{
  preview (self);
}

static void
keep_toggled_cb (UsherMergeDialog *self)
{
  preview (self);
}

/* --- Doing it ---------------------------------------------------------------------------------------------------- */

typedef struct {
  UsherSession *session;
  UsherConversation *conversation;
  guint64 merged;
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
  usher_session_unmerge (undo->session, undo->conversation, undo->merged);
}

/* Only what was shown is done: Enter before that waits for another Enter. */
static void
merge_cb (UsherMergeDialog *self)
{
  UsherContact *other = get_other (self);
  Undo *undo;
  GClosure *closure;
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;

  if (self->united == NULL || other == NULL)
    return;
  undo = g_new (Undo, 1);
  *undo = (Undo){ g_object_ref (self->session), g_object_ref (self->conversation),
                  usher_contact_get_contact (is_other_kept (self) ? get_own (self) : other) };
  closure = usher_undo_new (G_CALLBACK (undo_cb), undo, undo_free);
  name = dup_name (other);
  /* Translators: %s is the name of the other contact */
  text = g_strdup_printf (_ ("Merged with “%s”"), name);
  usher_session_merge (self->session, self->conversation, usher_contact_get_visitor (other),
                       is_other_kept (self));
  g_signal_emit (self, signals[SIGNAL_UNDOABLE], 0, text, closure);
  g_closure_unref (closure);
  gtk_window_close (GTK_WINDOW (self));
}

/* --- Looking for them --------------------------------------------------------------------------------------------- */

static void
say_found (UsherMergeDialog *self,
           guint             n)
{
  gboolean is_typed = *gtk_editable_get_text (GTK_EDITABLE (self->search)) != '\0';

  if (n > 0)
    gtk_label_set_text (self->status, "");
  else if (is_typed)
    gtk_label_set_text (self->status,
                        _ ("Nobody like that among those you or your queues have talked with."));
  else
    gtk_label_set_text (
      self->status,
      _ ("Nobody has the same e-mail or phone. Type a few letters of the contact you mean."));
}

/* With letters typed Enter means the first; what is only a guess is chosen by hand. */
static void
found_cb (GListModel *contacts,
          guint       n_same,
          const char *problem,
          gpointer    user_data)
{
  const Asked *asked = user_data;
  UsherMergeDialog *self = asked->self;
  guint n = contacts == NULL ? 0 : g_list_model_get_n_items (contacts);

  if (!is_wanted (asked))
    return;
  self->n_same = n_same;
  if (problem != NULL)
    gtk_label_set_text (self->status, problem);
  else
    say_found (self, n);
  gtk_single_selection_set_model (self->selection, contacts);
  gtk_single_selection_set_selected (self->selection,
                                     n > 0 && *gtk_editable_get_text (
                                                GTK_EDITABLE (self->search)) != '\0'
                                       ? MIN (n_same, n - 1)
                                       : GTK_INVALID_LIST_POSITION);
}

static void
search_changed_cb (UsherMergeDialog *self)
{
  if (self->session == NULL)
    return;
  usher_session_find_contacts (self->session, self->conversation,
                               gtk_editable_get_text (GTK_EDITABLE (self->search)), found_cb,
                               asked_new (self), asked_free);
}

/* Arrows choose while letters are typed. */
static gboolean
key_cb (UsherMergeDialog *self,
        guint             keyval,
        guint             keycode,
        GdkModifierType   state)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  guint selected = gtk_single_selection_get_selected (self->selection);

  if ((state & gtk_accelerator_get_default_mod_mask ()) != 0 || n == 0)
    return GDK_EVENT_PROPAGATE;
  if (keyval == GDK_KEY_Down)
    gtk_single_selection_set_selected (self->selection, selected == GTK_INVALID_LIST_POSITION
                                                          ? 0
                                                          : MIN (selected + 1, n - 1));
  else if (keyval == GDK_KEY_Up)
    gtk_single_selection_set_selected (self->selection,
                                       selected == GTK_INVALID_LIST_POSITION || selected == 0
                                         ? 0
                                         : selected - 1);
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

/* --- The rows ------------------------------------------------------------------------------------------------------ */

static GtkWidget *
make_line (const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
setup_cb (UsherMergeDialog *self,
          GtkListItem      *item)
{
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *subtitle = make_line ("caption");

  gtk_widget_add_css_class (subtitle, "dim-label");
  gtk_box_append (GTK_BOX (lines), make_line (NULL));
  gtk_box_append (GTK_BOX (lines), subtitle);
  gtk_box_append (GTK_BOX (lines), make_line ("caption-heading"));
  gtk_widget_set_margin_top (lines, 6);
  gtk_widget_set_margin_bottom (lines, 6);
  gtk_list_item_set_child (item, lines);
}

static void
append_part (GString    *text,
             const char *part)
{
  g_autofree char *shown = usher_text_to_line (part, NAME_CHARS);

  if (*shown != '\0')
    g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", shown);
}

static char *
dup_subtitle (UsherContact *contact)
{
  GString *text = g_string_new (NULL);
  gint64 seen_us = usher_contact_get_last_seen_us (contact);

  append_part (text, usher_contact_get_email (contact));
  append_part (text, usher_contact_get_phone (contact));
  if (usher_contact_get_is_verified (contact))
    append_part (text, _ ("Verified"));
  if (seen_us > 0) {
    g_autofree char *day = usher_format_day (seen_us, g_get_real_time ());
    /* Translators: %s is a day: Today, Yesterday or a date */
    g_autofree char *seen = g_strdup_printf (_ ("last seen: %s"), day);

    append_part (text, seen);
  }
  return g_string_free (text, FALSE);
}

static void
bind_cb (UsherMergeDialog *self,
         GtkListItem      *item)
{
  UsherContact *contact = gtk_list_item_get_item (item);
  GtkWidget *title = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  GtkWidget *subtitle = gtk_widget_get_next_sibling (title);
  GtkWidget *guess = gtk_widget_get_next_sibling (subtitle);
  g_autofree char *name = dup_name (contact);
  g_autofree char *known = dup_subtitle (contact);
  gboolean is_same = gtk_list_item_get_position (item) < self->n_same;

  gtk_label_set_text (GTK_LABEL (title), name);
  gtk_label_set_text (GTK_LABEL (subtitle), known);
  gtk_label_set_text (GTK_LABEL (guess),
                      is_same ? _ ("Perhaps the same person: same e-mail or phone") : "");
  gtk_widget_set_visible (guess, is_same);
}

/* --- Class ---------------------------------------------------------------------------------------------------------- */

static void
usher_merge_dialog_dispose (GObject *object)
{
  UsherMergeDialog *self = USHER_MERGE_DIALOG (object);

  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_MERGE_DIALOG);
  g_clear_object (&self->united);
  g_clear_object (&self->conversation);
  G_OBJECT_CLASS (usher_merge_dialog_parent_class)->dispose (object);
}

static void
usher_merge_dialog_class_init (UsherMergeDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_merge_dialog_dispose;
  signals[SIGNAL_UNDOABLE] =
    g_signal_new ("undoable", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_CLOSURE);
  g_type_ensure (USHER_TYPE_CONTACT_COMPARISON);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-merge-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherMergeDialog, merge);
  gtk_widget_class_bind_template_child (widget_class, UsherMergeDialog, search);
  gtk_widget_class_bind_template_child (widget_class, UsherMergeDialog, list);
  gtk_widget_class_bind_template_child (widget_class, UsherMergeDialog, selection);
  gtk_widget_class_bind_template_child (widget_class, UsherMergeDialog, status);
  gtk_widget_class_bind_template_child (widget_class, UsherMergeDialog, together);
  gtk_widget_class_bind_template_child (widget_class, UsherMergeDialog, comparison);
  gtk_widget_class_bind_template_child (widget_class, UsherMergeDialog, keep_other);
  gtk_widget_class_bind_template_callback (widget_class, merge_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, keep_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_cb);
  gtk_widget_class_bind_template_callback (widget_class, gtk_window_close);
}

static void
usher_merge_dialog_init (UsherMergeDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_entry_set_key_capture_widget (self->search, GTK_WIDGET (self->list));
}

GtkWidget *
usher_merge_dialog_new (GtkWindow         *parent,
                        UsherSession      *session,
                        UsherConversation *conversation)
{
  UsherMergeDialog *self = g_object_new (USHER_TYPE_MERGE_DIALOG, "transient-for", parent, NULL);

  self->session = g_object_ref (session);
  self->conversation = g_object_ref (conversation);
  search_changed_cb (self); /* who may be the same */
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
  return GTK_WIDGET (self);
}
