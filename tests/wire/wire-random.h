/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "wire-frame.h"

G_BEGIN_DECLS

/** wire_random_text: (transfer none): valid UTF-8 of every length of character, with what JSON must escape. */
char *wire_random_text (WireArena *arena,
                        GRand     *rand);

/** wire_random_frame: (transfer none): a frame of that kind, its fields filled at random within the limits. */
Gate__V1__Frame *wire_random_frame (WireArena                 *arena,
                                    GRand                     *rand,
                                    Gate__V1__Frame__BodyCase  kind);

/** wire_random_kinds: every body of `Frame`; @ret_n_kinds of them. */
const Gate__V1__Frame__BodyCase *wire_random_kinds (guint *ret_n_kinds);

G_END_DECLS
