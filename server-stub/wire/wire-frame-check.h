/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "wire-status.h"

#include <glib.h>
#include <protobuf-c/protobuf-c.h>

G_BEGIN_DECLS

/** wire_message_check: the walk of wire_frame_check() for any message; private to wire/. */
WireStatus wire_message_check (const ProtobufCMessageDescriptor *descriptor,
                               const guint8                     *data,
                               gsize                             n_bytes,
                               gsize                             max_bytes);

G_END_DECLS
