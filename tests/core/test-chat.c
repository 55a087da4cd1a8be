/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core-harness.h"

/* A whole conversation, frame by frame. */

static void
test_whole (void)
{
  Harness *harness = harness_new ();
  Client *agent = harness_accepting (harness, "mei", 3);
  Client *visitor = harness_visitor (harness, NULL);
  guint64 conv = harness_chat (harness, visitor, agent);
  const Gate__V1__Frame *frame;

  g_assert_cmpuint (client_text (agent, conv, "hi")->seq, ==, 2);
  frame = client_take (visitor, GATE__V1__FRAME__BODY_MESSAGE);
  g_assert_nonnull (frame);
  g_assert_cmpstr (frame->message->text, ==, "hi");
  g_assert_cmpuint (frame->message->seq, ==, 2);
  harness_free (harness);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/chat/whole", test_whole);
  return g_test_run ();
}
