/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "wire-status"

#include "config.h"

#include "wire-status.h"

#include <string.h>

static const char *const status_names[] = {
  [WIRE_OK] = "ok",
  [WIRE_NEED_MORE] = "need_more",
  [WIRE_BAD_FRAME] = "bad_frame",
  [WIRE_BAD_UTF8] = "bad_utf8",
  [WIRE_TOO_LARGE] = "too_large",
  [WIRE_UNSUPPORTED] = "unsupported",
  [WIRE_FORGED] = "forged",
  [WIRE_EXPIRED] = "expired",
};

const char *
wire_status_name (WireStatus status)
{
  g_assert ((gsize) status < G_N_ELEMENTS (status_names));
  return status_names[status];
}

gboolean
wire_text_equals (WireText    text,
                  const char *literal)
{
  return text.data != NULL && text.n_bytes == strlen (literal) &&
         memcmp (text.data, literal, text.n_bytes) == 0;
}

char *
wire_text_dup (WireText text)
{
  return text.data != NULL ? g_strndup (text.data, text.n_bytes) : NULL;
}
