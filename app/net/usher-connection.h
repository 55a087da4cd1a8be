/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gate.pb-c.h>
#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  USHER_CONNECTION_STOPPED, /* start() was not called, or the gateway said for good that it is over */
  USHER_CONNECTION_WAITING,  /* a timer runs until the next try */
  USHER_CONNECTION_OPENING,  /* TCP, TLS, upgrade */
  USHER_CONNECTION_GREETING, /* Hello and Auth or Resume are on their way */
  USHER_CONNECTION_OPEN,     /* Welcome has come */
} UsherConnectionState;

/** UsherRefusal: why a connection stopped by itself. */
typedef enum {
  USHER_REFUSAL_TOKEN,     /* the access token is no longer good: set a new one and start again */
  USHER_REFUSAL_ELSEWHERE, /* this session was resumed somewhere else */
  USHER_REFUSAL_BLOCKED,   /* policy */
  USHER_REFUSAL_VERSION,   /* this program is too old for the gateway */
} UsherRefusal;

/** UsherCursor: up to where one conversation is held; what `Resume.have` says. */
typedef struct {
  guint64 conv;
  guint64 seq;
  guint64 note;
  guint32 epoch;
} UsherCursor;

/**
 * UsherConnectionTimes:
 *
 * The clockwork of one connection, in milliseconds. The defaults are those of PROTOCOLS.md 2d.5; tests turn them down.
 */
typedef struct {
  guint ping_ms;        /* 30,000, give or take a tenth */
  guint pong_ms;        /* 10,000: nothing heard for so long after a Ping: the path is dead */
  guint open_ms;        /* 15,000: from the first packet to Welcome */
  guint first_retry_ms; /* 5,000: the first try comes at a random moment up to here */
  guint retry_ms;       /* 1,000, doubled with each try, full jitter */
  guint longest_ms;     /* 30,000 */
  guint patience_ms;    /* 30,000: least wait after "fix it, do not retry at once" */
} UsherConnectionTimes;

/**
 * UsherConnection:
 *
 * One socket to the gateway at a time, and the will to have one: it opens, greets, resumes, keeps the heartbeat,
 * notices a dead path, and tries again for as long as it is started. It knows nothing about what the frames mean.
 *
 * Properties: state (UsherConnectionState) · heard-at-us (gint64, monotonic: the last byte from the gateway; 0 never)
 * · retry-at-us (gint64, monotonic: when the next try comes; 0 none)
 *
 * Signals:
 *   resuming (GArray of UsherCursor): to be filled with what is held, just before `Resume` is written
 *   frame (Gate__V1__Frame *): every frame, `Welcome` included, `Batch` opened; good during the emission only
 *   closed (guint code): the socket is gone; 0 when it ended without a close frame
 *   refused (UsherRefusal): stopped; the owner has to do something
 */
#define USHER_TYPE_CONNECTION (usher_connection_get_type ())
G_DECLARE_FINAL_TYPE (UsherConnection, usher_connection, USHER, CONNECTION, GObject)

/** usher_connection_new: @gateway_url: `http://host:port` or `https://…`. */
UsherConnection *usher_connection_new (const char *gateway_url) G_GNUC_WARN_UNUSED_RESULT;
void usher_connection_set_times (UsherConnection            *self,
                                 const UsherConnectionTimes *times);

/** usher_connection_set_access_token: (nullable) @token: what the next `Auth` says; never logged. */
void usher_connection_set_access_token (UsherConnection *self,
                                        const char      *token);

/** usher_connection_set_device: the random id this console keeps, for `Hello.device`. */
void usher_connection_set_device (UsherConnection *self,
                                  const char      *device);

/** usher_connection_forget_session: the next greeting is `Auth`, not `Resume`. */
void usher_connection_forget_session (UsherConnection *self);

/** usher_connection_start: opens now and again whenever it is lost; does nothing when already started. */
void usher_connection_start (UsherConnection *self);

/** usher_connection_stop: closes with 1000 and stays away. */
void usher_connection_stop (UsherConnection *self);

/** usher_connection_poke: the network or the lid has changed: try now, or ask the gateway for a sign of life. */
void usher_connection_poke (UsherConnection *self);

/** usher_connection_send: %FALSE, and nothing done, when not open. */
gboolean usher_connection_send (UsherConnection       *self,
                                const Gate__V1__Frame *frame);
UsherConnectionState usher_connection_get_state (UsherConnection *self);
gint64 usher_connection_get_heard_at_us (UsherConnection *self);
gint64 usher_connection_get_retry_at_us (UsherConnection *self);

G_END_DECLS
