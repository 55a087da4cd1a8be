/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the first byte to the moment somebody answers. */
#include "config.h"

#include "session-private.h"

#include "wire-text.h"
#include "wire-token.h"

#define STATE(name) GATE__V1__STATE__ST_##name

static char *
random_text (Play       *self,
             const char *prefix,
             guint       n_chars)
{
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  GString *text = g_string_new (prefix);
  char *kept;

  for (guint i = 0; i < n_chars; i++)
    g_string_append_c (text, letters[play_between (self, 0, 63)]);
  kept = wire_arena_alloc (self->arena, text->len + 1);
  memcpy (kept, text->str, text->len + 1);
  g_string_free (text, TRUE);
  return kept;
}

static char *
resume_token (Play    *self,
              guint64  session,
              guint64  peer)
{
  guint8 key[WIRE_RESUME_KEY_BYTES];
  char *token = wire_arena_alloc (self->arena, WIRE_RESUME_CHARS + 1);
  WireResume resume = { .session = session, .peer = peer, .generation = 1 };

  for (guint i = 0; i < sizeof key; i++)
    key[i] = (guint8) play_random (self);
  resume.expires_s = (guint32) (self->now_ms / 1000) + 24u * 3600;
  wire_resume_seal (&resume, key, 1, token);
  return token;
}

static void
fill_welcome (Play               *self,
              Gate__V1__Welcome  *welcome,
              guint64             peer,
              char              **caps,
              guint               n_caps)
{
  welcome->session = play_random (self) >> 11;
  welcome->self = peer;
  welcome->resume_token = resume_token (self, welcome->session, peer);
  welcome->resume_ttl_s = 180;
  welcome->ping_s = 30;
  welcome->idle_s = 180;
  welcome->max_frame = 65536;
  welcome->ts = (guint64) self->now_ms;
  welcome->caps = caps;
  welcome->n_caps = n_caps;
  welcome->node = (char *) "gate-1";
  welcome->log = play_random (self) >> 11;
}

static void
subscribe (Play               *self,
           Gate__V1__ListKind  kind)
{
  Gate__V1__Subscribe subscribe = GATE__V1__SUBSCRIBE__INIT;
  Gate__V1__List list = GATE__V1__LIST__INIT;
  guint32 id;

  subscribe.list = list.list = kind;
  list.reset = TRUE;
  id = play_ask (self, SESSION_AGENT, &subscribe.base);
  play_send (self, SESSION_AGENT, id, &list.base);
}

static void
go_online (Play *self)
{
  Gate__V1__AgentStatus status = GATE__V1__AGENT_STATUS__INIT;
  guint32 id;

  status.present = TRUE;
  status.accepting = TRUE;
  status.capacity = 5;
  id = play_ask (self, SESSION_AGENT, &status.base);
  status.agent = self->agent;
  status.status = GATE__V1__STATUS__SS_ONLINE;
  status.link = TRUE;
  status.since = (guint64) self->now_ms;
  play_send (self, SESSION_AGENT, id, &status.base);
}

void
play_agent_signs_in (Play *self)
{
  char *caps[] = { (char *) "batch", (char *) "zd1" };
  char *rights[] = { (char *) "chat", (char *) "pull" };
  Gate__V1__Hello hello = GATE__V1__HELLO__INIT;
  Gate__V1__Auth auth = GATE__V1__AUTH__INIT;
  Gate__V1__Welcome welcome = GATE__V1__WELCOME__INIT;
  guint32 id;

  hello.version = 1;
  hello.channel = GATE__V1__CHANNEL__CH_CONSOLE;
  hello.device = random_text (self, "", 16);
  hello.locale = (char *) "zh_CN.UTF-8";
  hello.user_agent = (char *) "usher/0.1.0";
  hello.tz = (char *) "Asia/Shanghai";
  hello.caps = caps;
  hello.n_caps = G_N_ELEMENTS (caps);
  play_ask (self, SESSION_AGENT, &hello.base);
  auth.token = random_text (self, "ga_", WIRE_OPAQUE_CHARS - 3);
  id = play_ask (self, SESSION_AGENT, &auth.base);
  fill_welcome (self, &welcome, self->agent, caps, G_N_ELEMENTS (caps));
  welcome.max_frame = 262144;
  welcome.role = GATE__V1__ROLE__AGENT;
  welcome.rights = rights;
  welcome.n_rights = G_N_ELEMENTS (rights);
  play_send (self, SESSION_AGENT, id, &welcome.base);
  go_online (self);
  subscribe (self, GATE__V1__LIST_KIND__LI_MINE);
  subscribe (self, GATE__V1__LIST_KIND__LI_QUEUE);
}

void
play_visitor_signs_in (Play *self)
{
  char *caps[] = { (char *) "batch", (char *) "zd1" };
  guint n_clients = g_strv_length ((char **) self->cast->clients);
  Gate__V1__Hello hello = GATE__V1__HELLO__INIT;
  Gate__V1__Auth auth = GATE__V1__AUTH__INIT;
  Gate__V1__Welcome welcome = GATE__V1__WELCOME__INIT;
  gboolean is_known = play_between (self, 0, 1) == 1;
  guint32 id;

  hello.version = 1;
  hello.channel = GATE__V1__CHANNEL__CH_APP;
  hello.app_key = self->app_key;
  hello.device = random_text (self, "", 16);
  hello.locale = (char *) "zh-CN";
  hello.user_agent = (char *) self->cast->clients[play_random (self) % n_clients];
  hello.tz = (char *) "Asia/Shanghai";
  hello.caps = caps;
  hello.n_caps = G_N_ELEMENTS (caps);
  play_ask (self, SESSION_VISITOR, &hello.base);
  if (is_known)
    auth.visitor_key = random_text (self, "vk_", WIRE_VISITOR_KEY_CHARS - 3);
  id = play_ask (self, SESSION_VISITOR, &auth.base);
  fill_welcome (self, &welcome, self->visitor, caps, G_N_ELEMENTS (caps));
  if (!is_known)
    welcome.visitor_key = random_text (self, "vk_", WIRE_VISITOR_KEY_CHARS - 3);
  play_send (self, SESSION_VISITOR, id, &welcome.base);
}

