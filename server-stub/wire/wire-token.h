/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "wire-status.h"

#include <glib.h>

G_BEGIN_DECLS

/* Tokens and signatures. Randomness and time are given by the caller; every comparison of a secret takes constant time. */

#define WIRE_SHA256_BYTES 32u

void wire_sha256 (gconstpointer data,
                  gsize         n_bytes,
                  guint8        ret_digest[WIRE_SHA256_BYTES]);
void wire_hmac_sha256 (gconstpointer key,
                       gsize         key_bytes,
                       gconstpointer data,
                       gsize         n_bytes,
                       guint8        ret_mac[WIRE_SHA256_BYTES]);

/** wire_equal_constant_time: whether @n_bytes are the same, in a time that does not tell where they differ. */
gboolean wire_equal_constant_time (gconstpointer a,
                                   gconstpointer b,
                                   gsize         n_bytes);

/* --- Resume tokens: `PROTOCOLS.md` 2d.5 point 4 --------------------------------------------------- */

#define WIRE_RESUME_KEY_BYTES 32u
#define WIRE_RESUME_CHARS     59u

typedef struct {
  guint64 session;
  guint64 peer; /* visitor, or on an agent's session the agent */
  guint32 generation;
  guint32 expires_s; /* Unix seconds */
} WireResume;

void wire_resume_seal (const WireResume *resume,
                       const guint8      key[WIRE_RESUME_KEY_BYTES],
                       guint8            key_id,
                       char              ret_token[WIRE_RESUME_CHARS + 1]);

/** wire_resume_key_id: which key a token names, so that one of several can be looked up; -1: no resume token. */
int wire_resume_key_id (const char *token);

/** wire_resume_open: %WIRE_OK, %WIRE_BAD_FRAME, %WIRE_FORGED or %WIRE_EXPIRED (@ret_resume is set for that too). */
WireStatus wire_resume_open (const char   *token,
                             const guint8  key[WIRE_RESUME_KEY_BYTES],
                             gint64        now_s,
                             WireResume   *ret_resume) G_GNUC_WARN_UNUSED_RESULT;

/* --- Visitors: `PROTOCOLS.md` 2d.5 point 1 -------------------------------------------------------- */

#define WIRE_VISITOR_KEY_RANDOM_BYTES 17u /* 136 bits; 22 characters are used */
#define WIRE_VISITOR_KEY_CHARS        25u /* vk_ and 22 */

/** wire_visitor_key_make: the key of an anonymous visitor from random bytes. */
void wire_visitor_key_make (const guint8 random[WIRE_VISITOR_KEY_RANDOM_BYTES],
                            char         ret_key[WIRE_VISITOR_KEY_CHARS + 1]);

/** wire_visitor_key_is_anonymous: whether @key has the form of a key we made: a secret that needs no signature. */
gboolean wire_visitor_key_is_anonymous (const char *key);

/** wire_visitor_signature_check: @signature is HMAC-SHA256(@app_secret, @visitor_key), 32 bytes as in `Auth.signature`. */
gboolean wire_visitor_signature_check (const char   *app_secret,
                                       const char   *visitor_key,
                                       const guint8 *signature,
                                       gsize         n_bytes);

#define WIRE_VISITOR_DIGEST_BYTES 16u

/**
 * wire_visitor_identify:
 * @ret_digest: (nullable): the first 16 bytes of SHA-256(app ":" visitor_key); what the store keeps instead of the key
 *
 * Returns: the visitor's number: the first 53 bits of the same hash; 1 where they are all zero
 */
guint64 wire_visitor_identify (const char *app,
                               const char *visitor_key,
                               guint8      ret_digest[WIRE_VISITOR_DIGEST_BYTES]);

#define WIRE_JWT_MAX_CHARS         4096u
#define WIRE_JWT_MAX_SUBJECT_BYTES 128u

