/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-contact.h"
#include "gate-handler.h"

#include "gate-park.h"
#include "gate-session.h"

#include "wire-token.h"

/* ContactFind: who else may be the same person. */

#define MAX_FIND_ROWS  20
#define MAX_FIND_CHARS 200
#define MAX_KEY_APPS   8 /* apps that a key is tried with */

const GateVisitorRow *
gate_people_row (const GateQuery *query,
                 guint64          visitor)
{
  for (guint i = 0; i < query->n_visitor_rows; i++) {
    if (query->visitor_rows[i].visitor == visitor)
      return &query->visitor_rows[i];
  }
  return NULL;
}

GateVisitor *
gate_people_take (GateCore        *core,
                  const GateQuery *query,
                  guint64          visitor)
{
  GateVisitor *self = gate_visitor_get (core, visitor);
  const GateVisitorRow *row = gate_people_row (query, visitor);

  if (row != NULL)
    gate_visitor_take_row (self, row);
  self->has_row = TRUE;
  return self;
}

void
gate_people_fill (GateCore        *core,
                  const GateQuery *query,
                  GatePerson       ret_people[GATE_MAX_MERGED])
{
  for (guint i = 0; i < query->n_visitors; i++) {
    guint64 visitor = query->visitors[i];
    const GateMergeRow *merge = gate_contact_merge (core, visitor);

    gate_person_fill (&ret_people[i], gate_visitor_find (core, visitor),
                      gate_people_row (query, visitor), core->scratch);
    ret_people[i].visitor = visitor;
    ret_people[i].is_note_told = merge != NULL && merge->is_note_told;
  }
}

static char *
text_of (const char *text)
{
  return (char *) (text != NULL ? text : "");
}

void
gate_people_fill_merged (GateCore          *core,
                         const GatePerson  *people,
                         guint              n_people,
                         WireArena         *arena,
                         Gate__V1__Contact *body)
{
  body->contact = people[0].visitor;
  body->merged = wire_arena_alloc0 (arena, n_people * sizeof (gpointer));
  for (guint i = 1; i < n_people; i++) {
    const GateMergeRow *merge = gate_contact_merge (core, people[i].visitor);
    Gate__V1__MergedContact *one = wire_arena_new0 (arena, Gate__V1__MergedContact);

    gate__v1__merged_contact__init (one);
    one->visitor = people[i].visitor;
    one->name = text_of (people[i].name.value);
    one->email = text_of (people[i].email.value);
    one->phone = text_of (people[i].phone.value);
    one->verified = people[i].is_verified;
    if (merge != NULL) {
      one->into = merge->into;
      one->ts = merge->ts;
      one->agent = merge->agent;
    }
    body->merged[body->n_merged++] = one;
  }
}

/* --- Finding ---------------------------------------------------------------------------------------------- */

/* A key is not kept, but who it is of can be told from it; so can who a number is of. */
static void
add_keys (GateCore   *core,
          GateQuery  *query,
          const char *text)
{
  guint64 *visitors = wire_arena_alloc0 (query->arena, (MAX_KEY_APPS + 1) * sizeof *visitors);

  query->visitors = visitors;
  if (*text == '\0')
    return;
  for (guint i = 0; i < core->apps->len && i < MAX_KEY_APPS; i++) {
    const GateCoreApp *app = g_ptr_array_index (core->apps, i);

    visitors[query->n_visitors++] = wire_visitor_identify (app->key, text, NULL);
  }
  if (g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT64, &visitors[query->n_visitors], NULL))
    query->n_visitors++;
}

