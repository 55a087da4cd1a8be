/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-exchange.h"

G_BEGIN_DECLS

/* What the table of gate-router.c names, one file each. */

/* gate-route-auth.c */
void gate_route_sign_in (GateExchange *exchange);
void gate_route_refresh (GateExchange *exchange);
void gate_route_sign_out (GateExchange *exchange);
void gate_route_password (GateExchange *exchange);
void gate_route_me (GateExchange *exchange);

/* gate-route-rest.c */
void gate_route_history (GateExchange *exchange);
void gate_route_search (GateExchange *exchange);
void gate_route_upload_ticket (GateExchange *exchange);

/* gate-route-media.c, gate-route-upload.c */
void gate_route_media (GateExchange *exchange);
void gate_route_upload_early (GateExchange *exchange);
void gate_route_upload (GateExchange *exchange);
void gate_route_upload_options (GateExchange *exchange);

/* gate-route-widget.c */
void gate_route_widget_config (GateExchange *exchange);
void gate_route_widget_loader (GateExchange *exchange);
void gate_route_widget_file (GateExchange *exchange);
void gate_route_demo (GateExchange *exchange);
void gate_route_home (GateExchange *exchange);

/* gate-route-ops.c */
void gate_route_ops_guard (GateExchange *exchange);
void gate_route_livez (GateExchange *exchange);
void gate_route_readyz (GateExchange *exchange);
void gate_route_startupz (GateExchange *exchange);
void gate_route_metrics (GateExchange *exchange);

G_END_DECLS