/**
 * wire_jwt_verify:
 * @token: `header.payload.signature`, at most %WIRE_JWT_MAX_CHARS
 * @audience: the app key
 * @now_s: Unix seconds
 * @ret_subject: `sub`, NUL-terminated; 1 to %WIRE_JWT_MAX_SUBJECT_BYTES bytes of UTF-8
 *
 * Checks a site's token for its visitor: HS256 and nothing else, `aud` is (or contains) the app key, `exp` in the future and
 * at most 24 h off, `nbf` not in the future where given. The signature is checked first.
 *
 * Returns: %WIRE_OK; %WIRE_BAD_FRAME: malformed; %WIRE_UNSUPPORTED: another algorithm; %WIRE_FORGED: signature or audience;
 *   %WIRE_EXPIRED: out of its time, or valid for too long
 */
WireStatus
wire_jwt_verify (const char *token,
                 const char *secret,
                 const char *audience,
                 gint64 now_s,
                 char ret_subject[WIRE_JWT_MAX_SUBJECT_BYTES + 1]) G_GNUC_WARN_UNUSED_RESULT;

/* --- Agents' tokens: `PROTOCOLS.md` 2e.5 ---------------------------------------------------------- */

#define WIRE_OPAQUE_RANDOM_BYTES 32u
#define WIRE_OPAQUE_CHARS        46u /* ga_ or gr_ and 43 */

typedef enum {
  WIRE_OPAQUE_ACCESS,  /* ga_ */
  WIRE_OPAQUE_REFRESH, /* gr_ */
} WireOpaqueKind;

/** wire_opaque_make: the text of a token from 32 random bytes. */
void wire_opaque_make (WireOpaqueKind kind,
                       const guint8   random[WIRE_OPAQUE_RANDOM_BYTES],
                       char           ret_token[WIRE_OPAQUE_CHARS + 1]);

/** wire_opaque_hash: SHA-256 of the token's whole text; %FALSE when @token has not the form of @kind. */
gboolean
wire_opaque_hash (WireOpaqueKind kind, const char *token, guint8 ret_digest[WIRE_SHA256_BYTES]);

/* --- Media links: `PROTOCOLS.md` 2e.2 ------------------------------------------------------------- */

#define WIRE_MEDIA_SIGNATURE_CHARS 32u

/** wire_media_sign: for `GET path?exp=…&sig=…`. */
void wire_media_sign (gconstpointer  secret,
                      gsize          secret_bytes,
                      const char    *path,
                      gint64         expires_s,
                      char           ret_signature[WIRE_MEDIA_SIGNATURE_CHARS + 1]);

/** wire_media_check: %WIRE_OK, %WIRE_FORGED or %WIRE_EXPIRED. */
WireStatus wire_media_check (gconstpointer  secret,
                             gsize          secret_bytes,
                             const char    *path,
                             gint64         expires_s,
                             const char    *signature,
                             gint64         now_s) G_GNUC_WARN_UNUSED_RESULT;

/** wire_upload_sign: for `PUT path?mime=…&size=…&exp=…&sig=…`. */
void wire_upload_sign (gconstpointer  secret,
                       gsize          secret_bytes,
                       const char    *path,
                       const char    *mime,
                       guint64        size_bytes,
                       gint64         expires_s,
                       char           ret_signature[WIRE_MEDIA_SIGNATURE_CHARS + 1]);
WireStatus wire_upload_check (gconstpointer  secret,
                              gsize          secret_bytes,
                              const char    *path,
                              const char    *mime,
                              guint64        size_bytes,
                              gint64         expires_s,
                              const char    *signature,
                              gint64         now_s) G_GNUC_WARN_UNUSED_RESULT;

/** wire_media_url: (transfer full): `path?exp=…&sig=…`. */
char *wire_media_url (gconstpointer secret, gsize secret_bytes, const char *path, gint64 expires_s)
  G_GNUC_WARN_UNUSED_RESULT;

/** wire_upload_url: (transfer full): `path?mime=…&size=…&exp=…&sig=…`, percent-encoded. */
char *wire_upload_url (gconstpointer  secret,
                       gsize          secret_bytes,
                       const char    *path,
                       const char    *mime,
                       guint64        size_bytes,
                       gint64         expires_s) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
