/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program as people call it, on a folder of its own. USHERCTL names it. */
#include "config.h"

#include "gate-store-admin.h"
#include "gate-store-sqlite.h"
#include "store-fixture.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

typedef struct {
  char *dir, *out, *err;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->dir = store_make_dir ();
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  store_remove_dir (self->dir);
  g_free (self->dir);
  g_free (self->out);
  g_free (self->err);
}

/* Runs usherctl with the words of @line, which may be quoted, and --data; its exit code. */
static int
run (Fixture    *self,
     const char *line,
     const char *input)
{
  g_autofree char *all =
    g_strdup_printf ("'%s' %s --data '%s'", g_getenv ("USHERCTL"), line, self->dir);
  g_auto (GStrv) words = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = NULL;

  g_assert_true (g_shell_parse_argv (all, NULL, &words, &error));
  process = g_subprocess_newv ((const char *const *) words,
                               G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                 G_SUBPROCESS_FLAGS_STDERR_PIPE,
                               &error);
  g_assert_no_error (error);
  g_clear_pointer (&self->out, g_free);
  g_clear_pointer (&self->err, g_free);
  g_assert_true (
    g_subprocess_communicate_utf8 (process, input, NULL, &self->out, &self->err, &error));
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  return g_subprocess_get_exit_status (process);
}

static GateSnapshot *
load (Fixture *self)
{
  g_autoptr (GateAdmin) admin = gate_admin_open (self->dir, NULL);
  GateSnapshot *snapshot;

  g_assert_nonnull (admin);
  snapshot = gate_admin_load (admin, NULL);
  g_assert_nonnull (snapshot);
  return snapshot;
}

static void
test_agent (Fixture       *self,
            gconstpointer  data)
{
  GateSnapshot *snapshot;
  const char *password;

  g_assert_cmpint (
    run (self,
         "agent add anna --name 'Anna “Li”' --queues 'sales, tech' --role supervisor "
         "--capacity 3",
         NULL),
    ==, 0);
  password = strstr (self->out, "One-time password of anna: ");
  g_assert_nonnull (password);
  g_assert_cmpint (run (self, "agent add bo --name Bo --password-stdin", "correct horse\nrest"), ==,
                   0);
  g_assert_null (strstr (self->out, "correct horse"));

  snapshot = load (self);
  g_assert_cmpuint (snapshot->n_agents, ==, 2);
  g_assert_cmpstr (snapshot->agents[0].role, ==, "supervisor");
  g_assert_cmpstr (snapshot->agents[0].queues, ==, "[\"sales\",\"tech\"]");
  g_assert_cmpuint (snapshot->agents[0].capacity, ==, 3);
  g_assert_true (snapshot->agents[0].must_change);
  g_assert_false (snapshot->agents[1].must_change);
  g_assert_true (
    g_str_has_prefix (snapshot->agents[1].password, "$argon2id$v=19$m=65536,t=3,p=1$"));
  g_assert_cmpint (crypto_pwhash_str_verify (snapshot->agents[1].password, "correct horse", 13), ==,
                   0);
  g_assert_cmpint (crypto_pwhash_str_verify (snapshot->agents[1].password, "correct horsf", 13), !=,
                   0);
  gate_store_snapshot_free (snapshot);

  g_assert_cmpint (run (self, "agent list --json", NULL), ==, 0);
  g_assert_nonnull (strstr (self->out, "\"login\": \"anna\", \"name\": \"Anna “Li”\""));
  g_assert_cmpint (run (self, "agent add ANNA --name Other", NULL), ==, 1);
  g_assert_nonnull (strstr (self->err, "already there"));
}

static void
test_agent_changes (Fixture       *self,
                    gconstpointer  data)
{
  GateSnapshot *snapshot;
  g_autofree char *before = NULL;

  g_assert_cmpint (run (self, "agent add anna --name Anna --password-stdin", "correct horse\n"), ==,
                   0);
  snapshot = load (self);
  before = g_strdup (snapshot->agents[0].password);
  gate_store_snapshot_free (snapshot);
  g_assert_cmpint (run (self, "agent passwd anna", NULL), ==, 0);
  g_assert_nonnull (strstr (self->out, "One-time password"));
  g_assert_cmpint (run (self, "agent disable anna", NULL), ==, 0);
  snapshot = load (self);
  g_assert_cmpstr (snapshot->agents[0].password, !=, before);
  g_assert_true (snapshot->agents[0].must_change);
  g_assert_true (snapshot->agents[0].is_disabled);
  gate_store_snapshot_free (snapshot);
  g_assert_cmpint (run (self, "agent enable anna", NULL), ==, 0);
  g_assert_cmpint (run (self, "agent passwd nobody", NULL), ==, 1);
  g_assert_nonnull (strstr (self->err, "no agent “nobody”"));
}

