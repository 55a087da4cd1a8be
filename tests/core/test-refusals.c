/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core-harness.h"

#include "wire-frame.h"

#include <string.h>

/* What is asked wrongly, too large, too often or of something that is not there. */

#define BODY(name) GATE__V1__FRAME__BODY_##name
#define ABSENT     4711

typedef struct {
  Harness *harness;
  Client *agent, *boss, *visitor;
  guint64 conv;
} World;

static void
world_init (World *self)
{
  self->harness = harness_new ();
  self->agent = harness_accepting (self->harness, "mei", 3);
  self->boss = harness_agent (self->harness, "boss", "supervisor", 3);
  self->visitor = harness_visitor (self->harness, NULL);
  self->conv = harness_chat (self->harness, self->visitor, self->agent);
}

static void
test_absent (void)
{
  World world;
  Gate__V1__HistoryReq history = GATE__V1__HISTORY_REQ__INIT;
  Gate__V1__Hold hold = GATE__V1__HOLD__INIT;
  Gate__V1__ContactReq contact = GATE__V1__CONTACT_REQ__INIT;
  Gate__V1__OfferAnswer answer = GATE__V1__OFFER_ANSWER__INIT;
  Client *stranger;

  world_init (&world);
  history.conv = hold.conv = contact.conv = answer.conv = ABSENT;
  client_error (world.agent, &history.base, 404, "no_conversation");
  client_error (world.agent, &hold.base, 404, "no_conversation");
  client_error (world.agent, &contact.base, 404, "no_conversation");
  client_error (world.agent, &answer.base, 409, "offer_gone");
  answer.conv = world.conv;
  client_error (world.agent, &answer.base, 409, "offer_gone");
  history.conv = hold.conv = 0;
  client_error (world.agent, &history.base, 404, "no_conversation");
  /* Another visitor's conversation does not exist, for all they can tell. */
  stranger = harness_visitor (world.harness, NULL);
  history.conv = world.conv;
  client_error (stranger, &history.base, 404, "no_conversation");
  history.conv = ABSENT;
  client_error (stranger, &history.base, 404, "no_conversation");
  history.conv = 0;
  client_error (stranger, &history.base, 404, "no_conversation");
  harness_free (world.harness);
}

static void
test_content (void)
{
  World world;
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  Gate__V1__Event event = GATE__V1__EVENT__INIT;
  Gate__V1__Choices choices = GATE__V1__CHOICES__INIT;
  Gate__V1__Location location = GATE__V1__LOCATION__INIT;
  Gate__V1__Card card = GATE__V1__CARD__INIT;
  static guint8 ext[5000];

  world_init (&world);
  message.cid = 50;
  message.content_case = GATE__V1__MESSAGE__CONTENT_EVENT;
  message.event = &event;
  event.name = (char *) "joined"; /* would put words into our mouth */
  client_error (world.visitor, &message.base, 415, "unsupported_content");
  message.content_case = GATE__V1__MESSAGE__CONTENT_CHOICES;
  message.choices = &choices;
  client_error (world.visitor, &message.base, 415, "unsupported_content");
  message.content_case = GATE__V1__MESSAGE__CONTENT_SEALED;
  message.sealed.data = ext;
  message.sealed.len = 10;
  client_error (world.visitor, &message.base, 415, "unsupported_content");
  message.content_case = GATE__V1__MESSAGE__CONTENT_LOCATION;
  message.location = &location;
  client_ack (world.visitor, &message.base);
  message.cid = 51;
  message.content_case = GATE__V1__MESSAGE__CONTENT_CARD;
  message.card = &card;
  card.title = (char *) "Shoes";
  client_ack (world.visitor, &message.base);
  g_assert_cmpstr (memory_store_conv (world.harness->store, world.conv)->row.last_text, ==,
                   "Shoes");
  message.conv = world.conv;
  message.cid = 52;
  message.content_case = GATE__V1__MESSAGE__CONTENT_CHOICES;
  message.choices = &choices;
  choices.head = (char *) "How was it?";
  client_ack (world.agent, &message.base);
  message.ext.data = ext;
  message.ext.len = sizeof ext;
  client_error (world.agent, &message.base, 413, "too_large");
  message.ext.len = 0;
  message.content_case = GATE__V1__MESSAGE__CONTENT__NOT_SET;
  client_error (world.agent, &message.base, 422, "invalid");
  message.flags = 4; /* a recall of nothing */
  client_error (world.agent, &message.base, 422, "invalid");
  harness_free (world.harness);
}

