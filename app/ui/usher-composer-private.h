/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-attachment.h"
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
void usher_composer_report (UsherComposer *self,
                            const char    *text);
void usher_composer_update (UsherComposer *self);

G_END_DECLS
