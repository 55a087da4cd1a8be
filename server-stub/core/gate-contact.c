/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-contact.h"

#include "gate-lists.h"
#include "gate-outgoing.h"
#include "gate-session.h"

/* One visitor who is merged, or into whom somebody is. */
typedef struct {
  GateMergeRow row;  /* into 0: nobody's; first: the key of GateCore.contacts */
  GPtrArray *merged; /* of Member, borrowed: those merged into them, the longest ago first */
  char *name;
  guint edited;
} Member;

static Member *
find (GateCore *core,
      guint64   visitor)
{
  return core->contacts != NULL ? g_hash_table_lookup (core->contacts, &visitor) : NULL;
}

static void
member_free (gpointer data)
{
  Member *self = data;

  g_ptr_array_unref (self->merged);
  g_free (self->name);
  g_free (self);
}

static guint
number_hash (gconstpointer key)
{
  return gate_u64_mix (*(const guint64 *) key);
}

static Member *
get (GateCore *core,
     guint64   visitor)
{
  Member *self = find (core, visitor);

  if (self != NULL)
    return self;
  if (core->contacts == NULL)
    core->contacts = g_hash_table_new_full (number_hash, g_int64_equal, NULL, member_free);
  self = g_new0 (Member, 1);
  self->row.visitor = visitor;
  self->merged = g_ptr_array_new ();
  g_hash_table_insert (core->contacts, &self->row.visitor, self);
  return self;
}

void
gate_contact_free (GateCore *core)
{
  g_clear_pointer (&core->contacts, g_hash_table_unref);
}

void
gate_contact_load (GateCore           *core,
                   const GateSnapshot *snapshot)
{
  for (guint i = 0; i < snapshot->n_merges; i++) {
    /* Nobody stands in themselves, whatever the file says. */
    if (gate_contact_root (core, snapshot->merges[i].into) != snapshot->merges[i].visitor)
      gate_contact_set (core, &snapshot->merges[i]);
  }
  for (guint i = 0; i < snapshot->n_names; i++)
    gate_contact_know_name (core, snapshot->names[i].visitor, snapshot->names[i].name,
                            snapshot->names[i].edited);
}

guint64
gate_contact_root (GateCore *core,
                   guint64   visitor)
{
  const Member *self = find (core, visitor);

  while (self != NULL && self->row.into != 0)
    self = find (core, visitor = self->row.into);
  return visitor;
}

static guint
list (const Member *self,
      guint64       visitors[GATE_MAX_MERGED],
      guint         n)
{
  if (n < GATE_MAX_MERGED)
    visitors[n++] = self->row.visitor;
  for (guint i = 0; i < self->merged->len; i++)
    n = list (g_ptr_array_index (self->merged, i), visitors, n);
  return n;
}

guint
gate_contact_list (GateCore *core,
                   guint64   visitor,
                   guint64   ret_visitors[GATE_MAX_MERGED])
{
  guint64 root = gate_contact_root (core, visitor);
  const Member *self = find (core, root);

  if (self != NULL)
    return list (self, ret_visitors, 0);
  ret_visitors[0] = root;
  return 1;
}

const GateMergeRow *
gate_contact_merge (GateCore *core,
                    guint64   visitor)
{
  const Member *self = find (core, visitor);

  return self != NULL && self->row.into != 0 ? &self->row : NULL;
}

static void
drop_if_alone (GateCore *core,
               Member   *self)
{
  if (self->row.into == 0 && self->merged->len == 0)
    g_hash_table_remove (core->contacts, &self->row.visitor);
}

void
gate_contact_set (GateCore           *core,
                  const GateMergeRow *row)
{
  Member *self = get (core, row->visitor);
  Member *before = self->row.into != 0 ? find (core, self->row.into) : NULL;
  gboolean is_same = before != NULL && before->row.visitor == row->into;

  if (before != NULL && !is_same)
    g_ptr_array_remove (before->merged, self);
  self->row = *row;
  if (is_same)
    return;
  if (row->into != 0)
    g_ptr_array_add (get (core, row->into)->merged, self);
  if (before != NULL)
    drop_if_alone (core, before);
  drop_if_alone (core, self);
}

void
gate_contact_know_name (GateCore   *core,
                        guint64     visitor,
                        const char *name,
                        guint       edited)
{
  Member *self = find (core, visitor);

  if (self == NULL)
    return;
  self->edited = edited;
  if (g_strcmp0 (self->name, name) == 0)
    return;
  g_free (self->name);
  self->name = g_strdup (name);
}

const char *
gate_contact_name (GateCore *core,
                   guint64   visitor)
{
  guint64 visitors[GATE_MAX_MERGED];
  GateSaid said[GATE_MAX_MERGED];
  guint n;

  if (find (core, visitor) == NULL)
    return NULL;
  n = gate_contact_list (core, visitor, visitors);
  for (guint i = 0; i < n; i++) {
    const Member *self = find (core, visitors[i]);

    said[i] = (GateSaid){ NULL, FALSE };
    if (self != NULL)
      said[i] = (GateSaid){ self->name, (self->edited & GATE_CONTACT_NAME) != 0 };
  }
  return gate_said_best (said, n);
}

void
gate_contact_tell (GateCore *core,
                   guint64   visitor)
{
  guint64 visitors[GATE_MAX_MERGED];
  guint n = gate_contact_list (core, visitor, visitors);

  for (guint i = 0; i < n; i++) {
    GateVisitor *each = gate_visitor_find (core, visitors[i]);

    if (each == NULL || each->conv == NULL)
      continue;
    gate_lists_mark (core, each->conv);
    gate_tell_presence (core, each->conv);
  }
}
