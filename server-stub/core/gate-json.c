/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-json.h"

#include "wire-json.h"

#include <string.h>

#define MAX_STRINGS 64

/* One member of an object, or (key NULL) of an array; borrowed from the text. */
typedef struct {
  const char *key;
  gsize key_bytes; /* with its quotes */
  const char *value;
  gsize value_bytes;
} Member;

static const char *
skip_space (const char *at)
{
  return at + strspn (at, " \t\r\n");
}

static const char *
skip_string (const char *at)
{
  for (at++; *at != '"'; at++) {
    if (*at == '\\')
      at++;
  }
  return at + 1;
}

static const char *
skip_value (const char *at)
{
  guint depth = 0;

  do {
    at = skip_space (at);
    if (*at == '"') {
      at = skip_string (at);
    } else if (*at == '{' || *at == '[') {
      depth++;
      at++;
    } else if (*at == '}' || *at == ']') {
      depth--;
      at++;
    } else if (*at == ',' || *at == ':') {
      at++;
    } else {
      at += strcspn (at, ",:]} \t\r\n");
    }
  } while (depth > 0);
  return at;
}

/* Steps over one member; @at stands after the bracket or a comma. */
static const char *
next_member (const char *at,
             gboolean    is_object,
             Member     *ret_member)
{
  at = skip_space (at);
  if (*at == '}' || *at == ']')
    return NULL;
  if (is_object) {
    const char *end = skip_string (at);

    ret_member->key = at;
    ret_member->key_bytes = (gsize) (end - at);
    at = skip_space (skip_space (end) + 1);
  }
  ret_member->value = at;
  at = skip_value (at);
  ret_member->value_bytes = (gsize) (at - ret_member->value);
  at = skip_space (at);
  return *at == ',' ? at + 1 : at;
}

static const char *
begin (const char *json,
       char        bracket)
{
  if (json == NULL || wire_json_scan (json, strlen (json), WIRE_JSON_MAX_SCAN_DEPTH) != WIRE_OK)
    return NULL;
  json = skip_space (json);
  return *json == bracket ? json + 1 : NULL;
}

static gunichar
hex4 (const char *at)
{
  char digits[5] = { at[0], at[1], at[2], at[3], '\0' };

  return (gunichar) g_ascii_strtoull (digits, NULL, 16);
}

static const char *
unescape (const char *at,
          GString    *out)
{
  static const char from[] = "bfnrt";
  static const char to[] = "\b\f\n\r\t";
  const char *found = strchr (from, *at);

  if (*at != 'u') {
    g_string_append_c (out, found != NULL ? to[found - from] : *at);
    return at + 1;
  }
  if (hex4 (at + 1) >= 0xd800 &&
      hex4 (at + 1) < 0xdc00) { /* a pair: the scan has seen both halves */
    g_string_append_unichar (out,
                             0x10000 + ((hex4 (at + 1) - 0xd800) << 10) + (hex4 (at + 7) - 0xdc00));
    return at + 11;
  }
  g_string_append_unichar (out, hex4 (at + 1));
  return at + 5;
}

static char *
read_string (const char *at,
             gsize       n_bytes)
{
  const char *end = at + n_bytes - 1;
  GString *out = g_string_sized_new (n_bytes);

  for (at++; at < end;) {
    if (*at == '\\') {
      at = unescape (at + 1, out);
    } else {
      g_string_append_c (out, *at);
      at++;
    }
  }
  return g_string_free (out, FALSE);
}

char **
gate_json_read_strings (const char *json)
{
  GPtrArray *strings = g_ptr_array_new ();
  Member member = { 0 };
  const char *at = begin (json, '[');

  while (at != NULL && strings->len < MAX_STRINGS &&
         (at = next_member (at, FALSE, &member)) != NULL) {
    if (member.value[0] == '"')
      g_ptr_array_add (strings, read_string (member.value, member.value_bytes));
  }
  g_ptr_array_add (strings, NULL);
  return (char **) g_ptr_array_free (strings, FALSE);
}

