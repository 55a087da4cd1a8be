/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-contact.h"

#include "usher-conversation.h"
#include "usher-fields.h"
#include "usher-page-view.h"

struct _UsherContact {
  GObject parent_instance;

  guint64 visitor;
  char *name;
  char *email;
  char *phone;
  char *locale;
  char *tz;
  char *user_agent;
  char *place;
  guint visits;
  gint64 first_seen_us;
  gboolean is_verified;
  char *attrs;
  char *page_url;
  char *page_title;
  char *came_from;
  char *note;
  gint64 blocked_until_us;
  guint64 contact;
  gint64 last_seen_us;
  gint64 merged_us;
  GListStore *trail;
  GListStore *earlier;
  GListStore *merged;
};

enum {
  PROP_0,
  PROP_VISITOR,
  PROP_NAME,
  PROP_EMAIL,
  PROP_PHONE,
  PROP_LOCALE,
  PROP_TZ,
  PROP_USER_AGENT,
  PROP_PLACE,
  PROP_VISITS,
  PROP_FIRST_SEEN_US,
  PROP_IS_VERIFIED,
  PROP_ATTRS,
  PROP_PAGE_URL,
  PROP_PAGE_TITLE,
  PROP_CAME_FROM,
  PROP_NOTE,
  PROP_BLOCKED_UNTIL_US,
  PROP_CONTACT,
  PROP_LAST_SEEN_US,
  PROP_MERGED_US,
  PROP_TRAIL,
  PROP_EARLIER,
  PROP_MERGED,
  N_PROPS,
};

static const UsherField fields[N_PROPS] = {
  [PROP_VISITOR] = USHER_FIELD (UsherContact, "visitor", visitor, UINT64),
  [PROP_NAME] = USHER_FIELD (UsherContact, "name", name, STRING),
  [PROP_EMAIL] = USHER_FIELD (UsherContact, "email", email, STRING),
  [PROP_PHONE] = USHER_FIELD (UsherContact, "phone", phone, STRING),
  [PROP_LOCALE] = USHER_FIELD (UsherContact, "locale", locale, STRING),
  [PROP_TZ] = USHER_FIELD (UsherContact, "tz", tz, STRING),
  [PROP_USER_AGENT] = USHER_FIELD (UsherContact, "user-agent", user_agent, STRING),
  [PROP_PLACE] = USHER_FIELD (UsherContact, "place", place, STRING),
  [PROP_VISITS] = USHER_FIELD (UsherContact, "visits", visits, UINT),
  [PROP_FIRST_SEEN_US] = USHER_FIELD (UsherContact, "first-seen-us", first_seen_us, INT64),
  [PROP_IS_VERIFIED] = USHER_FIELD (UsherContact, "is-verified", is_verified, BOOLEAN),
  [PROP_ATTRS] = USHER_FIELD (UsherContact, "attrs", attrs, STRING),
  [PROP_PAGE_URL] = USHER_FIELD (UsherContact, "page-url", page_url, STRING),
  [PROP_PAGE_TITLE] = USHER_FIELD (UsherContact, "page-title", page_title, STRING),
  [PROP_CAME_FROM] = USHER_FIELD (UsherContact, "came-from", came_from, STRING),
  [PROP_NOTE] = USHER_FIELD (UsherContact, "note", note, STRING),
  [PROP_BLOCKED_UNTIL_US] = USHER_FIELD (UsherContact, "blocked-until-us", blocked_until_us, INT64),
  [PROP_CONTACT] = USHER_FIELD (UsherContact, "contact", contact, UINT64),
  [PROP_LAST_SEEN_US] = USHER_FIELD (UsherContact, "last-seen-us", last_seen_us, INT64),
  [PROP_MERGED_US] = USHER_FIELD (UsherContact, "merged-us", merged_us, INT64),
  [PROP_TRAIL] = USHER_FIELD_OF (UsherContact, "trail", trail, OBJECT, g_list_model_get_type),
  [PROP_EARLIER] = USHER_FIELD_OF (UsherContact, "earlier", earlier, OBJECT, g_list_model_get_type),
  [PROP_MERGED] = USHER_FIELD_OF (UsherContact, "merged", merged, OBJECT, g_list_model_get_type),
};

static GParamSpec *pspecs[N_PROPS];

G_DEFINE_FINAL_TYPE (UsherContact, usher_contact, G_TYPE_OBJECT)

static void
changed (UsherContact *self,
         guint         prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), pspecs[prop]);
}

static void
usher_contact_get_property (GObject    *object,
                            guint       prop,
                            GValue     *value,
                            GParamSpec *pspec)
{
  usher_fields_get (object, &fields[prop], value);
}

