/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-types.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/** UsherContact: who the visitor is; `attrs` is the JSON text of the shop's own attributes. */
#define USHER_TYPE_CONTACT (usher_contact_get_type ())
G_DECLARE_FINAL_TYPE (UsherContact, usher_contact, USHER, CONTACT, GObject)

/** What an agent may say of a visitor. */
typedef enum {
  USHER_CONTACT_NAME,
  USHER_CONTACT_EMAIL,
  USHER_CONTACT_PHONE,
  USHER_CONTACT_NOTE,
} UsherContactField;

/** Of `blocked-until-us`: the end of the year 9999. */
#define USHER_BLOCK_FOR_GOOD (G_GINT64_CONSTANT (253402300799000) * 1000)

UsherContact *usher_contact_new (guint64 visitor) G_GNUC_WARN_UNUSED_RESULT;

/** usher_contact_get_earlier: (transfer none): earlier conversations, newest first; the session fills it. */
GListStore *usher_contact_get_earlier (UsherContact *self);

/** usher_contact_get_trail: (transfer none): of UsherPageView: the pages of this visit, oldest first; the session fills it. */
GListStore *usher_contact_get_trail (UsherContact *self);

/** usher_contact_get_merged: (transfer none): of UsherContact: who stands in this contact beside whose it is; the session fills it. */
GListStore *usher_contact_get_merged (UsherContact *self);

/** usher_contact_get_contact: the visitor whose contact it is; 0: not told yet, or the gateway knows no merging. */
guint64 usher_contact_get_contact (UsherContact *self);
void usher_contact_set_contact (UsherContact *self,
                                guint64       value);

/** usher_contact_get_last_seen_us: of one that was looked for. */
gint64 usher_contact_get_last_seen_us (UsherContact *self);
void usher_contact_set_last_seen_us (UsherContact *self,
                                     gint64        value);

/** usher_contact_get_merged_us: of one that stands in another: since when. */
gint64 usher_contact_get_merged_us (UsherContact *self);
void usher_contact_set_merged_us (UsherContact *self,
                                  gint64        value);
guint64 usher_contact_get_visitor (UsherContact *self);
void usher_contact_set_visitor (UsherContact *self,
                                guint64       value);
const char *usher_contact_get_name (UsherContact *self);
void usher_contact_set_name (UsherContact *self,
                             const char   *value);
const char *usher_contact_get_email (UsherContact *self);
void usher_contact_set_email (UsherContact *self,
                              const char   *value);
const char *usher_contact_get_phone (UsherContact *self);
void usher_contact_set_phone (UsherContact *self,
                              const char   *value);
const char *usher_contact_get_locale (UsherContact *self);
void usher_contact_set_locale (UsherContact *self,
                               const char   *value);
const char *usher_contact_get_tz (UsherContact *self);
void usher_contact_set_tz (UsherContact *self,
                           const char   *value);
const char *usher_contact_get_user_agent (UsherContact *self);
void usher_contact_set_user_agent (UsherContact *self,
                                   const char   *value);
const char *usher_contact_get_place (UsherContact *self);
void usher_contact_set_place (UsherContact *self,
                              const char   *value);
guint usher_contact_get_visits (UsherContact *self);
void usher_contact_set_visits (UsherContact *self,
                               guint         value);
gint64 usher_contact_get_first_seen_us (UsherContact *self);
void usher_contact_set_first_seen_us (UsherContact *self,
                                      gint64        value);
gboolean usher_contact_get_is_verified (UsherContact *self);
void usher_contact_set_is_verified (UsherContact *self,
                                    gboolean      value);
const char *usher_contact_get_attrs (UsherContact *self);
void usher_contact_set_attrs (UsherContact *self,
                              const char   *value);
const char *usher_contact_get_page_url (UsherContact *self);
void usher_contact_set_page_url (UsherContact *self,
                                 const char   *value);
const char *usher_contact_get_page_title (UsherContact *self);
void usher_contact_set_page_title (UsherContact *self,
                                   const char   *value);

/** usher_contact_get_note: (nullable): by staff, for staff. */
const char *usher_contact_get_note (UsherContact *self);
void usher_contact_set_note (UsherContact *self,
                             const char   *value);

/** usher_contact_get_blocked_until_us: wall clock; 0: not blocked. */
gint64 usher_contact_get_blocked_until_us (UsherContact *self);
void usher_contact_set_blocked_until_us (UsherContact *self,
                                         gint64        value);
const char *usher_contact_get_field (UsherContact      *self,
                                     UsherContactField  field);
void usher_contact_set_field (UsherContact      *self,
                              UsherContactField  field,
                              const char        *value);

/** usher_contact_get_came_from: (nullable): the page outside that led here. */
const char *usher_contact_get_came_from (UsherContact *self);
void usher_contact_set_came_from (UsherContact *self,
                                  const char   *value);

G_END_DECLS