char *
gate_json_write_strings (char **strings)
{
  g_auto (WireBuffer) out = WIRE_BUFFER_INIT;

  wire_buffer_append_byte (&out, '[');
  for (guint i = 0; strings[i] != NULL; i++) {
    if (i > 0)
      wire_buffer_append_byte (&out, ',');
    wire_json_write_string (&out, strings[i], strlen (strings[i]));
  }
  wire_buffer_append_byte (&out, ']');
  wire_buffer_append_byte (&out, '\0');
  return g_strdup ((const char *) out.data);
}

static gboolean
find_member (const char *json,
             const char *key,
             Member     *ret_member)
{
  const char *at = begin (json, '{');
  gsize key_bytes = strlen (key);

  while (at != NULL && (at = next_member (at, TRUE, ret_member)) != NULL) {
    if (ret_member->key_bytes == key_bytes + 2 &&
        strncmp (ret_member->key + 1, key, key_bytes) == 0)
      return TRUE;
  }
  return FALSE;
}

char *
gate_json_dup_string (const char *json,
                      const char *key)
{
  Member member = { 0 };

  return find_member (json, key, &member) && member.value[0] == '"'
           ? read_string (member.value, member.value_bytes)
           : NULL;
}

char *
gate_json_dup_object (const char *json,
                      const char *key)
{
  Member member = { 0 };

  return find_member (json, key, &member) && member.value[0] == '{'
           ? g_strndup (member.value, member.value_bytes)
           : NULL;
}

/* The same name, also where one of them is spelled with escapes: nobody must get past a key by writing it otherwise. */
static gboolean
is_same_key (const Member *a,
             const Member *b)
{
  g_autofree char *left = NULL;
  g_autofree char *right = NULL;

  if (a->key_bytes == b->key_bytes && memcmp (a->key, b->key, a->key_bytes) == 0)
    return TRUE;
  if (memchr (a->key, '\\', a->key_bytes) == NULL && memchr (b->key, '\\', b->key_bytes) == NULL)
    return FALSE;
  left = read_string (a->key, a->key_bytes);
  right = read_string (b->key, b->key_bytes);
  return g_str_equal (left, right);
}

/* Whether @object (checked) has a member of the same name. */
static gboolean
has_key (const char   *object,
         const Member *wanted)
{
  Member member = { 0 };
  const char *at = begin (object, '{');

  while (at != NULL && (at = next_member (at, TRUE, &member)) != NULL) {
    if (is_same_key (&member, wanted))
      return TRUE;
  }
  return FALSE;
}

static void
append_member (GString      *out,
               const Member *member)
{
  if (out->len > 1)
    g_string_append_c (out, ',');
  g_string_append_len (out, member->key, (gssize) member->key_bytes);
  g_string_append_c (out, ':');
  g_string_append_len (out, member->value, (gssize) member->value_bytes);
}

char *
gate_json_merge (const char *base,
                 const char *change)
{
  GString *out;
  Member member = { 0 };
  const char *at = begin (change, '{');

  if (at == NULL)
    return NULL;
  out = g_string_new ("{");
  for (const char *old = begin (base, '{'); old != NULL;) {
    old = next_member (old, TRUE, &member);
    if (old != NULL && !has_key (change, &member))
      append_member (out, &member);
  }
  while ((at = next_member (at, TRUE, &member)) != NULL) {
    if (member.value[0] != 'n')
      append_member (out, &member);
  }
  g_string_append_c (out, '}');
  return g_string_free (out, FALSE);
}

char *
gate_json_dup_nulls (const char *a,
                     const char *b)
{
  const char *objects[] = { a, b };
  GString *out = g_string_new ("{");

  for (guint i = 0; i < G_N_ELEMENTS (objects); i++) {
    Member member = { 0 };
    const char *at = begin (objects[i], '{');

    while (at != NULL && (at = next_member (at, TRUE, &member)) != NULL) {
      if (i == 1 && has_key (a, &member))
        continue;
      member.value = "null";
      member.value_bytes = strlen (member.value);
      append_member (out, &member);
    }
  }
  g_string_append_c (out, '}');
  return g_string_free (out, FALSE);
}
