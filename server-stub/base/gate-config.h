/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * GateConfig:
 *
 * The typed configuration of `SYSTEMS.md` 5.4. Scalars are dotted keys of one table
 * {path, type, unit, default, min, max, reload, secret}; `apps`, `queues` and `canned` are lists of records.
 * Immutable once loading has ended.
 */
typedef struct _GateConfig GateConfig;

typedef struct {
  char *key;
  char *name;
  char **origins; /* (array zero-terminated): patterns such as http://127.0.0.1:* */
  char *greeting; /* (nullable) */
  char *color;    /* (nullable): #rrggbb */
  char *locale;   /* (nullable) */
} GateConfigApp;

typedef struct {
  char *name;
  char *title;
  int priority;
  char **agents; /* (array zero-terminated): logins; empty = every agent */
  char **
    codes; /* (array zero-terminated): to close with: "code" or "code=Title"; empty = those of "default" */
} GateConfigQueue;

/** GateConfigCanned: a reply that every agent's console offers. */
typedef struct {
  char *shortcut; /* typed behind a slash; two share one only when no queue has both */
  char *title;
  char *text;    /* {{visitor|there}} and blanks: the console's own */
  char *folder;  /* "" = none */
  char **queues; /* (array zero-terminated): in conversations of these; empty = all */
} GateConfigCanned;

GateConfig *gate_config_new (void) G_GNUC_WARN_UNUSED_RESULT; /* the defaults */
void gate_config_free (GateConfig *self);

/** The source of values that came over the link: they are effective already, so "${…}" in them is just text. */
#define GATE_CONFIG_SOURCE_LINK "link"

/* Each loader adds every error it finds to @errors as "file:line:col: text" and goes on. */
void gate_config_load_file (GateConfig *self,
                            const char *path,
                            GPtrArray  *errors);

/** gate_config_load_text: the same for text in memory; errors call it @name. */
void gate_config_load_text (GateConfig *self,
                            const char *name,
                            const char *text,
                            gsize       n_bytes,
                            GPtrArray  *errors);

/** gate_config_load_environment: variables such as GATE_IO__WORKER_POOL. */
void gate_config_load_environment (GateConfig  *self,
                                   char       **environment,
                                   GPtrArray   *errors);

/** gate_config_set_text: one key as in `--set key=value`; @source names where it came from. */
gboolean gate_config_set_text (GateConfig *self,
                               const char *key,
                               const char *value,
                               const char *source,
                               GPtrArray  *errors);

/** gate_config_get_warnings: (element-type utf8) (transfer none): what was accepted but should be written otherwise. */
GPtrArray *gate_config_get_warnings (const GateConfig *self);

/** gate_config_get_string: the canonical text of any key; a list with commas between its items. */
const char *gate_config_get_string (const GateConfig *self,
                                    const char       *key);

/** gate_config_dup_list: (transfer full) (array zero-terminated): the items of a list. */
char **gate_config_dup_list (const GateConfig *self,
                             const char       *key) G_GNUC_WARN_UNUSED_RESULT;

/** gate_config_get_int: 0 where the value is `auto`. */
gint64 gate_config_get_int (const GateConfig *self,
                            const char       *key);
gboolean gate_config_get_bool (const GateConfig *self,
                               const char       *key);

/** gate_config_get_ms: a duration key in milliseconds. */
gint64 gate_config_get_ms (const GateConfig *self,
                           const char       *key);

/** gate_config_get_bytes: a size key in bytes. */
gint64 gate_config_get_bytes (const GateConfig *self,
                              const char       *key);

/** gate_config_get_apps: (element-type GateConfigApp) (transfer none) */
GPtrArray *gate_config_get_apps (const GateConfig *self);

/** gate_config_get_queues: (element-type GateConfigQueue) (transfer none): never empty: "default" is always there. */
GPtrArray *gate_config_get_queues (const GateConfig *self);

/** gate_config_get_canned: (element-type GateConfigCanned) (transfer none) */
GPtrArray *gate_config_get_canned (const GateConfig *self);

/** gate_config_dup_restart_keys: (transfer full) (array zero-terminated): what differs and needs a restart to take effect. */
char **gate_config_dup_restart_keys (const GateConfig *before,
                                     const GateConfig *after) G_GNUC_WARN_UNUSED_RESULT;

/** gate_config_print: effective values with their source, secrets masked. */
char *gate_config_print (const GateConfig *self) G_GNUC_WARN_UNUSED_RESULT;

/** gate_config_dump_default: the reference: every key with its default, unit, range and one line of help. */
char *gate_config_dump_default (void) G_GNUC_WARN_UNUSED_RESULT;

/** gate_config_foreach: every scalar key with its canonical text, for the link record `config`; secrets
 * (store.url) are left out, because no worker needs them. */
typedef void (*GateConfigFunc) (const char *key, const char *value, gpointer user_data);
void gate_config_foreach (const GateConfig *self,
                          GateConfigFunc    func,
                          gpointer          user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GateConfig, gate_config_free)

G_END_DECLS
