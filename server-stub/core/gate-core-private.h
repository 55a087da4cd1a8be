/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-core.h"
#include "gate-table.h"

#include "gate-wheel.h"
#include "wire-frame.h"

#include <string.h>

G_BEGIN_DECLS

/*
 * What the parts of the core share: the shapes of its state. Each shape is changed by the file that bears its name; the
 * others read. `row` is what has been decided, `shown` what has been committed: decisions look at the first, everything
 * that leaves looks at the second, so that nothing is told before it is durable.
 */

/* Written limits of what peers can make us keep. */
#define GATE_MAX_PENDING_CONNS   65536 /* connections before Welcome; edges close them after 5 s */
#define GATE_MAX_PARKED          4096  /* frames that wait for the store */
#define GATE_MAX_PARKED_PER_KEY  64
#define GATE_MAX_TRAIL           20 /* page views kept with a visitor */
#define GATE_MAX_WATCHERS        64 /* sessions that look at one conversation */
#define GATE_MAX_JOINED          8
#define GATE_MAX_DECLINED        64 /* agents who passed one conversation lately */
#define GATE_MAX_READERS         64
#define GATE_MAX_QUEUES          64 /* one bit each in GateAgent.serves */
#define GATE_MAX_CLOSED_KEPT     1024
#define GATE_MAX_HASH_JOBS       256
#define GATE_MAX_LIMITED         16384 /* addresses and accounts that are counted */
#define GATE_MAX_RESUME_CURSORS  64
#define GATE_MAX_VISITOR_DEVICES 32
#define GATE_MAX_AGENT_DEVICES   16
#define GATE_MAX_TAGS            32
#define GATE_MAX_TAG_BYTES       64
#define GATE_MAX_SUBJECT_CHARS   200
#define GATE_MAX_ATTRS_BYTES     ((gsize) 4096)
#define GATE_HISTORY_ROWS        200
#define GATE_MAX_EVENTS_BYTES    ((gsize) 256 * 1024)

#define GATE_N_STATES   10 /* as in gate.v1 */
#define GATE_N_CHANNELS 11
#define GATE_STATS_MS   1000

#define GATE_TICK_MS            10 /* resolution of the core's timers */
#define GATE_DECLINED_MS        ((gint64) 10 * 60 * 1000)
#define GATE_LIST_GATHER_MS     250
#define GATE_POSITION_GATHER_MS 1000
#define GATE_MATCH_TICK_MS      1000

typedef struct _GateSession GateSession;
typedef struct _GateConversation GateConversation;
typedef struct _GateVisitor GateVisitor;
typedef struct _GateAgent GateAgent;
typedef struct _GateQueue GateQueue;
typedef struct _GateCommit GateCommit;
typedef struct _GateEffect GateEffect;
typedef struct _GateParkLot GateParkLot;
typedef struct _GateIdentity GateIdentity;
typedef struct _GateLimiter GateLimiter;

/** GateRights: what an agent may do (`PROTOCOLS.md` 2d.7). */
typedef enum {
  GATE_RIGHT_CHAT = 1 << 0,
  GATE_RIGHT_PULL = 1 << 1,
  GATE_RIGHT_MONITOR = 1 << 2,
  GATE_RIGHT_TAKEOVER = 1 << 3,
  GATE_RIGHT_FLOOR = 1 << 4,
  GATE_RIGHT_CONFIG = 1 << 5,
  GATE_RIGHT_AGENTS = 1 << 6,
  GATE_RIGHT_AUDIT = 1 << 7,
  GATE_RIGHT_EXPORT = 1 << 8,
} GateRights;

/** GateAsker: where the one answer to a frame goes. By value; the peer may be gone when the answer is ready. */
typedef struct {
  GateConnId conn;
  GateRequestId request;
  guint64
    serial;   /* of the session or pending connection that held `conn`: numbers are used again */
  guint32 id; /* Frame.id */
  gboolean is_request; /* of an http worker: `request` instead of `conn` */
} GateAsker;

/** GateCall: one frame on its way through its handler. */
typedef struct {
  GateAsker asker;
  GateSession *session; /* (nullable): %NULL for a request */
  Gate__V1__Role role;  /* VISITOR or AGENT */
  guint64 self;         /* visitor or agent */
  GateAgent *agent;     /* (nullable) */
  guint rights;
  const Gate__V1__Frame *frame;
  guint n_waits;     /* how often it has waited for a commit */
  GateQuery **found; /* (nullable): by GateQueryKind, what the frame was parked for */
} GateCall;

