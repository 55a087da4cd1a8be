/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-private.h"

#include "wire-token.h"

#include <signal.h>
#include <string.h>

#define MINUTE_MS     G_GINT64_CONSTANT (60000)
#define DAY_MS        (24 * 60 * MINUTE_MS)
#define SETTLE_EVENTS 400000

static Sim *running; /* for the tail when the core itself aborts */

/* --- Chance ------------------------------------------------------------------------------------------------------ */

guint64
sim_random (Sim *self)
{
  guint64 z = self->rng += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

guint
sim_below (Sim   *self,
           guint  n)
{
  return n > 0 ? (guint) (sim_random (self) % n) : 0;
}

gboolean
sim_chance (Sim   *self,
            guint  one_in)
{
  return one_in > 0 && sim_random (self) % one_in == 0;
}

/* --- The tail ------------------------------------------------------------------------------------------------------- */

static void
print_one (Sim           *self,
           const SimTail *tail)
{
  g_printerr ("%8" G_GUINT64_FORMAT " %10.3f s  %-16s device %-4u %" G_GUINT64_FORMAT
              " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n",
              tail->step, (double) (tail->wall_ms - self->start_wall_ms) / 1000, tail->what,
              tail->device, tail->a, tail->b, tail->c);
}

void
sim_note (Sim        *self,
          const char *what,
          guint       device,
          guint64     a,
          guint64     b,
          guint64     c)
{
  SimTail *tail = &self->tail[self->n_tail++ % SIM_TAIL];

  *tail = (SimTail){ self->n_steps, self->wall_ms, g_intern_string (what), device, a, b, c };
  if (self->options.is_verbose)
    print_one (self, tail);
}

static void
print_tail (Sim *self)
{
  guint64 first = self->n_tail > SIM_TAIL ? self->n_tail - SIM_TAIL : 0;

  for (guint64 i = first; i < self->n_tail && !self->options.is_verbose; i++)
    print_one (self, &self->tail[i % SIM_TAIL]);
  g_printerr ("seed %" G_GUINT64_FORMAT ", step %" G_GUINT64_FORMAT "\n", self->options.seed,
              self->n_steps);
}

void
sim_fail (Sim        *self,
          const char *format,
          ...)
{
  va_list args;
  g_autofree char *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  print_tail (self);
  running = NULL;
  g_error ("%s", text);
}

static void
aborted (int number)
{
  Sim *self = running;

  running = NULL;
  if (self != NULL)
    print_tail (self);
  signal (SIGABRT, SIG_DFL);
}

/* --- What leaves the core --------------------------------------------------------------------------------------------- */

static SimDevice *
device_of (Sim        *self,
           GateConnId  conn)
{
  SimDevice *device = &self->devices[conn & (SIM_MAX_DEVICES - 1)];

  return device->conn == conn ? device : NULL;
}

static void
mix_digest (Sim     *self,
            guint64  value)
{
  self->result.digest = (self->result.digest ^ value) * G_GUINT64_CONSTANT (0x100000001b3);
}

static void
remote_send (gpointer               remote,
             GateConnId             conn,
             const Gate__V1__Frame *frame)
{
  Sim *self = remote;
  SimDevice *device = device_of (self, conn);

  mix_digest (self, conn ^ (guint64) frame->body_case << 40 ^ frame->id);
  if (device != NULL)
    sim_device_hear (device, frame);
}

static void
remote_limits (gpointer                      remote,
               GateConnId                    conn,
               const Gate__Link__V1__Limits *limits)
{
}

static void
remote_close (gpointer    remote,
              GateConnId  conn,
              guint       code,
              const char *reason)
{
  SimDevice *device = device_of (remote, conn);

  mix_digest (remote, conn ^ code);
  if (device != NULL)
    sim_device_closed (device, code);
}

static const GateRemote remote = {
  .send = remote_send,
  .limits = remote_limits,
  .close = remote_close,
};

/* --- The core and its store ------------------------------------------------------------------------------------------------ */

static void
batch_done (GateBatch *batch,
            gpointer   user_data)
{
  gate_core_batch_done (((Sim *) user_data)->core, batch);
}

static void
query_done (GateQuery *query,
            gpointer   user_data)
{
  gate_core_query_done (((Sim *) user_data)->core, query);
}

static void
start_core (Sim *self)
{
  static const GateStoreDone done = { batch_done, query_done, NULL };
  GateSnapshot *snapshot;

  self->settings.seed = sim_random (self);
  self->core = gate_core_new (&self->settings, &remote, self, memory_store_get (self->store));
  gate_core_set_checked (self->core, TRUE);
  gate_core_set_now (self->core, self->now_ms, self->wall_ms);
  memory_store_connect (self->store, &done, self);
  snapshot = memory_store_get (self->store)->load (memory_store_get (self->store), NULL);
  gate_core_start (self->core, snapshot);
  wire_arena_free (snapshot->arena);
}

/* kill -9: what was not committed is gone; whether the last batch was is anybody's guess. */
static void
kill_core (Sim *self)
{
  sim_note (self, "KILL", 0, memory_store_has_batch (self->store), 0, 0);
  self->result.n_kills++;
  memory_store_crash (self->store, sim_chance (self, 2));
  g_clear_pointer (&self->core, gate_core_free);
  for (guint i = 0; i < self->n_devices; i++) {
    self->devices[i].closed_conn = 0;
    if (self->devices[i].conn != 0)
      sim_device_drop (&self->devices[i]);
  }
  sim_check_store (self);
  start_core (self);
}

static void
run_store (Sim *self)
{
  gboolean is_bad = self->n_steps < self->bad_disk_until;
  GateStoreStatus status = !is_bad                ? GATE_STORE_OK
                           : sim_chance (self, 2) ? GATE_STORE_FULL
                                                  : GATE_STORE_FAILED;

  if (memory_store_has_batch (self->store) && !sim_chance (self, 4)) {
    if (status != GATE_STORE_OK) {
      sim_note (self, "BAD DISK", 0, status, 0, 0);
      self->result.n_failures++;
    }
    self->result.n_events++;
    memory_store_commit (self->store, status);
    return;
  }
  for (guint i = 0; i < 4 && memory_store_n_queries (self->store) > 0; i++) {
    self->result.n_events++;
    memory_store_answer (self->store, sim_below (self, 8),
                         is_bad && sim_chance (self, 2) ? GATE_STORE_FAILED : GATE_STORE_OK);
  }
}

/* --- Time -------------------------------------------------------------------------------------------------------------------- */

/* Nights are quiet: the same events take longer. */
static gint64
pause_ms (Sim *self)
{
  gint64 hour = self->wall_ms / (60 * MINUTE_MS) % 24;
  guint slow = hour < 7 ? 10 : hour > 20 ? 3 : 1;

  return sim_below (self, 250 * slow);
}

static void
pass_time (Sim *self)
{
  gint64 ms = self->is_quiet ? 20 : pause_ms (self);

  self->now_ms += ms;
  self->wall_ms += ms;
  gate_core_set_now (self->core, self->now_ms, self->wall_ms);
  if (gate_core_next_due_ms (self->core) > self->now_ms)
    return;
  self->result.n_events++;
  gate_core_tick (self->core);
}

/* --- Events ---------------------------------------------------------------------------------------------------------------------- */

static void
cut_worker (Sim *self)
{
  guint worker = 1 + sim_below (self, 2);

  sim_note (self, "CUT WORKER", 0, worker, 0, 0);
  gate_core_worker_gone (self->core, worker);
  for (guint i = 0; i < self->n_devices; i++) {
    if (self->devices[i].conn >> 32 == worker)
      sim_device_drop (&self->devices[i]);
  }
}

static void
one_event (Sim *self)
{
  const SimOptions *options = &self->options;

  self->n_steps++;
  pass_time (self);
  if (!self->is_quiet && sim_chance (self, options->kill_every))
    kill_core (self);
  else if (!self->is_quiet && sim_chance (self, options->kill_every))
    cut_worker (self);
  if (!self->is_quiet && sim_chance (self, options->fail_every))
    self->bad_disk_until = self->n_steps + sim_below (self, 60);
  if (sim_chance (self, 3))
    run_store (self);
  else if (sim_chance (self, 3)) /* agents are few and busy */
    sim_device_act (&self->devices[self->n_visitor_devices +
                                   sim_below (self, self->n_devices - self->n_visitor_devices)]);
  else
    sim_device_act (&self->devices[sim_below (self, self->n_visitor_devices)]);
  if (!sim_chance (self, 4))
    gate_core_turn_end (self->core);
  gate_core_check_step (self->core);
  if (self->n_steps % options->check_every == 0)
    gate_core_check (self->core);
}

/* Nobody begins anything; everybody comes back and catches up. Then all must hold the same. */
static void
settle (Sim *self)
{
  guint n_unsettled;

  self->is_quiet = TRUE;
  self->bad_disk_until = 0;
  for (guint i = 0; i < self->n_devices; i++)
    self->devices[i].connect_ms = MIN (self->devices[i].connect_ms, self->now_ms);
  for (guint round = 0; round < SETTLE_EVENTS; round += self->n_devices) {
    n_unsettled = 0;
    for (guint i = 0; i < self->n_devices; i++) {
      sim_device_act (&self->devices[i]);
      gate_core_turn_end (self->core);
      run_store (self);
    }
    pass_time (self);
    for (guint i = 0; i < self->n_devices; i++)
      n_unsettled += !sim_device_is_settled (&self->devices[i]);
    if (n_unsettled == 0 && !memory_store_has_batch (self->store) &&
        memory_store_n_queries (self->store) == 0)
      break;
  }
  gate_core_turn_end (self->core);
  memory_store_run (self->store);
  gate_core_check (self->core);
  for (guint i = 0; i < self->n_devices; i++) {
    if (!sim_device_is_settled (&self->devices[i]))
      sim_fail (self, "device %u does not come to rest (outbox %u, conn %d)", i,
                self->devices[i].n_outbox, self->devices[i].conn != 0);
    sim_device_check_whole (&self->devices[i]);
  }
  sim_check_store (self);
  self->is_quiet = FALSE;
}

/* --- Setting up ------------------------------------------------------------------------------------------------------------------------ */

static guint
refused_hash (gconstpointer key)
{
  return (guint) ((const SimRefused *) key)->cid;
}

static gboolean
refused_equal (gconstpointer a,
               gconstpointer b)
{
  return memcmp (a, b, sizeof (SimRefused)) == 0;
}

static const GateCoreApp sim_apps[] = { { .key = "demo" } };
static const GateCoreQueue sim_queues[] = {
  { .name = "default", .title = "Default" },
  { .name = "tech", .title = "Technical", .priority = 1 },
};

static void
fill_settings (Sim *self)
{
  self->settings = (GateCoreSettings){
    .node = "sim",
    .ping_ms = 30000,
    .idle_ms = 180000,
    .resume_ms = 180000,
    .edit_window_ms = 120000,
    .offer_ms = 20000,
    .owner_grace_ms = 60000,
    .visitor_grace_ms = 60000,
    .wrapup_ms = 60000,
    .reopen_ms = 10 * MINUTE_MS, /* short, so that new conversations are opened too */
    .url_ttl_ms = DAY_MS,
    .idle_slot_ms = 10 * MINUTE_MS,
    .idle_close_ms = 60 * MINUTE_MS,
    .max_frame_bytes = 65536,
    .batch_rows = 64,
    .sneak_peek = TRUE,
    .apps = sim_apps,
    .n_apps = 1,
    .queues = sim_queues,
    .n_queues = G_N_ELEMENTS (sim_queues),
  };
}

static void
add_visitor (Sim   *self,
             guint  peer)
{
  guint n = 1 + (sim_chance (self, 3) ? 1 : 0);
  guint8 random[WIRE_VISITOR_KEY_RANDOM_BYTES] = { 0 };

  memcpy (random, &peer, sizeof peer);
  while (n-- > 0) {
    SimDevice *device = &self->devices[self->n_devices++];

    sim_device_init (self, device, TRUE, peer);
    wire_visitor_key_make (random, device->visitor_key);
  }
}

static void
add_agent (Sim   *self,
           guint  peer)
{
  g_autofree char *login = g_strdup_printf ("agent%u", peer);
  const char *role = peer + 3 >= self->options.n_agents ? "supervisor" : "agent";
  guint64 id = memory_store_add_agent (self->store, login, role, 3 + peer % 4,
                                       peer % 3 == 0 ? "[\"default\"]" : "[]");
  guint8 random[WIRE_OPAQUE_RANDOM_BYTES] = { 1 };
  SimDevice *device = &self->devices[self->n_devices++];

  memcpy (random + 1, &peer, sizeof peer);
  sim_device_init (self, device, FALSE, peer);
  wire_opaque_make (WIRE_OPAQUE_ACCESS, random, device->visitor_key);
  memory_store_add_access (self->store, id, device->visitor_key, 1000 + id,
                           (guint64) self->wall_ms + 3650 * (guint64) DAY_MS);
}

static Sim *
sim_new (const SimOptions *options)
{
  Sim *self = g_new0 (Sim, 1);

  self->options = *options;
  self->rng = options->seed;
  self->now_ms = 1000000;
  self->wall_ms = self->start_wall_ms =
    G_GINT64_CONSTANT (1767250800000); /* seven in the morning */
  self->store = memory_store_new (77);
  self->refused = g_hash_table_new_full (refused_hash, refused_equal, g_free, NULL);
  fill_settings (self);
  g_assert (options->n_visitors * 2 + options->n_agents < SIM_MAX_DEVICES);
  for (guint i = 0; i < options->n_visitors; i++)
    add_visitor (self, i);
  self->n_visitor_devices = self->n_devices;
  for (guint i = 0; i < options->n_agents; i++)
    add_agent (self, i);
  start_core (self);
  return self;
}

static void
sim_free (Sim *self)
{
  memory_store_crash (self->store, FALSE);
  gate_core_free (self->core);
  memory_store_free (self->store);
  for (guint i = 0; i < self->n_devices; i++)
    sim_device_done (&self->devices[i]);
  g_hash_table_unref (self->refused);
  g_free (self);
}

static gboolean
is_over (const Sim *self)
{
  const SimOptions *options = &self->options;

  return (options->n_events > 0 && self->result.n_events >= options->n_events) ||
         (options->n_days > 0 &&
          (double) (self->wall_ms - self->start_wall_ms) / DAY_MS >= options->n_days);
}

SimResult
sim_run (const SimOptions *options)
{
  Sim *self = sim_new (options);
  SimResult result;

  running = self;
  signal (SIGABRT, aborted);
  while (!is_over (self))
    one_event (self);
  settle (self);
  running = NULL;
  signal (SIGABRT, SIG_DFL);
  self->result.n_messages = memory_store_n_messages (self->store);
  self->result.n_merges = memory_store_n_writes (self->store, GATE_WRITE_MERGE);
  self->result.n_convs = memory_store_n_convs (self->store);
  self->result.n_days = (double) (self->wall_ms - self->start_wall_ms) / DAY_MS;
  result = self->result;
  sim_free (self);
  return result;
}
