/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "wire-token"

#include "config.h"

#include "wire-token.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <string.h>

#include "wire-frame.h"
#include "wire-text.h"
#include "wire-utf8.h"

#define RESUME_PREFIX      "r1."
#define RESUME_VERSION     1
#define RESUME_MAC_BYTES   16u
#define RESUME_PLAIN_BYTES 26u /* version 1, key id 1, session 8, peer 8, generation 4, expiry 4 */
#define RESUME_BYTES       (RESUME_PLAIN_BYTES + RESUME_MAC_BYTES)

#define VISITOR_PREFIX "vk_"

void
wire_sha256 (gconstpointer data,
             gsize         n_bytes,
             guint8        ret_digest[WIRE_SHA256_BYTES])
{
  SHA256 (data, n_bytes, ret_digest);
}

void
wire_hmac_sha256 (gconstpointer key,
                  gsize         key_bytes,
                  gconstpointer data,
                  gsize         n_bytes,
                  guint8        ret_mac[WIRE_SHA256_BYTES])
{
  guint n_mac_bytes = WIRE_SHA256_BYTES;

  g_assert (key_bytes <= G_MAXINT);
  if (HMAC (EVP_sha256 (), key, (int) key_bytes, data, n_bytes, ret_mac, &n_mac_bytes) == NULL)
    g_error ("HMAC-SHA256 failed: out of memory");
}

gboolean
wire_equal_constant_time (gconstpointer a,
                          gconstpointer b,
                          gsize         n_bytes)
{
  return CRYPTO_memcmp (a, b, n_bytes) == 0;
}

/* --- Resume tokens ---------------------------------------------------------------------------- */

static void
put_big_endian (guint8  *at,
                guint64  value,
                guint    n_bytes)
{
  for (; n_bytes > 0; value >>= 8)
    at[--n_bytes] = (guint8) value;
}

static guint64
get_big_endian (const guint8 *at,
                guint         n_bytes)
{
  guint64 value = 0;

  for (guint i = 0; i < n_bytes; i++)
    value = value << 8 | at[i];
  return value;
}

void
wire_resume_seal (const WireResume *resume,
                  const guint8      key[WIRE_RESUME_KEY_BYTES],
                  guint8            key_id,
                  char              ret_token[WIRE_RESUME_CHARS + 1])
{
  guint8 bytes[RESUME_BYTES];
  guint8 mac[WIRE_SHA256_BYTES];

  bytes[0] = RESUME_VERSION;
  bytes[1] = key_id;
  put_big_endian (bytes + 2, resume->session, 8);
  put_big_endian (bytes + 10, resume->peer, 8);
  put_big_endian (bytes + 18, resume->generation, 4);
  put_big_endian (bytes + 22, resume->expires_s, 4);
  wire_hmac_sha256 (key, WIRE_RESUME_KEY_BYTES, bytes, RESUME_PLAIN_BYTES, mac);
  memcpy (bytes + RESUME_PLAIN_BYTES, mac, RESUME_MAC_BYTES);
  g_strlcpy (ret_token, RESUME_PREFIX, WIRE_RESUME_CHARS + 1);
  wire_base64url_encode (bytes, sizeof bytes, ret_token + strlen (RESUME_PREFIX));
}

static gboolean
decode_resume (const char *token,
               guint8      ret_bytes[RESUME_BYTES])
{
  gsize prefix_chars = strlen (RESUME_PREFIX);
  gsize n_bytes = 0;

  return strlen (token) == WIRE_RESUME_CHARS && g_str_has_prefix (token, RESUME_PREFIX) &&
         wire_base64url_decode (token + prefix_chars, WIRE_RESUME_CHARS - prefix_chars, ret_bytes,
                                &n_bytes) &&
         n_bytes == RESUME_BYTES && ret_bytes[0] == RESUME_VERSION;
}

int
wire_resume_key_id (const char *token)
{
  guint8 bytes[RESUME_BYTES];

  return decode_resume (token, bytes) ? bytes[1] : -1;
}

