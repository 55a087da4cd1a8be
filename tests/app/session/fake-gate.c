/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fake-gate.h"

#include <libsoup/soup.h>
#include <string.h>

#define AGENT 42

/* The leak checker asks for this. libsoup's server keeps the address of each listener and the socket of each connection; the console
 * has no server. */
const char *__lsan_default_suppressions (void);

const char *
__lsan_default_suppressions (void)
{
  return "leak:soup_server_listen_local\nleak:g_socket_accept\n";
}

gboolean
fake_gate_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* --- Frames out -------------------------------------------------------------------------------------- */

gboolean
fake_gate_is_open (FakeGate *gate)
{
  return gate->socket != NULL &&
         soup_websocket_connection_get_state (gate->socket) == SOUP_WEBSOCKET_STATE_OPEN;
}

void
fake_gate_send (FakeGate        *gate,
                Gate__V1__Frame *frame)
{
  g_autoptr (GBytes) bytes = NULL;
  WireBuffer buffer = WIRE_BUFFER_INIT;

  if (!fake_gate_is_open (gate))
    return;
  wire_frame_pack (frame, &buffer);
  bytes = wire_buffer_steal_bytes (&buffer);
  soup_websocket_connection_send_message (gate->socket, SOUP_WEBSOCKET_DATA_BINARY, bytes);
}

static void
send_body (FakeGate         *gate,
           guint32           id,
           ProtobufCMessage *body)
{
  Gate__V1__Frame frame = wire_frame_for (body);

  frame.id = id;
  fake_gate_send (gate, &frame);
}

static void
send_error (FakeGate   *gate,
            guint32     id,
            guint       code,
            const char *slug,
            guint64     seq)
{
  Gate__V1__Error error = GATE__V1__ERROR__INIT;

  error.code = code;
  error.slug = (char *) slug;
  error.seq = seq;
  send_body (gate, id, &error.base);
}

static void
send_ack (FakeGate *gate,
          guint32   id,
          guint64   conv,
          guint64   seq,
          guint64   cid,
          guint32   epoch)
{
  Gate__V1__Ack ack = GATE__V1__ACK__INIT;

  ack.conv = conv;
  ack.seq = seq;
  ack.cid = cid;
  ack.ts = (guint64) g_get_real_time () / 1000;
  ack.epoch = epoch;
  send_body (gate, id, &ack.base);
}

/* --- Conversations ----------------------------------------------------------------------------------- */

static void
conv_free (gpointer data)
{
  FakeConv *conv = data;

  g_ptr_array_unref (conv->lines);
  g_ptr_array_unref (conv->notes);
  g_free (conv);
}

FakeConv *
fake_gate_conv (FakeGate *gate,
                guint64   number)
{
  FakeConv *conv = g_hash_table_lookup (gate->convs, &number);

  if (conv != NULL)
    return conv;
  conv = g_new0 (FakeConv, 1);
  conv->conv = number;
  conv->visitor = number + 1000;
  conv->state = GATE__V1__STATE__ST_QUEUED;
  conv->epoch = 1;
  conv->lines = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  conv->notes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_hash_table_insert (gate->convs, &conv->conv, conv);
  return conv;
}

static ProtobufCMessage *
unpack (const ProtobufCMessageDescriptor *descriptor,
        GBytes                           *bytes)
{
  return protobuf_c_message_unpack (descriptor, NULL, g_bytes_get_size (bytes),
                                    g_bytes_get_data (bytes, NULL));
}

static GBytes *
pack (const ProtobufCMessage *message)
{
  WireBuffer buffer = WIRE_BUFFER_INIT;

  wire_message_pack (message, &buffer);
  return wire_buffer_steal_bytes (&buffer);
}

static Gate__V1__Message *
line_at (FakeConv *conv,
         guint64   seq)
{
  return (Gate__V1__Message *) unpack (&gate__v1__message__descriptor,
                                       g_ptr_array_index (conv->lines, seq - 1));
}

static guint64
append (FakeConv          *conv,
        Gate__V1__Message *message)
{
  message->conv = conv->conv;
  message->seq = conv->lines->len + 1;
  message->ts += (guint64) g_get_real_time () / 1000;
  g_ptr_array_add (conv->lines, pack (&message->base));
  return message->seq;
}

