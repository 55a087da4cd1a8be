/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-contact.h"
#include "gate-handler.h"

#include "gate-commit.h"
#include "gate-park.h"
#include "gate-session.h"

/*
 * ContactMerge: an agent says that two contacts are one person, or takes it back. What was claimed by a visitor never does: an
 * e-mail address is easily said. Conversations go on as they are, also where both have one: each is with its own device.
 */

typedef struct {
  guint64 visitors[2 * GATE_MAX_MERGED]; /* the contact that stays, then the other */
  guint n_kept, n_other;
} Pair;

typedef struct {
  GateEffect effect;
  GateMergeRow row;
  guint64 before;       /* whose contact the visitor stood in until now */
  const char *names[2]; /* of row.visitor and row.into */
  guint edited[2];
} MergeEffect;

static void
merge_release (GateCore   *core,
               GateEffect *effect)
{
  MergeEffect *self = (MergeEffect *) effect;

  core->is_merging = FALSE;
  gate_contact_set (core, &self->row);
  if (self->row.into != 0) {
    gate_contact_know_name (core, self->row.visitor, self->names[0], self->edited[0]);
    gate_contact_know_name (core, self->row.into, self->names[1], self->edited[1]);
  }
  gate_contact_tell (core, self->row.visitor);
  if (self->before != gate_contact_root (core, self->row.visitor))
    gate_contact_tell (core, self->before);
}

static void
merge_refuse (GateCore        *core,
              GateEffect      *effect,
              GateStoreStatus  status)
{
  core->is_merging = FALSE; /* the Ack that is held behind it tells who asked */
}

static MergeEffect *
hold (GateCore           *core,
      GateWriteKind       kind,
      const GateMergeRow *row)
{
  MergeEffect *self = gate_commit_effect (core, sizeof (MergeEffect), merge_release, merge_refuse);

  gate_commit_write (core, kind)->row.merge = *row;
  self->row = *row;
  self->before = gate_contact_root (core, row->visitor);
  core->is_merging = TRUE;
  return self;
}

static void
finish (GateCore         *core,
        GateCall         *call,
        GateConversation *conv,
        guint64           visitor,
        guint64           into,
        const char       *action)
{
  char detail[192];

  g_snprintf (detail, sizeof detail,
              "{\"conv\":%" G_GUINT64_FORMAT ",\"visitor\":%" G_GUINT64_FORMAT
              ",\"into\":%" G_GUINT64_FORMAT "}",
              conv->row.conv, visitor, into);
  gate_call_audit_detail (core, call, action, detail);
  gate_ack_epoch_held (core, &call->asker, conv);
}

/* --- Taking it back ---------------------------------------------------------------------------------------- */

static void
unmerge (GateCore         *core,
         GateCall         *call,
         GateConversation *conv,
         guint64           visitor)
{
  const GateMergeRow *merge = gate_contact_merge (core, visitor);
  GateMergeRow row = { .visitor = visitor };

  if (merge == NULL ||
      gate_contact_root (core, visitor) != gate_contact_root (core, conv->row.visitor)) {
    gate_call_refuse (core, call, 409, "not_merged", NULL);
    return;
  }
  hold (core, GATE_WRITE_UNMERGE, &row);
  finish (core, call, conv, visitor, merge->into, "contact.unmerge");
}

/* --- Merging ------------------------------------------------------------------------------------------------ */

/* The caller must have talked with one of the others too, or their queue must have; answered by a question to the store. */
static gboolean
may_know_other (GateCore   *core,
                GateCall   *call,
                const Pair *pair,
                gboolean    is_other_kept)
{
  GateQuery *query = gate_call_found (call, GATE_QUERY_PEOPLE_LIKE);
  const guint64 *first = is_other_kept ? pair->visitors : pair->visitors + pair->n_kept;
  guint n = is_other_kept ? pair->n_kept : pair->n_other;

  if (query == NULL) {
    query = gate_query_new (GATE_QUERY_PEOPLE_LIKE);
    query->visitors = wire_arena_memdup (query->arena, first, n * sizeof *first);
    query->n_visitors = query->limit = n;
    gate_call_limit_query (core, call, query);
    gate_call_wait (core, call, query);
    return FALSE;
  }
  if (gate_call_failed (core, call, query))
    return FALSE;
  if (query->n_visitor_rows > 0)
    return TRUE;
  gate_call_refuse (core, call, 404, "no_contact", NULL);
  return FALSE;
}

static gboolean
is_any_verified (const GatePerson *people,
                 guint             n_people)
{
  for (guint i = 0; i < n_people; i++) {
    if (people[i].is_verified)
      return TRUE;
  }
  return FALSE;
}

