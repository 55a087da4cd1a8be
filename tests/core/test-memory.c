/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gate-core.h"
#include "memory-store.h"

#include "wire-frame.h"

#include <malloc.h>

/* DESIGN.md 3: a session costs at most 256 bytes in the core while idle, tables included. */

#define N_SESSIONS 100000
#define MAX_BYTES  256

static void
ignore_send (gpointer               remote,
             GateConnId             conn,
             const Gate__V1__Frame *frame)
{
}

static void
ignore_limits (gpointer                      remote,
               GateConnId                    conn,
               const Gate__Link__V1__Limits *limits)
{
}

static char *
find_place (gpointer    data,
            const char *peer)
{
  return g_strdup ("Malmö, Sweden");
}

static const GateRemote remote = { .send = ignore_send, .limits = ignore_limits };

static void
sign_in (GateCore *core,
         guint     number)
{
  Gate__Link__V1__Opened opened = GATE__LINK__V1__OPENED__INIT;
  Gate__V1__Hello hello = GATE__V1__HELLO__INIT;
  Gate__V1__Auth auth = GATE__V1__AUTH__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (HELLO, hello, &hello);
  Gate__V1__Frame second = WIRE_FRAME (AUTH, auth, &auth);
  g_autofree char *peer =
    g_strdup_printf ("10.%u.%u.%u", number >> 16, number >> 8 & 255, number & 255);

  opened.transport = GATE__LINK__V1__TRANSPORT__TR_TCP;
  opened.peer = peer;
  gate_core_opened (core, GATE_CONN_ID (1, number), &opened);
  hello.version = 1;
  hello.channel = GATE__V1__CHANNEL__CH_WEB;
  hello.app_key = (char *) "demo";
  hello.user_agent = (char *) "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36";
  hello.locale = (char *) "zh-CN";
  hello.tz = (char *) "Asia/Shanghai";
  gate_core_frame (core, GATE_CONN_ID (1, number), &frame);
  gate_core_frame (core, GATE_CONN_ID (1, number), &second);
}

static void
test_idle (void)
{
  static const GateCoreApp app = { .key = "demo" };
  GateCoreSettings settings = { .apps = &app,
                                .n_apps = 1,
                                .resume_ms = 180000,
                                .find_place = find_place };
  MemoryStore *store = memory_store_new (1);
  GateCore *core = gate_core_new (&settings, &remote, NULL, memory_store_get (store));
  GateSnapshot *snapshot = memory_store_get (store)->load (memory_store_get (store), NULL);
  gsize before, each;

  gate_core_set_now (core, 1000, 1000000);
  gate_core_start (core, snapshot);
  wire_arena_free (snapshot->arena);
  before = mallinfo2 ().uordblks + mallinfo2 ().hblkhd;
  for (guint i = 1; i <= N_SESSIONS; i++)
    sign_in (core, i);
  each = (mallinfo2 ().uordblks + mallinfo2 ().hblkhd - before) / N_SESSIONS;
  g_test_message ("%" G_GSIZE_FORMAT " bytes an idle session", each);
  if (g_getenv ("ASAN_OPTIONS") == NULL || each > 0)
    g_assert_cmpuint (each, <=, MAX_BYTES);
  /* All of it comes back. */
  gate_core_worker_gone (core, 1);
  gate_core_set_now (core, 400000, 1400000);
  gate_core_tick (core);
  g_assert_cmpuint ((mallinfo2 ().uordblks + mallinfo2 ().hblkhd) / N_SESSIONS, <,
                    before / N_SESSIONS + 20);
  gate_core_free (core);
  memory_store_free (store);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/memory/idle-session", test_idle);
  return g_test_run ();
}
