/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "wire-arena.h"

#include <glib.h>

G_BEGIN_DECLS

/*
 * What the core asks a store to keep and to find. Declared by the core, filled by store/ (SQLite now),
 * by a store in memory for the simulator, and by PostgreSQL for clusters later.
 *
 * A batch or a query lives in one arena: the core makes it, the store fills its results in place and gives
 * it back through the callback of GateStoreDone on the core's thread; the core frees it. One batch is in
 * flight at a time: the next may be submitted once the one before came back.
 *
 * Numbers named state, role, channel, reason are those of gate.v1. Strings are UTF-8, "" or NULL = none.
 * Times are Unix milliseconds.
 */

#define GATE_DIGEST_BYTES 16 /* of a visitor key: first 16 bytes of SHA-256(app ":" key) */
#define GATE_HASH_BYTES   32 /* SHA-256 */

typedef struct {
  guint64 conv;
  guint64 visitor;
  guint8 visitor_digest[GATE_DIGEST_BYTES];
  const char *app;
  const char *visitor_name;
  const char *locale;
  guint8 channel;
  guint8 state;
  guint8 why; /* gate.v1.Why of the last assignment */
  guint8 close_reason;
  guint32 epoch;
  guint64 agent;      /* owner, or offered to; 0 = none */
  guint64 last_agent; /* who owned it last: sticky, wrap-up, reading afterwards */
  const char *queue;
  gint32 priority; /* 0 urgent, 1 high, 2 normal, 3 low */
  guint64 opened_at;
  guint64 enqueued_at;
  guint64 offered_at;
  guint64 accepted_at;
  guint64 closed_at;
  guint64 due; /* when the state's own timer fires: offer, wrap-up, snooze, grace; 0 = none */
  const char *subject;
  const char *tags;        /* JSON array */
  const char *attrs;       /* JSON object */
  const char *disposition; /* wrap-up code */
  const char *result;
  const char *summary;
  guint32 rating_score; /* 0 = not rated */
  guint32 rating_scale;
  const char *rating_comment;
  const char *brief; /* of a transfer, while nobody has taken it: for staff, in each offer */
  guint64 previous;  /* the closed conversation this one continues */

  /* Kept by the store with each message, note and read mark; the core never writes them with a row. */
  guint64 last_seq;
  guint64 last_note;
  guint64 last_ts;
  const char *last_text; /* at most 120 characters */
  guint8 last_role;
  guint64 staff_seq;     /* last seq written by agent or bot */
  guint64 staff_sender;  /* and by whom */
  guint64 waiting_since; /* first unanswered visitor line; 0 = nobody waits */
  guint64 visitor_read, visitor_received;
  guint64 staff_read, staff_received;
} GateConvRow;

typedef struct {
  guint64 conv;
  guint64 seq; /* result */
  guint64 cid; /* 0 = made by the server */
  guint64 ts;
  guint8 role;
  guint64 sender;
  guint32 flags;
  guint64 replaces;   /* edits or recalls that seq: the store folds it in when a page is read */
  const char *text;   /* (nullable): what search indexes */
  const guint8 *body; /* packed gate.v1.Message with only content, reply_to, ext */
  gsize body_bytes;
} GateMessageRow;

typedef struct {
  guint64 conv;
  guint64 n; /* result */
  guint64 cid;
  guint64 ts;
  guint8 role;
  guint64 author;
  gboolean is_whisper;
  const char *text;
  const guint8 *body; /* packed gate.v1.Note with only mentions, media */
  gsize body_bytes;
} GateNoteRow;

typedef struct {
  guint64 conv;
  guint32 epoch;
  guint64 ts;
  guint8 from, to;
  const char *name; /* of the transition, snake_case */
  guint64 actor;
  guint8 actor_role;
  const char *queue;
  guint64 agent;
  const char *reason;
} GateEventRow;

typedef struct {
  guint64 conv;
  guint64 visitor_read, visitor_received; /* high-water marks: the store keeps the larger */
  guint64 staff_read, staff_received;
} GateMarkRow;

