/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-key-relay.h"

/* A desktop that never gives a window the focus does not take the keys away for longer. */
#define PATIENCE_MS 3000

typedef struct {
  GtkWindow *to;
  GtkWidget *from;
  GtkEventController *keys; /* owned by @from */
  guint timeout_id;
} Relay;

static void
relay_free (gpointer  data,
            GClosure *closure)
{
  Relay *relay = data;

  g_clear_handle_id (&relay->timeout_id, g_source_remove);
  if (relay->from != NULL) {
    gtk_widget_remove_controller (relay->from, relay->keys);
    g_object_remove_weak_pointer (G_OBJECT (relay->from), (gpointer *) &relay->from);
  }
  g_free (relay);
}

static gboolean
key_cb (Relay           *relay,
        guint            keyval,
        guint            keycode,
        GdkModifierType  state)
{
  GtkWidget *focus = gtk_window_get_focus (relay->to);

  if (!gtk_widget_get_visible (GTK_WIDGET (relay->to)))
    return GDK_EVENT_PROPAGATE; /* closed before it had the focus */
  if (focus != NULL)
    gtk_event_controller_key_forward (GTK_EVENT_CONTROLLER_KEY (relay->keys), focus);
  return GDK_EVENT_STOP;
}

static void
end (Relay *relay)
{
  g_signal_handlers_disconnect_by_data (relay->to, relay); /* frees it */
}

static void
patience_cb (gpointer user_data)
{
  Relay *relay = user_data;

  relay->timeout_id = 0;
  end (relay);
}

static void
active_cb (GtkWindow  *to,
           GParamSpec *pspec,
           Relay      *relay)
{
  if (gtk_window_is_active (to))
    end (relay);
}

void
usher_present_with_keys (GtkWindow *window)
{
  GtkWindow *from = gtk_window_get_transient_for (window);
  Relay *relay;

  if (from == NULL || gtk_window_is_active (window)) {
    gtk_window_present (window);
    return;
  }
  relay = g_new0 (Relay, 1);
  relay->to = window;
  relay->from = GTK_WIDGET (from);
  g_object_add_weak_pointer (G_OBJECT (from), (gpointer *) &relay->from);
  relay->keys = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (relay->keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (relay->keys, "key-pressed", G_CALLBACK (key_cb), relay);
  gtk_widget_add_controller (relay->from, relay->keys);
  relay->timeout_id = g_timeout_add_once (PATIENCE_MS, patience_cb, relay);
  /* Goes with the window, too. */
  g_signal_connect_data (window, "notify::is-active", G_CALLBACK (active_cb), relay, relay_free, 0);
  gtk_window_present (window);
}
