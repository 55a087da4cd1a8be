/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-macro-step-row.h"

#include <glib/gi18n.h>

#include "usher-colleague.h"
#include "usher-queue.h"
#include "usher-text.h"

#define NAME_CHARS 60

struct _UsherMacroStepRow {
  GtkListBoxRow parent_instance;

  UsherMacroStep *step;
  GtkLabel *title;
  GtkWidget *editor; /* (nullable): borrowed */
  GPtrArray
    *values; /* (nullable): of a step that is chosen from a list: its argument for each row of it */
};

enum {
  SIGNAL_MOVE,
  SIGNAL_REMOVE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherMacroStepRow, usher_macro_step_row, GTK_TYPE_LIST_BOX_ROW)

/* --- What can be chosen ------------------------------------------------------------------------------------------------ */

/* Takes @value. */
static void
add_choice (UsherMacroStepRow *self,
            GtkStringList     *titles,
            const char        *title,
            char              *value)
{
  gtk_string_list_append (titles, title);
  g_ptr_array_add (self->values, value);
}

static void
add_queues (UsherMacroStepRow *self,
            GtkStringList     *titles,
            UsherSession      *session)
{
  g_autoptr (GListModel) queues = NULL;

  g_object_get (session, "queues", &queues, NULL);
  for (guint i = 0; i < g_list_model_get_n_items (queues); i++) {
    g_autoptr (UsherQueue) queue = g_list_model_get_item (queues, i);
    const char *name = usher_queue_get_name (queue);
    const char *title = usher_queue_get_title (queue);
    g_autofree char *line =
      usher_text_to_line (title != NULL && *title != '\0' ? title : name, NAME_CHARS);

    add_choice (self, titles, line, g_strconcat ("queue:", name, NULL));
  }
}

static void
add_colleagues (UsherMacroStepRow *self,
                GtkStringList     *titles,
                UsherSession      *session)
{
  g_autoptr (GListModel) colleagues = NULL;
  guint64 own;

  g_object_get (session, "colleagues", &colleagues, "agent", &own, NULL);
  for (guint i = 0; i < g_list_model_get_n_items (colleagues); i++) {
    g_autoptr (UsherColleague) colleague = g_list_model_get_item (colleagues, i);
    guint64 agent = usher_colleague_get_agent (colleague);
    g_autofree char *line = usher_text_to_line (usher_colleague_get_name (colleague), NAME_CHARS);

    if (agent != own)
      add_choice (self, titles, line, g_strdup_printf ("agent:%" G_GUINT64_FORMAT, agent));
  }
}

static void
add_times (UsherMacroStepRow *self,
           GtkStringList     *titles)
{
  add_choice (self, titles, C_ ("macro step", "Until the visitor writes"), g_strdup (""));
  add_choice (self, titles, C_ ("macro step", "For one hour"), g_strdup ("hour"));
  add_choice (self, titles, C_ ("macro step", "Until this afternoon"), g_strdup ("afternoon"));
  add_choice (self, titles, C_ ("macro step", "Until tomorrow, 9:00"), g_strdup ("tomorrow"));
}

static void
add_codes (UsherMacroStepRow *self,
           GtkStringList     *titles,
           UsherSession      *session)
{
  g_autoptr (GArray) codes = usher_session_dup_dispositions (session);

  add_choice (self, titles, C_ ("macro step", "Without a code"), g_strdup (""));
  for (guint i = 0; i < codes->len; i++) {
    const UsherDisposition *code = &g_array_index (codes, UsherDisposition, i);

    add_choice (self, titles, code->title, g_strdup (code->code));
  }
}

static void
fill_choices (UsherMacroStepRow *self,
              GtkStringList     *titles,
              UsherSession      *session)
{
  UsherStepKind kind = usher_macro_step_get_kind (self->step);

  if (kind == USHER_STEP_SNOOZE) {
    add_times (self, titles);
  } else if (kind == USHER_STEP_CLOSE) {
    add_codes (self, titles, session);
  } else {
    add_queues (self, titles, session);
    add_colleagues (self, titles, session);
  }
}

