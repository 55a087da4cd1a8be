/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-handler.h"

#include "gate-agent.h"
#include "gate-commit.h"
#include "gate-park.h"
#include "gate-session.h"

#include "wire-text.h"
#include "wire-token.h"
#include "wire-voice.h"

/*
 * UploadReq, MediaStored and what a message says about a file. The id of an upload holds who asked for it, and its ticket
 * signs the id: so nothing must be remembered between the ticket and the file, and a restart in between loses nothing.
 */

#define ID_RANDOM_BYTES  16
#define ID_BYTES         (ID_RANDOM_BYTES + 1 + 8)
#define ID_CHARS         (2 * ID_BYTES)
#define TICKET_MS        ((gint64) 10 * 60 * 1000)
#define UPLOADS_PER_HOUR 60
#define HOUR_MS          ((gint64) 3600 * 1000)
#define MAX_NAME_CHARS   200
#define MAX_MIME_BYTES   100

/* --- Ids ------------------------------------------------------------------------------------------------------------ */

static void
make_id (GateCore       *core,
         Gate__V1__Role  role,
         guint64         uploader,
         char            ret_id[ID_CHARS + 1])
{
  guint8 bytes[ID_BYTES];
  guint64 number = GUINT64_TO_BE (uploader);

  gate_core_random_bytes (core, bytes, ID_RANDOM_BYTES);
  bytes[ID_RANDOM_BYTES] = (guint8) role;
  memcpy (bytes + ID_RANDOM_BYTES + 1, &number, sizeof number);
  wire_hex_encode (bytes, sizeof bytes, ret_id);
}

static gboolean
read_id (const char     *id,
         Gate__V1__Role *ret_role,
         guint64        *ret_uploader)
{
  guint8 bytes[ID_BYTES];
  guint64 number;

  if (!wire_hex_decode (id, strlen (id), bytes, sizeof bytes) || bytes[ID_RANDOM_BYTES] > 1)
    return FALSE;
  memcpy (&number, bytes + ID_RANDOM_BYTES + 1, sizeof number);
  *ret_role = (Gate__V1__Role) bytes[ID_RANDOM_BYTES];
  *ret_uploader = GUINT64_FROM_BE (number);
  return TRUE;
}

static char *
path_of (WireArena  *arena,
         const char *id)
{
  g_autofree char *path = g_strdup_printf ("/media/%.2s/%.2s/%s", id, id + 2, id);

  return wire_arena_strdup (arena, path);
}

/* --- UploadReq ------------------------------------------------------------------------------------------------------- */

static gboolean
take_upload (GateCore *core,
             GateCall *call)
{
  GateVisitor *visitor = call->agent == NULL ? gate_visitor_of (core, call->session) : NULL;
  guint *uploads = call->agent != NULL ? &call->agent->uploads : &visitor->uploads;
  gint64 *window_ms = call->agent != NULL ? &call->agent->window_ms : &visitor->window_ms;

  if (*window_ms == 0 || core->now_ms - *window_ms >= HOUR_MS) {
    *window_ms = core->now_ms;
    *uploads = 0;
  }
  return (*uploads)++ < UPLOADS_PER_HOUR;
}

static gboolean
is_voice (const char *mime)
{
  return g_str_equal (mime, WIRE_VOICE_MIME);
}

static gboolean
upload_is_good (GateCore                  *core,
                GateCall                  *call,
                const Gate__V1__UploadReq *body)
{
  if (body->size == 0 || gate_text_is_empty (body->mime) || strlen (body->mime) > MAX_MIME_BYTES ||
      strpbrk (body->mime, " \r\n\t") != NULL || gate_text_is_longer (body->name, MAX_NAME_CHARS) ||
      (body->sha256.len != 0 && body->sha256.len != GATE_HASH_BYTES)) {
    gate_call_refuse (core, call, 422, "invalid", NULL);
    return FALSE;
  }
  if (body->size > core->settings.max_upload_bytes ||
      (is_voice (body->mime) && body->size > WIRE_VOICE_MAX_BYTES)) {
    gate_call_refuse (core, call, 413, "too_large", NULL);
    return FALSE;
  }
  return TRUE;
}

static GateQuery *
same_file (GateCore                  *core,
           GateCall                  *call,
           const Gate__V1__UploadReq *body)
{
  GateQuery *query = gate_call_found (call, GATE_QUERY_MEDIA_HASH);

  if (query != NULL)
    return gate_call_failed (core, call, query) ? NULL : query;
  query = gate_query_new (GATE_QUERY_MEDIA_HASH);
  memcpy (query->sha256, body->sha256.data, GATE_HASH_BYTES);
  query->role = (guint8) call->role;
  query->agent = query->visitor = call->self; /* the uploader, whichever they are */
  gate_call_wait (core, call, query);
  return NULL;
}

static void
answer_known (GateCore           *core,
              GateCall           *call,
              const GateMediaRow *media)
{
  Gate__V1__UploadTicket ticket = GATE__V1__UPLOAD_TICKET__INIT;

  ticket.already = TRUE;
  ticket.url = (char *) media->path;
  gate_answer (core, &call->asker, &ticket.base);
}

