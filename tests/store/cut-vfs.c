/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cut-vfs.h"

#include <sqlite3.h>
#include <string.h>

#define SECTOR_BYTES 512
#define SHM_REGIONS  64
#define N_LOCKS      SQLITE_SHM_NLOCK

typedef struct {
  gint64 at; /* a write; or -1: a truncation to @n_bytes */
  gsize n_bytes;
  guint8 *data;
} Change;

typedef struct {
  GByteArray *live;    /* what the program sees */
  GByteArray *durable; /* what is on the platter for sure */
  GArray *changes;     /* Change since the last sync */
  void *shm[SHM_REGIONS];
  guint n_shared[N_LOCKS];
  gboolean is_exclusive[N_LOCKS];
} File;

typedef struct {
  sqlite3_file base;
  File *file;
  guint16 shared, exclusive; /* locks this handle holds */
} Handle;

static GHashTable *files; /* name to File */
static sqlite3_vfs *under;
static guint armed; /* operations left; 0 = never */
static gboolean is_dead, is_lying;
static gint64 space = -1;

/* --- Files -------------------------------------------------------------------------------------------- */

static void
change_clear (gpointer data)
{
  g_free (((Change *) data)->data);
}

static File *
file_new (void)
{
  File *self = g_new0 (File, 1);

  self->live = g_byte_array_new ();
  self->durable = g_byte_array_new ();
  self->changes = g_array_new (FALSE, FALSE, sizeof (Change));
  g_array_set_clear_func (self->changes, change_clear);
  return self;
}

static void
forget_shm (File *self)
{
  for (guint i = 0; i < SHM_REGIONS; i++)
    g_clear_pointer (&self->shm[i], g_free);
  memset (self->n_shared, 0, sizeof self->n_shared);
  memset (self->is_exclusive, 0, sizeof self->is_exclusive);
}

static void
file_free (gpointer data)
{
  File *self = data;

  forget_shm (self);
  g_byte_array_unref (self->live);
  g_byte_array_unref (self->durable);
  g_array_unref (self->changes);
  g_free (self);
}

/* One operation that touches the disk: whether it still happens. */
static gboolean
lives (void)
{
  if (armed > 0 && --armed == 0)
    is_dead = TRUE;
  return !is_dead;
}

static void
put (GByteArray   *to,
     gint64        at,
     const guint8 *data,
     gsize         n_bytes)
{
  guint old = to->len;

  if (at + (gint64) n_bytes > old) {
    g_byte_array_set_size (to, (guint) at + (guint) n_bytes);
    if (at > old)
      memset (to->data + old, 0, (gsize) at - old);
  }
  memcpy (to->data + at, data, n_bytes);
}

static void
cut_to (GByteArray *to,
        gsize       n_bytes)
{
  if (n_bytes < to->len)
    g_byte_array_set_size (to, (guint) n_bytes);
}

/* --- A cut ------------------------------------------------------------------------------------------- */

/* The parts of a write that lie in different sectors reach the disk or not, each by itself. */
static void
tear (File         *self,
      const Change *change,
      GRand        *random)
{
  for (gsize done = 0; done < change->n_bytes;) {
    gint64 at = change->at + (gint64) done;
    gsize n = MIN (change->n_bytes - done, (gsize) (SECTOR_BYTES - at % SECTOR_BYTES));

    if (g_rand_boolean (random))
      put (self->durable, at, change->data + done, n);
    done += n;
  }
}

static void
settle (File  *self,
        GRand *random)
{
  for (guint i = 0; i < self->changes->len; i++) {
    const Change *change = &g_array_index (self->changes, Change, i);
    int fate = g_rand_int_range (random, 0, 3);

    if (fate == 0)
      continue;
    if (change->at < 0)
      cut_to (self->durable, change->n_bytes);
    else if (fate == 1)
      put (self->durable, change->at, change->data, change->n_bytes);
    else
      tear (self, change, random);
  }
  g_array_set_size (self->changes, 0);
  g_byte_array_set_size (self->live, 0);
  g_byte_array_append (self->live, self->durable->data, self->durable->len);
  forget_shm (self);
}

void
cut_vfs_restore (GRand *random)
{
  GHashTableIter iter;
  gpointer file;

  g_hash_table_iter_init (&iter, files);
  while (g_hash_table_iter_next (&iter, NULL, &file))
    settle (file, random);
  is_dead = FALSE;
  armed = 0;
}

/* --- sqlite3_io_methods ------------------------------------------------------------------------------- */

static int
io_close (sqlite3_file *base)
{
  return SQLITE_OK;
}

