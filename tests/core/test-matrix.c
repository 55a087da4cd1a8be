/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core-harness.h"

#include "wire-frame.h"
#include "wire-visitor.h"

#include <string.h>

/*
 * PROTOCOLS.md 2d.7 as a matrix: every kind of frame, from everybody, in every state of the conversation. A frame with an
 * id gets exactly one answer; one that is outside the sender's column gets 403 and the connection stays; one that changes
 * nothing tells nobody; and nothing reaches a visitor that the table does not allow (the harness looks at every frame).
 */

#define BODY(name)  GATE__V1__FRAME__BODY_##name
#define STATE(name) GATE__V1__STATE__ST_##name

typedef enum {
  FROM_VISITOR,
  FROM_OTHER_VISITOR,
  FROM_OWNER,
  FROM_COLLEAGUE, /* serves the same queue */
  FROM_STRANGER,  /* an agent of another queue */
  FROM_SUPERVISOR,
  FROM_AUDITOR,
  N_FROM,
} From;

static const char *const from_names[] = { "visitor",  "other-visitor", "owner",  "colleague",
                                          "stranger", "supervisor",    "auditor" };

typedef struct {
  Harness *harness;
  Client *clients[N_FROM];
  guint64 conv;
} World;

typedef struct {
  Gate__V1__Frame__BodyCase body_case;
  const ProtobufCMessageDescriptor *descriptor;
  gboolean by_visitor, by_agent;
  gboolean is_answered;
  gboolean is_write; /* an auditor may not */
} Kind;