static guint64
find_cid (FakeConv *conv,
          guint64   cid)
{
  for (guint i = 0; i < conv->lines->len; i++) {
    Gate__V1__Message *line = line_at (conv, i + 1);
    gboolean is_it = line->cid == cid;

    gate__v1__message__free_unpacked (line, NULL);
    if (is_it)
      return i + 1;
  }
  return 0;
}

void
fake_gate_send_line (FakeGate *gate,
                     guint64   number,
                     guint64   seq)
{
  Gate__V1__Message *line = line_at (fake_gate_conv (gate, number), seq);

  send_body (gate, 0, &line->base);
  gate__v1__message__free_unpacked (line, NULL);
}

guint64
fake_gate_say (FakeGate   *gate,
               guint64     number,
               const char *text,
               gboolean    is_sent)
{
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  guint64 seq;

  message.role = GATE__V1__ROLE__VISITOR;
  message.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
  message.text = (char *) text;
  /* Before now, or the console takes the clock for wrong; added to it. */
  message.ts = 0 - gate->line_gap_ms * (1000 - fake_gate_conv (gate, number)->lines->len);
  seq = append (fake_gate_conv (gate, number), &message);
  if (is_sent)
    fake_gate_send_line (gate, number, seq);
  return seq;
}

guint64
fake_gate_note (FakeGate   *gate,
                guint64     number,
                const char *text)
{
  FakeConv *conv = fake_gate_conv (gate, number);
  Gate__V1__Note note = GATE__V1__NOTE__INIT;

  note.conv = number;
  note.text = (char *) text;
  note.author = 7;
  note.role = GATE__V1__ROLE__AGENT;
  note.n = conv->notes->len + 1;
  note.ts = (guint64) g_get_real_time () / 1000;
  g_ptr_array_add (conv->notes, pack (&note.base));
  send_body (gate, 0, &note.base);
  return note.n;
}

char *
fake_gate_transcript (FakeGate *gate,
                      guint64   number)
{
  FakeConv *conv = fake_gate_conv (gate, number);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < conv->lines->len; i++) {
    Gate__V1__Message *line = line_at (conv, i + 1);

    g_string_append_printf (text, "%s\n",
                            line->content_case == GATE__V1__MESSAGE__CONTENT_TEXT ? line->text
                                                                                  : "*");
    gate__v1__message__free_unpacked (line, NULL);
  }
  return g_string_free (text, FALSE);
}

static void
fill_row (FakeConv          *conv,
          Gate__V1__ConvRow *row)
{
  row->conv = conv->conv;
  row->state = conv->state;
  row->epoch = conv->epoch;
  row->agent = conv->agent;
  row->due = conv->due;
  row->visitor = conv->visitor;
  row->name = (char *) "Visitor";
  row->queue = (char *) "sales";
  row->last_seq = conv->lines->len;
  row->last_text = (char *) "last";
  row->note = conv->notes->len;
  row->visitor_state = GATE__V1__STATUS__SS_ONLINE;
}

void
fake_gate_send_row (FakeGate *gate,
                    guint64   number)
{
  Gate__V1__List list = GATE__V1__LIST__INIT;
  Gate__V1__ConvRow row = GATE__V1__CONV_ROW__INIT;
  Gate__V1__ConvRow *rows[] = { &row };

  fill_row (fake_gate_conv (gate, number), &row);
  list.list = GATE__V1__LIST_KIND__LI_MINE;
  list.convs = rows;
  list.n_convs = G_N_ELEMENTS (rows);
  send_body (gate, 0, &list.base);
}

static void
send_assignment (FakeGate *gate,
                 guint32   id,
                 FakeConv *conv)
{
  Gate__V1__Assignment assignment = GATE__V1__ASSIGNMENT__INIT;

  assignment.conv = conv->conv;
  assignment.agent = conv->agent;
  assignment.agent_name = (char *) "Ada";
  assignment.epoch = conv->epoch;
  send_body (gate, id, &assignment.base);
}

FakeConv *
fake_gate_own (FakeGate *gate,
               guint64   number)
{
  FakeConv *conv = fake_gate_conv (gate, number);

  conv->agent = AGENT;
  conv->state = GATE__V1__STATE__ST_ACTIVE;
  conv->epoch++;
  send_assignment (gate, 0, conv);
  return conv;
}

