/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-palette.h"

#include <glib/gi18n.h>

#include "usher-actions.h"
#include "usher-colleague.h"
#include "usher-conversation.h"
#include "usher-hit.h"
#include "usher-palette-entry.h"
#include "usher-search.h"
#include "usher-widget.h"

/* More than this nobody reads: another letter is faster. */
#define MAX_ENTRIES 60
#define PAGE_ROWS   8

struct _UsherPalette {
  AdwWindow parent_instance;

  GtkSearchEntry *entry;
  GtkListView *list;
  GtkSingleSelection *selection;
  GtkLabel *status;

  UsherSession *session;
  UsherMacroList *macros;
  UsherPaletteScope scope;
  GListStore *entries;
  UsherSearch *search;
  gboolean has_moved; /* the agent has chosen a row: what comes in later leaves it chosen */
};

enum {
  SIGNAL_CHOSEN_CONVERSATION,
  SIGNAL_CHOSEN_COMMAND,
  SIGNAL_CHOSEN_LINE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherPalette, usher_palette, ADW_TYPE_WINDOW)

/* --- What there is --------------------------------------------------------------------------------------- */

typedef struct {
  UsherPaletteEntry *entry; /* owned */
  guint score;
  guint place; /* among equals: as they were met */
} Candidate;

typedef struct {
  GArray *candidates; /* Candidate */
  const char *needle; /* folded */
} Gathering;

static void
consider (Gathering         *gathering,
          UsherPaletteEntry *entry,
          /* (transfer full) */ guint score)
{
  Candidate candidate = { entry, score, gathering->candidates->len };

  g_array_append_val (gathering->candidates, candidate);
}

/* Chats nearer to the agent first: a list's own weight decides between equal matches, and between unequal ones by a little. */
static void
gather_chats (Gathering    *gathering,
              UsherSession *session,
              const char   *list,
              guint         weight)
{
  g_autoptr (GListModel) model = NULL;
  guint n;

  g_object_get (session, list, &model, NULL);
  n = g_list_model_get_n_items (model);
  for (guint i = 0; i < n; i++) {
    g_autoptr (UsherConversation) conversation = g_list_model_get_item (model, i);
    const char *name = usher_conversation_get_name (conversation);
    guint match = usher_palette_match (name != NULL ? name : "", gathering->needle);

    if (match > 0)
      consider (gathering, usher_palette_entry_for_conversation (conversation), match + weight);
  }
}

static void
gather_colleagues (Gathering    *gathering,
                   UsherSession *session)
{
  g_autoptr (GListModel) model = NULL;

  g_object_get (session, "colleagues", &model, NULL);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (UsherColleague) colleague = g_list_model_get_item (model, i);
    const char *name = usher_colleague_get_name (colleague);
    guint match = usher_palette_match (name != NULL ? name : "", gathering->needle);

    if (match > 0)
      consider (gathering, usher_palette_entry_for_colleague (colleague), match);
  }
}

static void
gather_commands (Gathering *gathering)
{
  guint n;
  const UsherCommand *commands = usher_actions_get_commands (&n);

  for (guint i = 0; i < n; i++) {
    const char *title =
      commands[i].title != NULL ? g_dpgettext2 (NULL, "shortcuts", commands[i].title) : NULL;
    guint match = title != NULL ? usher_palette_match (title, gathering->needle) : 0;

    if (match > 0)
      consider (gathering, usher_palette_entry_for_command (title, commands[i].action), match + 10);
  }
}

static void
gather_macros (Gathering      *gathering,
               UsherSession   *session,
               UsherMacroList *macros)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (macros)); i++) {
    g_autoptr (UsherMacro) macro = g_list_model_get_item (G_LIST_MODEL (macros), i);
    guint match = usher_palette_match (usher_macro_get_name (macro), gathering->needle);

    if (match > 0)
      consider (gathering, usher_palette_entry_for_macro (macro, session), match + 10);
  }
}

static int
best_first (gconstpointer a,
            gconstpointer b)
{
  const Candidate *one = a, *two = b;

  if (one->score != two->score)
    return one->score > two->score ? -1 : 1;
  return one->place < two->place ? -1 : one->place > two->place;
}