/* Flags are ours: a note's bit, another's edit mark, an automatic reply by a visitor. */
static void
test_flags (void)
{
  World world;
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  const MemoryConv *kept;

  world_init (&world);
  message.cid = 60;
  message.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
  message.text = (char *) "flags";
  message.flags = 0xff;
  message.flags &= ~4u;
  client_ack (world.visitor, &message.base);
  message.conv = world.conv;
  message.cid = 61;
  client_ack (world.agent, &message.base);
  kept = memory_store_conv (world.harness->store, world.conv);
  g_assert_cmpuint (g_array_index (kept->messages, MemoryMessage, 1).row.flags, ==, 16);
  g_assert_cmpuint (g_array_index (kept->messages, MemoryMessage, 2).row.flags, ==, 24);
  /* An automatic reply does not stop the visitor's clock. */
  g_assert_cmpuint (kept->row.waiting_since, >, 0);
  harness_free (world.harness);
}

static void
test_edit_of_nothing (void)
{
  World world;
  Gate__V1__Message edit = GATE__V1__MESSAGE__INIT;
  guint64 seq;

  world_init (&world);
  seq = client_text (world.agent, world.conv, "a")->seq;
  edit.conv = world.conv;
  edit.cid = 70;
  edit.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
  edit.text = (char *) "b";
  edit.replaces = ABSENT;
  client_error (world.agent, &edit.base, 422, "invalid");
  edit.replaces = seq;
  client_ack (world.agent, &edit.base);
  edit.cid = 71;
  edit.replaces = seq + 1; /* an edit is no line */
  client_error (world.agent, &edit.base, 422, "invalid");
  harness_free (world.harness);
}

static void
test_long_texts (void)
{
  World world;
  g_autofree char *text = g_strnfill (5000, 'z');
  Gate__V1__Note note = GATE__V1__NOTE__INIT;
  Gate__V1__Close close = GATE__V1__CLOSE__INIT;
  Gate__V1__Transfer transfer = GATE__V1__TRANSFER__INIT;
  Gate__V1__Wrapup wrapup = GATE__V1__WRAPUP__INIT;
  Gate__V1__ConvUpdate update = GATE__V1__CONV_UPDATE__INIT;
  Gate__V1__Rating rating = GATE__V1__RATING__INIT;
  Gate__V1__SearchReq search = GATE__V1__SEARCH_REQ__INIT;
  Gate__V1__Open open = GATE__V1__OPEN__INIT;
  Gate__V1__AgentStatus status = GATE__V1__AGENT_STATUS__INIT;

  world_init (&world);
  note.conv = close.conv = transfer.conv = wrapup.conv = update.conv = world.conv;
  note.text = close.note = transfer.note = wrapup.code = update.subject = text;
  rating.comment = search.query = open.subject = status.reason = text;
  rating.score = 1;
  client_error (world.agent, &note.base, 413, "too_large");
  client_error (world.agent, &close.base, 413, "too_large");
  client_error (world.agent, &transfer.base, 413, "too_large");
  client_error (world.agent, &wrapup.base, 413, "too_large");
  client_error (world.agent, &update.base, 422, "invalid");
  client_error (world.agent, &search.base, 422, "invalid");
  client_error (world.agent, &status.base, 422, "invalid");
  client_error (world.visitor, &rating.base, 422, "invalid");
  client_error (world.visitor, &open.base, 413, "too_large");
  harness_free (world.harness);
}

