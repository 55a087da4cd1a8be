/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-session"
#include "config.h"

#include "usher-session-private.h"
#include "wire-frame.h"
#include "wire-json.h"

#include <string.h>

/* What the agent says of a visitor: shown at once; however it is answered, the gateway is asked how it stands. */

/* As in ContactEdit.fields. */
static const guint32 bits[] = {
  [USHER_CONTACT_NAME] = 1 << 0,
  [USHER_CONTACT_EMAIL] = 1 << 1,
  [USHER_CONTACT_PHONE] = 1 << 2,
  [USHER_CONTACT_NOTE] = 1 << 3,
};
#define BIT_ATTRS (1 << 4)
#define BIT_BLOCK (1 << 5)

/* The last moment the gateway knows: for good. */
#define MAX_BLOCK_MS G_GINT64_CONSTANT (253402300799000)

typedef struct {
  UsherSession *session; /* borrowed: it owns the dispatcher that owns this */
  guint64 conv;
} Edit;

static void
edited_cb (const Gate__V1__Frame *answer,
           gpointer               user_data)
{
  Edit *edit = user_data;
  UsherHolding *holding = usher_session_peek_holding (edit->session, edit->conv);

  if (answer == NULL)
    return; /* the next time that somebody looks, it is asked for */
  if (holding != NULL)
    usher_session_get_contact (edit->session, holding->conversation);
  if (answer->body_case == GATE__V1__FRAME__BODY_ERROR)
    usher_session_notice (edit->session, USHER_NOTICE_WARNING,
                          usher_text_of_slug (answer->error->slug), answer->error->slug);
}

static gboolean
send_edit (UsherSession          *self,
           UsherConversation     *conversation,
           Gate__V1__ContactEdit *edit)
{
  Gate__V1__Frame frame = WIRE_FRAME (CONTACT_EDIT, contact_edit, edit);
  Edit *asked = g_new (Edit, 1);

  edit->conv = usher_conversation_get_conv (conversation);
  *asked = (Edit){ self, edit->conv };
  if (usher_session_ask (self, &frame, edited_cb, asked, g_free))
    return TRUE;
  usher_session_notice_offline (self);
  return FALSE;
}

void
usher_session_edit_contact (UsherSession      *self,
                            UsherConversation *conversation,
                            UsherContactField  field,
                            const char        *value)
{
  Gate__V1__ContactEdit edit = GATE__V1__CONTACT_EDIT__INIT;
  UsherContact *contact;
  char **members[] = { &edit.name, &edit.email, &edit.phone, &edit.note };

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));
  g_return_if_fail (field < G_N_ELEMENTS (members));

  edit.fields = bits[field];
  *members[field] = (char *) (value == NULL ? "" : value);
  if (!send_edit (self, conversation, &edit))
    return;
  contact = usher_session_get_contact (self, conversation);
  usher_contact_set_field (contact, field, value);
  if (field == USHER_CONTACT_NAME)
    usher_conversation_set_name (conversation, value);
}

void
usher_session_set_attribute (UsherSession      *self,
                             UsherConversation *conversation,
                             const char        *name,
                             const char        *json)
{
  Gate__V1__ContactEdit edit = GATE__V1__CONTACT_EDIT__INIT;
  g_auto (WireBuffer) attrs = WIRE_BUFFER_INIT;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));
  g_return_if_fail (name != NULL);

  if (json == NULL)
    json = "null"; /* takes it away */
  wire_buffer_append_byte (&attrs, '{');
  wire_json_write_string (&attrs, name, strlen (name));
  wire_buffer_append_byte (&attrs, ':');
  wire_buffer_append (&attrs, json, strlen (json));
  wire_buffer_append_byte (&attrs, '}');
  edit.fields = BIT_ATTRS;
  edit.attrs.data = attrs.data;
  edit.attrs.len = attrs.n_bytes;
  send_edit (self, conversation, &edit);
}

char *
usher_session_dup_json (const char *text)
{
  g_auto (WireBuffer) json = WIRE_BUFFER_INIT;

  wire_json_write_string (&json, text, strlen (text));
  return g_strndup ((const char *) json.data, json.n_bytes);
}

void
usher_session_block (UsherSession      *self,
                     UsherConversation *conversation,
                     gint64             until_us)
{
  Gate__V1__ContactEdit edit = GATE__V1__CONTACT_EDIT__INIT;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));

  edit.fields = BIT_BLOCK;
  edit.blocked_until = (guint64) CLAMP (until_us / 1000, 0, MAX_BLOCK_MS);
  if (until_us > 0 && until_us < USHER_BLOCK_FOR_GOOD)
    edit.blocked_until = (guint64) CLAMP ((until_us + self->skew_us) / 1000, 1, MAX_BLOCK_MS);
  if (send_edit (self, conversation, &edit))
    usher_contact_set_blocked_until_us (usher_session_get_contact (self, conversation), until_us);
}
