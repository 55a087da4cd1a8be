/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-exchange.h"

G_BEGIN_DECLS

/* What the table of gate-http-router.c names, one file each. */

/* gate-serve-auth.c */
void gate_serve_sign_in (GateExchange *exchange);
void gate_serve_refresh (GateExchange *exchange);
void gate_serve_sign_out (GateExchange *exchange);
void gate_serve_password (GateExchange *exchange);
void gate_serve_me (GateExchange *exchange);

/** gate_serve_who: @func hears from the core whose token it is; who has none is answered here. */
void gate_serve_who (GateExchange      *exchange,
                     GateExchangeReply  func);

/* gate-serve-lists.c */
void gate_serve_dispositions (GateExchange *exchange);
void gate_serve_canned (GateExchange *exchange);

/* gate-serve-rest.c */
void gate_serve_history (GateExchange *exchange);
void gate_serve_search (GateExchange *exchange);
void gate_serve_upload_ticket (GateExchange *exchange);

/* gate-serve-media.c, gate-serve-upload.c */
void gate_serve_media (GateExchange *exchange);
void gate_serve_upload_early (GateExchange *exchange);
void gate_serve_upload (GateExchange *exchange);
void gate_serve_upload_options (GateExchange *exchange);

/* gate-serve-widget.c */
void gate_serve_widget_config (GateExchange *exchange);
void gate_serve_widget_loader (GateExchange *exchange);
void gate_serve_widget_file (GateExchange *exchange);
void gate_serve_demo (GateExchange *exchange);
void gate_serve_home (GateExchange *exchange);

/* gate-serve-dictionary.c */
void gate_serve_dictionary (GateExchange *exchange);

/* gate-serve-ops.c */
void gate_serve_ops_guard (GateExchange *exchange);
void gate_serve_livez (GateExchange *exchange);
void gate_serve_readyz (GateExchange *exchange);
void gate_serve_startupz (GateExchange *exchange);
void gate_serve_metrics (GateExchange *exchange);

G_END_DECLS