WireStatus
wire_resume_open (const char   *token,
                  const guint8  key[WIRE_RESUME_KEY_BYTES],
                  gint64        now_s,
                  WireResume   *ret_resume)
{
  guint8 bytes[RESUME_BYTES];
  guint8 mac[WIRE_SHA256_BYTES];

  if (!decode_resume (token, bytes))
    return WIRE_BAD_FRAME;
  wire_hmac_sha256 (key, WIRE_RESUME_KEY_BYTES, bytes, RESUME_PLAIN_BYTES, mac);
  if (!wire_equal_constant_time (mac, bytes + RESUME_PLAIN_BYTES, RESUME_MAC_BYTES))
    return WIRE_FORGED;
  *ret_resume = (WireResume){
    .session = get_big_endian (bytes + 2, 8),
    .peer = get_big_endian (bytes + 10, 8),
    .generation = (guint32) get_big_endian (bytes + 18, 4),
    .expires_s = (guint32) get_big_endian (bytes + 22, 4),
  };
  return now_s < (gint64) ret_resume->expires_s ? WIRE_OK : WIRE_EXPIRED;
}

/* --- Visitors --------------------------------------------------------------------------------- */

void
wire_visitor_key_make (const guint8 random[WIRE_VISITOR_KEY_RANDOM_BYTES],
                       char         ret_key[WIRE_VISITOR_KEY_CHARS + 1])
{
  char text[WIRE_BASE64URL_CHARS (WIRE_VISITOR_KEY_RANDOM_BYTES) + 1];
  gsize prefix_chars = strlen (VISITOR_PREFIX);

  wire_base64url_encode (random, WIRE_VISITOR_KEY_RANDOM_BYTES, text);
  memcpy (ret_key, VISITOR_PREFIX, prefix_chars);
  memcpy (ret_key + prefix_chars, text, WIRE_VISITOR_KEY_CHARS - prefix_chars);
  ret_key[WIRE_VISITOR_KEY_CHARS] = '\0';
}

static gboolean
is_base64url (const char *text)
{
  for (; *text != '\0'; text++)
    if (!g_ascii_isalnum (*text) && *text != '-' && *text != '_')
      return FALSE;
  return TRUE;
}

gboolean
wire_visitor_key_is_anonymous (const char *key)
{
  return strlen (key) == WIRE_VISITOR_KEY_CHARS && g_str_has_prefix (key, VISITOR_PREFIX) &&
         is_base64url (key);
}

gboolean
wire_visitor_signature_check (const char   *app_secret,
                              const char   *visitor_key,
                              const guint8 *signature,
                              gsize         n_bytes)
{
  guint8 mac[WIRE_SHA256_BYTES];

  if (n_bytes != WIRE_SHA256_BYTES || *app_secret == '\0')
    return FALSE;
  wire_hmac_sha256 (app_secret, strlen (app_secret), visitor_key, strlen (visitor_key), mac);
  return wire_equal_constant_time (mac, signature, WIRE_SHA256_BYTES);
}

guint64
wire_visitor_identify (const char *app,
                       const char *visitor_key,
                       guint8      ret_digest[WIRE_VISITOR_DIGEST_BYTES])
{
  g_auto (WireBuffer) text = WIRE_BUFFER_INIT;
  guint8 digest[WIRE_SHA256_BYTES];
  guint64 number;

  wire_buffer_append_text (&text, app);
  wire_buffer_append_byte (&text, ':');
  wire_buffer_append_text (&text, visitor_key);
  wire_sha256 (text.data, text.n_bytes, digest);
  if (ret_digest != NULL)
    memcpy (ret_digest, digest, WIRE_VISITOR_DIGEST_BYTES);
  number = get_big_endian (digest, 8) >> 11;
  return number != 0 ? number : 1;
}

/* --- Agents' tokens --------------------------------------------------------------------------- */

static const char *const opaque_prefixes[] = {
  [WIRE_OPAQUE_ACCESS] = "ga_",
  [WIRE_OPAQUE_REFRESH] = "gr_",
};

void
wire_opaque_make (WireOpaqueKind kind,
                  const guint8   random[WIRE_OPAQUE_RANDOM_BYTES],
                  char           ret_token[WIRE_OPAQUE_CHARS + 1])
{
  gsize prefix_chars = strlen (opaque_prefixes[kind]);

  memcpy (ret_token, opaque_prefixes[kind], prefix_chars);
  wire_base64url_encode (random, WIRE_OPAQUE_RANDOM_BYTES, ret_token + prefix_chars);
}

gboolean
wire_opaque_hash (WireOpaqueKind  kind,
                  const char     *token,
                  guint8          ret_digest[WIRE_SHA256_BYTES])
{
  if (strlen (token) != WIRE_OPAQUE_CHARS || !g_str_has_prefix (token, opaque_prefixes[kind]) ||
      !is_base64url (token + strlen (opaque_prefixes[kind])))
    return FALSE;
  wire_sha256 (token, WIRE_OPAQUE_CHARS, ret_digest);
  return TRUE;
}