void
fake_gate_offer (FakeGate *gate,
                 guint64   number,
                 guint     seconds)
{
  FakeConv *conv = fake_gate_conv (gate, number);
  Gate__V1__ConvRow row = GATE__V1__CONV_ROW__INIT;
  Gate__V1__Offer offer = GATE__V1__OFFER__INIT;

  conv->state = GATE__V1__STATE__ST_OFFERED;
  conv->epoch++;
  fill_row (conv, &row);
  offer.conv = number;
  offer.epoch = conv->epoch;
  offer.deadline = (guint64) g_get_real_time () / 1000 + seconds * 1000;
  offer.reason = (char *) "1 of 5 chats, idle 0 s";
  offer.load = 1;
  offer.capacity = 5;
  offer.row = &row;
  send_body (gate, 0, &offer.base);
}

/* --- Frames in --------------------------------------------------------------------------------------- */

static void
send_welcome (FakeGate *gate,
              guint32   id,
              gboolean  is_resumed)
{
  Gate__V1__Welcome welcome = GATE__V1__WELCOME__INIT;
  Gate__V1__Cursor cursors[64];
  Gate__V1__Cursor *pointers[64];
  GHashTableIter iter;
  gpointer value;

  welcome.session = 7;
  welcome.self = AGENT;
  welcome.resume_token = (char *) "r1.token";
  welcome.ping_s = 30;
  welcome.max_frame = WIRE_MAX_AGENT_FRAME_BYTES;
  welcome.ts = (guint64) g_get_real_time () / 1000;
  welcome.resumed = is_resumed;
  welcome.log = gate->log;
  welcome.role = GATE__V1__ROLE__AGENT;
  welcome.convs = pointers;
  g_hash_table_iter_init (&iter, gate->convs);
  while (g_hash_table_iter_next (&iter, NULL, &value) && welcome.n_convs < 64) {
    FakeConv *conv = value;
    Gate__V1__Cursor *cursor = &cursors[welcome.n_convs];

    if (conv->agent != AGENT)
      continue;
    gate__v1__cursor__init (cursor);
    cursor->conv = conv->conv;
    cursor->seq = conv->lines->len;
    cursor->note = conv->notes->len;
    cursor->epoch = conv->epoch;
    pointers[welcome.n_convs++] = cursor;
  }
  send_body (gate, id, &welcome.base);
}

static void
send_page (FakeGate *gate,
           guint32   id,
           FakeConv *conv,
           guint64   from,
           guint64   to,
           guint64   after_note)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new ();
  g_autoptr (GPtrArray) notes = g_ptr_array_new ();
  Gate__V1__HistoryPage page = GATE__V1__HISTORY_PAGE__INIT;

  for (guint64 seq = MAX (from, 1); seq <= to && seq <= conv->lines->len; seq++)
    g_ptr_array_add (lines, line_at (conv, seq));
  for (guint64 n = after_note + 1; n <= conv->notes->len; n++)
    g_ptr_array_add (notes,
                     unpack (&gate__v1__note__descriptor, g_ptr_array_index (conv->notes, n - 1)));
  for (guint i = 0; i < lines->len; i++)
    ((Gate__V1__Message *) g_ptr_array_index (lines, i))->conv = 0; /* the page says it */
  for (guint i = 0; i < notes->len; i++)
    ((Gate__V1__Note *) g_ptr_array_index (notes, i))->conv = 0;
  page.conv = conv->conv;
  page.head = conv->lines->len;
  page.more = to < conv->lines->len;
  page.n_messages = lines->len;
  page.messages = (Gate__V1__Message **) lines->pdata;
  page.n_notes = notes->len;
  page.notes = (Gate__V1__Note **) notes->pdata;
  send_body (gate, id, &page.base);
  for (guint i = 0; i < lines->len; i++)
    gate__v1__message__free_unpacked (g_ptr_array_index (lines, i), NULL);
  for (guint i = 0; i < notes->len; i++)
    gate__v1__note__free_unpacked (g_ptr_array_index (notes, i), NULL);
}

