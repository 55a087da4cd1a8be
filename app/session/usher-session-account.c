/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-session"
#include "config.h"

#include "usher-session-private.h"

/* What stays of this agent on this computer, and how it goes. */

static void
is_kept_cb (UsherKeyring *keyring,
            GParamSpec   *pspec,
            UsherSession *self)
{
  g_object_notify (G_OBJECT (self), "keeps-sign-in");
}

void
usher_session_account_init (UsherSession *self)
{
  g_signal_connect_object (self->keyring, "notify::is-kept", G_CALLBACK (is_kept_cb), self, 0);
}

void
usher_session_keep_signed_in (UsherSession *self)
{
  g_return_if_fail (USHER_IS_SESSION (self));

  if (self->refresh_token != NULL)
    usher_keyring_store_asking (self->keyring, self->refresh_token);
}

guint
usher_session_get_n_unsent (UsherSession *self)
{
  g_return_val_if_fail (USHER_IS_SESSION (self), 0);

  return g_hash_table_size (self->pending);
}

void
usher_session_forget (UsherSession *self)
{
  g_return_if_fail (USHER_IS_SESSION (self));

  usher_session_sign_out (self);
  usher_store_forget (self->store);
}
