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
  load_page (chat.harness, key,
             "{\"name\":\"Anna\",\"email\":\"a@x.example\",\"attrs\":{\"n\":1}}");
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

/* What is no object, and what is too much: nothing of it is taken. */
static void
test_attrs_bounds (void)
{
  Chat chat;
  Gate__V1__ContactEdit edit = GATE__V1__CONTACT_EDIT__INIT;
  g_autofree char *many = g_strnfill (4000, 'x');
  g_autofree char *json = g_strdup_printf ("{\"b\":\"%s\"}", many);

  chat_init (&chat);
  set_attrs (chat.agent, chat.conv,
             "{\"a\":\"0123456789 0123456789 0123456789 0123456789 0123456789 "
             "0123456789 0123456789 0123456789 0123456789\"}");
  edit.conv = chat.conv;
  edit.fields = 16;
  edit.attrs.data = (guint8 *) json;
  edit.attrs.len = strlen (json);
  client_error (chat.agent, &edit.base, 413, "too_large");
  edit.attrs.len = 3;
  client_error (chat.agent, &edit.base, 422, "invalid");
  edit.attrs.len = 0;
  client_error (chat.agent, &edit.base, 422, "invalid");
  g_assert_cmpuint (contact_of (chat.agent, chat.conv)->attrs.len, <, 200);
  harness_free (chat.harness);
}

/* --- Merging ------------------------------------------------------------------------------------------------ */

/** Pair: an agent who has a chat with each of two visitors. */
typedef struct {
  Harness *harness;
  Client *agent;
  Client *visitors[2];
  char *keys[2];
  guint64 convs[2];
} Pair;

static const char *const profiles[] = {
  "{\"name\":\"Anna\",\"email\":\"anna@x.example\",\"attrs\":{\"plan\":\"free\",\"cart\":1}}",
  "{\"name\":\"A. Berg\",\"email\":\"Anna@x.example\",\"phone\":\"+46 40-1\","
  "\"attrs\":{\"plan\":\"old\",\"size\":3}}",
};

static void
pair_init (Pair *self)
{
  self->harness = harness_new ();
  self->agent = harness_accepting (self->harness, "mei", 9);
  for (guint i = 0; i < 2; i++) {
    self->visitors[i] = harness_visitor (self->harness, NULL);
    self->keys[i] = g_strdup (self->visitors[i]->welcome->visitor_key);
    self->convs[i] = harness_chat (self->harness, self->visitors[i], self->agent);
    load_page (self->harness, self->keys[i], profiles[i]);
  }
  client_clear (self->agent);
}

static void
pair_done (Pair *self)
{
  g_free (self->keys[0]);
  g_free (self->keys[1]);
  harness_free (self->harness);
}

static void
pair_restart (Pair *self)
{
  harness_kill (self->harness, TRUE);
  harness_start (self->harness);
  self->agent = harness_agent (self->harness, "mei", "agent", 9);
}

static guint64
visitor_of (Pair  *self,
            guint  which)
{
  return memory_store_conv (self->harness->store, self->convs[which])->row.visitor;
}

static Gate__V1__ContactMerge
merge_of (guint64 conv,
          guint64 visitor)
{
  Gate__V1__ContactMerge merge = GATE__V1__CONTACT_MERGE__INIT;

  merge.conv = conv;
  merge.visitor = visitor;
  return merge;
}

static void
note (Client     *agent,
      guint64     conv,
      const char *text)
{
  Gate__V1__ContactEdit edit = GATE__V1__CONTACT_EDIT__INIT;

  edit.conv = conv;
  edit.fields = 8;
  edit.note = (char *) text;
  client_ack (agent, &edit.base);
}

static void
assert_apart (Pair *self)
{
  const Gate__V1__Contact *contact = contact_of (self->agent, self->convs[0]);

  g_assert_cmpstr (contact->name, ==, "Anna");
  g_assert_cmpstr (contact->email, ==, "anna@x.example");
  g_assert_cmpstr (contact->phone, ==, "");
  g_assert_cmpstr (contact->note, ==, HARNESS_NOTE_MARK " one");
  g_assert_cmpuint (contact->n_earlier, ==, 0);
  g_assert_cmpuint (contact->n_merged, ==, 0);
  g_assert_cmpuint (contact->visits, ==, 1);
  assert_attrs (contact, "{\"plan\":\"free\",\"cart\":1}");
  contact = contact_of (self->agent, self->convs[1]);
  g_assert_cmpstr (contact->name, ==, "A. Berg");
  g_assert_cmpstr (contact->email, ==, "Anna@x.example");
  g_assert_cmpstr (contact->phone, ==, "+46 40-1");
  g_assert_cmpstr (contact->note, ==, HARNESS_NOTE_MARK " two");
  g_assert_cmpuint (contact->n_earlier, ==, 0);
  assert_attrs (contact, "{\"plan\":\"old\",\"size\":3}");
}

