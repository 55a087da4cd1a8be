/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-attachment.h"
#include "usher-canned.h"
#include "usher-composer.h"

G_BEGIN_DECLS

struct _UsherComposer {
  GtkWidget parent_instance;

  GtkToggleButton *reply_mode;
  GtkToggleButton *note_mode;
  GtkWidget *note_hint;
  GtkWidget *chips;
  GtkWidget *attach_button;
  GtkScrolledWindow *scroller;
  GtkTextView *view;
  GtkTextBuffer *buffer;
  GtkLabel *placeholder;
  GtkButton *send_button;
  GtkEventController *keys;

  GtkPopover *canned_popover;
  GtkListView *canned_list;
  GtkSingleSelection *canned_selection;

  UsherCannedList *canned; /* (nullable) */
  GListStore *canned_found;
  UsherSession *session;
  UsherConversation *conversation;
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

/* usher-composer-pictures.c: paste, drop and file chooser. */
void usher_composer_show_chips (UsherComposer *self);
gboolean usher_composer_send_pictures (UsherComposer *self);
gboolean usher_composer_has_pictures (UsherComposer *self);
void usher_composer_paste_cb (UsherComposer *self,
                              GtkTextView   *view);
/* usher-composer-canned.c: canned replies. */
void usher_composer_update_canned (UsherComposer *self);
void usher_composer_insert_canned (UsherComposer *self,
                                   UsherCanned   *canned);

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

void usher_composer_report (UsherComposer *self,
                            const char    *text);
void usher_composer_update (UsherComposer *self);

G_END_DECLS
