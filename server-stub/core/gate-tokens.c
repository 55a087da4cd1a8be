/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-tokens.h"

static guint
token_hash (gconstpointer key)
{
  guint value;

  memcpy (&value, ((const GateToken *) key)->hash, sizeof value);
  return value;
}

static gboolean
token_equal (gconstpointer a,
             gconstpointer b)
{
  return memcmp (((const GateToken *) a)->hash, ((const GateToken *) b)->hash, GATE_HASH_BYTES) ==
         0;
}

static void
token_free (gpointer data)
{
  GateToken *self = data;

  g_free (self->device);
  g_free (self->device_name);
  g_free (self);
}

GHashTable *
gate_tokens_new (void)
{
  return g_hash_table_new_full (token_hash, token_equal, token_free, NULL);
}

GateToken *
gate_tokens_find (GHashTable   *tokens,
                  const guint8  hash[GATE_HASH_BYTES])
{
  GateToken wanted = { 0 };

  memcpy (wanted.hash, hash, GATE_HASH_BYTES);
  return g_hash_table_lookup (tokens, &wanted);
}

void
gate_tokens_add (GHashTable         *tokens,
                 const GateTokenRow *row)
{
  GateToken *self = g_new0 (GateToken, 1);

  memcpy (self->hash, row->hash, GATE_HASH_BYTES);
  self->kind = row->kind;
  self->is_used = row->is_used;
  self->family = row->family;
  self->agent = row->agent;
  self->expires = row->expires;
  self->device = g_strdup (row->device);
  self->device_name = g_strdup (row->device_name);
  g_hash_table_add (tokens, self);
}

static gboolean
is_of_family (gpointer key,
              gpointer value,
              gpointer user_data)
{
  return ((GateToken *) key)->family == *(guint64 *) user_data;
}

void
gate_tokens_remove_family (GHashTable *tokens,
                           guint64     family)
{
  g_hash_table_foreach_remove (tokens, is_of_family, &family);
}

static gboolean
is_of_agent (gpointer key,
             gpointer value,
             gpointer user_data)
{
  const guint64 *wanted = user_data;
  GateToken *self = key;

  return self->agent == wanted[0] && self->family != wanted[1];
}

void
gate_tokens_remove_agent (GHashTable *tokens,
                          guint64     agent,
                          guint64     except_family)
{
  guint64 wanted[2] = { agent, except_family };

  g_hash_table_foreach_remove (tokens, is_of_agent, wanted);
}

gboolean
gate_tokens_has_agent (GHashTable *tokens,
                       guint64     agent,
                       guint64     now)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, tokens);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    const GateToken *self = key;

    if (self->agent == agent && self->expires > now && !self->is_used)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_over (gpointer key,
         gpointer value,
         gpointer user_data)
{
  return ((GateToken *) key)->expires <= *(guint64 *) user_data;
}

void
gate_tokens_trim (GHashTable *tokens,
                  guint64     now)
{
  g_hash_table_foreach_remove (tokens, is_over, &now);
}
