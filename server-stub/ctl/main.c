/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-ctl.h"

#include <locale.h>

int
main (int    argc,
      char **argv)
{
  setlocale (LC_ALL, "");
  g_set_prgname ("usherctl");
  return gate_ctl_run (argv);
}