/* As seen from either chat, and beyond a restart. */
static void
assert_one (Pair *self)
{
  for (guint i = 0; i < 2; i++) {
    const Gate__V1__Contact *contact = contact_of (self->agent, self->convs[i]);

    g_assert_cmpuint (contact->visitor, ==, visitor_of (self, i));
    g_assert_cmpuint (contact->contact, ==, visitor_of (self, 0));
    g_assert_cmpstr (contact->name, ==, "Anna");
    g_assert_cmpstr (contact->email, ==, "anna@x.example");
    g_assert_cmpstr (contact->phone, ==, "+46 40-1");
    g_assert_cmpstr (contact->note, ==, HARNESS_NOTE_MARK " one\n" HARNESS_NOTE_MARK " two");
    assert_attrs (contact, "{\"size\":3,\"plan\":\"free\",\"cart\":1}");
    g_assert_cmpuint (contact->visits, ==, 2);
    g_assert_cmpuint (contact->n_earlier, ==, 1);
    g_assert_cmpuint (contact->earlier[0]->conv, ==, self->convs[1 - i]);
    g_assert_cmpstr (contact->earlier[0]->name, ==, "Anna");
    g_assert_cmpuint (contact->n_merged, ==, 1);
    g_assert_cmpuint (contact->merged[0]->visitor, ==, visitor_of (self, 1));
    g_assert_cmpuint (contact->merged[0]->into, ==, visitor_of (self, 0));
    g_assert_cmpstr (contact->merged[0]->name, ==, "A. Berg");
  }
}

static void
merge_pair (Pair *self)
{
  Gate__V1__ContactMerge merge;

  note (self->agent, self->convs[0], HARNESS_NOTE_MARK " one");
  note (self->agent, self->convs[1], HARNESS_NOTE_MARK " two");
  client_clear (self->agent);
  merge = merge_of (self->convs[0], visitor_of (self, 1));
  client_ack (self->agent, &merge.base);
}

/* Both become one for staff, the one in whose chat it was done keeps its values; taken back, all is as it was. */
static void
test_merge (void)
{
  Pair pair;
  Gate__V1__ContactMerge merge;
  Gate__V1__Subscribe subscribe = GATE__V1__SUBSCRIBE__INIT;
  const Gate__V1__List *list;
  guint64 n_audits;

  pair_init (&pair);
  n_audits = memory_store_n_writes (pair.harness->store, GATE_WRITE_AUDIT);
  merge_pair (&pair);
  g_assert_cmpuint (memory_store_n_writes (pair.harness->store, GATE_WRITE_AUDIT), ==,
                    n_audits + 1);
  g_assert_nonnull (client_take (pair.agent, BODY (PRESENCE))); /* there is something to ask for */
  assert_one (&pair);
  subscribe.list = GATE__V1__LIST_KIND__LI_MINE;
  list = client_answer (pair.agent, client_send (pair.agent, &subscribe.base))->list;
  g_assert_cmpuint (list->n_convs, ==, 2);
  for (guint i = 0; i < 2; i++) {
    g_assert_cmpstr (list->convs[i]->name, ==, "Anna");
    g_assert_cmpuint (list->convs[i]->state, ==, GATE__V1__STATE__ST_ACTIVE);
  }
  pair_restart (&pair);
  assert_one (&pair);
  merge = merge_of (pair.convs[1], visitor_of (&pair, 1));
  merge.undo = TRUE;
  client_ack (pair.agent, &merge.base);
  g_assert_cmpuint (memory_store_n_writes (pair.harness->store, GATE_WRITE_AUDIT), ==,
                    n_audits + 2);
  assert_apart (&pair);
  client_error (pair.agent, &merge.base, 409, "not_merged");
  pair_restart (&pair);
  assert_apart (&pair);
  pair_done (&pair);
}