typedef struct {
  guint64 visitor;
  guint8 digest[GATE_DIGEST_BYTES];
  const char *app;
  const char *name, *email, *phone, *locale, *tz, *user_agent, *place;
  const char *attrs; /* JSON object */
  gboolean is_verified;
  guint32 visits;
  guint64 first_seen, last_seen;
  const char *note;      /* by staff, for staff */
  guint32 edited;        /* what staff has set: bits of ContactEdit.fields */
  guint64 blocked_until; /* 0 = not */
  const char
    *staff_keys; /* JSON object: a null for each attribute that staff has set or taken away */
} GateVisitorRow;

typedef struct {
  guint64 visitor;
  guint64 until;
} GateBlockRow;

/** GateMergeRow: the contact of @visitor stands in that of @into, until the row is gone. */
typedef struct {
  guint64 visitor;
  guint64 into;
  guint64 agent; /* who has merged them */
  guint64 ts;
  gboolean
    is_note_told; /* staff has written the contact's note anew since: theirs is in it, or not wanted */
} GateMergeRow;

/** GateNameRow: how a visitor of a merged contact is called. */
typedef struct {
  guint64 visitor;
  const char *name;
  guint32 edited;
} GateNameRow;

typedef struct {
  guint64 agent;
  const char *login;
  const char *name;
  const char *role;     /* agent, supervisor, auditor, admin */
  const char *password; /* Argon2id string */
  const char *queues;   /* JSON array of names; [] = all */
  const char *skills;   /* JSON array */
  const char *avatar;
  guint32 capacity;
  gboolean must_change; /* one-time password */
  gboolean is_disabled;
  guint64 created_at;
} GateAgentRow;

typedef struct {
  guint8 hash[GATE_HASH_BYTES]; /* of the token */
  guint8 kind;                  /* 1 access, 2 refresh */
  guint64 family;               /* one sign-in; random */
  guint64 agent;
  const char *device;
  const char *device_name;
  guint64 expires;
  gboolean is_used; /* a refresh token that was exchanged: kept to notice its reuse */
} GateTokenRow;

typedef struct {
  const char *id;   /* random, also the file's name */
  const char *path; /* /media/ab/cd/NAME */
  const char *mime;
  const char *name;
  guint32 size, width, height;
  guint8 sha256[GATE_HASH_BYTES];
  guint8 role; /* the uploader's */
  guint64 uploader;
  guint64 created_at;
} GateMediaRow;

typedef struct {
  const char *key;
  const char *name;
  const char *origins; /* JSON array of patterns */
  const char *secret;
} GateAppRow;

typedef struct {
  guint64 ts;
  guint64 actor;
  const char *action;
  const char *detail; /* JSON object */
} GateAuditRow;

/* --- Writing -------------------------------------------------------------------------------------- */

typedef enum {
  GATE_WRITE_CONV,    /* insert or replace the core's part of the row */
  GATE_WRITE_MESSAGE, /* result: row.message.seq, is_duplicate */
  GATE_WRITE_NOTE,    /* result: row.note.n, is_duplicate */
  GATE_WRITE_EVENT,
  GATE_WRITE_MARK,
  GATE_WRITE_VISITOR,
  GATE_WRITE_MERGE,   /* insert or replace */
  GATE_WRITE_UNMERGE, /* row.merge.visitor */
  GATE_WRITE_AGENT,
  GATE_WRITE_TOKEN,
  GATE_WRITE_TOKEN_FAMILY_GONE, /* row.token.family */
  GATE_WRITE_TOKEN_AGENT_GONE,  /* row.token.agent */
  GATE_WRITE_MEDIA,
  GATE_WRITE_AUDIT,
} GateWriteKind;

typedef struct _GateWrite GateWrite;
struct _GateWrite {
  GateWrite *next;
  GateWriteKind kind;
  union {
    GateConvRow conv;
    GateMessageRow message;
    GateNoteRow note;
    GateEventRow event;
    GateMarkRow mark;
    GateVisitorRow visitor;
    GateMergeRow merge;
    GateAgentRow agent;
    GateTokenRow token;
    GateMediaRow media;
    GateAuditRow audit;
  } row;
  gboolean is_duplicate; /* result: (conv, cid) was there; seq or n are the first one's */
  gpointer user_data;    /* the core's */
};

