/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-metrics.h"

G_BEGIN_DECLS

/** What is counted: one line here, one row in gate-metric-table.c, in the same order. Names and labels: `SYSTEMS.md` 5.1. */
enum {
  GATE_METRIC_CONNECTIONS,        /* GATE_LABEL_CONNECTION (transport, role, codec) */
  GATE_METRIC_CONNECTIONS_OPENED, /* GATE_LABEL_OPENED (transport, role) */
  GATE_METRIC_CONNECTIONS_CLOSED, /* GateClosedLabel */
  GATE_METRIC_HANDSHAKE_DURATION, /* accepted to limits, µs */
  GATE_METRIC_FRAMES_REJECTED,    /* GateRejectedLabel */
  GATE_METRIC_SEND_BUFFER_BYTES,  /* gauge */
  GATE_METRIC_SESSION_RESUMES,    /* GateResumeLabel */
  GATE_METRIC_CONVERSATIONS,      /* GATE_LABEL_CONVERSATION (State, Channel of gate.proto) */
  GATE_METRIC_MESSAGES,           /* GATE_LABEL_MESSAGE (direction, Role, Channel of gate.proto) */
  GATE_METRIC_MESSAGE_DELIVERY, /* 0 local, 1 remote; received to handed to the recipient's link, µs */
  GATE_METRIC_MESSAGE_COMMIT,     /* handed to the store to committed, µs */
  GATE_METRIC_MESSAGE_DUPLICATES, /* 0 */
  GATE_METRIC_QUEUE_LENGTH,       /* gate_metrics_queue_label() */
  GATE_METRIC_QUEUE_OLDEST_WAIT,  /* the same; set() in µs */
  GATE_METRIC_QUEUE_WAIT,         /* the same; µs */
  GATE_METRIC_ASSIGNMENTS, /* GATE_LABEL_ASSIGNMENT (queue label, Why of gate.proto, result) */
  GATE_METRIC_AGENTS,      /* Status of gate.proto */
  GATE_METRIC_AGENT_CAPACITY_USED, /* gate_metrics_queue_label(); set() in millionths */
  GATE_METRIC_FIRST_RESPONSE,      /* µs */
  GATE_METRIC_REPLY_GAP,           /* µs */
  GATE_METRIC_RATING_SCORE,        /* score of scale in millionths */
  GATE_METRIC_ROUTE_DECISIONS,     /* GATE_LABEL_ROUTE (policy, result) */
  GATE_METRIC_WORKER_RESTARTS,     /* gate_metrics_worker_label() */
  GATE_METRIC_WORKER_UP,           /* the same */
  GATE_METRIC_LINK_QUEUE_BYTES,    /* the same */
  GATE_METRIC_BACKEND_REQUEST,     /* GATE_LABEL_BACKEND (backend, op, result); µs */
  GATE_METRIC_RELOAD_SUCCESSFUL,   /* 0 */
  GATE_METRIC_RELOAD_SUCCESS_TIME, /* Unix µs */
  GATE_METRIC_LOOP_LAG,            /* of the page's own loop, µs */
  GATE_METRIC_LOOP_BUSY_RATIO,     /* of the page's own loop, millionths */
  GATE_METRIC_PROCESS_CPU,         /* µs; these five are of the page's own process */
  GATE_METRIC_PROCESS_RESIDENT,    /* bytes */
  GATE_METRIC_PROCESS_OPEN_FDS,
  GATE_METRIC_PROCESS_MAX_FDS,
  GATE_METRIC_PROCESS_START_TIME, /* Unix µs */
  GATE_N_METRICS
};

enum {
  GATE_TRANSPORT_LABEL_NONE,
  GATE_TRANSPORT_LABEL_TCP,
  GATE_TRANSPORT_LABEL_WS
};
enum {
  GATE_ROLE_LABEL_NONE,
  GATE_ROLE_LABEL_VISITOR,
  GATE_ROLE_LABEL_AGENT
};
enum {
  GATE_CODEC_LABEL_NONE,
  GATE_CODEC_LABEL_PB,
  GATE_CODEC_LABEL_JSON,
  GATE_CODEC_LABEL_ZD1
};

