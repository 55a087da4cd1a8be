/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate.pb-c.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Frames of the socket protocol in the manner of the HTTP API: ids are strings, times RFC 3339, absent = left out. */

JsonBuilder *gate_json_history (const Gate__V1__HistoryPage *page) G_GNUC_WARN_UNUSED_RESULT;
JsonBuilder *gate_json_search (const Gate__V1__SearchPage *page) G_GNUC_WARN_UNUSED_RESULT;
JsonBuilder *gate_json_ticket (const Gate__V1__UploadTicket *ticket) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
