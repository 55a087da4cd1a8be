/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fake-bus.h"

gboolean
fake_bus_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

void
fake_bus_note (FakeBus    *fake,
               const char *method,
               GVariant   *parameters)
{
  g_async_queue_push (fake->calls, g_variant_ref_sink (g_variant_new ("(sv)", method, parameters)));
}

GVariant *
fake_bus_wait (FakeBus    *fake,
               const char *method)
{
  for (;;) {
    g_autoptr (GVariant) call = g_async_queue_timeout_pop (fake->calls, 10 * G_USEC_PER_SEC);
    GVariant *parameters;
    const char *name;

    g_assert_nonnull (call);
    g_variant_get (call, "(&sv)", &name, &parameters);
    if (g_str_equal (name, method))
      return parameters;
    g_variant_unref (parameters);
  }
}

static gpointer
serve (gpointer data)
{
  FakeBus *fake = data;
  const GDBusInterfaceVTable table = { fake->answer, fake->get_property, NULL, { 0 } };
  GMainContext *context = g_main_loop_get_context (fake->loop);
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (fake->xml, NULL);
  g_autoptr (GVariant) owned = NULL;
  guint id;

  g_main_context_push_thread_default (context);
  id = g_dbus_connection_register_object (fake->bus, fake->path, node->interfaces[0], &table, fake,
                                          NULL, NULL);
  g_assert_cmpuint (id, !=, 0);
  owned =
    g_dbus_connection_call_sync (fake->bus, "org.freedesktop.DBus", "/", "org.freedesktop.DBus",
                                 "RequestName", g_variant_new ("(su)", fake->name, 4), NULL,
                                 G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  g_assert_nonnull (owned);
  fake_bus_note (fake, "up", g_variant_new_boolean (TRUE));
  g_main_loop_run (fake->loop);
  g_dbus_connection_unregister_object (fake->bus, id);
  g_main_context_pop_thread_default (context);
  return NULL;
}

void
fake_bus_start (FakeBus *fake)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SESSION, NULL, &error);
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_assert_no_error (error);
  fake->bus =
    g_dbus_connection_new_for_address_sync (address,
                                            G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                              G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                            NULL, NULL, &error);
  g_assert_no_error (error);
  fake->calls = g_async_queue_new_full ((GDestroyNotify) g_variant_unref);
  fake->loop = g_main_loop_new (context, FALSE);
  fake->thread = g_thread_new ("fake-bus", serve, fake);
  g_variant_unref (fake_bus_wait (fake, "up"));
}

void
fake_bus_stop (FakeBus *fake)
{
  g_main_loop_quit (fake->loop);
  g_thread_join (fake->thread);
  g_main_loop_unref (fake->loop);
  g_dbus_connection_close_sync (fake->bus, NULL, NULL);
  g_object_unref (fake->bus);
  g_async_queue_unref (fake->calls);
}
