/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-park.h"

#include "gate-agent.h"
#include "gate-commit.h"
#include "gate-conversation.h"
#include "gate-handler.h"
#include "gate-outgoing.h"
#include "gate-session.h"

#define N_KINDS     GATE_N_QUERIES
#define REREAD_MS   1000
#define VISITOR_BIT (G_GUINT64_CONSTANT (1) << 63)

typedef struct _Parked Parked;
typedef struct _Lane Lane;

struct _Parked {
  GateQuestion question;
  Parked *next;
  Lane *lane; /* (nullable) */
  WireArena *arena;
  GateCall call;
  guint64 session, agent; /* looked up again: they may be gone */
  GateQuery *found[N_KINDS];
  gboolean is_asking;
  gboolean is_refused; /* answered already */
};

/** Lane: the frames of one key, in order; the first one asks. */
struct _Lane {
  guint64 key;
  Parked *first, *last;
  guint n;
  gboolean is_running;
};

struct _GateParkLot {
  GHashTable *lanes;     /* set of Lane by key */
  GHashTable *questions; /* set of GateQuestion that are out */
  guint n_parked;
  Parked *current;    /* being handled again */
  GPtrArray *refused; /* of Parked: to be done with after a failure */
};

static guint
lane_hash (gconstpointer lane)
{
  return gate_u64_mix (((const Lane *) lane)->key);
}

static gboolean
lane_equal (gconstpointer a,
            gconstpointer b)
{
  return ((const Lane *) a)->key == ((const Lane *) b)->key;
}

GateParkLot *
gate_park_new (void)
{
  GateParkLot *self = g_new0 (GateParkLot, 1);

  self->lanes = g_hash_table_new (lane_hash, lane_equal);
  self->questions = g_hash_table_new (NULL, NULL);
  self->refused = g_ptr_array_new ();
  return self;
}

static void
parked_free (Parked *parked)
{
  for (guint i = 0; i < N_KINDS; i++) {
    if (parked->found[i] != NULL)
      gate_query_free (parked->found[i]);
  }
  wire_arena_free (parked->arena); /* it lies in there itself */
}

gboolean
gate_park_is_asking (const GateCore *core)
{
  return g_hash_table_size (core->parked->questions) > 0;
}

static void
parked_drop (GateQuestion *question)
{
  /* Those of lanes are freed with their lanes. */
  if (((Parked *) question)->lane == NULL)
    parked_free ((Parked *) question);
}

static void
lane_free (Lane *lane)
{
  while (lane->first != NULL) {
    Parked *parked = lane->first;

    lane->first = parked->next;
    parked_free (parked);
  }
  g_free (lane);
}

void
gate_park_free (GateParkLot *self)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->questions);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    ((GateQuestion *) key)->drop (key);
  g_hash_table_iter_init (&iter, self->lanes);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    lane_free (key);
  g_hash_table_unref (self->lanes);
  g_hash_table_unref (self->questions);
  g_ptr_array_unref (self->refused);
  g_free (self);
}

void
gate_park_ask (GateCore     *core,
               GateQuestion *question,
               GateQuery    *query)
{
  query->user_data = question;
  g_hash_table_add (core->parked->questions, question);
  core->store->query (core->store, query);
}

void
gate_park_answered (GateCore  *core,
                    GateQuery *query)
{
  GateQuestion *question = query->user_data;

  g_hash_table_remove (core->parked->questions, question);
  if (!question->done (core, question, query))
    gate_query_free (query);
}

guint64
gate_park_key_of_visitor (guint64 visitor)
{
  return visitor | VISITOR_BIT;
}

guint64
gate_park_key_of_conv (guint64 conv)
{
  return conv;
}

/* --- Lanes ------------------------------------------------------------------------------------------------- */

static Lane *
find_lane (GateCore *core,
           guint64   key)
{
  Lane wanted = { .key = key };

  return key != 0 ? g_hash_table_lookup (core->parked->lanes, &wanted) : NULL;
}

