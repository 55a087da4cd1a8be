/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-message.h"

#include "usher-fields.h"
#include "wire-voice.h"

struct _UsherMessage {
  GObject parent_instance;

  guint64 conv;
  guint64 seq;
  guint64 cid;
  gint64 ts_us;
  UsherRole role;
  guint64 sender;
  char *sender_name;
  UsherMessageKind kind;
  char *text;
  char *url;
  char *mime;
  char *name;
  guint64 size;
  guint width;
  guint height;
  char *path;
  guint64 reply_to;
  gboolean is_edited;
  gboolean is_recalled;
  gboolean is_own;
  guint progress;
  UsherDelivery delivery;
  char *fail_reason;
};

enum {
  PROP_0,
  PROP_CONV,
  PROP_SEQ,
  PROP_CID,
  PROP_TS_US,
  PROP_ROLE,
  PROP_SENDER,
  PROP_SENDER_NAME,
  PROP_KIND,
  PROP_TEXT,
  PROP_URL,
  PROP_MIME,
  PROP_NAME,
  PROP_SIZE,
  PROP_WIDTH,
  PROP_HEIGHT,
  PROP_PATH,
  PROP_REPLY_TO,
  PROP_IS_EDITED,
  PROP_IS_RECALLED,
  PROP_IS_OWN,
  PROP_PROGRESS,
  PROP_DELIVERY,
  PROP_FAIL_REASON,
  N_PROPS,
};

static const UsherField fields[N_PROPS] = {
  [PROP_CONV] = USHER_FIELD (UsherMessage, "conv", conv, UINT64),
  [PROP_SEQ] = USHER_FIELD (UsherMessage, "seq", seq, UINT64),
  [PROP_CID] = USHER_FIELD (UsherMessage, "cid", cid, UINT64),
  [PROP_TS_US] = USHER_FIELD (UsherMessage, "ts-us", ts_us, INT64),
  [PROP_ROLE] = USHER_FIELD_OF (UsherMessage, "role", role, ENUM, usher_role_get_type),
  [PROP_SENDER] = USHER_FIELD (UsherMessage, "sender", sender, UINT64),
  [PROP_SENDER_NAME] = USHER_FIELD (UsherMessage, "sender-name", sender_name, STRING),
  [PROP_KIND] = USHER_FIELD_OF (UsherMessage, "kind", kind, ENUM, usher_message_kind_get_type),
  [PROP_TEXT] = USHER_FIELD (UsherMessage, "text", text, STRING),
  [PROP_URL] = USHER_FIELD (UsherMessage, "url", url, STRING),
  [PROP_MIME] = USHER_FIELD (UsherMessage, "mime", mime, STRING),
  [PROP_NAME] = USHER_FIELD (UsherMessage, "name", name, STRING),
  [PROP_SIZE] = USHER_FIELD (UsherMessage, "size", size, UINT64),
  [PROP_WIDTH] = USHER_FIELD (UsherMessage, "width", width, UINT),
  [PROP_HEIGHT] = USHER_FIELD (UsherMessage, "height", height, UINT),
  [PROP_PATH] = USHER_FIELD (UsherMessage, "path", path, STRING),
  [PROP_REPLY_TO] = USHER_FIELD (UsherMessage, "reply-to", reply_to, UINT64),
  [PROP_IS_EDITED] = USHER_FIELD (UsherMessage, "is-edited", is_edited, BOOLEAN),
  [PROP_IS_RECALLED] = USHER_FIELD (UsherMessage, "is-recalled", is_recalled, BOOLEAN),
  [PROP_IS_OWN] = USHER_FIELD (UsherMessage, "is-own", is_own, BOOLEAN),
  [PROP_PROGRESS] = USHER_FIELD (UsherMessage, "progress", progress, UINT),
  [PROP_DELIVERY] =
    USHER_FIELD_OF (UsherMessage, "delivery", delivery, ENUM, usher_delivery_get_type),
  [PROP_FAIL_REASON] = USHER_FIELD (UsherMessage, "fail-reason", fail_reason, STRING),
};

