/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "usher-store.h"

/* The cache and what exists only in it. Killing is done to a child that says on a pipe what was confirmed to it. */

#define N_KILLS 100

/* A sanitizer makes everything about ten times slower; the promise is about the program as it is shipped. */
#if defined(__has_feature)
#  if __has_feature(address_sanitizer)
#    define IS_SANITIZED 1
#  endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(IS_SANITIZED)
#  define START_LIMIT_US (3000 * 1000)
#else
#  define START_LIMIT_US (300 * 1000)
#endif

typedef struct {
  char *dir;
  UsherStore *store;
  UsherSnapshot *snapshot;
} Fixture;

static gboolean
tick_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

#define WAIT_UNTIL(condition)                                         \
  G_STMT_START                                                        \
  {                                                                   \
    gint64 until_us_ = g_get_monotonic_time () + 10 * G_USEC_PER_SEC; \
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
open_store (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  f->store = usher_store_open (f->dir, &f->snapshot, &error);
  g_assert_no_error (error);
}

/* The store ends on this thread, not on its own. */
static void
close_store (Fixture *f)
{
  UsherStore *weak = f->store;

  g_object_add_weak_pointer (G_OBJECT (weak), (gpointer *) &weak);
  g_clear_pointer (&f->snapshot, usher_snapshot_free);
  usher_store_close (f->store);
  g_clear_object (&f->store);
  WAIT_UNTIL (weak == NULL);
}

static void
setup (Fixture       *f,
       gconstpointer  data)
{
  f->dir = g_dir_make_tmp ("usher-store-XXXXXX", NULL);
  open_store (f);
}

static void
teardown (Fixture       *f,
          gconstpointer  data)
{
  close_store (f);
  remove_tree (f->dir);
  g_free (f->dir);
}

static void
result_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static UsherOutboxRow *
outbox_row (guint64     cid,
            const char *text)
{
  UsherOutboxRow *row = g_new0 (UsherOutboxRow, 1);

  row->conv = 300;
  row->cid = cid;
  row->kind = USHER_MESSAGE_TEXT;
  row->text = g_strdup (text);
  row->queued_at_us = 1;
  return row;
}

static UsherMessageRow *
message_row (guint64          conv,
             guint64          seq,
             UsherMessageKind kind,
             gint64           ts_us)
{
  UsherMessageRow *row = g_new0 (UsherMessageRow, 1);

  row->conv = conv;
  row->seq = seq;
  row->kind = kind;
  row->ts_us = ts_us;
  row->text =
    g_strdup_printf ("%s %" G_GUINT64_FORMAT, kind == USHER_MESSAGE_NOTE ? "note" : "line", seq);
  return row;
}

static void
put_rows (Fixture *f,
          guint64  from,
          guint64  to)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) usher_message_row_free);

  for (guint64 seq = from; seq <= to; seq++)
    g_ptr_array_add (rows, message_row (300, seq, USHER_MESSAGE_TEXT, (gint64) seq * 10));
  usher_store_put_messages (f->store, rows);
}

static UsherPage *
load_page (Fixture *f,
           guint64  after,
           guint64  before,
           guint    limit)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  UsherPage *page;

  usher_store_load_page_async (f->store, 300, after, before, limit, NULL, result_cb, &result);
  WAIT_UNTIL (result != NULL);
  page = usher_store_load_page_finish (f->store, result, &error);
  g_assert_no_error (error);
  return page;
}

static guint64
seq_at (UsherPage *page,
        guint      i)
{
  return ((UsherMessageRow *) g_ptr_array_index (page->messages, i))->seq;
}

/* --- Tests ------------------------------------------------------------------------------------------- */

static void
test_pages (Fixture       *f,
            gconstpointer  data)
{
  g_autoptr (UsherPage) newest = NULL;
  g_autoptr (UsherPage) older = NULL;
  g_autoptr (UsherPage) newer = NULL;

  put_rows (f, 1, 250);
  newest = load_page (f, 0, G_MAXINT64, 100);
  g_assert_cmpuint (newest->messages->len, ==, 100);
  g_assert_cmpuint (seq_at (newest, 0), ==, 151);
  g_assert_cmpuint (seq_at (newest, 99), ==, 250);
  older = load_page (f, 0, 151, 200);
  g_assert_cmpuint (older->messages->len, ==, 150);
  g_assert_cmpuint (seq_at (older, 0), ==, 1);
  newer = load_page (f, 20, G_MAXINT64, 100);
  g_assert_cmpuint (seq_at (newer, 0), ==, 21);
  g_assert_cmpuint (seq_at (newer, 99), ==, 120);
}