static void
test_app (Fixture       *self,
          gconstpointer  data)
{
  GateSnapshot *snapshot;

  g_assert_cmpint (run (self,
                        "app add 'My shop' --origin https://shop.example --origin "
                        "https://www.shop.example --gateway https://chat.shop.example",
                        NULL),
                   ==, 0);
  snapshot = load (self);
  g_assert_cmpuint (snapshot->n_apps, ==, 1);
  g_assert_cmpstr (snapshot->apps[0].name, ==, "My shop");
  g_assert_cmpstr (snapshot->apps[0].origins, ==,
                   "[\"https://shop.example\",\"https://www.shop.example\"]");
  g_assert_nonnull (
    strstr (self->out, "<script async src=\"https://chat.shop.example/widget.js\" data-app=\""));
  g_assert_nonnull (strstr (self->out, snapshot->apps[0].key));
  gate_store_snapshot_free (snapshot);
  g_assert_cmpint (run (self, "app list", NULL), ==, 0);
  g_assert_nonnull (strstr (self->out, "My shop"));
}

typedef struct {
  const char *line;
  const char *input;
  int code;
  const char *says;
} WrongCase;

static const WrongCase wrong_cases[] = {
  { "agent", NULL, 2, "no command" },
  { "agent frob", NULL, 2, "no command “agent frob”" },
  { "agent add", NULL, 2, "exactly one argument" },
  { "agent add a b --name x", NULL, 2, "exactly one argument" },
  { "agent add 'a b' --name x", NULL, 2, "a login has" },
  { "agent add anna", NULL, 2, "--name is needed" },
  { "agent add anna --name x --role king", NULL, 2, "--role is one of" },
  { "agent add anna --name x --capacity 0", NULL, 2, "--capacity" },
  { "agent add anna --name x --password-stdin", "short\n", 1, "at least 8" },
  { "agent add anna --name x --password-stdin", "", 1, "at least 8" },
  { "agent list extra", NULL, 2, "too many arguments" },
  { "agent list --frob", NULL, 2, "--frob" },
  { "app add shop", NULL, 2, "--origin is needed" },
  { "app add shop --origin shop.example", NULL, 2, "no origin" },
  { "backup", NULL, 2, "exactly one argument" },
  { "restore /nowhere/at/all", NULL, 1, "nowhere" },
};

static void
test_wrong (Fixture       *self,
            gconstpointer  data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (wrong_cases); i++) {
    const WrongCase *now = &wrong_cases[i];

    g_test_message ("%s", now->line);
    g_assert_cmpint (run (self, now->line, now->input), ==, now->code);
    g_assert_nonnull (strstr (self->err, now->says));
  }
}

/* --- Backup ------------------------------------------------------------------------------------------- */

static void
put_file (const char *dir,
          const char *name,
          const char *text)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static guint64
read_log (const char *dir)
{
  sqlite3 *db = gate_store_db_open (dir, GATE_DB_READ, NULL);
  guint64 log = gate_store_db_get_log (db);

  sqlite3_close (db);
  return log;
}