static void
test_numbers (void)
{
  World world;
  Gate__V1__Rating rating = GATE__V1__RATING__INIT;
  Gate__V1__Feedback feedback = GATE__V1__FEEDBACK__INIT;
  Gate__V1__Note note = GATE__V1__NOTE__INIT;
  Gate__V1__ConvUpdate update = GATE__V1__CONV_UPDATE__INIT;
  guint64 mentions[17] = { 0 };

  world_init (&world);
  client_error (world.visitor, &rating.base, 422, "invalid");
  rating.score = 6;
  client_error (world.visitor, &rating.base, 422, "invalid");
  rating.score = 100;
  rating.scale = 1000;
  client_error (world.visitor, &rating.base, 422, "invalid");
  feedback.conv = world.conv;
  client_error (world.agent, &feedback.base, 422, "invalid");
  feedback.action = 4;
  client_ack (world.agent, &feedback.base);
  note.conv = update.conv = world.conv;
  client_error (world.agent, &note.base, 422, "invalid"); /* nothing in it */
  note.text = (char *) HARNESS_NOTE_MARK;
  note.mentions = mentions;
  note.n_mentions = G_N_ELEMENTS (mentions);
  client_error (world.agent, &note.base, 422, "invalid");
  note.n_mentions = 0;
  note.whisper = TRUE;
  client_error (world.agent, &note.base, 403, "forbidden");
  client_ack (world.boss, &note.base);
  g_assert_true (client_take (world.agent, BODY (NOTE))->note->whisper);
  update.attrs.data = (guint8 *) "[1]";
  update.attrs.len = 3;
  client_error (world.agent, &update.base, 422, "invalid");
  harness_free (world.harness);
}

static void
test_uploads (void)
{
  World world;
  Gate__V1__UploadReq upload = GATE__V1__UPLOAD_REQ__INIT;
  guint8 short_hash[5] = { 0 };
  guint n_tickets = 0;
  Gate__Link__V1__Request request = GATE__LINK__V1__REQUEST__INIT;
  Gate__Link__V1__MediaStored stored = GATE__LINK__V1__MEDIA_STORED__INIT;

  world_init (&world);
  upload.mime = (char *) "image/png";
  client_error (world.visitor, &upload.base, 422, "invalid");
  upload.size = 21 * 1024 * 1024;
  client_error (world.visitor, &upload.base, 413, "too_large");
  upload.size = 10;
  upload.mime = (char *) "image/png\r\nx: y";
  client_error (world.visitor, &upload.base, 422, "invalid");
  upload.mime = (char *) "";
  client_error (world.visitor, &upload.base, 422, "invalid");
  upload.mime = (char *) "image/png";
  upload.sha256.data = short_hash;
  upload.sha256.len = sizeof short_hash;
  client_error (world.visitor, &upload.base, 422, "invalid");
  upload.sha256.len = 0;
  for (guint i = 0; i < 61; i++)
    n_tickets +=
      client_answer (world.visitor, client_send (world.visitor, &upload.base))->body_case ==
      BODY (UPLOAD_TICKET);
  g_assert_cmpuint (n_tickets, ==, 60); /* an hour */
  g_assert_cmpuint (client_answer (world.agent, client_send (world.agent, &upload.base))->body_case,
                    ==, BODY (UPLOAD_TICKET));
  harness_advance (world.harness, 3600 * 1000);
  upload.name = (char *) "later.png";
  g_assert_cmpuint (client_answer (world.visitor, client_send (world.visitor, &upload.base))
                      ->body_case,
                    ==, BODY (UPLOAD_TICKET));
  /* An id we never gave. */
  stored.id = (char *) "nonsense";
  request.body_case = GATE__LINK__V1__REQUEST__BODY_MEDIA_STORED;
  request.media_stored = &stored;
  g_assert_cmpuint (harness_request (world.harness, &request)->error->code, ==, 422);
  harness_free (world.harness);
}

static void
test_note_media (void)
{
  World world;
  Gate__V1__Note note = GATE__V1__NOTE__INIT;
  Gate__V1__Media media = GATE__V1__MEDIA__INIT;

  world_init (&world);
  memory_store_add_media (world.harness->store, "/media/ab/cd/abcd", 1, world.agent->welcome->self);
  note.conv = world.conv;
  note.media = &media;
  media.url = (char *) "/media/none";
  client_error (world.agent, &note.base, 422, "unknown_media");
  media.url = (char *) "/media/ab/cd/abcd?exp=1&sig=2"; /* as it was handed out */
  client_ack (world.agent, &note.base);
  client_error (world.boss, &note.base, 422, "unknown_media");
  harness_free (world.harness);
}

