/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-notices.h"

#include <glib/gi18n.h>

/* The same sentence is not shown twice within this time. */
#define REPEAT_US ((gint64) 3 * G_USEC_PER_SEC)

/* Of a line; what is longer is wrapped. A toast does not ask how wide its text may be: what stands beside it is taken off here. */
#define MIN_CHARS 20
#define MAX_CHARS 72
#define BESIDE_PX 190

#define SHORT_S 4
#define LONG_S  8

struct _UsherNotices {
  GObject parent_instance;

  AdwToastOverlay *overlay; /* borrowed */
  AdwToast *undo_toast;     /* (nullable): borrowed, while it is shown */
  GClosure *undo;           /* (nullable): what it offers */
  gint64 said_us;           /* when @said was */
  char *said;
};

enum {
  SIGNAL_SAID,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherNotices, usher_notices, G_TYPE_OBJECT)

static void
usher_notices_finalize (GObject *object)
{
  UsherNotices *self = USHER_NOTICES (object);

  g_clear_pointer (&self->undo, g_closure_unref);
  g_free (self->said);
  G_OBJECT_CLASS (usher_notices_parent_class)->finalize (object);
}

static void
usher_notices_class_init (UsherNoticesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = usher_notices_finalize;
  signals[SIGNAL_SAID] = g_signal_new ("said", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
usher_notices_init (UsherNotices *self)
{
}

UsherNotices *
usher_notices_new (AdwToastOverlay *overlay)
{
  UsherNotices *self = g_object_new (USHER_TYPE_NOTICES, NULL);

  self->overlay = overlay;
  return self;
}

static int
count_chars (UsherNotices *self)
{
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self->overlay));
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  int char_px = PANGO_PIXELS_CEIL (pango_font_metrics_get_approximate_char_width (metrics));
  int width_px = gtk_widget_get_width (GTK_WIDGET (self->overlay));

  pango_font_metrics_unref (metrics);
  return CLAMP ((width_px - BESIDE_PX) / MAX (char_px, 1), MIN_CHARS, MAX_CHARS);
}

/* Its own title would be one line, cut where the reason begins, and markup. */
static AdwToast *
toast_new (UsherNotices *self,
           const char   *text)
{
  AdwToast *toast = adw_toast_new ("");
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_max_width_chars (GTK_LABEL (label), count_chars (self));
  gtk_widget_add_css_class (label, "heading");
  adw_toast_set_custom_title (toast, label);
  return toast;
}

void
usher_notices_say (UsherNotices *self,
                   guint         level,
                   const char   *text)
{
  gint64 now_us = g_get_monotonic_time ();
  AdwToast *toast;

  g_return_if_fail (USHER_IS_NOTICES (self));
  if (g_strcmp0 (self->said, text) == 0 && now_us - self->said_us < REPEAT_US)
    return;
  g_free (self->said);
  self->said = g_strdup (text);
  self->said_us = now_us;
  toast = toast_new (self, text);
  adw_toast_set_priority (toast, level >= 2 ? ADW_TOAST_PRIORITY_HIGH : ADW_TOAST_PRIORITY_NORMAL);
  adw_toast_set_timeout (toast, level >= 2 ? LONG_S : SHORT_S);
  adw_toast_overlay_add_toast (self->overlay, toast);
  g_signal_emit (self, signals[SIGNAL_SAID], 0, text);
}

static void
dismissed_cb (UsherNotices *self,
              AdwToast     *toast)
{
  if (self->undo_toast != toast)
    return;
  self->undo_toast = NULL;
  g_clear_pointer (&self->undo, g_closure_unref);
}

void
usher_notices_offer_undo (UsherNotices *self,
                          const char   *text,
                          GClosure     *undo)
{
  AdwToast *toast = toast_new (self, text);

  g_return_if_fail (USHER_IS_NOTICES (self));
  adw_toast_set_button_label (toast, _ ("_Undo"));
  adw_toast_set_timeout (toast, LONG_S);
  /* At once: what was said before it waits. */
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  g_signal_connect_closure (toast, "button-clicked", undo, FALSE);
  g_signal_connect_object (toast, "dismissed", G_CALLBACK (dismissed_cb), self, G_CONNECT_SWAPPED);
  g_clear_pointer (&self->undo, g_closure_unref);
  self->undo = g_closure_ref (undo);
  self->undo_toast = toast;
  adw_toast_overlay_add_toast (self->overlay, toast);
  g_signal_emit (self, signals[SIGNAL_SAID], 0, text);
}

void
usher_notices_undo (UsherNotices *self)
{
  g_auto (GValue) toast = G_VALUE_INIT;
  g_autoptr (GClosure) undo = NULL;

  g_return_if_fail (USHER_IS_NOTICES (self));
  undo = g_steal_pointer (&self->undo);
  if (undo == NULL)
    return;
  g_value_init (&toast, ADW_TYPE_TOAST);
  g_value_set_object (&toast, self->undo_toast);
  g_closure_invoke (undo, NULL, 1, &toast, NULL);
  adw_toast_dismiss (self->undo_toast);
}
