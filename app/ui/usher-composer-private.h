/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-attachment.h"
#include "usher-canned-list.h"
#include "usher-composer.h"
#include "usher-message.h"
#include "usher-recorder.h"
#include "usher-spell-check.h"
#include "usher-suggestion-bar.h"
#include "usher-palette-entry.h"

G_BEGIN_DECLS

struct _UsherComposer {
  GtkWidget parent_instance;

  GtkToggleButton *reply_mode;
  GtkToggleButton *note_mode;
  GtkWidget *note_hint;
  GtkWidget *edit_bar;
  UsherSuggestionBar *suggestion_bar;
  GtkWidget *chips;
  GtkWidget *entry_row;
  GtkWidget *attach_button;
  GtkWidget *record_button;
  GtkScrolledWindow *scroller;
  GtkTextView *view;
  GtkTextBuffer *buffer;
  GtkLabel *placeholder;
  GtkButton *send_button;
  UsherRecorder *recorder;
  GtkEventController *keys;

  GtkPopover *canned_popover;
  GtkListView *canned_list;
  GtkSingleSelection *canned_selection;

  UsherSpellCheck *spell_check; /* (nullable) */
  GtkWidget *word_popover;
  GtkTextMark *word_begin; /* (nullable): the word the menu is about */
  GtkTextMark *word_end;

  UsherCannedList *canned; /* (nullable) */
  UsherMacroList *macros;  /* (nullable) */
  GListStore *canned_found;
  UsherSession *session;
  UsherConversation *conversation;
  UsherMessage *edited; /* (nullable): the line whose text is being changed; the draft waits */
  GHashTable *
    attachments; /* conv → GPtrArray of UsherAttachment: kept like the draft while another chat is shown */
  GCancellable *cancellable;
  GtkFileChooserNative *chooser;
  gboolean enter_sends;
  gboolean is_note;
  gboolean can_reply;
  gboolean has_preedit;
  gboolean is_loading; /* the text is being replaced by us, not typed */
  gboolean is_typing;  /* the visitor has been told */
  gint64 typing_sent_us;
  guint draft_id;
  guint typing_id;
};

/* usher-composer-files.c: paste, drop and file chooser. */
void usher_composer_show_chips (UsherComposer *self);
gboolean usher_composer_send_files (UsherComposer *self);
gboolean usher_composer_has_files (UsherComposer *self);
void usher_composer_paste_cb (UsherComposer *self,
                              GtkTextView   *view);

/** usher_composer_can_take_files: whether a file may wait here now; if not, the agent is told. */
gboolean usher_composer_can_take_files (UsherComposer *self);

/** usher_composer_take_file: @attachment: (transfer full): waits in @conv until it is sent, or is refused for its size */
void usher_composer_take_file (UsherComposer   *self,
                               guint64          conv,
                               UsherAttachment *attachment);

/* usher-composer-voice.c: voice messages. */
void usher_composer_recorded_cb (UsherComposer *self,
                                 GBytes        *voice);

/** usher_composer_keep_recording: the agent turns to something else: what was said waits as a file. */
void usher_composer_keep_recording (UsherComposer *self);
void usher_composer_init_record_button (UsherComposer *self);
void usher_composer_update_record_button (UsherComposer *self);

/* usher-composer-canned.c: canned replies. */
void usher_composer_update_canned (UsherComposer *self);
void usher_composer_insert_canned (UsherComposer *self,
                                   UsherCanned   *canned);

/** usher_composer_insert_expanded: where the cursor is; the first of its @blanks is selected. */
void usher_composer_insert_expanded (UsherComposer *self,
                                     const char    *text,
                                     GArray        *blanks);

/** usher_composer_clear_typed: takes away the slash that begins the line and what is typed behind it. */
void usher_composer_clear_typed (UsherComposer *self);

/** usher_composer_take_canned_key: Returns: whether the key was meant for the list, or for the blanks in the text. */
gboolean usher_composer_take_canned_key (UsherComposer   *self,
                                         guint            keyval,
                                         GdkModifierType  state);

char *usher_composer_dup_draft (UsherComposer *self);
void usher_composer_show_draft (UsherComposer *self,
                                const char    *draft);

/** usher_composer_has_blank: a blank is left: it is selected, and the agent told. */
gboolean usher_composer_has_blank (UsherComposer *self);
void usher_composer_canned_activated_cb (UsherComposer *self,
                                         guint          position);
void usher_composer_canned_setup_cb (UsherComposer *self,
                                     GtkListItem   *item);
void usher_composer_canned_bind_cb (UsherComposer *self,
                                    GtkListItem   *item);

/* usher-composer-slash.c: macros and commands in the same list. */

/** usher_composer_add_commands: those that fit @typed, behind the canned replies in @found. Returns: which one is meant, if one is named in full */
guint usher_composer_add_commands (UsherComposer *self,
                                   const char    *typed,
                                   GPtrArray     *found);

/** usher_composer_run_entry: takes what was typed away, and does it. */
void usher_composer_run_entry (UsherComposer     *self,
                               UsherPaletteEntry *entry);

/* usher-composer-edit.c: lines that were sent. */
void usher_composer_end_edit (UsherComposer *self);

/** usher_composer_finish_edit: Returns: whether a line was being changed; it says @text now. */
gboolean usher_composer_finish_edit (UsherComposer *self,
                                     const char    *text);
gboolean usher_composer_take_edit_key (UsherComposer   *self,
                                       guint            keyval,
                                       GdkModifierType  state);
void usher_composer_recall_clicked_cb (UsherComposer *self);
void usher_composer_cancel_clicked_cb (UsherComposer *self);

/* usher-composer-suggestions.c: replies that are suggested. */
void usher_composer_update_suggestions (UsherComposer *self);
void usher_composer_suggestion_taken_cb (UsherComposer   *self,
                                         UsherSuggestion *suggestion);
void usher_composer_suggestions_dismissed_cb (UsherComposer *self);

/* usher-composer-spelling.c: words that are underlined. */
void usher_composer_spelling_init (UsherComposer *self);

/** usher_composer_forget_word: the menu is about no word any more. */
void usher_composer_forget_word (UsherComposer *self);

/** usher_composer_prepare_menu: a key that opens the text's menu: it is to be about the word at the cursor. */
void usher_composer_prepare_menu (UsherComposer   *self,
                                  guint            keyval,
                                  GdkModifierType  state);

void usher_composer_save_draft (UsherComposer *self);

/** usher_composer_set_text: @text: (nullable): not as if it had been typed: nobody is told, and it cannot be undone */
void usher_composer_set_text (UsherComposer *self,
                              const char    *text);

/** usher_composer_load_text: the draft of this mode. */
void usher_composer_load_text (UsherComposer *self);
void usher_composer_update_mode (UsherComposer *self);
void usher_composer_report (UsherComposer *self,
                            const char    *text);
void usher_composer_tell_sent (UsherComposer *self);
void usher_composer_update (UsherComposer *self);

G_END_DECLS
