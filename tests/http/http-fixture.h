/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-workers.h"
#include "wire-arena.h"

G_BEGIN_DECLS

/**
 * Fixture: a real `http` worker process, started as the core starts it. The test plays the core (its answers are a
 * function) and an edge (it hands over one end of a socket pair as a client's connection).
 */
typedef struct _Fixture Fixture;

/** FixtureCore: fills in @reply; texts and messages come from @arena. FALSE: never answers. */
typedef gboolean (*FixtureCore) (Fixture *self,
                                 const Gate__Link__V1__Request *request,
                                 Gate__Link__V1__Reply *reply,
                                 WireArena *arena);

struct _Fixture {
  GateLoop *loop;
  GateWorkers *workers;
  GateLink *peer; /* our end of the pair of an edge and http */
  WireArena *arena;
  FixtureCore core;
  char *data_dir;
  int ops_fd;
  guint ops_port;
  int metrics_fd;
  gboolean is_up;
  guint n_started;
  guint n_requests;
  Gate__Link__V1__Request *last_request; /* in arena of its own */
  int returned_fd;                       /* handed back by http; -1 = none */
  char *returned_bytes;
  gboolean is_demo;
  const char
    *canned_text; /* (nullable): of the first reply of the team, from the next configuration on */
};

/** fixture_main: for main(): becomes the worker when the arguments say so (and then does not return). */
void fixture_main (int    argc,
                   char **argv);

void fixture_set_up (Fixture       *self,
                     gconstpointer  data);
void fixture_tear_down (Fixture       *self,
                        gconstpointer  data);

/** fixture_configure: the worker is told its configuration again, as after a reload. */
void fixture_configure (Fixture *self);

#define FIXTURE_DEADLINE_US  (20 * G_USEC_PER_SEC)
#define FIXTURE_MEDIA_SECRET "media-secret-example-32-bytes-aa"
#define FIXTURE_OPS_TOKEN    "ops-token-example"

#define TURN_UNTIL(self, condition)                                     \
  G_STMT_START                                                          \
  {                                                                     \
    gint64 deadline_us = g_get_monotonic_time () + FIXTURE_DEADLINE_US; \
    while (!(condition)) {                                              \
      g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);        \
      gate_loop_turn ((self)->loop, 10);                                \
    }                                                                   \
  }                                                                     \
  G_STMT_END

/** fixture_connect: hands a new connection over to the worker, with @read as bytes already read from it. */
int fixture_connect (Fixture    *self,
                     const char *read,
                     gsize       n_read);

/** fixture_connect_from: the same for a client whose address is @peer. */
int fixture_connect_from (Fixture    *self,
                          const char *peer,
                          const char *read,
                          gsize       n_read);
int fixture_connect_ops (Fixture *self);

/** An answer, as it stood on the wire. */
typedef struct {
  guint status;
  char *head;
  GBytes *body;
} Answer;

void answer_clear (Answer *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

/** fixture_read: reads one whole answer from @fd. */
void fixture_read (Fixture  *self,
                   int       fd,
                   gboolean  is_head_request,
                   Answer   *ret_answer);

/** fixture_is_closed: waits until the worker closes @fd; FALSE when it sends something instead. */
gboolean fixture_is_closed (Fixture *self,
                            int      fd);

/** fixture_send: writes all, turning the loop. */
void fixture_send (Fixture       *self,
                   int            fd,
                   gconstpointer  bytes,
                   gsize          n_bytes);

/** fixture_ask: one request on a connection of its own. @headers: lines with CRLF, or "". */
void fixture_ask (Fixture    *self,
                  const char *method,
                  const char *target,
                  const char *headers,
                  const char *body,
                  gsize       body_bytes,
                  Answer     *ret_answer);

/** fixture_ask_ops: GET on the operators' port. */
void fixture_ask_ops (Fixture    *self,
                      const char *target,
                      const char *headers,
                      Answer     *ret_answer);

/** answer_header: (transfer full) (nullable) */
char *answer_header (const Answer *self,
                     const char   *name);

/** answer_has: whether the body contains @text. */
gboolean answer_has (const Answer *self,
                     const char   *text);

/** answer_assert_problem: status, content type and code of an error. */
void answer_assert_problem (const Answer *self,
                            guint         status,
                            const char   *code);

G_END_DECLS
