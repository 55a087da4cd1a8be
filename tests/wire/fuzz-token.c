/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tokens from strangers, and a site's JWT with a true signature around any header and claims. */
#include "config.h"

#include <string.h>

#include "wire-text.h"
#include "wire-token.h"
#include "wire-utf8.h"

#define NOW 1767225600

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

static void
verify_signed (const char *header,
               const char *claims)
{
  g_autofree char *head = g_malloc (WIRE_BASE64URL_CHARS (strlen (header)) + 1);
  g_autofree char *payload = g_malloc (WIRE_BASE64URL_CHARS (strlen (claims)) + 1);
  g_autofree char *text = NULL;
  g_autofree char *token = NULL;
  guint8 mac[WIRE_SHA256_BYTES];
  char signature[WIRE_BASE64URL_CHARS (WIRE_SHA256_BYTES) + 1];
  char subject[WIRE_JWT_MAX_SUBJECT_BYTES + 1];

  wire_base64url_encode ((const guint8 *) header, strlen (header), head);
  wire_base64url_encode ((const guint8 *) claims, strlen (claims), payload);
  text = g_strdup_printf ("%s.%s", head, payload);
  wire_hmac_sha256 ("s3cret", 6, text, strlen (text), mac);
  wire_base64url_encode (mac, sizeof mac, signature);
  token = g_strdup_printf ("%s.%s", text, signature);
  if (wire_jwt_verify (token, "s3cret", "ak_1", NOW, subject) == WIRE_OK)
    g_assert_true (*subject != '\0' && wire_utf8_is_valid (subject, strlen (subject)));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  static const guint8 key[WIRE_RESUME_KEY_BYTES];
  g_autofree char *text = g_strndup ((const char *) data, n_bytes);
  char subject[WIRE_JWT_MAX_SUBJECT_BYTES + 1];
  guint8 digest[WIRE_SHA256_BYTES];
  WireResume resume;
  char *newline;

  g_assert_cmpint (wire_resume_open (text, key, NOW, &resume), !=, WIRE_OK);
  g_assert_cmpint (wire_jwt_verify (text, "s3cret", "ak_1", NOW, subject), !=, WIRE_OK);
  wire_opaque_hash (WIRE_OPAQUE_ACCESS, text, digest);
  wire_visitor_key_is_anonymous (text);
  newline = strchr (text, '\n');
  if (newline != NULL) {
    *newline = '\0';
    verify_signed (text, newline + 1);
  }
  return 0;
}
