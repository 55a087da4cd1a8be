/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-store"
#include "config.h"

#include "usher-export-run.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "usher-db.h"
#include "usher-export-file.h"
#include "usher-export-page.h"

/* How often it is told how far it is. */
#define TELL_US (G_USEC_PER_SEC / 10)

typedef struct {
  UsherDb *db;
  const char *dir;
  UsherExportPeople people;
  UsherExportFile chats; /* JSON */
  UsherExportFile notes;
  UsherExportFile index; /* pages */
  UsherExportFile notes_page;
  UsherExportFile page; /* of the chat that is being written */
  const UsherConversationRow *chat;
  gboolean has_lines; /* of that chat */
  gboolean has_notes;
  gboolean is_first_chat;
  gboolean is_first_note;
  guint64 n_done;
  guint64 n_total;
  gint64 told_us;
  UsherExportTell tell;
  gpointer tell_data;
  GCancellable *cancellable;
} Export;

static void
count_line (Export *self)
{
  gint64 now_us = g_get_monotonic_time ();

  self->n_done++;
  if (now_us - self->told_us < TELL_US)
    return;
  self->told_us = now_us;
  self->tell (self->n_done, self->n_total, self->tell_data);
}

/* --- JSON -------------------------------------------------------------------------------------------- */

static void
member (UsherExportFile *file,
        const char      *name,
        const char      *value)
{
  usher_export_file_text (file, ",\"");
  usher_export_file_text (file, name);
  usher_export_file_text (file, "\":");
  usher_export_file_json (file, value);
}

static void
write_chat_json (Export *self)
{
  const UsherConversationRow *chat = self->chat;
  UsherExportFile *file = &self->chats;

  usher_export_file_text (file, self->is_first_chat ? "\n{\"id\":" : ",\n{\"id\":");
  self->is_first_chat = FALSE;
  usher_export_file_json_id (file, chat->conv);
  usher_export_file_text (file, ",\"visitor\":");
  usher_export_file_json_id (file, chat->visitor);
  member (file, "name", chat->name);
  member (file, "queue", chat->queue);
  member (file, "agent", chat->agent_name);
  member (file, "subject", chat->subject);
  usher_export_file_text (file, ",\"opened_at\":");
  usher_export_file_json_time (file, chat->opened_at_us);
  usher_export_file_text (file, ",\"labels\":[");
  for (guint i = 0; chat->tags != NULL && chat->tags[i] != NULL; i++) {
    usher_export_file_text (file, i > 0 ? "," : "");
    usher_export_file_json (file, chat->tags[i]);
  }
  usher_export_file_text (file, "],\"lines\":[");
}

static void
write_line_json (Export                *self,
                 const UsherMessageRow *line)
{
  static const char *const roles[] = { "visitor", "agent", "bot", "system" };
  UsherExportFile *file = &self->chats;

  usher_export_file_text (file, self->has_lines ? ",\n{\"n\":" : "\n{\"n\":");
  usher_export_file_number (file, line->seq);
  usher_export_file_text (file, ",\"at\":");
  usher_export_file_json_time (file, line->ts_us);
  member (file, "role", line->role < G_N_ELEMENTS (roles) ? roles[line->role] : NULL);
  usher_export_file_text (file, ",\"sender\":");
  usher_export_file_json_id (file, line->sender);
  if (line->text != NULL)
    member (file, "text", line->text);
  if (line->url != NULL) {
    usher_export_file_text (file, ",\"size\":");
    usher_export_file_number (file, line->size);
    member (file, "file", line->name);
    member (file, "type", line->mime);
    member (file, "url", line->url);
  }
  usher_export_file_text (file, line->is_edited ? ",\"edited\":true" : "");
  usher_export_file_text (file, line->is_recalled ? ",\"recalled\":true}" : "}");
}

static void
write_note_json (Export                *self,
                 const UsherMessageRow *note)
{
  UsherExportFile *file = &self->notes;

  usher_export_file_text (file, self->is_first_note ? "\n{\"chat\":" : ",\n{\"chat\":");
  self->is_first_note = FALSE;
  usher_export_file_json_id (file, note->conv);
  usher_export_file_text (file, ",\"n\":");
  usher_export_file_number (file, note->seq);
  usher_export_file_text (file, ",\"at\":");
  usher_export_file_json_time (file, note->ts_us);
  usher_export_file_text (file, ",\"author\":");
  usher_export_file_json_id (file, note->sender);
  member (file, "text", note->text);
  usher_export_file_text (file, "}");
}

