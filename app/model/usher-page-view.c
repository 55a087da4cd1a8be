/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-page-view.h"

#include "usher-fields.h"

struct _UsherPageView {
  GObject parent_instance;

  char *url;
  char *title;
  gint64 ts_us;
};

enum {
  PROP_0,
  PROP_URL,
  PROP_TITLE,
  PROP_TS_US,
  N_PROPS,
};

static const UsherField fields[N_PROPS] = {
  [PROP_URL] = USHER_FIELD (UsherPageView, "url", url, STRING),
  [PROP_TITLE] = USHER_FIELD (UsherPageView, "title", title, STRING),
  [PROP_TS_US] = USHER_FIELD (UsherPageView, "ts-us", ts_us, INT64),
};

static GParamSpec *pspecs[N_PROPS];

G_DEFINE_FINAL_TYPE (UsherPageView, usher_page_view, G_TYPE_OBJECT)

static void
changed (UsherPageView *self,
         guint          prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), pspecs[prop]);
}

static void
usher_page_view_get_property (GObject    *object,
                              guint       prop,
                              GValue     *value,
                              GParamSpec *pspec)
{
  usher_fields_get (object, &fields[prop], value);
}

static void
usher_page_view_set_property (GObject      *object,
                              guint         prop,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  if (usher_fields_set (object, &fields[prop], value))
    changed (USHER_PAGE_VIEW (object), prop);
}

static void
usher_page_view_finalize (GObject *object)
{
  usher_fields_clear (object, fields, N_PROPS);
  G_OBJECT_CLASS (usher_page_view_parent_class)->finalize (object);
}

static void
usher_page_view_class_init (UsherPageViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = usher_page_view_get_property;
  object_class->set_property = usher_page_view_set_property;
  object_class->finalize = usher_page_view_finalize;
  usher_fields_install (object_class, fields, N_PROPS, pspecs);
}

static void
usher_page_view_init (UsherPageView *self)
{
}

UsherPageView *
usher_page_view_new (const char *url)
{
  UsherPageView *self = g_object_new (USHER_TYPE_PAGE_VIEW, NULL);

  self->url = g_strdup (url);
  return self;
}

/* clang-format off */
USHER_STRING (UsherPageView, page_view, url, PROP_URL)
USHER_STRING (UsherPageView, page_view, title, PROP_TITLE)
USHER_VALUE (UsherPageView, page_view, ts_us, gint64, PROP_TS_US)
/* clang-format on */
