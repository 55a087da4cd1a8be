/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening the data folder: waiting for whoever has it, and somebody who can sign in. */
#define G_LOG_DOMAIN "gate-node"

#include "config.h"

#include "gate-node-private.h"

#include "gate-log.h"
#include "gate-store-db.h"
#include "gate-store-lock.h"
#include "gate-store-sqlite.h"

#include <stdio.h>
#include <unistd.h>

#define FOLDER_EXTRA_MS \
  10000 /* beyond session.drain, for the gateway before us to let go of the folder */
#define FOLDER_TURN_MS 10

void
gate_node_take_snapshot (GateSnapshot *snapshot)
{
  if (gate_node.snapshot != NULL)
    wire_arena_free (gate_node.snapshot->arena);
  gate_node.snapshot = snapshot;
}

/* A one-time password a person can read out and type. */
static char *
make_password (void)
{
  static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
  GString *text = g_string_new (NULL);

  for (int i = 0; i < 16; i++) {
    guint8 byte;

    do
      gate_random (&byte, 1);
    while (byte >= 31 * 8); /* no letter is likelier than another */
    if (i > 0 && i % 4 == 0)
      g_string_append_c (text, '-');
    g_string_append_c (text, letters[byte % 31]);
  }
  return g_string_free (text, FALSE);
}

static gboolean
load_snapshot (GError **error)
{
  GateSnapshot *snapshot = gate_node.store->load (gate_node.store, error);

  if (snapshot != NULL)
    gate_node_take_snapshot (snapshot);
  return snapshot != NULL;
}

/* Somebody must be able to sign in to a gateway that was started for the first time. */
static gboolean
make_first_administrator (GError **error)
{
  g_autofree char *password = make_password ();
  g_autofree char *hash = gate_hash_password (password);
  GateBatch *batch = gate_batch_new ();
  GateAgentRow *row = &gate_batch_add (batch, GATE_WRITE_AGENT)->row.agent;

  *row = (GateAgentRow){
    .agent = gate_node.snapshot->next_agent,
    .login = "admin",
    .name = "Administrator",
    .role = "admin",
    .password = wire_arena_strdup (batch->arena, hash),
    .queues = "[]",
    .skills = "[]",
    .capacity = 5,
    .must_change = TRUE,
    .created_at = (guint64) g_get_real_time () / 1000,
  };
  gate_node.store->submit (gate_node.store, batch);
  gate_loop_run (gate_node.loop); /* until batch_cb */
  if (!load_snapshot (error))
    return FALSE;
  printf (
    "first administrator: login “admin”, one-time password “%s” (it must be changed at the first sign-in)\n",
    password);
  return TRUE;
}

static gboolean
try_store (GError **error)
{
  gate_node.store = gate_store_sqlite_open (gate_node.options->data_dir, gate_node.loop,
                                            &gate_node_store_done, NULL, error);
  return gate_node.store != NULL;
}

/* Says why it waits, once, and that it does, until it is over. */
static gboolean
queue_up (int     *next_fd,
          GError **problem)
{
  g_autoptr (GError) why = g_steal_pointer (problem);

  if (*next_fd >= 0)
    return TRUE;
  gate_log (GATE_LOG_INFO, "waiting_for_folder", "msg", "s", why->message, NULL);
  *next_fd = gate_store_dir_queue (gate_node.options->data_dir, problem);
  return *next_fd >= 0;
}

/* Another gateway may be about to end, or may end when it sees us wait. */
static gboolean
wait_for_store (GError **error)
{
  gint64 until_us = gate_loop_get_now_us (gate_node.loop) + (gint64) FOLDER_EXTRA_MS * 1000 +
                    gate_config_get_ms (gate_node.config, "session.drain") * 1000;
  g_autoptr (GError) problem = NULL;
  int next_fd = -1;

  while (!try_store (&problem) && !gate_node.is_stopping &&
         gate_loop_get_now_us (gate_node.loop) < until_us &&
         g_error_matches (problem, GATE_STORE_ERROR, GATE_STORE_ERROR_LOCKED) &&
         queue_up (&next_fd, &problem))
    gate_loop_turn (gate_node.loop, FOLDER_TURN_MS);
  if (next_fd >= 0)
    close (next_fd);
  if (problem != NULL)
    g_propagate_error (error, g_steal_pointer (&problem));
  return gate_node.store != NULL;
}

gboolean
gate_node_open_store (GError **error)
{
  if (!wait_for_store (error) || !load_snapshot (error))
    return FALSE;
  return gate_node.snapshot->n_agents > 0 || make_first_administrator (error);
}