/* What is not to be had any more is shown, until something else is chosen. */
static guint
find_choice (UsherMacroStepRow *self,
             GtkStringList     *titles,
             UsherSession      *session)
{
  const char *argument = usher_macro_step_get_argument (self->step);
  g_autofree char *title = NULL;

  for (guint i = 0; i < self->values->len; i++)
    if (g_str_equal (g_ptr_array_index (self->values, i), argument))
      return i;
  title = *argument == '\0' ? g_strdup (_ ("Nobody yet"))
                            : usher_macro_step_dup_title (self->step, session);
  add_choice (self, titles, title, g_strdup (argument));
  return self->values->len - 1;
}

static void
selected_cb (UsherMacroStepRow *self,
             GParamSpec        *pspec,
             GtkDropDown       *list)
{
  guint selected = gtk_drop_down_get_selected (list);

  if (selected < self->values->len)
    usher_macro_step_set_argument (self->step, g_ptr_array_index (self->values, selected));
}

static GtkWidget *
list_new (UsherMacroStepRow *self,
          UsherSession      *session)
{
  GtkStringList *titles = gtk_string_list_new (NULL);
  GtkWidget *list;
  guint selected;

  self->values = g_ptr_array_new_with_free_func (g_free);
  fill_choices (self, titles, session);
  selected = find_choice (self, titles, session);
  list = gtk_drop_down_new (G_LIST_MODEL (titles), NULL);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (list), selected);
  g_signal_connect_object (list, "notify::selected", G_CALLBACK (selected_cb), self,
                           G_CONNECT_SWAPPED);
  return list;
}

/* --- What is written ----------------------------------------------------------------------------------------------------- */

static GtkWidget *
entry_new (UsherMacroStepRow *self)
{
  GtkWidget *entry = gtk_entry_new ();

  g_object_bind_property (self->step, "argument", entry, "text",
                          G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  return entry;
}

static GtkWidget *
text_new (UsherMacroStepRow *self)
{
  GtkWidget *view = gtk_text_view_new ();

  g_object_set (view, "wrap-mode", GTK_WRAP_WORD_CHAR, "accepts-tab", FALSE, "left-margin", 10,
                "right-margin", 10, "top-margin", 8, "bottom-margin", 8, "height-request", 64,
                NULL);
  g_object_bind_property (self->step, "argument", gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)),
                          "text", G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  return view;
}

static GtkWidget *
editor_new (UsherMacroStepRow *self,
            UsherSession      *session)
{
  switch (usher_macro_step_get_kind (self->step)) {
  case USHER_STEP_SEND:
  case USHER_STEP_INSERT:
  case USHER_STEP_NOTE:
    return text_new (self);
  case USHER_STEP_LABEL:
  case USHER_STEP_UNLABEL:
    return entry_new (self);
  case USHER_STEP_TRANSFER:
  case USHER_STEP_SNOOZE:
  case USHER_STEP_CLOSE:
    return list_new (self, session);
  case USHER_STEP_UNKNOWN:
  case USHER_STEP_NEXT:
  case USHER_N_STEPS:
  default:
    return NULL;
  }
}

/* A text view has no border of its own. */
static GtkWidget *
framed (GtkWidget *editor)
{
  GtkWidget *frame;

  if (!GTK_IS_TEXT_VIEW (editor))
    return editor;
  frame = gtk_frame_new (NULL);
  gtk_frame_set_child (GTK_FRAME (frame), editor);
  return frame;
}

/* --- The row -------------------------------------------------------------------------------------------------------------- */

static void
earlier_cb (UsherMacroStepRow *self)
{
  g_signal_emit (self, signals[SIGNAL_MOVE], 0, -1);
}

static void
later_cb (UsherMacroStepRow *self)
{
  g_signal_emit (self, signals[SIGNAL_MOVE], 0, 1);
}

