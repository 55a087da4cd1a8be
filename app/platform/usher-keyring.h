/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * UsherKeyring:
 *
 * The refresh token in the desktop's keyring, one for each gateway and profile. Without a keyring, or with a locked one, there is no token
 * and the agent types the password at each start: it is never kept anywhere else.
 *
 * Nothing here asks or waits for a person, but for usher_keyring_store_asking(): looking up does not ask to unlock, a token for which a
 * keyring would have to be made or unlocked first is not kept, and every call gives up after a time.
 *
 * Property: is-kept (gboolean): the token given last is in the keyring, as far as is known; the next start needs no password
 */
#define USHER_TYPE_KEYRING (usher_keyring_get_type ())
G_DECLARE_FINAL_TYPE (UsherKeyring, usher_keyring, USHER, KEYRING, GObject)

/** usher_keyring_new: @profile: names the token among those of other profiles for the same gateway. */
UsherKeyring *
usher_keyring_new (const char *gateway_url, const char *profile) G_GNUC_WARN_UNUSED_RESULT;

/** usher_keyring_set_timeout_ms: how long to wait for an answer; 5,000 by default. */
void usher_keyring_set_timeout_ms (UsherKeyring *self,
                                   guint         timeout_ms);
void usher_keyring_lookup_async (UsherKeyring        *self,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data);

/** usher_keyring_lookup_finish: (transfer full) (nullable): %NULL without @error when there is none to be had. */
char *usher_keyring_lookup_finish (UsherKeyring  *self,
                                   GAsyncResult  *result,
                                   GError       **error);

/** usher_keyring_store: keeps @token; when it cannot be kept `is-kept` says so. The latest call wins. */
void usher_keyring_store (UsherKeyring *self,
                          const char   *token);

/** usher_keyring_store_asking: the same, and the desktop may ask for a password: because a person wants it kept. */
void usher_keyring_store_asking (UsherKeyring *self,
                                 const char   *token);
gboolean usher_keyring_get_is_kept (UsherKeyring *self);
void usher_keyring_clear (UsherKeyring *self);

G_END_DECLS
