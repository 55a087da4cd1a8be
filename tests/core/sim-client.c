/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-private.h"

#include "wire-visitor.h"

#include <string.h>

#define RECONNECT_MS 5000
#define RETRY_MS     4000

/* --- What a client knows --------------------------------------------------------------------------------------- */

SimView *
sim_device_view (SimDevice *device,
                 guint64    conv)
{
  SimView *view = g_hash_table_lookup (device->views, &conv);

  if (view != NULL)
    return view;
  view = g_new0 (SimView, 1);
  view->conv = conv;
  g_hash_table_insert (device->views, &view->conv, view);
  g_ptr_array_add (device->view_array, view);
  return view;
}

void
sim_device_touch (SimDevice *device,
                  SimView   *view)
{
  guint at;

  if (g_ptr_array_find (device->view_array, view, &at)) {
    g_ptr_array_steal_index (device->view_array, at);
    g_ptr_array_add (device->view_array, view);
  }
}

static const MemoryMessage *
stored (SimDevice *device,
        guint64    conv,
        guint64    seq)
{
  const MemoryConv *kept = memory_store_conv (device->sim->store, conv);

  return kept != NULL && seq >= 1 && seq <= kept->messages->len
           ? &g_array_index (kept->messages, MemoryMessage, seq - 1)
           : NULL;
}

static void
know (SimView *view,
      guint64  seq)
{
  if (seq <= view->have)
    return;
  if (seq == view->have + 1) {
    view->have++;
    while (view->ahead & 1) {
      view->ahead >>= 1;
      view->have++;
    }
    view->ahead >>= 1;
    return;
  }
  if (seq - view->have - 2 < 64)
    view->ahead |= G_GUINT64_CONSTANT (1) << (seq - view->have - 2);
  view->is_behind = TRUE;
}

/* Whatever is shown is what was written: the text of a line is its cid. */
static void
check_line (SimDevice               *device,
            guint64                  conv,
            const Gate__V1__Message *message)
{
  const MemoryMessage *kept = stored (device, conv, message->seq);
  char expected[32];

  if (kept == NULL)
    sim_fail (device->sim,
              "device %u hears of line %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT
              " that is not stored",
              device->index, conv, message->seq);
  if (kept->row.cid != message->cid || kept->row.sender != message->sender)
    sim_fail (device->sim,
              "device %u: line %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT " is somebody else's",
              device->index, conv, message->seq);
  if (message->content_case != GATE__V1__MESSAGE__CONTENT_TEXT || (message->flags & 6u) != 0)
    return;
  g_snprintf (expected, sizeof expected, "%016" G_GINT64_MODIFIER "x", message->cid);
  if (strcmp (message->text, expected) != 0)
    sim_fail (device->sim, "device %u: text of line %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT,
              device->index, conv, message->seq);
}

/* --- Sending ------------------------------------------------------------------------------------------------------ */

void
sim_device_send (SimDevice        *device,
                 ProtobufCMessage *body,
                 guint32           id)
{
  Gate__V1__Frame frame = wire_frame_for (body);

  if (device->conn == 0)
    return;
  frame.id = id;
  device->sim->result.n_events++;
  gate_core_frame (device->sim->core, device->conn, &frame);
}

static void
send_line (SimDevice *device,
           SimLine   *line)
{
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  char text[32];

  g_snprintf (text, sizeof text, "%016" G_GINT64_MODIFIER "x", line->cid);
  message.conv = line->conv;
  message.cid = line->cid;
  message.replaces = line->replaces;
  message.flags = line->flags;
  if ((line->flags & 4u) == 0) {
    message.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
    message.text = text;
  }
  if (!device->is_visitor && sim_chance (device->sim, 2))
    message.seen = MAX (sim_device_view (device, line->conv)->have, 1);
  line->id = ++device->next_id;
  line->is_sent = TRUE;
  line->sent_ms = device->sim->now_ms;
  sim_note (device->sim, "send", device->index, line->conv, line->cid, line->replaces);
  if (device->is_visitor && line->replaces == 0 && device->current == 0 &&
      sim_chance (device->sim, 2)) {
    Gate__V1__Open open = GATE__V1__OPEN__INIT;

    open.first = &message;
    open.queue = (char *) (line->cid % 3 == 0 ? "tech" : "");
    sim_device_send (device, &open.base, line->id);
    return;
  }
  sim_device_send (device, &message.base, line->id);
}