/* Both chats go on, each with its own device, and a new visit arrives as the one contact. */
static void
test_merge_goes_on (void)
{
  Pair pair;
  Gate__V1__Close close = GATE__V1__CLOSE__INIT;
  Client *again;
  guint64 conv;

  pair_init (&pair);
  merge_pair (&pair);
  for (guint i = 0; i < 2; i++) {
    client_clear (pair.visitors[0]);
    client_clear (pair.visitors[1]);
    client_text (pair.agent, pair.convs[i], "to one of them");
    g_assert_nonnull (client_take (pair.visitors[i], BODY (MESSAGE)));
    g_assert_null (client_take (pair.visitors[1 - i], BODY (MESSAGE)));
    client_text (pair.visitors[i], 0, "and back");
    g_assert_cmpuint (client_take (pair.agent, BODY (MESSAGE))->message->conv, ==, pair.convs[i]);
  }
  close.conv = pair.convs[1];
  close.reason = GATE__V1__CLOSE_REASON__CR_SPAM;
  client_ack (pair.agent, &close.base);
  g_assert_cmpuint (harness_state (pair.harness, pair.convs[0]), ==, GATE__V1__STATE__ST_ACTIVE);
  pair_restart (&pair);
  pair.agent = harness_accepting (pair.harness, "mei", 9);
  again = harness_visitor (pair.harness, pair.keys[1]);
  conv = harness_chat (pair.harness, again, pair.agent);
  g_assert_cmpuint (conv, !=, pair.convs[0]);
  g_assert_cmpstr (contact_of (pair.agent, conv)->name, ==, "Anna");
  g_assert_cmpuint (contact_of (pair.agent, conv)->n_earlier, ==, 2);
  pair_done (&pair);
}

static gboolean
sees (Client     *visitor,
      const char *text)
{
  for (guint i = 0; i < visitor->inbox->len; i++) {
    const Gate__V1__Frame *frame = g_ptr_array_index (visitor->inbox, i);
    g_autoptr (GByteArray) bytes = g_byte_array_new ();

    g_byte_array_set_size (bytes, (guint) gate__v1__frame__get_packed_size (frame));
    gate__v1__frame__pack (frame, bytes->data);
    if (memmem (bytes->data, bytes->len, text, strlen (text)) != NULL)
      return TRUE;
  }
  return FALSE;
}

/* A device is given nothing of the other's: not its page, not by a cursor, not at sign-in, and may not write there. */
static void
test_merge_is_private (gconstpointer data)
{
  gboolean is_restarted = GPOINTER_TO_INT (data);
  Pair pair;

  pair_init (&pair);
  client_text (pair.visitors[0], 0, "secret-of-0");
  client_text (pair.visitors[1], 0, "secret-of-1");
  merge_pair (&pair);
  if (is_restarted)
    pair_restart (&pair);
  for (guint i = 0; i < 2; i++) {
    Gate__V1__HistoryReq request = GATE__V1__HISTORY_REQ__INIT;
    Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
    Client *again = harness_visitor (pair.harness, pair.keys[i]);
    const char *other = i == 0 ? "secret-of-1" : "secret-of-0";

    request.conv = pair.convs[1 - i];
    client_error (again, &request.base, 404, "no_conversation");
    message.conv = pair.convs[1 - i];
    message.cid = 77 + i;
    message.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
    message.text = (char *) "let me in";
    client_error (again, &message.base, 404, "no_conversation");
    request.conv = 0;
    client_send (again, &request.base);
    g_assert_false (sees (again, other));
    again = harness_resume (pair.harness, TRUE, again->welcome->resume_token, pair.convs[1 - i], 0);
    g_assert_nonnull (again->welcome);
    g_assert_false (sees (again, other));
    g_assert_true (sees (again, i == 0 ? "secret-of-0" : "secret-of-1"));
  }
  pair_done (&pair);
}

