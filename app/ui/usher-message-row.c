/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * About two hundred of these exist while a conversation is open. What few lines need (picture, file, links, “more”, failure) is made
 * when first needed and stays with the row.
 */
#include "config.h"

#include "usher-message-row.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "usher-closures.h"
#include "usher-file-card.h"
#include "usher-image.h"
#include "usher-line-fate.h"
#include "usher-line-layout.h"
#include "usher-link-card.h"
#include "usher-message.h"
#include "usher-text.h"
#include "usher-audio.h"
#include "usher-voice-card.h"
#include "usher-widget.h"

#define MAX_LINKS         3
#define NAME_CHARS        60
#define LEAST_WIDTH_CHARS 12
/* Lines of one sender within this time stand together under one name. */
#define GROUP_US ((gint64) 5 * 60 * G_USEC_PER_SEC)

struct _UsherMessageRow {
  GtkWidget parent_instance;

  GtkLabel *day;
  GtkWidget *unread_divider;
  GtkWidget *bubble;
  GtkWidget *head;
  GtkWidget *note_mark;
  GtkLabel *sender;
  GtkLabel *text;
  GtkWidget *foot;
  GtkLabel *time;
  GtkImage *delivery;

  /* made when needed, in the bubble */
  GtkWidget *picture_button;
  GtkPicture *picture;
  GtkLabel *picture_problem;
  GtkWidget *picture_retry;
  GtkWidget *file;
  GtkWidget *voice;
  GtkWidget *more;
  GtkWidget *links;
  GtkWidget *fate;

  /* made when needed, above the day */
  GtkButton *folded;
  GtkLabel *heading;

  UsherMessage *message;
  UsherMessage *previous;
  GSignalGroup *signals;
  const char *css_class;
  UsherSearch *search; /* (nullable): whose words are marked */
  gsize shown_bytes;   /* twice as many whenever “more” is pressed */
};

enum {
  SIGNAL_RETRY,
  SIGNAL_DISCARD,
  SIGNAL_TAKE_BACK,
  SIGNAL_EDIT,
  SIGNAL_RECALL,
  SIGNAL_SAVE,
  SIGNAL_PLAY,
  SIGNAL_OPEN_IMAGE,
  SIGNAL_RETRY_IMAGE,
  SIGNAL_UNFOLD,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherMessageRow, usher_message_row, GTK_TYPE_WIDGET)

static const char *
find_css_class (UsherMessage *message)
{
  switch (usher_message_get_kind (message)) {
  case USHER_MESSAGE_NOTE:
    return "note";
  case USHER_MESSAGE_EVENT:
  case USHER_MESSAGE_CHANGE:
    return "event";
  case USHER_MESSAGE_TEXT:
  case USHER_MESSAGE_IMAGE:
  case USHER_MESSAGE_FILE:
  case USHER_MESSAGE_VOICE:
  case USHER_MESSAGE_CARD:
  case USHER_MESSAGE_CHOICES:
  default:
    break;
  }
  if (usher_message_get_role (message) == USHER_ROLE_SYSTEM)
    return "event";
  if (usher_message_get_role (message) == USHER_ROLE_VISITOR)
    return "visitor";
  return usher_message_get_is_own (message) ? "own" : "staff";
}

static UsherLineLayout *
get_layout (UsherMessageRow *self)
{
  return USHER_LINE_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self)));
}

static void
update_style (UsherMessageRow *self)
{
  const char *css_class = find_css_class (self->message);
  gboolean is_event = g_str_equal (css_class, "event");
  GtkAlign side = GTK_ALIGN_END;

  if (self->css_class != css_class) {
    if (self->css_class != NULL)
      gtk_widget_remove_css_class (GTK_WIDGET (self), self->css_class);
    gtk_widget_add_css_class (GTK_WIDGET (self), css_class);
    self->css_class = css_class;
  }
  if (is_event)
    side = GTK_ALIGN_CENTER;
  else if (g_str_equal (css_class, "visitor"))
    side = GTK_ALIGN_START;
  usher_line_layout_set_side (get_layout (self), side);
  gtk_label_set_justify (self->text, is_event ? GTK_JUSTIFY_CENTER : GTK_JUSTIFY_LEFT);
  gtk_widget_set_visible (self->foot, !is_event);
}

