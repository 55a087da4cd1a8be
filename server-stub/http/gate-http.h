/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * gate_http_main:
 * @index: as in `--index=N`
 *
 * The `http` worker's whole life: libsoup on GLib's main loop, its link to the core on descriptor 3, the operators'
 * listening socket on 4, the metric pages on 5. Clients' connections come from the edges as descriptors.
 *
 * Returns: the exit status
 */
int gate_http_main (guint index);

G_END_DECLS
