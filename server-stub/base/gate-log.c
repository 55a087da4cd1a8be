/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line is built on the stack and leaves in one write(2), so lines of several threads and processes never
 * mix and logging allocates nothing. A value that would not fit is cut, never the line's end.
 */
#include "config.h"

#include "gate-log.h"
#include "gate-log-private.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_BYTES       4096
#define TAIL_BYTES       16   /* kept for what closes a value and the line */
#define VALUE_MAX_BYTES  1024 /* of one text value, before escaping */
#define EVENTS_MAX       256  /* a power of two; events past it are not sampled */
#define EVENT_PER_S      100  /* of one event, before it is sampled: `SYSTEMS.md` 5.3 */
#define EVENT_SAMPLE_ONE 100  /* then one in so many is written */

typedef struct {
  char text[LINE_BYTES];
  gsize n_bytes;
  gboolean is_json;
} Line;

typedef struct {
  const char *event;
  gint64 second;
  guint32 n_this_second;
  guint32 n_suppressed;
} EventCount;

static struct {
  char loop[32];
  char node[64];
  GateLogLevel level;
  gboolean is_json;
  pthread_mutex_t lock;
  EventCount counts[EVENTS_MAX]; /* under @lock; an event stays for ever: the names are constants */
} log_state = { .level = GATE_LOG_INFO, .is_json = TRUE, .lock = PTHREAD_MUTEX_INITIALIZER };

static const char *const level_names[] = { "debug", "info", "warning", "error" };

static void
append_bytes (Line       *line,
              const char *bytes,
              gsize       n_bytes)
{
  if (line->n_bytes + n_bytes > LINE_BYTES - TAIL_BYTES)
    return;
  memcpy (line->text + line->n_bytes, bytes, n_bytes);
  line->n_bytes += n_bytes;
}

static void
append (Line       *line,
        const char *text)
{
  append_bytes (line, text, strlen (text));
}

static void G_GNUC_PRINTF (2, 3) append_format (Line *line, const char *format, ...)
{
  char text[64];
  va_list args;

  va_start (args, format);
  g_vsnprintf (text, sizeof text, format, args);
  va_end (args);
  append (line, text);
}

static gboolean
needs_escape (gunichar c)
{
  return c < 0x20 || c == '"' || c == '\\' || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
}

/* Quotes @value; what is not UTF-8 becomes U+FFFD, so that a line is valid JSON whatever a peer sent. */
static void
append_quoted (Line       *line,
               const char *value)
{
  const char *end = value + strnlen (value, VALUE_MAX_BYTES);

  append (line, "\"");
  while (value < end) {
    gunichar c = g_utf8_get_char_validated (value, end - value);
    const char *next = value + 1;

    if (c == (gunichar) -1 || c == (gunichar) -2) {
      append (line, "\xef\xbf\xbd");
    } else if (needs_escape (c)) {
      append_format (line, "\\u%04x", c);
      next = g_utf8_next_char (value);
    } else {
      next = g_utf8_next_char (value);
      append_bytes (line, value, (gsize) (next - value));
    }
    value = next;
  }
  line->text[line->n_bytes++] = '"'; /* from the tail */
}

static void
append_key (Line       *line,
            const char *key)
{
  if (line->is_json)
    append_format (line, ",\"%s\":", key);
  else
    append_format (line, " %s=", key);
}

/* Room for the longest number and the key, so that a key never stands without its value. */
static gboolean
has_room (const Line *line)
{
  return line->n_bytes + 128 < LINE_BYTES - TAIL_BYTES;
}

static void
append_text_field (Line       *line,
                   const char *key,
                   const char *value)
{
  append_key (line, key);
  append_quoted (line, value != NULL ? value : "");
}

typedef union {
  const char *text;
  guint64 number;
  gboolean truth;
} FieldValue;

static void
append_field (Line       *line,
              const char *key,
              char        type,
              FieldValue  value)
{
  g_assert (strchr ("siub", type) != NULL);
  if (!has_room (line))
    return;
  append_key (line, key);
  if (type == 's')
    append_quoted (line, value.text != NULL ? value.text : "");
  else if (type == 'i')
    append_format (line, "%" G_GINT64_FORMAT, (gint64) value.number);
  else if (type == 'u')
    append_format (line, "%" G_GUINT64_FORMAT, value.number);
  else
    append (line, value.truth ? "true" : "false");
}