static gboolean
is_grouped (UsherMessage *message,
            UsherMessage *previous)
{
  return previous != NULL &&
         usher_message_get_role (message) == usher_message_get_role (previous) &&
         usher_message_get_sender (message) == usher_message_get_sender (previous) &&
         (usher_message_get_kind (message) == USHER_MESSAGE_NOTE) ==
           (usher_message_get_kind (previous) == USHER_MESSAGE_NOTE) &&
         usher_message_get_kind (previous) != USHER_MESSAGE_EVENT &&
         usher_message_get_kind (previous) != USHER_MESSAGE_CHANGE &&
         usher_message_get_ts_us (message) - usher_message_get_ts_us (previous) < GROUP_US &&
         usher_is_same_day (usher_message_get_ts_us (message), usher_message_get_ts_us (previous));
}

static char *
dup_sender (UsherMessage *message)
{
  g_autofree char *name = usher_text_to_line (usher_message_get_sender_name (message), NAME_CHARS);
  gboolean is_note = usher_message_get_kind (message) == USHER_MESSAGE_NOTE;

  if (*name == '\0' && usher_message_get_is_own (message)) {
    g_free (name);
    name = g_strdup (_ ("You"));
  }
  if (is_note && usher_message_get_role (message) == USHER_ROLE_SYSTEM)
    return g_strdup (_ ("The visitor's rating, for staff only"));
  if (is_note)
    /* Translators: heading of a note for staff only; %s is who wrote it */
    return *name == '\0' ? g_strdup (_ ("Note"))
                         : g_strdup_printf (_ ("Note by %s, for staff only"), name);
  if (usher_message_get_role (message) == USHER_ROLE_BOT && *name == '\0')
    return g_strdup (_ ("Bot"));
  return g_steal_pointer (&name);
}

static void
update_head (UsherMessageRow *self)
{
  gboolean is_note = g_str_equal (self->css_class, "note");
  gboolean is_group = is_grouped (self->message, self->previous);
  g_autofree char *sender = dup_sender (self->message);
  gboolean is_shown = *sender != '\0' && !is_group && !g_str_equal (self->css_class, "event") &&
                      (is_note || !g_str_equal (self->css_class, "own"));

  gtk_label_set_text (self->sender, sender);
  gtk_widget_set_visible (self->head, is_shown);
  gtk_widget_set_visible (self->note_mark, is_note);
  if (is_group)
    gtk_widget_add_css_class (GTK_WIDGET (self), "grouped");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "grouped");
}

static void
update_day (UsherMessageRow *self)
{
  gint64 ts_us = usher_message_get_ts_us (self->message);
  gboolean is_new_day =
    ts_us != 0 && (self->previous == NULL ||
                   !usher_is_same_day (ts_us, usher_message_get_ts_us (self->previous)));

  gtk_widget_set_visible (GTK_WIDGET (self->day), is_new_day);
  if (is_new_day) {
    g_autofree char *day = usher_format_day (ts_us, g_get_real_time ());

    gtk_label_set_text (self->day, day);
  }
}

/* --- Text ----------------------------------------------------------------------------------------------- */

static void
update_links (UsherMessageRow *self,
              const char      *shown)
{
  g_auto (GStrv) links = usher_text_find_links (shown, MAX_LINKS);

  g_clear_pointer (&self->links, gtk_widget_unparent);
  if (links[0] == NULL)
    return;
  self->links = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  for (guint i = 0; links[i] != NULL; i++) {
    GtkWidget *link = usher_link_card_new (links[i]);

    if (link != NULL)
      gtk_box_append (GTK_BOX (self->links), link);
  }
  gtk_box_insert_child_after (GTK_BOX (self->bubble), self->links, GTK_WIDGET (self->text));
}

static void update_text (UsherMessageRow *self);

static void
more_clicked_cb (UsherMessageRow *self)
{
  self->shown_bytes *= 2;
  update_text (self);
}

