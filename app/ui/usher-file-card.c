/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-file-card.h"

#include <glib/gi18n.h>
#include <string.h>

#include "usher-text.h"

#define NAME_CHARS 60

/* Of a type the first that has the word. */
static const struct {
  const char *word;
  const char *icon;
  const char *name;
} kinds[] = {
  { "pdf", "x-office-document-symbolic", N_ ("PDF") },
  { "zip", "package-x-generic-symbolic", N_ ("Zip archive") },
  { "sheet", "x-office-spreadsheet-symbolic", N_ ("Spreadsheet") },
  { "excel", "x-office-spreadsheet-symbolic", N_ ("Spreadsheet") },
  { "csv", "x-office-spreadsheet-symbolic", N_ ("Table") },
  { "presentation", "x-office-presentation-symbolic", N_ ("Presentation") },
  { "powerpoint", "x-office-presentation-symbolic", N_ ("Presentation") },
  { "wordprocessing", "x-office-document-symbolic", N_ ("Document") },
  { "msword", "x-office-document-symbolic", N_ ("Document") },
  { "rtf", "x-office-document-symbolic", N_ ("Document") },
  { "opendocument", "x-office-document-symbolic", N_ ("Document") },
  { "image/", "image-x-generic-symbolic", N_ ("Picture") },
  { "audio/", "audio-x-generic-symbolic", N_ ("Recording") },
  { "video/", "video-x-generic-symbolic", N_ ("Video") },
  { "text/", "text-x-generic-symbolic", N_ ("Text") },
  { "", "text-x-generic-symbolic", N_ ("File") },
};

struct _UsherFileCard {
  GtkWidget parent_instance;

  GtkImage *icon;
  GtkLabel *name;
  GtkLabel *kind;
  GtkWidget *save;
};

G_DEFINE_FINAL_TYPE (UsherFileCard, usher_file_card, GTK_TYPE_WIDGET)

static void
usher_file_card_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (usher_file_card_parent_class)->dispose (object);
}

static void
usher_file_card_class_init (UsherFileCardClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = usher_file_card_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "filecard");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static GtkLabel *
add_label (GtkWidget *box)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_box_append (GTK_BOX (box), label);
  return GTK_LABEL (label);
}

static void
usher_file_card_init (UsherFileCard *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 10);
  self->icon = GTK_IMAGE (gtk_image_new ());
  gtk_image_set_pixel_size (self->icon, 24);
  self->name = add_label (box);
  self->kind = add_label (box);
  gtk_widget_set_hexpand (box, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->kind), "caption");
  self->save = gtk_button_new_from_icon_name ("document-save-as-symbolic");
  gtk_widget_set_valign (self->save, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (self->save, _ ("Save As…"));
  gtk_widget_add_css_class (self->save, "flat");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->save), "line.save");
  gtk_widget_set_parent (GTK_WIDGET (self->icon), GTK_WIDGET (self));
  gtk_widget_set_parent (box, GTK_WIDGET (self));
  gtk_widget_set_parent (self->save, GTK_WIDGET (self));
}

GtkWidget *
usher_file_card_new (void)
{
  return g_object_new (USHER_TYPE_FILE_CARD, NULL);
}

static guint
find_kind (const char *mime)
{
  guint kind = 0;

  while (strstr (mime != NULL ? mime : "", kinds[kind].word) == NULL)
    kind++;
  return kind;
}

const char *
usher_file_card_get_icon_name (const char *mime)
{
  return kinds[find_kind (mime)].icon;
}

char *
usher_file_card_dup_kind (const char *mime,
                          guint64     size)
{
  g_autofree char *amount = g_format_size (size);

  return g_strdup_printf ("%s · %s", _ (kinds[find_kind (mime)].name), amount);
}

void
usher_file_card_set_message (UsherFileCard *self,
                             UsherMessage  *message)
{
  g_autofree char *name = NULL;
  g_autofree char *kind = NULL;
  g_autofree char *save = NULL;
  const char *mime;

  g_return_if_fail (USHER_IS_FILE_CARD (self));
  g_return_if_fail (USHER_IS_MESSAGE (message));

  mime = usher_message_get_mime (message);
  name = usher_text_to_line (usher_message_get_name (message), NAME_CHARS);
  if (*name == '\0') {
    g_free (name);
    name = g_strdup (_ ("File"));
  }
  kind = usher_file_card_dup_kind (mime, usher_message_get_size (message));
  /* Translators: %s is the name of a file */
  save = g_strdup_printf (_ ("Save “%s” as…"), name);
  gtk_image_set_from_icon_name (self->icon, usher_file_card_get_icon_name (mime));
  gtk_label_set_text (self->name, name);
  gtk_label_set_text (self->kind, kind);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->save), GTK_ACCESSIBLE_PROPERTY_LABEL, save,
                                  -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}
