/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-account-page.h"

#include <glib/gi18n.h>

#include "usher-closures.h"
#include "usher-export-row.h"
#include "usher-import-row.h"
#include "usher-password-row.h"
#include "usher-text.h"

#define NAME_CHARS 60

struct _UsherAccountPage {
  AdwPreferencesPage parent_instance;

  AdwActionRow *who;
  AdwAvatar *avatar;
  AdwActionRow *gateway;
  AdwActionRow *connected;
  AdwActionRow *keep;
  UsherPasswordRow *password;
  UsherExportRow *export;
  UsherImportRow *import;
  AdwPreferencesGroup *leaving;

  UsherSession *session;
};

G_DEFINE_FINAL_TYPE (UsherAccountPage, usher_account_page, ADW_TYPE_PREFERENCES_PAGE)

/* Roles the gateway has today; another one is shown by its own name. */
static const struct {
  const char *role;
  const char *title;
} roles[] = {
  { "agent", NC_ ("role", "Agent") },
  { "supervisor", NC_ ("role", "Supervisor") },
  { "auditor", NC_ ("role", "Auditor") },
  { "admin", NC_ ("role", "Administrator") },
};

static char *
dup_role (const char *role)
{
  for (gsize i = 0; i < G_N_ELEMENTS (roles); i++)
    if (g_strcmp0 (roles[i].role, role) == 0)
      return g_strdup (g_dpgettext2 (NULL, "role", roles[i].title));
  return usher_text_to_line (role == NULL ? "" : role, NAME_CHARS);
}

static void
show_who (UsherAccountPage *self)
{
  g_autofree char *name = NULL;
  g_autofree char *login = NULL;
  g_autofree char *role = NULL;
  g_autofree char *shown_name = NULL;
  g_autofree char *shown_login = NULL;
  g_autofree char *shown_role = NULL;
  g_autofree char *subtitle = NULL;

  g_object_get (self->session, "agent-name", &name, "login", &login, "role", &role, NULL);
  shown_name = usher_text_to_line (name == NULL ? "" : name, NAME_CHARS);
  shown_login = usher_text_to_line (login == NULL ? "" : login, NAME_CHARS);
  shown_role = dup_role (role);
  subtitle = *shown_role == '\0' ? g_strdup (shown_login)
                                 : g_strdup_printf ("%s · %s", shown_login, shown_role);
  adw_avatar_set_text (self->avatar, shown_name);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->who), shown_name);
  adw_action_row_set_subtitle (self->who, subtitle);
}

static void
show_connected (UsherAccountPage *self)
{
  g_autofree char *when = NULL;
  g_autofree char *text = NULL;
  gint64 since_us;

  g_object_get (self->session, "connected-since-us", &since_us, NULL);
  if (since_us == 0) {
    adw_action_row_set_subtitle (self->connected,
                                 _ ("Not now. What you write is kept and sent later."));
    return;
  }
  when = usher_format_when (since_us, g_get_real_time ());
  /* Translators: %s is a time of the day, or a date */
  text = g_strdup_printf (_ ("Since %s"), when);
  adw_action_row_set_subtitle (self->connected, text);
}

static void
show_keeps (UsherAccountPage *self)
{
  gboolean keeps;

  g_object_get (self->session, "keeps-sign-in", &keeps, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->keep), !keeps);
}

/* What would be lost is said before, where it is decided. */
static void
show_unsent (UsherAccountPage *self)
{
  guint n_unsent = usher_session_get_n_unsent (self->session);
  g_autofree char *text =
    g_strdup_printf (ngettext ("%u line of yours has not reached the gateway yet. It exists only "
                               "here, and would be lost.",
                               "%u lines of yours have not reached the gateway yet. They exist "
                               "only here, and would be lost.",
                               n_unsent),
                     n_unsent);

  adw_preferences_group_set_description (self->leaving, n_unsent > 0 ? text : NULL);
}

static void
keep_cb (UsherAccountPage *self)
{
  usher_session_keep_signed_in (self->session);
}

/* The preferences go first: they are about a session that is about to end. */
static void
leave (UsherAccountPage *self,
       const char       *action)
{
  GtkWindow *preferences = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
  g_autoptr (GtkWidget) parent =
    g_object_ref (GTK_WIDGET (gtk_window_get_transient_for (preferences)));

  gtk_window_destroy (preferences);
  gtk_widget_activate_action (parent, action, NULL);
}

static void
sign_out_cb (UsherAccountPage *self)
{
  leave (self, "app.sign-out");
}

static void
sign_out_everywhere_cb (UsherAccountPage *self)
{
  leave (self, "app.sign-out-everywhere");
}

static void
forget_cb (UsherAccountPage *self)
{
  leave (self, "app.forget");
}

static void
usher_account_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (usher_account_page_parent_class)->map (widget);
  show_unsent (USHER_ACCOUNT_PAGE (widget));
}

static void
usher_account_page_dispose (GObject *object)
{
  g_clear_object (&USHER_ACCOUNT_PAGE (object)->session);
  gtk_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_ACCOUNT_PAGE);
  G_OBJECT_CLASS (usher_account_page_parent_class)->dispose (object);
}

static void
usher_account_page_class_init (UsherAccountPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_account_page_dispose;
  widget_class->map = usher_account_page_map;
  g_type_ensure (USHER_TYPE_PASSWORD_ROW);
  g_type_ensure (USHER_TYPE_EXPORT_ROW);
  g_type_ensure (USHER_TYPE_IMPORT_ROW);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-account-page.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherAccountPage, who);
  gtk_widget_class_bind_template_child (widget_class, UsherAccountPage, avatar);
  gtk_widget_class_bind_template_child (widget_class, UsherAccountPage, gateway);
  gtk_widget_class_bind_template_child (widget_class, UsherAccountPage, connected);
  gtk_widget_class_bind_template_child (widget_class, UsherAccountPage, keep);
  gtk_widget_class_bind_template_child (widget_class, UsherAccountPage, password);
  gtk_widget_class_bind_template_child (widget_class, UsherAccountPage, export);
  gtk_widget_class_bind_template_child (widget_class, UsherAccountPage, import);
  gtk_widget_class_bind_template_child (widget_class, UsherAccountPage, leaving);
  gtk_widget_class_bind_template_callback (widget_class, keep_cb);
  gtk_widget_class_bind_template_callback (widget_class, sign_out_cb);
  gtk_widget_class_bind_template_callback (widget_class, sign_out_everywhere_cb);
  gtk_widget_class_bind_template_callback (widget_class, forget_cb);
}

static void
usher_account_page_init (UsherAccountPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
usher_account_page_set (UsherAccountPage *self,
                        GSettings        *settings,
                        UsherSession     *session)
{
  g_autofree char *url = NULL;
  g_autofree char *shown_url = NULL;

  g_return_if_fail (USHER_IS_ACCOUNT_PAGE (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  usher_password_row_set_session (self->password, session);
  usher_export_row_set (self->export, settings, session);
  usher_import_row_set (self->import, settings);
  g_object_get (session, "gateway-url", &url, NULL);
  shown_url = usher_text_to_line (url, 2 * NAME_CHARS);
  adw_action_row_set_subtitle (self->gateway, shown_url);
  g_signal_connect_object (session, "notify::agent-name", G_CALLBACK (show_who), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::connected-since-us", G_CALLBACK (show_connected), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::keeps-sign-in", G_CALLBACK (show_keeps), self,
                           G_CONNECT_SWAPPED);
  show_who (self);
  show_connected (self);
  show_keeps (self);
}
