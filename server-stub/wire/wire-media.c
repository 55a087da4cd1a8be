/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "wire-media"

#include "config.h"

#include <string.h>

#include "wire-text.h"
#include "wire-token.h"

static void
sign (gconstpointer  secret,
      gsize          secret_bytes,
      const char    *text,
      char           ret_signature[WIRE_MEDIA_SIGNATURE_CHARS + 1])
{
  guint8 mac[WIRE_SHA256_BYTES];

  wire_hmac_sha256 (secret, secret_bytes, text, strlen (text), mac);
  wire_hex_encode (mac, WIRE_MEDIA_SIGNATURE_CHARS / 2, ret_signature);
}

static WireStatus
check (const char *expected,
       const char *signature,
       gint64      expires_s,
       gint64      now_s)
{
  if (strlen (signature) != WIRE_MEDIA_SIGNATURE_CHARS ||
      !wire_equal_constant_time (expected, signature, WIRE_MEDIA_SIGNATURE_CHARS))
    return WIRE_FORGED;
  return now_s < expires_s ? WIRE_OK : WIRE_EXPIRED;
}

void
wire_media_sign (gconstpointer  secret,
                 gsize          secret_bytes,
                 const char    *path,
                 gint64         expires_s,
                 char           ret_signature[WIRE_MEDIA_SIGNATURE_CHARS + 1])
{
  g_autofree char *text = g_strdup_printf ("%s\n%" G_GINT64_FORMAT, path, expires_s);

  sign (secret, secret_bytes, text, ret_signature);
}

WireStatus
wire_media_check (gconstpointer  secret,
                  gsize          secret_bytes,
                  const char    *path,
                  gint64         expires_s,
                  const char    *signature,
                  gint64         now_s)
{
  char expected[WIRE_MEDIA_SIGNATURE_CHARS + 1];

  wire_media_sign (secret, secret_bytes, path, expires_s, expected);
  return check (expected, signature, expires_s, now_s);
}

void
wire_upload_sign (gconstpointer  secret,
                  gsize          secret_bytes,
                  const char    *path,
                  const char    *mime,
                  guint64        size_bytes,
                  gint64         expires_s,
                  char           ret_signature[WIRE_MEDIA_SIGNATURE_CHARS + 1])
{
  g_autofree char *text = g_strdup_printf ("PUT\n%s\n%s\n%" G_GUINT64_FORMAT "\n%" G_GINT64_FORMAT,
                                           path, mime, size_bytes, expires_s);

  sign (secret, secret_bytes, text, ret_signature);
}

WireStatus
wire_upload_check (gconstpointer  secret,
                   gsize          secret_bytes,
                   const char    *path,
                   const char    *mime,
                   guint64        size_bytes,
                   gint64         expires_s,
                   const char    *signature,
                   gint64         now_s)
{
  char expected[WIRE_MEDIA_SIGNATURE_CHARS + 1];

  wire_upload_sign (secret, secret_bytes, path, mime, size_bytes, expires_s, expected);
  return check (expected, signature, expires_s, now_s);
}

char *
wire_media_url (gconstpointer  secret,
                gsize          secret_bytes,
                const char    *path,
                gint64         expires_s)
{
  char signature[WIRE_MEDIA_SIGNATURE_CHARS + 1];

  wire_media_sign (secret, secret_bytes, path, expires_s, signature);
  return g_strdup_printf ("%s?exp=%" G_GINT64_FORMAT "&sig=%s", path, expires_s, signature);
}

char *
wire_upload_url (gconstpointer  secret,
                 gsize          secret_bytes,
                 const char    *path,
                 const char    *mime,
                 guint64        size_bytes,
                 gint64         expires_s)
{
  g_autofree char *escaped_mime = g_uri_escape_string (mime, NULL, FALSE);
  char signature[WIRE_MEDIA_SIGNATURE_CHARS + 1];

  wire_upload_sign (secret, secret_bytes, path, mime, size_bytes, expires_s, signature);
  return g_strdup_printf ("%s?mime=%s&size=%" G_GUINT64_FORMAT "&exp=%" G_GINT64_FORMAT "&sig=%s",
                          path, escaped_mime, size_bytes, expires_s, signature);
}