static void
remove_cb (UsherMacroStepRow *self)
{
  g_signal_emit (self, signals[SIGNAL_REMOVE], 0);
}

static void
add_button (UsherMacroStepRow *self,
            GtkWidget         *box,
            const char        *icon,
            const char        *label,
            GCallback          clicked)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  g_signal_connect_object (button, "clicked", clicked, self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), button);
}

static GtkWidget *
header_new (UsherMacroStepRow *self,
            const char        *title)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  self->title = GTK_LABEL (gtk_label_new (title));
  gtk_label_set_xalign (self->title, 0);
  gtk_label_set_ellipsize (self->title, PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (GTK_WIDGET (self->title), TRUE);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->title));
  add_button (self, box, "go-up-symbolic", _ ("Do it earlier"), G_CALLBACK (earlier_cb));
  add_button (self, box, "go-down-symbolic", _ ("Do it later"), G_CALLBACK (later_cb));
  add_button (self, box, "user-trash-symbolic", _ ("Remove this step"), G_CALLBACK (remove_cb));
  return box;
}

static void
usher_macro_step_row_dispose (GObject *object)
{
  UsherMacroStepRow *self = USHER_MACRO_STEP_ROW (object);

  g_clear_object (&self->step);
  G_OBJECT_CLASS (usher_macro_step_row_parent_class)->dispose (object);
}

static void
usher_macro_step_row_finalize (GObject *object)
{
  UsherMacroStepRow *self = USHER_MACRO_STEP_ROW (object);

  g_clear_pointer (&self->values, g_ptr_array_unref);
  G_OBJECT_CLASS (usher_macro_step_row_parent_class)->finalize (object);
}

static void
usher_macro_step_row_class_init (UsherMacroStepRowClass *klass)
{
  const GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_macro_step_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = usher_macro_step_row_finalize;
  signals[SIGNAL_MOVE] =
    g_signal_new ("move", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[SIGNAL_REMOVE] =
    g_signal_new ("remove", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
usher_macro_step_row_init (UsherMacroStepRow *self)
{
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), FALSE);
  gtk_widget_set_focusable (GTK_WIDGET (self), FALSE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "macro-step");
}

GtkWidget *
usher_macro_step_row_new (UsherMacroStep *step,
                          UsherSession   *session)
{
  UsherMacroStepRow *self = g_object_new (USHER_TYPE_MACRO_STEP_ROW, NULL);
  const char *title = usher_step_kind_get_title (usher_macro_step_get_kind (step));
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);

  self->step = g_object_ref (step);
  self->editor = editor_new (self, session);
  gtk_box_append (GTK_BOX (box), header_new (self, title));
  if (self->editor != NULL) {
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->editor), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    title, -1);
    gtk_box_append (GTK_BOX (box), framed (self->editor));
  }
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), box);
  return GTK_WIDGET (self);
}

UsherMacroStep *
usher_macro_step_row_get_step (UsherMacroStepRow *self)
{
  g_return_val_if_fail (USHER_IS_MACRO_STEP_ROW (self), NULL);
  return self->step;
}

void
usher_macro_step_row_set_number (UsherMacroStepRow *self,
                                 guint              number)
{
  g_autofree char *text = NULL;

  g_return_if_fail (USHER_IS_MACRO_STEP_ROW (self));
  /* Translators: a step of a macro: its number, and what it is */
  text = g_strdup_printf (_ ("%1$u. %2$s"), number,
                          usher_step_kind_get_title (usher_macro_step_get_kind (self->step)));
  gtk_label_set_text (self->title, text);
}

void
usher_macro_step_row_focus (UsherMacroStepRow *self)
{
  g_return_if_fail (USHER_IS_MACRO_STEP_ROW (self));
  if (self->editor != NULL)
    gtk_widget_grab_focus (self->editor);
  else
    gtk_widget_child_focus (GTK_WIDGET (self), GTK_DIR_TAB_FORWARD);
}