/* A note stands on the page between whose lines it was written, and on one page only. */
static void
test_notes_on_pages (Fixture       *f,
                     gconstpointer  data)
{
  static const gint64 times_us[] = { 5, 1005, 1995, 2505 };
  GPtrArray *notes = g_ptr_array_new_with_free_func ((GDestroyNotify) usher_message_row_free);
  guint n_found = 0;

  put_rows (f, 1, 250);
  for (guint i = 0; i < G_N_ELEMENTS (times_us); i++)
    g_ptr_array_add (notes, message_row (300, i + 1, USHER_MESSAGE_NOTE, times_us[i]));
  usher_store_put_messages (f->store, notes);
  for (guint64 before = G_MAXINT64; before > 1;) {
    g_autoptr (UsherPage) page = load_page (f, 0, before, 100);

    n_found += page->notes->len;
    before = seq_at (page, 0);
  }
  g_assert_cmpuint (n_found, ==, G_N_ELEMENTS (times_us));
}

static void
test_edit (Fixture       *f,
           gconstpointer  data)
{
  g_autoptr (UsherPage) page = NULL;
  UsherMessageRow *row = message_row (300, 2, USHER_MESSAGE_TEXT, 0);

  put_rows (f, 1, 3);
  row->is_edited = TRUE;
  g_free (row->text);
  row->text = g_strdup ("better");
  usher_store_edit_message (f->store, row);
  page = load_page (f, 0, G_MAXINT64, 10);
  row = g_ptr_array_index (page->messages, 1);
  g_assert_cmpstr (row->text, ==, "better");
  g_assert_true (row->is_edited);
  g_assert_cmpint (row->ts_us, ==, 20);
}

static void
put_outbox (Fixture        *f,
            UsherOutboxRow *row,
            GBytes         *file,
            gboolean        clears_draft)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  usher_store_put_outbox_async (f->store, row, file, clears_draft, NULL, result_cb, &result);
  WAIT_UNTIL (result != NULL);
  usher_store_write_finish (f->store, result, &error);
  g_assert_no_error (error);
}

static void
put_draft (Fixture    *f,
           gboolean    is_note,
           const char *text)
{
  g_autoptr (GAsyncResult) result = NULL;

  usher_store_put_draft_async (f->store, 300, is_note, text, NULL, result_cb, &result);
  WAIT_UNTIL (result != NULL);
  g_assert_true (usher_store_write_finish (f->store, result, NULL));
}

static void
test_own_lines (Fixture       *f,
                gconstpointer  data)
{
  g_autoptr (GBytes) file = g_bytes_new_static ("PNG", 3);
  g_autofree char *path = usher_store_dup_picture_path (f->store, "own-1");
  g_autofree char *content = NULL;
  UsherOutboxRow *picture = outbox_row (2, NULL);
  UsherOutboxRow *failed;
  UsherOutboxRow *first;

  put_draft (f, FALSE, "one");
  put_draft (f, TRUE, "about one");
  put_outbox (f, outbox_row (1, "one"), NULL, TRUE);
  picture->kind = USHER_MESSAGE_IMAGE;
  picture->path = g_strdup (path);
  put_outbox (f, picture, file, FALSE);
  put_outbox (f, outbox_row (3, "three"), NULL, FALSE);
  usher_store_remove_outbox (f->store, 3);
  failed = outbox_row (1, "one");
  failed->fail_slug = g_strdup ("not_owner");
  put_outbox (f, failed, NULL, FALSE);
  close_store (f);

  open_store (f);
  g_assert_cmpuint (f->snapshot->outbox->len, ==, 2);
  first = g_ptr_array_index (f->snapshot->outbox, 0);
  g_assert_cmpuint (first->cid, ==, 1); /* at its old place */
  g_assert_cmpstr (first->fail_slug, ==, "not_owner");
  g_assert_cmpuint (f->snapshot->drafts->len, ==, 1);
  g_assert_true (((UsherDraftRow *) g_ptr_array_index (f->snapshot->drafts, 0))->is_note);
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "PNG");
}

