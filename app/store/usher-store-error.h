/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  USHER_STORE_ERROR_IN_USE,  /* another console has this profile open */
  USHER_STORE_ERROR_FULL,    /* no room on the disk */
  USHER_STORE_ERROR_CORRUPT, /* not a database, or a broken one */
  USHER_STORE_ERROR_TOO_NEW, /* made by a later version of this program */
  USHER_STORE_ERROR_TIME,    /* it was given no longer */
  USHER_STORE_ERROR_FAILED,  /* anything else: permissions, input and output */
} UsherStoreError;

#define USHER_STORE_ERROR (usher_store_error_quark ())
GQuark usher_store_error_quark (void);

G_END_DECLS
