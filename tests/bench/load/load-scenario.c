/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load-scenario.h"

#include <string.h>

static const LoadScenario *const scenarios[] = {
  &load_scenario_connect, &load_scenario_echo,  &load_scenario_ping,
  &load_scenario_typing,  &load_scenario_chat,  &load_scenario_moving,
  &load_scenario_images,  &load_scenario_storm, &load_scenario_publish,
};

const LoadScenario *
load_scenario_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (scenarios); i++)
    if (strcmp (scenarios[i]->name, name) == 0)
      return scenarios[i];
  return NULL;
}

char *
load_scenario_help (void)
{
  GString *text = g_string_new ("Loads a server and prints one line of JSON. Scenarios:");

  for (guint i = 0; i < G_N_ELEMENTS (scenarios); i++)
    g_string_append_printf (text, "\n  %-8s %s", scenarios[i]->name, scenarios[i]->help);
  return g_string_free (text, FALSE);
}
