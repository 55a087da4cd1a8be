/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "wire-frame.h"

G_BEGIN_DECLS

/**
 * gate_list_merge:
 * @arena: for working memory
 * @older: a packed frame with a List that waits
 * @newer: a List of the same kind
 * @out: gets one packed frame that says what both say: rows of @newer win, its `gone` strikes rows of @older; a
 *   `reset` in @newer makes @older worthless
 */
void gate_list_merge (WireArena            *arena,
                      const guint8         *older,
                      gsize                 older_bytes,
                      const Gate__V1__List *newer,
                      WireBuffer           *out);

G_END_DECLS
