/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-export-file.h"
#include "usher-rows.h"

G_BEGIN_DECLS

/* The pages of an export, for people: an index, a page for each chat, and one with all notes, which is no page of a chat. */

/** UsherExportPeople: whose names are known. */
typedef struct {
  guint64 agent; /* mine */
  char *agent_name;
} UsherExportPeople;

void usher_export_page_begin_index (UsherExportFile         *file,
                                    const char              *dir,
                                    const UsherExportPeople *people);
void usher_export_page_index_row (UsherExportFile            *file,
                                  const UsherConversationRow *chat);
void usher_export_page_begin_notes (UsherExportFile *file,
                                    const char      *dir);

/** usher_export_page_heading: of the notes of one chat; lines follow */
void usher_export_page_heading (UsherExportFile            *file,
                                const UsherConversationRow *chat);

/** usher_export_page_begin_chat: lines follow */
void usher_export_page_begin_chat (UsherExportFile            *file,
                                   const char                 *dir,
                                   const UsherConversationRow *chat);
void usher_export_page_line (UsherExportFile            *file,
                             const UsherExportPeople    *people,
                             const UsherConversationRow *chat,
                             const UsherMessageRow      *line);
void usher_export_page_end_list (UsherExportFile *file);
void usher_export_page_end (UsherExportFile *file);

/** usher_export_page_readme: what the files are */
const char *usher_export_page_readme (void);

G_END_DECLS
