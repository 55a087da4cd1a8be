/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures: UploadReq, ticket, PUT over HTTP, Message.media, Ack. The time is that of all of it. */
#include "load-scenario.h"

static void
images_act (LoadClient *client)
{
  Gate__V1__UploadReq request = GATE__V1__UPLOAD_REQ__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (UPLOAD_REQ, upload_req, &request);

  request.mime = (char *) "image/jpeg";
  request.size = (guint32) load_upload_bytes ();
  request.name = (char *) "photo.jpg";
  frame.id = client->n_sent + 1;
  load_gate_send (client, &frame);
}

static void
uploaded (LoadClient *client,
          const char *url)
{
  Gate__V1__Media media = GATE__V1__MEDIA__INIT;
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (MESSAGE, message, &message);

  if (url == NULL) {
    load_schedule_done (client);
    return;
  }
  media.kind = GATE__V1__MEDIA_KIND__MK_IMAGE;
  media.url = (char *) url;
  message.cid = load_gate_cid (client, client->n_done + 1);
  message.content_case = GATE__V1__MESSAGE__CONTENT_MEDIA;
  message.media = &media;
  frame.id = client->n_done + 1;
  load_gate_send (client, &frame);
}

static void
images_take (LoadClient            *client,
             const Gate__V1__Frame *frame)
{
  if (frame->body_case == GATE__V1__FRAME__BODY_UPLOAD_TICKET) {
    load_upload_start (client, frame->upload_ticket->put_url, frame->upload_ticket->url, uploaded);
  } else if (frame->body_case == GATE__V1__FRAME__BODY_ACK) {
    if (frame->ack->cid != load_gate_cid (client, client->n_done + 1))
      load_worker_count (client->worker, LOAD_COUNT_MISMATCH);
    load_schedule_done (client);
  }
}

const LoadScenario load_scenario_images = {
  .name = "images",
  .help = "uploads of 100 KB pictures, each then sent as a message",
  .needs_codec = LOAD_CODECS_OF_GATEWAY,
  .is_one_at_a_time = TRUE,
  .is_beating = TRUE,
  .begin = load_schedule_begin,
  .act = images_act,
  .take = images_take,
};