/* What one may not take. */
static void
test_claims (void)
{
  World world;
  Gate__V1__Claim claim = GATE__V1__CLAIM__INIT;
  Gate__V1__Close close = GATE__V1__CLOSE__INIT;
  guint64 offered;
  Client *peer;

  world_init (&world);
  offered = client_text (harness_visitor (world.harness, NULL), 0, "next")->conv;
  peer = harness_agent (world.harness, "peer", "agent", 3);
  claim.conv = offered; /* on its way to mei */
  client_error (peer, &claim.base, 409, "already_assigned");
  g_assert_cmpuint (client_answer (world.boss, client_send (world.boss, &claim.base))->body_case,
                    ==, BODY (ASSIGNMENT));
  claim.conv = world.conv;
  claim.mode = GATE__V1__CLAIM_MODE__CL_STEP_IN;
  client_error (world.boss, &claim.base, 409, "already_assigned");
  claim.mode = GATE__V1__CLAIM_MODE__CL_JOIN;
  client_send (world.boss, &claim.base);
  client_error (world.boss, &claim.base, 409, "already_assigned");
  claim.mode = GATE__V1__CLAIM_MODE__CL_TAKEOVER;
  client_send (world.boss, &claim.base);
  client_error (world.boss, &claim.base, 409, "already_assigned");
  close.conv = world.conv;
  close.reason = GATE__V1__CLOSE_REASON__CR_SPAM;
  client_ack (world.boss, &close.base);
  client_error (world.boss, &claim.base, 410, "closed");
  claim.conv = 0;
  claim.mode = GATE__V1__CLAIM_MODE__CL_PULL;
  claim.queue = (char *) "tech";
  client_error (world.boss, &claim.base, 404, "no_conversation");
  harness_free (world.harness);
}

static void
test_transfers (void)
{
  World world;
  Gate__V1__Transfer transfer = GATE__V1__TRANSFER__INIT;
  Gate__V1__Reopen reopen = GATE__V1__REOPEN__INIT;
  Gate__V1__Close close = GATE__V1__CLOSE__INIT;
  Client *peer;

  world_init (&world);
  peer = harness_agent (world.harness, "peer", "agent", 1);
  transfer.conv = reopen.conv = close.conv = world.conv;
  transfer.to_agent = world.agent->welcome->self; /* to oneself */
  client_error (world.agent, &transfer.base, 422, "invalid");
  transfer.to_agent = peer->welcome->self; /* not accepting */
  client_error (world.agent, &transfer.base, 422, "invalid");
  transfer.to_agent = ABSENT;
  client_error (world.agent, &transfer.base, 422, "invalid");
  transfer.to_agent = peer->welcome->self;
  client_ack (world.boss, &transfer.base); /* with the right "floor" it is forced */
  g_assert_nonnull (client_take (peer, BODY (OFFER)));
  close.reason = GATE__V1__CLOSE_REASON__CR_SPAM;
  client_ack (world.boss, &close.base);
  client_error (peer, &reopen.base, 403, "not_owner");
  client_ack (world.agent, &reopen.base); /* who had it last */
  g_assert_cmpuint (memory_store_conv (world.harness->store, world.conv)->row.agent, ==,
                    world.agent->welcome->self);
  harness_free (world.harness);
}

/* The visitor has begun anew meanwhile: the old one stays closed. */
static void
test_reopen_twice (void)
{
  World world;
  Gate__V1__Close close = GATE__V1__CLOSE__INIT;
  Gate__V1__Reopen reopen = GATE__V1__REOPEN__INIT;

  world_init (&world);
  close.conv = reopen.conv = world.conv;
  close.reason = GATE__V1__CLOSE_REASON__CR_SPAM;
  client_ack (world.agent, &close.base);
  g_assert_cmpuint (client_text (world.visitor, 0, "why?")->conv, !=, world.conv);
  client_error (world.agent, &reopen.base, 409, "already_assigned");
  harness_free (world.harness);
}

