/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-chips.h"

#include <glib/gi18n.h>

#include "usher-text.h"
#include "usher-widget.h"

#define CHIP_CHARS 24

struct _UsherChips {
  GtkWidget parent_instance;

  char **shown; /* what the chips say now */
};

G_DEFINE_FINAL_TYPE (UsherChips, usher_chips, GTK_TYPE_WIDGET)

static void
clear (UsherChips *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
}

static void
usher_chips_dispose (GObject *object)
{
  clear (USHER_CHIPS (object));
  G_OBJECT_CLASS (usher_chips_parent_class)->dispose (object);
}

static void
usher_chips_finalize (GObject *object)
{
  g_strfreev (USHER_CHIPS (object)->shown);
  G_OBJECT_CLASS (usher_chips_parent_class)->finalize (object);
}

static void
usher_chips_class_init (UsherChipsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = usher_chips_dispose;
  G_OBJECT_CLASS (klass)->finalize = usher_chips_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "chips");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
usher_chips_init (UsherChips *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
add_chip (UsherChips *self,
          const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "chip");
  gtk_widget_set_parent (label, GTK_WIDGET (self));
}

static void
fill (UsherChips *self,
      guint       n_most)
{
  guint n = g_strv_length (self->shown);
  g_autofree char *all = g_strjoinv (", ", self->shown);
  /* Translators: %s is a list of labels, such as “vip, refund” */
  g_autofree char *spoken = g_strdup_printf (_ ("Labels: %s"), all);

  for (guint i = 0; i < MIN (n, n_most); i++)
    add_chip (self, self->shown[i]);
  if (n > n_most) {
    g_autofree char *more = g_strdup_printf ("+%u", n - n_most);

    add_chip (self, more);
  }
  usher_widget_set_tooltip (GTK_WIDGET (self), spoken);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static char **
dup_shown (const char *const *tags)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; tags != NULL && tags[i] != NULL; i++) {
    g_autofree char *text = usher_text_to_line (tags[i], CHIP_CHARS);

    g_strv_builder_add (builder, text);
  }
  return g_strv_builder_end (builder);
}

void
usher_chips_set (UsherChips        *self,
                 const char *const *tags,
                 guint              n_most)
{
  g_auto (GStrv) shown = dup_shown (tags);

  g_return_if_fail (USHER_IS_CHIPS (self));
  if (self->shown != NULL &&
      g_strv_equal ((const char *const *) self->shown, (const char *const *) shown))
    return;
  g_strfreev (self->shown);
  self->shown = g_steal_pointer (&shown);
  clear (self);
  fill (self, n_most);
  gtk_widget_set_visible (GTK_WIDGET (self), self->shown[0] != NULL);
}