static void
candidate_clear (gpointer data)
{
  g_clear_object (&((Candidate *) data)->entry);
}

/* With nothing typed: my chats, whoever waits, then what can be done. */
static void
show_all (UsherPalette *self,
          const char   *text)
{
  g_autoptr (GArray) candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));
  g_autoptr (GPtrArray) shown = g_ptr_array_new ();
  g_autofree char *folded = g_utf8_casefold (text, -1);
  g_autoptr (UsherPaletteEntry) search = NULL;
  Gathering gathering = { candidates, g_strstrip (folded) };
  gboolean is_empty = *gathering.needle == '\0';

  g_array_set_clear_func (candidates, candidate_clear);
  gather_chats (&gathering, self->session, "mine", 45);
  gather_chats (&gathering, self->session, "offered", 40);
  gather_chats (&gathering, self->session, "queue", 30);
  gather_commands (&gathering);
  gather_macros (&gathering, self->session, self->macros);
  if (!is_empty) {
    gather_chats (&gathering, self->session, "closed", 0);
    gather_colleagues (&gathering, self->session);
  }
  g_array_sort (candidates, best_first);
  for (guint i = 0; i < MIN (candidates->len, MAX_ENTRIES); i++)
    g_ptr_array_add (shown, g_array_index (candidates, Candidate, i).entry);
  if (!is_empty) {
    search = usher_palette_entry_for_search (text);
    g_ptr_array_add (shown, search);
  }
  g_list_store_splice (self->entries, 0, g_list_model_get_n_items (G_LIST_MODEL (self->entries)),
                       shown->pdata, shown->len);
  gtk_label_set_text (self->status,
                      is_empty ? _ ("Chats, colleagues, commands; more letters find less.") : "");
}

/* --- What was said --------------------------------------------------------------------------------------- */

static void
show_hits (UsherPalette *self)
{
  GListModel *hits = usher_search_get_hits (self->search);
  g_autoptr (GPtrArray) shown = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (hits); i++) {
    g_autoptr (UsherHit) hit = g_list_model_get_item (hits, i);

    g_ptr_array_add (shown, usher_palette_entry_for_hit (hit));
  }
  g_list_store_splice (self->entries, 0, g_list_model_get_n_items (G_LIST_MODEL (self->entries)),
                       shown->pdata, shown->len);
}

static void
status_cb (UsherPalette *self)
{
  const char *status = usher_search_get_status (self->search);

  if (self->scope == USHER_PALETTE_LINES)
    gtk_label_set_text (
      self->status, status != NULL
                      ? status
                      /* Translators: from: tag: before: after: has:file stay as they are */
                      : _ ("Words, and from:name tag:label before:2026-05-12 after:7d has:file"));
}

static void
hits_changed_cb (UsherPalette *self)
{
  if (self->scope == USHER_PALETTE_LINES)
    show_hits (self);
}

static void
set_scope (UsherPalette      *self,
           UsherPaletteScope  scope)
{
  gboolean is_lines = scope == USHER_PALETTE_LINES;
  const char *label =
    is_lines ? _ ("Search what was said") : _ ("Go to a chat, a colleague, a command");

  self->scope = scope;
  g_object_set (self->entry, "placeholder-text", label, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, -1);
  gtk_window_set_title (GTK_WINDOW (self), is_lines ? _ ("Search") : _ ("Go To"));
}

static void
text_changed_cb (UsherPalette *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));

  self->has_moved = FALSE;
  if (self->session == NULL)
    return;
  if (self->scope == USHER_PALETTE_ALL)
    show_all (self, text);
  else
    usher_search_set_text (self->search, text);
  status_cb (self);
}

static void
search_for (UsherPalette *self,
            const char   *text)
{
  g_autofree char *copy = g_strdup (text);

  set_scope (self, USHER_PALETTE_LINES);
  if (g_str_equal (copy, gtk_editable_get_text (GTK_EDITABLE (self->entry))))
    text_changed_cb (self);
  else
    gtk_editable_set_text (GTK_EDITABLE (self->entry), copy);
  gtk_editable_set_position (GTK_EDITABLE (self->entry), -1);
}

