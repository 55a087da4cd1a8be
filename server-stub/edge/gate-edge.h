/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * gate_edge_main: the whole life of an edge process.
 * @index: of this worker among those of its node
 *
 * Finds its link, its listening socket and the metric pages on the descriptors named in gate-link.h; takes its
 * configuration from the core; enters the sandbox; serves clients until it is told to stop or the link breaks.
 *
 * Returns: the process's exit status
 */
int gate_edge_main (guint index);

G_END_DECLS
