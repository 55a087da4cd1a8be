/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A head has one end: where it was found, one byte less is not enough and more changes nothing. */
#include "config.h"

#include <string.h>

#include "wire-http.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

static void
assert_within (const guint8 *data,
               gsize         head_bytes,
               WireText      text)
{
  if (text.data != NULL)
    g_assert_true (text.data >= (const char *) data &&
                   text.data + text.n_bytes <= (const char *) data + head_bytes);
}

static void
use (const guint8       *data,
     const WireHttpHead *head)
{
  WireUpgrade upgrade;
  WireHttpHead again;
  char value[32];

  assert_within (data, head->head_bytes, head->path);
  assert_within (data, head->head_bytes, head->query);
  for (guint i = 0; i < head->n_headers; i++) {
    assert_within (data, head->head_bytes, head->headers[i].value);
    g_assert_null (memchr (head->headers[i].value.data, '\n', head->headers[i].value.n_bytes));
  }
  g_assert_false (head->is_chunked && head->content_length >= 0);
  if (wire_http_query (head, "app", value, sizeof value))
    g_assert_true (g_utf8_validate (value, -1, NULL));
  if (head->is_websocket)
    wire_http_upgrade (head, &upgrade);
  g_assert_cmpint (wire_http_parse (data, head->head_bytes - 1, &again), ==, WIRE_NEED_MORE);
  g_assert_cmpint (wire_http_parse (data, head->head_bytes, &again), ==, WIRE_OK);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  WireHttpHead head;
  WireStatus status = wire_http_parse (data, n_bytes, &head);

  if (status == WIRE_OK)
    use (data, &head);
  else if (status == WIRE_NEED_MORE)
    g_assert_cmpuint (n_bytes, <, WIRE_HTTP_MAX_HEAD_BYTES);
  else
    wire_http_refusal (status);
  return 0;
}