static void
test_backup (Fixture       *self,
             gconstpointer  data)
{
  g_autofree char *other = store_make_dir ();
  g_autofree char *file = g_build_filename (other, "backup.tar", NULL);
  g_autofree char *to = g_build_filename (other, "restored", NULL);
  g_autofree char *backup = g_strdup_printf ("backup '%s'", file);
  g_autofree char *restore = g_strdup_printf ("restore '%s'", file);
  g_autofree char *picture = g_build_filename (to, "media", "ab", "picture.jpg", NULL);
  g_autofree char *text = NULL;
  char *from = self->dir;
  GateSnapshot *snapshot;
  struct stat info;

  g_assert_cmpint (run (self, "agent add anna --name Anna --password-stdin", "correct horse\n"), ==,
                   0);
  put_file (self->dir, "media/ab/picture.jpg", "not quite a picture");
  put_file (self->dir, "media/cd/empty", "");
  put_file (self->dir, "media/incoming/unfinished", "of an upload");
  put_file (self->dir, "resume.key", "secret");
  g_assert_cmpint (run (self, backup, NULL), ==, 0);
  g_assert_nonnull (strstr (self->out, "2 uploaded files"));
  g_assert_cmpint (stat (file, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 07777, ==, 0600);
  g_assert_cmpint (run (self, backup, NULL), ==, 1);
  g_assert_nonnull (strstr (self->err, "not overwritten"));
  /* Into the folder it came from: no. */
  g_assert_cmpint (run (self, restore, NULL), ==, 1);
  g_assert_nonnull (strstr (self->err, "move the old data away"));

  self->dir = to;
  g_assert_cmpint (run (self, restore, NULL), ==, 0);
  snapshot = load (self);
  g_assert_cmpuint (snapshot->n_agents, ==, 1);
  g_assert_cmpstr (snapshot->agents[0].login, ==, "anna");
  gate_store_snapshot_free (snapshot);
  g_assert_cmpuint (read_log (to), !=, read_log (from));
  g_assert_true (g_file_get_contents (picture, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "not quite a picture");
  self->dir = from;
  store_remove_dir (other);
}

/* Any bit may have turned: a damaged backup restores nothing, or the same. */
static void
test_damaged (Fixture       *self,
              gconstpointer  data)
{
  g_autofree char *other = store_make_dir ();
  g_autofree char *file = g_build_filename (other, "backup.tar", NULL);
  g_autofree char *backup = g_strdup_printf ("backup '%s'", file);
  g_autofree char *restore = g_strdup_printf ("restore '%s'", file);
  g_autofree char *to = g_build_filename (other, "restored", NULL);
  g_autofree char *bytes = NULL;
  const gsize cuts[] = { 0, 100, 512, 5000 };
  char *from = self->dir;
  gsize n_bytes;

  g_assert_cmpint (run (self, "agent add anna --name Anna --password-stdin", "correct horse\n"), ==,
                   0);
  g_assert_cmpint (run (self, backup, NULL), ==, 0);
  g_assert_true (g_file_get_contents (file, &bytes, &n_bytes, NULL));
  self->dir = to;
  for (gsize i = 0; i < G_N_ELEMENTS (cuts); i++) {
    g_assert_true (g_file_set_contents (file, bytes, (gssize) cuts[i], NULL));
    g_assert_cmpint (run (self, restore, NULL), ==, 1);
    g_assert_nonnull (strstr (self->err, "no whole backup"));
  }
  /* The name of the first file: something outside of the folder. */
  memcpy (bytes, "../../x.db", 11);
  g_assert_true (g_file_set_contents (file, bytes, (gssize) n_bytes, NULL));
  g_assert_cmpint (run (self, restore, NULL), ==, 1);
  memcpy (bytes, "usher.db\0\0", 11);
  /* In the middle of a page of the database. */
  memset (bytes + 512 + 4096 + 8, 0xFF, 2000);
  g_assert_true (g_file_set_contents (file, bytes, (gssize) n_bytes, NULL));
  g_assert_cmpint (run (self, restore, NULL), ==, 1);
  g_assert_nonnull (strstr (self->err, "damaged"));
  self->dir = from;
  store_remove_dir (other);
}

/* --- Beside a gateway --------------------------------------------------------------------------------- */

static void
ignore_batch (GateBatch *batch,
              gpointer   user_data)
{
  gate_batch_free (batch);
}

static void
ignore_query (GateQuery *query,
              gpointer   user_data)
{
  gate_query_free (query);
}

static void
count_change (gpointer user_data)
{
  ++*(guint *) user_data;
}

static void
test_beside_gateway (Fixture       *self,
                     gconstpointer  data)
{
  g_autoptr (GateLoop) loop = gate_loop_new ();
  const GateStoreDone done = { ignore_batch, ignore_query, count_change };
  guint n_changes = 0;
  gint64 deadline = g_get_monotonic_time () + G_GINT64_CONSTANT (10) * G_USEC_PER_SEC;
  GateStore *store = gate_store_sqlite_open (self->dir, loop, &done, &n_changes, NULL);
  g_autofree char *other = store_make_dir ();
  g_autofree char *backup = g_strdup_printf ("backup '%s/backup.tar'", other);

  g_assert_nonnull (store);
  g_assert_cmpint (run (self, "agent add anna --name Anna --password-stdin", "correct horse\n"), ==,
                   0);
  while (n_changes == 0) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    gate_loop_turn (loop, 100);
  }
  g_assert_cmpint (run (self, backup, NULL), ==, 0);
  gate_store_sqlite_close (store);
  store_remove_dir (other);
}

#define ADD(name, func) g_test_add ("/ctl/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_nonnull (g_getenv ("USHERCTL"));
  g_assert_cmpint (sodium_init (), >=, 0);
  ADD ("agent", test_agent);
  ADD ("agent-changes", test_agent_changes);
  ADD ("app", test_app);
  ADD ("wrong", test_wrong);
  ADD ("backup", test_backup);
  ADD ("damaged", test_damaged);
  ADD ("beside-gateway", test_beside_gateway);
  return g_test_run ();
}
