/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** GateDialogue: what one visitor says, line by line; written for this project */
typedef struct {
  const char *locale;
  const char *name;
  const char *const *lines; /* (array zero-terminated) */
} GateDialogue;

/** gate_dialogue_get: (transfer none): one of them for each @number; half are Chinese, half English */
const GateDialogue *gate_dialogue_get (guint number);

G_END_DECLS