typedef enum {
  GATE_CLOSED_NORMAL,     /* 1000, 1001 */
  GATE_CLOSED_GONE,       /* the peer went without a word */
  GATE_CLOSED_PROTOCOL,   /* 1002, 1003, 1007, bad head or first bytes */
  GATE_CLOSED_TOO_BIG,    /* 1009 */
  GATE_CLOSED_POLICY,     /* 1008, 4009 */
  GATE_CLOSED_ERROR,      /* 1011 and what has no name */
  GATE_CLOSED_RESTART,    /* 1012 */
  GATE_CLOSED_OVERLOAD,   /* 1013 and limits met before the handshake */
  GATE_CLOSED_AUTH,       /* 4001, 4002 */
  GATE_CLOSED_SUPERSEDED, /* 4003 */
  GATE_CLOSED_RESUME,     /* 4004 */
  GATE_CLOSED_IDLE,       /* 4005 */
  GATE_CLOSED_RATE,       /* 4006 */
  GATE_CLOSED_VERSION,    /* 4007 */
  GATE_CLOSED_SLOW,       /* 4008 */
  GATE_CLOSED_TIMEOUT,    /* no head or no hello in time */
  GATE_CLOSED_HTTP,       /* handed over, or answered and done */
} GateClosedLabel;

typedef enum {
  GATE_REJECTED_PROTOCOL,
  GATE_REJECTED_HEAD,
  GATE_REJECTED_ORIGIN,
  GATE_REJECTED_TOO_LARGE,
  GATE_REJECTED_BAD_UTF8,
  GATE_REJECTED_BAD_FRAME,
  GATE_REJECTED_RATE_LIMITED,
  GATE_REJECTED_FORBIDDEN,
  GATE_REJECTED_ADDRESS_LIMIT,
  GATE_REJECTED_CONNECTION_LIMIT,
} GateRejectedLabel;

typedef enum {
  GATE_RESUME_OK,
  GATE_RESUME_EXPIRED,
  GATE_RESUME_REFUSED,
  GATE_RESUME_GONE,
} GateResumeLabel;

enum {
  GATE_DIRECTION_IN,
  GATE_DIRECTION_OUT
};
enum {
  GATE_ASSIGNED_OK,
  GATE_ASSIGNED_DECLINED,
  GATE_ASSIGNED_EXPIRED,
  GATE_ASSIGNED_FAILED
};
enum {
  GATE_POLICY_LEAST_LOADED,
  GATE_POLICY_LONGEST_IDLE,
  GATE_POLICY_MANUAL
};
enum {
  GATE_ROUTED_OFFERED,
  GATE_ROUTED_NOBODY,
  GATE_ROUTED_FULL
};
enum {
  GATE_BACKEND_SQLITE,
  GATE_BACKEND_SEARCH
};
enum {
  GATE_OP_COMMIT,
  GATE_OP_READ,
  GATE_OP_INDEX
};
enum {
  GATE_RESULT_OK,
  GATE_RESULT_ERROR
};

/* One number for a set of labels: the last one counts fastest. */
#define GATE_LABEL_CONNECTION(transport, role, codec) (((transport) *3u + (role)) * 4u + (codec))
#define GATE_LABEL_OPENED(transport, role)            ((transport) *3u + (role))
#define GATE_LABEL_CONVERSATION(state, channel)       ((guint) (state) *11u + (guint) (channel))
#define GATE_LABEL_MESSAGE(direction, role, channel) \
  (((direction) *4u + (guint) (role)) * 11u + (guint) (channel))
#define GATE_LABEL_ASSIGNMENT(queue, why, result) (((queue) *11u + (guint) (why)) * 4u + (result))
#define GATE_LABEL_ROUTE(policy, result)          ((policy) *3u + (result))
#define GATE_LABEL_BACKEND(backend, op, result)   (((backend) *3u + (op)) * 2u + (result))

G_END_DECLS
