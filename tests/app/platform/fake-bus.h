/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * FakeBus:
 *
 * A service on a private bus, on a thread with a connection of its own, so that a program that waits for it in its main loop is answered.
 */
typedef struct {
  GThread *thread;
  GMainLoop *loop;
  GDBusConnection *bus;
  GAsyncQueue *calls; /* GVariant (s name, v parameters) of every call */
  const char *xml;
  const char *name;
  const char *path;
  GDBusInterfaceMethodCallFunc answer;
  GDBusInterfaceGetPropertyFunc get_property;
} FakeBus;

/** fake_bus_start: @fake: name, path, xml and answer are set. */
void fake_bus_start (FakeBus *fake);
void fake_bus_stop (FakeBus *fake);

/** fake_bus_wait: (transfer full): the parameters of the next call to @method; those before it are dropped. */
GVariant *fake_bus_wait (FakeBus    *fake,
                         const char *method);

/** fake_bus_note: for @answer: this call was made. */
void fake_bus_note (FakeBus    *fake,
                    const char *method,
                    GVariant   *parameters);

/* Turns the loop until @condition holds; fails the test when it does not within ten seconds. */
#define WAIT_UNTIL(condition)                                         \
  G_STMT_START                                                        \
  {                                                                   \
    gint64 until_us_ = g_get_monotonic_time () + 10 * G_USEC_PER_SEC; \
    guint tick_ = g_timeout_add (20, fake_bus_tick, NULL);            \
    while (!(condition) && g_get_monotonic_time () < until_us_)       \
      g_main_context_iteration (NULL, TRUE);                          \
    g_source_remove (tick_);                                          \
    g_assert_true (condition);                                        \
  }                                                                   \
  G_STMT_END

gboolean fake_bus_tick (gpointer user_data);

G_END_DECLS
