/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-close-codes.h"

/* What each close code asks of a client: PROTOCOLS.md 2d.5. libsoup 3.2 takes 1012 to 1014 for broken frames and reports 1002 for all of
 * them, so 1002 may be a node that restarts: it is retried like that, after a second at least. */
/* clang-format off */
static const UsherCloseCode table[] = {
  { 1000, USHER_CLOSE_RETRY,      0,      0 },
  { 1001, USHER_CLOSE_RETRY,      0,      0 },
  { 1002, USHER_CLOSE_RETRY,      1000,   0 },
  { 1003, USHER_CLOSE_PATIENCE,   0,      0 },
  { 1007, USHER_CLOSE_PATIENCE,   0,      0 },
  { 1008, USHER_CLOSE_STOP,       0,      USHER_REFUSAL_BLOCKED },
  { 1009, USHER_CLOSE_PATIENCE,   0,      0 },
  { 1011, USHER_CLOSE_RETRY,      0,      0 },
  { 1012, USHER_CLOSE_RETRY,      0,      0 },
  { 1013, USHER_CLOSE_RETRY,      10000,  0 },
  { 4001, USHER_CLOSE_STOP,       0,      USHER_REFUSAL_TOKEN },
  { 4002, USHER_CLOSE_STOP,       0,      USHER_REFUSAL_TOKEN },
  { 4003, USHER_CLOSE_STOP,       0,      USHER_REFUSAL_ELSEWHERE },
  { 4004, USHER_CLOSE_ANEW,       0,      0 },
  { 4005, USHER_CLOSE_RESUME_NOW, 0,      0 },
  { 4006, USHER_CLOSE_RETRY,      60000,  0 },
  { 4007, USHER_CLOSE_STOP,       0,      USHER_REFUSAL_VERSION },
  { 4008, USHER_CLOSE_RESUME_NOW, 0,      0 },
  { 4009, USHER_CLOSE_STOP,       0,      USHER_REFUSAL_BLOCKED },
  { 4010, USHER_CLOSE_RESUME_NOW, 0,      0 },
};
/* clang-format on */

static const UsherCloseCode unknown = { 0, USHER_CLOSE_RETRY, 0, 0 };

const UsherCloseCode *
usher_close_code_find (guint code)
{
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    if (table[i].code == code)
      return &table[i];
  }
  return &unknown;
}