void
sim_device_write (SimDevice *device,
                  guint64    conv,
                  guint64    replaces,
                  guint32    flags)
{
  SimLine *line = &device->outbox[device->n_outbox];

  if (device->n_outbox == SIM_MAX_OUTBOX)
    return;
  device->n_outbox++;
  *line =
    (SimLine){ .cid = ++device->sim->next_cid, .conv = conv, .replaces = replaces, .flags = flags };
  if (device->is_welcome)
    send_line (device, line);
}

static SimLine *
find_line (SimDevice *device,
           guint32    id)
{
  for (guint i = 0; i < device->n_outbox; i++) {
    if (device->outbox[i].id == id && device->outbox[i].is_sent)
      return &device->outbox[i];
  }
  return NULL;
}

static void
forget_line (SimDevice *device,
             SimLine   *line)
{
  guint at = (guint) (line - device->outbox);

  device->n_outbox--;
  memmove (line, line + 1, (device->n_outbox - at) * sizeof *line);
}

static void
ask_page (SimDevice *device,
          SimView   *view)
{
  Gate__V1__HistoryReq request = GATE__V1__HISTORY_REQ__INIT;

  view->is_asked = TRUE;
  view->is_behind = FALSE;
  request.conv = view->conv;
  request.after = view->asked_after = view->have;
  request.limit = 200;
  device->sim->result.n_gaps++;
  sim_device_send (device, &request.base, ++device->next_id);
}

/* --- Connecting ------------------------------------------------------------------------------------------------------- */

static void
forget_connection (SimDevice *device)
{
  device->conn = 0;
  device->is_welcome = FALSE;
  device->n_offers = 0;
  device->connect_ms = device->sim->now_ms + sim_below (device->sim, RECONNECT_MS);
  for (guint i = 0; i < device->n_outbox; i++)
    device->outbox[i].is_sent = FALSE;
  for (guint i = 0; i < device->view_array->len; i++) {
    SimView *view = g_ptr_array_index (device->view_array, i);

    view->live = 0;
    view->is_asked = FALSE;
    view->is_mine = view->is_named = FALSE;
  }
}

static void
send_resume (SimDevice *device)
{
  Gate__V1__Resume resume = GATE__V1__RESUME__INIT;
  Gate__V1__Cursor cursors[8];
  Gate__V1__Cursor *have[8];

  resume.token = device->token;
  resume.have = have;
  for (guint i = device->view_array->len; i > 0 && resume.n_have < G_N_ELEMENTS (have); i--) {
    SimView *view = g_ptr_array_index (device->view_array, i - 1);
    Gate__V1__Cursor *cursor = &cursors[resume.n_have];

    gate__v1__cursor__init (cursor);
    cursor->conv = view->conv;
    cursor->seq = view->asked_after = view->have;
    cursor->epoch = view->epoch;
    cursor->note = view->note;
    view->is_named = TRUE;
    have[resume.n_have++] = cursor;
  }
  sim_note (device->sim, "resume", device->index, resume.n_have, 0, 0);
  sim_device_send (device, &resume.base, 2);
}

static void
send_auth (SimDevice *device)
{
  Gate__V1__Auth auth = GATE__V1__AUTH__INIT;

  if (device->is_visitor)
    auth.visitor_key = device->visitor_key;
  else
    auth.token = device->visitor_key; /* an agent's access token lies there */
  device->sim->result.n_signins++;
  sim_note (device->sim, "auth", device->index, 0, 0, 0);
  sim_device_send (device, &auth.base, 2);
}

