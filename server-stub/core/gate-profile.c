/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-session.h"

#include "gate-commit.h"
#include "gate-contact.h"
#include "gate-conversation.h"
#include "gate-json.h"
#include "gate-park.h"

/* What a page says of its visitor, beside what staff says: staff's word stands. */

#define MAX_MEMBER_CHARS 200

/* --- Attributes ------------------------------------------------------------------------------------------- */

static gboolean
set_json (char **field,
          char  *json)
{
  gboolean is_good = json != NULL && strlen (json) <= GATE_MAX_ATTRS_BYTES;

  if (is_good) {
    g_free (*field);
    *field = json;
  } else {
    g_free (json);
  }
  return is_good;
}

gboolean
gate_visitor_set_attrs (GateVisitor *self,
                        const char  *json)
{
  g_autofree char *keys = gate_json_dup_nulls (json, self->staff_keys);

  return strlen (keys) <= GATE_MAX_ATTRS_BYTES &&
         set_json (&self->attrs, gate_json_merge (self->attrs, json)) &&
         set_json (&self->staff_keys, g_steal_pointer (&keys));
}

/* What a page says, but for the keys that are staff's. (transfer full) */
static char *
dup_without (const char *json,
             const char *staff_keys)
{
  return gate_text_is_empty (staff_keys) ? g_strdup (json) : gate_json_merge (json, staff_keys);
}

static gboolean
take_attrs (GateVisitor *self,
            const char  *json)
{
  g_autofree char *page = dup_without (json, self->staff_keys);
  g_autofree char *before = g_strdup (self->attrs);

  if (!set_json (&self->attrs, gate_json_merge (self->attrs, page)))
    g_debug ("%" G_GUINT64_FORMAT ": too many attributes", self->id);
  return g_strcmp0 (before, self->attrs) != 0;
}

char *
gate_visitor_dup_attrs (const GateVisitor    *self,
                        const GateVisitorRow *row)
{
  g_autofree char *page = NULL;
  g_autofree char *merged = NULL;

  if (self->has_row || row == NULL)
    return g_strdup (self->attrs);
  if (self->attrs == NULL)
    return gate_text_is_empty (row->attrs) ? NULL : g_strdup (row->attrs);
  page = dup_without (self->attrs, row->staff_keys);
  merged = gate_json_merge (row->attrs, page);
  /* Where both are too many, what was acknowledged stays. */
  if (merged == NULL || strlen (merged) > GATE_MAX_ATTRS_BYTES)
    return g_strdup (row->attrs);
  return g_steal_pointer (&merged);
}

/* --- The profile ------------------------------------------------------------------------------------------ */

static gboolean
take_member (char       **field,
             const char  *json,
             const char  *key)
{
  g_autofree char *value = gate_json_dup_string (json, key);

  if (gate_text_is_empty (value) || gate_text_is_longer (value, MAX_MEMBER_CHARS) ||
      g_strcmp0 (*field, value) == 0)
    return FALSE;
  g_free (*field);
  *field = g_steal_pointer (&value);
  return TRUE;
}

/* Whether there was anything new in it. */
static gboolean
set_profile (GateVisitor *self,
             const char  *json)
{
  const struct {
    char **field;
    const char *key;
    guint edited;
  } members[] = { { &self->name, "name", GATE_CONTACT_NAME },
                  { &self->email, "email", GATE_CONTACT_EMAIL },
                  { &self->phone, "phone", GATE_CONTACT_PHONE } };
  g_autofree char *attrs = gate_json_dup_object (json, "attrs");
  gboolean is_new = attrs != NULL && take_attrs (self, attrs);

  for (guint i = 0; i < G_N_ELEMENTS (members); i++) {
    if ((self->edited & members[i].edited) == 0)
      is_new |= take_member (members[i].field, json, members[i].key);
  }
  return is_new;
}

/* Those who have the chat see it, and so does who looks after a restart. */
static void
keep_news (GateCore    *core,
           GateVisitor *self)
{
  GateConversation *conv = self->conv;

  gate_visitor_keep (core, self);
  if (g_strcmp0 (conv->row.visitor_name, self->name) != 0) {
    gate_text_set (&conv->row.visitor_name, self->name);
    gate_conversation_save (core, conv, FALSE);
  }
  gate_contact_tell (core, self->id);
}

typedef struct {
  GateQuestion question;
  guint64 visitor;
} Known;

static void
known_drop (GateQuestion *question)
{
  g_free (question);
}

static gboolean
known_done (GateCore     *core,
            GateQuestion *question,
            GateQuery    *query)
{
  GateVisitor *self = gate_visitor_find (core, ((Known *) question)->visitor);

  g_free (question);
  if (self == NULL || self->conv == NULL || self->has_row || query->status != GATE_STORE_OK)
    return FALSE; /* what opens a conversation asks too, and keeps it */
  if (query->visitor_row != NULL)
    gate_visitor_take_row (self, query->visitor_row);
  self->has_row = TRUE;
  gate_commit_begin (core);
  keep_news (core, self);
  return FALSE;
}

static void
ask_what_is_known (GateCore          *core,
                   const GateVisitor *self)
{
  Known *known = g_new0 (Known, 1);
  GateQuery *query = gate_query_new (GATE_QUERY_CONTACT);

  known->question.done = known_done;
  known->question.drop = known_drop;
  known->visitor = query->visitor = self->id;
  gate_park_ask (core, &known->question, query);
}

void
gate_visitor_take_profile (GateCore    *core,
                           GateSession *session,
                           const char  *json)
{
  GateVisitor *self = gate_visitor_of (core, session);
  gboolean is_new = set_profile (self, json);

  if (!is_new || self->conv == NULL)
    return; /* kept with the conversation that it opens */
  if (self->has_row)
    keep_news (core, self);
  else
    ask_what_is_known (core, self);
}
