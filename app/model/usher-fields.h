/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/*
 * The classes of this folder are records: thirty properties, each with the same getter and the same setter (returns when equal,
 * else assigns and notifies). Their shape is written once here. A class holds
 *  - a table of its fields, in the order of its PROP_ enum, from which the properties are installed;
 *  - one line for each accessor pair (USHER_STRING and the others);
 *  - a static function changed (self, prop), which notifies.
 */

typedef enum {
  USHER_FIELD_UINT,
  USHER_FIELD_UINT64,
  USHER_FIELD_INT64,
  USHER_FIELD_BOOLEAN,
  USHER_FIELD_ENUM,
  USHER_FIELD_STRING,
  USHER_FIELD_STRV,
  USHER_FIELD_OBJECT,
} UsherFieldType;

typedef struct {
  const char *name;
  UsherFieldType type;
  gsize offset;
  GType (*get_type) (void); /* of an enumeration or object */
} UsherField;

#define USHER_FIELD(Type, name_, field_, type_)                      \
  {                                                                  \
    name_, USHER_FIELD_##type_, G_STRUCT_OFFSET (Type, field_), NULL \
  }
#define USHER_FIELD_OF(Type, name_, field_, type_, get_type_)             \
  {                                                                       \
    name_, USHER_FIELD_##type_, G_STRUCT_OFFSET (Type, field_), get_type_ \
  }

/* Installs fields[1 … n_props - 1] (0 is no property) and fills @pspecs. */
void usher_fields_install (GObjectClass      *klass,
                           const UsherField  *fields,
                           guint              n_props,
                           GParamSpec       **pspecs);
void usher_fields_get (gconstpointer     self,
                       const UsherField *field,
                       GValue           *value);
/* Returns: whether the field has another value now. */
gboolean usher_fields_set (gpointer          self,
                           const UsherField *field,
                           const GValue     *value);
/* Frees what the fields own; for finalize. */
void usher_fields_clear (gpointer          self,
                         const UsherField *fields,
                         guint             n_props);

gboolean usher_field_set_string (char       **field,
                                 const char  *value);
gboolean usher_field_set_strv (char              ***field,
                               const char *const   *value);

#define USHER_VALUE(Type, type, field, ctype, PROP)         \
  ctype usher_##type##_get_##field (Type *self)             \
  {                                                         \
    g_return_val_if_fail (self != NULL, (ctype) 0);         \
    return self->field;                                     \
  }                                                         \
  void usher_##type##_set_##field (Type *self, ctype value) \
  {                                                         \
    g_return_if_fail (self != NULL);                        \
    if (self->field == value)                               \
      return;                                               \
    self->field = value;                                    \
    changed (self, PROP);                                   \
  }

#define USHER_STRING(Type, type, field, PROP)                     \
  const char *usher_##type##_get_##field (Type *self)             \
  {                                                               \
    g_return_val_if_fail (self != NULL, NULL);                    \
    return self->field;                                           \
  }                                                               \
  void usher_##type##_set_##field (Type *self, const char *value) \
  {                                                               \
    g_return_if_fail (self != NULL);                              \
    if (usher_field_set_string (&self->field, value))             \
      changed (self, PROP);                                       \
  }

#define USHER_STRV(Type, type, field, PROP)                              \
  const char *const *usher_##type##_get_##field (Type *self)             \
  {                                                                      \
    g_return_val_if_fail (self != NULL, NULL);                           \
    return (const char *const *) self->field;                            \
  }                                                                      \
  void usher_##type##_set_##field (Type *self, const char *const *value) \
  {                                                                      \
    g_return_if_fail (self != NULL);                                     \
    if (usher_field_set_strv (&self->field, value))                      \
      changed (self, PROP);                                              \
  }

G_END_DECLS