void
sim_device_connect (SimDevice *device)
{
  Sim *sim = device->sim;
  Gate__Link__V1__Opened opened = GATE__LINK__V1__OPENED__INIT;
  Gate__V1__Hello hello = GATE__V1__HELLO__INIT;

  device->generation++;
  device->conn =
    GATE_CONN_ID (1 + device->index % 2, (device->generation << 10 | device->index) & 0x7fffffff);
  device->connect_ms = G_MAXINT64;
  device->next_id = 10;
  opened.transport = GATE__LINK__V1__TRANSPORT__TR_TCP;
  opened.peer = (char *) "192.0.2.1";
  sim->result.n_events++;
  gate_core_opened (sim->core, device->conn, &opened);
  hello.version = 1;
  hello.channel = device->is_visitor ? GATE__V1__CHANNEL__CH_WEB : GATE__V1__CHANNEL__CH_CONSOLE;
  hello.app_key = (char *) (device->is_visitor ? "demo" : "");
  sim_device_send (device, &hello.base, 0);
  if (device->token[0] != '\0' && !sim_chance (sim, 10))
    send_resume (device);
  else
    send_auth (device);
}

void
sim_device_drop (SimDevice *device)
{
  GateConnId conn = device->conn;

  sim_note (device->sim, "drop", device->index, 0, 0, 0);
  forget_connection (device);
  device->sim->result.n_events++;
  if (device->sim->core != NULL)
    gate_core_closed (device->sim->core, conn);
}

void
sim_device_closed (SimDevice *device,
                   guint      code)
{
  sim_note (device->sim, "closed", device->index, code, 0, 0);
  device->closed_conn = device->conn;
  forget_connection (device);
  if (code == 4003 || code == 4004 || code == 4001)
    device->token[0] = '\0';
}

/* --- Hearing ------------------------------------------------------------------------------------------------------------ */

static void
hear_welcome (SimDevice               *device,
              const Gate__V1__Welcome *welcome)
{
  sim_note (device->sim, "welcome", device->index, welcome->resumed, welcome->n_convs, 0);
  device->is_welcome = TRUE;
  device->self = welcome->self;
  device->wants_status = TRUE;
  g_strlcpy (device->token, welcome->resume_token, sizeof device->token);
  if (welcome->resumed)
    device->sim->result.n_resumes++;
  if (device->is_visitor)
    device->current = 0;
  for (gsize i = 0; i < welcome->n_convs; i++) {
    SimView *view = sim_device_view (device, welcome->convs[i]->conv);

    sim_device_touch (device, view);
    view->epoch = welcome->convs[i]->epoch;
    if (device->is_visitor)
      device->current = view->conv;
    view->is_mine = !device->is_visitor;
    /* After a resume the page of a conversation the client named comes by itself. */
    view->is_behind |= welcome->convs[i]->seq > view->have && !(welcome->resumed && view->is_named);
  }
}

static void
hear_message (SimDevice               *device,
              const Gate__V1__Message *message)
{
  SimView *view = sim_device_view (device, message->conv);

  check_line (device, message->conv, message);
  if (message->seq <= view->live)
    sim_fail (device->sim,
              "device %u: line %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT
              " twice or out of order on one connection",
              device->index, message->conv, message->seq);
  view->live = message->seq;
  know (view, message->seq);
}

static void
hear_ack (SimDevice           *device,
          guint32              id,
          const Gate__V1__Ack *ack)
{
  SimLine *line = find_line (device, id);
  const MemoryMessage *kept;
  SimView *view;

  if (line == NULL || line->cid != ack->cid)
    return; /* of something else */
  kept = stored (device, ack->conv, ack->seq);
  if (kept == NULL || kept->row.cid != ack->cid)
    sim_fail (device->sim, "device %u: ack of %" G_GINT64_MODIFIER "x, which is not stored",
              device->index, ack->cid);
  sim_note (device->sim, "ack", device->index, ack->conv, ack->seq, ack->duplicate);
  device->sim->result.n_duplicates += ack->duplicate;
  view = sim_device_view (device, ack->conv);
  know (view, ack->seq);
  if (!ack->duplicate) {
    if (ack->seq <= view->live)
      sim_fail (device->sim,
                "device %u: ack %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT " behind a later line",
                device->index, ack->conv, ack->seq);
    view->live = ack->seq;
  }
  if (line->replaces == 0) {
    view->own_seq = ack->seq;
    view->own_ms = device->sim->now_ms;
  }
  if (device->is_visitor)
    device->current = ack->conv;
  forget_line (device, line);
}

