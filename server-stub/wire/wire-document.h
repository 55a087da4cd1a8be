/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Files that are no pictures and that people send each other: PDF, text, office, zip, voice notes. Both ends know the same ones; no
 * browser and no console runs or opens any of them, they are only ever saved (`SECURITY.md` 2.12). Voice notes are also played.
 */

/**
 * wire_document_guess: what a file is sent as.
 * @name: (nullable): its extension decides between kinds whose first bytes are the same
 *
 * Returns: (transfer none) (nullable): %NULL when files of that kind are not taken
 */
const char *wire_document_guess (const char   *name,
                                 const guint8 *data,
                                 gsize         n_bytes);

/** wire_document_find: (transfer none) (nullable): @mime as a static string; %NULL when it is none of these kinds. */
const char *wire_document_find (const char *mime);

/** wire_document_agrees: whether the bytes of a whole file may be of the kind @mime. */
gboolean wire_document_agrees (const char   *mime,
                               const guint8 *data,
                               gsize         n_bytes);

/**
 * wire_document_dup_name: (transfer full): a name to save a file under.
 * @name: (nullable): what a stranger calls it
 * @mime: (nullable): what it is
 *
 * One part, no control and no invisible character, at most 125 characters and the 255 bytes file systems take; it ends in
 * an extension of these kinds, so that no shell takes a text for a program: in that of @name when it is one, however long
 * @name is. A name made here stays as it is.
 */
char *wire_document_dup_name (const char *name,
                              const char *mime);

G_END_DECLS
