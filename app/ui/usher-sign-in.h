/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * UsherSignIn:
 *
 * The sign-in page. It knows no session: it asks, and is told how it went.
 *
 * Signals: `submit` (const char *gateway_url, const char *login, const char *password); `change-password` (const char *login, const char
 * *one_time_password, const char *new_password).
 */
#define USHER_TYPE_SIGN_IN (usher_sign_in_get_type ())
G_DECLARE_FINAL_TYPE (UsherSignIn, usher_sign_in, USHER, SIGN_IN, GtkWidget)

GtkWidget *usher_sign_in_new (void);
void usher_sign_in_set_defaults (UsherSignIn *self,
                                 const char  *gateway_url,
                                 const char  *login);

/** usher_sign_in_set_busy: while an answer is awaited nothing can be typed or pressed. */
void usher_sign_in_set_busy (UsherSignIn *self,
                             gboolean     is_busy);

/** usher_sign_in_set_problem: @text: (nullable): a sentence that says what to do */
void usher_sign_in_set_problem (UsherSignIn *self,
                                const char  *text);

/** usher_sign_in_ask_new_password: the password was a one-time password. */
void usher_sign_in_ask_new_password (UsherSignIn *self);

/** usher_sign_in_reset: back to the first question, no password kept. */
void usher_sign_in_reset (UsherSignIn *self);

G_END_DECLS
