/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-session.h"

#include "gate-commit.h"
#include "gate-contact.h"
#include "gate-outgoing.h"

GateVisitor *
gate_visitor_find (GateCore *core,
                   guint64   id)
{
  guint64 *key = gate_table_find (core->visitors, id);

  return key != NULL ? gate_container_of (key, GateVisitor, id) : NULL;
}

GateVisitor *
gate_visitor_get (GateCore *core,
                  guint64   id)
{
  GateVisitor *self = gate_visitor_find (core, id);

  if (self != NULL)
    return self;
  self = g_new0 (GateVisitor, 1);
  self->id = id;
  gate_table_add (core->visitors, &self->id);
  return self;
}

static void
take_text (GRefString **field,
           GRefString  *value)
{
  if (value == NULL || *field == value)
    return;
  g_clear_pointer (field, g_ref_string_release);
  *field = g_ref_string_acquire (value);
}

GateVisitor *
gate_visitor_of (GateCore    *core,
                 GateSession *session)
{
  GateVisitor *self = gate_visitor_get (core, session->self);

  memcpy (self->digest, session->digest, GATE_DIGEST_BYTES);
  self->has_digest = TRUE;
  self->is_verified |= session->is_verified;
  take_text (&self->app, session->app);
  take_text (&self->user_agent, session->user_agent);
  take_text (&self->locale, session->locale);
  take_text (&self->tz, session->tz);
  take_text (&self->place, session->place);
  return self;
}

/* Whoever comes from where nothing is known of keeps the place they were seen at last. */
static void
move_to (GateCore    *core,
         GateVisitor *self,
         GRefString  *place)
{
  if (place == NULL || g_strcmp0 (self->place, place) == 0)
    return;
  take_text (&self->place, place);
  if (self->has_row)
    gate_visitor_keep (core, self);
  if (self->conv != NULL)
    gate_tell_presence (core, self->conv);
}

void
gate_visitor_locate (GateCore    *core,
                     GateSession *session,
                     const char  *peer)
{
  const GateCoreSettings *settings = &core->settings;
  GateVisitor *visitor = gate_visitor_find (core, session->self);
  g_autofree char *place = NULL;

  if (settings->find_place != NULL)
    place = settings->find_place (settings->place_data, peer);
  g_clear_pointer (&session->place, g_ref_string_release);
  session->place = place != NULL ? g_ref_string_new_intern (place) : NULL;
  if (visitor != NULL)
    move_to (core, visitor, session->place);
}

void
gate_visitor_learn (GateVisitor       *self,
                    const GateConvRow *row)
{
  memcpy (self->digest, row->visitor_digest, GATE_DIGEST_BYTES);
  self->has_digest = TRUE;
  if (self->name == NULL && !gate_text_is_empty (row->visitor_name))
    self->name = g_strdup (row->visitor_name);
  if (self->app == NULL && !gate_text_is_empty (row->app))
    self->app = g_ref_string_new_intern (row->app);
  if (self->locale == NULL && !gate_text_is_empty (row->locale))
    self->locale = g_ref_string_new_intern (row->locale);
}

static void
page_clear (GatePage *page)
{
  g_clear_pointer (&page->url, g_free);
  g_clear_pointer (&page->title, g_free);
  g_clear_pointer (&page->referrer, g_free);
}

void
gate_visitor_free (GateVisitor *self)
{
  for (guint i = 0; i < GATE_MAX_TRAIL; i++)
    page_clear (&self->pages[i]);
  g_clear_pointer (&self->app, g_ref_string_release);
  g_clear_pointer (&self->user_agent, g_ref_string_release);
  g_clear_pointer (&self->locale, g_ref_string_release);
  g_clear_pointer (&self->tz, g_ref_string_release);
  g_clear_pointer (&self->place, g_ref_string_release);
  g_free (self->name);
  g_free (self->email);
  g_free (self->phone);
  g_free (self->attrs);
  g_free (self->staff_keys);
  g_free (self->note);
  g_free (self->open_queue);
  g_free (self->open_subject);
  g_free (self->open_context);
  g_free (self);
}

void
gate_visitor_release (GateCore    *core,
                      GateVisitor *self)
{
  if (gate_session_first_of_visitor (core, self->id) != NULL || self->n_convs > 0)
    return;
  gate_table_remove (core->visitors, self->id);
  gate_visitor_free (self);
}

