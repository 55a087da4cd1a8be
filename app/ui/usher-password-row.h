/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "usher-session.h"

G_BEGIN_DECLS

/** UsherPasswordRow: a new password while signed in: unfolds to the present one and twice the new. */
#define USHER_TYPE_PASSWORD_ROW (usher_password_row_get_type ())
G_DECLARE_FINAL_TYPE (UsherPasswordRow, usher_password_row, USHER, PASSWORD_ROW, AdwExpanderRow)

void usher_password_row_set_session (UsherPasswordRow *self,
                                     UsherSession     *session);

G_END_DECLS
