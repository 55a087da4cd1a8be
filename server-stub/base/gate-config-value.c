/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text to typed value and back to the one canonical way to write it. */
#include "config.h"

#include "gate-config-private.h"

#include <string.h>

typedef struct {
  const char *suffix;
  gint64 factor;
} Unit;

/* Smallest first: the canonical text takes the last one that divides. */
static const Unit duration_units[] = {
  { "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 }, { NULL, 0 },
};
static const Unit byte_units[] = { { "b", 1 }, { "k", 1024 }, { "m", 1048576 }, { NULL, 0 } };

static const Unit *
units_of (const GateConfigKey *key)
{
  return key->type == GATE_CONFIG_DURATION ? duration_units : byte_units;
}

static char *
format_with_unit (const Unit *units,
                  gint64      number)
{
  const Unit *best = &units[0];

  for (const Unit *unit = units; unit->suffix != NULL; unit++)
    if (number != 0 && number % unit->factor == 0)
      best = unit;
  return g_strdup_printf ("%" G_GINT64_FORMAT "%s", number / best->factor, best->suffix);
}

char *
gate_config_format_number (const GateConfigKey *key,
                           gint64               number)
{
  if (key->type == GATE_CONFIG_AUTO_INT && number == 0)
    return g_strdup ("auto");
  if (key->type == GATE_CONFIG_DURATION || key->type == GATE_CONFIG_BYTES)
    return format_with_unit (units_of (key), number);
  return g_strdup_printf ("%" G_GINT64_FORMAT, number);
}

static gboolean
parse_digits (const char  *text,
              const char **ret_rest,
              gint64      *ret_number)
{
  gint64 number = 0;
  const char *c = text;

  for (; g_ascii_isdigit (*c); c++) {
    if (number > (G_MAXINT64 - 9) / 10)
      return FALSE;
    number = number * 10 + (*c - '0');
  }
  *ret_rest = c;
  *ret_number = number;
  return c > text;
}

static gboolean
check_range (const GateConfigKey  *key,
             gint64                number,
             char                **ret_problem)
{
  g_autofree char *min = NULL;
  g_autofree char *max = NULL;

  if (number >= key->min && number <= key->max)
    return TRUE;
  min = gate_config_format_number (key, key->min);
  max = gate_config_format_number (key, key->max);
  *ret_problem = g_strdup_printf ("\"%s\" must be between %s and %s", key->path, min, max);
  return FALSE;
}

static gboolean
parse_int (const GateConfigKey  *key,
           const char           *text,
           gint64               *ret_number,
           char                **ret_problem)
{
  const char *rest;
  gint64 number;

  if (key->type == GATE_CONFIG_AUTO_INT && strcmp (text, "auto") == 0) {
    *ret_number = 0;
    return TRUE;
  }
  if (!parse_digits (text, &rest, &number) || *rest != '\0') {
    *ret_problem =
      g_strdup_printf ("\"%s\" needs %s, not \"%s\"", key->path, gate_config_type_name (key), text);
    return FALSE;
  }
  *ret_number = number;
  return check_range (key, number, ret_problem);
}

static gboolean
parse_with_unit (const GateConfigKey  *key,
                 const char           *text,
                 gint64               *ret_number,
                 char                **ret_problem,
                 char                **ret_warning)
{
  const Unit *unit = units_of (key);
  const char *rest;
  gint64 number;
  gboolean is_number = parse_digits (text, &rest, &number);
  gboolean is_bare = is_number && *rest == '\0';

  while (is_number && !is_bare && unit->suffix != NULL && strcmp (rest, unit->suffix) != 0)
    unit++;
  if (!is_number || unit->suffix == NULL || number > G_MAXINT64 / unit->factor ||
      (is_bare && number != 0 && !key->may_be_bare)) {
    *ret_problem =
      g_strdup_printf ("\"%s\" needs %s, not \"%s\"", key->path, gate_config_type_name (key), text);
    return FALSE;
  }
  *ret_number = number * unit->factor;
  if (!check_range (key, *ret_number, ret_problem))
    return FALSE;
  if (is_bare && number != 0) {
    g_autofree char *better = gate_config_format_number (key, *ret_number);

    *ret_warning =
      g_strdup_printf ("\"%s\" without a unit is read as %s: write it so", key->path, better);
  }
  return TRUE;
}

static gboolean
parse_bool (const GateConfigKey  *key,
            const char           *text,
            gint64               *ret_number,
            char                **ret_problem)
{
  *ret_number = strcmp (text, "true") == 0;
  if (*ret_number || strcmp (text, "false") == 0)
    return TRUE;
  *ret_problem = g_strdup_printf ("\"%s\" needs true or false, not \"%s\"", key->path, text);
  return FALSE;
}

static gboolean
is_choice (const GateConfigKey *key,
           const char          *text)
{
  g_autofree char *padded = g_strdup_printf (" %s ", text);

  return strchr (text, ' ') == NULL && text[0] != '\0' && strstr (key->choices, padded) != NULL;
}

/* Only the form; whether the address can be bound is found out by binding it. */
static gboolean
is_address (const char *text)
{
  const char *colon = strrchr (text, ':');
  const char *rest;
  gint64 port;

  if (colon == NULL || colon == text || !parse_digits (colon + 1, &rest, &port) || *rest != '\0' ||
      port > 65535)
    return FALSE;
  return text[0] == '[' ? colon[-1] == ']' : memchr (text, ':', (gsize) (colon - text)) == NULL;
}

static gboolean
check_text (const GateConfigKey  *key,
            const char           *text,
            char                **ret_problem)
{
  if (key->type == GATE_CONFIG_CHOICE && !is_choice (key, text)) {
    g_autofree char *choices = g_strstrip (g_strdup (key->choices));

    *ret_problem =
      g_strdup_printf ("\"%s\" must be one of: %s; not \"%s\"", key->path, choices, text);
    return FALSE;
  }
  if (key->type == GATE_CONFIG_ADDRESS && !is_address (text)) {
    *ret_problem = g_strdup_printf ("\"%s\" needs an address such as 127.0.0.1:8000, not \"%s\"",
                                    key->path, text);
    return FALSE;
  }
  return TRUE;
}

const char *
gate_config_type_name (const GateConfigKey *key)
{
  static const char *const names[] = {
    [GATE_CONFIG_STRING] = "text",
    [GATE_CONFIG_ADDRESS] = "host:port",
    [GATE_CONFIG_CHOICE] = "one of",
    [GATE_CONFIG_LIST] = "a list",
    [GATE_CONFIG_INT] = "a whole number",
    [GATE_CONFIG_AUTO_INT] = "a whole number or auto",
    [GATE_CONFIG_BOOL] = "true or false",
    [GATE_CONFIG_DURATION] = "a duration with unit (10ms, 30s, 5m, 1h)",
    [GATE_CONFIG_BYTES] = "a size with unit (512b, 64k, 1m)",
  };

  return names[key->type];
}

gboolean
gate_config_parse_value (const GateConfigKey  *key,
                         const char           *text,
                         char                **ret_canonical,
                         gint64               *ret_number,
                         char                **ret_problem,
                         char                **ret_warning)
{
  gint64 number = 0;
  gboolean is_number = FALSE;
  gboolean is_good = FALSE;

  switch (key->type) {
  case GATE_CONFIG_INT:
  case GATE_CONFIG_AUTO_INT:
    is_number = TRUE;
    is_good = parse_int (key, text, &number, ret_problem);
    break;
  case GATE_CONFIG_DURATION:
  case GATE_CONFIG_BYTES:
    is_number = TRUE;
    is_good = parse_with_unit (key, text, &number, ret_problem, ret_warning);
    break;
  case GATE_CONFIG_BOOL:
    is_good = parse_bool (key, text, &number, ret_problem);
    break;
  case GATE_CONFIG_STRING:
  case GATE_CONFIG_ADDRESS:
  case GATE_CONFIG_CHOICE:
  case GATE_CONFIG_LIST:
  default:
    is_good = check_text (key, text, ret_problem);
    break;
  }
  if (!is_good)
    return FALSE;
  *ret_number = number;
  *ret_canonical = is_number ? gate_config_format_number (key, number) : g_strdup (text);
  return TRUE;
}
