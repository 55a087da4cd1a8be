/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-application"
#include "config.h"

#include "usher-application.h"

#include <glib/gi18n.h>

#include "usher-keys.h"
#include "usher-application-private.h"
#include "usher-conversation.h"
#include "usher-preferences.h"
#include "usher-shortcuts.h"
#include "usher-settings.h"

#define APPLICATION_ID "io.github.usher_desk.Usher"

G_DEFINE_FINAL_TYPE (UsherApplication, usher_application, ADW_TYPE_APPLICATION)

void
usher_application_drop_preferences (UsherApplication *self)
{
  if (self->preferences != NULL)
    gtk_window_destroy (GTK_WINDOW (self->preferences));
}

/* The same keys twice mean the same window. */
static void
show_preferences (GSimpleAction *action,
                  GVariant      *target,
                  gpointer       user_data)
{
  UsherApplication *self = user_data;
  g_autoptr (UsherAutostart) autostart = usher_application_make_autostart (self);

  if (self->preferences == NULL)
    g_set_weak_pointer (&self->preferences,
                        usher_preferences_new (GTK_WINDOW (self->window), self->settings,
                                               self->session, self->notifier, autostart));
  gtk_window_present (GTK_WINDOW (self->preferences));
}

static void
show_shortcuts (GSimpleAction *action,
                GVariant      *target,
                gpointer       user_data)
{
  UsherApplication *self = user_data;
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  gtk_window_present (GTK_WINDOW (usher_shortcuts_window_new (window, self->settings)));
}

/* Everywhere at once: what the keys do, and what the tooltips say that they do. */
static void
keys_changed_cb (UsherApplication *self)
{
  usher_keys_apply (GTK_APPLICATION (self), self->settings);
  usher_macro_list_apply_keys (self->macros, GTK_APPLICATION (self));
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL; l = l->next)
    usher_keys_show (l->data);
}

static void
macros_changed_cb (UsherApplication *self)
{
  usher_macro_list_apply_keys (self->macros, GTK_APPLICATION (self));
}

static void
show_about (GSimpleAction *action,
            GVariant      *target,
            gpointer       user_data)
{
  UsherApplication *self = user_data;

  adw_show_about_window (GTK_WINDOW (self->window), "application-name", _ ("Usher"),
                         "application-icon", APPLICATION_ID, "version", USHER_VERSION,
                         "license-type", GTK_LICENSE_GPL_3_0, "developer-name",
                         _ ("The Usher developers"), "comments", _ ("Answers customers’ chats"),
                         /* Translators: your names, one a line */
                         "translator-credits", _ ("translator-credits"), NULL);
}

static void
sign_out (GSimpleAction *action,
          GVariant      *target,
          gpointer       user_data)
{
  UsherApplication *self = user_data;

  if (self->session != NULL)
    usher_session_sign_out (self->session);
}

static void
sign_out_everywhere (GSimpleAction *action,
                     GVariant      *target,
                     gpointer       user_data)
{
  UsherApplication *self = user_data;

  if (self->session != NULL)
    usher_session_sign_out_everywhere (self->session);
}

static void
forget (GSimpleAction *action,
        GVariant      *target,
        gpointer       user_data)
{
  usher_application_forget (user_data);
}

/* The window is taken down, not just left: a draft typed a moment ago is saved on the way. */
static void
quit (GSimpleAction *action,
      GVariant      *target,
      gpointer       user_data)
{
  UsherApplication *self = user_data;

  if (self->window != NULL)
    gtk_window_destroy (GTK_WINDOW (self->window));
  g_application_quit (user_data);
}

static void
show_conversation (GSimpleAction *action,
                   GVariant      *target,
                   gpointer       user_data)
{
  UsherApplication *self = user_data;
  UsherConversation *conversation =
    self->session == NULL ? NULL
                          : usher_session_find (self->session, g_variant_get_uint64 (target));

  if (self->window != NULL)
    usher_window_show_conversation (self->window, conversation);
}

static void
snapshot (GSimpleAction *action,
          GVariant      *target,
          gpointer       user_data)
{
  UsherApplication *self = user_data;

  if (self->window == NULL ||
      !usher_window_save_png (self->window, g_variant_get_string (target, NULL)))
    g_warning ("Nothing to take a picture of yet");
}

static const GActionEntry actions[] = {
  { "show-preferences", show_preferences },
  { "show-shortcuts", show_shortcuts },
  { "show-about", show_about },
  { "sign-out", sign_out },
  { "sign-out-everywhere", sign_out_everywhere },
  { "forget", forget },
  { "quit", quit },
  { "show-conversation", show_conversation, "t" },
};

static const GActionEntry debug_actions[] = {
  { "snapshot", snapshot, "s" },
};

static void
window_destroyed_cb (UsherApplication *self)
{
  self->window = NULL;
}

static void
open_window (UsherApplication *self)
{
  g_autofree char *url = g_settings_get_string (self->settings, "gateway-url");
  g_autofree char *login = g_settings_get_string (self->settings, "login");

  self->window = USHER_WINDOW (usher_window_new (GTK_APPLICATION (self), self->settings));
  g_signal_connect_object (self->window, "destroy", G_CALLBACK (window_destroyed_cb), self,
                           G_CONNECT_SWAPPED);
  usher_application_connect_sign_in (self, usher_window_show_sign_in (self->window));
  usher_application_open_session (self, self->gateway_url != NULL ? self->gateway_url : url);
  if (self->session == NULL)
    return;
  if (*login != '\0')
    usher_window_show_desk (self->window);
  usher_application_resume (self);
}

