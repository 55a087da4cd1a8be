/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "wire-json"

#include "config.h"

#include "wire-json-lexer.h"
#include "wire-json.h"

WireStatus
wire_json_scan (const char *text,
                gsize       n_bytes,
                guint       max_depth)
{
  WireJsonLexer in = { text, text + n_bytes, max_depth };

  if (n_bytes == 0)
    return WIRE_BAD_FRAME;
  WIRE_TRY (wire_json_skip_value (&in, 0, NULL));
  wire_json_skip_blanks (&in);
  return in.at == in.end ? WIRE_OK : WIRE_BAD_FRAME;
}

WireStatus
wire_json_scan_object (const char *text,
                       gsize       n_bytes,
                       guint       max_depth)
{
  WireJsonLexer in = { text, text + n_bytes, max_depth };

  if (n_bytes == 0 || wire_json_peek (&in) != '{')
    return WIRE_BAD_FRAME;
  return wire_json_scan (text, n_bytes, max_depth);
}