/* The table, by hand. What is not here may be sent by nobody. */
static const Kind kinds[] = {
  { BODY (OPEN), &gate__v1__open__descriptor, TRUE, FALSE, TRUE, TRUE },
  { BODY (MESSAGE), &gate__v1__message__descriptor, TRUE, TRUE, TRUE, TRUE },
  { BODY (HANDOVER), &gate__v1__handover__descriptor, TRUE, FALSE, TRUE, TRUE },
  { BODY (RATING), &gate__v1__rating__descriptor, TRUE, FALSE, TRUE, TRUE },
  { BODY (FEEDBACK), &gate__v1__feedback__descriptor, TRUE, TRUE, TRUE, FALSE },
  { BODY (TYPING), &gate__v1__typing__descriptor, TRUE, TRUE, FALSE, TRUE },
  { BODY (READ), &gate__v1__read__descriptor, TRUE, TRUE, FALSE, TRUE },
  { BODY (PAGE_VIEW), &gate__v1__page_view__descriptor, TRUE, FALSE, FALSE, FALSE },
  { BODY (PING), &gate__v1__ping__descriptor, TRUE, TRUE, FALSE, FALSE },
  { BODY (HISTORY_REQ), &gate__v1__history_req__descriptor, TRUE, TRUE, TRUE, FALSE },
  { BODY (SEARCH_REQ), &gate__v1__search_req__descriptor, FALSE, TRUE, TRUE, FALSE },
  { BODY (UPLOAD_REQ), &gate__v1__upload_req__descriptor, TRUE, TRUE, TRUE, TRUE },
  { BODY (AGENT_STATUS), &gate__v1__agent_status__descriptor, FALSE, TRUE, TRUE, FALSE },
  { BODY (SUBSCRIBE), &gate__v1__subscribe__descriptor, FALSE, TRUE, TRUE, FALSE },
  { BODY (WATCH), &gate__v1__watch__descriptor, FALSE, TRUE, TRUE, FALSE },
  { BODY (OFFER_ANSWER), &gate__v1__offer_answer__descriptor, FALSE, TRUE, TRUE, TRUE },
  { BODY (CLAIM), &gate__v1__claim__descriptor, FALSE, TRUE, TRUE, TRUE },
  { BODY (TRANSFER), &gate__v1__transfer__descriptor, FALSE, TRUE, TRUE, TRUE },
  { BODY (HOLD), &gate__v1__hold__descriptor, FALSE, TRUE, TRUE, TRUE },
  { BODY (SNOOZE), &gate__v1__snooze__descriptor, FALSE, TRUE, TRUE, TRUE },
  { BODY (REOPEN), &gate__v1__reopen__descriptor, FALSE, TRUE, TRUE, TRUE },
  { BODY (CONV_UPDATE), &gate__v1__conv_update__descriptor, FALSE, TRUE, TRUE, TRUE },
  { BODY (CLOSE), &gate__v1__close__descriptor, TRUE, TRUE, TRUE, TRUE },
  { BODY (WRAPUP), &gate__v1__wrapup__descriptor, FALSE, TRUE, TRUE, TRUE },
  { BODY (NOTE), &gate__v1__note__descriptor, FALSE, TRUE, TRUE, TRUE },
  { BODY (CONTACT_REQ), &gate__v1__contact_req__descriptor, FALSE, TRUE, TRUE, FALSE },
  { BODY (CONTACT_EDIT), &gate__v1__contact_edit__descriptor, FALSE, TRUE, TRUE, TRUE },
  { BODY (CONTACT_MERGE), &gate__v1__contact_merge__descriptor, FALSE, TRUE, TRUE, TRUE },
  { BODY (CONTACT_FIND), &gate__v1__contact_find__descriptor, FALSE, TRUE, TRUE, TRUE },
  { BODY (KEYS), &gate__v1__keys__descriptor, TRUE, TRUE, TRUE, TRUE },
  { BODY (KEYS_REQ), &gate__v1__keys_req__descriptor, TRUE, TRUE, TRUE, TRUE },
  /* only ever from the server, or only before Welcome */
  { BODY (ACK), &gate__v1__ack__descriptor, FALSE, FALSE, TRUE, FALSE },
  { BODY (QUEUE), &gate__v1__queue_update__descriptor, FALSE, FALSE, TRUE, FALSE },
  { BODY (PRESENCE), &gate__v1__presence__descriptor, FALSE, FALSE, TRUE, FALSE },
  { BODY (ASSIGNMENT), &gate__v1__assignment__descriptor, FALSE, FALSE, TRUE, FALSE },
  { BODY (ERROR), &gate__v1__error__descriptor, FALSE, FALSE, TRUE, FALSE },
  { BODY (HELLO), &gate__v1__hello__descriptor, FALSE, FALSE, TRUE, FALSE },
  { BODY (WELCOME), &gate__v1__welcome__descriptor, FALSE, FALSE, TRUE, FALSE },
  { BODY (AUTH), &gate__v1__auth__descriptor, FALSE, FALSE, TRUE, FALSE },
  { BODY (RESUME), &gate__v1__resume__descriptor, FALSE, FALSE, TRUE, FALSE },
  { BODY (HISTORY_PAGE), &gate__v1__history_page__descriptor, FALSE, FALSE, TRUE, FALSE },
  { BODY (UPLOAD_TICKET), &gate__v1__upload_ticket__descriptor, FALSE, FALSE, TRUE, FALSE },
  { BODY (GO_AWAY), &gate__v1__go_away__descriptor, FALSE, FALSE, TRUE, FALSE },
  { BODY (OFFER), &gate__v1__offer__descriptor, FALSE, FALSE, TRUE, FALSE },
  { BODY (OFFER_GONE), &gate__v1__offer_gone__descriptor, FALSE, FALSE, TRUE, FALSE },
  { BODY (LIST), &gate__v1__list__descriptor, FALSE, FALSE, TRUE, FALSE },
  { BODY (VIEWERS), &gate__v1__viewers__descriptor, FALSE, FALSE, TRUE, FALSE },
  { BODY (SEARCH_PAGE), &gate__v1__search_page__descriptor, FALSE, FALSE, TRUE, FALSE },
  { BODY (SUGGESTIONS), &gate__v1__suggestions__descriptor, FALSE, FALSE, TRUE, FALSE },
  { BODY (CONTACT), &gate__v1__contact__descriptor, FALSE, FALSE, TRUE, FALSE },
  { BODY (CONTACT_FOUND), &gate__v1__contact_found__descriptor, FALSE, FALSE, TRUE, FALSE },
  { BODY (NOTICE), &gate__v1__notice__descriptor, FALSE, FALSE, TRUE, FALSE },
};

/* --- Bringing a conversation into a state ---------------------------------------------------------------------- */

static void
owner_does (World            *world,
            ProtobufCMessage *body)
{
  client_ack (world->clients[FROM_OWNER], body);
}

static void
close_it (World    *world,
          gboolean  is_coded)
{
  Gate__V1__Close close = GATE__V1__CLOSE__INIT;
  Gate__V1__Wrapup wrapup = GATE__V1__WRAPUP__INIT;

  close.conv = wrapup.conv = world->conv;
  owner_does (world, &close.base);
  if (is_coded)
    owner_does (world, &wrapup.base);
}