static void
update_more (UsherMessageRow *self,
             gboolean         is_cut)
{
  if (self->more == NULL && is_cut) {
    self->more = gtk_button_new_with_label (_ ("Show more"));
    gtk_widget_set_halign (self->more, GTK_ALIGN_START);
    gtk_widget_add_css_class (self->more, "flat");
    g_signal_connect_object (self->more, "clicked", G_CALLBACK (more_clicked_cb), self,
                             G_CONNECT_SWAPPED);
    gtk_box_insert_child_after (GTK_BOX (self->bubble), self->more, GTK_WIDGET (self->text));
  }
  if (self->more != NULL)
    gtk_widget_set_visible (self->more, is_cut);
}

/*
 * A least width in characters spares the label the search for its narrowest layout: 64 KiB of one word take 208 ms instead of 965 ms,
 * an ordinary line half.
 */
static void
set_wrap (UsherMessageRow *self,
          const char      *text)
{
  gboolean needs_char_wrap = usher_text_needs_char_wrap (text);
  glong n_chars = g_utf8_strlen (text, -1);

  gtk_label_set_wrap_mode (self->text, needs_char_wrap ? PANGO_WRAP_CHAR : PANGO_WRAP_WORD_CHAR);
  gtk_label_set_width_chars (self->text, (int) MIN (n_chars, LEAST_WIDTH_CHARS));
}

static void
put_clock_before (char   **text,
                  gint64   ts_us)
{
  g_autofree char *clock = usher_format_clock (ts_us);
  g_autofree char *before = *text;

  *text = g_strdup_printf ("%s · %s", clock, before);
}

static void
mark (PangoAttrList  *attributes,
      PangoAttribute *attribute,
      const gsize    *span)
{
  attribute->start_index = (guint) span[0];
  attribute->end_index = (guint) span[1];
  pango_attr_list_insert (attributes, attribute);
}

/* Black on yellow stands out on every bubble, in light and dark. */
static void
update_marks (UsherMessageRow *self)
{
  gsize spans[2 * USHER_SEARCH_MAX_MARKS];
  guint n_spans = self->search == NULL
                    ? 0
                    : usher_search_mark (self->search, gtk_label_get_text (self->text), spans);
  g_autoptr (PangoAttrList) attributes = n_spans == 0 ? NULL : pango_attr_list_new ();

  for (guint i = 0; i < n_spans; i++) {
    mark (attributes, pango_attr_background_new (0xf9f9, 0xf0f0, 0x6b6b), &spans[(gsize) 2 * i]);
    mark (attributes, pango_attr_foreground_new (0, 0, 0), &spans[(gsize) 2 * i]);
  }
  if (n_spans > 0 || gtk_label_get_attributes (self->text) != NULL)
    gtk_label_set_attributes (self->text, attributes);
}

static void
update_text (UsherMessageRow *self)
{
  gboolean is_recalled = usher_message_get_is_recalled (self->message);
  gboolean is_cut;
  g_autofree char *text =
    usher_text_sanitize (usher_message_get_text (self->message), self->shown_bytes, &is_cut);

  if (is_recalled) {
    g_free (text);
    text = g_strdup (_ ("This line was recalled."));
    is_cut = FALSE;
  }
  if (usher_message_get_kind (self->message) == USHER_MESSAGE_CHANGE)
    put_clock_before (&text, usher_message_get_ts_us (self->message));
  set_wrap (self, text);
  gtk_label_set_text (self->text, text);
  update_marks (self);
  gtk_widget_set_visible (GTK_WIDGET (self->text), *text != '\0');
  update_more (self, is_cut && self->shown_bytes < USHER_TEXT_MAX_BYTES);
  update_links (self, is_recalled ? "" : text);
}

/* --- Picture and file -------------------------------------------------------------------------------------- */

static void
picture_clicked_cb (UsherMessageRow *self)
{
  g_signal_emit (self, signals[SIGNAL_OPEN_IMAGE], 0);
}

static void
retry_picture_cb (UsherMessageRow *self)
{
  g_signal_emit (self, signals[SIGNAL_RETRY_IMAGE], 0);
}

