/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-step-indicator.h"

#include <glib/gi18n.h>

#include "usher-closures.h"
#include "usher-widget.h"

#define TICK_MS 500

struct _UsherStepIndicator {
  GtkWidget parent_instance;

  GtkImage *icon;
  GtkLabel *label;

  UsherSession *session;
  GSignalGroup *signals;
  const char *css_class;
  guint tick_id;
};

static const struct {
  const char *text;
  const char *tip;
  const char *icon_name;
  const char *css_class;
} looks[] = {
  [USHER_LINK_OFFLINE] = { N_ ("Offline"),
                           N_ ("No connection. What you write is kept and sent later."),
                           "usher-link-offline-symbolic", "offline" },
  [USHER_LINK_CONNECTING] = { N_ ("Connecting…"),
                              N_ (
                                "Looking for the gateway. What you write is kept and sent later."),
                              "usher-link-connecting-symbolic", "connecting" },
  [USHER_LINK_CATCHING_UP] = { N_ ("Catching up…"), N_ ("Reading what was missed."),
                               "usher-link-connecting-symbolic", "connecting" },
  [USHER_LINK_IN_STEP] = { N_ ("In step"),
                           N_ (
                             "You see everything the gateway knows. The time is since its last sign of life."),
                           "usher-link-in-step-symbolic", "in-step" },
};

const char *
usher_link_state_get_text (UsherLinkState state)
{
  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (looks), "");
  return _ (looks[state].text);
}

const char *
usher_link_state_get_tip (UsherLinkState state)
{
  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (looks), "");
  return _ (looks[state].tip);
}

const char *
usher_link_state_get_icon_name (UsherLinkState state)
{
  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (looks), "");
  return looks[state].icon_name;
}

G_DEFINE_FINAL_TYPE (UsherStepIndicator, usher_step_indicator, GTK_TYPE_WIDGET)

static void
set_css_class (UsherStepIndicator *self,
               const char         *css_class)
{
  if (self->css_class == css_class)
    return;
  if (self->css_class != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self), self->css_class);
  gtk_widget_add_css_class (GTK_WIDGET (self), css_class);
  self->css_class = css_class;
}

static void
update (UsherStepIndicator *self)
{
  UsherLinkState state;
  gint64 in_step_us;
  g_autofree char *text = NULL;

  g_object_get (self->session, "link-state", &state, "in-step-us", &in_step_us, NULL);
  g_return_if_fail ((guint) state < G_N_ELEMENTS (looks));
  if (state == USHER_LINK_IN_STEP && in_step_us > 0) {
    g_autofree char *age = usher_format_age (g_get_monotonic_time () - in_step_us);

    /* Translators: what is shown is fresh; %s is since when, such as 0.4 s */
    text = g_strdup_printf (_ ("In step · %s"), age);
  }
  gtk_label_set_text (self->label, text != NULL ? text : _ (looks[state].text));
  gtk_image_set_from_icon_name (self->icon, looks[state].icon_name);
  usher_widget_set_tooltip (GTK_WIDGET (self), _ (looks[state].tip));
  set_css_class (self, looks[state].css_class);
}

static gboolean
tick_cb (gpointer user_data)
{
  UsherStepIndicator *self = user_data;

  if (self->session != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    update (self);
  return G_SOURCE_CONTINUE;
}

static void
usher_step_indicator_dispose (GObject *object)
{
  UsherStepIndicator *self = USHER_STEP_INDICATOR (object);

  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_object (&self->signals);
  g_clear_object (&self->session);
  usher_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_STEP_INDICATOR);
  G_OBJECT_CLASS (usher_step_indicator_parent_class)->dispose (object);
}

static void
usher_step_indicator_class_init (UsherStepIndicatorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_step_indicator_dispose;
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-step-indicator.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherStepIndicator, icon);
  gtk_widget_class_bind_template_child (widget_class, UsherStepIndicator, label);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "stepindicator");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_STATUS);
}

static void
usher_step_indicator_init (UsherStepIndicator *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->signals = g_signal_group_new (USHER_TYPE_SESSION);
  g_signal_group_connect_swapped (self->signals, "notify::link-state", G_CALLBACK (update), self);
  self->tick_id = g_timeout_add (TICK_MS, tick_cb, self);
}

GtkWidget *
usher_step_indicator_new (void)
{
  return g_object_new (USHER_TYPE_STEP_INDICATOR, NULL);
}

void
usher_step_indicator_set_session (UsherStepIndicator *self,
                                  UsherSession       *session)
{
  g_return_if_fail (USHER_IS_STEP_INDICATOR (self));
  g_set_object (&self->session, session);
  g_signal_group_set_target (self->signals, session);
  if (session != NULL)
    update (self);
}