static int
io_read (sqlite3_file  *base,
         void          *to,
         int            n_bytes,
         sqlite3_int64  at)
{
  const GByteArray *live = ((Handle *) base)->file->live;
  gsize n = at < live->len ? MIN ((gsize) n_bytes, live->len - (gsize) at) : 0;

  if (is_dead)
    return SQLITE_IOERR_READ;
  if (n > 0)
    memcpy (to, live->data + at, n);
  memset ((guint8 *) to + n, 0, (gsize) n_bytes - n);
  return n == (gsize) n_bytes ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int
io_write (sqlite3_file  *base,
          const void    *data,
          int            n_bytes,
          sqlite3_int64  at)
{
  File *file = ((Handle *) base)->file;
  Change change = { at, (gsize) n_bytes, NULL };
  gint64 growth = at + n_bytes - (gint64) file->live->len;

  if (!lives ())
    return SQLITE_IOERR_WRITE;
  if (space >= 0 && growth > 0 && cut_vfs_get_used () + growth > space)
    return SQLITE_FULL;
  change.data = g_memdup2 (data, (gsize) n_bytes);
  g_array_append_val (file->changes, change);
  put (file->live, at, data, (gsize) n_bytes);
  return SQLITE_OK;
}

static int
io_truncate (sqlite3_file  *base,
             sqlite3_int64  n_bytes)
{
  File *file = ((Handle *) base)->file;
  Change change = { -1, (gsize) n_bytes, NULL };

  if (!lives ())
    return SQLITE_IOERR_TRUNCATE;
  g_array_append_val (file->changes, change);
  cut_to (file->live, (gsize) n_bytes);
  return SQLITE_OK;
}

static int
io_sync (sqlite3_file *base,
         int           flags)
{
  File *file = ((Handle *) base)->file;

  if (!lives ())
    return SQLITE_IOERR_FSYNC;
  if (is_lying)
    return SQLITE_OK;
  for (guint i = 0; i < file->changes->len; i++) {
    const Change *change = &g_array_index (file->changes, Change, i);

    if (change->at < 0)
      cut_to (file->durable, change->n_bytes);
    else
      put (file->durable, change->at, change->data, change->n_bytes);
  }
  g_array_set_size (file->changes, 0);
  return SQLITE_OK;
}

static int
io_file_size (sqlite3_file  *base,
              sqlite3_int64 *ret_size)
{
  *ret_size = ((Handle *) base)->file->live->len;
  return is_dead ? SQLITE_IOERR_FSTAT : SQLITE_OK;
}

/* In WAL mode the database file itself is only ever locked shared. A dead disk must not be taken for the last user. */
static int
io_lock (sqlite3_file *base,
         int           level)
{
  return is_dead ? SQLITE_IOERR_LOCK : SQLITE_OK;
}

static int
io_unlock (sqlite3_file *base,
           int           level)
{
  return SQLITE_OK;
}

static int
io_check_reserved (sqlite3_file *base,
                   int          *ret_is_reserved)
{
  *ret_is_reserved = 0;
  return SQLITE_OK;
}

static int
io_control (sqlite3_file *base,
            int           op,
            void         *argument)
{
  return SQLITE_NOTFOUND;
}

static int
io_sector_size (sqlite3_file *base)
{
  return 4096;
}

/* What SQLite's own VFS for Unix says: bytes outside of a torn write stay what they were. */
static int
io_characteristics (sqlite3_file *base)
{
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int
io_shm_map (sqlite3_file   *base,
            int             region,
            int             n_bytes,
            int             may_extend,
            void volatile **ret_memory)
{
  File *file = ((Handle *) base)->file;

  g_assert (region < SHM_REGIONS);
  if (file->shm[region] == NULL && may_extend)
    file->shm[region] = g_malloc0 ((gsize) n_bytes);
  *ret_memory = file->shm[region];
  return SQLITE_OK;
}

static gboolean
lock_is_free (const Handle *self,
              int           i,
              gboolean      is_exclusive)
{
  guint n_others = self->file->n_shared[i] - (self->shared >> i & 1);
  gboolean is_others = self->file->is_exclusive[i] && !(self->exclusive >> i & 1);

  return !is_others && (!is_exclusive || n_others == 0);
}

static void
set_lock (Handle *self,
          int     i,
          int     flags)
{
  guint16 bit = (guint16) (1u << i);
  gboolean is_shared = (flags & SQLITE_SHM_SHARED) != 0;

  if ((flags & SQLITE_SHM_LOCK) != 0 && is_shared && !(self->shared & bit)) {
    self->shared |= bit;
    self->file->n_shared[i]++;
  } else if ((flags & SQLITE_SHM_LOCK) != 0 && !is_shared) {
    self->exclusive |= bit;
    self->file->is_exclusive[i] = TRUE;
  } else if ((flags & SQLITE_SHM_UNLOCK) != 0 && is_shared && (self->shared & bit)) {
    self->shared &= (guint16) ~bit;
    self->file->n_shared[i]--;
  } else if ((flags & SQLITE_SHM_UNLOCK) != 0 && !is_shared && (self->exclusive & bit)) {
    self->exclusive &= (guint16) ~bit;
    self->file->is_exclusive[i] = FALSE;
  }
}

static int
io_shm_lock (sqlite3_file *base,
             int           first,
             int           n,
             int           flags)
{
  Handle *self = (Handle *) base;

  for (int i = first; i < first + n && (flags & SQLITE_SHM_LOCK) != 0; i++)
    if (!lock_is_free (self, i, (flags & SQLITE_SHM_EXCLUSIVE) != 0))
      return SQLITE_BUSY;
  for (int i = first; i < first + n; i++)
    set_lock (self, i, flags);
  return SQLITE_OK;
}

static void
io_shm_barrier (sqlite3_file *base)
{
}

static int
io_shm_unmap (sqlite3_file *base,
              int           is_last)
{
  return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
  .iVersion = 2,
  .xClose = io_close,
  .xRead = io_read,
  .xWrite = io_write,
  .xTruncate = io_truncate,
  .xSync = io_sync,
  .xFileSize = io_file_size,
  .xLock = io_lock,
  .xUnlock = io_unlock,
  .xCheckReservedLock = io_check_reserved,
  .xFileControl = io_control,
  .xSectorSize = io_sector_size,
  .xDeviceCharacteristics = io_characteristics,
  .xShmMap = io_shm_map,
  .xShmLock = io_shm_lock,
  .xShmBarrier = io_shm_barrier,
  .xShmUnmap = io_shm_unmap,
};

/* --- sqlite3_vfs -------------------------------------------------------------------------------------- */

static int
vfs_open (sqlite3_vfs  *vfs,
          const char   *name,
          sqlite3_file *base,
          int           flags,
          int          *ret_flags)
{
  Handle *self = (Handle *) base;
  File *file = name != NULL ? g_hash_table_lookup (files, name) : NULL;

  g_assert (name != NULL); /* temp_store is MEMORY */
  if (file == NULL) {
    file = file_new ();
    g_hash_table_insert (files, g_strdup (name), file);
  }
  *self = (Handle){ .base.pMethods = &methods, .file = file };
  if (ret_flags != NULL)
    *ret_flags = flags;
  return SQLITE_OK;
}

/* A deletion is never lost here: WAL mode deletes nothing that matters. */
static int
vfs_delete (sqlite3_vfs *vfs,
            const char  *name,
            int          is_synced)
{
  if (is_dead)
    return SQLITE_IOERR_DELETE;
  g_hash_table_remove (files, name);
  return SQLITE_OK;
}

static int
vfs_access (sqlite3_vfs *vfs,
            const char  *name,
            int          flags,
            int         *ret_is_there)
{
  *ret_is_there = g_hash_table_contains (files, name);
  return SQLITE_OK;
}

static int
vfs_full_path (sqlite3_vfs *vfs,
               const char  *name,
               int          size,
               char        *ret_path)
{
  return g_strlcpy (ret_path, name, (gsize) size) < (gsize) size ? SQLITE_OK : SQLITE_CANTOPEN;
}

static int
vfs_randomness (sqlite3_vfs *vfs,
                int          n_bytes,
                char        *to)
{
  return under->xRandomness (under, n_bytes, to);
}

static int
vfs_sleep (sqlite3_vfs *vfs,
           int          us)
{
  return us;
}

static int
vfs_current_time (sqlite3_vfs *vfs,
                  double      *ret_days)
{
  return under->xCurrentTime (under, ret_days);
}

static int
vfs_last_error (sqlite3_vfs *vfs,
                int          size,
                char        *text)
{
  return 0;
}

void
cut_vfs_install (void)
{
  static sqlite3_vfs vfs = {
    .iVersion = 1,
    .szOsFile = sizeof (Handle),
    .mxPathname = 1024,
    .zName = "cut",
    .xOpen = vfs_open,
    .xDelete = vfs_delete,
    .xAccess = vfs_access,
    .xFullPathname = vfs_full_path,
    .xRandomness = vfs_randomness,
    .xSleep = vfs_sleep,
    .xCurrentTime = vfs_current_time,
    .xGetLastError = vfs_last_error,
  };

  under = sqlite3_vfs_find (NULL);
  files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, file_free);
  g_assert (sqlite3_vfs_register (&vfs, 1) == SQLITE_OK);
}

void
cut_vfs_reset (void)
{
  g_hash_table_remove_all (files);
  is_dead = FALSE;
  armed = 0;
}

void
cut_vfs_arm (guint n)
{
  armed = n;
}

gboolean
cut_vfs_is_dead (void)
{
  return is_dead;
}

void
cut_vfs_cut (void)
{
  is_dead = TRUE;
}

void
cut_vfs_set_lying (gboolean lying)
{
  is_lying = lying;
}

void
cut_vfs_set_space (gint64 n_bytes)
{
  space = n_bytes;
}

gint64
cut_vfs_get_used (void)
{
  GHashTableIter iter;
  gpointer file;
  gint64 n_bytes = 0;

  g_hash_table_iter_init (&iter, files);
  while (g_hash_table_iter_next (&iter, NULL, &file))
    n_bytes += ((File *) file)->live->len;
  return n_bytes;
}