static void
usher_application_activate (GApplication *application)
{
  UsherApplication *self = USHER_APPLICATION (application);

  gboolean is_hidden = self->starts_hidden;

  self->starts_hidden = FALSE;
  if (self->window == NULL)
    open_window (self);
  if (!is_hidden)
    gtk_window_present (GTK_WINDOW (self->window));
}

static void
usher_application_startup (GApplication *application)
{
  UsherApplication *self = USHER_APPLICATION (application);

  G_APPLICATION_CLASS (usher_application_parent_class)->startup (application);
  /* Who goes through the lines by key wants to read them, not to copy each. */
  g_object_set (gtk_settings_get_default (), "gtk-label-select-on-focus", FALSE, NULL);
  self->settings = usher_settings_new (NULL);
  if (self->settings == NULL)
    g_error ("The settings of %s are not installed; without installation, set GSETTINGS_SCHEMA_DIR",
             APPLICATION_ID);
  self->macros = usher_macro_list_new (self->settings);
  g_signal_connect_object (self->settings, "changed::keys", G_CALLBACK (keys_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->settings, "changed::macros", G_CALLBACK (macros_changed_cb), self,
                           G_CONNECT_SWAPPED);
  keys_changed_cb (self);
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions),
                                   self);
  if (USHER_IS_DEBUG_BUILD)
    g_action_map_add_action_entries (G_ACTION_MAP (application), debug_actions,
                                     G_N_ELEMENTS (debug_actions), self);
}

/* A profile of its own is a console of its own: it must not hand over to one that runs already. */
static int
usher_application_handle_local_options (GApplication *application,
                                        GVariantDict *options)
{
  UsherApplication *self = USHER_APPLICATION (application);
  g_autofree char *profile_dir = NULL;

  if (g_variant_dict_contains (options, "version")) {
    g_print ("usher %s\n", USHER_VERSION);
    return 0;
  }
  g_variant_dict_lookup (options, "gateway", "s", &self->gateway_url);
  g_variant_dict_lookup (options, "login", "s", &self->login);
  g_variant_dict_lookup (options, "password-file", "^ay", &self->password_file);
  self->starts_accepting = g_variant_dict_contains (options, "accepting");
  if (g_variant_dict_lookup (options, "profile", "^ay", &profile_dir)) {
    g_application_set_flags (application,
                             g_application_get_flags (application) | G_APPLICATION_NON_UNIQUE);
    g_free (self->profile_dir);
    self->profile_dir = g_canonicalize_filename (profile_dir, NULL);
  }
  if (g_variant_dict_contains (options, "background"))
    return usher_application_start_hidden (self);
  return -1;
}

static void
usher_application_shutdown (GApplication *application)
{
  UsherApplication *self = USHER_APPLICATION (application);

  g_cancellable_cancel (self->cancellable);
  usher_application_drop_preferences (self);
  if (self->window != NULL)
    gtk_window_destroy (GTK_WINDOW (self->window));
  g_signal_group_set_target (self->session_signals, NULL);
  g_clear_object (&self->notifier);
  g_clear_object (&self->session);
  G_APPLICATION_CLASS (usher_application_parent_class)->shutdown (application);
}

static void
usher_application_finalize (GObject *object)
{
  UsherApplication *self = USHER_APPLICATION (object);

  g_free (self->gateway_url);
  g_free (self->profile_dir);
  g_free (self->login);
  g_free (self->password_file);
  g_clear_object (&self->session_signals);
  g_clear_object (&self->macros);
  g_clear_object (&self->settings);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (usher_application_parent_class)->finalize (object);
}

static void
usher_application_class_init (UsherApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = usher_application_finalize;
  application_class->startup = usher_application_startup;
  application_class->activate = usher_application_activate;
  application_class->shutdown = usher_application_shutdown;
  application_class->handle_local_options = usher_application_handle_local_options;
}

static void
usher_application_init (UsherApplication *self)
{
  static const GOptionEntry options[] = {
    { "gateway", 'g', 0, G_OPTION_ARG_STRING, NULL, N_ ("Address of the gateway"), N_ ("URL") },
    { "profile", 'p', 0, G_OPTION_ARG_FILENAME, NULL, N_ ("Folder for the local store"),
      N_ ("DIR") },
    { "login", 0, 0, G_OPTION_ARG_STRING, NULL, N_ ("Sign in as this agent"), N_ ("LOGIN") },
    { "password-file", 0, 0, G_OPTION_ARG_FILENAME, NULL,
      N_ ("Sign in by itself with the password on the first line of this file"), N_ ("FILE") },
    { "accepting", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Take chats from the start"), NULL },
    { "background", 0, 0, G_OPTION_ARG_NONE, NULL,
      N_ ("Start without a window; it comes when there is something to ask"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Print the version"), NULL },
    { NULL },
  };

  self->cancellable = g_cancellable_new ();
  self->profile_dir = g_build_filename (g_get_user_data_dir (), "usher", NULL);
  self->session_signals = g_signal_group_new (USHER_TYPE_SESSION);
  g_signal_group_connect_swapped (self->session_signals, "signed-out",
                                  G_CALLBACK (usher_application_signed_out), self);
  g_application_add_main_option_entries (G_APPLICATION (self), options);
}

UsherApplication *
usher_application_new (void)
{
  return g_object_new (USHER_TYPE_APPLICATION, "application-id", APPLICATION_ID,
                       "resource-base-path", "/io/github/usher_desk/Usher", NULL);
}
