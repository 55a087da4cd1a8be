/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gate-outbox-list.h"
#include "gate-outbox.h"

#include <string.h>

enum {
  MAX_BYTES = 65536
};

static void
push (GateOutbox            *outbox,
      WireArena             *arena,
      const Gate__V1__Frame *frame)
{
  g_auto (WireBuffer) packed = WIRE_BUFFER_INIT;

  wire_frame_pack (frame, &packed);
  gate_outbox_push (outbox, &(GatePacked){ packed.data, packed.n_bytes }, MAX_BYTES, arena);
}

static void
push_ack (GateOutbox *outbox,
          WireArena  *arena,
          guint64     seq)
{
  Gate__V1__Ack ack = GATE__V1__ACK__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (ACK, ack, &ack);

  frame.id = (guint32) seq;
  ack.seq = seq;
  push (outbox, arena, &frame);
}

static void
push_queue (GateOutbox *outbox,
            WireArena  *arena,
            guint64     conv,
            guint       position)
{
  Gate__V1__QueueUpdate queue = GATE__V1__QUEUE_UPDATE__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (QUEUE, queue, &queue);

  queue.conv = conv;
  queue.position = position;
  push (outbox, arena, &frame);
}

/* @first of the waiting frames, unpacked. */
static Gate__V1__Frame *
nth (GateOutbox *outbox,
     WireArena  *arena,
     guint       n)
{
  GatePacked frames[16];
  Gate__V1__Frame *frame;

  g_assert_cmpuint (gate_outbox_peek (outbox, frames, 16, MAX_BYTES), >, n);
  g_assert_cmpint (wire_frame_unpack (arena, frames[n].bytes, frames[n].n_bytes, MAX_BYTES, &frame),
                   ==, WIRE_OK);
  return frame;
}

static void
test_order_and_replace (void)
{
  GateOutbox *outbox = gate_outbox_new ();
  g_autoptr (WireArena) scratch = wire_arena_new (4096);
  g_autoptr (WireArena) arena = wire_arena_new (4096);
  GatePacked frames[16];

  push_queue (outbox, scratch, 300, 3);
  push_ack (outbox, scratch, 1);
  push_queue (outbox, scratch, 301, 9);
  push_queue (outbox, scratch, 300, 2);
  push_ack (outbox, scratch, 2);
  g_assert_cmpuint (gate_outbox_peek (outbox, frames, 16, MAX_BYTES), ==, 4);
  g_assert_cmpuint (nth (outbox, arena, 0)->ack->seq, ==, 1);
  g_assert_cmpuint (nth (outbox, arena, 1)->queue->conv, ==, 301);
  g_assert_cmpuint (nth (outbox, arena, 2)->queue->position, ==, 2);
  g_assert_cmpuint (nth (outbox, arena, 3)->ack->seq, ==, 2);
  gate_outbox_drop (outbox, 2);
  g_assert_cmpuint (nth (outbox, arena, 0)->queue->position, ==, 2);
  /* The one that is left is still found and replaced. */
  push_queue (outbox, scratch, 300, 1);
  g_assert_cmpuint (gate_outbox_peek (outbox, frames, 16, MAX_BYTES), ==, 2);
  g_assert_cmpuint (nth (outbox, arena, 1)->queue->position, ==, 1);
  gate_outbox_drop (outbox, 2);
  g_assert_false (gate_outbox_has_frames (outbox));
  g_assert_cmpuint (gate_outbox_get_bytes (outbox), ==, 0);
  gate_outbox_free (outbox);
}

/* However often one thing changes, what waits about it stays one frame, and memory with it. */
static void
test_memory (void)
{
  GateOutbox *outbox = gate_outbox_new ();
  g_autoptr (WireArena) arena = wire_arena_new (4096);
  GatePacked frames[16];

  push_ack (outbox, arena, 1);
  for (guint i = 0; i < 1000000; i++)
    push_queue (outbox, arena, 300, i);
  g_assert_cmpuint (gate_outbox_peek (outbox, frames, 16, MAX_BYTES), ==, 2);
  g_assert_cmpuint (gate_outbox_get_bytes (outbox), <, 65536);
  g_assert_cmpuint (outbox->frames.allocated_bytes, <, 65536);
  gate_outbox_free (outbox);
}

/* An asked-for list has an id: it is an answer, never replaced and never waiting. */
static void
test_answers_stay (void)
{
  GateOutbox *outbox = gate_outbox_new ();
  g_autoptr (WireArena) arena = wire_arena_new (4096);
  Gate__V1__List list = GATE__V1__LIST__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (LIST, list, &list);
  GatePacked frames[16];

  frame.id = 7;
  list.list = GATE__V1__LIST_KIND__LI_QUEUE;
  push (outbox, arena, &frame);
  push (outbox, arena, &frame);
  g_assert_cmpuint (gate_outbox_peek (outbox, frames, 16, MAX_BYTES), ==, 2);
  g_assert_false (gate_frame_can_wait (&frames[0]));
  gate_outbox_free (outbox);
}

