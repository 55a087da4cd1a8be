/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-session"
#include "config.h"

#include "usher-session-private.h"

/* From a password, or from the keyring's token, to a connection; and the token's renewal for as long as the session lasts. The
 * access token lives in memory, the refresh token beside it and in the keyring, and nowhere else. */

/* The access token is renewed this long before it ends. */
#define RENEW_BEFORE_US ((gint64) 60 * G_USEC_PER_SEC)
#define LEAST_RENEW_S   5
#define MOST_RENEW_S    ((gint64) 24 * 3600)
#define RETRY_S         5
#define LONGEST_RETRY_S 60

G_DEFINE_QUARK (usher_session_error_quark, usher_session_error)

static void renew_cb (gpointer user_data);

static UsherSessionError
error_of_rest (const GError *error)
{
  if (error->domain != USHER_REST_ERROR)
    return USHER_SESSION_ERROR_FAILED;
  switch ((UsherRestError) error->code) {
  case USHER_REST_ERROR_BAD_CREDENTIALS:
    return USHER_SESSION_ERROR_BAD_CREDENTIALS;
  case USHER_REST_ERROR_PASSWORD_CHANGE:
    return USHER_SESSION_ERROR_PASSWORD_CHANGE_REQUIRED;
  case USHER_REST_ERROR_TOO_MANY_TRIES:
    return USHER_SESSION_ERROR_TOO_MANY_TRIES;
  case USHER_REST_ERROR_UNREACHABLE:
  case USHER_REST_ERROR_TRY_LATER:
    return USHER_SESSION_ERROR_UNREACHABLE;
  case USHER_REST_ERROR_TOKEN:
    return USHER_SESSION_ERROR_SIGN_IN_NEEDED;
  case USHER_REST_ERROR_UNCHANGED:
  case USHER_REST_ERROR_REFUSED:
  case USHER_REST_ERROR_NONSENSE:
  default:
    return USHER_SESSION_ERROR_FAILED;
  }
}

static void
return_rest_error (GTask        *task,
                   const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_new_error (task, USHER_SESSION_ERROR, (int) error_of_rest (error), "%s",
                             error->message);
}

static void
set_refresh_token (UsherSession *self,
                   const char   *token)
{
  g_free (self->refresh_token);
  self->refresh_token = g_strdup (token);
  if (token != NULL)
    usher_keyring_store (self->keyring, token);
}

static void
renew_in (UsherSession *self,
          guint         wait_s)
{
  g_clear_handle_id (&self->refresh_id, g_source_remove);
  self->refresh_id = g_timeout_add_once (wait_s * 1000, renew_cb, self);
}

/* A cache that belongs to somebody else must not be shown to this agent. */
static void
check_owner (UsherSession        *self,
             const UsherSignedIn *signed_in)
{
  if (self->agent == signed_in->agent || self->agent == 0)
    return;
  usher_outbox_clear (self->outbox);
  g_hash_table_remove_all (self->pending);
  g_hash_table_remove_all (self->drafts);
  usher_session_forget_all (self);
  usher_store_drop_all (self->store);
  usher_connection_forget_session (self->connection);
  self->log = 0;
}

static void
keep_agent (UsherSession *self)
{
  g_autofree char *agent = g_strdup_printf ("%" G_GUINT64_FORMAT, self->agent);

  usher_store_set_meta (self->store, "agent", agent);
  usher_store_set_meta (self->store, "agent-name", self->agent_name);
  usher_store_set_meta (self->store, "login", self->login);
  usher_store_set_meta (self->store, "role", self->role);
}

