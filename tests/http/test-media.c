/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Uploads and downloads through the real worker, looked at on the disk too. */
#include "http-fixture.h"
#include "media-files.h"
#include "wire-text.h"
#include "wire-token.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ID    "abcd1234EFGH-_xy"
#define URL   "/media/ab/cd/" ID
#define TOKEN "Authorization: Bearer ga_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n"

static gint64
soon_s (void)
{
  return g_get_real_time () / G_USEC_PER_SEC + 600;
}

static char *
media_url (const char *path,
           gint64      expires_s)
{
  return wire_media_url (FIXTURE_MEDIA_SECRET, strlen (FIXTURE_MEDIA_SECRET), path, expires_s);
}

/* A core that takes every file, and knows one token. */
static gboolean
core (Fixture                       *self,
      const Gate__Link__V1__Request *request,
      Gate__Link__V1__Reply         *reply,
      WireArena                     *arena)
{
  if (request->body_case == GATE__LINK__V1__REQUEST__BODY_WHO_AM_I) {
    reply->body_case = GATE__LINK__V1__REPLY__BODY_SIGNED;
    reply->signed_ = wire_arena_new0 (arena, Gate__Link__V1__Signed);
    gate__link__v1__signed__init (reply->signed_);
    return TRUE;
  }
  g_assert_cmpint (request->body_case, ==, GATE__LINK__V1__REQUEST__BODY_MEDIA_STORED);
  reply->body_case = GATE__LINK__V1__REPLY__BODY_DONE;
  reply->done = wire_arena_new0 (arena, Gate__Link__V1__Done);
  gate__link__v1__done__init (reply->done);
  return TRUE;
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  fixture_set_up (self, data);
  self->core = core;
}

static void
put_as (Fixture          *self,
        const char       *id,
        const char       *mime,
        guint64           size,
        const GByteArray *file,
        Answer           *ret_answer)
{
  g_autofree char *url = media_upload_url (id, mime, size);

  fixture_ask (self, "PUT", url, "Origin: https://shop.example\r\n", (const char *) file->data,
               file->len, ret_answer);
}

static void
put (Fixture          *self,
     const char       *mime,
     const GByteArray *file,
     Answer           *ret_answer)
{
  put_as (self, ID, mime, file->len, file, ret_answer);
}