static void
resume (FakeGate              *gate,
        const Gate__V1__Frame *frame)
{
  const Gate__V1__Resume *from = frame->resume;

  gate->n_resumes++;
  gate->n_have = (guint) from->n_have;
  if (gate->refuses_resume) {
    fake_gate_close (gate, 4004);
    return;
  }
  send_welcome (gate, frame->id, TRUE);
  for (gsize i = 0; i < from->n_have; i++) {
    FakeConv *conv = fake_gate_conv (gate, from->have[i]->conv);

    if (conv->lines->len > from->have[i]->seq || conv->notes->len > from->have[i]->note)
      send_page (gate, 0, conv, from->have[i]->seq + 1, from->have[i]->seq + 200,
                 from->have[i]->note);
  }
}

static void
auth (FakeGate              *gate,
      const Gate__V1__Frame *frame)
{
  gate->n_auths++;
  if (gate->refuses_auth || !g_str_has_prefix (frame->auth->token, "ga_")) {
    send_error (gate, frame->id, 401, "unauthenticated", 0);
    fake_gate_close (gate, 4001);
    return;
  }
  send_welcome (gate, frame->id, FALSE);
}

static void
list (FakeGate              *gate,
      const Gate__V1__Frame *frame)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_free);
  Gate__V1__List answer = GATE__V1__LIST__INIT;
  Gate__V1__ListKind kind = frame->subscribe->list;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, gate->convs);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    FakeConv *conv = value;
    gboolean is_mine = conv->agent == AGENT && conv->state != GATE__V1__STATE__ST_CLOSED;
    gboolean is_queue =
      conv->state == GATE__V1__STATE__ST_QUEUED || conv->state == GATE__V1__STATE__ST_OFFERED;
    gboolean is_closed = conv->state == GATE__V1__STATE__ST_CLOSED;
    Gate__V1__ConvRow *row;

    if ((kind == GATE__V1__LIST_KIND__LI_MINE && !is_mine) ||
        (kind == GATE__V1__LIST_KIND__LI_QUEUE && !is_queue) ||
        (kind == GATE__V1__LIST_KIND__LI_BOT && conv->state != GATE__V1__STATE__ST_BOT) ||
        (kind == GATE__V1__LIST_KIND__LI_SNOOZED && conv->state != GATE__V1__STATE__ST_SNOOZED) ||
        kind == GATE__V1__LIST_KIND__LI_WATCHED ||
        (kind == GATE__V1__LIST_KIND__LI_CLOSED && !is_closed) ||
        kind > GATE__V1__LIST_KIND__LI_CLOSED)
      continue;
    row = g_new (Gate__V1__ConvRow, 1);
    gate__v1__conv_row__init (row);
    fill_row (conv, row);
    g_ptr_array_add (rows, row);
  }
  answer.list = kind;
  answer.reset = TRUE;
  answer.n_convs = rows->len;
  answer.convs = (Gate__V1__ConvRow **) rows->pdata;
  send_body (gate, frame->id, &answer.base);
}

static void
take_message (FakeGate              *gate,
              const Gate__V1__Frame *frame)
{
  FakeConv *conv = fake_gate_conv (gate, frame->message->conv);
  Gate__V1__Message *message = frame->message;
  guint64 seq;

  gate->n_messages++;
  gate->last_seen = message->seen;
  if (gate->refuses_messages > 0) {
    gate->refuses_messages--;
    send_error (gate, frame->id, gate->refuse_code, gate->refuse_slug, conv->lines->len);
    return;
  }
  message->role = GATE__V1__ROLE__AGENT;
  message->sender = AGENT;
  message->seen = 0;
  seq = find_cid (conv, message->cid);
  if (seq == 0)
    seq = append (conv, message);
  if (gate->loses_acks)
    fake_gate_drop (gate);
  else
    send_ack (gate, frame->id, conv->conv, seq, message->cid, 0);
}

static void
take_note (FakeGate              *gate,
           const Gate__V1__Frame *frame)
{
  FakeConv *conv = fake_gate_conv (gate, frame->note->conv);
  Gate__V1__Note *note = frame->note;

  note->n = conv->notes->len + 1;
  note->author = AGENT;
  note->role = GATE__V1__ROLE__AGENT;
  note->ts = (guint64) g_get_real_time () / 1000;
  g_ptr_array_add (conv->notes, pack (&note->base));
  send_ack (gate, frame->id, conv->conv, note->n, note->cid, 0);
}

