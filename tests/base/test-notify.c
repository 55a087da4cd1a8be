/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gate-notify.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int
manager_listen (char **ret_name)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  int n_chars =
    snprintf (address.sun_path + 1, sizeof address.sun_path - 1, "usher-test-%d", getpid ());

  g_assert_cmpint (bind (fd, (struct sockaddr *) &address,
                         (socklen_t) (offsetof (struct sockaddr_un, sun_path) + 1 +
                                      (gsize) n_chars)),
                   ==, 0);
  *ret_name = g_strdup_printf ("@usher-test-%d", getpid ());
  return fd;
}

static void
test_send (void)
{
  g_autofree char *name = NULL;
  g_autofree char *pid = g_strdup_printf ("%d", getpid ());
  g_autoptr (GateNotify) notify = NULL;
  char text[64] = { 0 };
  int fd = manager_listen (&name);

  g_setenv ("NOTIFY_SOCKET", name, TRUE);
  g_setenv ("WATCHDOG_USEC", "10000000", TRUE);
  g_setenv ("WATCHDOG_PID", pid, TRUE);
  notify = gate_notify_new ();
  g_assert_true (gate_notify_send (notify, "READY=1\nSTATUS=serving"));
  g_assert_cmpint (recv (fd, text, sizeof text - 1, 0), ==, 22);
  g_assert_cmpstr (text, ==, "READY=1\nSTATUS=serving");
  g_assert_cmpuint (gate_notify_get_watchdog_ms (notify), ==, 5000);
  close (fd);
  /* Nobody listens any more: no signal, no error worth more than FALSE. */
  g_assert_false (gate_notify_send (notify, "STOPPING=1"));
}

static void
test_nobody (void)
{
  static const char *const names[] = { "relative", "", "vsock:1:2" };
  g_autoptr (GateNotify) none = NULL;

  g_unsetenv ("NOTIFY_SOCKET");
  none = gate_notify_new ();
  g_assert_false (gate_notify_send (none, "READY=1"));
  g_assert_cmpuint (gate_notify_get_watchdog_ms (none), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GateNotify) notify = NULL;

    g_setenv ("NOTIFY_SOCKET", names[i], TRUE);
    notify = gate_notify_new ();
    g_assert_false (gate_notify_send (notify, "READY=1"));
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/notify/send", test_send);
  g_test_add_func ("/base/notify/nobody", test_nobody);
  return g_test_run ();
}