static void
append_time (Line                  *line,
             const struct timespec *now)
{
  struct tm utc;

  gmtime_r (&now->tv_sec, &utc);
  append_format (line, "%04d-%02d-%02dT%02d:%02d:%02d.%06ldZ", utc.tm_year + 1900, utc.tm_mon + 1,
                 utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, now->tv_nsec / 1000);
}

static void
append_head (Line                  *line,
             const struct timespec *now,
             GateLogLevel           level,
             const char            *event)
{
  if (!line->is_json) {
    append_time (line, now);
    append_format (line, " %-7s ", level_names[level]);
    append (line, event);
    append_format (line, " [%s]", log_state.loop);
    return;
  }
  append (line, "{\"ts\":\"");
  append_time (line, now);
  append_format (line, "\",\"level\":\"%s\",\"event\":\"", level_names[level]);
  append (line, event);
  append (line, "\"");
  if (log_state.node[0] != '\0')
    append_text_field (line, "node", log_state.node);
  append_text_field (line, "loop", log_state.loop);
}

static EventCount *
find_count (const char *event)
{
  guint at = g_str_hash (event);

  for (guint i = 0; i < EVENTS_MAX; i++) {
    EventCount *count = &log_state.counts[(at + i) % EVENTS_MAX];

    if (count->event == NULL)
      count->event = event;
    if (count->event == event || strcmp (count->event, event) == 0)
      return count;
  }
  return NULL;
}

gboolean
gate_log_admit (const char *event,
                gint64      second,
                guint32    *ret_n_suppressed)
{
  EventCount *count;
  gboolean is_admitted = TRUE;

  *ret_n_suppressed = 0;
  pthread_mutex_lock (&log_state.lock);
  count = find_count (event);
  if (count != NULL) {
    if (count->second != second) {
      count->second = second;
      count->n_this_second = 0;
    }
    count->n_this_second++;
    is_admitted =
      count->n_this_second <= EVENT_PER_S || count->n_this_second % EVENT_SAMPLE_ONE == 0;
    if (is_admitted)
      *ret_n_suppressed = count->n_suppressed;
    count->n_suppressed = is_admitted ? 0 : count->n_suppressed + 1;
  }
  pthread_mutex_unlock (&log_state.lock);
  return is_admitted;
}

void
gate_log_init (const char   *loop,
               GateLogLevel  level,
               gboolean      json)
{
  g_strlcpy (log_state.loop, loop, sizeof log_state.loop);
  log_state.level = level;
  log_state.is_json = json;
}

void
gate_log_set_level (GateLogLevel level)
{
  log_state.level = level;
}

void
gate_log_set_node (const char *node)
{
  g_strlcpy (log_state.node, node, sizeof log_state.node);
}

gboolean
gate_log_parse_level (const char   *text,
                      GateLogLevel *ret_level)
{
  for (guint i = 0; i < G_N_ELEMENTS (level_names); i++)
    if (strcmp (text, level_names[i]) == 0) {
      *ret_level = (GateLogLevel) i;
      return TRUE;
    }
  return FALSE;
}

gboolean
gate_log_enabled (GateLogLevel level)
{
  return level >= log_state.level;
}

void
gate_log (GateLogLevel  level,
          const char   *event,
          ...)
{
  struct timespec now;
  guint32 n_suppressed;
  const char *key;
  Line line;
  va_list args;

  if (!gate_log_enabled (level))
    return;
  clock_gettime (CLOCK_REALTIME, &now);
  if (!gate_log_admit (event, now.tv_sec, &n_suppressed))
    return;
  line.n_bytes = 0;
  line.is_json = log_state.is_json;
  append_head (&line, &now, level, event);
  va_start (args, event);
  /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): begun a line above */
  while ((key = va_arg (args, const char *)) != NULL) {
    const char *type = va_arg (args, const char *);
    FieldValue value = { 0 };

    if (type[0] == 's')
      value.text = va_arg (args, const char *);
    else if (type[0] == 'b')
      value.truth = va_arg (args, gboolean);
    else
      value.number = va_arg (args, guint64);
    append_field (&line, key, type[0], value);
  }
  va_end (args);
  if (n_suppressed > 0) {
    append_key (&line, "suppressed");
    append_format (&line, "%u", n_suppressed);
  }
  if (line.is_json)
    line.text[line.n_bytes++] = '}';
  line.text[line.n_bytes++] = '\n';
  /* Nobody is left to tell when stderr itself fails. */
  if (write (STDERR_FILENO, line.text, line.n_bytes) < 0)
    return;
}