static GParamSpec *pspecs[N_PROPS];

G_DEFINE_FINAL_TYPE (UsherMessage, usher_message, G_TYPE_OBJECT)

static void
changed (UsherMessage *self,
         guint         prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), pspecs[prop]);
}

static void
usher_message_get_property (GObject    *object,
                            guint       prop,
                            GValue     *value,
                            GParamSpec *pspec)
{
  usher_fields_get (object, &fields[prop], value);
}

static void
usher_message_set_property (GObject      *object,
                            guint         prop,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  if (usher_fields_set (object, &fields[prop], value))
    changed (USHER_MESSAGE (object), prop);
}

static void
usher_message_finalize (GObject *object)
{
  usher_fields_clear (object, fields, N_PROPS);
  G_OBJECT_CLASS (usher_message_parent_class)->finalize (object);
}

static void
usher_message_class_init (UsherMessageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = usher_message_get_property;
  object_class->set_property = usher_message_set_property;
  object_class->finalize = usher_message_finalize;
  usher_fields_install (object_class, fields, N_PROPS, pspecs);
}

static void
usher_message_init (UsherMessage *self)
{
}

UsherMessage *
usher_message_new (guint64           conv,
                   guint64           seq,
                   UsherMessageKind  kind,
                   const char       *text)
{
  UsherMessage *self = g_object_new (USHER_TYPE_MESSAGE, NULL);

  self->conv = conv;
  self->seq = seq;
  self->kind = kind;
  self->text = g_strdup (text);
  return self;
}

gboolean
usher_message_is_pending (UsherMessage *self)
{
  g_return_val_if_fail (USHER_IS_MESSAGE (self), FALSE);
  return self->seq == 0;
}

guint
usher_message_get_duration_ms (UsherMessage *self)
{
  g_return_val_if_fail (USHER_IS_MESSAGE (self), 0);
  return self->kind == USHER_MESSAGE_VOICE ? wire_voice_get_duration_ms (self->size) : 0;
}

/* clang-format off */
USHER_VALUE (UsherMessage, message, conv, guint64, PROP_CONV)
USHER_VALUE (UsherMessage, message, seq, guint64, PROP_SEQ)
USHER_VALUE (UsherMessage, message, cid, guint64, PROP_CID)
USHER_VALUE (UsherMessage, message, ts_us, gint64, PROP_TS_US)
USHER_VALUE (UsherMessage, message, role, UsherRole, PROP_ROLE)
USHER_VALUE (UsherMessage, message, sender, guint64, PROP_SENDER)
USHER_STRING (UsherMessage, message, sender_name, PROP_SENDER_NAME)
USHER_VALUE (UsherMessage, message, kind, UsherMessageKind, PROP_KIND)
USHER_STRING (UsherMessage, message, text, PROP_TEXT)
USHER_STRING (UsherMessage, message, url, PROP_URL)
USHER_STRING (UsherMessage, message, mime, PROP_MIME)
USHER_STRING (UsherMessage, message, name, PROP_NAME)
USHER_VALUE (UsherMessage, message, size, guint64, PROP_SIZE)
USHER_VALUE (UsherMessage, message, width, guint, PROP_WIDTH)
USHER_VALUE (UsherMessage, message, height, guint, PROP_HEIGHT)
USHER_STRING (UsherMessage, message, path, PROP_PATH)
USHER_VALUE (UsherMessage, message, reply_to, guint64, PROP_REPLY_TO)
USHER_VALUE (UsherMessage, message, is_edited, gboolean, PROP_IS_EDITED)
USHER_VALUE (UsherMessage, message, is_recalled, gboolean, PROP_IS_RECALLED)
USHER_VALUE (UsherMessage, message, is_own, gboolean, PROP_IS_OWN)
USHER_VALUE (UsherMessage, message, progress, guint, PROP_PROGRESS)
USHER_VALUE (UsherMessage, message, delivery, UsherDelivery, PROP_DELIVERY)
USHER_STRING (UsherMessage, message, fail_reason, PROP_FAIL_REASON)
/* clang-format on */
