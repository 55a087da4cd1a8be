/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include "usher-store.h"

/* What is taken along: whole or not at all, notes apart from what visitors saw, and nothing that a browser would run. */

typedef struct {
  char *dir;
  char *out;
  UsherStore *store;
  double fraction;
  guint n_news;
} Fixture;

static gboolean may_mount;

static gboolean
tick_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

#define WAIT_UNTIL(condition)                                         \
  G_STMT_START                                                        \
  {                                                                   \
    gint64 until_us_ = g_get_monotonic_time () + 60 * G_USEC_PER_SEC; \
    guint tick_ = g_timeout_add (20, tick_cb, NULL);                  \
    while (!(condition) && g_get_monotonic_time () < until_us_)       \
      g_main_context_iteration (NULL, TRUE);                          \
    g_source_remove (tick_);                                          \
    g_assert_true (condition);                                        \
  }                                                                   \
  G_STMT_END

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    remove_tree (child);
  }
  g_remove (path);
}

static void
setup (Fixture       *f,
       gconstpointer  data)
{
  g_autoptr (UsherSnapshot) snapshot = NULL;
  g_autoptr (GError) error = NULL;

  f->dir = g_dir_make_tmp ("usher-export-XXXXXX", NULL);
  f->out = g_build_filename (f->dir, "out", NULL);
  g_mkdir (f->out, 0700);
  f->store = usher_store_open (f->dir, &snapshot, &error);
  g_assert_no_error (error);
  usher_store_set_meta (f->store, "agent", "42");
  usher_store_set_meta (f->store, "agent-name", "Ada");
}

static void
teardown (Fixture       *f,
          gconstpointer  data)
{
  if (f->store != NULL)
    usher_store_close (f->store);
  g_clear_object (&f->store);
  remove_tree (f->dir);
  g_free (f->out);
  g_free (f->dir);
}

static void
put_chat (Fixture    *f,
          guint64     conv,
          const char *name)
{
  UsherConversationRow *row = g_new0 (UsherConversationRow, 1);

  row->conv = conv;
  row->visitor = 9001;
  row->name = g_strdup (name);
  row->agent = 42;
  row->last_ts_us = (gint64) conv * G_USEC_PER_SEC;
  row->tags = g_strsplit ("refund,vip", ",", -1);
  usher_store_put_conversation (f->store, row);
}

static void
put_lines (Fixture          *f,
           guint64           conv,
           guint64           from,
           guint64           to,
           UsherMessageKind  kind,
           const char       *text)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) usher_message_row_free);

  for (guint64 seq = from; seq <= to; seq++) {
    UsherMessageRow *row = g_new0 (UsherMessageRow, 1);

    row->conv = conv;
    row->seq = seq;
    row->kind = kind;
    row->ts_us = G_GINT64_CONSTANT (1767225600123456) + (gint64) seq;
    row->role = seq % 2 == 1 ? USHER_ROLE_VISITOR : USHER_ROLE_AGENT;
    row->sender = seq % 2 == 1 ? 9001 : 42;
    row->text = g_strdup (text);
    g_ptr_array_add (rows, row);
  }
  usher_store_put_messages (f->store, rows);
}

static void
result_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
progress_cb (double   fraction,
             gpointer user_data)
{
  Fixture *f = user_data;

  g_assert_cmpfloat (fraction, >=, f->fraction);
  g_assert_cmpfloat (fraction, <=, 1);
  f->fraction = fraction;
  f->n_news++;
}

/* What was put before is on the disk when this has come back. */
static void
settle (Fixture *f)
{
  g_autoptr (GAsyncResult) result = NULL;

  usher_store_put_draft_async (f->store, 1, FALSE, "settled", NULL, result_cb, &result);
  WAIT_UNTIL (result != NULL);
}

static char *export(Fixture *f, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  f->fraction = 0;
  usher_store_export_async (f->store, f->out, "{\"a\":1}", NULL, progress_cb, f, result_cb,
                            &result);
  WAIT_UNTIL (result != NULL);
  return usher_store_export_finish (result, error);
}

