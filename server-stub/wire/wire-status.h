/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WireStatus:
 *
 * What became of bytes from a stranger. An enum and not a #GError: a hostile peer may fail a million times a
 * second and must not make us allocate.
 */
typedef enum {
  WIRE_OK,
  WIRE_NEED_MORE,   /* valid so far, but not complete */
  WIRE_BAD_FRAME,   /* breaks the format: 400 `bad_frame`, close 1002 */
  WIRE_BAD_UTF8,    /* text that is no UTF-8: close 1007 */
  WIRE_TOO_LARGE,   /* over a limit: 413 `too_large`, 431, close 1009 */
  WIRE_UNSUPPORTED, /* well-formed, but of a version or kind we do not speak */
  WIRE_FORGED,      /* the signature does not match */
  WIRE_EXPIRED,     /* the signature matches, its time is over */
} WireStatus;

/** wire_status_name: (transfer none): such as `bad_frame`; for labels and tests. */
const char *wire_status_name (WireStatus status);

/** WIRE_TRY: returns from the caller when @expression is not %WIRE_OK. The only macro that hides a return. */
#define WIRE_TRY(expression)                    \
  G_STMT_START                                  \
  {                                             \
    WireStatus wire_try_status_ = (expression); \
    if (wire_try_status_ != WIRE_OK)            \
      return wire_try_status_;                  \
  }                                             \
  G_STMT_END

/** WireSpan: bytes that belong to somebody else and may be changed in place (unmasking). */
typedef struct {
  guint8 *data; /* borrowed */
  gsize n_bytes;
} WireSpan;

/** WireText: a piece of text that belongs to somebody else; not NUL-terminated. */
typedef struct {
  const char *data; /* (nullable) borrowed; %NULL = absent */
  gsize n_bytes;
} WireText;

/** wire_text_equals: whether @text is exactly @literal. */
gboolean wire_text_equals (WireText    text,
                           const char *literal);

/** wire_text_dup: (transfer full) (nullable): a NUL-terminated copy, %NULL where the text is absent. */
char *wire_text_dup (WireText text) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