typedef enum {
  GATE_STORE_OK,
  GATE_STORE_FULL,   /* disk full: nothing of the batch was kept; try again later */
  GATE_STORE_FAILED, /* any other error: nothing of the batch was kept */
} GateStoreStatus;

typedef struct {
  WireArena *arena; /* owns everything below and this */
  GateWrite *first;
  GateWrite *last;
  guint n_writes;
  GateStoreStatus status; /* result: of the whole batch */
  gint64 submitted_us;    /* the core's, for gate_message_commit_seconds */
} GateBatch;

/* --- Finding -------------------------------------------------------------------------------------- */

typedef enum {
  GATE_QUERY_CONV, /* by conv → convs[0] */
  GATE_QUERY_VISITOR_LAST, /* by visitor: the newest conversation → convs[0]; found_seq of cid in it, or in any of theirs */
  GATE_QUERY_HISTORY, /* a page of conv */
  GATE_QUERY_CLOSED, /* closed conversations of agent or queues, newest first, older than before_ts */
  GATE_QUERY_SEARCH,
  GATE_QUERY_MEDIA,       /* by path → media */
  GATE_QUERY_MEDIA_HASH,  /* by sha256 and uploader → media */
  GATE_QUERY_CONTACT,     /* by visitor → visitor_row, convs = their last 20 */
  GATE_QUERY_PEOPLE,      /* by visitors → visitor_rows, convs = the last 20 of them all */
  GATE_QUERY_PEOPLE_LIKE, /* by text, or of visitors, and of those whom agent or queues have talked with → visitor_rows, newest visit
                             first; but first of all the n_same who have email or phone */
  GATE_N_QUERIES
} GateQueryKind;

typedef struct {
  guint64 conv, seq, note;
  guint64 ts;
  guint8 role;
  const char *snippet;  /* at most 160 characters */
  const guint32 *marks; /* begin, length pairs in code points */
  guint n_marks;
  const char *name;
} GateHitRow;

typedef struct {
  WireArena *arena; /* owns everything below and this */
  GateQueryKind kind;
  gpointer user_data; /* the core's */

  /* asked */
  guint64 conv;
  guint64 visitor;
  const guint64 *visitors; /* PEOPLE: asked for; PEOPLE_LIKE: found by their numbers */
  guint n_visitors;
  const char *email, *phone; /* PEOPLE_LIKE: "" = of nobody */
  guint64 agent;
  guint64 cid;
  guint64 before,
    after;             /* HISTORY: exclusive bounds on seq; before > 0: the last `limit` below it */
  guint64 notes_after; /* HISTORY: notes with n above; G_MAXUINT64 = no notes */
  gboolean with_events;
  gboolean
    for_visitor; /* HISTORY: replaced content is never given, notes and events are not even read */
  guint limit;
  gsize max_bytes; /* HISTORY: stop before packed rows exceed this */
  guint64 before_ts;
  const char **queues; /* (nullable) (array zero-terminated) */
  const char *text;    /* SEARCH: the words */
  const char *from;    /* SEARCH: visitor, agent, bot or a name */
  const char *tag;
  guint64 ts_before, ts_after;
  gboolean has_file;
  const char *cursor;
  const char *path; /* MEDIA */
  guint8 sha256[GATE_HASH_BYTES];
  guint8 role;

  /* found */
  GateStoreStatus status;
  GateConvRow *convs;
  guint n_convs;
  GateMessageRow *messages; /* by rising seq; an edited row holds its present content */
  guint n_messages;
  GateNoteRow *notes;
  guint n_notes;
  GateEventRow *events;
  guint n_events;
  GateHitRow *hits;
  guint n_hits;
  GateMediaRow *media;         /* (nullable) */
  GateVisitorRow *visitor_row; /* (nullable) */
  GateVisitorRow *visitor_rows;
  guint n_visitor_rows, n_same;
  guint64 found_conv, found_seq; /* VISITOR_LAST with cid */
  guint64 head;                  /* HISTORY: last_seq of the conversation */
  gboolean more;
  const char *next_cursor;
  guint64 indexed_to;
} GateQuery;