/* --- The queue -------------------------------------------------------------------------------------------- */

static void
fill_row (Play *self)
{
  Gate__V1__ConvRow row = GATE__V1__CONV_ROW__INIT;

  row.conv = self->conv;
  row.state = STATE (OFFERED);
  row.epoch = self->epoch;
  row.channel = GATE__V1__CHANNEL__CH_APP;
  row.visitor = self->visitor;
  row.queue = (char *) self->queue;
  row.agent = self->agent;
  row.priority = 2;
  row.last_seq = self->seq;
  row.last_text = self->row.last_text;
  row.last_ts = row.waiting_since = row.opened_at = row.enqueued_at = self->row.last_ts;
  row.unread = 1;
  row.due = (guint64) self->now_ms + 20000;
  row.visitor_state = GATE__V1__STATUS__SS_ONLINE;
  self->row = row;
}

static void
offer (Play *self)
{
  Gate__V1__Offer offer = GATE__V1__OFFER__INIT;
  guint idle_s = play_between (self, 0, 90);
  guint n_chats = play_between (self, 0, 4);
  g_autofree char *reason = g_strdup_printf ("%u of 5 chats, idle %u s", n_chats, idle_s);

  self->epoch++;
  fill_row (self);
  offer.conv = self->conv;
  offer.epoch = self->epoch;
  offer.deadline = self->row.due;
  offer.why = GATE__V1__WHY__WHY_ROUTED;
  offer.reason = reason;
  offer.row = &self->row;
  play_send (self, SESSION_AGENT, 0, &offer.base);
  play_show_row (self, GATE__V1__LIST_KIND__LI_QUEUE);
}

void
play_wait_for_agent (Play *self)
{
  Gate__V1__ConvUpdate update = GATE__V1__CONV_UPDATE__INIT;
  Gate__V1__QueueUpdate place = GATE__V1__QUEUE_UPDATE__INIT;

  self->epoch++;
  update.conv = place.conv = self->conv;
  update.state = STATE (QUEUED);
  update.epoch = self->epoch;
  play_send (self, SESSION_VISITOR, 0, &update.base);
  place.queue = (char *) self->queue;
  place.position = play_between (self, 1, 4);
  place.size = place.position + play_between (self, 0, 3);
  for (; place.position > 0; place.position--) {
    place.eta_s = place.position * play_between (self, 15, 40);
    play_send (self, SESSION_VISITOR, 0, &place.base);
    play_wait (self, play_between (self, 4000, 25000));
  }
  offer (self);
}

static void
tell_accepted (Play        *self,
               SessionSide  side,
               guint32      id)
{
  Gate__V1__ConvUpdate update = GATE__V1__CONV_UPDATE__INIT;
  Gate__V1__Assignment assignment = GATE__V1__ASSIGNMENT__INIT;

  update.conv = assignment.conv = self->conv;
  update.state = STATE (ACTIVE);
  update.epoch = assignment.epoch = self->epoch;
  if (side == SESSION_AGENT) {
    update.queue = (char *) self->queue;
    update.priority = 2;
  }
  play_send (self, side, 0, &update.base);
  assignment.agent = self->agent;
  assignment.agent_name = (char *) self->agent_name;
  assignment.queue = (char *) self->queue;
  assignment.why = GATE__V1__WHY__WHY_ROUTED;
  play_send (self, side, id, &assignment.base);
}

/* What was written before the agent came is read back. */
static void
read_back (Play *self)
{
  Gate__V1__HistoryReq ask = GATE__V1__HISTORY_REQ__INIT;
  Gate__V1__HistoryPage page = GATE__V1__HISTORY_PAGE__INIT;

  ask.conv = page.conv = self->conv;
  ask.limit = 50;
  page.messages = (Gate__V1__Message **) self->lines->pdata;
  page.n_messages = self->lines->len;
  page.head = self->seq;
  play_send (self, SESSION_AGENT, play_ask (self, SESSION_AGENT, &ask.base), &page.base);
}

void
play_accept (Play *self)
{
  Gate__V1__OfferAnswer answer = GATE__V1__OFFER_ANSWER__INIT;
  Gate__V1__List list = GATE__V1__LIST__INIT;
  guint32 id;

  play_wait (self, play_between (self, 1000, 9000));
  answer.conv = self->conv;
  answer.epoch = self->epoch;
  answer.accept = TRUE;
  id = play_ask (self, SESSION_AGENT, &answer.base);
  self->epoch++;
  self->is_accepted = TRUE;
  tell_accepted (self, SESSION_VISITOR, 0);
  tell_accepted (self, SESSION_AGENT, id);
  self->row.state = STATE (ACTIVE);
  self->row.epoch = self->epoch;
  self->row.due = 0;
  play_show_row (self, GATE__V1__LIST_KIND__LI_MINE);
  list.list = GATE__V1__LIST_KIND__LI_QUEUE;
  list.gone = &self->conv;
  list.n_gone = 1;
  play_send (self, SESSION_AGENT, 0, &list.base);
  read_back (self);
}
