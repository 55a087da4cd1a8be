/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON Web Tokens (RFC 7519, 7515) as far as a site may use them: HS256, compact form. The signature is checked before
 * a claim is read; no algorithm but the one is ever looked up by its name.
 */
#define G_LOG_DOMAIN "wire-token"

#include "config.h"

#include <string.h>

#include "wire-json-lexer.h"
#include "wire-json.h"
#include "wire-text.h"
#include "wire-token.h"
#include "wire-utf8.h"

#define MAX_LIFE_S (G_GINT64_CONSTANT (24) * 60 * 60)
#define MAX_PART   (WIRE_JWT_MAX_CHARS * 3 / 4 + 1)
#define MAX_DEPTH  8
#define MAX_TIME_S G_GINT64_CONSTANT (253402300799) /* the end of the year 9999 */

typedef struct {
  WireText header;
  WireText payload;
  WireText signature;
  WireText signed_part; /* header.payload */
} Parts;

static gboolean
split (const char *token,
       Parts      *ret_parts)
{
  const char *first = strchr (token, '.');
  const char *second = first != NULL ? strchr (first + 1, '.') : NULL;

  if (second == NULL || strchr (second + 1, '.') != NULL || strlen (token) > WIRE_JWT_MAX_CHARS)
    return FALSE;
  ret_parts->header = (WireText){ token, (gsize) (first - token) };
  ret_parts->payload = (WireText){ first + 1, (gsize) (second - first) - 1 };
  ret_parts->signature = (WireText){ second + 1, strlen (second + 1) };
  ret_parts->signed_part = (WireText){ token, (gsize) (second - token) };
  return TRUE;
}

/* The object in one part, decoded into @buffer. */
static WireStatus
read_object (WireText  part,
             guint8    buffer[MAX_PART],
             WireText *ret_object)
{
  gsize n_bytes;

  if (!wire_base64url_decode (part.data, part.n_bytes, buffer, &n_bytes))
    return WIRE_BAD_FRAME;
  if (wire_json_scan_object ((const char *) buffer, n_bytes, MAX_DEPTH) != WIRE_OK)
    return WIRE_BAD_FRAME;
  *ret_object = (WireText){ (const char *) buffer, n_bytes };
  return WIRE_OK;
}

static gboolean
value_is_string (WireText    value,
                 const char *wanted)
{
  return value.n_bytes == strlen (wanted) + 2 && value.data[0] == '"' &&
         memcmp (value.data + 1, wanted, strlen (wanted)) == 0;
}

static WireStatus
check_header (WireText part)
{
  guint8 buffer[MAX_PART];
  WireText header;
  WireText value;

  WIRE_TRY (read_object (part, buffer, &header));
  if (wire_json_find_member (header, "alg", &value) != 1)
    return WIRE_BAD_FRAME;
  if (!value_is_string (value, "HS256"))
    return WIRE_UNSUPPORTED;
  /* RFC 7515 4.1.11: what must be understood and is not. */
  return wire_json_find_member (header, "crit", &value) > 0 ? WIRE_UNSUPPORTED : WIRE_OK;
}

static WireStatus
check_signature (const Parts *parts,
                 const char  *secret)
{
  guint8 mac[WIRE_SHA256_BYTES];
  guint8 given[WIRE_SHA256_BYTES];
  gsize n_bytes = 0;

  if (parts->signature.n_bytes != WIRE_BASE64URL_CHARS (WIRE_SHA256_BYTES) ||
      !wire_base64url_decode (parts->signature.data, parts->signature.n_bytes, given, &n_bytes))
    return WIRE_FORGED;
  wire_hmac_sha256 (secret, strlen (secret), parts->signed_part.data, parts->signed_part.n_bytes,
                    mac);
  return wire_equal_constant_time (mac, given, sizeof mac) ? WIRE_OK : WIRE_FORGED;
}