/** GateConnHead: what both kinds of connection begin with; the key of GateCore.conns. */
typedef struct {
  GateConnId conn;
  gboolean is_session;
} GateConnHead;

/** gate_conn_find: (nullable): who has the connection @conn now. */
GateConnHead *gate_conn_find (GateCore   *self,
                              GateConnId  conn);

/** GatePending: a connection that has not signed in. */
typedef struct {
  GateConnHead head;
  guint64 serial;
  gboolean has_hello;
  gboolean is_busy; /* a resume waits for the store */
  guint8 transport, codec;
  guint8 channel;
  gboolean has_batch, has_zd1, has_preview;
  char *peer, *origin, *opened_app;
  GRefString *app, *user_agent, *locale, *tz; /* interned */
} GatePending;

/** GateConsole: what only a signed-in agent's session has. */
typedef struct {
  guint64 family;  /* of its tokens; 0 when it came back by a resume token alone */
  guint n_watched; /* at least one conversation is watched; counts up only */
  guint32 lists;   /* bit per Gate__V1__ListKind */
  char *list_queues[GATE__V1__LIST_KIND__LI_QUEUES + 1]; /* (nullable) filter of each */
} GateConsole;

/** GateSession: one signed-in peer; survives its connections. At most 256 bytes while idle, tables included. */
struct _GateSession {
  GateConnHead head; /* conn 0: detached */
  guint64 id;
  guint64 self;               /* visitor or agent */
  GateAgent *agent;           /* (nullable) borrowed */
  GateSession *next;          /* of the same visitor or agent */
  GateSession *older, *newer; /* in the list of detached sessions */
  gint64 detached_ms;         /* monotonic */
  GRefString *app, *user_agent, *locale, *tz, *place;
  GateConsole *console; /* (nullable) owned */
  GArray *catching_up;  /* (nullable) owned: conversations whose page is being read (guint64) */
  guint64 address;      /* gate_address_key() */
  guint32 generation;
  guint8 role;
  guint8 channel;
  guint8 digest[GATE_DIGEST_BYTES];
  guint is_verified : 1;
  guint is_fresh : 1; /* the visitor was made for this session: nothing is known of them */
  guint has_preview : 1;
  guint8 n_first; /* lines on this connection that were looked up in earlier conversations */
};

typedef struct {
  char *url, *title, *referrer;
  guint64 ts;
} GatePage;

/** GateVisitor: what is known of a visitor beyond their sessions; exists only while there is something. */
struct _GateVisitor {
  guint64 id;
  GateConversation *conv; /* (nullable) borrowed: their one conversation that is not closed */
  guint n_convs;          /* in memory */
  guint64 newest;         /* the highest number of theirs that was in memory */
  guint8 digest[GATE_DIGEST_BYTES];
  gboolean has_digest;
  GRefString *app, *user_agent, *locale, *tz, *place;
  char *name, *email, *phone, *attrs, *note;
  char
    *staff_keys; /* (nullable) JSON: a null for each attribute that staff has set or taken away */
  guint edited;  /* what staff has set: GateContactField */
  gboolean is_verified;
  gboolean has_row; /* what the store knows was read, or there is nothing to know */
  guint32 visits;
  guint64 first_seen, last_seen;
  GatePage pages[GATE_MAX_TRAIL];
  guint n_pages, first_page;
  guint uploads, contact_updates; /* since window_ms */
  gint64 window_ms;
  char *open_queue, *open_subject, *open_context; /* of an Open without a first message */
};

typedef struct {
  guint64 session;
  guint64 agent;
  gboolean is_silent, is_typing;
} GateWatcher;

typedef struct {
  guint64 agent;
  gint64 until_ms;
} GateDeclined;

/** GateListed: what decides in which lists a row stands. */
typedef struct {
  guint8 state;
  guint64 agent, last_agent;
  GateQueue *queue;
} GateListed;

