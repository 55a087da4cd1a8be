/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-canned.h"
#include "usher-contact.h"
#include "usher-conversation-list.h"
#include "usher-conversation.h"
#include "usher-message-list.h"
#include "usher-message.h"
#include "usher-session.h"

G_BEGIN_DECLS

/*
 * A session without a gateway: it holds models that a test fills, does what it is asked on them at once, and remembers what it
 * was asked. It is linked instead of app/session, so that tests of the UI need no network and no disk.
 */
UsherSession *fake_session_new (void);

/** fake_session_take_calls: what was asked since the last time, such as "send-text 3 hello", joined by newlines. */
char *fake_session_take_calls (UsherSession *self);

UsherConversationList *fake_session_get_list (UsherSession *self,
                                              const char   *name);

/** fake_session_add: a conversation in the list @name; it waits since @waiting_s seconds (0: nobody waits). */
UsherConversation *fake_session_add (UsherSession *self,
                                     const char   *name,
                                     guint64       conv,
                                     const char   *who,
                                     int           waiting_s);
UsherMessage *
fake_session_line (UsherConversation *conversation, UsherRole role, const char *text, int age_s);

/** fake_session_add_canned: a reply of the team, for conversations of @queue (nullable: of all). */
UsherCanned *fake_session_add_canned (UsherSession *self,
                                      const char   *shortcut,
                                      const char   *title,
                                      const char   *text,
                                      const char   *queue);

/** fake_session_suggest: @source: such as "intent:refund" */
void fake_session_suggest (UsherSession      *self,
                           UsherConversation *conversation,
                           const char        *text,
                           const char        *source);
void fake_session_set_is_away (UsherSession *self,
                               gboolean      is_away);

/** fake_session_set_account: whether the next start needs a password, since when it is connected (0: it is not), what would be lost */
void fake_session_set_account (UsherSession *self,
                               gboolean      keeps_sign_in,
                               gint64        connected_since_us,
                               guint         n_unsent);

/** fake_session_end_export: the export that runs ends: (nullable) @problem */
void fake_session_end_export (UsherSession *self,
                              const char   *text,
                              const char   *problem);
void fake_session_set_link (UsherSession   *self,
                            UsherLinkState  state);

/** fake_session_set_supervises: has the rights of a supervisor, or those of an agent (at first). */
void fake_session_set_supervises (UsherSession *self,
                                  gboolean      is_supervisor);

/** fake_session_set_handover_stage: how far the shift is; the items in `handover` are the test's to move. */
void fake_session_set_handover_stage (UsherSession       *self,
                                      UsherHandoverStage  stage);

/** fake_session_tell_line_shown: what usher_session_show_line() was asked for stands in its window now. */
void fake_session_tell_line_shown (UsherSession *self);

/** fake_session_fail_next_sign_in: the next sign-in ends so. */
void fake_session_fail_next_sign_in (UsherSession      *self,
                                     UsherSessionError  code);

/** fake_session_add_contact: somebody the visitor of a chat may be merged with; @email: (nullable) */
void
fake_session_add_contact (UsherSession *self, guint64 visitor, const char *name, const char *email);

/** fake_session_refuse_merges: @problem: (nullable): static */
void fake_session_refuse_merges (UsherSession *self,
                                 const char   *problem);

/** fake_session_fill_demo: a morning at a shop, for pictures. */
void fake_session_fill_demo (UsherSession *self);

G_END_DECLS
