/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-types.h"

G_BEGIN_DECLS

/**
 * UsherHit: a line that a search has found.
 *
 * Properties: `conv` `seq` (of a note its own number) `is-note` `ts-us` `role` `sender-name` `name` (of the visitor) `snippet` (one line)
 * `is-local` (it was found in what is held on this computer)
 */
#define USHER_TYPE_HIT (usher_hit_get_type ())
G_DECLARE_FINAL_TYPE (UsherHit, usher_hit, USHER, HIT, GObject)

UsherHit *usher_hit_new (guint64  conv,
                         guint64  seq,
                         gboolean is_note) G_GNUC_WARN_UNUSED_RESULT;

guint64 usher_hit_get_conv (UsherHit *self);
void usher_hit_set_conv (UsherHit *self,
                         guint64   value);
guint64 usher_hit_get_seq (UsherHit *self);
void usher_hit_set_seq (UsherHit *self,
                        guint64   value);
gboolean usher_hit_get_is_note (UsherHit *self);
void usher_hit_set_is_note (UsherHit *self,
                            gboolean  value);
gint64 usher_hit_get_ts_us (UsherHit *self);
void usher_hit_set_ts_us (UsherHit *self,
                          gint64    value);
UsherRole usher_hit_get_role (UsherHit *self);
void usher_hit_set_role (UsherHit  *self,
                         UsherRole  value);
const char *usher_hit_get_sender_name (UsherHit *self);
void usher_hit_set_sender_name (UsherHit   *self,
                                const char *value);
const char *usher_hit_get_name (UsherHit *self);
void usher_hit_set_name (UsherHit   *self,
                         const char *value);
const char *usher_hit_get_snippet (UsherHit *self);
void usher_hit_set_snippet (UsherHit   *self,
                            const char *value);
gboolean usher_hit_get_is_local (UsherHit *self);
void usher_hit_set_is_local (UsherHit *self,
                             gboolean  value);

/** usher_hit_set_marks: what of the snippet was looked for: @n_pairs times begin and length, in code points. */
void usher_hit_set_marks (UsherHit      *self,
                          const guint32 *marks,
                          guint          n_pairs);

/** usher_hit_get_marks: (transfer none) (array) */
const guint32 *usher_hit_get_marks (UsherHit *self,
                                    guint    *ret_n_pairs);

G_END_DECLS