/* What will be is shown before it is done, and nothing is done by it. */
static void
test_merge_preview (void)
{
  Pair pair;
  Gate__V1__ContactMerge merge;
  const Gate__V1__ContactFound *found;
  const Gate__V1__Contact *contact;

  pair_init (&pair);
  note (pair.agent, pair.convs[0], HARNESS_NOTE_MARK " one");
  note (pair.agent, pair.convs[1], HARNESS_NOTE_MARK " two");
  merge = merge_of (pair.convs[0], visitor_of (&pair, 1));
  merge.preview = TRUE;
  found = client_answer (pair.agent, client_send (pair.agent, &merge.base))->contact_found;
  g_assert_cmpstr (found->contacts[0]->name, ==, "Anna");
  g_assert_cmpstr (found->contacts[1]->note, ==, HARNESS_NOTE_MARK " two");
  merge.keep_other = TRUE;
  found = client_answer (pair.agent, client_send (pair.agent, &merge.base))->contact_found;
  g_assert_cmpuint (found->n_contacts, ==, 2);
  g_assert_cmpstr (found->contacts[1]->name, ==, "A. Berg"); /* the other one, whoever is kept */
  contact = found->contacts[0];
  g_assert_cmpuint (contact->contact, ==, visitor_of (&pair, 1));
  g_assert_cmpstr (contact->name, ==, "A. Berg");
  g_assert_cmpstr (contact->email, ==, "Anna@x.example");
  assert_attrs (contact, "{\"cart\":1,\"plan\":\"old\",\"size\":3}");
  assert_apart (&pair);
  pair_done (&pair);
}

/* Staff's word stands before a page's, whosever it was; what is said later is said of the one contact. */
static void
test_merge_edits (void)
{
  Pair pair;
  Gate__V1__ContactEdit edit = GATE__V1__CONTACT_EDIT__INIT;
  Gate__V1__ContactMerge merge;
  const Gate__V1__Contact *contact;

  pair_init (&pair);
  set_attrs (pair.agent, pair.convs[1], "{\"plan\":\"gold\",\"cart\":null}");
  edit.conv = pair.convs[1];
  edit.fields = 2;
  edit.email = (char *) "berg@x.example";
  client_ack (pair.agent, &edit.base);
  merge_pair (&pair);
  contact = contact_of (pair.agent, pair.convs[0]);
  g_assert_cmpstr (contact->email, ==, "berg@x.example");
  assert_attrs (contact, "{\"size\":3,\"plan\":\"gold\"}");

  note (pair.agent, pair.convs[1], HARNESS_NOTE_MARK " of both");
  set_attrs (pair.agent, pair.convs[1], "{\"size\":null,\"plan\":\"tea\"}");
  pair_restart (&pair);
  load_page (pair.harness, pair.keys[1], profiles[1]);
  contact = contact_of (pair.agent, pair.convs[0]);
  g_assert_cmpstr (contact->note, ==, HARNESS_NOTE_MARK " of both");
  assert_attrs (contact, "{\"plan\":\"tea\"}");

  merge = merge_of (pair.convs[0], visitor_of (&pair, 1));
  merge.undo = TRUE;
  client_ack (pair.agent, &merge.base);
  contact = contact_of (pair.agent, pair.convs[1]);
  g_assert_cmpstr (contact->note, ==, HARNESS_NOTE_MARK " two");
  g_assert_cmpstr (contact->email, ==, "berg@x.example");
  assert_attrs (contact, "{\"plan\":\"gold\",\"size\":3}"); /* the page was loaded since */
  g_assert_cmpstr (contact_of (pair.agent, pair.convs[0])->note, ==, HARNESS_NOTE_MARK " of both");
  pair_done (&pair);
}

/* Whoever is kept out is kept out on both devices. */
static void
test_merge_block (void)
{
  Pair pair;
  Gate__V1__ContactEdit edit = GATE__V1__CONTACT_EDIT__INIT;

  pair_init (&pair);
  merge_pair (&pair);
  edit.conv = pair.convs[1];
  edit.fields = 32;
  edit.blocked_until = G_GUINT64_CONSTANT (253402300799000);
  client_ack (pair.agent, &edit.base);
  pair_restart (&pair);
  for (guint i = 0; i < 2; i++) {
    Gate__V1__Auth auth = GATE__V1__AUTH__INIT;
    Client *again = harness_connect (pair.harness);

    g_assert_cmpuint (pair.visitors[i]->close_code, ==, 4009);
    client_hello (again, FALSE, "demo");
    auth.visitor_key = pair.keys[i];
    client_send (again, &auth.base);
    g_assert_cmpuint (again->close_code, ==, 4009);
  }
  g_assert_cmpstr (contact_of (pair.agent, pair.convs[1])->name, ==, "Anna");
  g_assert_cmpstr (contact_of (pair.agent, pair.convs[1])->merged[0]->name, ==, "A. Berg");
  pair_done (&pair);
}