static void
test_drop_cache (Fixture       *f,
                 gconstpointer  data)
{
  UsherConversationRow *row = g_new0 (UsherConversationRow, 1);

  row->conv = 300;
  row->tags = g_strsplit ("vip new", " ", -1);
  row->name = g_strdup ("Grace");
  usher_store_put_conversation (f->store, row);
  put_rows (f, 1, 3);
  put_draft (f, FALSE, "kept");
  put_outbox (f, outbox_row (1, "kept"), NULL, FALSE);
  close_store (f);
  open_store (f);
  g_assert_cmpuint (f->snapshot->conversations->len, ==, 1);
  row = g_ptr_array_index (f->snapshot->conversations, 0);
  g_assert_cmpstr (row->name, ==, "Grace");
  g_assert_cmpstr (row->tags[1], ==, "new");
  usher_store_drop_cache (f->store);
  close_store (f);
  open_store (f);
  g_assert_cmpuint (f->snapshot->conversations->len, ==, 0);
  g_assert_cmpuint (f->snapshot->outbox->len, ==, 1);
  g_assert_cmpuint (f->snapshot->drafts->len, ==, 1);
}

static void
test_in_use (Fixture       *f,
             gconstpointer  data)
{
  g_autoptr (UsherSnapshot) snapshot = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (UsherStore) second = usher_store_open (f->dir, &snapshot, &error);

  g_assert_null (second);
  g_assert_error (error, USHER_STORE_ERROR, USHER_STORE_ERROR_IN_USE);
}

/* A broken file is put aside, not thrown away, and the console works. */
static void
test_broken (Fixture       *f,
             gconstpointer  data)
{
  g_autofree char *path = g_build_filename (f->dir, "cache.db", NULL);
  g_autofree char *aside = g_strconcat (path, ".broken", NULL);

  close_store (f);
  g_assert_true (g_file_set_contents (path,
                                      "this was never a database, whatever its name says ........",
                                      -1, NULL));
  g_test_expect_message ("usher-store", G_LOG_LEVEL_WARNING, "*broken*");
  open_store (f);
  g_test_assert_expected_messages ();
  g_assert_true (g_file_test (aside, G_FILE_TEST_EXISTS));
}

/* --- kill -9 ----------------------------------------------------------------------------------------- */

static int confirmed_fd;
static guint64 next_number;

static void confirm_cb (GObject      *source,
                        GAsyncResult *result,
                        gpointer      user_data);

static void
write_one (UsherStore *store)
{
  guint64 number = ++next_number;
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, number);

  if (number % 2 == 0)
    usher_store_put_draft_async (store, 300, FALSE, text, NULL, confirm_cb,
                                 GSIZE_TO_POINTER (number));
  else
    usher_store_put_outbox_async (store, outbox_row (number, text), NULL, FALSE, NULL, confirm_cb,
                                  GSIZE_TO_POINTER (number));
}

static void
confirm_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  guint64 number = GPOINTER_TO_SIZE (user_data);

  if (!usher_store_write_finish (USHER_STORE (source), result, NULL) ||
      write (confirmed_fd, &number, sizeof number) != sizeof number)
    _exit (1);
  write_one (USHER_STORE (source));
}

/* In the child: four writes under way at any time, until the end comes. */
static G_NORETURN void
write_for_ever (const char *dir,
                guint64     start)
{
  g_autoptr (UsherSnapshot) snapshot = NULL;
  UsherStore *store = usher_store_open (dir, &snapshot, NULL);

  if (store == NULL)
    _exit (2);
  next_number = start;
  for (guint i = 0; i < 4; i++)
    write_one (store);
  for (;;)
    g_main_context_iteration (NULL, TRUE);
}

/* Reads what was confirmed until the child is dead, and kills it after @n_until of them. */
static void
watch_and_kill (int      fd,
                pid_t    child,
                guint    n_until,
                guint64 *ret_last_line,
                guint64 *ret_last_draft)
{
  guint64 number;
  guint n_read = 0;

  while (read (fd, &number, sizeof number) == sizeof number) {
    if (number % 2 == 0)
      *ret_last_draft = MAX (*ret_last_draft, number);
    else
      *ret_last_line = MAX (*ret_last_line, number);
    if (++n_read == n_until)
      kill (child, SIGKILL);
  }
  waitpid (child, NULL, 0);
}