/* A model of what a client knows of a list: the rows it was told, minus what is gone. */
enum {
  N_CONVS = 12
};

typedef struct {
  guint64 epochs[N_CONVS + 1]; /* 0: no such row */
} Rows;

static void
apply (Rows                 *rows,
       const Gate__V1__List *list)
{
  if (list->reset)
    memset (rows, 0, sizeof *rows);
  for (gsize i = 0; i < list->n_gone; i++)
    rows->epochs[list->gone[i]] = 0;
  for (gsize i = 0; i < list->n_convs; i++)
    rows->epochs[list->convs[i]->conv] = list->convs[i]->epoch;
}

static void
push_random_list (GateOutbox *outbox,
                  WireArena  *arena,
                  GRand      *rand,
                  guint       epoch,
                  Rows       *whole)
{
  Gate__V1__List list = GATE__V1__LIST__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (LIST, list, &list);
  Gate__V1__ConvRow rows[N_CONVS];
  Gate__V1__ConvRow *pointers[N_CONVS];
  guint64 gone[N_CONVS];

  list.list = GATE__V1__LIST_KIND__LI_QUEUE;
  list.reset = g_rand_int_range (rand, 0, 20) == 0;
  list.convs = pointers;
  list.gone = gone;
  for (guint conv = 1; conv <= N_CONVS; conv++) {
    guint choice = (guint) g_rand_int_range (rand, 0, 6);

    if (choice == 0) {
      gate__v1__conv_row__init (&rows[list.n_convs]);
      rows[list.n_convs].conv = conv;
      rows[list.n_convs].epoch = epoch;
      pointers[list.n_convs] = &rows[list.n_convs];
      list.n_convs++;
    } else if (choice == 1) {
      gone[list.n_gone++] = conv;
    }
  }
  apply (whole, &list);
  push (outbox, arena, &frame);
}

/* Merged or not, a client that applies what arrives ends with the same rows as one that saw every frame. */
static void
test_list_merge (void)
{
  GateOutbox *outbox = gate_outbox_new ();
  g_autoptr (WireArena) scratch = wire_arena_new (4096);
  g_autoptr (WireArena) arena = wire_arena_new (4096);
  guint32 seed = g_test_rand_int ();
  GRand *rand = g_rand_new_with_seed (seed);
  Rows whole = { 0 };
  Rows merged = { 0 };

  g_test_message ("seed %u", seed);
  for (guint epoch = 1; epoch <= 20000; epoch++) {
    GatePacked frames[16];

    push_random_list (outbox, scratch, rand, epoch, &whole);
    if (g_rand_int_range (rand, 0, 4) != 0)
      continue;
    g_assert_cmpuint (gate_outbox_peek (outbox, frames, 16, MAX_BYTES), ==, 1);
    apply (&merged, nth (outbox, arena, 0)->list);
    gate_outbox_drop (outbox, 1);
    wire_arena_reset (arena);
    g_assert_cmpmem (&merged, sizeof merged, &whole, sizeof whole);
  }
  g_rand_free (rand);
  gate_outbox_free (outbox);
}

/* A crowd of small frames for a client that took none for a while, then one after the other: each once, in order, its
 * memory bounded by what waits. Were each drop to move the rest, this would take minutes. */
static void
test_long_backlog (void)
{
  enum {
    N_FRAMES = 200000
  };
  GateOutbox *outbox = gate_outbox_new ();
  g_autoptr (WireArena) arena = wire_arena_new (4096);

  for (guint i = 1; i <= N_FRAMES; i++)
    push_ack (outbox, arena, i);
  for (guint i = 1; i <= N_FRAMES; i++) {
    GatePacked first;
    Gate__V1__Frame *frame;

    g_assert_cmpuint (gate_outbox_peek (outbox, &first, 1, MAX_BYTES), ==, 1);
    g_assert_cmpint (wire_frame_unpack (arena, first.bytes, first.n_bytes, MAX_BYTES, &frame), ==,
                     WIRE_OK);
    g_assert_cmpuint (frame->id, ==, i);
    gate_outbox_drop (outbox, 1);
    wire_arena_reset (arena);
    g_assert_cmpuint (outbox->frames.n_bytes, <=, gate_outbox_get_bytes (outbox) + 16384);
  }
  g_assert_false (gate_outbox_has_frames (outbox));
  g_assert_cmpuint (gate_outbox_get_bytes (outbox), ==, 0);
  gate_outbox_free (outbox);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/edge/outbox/order-and-replace", test_order_and_replace);
  g_test_add_func ("/edge/outbox/memory", test_memory);
  g_test_add_func ("/edge/outbox/answers-stay", test_answers_stay);
  g_test_add_func ("/edge/outbox/list-merge", test_list_merge);
  g_test_add_func ("/edge/outbox/long-backlog", test_long_backlog);
  return g_test_run ();
}