static void
take_tokens (UsherSession        *self,
             const UsherSignedIn *signed_in)
{
  gint64 left_us = signed_in->access_expires_us - g_get_real_time () - RENEW_BEFORE_US;

  check_owner (self, signed_in);
  usher_session_set_self (self, signed_in->agent, signed_in->name, signed_in->login,
                          signed_in->role, (const char *const *) signed_in->rights);
  keep_agent (self);
  self->access_expires_us = signed_in->access_expires_us;
  self->n_refresh_tries = 0;
  if (signed_in->refresh_token != NULL)
    set_refresh_token (self, signed_in->refresh_token);
  usher_rest_set_access_token (self->rest, signed_in->access_token);
  usher_connection_set_access_token (self->connection, signed_in->access_token);
  renew_in (self, (guint) CLAMP (left_us / G_USEC_PER_SEC, LEAST_RENEW_S, MOST_RENEW_S));
  usher_connection_start (self->connection);
  if (self->link_state == USHER_LINK_IN_STEP)
    usher_session_ask_operator_lists (self);
}

/* --- Renewal ----------------------------------------------------------------------------------------- */

static void
end_session (UsherSession *self,
             const char   *reason)
{
  g_clear_handle_id (&self->refresh_id, g_source_remove);
  g_clear_pointer (&self->refresh_token, g_free);
  usher_rest_set_access_token (self->rest, NULL);
  usher_connection_set_access_token (self->connection, NULL);
  usher_connection_forget_session (self->connection);
  usher_connection_stop (self->connection);
  usher_keyring_clear (self->keyring);
  usher_session_emit_signed_out (self, reason);
}

static void
renewed_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (UsherSession) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (UsherSignedIn) signed_in =
    usher_rest_signed_in_finish (USHER_REST (source), result, &error);

  self->is_refreshing = FALSE;
  if (signed_in != NULL) {
    if (self->refresh_token != NULL) /* not signed out meanwhile */
      take_tokens (self, signed_in);
    return;
  }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_message ("the token was not renewed: %s", error->message);
  if (g_error_matches (error, USHER_REST_ERROR, USHER_REST_ERROR_TOKEN)) {
    end_session (self, "token");
    return;
  }
  renew_in (self, MIN (RETRY_S << MIN (self->n_refresh_tries, 4), LONGEST_RETRY_S));
  self->n_refresh_tries++;
}

void
usher_session_renew_token (UsherSession *self)
{
  if (self->is_refreshing)
    return;
  if (self->refresh_token == NULL) {
    end_session (self, "token");
    return;
  }
  g_clear_handle_id (&self->refresh_id, g_source_remove);
  self->is_refreshing = TRUE;
  usher_rest_refresh_async (self->rest, self->refresh_token, self->device, self->cancellable,
                            renewed_cb, g_object_ref (self));
}

static void
renew_cb (gpointer user_data)
{
  UsherSession *self = user_data;

  self->refresh_id = 0;
  usher_session_renew_token (self);
}

/* --- Resuming ---------------------------------------------------------------------------------------- */

static void
resume_renewed_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  UsherSession *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (UsherSignedIn) signed_in =
    usher_rest_signed_in_finish (USHER_REST (source), result, &error);

  self->is_refreshing = FALSE;
  if (signed_in != NULL) {
    take_tokens (self, signed_in);
    g_task_return_boolean (task, TRUE);
    return;
  }
  /* The gateway is away: the agent sees what was known last, and this goes on trying. */
  if (g_error_matches (error, USHER_REST_ERROR, USHER_REST_ERROR_UNREACHABLE) ||
      g_error_matches (error, USHER_REST_ERROR, USHER_REST_ERROR_TRY_LATER)) {
    renew_in (self, RETRY_S);
    g_task_return_boolean (task, TRUE);
    return;
  }
  g_clear_pointer (&self->refresh_token, g_free);
  if (g_error_matches (error, USHER_REST_ERROR, USHER_REST_ERROR_TOKEN))
    usher_keyring_clear (self->keyring);
  return_rest_error (task, error);
}

static void
token_found_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  UsherSession *self = g_task_get_source_object (task);
  g_autofree char *token = usher_keyring_lookup_finish (USHER_KEYRING (source), result, NULL);

  if (g_task_return_error_if_cancelled (task))
    return;
  if (token == NULL) {
    g_task_return_new_error (task, USHER_SESSION_ERROR, USHER_SESSION_ERROR_SIGN_IN_NEEDED,
                             "The keyring holds no token");
    return;
  }
  g_free (self->refresh_token);
  self->refresh_token = g_steal_pointer (&token);
  self->is_refreshing = TRUE;
  usher_rest_refresh_async (self->rest, self->refresh_token, self->device,
                            g_task_get_cancellable (task), resume_renewed_cb, g_object_ref (task));
}