static void
hear_page (SimDevice                   *device,
           guint32                      id,
           const Gate__V1__HistoryPage *page)
{
  SimView *view = sim_device_view (device, page->conv);
  guint64 before = 0;

  /* Whoever has nothing yet gets the newest lines; older ones are for scrolling back. */
  if (view->have == 0 && view->asked_after == 0 && page->n_messages > 0) {
    view->have = page->messages[0]->seq - 1;
    view->ahead = view->have < 64 ? view->ahead >> view->have : 0;
  }
  for (gsize i = 0; i < page->n_messages; i++) {
    if (page->messages[i]->seq <= before)
      sim_fail (device->sim, "a page out of order");
    before = page->messages[i]->seq;
    check_line (device, page->conv, page->messages[i]);
    know (view, before);
    /* Lines that come by themselves afterwards are newer than a page that came by itself. */
    if (id == 0)
      view->live = MAX (view->live, before);
  }
  for (gsize i = 0; i < page->n_notes; i++)
    view->note = MAX (view->note, page->notes[i]->n);
  view->is_asked = FALSE;
  view->is_behind = view->have < page->head;
  sim_note (device->sim, "page", device->index, page->conv * 100000 + page->n_messages, view->have,
            before);
}

/* The client was told that its line is not kept: then it must never be. */
static void
remember_refused (SimDevice     *device,
                  const SimLine *line)
{
  SimRefused *refused;

  if (line->conv == 0)
    return;
  refused = g_new (SimRefused, 1);
  refused->cid = line->cid;
  refused->conv = line->conv;
  g_hash_table_add (device->sim->refused, refused);
}

static void
hear_error (SimDevice             *device,
            guint32                id,
            const Gate__V1__Error *error)
{
  SimLine *line = find_line (device, id);

  sim_note (device->sim, error->slug, device->index, error->code, error->conv, id);
  if (error->code == 500 || error->code == 400)
    sim_fail (device->sim, "device %u: error %u %s", device->index, error->code, error->slug);
  for (guint i = 0; i < device->view_array->len && error->code >= 500; i++) {
    SimView *view = g_ptr_array_index (device->view_array, i);

    view->is_behind |= view->is_asked; /* it may have been the page */
    view->is_asked = FALSE;
  }
  if (line == NULL)
    return;
  device->sim->result.n_refused++;
  if (error->code == 429 || error->code >= 500 || strcmp (error->slug, "stale_view") == 0) {
    line->is_sent = FALSE; /* may and should be sent again */
    return;
  }
  sim_note (device->sim, "refused", device->index, line->conv, line->cid, error->code);
  remember_refused (device, line);
  forget_line (device, line);
}

static void
hear_update (SimDevice                  *device,
             const Gate__V1__ConvUpdate *update)
{
  SimView *view = sim_device_view (device, update->conv);

  if (update->epoch < view->epoch)
    sim_fail (device->sim, "device %u: epoch of %" G_GUINT64_FORMAT " went back from %u to %u",
              device->index, update->conv, view->epoch, update->epoch);
  if (device->is_visitor && device->current != update->conv)
    sim_device_touch (device, view);
  view->epoch = update->epoch;
  view->state = (guint8) update->state;
  if (device->is_visitor)
    device->current = update->conv;
}

/* Whoever is merged with whom: a device gets the lines of its own visitor. */
static void
check_own (SimDevice             *device,
           const Gate__V1__Frame *frame)
{
  const ProtobufCMessage *body = wire_frame_body (frame);
  const ProtobufCFieldDescriptor *field =
    protobuf_c_message_descriptor_get_field_by_name (body->descriptor, "conv");
  const MemoryConv *conv;
  guint64 number;

  if (field == NULL || field->type != PROTOBUF_C_TYPE_UINT64 ||
      frame->body_case == GATE__V1__FRAME__BODY_ERROR)
    return;
  number = *(const guint64 *) (gconstpointer) ((const char *) body + field->offset);
  conv = number != 0 ? memory_store_conv (device->sim->store, number) : NULL;
  if (conv != NULL && conv->row.visitor != device->self)
    sim_fail (device->sim, "device %u got %s of %" G_GUINT64_FORMAT ", which is another visitor's",
              device->index, wire_body_name (frame->body_case), number);
}

