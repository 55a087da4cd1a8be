/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "usher-session.h"

/* The codes every gateway takes. A gateway's own list comes with `GET /dispositions`. */
static const UsherDisposition codes[] = {
  { "solved", N_ ("Solved") },
  { "question_answered", N_ ("Question answered") },
  { "order_status", N_ ("Order status") },
  { "refund", N_ ("Refund") },
  { "complaint", N_ ("Complaint") },
  { "spam", N_ ("Spam") },
  { "other", N_ ("Other") },
};

const UsherDisposition *
usher_session_get_dispositions (UsherSession      *self,
                                UsherConversation *conversation,
                                guint             *ret_n)
{
  static UsherDisposition translated[G_N_ELEMENTS (codes)];

  /* Each time: the language is set after the first call in tests, and it is seven pointers. */
  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    translated[i] = (UsherDisposition){ codes[i].code, _ (codes[i].title) };
  *ret_n = G_N_ELEMENTS (codes);
  return translated;
}