static void
show_picture_retry (UsherMessageRow *self,
                    gboolean         is_shown)
{
  if (self->picture_retry == NULL && !is_shown)
    return;
  if (self->picture_retry == NULL) {
    self->picture_retry = gtk_button_new_with_label (_ ("Retry"));
    gtk_widget_set_halign (self->picture_retry, GTK_ALIGN_START);
    gtk_widget_add_css_class (self->picture_retry, "pill-small");
    g_signal_connect_object (self->picture_retry, "clicked", G_CALLBACK (retry_picture_cb), self,
                             G_CONNECT_SWAPPED);
    gtk_box_insert_child_after (GTK_BOX (self->bubble), self->picture_retry, self->picture_button);
  }
  gtk_widget_set_visible (self->picture_retry, is_shown);
}

static void
make_picture (UsherMessageRow *self)
{
  GtkWidget *overlay = gtk_overlay_new ();

  self->picture = GTK_PICTURE (gtk_picture_new ());
  self->picture_problem = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->picture_problem, TRUE);
  gtk_label_set_justify (self->picture_problem, GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (GTK_WIDGET (self->picture_problem), "caption");
  gtk_overlay_set_child (GTK_OVERLAY (overlay), GTK_WIDGET (self->picture));
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), GTK_WIDGET (self->picture_problem));
  self->picture_button = gtk_button_new ();
  gtk_button_set_child (GTK_BUTTON (self->picture_button), overlay);
  gtk_widget_add_css_class (self->picture_button, "picture");
  gtk_widget_set_halign (self->picture_button, GTK_ALIGN_START);
  gtk_widget_set_tooltip_text (self->picture_button, _ ("Show the whole picture"));
  g_signal_connect_object (self->picture_button, "clicked", G_CALLBACK (picture_clicked_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_box_insert_child_after (GTK_BOX (self->bubble), self->picture_button, self->head);
}

/* The room is taken before the picture is there, so nothing jumps when it comes. */
static void
update_picture (UsherMessageRow *self)
{
  gboolean is_image = usher_message_get_kind (self->message) == USHER_MESSAGE_IMAGE &&
                      !usher_message_get_is_recalled (self->message);
  guint width = usher_message_get_width (self->message), height =
                                                           usher_message_get_height (self->message);
  g_autofree char *name = NULL;
  int shown_width, shown_height;

  if (is_image && self->picture == NULL)
    make_picture (self);
  if (self->picture == NULL)
    return;
  gtk_widget_set_visible (self->picture_button, is_image);
  if (!is_image) {
    show_picture_retry (self, FALSE);
    return;
  }
  usher_image_fit (width == 0 ? USHER_PICTURE_BOX_WIDTH : width,
                   height == 0 ? USHER_PICTURE_BOX_HEIGHT : height, USHER_PICTURE_BOX_WIDTH,
                   USHER_PICTURE_BOX_HEIGHT, &shown_width, &shown_height);
  gtk_widget_set_size_request (GTK_WIDGET (self->picture), MAX (shown_width, 48),
                               MAX (shown_height, 32));
  name = usher_text_to_line (usher_message_get_name (self->message), NAME_CHARS);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->picture_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  *name == '\0' ? _ ("Picture") : name, -1);
}

static void
update_file (UsherMessageRow *self)
{
  gboolean is_file = usher_message_get_kind (self->message) == USHER_MESSAGE_FILE &&
                     !usher_message_get_is_recalled (self->message);

  if (is_file && self->file == NULL) {
    self->file = usher_file_card_new ();
    gtk_box_insert_child_after (GTK_BOX (self->bubble), self->file, self->head);
  }
  if (self->file == NULL)
    return;
  gtk_widget_set_visible (self->file, is_file);
  if (is_file)
    usher_file_card_set_message (USHER_FILE_CARD (self->file), self->message);
}

static void
update_voice (UsherMessageRow *self)
{
  gboolean is_voice = usher_message_get_kind (self->message) == USHER_MESSAGE_VOICE &&
                      !usher_message_get_is_recalled (self->message);

  if (is_voice && self->voice == NULL) {
    self->voice = usher_voice_card_new ();
    gtk_box_insert_child_after (GTK_BOX (self->bubble), self->voice, self->head);
    gtk_widget_action_set_enabled (GTK_WIDGET (self), "line.play", usher_audio_is_available ());
  }
  if (self->voice == NULL)
    return;
  gtk_widget_set_visible (self->voice, is_voice);
  if (is_voice)
    usher_voice_card_set_message (USHER_VOICE_CARD (self->voice), self->message);
}

