/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-canned-list.h"
#include "usher-macro-list.h"
#include "usher-session.h"
#include "usher-spelling.h"

G_BEGIN_DECLS

/** What Enter does, decided after the input method had its turn. */
typedef enum {
  USHER_ENTER_COMMIT, /* a candidate is being composed: Enter belongs to it */
  USHER_ENTER_NEW_LINE,
  USHER_ENTER_SEND,
  USHER_ENTER_SEND_AND_NEXT,
} UsherEnter;

UsherEnter
usher_composer_decide_enter (GdkModifierType state, gboolean enter_sends, gboolean has_preedit);

/**
 * UsherComposer:
 *
 * Where the agent writes: a reply to the visitor or a note for staff. The two look different, are sent by different functions, and
 * nothing but the agent changes from one to the other. Each has a draft of its own in every conversation until it is sent.
 *
 * Properties: `enter-sends` (writable), `is-note` (writable), `can-reply` (writable: otherwise only notes).
 * Signals: `sent`; `next` (send and go to the next who waits); `problem` (const char *: a sentence for the agent).
 */
#define USHER_TYPE_COMPOSER (usher_composer_get_type ())
G_DECLARE_FINAL_TYPE (UsherComposer, usher_composer, USHER, COMPOSER, GtkWidget)

GtkWidget *usher_composer_new (void);
void usher_composer_set_session (UsherComposer *self,
                                 UsherSession  *session);
void usher_composer_set_conversation (UsherComposer     *self,
                                      UsherConversation *conversation);
gboolean usher_composer_get_is_note (UsherComposer *self);
void usher_composer_set_is_note (UsherComposer *self,
                                 gboolean       is_note);
void usher_composer_set_can_reply (UsherComposer *self,
                                   gboolean       can_reply);

/** usher_composer_send: what is written and the files beside it. Returns: whether there was anything to send. */
gboolean usher_composer_send (UsherComposer *self);
void usher_composer_focus (UsherComposer *self);
void usher_composer_attach (UsherComposer *self);

/** usher_composer_record: a voice message, in place of the text until it is sent or thrown away */
void usher_composer_record (UsherComposer *self);

/** usher_composer_edit: @message is changed here; Enter changes it, Esc leaves it. */
void usher_composer_edit (UsherComposer *self,
                          UsherMessage  *message);

/** usher_composer_take_back: a reply that is still held, or was refused, goes no further; its text is here again. Returns: %FALSE when it is too late */
gboolean usher_composer_take_back (UsherComposer *self,
                                   UsherMessage  *message);

/** usher_composer_drop: pictures and files dropped or pasted somewhere else in the conversation. */
gboolean usher_composer_drop (UsherComposer *self,
                              const GValue  *value);

/**
 * usher_composer_put: as if the agent had written it, after what is there
 * @blanks: (element-type UsherBlank): of @text
 * @ret_after: (out) (transfer full): the draft as it is then
 *
 * Returns: (transfer full): the draft as it was, for usher_composer_take_out()
 */
char *usher_composer_put (UsherComposer  *self,
                          gboolean        is_note,
                          const char     *text,
                          GArray         *blanks,
                          char          **ret_after) G_GNUC_WARN_UNUSED_RESULT;

/** usher_composer_take_out: the draft of @conversation becomes @before again, if nothing has been written since it was @after. */
void usher_composer_take_out (UsherComposer     *self,
                              UsherConversation *conversation,
                              gboolean           is_note,
                              const char        *before,
                              const char        *after);

/** usher_composer_set_canned: @canned: (nullable): what a slash at the beginning of a line finds */
void usher_composer_set_canned (UsherComposer   *self,
                                UsherCannedList *canned);

/** usher_composer_take_suggestion: the suggested reply at @position goes into the text. */
void usher_composer_take_suggestion (UsherComposer *self,
                                     guint          position);

/** usher_composer_set_spelling: once: what @spelling does not know is underlined. */
void usher_composer_set_spelling (UsherComposer *self,
                                  UsherSpelling *spelling);

/** usher_composer_correct: what can be done about the underlined word at the cursor, or nearest to it. */
void usher_composer_correct (UsherComposer *self);

/** usher_composer_set_macros: @macros: (nullable): found below the canned replies, and the common commands below them */
void usher_composer_set_macros (UsherComposer  *self,
                                UsherMacroList *macros);

G_END_DECLS
