/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-actions.h"

/*
 * Rules (they are checked by a test): no bare letters, for text is being typed; no Alt+letter, for that is the menus'; nothing the
 * desktop or an input method owns. Each line also stands in gtk/help-overlay.ui.
 */
/* clang-format off */
static const UsherCommand commands[] = {
  { "offer.accept",               { "F2" } },
  { "offer.pass",                 { "<Shift>F2" } },
  { "conversation.next-waiting",  { "<Control>j" } },
  { "conversation.go-to-mine(0)", { "<Control>1" } },
  { "conversation.go-to-mine(1)", { "<Control>2" } },
  { "conversation.go-to-mine(2)", { "<Control>3" } },
  { "conversation.go-to-mine(3)", { "<Control>4" } },
  { "conversation.go-to-mine(4)", { "<Control>5" } },
  { "conversation.go-to-mine(5)", { "<Control>6" } },
  { "conversation.go-to-mine(6)", { "<Control>7" } },
  { "conversation.go-to-mine(7)", { "<Control>8" } },
  { "conversation.go-to-mine(8)", { "<Control>9" } },
  { "conversation.select-next",   { "<Alt>Down" } },
  { "conversation.select-previous", { "<Alt>Up" } },
  { "conversation.select-last",   { "<Control>Tab" } },
  { "conversation.transfer",      { "<Control>t" } },
  { "conversation.close",         { "<Control>d" } },
  { "conversation.snooze",        { "<Control><Shift>s" } },
  { "conversation.edit-labels",   { "<Control>l" } },
  { "window.undo",                { "<Control><Shift>b" } },
  { "composer.toggle-note",       { "<Control>m" } },
  { "composer.attach",            { "<Control>u" } },
  { "composer.focus",             { "Escape" }, TRUE },
  { "session.toggle-accepting",   { "<Control><Shift>a" } },
  { "pane.filter",                { "<Control><Shift>l" } },
  { "pane.next",                  { "F6" } },
  { "pane.previous",              { "<Shift>F6" } },
  { "pane.toggle-visitor",        { "F9" } },
  { "win.show-help-overlay",      { "<Control>question" } },
  { "app.show-preferences",       { "<Control>comma" } },
  { "app.quit",                   { "<Control>q" } },
};
/* clang-format on */

const UsherCommand *
usher_actions_get_commands (guint *ret_n)
{
  *ret_n = G_N_ELEMENTS (commands);
  return commands;
}

void
usher_actions_set_accels (GtkApplication *application)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (!commands[i].is_last_resort)
      gtk_application_set_accels_for_action (application, commands[i].action,
                                             (const char *const *) commands[i].accels);
}
