/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every metric of `SYSTEMS.md` 5.1 that exists so far. A new one is a line in the enum of gate-metric-table.h
 * and a row here.
 */
#include "config.h"

#include "gate-metrics-private.h"

#define LABEL(label_name, ...)                                                        \
  {                                                                                   \
    .name = (label_name), .values = (const char *const[]){ __VA_ARGS__ },             \
    .n_values = sizeof ((const char *const[]){ __VA_ARGS__ }) / sizeof (const char *) \
  }
#define BUCKETS(list) .buckets = (list), .n_buckets = G_N_ELEMENTS (list)

/* clang-format off */
static const GateMetricLabel transport = LABEL ("transport", "none", "tcp", "ws");
static const GateMetricLabel peer_role = LABEL ("role", "none", "visitor", "agent");
static const GateMetricLabel codec     = LABEL ("codec", "none", "pb", "json", "zd1");
static const GateMetricLabel closed    = LABEL ("reason", "normal", "gone", "protocol", "too_big", "policy", "error", "restart",
                                                "overload", "auth", "superseded", "resume", "idle", "rate", "version", "slow",
                                                "timeout", "http");
static const GateMetricLabel rejected  = LABEL ("reason", "protocol", "head", "origin", "too_large", "bad_utf8", "bad_frame",
                                                "rate_limited", "forbidden", "address_limit", "connection_limit");
static const GateMetricLabel resumed   = LABEL ("result", "ok", "expired", "refused", "gone");
static const GateMetricLabel state     = LABEL ("state", "none", "bot", "queued", "active", "wrapup", "closed", "offered", "held",
                                                "snoozed", "offline");
static const GateMetricLabel channel   = LABEL ("channel", "none", "web", "app", "wechat_mp", "wechat_oa", "whatsapp", "telegram",
                                                "dingtalk", "feishu", "api", "console");
static const GateMetricLabel direction = LABEL ("direction", "in", "out");
static const GateMetricLabel role      = LABEL ("role", "visitor", "agent", "bot", "system");
static const GateMetricLabel hop       = LABEL ("hop", "local", "remote");
static const GateMetricLabel queue     = { .name = "queue", .n_values = GATE_MAX_QUEUES, .source = GATE_VALUES_QUEUES };
static const GateMetricLabel why       = LABEL ("reason", "none", "routed", "claimed", "transferred", "sticky", "overflow",
                                                "released", "takeover", "joined", "snooze_over", "bot");
static const GateMetricLabel assigned  = LABEL ("result", "ok", "declined", "expired", "failed");
static const GateMetricLabel status    = LABEL ("status", "offline", "online", "away", "busy", "invisible");
static const GateMetricLabel policy    = LABEL ("policy", "least_loaded", "longest_idle", "manual");
static const GateMetricLabel routed    = LABEL ("result", "offered", "nobody", "full");
static const GateMetricLabel worker    = { .name = "worker", .n_values = GATE_MAX_WORKERS, .source = GATE_VALUES_WORKERS };
static const GateMetricLabel backend   = LABEL ("backend", "sqlite", "search");
static const GateMetricLabel operation = LABEL ("op", "commit", "read", "index");
static const GateMetricLabel result    = LABEL ("result", "ok", "error");

static const guint64 delivery_us[] = { 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 2500000,
                                       5000000, 10000000 };
static const guint64 lag_us[]      = { 100, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000, 500000, 1000000 };
static const guint64 wait_us[]     = { 1000000, 5000000, 10000000, 20000000, 30000000, 60000000, 120000000, 300000000, 600000000,
                                       1200000000, 1800000000, 3600000000 };
static const guint64 rating[]      = { 200000, 400000, 600000, 800000, 1000000 };

#define COUNTER(text, about, ...)    { .name = "gate_" text, .help = (about), .type = GATE_METRIC_COUNTER, .per_unit = 1, __VA_ARGS__ }
#define GAUGE(text, about, ...)      { .name = "gate_" text, .help = (about), .type = GATE_METRIC_GAUGE, .per_unit = 1, __VA_ARGS__ }
#define GAUGE_MICRO(text, about, ...) \
                                     { .name = "gate_" text, .help = (about), .type = GATE_METRIC_GAUGE, .per_unit = 1000000, __VA_ARGS__ }
#define HISTOGRAM(text, about, ...)  { .name = "gate_" text, .help = (about), .type = GATE_METRIC_HISTOGRAM, .per_unit = 1000000, __VA_ARGS__ }
#define PROCESS(text, about, what, unit) \
                                     { .name = "process_" text, .help = (about), .type = (what), .per_unit = (unit), .page_label = "worker" }

