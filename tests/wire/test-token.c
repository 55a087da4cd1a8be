/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "wire-text.h"
#include "wire-token.h"

#define NOW 1767225600

static const guint8 key[WIRE_RESUME_KEY_BYTES] = {
  0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
  16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
};

/* `PROTOCOLS.md` 2d.5 point 4. */
static const char resume_vector[] = "r1.AQcBAgMEBQYHCBESExQVFhcYAAAAA2lVubRIONSmpicKstEDvHGzVZav";

static void
test_resume_vector (void)
{
  WireResume resume = { G_GUINT64_CONSTANT (0x0102030405060708),
                        G_GUINT64_CONSTANT (0x1112131415161718), 3, 1767225780 };
  WireResume read = { 0 };
  char token[WIRE_RESUME_CHARS + 1];

  wire_resume_seal (&resume, key, 7, token);
  g_assert_cmpstr (token, ==, resume_vector);
  g_assert_cmpint (wire_resume_key_id (token), ==, 7);
  g_assert_cmpint (wire_resume_open (token, key, 1767225779, &read), ==, WIRE_OK);
  g_assert_cmpmem (&read, sizeof read, &resume, sizeof resume);
  g_assert_cmpint (wire_resume_open (token, key, 1767225780, &read), ==, WIRE_EXPIRED);
  g_assert_cmpuint (read.session, ==, resume.session);
}

/* No other character at any place, no shorter or longer token. */
static void
test_resume_forged (void)
{
  WireResume read;
  char token[WIRE_RESUME_CHARS + 2];
  guint8 other_key[WIRE_RESUME_KEY_BYTES] = { 1 };

  for (gsize i = 0; i < WIRE_RESUME_CHARS; i++) {
    WireStatus status;

    memcpy (token, resume_vector, sizeof resume_vector);
    token[i] = token[i] == 'A' ? 'B' : 'A';
    status = wire_resume_open (token, key, NOW, &read);
    g_assert_true (status == WIRE_FORGED || status == WIRE_BAD_FRAME);
    memcpy (token, resume_vector, i);
    token[i] = '\0';
    g_assert_cmpint (wire_resume_open (token, key, NOW, &read), ==, WIRE_BAD_FRAME);
    g_assert_cmpint (wire_resume_key_id (token), ==, -1);
  }
  g_snprintf (token, sizeof token, "%sA", resume_vector);
  g_assert_cmpint (wire_resume_open (token, key, NOW, &read), ==, WIRE_BAD_FRAME);
  g_assert_cmpint (wire_resume_open (resume_vector, other_key, NOW, &read), ==, WIRE_FORGED);
}

static void
test_visitor_signature (void)
{
  guint8 signature[32];

  /* `PROTOCOLS.md` 2d.5 point 1 */
  g_assert_true (
    wire_hex_decode ("2fd5f25b4f2cad5cd4f3560150bfba3c477ff5a3b99bbb65a9871774a8b0878e", 64,
                     signature, sizeof signature));
  g_assert_true (wire_visitor_signature_check ("app-secret-example", "user-42", signature, 32));
  g_assert_false (wire_visitor_signature_check ("app-secret-example", "user-43", signature, 32));
  g_assert_false (wire_visitor_signature_check ("app-secret-exampl", "user-42", signature, 32));
  g_assert_false (wire_visitor_signature_check ("app-secret-example", "user-42", signature, 31));
  g_assert_false (wire_visitor_signature_check ("", "user-42", signature, 32));
  for (gsize i = 0; i < 256; i++) {
    signature[i / 8] ^= (guint8) (1 << i % 8);
    g_assert_false (wire_visitor_signature_check ("app-secret-example", "user-42", signature, 32));
    signature[i / 8] ^= (guint8) (1 << i % 8);
  }
}

