/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "wire-document.h"
#include "wire-voice.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

/* What is taken has a duration and a header that says nothing but its length; no other kind takes it as well. */
static void
check_good (const guint8 *data,
            gsize         n_bytes)
{
  guint32 duration_ms = wire_voice_get_duration_ms (n_bytes);
  guint8 header[WIRE_VOICE_HEADER_BYTES];

  g_assert_true (duration_ms > 0 && duration_ms <= WIRE_VOICE_MAX_MS);
  wire_voice_write_header ((guint32) (n_bytes - sizeof header) / WIRE_VOICE_SAMPLE_BYTES, header);
  g_assert_cmpmem (data, sizeof header, header, sizeof header);
  g_assert_null (wire_document_guess (NULL, data, n_bytes));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  gboolean is_good = wire_voice_is_good (data, n_bytes);

  g_assert_true (is_good == wire_document_agrees (WIRE_VOICE_MIME, data, n_bytes));
  if (is_good)
    check_good (data, n_bytes);
  return 0;
}