const GateMetricRow gate_metric_table[GATE_N_METRICS] = {
  [GATE_METRIC_CONNECTIONS]         = GAUGE ("connections", "Client connections open now.", .labels = { &transport, &peer_role, &codec }),
  [GATE_METRIC_CONNECTIONS_OPENED]  = COUNTER ("connections_opened_total", "Client connections that signed in, and those accepted (role none).",
                                               .labels = { &transport, &peer_role }),
  [GATE_METRIC_CONNECTIONS_CLOSED]  = COUNTER ("connections_closed_total", "Client connections that ended, by why.", .labels = { &closed }),
  [GATE_METRIC_HANDSHAKE_DURATION]  = HISTOGRAM ("handshake_duration_seconds", "From accepting a connection to its sign-in.", BUCKETS (delivery_us)),
  [GATE_METRIC_FRAMES_REJECTED]     = COUNTER ("frames_rejected_total", "Frames and requests refused, by why.", .labels = { &rejected }),
  [GATE_METRIC_SEND_BUFFER_BYTES]   = GAUGE ("send_buffer_bytes", "Bytes that wait for slow clients."),
  [GATE_METRIC_SESSION_RESUMES]     = COUNTER ("session_resumes_total", "Attempts to resume a session.", .labels = { &resumed }),
  [GATE_METRIC_CONVERSATIONS]       = GAUGE ("conversations", "Conversations by state.", .labels = { &state, &channel }),
  [GATE_METRIC_MESSAGES]            = COUNTER ("messages_total", "Messages taken in and delivered.", .labels = { &direction, &role, &channel }),
  [GATE_METRIC_MESSAGE_DELIVERY]    = HISTOGRAM ("message_delivery_seconds", "From receiving a message to handing it to its recipient.",
                                                 .labels = { &hop }, BUCKETS (delivery_us)),
  [GATE_METRIC_MESSAGE_COMMIT]      = HISTOGRAM ("message_commit_seconds", "From handing a message to the store to its commit.", BUCKETS (delivery_us)),
  [GATE_METRIC_MESSAGE_DUPLICATES]  = COUNTER ("message_duplicates_total", "Messages sent again that were stored already."),
  [GATE_METRIC_QUEUE_LENGTH]        = GAUGE ("queue_length", "Conversations that wait.", .labels = { &queue }),
  [GATE_METRIC_QUEUE_OLDEST_WAIT]   = GAUGE_MICRO ("queue_oldest_wait_seconds", "How long the first in the queue has waited.", .labels = { &queue }),
  [GATE_METRIC_QUEUE_WAIT]          = HISTOGRAM ("queue_wait_seconds", "Waiting time of conversations that left the queue.",
                                                 .labels = { &queue }, BUCKETS (wait_us)),
  [GATE_METRIC_ASSIGNMENTS]         = COUNTER ("assignments_total", "Attempts to give a conversation to an agent.", .labels = { &queue, &why, &assigned }),
  [GATE_METRIC_AGENTS]              = GAUGE ("agents", "Agents by status.", .labels = { &status }),
  [GATE_METRIC_AGENT_CAPACITY_USED] = GAUGE_MICRO ("agent_capacity_used_ratio", "Load over capacity of the agents online.", .labels = { &queue }),
  [GATE_METRIC_FIRST_RESPONSE]      = HISTOGRAM ("first_response_seconds", "From the first line of a visitor to the first answer.", BUCKETS (wait_us)),
  [GATE_METRIC_REPLY_GAP]           = HISTOGRAM ("reply_gap_seconds", "From a visitor's line to the next answer.", BUCKETS (wait_us)),
  [GATE_METRIC_RATING_SCORE]        = HISTOGRAM ("rating_score", "Ratings as a share of the best one.", BUCKETS (rating)),
  [GATE_METRIC_ROUTE_DECISIONS]     = COUNTER ("route_decisions_total", "Decisions of the router.", .labels = { &policy, &routed }),
  [GATE_METRIC_WORKER_RESTARTS]     = COUNTER ("worker_restarts_total", "Times a worker was started again.", .labels = { &worker }),
  [GATE_METRIC_WORKER_UP]           = GAUGE ("worker_up", "Whether a worker serves.", .labels = { &worker }),
  [GATE_METRIC_LINK_QUEUE_BYTES]    = GAUGE ("link_queue_bytes", "Bytes the core holds for a worker.", .labels = { &worker }),
  [GATE_METRIC_BACKEND_REQUEST]     = HISTOGRAM ("backend_request_seconds", "Time of one request to a backend.",
                                                 .labels = { &backend, &operation, &result }, BUCKETS (delivery_us)),
  [GATE_METRIC_RELOAD_SUCCESSFUL]   = GAUGE ("config_last_reload_successful", "Whether the last attempt to load the configuration worked."),
  [GATE_METRIC_RELOAD_SUCCESS_TIME] = GAUGE_MICRO ("config_last_reload_success_timestamp_seconds", "When the configuration was last loaded."),
  [GATE_METRIC_LOOP_LAG]            = HISTOGRAM ("loop_lag_seconds", "How late timers of an event loop run.", .page_label = "loop", BUCKETS (lag_us)),
  [GATE_METRIC_LOOP_BUSY_RATIO]     = GAUGE_MICRO ("loop_busy_ratio", "Share of the last second a loop did not wait.", .page_label = "loop"),
  [GATE_METRIC_PROCESS_CPU]         = PROCESS ("cpu_seconds_total", "User and system time.", GATE_METRIC_COUNTER, 1000000),
  [GATE_METRIC_PROCESS_RESIDENT]    = PROCESS ("resident_memory_bytes", "Resident memory.", GATE_METRIC_GAUGE, 1),
  [GATE_METRIC_PROCESS_OPEN_FDS]    = PROCESS ("open_fds", "Open file descriptors.", GATE_METRIC_GAUGE, 1),
  [GATE_METRIC_PROCESS_MAX_FDS]     = PROCESS ("max_fds", "Most file descriptors that may be open.", GATE_METRIC_GAUGE, 1),
  [GATE_METRIC_PROCESS_START_TIME]  = PROCESS ("start_time_seconds", "When the process started.", GATE_METRIC_GAUGE, 1000000),
};
/* clang-format on */

guint
gate_metric_row_get_n_series (const GateMetricRow *row)
{
  guint n_series = 1;

  for (guint i = 0; i < GATE_METRIC_MAX_LABELS && row->labels[i] != NULL; i++)
    n_series *= row->labels[i]->n_values;
  return n_series;
}

guint
gate_metric_row_get_n_cells (const GateMetricRow *row)
{
  return row->type == GATE_METRIC_HISTOGRAM ? row->n_buckets + 2 : 1;
}
