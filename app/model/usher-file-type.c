/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-file-type.h"

#include "wire-document.h"

const char *
usher_file_type_guess (const char *name,
                       GBytes     *bytes)
{
  gsize n_bytes;
  const guint8 *data = g_bytes_get_data (bytes, &n_bytes);

  return wire_document_guess (name, data, n_bytes);
}

char *
usher_file_type_dup_name (const char *name,
                          const char *mime)
{
  return wire_document_dup_name (name, mime);
}
