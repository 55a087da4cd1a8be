/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gate-geo.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__has_feature)
#  if __has_feature(address_sanitizer)
#    include <sanitizer/lsan_interface.h>
#    define HAS_LEAK_CHECK 1
#  endif
#endif

/* What lies where is in make-mmdb.py. */

static char *
fixture (const char *name)
{
  return g_test_build_filename (G_TEST_BUILT, "geo", name, NULL);
}

static GateGeo *
open_fixture (const char *name,
              const char *language)
{
  g_autofree char *path = fixture (name);
  g_autoptr (GError) error = NULL;
  GateGeo *self = gate_geo_open (path, language, &error);

  g_assert_no_error (error);
  return self;
}

static void
check (const GateGeo *self,
       const char    *address,
       const char    *expected)
{
  g_autofree char *place = gate_geo_find_place (self, address);

  g_test_message ("%s", address != NULL ? address : "(none)");
  g_assert_cmpstr (place, ==, expected);
}

/* --- Addresses ------------------------------------------------------------------------------------- */

static void
test_v4 (gconstpointer name)
{
  g_autoptr (GateGeo) self = open_fixture (name, "en");

  check (self, "192.0.2.1", "Malmö, Sweden");
  check (self, "192.0.2.127", "Malmö, Sweden");
  check (self, "192.0.2.128", "Sweden"); /* no city */
  check (self, "::ffff:192.0.2.1", "Malmö, Sweden");
  check (self, "192.0.3.1", NULL);
  check (self, "198.51.100.65", "Singapore"); /* is in itself */
  check (self, "198.51.100.129", "Lund, SE"); /* names without languages */
  check (self, "198.51.100.193", NULL);       /* neither city nor country */
  check (self, "203.0.113.1", "Visby");       /* no country */
  check (self, "203.0.113.65", NULL);         /* an empty name, and one that is no text */
  check (self, "203.0.113.129", "Sweden");    /* a city of 300 letters */
  check (self, "192.0.2.1:443", NULL);
  check (self, "192.0.2", NULL);
  check (self, "shop.example", NULL);
  check (self, "", NULL);
  check (self, NULL, NULL);
}

static void
test_v6 (void)
{
  g_autoptr (GateGeo) both = open_fixture ("places-6.mmdb", "en");
  g_autoptr (GateGeo) v4_only = open_fixture ("places-4.mmdb", "en");

  check (both, "2001:db8:1::7", "Malmö, Sweden");
  check (both, "2001:db8:2::7", NULL);
  check (both, "[2001:db8:1::7]", NULL);
  check (v4_only, "2001:db8:1::7", NULL); /* and no error */
}

/* The file has something to say of 10.0.0.0/8 and fd00::/8. */
static void
test_private (void)
{
  static const char *const addresses[] = {
    "0.0.0.0",     "10.1.2.3",        "100.64.0.1",       "100.127.255.255",
    "127.0.0.1",   "169.254.1.1",     "172.16.0.1",       "172.31.255.255",
    "192.168.1.1", "224.0.0.1",       "255.255.255.255",  "::",
    "::1",         "fe80::1",         "fd00::1",          "fc00::1",
    "ff02::1",     "::ffff:10.1.2.3", "::ffff:127.0.0.1",
  };
  g_autoptr (GateGeo) self = open_fixture ("places-6.mmdb", "en");

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    check (self, addresses[i], NULL);
}

/* --- Languages ------------------------------------------------------------------------------------- */

static void
test_chinese (void)
{
  g_autoptr (GateGeo) self = open_fixture ("places-6.mmdb", "zh-CN");

  check (self, "192.0.2.1", "瑞典马尔默");
  check (self, "192.0.2.128", "瑞典");
  check (self, "198.51.100.1", "瑞典 Ystad"); /* the city has an English name only */
  check (self, "198.51.100.65", "新加坡");
  check (self, "198.51.100.129", "SE Lund");
}

static void
test_language_missing (void)
{
  g_autoptr (GateGeo) self = open_fixture ("places-6.mmdb", "sv");

  check (self, "192.0.2.1", "Malmö, Sweden");
}

/* --- Files ------------------------------------------------------------------------------------------ */

static void
test_description (void)
{
  g_autoptr (GateGeo) self = open_fixture ("places-6.mmdb", "en");
  g_autofree char *description = gate_geo_dup_description (self);

  g_assert_cmpstr (description, ==, "Test-City, 2026-01-01");
}

static void
check_refused (const char *path,
               GFileError  code,
               const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (gate_geo_open (path, "en", &error));
  g_assert_error (error, G_FILE_ERROR, (int) code);
  g_test_message ("%s", error->message);
  g_assert_true (g_str_has_prefix (error->message, "geo.database: "));
  g_assert_nonnull (strstr (error->message, path));
  g_assert_nonnull (strstr (error->message, words));
}

/* A database that one may write on: in a folder of its own, or in memory, where thousands are written in a moment. */
typedef struct {
  char *folder; /* (nullable) */
  char *path;
  int fd;
  char *data;
  gsize n_bytes;
} Copy;

static void
copy_write (const Copy *self,
            const void *data,
            gsize       n_bytes)
{
  g_assert_cmpint (ftruncate (self->fd, 0), ==, 0);
  g_assert_cmpint (pwrite (self->fd, data, n_bytes, 0), ==, (gssize) n_bytes);
}

