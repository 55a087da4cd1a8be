/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "wire-frame.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * FakeGate:
 *
 * A gateway small enough to be read in one sitting, in the test's own main loop: sign-in and media by HTTP, frames by WebSocket, a log
 * for each conversation with seq, cid and epoch. What a test wants to go wrong it sets in the fields.
 */
typedef struct _FakeGate FakeGate;

typedef struct {
  guint64 conv;
  guint64 agent;
  guint64 visitor;
  Gate__V1__State state;
  guint32 epoch;
  guint64 due;      /* when the state's own time is over, Unix ms; 0: never */
  GPtrArray *lines; /* GBytes of packed Message, by seq */
  GPtrArray *notes; /* GBytes of packed Note, by n */
} FakeConv;

/** FakeFrameFunc: sees each frame before the gate; %TRUE: the gate does nothing about it. */
typedef gboolean (*FakeFrameFunc) (FakeGate *gate,
                                   const Gate__V1__Frame *frame,
                                   gpointer user_data);

struct _FakeGate {
  char *url;
  guint64 log;
  FakeFrameFunc frame_func;
  gpointer frame_data;

  guint64
    line_gap_ms; /* what the visitor says is so far from one another, the thousandth line now */

  char *email; /* (nullable): of every contact, once an agent has said so */
  guint64 blocked_until;

  /* Faults. */
  const char *
    dispositions; /* (nullable): what GET /dispositions answers; a gateway that has none says 404 */
  const char *canned;     /* (nullable): what GET /canned answers, with a tag of its text */
  guint n_canned;         /* such answers with a body */
  gboolean is_silent;     /* answers nothing at all, not even a ping */
  gboolean loses_acks;    /* stores, and drops the connection instead of answering */
  guint refuses_messages; /* so many messages are answered with: */
  guint refuse_code;
  const char *refuse_slug;
  gboolean refuses_resume; /* 4004 */
  gboolean refuses_auth;   /* 4001 */
  gboolean refuses_tokens; /* refresh: 401 */
  gboolean is_http_down;   /* 503 for every request */
  guint access_s;          /* life of an access token */

  /* What was seen. */
  guint n_connections;
  guint n_auths;
  guint n_resumes;
  guint n_refreshes;
  gboolean names_device;    /* the last new password */
  gboolean is_password_new; /* only the newest refresh token is good */
  gboolean is_signed_out_everywhere;
  guint n_uploads;
  guint n_messages; /* Message frames, repeats included */
  guint n_reads;
  guint n_typings;
  guint n_contacts; /* ContactReq frames */
  char *feedback;   /* Feedback frames: "conv/seq id action" each, joined by ";" */
  guint n_have;     /* cursors of the last Resume */
  gboolean is_present;
  gboolean is_accepting;
  guint64 last_read_seq;
  guint64 last_seen; /* Message.seen of the last message */

  /*< private >*/
  char refresh_token[32];
  gpointer server;
  gpointer socket;
  GHashTable *convs;
  gboolean holds_media; /* files are taken, and nothing is said about it */
  GHashTable *media;    /* path → GBytes */
};

FakeGate *fake_gate_new (void);
void fake_gate_free (FakeGate *gate);

/** fake_gate_drop: the socket is gone without a word. */
void fake_gate_drop (FakeGate *gate);
void fake_gate_close (FakeGate *gate,
                      guint     code);

/** fake_gate_stop: nobody listens until fake_gate_start(). */
void fake_gate_stop (FakeGate *gate);
void fake_gate_start (FakeGate *gate);
gboolean fake_gate_is_open (FakeGate *gate);
void fake_gate_send (FakeGate        *gate,
                     Gate__V1__Frame *frame);
FakeConv *fake_gate_conv (FakeGate *gate,
                          guint64   conv);

/** fake_gate_own: agent 42 has it, and is told when connected. */
FakeConv *fake_gate_own (FakeGate *gate,
                         guint64   conv);

/** fake_gate_say: a line by the visitor is stored; sent too when @is_sent. */
guint64 fake_gate_say (FakeGate   *gate,
                       guint64     conv,
                       const char *text,
                       gboolean    is_sent);
guint64 fake_gate_note (FakeGate   *gate,
                        guint64     conv,
                        const char *text);

/** fake_gate_send_row: of one of my own, as the gateway does a moment after a change. */
void fake_gate_send_row (FakeGate *gate,
                         guint64   conv);
void fake_gate_send_line (FakeGate *gate,
                          guint64   conv,
                          guint64   seq);

/** fake_gate_suggest: to line @seq; @texts: "id=text", %NULL-terminated. */
void fake_gate_suggest (FakeGate          *gate,
                        guint64            conv,
                        guint64            seq,
                        const char *const *texts);
void fake_gate_offer (FakeGate *gate,
                      guint64   conv,
                      guint     seconds);

/** fake_gate_transcript: (transfer full): the texts of the log, one a line. */
char *fake_gate_transcript (FakeGate *gate,
                            guint64   conv);

/* Turns the loop until @condition holds; fails the test when it does not within ten seconds. */
#define WAIT_UNTIL(condition)                                               \
  G_STMT_START                                                              \
  {                                                                         \
    gint64 until_us_ = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;       \
    guint tick_ = g_timeout_add (20, G_SOURCE_FUNC (fake_gate_tick), NULL); \
    while (!(condition) && g_get_monotonic_time () < until_us_)             \
      g_main_context_iteration (NULL, TRUE);                                \
    g_source_remove (tick_);                                                \
    g_assert_true (condition);                                              \
  }                                                                         \
  G_STMT_END

gboolean fake_gate_tick (gpointer user_data);

G_END_DECLS