static void
assert_found (Pair       *self,
              Client     *agent,
              const char *text,
              guint       n,
              guint       n_same)
{
  Gate__V1__ContactFind find = GATE__V1__CONTACT_FIND__INIT;
  const Gate__V1__ContactFound *found;

  find.conv = self->convs[0];
  find.query = (char *) text;
  found = client_answer (agent, client_send (agent, &find.base))->contact_found;
  g_assert_cmpuint (found->n_contacts, ==, n);
  g_assert_cmpuint (found->n_same, ==, n_same);
  if (n > 0) {
    g_assert_cmpuint (found->contacts[0]->contact, ==, visitor_of (self, 1));
    g_assert_cmpstr (found->contacts[0]->name, ==, "A. Berg");
    g_assert_cmpstr (found->contacts[0]->note, ==, "");
  }
}

/* By a part of a name, by the key, by the number; without a word only who may be the same; never themselves. */
static void
test_find (void)
{
  Pair pair;
  Gate__V1__ContactEdit edit = GATE__V1__CONTACT_EDIT__INIT;
  g_autofree char *number = NULL;

  pair_init (&pair);
  number = g_strdup_printf ("%" G_GUINT64_FORMAT, visitor_of (&pair, 1));
  assert_found (&pair, pair.agent, "", 0, 0);
  assert_found (&pair, pair.agent, "Berg", 1, 0);
  assert_found (&pair, pair.agent, "Ann", 1, 0); /* by the mail: not themselves */
  assert_found (&pair, pair.agent, pair.keys[1], 1, 0);
  assert_found (&pair, pair.agent, number, 1, 0);
  assert_found (&pair, pair.agent, "nobody", 0, 0);
  edit.conv = pair.convs[0];
  edit.fields = 4;
  edit.phone = (char *) "+46 40-1";
  client_ack (pair.agent, &edit.base);
  assert_found (&pair, pair.agent, "", 1, 1);
  assert_found (&pair, pair.agent, "Berg", 1, 1); /* once */
  merge_pair (&pair);
  assert_found (&pair, pair.agent, "Berg", 0, 0); /* it is the same now */
  pair_done (&pair);
}

/* Who has not talked with the other, nor their queues, neither finds them nor merges them, and learns nothing of them. */
static void
test_merge_rights (void)
{
  Pair pair;
  Gate__V1__ContactMerge merge;
  Gate__V1__ContactFind find = GATE__V1__CONTACT_FIND__INIT;
  Gate__V1__AgentStatus status = GATE__V1__AGENT_STATUS__INIT;
  Gate__V1__Transfer transfer = GATE__V1__TRANSFER__INIT;
  Gate__V1__OfferAnswer answer = GATE__V1__OFFER_ANSWER__INIT;
  Client *other, *visitor;
  guint64 conv;
  const Gate__V1__ContactFound *found;

  pair_init (&pair);
  other = harness_agent_of (pair.harness, "lin", "agent", 3, "[\"nothing\"]");
  status.present = status.accepting = TRUE;
  g_assert_nonnull (client_answer (other, client_send (other, &status.base)));
  merge = merge_of (pair.convs[0], visitor_of (&pair, 1));
  client_error (other, &merge.base, 403, "forbidden");
  find.conv = pair.convs[0];
  client_error (other, &find.base, 403, "forbidden");
  visitor = harness_visitor (pair.harness, NULL);
  conv = harness_chat (pair.harness, visitor, pair.agent);
  transfer.conv = answer.conv = conv;
  transfer.to_agent = other->welcome->self;
  client_ack (pair.agent, &transfer.base);
  answer.epoch = client_take (other, BODY (OFFER))->offer->epoch;
  answer.accept = TRUE;
  client_answer (other, client_send (other, &answer.base));
  find.conv = conv;
  find.query = (char *) "Berg";
  found = client_answer (other, client_send (other, &find.base))->contact_found;
  g_assert_cmpuint (found->n_contacts, ==, 0);
  for (guint i = 0; i < 2; i++) {
    merge = merge_of (conv, visitor_of (&pair, 1));
    merge.preview = i == 0;
    client_error (other, &merge.base, 404, "no_contact");
  }
  merge = merge_of (pair.convs[0], 4711); /* nobody */
  client_error (pair.agent, &merge.base, 404, "no_contact");
  merge = merge_of (pair.convs[0], visitor_of (&pair, 0)); /* themselves */
  client_error (pair.agent, &merge.base, 422, "invalid");
  client_error (pair.visitors[0], &merge.base, 403, "forbidden");
  pair_done (&pair);
}

