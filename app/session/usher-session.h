/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-types.h"

#include <gio/gio.h>

#include "usher-contact.h"

G_BEGIN_DECLS

/**
 * UsherSession:
 *
 * The one object the UI holds between sign-in and sign-out. It owns the connection, the local store and the models,
 * keeps them in step, and is the only way the UI acts. Nothing here blocks; what an agent does is shown at once and its fate follows
 * as properties (`delivery`) or as the signal `notice`.
 *
 * Properties (read-only unless said; all notify):
 *   link-state (UsherLinkState) · in-step-us (gint64: monotonic time of the last sign of life from the gateway)
 *   agent (guint64) · agent-name · login · role (nullable; the gateway's word for it) · gateway-url · rights (GStrv)
 *   connected-since-us (gint64, wall; 0: not connected) · keeps-sign-in (gboolean: the next start needs no password)
 *   is-accepting (readable, writable) · is-present (writable) · is-away (nobody is at the desk: locked, idle, asleep) · load (guint) · capacity (guint)
 *   has-own-waiting (gboolean)
 *   idle-minutes (guint, readable, writable): after how long without a key or the pointer nobody is at the desk; 0: only the lock counts
 *   undo-send-s (guint, readable, writable): how many seconds a reply is held before it goes; 0: not at all
 *   offered, mine, queue, bot, snoozed, watching, closed (GListModel of UsherConversation; not sorted: the UI sorts)
 *   colleagues (GListModel of UsherColleague) · queues (GListModel of UsherQueue)
 *   handover (GListModel of UsherHandoverItem: the chats of a shift that is handed over) · handover-stage (UsherHandoverStage)
 *   canned (GListModel of UsherCanned): the team's replies, read-only
 *
 * Signals:
 *   notice (guint level: 1 info 2 warning 3 alarm, const char *text translated, const char *slug)
 *   offered (UsherConversation *): a new offer; notifications hang on it
 *   line (UsherConversation *, UsherMessage *): a new line by a visitor in one of my chats
 *   line-shown (UsherConversation *, UsherMessage *): the line of usher_session_show_line() stands in the window now
 *   mentioned (UsherConversation *, const char *text translated): a colleague's note names me
 *   signed-out (const char *reason): the session has ended (token revoked, sign-out); the UI asks to sign in again
 */
#define USHER_TYPE_SESSION (usher_session_get_type ())
G_DECLARE_FINAL_TYPE (UsherSession, usher_session, USHER, SESSION, GObject)

/**
 * usher_session_new:
 * @gateway_url: e.g. http://127.0.0.1:8000
 * @profile_dir: folder for the local store, made 0700
 *
 * Opens the cache only: after it the models hold what was known last (under 300 ms with 10,000 conversations).
 */
