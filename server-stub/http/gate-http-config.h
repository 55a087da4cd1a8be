/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-http-private.h"
#include "link.pb-c.h"
#include "wire-status.h"

G_BEGIN_DECLS

typedef struct {
  char *key;
  char *name;
  char **origins; /* (array zero-terminated) */
  char *greeting; /* "" = none; so the next two */
  char *color;
  char *locale;
} GateHttpApp;

/** GateHttpQueue: what its conversations may be closed with. */
typedef struct {
  char *name;
  char **codes; /* (array zero-terminated): "code" or "code=Title" */
} GateHttpQueue;

/** GateHttpCanned: a reply of the team. */
typedef struct {
  char *shortcut;
  char *title;
  char *text;
  char *folder;  /* "" = none */
  char **queues; /* (array zero-terminated): empty = all */
} GateHttpCanned;

/** GateHttpConfig: what the core told this worker; immutable. */
struct _GateHttpConfig {
  GPtrArray *apps;   /* GateHttpApp */
  GPtrArray *queues; /* GateHttpQueue */
  GPtrArray *canned; /* GateHttpCanned */
  GBytes *media_secret;
  char *data_dir; /* "" = no media */
  char *client_address;
  guint8 ops_token_sha256[32];
  gboolean has_ops_token;
  gboolean is_demo;
  gboolean has_sneak_peek; /* the widget must tell its visitor */
  guint64 log;
  guint64 max_upload_bytes;
  guint max_connections_per_address; /* 0 = no limit */
};

GateHttpConfig *
gate_http_config_new (const Gate__Link__V1__WorkerConfig *message) G_GNUC_WARN_UNUSED_RESULT;
void gate_http_config_free (GateHttpConfig *self);

/** gate_http_config_get_app: (transfer none) (nullable) */
const GateHttpApp *gate_http_config_get_app (const GateHttpConfig *self,
                                             const char           *key);

/** gate_http_config_get_codes: (array zero-terminated=1): of the queue, else of "default"; may be empty */
const char *const *gate_http_config_get_codes (const GateHttpConfig *self, const char *queue);

/** gate_http_config_allows_origin: whether some app lists it. */
gboolean gate_http_config_allows_origin (const GateHttpConfig *self,
                                         const char           *origin);
gboolean gate_http_app_allows_origin (const GateHttpApp *app,
                                      const char        *origin);

G_END_DECLS