/* --- Choosing -------------------------------------------------------------------------------------------- */

static void
choose (UsherPalette      *self,
        UsherPaletteEntry *entry)
{
  g_autoptr (UsherPalette) alive G_GNUC_UNUSED = g_object_ref (self);
  g_autoptr (UsherPaletteEntry) chosen = g_object_ref (entry);
  gpointer object = usher_palette_entry_get_object (chosen);
  UsherEntryKind kind = usher_palette_entry_get_kind (chosen);

  if (kind == USHER_ENTRY_COLLEAGUE || kind == USHER_ENTRY_SEARCH) {
    search_for (self, usher_palette_entry_get_command (chosen));
    return;
  }
  /* Closed first: what is chosen may want the focus. */
  gtk_window_close (GTK_WINDOW (self));
  if (kind == USHER_ENTRY_CONVERSATION)
    g_signal_emit (self, signals[SIGNAL_CHOSEN_CONVERSATION], 0, object);
  else if (kind == USHER_ENTRY_LINE)
    g_signal_emit (self, signals[SIGNAL_CHOSEN_LINE], 0, object);
  else
    g_signal_emit (self, signals[SIGNAL_CHOSEN_COMMAND], 0,
                   usher_palette_entry_get_command (chosen));
}

static void
activate_cb (UsherPalette *self)
{
  gpointer item = gtk_single_selection_get_selected_item (self->selection);

  if (item != NULL)
    choose (self, USHER_PALETTE_ENTRY (item));
}

static void
row_activated_cb (UsherPalette *self,
                  guint         position)
{
  g_autoptr (UsherPaletteEntry) entry =
    g_list_model_get_item (G_LIST_MODEL (self->entries), position);

  choose (self, entry);
}

static void
move (UsherPalette *self,
      int           delta)
{
  int n = (int) g_list_model_get_n_items (G_LIST_MODEL (self->entries));
  int at = (int) gtk_single_selection_get_selected (self->selection);
  guint to;

  if (n == 0)
    return;
  to = (guint) CLAMP (at + delta, 0, n - 1);
  self->has_moved = TRUE;
  gtk_single_selection_set_selected (self->selection, to);
  gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", to);
}

static gboolean
key_cb (UsherPalette    *self,
        guint            keyval,
        guint            keycode,
        GdkModifierType  state)
{
  switch (keyval) {
  case GDK_KEY_Down:
  case GDK_KEY_KP_Down:
    move (self, 1);
    return TRUE;
  case GDK_KEY_Up:
  case GDK_KEY_KP_Up:
    move (self, -1);
    return TRUE;
  case GDK_KEY_Page_Down:
    move (self, PAGE_ROWS);
    return TRUE;
  case GDK_KEY_Page_Up:
    move (self, -PAGE_ROWS);
    return TRUE;
  default:
    return FALSE;
  }
}

/* --- Rows ------------------------------------------------------------------------------------------------ */

static GtkWidget *
new_label (const char *css_class,
           gboolean    is_wide)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, is_wide);
  if (is_wide)
    gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
setup_cb (UsherPalette *self,
          GtkListItem  *item)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *subtitle = new_label ("dim-label", TRUE);

  gtk_widget_add_css_class (subtitle, "caption");
  gtk_box_append (GTK_BOX (lines), new_label (NULL, TRUE));
  gtk_box_append (GTK_BOX (lines), subtitle);
  gtk_widget_set_valign (lines, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (row), gtk_image_new ());
  gtk_box_append (GTK_BOX (row), lines);
  gtk_box_append (GTK_BOX (row), new_label ("palette-aside", FALSE));
  gtk_list_item_set_child (item, row);
}