static void
answer_offer (FakeGate              *gate,
              const Gate__V1__Frame *frame)
{
  FakeConv *conv = fake_gate_conv (gate, frame->offer_answer->conv);

  if (conv->state != GATE__V1__STATE__ST_OFFERED || frame->offer_answer->epoch != conv->epoch) {
    send_error (gate, frame->id, 409, "offer_gone", 0);
    return;
  }
  conv->epoch++;
  if (!frame->offer_answer->accept) {
    conv->state = GATE__V1__STATE__ST_QUEUED;
    send_ack (gate, frame->id, conv->conv, 0, 0, conv->epoch);
    return;
  }
  conv->state = GATE__V1__STATE__ST_ACTIVE;
  conv->agent = AGENT;
  send_assignment (gate, frame->id, conv);
}

static void
send_update (FakeGate *gate,
             FakeConv *conv)
{
  Gate__V1__ConvUpdate update = GATE__V1__CONV_UPDATE__INIT;

  update.conv = conv->conv;
  update.state = conv->state;
  update.epoch = conv->epoch;
  send_body (gate, 0, &update.base);
}

static void
move_conv (FakeGate        *gate,
           guint32          id,
           guint64          number,
           guint32          epoch,
           Gate__V1__State  state)
{
  FakeConv *conv = fake_gate_conv (gate, number);

  if (epoch != conv->epoch) {
    send_error (gate, id, 409, "stale_epoch", 0);
    return;
  }
  conv->state = state;
  conv->epoch++;
  send_ack (gate, id, number, 0, 0, conv->epoch);
  send_update (gate, conv);
}

static void
history (FakeGate              *gate,
         const Gate__V1__Frame *frame)
{
  const Gate__V1__HistoryReq *request = frame->history_req;
  FakeConv *conv = fake_gate_conv (gate, request->conv);
  guint64 limit = MIN (request->limit, 200);

  if (request->before != 0)
    send_page (gate, frame->id, conv, request->before > limit ? request->before - limit : 1,
               request->before - 1, 0);
  else
    send_page (gate, frame->id, conv, request->after + 1, request->after + limit, 0);
}

static void
send_contact (FakeGate              *gate,
              const Gate__V1__Frame *frame)
{
  Gate__V1__Contact contact = GATE__V1__CONTACT__INIT;
  Gate__V1__PageView pages[2];
  Gate__V1__PageView *trail[2];

  contact.visitor = frame->contact_req->visitor;
  contact.name = (char *) "Grace";
  contact.email = (char *) (gate->email != NULL ? gate->email : "grace@example.org");
  contact.blocked_until = gate->blocked_until;
  contact.visits = 3;
  gate->n_contacts++;
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++) {
    gate__v1__page_view__init (&pages[i]);
    pages[i].url = (char *) (i == 0 ? "https://shop.example/" : "https://shop.example/cart");
    pages[i].referrer = (char *) (i == 0 ? "https://search.example/" : "");
    pages[i].ts = 1000 + i;
    trail[i] = &pages[i];
  }
  contact.trail = trail;
  contact.n_trail = G_N_ELEMENTS (pages);
  send_body (gate, frame->id, &contact.base);
}

static void
edit_contact (FakeGate              *gate,
              const Gate__V1__Frame *frame)
{
  const Gate__V1__ContactEdit *edit = frame->contact_edit;
  Gate__V1__Ack ack = GATE__V1__ACK__INIT;

  if ((edit->fields & 2) != 0) {
    g_free (gate->email);
    gate->email = g_strdup (edit->email);
  }
  if ((edit->fields & 32) != 0)
    gate->blocked_until = edit->blocked_until;
  ack.conv = edit->conv;
  send_body (gate, frame->id, &ack.base);
}

static void
take_feedback (FakeGate              *gate,
               const Gate__V1__Frame *frame)
{
  const Gate__V1__Feedback *feedback = frame->feedback;
  Gate__V1__Ack ack = GATE__V1__ACK__INIT;
  char *before = gate->feedback;

  gate->feedback =
    g_strdup_printf ("%s%s%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT " %s %u",
                     before != NULL ? before : "", before != NULL ? ";" : "", feedback->conv,
                     feedback->seq, feedback->suggestion, feedback->action);
  g_free (before);
  ack.conv = feedback->conv;
  send_body (gate, frame->id, &ack.base);
}