static void
check_after_kill (Fixture *f,
                  guint64  last_line,
                  guint64  last_draft)
{
  guint64 found = 0;

  open_store (f);
  for (guint i = 0; i < f->snapshot->outbox->len; i++) {
    const UsherOutboxRow *row = g_ptr_array_index (f->snapshot->outbox, i);

    found = MAX (found, row->cid);
    g_assert_cmpuint (row->cid, ==, 2 * i + 1); /* none is missing */
  }
  g_assert_cmpuint (found, >=, last_line);
  if (last_draft != 0) {
    const UsherDraftRow *draft = g_ptr_array_index (f->snapshot->drafts, 0);

    g_assert_cmpuint (g_ascii_strtoull (draft->text, NULL, 10), >=, last_draft);
  }
}

/* Continues where the dead child was: rows it wrote and was not told about count as written. */
static guint64
after_all (Fixture *f)
{
  guint n_lines = f->snapshot->outbox->len;

  return n_lines > 0
           ? ((UsherOutboxRow *) g_ptr_array_index (f->snapshot->outbox, n_lines - 1))->cid
           : 0;
}

static void
test_kill (Fixture       *f,
           gconstpointer  data)
{
  guint64 last_line = 0;
  guint64 last_draft = 0;

  for (guint i = 0; i < N_KILLS; i++) {
    guint64 start = after_all (f) + (after_all (f) % 2);
    int fds[2];
    pid_t child;

    close_store (f);
    g_assert_cmpint (pipe (fds), ==, 0);
    child = fork ();
    g_assert_cmpint (child, >=, 0);
    if (child == 0) {
      close (fds[0]);
      confirmed_fd = fds[1];
      write_for_ever (f->dir, start);
    }
    close (fds[1]);
    watch_and_kill (fds[0], child, 1 + g_test_rand_int_range (0, 30), &last_line, &last_draft);
    close (fds[0]);
    check_after_kill (f, last_line, last_draft);
  }
  g_test_message ("%d kills, %" G_GUINT64_FORMAT " lines confirmed, none lost", N_KILLS,
                  (last_line + 1) / 2);
}

/* --- Start ------------------------------------------------------------------------------------------- */

/* Ten thousand conversations, from nothing to rows in memory. The time is printed; the limit is that of the whole start. */
static void
test_start (Fixture       *f,
            gconstpointer  data)
{
  gint64 began_us;
  gint64 took_us;

  for (guint i = 1; i <= 10000; i++) {
    UsherConversationRow *row = g_new0 (UsherConversationRow, 1);

    row->conv = i;
    row->state = USHER_STATE_CLOSED;
    row->name = g_strdup_printf ("Visitor %u", i);
    row->queue = g_strdup ("sales");
    row->last_text = g_strdup ("Thank you very much, that was quick and very kind of you.");
    usher_store_put_conversation (f->store, row);
  }
  close_store (f);
  began_us = g_get_monotonic_time ();
  open_store (f);
  took_us = g_get_monotonic_time () - began_us;
  g_assert_cmpuint (f->snapshot->conversations->len, ==, 10000);
  g_test_message ("10,000 conversations in %.1f ms", (double) took_us / 1000);
  g_assert_cmpint (took_us, <, START_LIMIT_US);
}

#define ADD(path, func) g_test_add ("/store/" path, Fixture, NULL, setup, func, teardown)

/* --- Search ------------------------------------------------------------------------------------------- */

static void
put_conversation (Fixture    *f,
                  guint64     conv,
                  const char *name,
                  const char *tags)
{
  UsherConversationRow *row = g_new0 (UsherConversationRow, 1);

  row->conv = conv;
  row->name = g_strdup (name);
  row->tags = g_strsplit (tags, " ", -1);
  usher_store_put_conversation (f->store, row);
}

typedef struct {
  guint64 conv;
  guint64 seq;
  UsherMessageKind kind;
  UsherRole role;
  guint64 sender;
  const char *text;
} Said;

