/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-transitions.h"

G_BEGIN_DECLS

/** GATE_DUE_OPEN: the lowest bit of a `due` in milliseconds: nobody has asked for that time; it only sees to it that every state ends. */
#define GATE_DUE_OPEN G_GUINT64_CONSTANT (1)

/** GateChange: what is asked of gate_conversation_change(). */
typedef struct {
  GateConvEvent event;
  guint32 epoch; /* compare-and-swap; 0 = whatever it is */
  Gate__V1__Role actor_role;
  guint64 actor;
  guint64 agent;    /* offered to, or new owner */
  GateQueue *queue; /* (nullable): %NULL = the one it has */
  guint8 why;
  guint8 close_reason;
  guint64 due;        /* wall ms */
  const char *reason; /* (nullable): for the log, and for people in an Offer */
  const char *note;   /* (nullable): of a transfer, shown with the Offer */
  GateConnId except;  /* who asked and gets an answer of their own */
  gboolean is_forced; /* the cap may be exceeded */

  /* Of the agent an offer goes to, before it: what the router went by. Filled in by gate_conversation_change(). */
  guint32 load;     /* chats */
  guint32 capacity; /* 0 = this is no offer */
  guint32 idle_s;   /* since the last one; 0 = there was none */
} GateChange;

typedef enum {
  GATE_CHANGE_OK,
  GATE_CHANGE_STALE,   /* another epoch: 409 stale_epoch */
  GATE_CHANGE_ILLEGAL, /* not from this state */
} GateChangeStatus;

/**
 * gate_conversation_change: the only way to change a conversation's state. Checks table and epoch, appends one event
 * and the row to the batch, keeps the indices, and holds back who is to be told until the commit.
 */
GateChangeStatus
gate_conversation_change (GateCore *core, GateConversation *conv, const GateChange *change);

/** gate_conversation_can: whether gate_conversation_change() would find a row. */
gboolean gate_conversation_can (GateCore         *core,
                                GateConversation *conv,
                                const GateChange *change);

/** gate_conversation_find: (nullable): only what is in memory. */
GateConversation *gate_conversation_find (GateCore *core,
                                          guint64   number);

/**
 * gate_conversation_adopt: takes a row of the store into memory, unless it is there. Only with a row that has just been
 * read: what was kept of an earlier answer may be older than what was forgotten since.
 *
 * Returns: (nullable): %NULL while a lost conversation waits for its own answer
 */
GateConversation *gate_conversation_adopt (GateCore          *core,
                                           const GateConvRow *row);

/** gate_conversation_open: a new one, in state NEW, for a visitor who has none. */
GateConversation *gate_conversation_open (GateCore    *core,
                                          GateVisitor *visitor,
                                          guint8       channel,
                                          GateQueue   *queue,
                                          const char  *subject);

/** gate_conversation_write: a write of kind CONV, MESSAGE, NOTE, EVENT or MARK about @conv. */
GateWrite *gate_conversation_write (GateCore         *core,
                                    GateConversation *conv,
                                    GateWriteKind     kind);

/** gate_conversation_save: writes the row after something other than the state changed; told to lists once committed. */
void gate_conversation_save (GateCore         *core,
                             GateConversation *conv,
                             gboolean          tell);

/** gate_conversation_lose: its batch was not kept: out of memory with it, and read again. */
void gate_conversation_lose (GateCore         *core,
                             GateConversation *conv);

/** gate_conversation_free: forgets it; it must not be counted anywhere but in core->conversations. */
void gate_conversation_free (GateConversation *conv);

/** gate_conversation_touch: keeps a closed one in memory for a while; the longest unused go. */
void gate_conversation_touch (GateCore         *core,
                              GateConversation *conv);
void gate_conversation_trim (GateCore *core);

/** gate_conversation_visitor_moved: a connection came or went; TRUE: it was the first or the last. */
gboolean gate_conversation_visitor_moved (GateCore         *core,
                                          GateConversation *conv,
                                          gboolean          is_here);

/** gate_conversation_set_idle: idle chats use no slot. */
void gate_conversation_set_idle (GateCore         *core,
                                 GateConversation *conv,
                                 gboolean          is_idle);

/** gate_conversation_set_priority, gate_conversation_set_place: while it waits, its place follows. */
void gate_conversation_set_priority (GateCore         *core,
                                     GateConversation *conv,
                                     gint32            priority);

gboolean gate_conversation_is_owned (const GateConvRow *row);
gboolean gate_conversation_is_waiting (const GateConvRow *row);
gboolean gate_conversation_has_joined (const GateConversation *conv,
                                       guint64                 agent);

/** gate_conversation_weight: in half slots: 2 for a chat, 1 where answers may take their time. */
guint gate_conversation_weight (const GateConversation *conv);

/** gate_conversation_loads: how many half slots of @agent it uses. */
guint gate_conversation_loads (const GateConversation *conv,
                               guint64                 agent);

/** gate_conversation_may_read: whether an agent may read it (`PROTOCOLS.md` 2d.7). */
gboolean
gate_conversation_may_read (GateCore *core, const GateConversation *conv, const GateAgent *agent);

/** gate_conversation_add_reader: who owned it once reads it ever after. */
void gate_conversation_add_reader (GateConversation *conv,
                                   guint64           agent);

/* --- gate-announce.c: who hears of a committed change -------------------------------------------------- */

void gate_announce (GateCore             *core,
                    GateConversation     *conv,
                    const GateConvRow    *before,
                    const GateTransition *transition,
                    const GateChange     *change);

/* --- gate-lines.c: messages and notes ------------------------------------------------------------------ */

typedef struct {
  GateAsker asker; /* conn 0 and no request: nobody asked */
  Gate__V1__Role role;
  guint64 sender;
  const Gate__V1__Message
    *message;       /* cid, content, reply_to, ext, flags, replaces are taken from it */
  const char *text; /* (nullable): what search indexes */
} GateLine;

/** gate_line_append: into the log; acked and delivered when committed. */
void gate_line_append (GateCore         *core,
                       GateConversation *conv,
                       const GateLine   *line);

/** gate_line_append_event: a system line that both sides see. */
void gate_line_append_event (GateCore         *core,
                             GateConversation *conv,
                             const char       *name);

typedef struct {
  GateAsker asker;
  Gate__V1__Role role;
  guint64 author;
  const Gate__V1__Note *note;
} GateNote;

void gate_note_append (GateCore         *core,
                       GateConversation *conv,
                       const GateNote   *note);

/** gate_mark_read: high-water marks of one side; written with the next batch, told when committed. */
void gate_mark_read (GateCore         *core,
                     GateConversation *conv,
                     Gate__V1__Role    role,
                     guint64           agent,
                     guint64           read,
                     guint64           received,
                     GateConnId        except);

/** gate_media_sign: the url of a stored path with its time and signature, in @arena. */
char *gate_media_sign (GateCore   *core,
                       WireArena  *arena,
                       const char *path);

/** gate_message_sign: a shallow copy of @message in @arena whose media url is signed; @message itself without media. */
Gate__V1__Message *gate_message_sign (GateCore          *core,
                                      WireArena         *arena,
                                      Gate__V1__Message *message);

G_END_DECLS