/* A wrap-up's form and the audit of a removal. */
static void
test_form (void)
{
  World world;
  Gate__V1__Close close = GATE__V1__CLOSE__INIT;
  Gate__V1__Wrapup wrapup = GATE__V1__WRAPUP__INIT;
  const MemoryConv *kept;

  world_init (&world);
  close.conv = wrapup.conv = world.conv;
  close.note = (char *) HARNESS_NOTE_MARK " all done";
  client_error (world.boss, &wrapup.base, 422, "invalid"); /* not yet */
  client_ack (world.agent, &close.base);
  wrapup.code = (char *) "size";
  wrapup.result = (char *) "solved";
  wrapup.summary = (char *) "Exchanged.";
  wrapup.form.data = (guint8 *) "{\"order\":\"7\"}";
  wrapup.form.len = strlen ((const char *) wrapup.form.data);
  client_ack (world.boss, &wrapup.base);
  kept = memory_store_conv (world.harness->store, world.conv);
  g_assert_cmpstr (kept->row.attrs, ==, "{\"wrapup\":{\"order\":\"7\"}}");
  g_assert_cmpstr (kept->row.summary, ==, "Exchanged.");
  g_assert_cmpuint (kept->notes->len, ==, 1);
  harness_free (world.harness);
}

/* Of an earlier conversation one sees that there was one, and what was said only with reason. */
static void
test_earlier (void)
{
  World world;
  Gate__V1__ContactReq request = GATE__V1__CONTACT_REQ__INIT;
  Gate__V1__Close close = GATE__V1__CLOSE__INIT;
  const Gate__V1__Contact *contact;
  guint64 next;

  world_init (&world);
  close.conv = world.conv;
  close.reason = GATE__V1__CLOSE_REASON__CR_SPAM;
  client_ack (world.agent, &close.base);
  next = client_text (world.visitor, 0, "again")->conv;
  harness_advance (world.harness, 3600 * 1000); /* out of memory */
  request.visitor = world.visitor->welcome->self;
  contact = client_answer (world.boss, client_send (world.boss, &request.base))->contact;
  g_assert_cmpuint (contact->n_earlier, ==, 1);
  g_assert_cmpstr (contact->earlier[0]->last_text, ==, "hello");
  g_assert_cmpuint (contact->visits, ==, 2);
  g_assert_cmpuint (next, !=, world.conv);
  harness_free (world.harness);
}

static void
test_devices_bounded (void)
{
  Harness *harness = harness_new ();
  Client *first = harness_visitor (harness, NULL);
  char key[64];
  Client *last = first;

  g_strlcpy (key, first->welcome->visitor_key, sizeof key);
  for (guint i = 0; i < 40; i++)
    last = harness_visitor (harness, key);
  g_assert_true (first->is_closed); /* the oldest makes room */
  g_assert_cmpuint (first->close_code, ==, 4003);
  g_assert_false (last->is_closed);
  harness_free (harness);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/refusals/absent", test_absent);
  g_test_add_func ("/core/refusals/content", test_content);
  g_test_add_func ("/core/refusals/flags", test_flags);
  g_test_add_func ("/core/refusals/edit-of-nothing", test_edit_of_nothing);
  g_test_add_func ("/core/refusals/long-texts", test_long_texts);
  g_test_add_func ("/core/refusals/numbers", test_numbers);
  g_test_add_func ("/core/refusals/uploads", test_uploads);
  g_test_add_func ("/core/refusals/note-media", test_note_media);
  g_test_add_func ("/core/refusals/claims", test_claims);
  g_test_add_func ("/core/refusals/transfers", test_transfers);
  g_test_add_func ("/core/refusals/reopen-twice", test_reopen_twice);
  g_test_add_func ("/core/refusals/form", test_form);
  g_test_add_func ("/core/refusals/earlier", test_earlier);
  g_test_add_func ("/core/refusals/devices-bounded", test_devices_bounded);
  return g_test_run ();
}