static guint
count_unfinished (Fixture *self)
{
  g_autofree char *path = g_build_filename (self->data_dir, "media", "incoming", NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static char *
stored_path (Fixture *self)
{
  return g_build_filename (self->data_dir, "media", "ab", ID, NULL);
}

/* --- The way of a picture ------------------------------------------------------------------------ */

static void
check_stored (Fixture          *self,
              const GByteArray *file)
{
  const Gate__Link__V1__MediaStored *told = self->last_request->media_stored;
  g_autofree char *path = stored_path (self);
  g_autofree char *bytes = NULL;
  guint8 digest[WIRE_SHA256_BYTES];
  struct stat status;
  gsize n_bytes;

  g_assert_true (g_file_get_contents (path, &bytes, &n_bytes, NULL));
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 07777, ==, 0600);
  g_assert_false (media_contains ((const guint8 *) bytes, n_bytes, MEDIA_SECRET_TEXT));
  g_assert_cmpstr (told->id, ==, ID);
  g_assert_cmpuint (told->size, ==, n_bytes);
  wire_sha256 (file->data, file->len, digest);
  g_assert_cmpmem (told->sha256.data, told->sha256.len, digest, sizeof (digest));
}

static void
check_served (Fixture    *self,
              const char *mime,
              gboolean    is_picture)
{
  g_autofree char *url = media_url (URL, soon_s ());
  g_autofree char *type = NULL, *policy = NULL, *sniff = NULL, *disposition = NULL, *origin = NULL;
  g_auto (Answer) answer = { 0 };

  fixture_ask (self, "GET", url, "Origin: https://shop.example\r\n", NULL, 0, &answer);
  g_assert_cmpuint (answer.status, ==, 200);
  type = answer_header (&answer, "Content-Type");
  policy = answer_header (&answer, "Content-Security-Policy");
  sniff = answer_header (&answer, "X-Content-Type-Options");
  disposition = answer_header (&answer, "Content-Disposition");
  origin = answer_header (&answer, "Access-Control-Allow-Origin");
  g_assert_cmpstr (type, ==, mime);
  g_assert_cmpstr (policy, ==, "default-src 'none'; sandbox");
  g_assert_cmpstr (sniff, ==, "nosniff");
  g_assert_cmpstr (disposition, ==, is_picture ? "inline" : "attachment");
  g_assert_cmpstr (origin, ==, "https://shop.example");
  g_assert_cmpuint (g_bytes_get_size (answer.body), ==, self->last_request->media_stored->size);
}

typedef struct {
  const char *name;
  const char *mime;
  GByteArray *(*make) (guint orientation);
} GoodCase;

static GByteArray *
make_png (guint orientation)
{
  return media_png (32, 16, orientation);
}

static GByteArray *
make_gif (guint orientation)
{
  return media_gif (3);
}

static const GoodCase good_cases[] = {
  { "jpeg", "image/jpeg", media_jpeg },
  { "png", "image/png", make_png },
  { "gif", "image/gif", make_gif },
  { "webp", "image/webp", media_webp },
};

static void
test_picture (Fixture       *self,
              gconstpointer  data)
{
  const GoodCase *test = data;
  g_autoptr (GByteArray) file = test->make (6);
  g_auto (Answer) answer = { 0 };
  g_autofree char *origin = NULL;

  put (self, test->mime, file, &answer);
  g_assert_cmpuint (answer.status, ==, 201);
  origin = answer_header (&answer, "Access-Control-Allow-Origin");
  g_assert_cmpstr (origin, ==, "https://shop.example");
  g_assert_cmpstr (self->last_request->media_stored->mime, ==, test->mime);
  check_stored (self, file);
  check_served (self, test->mime, TRUE);
  g_assert_cmpuint (count_unfinished (self), ==, 0);
}

typedef struct {
  const char *name;
  const char *mime;
  const char *head;
} DocumentCase;

static const DocumentCase documents[] = {
  { "text", "text/plain", "order 12, 退款\n" },
  { "gbk", "text/csv", "no,name\n1,\xCD\xCB\xBF\xEE\n" },
  { "pdf", "application/pdf", "%PDF-1.7\n" },
  { "zip", "application/zip", "PK\003\004" },
  { "word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "PK\003\004" },
  { "calc", "application/vnd.oasis.opendocument.spreadsheet", "PK\003\004" },
  { "excel", "application/vnd.ms-excel", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" },
};

static void
test_document (Fixture       *self,
               gconstpointer  data)
{
  const DocumentCase *test = data;
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_auto (Answer) answer = { 0 };

  g_byte_array_append (file, (const guint8 *) test->head, (guint) strlen (test->head));
  put (self, test->mime, file, &answer);
  g_assert_cmpuint (answer.status, ==, 201);
  g_assert_cmpstr (self->last_request->media_stored->mime, ==, test->mime);
  check_served (self, "application/octet-stream", FALSE);
}

/* As a widget on another origin asks for it. */
static void
check_saved_as (Fixture    *self,
                const char *query,
                const char *expected)
{
  g_autofree char *url = media_url (URL, soon_s ());
  g_autofree char *named = g_strconcat (url, query, NULL);
  g_autofree char *disposition = NULL;
  g_auto (Answer) answer = { 0 };

  fixture_ask (self, "GET", named, "", NULL, 0, &answer);
  g_assert_cmpuint (answer.status, ==, 200);
  disposition = answer_header (&answer, "Content-Disposition");
  g_assert_cmpstr (disposition, ==, expected);
}

static void
test_saved_name (Fixture       *self,
                 gconstpointer  data)
{
  g_autoptr (GByteArray) file = media_text ();
  g_auto (Answer) answer = { 0 };

  put (self, "text/plain", file, &answer);
  g_assert_cmpuint (answer.status, ==, 201);
  check_saved_as (self, "", "attachment");
  check_saved_as (self, "&name=a%20b.csv", "attachment; filename=\"a b.csv\"");
  check_saved_as (self, "&name=%E5%8D%95.pdf", "attachment; filename*=UTF-8''%E5%8D%95.pdf");
  check_saved_as (self, "&name=..%2Frun.bat", "attachment; filename=run.bat.txt");
  check_saved_as (self, "&name=x.html", "attachment; filename=x.html.txt");
  check_saved_as (self, "&name=a%0D%0AX-Y:%20z.txt", "attachment; filename=\"aX-Y z.txt\"");
}

static void
test_voice (Fixture       *self,
            gconstpointer  data)
{
  g_autoptr (GByteArray) file = media_voice (16000);
  g_auto (Answer) answer = { 0 };

  put (self, "audio/wav", file, &answer);
  g_assert_cmpuint (answer.status, ==, 201);
  g_assert_cmpstr (self->last_request->media_stored->mime, ==, "audio/wav");
  check_stored (self, file);
  check_served (self, "audio/wav", FALSE);
  check_saved_as (self, "&name=voice", "attachment; filename=voice.wav");
}

/* --- What is refused ----------------------------------------------------------------------------- */

static void
check_refused (Fixture          *self,
               const char       *mime,
               const GByteArray *file,
               guint             status,
               const char       *code)
{
  g_autofree char *path = stored_path (self);
  g_auto (Answer) answer = { 0 };

  put (self, mime, file, &answer);
  answer_assert_problem (&answer, status, code);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (count_unfinished (self), ==, 0);
  g_assert_cmpuint (self->n_requests, ==, 0);
}

static GByteArray *
bytes_of (const char *text)
{
  GByteArray *bytes = g_byte_array_new ();

  g_byte_array_append (bytes, (const guint8 *) text, (guint) strlen (text));
  return bytes;
}

static void
test_wrong_types (Fixture       *self,
                  gconstpointer  data)
{
  static const char script[] = "\2\0\2\0\0\0\0/*<script>*/=1;alert(1)//";
  g_autoptr (GByteArray) html = bytes_of ("<html><script>alert(1)</script>");
  g_autoptr (GByteArray) svg =
    bytes_of ("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>");
  g_autoptr (GByteArray) elf = bytes_of ("\177ELF\1\1\1");
  g_autoptr (GByteArray) png = media_png (32, 16, 1);
  g_autoptr (GByteArray) polyglot = bytes_of ("GIF89a");

  g_byte_array_append (polyglot, (const guint8 *) script, sizeof (script));
  check_refused (self, "image/png", html, 415, "unsupported_content");
  check_refused (self, "image/svg+xml", svg, 415, "unsupported_content");
  check_refused (self, "text/html", html, 415, "unsupported_content");
  check_refused (self, "application/x-executable", elf, 415, "unsupported_content");
  check_refused (self, "text/plain", elf, 415, "unsupported_content");
  check_refused (self, "application/pdf", html, 415, "unsupported_content");
  check_refused (self, "application/msword", elf, 415, "unsupported_content");
  check_refused (self, "text/plain", png, 415, "unsupported_content");
  check_refused (self, "image/jpeg", png, 415, "unsupported_content");
  check_refused (self, "image/gif", polyglot, 422, "invalid");
}

/* Nothing but the one header: no other format, no other length than that of the file. */
static void
test_other_sound (Fixture       *self,
                  gconstpointer  data)
{
  g_autoptr (GByteArray) file = media_voice (100);
  g_autoptr (GByteArray) ogg = bytes_of ("OggS");
  g_autoptr (GByteArray) mp3 = bytes_of ("ID3");

  check_refused (self, "audio/ogg", ogg, 415, "unsupported_content");
  check_refused (self, "audio/mpeg", mp3, 415, "unsupported_content");
  check_refused (self, "audio/wav", ogg, 415, "unsupported_content");
  check_refused (self, "audio/x-wav", file, 415, "unsupported_content");
  check_refused (self, "text/plain", file, 415, "unsupported_content");
  file->data[22] = 2; /* stereo */
  check_refused (self, "audio/wav", file, 415, "unsupported_content");
  file->data[22] = 1;
  g_byte_array_set_size (file, file->len - 2);
  check_refused (self, "audio/wav", file, 415, "unsupported_content");
}

static void
test_bombs (Fixture       *self,
            gconstpointer  data)
{
  g_autoptr (GByteArray) pixels = media_png (20000, 20000, 1);
  g_autoptr (GByteArray) frames = media_gif (50000);
  g_autoptr (GByteArray) cut = media_jpeg (1);

  check_refused (self, "image/png", pixels, 413, "too_large");
  check_refused (self, "image/gif", frames, 413, "too_large");
  g_byte_array_set_size (cut, cut->len / 2);
  check_refused (self, "image/jpeg", cut, 422, "invalid");
}

static void
test_tickets (Fixture       *self,
              gconstpointer  data)
{
  g_autoptr (GByteArray) file = media_png (32, 16, 1);
  g_autofree char *good = media_upload_url (ID, "image/png", file->len);
  g_autofree char *forged = g_strdup (good);
  g_autofree char *other_id = g_strdup (good);
  g_autofree char *old = wire_upload_url (FIXTURE_MEDIA_SECRET, strlen (FIXTURE_MEDIA_SECRET),
                                          "/media/up/" ID, "image/png", file->len, 1000);
  const char *bad[] = { forged, other_id, old, "/media/up/" ID,
                        "/media/up/" ID "?mime=image/png&size=x&exp=1&sig=00" };

  forged[strlen (forged) - 1] = forged[strlen (forged) - 1] == '0' ? '1' : '0';
  other_id[strlen ("/media/up/")] = 'z';
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_auto (Answer) answer = { 0 };

    fixture_ask (self, "PUT", bad[i], "", (const char *) file->data, file->len, &answer);
    answer_assert_problem (&answer, 403, "forbidden");
  }
}

static void
test_size_lies (Fixture       *self,
                gconstpointer  data)
{
  g_autoptr (GByteArray) file = media_png (32, 16, 1);
  g_auto (Answer) longer = { 0 };
  g_auto (Answer) shorter = { 0 };
  g_autofree char *origin = NULL;

  put_as (self, ID, "image/png", file->len - 1, file, &longer);
  answer_assert_problem (&longer, 422, "invalid");
  put_as (self, ID, "image/png", file->len + 1, file, &shorter);
  answer_assert_problem (&shorter, 422, "invalid");
  origin = answer_header (&shorter, "Access-Control-Allow-Origin");
  g_assert_cmpstr (origin, ==, "https://shop.example");
}

/* A ticket stores one file: the same again is the success nobody heard of, another one is refused. */
static void
test_again (Fixture       *self,
            gconstpointer  data)
{
  g_autoptr (GByteArray) file = media_png (32, 16, 1);
  g_autoptr (GByteArray) other = media_png (64, 16, 1);
  g_auto (Answer) first = { 0 };
  g_auto (Answer) again = { 0 };
  g_auto (Answer) changed = { 0 };

  put (self, "image/png", file, &first);
  g_assert_cmpuint (first.status, ==, 201);
  put (self, "image/png", file, &again);
  g_assert_cmpuint (again.status, ==, 201);
  g_assert_cmpuint (other->len, ==, file->len);
  put (self, "image/png", other, &changed);
  answer_assert_problem (&changed, 409, "invalid");
  g_assert_cmpuint (count_unfinished (self), ==, 0);
}

/* A power cut kept the name of a file and not its end. Nobody had been told of it: the client sends it again. */
static void
test_cut_short (Fixture       *self,
                gconstpointer  data)
{
  g_autoptr (GByteArray) file = media_png (32, 16, 1);
  g_autofree char *path = stored_path (self);
  g_autofree char *whole = NULL;
  g_auto (Answer) first = { 0 };
  gsize n_bytes;

  put (self, "image/png", file, &first);
  g_assert_true (g_file_get_contents (path, &whole, &n_bytes, NULL));
  for (gsize kept_bytes = 0; kept_bytes < n_bytes; kept_bytes += 1 + n_bytes / 5) {
    g_auto (Answer) answer = { 0 };

    g_assert_cmpint (truncate (path, (off_t) kept_bytes), ==, 0);
    put (self, "image/png", file, &answer);
    g_assert_cmpuint (answer.status, ==, 201);
    check_stored (self, file);
  }
  g_assert_cmpuint (count_unfinished (self), ==, 0);
}

static void
test_preflight (Fixture       *self,
                gconstpointer  data)
{
  g_auto (Answer) good = { 0 };
  g_auto (Answer) bad = { 0 };
  g_autofree char *origin = NULL, *methods = NULL, *nobody = NULL;

  fixture_ask (self, "OPTIONS", "/media/up/" ID, "Origin: https://shop.example\r\n", NULL, 0,
               &good);
  g_assert_cmpuint (good.status, ==, 204);
  origin = answer_header (&good, "Access-Control-Allow-Origin");
  methods = answer_header (&good, "Access-Control-Allow-Methods");
  g_assert_cmpstr (origin, ==, "https://shop.example");
  g_assert_cmpstr (methods, ==, "PUT");
  fixture_ask (self, "OPTIONS", "/media/up/" ID, "Origin: https://evil-shop.example\r\n", NULL, 0,
               &bad);
  nobody = answer_header (&bad, "Access-Control-Allow-Origin");
  g_assert_null (nobody);
}

/* --- Who may read -------------------------------------------------------------------------------- */

static void
store_one (Fixture *self)
{
  g_autoptr (GByteArray) file = media_png (32, 16, 1);
  g_auto (Answer) answer = { 0 };

  put (self, "image/png", file, &answer);
  g_assert_cmpuint (answer.status, ==, 201);
}

static void
ask (Fixture    *self,
     const char *target,
     const char *headers,
     guint       status)
{
  g_auto (Answer) answer = { 0 };

  g_test_message ("%s", target);
  fixture_ask (self, "GET", target, headers, NULL, 0, &answer);
  g_assert_cmpuint (answer.status, ==, status);
}

static void
test_links (Fixture       *self,
            gconstpointer  data)
{
  g_autofree char *good = media_url (URL, soon_s ());
  g_autofree char *named = media_url (URL ".png", soon_s ());
  g_autofree char *old = media_url (URL, 1000);
  g_autofree char *other = g_strdup (good);
  guint n_requests;

  store_one (self);
  ask (self, good, "", 200);
  ask (self, named, "", 200);
  ask (self, old, "", 403);
  other[strlen (other) - 1] ^= 1;
  ask (self, other, "", 403);
  ask (self, URL, "", 401);
  n_requests = self->n_requests;
  ask (self, URL, TOKEN, 200);
  ask (self, URL, TOKEN, 200);
  g_assert_cmpuint (self->n_requests, ==, n_requests + 1); /* asked once, then known for a while */
}

static void
test_ranges (Fixture       *self,
             gconstpointer  data)
{
  g_autofree char *url = media_url (URL, soon_s ());
  g_auto (Answer) part = { 0 };
  g_auto (Answer) many = { 0 };
  g_auto (Answer) head = { 0 };
  g_autofree char *range = NULL;

  store_one (self);
  fixture_ask (self, "GET", url, "Range: bytes=1-3\r\n", NULL, 0, &part);
  g_assert_cmpuint (part.status, ==, 206);
  g_assert_true (answer_has (&part, "PNG"));
  g_assert_cmpuint (g_bytes_get_size (part.body), ==, 3);
  range = answer_header (&part, "Content-Range");
  g_assert_true (g_str_has_prefix (range, "bytes 1-3/"));
  fixture_ask (self, "GET", url, "Range: bytes=0-9,0-9,0-9,0-9\r\n", NULL, 0, &many);
  g_assert_cmpuint (many.status, ==, 200);
  fixture_ask (self, "HEAD", url, "", NULL, 0, &head);
  g_assert_cmpuint (head.status, ==, 200);
}

/* The strict parser refuses an encoded NUL before there is a path. */
static void
test_nul (Fixture       *self,
          gconstpointer  data)
{
  g_autofree char *url = media_url ("/media/ab/cd/" ID "%00.png", soon_s ());

  ask (self, url, "", 400);
}

/* Signed on purpose: even a path the core signed by mistake leads nowhere. */
static void
test_traversal (Fixture       *self,
                gconstpointer  data)
{
  static const char *const paths[] = {
    "/media/..%2f..%2fkeys/x/y",     "/media/../../etc/passwd",  "/media/ab/cd/..%2f..%2f..%2fkeys",
    "/media/ab/cd/" ID "%2500",      "/media/%2e%2e/%2e%2e/etc", "//etc/passwd",
    "/media/ab/cd/../cd/" ID,        "/media/ab/xx/" ID,         "/media/ab/cd/" ID ".png.exe",
    "/media/ab/cd/abcdlinked",       "/media/up/ab/abcd",        "/media/..//..//" ID,
    "/media/ab/cd/ABCD1234EFGH-_xy", "/media/ab/cd/abcdfolder",
  };
  g_autofree char *outside = g_build_filename (self->data_dir, "secret", NULL);
  g_autofree char *link = NULL, *folder = NULL;

  store_one (self);
  link = g_build_filename (self->data_dir, "media", "ab", "abcdlinked", NULL);
  folder = g_build_filename (self->data_dir, "media", "ab", "abcdfolder", NULL);
  g_assert_true (g_file_set_contents (outside, "secret", -1, NULL));
  g_assert_cmpint (symlink (outside, link), ==, 0);
  g_assert_cmpint (g_mkdir (folder, 0777), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autofree char *url = media_url (paths[i], soon_s ());

    ask (self, url, "", 404);
  }
}

static void
add (const char    *path,
     gconstpointer  data,
     void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, data, set_up, test, fixture_tear_down);
}

int
main (int    argc,
      char **argv)
{
  fixture_main (argc, argv);
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (good_cases); i++) {
    g_autofree char *path = g_strdup_printf ("/http/media/picture/%s", good_cases[i].name);

    add (path, &good_cases[i], test_picture);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (documents); i++) {
    g_autofree char *path = g_strdup_printf ("/http/media/document/%s", documents[i].name);

    add (path, &documents[i], test_document);
  }
  add ("/http/media/saved-name", NULL, test_saved_name);
  add ("/http/media/wrong-types", NULL, test_wrong_types);
  add ("/http/media/voice", NULL, test_voice);
  add ("/http/media/other-sound", NULL, test_other_sound);
  add ("/http/media/bombs", NULL, test_bombs);
  add ("/http/media/tickets", NULL, test_tickets);
  add ("/http/media/size-lies", NULL, test_size_lies);
  add ("/http/media/again", NULL, test_again);
  add ("/http/media/cut-short", NULL, test_cut_short);
  add ("/http/media/preflight", NULL, test_preflight);
  add ("/http/media/links", NULL, test_links);
  add ("/http/media/ranges", NULL, test_ranges);
  add ("/http/media/traversal", NULL, test_traversal);
  add ("/http/media/nul", NULL, test_nul);
  return g_test_run ();
}
