/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-application"
#include "config.h"

#include <glib/gi18n.h>

#include "usher-application-private.h"
#include "usher-conversation.h"
#include "usher-launcher.h"
#include "usher-settings.h"

/* What to do about it, not what went wrong inside. */
static char *
dup_problem (const GError *error,
             const char   *gateway_url)
{
  if (g_error_matches (error, USHER_SESSION_ERROR, USHER_SESSION_ERROR_BAD_CREDENTIALS))
    return g_strdup (_ ("Login or password is wrong. Check both and try again."));
  if (g_error_matches (error, USHER_SESSION_ERROR, USHER_SESSION_ERROR_TOO_MANY_TRIES))
    return g_strdup (_ ("There were too many tries. Wait a few minutes, then try again."));
  if (g_error_matches (error, USHER_SESSION_ERROR, USHER_SESSION_ERROR_UNREACHABLE))
    /* Translators: %s is an address such as http://127.0.0.1:8000 */
    return g_strdup_printf (
      _ ("The gateway at %s does not answer. Check the address and your network."), gateway_url);
  /* Translators: %s is a sentence from the gateway */
  return g_strdup_printf (_ ("Signing in did not work: %s"), error->message);
}

static void
begin_work (UsherApplication *self)
{
  usher_window_show_desk (self->window);
  if (self->starts_accepting)
    g_object_set (self->session, "is-accepting", TRUE, NULL);
}

static void
signed_in (UsherApplication *self)
{
  g_autofree char *url = NULL;

  g_object_get (self->session, "gateway-url", &url, NULL);
  g_settings_set_string (self->settings, "gateway-url", url);
  if (self->login != NULL)
    g_settings_set_string (self->settings, "login", self->login);
  usher_sign_in_reset (usher_window_show_sign_in (self->window));
  begin_work (self);
}

/* Who is to type must see where: without a window nobody would know that no chats come. */
static UsherSignIn *
ask (UsherApplication *self)
{
  UsherSignIn *page = usher_window_show_sign_in (self->window);

  if (!gtk_widget_get_visible (GTK_WIDGET (self->window)))
    gtk_window_present (GTK_WINDOW (self->window));
  return page;
}

static void
show_problem (UsherApplication *self,
              const GError     *error)
{
  UsherSignIn *page = ask (self);
  g_autofree char *url = NULL;
  g_autofree char *problem = NULL;

  usher_sign_in_set_busy (page, FALSE);
  if (g_error_matches (error, USHER_SESSION_ERROR, USHER_SESSION_ERROR_PASSWORD_CHANGE_REQUIRED)) {
    usher_sign_in_ask_new_password (page);
    return;
  }
  g_object_get (self->session, "gateway-url", &url, NULL);
  problem = dup_problem (error, url);
  usher_sign_in_set_problem (page, problem);
  gtk_widget_grab_focus (GTK_WIDGET (page));
}

static void
password_changed_cb (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  g_autoptr (UsherApplication) self = user_data;
  g_autoptr (GError) error = NULL;

  if (usher_session_change_password_finish (USHER_SESSION (source), result, &error))
    signed_in (self);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_problem (self, error);
}

static void
signed_in_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (UsherApplication) self = user_data;
  g_autoptr (GError) error = NULL;

  if (usher_session_sign_in_finish (USHER_SESSION (source), result, &error))
    signed_in (self);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_problem (self, error);
}

static void
submit_cb (UsherApplication *self,
           const char       *gateway_url,
           const char       *login,
           const char       *password,
           UsherSignIn      *page)
{
  g_autofree char *url = NULL;

  if (self->session != NULL)
    g_object_get (self->session, "gateway-url", &url, NULL);
  if (g_strcmp0 (url, gateway_url) != 0)
    usher_application_open_session (self, gateway_url);
  if (self->session == NULL)
    return;
  g_free (self->login);
  self->login = g_strdup (login);
  usher_sign_in_set_busy (page, TRUE);
  usher_session_sign_in_async (self->session, login, password, self->cancellable, signed_in_cb,
                               g_object_ref (self));
}

static void
change_password_cb (UsherApplication *self,
                    const char       *login,
                    const char       *one_time_password,
                    const char       *new_password,
                    UsherSignIn      *page)
{
  usher_sign_in_set_busy (page, TRUE);
  usher_session_change_password_async (self->session, login, one_time_password, new_password,
                                       self->cancellable, password_changed_cb, g_object_ref (self));
}

