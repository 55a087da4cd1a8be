/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-notices.h"

#include <glib/gi18n.h>

/* The same sentence is not shown twice within this time. */
#define REPEAT_US ((gint64) 3 * G_USEC_PER_SEC)

/* Of a line; what is longer is wrapped. */
#define MAX_CHARS 72

/* While others wait for their turn, so long; they are few. */
#define TURN_MS    2000
#define SHORT_MS   4000
#define LONG_MS    8000
#define MAX_QUEUED 3

typedef struct {
  char *text;
  guint ms;
  GClosure *undo; /* (nullable) */
} Notice;

struct _UsherNotices {
  GObject parent_instance;

  GtkOverlay *overlay; /* borrowed */
  GtkRevealer *revealer;
  GtkLabel *label;
  GtkWidget *undo_button;

  Notice *shown; /* (nullable) */
  gint64 shown_us;
  GQueue queued; /* of Notice */
  guint over_id;
  gint64 said_us; /* when @said was */
  char *said;
};

enum {
  SIGNAL_SAID,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherNotices, usher_notices, G_TYPE_OBJECT)

static void
notice_free (gpointer data)
{
  Notice *notice = data;

  g_free (notice->text);
  g_clear_pointer (&notice->undo, g_closure_unref);
  g_free (notice);
}

static void
usher_notices_dispose (GObject *object)
{
  UsherNotices *self = USHER_NOTICES (object);

  g_clear_handle_id (&self->over_id, g_source_remove);
  g_clear_pointer (&self->shown, notice_free);
  g_queue_clear_full (&self->queued, notice_free);
  G_OBJECT_CLASS (usher_notices_parent_class)->dispose (object);
}

static void
usher_notices_finalize (GObject *object)
{
  g_free (USHER_NOTICES (object)->said);
  G_OBJECT_CLASS (usher_notices_parent_class)->finalize (object);
}

static void
usher_notices_class_init (UsherNoticesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = usher_notices_dispose;
  G_OBJECT_CLASS (klass)->finalize = usher_notices_finalize;
  signals[SIGNAL_SAID] = g_signal_new ("said", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
usher_notices_init (UsherNotices *self)
{
  g_queue_init (&self->queued);
}

/* --- In turn ------------------------------------------------------------------------------------------------ */

static void show_next (UsherNotices *self);

static void
over_cb (gpointer user_data)
{
  UsherNotices *self = user_data;

  self->over_id = 0;
  show_next (self);
}

/* How long what is shown stays depends on who waits. */
static void
set_timer (UsherNotices *self)
{
  gint64 gone_ms = (g_get_monotonic_time () - self->shown_us) / 1000;
  gint64 stay_ms = self->queued.length > 0 && self->shown->undo == NULL ? TURN_MS : self->shown->ms;

  g_clear_handle_id (&self->over_id, g_source_remove);
  self->over_id = g_timeout_add_once ((guint) MAX (stay_ms - gone_ms, 0), over_cb, self);
}

static void
show (UsherNotices *self,
      Notice       *notice)
{
  g_clear_pointer (&self->shown, notice_free);
  self->shown = notice;
  self->shown_us = g_get_monotonic_time ();
  gtk_label_set_text (self->label, notice->text);
  gtk_widget_set_visible (self->undo_button, notice->undo != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->revealer), TRUE);
  gtk_revealer_set_reveal_child (self->revealer, TRUE);
  set_timer (self);
}

static void
show_next (UsherNotices *self)
{
  Notice *next = g_queue_pop_head (&self->queued);

  if (next != NULL) {
    show (self, next);
    return;
  }
  g_clear_handle_id (&self->over_id, g_source_remove);
  g_clear_pointer (&self->shown, notice_free);
  gtk_revealer_set_reveal_child (self->revealer, FALSE);
}

static void
add (UsherNotices *self,
     Notice       *notice)
{
  if (self->queued.length == MAX_QUEUED)
    notice_free (g_queue_pop_head (&self->queued));
  g_queue_push_tail (&self->queued, notice);
  set_timer (self);
}

/* --- What it looks like --------------------------------------------------------------------------------------- */

/* What is not seen takes no clicks. */
static void
revealed_cb (UsherNotices *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->revealer),
                          gtk_revealer_get_reveal_child (self->revealer) ||
                            gtk_revealer_get_child_revealed (self->revealer));
}