/* A second between two lines, so the last is the newest. */
static void
put_said (Fixture    *f,
          const Said *said,
          gsize       n_said)
{
  for (gsize i = 0; i < n_said; i++) {
    GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) usher_message_row_free);
    UsherMessageRow *row =
      message_row (said[i].conv, said[i].seq, said[i].kind, (gint64) (i + 1) * G_USEC_PER_SEC);

    g_free (row->text);
    row->text = g_strdup (said[i].text);
    row->role = said[i].role;
    row->sender = said[i].sender;
    row->url = said[i].kind == USHER_MESSAGE_IMAGE ? g_strdup ("/media/1") : NULL;
    g_ptr_array_add (rows, row);
    usher_store_put_messages (f->store, rows);
  }
}

static UsherHits *
search (Fixture                *f,
        const UsherSearchQuery *query)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  UsherHits *hits;

  usher_store_search_async (f->store, query, 50, NULL, result_cb, &result);
  WAIT_UNTIL (result != NULL);
  hits = usher_store_search_finish (f->store, result, &error);
  g_assert_no_error (error);
  return hits;
}

/* "conv/seq" of each hit, newest first; of a note "conv/nseq". */
static char *
found (Fixture          *f,
       UsherSearchQuery  query)
{
  g_autoptr (UsherHits) hits = search (f, &query);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < hits->rows->len; i++) {
    const UsherHitRow *row = g_ptr_array_index (hits->rows, i);

    g_string_append_printf (text, "%s%" G_GUINT64_FORMAT "/%s%" G_GUINT64_FORMAT, i > 0 ? " " : "",
                            row->conv, row->is_note ? "n" : "", row->seq);
  }
  return g_string_free (text, FALSE);
}

#define assert_found(f, expected, ...)                                      \
  G_STMT_START                                                              \
  {                                                                         \
    g_autofree char *found_ = found (f, (UsherSearchQuery){ __VA_ARGS__ }); \
    g_assert_cmpstr (found_, ==, expected);                                 \
  }                                                                         \
  G_STMT_END

#define VISITOR USHER_ROLE_VISITOR
#define AGENT   USHER_ROLE_AGENT
#define TEXT    USHER_MESSAGE_TEXT

static const Said said[] = {
  { 1, 1, TEXT, VISITOR, 0, "我想申请退款，订单 20260101" },
  { 1, 2, TEXT, AGENT, 7, "Your refund is on its way" },
  { 1, 1, USHER_MESSAGE_NOTE, AGENT, 7, "asked twice for a refund" },
  { 2, 1, TEXT, VISITOR, 0, "Crème brûlée recipe?" },
  { 2, 2, USHER_MESSAGE_IMAGE, VISITOR, 0, "the refund slip" },
  { 2, 3, TEXT, AGENT, 8, "款到发货" },
};

static void
put_all_said (Fixture *f)
{
  put_conversation (f, 1, "Grace", "vip refund");
  put_conversation (f, 2, "王芳", "new");
  put_said (f, said, G_N_ELEMENTS (said));
}

static void
test_search (Fixture       *f,
             gconstpointer  data)
{
  put_all_said (f);
  assert_found (f, "1/1", .words = (char *) "退款");
  assert_found (f, "2/3 1/1", .words = (char *) "款");
  assert_found (f, "2/1", .words = (char *) "creme");
  assert_found (f, "2/2 1/n1 1/2", .words = (char *) "refu");
  assert_found (f, "1/2", .words = (char *) "way REFUND");
  assert_found (f, "", .words = (char *) "refund \" OR line");
  assert_found (f, "", .words = (char *) "…!");
  assert_found (f, "1/n1 1/2", .words = (char *) "refund", .conv = 1);
  assert_found (f, "2/2 2/1 1/1", .is_by_role = TRUE, .from_role = VISITOR);
  assert_found (f, "2/2 2/1", .from_name = (char *) "王芳");
  assert_found (f, "1/n1 1/2", .from_agent = 7);
  assert_found (f, "1/n1 1/2", .words = (char *) "refund", .tag = (char *) "VIP");
  assert_found (f, "2/2", .has_file = TRUE);
  assert_found (f, "1/2 1/1", .before_us = 3 * G_USEC_PER_SEC);
  assert_found (f, "2/3", .after_us = 6 * G_USEC_PER_SEC);
}