static void
test_visitor_key (void)
{
  guint8 random[WIRE_VISITOR_KEY_RANDOM_BYTES];
  char visitor_key[WIRE_VISITOR_KEY_CHARS + 1];
  static const char *const others[] = { "vk_",
                                        "user-42",
                                        "vk_0123456789abcdefghij",
                                        "vk_0123456789abcdefghijkl0",
                                        "vk_0123456789abcdefghij+l",
                                        "VK_0123456789abcdefghijkl" };

  for (gsize i = 0; i < sizeof random; i++)
    random[i] = (guint8) (0xF0 + i);
  wire_visitor_key_make (random, visitor_key);
  g_assert_cmpstr (visitor_key, ==, "vk_8PHy8_T19vf4-fr7_P3-_w");
  g_assert_true (wire_visitor_key_is_anonymous (visitor_key));
  g_assert_true (wire_visitor_key_is_anonymous ("vk_0123456789abcdefghijkl"));
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_false (wire_visitor_key_is_anonymous (others[i]));
}

/* sha256("demo:vk_0123456789abcdefghijkl"), worked out with sha256sum. */
static void
test_visitor_identify (void)
{
  guint8 digest[WIRE_VISITOR_DIGEST_BYTES];
  guint8 whole[WIRE_SHA256_BYTES];
  char hex[2 * WIRE_VISITOR_DIGEST_BYTES + 1];
  guint64 number = wire_visitor_identify ("demo", "vk_0123456789abcdefghijkl", digest);

  wire_hex_encode (digest, sizeof digest, hex);
  g_assert_cmpstr (hex, ==, "f81cda15824ad47ca8b4bf72b5642baa");
  g_assert_cmpuint (number, ==, G_GUINT64_CONSTANT (0xf81cda15824ad47c) >> 11);
  g_assert_cmpuint (number, <, G_GUINT64_CONSTANT (1) << 53);
  g_assert_cmpuint (number, ==, wire_visitor_identify ("demo", "vk_0123456789abcdefghijkl", NULL));
  g_assert_cmpuint (number, !=, wire_visitor_identify ("demo2", "vk_0123456789abcdefghijkl", NULL));
  /* FIPS 180 */
  wire_sha256 ("abc", 3, whole);
  g_assert_cmpuint (whole[0], ==, 0xba);
  g_assert_cmpuint (whole[31], ==, 0xad);
}