static void
check_visitor_frame (SimDevice             *device,
                     const Gate__V1__Frame *frame)
{
  static WireBuffer bytes = WIRE_BUFFER_INIT;

  if (!wire_visitor_may_receive (frame->body_case))
    sim_fail (device->sim, "a visitor got %s", wire_body_name (frame->body_case));
  check_own (device, frame);
  if (frame->body_case != GATE__V1__FRAME__BODY_MESSAGE &&
      frame->body_case != GATE__V1__FRAME__BODY_HISTORY_PAGE &&
      frame->body_case != GATE__V1__FRAME__BODY_CONV_UPDATE)
    return;
  bytes.n_bytes = 0;
  wire_frame_pack (frame, &bytes);
  if (memmem (bytes.data, bytes.n_bytes, SIM_NOTE_MARK, strlen (SIM_NOTE_MARK)) != NULL)
    sim_fail (device->sim, "a visitor got the text of a note");
}

void
sim_device_hear (SimDevice             *device,
                 const Gate__V1__Frame *frame)
{
  if (device->is_visitor)
    check_visitor_frame (device, frame);
  if (frame->body_case == GATE__V1__FRAME__BODY_MESSAGE)
    hear_message (device, frame->message);
  else if (frame->body_case == GATE__V1__FRAME__BODY_ACK)
    hear_ack (device, frame->id, frame->ack);
  else if (frame->body_case == GATE__V1__FRAME__BODY_HISTORY_PAGE)
    hear_page (device, frame->id, frame->history_page);
  else if (frame->body_case == GATE__V1__FRAME__BODY_ERROR)
    hear_error (device, frame->id, frame->error);
  else if (frame->body_case == GATE__V1__FRAME__BODY_CONV_UPDATE)
    hear_update (device, frame->conv_update);
  else if (frame->body_case == GATE__V1__FRAME__BODY_WELCOME)
    hear_welcome (device, frame->welcome);
  if (!device->is_visitor)
    sim_agent_hear (device, frame);
}

/* --- Acting ---------------------------------------------------------------------------------------------------------------- */

static gboolean
catch_up (SimDevice *device)
{
  for (guint i = device->view_array->len; i > 0; i--) {
    SimView *view = g_ptr_array_index (device->view_array, i - 1);

    if (view->is_behind && !view->is_asked) {
      ask_page (device, view);
      return TRUE;
    }
    if (device->view_array->len - i > 12)
      return FALSE; /* older ones are over */
  }
  return FALSE;
}

static gboolean
send_again (SimDevice *device)
{
  for (guint i = 0; i < device->n_outbox; i++) {
    SimLine *line = &device->outbox[i];

    if (!line->is_sent && device->sim->now_ms - line->sent_ms > 200) {
      send_line (device, line);
      return TRUE;
    }
  }
  return FALSE;
}

static void
send_read (SimDevice *device,
           SimView   *view)
{
  Gate__V1__Read read = GATE__V1__READ__INIT;

  read.conv = view->conv;
  read.seq = read.received = view->have;
  sim_device_send (device, &read.base, 0);
}

/* What is not theirs, which they may know the number of. */
static void
pry (SimDevice *device)
{
  Gate__V1__HistoryReq request = GATE__V1__HISTORY_REQ__INIT;
  Sim *sim = device->sim;
  guint n = memory_store_n_convs (sim->store);
  const MemoryConv *conv;

  if (n == 0)
    return;
  conv = memory_store_conv (sim->store, memory_store_nth_conv (sim->store, sim_below (sim, n)));
  request.conv = conv->row.conv;
  if (conv->row.visitor != device->self)
    sim_device_send (device, &request.base, ++device->next_id);
}