static void
usher_contact_set_property (GObject      *object,
                            guint         prop,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  if (usher_fields_set (object, &fields[prop], value))
    changed (USHER_CONTACT (object), prop);
}

static void
usher_contact_finalize (GObject *object)
{
  g_clear_object (&USHER_CONTACT (object)->earlier);
  g_clear_object (&USHER_CONTACT (object)->merged);
  g_clear_object (&USHER_CONTACT (object)->trail);
  usher_fields_clear (object, fields, N_PROPS);
  G_OBJECT_CLASS (usher_contact_parent_class)->finalize (object);
}

static void
usher_contact_class_init (UsherContactClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = usher_contact_get_property;
  object_class->set_property = usher_contact_set_property;
  object_class->finalize = usher_contact_finalize;
  usher_fields_install (object_class, fields, N_PROPS, pspecs);
}

static void
usher_contact_init (UsherContact *self)
{
  self->earlier = g_list_store_new (USHER_TYPE_CONVERSATION);
  self->trail = g_list_store_new (USHER_TYPE_PAGE_VIEW);
  self->merged = g_list_store_new (USHER_TYPE_CONTACT);
}

UsherContact *
usher_contact_new (guint64 visitor)
{
  UsherContact *self = g_object_new (USHER_TYPE_CONTACT, NULL);

  self->visitor = visitor;
  return self;
}

/* clang-format off */
USHER_VALUE (UsherContact, contact, visitor, guint64, PROP_VISITOR)
USHER_STRING (UsherContact, contact, name, PROP_NAME)
USHER_STRING (UsherContact, contact, email, PROP_EMAIL)
USHER_STRING (UsherContact, contact, phone, PROP_PHONE)
USHER_STRING (UsherContact, contact, locale, PROP_LOCALE)
USHER_STRING (UsherContact, contact, tz, PROP_TZ)
USHER_STRING (UsherContact, contact, user_agent, PROP_USER_AGENT)
USHER_STRING (UsherContact, contact, place, PROP_PLACE)
USHER_VALUE (UsherContact, contact, visits, guint, PROP_VISITS)
USHER_VALUE (UsherContact, contact, first_seen_us, gint64, PROP_FIRST_SEEN_US)
USHER_VALUE (UsherContact, contact, is_verified, gboolean, PROP_IS_VERIFIED)
USHER_STRING (UsherContact, contact, attrs, PROP_ATTRS)
USHER_STRING (UsherContact, contact, page_url, PROP_PAGE_URL)
USHER_STRING (UsherContact, contact, page_title, PROP_PAGE_TITLE)
USHER_STRING (UsherContact, contact, came_from, PROP_CAME_FROM)
USHER_STRING (UsherContact, contact, note, PROP_NOTE)
USHER_VALUE (UsherContact, contact, blocked_until_us, gint64, PROP_BLOCKED_UNTIL_US)
USHER_VALUE (UsherContact, contact, contact, guint64, PROP_CONTACT)
USHER_VALUE (UsherContact, contact, last_seen_us, gint64, PROP_LAST_SEEN_US)
USHER_VALUE (UsherContact, contact, merged_us, gint64, PROP_MERGED_US)
/* clang-format on */

static const struct {
  const char *(*get) (UsherContact *self);
  void (*set) (UsherContact *self, const char *value);
} editable[] = {
  [USHER_CONTACT_NAME] = { usher_contact_get_name, usher_contact_set_name },
  [USHER_CONTACT_EMAIL] = { usher_contact_get_email, usher_contact_set_email },
  [USHER_CONTACT_PHONE] = { usher_contact_get_phone, usher_contact_set_phone },
  [USHER_CONTACT_NOTE] = { usher_contact_get_note, usher_contact_set_note },
};

const char *
usher_contact_get_field (UsherContact      *self,
                         UsherContactField  field)
{
  g_return_val_if_fail (field < G_N_ELEMENTS (editable), NULL);
  return editable[field].get (self);
}

void
usher_contact_set_field (UsherContact      *self,
                         UsherContactField  field,
                         const char        *value)
{
  g_return_if_fail (field < G_N_ELEMENTS (editable));
  editable[field].set (self, value);
}

GListStore *
usher_contact_get_trail (UsherContact *self)
{
  g_return_val_if_fail (USHER_IS_CONTACT (self), NULL);
  return self->trail;
}

GListStore *
usher_contact_get_earlier (UsherContact *self)
{
  g_return_val_if_fail (USHER_IS_CONTACT (self), NULL);
  return self->earlier;
}

GListStore *
usher_contact_get_merged (UsherContact *self)
{
  g_return_val_if_fail (USHER_IS_CONTACT (self), NULL);
  return self->merged;
}