/* --- Chat by chat ------------------------------------------------------------------------------------ */

/* Whether to go on. */
static gboolean
write_line (const UsherMessageRow *line,
            gpointer               user_data)
{
  Export *self = user_data;

  if (!self->has_lines)
    write_chat_json (self);
  write_line_json (self, line);
  if (!self->has_lines)
    usher_export_page_begin_chat (&self->page, self->dir, self->chat);
  self->has_lines = TRUE;
  usher_export_page_line (&self->page, &self->people, self->chat, line);
  count_line (self);
  return self->chats.error == NULL && self->page.error == NULL &&
         !g_cancellable_is_cancelled (self->cancellable);
}

static gboolean
write_note (const UsherMessageRow *note,
            gpointer               user_data)
{
  Export *self = user_data;

  write_note_json (self, note);
  if (!self->has_notes)
    usher_export_page_heading (&self->notes_page, self->chat);
  self->has_notes = TRUE;
  usher_export_page_line (&self->notes_page, &self->people, self->chat, note);
  count_line (self);
  return self->notes.error == NULL && self->notes_page.error == NULL &&
         !g_cancellable_is_cancelled (self->cancellable);
}

static gboolean
write_chat (Export                      *self,
            const UsherConversationRow  *chat,
            GError                     **error)
{
  self->chat = chat;
  self->has_lines = FALSE;
  self->has_notes = FALSE;
  if (!usher_db_each_message (self->db, chat->conv, write_line, self, error) ||
      !usher_db_each_note (self->db, chat->conv, write_note, self, error))
    return FALSE;
  if (self->has_notes)
    usher_export_page_end_list (&self->notes_page);
  if (!self->has_lines)
    return TRUE;
  usher_export_file_text (&self->chats, "]}");
  usher_export_page_index_row (&self->index, chat);
  usher_export_page_end_list (&self->page);
  usher_export_page_end (&self->page);
  return usher_export_file_close (&self->page, error);
}

static int
compare_last (gconstpointer a,
              gconstpointer b)
{
  const UsherConversationRow *first = *(UsherConversationRow *const *) a;
  const UsherConversationRow *second = *(UsherConversationRow *const *) b;

  return second->last_ts_us < first->last_ts_us   ? -1
         : second->last_ts_us > first->last_ts_us ? 1
                                                  : 0;
}

static gboolean
write_chats (Export  *self,
             GError **error)
{
  g_autoptr (GPtrArray) chats = usher_db_load_conversations (self->db, error);

  if (chats == NULL)
    return FALSE;
  g_ptr_array_sort (chats, compare_last);
  for (guint i = 0; i < chats->len; i++) {
    if (!write_chat (self, g_ptr_array_index (chats, i), error))
      return FALSE;
    if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
      return FALSE;
  }
  return TRUE;
}

/* --- The whole --------------------------------------------------------------------------------------- */

static gboolean
read_people (Export  *self,
             GError **error)
{
  g_autoptr (GHashTable) meta = usher_db_load_meta (self->db, error);
  const char *agent;

  if (meta == NULL)
    return FALSE;
  agent = g_hash_table_lookup (meta, "agent");
  if (agent != NULL)
    g_ascii_string_to_unsigned (agent, 10, 0, G_MAXUINT64, &self->people.agent, NULL);
  self->people.agent_name = g_strdup (g_hash_table_lookup (meta, "agent-name"));
  return usher_db_count_lines (self->db, &self->n_total, error);
}

static void
open_files (Export *self)
{
  usher_export_file_open (&self->chats, self->dir, "chats.json");
  usher_export_file_text (&self->chats, "{\"format\":\"usher-chats\",\"version\":1,\"chats\":[");
  usher_export_file_open (&self->notes, self->dir, "notes.json");
  usher_export_file_text (&self->notes, "{\"format\":\"usher-notes\",\"version\":1,\"notes\":[");
  usher_export_page_begin_index (&self->index, self->dir, &self->people);
  usher_export_page_begin_notes (&self->notes_page, self->dir);
}

