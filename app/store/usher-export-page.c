/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-export-page.h"

#include <glib/gi18n-lib.h>

/* Nothing is fetched, nothing runs: these pages are opened from a disk, and hold what strangers wrote. */
static const char head[] =
  "<!doctype html>\n<meta charset=\"utf-8\">\n"
  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
  "<meta name=\"viewport\" content=\"width=device-width\">\n"
  "<meta name=\"color-scheme\" content=\"light dark\">\n"
  "<style>body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}"
  "ul{list-style:none;padding:0}li{margin:.75rem 0;padding:.5rem .75rem;border-radius:.5rem;background:#8882}"
  "li.agent{background:#3584e433}li.note{background:#e5a50a33}p{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}"
  "small{opacity:.75}</style>\n<title>";

static void
begin (UsherExportFile *file,
       const char      *dir,
       const char      *name,
       const char      *title)
{
  usher_export_file_open (file, dir, name);
  usher_export_file_text (file, head);
  usher_export_file_html (file, title);
  usher_export_file_text (file, "</title>\n<h1><bdi>");
  usher_export_file_html (file, title);
  usher_export_file_text (file, "</bdi></h1>\n");
}

/* Nobody has no name. */
static const char *
title_of (const UsherConversationRow *chat)
{
  return chat->name != NULL && *chat->name != '\0' ? chat->name : _ ("Visitor");
}

void
usher_export_page_begin_index (UsherExportFile         *file,
                               const char              *dir,
                               const UsherExportPeople *people)
{
  begin (file, dir, "index.html", _ ("Chats"));
  usher_export_file_text (file, "<p>");
  usher_export_file_html (file, people->agent_name);
  usher_export_file_text (file, "</p>\n<p><a href=\"notes.html\">");
  usher_export_file_html (file, _ ("Notes"));
  usher_export_file_text (file, "</a></p>\n<ul>\n");
}

void
usher_export_page_index_row (UsherExportFile            *file,
                             const UsherConversationRow *chat)
{
  usher_export_file_text (file, "<li><a href=\"chats/");
  usher_export_file_number (file, chat->conv);
  usher_export_file_text (file, ".html\"><bdi>");
  usher_export_file_html (file, title_of (chat));
  usher_export_file_text (file, "</bdi></a> <small>");
  usher_export_file_html_time (file, chat->last_ts_us);
  usher_export_file_text (file, "</small></li>\n");
}

void
usher_export_page_begin_notes (UsherExportFile *file,
                               const char      *dir)
{
  begin (file, dir, "notes.html", _ ("Notes"));
  usher_export_file_text (file, "<p>");
  usher_export_file_html (file, _ ("For colleagues only; visitors have never seen them."));
  usher_export_file_text (file, "</p>\n");
}

void
usher_export_page_heading (UsherExportFile            *file,
                           const UsherConversationRow *chat)
{
  usher_export_file_text (file, "<h2><bdi>");
  usher_export_file_html (file, title_of (chat));
  usher_export_file_text (file, "</bdi> <small>");
  usher_export_file_number (file, chat->conv);
  usher_export_file_text (file, "</small></h2>\n<ul>\n");
}

void
usher_export_page_begin_chat (UsherExportFile            *file,
                              const char                 *dir,
                              const UsherConversationRow *chat)
{
  g_autofree char *name = g_strdup_printf ("chats/%" G_GUINT64_FORMAT ".html", chat->conv);

  begin (file, dir, name, title_of (chat));
  if (chat->subject != NULL) {
    usher_export_file_text (file, "<p>");
    usher_export_file_html (file, chat->subject);
    usher_export_file_text (file, "</p>\n");
  }
  usher_export_file_text (file, "<ul>\n");
}

static const char *
name_of (const UsherExportPeople    *people,
         const UsherConversationRow *chat,
         const UsherMessageRow      *line)
{
  if (line->role == USHER_ROLE_VISITOR)
    return title_of (chat);
  if (line->role == USHER_ROLE_BOT)
    return _ ("Bot");
  if (line->role == USHER_ROLE_SYSTEM)
    return NULL;
  if (line->sender == people->agent && people->agent_name != NULL)
    return people->agent_name;
  return line->sender == chat->agent && chat->agent_name != NULL ? chat->agent_name
                                                                 : _ ("A colleague");
}

static const char *
class_of (const UsherMessageRow *line)
{
  if (line->kind == USHER_MESSAGE_NOTE)
    return "<li class=\"note\">";
  return line->role == USHER_ROLE_VISITOR ? "<li>" : "<li class=\"agent\">";
}

void
usher_export_page_line (UsherExportFile            *file,
                        const UsherExportPeople    *people,
                        const UsherConversationRow *chat,
                        const UsherMessageRow      *line)
{
  usher_export_file_text (file, class_of (line));
  usher_export_file_text (file, "<small><bdi>");
  usher_export_file_html (file, name_of (people, chat, line));
  usher_export_file_text (file, "</bdi> ");
  usher_export_file_html_time (file, line->ts_us);
  usher_export_file_text (file, "</small><p dir=\"auto\">");
  if (line->is_recalled)
    usher_export_file_html (file, _ ("Recalled"));
  usher_export_file_html (file, line->text);
  if (line->name != NULL) {
    usher_export_file_text (file, " [");
    usher_export_file_html (file, line->name);
    usher_export_file_text (file, "]");
  }
  usher_export_file_text (file, "</p></li>\n");
}

void
usher_export_page_end_list (UsherExportFile *file)
{
  usher_export_file_text (file, "</ul>\n");
}

void
usher_export_page_end (UsherExportFile *file)
{
  usher_export_file_text (file, "</html>\n");
}

const char *
usher_export_page_readme (void)
{
  return _ (
    "This folder holds what Usher kept on one computer.\n"
    "\n"
    "index.html     the chats, to be read in a browser\n"
    "notes.html     notes for colleagues, apart from the chats\n"
    "chats.json     the same chats for programs; ids are strings, times are UTC\n"
    "notes.json     the notes for programs\n"
    "settings.json  canned replies (shortcut, title, text, folder, uses), views, settings\n"
    "\n"
    "Lines that were never loaded on that computer are at the gateway only, and so are the\n"
    "pictures and files themselves. There is no password in here.\n");
}
