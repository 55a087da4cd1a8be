/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-config.h"
#include "gate-yaml.h"

G_BEGIN_DECLS

typedef enum {
  GATE_CONFIG_STRING,
  GATE_CONFIG_ADDRESS, /* host:port or [v6]:port */
  GATE_CONFIG_CHOICE,
  GATE_CONFIG_LIST, /* of strings; canonical with commas */
  GATE_CONFIG_INT,
  GATE_CONFIG_AUTO_INT, /* "auto" is 0 */
  GATE_CONFIG_BOOL,
  GATE_CONFIG_DURATION, /* milliseconds */
  GATE_CONFIG_BYTES,
} GateConfigType;

typedef enum {
  GATE_RELOAD_LIVE,
  GATE_RELOAD_NEW_CONNECTIONS,
  GATE_RELOAD_RESTART,
} GateConfigReload;

typedef struct {
  const char *path;
  GateConfigType type;
  const char *fallback; /* the default, as one would write it */
  gint64 min;
  gint64 max;
  GateConfigReload reload;
  const char *help;
  const char *choices; /* with blanks around each: " a b " */
  gboolean is_secret;
  gboolean may_be_bare; /* the two keys of old files that may lack their unit */
} GateConfigKey;

extern const GateConfigKey gate_config_keys[];
extern const guint gate_config_n_keys;

typedef struct {
  char *text; /* canonical */
  gint64 number;
  char *source;
} GateConfigValue;

struct _GateConfig {
  GateConfigValue *values; /* in the order of gate_config_keys */
  GPtrArray *apps;
  char *apps_source;
  GPtrArray *queues;
  char *queues_source;
  GPtrArray *canned;
  char *canned_source;
  GPtrArray *warnings;
};

/** gate_config_find_key: (nullable) */
const GateConfigKey *gate_config_find_key (const char *path);

/**
 * gate_config_parse_value:
 * @ret_problem: (transfer full): what is wrong, or %NULL
 * @ret_warning: (transfer full): what is accepted but should be written otherwise, or %NULL
 */
gboolean gate_config_parse_value (const GateConfigKey  *key,
                                  const char           *text,
                                  char                **ret_canonical,
                                  gint64               *ret_number,
                                  char                **ret_problem,
                                  char                **ret_warning);

/** gate_config_format_number: (transfer full): the canonical text of a number of @key's kind. */
char *gate_config_format_number (const GateConfigKey *key,
                                 gint64               number);
const char *gate_config_type_name (const GateConfigKey *key);

/** gate_config_expand: (nullable): @text with ${env:NAME} and ${file:/path} replaced. */
char *gate_config_expand (const char  *text,
                          char       **ret_problem);

/** gate_config_suggest: (nullable): the one of @candidates that @word was probably meant to be. */
const char *gate_config_suggest (const char *word,
                                 GPtrArray  *candidates);

/** gate_config_store: one scalar; @where is "file:line:col" or the source's name, used for errors and as source. */
gboolean gate_config_store (GateConfig          *self,
                            const GateConfigKey *key,
                            const char          *text,
                            const char          *where,
                            gboolean             is_raw,
                            GPtrArray           *errors);

void
gate_config_load_apps (GateConfig *self, const GateYaml *list, const char *name, GPtrArray *errors);
void gate_config_load_queues (GateConfig     *self,
                              const GateYaml *list,
                              const char     *name,
                              GPtrArray      *errors);
void gate_config_load_canned (GateConfig     *self,
                              const GateYaml *list,
                              const char     *name,
                              GPtrArray      *errors);
void gate_config_add_default_records (GateConfig *self);
GPtrArray *gate_config_apps_new (void);
GPtrArray *gate_config_queues_new (void);
GPtrArray *gate_config_canned_new (void);

/* An error or warning about @node: "name:line:col: text". */
void gate_config_report (GPtrArray  *errors,
                         const char *name,
                         guint       line,
                         guint       column,
                         const char *format,
                         ...) G_GNUC_PRINTF (5, 6);
void gate_config_report_unknown (GPtrArray      *errors,
                                 const char     *name,
                                 const GateYaml *member,
                                 GPtrArray      *candidates);

G_END_DECLS
