/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-limiter.h"

#include "gate-session.h"

#include "wire-token.h"

#define MINUTE_MS G_GINT64_CONSTANT (60000)

/* How many in which window; whoever asks beyond that waits longer each time, up to an hour. */
static const struct {
  guint n;
  gint64 window_ms;
  gboolean is_growing;
} limits[] = {
  [GATE_LIMIT_SIGN_IN_ACCOUNT] = { 10, 15 * MINUTE_MS, TRUE },
  [GATE_LIMIT_SIGN_IN_ADDRESS] = { 5, 5 * MINUTE_MS, TRUE },
  [GATE_LIMIT_CONVERSATIONS] = { 0, 720 * MINUTE_MS, FALSE }, /* n is a setting */
};

#define LONGEST_DELAY_MS (60 * MINUTE_MS)

typedef struct {
  guint64 who;
  guint kind;
  guint n;
  guint n_refused; /* windows that ended in a refusal, in a row */
  gint64 until_ms; /* of the window, or of the refusal */
  gboolean is_refused;
} Counted;

struct _GateLimiter {
  GHashTable *counted;
};

static guint
counted_hash (gconstpointer key)
{
  const Counted *self = key;

  return gate_u64_mix (self->who + self->kind);
}

static gboolean
counted_equal (gconstpointer a,
               gconstpointer b)
{
  const Counted *left = a;
  const Counted *right = b;

  return left->who == right->who && left->kind == right->kind;
}

GateLimiter *
gate_limiter_new (void)
{
  GateLimiter *self = g_new0 (GateLimiter, 1);

  self->counted = g_hash_table_new_full (counted_hash, counted_equal, g_free, NULL);
  return self;
}

void
gate_limiter_free (GateLimiter *self)
{
  g_hash_table_unref (self->counted);
  g_free (self);
}

static Counted *
find (GateCore      *core,
      GateLimitKind  kind,
      guint64        who)
{
  Counted wanted = { .who = who, .kind = kind };

  return g_hash_table_lookup (core->limiter->counted, &wanted);
}

static gboolean
is_over (gpointer key,
         gpointer value,
         gpointer user_data)
{
  const Counted *self = key;
  gint64 memory_ms = self->n_refused > 0 ? LONGEST_DELAY_MS : 0; /* of who was refused before */

  return self->until_ms + memory_ms <= ((GateCore *) user_data)->now_ms;
}

void
gate_limiter_trim (GateCore *core)
{
  g_hash_table_foreach_remove (core->limiter->counted, is_over, core);
}

static Counted *
get (GateCore      *core,
     GateLimitKind  kind,
     guint64        who)
{
  Counted *self = find (core, kind, who);

  if (self != NULL)
    return self;
  if (g_hash_table_size (core->limiter->counted) >= GATE_MAX_LIMITED)
    gate_limiter_trim (core);
  if (g_hash_table_size (core->limiter->counted) >= GATE_MAX_LIMITED)
    return NULL;
  self = g_new0 (Counted, 1);
  self->who = who;
  self->kind = kind;
  self->until_ms = core->now_ms + limits[kind].window_ms;
  g_hash_table_add (core->limiter->counted, self);
  return self;
}

static void
turn_window (GateCore *core,
             Counted  *self)
{
  if (core->now_ms < self->until_ms)
    return;
  if (!self->is_refused)
    self->n_refused = 0;
  self->n = 0;
  self->is_refused = FALSE;
  self->until_ms = core->now_ms + limits[self->kind].window_ms;
}

gint64
gate_limiter_take (GateCore      *core,
                   GateLimitKind  kind,
                   guint64        who)
{
  guint limit =
    kind == GATE_LIMIT_CONVERSATIONS ? core->settings.conversations_per_address : limits[kind].n;
  Counted *self;

  if (limit == 0)
    return 0;
  self = get (core, kind, who);
  if (self == NULL)
    return MINUTE_MS; /* a flood from everywhere: nobody can be counted any more */
  turn_window (core, self);
  if (self->n < limit) {
    self->n++;
    return 0;
  }
  if (!self->is_refused && limits[kind].is_growing) {
    gint64 delay_ms = limits[kind].window_ms << MIN (self->n_refused, 4);

    self->n_refused++;
    self->until_ms = core->now_ms + MIN (delay_ms, LONGEST_DELAY_MS);
  }
  self->is_refused = TRUE;
  return self->until_ms - core->now_ms;
}

void
gate_limiter_give_back (GateCore      *core,
                        GateLimitKind  kind,
                        guint64        who,
                        gboolean       all)
{
  Counted *self = find (core, kind, who);

  if (self == NULL)
    return;
  self->n = all || self->n == 0 ? 0 : self->n - 1;
  if (all)
    self->n_refused = 0;
}

guint64
gate_text_key (const char *text)
{
  guint8 digest[WIRE_SHA256_BYTES];
  guint64 key;

  wire_sha256 (text, strlen (text), digest);
  memcpy (&key, digest, sizeof key);
  return key;
}

guint64
gate_address_key (const char *peer)
{
  g_auto (GStrv) groups = NULL;
  g_autofree char *prefix = NULL;

  if (gate_text_is_empty (peer))
    return 0;
  /* An IPv6 peer owns at least a /64. A `::` within the first four groups only makes them fewer. */
  if (strchr (peer, ':') == NULL || g_str_has_prefix (peer, "::"))
    return gate_text_key (peer);
  groups = g_strsplit (peer, ":", 5);
  if (g_strv_length (groups) < 5)
    return gate_text_key (peer);
  g_clear_pointer (&groups[4], g_free);
  prefix = g_strjoinv (":", groups);
  return gate_text_key (prefix);
}
