/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** GateKeys: the secrets of a node, made at its first start and kept in `<data>/keys` (0600). */
typedef struct {
  guint8 resume_key[32];
  guint8 media_secret[32];
  char ops_token[44]; /* base64url, NUL-terminated; also readable in <data>/ops.token */
} GateKeys;

/** gate_random: cryptographic random bytes (getrandom); aborts when the kernel has none. */
void gate_random (gpointer buffer,
                  gsize    n_bytes);

/** gate_data_dir_prepare: makes @dir 0700 with its folder `media`; refuses one that others may read. */
gboolean gate_data_dir_prepare (const char  *dir,
                                GError     **error);
gboolean gate_keys_load (GateKeys    *ret_keys,
                         const char  *dir,
                         GError     **error);

G_END_DECLS