void
usher_session_resume_async (UsherSession        *self,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (USHER_IS_SESSION (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, usher_session_resume_async);
  usher_keyring_lookup_async (self->keyring, cancellable, token_found_cb, g_steal_pointer (&task));
}

gboolean
usher_session_resume_finish (UsherSession  *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- Signing in -------------------------------------------------------------------------------------- */

static void
signed_in_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  UsherSession *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (UsherSignedIn) signed_in =
    usher_rest_signed_in_finish (USHER_REST (source), result, &error);

  if (signed_in == NULL) {
    return_rest_error (task, error);
    return;
  }
  usher_connection_forget_session (self->connection);
  take_tokens (self, signed_in);
  g_task_return_boolean (task, TRUE);
}

void
usher_session_sign_in_async (UsherSession        *self,
                             const char          *login,
                             const char          *password,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (login != NULL && password != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, usher_session_sign_in_async);
  usher_rest_sign_in_async (self->rest, login, password, self->device, cancellable, signed_in_cb,
                            g_steal_pointer (&task));
}

gboolean
usher_session_sign_in_finish (UsherSession  *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- A new password -------------------------------------------------------------------------------------- */

static void
password_changed_cb (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  UsherSession *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (UsherSignedIn) signed_in =
    usher_rest_signed_in_finish (USHER_REST (source), result, &error);

  self->is_refreshing = FALSE;
  if (signed_in != NULL) {
    usher_connection_forget_session (self->connection);
    take_tokens (self, signed_in);
    g_task_return_boolean (task, TRUE);
    return;
  }
  /* What fell due meanwhile. */
  if (self->refresh_id == 0 && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    renew_in (self, RETRY_S);
  return_rest_error (task, error);
}

/* The gateway ends every session of this agent, this one too, and then answers with new tokens: until it has, the old ones are not
 * renewed, which would be refused and taken for the end. */
static void
change_own_password (UsherSession *self,
                     const char   *old_password,
                     const char   *new_password,
                     GTask        *task)
{
  self->is_refreshing = TRUE;
  usher_rest_password_async (self->rest, NULL, old_password, new_password, self->device,
                             g_task_get_cancellable (task), password_changed_cb, task);
}

void
usher_session_change_password_async (UsherSession        *self,
                                     const char          *login,
                                     const char          *old_password,
                                     const char          *new_password,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (new_password != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, usher_session_change_password_async);
  if (self->refresh_token != NULL)
    change_own_password (self, old_password, new_password, g_steal_pointer (&task));
  else
    usher_rest_password_async (self->rest, login, old_password, new_password, self->device,
                               cancellable, signed_in_cb, g_steal_pointer (&task));
}

gboolean
usher_session_change_password_finish (UsherSession  *self,
                                      GAsyncResult  *result,
                                      GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Nothing of this agent stays on the computer. */
static void
sign_out (UsherSession *self,
          gboolean      is_everywhere)
{
  usher_rest_sign_out (self->rest, is_everywhere);
  usher_outbox_clear (self->outbox);
  g_hash_table_remove_all (self->pending);
  g_hash_table_remove_all (self->drafts);
  usher_session_forget_all (self);
  usher_store_drop_all (self->store);
  self->log = 0;
  usher_session_set_self (self, 0, NULL, NULL, NULL, NULL);
  end_session (self, "sign-out");
}

void
usher_session_sign_out (UsherSession *self)
{
  g_return_if_fail (USHER_IS_SESSION (self));

  sign_out (self, FALSE);
}

void
usher_session_sign_out_everywhere (UsherSession *self)
{
  g_return_if_fail (USHER_IS_SESSION (self));

  sign_out (self, TRUE);
}