UsherSession *usher_session_new (const char  *gateway_url,
                                 const char  *profile_dir,
                                 GError     **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * usher_session_resume_async: tries the refresh token of the keyring and connects. Finish says %FALSE with
 * %USHER_SESSION_ERROR_SIGN_IN_NEEDED when the agent must type a password; with the gateway away it succeeds and keeps trying.
 */
void usher_session_resume_async (UsherSession        *self,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data);
gboolean usher_session_resume_finish (UsherSession  *self,
                                      GAsyncResult  *result,
                                      GError       **error);
void usher_session_sign_in_async (UsherSession        *self,
                                  const char          *login,
                                  const char          *password,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data);
gboolean usher_session_sign_in_finish (UsherSession  *self,
                                       GAsyncResult  *result,
                                       GError       **error);
void usher_session_change_password_async (UsherSession        *self,
                                          const char          *login,
                                          /* (nullable): only with a one-time password */ const char *old_password,
                                          const char          *new_password,
                                          GCancellable        *cancellable,
                                          GAsyncReadyCallback  callback,
                                          gpointer             user_data);
gboolean
usher_session_change_password_finish (UsherSession *self, GAsyncResult *result, GError **error);

/** usher_session_sign_out: here; what was held on this computer goes, what the gateway has stays there. */
void usher_session_sign_out (UsherSession *self);

/** usher_session_sign_out_everywhere: the same, and on every other computer. */
void usher_session_sign_out_everywhere (UsherSession *self);

/** usher_session_keep_signed_in: while `keeps-sign-in` is false: the desktop may ask for the password of a keyring. */
void usher_session_keep_signed_in (UsherSession *self);

/** usher_session_forget: signs out, and when the session is disposed, nothing of its profile is left on this computer. */
void usher_session_forget (UsherSession *self);

/** usher_session_get_n_unsent: own lines that the gateway does not have yet: they exist on this computer only. */
guint usher_session_get_n_unsent (UsherSession *self);

/* --- Offers and ownership ------------------------------------------------------------------------- */
void usher_session_accept (UsherSession      *self,
                           UsherConversation *conversation);
void usher_session_pass (UsherSession      *self,
                         UsherConversation *conversation,
                         const char        *reason);
void usher_session_claim (UsherSession      *self,
                          UsherConversation *conversation);
void usher_session_transfer (UsherSession      *self,
                             UsherConversation *conversation,
                             guint64            to_agent,
                             const char        *to_queue,
                             const char        *note);
void usher_session_close_conversation (UsherSession      *self,
                                       UsherConversation *conversation);
void usher_session_wrap_up (UsherSession      *self,
                            UsherConversation *conversation,
                            const char        *code,
                            const char        *result,
                            const char        *summary,
                            gboolean           skip_rating);
void usher_session_reopen (UsherSession      *self,
                           UsherConversation *conversation);

/**
 * usher_session_prepare_handover: every open chat of mine becomes an item of `handover`, with a brief to be completed; from now on nothing new is
 * offered to me, and `is-accepting` cannot be set.
 */
void usher_session_prepare_handover (UsherSession *self);

/** usher_session_leave_handover: nobody looks at it any more. Before it was started that ends it, and the briefs stay; later it goes on. */
void usher_session_leave_handover (UsherSession *self);

/** usher_session_start_handover: all that have a target and are not on their way go; again for those that were passed or refused. */
void usher_session_start_handover (UsherSession *self);

/** usher_session_end_handover: it is over; before all were handed over, it is cancelled: who was asked already is asked on, and I accept again if I did. */
void usher_session_end_handover (UsherSession *self);

/** usher_session_join: to the owner's side: both may write. Needs the right `takeover`, as does taking over. */
void usher_session_join (UsherSession      *self,
                         UsherConversation *conversation);
void usher_session_take_over (UsherSession      *self,
                              UsherConversation *conversation);

/** usher_session_set_hold: the visitor is told to wait, or that it goes on. */
void usher_session_set_hold (UsherSession      *self,
                             UsherConversation *conversation,
                             gboolean           is_held);

/** usher_session_snooze: hidden until @until_us (wall clock; 0: until the visitor writes). */
void usher_session_snooze (UsherSession      *self,
                           UsherConversation *conversation,
                           gint64             until_us);
void usher_session_wake (UsherSession      *self,
                         UsherConversation *conversation);

/** usher_session_set_watching: follows it: it stands among the watched, and what is said in it arrives. */
void usher_session_set_watching (UsherSession      *self,
                                 UsherConversation *conversation,
                                 gboolean           is_watching);

/** usher_session_change_tags: @add and @remove: (nullable) (array zero-terminated=1). Shown at once; undone if the gateway refuses. */
void usher_session_change_tags (UsherSession      *self,
                                UsherConversation *conversation,
                                const char *const *add,
                                const char *const *remove);

/** usher_session_dup_known_tags: (transfer full) (array zero-terminated=1): of all conversations held here, most used first. */
char **usher_session_dup_known_tags (UsherSession *self) G_GNUC_WARN_UNUSED_RESULT;

/** usher_session_has_right: whether the gateway lets this agent: `pull`, `takeover`, `monitor`, `floor` … (PROTOCOLS.md 2d.7). */
gboolean usher_session_has_right (UsherSession *self,
                                  const char   *right);

/* --- Talking ---------------------------------------------------------------------------------------- */
void
usher_session_send_text (UsherSession *self, UsherConversation *conversation, const char *text);
void
usher_session_send_note (UsherSession *self, UsherConversation *conversation, const char *text);

/** usher_session_send_file: a picture, or with a @width of 0 a voice message or another file; kept in the outbox on disk until stored. */
void usher_session_send_file (UsherSession      *self,
                              UsherConversation *conversation,
                              GBytes            *bytes,
                              const char        *mime,
                              const char        *name,
                              guint              width,
                              guint              height);
void usher_session_retry (UsherSession *self,
                          UsherMessage *message);
void usher_session_discard (UsherSession *self,
                            UsherMessage *message);

/** usher_session_take_back: (transfer full) (nullable): the text of a reply that was still held, or refused, which is gone now; %NULL: it is too late */
char *usher_session_take_back (UsherSession *self,
                               UsherMessage *message) G_GNUC_WARN_UNUSED_RESULT;

/** usher_session_may_change: an own text of the last two minutes, on a channel that can; of pictures and files only recalling makes sense. */
gboolean usher_session_may_change (UsherSession *self,
                                   UsherMessage *message);

/** usher_session_edit: the line says @text from now on, here at once; undone with a notice if the gateway refuses. */
void usher_session_edit (UsherSession *self,
                         UsherMessage *message,
                         const char   *text);

/** usher_session_recall: nothing is left of the line but that there was one. */
void usher_session_recall (UsherSession *self,
                           UsherMessage *message);

/** usher_session_find_last_own: (transfer full) (nullable): my last text in @conversation: to be taken back, edited or recalled */
UsherMessage *usher_session_find_last_own (UsherSession      *self,
                                           UsherConversation *conversation);
void
usher_session_set_typing (UsherSession *self, UsherConversation *conversation, gboolean is_typing);

/**
 * usher_session_show: @conversation is on the screen, in one place, until usher_session_hide(): its lines are loaded and kept. While @is_attended (the
 * agent is at it: the window is active, and it the current tile) what comes is read and not announced. Call it again when that changes.
 */
void usher_session_show (UsherSession      *self,
                         UsherConversation *conversation,
                         gboolean           is_attended);
void usher_session_hide (UsherSession      *self,
                         UsherConversation *conversation);
void usher_session_load_older (UsherSession      *self,
                               UsherConversation *conversation);

/** usher_session_unfold: the lines of @conversation are wanted beside those that are shown; nothing of it becomes read. */
void usher_session_unfold (UsherSession      *self,
                           UsherConversation *conversation);

/** usher_session_load_newer: the next page towards now, while the window `has-newer`. */
void usher_session_load_newer (UsherSession      *self,
                               UsherConversation *conversation);

/** usher_session_load_newest: the window goes back to the newest lines and follows again (`has-newer` becomes false). */
void usher_session_load_newest (UsherSession      *self,
                                UsherConversation *conversation);

/**
 * usher_session_show_line: the conversation and, some time later, in it the line that was found: the window moves there, lines that are not
 * held are asked for, and the signal `line-shown` says that it can be pointed at. A notice says so when it is not to be had.
 *
 * Returns: (transfer none): the conversation of @hit
 */
UsherConversation *usher_session_show_line (UsherSession *self,
                                            UsherHit     *hit);

/** usher_session_show_day: as above, the first line at @at_us or later; where there is none, the last line. */
void usher_session_show_day (UsherSession      *self,
                             UsherConversation *conversation,
                             gint64             at_us);

/** usher_session_set_draft: kept in the local store at once; survives kill -9. */
void usher_session_set_draft (UsherSession      *self,
                              UsherConversation *conversation,
                              const char        *text,
                              gboolean           is_note);

/** usher_session_get_draft: (transfer none) (nullable): the draft of a reply, or that of a note. */
const char *
usher_session_get_draft (UsherSession *self, UsherConversation *conversation, gboolean is_note);

/* --- Suggested replies ------------------------------------------------------------------------------ */

/** usher_session_get_suggestions: (transfer none) (nullable): GListModel of at most three UsherSuggestion; empty while one stands in the composer */
GListModel *usher_session_get_suggestions (UsherSession      *self,
                                           UsherConversation *conversation);

/** usher_session_take_suggestion: its text is in the composer. The gateway hears with the reply whether it was changed; an empty draft puts it back. */
void usher_session_take_suggestion (UsherSession      *self,
                                    UsherConversation *conversation,
                                    UsherSuggestion   *suggestion);

/** usher_session_dismiss_suggestions: none of them is wanted. */
void usher_session_dismiss_suggestions (UsherSession      *self,
                                        UsherConversation *conversation);

/* --- Knowing ---------------------------------------------------------------------------------------- */
UsherConversation *usher_session_find (UsherSession *self,
                                       guint64       conv);

/** usher_session_get_contact: (transfer none): fills by itself. */
UsherContact *usher_session_get_contact (UsherSession      *self,
                                         UsherConversation *conversation);

/** usher_session_edit_contact: @value: (nullable). Shown at once; undone if the gateway refuses. */
void usher_session_edit_contact (UsherSession      *self,
                                 UsherConversation *conversation,
                                 UsherContactField  field,
                                 const char        *value);

/** usher_session_set_attribute: of the visitor; shown when the gateway has kept it.
 *
 * @json: (nullable): the value as JSON, see usher_session_dup_json(); %NULL takes it away
 */
void usher_session_set_attribute (UsherSession      *self,
                                  UsherConversation *conversation,
                                  const char        *name,
                                  const char        *json);

/** usher_session_dup_json: (transfer full): @text as a value. */
char *usher_session_dup_json (const char *text) G_GNUC_WARN_UNUSED_RESULT;

/**
 * UsherContactsFunc:
 * @contacts: (nullable): a GListModel of UsherContact; %NULL: there is no answer
 * @n_same: the first so many have the same e-mail or phone
 * @problem: (nullable): why not, for people
 */
typedef void (*UsherContactsFunc) (GListModel *contacts,
                                   guint n_same,
                                   const char *problem,
                                   gpointer user_data);

/** usher_session_find_contacts: who may be the same person as the visitor of @conversation; @text: see ContactFind.query. */
void usher_session_find_contacts (UsherSession      *self,
                                  UsherConversation *conversation,
                                  const char        *text,
                                  UsherContactsFunc  func,
                                  gpointer           user_data,
                                  GDestroyNotify     destroy);

/** usher_session_preview_merge: what both would be together: one contact. Nothing is changed. */
void usher_session_preview_merge (UsherSession      *self,
                                  UsherConversation *conversation,
                                  guint64            other,
                                  gboolean           is_other_kept,
                                  UsherContactsFunc  func,
                                  gpointer           user_data,
                                  GDestroyNotify     destroy);

/** usher_session_merge: the visitor of @conversation and the contact of @other are one person.
 *
 * @is_other_kept: its values win, and it is the contact of the other from now on
 */
void usher_session_merge (UsherSession      *self,
                          UsherConversation *conversation,
                          guint64            other,
                          gboolean           is_other_kept);

/** usher_session_unmerge: @other, who was merged, stands for themselves again. */
void usher_session_unmerge (UsherSession      *self,
                            UsherConversation *conversation,
                            guint64            other);

/** usher_session_block: the visitor is turned away until @until_us (wall clock; %USHER_BLOCK_FOR_GOOD; 0: no longer). */
void usher_session_block (UsherSession      *self,
                          UsherConversation *conversation,
                          gint64             until_us);
void usher_session_load_image_async (UsherSession        *self,
                                     UsherMessage        *message,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data);

/** usher_session_load_image_finish: (transfer full): the file's bytes, from the cache folder or the gateway. */
GBytes *usher_session_load_image_finish (UsherSession  *self,
                                         GAsyncResult  *result,
                                         GError       **error);

/** UsherSessionProgress: how much is done, 0 to 1 */
typedef void (*UsherSessionProgress) (double fraction, gpointer user_data);

/**
 * usher_session_export_async: what is held on this computer into a new folder in @folder, whole or not at all; a notice says so.
 * @settings: JSON text that goes along
 * @progress: is not called after @callback
 */
void usher_session_export_async (UsherSession         *self,
                                 const char           *folder,
                                 const char           *settings,
                                 GCancellable         *cancellable,
                                 UsherSessionProgress  progress,
                                 gpointer              progress_data,
                                 GAsyncReadyCallback   callback,
                                 gpointer              user_data);

/** usher_session_export_finish: (transfer full): where it is, as a sentence; an error is a sentence too. */
char *usher_session_export_finish (UsherSession  *self,
                                   GAsyncResult  *result,
                                   GError       **error);

typedef struct {
  const char *code;
  const char *title; /* translated, or as the operator wrote it */
} UsherDisposition;

/** usher_session_get_dispositions: (array length=n) (transfer none): the codes a conversation may be closed with. */
const UsherDisposition *
usher_session_get_dispositions (UsherSession *self, UsherConversation *conversation, guint *ret_n);

/** usher_session_dup_dispositions: (transfer full) (element-type UsherDisposition): those of every queue, each code once. */
GArray *usher_session_dup_dispositions (UsherSession *self) G_GNUC_WARN_UNUSED_RESULT;

typedef enum {
  USHER_SESSION_ERROR_SIGN_IN_NEEDED,
  USHER_SESSION_ERROR_BAD_CREDENTIALS,
  USHER_SESSION_ERROR_PASSWORD_CHANGE_REQUIRED,
  USHER_SESSION_ERROR_TOO_MANY_TRIES,
  USHER_SESSION_ERROR_UNREACHABLE,
  USHER_SESSION_ERROR_FAILED,
} UsherSessionError;

#define USHER_SESSION_ERROR (usher_session_error_quark ())
GQuark usher_session_error_quark (void);

G_END_DECLS