static gboolean parked_done (GateCore     *core,
                             GateQuestion *question,
                             GateQuery    *query);

static Parked *
parked_new (const GateCall *call)
{
  WireArena *arena = wire_arena_new (1024);
  Parked *parked = wire_arena_new0 (arena, Parked);

  parked->question.done = parked_done;
  parked->question.drop = parked_drop;
  parked->arena = arena;
  parked->call = *call;
  parked->call.frame = wire_frame_dup (arena, call->frame);
  parked->session = call->session != NULL ? call->session->id : 0;
  parked->agent = call->agent != NULL ? call->agent->id : 0;
  return parked;
}

static void
lane_append (Lane   *lane,
             Parked *parked)
{
  parked->lane = lane;
  if (lane->last != NULL)
    lane->last->next = parked;
  else
    lane->first = parked;
  lane->last = parked;
  lane->n++;
}

static gboolean
has_room (GateCore       *core,
          const GateCall *call,
          const Lane     *lane)
{
  if (core->parked->n_parked < GATE_MAX_PARKED &&
      (lane == NULL || lane->n < GATE_MAX_PARKED_PER_KEY))
    return TRUE;
  gate_refuse (core, &call->asker, 503, "try_again", "too much waits for the store");
  return FALSE;
}

gboolean
gate_park_behind (GateCore       *core,
                  const GateCall *call,
                  guint64         key)
{
  Lane *lane = find_lane (core, key);

  if (lane == NULL)
    return FALSE;
  if (has_room (core, call, lane)) {
    lane_append (lane, parked_new (call));
    core->parked->n_parked++;
  }
  return TRUE;
}

static Lane *
lane_new (GateCore *core,
          guint64   key)
{
  Lane *lane = g_new0 (Lane, 1);

  lane->key = key;
  g_hash_table_add (core->parked->lanes, lane);
  return lane;
}

/* The record of this call: the one it has if it was parked before; %NULL: no room, refused. */
static Parked *
park (GateCore       *core,
      const GateCall *call,
      guint64         key)
{
  Parked *parked = core->parked->current;

  if (parked == NULL || parked->call.frame != call->frame) {
    if (!has_room (core, call, NULL))
      return NULL;
    parked = parked_new (call);
    core->parked->n_parked++;
    if (key != 0) {
      g_assert (find_lane (core, key) == NULL);
      lane_append (lane_new (core, key), parked);
    }
  }
  parked->is_asking = TRUE;
  return parked;
}

void
gate_park_wait (GateCore       *core,
                const GateCall *call,
                guint64         key,
                GateQuery      *query)
{
  Parked *parked = park (core, call, key);

  if (parked != NULL)
    gate_park_ask (core, &parked->question, query);
  else
    gate_query_free (query);
}

/* Handles a parked frame again; TRUE when it is done with. */
static gboolean
run_parked (GateCore *core,
            Parked   *parked)
{
  Parked *before = core->parked->current;
  GateCall *call = &parked->call;

  call->session = parked->session != 0 ? gate_session_find (core, parked->session) : NULL;
  call->agent = parked->agent != 0 ? gate_agent_find (core, parked->agent) : NULL;
  call->found = parked->found;
  parked->is_asking = FALSE;
  core->parked->current = parked;
  /* A peer that has gone for good asks nothing any more. */
  if (!parked->is_refused && (parked->session == 0 || call->session != NULL))
    gate_dispatch_again (core, call);
  core->parked->current = before;
  return !parked->is_asking;
}

static void
run_lane (GateCore *core,
          Lane     *lane)
{
  if (lane->is_running)
    return;
  lane->is_running = TRUE;
  while (lane->first != NULL && run_parked (core, lane->first)) {
    Parked *parked = lane->first;

    lane->first = parked->next;
    if (lane->first == NULL)
      lane->last = NULL;
    lane->n--;
    core->parked->n_parked--;
    parked_free (parked);
  }
  lane->is_running = FALSE;
  if (lane->first == NULL) {
    g_hash_table_remove (core->parked->lanes, lane);
    g_free (lane);
  }
}

