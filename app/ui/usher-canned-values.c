/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-canned-values.h"

#include "usher-contact.h"
#include "usher-conversation.h"

typedef struct {
  UsherConversation *conversation;
  UsherContact *contact; /* (nullable) */
  char *agent_name;      /* (nullable) */
} Values;

static const char *
or_empty (const char *value)
{
  return value != NULL ? value : "";
}

static const char *
look_up (const char *name,
         gpointer    user_data)
{
  const Values *values = user_data;

  if (g_str_equal (name, "visitor"))
    return or_empty (usher_conversation_get_name (values->conversation));
  if (g_str_equal (name, "agent"))
    return or_empty (values->agent_name);
  if (g_str_equal (name, "queue"))
    return or_empty (usher_conversation_get_queue (values->conversation));
  if (g_str_equal (name, "subject"))
    return or_empty (usher_conversation_get_subject (values->conversation));
  if (g_str_equal (name, "email"))
    return or_empty (values->contact != NULL ? usher_contact_get_email (values->contact) : NULL);
  if (g_str_equal (name, "phone"))
    return or_empty (values->contact != NULL ? usher_contact_get_phone (values->contact) : NULL);
  return NULL;
}

char *
usher_canned_expand_for (const char         *text,
                         UsherSession       *session,
                         UsherConversation  *conversation,
                         GArray            **ret_blanks)
{
  Values values = { conversation, usher_session_get_contact (session, conversation), NULL };
  char *expanded;

  g_object_get (session, "agent-name", &values.agent_name, NULL);
  expanded = usher_canned_expand (text, look_up, &values, ret_blanks);
  g_free (values.agent_name);
  return expanded;
}
