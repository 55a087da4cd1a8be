/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-core-private.h"

G_BEGIN_DECLS

/*
 * Which visitors are one person: an agent has merged the contact of one into that of another, who may be merged in turn. It is for
 * the eyes of staff only. A visitor stays who they are: their sessions, their conversations and what they may read go by their own
 * number, and nothing here is asked on the way to one. So a merge hands nobody the lines of another device, and taking it back
 * leaves everything as it was.
 */

#define GATE_MAX_MERGED 16 /* visitors in one contact */

/** gate_contact_free: also what gate_contact_load() has made. */
void gate_contact_free (GateCore *core);

/** gate_contact_load: at start. */
void gate_contact_load (GateCore           *core,
                        const GateSnapshot *snapshot);

/** gate_contact_root: whose contact @visitor stands in; their own mostly. */
guint64 gate_contact_root (GateCore *core,
                           guint64   visitor);

/** gate_contact_list: everybody who stands in the contact of @visitor, whose it is first. Returns: how many */
guint gate_contact_list (GateCore *core,
                         guint64   visitor,
                         guint64   ret_visitors[GATE_MAX_MERGED]);

/** gate_contact_merge: (nullable) (transfer none): how @visitor came to stand in another's contact. */
const GateMergeRow *gate_contact_merge (GateCore *core,
                                        guint64   visitor);

/** gate_contact_set: @row says so from now on; `into` 0: @row's visitor stands for themselves again. */
void gate_contact_set (GateCore           *core,
                       const GateMergeRow *row);

/** gate_contact_know_name: what a visitor is called, if they stand in a merged contact. */
void gate_contact_know_name (GateCore   *core,
                             guint64     visitor,
                             const char *name,
                             guint       edited);

/** gate_contact_name: (nullable): of the merged contact that @visitor stands in. */
const char *gate_contact_name (GateCore *core,
                               guint64   visitor);

/** gate_contact_tell: staff who has a conversation with anybody of the contact has something to ask for. */
void gate_contact_tell (GateCore *core,
                        guint64   visitor);

/* --- What is known of several visitors, as of one person (gate-person.c) ----------------------------- */

/** GateSaid: one value, and whether staff has said it. */
typedef struct {
  const char *value; /* (nullable) */
  gboolean is_staffs;
} GateSaid;

/** gate_said_best: (nullable): what stands: staff's word before a page's, the first one's before the others'. */
const char *gate_said_best (const GateSaid *said,
                            guint           n_said);

typedef struct {
  guint64 visitor;
  GateSaid name, email, phone;
  const char *note; /* (nullable): also attrs and staff_keys */
  char *attrs;
  const char *staff_keys;
  gboolean is_note_told;
  gboolean is_verified;
  guint32 visits;
  guint64 first_seen, last_seen;
} GatePerson;

/** gate_person_fill: @visitor, @row: (nullable): what is known now, and what the store knows. Texts are theirs, or in @arena. */
void gate_person_fill (GatePerson           *self,
                       const GateVisitor    *visitor,
                       const GateVisitorRow *row,
                       WireArena            *arena);

/** gate_people_row: (nullable): of one of the visitors that @query, of the kind PEOPLE, was about. */
const GateVisitorRow *gate_people_row (const GateQuery *query,
                                       guint64          visitor);

/** gate_people_take: (transfer none): one of them, with what the store knows; gate_visitor_release() afterwards. */
GateVisitor *gate_people_take (GateCore        *core,
                               const GateQuery *query,
                               guint64          visitor);

/** gate_people_fill: all of them, in their order. */
void
gate_people_fill (GateCore *core, const GateQuery *query, GatePerson ret_people[GATE_MAX_MERGED]);

/** gate_people_fill_merged: whose contact it is, and who stands in it. */
void gate_people_fill_merged (GateCore          *core,
                              const GatePerson  *people,
                              guint              n_people,
                              WireArena         *arena,
                              Gate__V1__Contact *body);

/** gate_person_unite: what @people, whose contact it is first, are as one; texts are theirs, or in @arena. */
void gate_person_unite (const GatePerson  *people,
                        guint              n_people,
                        WireArena         *arena,
                        Gate__V1__Contact *body);

G_END_DECLS
