/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-fields.h"

#include <string.h>

#define FIELD(type, self, field) G_STRUCT_MEMBER (type, (gpointer) (self), (field)->offset)

static GParamSpec *
field_to_pspec (const UsherField *field)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  switch (field->type) {
  case USHER_FIELD_UINT:
    return g_param_spec_uint (field->name, NULL, NULL, 0, G_MAXUINT, 0, flags);
  case USHER_FIELD_UINT64:
    return g_param_spec_uint64 (field->name, NULL, NULL, 0, G_MAXUINT64, 0, flags);
  case USHER_FIELD_INT64:
    return g_param_spec_int64 (field->name, NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  case USHER_FIELD_BOOLEAN:
    return g_param_spec_boolean (field->name, NULL, NULL, FALSE, flags);
  case USHER_FIELD_ENUM:
    return g_param_spec_enum (field->name, NULL, NULL, field->get_type (), 0, flags);
  case USHER_FIELD_STRING:
    return g_param_spec_string (field->name, NULL, NULL, NULL, flags);
  case USHER_FIELD_STRV:
    return g_param_spec_boxed (field->name, NULL, NULL, G_TYPE_STRV, flags);
  case USHER_FIELD_OBJECT:
    return g_param_spec_object (field->name, NULL, NULL, field->get_type (),
                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  default:
    g_assert_not_reached ();
  }
}

void
usher_fields_install (GObjectClass      *klass,
                      const UsherField  *fields,
                      guint              n_props,
                      GParamSpec       **pspecs)
{
  for (guint i = 1; i < n_props; i++)
    pspecs[i] = field_to_pspec (&fields[i]);
  g_object_class_install_properties (klass, n_props, pspecs);
}

void
usher_fields_get (gconstpointer     self,
                  const UsherField *field,
                  GValue           *value)
{
  switch (field->type) {
  case USHER_FIELD_UINT:
    g_value_set_uint (value, FIELD (guint, self, field));
    break;
  case USHER_FIELD_UINT64:
    g_value_set_uint64 (value, FIELD (guint64, self, field));
    break;
  case USHER_FIELD_INT64:
    g_value_set_int64 (value, FIELD (gint64, self, field));
    break;
  case USHER_FIELD_BOOLEAN:
    g_value_set_boolean (value, FIELD (gboolean, self, field));
    break;
  case USHER_FIELD_ENUM:
    g_value_set_enum (value, FIELD (int, self, field));
    break;
  case USHER_FIELD_STRING:
    g_value_set_string (value, FIELD (char *, self, field));
    break;
  case USHER_FIELD_STRV:
    g_value_set_boxed (value, FIELD (char **, self, field));
    break;
  case USHER_FIELD_OBJECT:
    g_value_set_object (value, FIELD (GObject *, self, field));
    break;
  default:
    g_assert_not_reached ();
  }
}

/* A macro because C has no way to say “for each of these types”. */
#define REPLACE(type, getter)                               \
  G_STMT_START                                              \
  {                                                         \
    if (FIELD (type, self, field) == (type) getter (value)) \
      return FALSE;                                         \
    FIELD (type, self, field) = (type) getter (value);      \
    return TRUE;                                            \
  }                                                         \
  G_STMT_END

gboolean
usher_fields_set (gpointer          self,
                  const UsherField *field,
                  const GValue     *value)
{
  switch (field->type) {
  case USHER_FIELD_UINT:
    REPLACE (guint, g_value_get_uint);
  case USHER_FIELD_UINT64:
    REPLACE (guint64, g_value_get_uint64);
  case USHER_FIELD_INT64:
    REPLACE (gint64, g_value_get_int64);
  case USHER_FIELD_BOOLEAN:
    REPLACE (gboolean, g_value_get_boolean);
  case USHER_FIELD_ENUM:
    REPLACE (int, g_value_get_enum);
  case USHER_FIELD_STRING:
    return usher_field_set_string (&FIELD (char *, self, field), g_value_get_string (value));
  case USHER_FIELD_STRV:
    return usher_field_set_strv (&FIELD (char **, self, field), g_value_get_boxed (value));
  case USHER_FIELD_OBJECT:
  default:
    g_assert_not_reached ();
  }
}

void
usher_fields_clear (gpointer          self,
                    const UsherField *fields,
                    guint             n_props)
{
  for (guint i = 1; i < n_props; i++) {
    if (fields[i].type == USHER_FIELD_STRING)
      g_clear_pointer (&FIELD (char *, self, &fields[i]), g_free);
    else if (fields[i].type == USHER_FIELD_STRV)
      g_clear_pointer (&FIELD (char **, self, &fields[i]), g_strfreev);
  }
}

gboolean
usher_field_set_string (char       **field,
                        const char  *value)
{
  char *copy;

  if (g_strcmp0 (*field, value) == 0)
    return FALSE;
  copy = g_strdup (value); /* first: @value may lie inside *@field */
  g_free (*field);
  *field = copy;
  return TRUE;
}

gboolean
usher_field_set_strv (char              ***field,
                      const char *const   *value)
{
  char **copy;

  if (*field == (char **) value ||
      (*field != NULL && value != NULL && g_strv_equal ((const char *const *) *field, value)))
    return FALSE;
  copy = g_strdupv ((char **) value);
  g_strfreev (*field);
  *field = copy;
  return TRUE;
}
