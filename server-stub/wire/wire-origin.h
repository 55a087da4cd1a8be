/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "wire-status.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * wire_origin_matches:
 * @origin: value of an `Origin` header
 * @pattern: `scheme://host[:port]`, exact; `http://127.0.0.1:*` takes any port, and none
 *
 * Compares byte by byte after the browser's own serialisation (RFC 6454: scheme and host in lower case, no default port, no
 * path). There are no wildcards in host names and no suffixes: they are how allow-lists are got round.
 */
gboolean wire_origin_matches (WireText    origin,
                              const char *pattern);

/** wire_origin_is_allowed: whether one of @patterns (array zero-terminated) (nullable) takes it. */
gboolean wire_origin_is_allowed (WireText           origin,
                                 const char *const *patterns);

/** wire_origin_pattern_is_valid: for configuration: whether @pattern could ever match something. */
gboolean wire_origin_pattern_is_valid (const char *pattern);

G_END_DECLS