static void
bind_cb (UsherPalette *self,
         GtkListItem  *item)
{
  UsherPaletteEntry *entry = gtk_list_item_get_item (item);
  GtkWidget *image = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  GtkWidget *lines = gtk_widget_get_next_sibling (image);
  GtkWidget *title = gtk_widget_get_first_child (lines);
  GtkWidget *subtitle = gtk_widget_get_next_sibling (title);
  GtkWidget *aside = gtk_widget_get_next_sibling (lines);
  const char *text = usher_palette_entry_get_subtitle (entry);
  g_autoptr (PangoAttrList) attributes = usher_palette_entry_dup_subtitle_attributes (entry);

  gtk_image_set_from_icon_name (GTK_IMAGE (image), usher_palette_entry_get_icon_name (entry));
  gtk_label_set_text (GTK_LABEL (title), usher_palette_entry_get_title (entry));
  usher_widget_set_row_spoken (gtk_list_item_get_child (item),
                               usher_palette_entry_get_title (entry), text);
  gtk_label_set_text (GTK_LABEL (subtitle), text);
  gtk_label_set_attributes (GTK_LABEL (subtitle), attributes);
  gtk_widget_set_visible (subtitle, *text != '\0');
  gtk_label_set_text (GTK_LABEL (aside), usher_palette_entry_get_aside (entry));
}

/* The first row is chosen until another one is: what is typed next may bring a better one. */
static void
entries_changed_cb (UsherPalette *self)
{
  if (!self->has_moved && g_list_model_get_n_items (G_LIST_MODEL (self->entries)) > 0)
    gtk_single_selection_set_selected (self->selection, 0);
}

/* --- Window ---------------------------------------------------------------------------------------------- */

static void
active_cb (UsherPalette *self)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  if (!gtk_window_is_active (GTK_WINDOW (self)) && parent != NULL && gtk_window_is_active (parent))
    gtk_window_close (GTK_WINDOW (self));
}

static void
usher_palette_dispose (GObject *object)
{
  UsherPalette *self = USHER_PALETTE (object);

  if (self->search != NULL)
    g_signal_handlers_disconnect_by_data (self->search, self);
  gtk_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_PALETTE);
  g_clear_object (&self->search);
  g_clear_object (&self->entries);
  g_clear_object (&self->macros);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (usher_palette_parent_class)->dispose (object);
}

static void
usher_palette_class_init (UsherPaletteClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_palette_dispose;
  signals[SIGNAL_CHOSEN_CONVERSATION] =
    g_signal_new ("chosen-conversation", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                  1, G_TYPE_OBJECT);
  signals[SIGNAL_CHOSEN_COMMAND] = g_signal_new ("chosen-command", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                                 NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_CHOSEN_LINE] = g_signal_new ("chosen-line", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                              NULL, G_TYPE_NONE, 1, G_TYPE_OBJECT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/usher_desk/Usher/ui/usher-palette.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherPalette, entry);
  gtk_widget_class_bind_template_child (widget_class, UsherPalette, list);
  gtk_widget_class_bind_template_child (widget_class, UsherPalette, selection);
  gtk_widget_class_bind_template_child (widget_class, UsherPalette, status);
  gtk_widget_class_bind_template_callback (widget_class, text_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_cb);
}

static void
usher_palette_init (UsherPalette *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->entries = g_list_store_new (USHER_TYPE_PALETTE_ENTRY);
  g_signal_connect_object (self->entries, "items-changed", G_CALLBACK (entries_changed_cb), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->entries));
  g_signal_connect (self, "notify::is-active", G_CALLBACK (active_cb), NULL);
}

GtkWidget *
usher_palette_new (GtkWindow         *parent,
                   UsherSession      *session,
                   UsherMacroList    *macros,
                   UsherPaletteScope  scope)
{
  UsherPalette *self =
    g_object_new (USHER_TYPE_PALETTE, "transient-for", parent, "destroy-with-parent", TRUE, NULL);

  self->session = g_object_ref (session);
  self->macros = g_object_ref (macros);
  self->search = usher_search_new (session);
  g_signal_connect_swapped (self->search, "notify::status", G_CALLBACK (status_cb), self);
  g_signal_connect_swapped (usher_search_get_hits (self->search), "items-changed",
                            G_CALLBACK (hits_changed_cb), self);
  set_scope (self, scope);
  text_changed_cb (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  return GTK_WIDGET (self);
}

void
usher_palette_set_text (UsherPalette *self,
                        const char   *text)
{
  g_return_if_fail (USHER_IS_PALETTE (self));
  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
}