static char *
read_file (const char *dir,
           const char *name)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static JsonObject *
parse (const char *dir,
       const char *name)
{
  g_autofree char *text = read_file (dir, name);
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GError) error = NULL;

  node = json_from_string (text, &error);
  g_assert_no_error (error);
  return json_node_dup_object (node);
}

static guint
n_files (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
test_whole (Fixture       *f,
            gconstpointer  data)
{
  g_autoptr (JsonObject) chats = NULL;
  g_autoptr (JsonObject) notes = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autofree char *settings = NULL;
  g_autofree char *page = NULL;
  g_autofree char *notes_page = NULL;
  g_autofree char *index = NULL;
  JsonObject *chat;
  JsonObject *line;

  put_chat (f, 300, "<script>alert(1)</script>");
  put_chat (f, 301, "李伟");
  put_chat (f, 302, "nothing is held of this one");
  put_lines (f, 300, 1, 3, USHER_MESSAGE_TEXT,
             "<img src=x onerror=alert(1)> \"quoted\"\n\001 退款");
  put_lines (f, 300, 1, 1, USHER_MESSAGE_NOTE, "only for us");
  put_lines (f, 301, 1, 1, USHER_MESSAGE_TEXT, "hello");
  settle (f);
  path = export(f, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_files (f->out), ==, 1);

  chats = parse (path, "chats.json");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (chats, "chats")), ==, 2);
  chat = json_array_get_object_element (json_object_get_array_member (chats, "chats"), 1);
  g_assert_cmpstr (json_object_get_string_member (chat, "id"), ==, "300");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (chat, "labels")), ==, 2);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (chat, "lines")), ==, 3);
  line = json_array_get_object_element (json_object_get_array_member (chat, "lines"), 0);
  g_assert_cmpstr (json_object_get_string_member (line, "text"), ==,
                   "<img src=x onerror=alert(1)> \"quoted\"\n\001 退款");
  g_assert_cmpstr (json_object_get_string_member (line, "at"), ==, "2026-01-01T00:00:00.123Z");
  g_assert_cmpstr (json_object_get_string_member (line, "role"), ==, "visitor");
  notes = parse (path, "notes.json");
  line = json_array_get_object_element (json_object_get_array_member (notes, "notes"), 0);
  g_assert_cmpstr (json_object_get_string_member (line, "text"), ==, "only for us");
  g_assert_cmpstr (json_object_get_string_member (line, "chat"), ==, "300");

  /* Notes are in none of the files about chats; strangers' words are text. */
  page = read_file (path, "chats/300.html");
  g_assert_null (strstr (page, "only for us"));
  g_assert_null (strstr (page, "<img"));
  g_assert_null (strstr (page, "<script"));
  g_assert_nonnull (strstr (page, "&lt;img src=x"));
  g_assert_nonnull (strstr (page, "退款"));
  g_assert_nonnull (strstr (page, "Ada"));
  notes_page = read_file (path, "notes.html");
  g_assert_nonnull (strstr (notes_page, "only for us"));
  g_assert_null (strstr (notes_page, "<script"));
  index = read_file (path, "index.html");
  g_assert_nonnull (strstr (index, "chats/301.html"));
  g_assert_true (strstr (index, "chats/301.html") < strstr (index, "chats/300.html"));
  g_assert_null (strstr (index, "<script"));
  g_assert_null (strstr (index, "chats/302.html"));
  settings = read_file (path, "settings.json");
  g_assert_cmpstr (settings, ==, "{\"a\":1}");
  {
    g_autofree char *readme = read_file (path, "README.txt");

    g_assert_nonnull (strstr (readme, "chats.json"));
  }
}

static void
test_nothing (Fixture       *f,
              gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) chats = NULL;
  g_autofree char *path = NULL;

  settle (f);
  path = export(f, &error);
  g_assert_no_error (error);
  chats = parse (path, "chats.json");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (chats, "chats")), ==, 0);
}