/* Two who have signed in are two to the shop that signed them; and nobody unknown may speak for one of them. */
static gboolean
is_safe (GateCore         *core,
         GateCall         *call,
         const Pair       *pair,
         const GatePerson *people)
{
  gboolean is_kept_verified = is_any_verified (people, pair->n_kept);
  gboolean is_other_verified = is_any_verified (people + pair->n_kept, pair->n_other);

  if (is_kept_verified && is_other_verified)
    gate_call_refuse (core, call, 409, "both_signed_in", NULL);
  else if (is_other_verified)
    gate_call_refuse (core, call, 409, "signed_in_stays", NULL);
  else
    return TRUE;
  return FALSE;
}

static void
fill_one (GateCore          *core,
          const GatePerson  *people,
          guint              n_people,
          Gate__V1__Contact *body)
{
  gate_person_unite (people, n_people, core->scratch, body);
  gate_people_fill_merged (core, people, n_people, core->scratch, body);
  body->visitor = people[0].visitor;
  body->verified = people[0].is_verified;
}

static void
show (GateCore         *core,
      GateCall         *call,
      const Pair       *pair,
      const GatePerson *people)
{
  Gate__V1__ContactFound page = GATE__V1__CONTACT_FOUND__INIT;
  Gate__V1__Contact one = GATE__V1__CONTACT__INIT;
  Gate__V1__Contact other = GATE__V1__CONTACT__INIT;
  Gate__V1__Contact *contacts[] = { &one, &other };
  gboolean is_other_kept = call->frame->contact_merge->keep_other;

  fill_one (core, people, pair->n_kept + pair->n_other, &one);
  if (is_other_kept)
    fill_one (core, people, pair->n_kept, &other);
  else
    fill_one (core, people + pair->n_kept, pair->n_other, &other);
  page.contacts = contacts;
  page.n_contacts = G_N_ELEMENTS (contacts);
  gate_answer (core, &call->asker, &page.base);
}

static void
merge (GateCore         *core,
       GateCall         *call,
       GateConversation *conv,
       const Pair       *pair,
       const GatePerson *people)
{
  WireArena *arena = gate_commit_arena (core);
  const GatePerson *both[] = { &people[pair->n_kept], &people[0] };
  GateMergeRow row = { .visitor = both[0]->visitor,
                       .into = both[1]->visitor,
                       .agent = call->self,
                       .ts = (guint64) core->wall_ms };
  MergeEffect *effect;

  effect = hold (core, GATE_WRITE_MERGE, &row);
  for (guint i = 0; i < G_N_ELEMENTS (both); i++) {
    effect->names[i] = wire_arena_strdup (arena, both[i]->name.value);
    effect->edited[i] = both[i]->name.is_staffs ? GATE_CONTACT_NAME : 0;
  }
  finish (core, call, conv, row.visitor, row.into, "contact.merge");
}

static gboolean
fill_pair (GateCore                     *core,
           const GateConversation       *conv,
           const Gate__V1__ContactMerge *body,
           Pair                         *pair)
{
  guint64 kept = body->keep_other ? body->visitor : conv->row.visitor;
  guint64 other = body->keep_other ? conv->row.visitor : body->visitor;

  pair->n_kept = gate_contact_list (core, kept, pair->visitors);
  pair->n_other = gate_contact_list (core, other, pair->visitors + pair->n_kept);
  return pair->n_kept + pair->n_other <= GATE_MAX_MERGED;
}

void
gate_handle_contact_merge (GateCore *core,
                           GateCall *call)
{
  const Gate__V1__ContactMerge *body = call->frame->contact_merge;
  GateConversation *conv = gate_call_conversation (core, call, body->conv);
  GatePerson people[GATE_MAX_MERGED];
  GateQuery *query;
  Pair pair;

  if (conv == NULL || !gate_call_may_edit (core, call, conv))
    return;
  /* Whom one is merged with must be known before the next is. */
  if (core->is_merging && !body->preview) {
    gate_call_wait_commit (core, call);
    return;
  }
  if (body->undo) {
    unmerge (core, call, conv, body->visitor);
    return;
  }
  if (body->visitor == 0 ||
      gate_contact_root (core, body->visitor) == gate_contact_root (core, conv->row.visitor)) {
    gate_call_refuse (core, call, 422, "invalid", "they are one contact already");
    return;
  }
  if (!fill_pair (core, conv, body, &pair)) {
    gate_call_refuse (core, call, 422, "too_many_merged", NULL);
    return;
  }
  query = gate_call_people (core, call, pair.visitors, pair.n_kept + pair.n_other);
  if (query == NULL || !may_know_other (core, call, &pair, body->keep_other))
    return;
  gate_people_fill (core, query, people);
  if (!is_safe (core, call, &pair, people))
    return;
  if (body->preview)
    show (core, call, &pair, people);
  else
    merge (core, call, conv, &pair, people);
}
