/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "gate-node"

#include "config.h"

#include "gate-node-tls.h"

#include "gate-keys.h"

#include <errno.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_MAX_BYTES ((gsize) 64 * 1024)

/* --- Files ------------------------------------------------------------------------------------------ */

static GBytes *
read_file (const char  *key,
           const char  *path,
           GError     **error)
{
  g_autofree char *text = NULL;
  gsize n_bytes;

  if (!g_file_get_contents (path, &text, &n_bytes, error)) {
    g_prefix_error (error, "%s: ", key);
    return NULL;
  }
  if (n_bytes > FILE_MAX_BYTES) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                 "%s: “%s” is no certificate and no key: it has %" G_GSIZE_FORMAT " bytes", key,
                 path, n_bytes);
    return NULL;
  }
  return g_bytes_new_take (g_steal_pointer (&text), n_bytes);
}

static gboolean
is_private (const char  *path,
            GError     **error)
{
  struct stat info;

  if (stat (path, &info) != 0 || (info.st_mode & 0007) == 0)
    return TRUE; /* what cannot be read is said by who reads it */
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_PERM,
               "tls.key: everybody may read “%s” (mode %03o); run: chmod 640 '%s'", path,
               info.st_mode & 0777, path);
  return FALSE;
}

static gboolean
read_pair (GateNodeTls       *self,
           const GateConfig  *config,
           GError           **error)
{
  const char *chain_path = gate_config_get_string (config, "tls.cert");
  const char *key_path = gate_config_get_string (config, "tls.key");
  gboolean has_chain = chain_path[0] != '\0';
  gboolean has_key = key_path[0] != '\0';

  if (has_chain != has_key) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                 "%s is set and %s is not: TLS needs both, no TLS neither",
                 has_chain ? "tls.cert" : "tls.key", has_chain ? "tls.key" : "tls.cert");
    return FALSE;
  }
  if (!has_chain)
    return TRUE;
  if (!is_private (key_path, error))
    return FALSE;
  self->chain = read_file ("tls.cert", chain_path, error);
  self->key = self->chain != NULL ? read_file ("tls.key", key_path, error) : NULL;
  return self->key != NULL;
}

/* --- Trying and keeping ----------------------------------------------------------------------------- */

static gboolean
try_pair (GateNodeTls  *self,
          gboolean      is_13_only,
          GError      **error)
{
  GateTlsIdentity identity = { .is_13_only = is_13_only };
  SSL_CTX *context;

  identity.chain = g_bytes_get_data (self->chain, &identity.chain_bytes);
  identity.key = g_bytes_get_data (self->key, &identity.key_bytes);
  context = gate_tls_context_new (&identity, error);
  if (context == NULL)
    return FALSE;
  self->days_left = gate_tls_context_get_days_left (context);
  SSL_CTX_free (context);
  return TRUE;
}

static void
clear_pair (GateNodeTls *self)
{
  g_clear_pointer (&self->chain, g_bytes_unref);
  g_clear_pointer (&self->key, g_bytes_unref);
}

gboolean
gate_node_tls_load (GateNodeTls       *self,
                    const GateConfig  *config,
                    GError           **error)
{
  GateNodeTls fresh = { .tickets = self->tickets };
  gboolean is_13_only = strcmp (gate_config_get_string (config, "tls.min"), "1.3") == 0;

  if (!read_pair (&fresh, config, error) ||
      (fresh.chain != NULL && !try_pair (&fresh, is_13_only, error))) {
    clear_pair (&fresh);
    return FALSE;
  }
  fresh.has_tickets = gate_config_get_bool (config, "tls.tickets");
  clear_pair (self);
  *self = fresh;
  if (self->chain != NULL && self->tickets.n_keys == 0)
    gate_node_tls_rotate (self);
  return TRUE;
}

void
gate_node_tls_clear (GateNodeTls *self)
{
  clear_pair (self);
  OPENSSL_cleanse (self, sizeof *self);
}

void
gate_node_tls_rotate (GateNodeTls *self)
{
  GateTlsTickets *tickets = &self->tickets;

  tickets->keys[1] = tickets->keys[0];
  gate_random (&tickets->keys[0], sizeof tickets->keys[0]);
  tickets->n_keys = MIN (tickets->n_keys + 1, G_N_ELEMENTS (tickets->keys));
}

static ProtobufCBinaryData
binary_of (GBytes *bytes)
{
  gsize n_bytes;
  gconstpointer data = g_bytes_get_data (bytes, &n_bytes);

  return (ProtobufCBinaryData){ n_bytes, (guint8 *) data };
}

Gate__Link__V1__Tls *
gate_node_tls_describe (const GateNodeTls *self,
                        GateNodeTlsRecord *record)
{
  static const Gate__Link__V1__Tls empty = GATE__LINK__V1__TLS__INIT;

  if (self->chain == NULL)
    return NULL;
  record->body = empty;
  record->body.chain = binary_of (self->chain);
  record->body.key = binary_of (self->key);
  for (guint i = 0; self->has_tickets && i < self->tickets.n_keys; i++)
    record->tickets[i] =
      (ProtobufCBinaryData){ sizeof self->tickets.keys[i], (guint8 *) &self->tickets.keys[i] };
  record->body.n_ticket_keys = self->has_tickets ? self->tickets.n_keys : 0;
  record->body.ticket_keys = record->tickets;
  return &record->body;
}