void
usher_application_connect_sign_in (UsherApplication *self,
                                   UsherSignIn      *page)
{
  g_autofree char *url = g_settings_get_string (self->settings, "gateway-url");
  g_autofree char *login = g_settings_get_string (self->settings, "login");

  usher_sign_in_set_defaults (page, self->gateway_url != NULL ? self->gateway_url : url, login);
  g_signal_connect_object (page, "submit", G_CALLBACK (submit_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (page, "change-password", G_CALLBACK (change_password_cb), self,
                           G_CONNECT_SWAPPED);
}

void
usher_application_ask_sign_in (UsherApplication *self,
                               const char       *problem)
{
  UsherSignIn *page = ask (self);

  usher_sign_in_reset (page);
  usher_sign_in_set_problem (page, problem);
}

void
usher_application_signed_out (UsherApplication *self,
                              const char       *reason)
{
  if (g_str_equal (reason, "token"))
    usher_application_ask_sign_in (
      self, _ ("You were signed out: the password is new, or it has been too long. What you wrote "
               "is kept. Sign in again."));
  else if (g_str_equal (reason, "blocked"))
    usher_application_ask_sign_in (
      self, _ ("The gateway does not let you in any longer. Ask your administrator."));
  else
    usher_application_ask_sign_in (self, NULL);
}

static void
waiting_cb (UsherApplication *self)
{
  UsherConversation *late;
  guint n_waiting;

  g_object_get (self->notifier, "n-waiting", &n_waiting, "late", &late, NULL);
  usher_launcher_set_count (g_application_get_dbus_connection (G_APPLICATION (self)), n_waiting,
                            late != NULL);
  g_clear_object (&late);
}

static void
notification_activated_cb (UsherApplication  *self,
                           UsherConversation *conversation)
{
  if (self->window != NULL)
    usher_window_show_conversation (self->window, conversation);
}

/* Disposed and not just let go of: what still runs holds references, and the profile is to be free now. */
static void
close_session (UsherApplication *self)
{
  usher_application_drop_preferences (self);
  if (self->session != NULL)
    g_object_run_dispose (G_OBJECT (self->session));
  g_clear_object (&self->session);
}

/* Opens the local store only: what was known last is on screen after this. */
void
usher_application_open_session (UsherApplication *self,
                                const char       *gateway_url)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *problem = NULL;

  usher_window_set_session (self->window, NULL);
  usher_window_set_notifier (self->window, NULL);
  g_signal_group_set_target (self->session_signals, NULL);
  g_clear_object (&self->notifier);
  close_session (self);
  self->session = usher_session_new (gateway_url, self->profile_dir, &error);
  if (self->session == NULL) {
    g_warning ("Cannot open the profile %s: %s", self->profile_dir, error->message);
    /* Translators: %1$s is a folder, %2$s why */
    problem = g_strdup_printf (_ ("The folder %1$s cannot be used: %2$s"), self->profile_dir,
                               error->message);
    usher_application_ask_sign_in (self, problem);
    return;
  }
  g_signal_group_set_target (self->session_signals, self->session);
  g_settings_bind (self->settings, "undo-send-s", self->session, "undo-send-s",
                   G_SETTINGS_BIND_GET);
  g_settings_bind (self->settings, "idle-minutes", self->session, "idle-minutes",
                   G_SETTINGS_BIND_GET);
  usher_window_set_session (self->window, self->session);
  self->notifier = usher_notifier_new (self->session, self->settings);
  g_signal_connect_object (self->notifier, "activate", G_CALLBACK (notification_activated_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->notifier, "notify::n-waiting", G_CALLBACK (waiting_cb), self,
                           G_CONNECT_SWAPPED);
  usher_window_set_notifier (self->window, self->notifier);
}

/* No refresh token, but a password at hand: what ./run and the tests start with. */
static gboolean
sign_in_from_file (UsherApplication *self)
{
  g_autofree char *password = NULL;
  g_autoptr (GError) error = NULL;

  if (self->login == NULL || self->password_file == NULL)
    return FALSE;
  if (!g_file_get_contents (self->password_file, &password, NULL, &error)) {
    g_warning ("%s", error->message);
    return FALSE;
  }
  password[strcspn (password, "\r\n")] = '\0';
  usher_session_sign_in_async (self->session, self->login, password, self->cancellable,
                               signed_in_cb, g_object_ref (self));
  memset (password, 0, strlen (password));
  return TRUE;
}

static void
resumed_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (UsherApplication) self = user_data;
  g_autoptr (GError) error = NULL;

  if (usher_session_resume_finish (USHER_SESSION (source), result, &error)) {
    begin_work (self);
    return;
  }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (!g_error_matches (error, USHER_SESSION_ERROR, USHER_SESSION_ERROR_SIGN_IN_NEEDED))
    show_problem (self, error);
  else if (!sign_in_from_file (self))
    usher_application_ask_sign_in (self, NULL);
}

void
usher_application_resume (UsherApplication *self)
{
  usher_session_resume_async (self->session, self->cancellable, resumed_cb, g_object_ref (self));
}

void
usher_application_forget (UsherApplication *self)
{
  g_autofree char *url = NULL;

  if (self->session != NULL)
    usher_session_forget (self->session);
  usher_application_stop_autostart (self);
  usher_settings_forget (self->settings);
  g_clear_pointer (&self->login, g_free);
  url = g_settings_get_string (self->settings, "gateway-url");
  usher_sign_in_set_defaults (usher_window_show_sign_in (self->window), url, NULL);
  usher_application_open_session (self, url);
}