static void
set_owner_accepting (World    *world,
                     gboolean  accepting)
{
  Gate__V1__AgentStatus status = GATE__V1__AGENT_STATUS__INIT;

  status.present = TRUE;
  status.accepting = accepting;
  client_send (world->clients[FROM_OWNER], &status.base);
}

static void
bring_into (World *world,
            guint  state)
{
  Gate__V1__Hold hold = GATE__V1__HOLD__INIT;
  Gate__V1__Snooze snooze = GATE__V1__SNOOZE__INIT;
  Gate__V1__OfferAnswer answer = GATE__V1__OFFER_ANSWER__INIT;

  set_owner_accepting (world, state != STATE (QUEUED));
  world->conv = client_text (world->clients[FROM_VISITOR], 0, "hello")->conv;
  if (state == STATE (QUEUED) || state == STATE (OFFERED))
    return;
  answer.conv = hold.conv = snooze.conv = world->conv;
  answer.accept = hold.on = TRUE;
  client_send (world->clients[FROM_OWNER], &answer.base);
  if (state == STATE (HELD))
    owner_does (world, &hold.base);
  else if (state == STATE (SNOOZED))
    owner_does (world, &snooze.base);
  else if (state == STATE (WRAPUP) || state == STATE (CLOSED))
    close_it (world, state == STATE (CLOSED));
}

static void
world_init (World *self,
            guint  state)
{
  Harness *harness = harness_new ();
  Gate__V1__Note note = GATE__V1__NOTE__INIT;

  self->harness = harness;
  memory_store_add_agent (harness->store, "stranger-row", "agent", 1, "[\"tech\"]");
  self->clients[FROM_VISITOR] = harness_visitor (harness, NULL);
  self->clients[FROM_OTHER_VISITOR] = harness_visitor (harness, NULL);
  self->clients[FROM_OWNER] = harness_agent (harness, "owner", "agent", 5);
  self->clients[FROM_COLLEAGUE] = harness_agent (harness, "colleague", "agent", 5);
  self->clients[FROM_STRANGER] = harness_agent_of (harness, "stranger", "agent", 5, "[\"tech\"]");
  self->clients[FROM_SUPERVISOR] = harness_agent (harness, "supervisor", "supervisor", 5);
  self->clients[FROM_AUDITOR] = harness_agent (harness, "auditor", "auditor", 5);
  bring_into (self, state);
  g_assert_cmpuint (harness_state (harness, self->conv), ==, state);
  /* Something that no visitor may ever see. */
  note.conv = self->conv;
  note.text = (char *) HARNESS_NOTE_MARK " among ourselves";
  client_ack (self->clients[FROM_OWNER], &note.base);
  harness_advance (harness, 1500);
  for (guint i = 0; i < N_FROM; i++)
    client_clear (self->clients[i]);
}

/* --- A plausible frame of each kind --------------------------------------------------------------------------------- */