struct _GateConversation {
  GateCore *core;
  GateConvRow row;                            /* decided */
  GateConvRow shown;                          /* committed; state 0 until the first commit */
  GateVisitor *visitor;                       /* borrowed */
  GateQueue *queue;                           /* borrowed */
  GSequenceIter *waiter;                      /* (nullable): its place in queue->waiters */
  GateConversation *agent_next, **agent_link; /* of row.agent's list */
  GateTimer timer;                            /* the state's own: row.due, or idleness */
  GateTimer grace;                            /* the visitor left the queue */
  gint64 grace_ms;                            /* monotonic time of `grace`, 0 = not armed */
  GArray *watchers;                           /* (nullable) of GateWatcher */
  GArray *declined;                           /* (nullable) of GateDeclined */
  GArray *readers;                            /* (nullable) of guint64: agents who owned it once */
  guint64 joined[GATE_MAX_JOINED];
  guint n_joined;
  guint64 sticky; /* prefer this agent, until sticky_until_ms when they are busy; 0 = nobody */
  gint64 sticky_until_ms;
  guint n_pending;       /* writes that are not committed */
  guint n_pending_staff; /* of these, lines of agents and the bot */
  guint64 pending_staff; /* who wrote the last of them */
  guint64 last_line;     /* newest seq that is a line of its own */
  GateListed listed;     /* as told to lists last */
  GateWrite *open_mark;  /* (nullable): of the batch numbered open_mark_batch */
  guint64 open_mark_batch;
  guint position_sent;
  gint64 touched_ms;
  GateConversation *kept_older, *kept_newer; /* closed ones in memory, by use */
  guint is_dirty : 1;                        /* stands in core->dirty */
  guint is_idle : 1;                         /* no slot used */
  guint is_kept : 1;                         /* in the list of closed ones */
  guint is_visitor_here : 1;
  guint is_attached : 1; /* counted in the indices */
  guint is_lost : 1;     /* its batch failed: being read again */
};

struct _GateQueue {
  char *name, *title;
  int priority;
  char **agents; /* (nullable): logins; %NULL = everybody */
  guint index;
  GSequence *waiters; /* GateConversation, by key then id */
  double interval_ms; /* EWMA between assignments */
  guint n_samples;
  gint64 last_assigned_ms;
  guint n_active; /* active and held */
  guint abandoned_today, closed_today;
  gboolean is_moved; /* positions have changed */
  gboolean is_dirty; /* its QueueRow has changed */
};

struct _GateAgent {
  guint64 id;
  GateCore *core;
  char *login, *name, *role, *password, *avatar;
  char **queues, **skills; /* (array zero-terminated) */
  guint rights;
  guint64 serves; /* bit per queue */
  gboolean must_change, is_disabled;
  guint64 created_at;
  guint capacity_row, capacity; /* as stored; as the console asked */
  gboolean present, accepting, invisible;
  char *reason;
  guint8 status; /* derived, Gate__V1__Status */
  gint64 since;  /* wall */
  GateSession *sessions;
  guint n_links;
  GateConversation *convs; /* those with row.agent */
  guint load;              /* in half slots: offered, active, held, wrap-up */
  guint load_limit;        /* what load may be: capacity, or more after explicit pulls */
  guint misses;
  gint64 last_assigned_ms;
  guint8 assigned[60]; /* per minute of the last hour */
  gint64 assigned_minute;
  guint closed_today;
  guint uploads;
  gint64 window_ms;
  GateTimer grace; /* link lost */
  gint64 grace_ms;
  gboolean is_dirty; /* its AgentRow has changed */
};

struct _GateCore {
  GateCoreSettings settings;
  GateRemote remote;
  gpointer remote_data;
  GateStore *store;
  gint64 now_ms, wall_ms;
  GateWheel wheel;
  gboolean has_clock, is_started, is_draining;
  gint64 started_wall_ms;
  guint64 random[4];
  guint64 log, next_conv;

  GateTable *conns; /* GateConnHead */
  guint n_pending_conns;
  GateTable *sessions;         /* GateSession, by id */
  GateTable *visitor_sessions; /* GateSession, by self: the first of each visitor */
  GateSession *oldest_detached, *newest_detached;
  GHashTable *ended;    /* session id → monotonic ms: signed out, never to be resumed */
  GHashTable *blocked;  /* visitor → until when (guint64 *, wall ms) */
  GHashTable *contacts; /* (nullable): who is merged with whom: gate-contact.c */
  gboolean is_merging;  /* a change of them is not committed yet: the next waits */