/* --- Fate of an own line ------------------------------------------------------------------------------------ */

static void
retry_action (GtkWidget  *widget,
              const char *name,
              GVariant   *target)
{
  g_signal_emit (widget, signals[SIGNAL_RETRY], 0);
}

static void
discard_action (GtkWidget  *widget,
                const char *name,
                GVariant   *target)
{
  g_signal_emit (widget, signals[SIGNAL_DISCARD], 0);
}

static void
take_back_action (GtkWidget  *widget,
                  const char *name,
                  GVariant   *target)
{
  g_signal_emit (widget, signals[SIGNAL_TAKE_BACK], 0);
}

static void
save_action (GtkWidget  *widget,
             const char *name,
             GVariant   *target)
{
  g_signal_emit (widget, signals[SIGNAL_SAVE], 0);
}

static void
play_action (GtkWidget  *widget,
             const char *name,
             GVariant   *target)
{
  g_signal_emit (widget, signals[SIGNAL_PLAY], 0);
}

static void
edit_action (GtkWidget  *widget,
             const char *name,
             GVariant   *target)
{
  g_signal_emit (widget, signals[SIGNAL_EDIT], 0);
}

static void
recall_action (GtkWidget  *widget,
               const char *name,
               GVariant   *target)
{
  g_signal_emit (widget, signals[SIGNAL_RECALL], 0);
}

/* One menu for all rows; whether it is too late is found out when it is tried. */
static GMenuModel *
get_own_menu (void)
{
  static GMenu *menu;

  if (menu == NULL) {
    menu = g_menu_new ();
    g_menu_append (menu, C_ ("line", "_Edit"), "line.edit");
    g_menu_append (menu, C_ ("line", "_Recall"), "line.recall");
  }
  return G_MENU_MODEL (menu);
}

static void
update_menu (UsherMessageRow *self)
{
  gboolean has_menu = usher_message_get_is_own (self->message) &&
                      usher_message_get_kind (self->message) == USHER_MESSAGE_TEXT &&
                      usher_message_get_seq (self->message) != 0 &&
                      !usher_message_get_is_recalled (self->message);
  GMenuModel *menu = has_menu ? get_own_menu () : NULL;

  if (gtk_label_get_extra_menu (self->text) != menu)
    gtk_label_set_extra_menu (self->text, menu);
}

static void
update_fate (UsherMessageRow *self)
{
  if (self->fate == NULL && !usher_line_fate_is_needed (self->message))
    return;
  if (self->fate == NULL) {
    self->fate = usher_line_fate_new ();
    gtk_widget_insert_after (self->fate, GTK_WIDGET (self), self->bubble);
  }
  usher_line_fate_update (USHER_LINE_FATE (self->fate), self->message);
}

static void
update_delivery (UsherMessageRow *self)
{
  UsherDelivery delivery = usher_message_get_delivery (self->message);
  const char *icon_name = usher_delivery_to_icon_name (delivery);

  gtk_widget_set_visible (GTK_WIDGET (self->delivery), icon_name != NULL);
  gtk_image_set_from_icon_name (self->delivery, icon_name);
  usher_widget_set_tooltip (GTK_WIDGET (self->delivery), usher_format_delivery (delivery));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->delivery), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  usher_format_delivery (delivery), -1);
  update_menu (self);
  update_fate (self);
}

static void
update_time (UsherMessageRow *self)
{
  gint64 ts_us = usher_message_get_ts_us (self->message);
  g_autofree char *clock = ts_us == 0 ? g_strdup ("") : usher_format_clock (ts_us);
  g_autofree char *edited = NULL;

  if (usher_message_get_is_edited (self->message))
    /* Translators: %s is a time of day */
    edited = g_strdup_printf (_ ("edited · %s"), clock);
  gtk_label_set_text (self->time, edited != NULL ? edited : clock);
}

static void
update (UsherMessageRow *self)
{
  update_style (self);
  update_text (self);
  update_picture (self);
  update_file (self);
  update_voice (self);
  update_delivery (self);
  update_time (self);
  update_head (self);
  update_day (self);
  usher_widget_set_row_spoken (GTK_WIDGET (self), gtk_label_get_text (self->sender),
                               gtk_label_get_text (self->text));
}

