/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-who.h"

struct _GateWhoCache {
  GHashTable *until_us; /* GBytes of the hash → gint64 * */
};

GateWhoCache *
gate_who_cache_new (void)
{
  GateWhoCache *self = g_new0 (GateWhoCache, 1);

  self->until_us =
    g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, g_free);
  return self;
}

void
gate_who_cache_free (GateWhoCache *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->until_us);
  g_free (self);
}

gboolean
gate_who_cache_has (GateWhoCache *self,
                    const guint8  token_sha256[32],
                    gint64        now_us)
{
  g_autoptr (GBytes) key = g_bytes_new (token_sha256, 32);
  const gint64 *until_us = g_hash_table_lookup (self->until_us, key);

  return until_us != NULL && now_us < *until_us;
}

static gboolean
is_over (gpointer key,
         gpointer value,
         gpointer user_data)
{
  return *(const gint64 *) value <= *(const gint64 *) user_data;
}

void
gate_who_cache_add (GateWhoCache *self,
                    const guint8  token_sha256[32],
                    gint64        now_us)
{
  gint64 *until_us;

  if (g_hash_table_size (self->until_us) >= GATE_WHO_CACHE_MAX)
    g_hash_table_foreach_remove (self->until_us, is_over, &now_us);
  if (g_hash_table_size (self->until_us) >= GATE_WHO_CACHE_MAX)
    g_hash_table_remove_all (self->until_us);
  until_us = g_new (gint64, 1);
  *until_us = now_us + GATE_WHO_CACHE_US;
  g_hash_table_replace (self->until_us, g_bytes_new (token_sha256, 32), until_us);
}