/* A merged one is merged on: all stand in one; one is taken back and keeps those merged into it. */
static void
test_merge_chain (void)
{
  Pair pair;
  Gate__V1__ContactMerge merge;
  Client *third;
  guint64 conv, visitor;

  pair_init (&pair);
  third = harness_visitor (pair.harness, NULL);
  conv = harness_chat (pair.harness, third, pair.agent);
  visitor = memory_store_conv (pair.harness->store, conv)->row.visitor;
  merge_pair (&pair);
  merge = merge_of (conv, visitor_of (&pair, 1)); /* whoever of them is named */
  client_ack (pair.agent, &merge.base);
  g_assert_cmpuint (contact_of (pair.agent, pair.convs[1])->contact, ==, visitor);
  g_assert_cmpuint (contact_of (pair.agent, conv)->n_merged, ==, 2);
  g_assert_cmpstr (contact_of (pair.agent, conv)->name, ==, "Anna");
  client_error (pair.agent, &merge.base, 422, "invalid");
  merge = merge_of (conv, visitor_of (&pair, 0));
  merge.undo = TRUE;
  client_ack (pair.agent, &merge.base);
  assert_one (&pair);
  g_assert_cmpuint (contact_of (pair.agent, conv)->n_merged, ==, 0);
  pair_done (&pair);
}

/* Of two who ask at once, the second sees what the first has done; and what the disk did not keep is not so. */
static void
test_merge_failure (void)
{
  Pair pair;
  Gate__V1__ContactMerge merges[2];
  guint32 ids[2];

  pair_init (&pair);
  note (pair.agent, pair.convs[0], HARNESS_NOTE_MARK " one");
  note (pair.agent, pair.convs[1], HARNESS_NOTE_MARK " two");
  merges[0] = merge_of (pair.convs[0], visitor_of (&pair, 1));
  merges[1] = merge_of (pair.convs[1], visitor_of (&pair, 0));
  pair.harness->is_manual = TRUE;
  for (guint i = 0; i < 2; i++)
    ids[i] = client_send (pair.agent, &merges[i].base);
  while (memory_store_n_queries (pair.harness->store) > 0) {
    memory_store_answer (pair.harness->store, 0, GATE_STORE_OK);
    harness_turn (pair.harness);
  }
  g_assert_true (memory_store_has_batch (pair.harness->store));
  memory_store_commit (pair.harness->store, GATE_STORE_FULL);
  pair.harness->is_manual = FALSE;
  harness_advance (pair.harness, 2000);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpuint (client_answer (pair.agent, ids[i])->body_case, ==, BODY (ERROR));
  assert_apart (&pair);
  pair.harness->is_manual = TRUE;
  for (guint i = 0; i < 2; i++)
    ids[i] = client_send (pair.agent, &merges[i].base);
  pair.harness->is_manual = FALSE;
  harness_settle (pair.harness);
  g_assert_nonnull (client_answer (pair.agent, ids[0])->ack);
  g_assert_cmpuint (client_answer (pair.agent, ids[1])->error->code, ==, 422);
  assert_one (&pair);
  pair_done (&pair);
}

/* A visitor whom the shop has signed in. */
static guint64
chat_signed (Pair       *pair,
             const char *who)
{
  g_autofree char *payload =
    g_strdup_printf ("{\"sub\":\"%s\",\"aud\":\"demo\",\"exp\":%" G_GINT64_FORMAT "}", who,
                     pair->harness->wall_ms / 1000 + 3600);
  g_autofree char *token = harness_make_jwt ("app-secret-example", payload);
  Gate__V1__Auth auth = GATE__V1__AUTH__INIT;
  Client *client = harness_connect (pair->harness);

  client_hello (client, FALSE, "demo");
  auth.token = token;
  client_send (client, &auth.base);
  g_assert_nonnull (client->welcome);
  return harness_chat (pair->harness, client, pair->agent);
}

