/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/** UsherPageView: a page of the shop's site that a visitor looked at, and when (wall clock). */
#define USHER_TYPE_PAGE_VIEW (usher_page_view_get_type ())
G_DECLARE_FINAL_TYPE (UsherPageView, usher_page_view, USHER, PAGE_VIEW, GObject)

UsherPageView *usher_page_view_new (const char *url) G_GNUC_WARN_UNUSED_RESULT;

const char *usher_page_view_get_url (UsherPageView *self);
void usher_page_view_set_url (UsherPageView *self,
                              const char    *value);
const char *usher_page_view_get_title (UsherPageView *self);
void usher_page_view_set_title (UsherPageView *self,
                                const char    *value);
gint64 usher_page_view_get_ts_us (UsherPageView *self);
void usher_page_view_set_ts_us (UsherPageView *self,
                                gint64         value);

G_END_DECLS