void
fake_gate_suggest (FakeGate          *gate,
                   guint64            conv,
                   guint64            seq,
                   const char *const *texts)
{
  Gate__V1__Suggestions body = GATE__V1__SUGGESTIONS__INIT;
  Gate__V1__Suggestion items[8];
  Gate__V1__Suggestion *pointers[8];
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  for (guint i = 0; texts[i] != NULL; i++) {
    char **part = g_strsplit (texts[i], "=", 2);

    g_ptr_array_add (parts, part);
    gate__v1__suggestion__init (&items[i]);
    items[i].id = part[0];
    items[i].text = part[1];
    items[i].source = (char *) "intent:refund";
    items[i].confidence_bp = 8765;
    pointers[i] = &items[i];
  }
  body.conv = conv;
  body.seq = seq;
  body.n_items = parts->len;
  body.items = pointers;
  send_body (gate, 0, &body.base);
}

static void
handle (FakeGate              *gate,
        const Gate__V1__Frame *frame)
{
  Gate__V1__Pong pong = GATE__V1__PONG__INIT;

  switch ((int) frame->body_case) {
  case GATE__V1__FRAME__BODY_AUTH:
    auth (gate, frame);
    break;
  case GATE__V1__FRAME__BODY_RESUME:
    resume (gate, frame);
    break;
  case GATE__V1__FRAME__BODY_PING:
    pong.n = frame->ping->n;
    send_body (gate, 0, &pong.base);
    break;
  case GATE__V1__FRAME__BODY_AGENT_STATUS:
    gate->is_present = frame->agent_status->present;
    gate->is_accepting = frame->agent_status->accepting;
    frame->agent_status->agent = AGENT;
    frame->agent_status->capacity = 5;
    send_body (gate, frame->id, &frame->agent_status->base);
    break;
  case GATE__V1__FRAME__BODY_CONTACT_EDIT:
    edit_contact (gate, frame);
    break;
  case GATE__V1__FRAME__BODY_SUBSCRIBE:
    list (gate, frame);
    break;
  case GATE__V1__FRAME__BODY_MESSAGE:
    take_message (gate, frame);
    break;
  case GATE__V1__FRAME__BODY_NOTE:
    take_note (gate, frame);
    break;
  case GATE__V1__FRAME__BODY_HISTORY_REQ:
    history (gate, frame);
    break;
  case GATE__V1__FRAME__BODY_OFFER_ANSWER:
    answer_offer (gate, frame);
    break;
  case GATE__V1__FRAME__BODY_CLOSE:
    move_conv (gate, frame->id, frame->close->conv, frame->close->epoch,
               GATE__V1__STATE__ST_WRAPUP);
    break;
  case GATE__V1__FRAME__BODY_WRAPUP:
    move_conv (gate, frame->id, frame->wrapup->conv, frame->wrapup->epoch,
               GATE__V1__STATE__ST_CLOSED);
    break;
  case GATE__V1__FRAME__BODY_TRANSFER:
    move_conv (gate, frame->id, frame->transfer->conv, frame->transfer->epoch,
               GATE__V1__STATE__ST_QUEUED);
    break;
  case GATE__V1__FRAME__BODY_CONTACT_REQ:
    send_contact (gate, frame);
    break;
  case GATE__V1__FRAME__BODY_FEEDBACK:
    take_feedback (gate, frame);
    break;
  case GATE__V1__FRAME__BODY_READ:
    gate->n_reads++;
    gate->last_read_seq = frame->read->seq;
    break;
  case GATE__V1__FRAME__BODY_TYPING:
    gate->n_typings++;
    break;
  default:
    break;
  }
}

static void
message_cb (SoupWebsocketConnection *socket,
            gint                     type,
            GBytes                  *bytes,
            FakeGate                *gate)
{
  g_autoptr (WireArena) arena = wire_arena_new (16 * 1024);
  Gate__V1__Frame *frame;
  gsize n_bytes;
  const guint8 *data = g_bytes_get_data (bytes, &n_bytes);

  if (gate->is_silent || socket != gate->socket)
    return;
  g_assert_cmpint (wire_frame_unpack (arena, data, n_bytes, WIRE_MAX_AGENT_FRAME_BYTES, &frame), ==,
                   WIRE_OK);
  if (gate->frame_func == NULL || !gate->frame_func (gate, frame, gate->frame_data))
    handle (gate, frame);
}