  GateTable *visitors;      /* GateVisitor */
  GateTable *conversations; /* GateConversation */
  guint n_by_state[16];
  guint n_by_channel[GATE_N_STATES][GATE_N_CHANNELS];
  gint64 stats_due_ms; /* when figures are given next; G_MAXINT64: nothing has changed */
  GateConversation *oldest_kept, *newest_kept;
  guint n_kept;
  GHashTable *lost; /* set of conversation numbers (guint64 boxed) to read again */

  GateTable *agents;        /* GateAgent, by id */
  GHashTable *agents_login; /* folded login → GateAgent */
  GPtrArray *agent_array;   /* by id */
  GPtrArray *apps;          /* of GateCoreApp, owned */
  guint n_fixed_apps;       /* those of the settings come first */
  GPtrArray *queues;
  gboolean must_match;

  guint n_subscriptions;
  GPtrArray *dirty; /* conversations whose rows are to be sent */
  gboolean has_dirty_agents, has_dirty_queues;
  gint64 lists_due_ms, positions_due_ms, match_due_ms, lost_due_ms; /* G_MAXINT64: not waiting */
  gint64 store_retry_ms; /* nothing is submitted before, after a failure */
  gint64 day;            /* for the counters named today */

  GateCommit *commit;
  GateParkLot *parked;
  GateIdentity *identity;
  GateLimiter *limiter;
  WireArena *scratch; /* for what is built and sent within one call */
  gint64 trim_due_ms;
  guint64 next_serial;
  gboolean is_checked; /* tests: watch the order of offers */
  guint64 changed[16]; /* the conversations that changed last, for checks after each event */
  guint n_changed;
};

/* --- gate-core.c: the assembly -------------------------------------------------------------------- */

guint64 gate_core_random_u64 (GateCore *self);
void gate_core_random_bytes (GateCore *self,
                             gpointer  buffer,
                             gsize     n_bytes);

/* --- gate-settings.c --- */
void gate_core_copy_settings (GateCore               *self,
                              const GateCoreSettings *settings);
void gate_core_free_settings (GateCore *self);

/** gate_core_add_app: @origins: (transfer full) */
void gate_core_add_app (GateCore    *self,
                        const char  *key,
                        const char  *secret,
                        char       **origins);

/** gate_core_random_id: 53 random bits, never 0. */
guint64 gate_core_random_id (GateCore *self);

void gate_core_arm (GateCore  *self,
                    GateTimer *timer,
                    gint64     delay_ms);
void gate_core_disarm (GateCore  *self,
                       GateTimer *timer);

#define gate_container_of(pointer, Type, member) \
  ((Type *) (gpointer) ((char *) (pointer) -G_STRUCT_OFFSET (Type, member)))

/** gate_core_count: a fact worth counting, when somebody counts. */
static inline void
gate_core_count (GateCore *self,
                 guint     metric,
                 guint     label)
{
  if (self->remote.count != NULL)
    self->remote.count (self->remote_data, metric, label, 1);
}

static inline void
gate_core_observe (GateCore *self,
                   guint     metric,
                   guint     label,
                   guint64   value_us)
{
  if (self->remote.observe != NULL)
    self->remote.observe (self->remote_data, metric, label, value_us);
}

static inline void
gate_core_gauge (GateCore   *self,
                 guint       metric,
                 const char *label,
                 gint64      value)
{
  if (self->remote.gauge != NULL)
    self->remote.gauge (self->remote_data, metric, label, value);
}

static inline gboolean
gate_text_is_empty (const char *text)
{
  return text == NULL || text[0] == '\0';
}

/** gate_text_is_longer: than @n_chars characters. Only a text of more bytes than that needs counting. */
static inline gboolean
gate_text_is_longer (const char *text,
                     gsize       n_chars)
{
  return text != NULL && strlen (text) > n_chars && (gsize) g_utf8_strlen (text, -1) > n_chars;
}

/** gate_text_set: replaces an owned text when it differs; "" is kept as %NULL. */
static inline void
gate_text_set (const char **field,
               const char  *value)
{
  if (gate_text_is_empty (value))
    value = NULL;
  if (g_strcmp0 (*field, value) == 0)
    return;
  g_free ((gpointer) *field);
  *field = g_strdup (value);
}

/** gate_u64_hash, gate_u64_equal: for tables whose keys begin with a guint64. */
static inline guint
gate_u64_mix (guint64 value)
{
  value *= G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  return (guint) (value >> 32);
}

G_END_DECLS
