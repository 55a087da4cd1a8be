/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What the contract says about files that are no pictures, for widgets. */

/** usher_file_type_guess: (transfer none) (nullable): %NULL when the gateway does not take it. */
const char *usher_file_type_guess (const char *name,
                                   GBytes     *bytes);

/** usher_file_type_dup_name: (transfer full): under which to offer to save what a stranger sent; never a program's name. */
char *usher_file_type_dup_name (const char *name,
                                const char *mime);

G_END_DECLS
