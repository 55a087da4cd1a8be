/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-connection.h"

G_BEGIN_DECLS

typedef enum {
  USHER_CLOSE_RETRY,      /* with back-off */
  USHER_CLOSE_RESUME_NOW, /* the next try at once, then with back-off */
  USHER_CLOSE_PATIENCE,   /* not before UsherConnectionTimes.patience_ms */
  USHER_CLOSE_ANEW,       /* the resume token is worthless: at once, with Auth */
  USHER_CLOSE_STOP,       /* for good; `refusal` says why */
} UsherCloseAction;

typedef struct {
  guint code;
  UsherCloseAction action;
  guint least_wait_ms;  /* on top of the action's own */
  UsherRefusal refusal; /* with USHER_CLOSE_STOP */
} UsherCloseCode;

/** usher_close_code_find: (transfer none): the row of the table for @code; a code nobody knows is retried. */
const UsherCloseCode *usher_close_code_find (guint code);

G_END_DECLS