static void
fill (const World      *world,
      From              from,
      ProtobufCMessage *body)
{
  const ProtobufCFieldDescriptor *conv =
    protobuf_c_message_descriptor_get_field_by_name (body->descriptor, "conv");
  static Gate__V1__Message first;

  if (conv != NULL && conv->type == PROTOBUF_C_TYPE_UINT64 && from != FROM_VISITOR)
    *(guint64 *) (gpointer) ((char *) body + conv->offset) = world->conv;
  if (body->descriptor == &gate__v1__message__descriptor) {
    Gate__V1__Message *message = (Gate__V1__Message *) body;

    message->cid = 4711;
    message->content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
    message->text = (char *) "matrix";
  } else if (body->descriptor == &gate__v1__open__descriptor) {
    gate__v1__message__init (&first);
    first.cid = 4712;
    first.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
    first.text = (char *) "matrix";
    ((Gate__V1__Open *) body)->first = &first;
  } else if (body->descriptor == &gate__v1__rating__descriptor) {
    ((Gate__V1__Rating *) body)->score = 3;
  } else if (body->descriptor == &gate__v1__feedback__descriptor) {
    ((Gate__V1__Feedback *) body)->action = 1;
  } else if (body->descriptor == &gate__v1__note__descriptor) {
    ((Gate__V1__Note *) body)->text = (char *) HARNESS_NOTE_MARK " another";
  } else if (body->descriptor == &gate__v1__upload_req__descriptor) {
    ((Gate__V1__UploadReq *) body)->mime = (char *) "image/png";
    ((Gate__V1__UploadReq *) body)->size = 10;
  } else if (body->descriptor == &gate__v1__subscribe__descriptor) {
    ((Gate__V1__Subscribe *) body)->list = GATE__V1__LIST_KIND__LI_QUEUE;
  } else if (body->descriptor == &gate__v1__hold__descriptor) {
    ((Gate__V1__Hold *) body)->on = TRUE;
  } else if (body->descriptor == &gate__v1__transfer__descriptor) {
    ((Gate__V1__Transfer *) body)->to_queue = (char *) "tech";
    ((Gate__V1__Transfer *) body)->note = (char *) HARNESS_NOTE_MARK " take it";
  } else if (body->descriptor == &gate__v1__close__descriptor) {
    ((Gate__V1__Close *) body)->note = (char *) HARNESS_NOTE_MARK " done";
  } else if (body->descriptor == &gate__v1__contact_edit__descriptor) {
    ((Gate__V1__ContactEdit *) body)->fields = 1 | 8;
    ((Gate__V1__ContactEdit *) body)->name = (char *) "Matrix";
    ((Gate__V1__ContactEdit *) body)->note = (char *) HARNESS_NOTE_MARK " of them";
  } else if (body->descriptor == &gate__v1__contact_merge__descriptor) {
    ((Gate__V1__ContactMerge *) body)->visitor = world->clients[FROM_OTHER_VISITOR]->welcome->self;
  } else if (body->descriptor == &gate__v1__typing__descriptor) {
    ((Gate__V1__Typing *) body)->on = TRUE;
  } else if (body->descriptor == &gate__v1__read__descriptor) {
    ((Gate__V1__Read *) body)->seq = 1;
  } else if (body->descriptor == &gate__v1__watch__descriptor) {
    ((Gate__V1__Watch *) body)->on = TRUE;
  } else if (body->descriptor == &gate__v1__claim__descriptor && from == FROM_SUPERVISOR) {
    ((Gate__V1__Claim *) body)->mode = GATE__V1__CLAIM_MODE__CL_TAKEOVER;
  }
}

static gboolean
is_visitor (From from)
{
  return from == FROM_VISITOR || from == FROM_OTHER_VISITOR;
}

static gboolean
is_in_column (const Kind *kind,
              From        from)
{
  if (is_visitor (from))
    return kind->by_visitor;
  return kind->by_agent && !(from == FROM_AUDITOR && kind->is_write);
}

/* Reading or writing what one has nothing to do with. */
static void
check_not_allowed_through (const World           *world,
                           const Kind            *kind,
                           From                   from,
                           guint                  state,
                           const Gate__V1__Frame *answer)
{
  gboolean names_conv =
    protobuf_c_message_descriptor_get_field_by_name (kind->descriptor, "conv") != NULL;
  gboolean is_stranger = from == FROM_OTHER_VISITOR || from == FROM_STRANGER;
  gboolean is_outsider = from == FROM_COLLEAGUE;

  if (is_stranger && names_conv && kind->body_case != BODY (KEYS_REQ) &&
      kind->body_case != BODY (UPLOAD_REQ) && kind->body_case != BODY (SEARCH_REQ))
    g_assert_cmpuint (answer->body_case, ==, BODY (ERROR));
  /* Only the owner may reply; a colleague who reads along may not change anything either. */
  if (is_outsider &&
      (kind->body_case == BODY (MESSAGE) || kind->body_case == BODY (HOLD) ||
       kind->body_case == BODY (TRANSFER) || kind->body_case == BODY (SNOOZE) ||
       kind->body_case == BODY (WRAPUP) || kind->body_case == BODY (CONV_UPDATE) ||
       kind->body_case == BODY (CLOSE) || kind->body_case == BODY (REOPEN) ||
       kind->body_case == BODY (CONTACT_EDIT) || kind->body_case == BODY (CONTACT_MERGE) ||
       kind->body_case == BODY (CONTACT_FIND)))
    g_assert_cmpuint (answer->body_case, ==, BODY (ERROR));
}

