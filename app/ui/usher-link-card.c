/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-link-card.h"

#include <glib/gi18n.h>

#define HOST_CHARS 40
#define URL_CHARS  44

struct _UsherLinkCard {
  GtkButton parent_instance;

  char *url;
  GtkWidget *menu;         /* (nullable): made when first shown */
  GdkModifierType pressed; /* with these the pointer has pressed it */
  gboolean is_pressed;     /* by the pointer, and not by a key */
};

enum {
  SIGNAL_OPEN_LINK,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherLinkCard, usher_link_card, GTK_TYPE_BUTTON)

/* --- The host ------------------------------------------------------------------------------------------------------ */

/* Cyrillic and Greek have letters that are drawn as Latin ones; these have none. */
static gboolean
is_unlike_latin (GUnicodeScript script)
{
  return script == G_UNICODE_SCRIPT_HAN || script == G_UNICODE_SCRIPT_HIRAGANA ||
         script == G_UNICODE_SCRIPT_KATAKANA || script == G_UNICODE_SCRIPT_HANGUL;
}

static gboolean
is_plain (const char *host)
{
  for (const char *at = host; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);

    if (c >= 0x80 && (!g_unichar_isalnum (c) || !is_unlike_latin (g_unichar_get_script (c))))
      return FALSE;
  }
  return TRUE;
}

static GUri *
parse (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_PARSE_RELAXED, NULL);
  const char *scheme = uri == NULL ? "" : g_uri_get_scheme (uri);
  const char *host = uri == NULL ? NULL : g_uri_get_host (uri);

  /* An address with a name in front of the host is a way to hide the host. */
  if (host == NULL || *host == '\0' || g_uri_get_userinfo (uri) != NULL ||
      (!g_str_equal (scheme, "http") && !g_str_equal (scheme, "https")))
    return NULL;
  return g_steal_pointer (&uri);
}

char *
usher_link_card_dup_host (const char *url)
{
  g_autoptr (GUri) uri = parse (url);
  g_autofree char *host = NULL;

  if (uri == NULL)
    return NULL;
  /* What came as punycode is judged by what it means. */
  host = g_hostname_to_unicode (g_uri_get_host (uri));
  if (host != NULL && is_plain (host))
    return g_steal_pointer (&host);
  return g_hostname_to_ascii (g_uri_get_host (uri));
}

/* --- What can be done ----------------------------------------------------------------------------------------------- */

static void
open_link (GtkWidget  *widget,
           const char *name,
           GVariant   *target)
{
  UsherLinkCard *self = USHER_LINK_CARD (widget);
  GtkRoot *root = gtk_widget_get_root (widget);
  gboolean is_done = FALSE;

  g_signal_emit (self, signals[SIGNAL_OPEN_LINK], 0, self->url, &is_done);
  if (!is_done)
    gtk_show_uri (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, self->url, GDK_CURRENT_TIME);
}

static void
copy_link (GtkWidget  *widget,
           const char *name,
           GVariant   *target)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), USHER_LINK_CARD (widget)->url);
}

static void
show_menu (GtkWidget  *widget,
           const char *name,
           GVariant   *target)
{
  UsherLinkCard *self = USHER_LINK_CARD (widget);
  g_autoptr (GMenu) menu = g_menu_new ();

  if (self->menu == NULL) {
    g_menu_append (menu, _ ("_Open in the Browser"), "link.open");
    g_menu_append (menu, _ ("_Copy the Address"), "link.copy");
    self->menu = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
    gtk_widget_set_parent (self->menu, widget);
  }
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
pressed_cb (UsherLinkCard *self,
            int            n_press,
            double         x,
            double         y,
            GtkGesture    *gesture)
{
  self->is_pressed = TRUE;
  self->pressed = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));
}

static void
usher_link_card_clicked (GtkButton *button)
{
  UsherLinkCard *self = USHER_LINK_CARD (button);
  gboolean opens = !self->is_pressed || (self->pressed & GDK_CONTROL_MASK) != 0;

  self->is_pressed = FALSE;
  if (opens)
    open_link (GTK_WIDGET (self), NULL, NULL);
  else
    show_menu (GTK_WIDGET (self), NULL, NULL);
}

/* --- Class ------------------------------------------------------------------------------------------------------------ */

static void
usher_link_card_dispose (GObject *object)
{
  UsherLinkCard *self = USHER_LINK_CARD (object);

  if (self->menu != NULL)
    gtk_popover_popdown (GTK_POPOVER (self->menu));
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  G_OBJECT_CLASS (usher_link_card_parent_class)->dispose (object);
}

static void
usher_link_card_finalize (GObject *object)
{
  g_free (USHER_LINK_CARD (object)->url);
  G_OBJECT_CLASS (usher_link_card_parent_class)->finalize (object);
}

static void
usher_link_card_class_init (UsherLinkCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_link_card_dispose;
  G_OBJECT_CLASS (klass)->finalize = usher_link_card_finalize;
  GTK_BUTTON_CLASS (klass)->clicked = usher_link_card_clicked;
  signals[SIGNAL_OPEN_LINK] =
    g_signal_new ("open-link", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                  g_signal_accumulator_true_handled, NULL, NULL, G_TYPE_BOOLEAN, 1, G_TYPE_STRING);
  gtk_widget_class_install_action (widget_class, "link.open", NULL, open_link);
  gtk_widget_class_install_action (widget_class, "link.copy", NULL, copy_link);
  gtk_widget_class_install_action (widget_class, "link.menu", NULL, show_menu);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "link.menu",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "link.menu", NULL);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LINK);
}

static void
usher_link_card_init (UsherLinkCard *self)
{
  GtkGesture *press = gtk_gesture_click_new ();

  /* Before the button's own: how it was pressed decides what its click means. */
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (press), GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (press, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (press));
}

static GtkWidget *
make_label (const char *text,
            const char *css_class,
            int         max_chars)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), max_chars);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

GtkWidget *
usher_link_card_new (const char *url)
{
  g_autofree char *host = usher_link_card_dup_host (url);
  g_autofree char *label = NULL;
  UsherLinkCard *self;
  GtkWidget *box;

  if (host == NULL)
    return NULL;
  self = g_object_new (USHER_TYPE_LINK_CARD, NULL);
  self->url = g_strdup (url);
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (box), make_label (host, "caption-heading", HOST_CHARS));
  gtk_box_append (GTK_BOX (box), make_label (url, "caption", URL_CHARS));
  gtk_button_set_child (GTK_BUTTON (self), box);
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_START);
  gtk_widget_add_css_class (GTK_WIDGET (self), "link-card");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), url);
  /* Translators: a screen reader says it of an address in a line; %1$s is its host, %2$s the whole of it */
  label = g_strdup_printf (_ ("Link to %1$s: %2$s"), host, url);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return GTK_WIDGET (self);
}

const char *
usher_link_card_get_url (UsherLinkCard *self)
{
  g_return_val_if_fail (USHER_IS_LINK_CARD (self), NULL);
  return self->url;
}
