/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session.h"

G_BEGIN_DECLS

/**
 * verbose_json_write:
 *
 * Appends @frame as ordinary JSON, the way most chat services write theirs: an envelope with the type, the request and the
 * conversation, then the data; fields under whole names; conversations, messages and people as UUIDs, times as ISO 8601 with
 * milliseconds, enumerations as words. No spaces; numbers and texts that are nothing are left out as in our own
 * JSON, roles and booleans never.
 */
void verbose_json_write (const SessionFrame *frame,
                         WireBuffer         *out);

G_END_DECLS
