/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-actions.h"

#include <glib/gi18n.h>

/*
 * Rules (they are checked by a test): no bare letters, for text is being typed; no Alt+letter, for that is the menus'; nothing the
 * desktop or an input method owns. The agent may choose other keys (usher-keys.c), under the same rules. A line without a key is for the
 * palette; one without a title, for its key alone.
 */
/* clang-format off */
static const UsherCommand commands[] = {
  { "offer.accept",               { "F2" }, NC_ ("shortcuts", "Accept the offer") },
  { "offer.pass",                 { "<Shift>F2" }, NC_ ("shortcuts", "Pass the offer on") },
  { "alert.go",                   { "<Shift>F4" }, NC_ ("shortcuts", "Go to the chat of the alarm") },
  { "alert.hush",                 { "F4" }, NC_ ("shortcuts", "Hush the alarm for five minutes") },
  { "palette.open",               { "<Control>k" }, NC_ ("shortcuts", "Go to anything") },
  { "palette.search",             { "<Control><Shift>h" }, NC_ ("shortcuts", "Search what was said") },
  { "conversation.next-waiting",  { "<Control>j" }, NC_ ("shortcuts", "Next chat that waits for me") },
  { "conversation.go-to-mine(0)", { "<Control>1" }, NULL },
  { "conversation.go-to-mine(1)", { "<Control>2" }, NULL },
  { "conversation.go-to-mine(2)", { "<Control>3" }, NULL },
  { "conversation.go-to-mine(3)", { "<Control>4" }, NULL },
  { "conversation.go-to-mine(4)", { "<Control>5" }, NULL },
  { "conversation.go-to-mine(5)", { "<Control>6" }, NULL },
  { "conversation.go-to-mine(6)", { "<Control>7" }, NULL },
  { "conversation.go-to-mine(7)", { "<Control>8" }, NULL },
  { "conversation.go-to-mine(8)", { "<Control>9" }, NULL },
  { "conversation.select-next",   { "<Alt>Down" }, NC_ ("shortcuts", "Next row") },
  { "conversation.select-previous", { "<Alt>Up" }, NC_ ("shortcuts", "Previous row") },
  { "conversation.select-last",   { "<Control>Tab" }, NC_ ("shortcuts", "Change between the last two chats") },
  { "conversation.transfer",      { "<Control>t" }, NC_ ("shortcuts", "Transfer the chat") },
  { "conversation.close",         { "<Control>d" }, NC_ ("shortcuts", "Close the chat") },
  { "conversation.snooze",        { "<Control><Shift>s" }, NC_ ("shortcuts", "Snooze until the visitor writes") },
  { "conversation.edit-labels",   { "<Control>l" }, NC_ ("shortcuts", "Labels") },
  { "conversation.run-macro",     { "<Control><Shift>m" }, NC_ ("shortcuts", "Run a macro") },
  { "conversation.merge",         { "<Control><Shift>j" }, NC_ ("shortcuts", "Merge the visitor with another contact") },
  { "window.undo",                { "<Control><Shift>b" }, NC_ ("shortcuts", "Undo what the message below offers to undo") },
  { "conversation.claim",         { NULL }, NC_ ("shortcuts", "Take the chat") },
  { "conversation.join",          { NULL }, NC_ ("shortcuts", "Join the chat") },
  { "conversation.take-over",     { NULL }, NC_ ("shortcuts", "Take the chat over") },
  { "conversation.toggle-watch",  { NULL }, NC_ ("shortcuts", "Watch the chat, or no longer") },
  { "conversation.toggle-hold",   { NULL }, NC_ ("shortcuts", "Put the chat on hold, or go on") },
  { "conversation.wake",          { NULL }, NC_ ("shortcuts", "Wake the snoozed chat") },
  { "conversation.snooze-hour",   { NULL }, NC_ ("shortcuts", "Snooze for one hour") },
  { "conversation.snooze-tomorrow", { NULL }, NC_ ("shortcuts", "Snooze until tomorrow, 9:00") },
  { "conversation.reopen",        { NULL }, NC_ ("shortcuts", "Reopen the chat") },
  { "composer.toggle-note",       { "<Control>m" }, NC_ ("shortcuts", "Change between reply and note") },
  { "composer.show-canned",       { "<Control><Shift>r" }, NC_ ("shortcuts", "Canned replies") },
  { "composer.show-macros",       { NULL }, NC_ ("shortcuts", "Macros") },
  { "composer.attach",            { "<Control>u" }, NC_ ("shortcuts", "Attach files") },
  { "composer.record",            { "<Control><Shift>k" }, NC_ ("shortcuts", "Record a voice message") },
  { "composer.take-suggestion(0)", { "F3" }, NC_ ("shortcuts", "Take the first suggested reply") },
  { "composer.take-suggestion(1)", { "<Shift>F3" }, NC_ ("shortcuts", "Take the second suggested reply") },
  { "composer.take-suggestion(2)", { "<Control>F3" }, NC_ ("shortcuts", "Take the third suggested reply") },
  { "composer.correct",           { "F7" }, NC_ ("shortcuts", "Correct the misspelled word") },
  { "composer.focus",             { "Escape" }, NC_ ("shortcuts", "Back to the composer"), TRUE },
  { "session.toggle-accepting",   { "<Control><Shift>a" }, NC_ ("shortcuts", "Accept chats, or stop") },
  { "session.hand-over",          { "<Control><Shift>t" }, NC_ ("shortcuts", "Hand over the shift") },
  { "session.show-presence",      { NULL }, NC_ ("shortcuts", "Presence: the link, you, your chats") },
  { "transcript.copy",            { "<Control><Shift>c" }, NC_ ("shortcuts", "Copy the chat with names and times") },
  { "transcript.unfold-earlier",  { "<Control><Shift>Page_Up" }, NC_ ("shortcuts", "Unfold the earlier chat of this visitor") },
  { "transcript.find",            { "<Control>f" }, NC_ ("shortcuts", "Find in the chat") },
  { "transcript.go-to-date",      { NULL }, NC_ ("shortcuts", "Go to date") },
  { "transcript.find-next",       { "<Control>g" }, NC_ ("shortcuts", "Next older line that was found") },
  { "transcript.find-previous",   { "<Control><Shift>g" }, NC_ ("shortcuts", "Next newer line that was found") },
  { "tile.split",                 { "<Control><Shift>o" }, NC_ ("shortcuts", "Another chat beside this one") },
  { "tile.tear-off",              { "<Control><Shift>n" }, NC_ ("shortcuts", "The chat into a window of its own, or back") },
  { "tile.close",                 { "<Control>w" }, NC_ ("shortcuts", "Close the tile, never the chat") },
  { "pane.filter",                { "<Control><Shift>l" }, NC_ ("shortcuts", "Filter the lists") },
  { "pane.next",                  { "F6" }, NC_ ("shortcuts", "Next pane") },
  { "pane.previous",              { "<Shift>F6" }, NC_ ("shortcuts", "Previous pane") },
  { "pane.toggle-visitor",        { "F9" }, NC_ ("shortcuts", "Show or hide the visitor") },
  { "app.show-shortcuts",         { "<Control>question" }, NC_ ("shortcuts", "Keyboard shortcuts") },
  { "app.show-preferences",       { "<Control>comma" }, NC_ ("shortcuts", "Preferences") },
  { "app.quit",                   { "<Control>q" }, NC_ ("shortcuts", "Quit") },
};
/* clang-format on */

const UsherCommand *
usher_actions_get_commands (guint *ret_n)
{
  *ret_n = G_N_ELEMENTS (commands);
  return commands;
}

const char *
usher_actions_get_title (const char *action)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (commands[i].action, action) && commands[i].title != NULL)
      return g_dpgettext2 (NULL, "shortcuts", commands[i].title);
  g_return_val_if_reached (NULL);
}
