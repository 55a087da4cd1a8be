/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-canned-text.h"
#include "usher-session.h"

G_BEGIN_DECLS

/**
 * usher_canned_expand_for: as usher_canned_expand(), with what is known of a chat: `visitor` `agent` `queue` `subject` `email` `phone`.
 * @ret_blanks: (out) (transfer full) (element-type UsherBlank)
 *
 * Returns: (transfer full)
 */
char *usher_canned_expand_for (const char         *text,
                               UsherSession       *session,
                               UsherConversation  *conversation,
                               GArray            **ret_blanks) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