static gboolean
close_files (Export  *self,
             GError **error)
{
  usher_export_file_text (&self->chats, "]}\n");
  usher_export_file_text (&self->notes, "]}\n");
  usher_export_page_end_list (&self->index);
  usher_export_page_end (&self->index);
  usher_export_page_end (&self->notes_page);
  return usher_export_file_close (&self->chats, error) &&
         usher_export_file_close (&self->notes, error) &&
         usher_export_file_close (&self->index, error) &&
         usher_export_file_close (&self->notes_page, error);
}

static gboolean
write_text (const char  *dir,
            const char  *name,
            const char  *text,
            GError     **error)
{
  g_auto (UsherExportFile) file = { 0 };

  usher_export_file_open (&file, dir, name);
  usher_export_file_text (&file, text);
  return usher_export_file_close (&file, error);
}

/* What stops a file in the middle of a chat is in the file; elsewhere it is told by closing. */
static gboolean
take_error (Export  *self,
            GError **error)
{
  UsherExportFile *files[] = { &self->chats, &self->notes, &self->index, &self->notes_page,
                               &self->page };
  GError *first = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (files) && first == NULL; i++)
    first = g_steal_pointer (&files[i]->error);
  if (first == NULL)
    return FALSE;
  g_clear_error (error);
  g_propagate_error (error, first);
  return TRUE;
}

static gboolean
write_all (Export      *self,
           const char  *settings,
           GError     **error)
{
  gboolean is_written;

  if (!usher_db_execute (self->db, "BEGIN", error) || !read_people (self, error))
    return FALSE;
  open_files (self);
  is_written = write_chats (self, error) && close_files (self, error) &&
               write_text (self->dir, "settings.json", settings, error) &&
               write_text (self->dir, "README.txt", usher_export_page_readme (), error);
  if (!is_written && !take_error (self, error) && *error == NULL)
    g_cancellable_set_error_if_cancelled (self->cancellable, error);
  return is_written;
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    if (g_unlink (child) != 0)
      remove_tree (child);
  }
  g_rmdir (path);
}

static gboolean
make_folder (const char  *path,
             const char  *inner,
             GError     **error)
{
  g_autofree char *chats = g_build_filename (path, inner, NULL);
  int saved_errno;

  if (g_mkdir (path, 0700) == 0 && g_mkdir (chats, 0700) == 0)
    return TRUE;
  saved_errno = errno;
  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (saved_errno), "%s",
               g_strerror (saved_errno));
  return FALSE;
}

static gboolean
write_into (const char       *cache_path,
            const char       *dir,
            const char       *settings,
            GCancellable     *cancellable,
            UsherExportTell   tell,
            gpointer          tell_data,
            GError          **error)
{
  g_autoptr (UsherDb) db = usher_db_open_reader (cache_path, error);
  Export self = { .db = db,
                  .dir = dir,
                  .is_first_chat = TRUE,
                  .is_first_note = TRUE,
                  .tell = tell,
                  .tell_data = tell_data,
                  .cancellable = cancellable };
  gboolean is_written = db != NULL && write_all (&self, settings, error);

  usher_export_file_clear (&self.chats);
  usher_export_file_clear (&self.notes);
  usher_export_file_clear (&self.index);
  usher_export_file_clear (&self.notes_page);
  usher_export_file_clear (&self.page);
  g_free (self.people.agent_name);
  return is_written;
}

static gboolean
take_name (const char  *from,
           const char  *to,
           GError     **error)
{
  int saved_errno;

  if (g_rename (from, to) == 0)
    return TRUE;
  saved_errno = errno;
  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (saved_errno), "%s",
               g_strerror (saved_errno));
  return FALSE;
}

char *
usher_export_run (const char       *cache_path,
                  const char       *folder,
                  const char       *settings,
                  GCancellable     *cancellable,
                  UsherExportTell   tell,
                  gpointer          tell_data,
                  GError          **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *name = g_date_time_format (now, "usher-export-%Y%m%d-%H%M%S");
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *partial = g_strconcat (path, ".part", NULL);

  if (make_folder (partial, "chats", error)) {
    if (write_into (cache_path, partial, settings, cancellable, tell, tell_data, error) &&
        take_name (partial, path, error))
      return g_steal_pointer (&path);
    remove_tree (partial);
  }
  return NULL;
}