static void
answer_ticket (GateCore                  *core,
               GateCall                  *call,
               const Gate__V1__UploadReq *body)
{
  Gate__V1__UploadTicket ticket = GATE__V1__UPLOAD_TICKET__INIT;
  gint64 expires_s = (core->wall_ms + TICKET_MS) / 1000;
  char id[ID_CHARS + 1];
  g_autofree char *path = NULL;
  g_autofree char *put_url = NULL;

  if (!take_upload (core, call)) {
    gate_call_refuse (core, call, 429, "rate_limited", "60 uploads an hour");
    return;
  }
  make_id (core, call->role, call->self, id);
  path = g_strdup_printf ("/media/up/%s", id);
  put_url = wire_upload_url (core->settings.media_secret, sizeof core->settings.media_secret, path,
                             body->mime, body->size, expires_s);
  ticket.put_url = put_url;
  ticket.url = path_of (core->scratch, id);
  ticket.expires = (guint64) expires_s * 1000;
  gate_answer (core, &call->asker, &ticket.base);
}

void
gate_handle_upload (GateCore *core,
                    GateCall *call)
{
  const Gate__V1__UploadReq *body = call->frame->upload_req;
  GateQuery *query;

  if (!upload_is_good (core, call, body))
    return;
  if (body->sha256.len == GATE_HASH_BYTES) {
    query = same_file (core, call, body);
    if (query == NULL)
      return;
    if (query->media != NULL) {
      answer_known (core, call, query->media);
      return;
    }
  }
  answer_ticket (core, call, body);
}

/* --- MediaStored ------------------------------------------------------------------------------------------------------- */

typedef struct {
  GateEffect effect;
  GateAsker asker;
} StoredEffect;

static void
stored_release (GateCore   *core,
                GateEffect *effect)
{
  Gate__Link__V1__Reply reply = GATE__LINK__V1__REPLY__INIT;
  Gate__Link__V1__Done done = GATE__LINK__V1__DONE__INIT;

  reply.body_case = GATE__LINK__V1__REPLY__BODY_DONE;
  reply.done = &done;
  core->remote.reply (core->remote_data, ((StoredEffect *) effect)->asker.request, FALSE, &reply);
}

static void
stored_refuse (GateCore        *core,
               GateEffect      *effect,
               GateStoreStatus  status)
{
  gate_refuse_status (core, &((StoredEffect *) effect)->asker, status);
}

void
gate_media_stored (GateCore                          *core,
                   const GateAsker                   *asker,
                   const Gate__Link__V1__MediaStored *body)
{
  Gate__V1__Role role = GATE__V1__ROLE__VISITOR;
  guint64 uploader = 0;
  WireArena *arena;
  GateMediaRow *row;
  StoredEffect *effect;

  if (!read_id (body->id, &role, &uploader) || body->sha256.len != GATE_HASH_BYTES) {
    gate_refuse (core, asker, 422, "invalid", NULL);
    return;
  }
  row = &gate_commit_write (core, GATE_WRITE_MEDIA)->row.media;
  arena = gate_commit_arena (core);
  row->id = wire_arena_strdup (arena, body->id);
  row->path = path_of (arena, body->id);
  row->mime = wire_arena_strdup (arena, body->mime);
  row->name = wire_arena_strdup (arena, body->name);
  row->size = body->size;
  row->width = body->width;
  row->height = body->height;
  memcpy (row->sha256, body->sha256.data, GATE_HASH_BYTES);
  row->role = (guint8) role;
  row->uploader = uploader;
  row->created_at = (guint64) core->wall_ms;
  effect = gate_commit_effect (core, sizeof (StoredEffect), stored_release, stored_refuse);
  effect->asker = *asker;
}

/* --- In a message -------------------------------------------------------------------------------------------------------- */

/* Clients may give the link as they got it, signed; the log keeps the bare path. */
static GateQuery *
media_query (GateCore              *core,
             GateCall              *call,
             const Gate__V1__Media *media)
{
  GateQuery *query = gate_call_found (call, GATE_QUERY_MEDIA);

  if (query != NULL)
    return gate_call_failed (core, call, query) ? NULL : query;
  query = gate_query_new (GATE_QUERY_MEDIA);
  query->path = wire_arena_strndup (query->arena, media->url, strcspn (media->url, "?#"));
  gate_call_wait (core, call, query);
  return NULL;
}

const GateMediaRow *
gate_media_known (GateCore              *core,
                  GateCall              *call,
                  const Gate__V1__Media *media)
{
  GateQuery *query = media_query (core, call, media);
  const GateMediaRow *row;

  if (query == NULL)
    return NULL;
  row = query->media;
  if (row != NULL && row->role == (guint8) call->role && row->uploader == call->self)
    return row;
  gate_call_refuse (core, call, 422, "unknown_media", NULL);
  return NULL;
}

void
gate_media_take_facts (Gate__V1__Media    *media,
                       const GateMediaRow *row)
{
  media->url = (char *) row->path;
  media->mime = (char *) row->mime;
  media->size = row->size;
  media->width = row->width;
  media->height = row->height;
  media->duration_ms = 0;
  media->thumb = (char *) "";
  media->sha256.len = 0;
  if (gate_text_is_empty (media->name) && row->name != NULL)
    media->name = (char *) row->name;
  if (is_voice (row->mime)) {
    media->kind = GATE__V1__MEDIA_KIND__MK_VOICE;
    media->duration_ms = wire_voice_get_duration_ms (row->size);
  } else if (media->kind == GATE__V1__MEDIA_KIND__MK_VOICE) {
    media->kind = GATE__V1__MEDIA_KIND__MK_FILE;
  }
}
