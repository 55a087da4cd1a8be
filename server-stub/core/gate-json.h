/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The little JSON that rows and profiles hold. Every text is checked by wire_json_scan() first, so what follows only walks
 * valid JSON. Anything else reads as empty.
 */

/** gate_json_read_strings: (transfer full) (array zero-terminated): of an array; its strings, at most 64. */
char **gate_json_read_strings (const char *json) G_GNUC_WARN_UNUSED_RESULT;

/** gate_json_write_strings: (transfer full): ["a","b"]. */
char *gate_json_write_strings (char **strings) G_GNUC_WARN_UNUSED_RESULT;

/** gate_json_dup_string: (transfer full) (nullable): the string member @key of an object. */
char *gate_json_dup_string (const char *json,
                            const char *key) G_GNUC_WARN_UNUSED_RESULT;

/** gate_json_dup_object: (transfer full) (nullable): the text of the object member @key. */
char *gate_json_dup_object (const char *json,
                            const char *key) G_GNUC_WARN_UNUSED_RESULT;

/** gate_json_merge: (transfer full) (nullable): members of @change over those of @base; null takes one away. */
char *gate_json_merge (const char *base,
                       const char *change) G_GNUC_WARN_UNUSED_RESULT;

/** gate_json_dup_nulls: (transfer full): an object with a null for each member of @a and of @b (nullable): merged over
 * another, it takes these away. */
char *gate_json_dup_nulls (const char *a,
                           const char *b) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