static GtkWidget *
text_new (UsherNotices *self)
{
  GtkWidget *label = gtk_label_new (NULL);

  self->label = GTK_LABEL (label);
  gtk_label_set_wrap (self->label, TRUE);
  gtk_label_set_wrap_mode (self->label, PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (self->label, 0);
  gtk_label_set_max_width_chars (self->label, MAX_CHARS);
  gtk_widget_set_hexpand (label, TRUE);
  return label;
}

static void
add_buttons (UsherNotices *self,
             GtkBox       *box)
{
  GtkWidget *close = gtk_button_new_from_icon_name ("window-close-symbolic");

  self->undo_button = gtk_button_new_with_mnemonic (_ ("_Undo"));
  gtk_widget_set_valign (self->undo_button, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (close, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (close, "circular");
  gtk_widget_add_css_class (close, "flat");
  gtk_widget_set_tooltip_text (close, _ ("Put this away"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (close), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Put this away"), -1);
  g_signal_connect_object (self->undo_button, "clicked", G_CALLBACK (usher_notices_undo), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (close, "clicked", G_CALLBACK (show_next), self, G_CONNECT_SWAPPED);
  gtk_box_append (box, self->undo_button);
  gtk_box_append (box, close);
}

UsherNotices *
usher_notices_new (GtkOverlay *overlay)
{
  UsherNotices *self = g_object_new (USHER_TYPE_NOTICES, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->overlay = overlay;
  gtk_box_append (GTK_BOX (box), text_new (self));
  add_buttons (self, GTK_BOX (box));
  gtk_widget_add_css_class (box, "notice");
  self->revealer = GTK_REVEALER (gtk_revealer_new ());
  gtk_revealer_set_transition_type (self->revealer, GTK_REVEALER_TRANSITION_TYPE_CROSSFADE);
  gtk_revealer_set_child (self->revealer, box);
  gtk_widget_set_halign (GTK_WIDGET (self->revealer), GTK_ALIGN_CENTER);
  gtk_widget_set_valign (GTK_WIDGET (self->revealer), GTK_ALIGN_END);
  gtk_widget_set_visible (GTK_WIDGET (self->revealer), FALSE);
  g_signal_connect_object (self->revealer, "notify::child-revealed", G_CALLBACK (revealed_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_overlay_add_overlay (overlay, GTK_WIDGET (self->revealer));
  return self;
}

/* --- What is said ------------------------------------------------------------------------------------------------ */

static Notice *
notice_new (const char *text,
            guint       ms,
            GClosure   *undo)
{
  Notice *notice = g_new0 (Notice, 1);

  notice->text = g_strdup (text);
  notice->ms = ms;
  notice->undo = undo == NULL ? NULL : g_closure_ref (undo);
  return notice;
}

/* An offer that something more important takes the place of comes back: what was done can still be undone. */
static void
show_at_once (UsherNotices *self,
              Notice       *notice)
{
  Notice *offer = NULL;

  if (notice->undo == NULL && self->shown != NULL && self->shown->undo != NULL)
    offer = g_steal_pointer (&self->shown);
  show (self, notice);
  if (offer != NULL) {
    g_queue_push_head (&self->queued, offer);
    set_timer (self);
  }
}

void
usher_notices_say (UsherNotices *self,
                   guint         level,
                   const char   *text)
{
  gint64 now_us = g_get_monotonic_time ();
  gboolean is_urgent = level >= 2;
  Notice *notice;

  g_return_if_fail (USHER_IS_NOTICES (self));
  if (g_strcmp0 (self->said, text) == 0 && now_us - self->said_us < REPEAT_US)
    return;
  g_free (self->said);
  self->said = g_strdup (text);
  self->said_us = now_us;
  notice = notice_new (text, is_urgent ? LONG_MS : SHORT_MS, NULL);
  if (is_urgent || self->shown == NULL)
    show_at_once (self, notice);
  else
    add (self, notice);
  g_signal_emit (self, signals[SIGNAL_SAID], 0, text);
}

static void
forget_offers (UsherNotices *self)
{
  for (GList *l = self->queued.head; l != NULL; l = l->next) {
    Notice *notice = l->data;

    g_clear_pointer (&notice->undo, g_closure_unref);
  }
}

void
usher_notices_offer_undo (UsherNotices *self,
                          const char   *text,
                          GClosure     *undo)
{
  g_return_if_fail (USHER_IS_NOTICES (self));
  forget_offers (self);
  show_at_once (self, notice_new (text, LONG_MS, undo));
  g_signal_emit (self, signals[SIGNAL_SAID], 0, text);
}

/* (transfer full) (nullable): of what is shown, or of what gave way to something urgent and comes back. */
static GClosure *
take_offer (UsherNotices *self)
{
  GClosure *undo = NULL;

  if (self->shown != NULL && self->shown->undo != NULL) {
    undo = g_steal_pointer (&self->shown->undo);
    show_next (self);
    return undo;
  }
  for (GList *l = self->queued.head; l != NULL && undo == NULL; l = l->next)
    undo = g_steal_pointer (&((Notice *) l->data)->undo);
  return undo;
}

void
usher_notices_undo (UsherNotices *self)
{
  g_auto (GValue) value = G_VALUE_INIT;
  g_autoptr (GClosure) undo = NULL;

  g_return_if_fail (USHER_IS_NOTICES (self));
  undo = take_offer (self);
  if (undo == NULL)
    return;
  g_value_init (&value, USHER_TYPE_NOTICES);
  g_value_set_object (&value, self);
  g_closure_invoke (undo, NULL, 1, &value, NULL);
}
