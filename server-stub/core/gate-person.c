/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-contact.h"

#include "gate-json.h"
#include "gate-session.h"

/* Of all together: what would be more is not shown. */
#define MAX_UNITED_ATTRS (4 * GATE_MAX_ATTRS_BYTES)
#define MAX_UNITED_NOTE  ((gsize) 32 * 1024)

/* What staff has set or taken away is not what a visit says. */
static GateSaid
said_of (const GateVisitor    *visitor,
         const char           *present,
         const GateVisitorRow *row,
         const char           *stored,
         guint                 field)
{
  if (visitor->has_row)
    return (GateSaid){ present, (visitor->edited & field) != 0 };
  if ((row->edited & field) != 0)
    return (GateSaid){ stored, TRUE };
  return (GateSaid){ gate_text_is_empty (present) ? stored : present, FALSE };
}

void
gate_person_fill (GatePerson           *self,
                  const GateVisitor    *visitor,
                  const GateVisitorRow *row,
                  WireArena            *arena)
{
  static const GateVisitorRow nobody = { 0 };
  static const GateVisitor nowhere = { 0 };
  g_autofree char *attrs = NULL;

  row = row != NULL ? row : &nobody;
  visitor = visitor != NULL ? visitor : &nowhere;
  attrs = gate_visitor_dup_attrs (visitor, row);
  *self = (GatePerson){
    .visitor = row->visitor != 0 ? row->visitor : visitor->id,
    .name = said_of (visitor, visitor->name, row, row->name, GATE_CONTACT_NAME),
    .email = said_of (visitor, visitor->email, row, row->email, GATE_CONTACT_EMAIL),
    .phone = said_of (visitor, visitor->phone, row, row->phone, GATE_CONTACT_PHONE),
    .note = visitor->has_row ? visitor->note : row->note,
    .attrs = attrs != NULL ? wire_arena_strdup (arena, attrs) : NULL,
    .staff_keys = visitor->has_row ? visitor->staff_keys : row->staff_keys,
    .is_verified = visitor->is_verified || row->is_verified,
    .visits = row->visits,
    .first_seen = row->first_seen,
    .last_seen = row->last_seen,
  };
}

const char *
gate_said_best (const GateSaid *said,
                guint           n_said)
{
  /* That there is none was said too, but only of the one whose contact it is. */
  if (n_said > 0 && said[0].is_staffs)
    return said[0].value;
  for (guint is_staffs = 2; is_staffs-- > 0;) {
    for (guint i = 0; i < n_said; i++) {
      if (said[i].is_staffs == (gboolean) is_staffs && !gate_text_is_empty (said[i].value))
        return said[i].value;
    }
  }
  return NULL;
}

static char *
best_of (const GatePerson *people,
         guint             n_people,
         gsize             offset)
{
  GateSaid said[GATE_MAX_MERGED];
  const char *best;

  for (guint i = 0; i < n_people; i++)
    said[i] = G_STRUCT_MEMBER (GateSaid, &people[i], offset);
  best = gate_said_best (said, n_people);
  return (char *) (best != NULL ? best : "");
}

/* --- Attributes: each key by itself -------------------------------------------------------------------- */

/* Takes @json. (transfer full): without the members of @keys, or only these. */
static char *
without (char       *json,
         const char *keys)
{
  char *rest;

  if (gate_text_is_empty (keys))
    return json;
  rest = gate_json_merge (json, keys);
  g_free (json);
  return rest;
}

static char *
dup_only (const char *json,
          const char *keys)
{
  g_autofree char *rest = without (g_strdup (json), keys);
  g_autofree char *others = gate_json_dup_nulls (rest, NULL);

  return without (g_strdup (json), others);
}

/* Takes @merged. */
static void
put (char **united,
     char  *merged)
{
  if (merged == NULL || strlen (merged) > MAX_UNITED_ATTRS) {
    g_free (merged);
    return;
  }
  g_free (*united);
  *united = merged;
}

/* @keys: what staff has said of those before, whose word stands. */
static void
unite_attrs (char             **united,
             const GatePerson  *other,
             const char        *keys)
{
  const char *json = gate_text_is_empty (other->attrs) ? "{}" : other->attrs;
  g_autofree char *page = without (without (g_strdup (json), other->staff_keys), keys);
  g_autofree char *staff = NULL;
  g_autofree char *first = dup_only (*united, keys);

  put (united, gate_json_merge (page, *united));
  if (gate_text_is_empty (other->staff_keys))
    return;
  staff = without (dup_only (json, other->staff_keys), keys);
  put (united, gate_json_merge (*united, other->staff_keys));
  put (united, gate_json_merge (*united, staff));
  put (united, gate_json_merge (*united, first));
}

static char *
dup_attrs (const GatePerson *people,
           guint             n_people)
{
  const char *first = gate_text_is_empty (people[0].attrs) ? "{}" : people[0].attrs;
  char *united = g_strdup (n_people > 1 ? first : people[0].attrs);
  g_autofree char *keys = g_strdup (people[0].staff_keys);

  for (guint i = 1; i < n_people; i++) {
    char *all;

    unite_attrs (&united, &people[i], keys);
    if (gate_text_is_empty (people[i].staff_keys))
      continue;
    all = gate_json_dup_nulls (people[i].staff_keys, keys);
    g_free (keys);
    keys = all;
  }
  return united;
}

/* --- One of many ---------------------------------------------------------------------------------------- */

static char *
unite_notes (const GatePerson *people,
             guint             n_people,
             WireArena        *arena)
{
  g_autoptr (GString) note = g_string_new (people[0].note);

  for (guint i = 1; i < n_people; i++) {
    const char *more = people[i].note;

    if (people[i].is_note_told || gate_text_is_empty (more) ||
        note->len + strlen (more) > MAX_UNITED_NOTE)
      continue;
    if (note->len > 0)
      g_string_append_c (note, '\n');
    g_string_append (note, more);
  }
  return wire_arena_strdup (arena, note->str);
}

void
gate_person_unite (const GatePerson  *people,
                   guint              n_people,
                   WireArena         *arena,
                   Gate__V1__Contact *body)
{
  g_autofree char *attrs = dup_attrs (people, n_people);

  body->name = best_of (people, n_people, G_STRUCT_OFFSET (GatePerson, name));
  body->email = best_of (people, n_people, G_STRUCT_OFFSET (GatePerson, email));
  body->phone = best_of (people, n_people, G_STRUCT_OFFSET (GatePerson, phone));
  body->note = unite_notes (people, n_people, arena);
  body->attrs.data = (guint8 *) wire_arena_strdup (arena, attrs != NULL ? attrs : "");
  body->attrs.len = strlen ((const char *) body->attrs.data);
  for (guint i = 0; i < n_people; i++) {
    const GatePerson *each = &people[i];

    body->visits += each->visits;
    body->last_seen = MAX (body->last_seen, each->last_seen);
    if (each->first_seen != 0 && (body->first_seen == 0 || each->first_seen < body->first_seen))
      body->first_seen = each->first_seen;
  }
}