static void
message_notify_cb (UsherMessageRow *self,
                   GParamSpec      *pspec)
{
  /* The states follow one another quickly; the rest of a line hardly ever changes. */
  if (g_str_equal (pspec->name, "delivery") || g_str_equal (pspec->name, "fail-reason"))
    update_delivery (self);
  else if (g_str_equal (pspec->name, "progress"))
    update_fate (self);
  else if (!g_str_equal (pspec->name, "seq") && !g_str_equal (pspec->name, "cid"))
    update (self);
}

static void
usher_message_row_dispose (GObject *object)
{
  UsherMessageRow *self = USHER_MESSAGE_ROW (object);

  g_clear_object (&self->signals);
  g_clear_object (&self->message);
  g_clear_object (&self->previous);
  g_clear_object (&self->search);
  g_clear_pointer (&self->fate, gtk_widget_unparent);
  usher_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_MESSAGE_ROW);
  G_OBJECT_CLASS (usher_message_row_parent_class)->dispose (object);
}

static void
usher_message_row_class_init (UsherMessageRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = usher_message_row_dispose;
  signals[SIGNAL_RETRY] =
    g_signal_new ("retry", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_DISCARD] =
    g_signal_new ("discard", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_TAKE_BACK] =
    g_signal_new ("take-back", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_EDIT] =
    g_signal_new ("edit", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_RECALL] =
    g_signal_new ("recall", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_SAVE] =
    g_signal_new ("save", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_PLAY] =
    g_signal_new ("play", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_install_action (widget_class, "line.retry", NULL, retry_action);
  gtk_widget_class_install_action (widget_class, "line.discard", NULL, discard_action);
  gtk_widget_class_install_action (widget_class, "line.take-back", NULL, take_back_action);
  gtk_widget_class_install_action (widget_class, "line.save", NULL, save_action);
  gtk_widget_class_install_action (widget_class, "line.play", NULL, play_action);
  gtk_widget_class_install_action (widget_class, "line.edit", NULL, edit_action);
  gtk_widget_class_install_action (widget_class, "line.recall", NULL, recall_action);
  signals[SIGNAL_OPEN_IMAGE] =
    g_signal_new ("open-image", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_RETRY_IMAGE] =
    g_signal_new ("retry-image", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_UNFOLD] =
    g_signal_new ("unfold", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-message-row.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherMessageRow, day);
  gtk_widget_class_bind_template_child (widget_class, UsherMessageRow, unread_divider);
  gtk_widget_class_bind_template_child (widget_class, UsherMessageRow, bubble);
  gtk_widget_class_bind_template_child (widget_class, UsherMessageRow, head);
  gtk_widget_class_bind_template_child (widget_class, UsherMessageRow, note_mark);
  gtk_widget_class_bind_template_child (widget_class, UsherMessageRow, sender);
  gtk_widget_class_bind_template_child (widget_class, UsherMessageRow, text);
  gtk_widget_class_bind_template_child (widget_class, UsherMessageRow, foot);
  gtk_widget_class_bind_template_child (widget_class, UsherMessageRow, time);
  gtk_widget_class_bind_template_child (widget_class, UsherMessageRow, delivery);
  gtk_widget_class_set_layout_manager_type (widget_class, USHER_TYPE_LINE_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "messagerow");
}

static void
usher_message_row_init (UsherMessageRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  usher_line_layout_set_bubble (get_layout (self), self->bubble);
  self->signals = g_signal_group_new (USHER_TYPE_MESSAGE);
  g_signal_group_connect_swapped (self->signals, "notify", G_CALLBACK (message_notify_cb), self);
}

GtkWidget *
usher_message_row_new (void)
{
  return g_object_new (USHER_TYPE_MESSAGE_ROW, NULL);
}

void
usher_message_row_set_message (UsherMessageRow *self,
                               UsherMessage    *message)
{
  g_return_if_fail (USHER_IS_MESSAGE_ROW (self));
  if (!g_set_object (&self->message, message))
    return;
  g_signal_group_set_target (self->signals, message);
  g_clear_object (&self->previous);
  self->shown_bytes = USHER_TEXT_SHOWN_BYTES;
  if (self->picture != NULL)
    gtk_picture_set_paintable (self->picture, NULL);
  if (message != NULL)
    update (self);
}

UsherMessage *
usher_message_row_get_message (UsherMessageRow *self)
{
  g_return_val_if_fail (USHER_IS_MESSAGE_ROW (self), NULL);
  return self->message;
}

void
usher_message_row_set_context (UsherMessageRow *self,
                               UsherMessage    *previous,
                               gboolean         is_first_unread)
{
  g_return_if_fail (USHER_IS_MESSAGE_ROW (self));
  gtk_widget_set_visible (self->unread_divider, is_first_unread);
  g_set_object (&self->previous, previous);
  if (self->message == NULL)
    return;
  update_head (self);
  update_day (self);
}

static void
unfold_clicked_cb (UsherMessageRow *self)
{
  g_signal_emit (self, signals[SIGNAL_UNFOLD], 0);
}

static void
set_folded (UsherMessageRow *self,
            const char      *text)
{
  GtkWidget *label;

  if (self->folded == NULL && text == NULL)
    return;
  if (self->folded == NULL) {
    label = gtk_label_new (NULL);
    gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
    self->folded = GTK_BUTTON (gtk_button_new ());
    gtk_button_set_child (self->folded, label);
    gtk_widget_set_halign (GTK_WIDGET (self->folded), GTK_ALIGN_CENTER);
    gtk_widget_add_css_class (GTK_WIDGET (self->folded), "folded-chat");
    g_signal_connect_object (self->folded, "clicked", G_CALLBACK (unfold_clicked_cb), self,
                             G_CONNECT_SWAPPED);
    gtk_widget_insert_after (GTK_WIDGET (self->folded), GTK_WIDGET (self), NULL);
  }
  gtk_widget_set_visible (GTK_WIDGET (self->folded), text != NULL);
  gtk_label_set_text (GTK_LABEL (gtk_button_get_child (self->folded)), text == NULL ? "" : text);
}

void
usher_message_row_set_heading (UsherMessageRow *self,
                               const char      *heading,
                               const char      *folded)
{
  g_return_if_fail (USHER_IS_MESSAGE_ROW (self));
  if (self->heading == NULL && heading != NULL) {
    self->heading = GTK_LABEL (gtk_label_new (NULL));
    gtk_widget_add_css_class (GTK_WIDGET (self->heading), "chat-divider");
    gtk_widget_add_css_class (GTK_WIDGET (self->heading), "caption-heading");
    gtk_widget_insert_before (GTK_WIDGET (self->heading), GTK_WIDGET (self),
                              GTK_WIDGET (self->day));
  }
  if (self->heading != NULL) {
    gtk_widget_set_visible (GTK_WIDGET (self->heading), heading != NULL);
    gtk_label_set_text (self->heading, heading == NULL ? "" : heading);
  }
  set_folded (self, folded);
}

void
usher_message_row_set_is_found (UsherMessageRow *self,
                                gboolean         is_found)
{
  g_return_if_fail (USHER_IS_MESSAGE_ROW (self));
  if (is_found)
    gtk_widget_add_css_class (GTK_WIDGET (self), "found");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "found");
}

void
usher_message_row_set_search (UsherMessageRow *self,
                              UsherSearch     *search)
{
  g_return_if_fail (USHER_IS_MESSAGE_ROW (self));
  g_set_object (&self->search, search);
  update_marks (self);
}

void
usher_message_row_set_texture (UsherMessageRow *self,
                               GdkTexture      *texture,
                               const char      *problem)
{
  g_return_if_fail (USHER_IS_MESSAGE_ROW (self));
  if (self->picture == NULL)
    return;
  gtk_picture_set_paintable (self->picture, GDK_PAINTABLE (texture));
  gtk_label_set_text (self->picture_problem, problem == NULL ? "" : problem);
  show_picture_retry (self, problem != NULL);
}

void
usher_message_row_set_heard (UsherMessageRow *self,
                             gboolean         is_playing,
                             guint            heard_ms)
{
  g_return_if_fail (USHER_IS_MESSAGE_ROW (self));
  if (self->voice != NULL)
    usher_voice_card_set_heard (USHER_VOICE_CARD (self->voice), is_playing, heard_ms);
}
