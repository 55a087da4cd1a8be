/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core-harness.h"

#include "wire-frame.h"

#include <string.h>

/* Who a visitor is: what their page says, what staff says, and which visitors are one person. */

#define BODY(name) GATE__V1__FRAME__BODY_##name

typedef struct {
  Harness *harness;
  Client *agent, *visitor;
  guint64 conv;
} Chat;

static void
chat_init (Chat *self)
{
  self->harness = harness_new ();
  self->agent = harness_accepting (self->harness, "mei", 9);
  self->visitor = harness_visitor (self->harness, NULL);
  self->conv = harness_chat (self->harness, self->visitor, self->agent);
}

static const Gate__V1__Contact *
contact_of (Client  *agent,
            guint64  conv)
{
  Gate__V1__ContactReq request = GATE__V1__CONTACT_REQ__INIT;

  request.conv = conv;
  return client_answer (agent, client_send (agent, &request.base))->contact;
}

/* A page is loaded: the same visitor on another connection, with a profile. */
static Client *
load_page (Harness    *harness,
           const char *key,
           const char *profile)
{
  Gate__V1__Auth auth = GATE__V1__AUTH__INIT;
  Client *client = harness_connect (harness);

  client_hello (client, FALSE, "demo");
  auth.visitor_key = (char *) key;
  auth.profile.data = (guint8 *) profile;
  auth.profile.len = strlen (profile);
  client_send (client, &auth.base);
  g_assert_nonnull (client->welcome);
  return client;
}

static void
set_attrs (Client     *agent,
           guint64     conv,
           const char *json)
{
  Gate__V1__ContactEdit edit = GATE__V1__CONTACT_EDIT__INIT;

  edit.conv = conv;
  edit.fields = 16;
  edit.attrs.data = (guint8 *) json;
  edit.attrs.len = strlen (json);
  client_ack (agent, &edit.base);
}

static void
assert_attrs (const Gate__V1__Contact *contact,
              const char              *json)
{
  g_autofree char *attrs = g_strndup ((const char *) contact->attrs.data, contact->attrs.len);

  g_assert_cmpstr (attrs, ==, json);
}

/* What a page says while the chat goes on is on the disk at once, and the agent's list shows the new name. */
static void
test_profile_is_kept (gconstpointer data)
{
  gboolean is_restarted = GPOINTER_TO_INT (data);
  Chat chat;
  g_autofree char *key = NULL;

  chat_init (&chat);
  key = g_strdup (chat.visitor->welcome->visitor_key);
  if (is_restarted) { /* the core has not read the visitor's row yet */
    harness_kill (chat.harness, TRUE);
    harness_start (chat.harness);
    chat.agent = harness_agent (chat.harness, "mei", "agent", 9);
  }
  client_clear (chat.agent);
  load_page (chat.harness, key, "{\"name\":\"Anna\",\"email\":\"a@x.example\",\"attrs\":{\"n\":1}}");
  g_assert_nonnull (client_take (chat.agent, BODY (PRESENCE))); /* there is something to ask for */
  harness_kill (chat.harness, TRUE);
  harness_start (chat.harness);
  chat.agent = harness_agent (chat.harness, "mei", "agent", 9);
  g_assert_cmpstr (contact_of (chat.agent, chat.conv)->name, ==, "Anna");
  g_assert_cmpstr (contact_of (chat.agent, chat.conv)->email, ==, "a@x.example");
  g_assert_cmpuint (contact_of (chat.agent, chat.conv)->visits, ==, 1);
  assert_attrs (contact_of (chat.agent, chat.conv), "{\"n\":1}");
  g_assert_cmpstr (memory_store_conv (chat.harness->store, chat.conv)->row.visitor_name, ==,
                   "Anna");
  harness_free (chat.harness);
}

/* Nothing new is no reason to write. */
static void
test_profile_repeated (void)
{
  static const char profile[] = "{\"name\":\"Anna\",\"attrs\":{\"n\":1}}";
  Chat chat;
  g_autofree char *key = NULL;
  guint64 n_writes;

  chat_init (&chat);
  key = g_strdup (chat.visitor->welcome->visitor_key);
  load_page (chat.harness, key, profile);
  n_writes = memory_store_n_writes (chat.harness->store, GATE_WRITE_VISITOR);
  load_page (chat.harness, key, profile);
  g_assert_cmpuint (memory_store_n_writes (chat.harness->store, GATE_WRITE_VISITOR), ==, n_writes);
  harness_free (chat.harness);
}

/* What staff has set or taken away stays, whatever the page says, however it spells it, and after a restart. */
static void
test_staff_attrs_win (gconstpointer data)
{
  gboolean is_restarted = GPOINTER_TO_INT (data);
  Chat chat;
  g_autofree char *key = NULL;

  chat_init (&chat);
  key = g_strdup (chat.visitor->welcome->visitor_key);
  load_page (chat.harness, key, "{\"attrs\":{\"plan\":\"free\",\"old\":1,\"cart\":1}}");
  set_attrs (chat.agent, chat.conv, "{\"plan\":\"gold\",\"old\":null}");
  if (is_restarted) {
    harness_kill (chat.harness, TRUE);
    harness_start (chat.harness);
    chat.agent = harness_agent (chat.harness, "mei", "agent", 9);
  }
  load_page (chat.harness, key,
             "{\"attrs\":{\"plan\":\"free\",\"old\":2,\"cart\":2,\"p\\u006can\":\"free\"}}");
  assert_attrs (contact_of (chat.agent, chat.conv), "{\"plan\":\"gold\",\"cart\":2}");
  set_attrs (chat.agent, chat.conv, "{\"old\":3}");
  assert_attrs (contact_of (chat.agent, chat.conv), "{\"plan\":\"gold\",\"cart\":2,\"old\":3}");
  harness_free (chat.harness);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/core/contact/profile-is-kept", GINT_TO_POINTER (FALSE),
                        test_profile_is_kept);
  g_test_add_data_func ("/core/contact/profile-is-kept/restarted", GINT_TO_POINTER (TRUE),
                        test_profile_is_kept);
  g_test_add_func ("/core/contact/profile-repeated", test_profile_repeated);
  g_test_add_data_func ("/core/contact/staff-attrs-win", GINT_TO_POINTER (FALSE),
                        test_staff_attrs_win);
  g_test_add_data_func ("/core/contact/staff-attrs-win/restarted", GINT_TO_POINTER (TRUE),
                        test_staff_attrs_win);
  return g_test_run ();
}