/* Which answer the table names. */
static void
check_kind_of_answer (const Kind            *kind,
                      const Gate__V1__Frame *answer)
{
  static const struct {
    Gate__V1__Frame__BodyCase asked, answered;
  } named[] = {
    { BODY (HISTORY_REQ), BODY (HISTORY_PAGE) },
    { BODY (SEARCH_REQ), BODY (SEARCH_PAGE) },
    { BODY (UPLOAD_REQ), BODY (UPLOAD_TICKET) },
    { BODY (AGENT_STATUS), BODY (AGENT_STATUS) },
    { BODY (SUBSCRIBE), BODY (LIST) },
    { BODY (WATCH), BODY (VIEWERS) },
    { BODY (CLAIM), BODY (ASSIGNMENT) },
    { BODY (CONTACT_REQ), BODY (CONTACT) },
    { BODY (CONTACT_FIND), BODY (CONTACT_FOUND) },
    { BODY (KEYS_REQ), BODY (KEYS) },
  };
  Gate__V1__Frame__BodyCase expected = BODY (ACK);

  if (answer->body_case == BODY (ERROR)) {
    g_assert_cmpuint (answer->error->code, >=, 403);
    g_assert_cmpuint (answer->error->code, <, 500);
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (named); i++) {
    if (named[i].asked == kind->body_case)
      expected = named[i].answered;
  }
  g_assert_cmpuint (answer->body_case, ==, expected);
}

static void
test_cell (const Kind *kind,
           From        from,
           guint       state)
{
  World world = { 0 };
  Client *client;
  g_autoptr (WireArena) arena = wire_arena_new (1024);
  ProtobufCMessage *body = wire_message_new (arena, kind->descriptor);
  const Gate__V1__Frame *answer;
  guint32 epoch;

  world_init (&world, state);
  client = world.clients[from];
  epoch = memory_store_conv (world.harness->store, world.conv)->row.epoch;
  fill (&world, from, body);
  answer = client_answer (client, client_send (client, body));
  g_assert_false (client->is_closed);
  if (!is_in_column (kind, from)) {
    g_assert_nonnull (answer);
    g_assert_cmpuint (answer->body_case, ==, BODY (ERROR));
    g_assert_cmpuint (answer->error->code, ==, 403);
    g_assert_cmpstr (answer->error->slug, ==, "forbidden");
    g_assert_cmpuint (memory_store_conv (world.harness->store, world.conv)->row.epoch, ==, epoch);
  } else if (!kind->is_answered) {
    g_assert_null (answer);
  } else {
    g_assert_nonnull (answer);
    check_kind_of_answer (kind, answer);
    check_not_allowed_through (&world, kind, from, state, answer);
    if (answer->body_case == BODY (ERROR))
      g_assert_cmpuint (memory_store_conv (world.harness->store, world.conv)->row.epoch, ==, epoch);
  }
  /* Whatever follows from it in the next half minute: the harness looks at what visitors get. */
  harness_advance (world.harness, 30000);
  if (!is_visitor (from) && kind->body_case == BODY (NOTE))
    g_assert_cmpuint (world.clients[FROM_VISITOR]->inbox->len, ==, 0);
  harness_free (world.harness);
}

static void
test_kind (gconstpointer data)
{
  static const guint states[] = {
    STATE (QUEUED),  STATE (OFFERED), STATE (ACTIVE), STATE (HELD),
    STATE (SNOOZED), STATE (WRAPUP),  STATE (CLOSED),
  };
  const Kind *kind = data;

  for (guint i = 0; i < G_N_ELEMENTS (states); i++) {
    for (guint from = 0; from < N_FROM; from++) {
      g_test_message ("%s in %s", from_names[from], wire_state_name (states[i]));
      test_cell (kind, (From) from, states[i]);
    }
  }
}

/* The table here, the one in wire/ and the core's agree on who may send what. */
static void
test_tables_agree (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_assert_cmpint (wire_may_send (WIRE_SENDER_VISITOR, kinds[i].body_case), ==,
                     kinds[i].by_visitor);
    g_assert_cmpint (wire_may_send (WIRE_SENDER_AGENT, kinds[i].body_case), ==, kinds[i].by_agent);
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/matrix/tables-agree", test_tables_agree);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autofree char *path =
      g_strdup_printf ("/core/matrix/%s", wire_body_name (kinds[i].body_case));

    g_test_add_data_func (path, &kinds[i], test_kind);
  }
  return g_test_run ();
}
