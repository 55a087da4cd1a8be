/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Open addressing with linear probing, and a random factor in the hash so that nobody can aim at one slot. Entries are only
 * removed when the table is rebuilt: either it grows, or what may be forgotten goes.
 */
#include "config.h"

#include "gate-addresses.h"
#include "gate-bucket.h"

#include <string.h>

#define MIN_SLOTS     64
#define BURST_SECONDS 10 /* `SECURITY.md` 2.10: 20 a second, 200 at once */

typedef struct {
  guint64 key; /* 0: the slot is free */
  GateBucket connects;
  guint32 n_connections;
} Entry;

struct _GateAddresses {
  Entry *entries;
  guint n_slots; /* a power of two */
  guint n_entries;
  guint max_addresses;
  guint64 factor;
};

GateAddresses *
gate_addresses_new (guint max_addresses)
{
  GateAddresses *self = g_new0 (GateAddresses, 1);

  self->n_slots = MIN_SLOTS;
  self->entries = g_new0 (Entry, self->n_slots);
  self->max_addresses = max_addresses;
  self->factor = ((guint64) g_random_int () << 32 | g_random_int ()) | 1;
  return self;
}

void
gate_addresses_free (GateAddresses *self)
{
  if (self == NULL)
    return;
  g_free (self->entries);
  g_free (self);
}

/* IPv4 addresses stand in a prefix that no global IPv6 address has (multicast, scope "reserved"). */
static guint64
key_of_ipv4 (guint32 address)
{
  return G_GUINT64_CONSTANT (0xff0f000400000000) | g_ntohl (address);
}

guint64
gate_addresses_key (const struct sockaddr_storage *address)
{
  const struct sockaddr_in *v4 = (gconstpointer) address;
  const struct sockaddr_in6 *v6 = (gconstpointer) address;
  guint64 prefix;
  guint32 mapped;

  if (address->ss_family == AF_INET)
    return key_of_ipv4 (v4->sin_addr.s_addr);
  if (address->ss_family != AF_INET6)
    return key_of_ipv4 (0);
  if (IN6_IS_ADDR_V4MAPPED (&v6->sin6_addr)) {
    memcpy (&mapped, v6->sin6_addr.s6_addr + 12, sizeof mapped);
    return key_of_ipv4 (mapped);
  }
  memcpy (&prefix, v6->sin6_addr.s6_addr, sizeof prefix);
  /* ::1 and the like: 0 marks a free slot. */
  return prefix != 0 ? prefix : 1;
}

static Entry *
find_slot (const GateAddresses *self,
           guint64              key)
{
  guint at = (guint) ((key * self->factor) >> 40) & (self->n_slots - 1);

  while (self->entries[at].key != 0 && self->entries[at].key != key)
    at = (at + 1) & (self->n_slots - 1);
  return &self->entries[at];
}

static gboolean
is_forgettable (const Entry *entry,
                gint64       now_us)
{
  return entry->n_connections == 0 && entry->connects.full_at_us <= now_us;
}

static void
rebuild (GateAddresses *self,
         gint64         now_us)
{
  Entry *old = self->entries;
  guint n_old = self->n_slots;
  guint n_kept = 0;

  for (guint i = 0; i < n_old; i++)
    n_kept += old[i].key != 0 && !is_forgettable (&old[i], now_us);
  while (self->n_slots > MIN_SLOTS && self->n_slots > n_kept * 8)
    self->n_slots /= 2;
  while (self->n_slots < n_kept * 2 + 2)
    self->n_slots *= 2;
  self->entries = g_new0 (Entry, self->n_slots);
  self->n_entries = n_kept;
  for (guint i = 0; i < n_old; i++)
    if (old[i].key != 0 && !is_forgettable (&old[i], now_us))
      *find_slot (self, old[i].key) = old[i];
  g_free (old);
}

gboolean
gate_addresses_admit (GateAddresses           *self,
                      guint64                  key,
                      const GateAddressLimits *limits,
                      gint64                   now_us)
{
  guint32 wait_ms;
  Entry *entry;

  /* At most three quarters full, so that probing stays short and always ends. */
  if (self->n_entries + 1 > self->n_slots / 4 * 3)
    rebuild (self, now_us);
  entry = find_slot (self, key);
  if (entry->key == 0) {
    if (self->n_entries == self->max_addresses)
      return FALSE;
    entry->key = key;
    self->n_entries++;
  }
  if (limits->connections > 0 && entry->n_connections >= limits->connections)
    return FALSE;
  if (!gate_bucket_take (&entry->connects, limits->connects_per_s,
                         limits->connects_per_s * BURST_SECONDS, now_us, &wait_ms))
    return FALSE;
  entry->n_connections++;
  return TRUE;
}

void
gate_addresses_leave (GateAddresses *self,
                      guint64        key)
{
  Entry *entry = find_slot (self, key);

  g_assert (entry->key == key && entry->n_connections > 0);
  entry->n_connections--;
}

guint
gate_addresses_get_n (const GateAddresses *self)
{
  return self->n_entries;
}
