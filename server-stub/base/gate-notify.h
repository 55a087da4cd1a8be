/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * GateNotify: tells a service manager how the gateway is (`SYSTEMS.md` 5.5), over the datagram socket
 * named in `NOTIFY_SOCKET`; without one every call does nothing. Source: sd_notify(3).
 */
typedef struct _GateNotify GateNotify;

GateNotify *gate_notify_new (void) G_GNUC_WARN_UNUSED_RESULT;
void gate_notify_free (GateNotify *self);

/**
 * gate_notify_send:
 * @state: lines such as "READY=1\nSTATUS=serving"
 *
 * Returns: whether a manager took it
 */
gboolean gate_notify_send (GateNotify *self,
                           const char *state);

/** gate_notify_get_watchdog_ms: how often "WATCHDOG=1" is due: half of what the manager asks for; 0 = never. */
guint gate_notify_get_watchdog_ms (const GateNotify *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GateNotify, gate_notify_free)

G_END_DECLS