static void
test_opaque (void)
{
  guint8 random[WIRE_OPAQUE_RANDOM_BYTES] = { 0xFF, 0xFF, 0xFF };
  guint8 digest[WIRE_SHA256_BYTES];
  guint8 expected[WIRE_SHA256_BYTES];
  char token[WIRE_OPAQUE_CHARS + 1];

  wire_opaque_make (WIRE_OPAQUE_ACCESS, random, token);
  g_assert_cmpstr (token, ==, "ga_____AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
  g_assert_true (wire_opaque_hash (WIRE_OPAQUE_ACCESS, token, digest));
  wire_sha256 (token, 46, expected);
  g_assert_cmpmem (digest, sizeof digest, expected, sizeof expected);
  g_assert_false (wire_opaque_hash (WIRE_OPAQUE_REFRESH, token, digest));
  token[45] = '!';
  g_assert_false (wire_opaque_hash (WIRE_OPAQUE_ACCESS, token, digest));
  token[45] = '\0';
  g_assert_false (wire_opaque_hash (WIRE_OPAQUE_ACCESS, token, digest));
  wire_opaque_make (WIRE_OPAQUE_REFRESH, random, token);
  g_assert_true (g_str_has_prefix (token, "gr_"));
  g_assert_true (wire_opaque_hash (WIRE_OPAQUE_REFRESH, token, digest));
}

static void
test_media (void)
{
  const char *secret = "media-secret-example";
  const char *path = "/media/ab/cd/abcd1234.jpg";
  const char *signature = "c254baf6354ba8358f9a71c72da9aa1e"; /* `PROTOCOLS.md` 2e.2 */
  char made[WIRE_MEDIA_SIGNATURE_CHARS + 1];
  g_autofree char *url = wire_media_url (secret, strlen (secret), path, 1767229200);
  gsize n = strlen (secret);

  wire_media_sign (secret, n, path, 1767229200, made);
  g_assert_cmpstr (made, ==, signature);
  g_assert_cmpstr (url, ==,
                   "/media/ab/cd/abcd1234.jpg?exp=1767229200&sig=c254baf6354ba8358f9a71c72da9aa1e");
  g_assert_cmpint (wire_media_check (secret, n, path, 1767229200, signature, NOW), ==, WIRE_OK);
  g_assert_cmpint (wire_media_check (secret, n, path, 1767229200, signature, 1767229200), ==,
                   WIRE_EXPIRED);
  g_assert_cmpint (wire_media_check (secret, n, path, 1767229201, signature, NOW), ==, WIRE_FORGED);
  g_assert_cmpint (wire_media_check (secret, n, "/media/ab", 1767229200, signature, NOW), ==,
                   WIRE_FORGED);
  g_assert_cmpint (wire_media_check (secret, n - 1, path, 1767229200, signature, NOW), ==,
                   WIRE_FORGED);
  g_assert_cmpint (wire_media_check (secret, n, path, 1767229200, "c254", NOW), ==, WIRE_FORGED);
  g_assert_cmpint (wire_media_check (secret, n, path, 1767229200, "", NOW), ==, WIRE_FORGED);
}

static void
test_upload (void)
{
  const char *secret = "media-secret-example";
  gsize n = strlen (secret);
  const char *path = "/media/up/0011";
  const char *text = "PUT\n/media/up/0011\nimage/png\n48211\n1767226200";
  guint8 mac[WIRE_SHA256_BYTES];
  char expected[65];
  char signature[WIRE_MEDIA_SIGNATURE_CHARS + 1];
  g_autofree char *url = wire_upload_url (secret, n, path, "image/png", 48211, 1767226200);

  wire_hmac_sha256 (secret, n, text, strlen (text), mac);
  wire_hex_encode (mac, sizeof mac, expected);
  expected[32] = '\0';
  wire_upload_sign (secret, n, path, "image/png", 48211, 1767226200, signature);
  g_assert_cmpstr (signature, ==, expected);
  g_assert_true (
    g_str_has_prefix (url, "/media/up/0011?mime=image%2Fpng&size=48211&exp=1767226200&sig="));
  g_assert_true (g_str_has_suffix (url, signature));
  g_assert_cmpint (wire_upload_check (secret, n, path, "image/png", 48211, 1767226200, signature,
                                      NOW),
                   ==, WIRE_OK);
  g_assert_cmpint (wire_upload_check (secret, n, path, "image/gif", 48211, 1767226200, signature,
                                      NOW),
                   ==, WIRE_FORGED);
  g_assert_cmpint (wire_upload_check (secret, n, path, "image/png", 48212, 1767226200, signature,
                                      NOW),
                   ==, WIRE_FORGED);
  g_assert_cmpint (wire_upload_check (secret, n, path, "image/png", 48211, 1767226200, signature,
                                      1767226201),
                   ==, WIRE_EXPIRED);
}

/* --- JSON Web Tokens -------------------------------------------------------------------------- */

static char *
encode (const char *text)
{
  char *encoded = g_malloc (WIRE_BASE64URL_CHARS (strlen (text)) + 1);

  wire_base64url_encode ((const guint8 *) text, strlen (text), encoded);
  return encoded;
}

static char *
make_jwt (const char *header,
          const char *claims,
          const char *secret)
{
  g_autofree char *head = encode (header);
  g_autofree char *payload = encode (claims);
  g_autofree char *text = g_strdup_printf ("%s.%s", head, payload);
  guint8 mac[WIRE_SHA256_BYTES];
  char signature[WIRE_BASE64URL_CHARS (WIRE_SHA256_BYTES) + 1];

  wire_hmac_sha256 (secret, strlen (secret), text, strlen (text), mac);
  wire_base64url_encode (mac, sizeof mac, signature);
  return g_strdup_printf ("%s.%s", text, signature);
}

#define HS256 "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"

static const struct {
  const char *header;
  const char *claims;
  WireStatus expected;
} jwts[] = {
  { HS256, "{\"sub\":\"u\\u00e9\",\"aud\":\"ak_1\",\"exp\":1767225601}", WIRE_OK },
  { HS256, "{\"sub\":\"u\",\"aud\":[\"x\",\"ak_1\"],\"exp\":1767312000,\"nbf\":1767225600}",
    WIRE_OK },
  { HS256, "{\"sub\":\"u\",\"aud\":\"ak_1\",\"exp\":1767225600}", WIRE_EXPIRED },
  { HS256, "{\"sub\":\"u\",\"aud\":\"ak_1\",\"exp\":1767312001}", WIRE_EXPIRED },
  { HS256, "{\"sub\":\"u\",\"aud\":\"ak_1\",\"exp\":1767225700,\"nbf\":1767225601}", WIRE_EXPIRED },
  { HS256, "{\"sub\":\"u\",\"aud\":\"ak_2\",\"exp\":1767225700}", WIRE_FORGED },
  { HS256, "{\"sub\":\"u\",\"aud\":[\"ak_2\"],\"exp\":1767225700}", WIRE_FORGED },
  { HS256, "{\"sub\":\"u\",\"aud\":[],\"exp\":1767225700}", WIRE_FORGED },
  { HS256, "{\"sub\":\"u\",\"aud\":3,\"exp\":1767225700}", WIRE_FORGED },
  { HS256, "{\"sub\":\"u\",\"aud\":\"ak_1\"}", WIRE_BAD_FRAME },
  { HS256, "{\"sub\":\"u\",\"aud\":\"ak_1\",\"exp\":1767225700.5}", WIRE_BAD_FRAME },
  { HS256, "{\"sub\":\"u\",\"aud\":\"ak_1\",\"exp\":\"1767225700\"}", WIRE_BAD_FRAME },
  { HS256, "{\"sub\":\"u\",\"aud\":\"ak_1\",\"exp\":1767225700,\"exp\":1767225700}",
    WIRE_BAD_FRAME },
  { HS256, "{\"sub\":\"u\",\"aud\":\"ak_1\",\"exp\":1767225700,\"nbf\":1,\"nbf\":1}",
    WIRE_BAD_FRAME },
  { HS256, "{\"sub\":\"u\",\"exp\":1767225700}", WIRE_BAD_FRAME },
  { HS256, "{\"aud\":\"ak_1\",\"exp\":1767225700}", WIRE_BAD_FRAME },
  { HS256, "{\"sub\":\"\",\"aud\":\"ak_1\",\"exp\":1767225700}", WIRE_BAD_FRAME },
  { HS256, "{\"sub\":7,\"aud\":\"ak_1\",\"exp\":1767225700}", WIRE_BAD_FRAME },
  { HS256, "[]", WIRE_BAD_FRAME },
  { HS256, "{\"sub\":\"u\"", WIRE_BAD_FRAME },
  { "{\"alg\":\"none\"}", "{\"sub\":\"u\",\"aud\":\"ak_1\",\"exp\":1767225601}", WIRE_UNSUPPORTED },
  { "{\"alg\":\"HS512\"}", "{\"sub\":\"u\",\"aud\":\"ak_1\",\"exp\":1767225601}",
    WIRE_UNSUPPORTED },
  { "{\"alg\":\"RS256\"}", "{\"sub\":\"u\",\"aud\":\"ak_1\",\"exp\":1767225601}",
    WIRE_UNSUPPORTED },
  { "{\"alg\":\"hs256\"}", "{\"sub\":\"u\",\"aud\":\"ak_1\",\"exp\":1767225601}",
    WIRE_UNSUPPORTED },
  { "{\"alg\":\"HS256\",\"crit\":[\"b64\"]}", "{\"sub\":\"u\",\"aud\":\"ak_1\",\"exp\":1767225601}",
    WIRE_UNSUPPORTED },
  { "{\"alg\":\"HS256\",\"alg\":\"none\"}", "{\"sub\":\"u\",\"aud\":\"ak_1\",\"exp\":1767225601}",
    WIRE_BAD_FRAME },
  { "{}", "{\"sub\":\"u\",\"aud\":\"ak_1\",\"exp\":1767225601}", WIRE_BAD_FRAME },
  { "{\"alg\":256}", "{\"sub\":\"u\",\"aud\":\"ak_1\",\"exp\":1767225601}", WIRE_UNSUPPORTED },
};

static void
test_jwt (void)
{
  char subject[WIRE_JWT_MAX_SUBJECT_BYTES + 1];

  for (gsize i = 0; i < G_N_ELEMENTS (jwts); i++) {
    g_autofree char *token = make_jwt (jwts[i].header, jwts[i].claims, "s3cret");

    g_test_message ("%s", jwts[i].claims);
    g_assert_cmpstr (wire_status_name (wire_jwt_verify (token, "s3cret", "ak_1", NOW, subject)), ==,
                     wire_status_name (jwts[i].expected));
    if (i == 0)
      g_assert_cmpstr (subject, ==, "ué");
    g_assert_cmpint (wire_jwt_verify (token, "other", "ak_1", NOW, subject), !=, WIRE_OK);
  }
}

static void
test_jwt_forged (void)
{
  g_autofree char *token = make_jwt (HS256, jwts[0].claims, "s3cret");
  g_autofree char *no_signature = g_strndup (token, (gsize) (strrchr (token, '.') - token) + 1);
  g_autofree char *long_subject = g_strnfill (129, 's');
  g_autofree char *claims =
    g_strdup_printf ("{\"sub\":\"%s\",\"aud\":\"ak_1\",\"exp\":1767225601}", long_subject);
  g_autofree char *long_token = make_jwt (HS256, claims, "s3cret");
  g_autofree char *huge = g_strdup_printf ("%s.%*s.x", token, 5000, "");
  char subject[WIRE_JWT_MAX_SUBJECT_BYTES + 1];

  for (gsize i = 0; token[i] != '\0'; i++) {
    char was = token[i];

    token[i] = was == 'A' ? 'B' : 'A';
    g_assert_cmpint (wire_jwt_verify (token, "s3cret", "ak_1", NOW, subject), !=, WIRE_OK);
    token[i] = was;
  }
  g_assert_cmpint (wire_jwt_verify (token, "s3cret", "ak_1", NOW, subject), ==, WIRE_OK);
  g_assert_cmpint (wire_jwt_verify (no_signature, "s3cret", "ak_1", NOW, subject), ==, WIRE_FORGED);
  g_assert_cmpint (wire_jwt_verify (long_token, "s3cret", "ak_1", NOW, subject), ==,
                   WIRE_BAD_FRAME);
  g_assert_cmpint (wire_jwt_verify (huge, "s3cret", "ak_1", NOW, subject), ==, WIRE_BAD_FRAME);
  g_assert_cmpint (wire_jwt_verify ("", "s3cret", "ak_1", NOW, subject), ==, WIRE_BAD_FRAME);
  g_assert_cmpint (wire_jwt_verify ("a.b", "s3cret", "ak_1", NOW, subject), ==, WIRE_BAD_FRAME);
  g_assert_cmpint (wire_jwt_verify (token, "", "ak_1", NOW, subject), ==, WIRE_BAD_FRAME);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/token/resume/vector", test_resume_vector);
  g_test_add_func ("/wire/token/resume/forged", test_resume_forged);
  g_test_add_func ("/wire/token/visitor/signature", test_visitor_signature);
  g_test_add_func ("/wire/token/visitor/key", test_visitor_key);
  g_test_add_func ("/wire/token/visitor/identify", test_visitor_identify);
  g_test_add_func ("/wire/token/opaque", test_opaque);
  g_test_add_func ("/wire/token/media", test_media);
  g_test_add_func ("/wire/token/upload", test_upload);
  g_test_add_func ("/wire/token/jwt/table", test_jwt);
  g_test_add_func ("/wire/token/jwt/forged", test_jwt_forged);
  return g_test_run ();
}
