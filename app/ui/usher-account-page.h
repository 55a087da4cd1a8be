/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "usher-session.h"

G_BEGIN_DECLS

/**
 * UsherAccountPage: who I am here, how I stay signed in, and how I leave. What ends the session are actions of the application: `app.sign-out`,
 * `app.sign-out-everywhere` and `app.forget`, activated on the window that the preferences are shown for.
 */
#define USHER_TYPE_ACCOUNT_PAGE (usher_account_page_get_type ())
G_DECLARE_FINAL_TYPE (UsherAccountPage, usher_account_page, USHER, ACCOUNT_PAGE, AdwPreferencesPage)

/** usher_account_page_set: once. */
void usher_account_page_set (UsherAccountPage *self,
                             GSettings        *settings,
                             UsherSession     *session);

G_END_DECLS