static void
ask_who (GateCore         *core,
         GateCall         *call,
         const GatePerson *people,
         guint             n_people)
{
  const Gate__V1__ContactFind *body = call->frame->contact_find;
  GateQuery *query = gate_query_new (GATE_QUERY_PEOPLE_LIKE);
  Gate__V1__Contact contact = GATE__V1__CONTACT__INIT;
  g_autofree char *text = g_strstrip (g_strdup (body->query));

  gate_person_unite (people, n_people, core->scratch, &contact);
  query->text = wire_arena_strdup (query->arena, text);
  query->email = wire_arena_strdup (query->arena, contact.email);
  query->phone = wire_arena_strdup (query->arena, contact.phone);
  query->limit = body->limit != 0 ? MIN (body->limit, MAX_FIND_ROWS) : MAX_FIND_ROWS;
  /* Those who stand in the contact already are found too, and left out. */
  query->limit += n_people;
  add_keys (core, query, text);
  gate_call_limit_query (core, call, query);
  gate_call_wait (core, call, query);
}

static gboolean
is_listed (const Gate__V1__ContactFound *page,
           guint64                       contact)
{
  for (gsize i = 0; i < page->n_contacts; i++) {
    if (page->contacts[i]->contact == contact)
      return TRUE;
  }
  return FALSE;
}

static void
list_one (GateCore               *core,
          const GateVisitorRow   *row,
          Gate__V1__ContactFound *page)
{
  Gate__V1__Contact *one = wire_arena_new0 (core->scratch, Gate__V1__Contact);
  const char *name = gate_contact_name (core, row->visitor);
  GatePerson person;

  gate__v1__contact__init (one);
  gate_person_fill (&person, gate_visitor_find (core, row->visitor), row, core->scratch);
  gate_person_unite (&person, 1, core->scratch, one);
  if (name != NULL)
    one->name = wire_arena_strdup (core->scratch, name);
  one->visitor = row->visitor;
  one->contact = gate_contact_root (core, row->visitor);
  one->verified = person.is_verified;
  one->note = (char *) ""; /* shown with the contact, not with the list */
  page->contacts[page->n_contacts++] = one;
}

static void
answer_found (GateCore        *core,
              GateCall        *call,
              const GateQuery *query,
              guint64          own)
{
  const Gate__V1__ContactFind *body = call->frame->contact_find;
  guint limit = body->limit != 0 ? MIN (body->limit, MAX_FIND_ROWS) : MAX_FIND_ROWS;
  Gate__V1__ContactFound page = GATE__V1__CONTACT_FOUND__INIT;

  page.contacts =
    wire_arena_alloc0 (core->scratch, (query->n_visitor_rows + 1) * sizeof (gpointer));
  for (guint i = 0; i < query->n_visitor_rows && page.n_contacts < limit; i++) {
    guint64 contact = gate_contact_root (core, query->visitor_rows[i].visitor);

    if (contact == own || is_listed (&page, contact))
      continue;
    list_one (core, &query->visitor_rows[i], &page);
    page.n_same += i < query->n_same;
  }
  gate_answer (core, &call->asker, &page.base);
}

void
gate_handle_contact_find (GateCore *core,
                          GateCall *call)
{
  const Gate__V1__ContactFind *body = call->frame->contact_find;
  GateConversation *conv = gate_call_conversation (core, call, body->conv);
  GateQuery *found = gate_call_found (call, GATE_QUERY_PEOPLE_LIKE);
  GatePerson people[GATE_MAX_MERGED];
  guint64 visitors[GATE_MAX_MERGED];
  GateQuery *query;

  if (conv == NULL || !gate_call_may_edit (core, call, conv))
    return;
  if (gate_text_is_longer (body->query, MAX_FIND_CHARS)) {
    gate_call_refuse (core, call, 422, "invalid", NULL);
    return;
  }
  query =
    gate_call_people (core, call, visitors, gate_contact_list (core, conv->row.visitor, visitors));
  if (query == NULL)
    return;
  gate_people_fill (core, query, people);
  if (found == NULL)
    ask_who (core, call, people, query->n_visitors);
  else if (!gate_call_failed (core, call, found))
    answer_found (core, call, found, visitors[0]);
}
