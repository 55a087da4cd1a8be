/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-handler.h"

#include "gate-agent.h"
#include "gate-lists.h"
#include "gate-session.h"

#include "wire-frame.h"

/* What passes by without an answer: Typing, Read, PageView; and Ping, which the edge answers but a request may send. */

/* Times GATE_MAX_TRAIL: at most 34 KiB a visitor. */
#define MAX_URL_BYTES      1024
#define MAX_TITLE_BYTES    200
#define MAX_REFERRER_BYTES 512

static GateConversation *
known_conversation (GateCore *core,
                    GateCall *call,
                    guint64   number)
{
  GateConversation *conv;
  GateVisitor *visitor;

  if (call->role == GATE__V1__ROLE__VISITOR) {
    visitor = gate_visitor_find (core, call->self);
    conv = visitor != NULL ? visitor->conv : NULL;
    if (number != 0 && (conv == NULL || conv->row.conv != number))
      conv = gate_conversation_find (core, number);
    return conv != NULL && conv->row.visitor == call->self ? conv : NULL;
  }
  conv = gate_conversation_find (core, number);
  return conv != NULL && gate_conversation_may_read (core, conv, call->agent) ? conv : NULL;
}

static void
visitor_typing (GateCore               *core,
                GateCall               *call,
                GateConversation       *conv,
                const Gate__V1__Typing *body)
{
  Gate__V1__Typing typing = GATE__V1__TYPING__INIT;
  gboolean may_preview = call->session != NULL && call->session->has_preview &&
                         !gate_text_is_longer (body->preview, WIRE_MAX_PREVIEW_CHARACTERS);

  typing.conv = conv->row.conv;
  typing.role = GATE__V1__ROLE__VISITOR;
  typing.on = body->on;
  if (may_preview)
    typing.preview = body->preview;
  gate_tell_staff (core, conv, 0, 0, &typing.base);
}

static void
agent_typing (GateCore               *core,
              GateCall               *call,
              GateConversation       *conv,
              const Gate__V1__Typing *body)
{
  Gate__V1__Typing typing = GATE__V1__TYPING__INIT;
  gboolean may_write = (gate_conversation_is_owned (&conv->row) && conv->row.agent == call->self) ||
                       gate_conversation_has_joined (conv, call->self);

  if (call->session != NULL)
    gate_watch_set_typing (core, conv, call->session, body->on);
  if (!may_write)
    return;
  typing.conv = conv->row.conv;
  typing.role = GATE__V1__ROLE__AGENT;
  typing.on = body->on;
  gate_tell_visitor (core, conv, 0, &typing.base);
}

void
gate_handle_typing (GateCore *core,
                    GateCall *call)
{
  const Gate__V1__Typing *body = call->frame->typing;
  GateConversation *conv = known_conversation (core, call, body->conv);

  if (conv == NULL || conv->shown.state == 0 || conv->row.state == GATE__V1__STATE__ST_CLOSED)
    return;
  if (call->role == GATE__V1__ROLE__VISITOR)
    visitor_typing (core, call, conv, body);
  else
    agent_typing (core, call, conv, body);
}

void
gate_handle_read (GateCore *core,
                  GateCall *call)
{
  const Gate__V1__Read *body = call->frame->read;
  GateConversation *conv = known_conversation (core, call, body->conv);

  if (conv == NULL || conv->shown.state == 0)
    return;
  /* What a colleague who only looks has read says nothing about the one who answers. */
  if (call->role == GATE__V1__ROLE__AGENT && conv->row.agent != call->self &&
      !gate_conversation_has_joined (conv, call->self))
    return;
  gate_mark_read (core, conv, call->role, call->role == GATE__V1__ROLE__AGENT ? call->self : 0,
                  body->seq, body->received, call->asker.conn);
}

static char *
short_text (const char *text,
            gsize       max_bytes)
{
  const char *end;

  if (strlen (text) <= max_bytes)
    return g_strdup (text);
  g_utf8_validate (text, (gssize) max_bytes, &end);
  return g_strndup (text, (gsize) (end - text));
}

void
gate_handle_page_view (GateCore *core,
                       GateCall *call)
{
  const Gate__V1__PageView *body = call->frame->page_view;
  GateVisitor *visitor = gate_visitor_of (core, call->session);
  GatePage *page = &visitor->pages[(visitor->first_page + visitor->n_pages) % GATE_MAX_TRAIL];

  if (visitor->n_pages == GATE_MAX_TRAIL)
    visitor->first_page = (visitor->first_page + 1) % GATE_MAX_TRAIL;
  else
    visitor->n_pages++;
  g_free (page->url);
  g_free (page->title);
  g_free (page->referrer);
  page->url = short_text (body->url, MAX_URL_BYTES);
  page->title = short_text (body->title, MAX_TITLE_BYTES);
  page->referrer = short_text (body->referrer, MAX_REFERRER_BYTES);
  page->ts = (guint64) core->wall_ms;
  /* Those who look at the chat hear that there is something new to know, and ask. */
  if (visitor->conv != NULL)
    gate_tell_presence (core, visitor->conv);
}

void
gate_handle_ping (GateCore *core,
                  GateCall *call)
{
  Gate__V1__Pong pong = GATE__V1__PONG__INIT;

  pong.n = call->frame->ping->n;
  if (call->session != NULL)
    gate_send (core, call->session, &pong.base);
  else
    gate_answer (core, &call->asker, &pong.base);
}