static void
copy_init (Copy     *self,
           gboolean  is_in_memory)
{
  g_autofree char *from = fixture ("places-6.mmdb");

  g_assert_true (g_file_get_contents (from, &self->data, &self->n_bytes, NULL));
  self->folder = is_in_memory ? NULL : g_dir_make_tmp ("geo-XXXXXX", NULL);
  if (is_in_memory) {
    self->fd = memfd_create ("geo", MFD_CLOEXEC);
    self->path = g_strdup_printf ("/proc/self/fd/%d", self->fd);
  } else {
    self->path = g_build_filename (self->folder, "copy.mmdb", NULL);
    self->fd = g_open (self->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  }
  g_assert_cmpint (self->fd, >=, 0);
  copy_write (self, self->data, self->n_bytes);
}

static void
copy_clear (Copy *self)
{
  close (self->fd);
  if (self->folder != NULL) {
    g_unlink (self->path);
    g_rmdir (self->folder);
  }
  g_free (self->folder);
  g_free (self->path);
  g_free (self->data);
}

static void
test_refused (void)
{
  static const char garbage[] = "not a database, however long one reads in it";
  Copy copy;

  copy_init (&copy, FALSE);
  check_refused ("/nowhere/city.mmdb", G_FILE_ERROR_NOENT, "cannot read");
  check_refused (copy.folder, G_FILE_ERROR_ISDIR, "cannot read");
  copy_write (&copy, "", 0);
  check_refused (copy.path, G_FILE_ERROR_INVAL, "not a database");
  copy_write (&copy, garbage, strlen (garbage));
  check_refused (copy.path, G_FILE_ERROR_INVAL, "not a database");
  copy_clear (&copy);
}

static void
use (const GateGeo *self)
{
  static const char *const addresses[] = { "192.0.2.1",     "192.0.2.200",    "198.51.100.1",
                                           "198.51.100.65", "198.51.100.129", "203.0.113.65",
                                           "203.0.113.129", "8.8.8.8",        "2001:db8:1::7" };

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++) {
    g_autofree char *place = gate_geo_find_place (self, addresses[i]);

    g_assert_true (place == NULL || g_utf8_validate (place, -1, NULL));
  }
}

/* The end of the file says what is in it, so a download that broke off is none. */
static void
test_truncated (void)
{
  Copy copy;

  copy_init (&copy, TRUE);
  for (gsize n = 0; n < copy.n_bytes; n++) {
    g_autoptr (GError) error = NULL;

    copy_write (&copy, copy.data, n);
    g_assert_null (gate_geo_open (copy.path, "en", &error));
    g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
  }
  copy_clear (&copy);
}

/* The library forgets some memory over a description that it cannot read; the gateway opens one file and then ends. */
static GateGeo *
try_open (const char *path)
{
  GateGeo *self;

#ifdef HAS_LEAK_CHECK
  __lsan_disable ();
#endif
  self = gate_geo_open (path, "zh-CN", NULL);
#ifdef HAS_LEAK_CHECK
  __lsan_enable ();
#endif
  return self;
}

static void
test_damaged (void)
{
  static const guint8 masks[] = { 0x01, 0x20, 0x80, 0xff };
  guint n_opened = 0;
  Copy copy;

  copy_init (&copy, TRUE);
  for (gsize i = 0; i < copy.n_bytes * G_N_ELEMENTS (masks); i++) {
    g_autoptr (GateGeo) self = NULL;
    char *byte = &copy.data[i / G_N_ELEMENTS (masks)];

    *byte = (char) (*byte ^ masks[i % G_N_ELEMENTS (masks)]);
    copy_write (&copy, copy.data, copy.n_bytes);
    *byte = (char) (*byte ^ masks[i % G_N_ELEMENTS (masks)]);
    self = try_open (copy.path);
    if (self == NULL)
      continue;
    use (self);
    n_opened++;
  }
  g_assert_cmpuint (n_opened, >, copy.n_bytes);
  copy_clear (&copy);
}

/* Pages of a mapped file that was cut off must not be touched; a file that was replaced is still there. */
static void
test_changed_in_place (void)
{
  g_autoptr (GateGeo) cut = NULL;
  g_autoptr (GateGeo) replaced = NULL;
  Copy copy;

  copy_init (&copy, FALSE);
  replaced = gate_geo_open (copy.path, "en", NULL);
  g_assert_true (g_file_set_contents (copy.path, copy.data, (gssize) copy.n_bytes, NULL));
  check (replaced, "192.0.2.1", "Malmö, Sweden");
  cut = gate_geo_open (copy.path, "en", NULL);
  check (cut, "192.0.2.1", "Malmö, Sweden");
  g_assert_cmpint (truncate (copy.path, 0), ==, 0);
  check (cut, "192.0.2.1", NULL);
  check (replaced, "192.0.2.1", "Malmö, Sweden");
  copy_clear (&copy);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/geo/v4/in-v6-of-28-bits", "places-6.mmdb", test_v4);
  g_test_add_data_func ("/geo/v4/alone-of-24-bits", "places-4.mmdb", test_v4);
  g_test_add_func ("/geo/v6", test_v6);
  g_test_add_func ("/geo/private", test_private);
  g_test_add_func ("/geo/chinese", test_chinese);
  g_test_add_func ("/geo/language-missing", test_language_missing);
  g_test_add_func ("/geo/description", test_description);
  g_test_add_func ("/geo/refused", test_refused);
  g_test_add_func ("/geo/truncated", test_truncated);
  g_test_add_func ("/geo/damaged", test_damaged);
  g_test_add_func ("/geo/changed-in-place", test_changed_in_place);
  return g_test_run ();
}
