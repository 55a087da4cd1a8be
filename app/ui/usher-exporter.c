/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-exporter.h"

#include <glib/gi18n.h>

#include "usher-settings.h"

struct _UsherExporter {
  GObject parent_instance;

  UsherSession *session;     /* borrowed; it owns us */
  GCancellable *cancellable; /* (nullable): %NULL: nothing is being written */
  double fraction;
  char *outcome;
};

enum {
  PROP_IS_BUSY = 1,
  PROP_FRACTION,
  PROP_OUTCOME,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (UsherExporter, usher_exporter, G_TYPE_OBJECT)

static void
set_outcome (UsherExporter *self,
             const char    *outcome)
{
  g_free (self->outcome);
  self->outcome = g_strdup (outcome);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_OUTCOME]);
}

static void
set_fraction (UsherExporter *self,
              double         fraction)
{
  self->fraction = fraction;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FRACTION]);
}

static void
progress_cb (double   fraction,
             gpointer user_data)
{
  set_fraction (user_data, fraction);
}

static void
exported_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  UsherExporter *self = user_data; /* alive: the session is */
  g_autoptr (GError) error = NULL;
  g_autofree char *text = usher_session_export_finish (USHER_SESSION (source), result, &error);

  g_clear_object (&self->cancellable);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    set_outcome (self, _ ("Stopped. Nothing was left in the folder."));
  else
    set_outcome (self, error != NULL ? error->message : text);
  set_fraction (self, 0);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_BUSY]);
}

void
usher_exporter_start (UsherExporter *self,
                      GSettings     *settings,
                      const char    *folder)
{
  g_autofree char *json = NULL;

  g_return_if_fail (USHER_IS_EXPORTER (self));

  if (self->cancellable != NULL)
    return;
  json = usher_settings_to_json (settings);
  self->cancellable = g_cancellable_new ();
  set_outcome (self, NULL);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_BUSY]);
  usher_session_export_async (self->session, folder, json, self->cancellable, progress_cb, self,
                              exported_cb, self);
}

void
usher_exporter_cancel (UsherExporter *self)
{
  g_return_if_fail (USHER_IS_EXPORTER (self));

  g_cancellable_cancel (self->cancellable);
}

static void
usher_exporter_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  UsherExporter *self = USHER_EXPORTER (object);

  switch (prop_id) {
  case PROP_IS_BUSY:
    g_value_set_boolean (value, self->cancellable != NULL);
    break;
  case PROP_FRACTION:
    g_value_set_double (value, self->fraction);
    break;
  case PROP_OUTCOME:
    g_value_set_string (value, self->outcome);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
usher_exporter_finalize (GObject *object)
{
  UsherExporter *self = USHER_EXPORTER (object);

  g_clear_object (&self->cancellable);
  g_free (self->outcome);
  G_OBJECT_CLASS (usher_exporter_parent_class)->finalize (object);
}

static void
usher_exporter_class_init (UsherExporterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = usher_exporter_get_property;
  object_class->finalize = usher_exporter_finalize;
  props[PROP_IS_BUSY] = g_param_spec_boolean ("is-busy", NULL, NULL, FALSE, flags);
  props[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0, 1, 0, flags);
  props[PROP_OUTCOME] = g_param_spec_string ("outcome", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
usher_exporter_init (UsherExporter *self)
{
}

UsherExporter *
usher_exporter_of (UsherSession *session)
{
  static const char key[] = "usher-exporter";
  UsherExporter *self = g_object_get_data (G_OBJECT (session), key);

  if (self == NULL) {
    self = g_object_new (USHER_TYPE_EXPORTER, NULL);
    self->session = session;
    g_object_set_data_full (G_OBJECT (session), key, self, g_object_unref);
  }
  return self;
}
