/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GATE_PASSWORD_MIN_CHARACTERS 8
#define GATE_PASSWORD_MAX_BYTES      256

/**
 * gate_password_hash:
 *
 * Argon2id, 64 MiB, three passes. Source: `SECURITY.md` 2.3.
 *
 * Returns: (transfer full): the string that crypto_pwhash_str_verify() takes; %NULL when memory is short
 */
char *gate_password_hash (const char *password) G_GNUC_WARN_UNUSED_RESULT;

/** gate_password_new: (transfer full): four groups of four letters and digits that are not mistaken: 77 bits */
char *gate_password_new (void) G_GNUC_WARN_UNUSED_RESULT;

/** gate_password_read: (transfer full): one line of @fd; %NULL with @error set when it is too short or too long */
char *gate_password_read (int      fd,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** gate_password_free: overwrites it first */
void gate_password_free (char *password);

G_END_DECLS