static void
go_on (GateCore *core,
       Parked   *parked)
{
  if (parked->lane != NULL) {
    run_lane (core, parked->lane);
  } else if (run_parked (core, parked)) {
    core->parked->n_parked--;
    parked_free (parked);
  }
}

static gboolean
parked_done (GateCore     *core,
             GateQuestion *question,
             GateQuery    *query)
{
  Parked *parked = (Parked *) question;
  GateQuery **slot = &parked->found[query->kind];

  if (*slot != NULL)
    gate_query_free (*slot);
  *slot = query;
  /* Now, while the row is fresh: the call may have to wait for something else before it looks at it. */
  if (query->status == GATE_STORE_OK && query->n_convs > 0 &&
      (query->kind == GATE_QUERY_CONV || query->kind == GATE_QUERY_VISITOR_LAST))
    gate_conversation_adopt (core, &query->convs[0]);
  go_on (core, parked);
  return TRUE;
}

/* --- Waiting for a commit ------------------------------------------------------------------------------------ */

typedef struct {
  GateEffect effect;
  Parked *parked;
} CommitEffect;

static void
commit_release (GateCore   *core,
                GateEffect *effect)
{
  go_on (core, ((CommitEffect *) effect)->parked);
}

/* Handled again only once the conversations that were lost are out of memory: at the next query's or frame's turn. */
static void
commit_refuse (GateCore        *core,
               GateEffect      *effect,
               GateStoreStatus  status)
{
  Parked *parked = ((CommitEffect *) effect)->parked;

  gate_refuse_status (core, &parked->call.asker, status);
  parked->is_refused = TRUE;
  g_ptr_array_add (core->parked->refused, parked);
}

void
gate_park_after_failure (GateCore *core)
{
  GPtrArray *refused = core->parked->refused;

  while (refused->len > 0)
    go_on (core, g_ptr_array_remove_index (refused, 0));
}

void
gate_park_wait_commit (GateCore       *core,
                       const GateCall *call,
                       guint64         key)
{
  Parked *parked = park (core, call, key);
  CommitEffect *self;

  if (parked == NULL)
    return;
  self = gate_commit_effect (core, sizeof (CommitEffect), commit_release, commit_refuse);
  self->parked = parked;
}

/* --- Conversations whose batch was lost --------------------------------------------------------------------- */

typedef struct {
  GateQuestion question;
  guint64 conv;
} Reread;

static void
reread_drop (GateQuestion *question)
{
  g_free (question);
}

static gboolean
reread_done (GateCore     *core,
             GateQuestion *question,
             GateQuery    *query)
{
  Reread *self = (Reread *) question;

  if (query->status != GATE_STORE_OK) {
    core->lost_due_ms = MIN (core->lost_due_ms, core->now_ms + REREAD_MS);
  } else if (g_hash_table_remove (core->lost, &self->conv) && query->n_convs > 0) {
    gate_conversation_adopt (core, &query->convs[0]);
  }
  g_free (self);
  return FALSE;
}

void
gate_park_reread (GateCore *core,
                  guint64   conv)
{
  Reread *self = g_new0 (Reread, 1);
  GateQuery *query = gate_query_new (GATE_QUERY_CONV);

  self->question.done = reread_done;
  self->question.drop = reread_drop;
  self->conv = conv;
  query->conv = conv;
  gate_park_ask (core, &self->question, query);
}

void
gate_park_retry_lost (GateCore *core)
{
  GHashTableIter iter;
  gpointer key;

  core->lost_due_ms = G_MAXINT64;
  g_hash_table_iter_init (&iter, core->lost);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    gate_park_reread (core, *(guint64 *) key);
}