static void
test_search_snippet (Fixture       *f,
                     gconstpointer  data)
{
  UsherSearchQuery query = { .words = (char *) "退款" };
  g_autoptr (UsherHits) hits = NULL;
  const UsherHitRow *row;

  put_all_said (f);
  hits = search (f, &query);
  g_assert_false (hits->is_incomplete);
  row = g_ptr_array_index (hits->rows, 0);
  g_assert_cmpstr (row->snippet, ==, said[0].text);
  g_assert_cmpuint (row->n_marks, ==, 1);
  g_assert_cmpuint (row->marks[0], ==, 4);
  g_assert_cmpuint (row->marks[1], ==, 2);
  g_assert_cmpstr (row->name, ==, "Grace");
  g_assert_cmpint (row->ts_us, ==, G_USEC_PER_SEC);
}

/* What was edited is found by what it says now, and by nothing once it is recalled. */
static void
test_search_edited (Fixture       *f,
                    gconstpointer  data)
{
  UsherMessageRow *row;

  put_all_said (f);
  for (guint i = 0; i < 2; i++) {
    assert_found (f, i == 0 ? "2/2 1/n1 1/2" : "2/2 1/n1", .words = (char *) "refund");
    row = message_row (1, 2, TEXT, 0);
    g_free (row->text);
    row->text = g_strdup ("Your money is on its way");
    usher_store_edit_message (f->store, row);
  }
  assert_found (f, "1/2", .words = (char *) "money");
  row = message_row (1, 2, TEXT, 0);
  row->is_recalled = TRUE;
  g_clear_pointer (&row->text, g_free);
  usher_store_edit_message (f->store, row);
  assert_found (f, "", .words = (char *) "money");
}

/* The index is only an index: lost or broken, it is made again, and signing out leaves nothing in it. */
static void
test_search_index (Fixture       *f,
                   gconstpointer  data)
{
  g_autofree char *path = g_build_filename (f->dir, "search.db", NULL);
  g_autofree char *content = NULL;
  gsize n_bytes;

  put_all_said (f);
  assert_found (f, "1/1", .words = (char *) "退款");
  close_store (f);
  g_assert_cmpint (g_remove (path), ==, 0);
  open_store (f);
  assert_found (f, "1/1", .words = (char *) "退款");
  close_store (f);
  g_assert_true (
    g_file_set_contents (path, "this is not a database, and long enough to see it", -1, NULL));
  open_store (f);
  assert_found (f, "1/1", .words = (char *) "退款");
  usher_store_drop_all (f->store);
  put_conversation (f, 1, "Grace", "");
  assert_found (f, "", .words = (char *) "退款");
  close_store (f);
  g_assert_true (g_file_get_contents (path, &content, &n_bytes, NULL));
  g_assert_null (memmem (content, n_bytes, "brulee", 6));
  open_store (f);
}

/* More lines than a chunk: those behind it are read while nothing else is asked for. */
static void
test_search_backlog (Fixture       *f,
                     gconstpointer  data)
{
  gboolean is_behind = TRUE;

  put_conversation (f, 300, "Grace", "");
  put_rows (f, 1, 2000);
  for (guint i = 0; i < 100 && is_behind; i++) {
    UsherSearchQuery query = { .words = (char *) "line" };
    g_autoptr (UsherHits) hits = search (f, &query);

    g_assert_cmpuint (hits->rows->len, ==, 50);
    is_behind = hits->is_index_behind;
  }
  g_assert_false (is_behind);
  assert_found (f, "300/1999", .words = (char *) "1999");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("search/found", test_search);
  ADD ("search/snippet", test_search_snippet);
  ADD ("search/edited", test_search_edited);
  ADD ("search/index", test_search_index);
  ADD ("search/backlog", test_search_backlog);
  ADD ("pages", test_pages);
  ADD ("notes-on-pages", test_notes_on_pages);
  ADD ("edit", test_edit);
  ADD ("own-lines", test_own_lines);
  ADD ("drop-cache", test_drop_cache);
  ADD ("in-use", test_in_use);
  ADD ("broken", test_broken);
  ADD ("kill", test_kill);
  ADD ("start", test_start);
  return g_test_run ();
}