static void
websocket_cb (SoupServer              *server,
              SoupServerMessage       *message,
              const char              *path,
              SoupWebsocketConnection *socket,
              gpointer                 user_data)
{
  FakeGate *gate = user_data;

  fake_gate_drop (gate);
  gate->n_connections++;
  gate->socket = g_object_ref (socket);
  g_signal_connect (socket, "message", G_CALLBACK (message_cb), gate);
}

void
fake_gate_drop (FakeGate *gate)
{
  g_autoptr (SoupWebsocketConnection) socket = g_steal_pointer (&gate->socket);

  if (socket == NULL)
    return;
  g_signal_handlers_disconnect_by_data (socket, gate);
  g_io_stream_close (soup_websocket_connection_get_io_stream (socket), NULL, NULL);
}

void
fake_gate_close (FakeGate *gate,
                 guint     code)
{
  if (fake_gate_is_open (gate))
    soup_websocket_connection_close (gate->socket, (gushort) code, NULL);
}

/* --- HTTP -------------------------------------------------------------------------------------------- */

static void
respond (SoupServerMessage *message,
         guint              status,
         const char        *text)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message,
                                    status < 400 ? "application/json" : "application/problem+json",
                                    SOUP_MEMORY_COPY, text, strlen (text));
}

static void
respond_tokens (FakeGate          *gate,
                SoupServerMessage *message)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) then = g_date_time_add_seconds (now, gate->access_s);
  g_autofree char *expires = g_date_time_format (then, "%Y-%m-%dT%H:%M:%S.000Z");
  g_autofree char *text = NULL;

  g_snprintf (gate->refresh_token, sizeof gate->refresh_token, "gr_%u", g_random_int ());
  text = g_strdup_printf (
    "{\"access_token\":\"ga_%u\",\"access_expires_at\":\"%s\",\"refresh_token\":\"%s\","
    "\"agent\":{\"id\":\"%d\",\"login\":\"ada\",\"name\":\"Ada\",\"role\":\"agent\",\"rights\":[\"chat\",\"pull\"],"
    "\"queues\":[\"sales\"]}}",
    g_random_int (), expires, gate->refresh_token, AGENT);
  respond (message, 200, text);
}

static gboolean
body_has (SoupServerMessage *message,
          const char        *text)
{
  g_autoptr (GBytes) body =
    soup_message_body_flatten (soup_server_message_get_request_body (message));

  return g_strstr_len (g_bytes_get_data (body, NULL), (gssize) g_bytes_get_size (body), text) !=
         NULL;
}

static void
respond_canned (FakeGate          *gate,
                SoupServerMessage *message)
{
  const char *text = gate->canned != NULL ? gate->canned : "{\"data\":[]}";
  g_autofree char *tag = g_strdup_printf ("\"%u\"", g_str_hash (text));
  const char *known =
    soup_message_headers_get_one (soup_server_message_get_request_headers (message),
                                  "If-None-Match");

  soup_message_headers_replace (soup_server_message_get_response_headers (message), "ETag", tag);
  if (g_strcmp0 (known, tag) == 0) {
    soup_server_message_set_status (message, 304, NULL);
    return;
  }
  gate->n_canned++;
  respond (message, 200, text);
}