static const char *
or_empty (const char *text)
{
  return text != NULL ? text : "";
}

void
gate_visitor_keep (GateCore    *core,
                   GateVisitor *self)
{
  GateVisitorRow *row = &gate_commit_write (core, GATE_WRITE_VISITOR)->row.visitor;
  WireArena *arena = gate_commit_arena (core);

  row->visitor = self->id;
  memcpy (row->digest, self->digest, GATE_DIGEST_BYTES);
  row->app = wire_arena_strdup (arena, or_empty (self->app));
  row->name = wire_arena_strdup (arena, or_empty (self->name));
  row->email = wire_arena_strdup (arena, or_empty (self->email));
  row->phone = wire_arena_strdup (arena, or_empty (self->phone));
  row->locale = wire_arena_strdup (arena, or_empty (self->locale));
  row->tz = wire_arena_strdup (arena, or_empty (self->tz));
  row->user_agent = wire_arena_strdup (arena, or_empty (self->user_agent));
  row->place = wire_arena_strdup (arena, or_empty (self->place));
  row->attrs = wire_arena_strdup (arena, or_empty (self->attrs));
  row->staff_keys = wire_arena_strdup (arena, or_empty (self->staff_keys));
  row->is_verified = self->is_verified;
  row->visits = self->visits;
  row->first_seen = self->first_seen;
  row->last_seen = self->last_seen;
  row->note = wire_arena_strdup (arena, or_empty (self->note));
  row->edited = self->edited;
  row->blocked_until = gate_visitor_blocked_until (core, self->id);
  gate_contact_know_name (core, self->id, self->name, self->edited);
}

void
gate_visitor_save (GateCore    *core,
                   GateVisitor *self)
{
  self->visits++;
  self->last_seen = (guint64) core->wall_ms;
  if (self->first_seen == 0)
    self->first_seen = self->last_seen;
  gate_visitor_keep (core, self);
}

void
gate_visitor_block (GateCore *core,
                    guint64   id,
                    guint64   until)
{
  if (until <= (guint64) core->wall_ms)
    g_hash_table_remove (core->blocked, &id);
  else
    g_hash_table_replace (core->blocked, g_memdup2 (&id, sizeof id),
                          g_memdup2 (&until, sizeof until));
}

guint64
gate_visitor_blocked_until (GateCore *core,
                            guint64   id)
{
  const guint64 *until = g_hash_table_lookup (core->blocked, &id);

  return until != NULL && *until > (guint64) core->wall_ms ? *until : 0;
}

static void
learn_text (GRefString **field,
            const char  *value)
{
  if (*field == NULL && !gate_text_is_empty (value))
    *field = g_ref_string_new_intern (value);
}

void
gate_visitor_take_row (GateVisitor          *self,
                       const GateVisitorRow *row)
{
  const struct {
    char **field;
    const char *value;
    guint edited; /* the bit which says that staff has set or emptied it */
  } texts[] = { { &self->name, row->name, GATE_CONTACT_NAME },
                { &self->email, row->email, GATE_CONTACT_EMAIL },
                { &self->phone, row->phone, GATE_CONTACT_PHONE },
                { &self->note, row->note, 0 },
                { &self->staff_keys, row->staff_keys, 0 } };
  char *attrs;

  if (self->has_row)
    return;
  attrs = gate_visitor_dup_attrs (self, row);
  g_free (self->attrs);
  self->attrs = attrs;
  memcpy (self->digest, row->digest, GATE_DIGEST_BYTES);
  self->has_digest = self->has_row = TRUE;
  self->visits = row->visits;
  self->first_seen = row->first_seen;
  self->last_seen = row->last_seen;
  self->is_verified |= row->is_verified;
  learn_text (&self->app, row->app);
  learn_text (&self->locale, row->locale);
  learn_text (&self->tz, row->tz);
  learn_text (&self->user_agent, row->user_agent);
  learn_text (&self->place, row->place);
  self->edited = row->edited;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    if ((row->edited & texts[i].edited) != 0)
      g_clear_pointer (texts[i].field, g_free);
    if (*texts[i].field == NULL && !gate_text_is_empty (texts[i].value))
      *texts[i].field = g_strdup (texts[i].value);
  }
}