static void
visitor_act (SimDevice *device)
{
  Sim *sim = device->sim;
  SimView *view = device->current != 0 ? sim_device_view (device, device->current) : NULL;
  guint dice = sim_below (sim, 100);

  if (sim->is_quiet)
    return;
  if (dice < 50) {
    sim_device_write (device, 0, 0, 0);
  } else if (dice < 62) {
    Gate__V1__Typing typing = GATE__V1__TYPING__INIT;

    typing.on = dice % 2;
    typing.preview = (char *) "half a thought";
    sim_device_send (device, &typing.base, 0);
  } else if (dice < 80 && view != NULL) {
    send_read (device, view);
  } else if (dice < 84 && view != NULL && view->own_seq != 0) {
    sim_device_write (device, device->current, view->own_seq, dice % 2 ? 2 : 4);
  } else if (dice < 87) {
    Gate__V1__Close close = GATE__V1__CLOSE__INIT;

    sim_device_send (device, &close.base, ++device->next_id);
  } else if (dice < 89) {
    Gate__V1__Rating rating = GATE__V1__RATING__INIT;

    rating.score = 1 + dice % 5;
    sim_device_send (device, &rating.base, ++device->next_id);
  } else if (dice < 94) {
    Gate__V1__PageView page = GATE__V1__PAGE_VIEW__INIT;

    page.url = (char *) "https://shop.example/p/1";
    sim_device_send (device, &page.base, 0);
  } else if (dice < 98) {
    sim_device_drop (device);
    if (dice >= 96)
      device->connect_ms += sim_below (sim, 7200000); /* gone for a while */
  } else {
    pry (device);
  }
}

void
sim_device_act (SimDevice *device)
{
  Sim *sim = device->sim;

  if (device->closed_conn != 0)
    gate_core_closed (sim->core, device->closed_conn);
  device->closed_conn = 0;
  if (device->conn == 0) {
    if (sim->now_ms >= device->connect_ms)
      sim_device_connect (device);
    return;
  }
  if (!device->is_welcome || catch_up (device) || send_again (device))
    return;
  if (device->is_visitor)
    visitor_act (device);
  else
    sim_agent_act (device);
}

gboolean
sim_device_is_settled (SimDevice *device)
{
  if (!device->is_welcome || device->n_outbox > 0)
    return FALSE;
  for (guint i = device->view_array->len; i > 0 && device->view_array->len - i <= 12; i--) {
    const SimView *view = g_ptr_array_index (device->view_array, i - 1);

    if (view->is_asked || view->is_behind)
      return FALSE;
  }
  return TRUE;
}

/* Once everything has calmed down: each client holds the whole of what it takes part in. */
void
sim_device_check_whole (SimDevice *device)
{
  for (guint i = 0; i < device->view_array->len; i++) {
    const SimView *view = g_ptr_array_index (device->view_array, i);
    const MemoryConv *conv = memory_store_conv (device->sim->store, view->conv);
    gboolean takes_part = device->is_visitor
                            ? view->conv == device->current && conv->row.visitor == device->self
                            : view->is_mine && conv->row.agent == device->self;

    if (conv->row.state == GATE__V1__STATE__ST_CLOSED || !takes_part)
      continue;
    if (view->have != conv->row.last_seq)
      sim_fail (device->sim,
                "device %u holds %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                " lines of %" G_GUINT64_FORMAT,
                device->index, view->have, conv->row.last_seq, view->conv);
  }
}

void
sim_device_init (Sim       *self,
                 SimDevice *device,
                 gboolean   is_visitor,
                 guint      peer)
{
  device->sim = self;
  device->index = (guint) (device - self->devices);
  device->is_visitor = is_visitor;
  device->peer = peer;
  device->views = g_hash_table_new (g_int64_hash, g_int64_equal);
  device->view_array = g_ptr_array_new_with_free_func (g_free);
  device->connect_ms = self->now_ms + sim_below (self, is_visitor ? 3600000 : 60000);
}

void
sim_device_done (SimDevice *device)
{
  g_hash_table_unref (device->views);
  g_ptr_array_unref (device->view_array);
}