static void
test_no_folder (Fixture       *f,
                gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  g_rmdir (f->out);
  g_assert_null (export(f, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static void
put_many (Fixture *f)
{
  put_chat (f, 300, "Many");
  for (guint64 i = 0; i < 200; i++)
    put_lines (f, 300, i * 1000 + 1, i * 1000 + 1000, USHER_MESSAGE_TEXT,
               "a line of a usual length, as people write them all day");
  settle (f);
}

/* By the person who waits; nothing is left. And what is written meanwhile is not held up: the draft was kept before the export ended. */
static void
test_cancel (Fixture       *f,
             gconstpointer  data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  put_many (f);
  usher_store_export_async (f->store, f->out, "{}", cancellable, progress_cb, f, result_cb,
                            &result);
  settle (f);
  g_cancellable_cancel (cancellable);
  WAIT_UNTIL (result != NULL);
  g_assert_null (usher_store_export_finish (result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (n_files (f->out), ==, 0);
}

/* By the end of the program. */
static void
test_close (Fixture       *f,
            gconstpointer  data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  put_many (f);
  usher_store_export_async (f->store, f->out, "{}", NULL, progress_cb, f, result_cb, &result);
  usher_store_close (f->store);
  g_assert_cmpuint (n_files (f->out), ==, 0);
  WAIT_UNTIL (result != NULL);
  g_assert_null (usher_store_export_finish (result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* A small disk is mounted in a namespace of our own; before any thread runs. */
static gboolean
enter_namespace (void)
{
  g_autofree char *map = g_strdup_printf ("0 %u 1", getuid ());

  if (unshare (CLONE_NEWNS) != 0) {
    if (unshare (CLONE_NEWNS | CLONE_NEWUSER) != 0)
      return FALSE;
    g_file_set_contents_full ("/proc/self/uid_map", map, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL);
  }
  return mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static void
test_full_disk (Fixture       *f,
                gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  if (!may_mount || mount ("tmpfs", f->out, "tmpfs", 0, "size=256k") != 0) {
    g_test_skip ("no small disk may be mounted here");
    return;
  }
  put_many (f);
  g_assert_null (export(f, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_assert_cmpuint (n_files (f->out), ==, 0);
  umount (f->out);
}

static void
test_million (Fixture       *f,
              gconstpointer  data)
{
  struct rusage before, after;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  gint64 began_us;

  if (!g_test_slow ()) {
    g_test_skip ("a million lines are for -m slow");
    return;
  }
  for (guint64 conv = 1; conv <= 1000; conv++) {
    put_chat (f, conv, "Many");
    put_lines (f, conv, 1, 1000, USHER_MESSAGE_TEXT,
               "a line of a usual length, as people write them all day");
    if (conv % 20 == 0)
      settle (f);
  }
  getrusage (RUSAGE_SELF, &before);
  began_us = g_get_monotonic_time ();
  path = export(f, &error);
  g_assert_no_error (error);
  getrusage (RUSAGE_SELF, &after);
  g_assert_cmpuint (f->n_news, >, 1);
  g_test_message ("a million lines in %.1f s, %ld KiB more",
                  (double) (g_get_monotonic_time () - began_us) / G_USEC_PER_SEC,
                  after.ru_maxrss - before.ru_maxrss);
  g_assert_cmpint (after.ru_maxrss - before.ru_maxrss, <, 32 * 1024);
}

#define ADD(name, function) \
  g_test_add ("/store/export/" name, Fixture, NULL, setup, function, teardown)

int
main (int    argc,
      char **argv)
{
  may_mount = enter_namespace ();
  g_test_init (&argc, &argv, NULL);
  ADD ("whole", test_whole);
  ADD ("nothing", test_nothing);
  ADD ("no-folder", test_no_folder);
  ADD ("cancel", test_cancel);
  ADD ("close", test_close);
  ADD ("full-disk", test_full_disk);
  ADD ("million", test_million);
  return g_test_run ();
}