/* Two who have signed in stay two, by no way around; nobody unknown speaks for one of them, nor looks like one. */
static void
test_merge_signed (void)
{
  Pair pair;
  Gate__V1__ContactMerge merge;
  Gate__V1__ContactFind find = GATE__V1__CONTACT_FIND__INIT;
  guint64 convs[2], signed_in[2];
  const Gate__V1__ContactFound *found;

  pair_init (&pair);
  for (guint i = 0; i < 2; i++) {
    convs[i] = chat_signed (&pair, i == 0 ? "user-1" : "user-2");
    signed_in[i] = memory_store_conv (pair.harness->store, convs[i])->row.visitor;
  }
  merge = merge_of (convs[0], signed_in[1]);
  client_error (pair.agent, &merge.base, 409, "both_signed_in");
  merge.preview = TRUE;
  client_error (pair.agent, &merge.base, 409, "both_signed_in");
  merge = merge_of (pair.convs[0], signed_in[0]);
  client_error (pair.agent, &merge.base, 409, "signed_in_stays");
  merge.keep_other = TRUE;
  client_ack (pair.agent, &merge.base);
  g_assert_true (contact_of (pair.agent, convs[0])->verified);
  g_assert_false (
    contact_of (pair.agent, pair.convs[0])->verified); /* this device has shown nothing */
  merge = merge_of (pair.convs[0], signed_in[1]);
  merge.keep_other = TRUE;
  client_error (pair.agent, &merge.base, 409, "both_signed_in");
  merge = merge_of (pair.convs[1], visitor_of (&pair, 0)); /* behind whom one of them stands */
  client_error (pair.agent, &merge.base, 409, "signed_in_stays");
  find.conv = convs[1];
  find.query = (char *) "user-1";
  found = client_answer (pair.agent, client_send (pair.agent, &find.base))->contact_found;
  g_assert_cmpuint (found->n_contacts, ==, 1);
  g_assert_cmpuint (found->contacts[0]->contact, ==, signed_in[0]);
  g_assert_true (found->contacts[0]->verified);
  pair_done (&pair);
}

/* Whoever says another's mail and name becomes nobody by it. */
static void
test_nobody_is_merged_by_a_claim (void)
{
  Pair pair;

  pair_init (&pair);
  load_page (pair.harness, pair.keys[1], profiles[0]);
  pair_restart (&pair);
  load_page (pair.harness, pair.keys[1], profiles[0]);
  g_assert_cmpuint (contact_of (pair.agent, pair.convs[0])->n_merged, ==, 0);
  g_assert_cmpuint (contact_of (pair.agent, pair.convs[1])->n_earlier, ==, 0);
  g_assert_cmpuint (memory_store_n_writes (pair.harness->store, GATE_WRITE_MERGE), ==, 0);
  pair_done (&pair);
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
  g_test_add_func ("/core/contact/attrs-bounds", test_attrs_bounds);
  g_test_add_func ("/core/contact/merge", test_merge);
  g_test_add_func ("/core/contact/merge/goes-on", test_merge_goes_on);
  g_test_add_data_func ("/core/contact/merge/is-private", GINT_TO_POINTER (FALSE),
                        test_merge_is_private);
  g_test_add_data_func ("/core/contact/merge/is-private/restarted", GINT_TO_POINTER (TRUE),
                        test_merge_is_private);
  g_test_add_func ("/core/contact/merge/preview", test_merge_preview);
  g_test_add_func ("/core/contact/merge/edits", test_merge_edits);
  g_test_add_func ("/core/contact/merge/block", test_merge_block);
  g_test_add_func ("/core/contact/merge/rights", test_merge_rights);
  g_test_add_func ("/core/contact/merge/chain", test_merge_chain);
  g_test_add_func ("/core/contact/merge/failure", test_merge_failure);
  g_test_add_func ("/core/contact/merge/signed", test_merge_signed);
  g_test_add_func ("/core/contact/merge/claim", test_nobody_is_merged_by_a_claim);
  g_test_add_func ("/core/contact/find", test_find);
  return g_test_run ();
}