static void
api_cb (SoupServer        *server,
        SoupServerMessage *message,
        const char        *path,
        GHashTable        *query,
        gpointer           user_data)
{
  FakeGate *gate = user_data;

  if (gate->is_http_down) {
    respond (message, 503, "{\"code\":\"try_again\",\"status\":503}");
  } else if (g_str_equal (path, "/api/v1/auth/sign-in")) {
    if (body_has (message, "\"password\":\"once\""))
      respond (message, 403, "{\"code\":\"password_change_required\",\"status\":403}");
    else if (!body_has (message, "\"password\":\"right\""))
      respond (message, 401, "{\"code\":\"bad_credentials\",\"status\":401}");
    else
      respond_tokens (gate, message);
  } else if (g_str_equal (path, "/api/v1/auth/refresh")) {
    gate->n_refreshes++;
    /* A refresh token is bound to its device, so a renewal that does not name it is refused. */
    if (gate->refuses_tokens || !body_has (message, "\"device\":") ||
        (gate->is_password_new && !body_has (message, gate->refresh_token)))
      respond (message, 401, "{\"code\":\"token_reused\",\"status\":401}");
    else
      respond_tokens (gate, message);
  } else if (g_str_equal (path, "/api/v1/auth/password")) {
    if (!body_has (message, "\"old\":\"right\"") && !body_has (message, "\"old\":\"once\"")) {
      respond (message, 401, "{\"code\":\"bad_credentials\",\"status\":401}");
      return;
    }
    if (fake_gate_is_open (gate))
      fake_gate_close (gate, 4001);
    gate->is_password_new = TRUE;
    gate->names_device = body_has (message, "\"device\":");
    respond_tokens (gate, message);
  } else if (g_str_equal (path, "/api/v1/auth/sign-out")) {
    gate->is_signed_out_everywhere =
      query != NULL && g_strcmp0 (g_hash_table_lookup (query, "all"), "true") == 0;
    soup_server_message_set_status (message, 204, NULL);
  } else if (g_str_equal (path, "/api/v1/dispositions")) {
    if (gate->dispositions != NULL)
      respond (message, 200, gate->dispositions);
    else
      respond (message, 404, "{\"code\":\"not_found\",\"status\":404}");
  } else if (g_str_equal (path, "/api/v1/canned")) {
    respond_canned (gate, message);
  } else if (g_str_equal (path, "/api/v1/uploads")) {
    gate->n_uploads++;
    respond (message, 200,
             "{\"put_url\":\"/media/up/x?sig=1\",\"url\":\"/media/ab/x.png\",\"token\":\"\"}");
  } else {
    respond (message, 404, "{\"code\":\"not_found\",\"status\":404}");
  }
}

static void
media_cb (SoupServer        *server,
          SoupServerMessage *message,
          const char        *path,
          GHashTable        *query,
          gpointer           user_data)
{
  FakeGate *gate = user_data;
  GBytes *bytes;

  if (g_str_equal (soup_server_message_get_method (message), "PUT")) {
    g_hash_table_insert (gate->media, g_strdup ("/media/ab/x.png"),
                         soup_message_body_flatten (
                           soup_server_message_get_request_body (message)));
    soup_server_message_set_status (message, 201, NULL);
    if (gate->holds_media)
      soup_server_message_pause (message);
    return;
  }
  bytes = g_hash_table_lookup (gate->media, path);
  if (bytes == NULL) {
    soup_server_message_set_status (message, 404, NULL);
    return;
  }
  soup_server_message_set_status (message, 200, NULL);
  soup_message_body_append_bytes (soup_server_message_get_response_body (message), bytes);
}

static void
listen_on (FakeGate *gate,
           guint     port)
{
  static const char *const protocols[] = { "gate.v1.pb", NULL };
  g_autoptr (GError) error = NULL;
  g_autoslist (GUri) uris = NULL;

  gate->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (gate->server, "/api", api_cb, gate, NULL);
  soup_server_add_handler (gate->server, "/media", media_cb, gate, NULL);
  soup_server_add_websocket_handler (gate->server, "/ws", NULL, (char **) protocols, websocket_cb,
                                     gate, NULL);
  soup_server_listen_local (gate->server, port, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (gate->server);
  g_free (gate->url);
  gate->url = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port (uris->data));
}

void
fake_gate_stop (FakeGate *gate)
{
  fake_gate_drop (gate);
  if (gate->server != NULL)
    soup_server_disconnect (gate->server);
  g_clear_object (&gate->server);
}

void
fake_gate_start (FakeGate *gate)
{
  if (gate->server == NULL)
    listen_on (gate, (guint) g_ascii_strtoull (strrchr (gate->url, ':') + 1, NULL, 10));
}

FakeGate *
fake_gate_new (void)
{
  FakeGate *gate = g_new0 (FakeGate, 1);

  gate->log = 5501;
  gate->access_s = 900;
  gate->convs = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, conv_free);
  gate->media =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  listen_on (gate, 0);
  return gate;
}

void
fake_gate_free (FakeGate *gate)
{
  g_free (gate->feedback);
  fake_gate_stop (gate);
  g_hash_table_unref (gate->convs);
  g_hash_table_unref (gate->media);
  g_free (gate->url);
  g_free (gate->email);
  g_free (gate);
}
