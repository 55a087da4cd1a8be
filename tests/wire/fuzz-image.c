/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "wire-image.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  WireImage image = { 0 };
  WireStatus status = wire_image_measure (data, n_bytes, &image);

  if (status == WIRE_OK) {
    g_assert_cmpint (image.kind, ==, wire_image_sniff (data, n_bytes));
    g_assert_true (image.width > 0 && image.height > 0);
    g_assert_true ((guint64) image.width * image.height <= WIRE_IMAGE_MAX_PIXELS);
  }
  return 0;
}
