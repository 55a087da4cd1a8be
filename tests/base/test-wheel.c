/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gate-wheel.h"

typedef struct {
  GateTimer timer;
  guint64 due_tick;
  guint64 fired_at;
  gboolean is_armed;
} Probe;

static GateWheel wheel;
static guint n_fired;

static void
probe_fired (GateTimer *timer)
{
  Probe *probe = (Probe *) timer;

  g_assert_true (probe->is_armed);
  g_assert_cmpuint (wheel.now_tick, ==, probe->due_tick);
  probe->is_armed = FALSE;
  probe->fired_at = wheel.now_tick;
  n_fired++;
}

static void
arm (Probe   *probe,
     guint64  due_tick)
{
  probe->timer.fired = probe_fired;
  probe->due_tick = MAX (due_tick, wheel.now_tick + 1);
  probe->is_armed = TRUE;
  gate_wheel_arm (&wheel, &probe->timer, due_tick);
}

static void
test_boundaries (void)
{
  static const guint64 distances[] = { 0,
                                       1,
                                       63,
                                       64,
                                       65,
                                       127,
                                       128,
                                       4095,
                                       4096,
                                       4097,
                                       262143,
                                       262144,
                                       16777215,
                                       16777216,
                                       16777217,
                                       G_GUINT64_CONSTANT (1) << 30,
                                       (G_GUINT64_CONSTANT (1) << 30) + 77,
                                       G_GUINT64_CONSTANT (1) << 33 };
  static const guint64 starts[] = { 0, 1, 63, 64, 4095, 4096, 262143, 16777215, 1073741823 };

  for (guint s = 0; s < G_N_ELEMENTS (starts); s++)
    for (guint d = 0; d < G_N_ELEMENTS (distances); d++) {
      Probe probe = { 0 };

      gate_wheel_init (&wheel, starts[s]);
      n_fired = 0;
      arm (&probe, starts[s] + distances[d]);
      gate_wheel_advance (&wheel, probe.due_tick - 1);
      g_assert_cmpuint (n_fired, ==, 0);
      gate_wheel_advance (&wheel, probe.due_tick);
      g_assert_cmpuint (n_fired, ==, 1);
      g_assert_cmpuint (gate_wheel_get_next_tick (&wheel), ==, GATE_WHEEL_NEVER);
    }
}

static guint64
random_distance (GRand *rand)
{
  return g_rand_int (rand) >> g_rand_int_range (rand, 2, 32);
}

static guint64
earliest (const Probe *probes,
          guint        n_probes)
{
  guint64 tick = GATE_WHEEL_NEVER;

  for (guint i = 0; i < n_probes; i++)
    if (probes[i].is_armed)
      tick = MIN (tick, probes[i].due_tick);
  return tick;
}

/* Random arming, disarming and jumps of the clock, against a plain list: each timer fires once, at its tick. */
static void
test_against_list (void)
{
  enum {
    N_PROBES = 64,
    N_STEPS = 200000
  };
  Probe probes[N_PROBES] = { 0 };
  guint32 seed = g_test_rand_int ();
  GRand *rand = g_rand_new_with_seed (seed);

  g_test_message ("seed %u", seed);
  gate_wheel_init (&wheel, g_rand_int (rand));
  for (guint step = 0; step < N_STEPS; step++) {
    Probe *probe = &probes[g_rand_int_range (rand, 0, N_PROBES)];
    guint64 to_tick;

    switch (g_rand_int_range (rand, 0, 4)) {
    case 0:
    case 1:
      arm (probe, wheel.now_tick + random_distance (rand));
      break;
    case 2:
      gate_wheel_disarm (&wheel, &probe->timer);
      probe->is_armed = FALSE;
      break;
    default:
      to_tick = wheel.now_tick + random_distance (rand);
      g_assert_cmpuint (gate_wheel_get_next_tick (&wheel), <=, earliest (probes, N_PROBES));
      gate_wheel_advance (&wheel, to_tick);
      g_assert_cmpuint (wheel.now_tick, ==, to_tick);
      g_assert_cmpuint (earliest (probes, N_PROBES), >, to_tick);
      break;
    }
  }
  g_rand_free (rand);
}

/* Callbacks that arm and disarm, themselves and others of their own slot. */
static Probe twins[3];

static void
twin_fired (GateTimer *timer)
{
  n_fired++;
  for (guint i = 0; i < G_N_ELEMENTS (twins); i++)
    gate_wheel_disarm (&wheel, &twins[i].timer);
  if (n_fired < 3)
    gate_wheel_arm (&wheel, timer, wheel.now_tick);
}

static void
test_inside_callbacks (void)
{
  gate_wheel_init (&wheel, 0);
  n_fired = 0;
  for (guint i = 0; i < G_N_ELEMENTS (twins); i++) {
    twins[i].timer.fired = twin_fired;
    gate_wheel_arm (&wheel, &twins[i].timer, 10);
  }
  gate_wheel_advance (&wheel, 10);
  g_assert_cmpuint (n_fired, ==, 1);
  gate_wheel_advance (&wheel, 1000);
  g_assert_cmpuint (n_fired, ==, 3);
  g_assert_cmpuint (gate_wheel_get_next_tick (&wheel), ==, GATE_WHEEL_NEVER);
}

/* An idle deadline as an edge keeps it: activity stores a tick, only the timer's own firing arms it again. */
typedef struct {
  GateTimer timer;
  guint64 last_activity_tick;
  guint n_armings;
  guint64 closed_at;
} Idle;

#define IDLE_TICKS 1800

static void
idle_fired (GateTimer *timer)
{
  Idle *idle = (Idle *) timer;
  guint64 due_tick = idle->last_activity_tick + IDLE_TICKS;

  if (due_tick <= wheel.now_tick) {
    idle->closed_at = wheel.now_tick;
    return;
  }
  idle->n_armings++;
  gate_wheel_arm (&wheel, timer, due_tick);
}

static void
test_lazy (void)
{
  Idle idle = { .timer.fired = idle_fired, .n_armings = 1 };

  gate_wheel_init (&wheel, 0);
  gate_wheel_arm (&wheel, &idle.timer, IDLE_TICKS);
  for (guint64 tick = 1; tick <= 36000; tick++) {
    gate_wheel_advance (&wheel, tick);
    idle.last_activity_tick = tick;
  }
  /* An hour of a frame each tick cost one arming in three minutes. */
  g_assert_cmpuint (idle.n_armings, <=, 22);
  g_assert_cmpuint (idle.closed_at, ==, 0);
  gate_wheel_advance (&wheel, 36000 + IDLE_TICKS - 1);
  g_assert_cmpuint (idle.closed_at, ==, 0);
  gate_wheel_advance (&wheel, 36000 + IDLE_TICKS);
  g_assert_cmpuint (idle.closed_at, ==, 36000 + IDLE_TICKS);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/wheel/boundaries", test_boundaries);
  g_test_add_func ("/base/wheel/against-list", test_against_list);
  g_test_add_func ("/base/wheel/inside-callbacks", test_inside_callbacks);
  g_test_add_func ("/base/wheel/lazy", test_lazy);
  return g_test_run ();
}
