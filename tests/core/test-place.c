/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core-harness.h"

#include <string.h>

/* Where visitors are: asked by address when they sign in, kept with the visitor, for staff alone. */

#define BODY(name) GATE__V1__FRAME__BODY_##name

#define MALMO  "192.0.2.1"
#define BERLIN "198.51.100.1"

typedef struct {
  Harness *harness;
  Client *agent, *visitor;
  guint64 conv;
  guint n_asked;
} Chat;

static char *
find_place (gpointer    data,
            const char *peer)
{
  (*(guint *) data)++;
  if (strcmp (peer, MALMO) == 0)
    return g_strdup ("Malmö, Sweden");
  return strcmp (peer, BERLIN) == 0 ? g_strdup ("Berlin, Germany") : NULL;
}

static void
start (Chat     *self,
       gboolean  has_places)
{
  self->harness->settings.find_place = has_places ? find_place : NULL;
  self->harness->settings.place_data = &self->n_asked;
  harness_start (self->harness);
}

static void
restart (Chat     *self,
         gboolean  has_places)
{
  harness_kill (self->harness, TRUE);
  start (self, has_places);
  self->agent = harness_accepting (self->harness, "mei", 3);
}

static void
chat_init (Chat       *self,
           gboolean    has_places,
           const char *peer)
{
  self->n_asked = 0;
  self->harness = harness_new ();
  self->agent = NULL;
  restart (self, has_places);
  g_assert_cmpuint (self->n_asked, ==, 0); /* nobody wants to know where an agent is */
  self->harness->peer = peer;
  self->visitor = harness_visitor (self->harness, NULL);
  self->conv = harness_chat (self->harness, self->visitor, self->agent);
}

static const char *
place_of (Chat *self)
{
  Gate__V1__ContactReq request = GATE__V1__CONTACT_REQ__INIT;

  request.conv = self->conv;
  return client_answer (self->agent, client_send (self->agent, &request.base))->contact->place;
}

static void
add_note (Chat *self)
{
  Gate__V1__ContactEdit edit = GATE__V1__CONTACT_EDIT__INIT;

  edit.conv = self->conv;
  edit.fields = 1 << 3;
  edit.note = (char *) HARNESS_NOTE_MARK " pays late";
  client_ack (self->agent, &edit.base);
}

static void
resume_from (Chat       *self,
             const char *peer)
{
  g_autofree char *token = g_strdup (self->visitor->welcome->resume_token);

  self->harness->peer = peer;
  self->visitor = harness_resume (self->harness, TRUE, token, self->conv, 0);
  g_assert_nonnull (self->visitor->welcome);
}

static void
test_none (void)
{
  Chat chat;

  chat_init (&chat, FALSE, MALMO);
  g_assert_cmpstr (place_of (&chat), ==, "");
  restart (&chat, FALSE);
  g_assert_cmpstr (place_of (&chat), ==, "");
  harness_free (chat.harness);
}

static void
test_kept (void)
{
  Chat chat;

  chat_init (&chat, TRUE, MALMO);
  g_assert_cmpuint (chat.n_asked, ==, 1);
  g_assert_cmpstr (place_of (&chat), ==, "Malmö, Sweden");
  restart (&chat, FALSE);
  g_assert_cmpstr (place_of (&chat), ==, "Malmö, Sweden");
  add_note (&chat); /* the whole row is written */
  g_assert_cmpstr (place_of (&chat), ==, "Malmö, Sweden");
  harness_free (chat.harness);
}

/* A phone that changes networks is there again before its old connection is missed. */
static void
test_elsewhere (void)
{
  Chat chat;
  const Gate__V1__Presence *presence;

  chat_init (&chat, TRUE, MALMO);
  client_clear (chat.agent);
  resume_from (&chat, MALMO);
  g_assert_null (client_take (chat.agent, BODY (PRESENCE))); /* no news */
  resume_from (&chat, BERLIN);
  presence = client_take (chat.agent, BODY (PRESENCE))->presence;
  g_assert_cmpuint (presence->conv, ==, chat.conv);
  g_assert_cmpuint (presence->state, ==, GATE__V1__STATUS__SS_ONLINE);
  g_assert_cmpstr (place_of (&chat), ==, "Berlin, Germany");
  restart (&chat, FALSE);
  g_assert_cmpstr (place_of (&chat), ==, "Berlin, Germany");
  harness_free (chat.harness);
}

/* An address that nobody knows says nothing against what was known. */
static void
test_nowhere (void)
{
  Chat chat;

  chat_init (&chat, TRUE, "127.0.0.1");
  g_assert_cmpstr (place_of (&chat), ==, "");
  resume_from (&chat, MALMO);
  g_assert_cmpstr (place_of (&chat), ==, "Malmö, Sweden");
  resume_from (&chat, "127.0.0.1");
  g_assert_cmpstr (place_of (&chat), ==, "Malmö, Sweden");
  client_text (chat.visitor, chat.conv, "still here");
  g_assert_cmpstr (place_of (&chat), ==, "Malmö, Sweden");
  harness_free (chat.harness);
}

/* They come back to a gateway that has only their row, and to what staff has written into it. */
static void
test_elsewhere_after_restart (void)
{
  Chat chat;

  chat_init (&chat, TRUE, MALMO);
  add_note (&chat);
  restart (&chat, TRUE);
  resume_from (&chat, BERLIN);
  g_assert_cmpstr (place_of (&chat), ==, "Berlin, Germany");
  restart (&chat, FALSE);
  g_assert_cmpstr (place_of (&chat), ==, "Berlin, Germany");
  harness_free (chat.harness);
}

static void
test_another_day (void)
{
  Gate__V1__Close close = GATE__V1__CLOSE__INIT;
  Chat chat;
  g_autofree char *key = NULL;

  chat_init (&chat, TRUE, MALMO);
  key = g_strdup (chat.visitor->welcome->visitor_key);
  close.conv = chat.conv;
  client_ack (chat.visitor, &close.base);
  chat.harness->settings.reopen_ms = 0;
  harness_advance (chat.harness, 3 * 3600 * 1000);
  restart (&chat, TRUE);
  chat.harness->peer = BERLIN;
  chat.visitor = harness_visitor (chat.harness, key);
  chat.conv = harness_chat (chat.harness, chat.visitor, chat.agent);
  g_assert_cmpstr (place_of (&chat), ==, "Berlin, Germany");
  restart (&chat, FALSE);
  g_assert_cmpstr (place_of (&chat), ==, "Berlin, Germany");
  harness_free (chat.harness);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/place/none", test_none);
  g_test_add_func ("/core/place/kept", test_kept);
  g_test_add_func ("/core/place/elsewhere", test_elsewhere);
  g_test_add_func ("/core/place/nowhere", test_nowhere);
  g_test_add_func ("/core/place/elsewhere-after-restart", test_elsewhere_after_restart);
  g_test_add_func ("/core/place/another-day", test_another_day);
  return g_test_run ();
}
