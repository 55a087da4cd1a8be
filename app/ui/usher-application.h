/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * UsherApplication:
 *
 * Owns the session from sign-in to sign-out and shows it in a window. Options: `--gateway URL`, `--profile DIR`, `--background`, `--version`.
 *
 * It starts without the network: what is in the local store is shown at once, then the session connects.
 */
#define USHER_TYPE_APPLICATION (usher_application_get_type ())
G_DECLARE_FINAL_TYPE (UsherApplication, usher_application, USHER, APPLICATION, AdwApplication)

UsherApplication *usher_application_new (void);

G_END_DECLS
