/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-types.h"

G_BEGIN_DECLS

/* Rows of the local store: plain values that may cross from its thread to the main one. Strings are owned and may be %NULL. Times
 * are wall clock in microseconds. */

/** UsherConversationRow: what is known about a conversation, and how much of its log is held here. */
typedef struct {
  guint64 conv;
  UsherState state;
  guint epoch;
  guint channel;
  guint64 visitor;
  char *name;
  char *queue;
  guint64 agent;
  char *agent_name;
  guint priority;
  guint64 last_seq;
  char *last_text;
  UsherRole last_role;
  gint64 last_ts_us;
  gint64 waiting_since_us;
  guint unread;
  gint64 opened_at_us;
  gint64 enqueued_at_us;
  char *subject;
  char **tags;
  guint64 floor_seq; /* messages floor_seq … held_seq are here without a gap; both 0: none */
  guint64 held_seq;
  guint64 held_note; /* notes 1 … held_note are here */
  guint64 read_seq;  /* the agent has seen up to here */
  guint64 visitor_read_seq;
  guint64 visitor_received_seq;
} UsherConversationRow;

/** UsherMessageRow: one line; of a note `seq` is its own number. */
typedef struct {
  guint64 conv;
  guint64 seq;
  guint64 cid;
  gint64 ts_us;
  UsherRole role;
  guint64 sender;
  UsherMessageKind kind;
  char *text;
  char *url;
  char *mime;
  char *name;
  guint64 size;
  guint width;
  guint height;
  guint64 reply_to;
  gboolean is_edited;
  gboolean is_recalled;
} UsherMessageRow;

/** UsherOutboxRow: an own line that is not acknowledged. */
typedef struct {
  guint64 conv;
  guint64 cid;
  UsherMessageKind kind;
  char *text;
  guint64 seen;
  guint64 reply_to;
  char *path; /* local file of a picture */
  char *mime;
  char *name;
  guint64 size;
  guint width;
  guint height;
  gint64 queued_at_us;
  gint64 not_before_us; /* it may be taken back until then; 0: it goes at once */
  guint64 replaces;     /* it changes that line of ours; 0: it is a line */
  gboolean is_recall;   /* and nothing is left of it: @text is %NULL */
  char *mentions;       /* (nullable): of a note: ids of agents, separated by commas */
  char *fail_slug;      /* (nullable): refused for good, until the agent says what to do */
} UsherOutboxRow;

typedef struct {
  guint64 conv;
  gboolean is_note;
  char *text;
} UsherDraftRow;

/** UsherSearchQuery: which lines are looked for. All that is said must hold, only of the visitor
 * and the agent is one enough. */
typedef struct {
  char *words; /* (nullable) */
  gboolean is_by_role;
  UsherRole from_role; /* only when is_by_role */
  char *from_name;     /* (nullable): of a visitor */
  guint64 from_agent;  /* 0: none */
  char *tag;           /* (nullable): of the conversation */
  gint64 before_us;    /* 0: no matter */
  gint64 after_us;
  gboolean has_file;
  guint64 conv; /* 0: in all of them */
} UsherSearchQuery;

/** UsherHitRow: a line that was found; of a note `seq` is its own number. */
typedef struct {
  guint64 conv;
  guint64 seq;
  gboolean is_note;
  gint64 ts_us;
  UsherRole role;
  guint64 sender;
  char *name;     /* of the visitor */
  char *snippet;  /* one line */
  guint32 *marks; /* begin and length of what was found, in code points of @snippet */
  guint n_marks;  /* pairs */
} UsherHitRow;

/** UsherHits: newest first. */
typedef struct {
  GPtrArray *rows;        /* UsherHitRow */
  gboolean is_incomplete; /* there was no time to look further back */
  gboolean
    is_index_behind; /* lines that came in a moment ago, or a new index, are still being read */
} UsherHits;

/** UsherSnapshot: what a console needs to show its first window. */
typedef struct {
  GHashTable *meta;         /* char * → char * */
  GPtrArray *conversations; /* UsherConversationRow */
  GPtrArray *outbox;        /* UsherOutboxRow, oldest first */
  GPtrArray *drafts;        /* UsherDraftRow */
} UsherSnapshot;

UsherConversationRow *
usher_conversation_row_copy (const UsherConversationRow *row) G_GNUC_WARN_UNUSED_RESULT;
void usher_conversation_row_free (UsherConversationRow *row);
void usher_message_row_free (UsherMessageRow *row);
UsherOutboxRow *usher_outbox_row_copy (const UsherOutboxRow *row) G_GNUC_WARN_UNUSED_RESULT;
void usher_outbox_row_free (UsherOutboxRow *row);
void usher_draft_row_free (UsherDraftRow *row);
UsherSearchQuery *usher_search_query_copy (const UsherSearchQuery *query) G_GNUC_WARN_UNUSED_RESULT;
void usher_search_query_free (UsherSearchQuery *query);
void usher_hit_row_free (UsherHitRow *row);
UsherHits *usher_hits_new (void) G_GNUC_WARN_UNUSED_RESULT;
void usher_hits_free (UsherHits *hits);
void usher_snapshot_free (UsherSnapshot *snapshot);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (UsherConversationRow, usher_conversation_row_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (UsherMessageRow, usher_message_row_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (UsherOutboxRow, usher_outbox_row_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (UsherSnapshot, usher_snapshot_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (UsherSearchQuery, usher_search_query_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (UsherHitRow, usher_hit_row_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (UsherHits, usher_hits_free)

G_END_DECLS