static gboolean
read_time (WireText    claims,
           const char *name,
           gint64     *ret_time_s)
{
  WireText value;
  WireJsonLexer in;

  if (wire_json_find_member (claims, name, &value) != 1)
    return FALSE;
  in = (WireJsonLexer){ value.data, value.data + value.n_bytes, 0 };
  return wire_json_read_integer (&in, ret_time_s) == WIRE_OK && in.at == in.end &&
         *ret_time_s >= 0 && *ret_time_s <= MAX_TIME_S;
}

static WireStatus
check_times (WireText claims,
             gint64   now_s)
{
  WireText value;
  gint64 expires_s;
  gint64 not_before_s;

  if (!read_time (claims, "exp", &expires_s))
    return WIRE_BAD_FRAME;
  if (now_s >= expires_s || expires_s - now_s > MAX_LIFE_S)
    return WIRE_EXPIRED;
  if (wire_json_find_member (claims, "nbf", &value) == 0)
    return WIRE_OK;
  if (!read_time (claims, "nbf", &not_before_s))
    return WIRE_BAD_FRAME;
  return not_before_s <= now_s ? WIRE_OK : WIRE_EXPIRED;
}

static gboolean
list_has_string (WireText    list,
                 const char *wanted)
{
  WireJsonLexer in = { list.data, list.data + list.n_bytes, MAX_DEPTH };
  gboolean is_first = TRUE;
  gboolean is_item;
  WireText value;

  if (!wire_json_take (&in, '['))
    return FALSE;
  while (wire_json_next_item (&in, &is_first, &is_item) == WIRE_OK && is_item) {
    if (wire_json_skip_value (&in, 1, &value) != WIRE_OK)
      return FALSE;
    if (value_is_string (value, wanted))
      return TRUE;
  }
  return FALSE;
}

static WireStatus
read_subject (WireText claims,
              char     ret_subject[WIRE_JWT_MAX_SUBJECT_BYTES + 1])
{
  WireJsonLexer in;
  WireJsonString string;
  WireText value;
  char text[6 * WIRE_JWT_MAX_SUBJECT_BYTES + 1];
  gsize n_bytes;

  if (wire_json_find_member (claims, "sub", &value) != 1)
    return WIRE_BAD_FRAME;
  in = (WireJsonLexer){ value.data, value.data + value.n_bytes, 0 };
  if (wire_json_read_string (&in, &string) != WIRE_OK || string.raw.n_bytes >= sizeof text)
    return WIRE_BAD_FRAME;
  n_bytes = wire_json_unescape (&string, text);
  if (n_bytes == 0 || n_bytes > WIRE_JWT_MAX_SUBJECT_BYTES)
    return WIRE_BAD_FRAME;
  memcpy (ret_subject, text, n_bytes + 1);
  return WIRE_OK;
}

static WireStatus
check_claims (WireText    part,
              const char *audience,
              gint64      now_s,
              char        ret_subject[WIRE_JWT_MAX_SUBJECT_BYTES + 1])
{
  guint8 buffer[MAX_PART];
  WireText claims;
  WireText value;

  WIRE_TRY (read_object (part, buffer, &claims));
  if (wire_json_find_member (claims, "aud", &value) != 1)
    return WIRE_BAD_FRAME;
  if (!value_is_string (value, audience) && !list_has_string (value, audience))
    return WIRE_FORGED;
  WIRE_TRY (check_times (claims, now_s));
  return read_subject (claims, ret_subject);
}

WireStatus
wire_jwt_verify (const char *token,
                 const char *secret,
                 const char *audience,
                 gint64      now_s,
                 char        ret_subject[WIRE_JWT_MAX_SUBJECT_BYTES + 1])
{
  Parts parts;

  if (*secret == '\0' || *audience == '\0' || !split (token, &parts))
    return WIRE_BAD_FRAME;
  WIRE_TRY (check_header (parts.header));
  WIRE_TRY (check_signature (&parts, secret));
  return check_claims (parts.payload, audience, now_s, ret_subject);
}