/* --- At start ------------------------------------------------------------------------------------- */

/** GateSnapshot: what the core holds in memory from the start; in one arena. */
typedef struct {
  WireArena *arena;
  guint64 log;       /* incarnation of the database */
  guint64 next_conv; /* first number never used */
  guint64 next_agent;
  GateConvRow *convs; /* every conversation that is not closed */
  guint n_convs;
  GateAgentRow *agents;
  guint n_agents;
  GateTokenRow *tokens; /* that have not expired */
  guint n_tokens;
  GateAppRow *apps;
  guint n_apps;
  GateBlockRow *blocks; /* visitors whose block has not run out */
  guint n_blocks;
  GateMergeRow *merges; /* by rising ts */
  guint n_merges;
  GateNameRow *names; /* of all who stand in them */
  guint n_names;
} GateSnapshot;

/* --- The interface -------------------------------------------------------------------------------- */

typedef struct _GateStore GateStore;

struct _GateStore {
  /* Takes over @batch; answered by GateStoreDone.batch. */
  void (*submit) (GateStore *self, GateBatch *batch);

  /* Takes over @query; answered by GateStoreDone.query. Queries overtake batches. */
  void (*query) (GateStore *self, GateQuery *query);

  /* Synchronous; at start and after GateStoreDone.changed. (transfer full) */
  GateSnapshot *(*load) (GateStore *self, GError **error);
};

/** GateStoreDone: who hears of results, on the core's thread. */
typedef struct {
  void (*batch) (GateBatch *batch, gpointer user_data);
  void (*query) (GateQuery *query, gpointer user_data);

  /* Another process (usherctl) changed agents or apps. */
  void (*changed) (gpointer user_data);
} GateStoreDone;

/* --- What the store keeps with each message, for those who keep it in memory too ------------------- */

#define GATE_ROLE_VISITOR 0 /* as in gate.v1 */
#define GATE_ROLE_AGENT   1
#define GATE_ROLE_BOT     2
#define GATE_FLAG_AUTO    8u

/** gate_message_row_is_line: it is shown by itself: neither edit nor recall. */
static inline gboolean
gate_message_row_is_line (const GateMessageRow *row)
{
  return row->replaces == 0;
}

/** gate_conv_row_keep_message: the numbers of @self after @row was committed; `last_text` is the caller's. */
static inline void
gate_conv_row_keep_message (GateConvRow          *self,
                            const GateMessageRow *row)
{
  self->last_seq = row->seq;
  if (row->role == GATE_ROLE_AGENT || row->role == GATE_ROLE_BOT) {
    self->staff_seq = row->seq;
    self->staff_sender = row->sender;
  }
  if (!gate_message_row_is_line (row))
    return;
  self->last_role = row->role;
  self->last_ts = row->ts;
  if (row->role == GATE_ROLE_AGENT && (row->flags & GATE_FLAG_AUTO) == 0)
    self->waiting_since = 0;
  else if (row->role == GATE_ROLE_VISITOR && self->waiting_since == 0)
    self->waiting_since = row->ts;
}

static inline GateBatch *
gate_batch_new (void)
{
  WireArena *arena = wire_arena_new (4096);
  GateBatch *self = wire_arena_new0 (arena, GateBatch);

  self->arena = arena;
  return self;
}

static inline void
gate_batch_free (GateBatch *self)
{
  wire_arena_free (self->arena);
}

static inline GateWrite *
gate_batch_add (GateBatch     *self,
                GateWriteKind  kind)
{
  GateWrite *write = wire_arena_new0 (self->arena, GateWrite);

  write->kind = kind;
  if (self->last != NULL)
    self->last->next = write;
  else
    self->first = write;
  self->last = write;
  self->n_writes++;
  return write;
}

static inline GateQuery *
gate_query_new (GateQueryKind kind)
{
  WireArena *arena = wire_arena_new (2048);
  GateQuery *self = wire_arena_new0 (arena, GateQuery);

  self->arena = arena;
  self->kind = kind;
  return self;
}

static inline void
gate_query_free (GateQuery *self)
{
  wire_arena_free (self->arena);
}

G_END_DECLS
