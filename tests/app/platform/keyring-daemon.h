/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * KeyringDaemon:
 *
 * A real keyring in a folder of its own, with an empty password, on the bus of the test (GTestDBus).
 */
typedef struct {
  char *dir;
  GSubprocess *daemon;
} KeyringDaemon;

/** keyring_daemon_is_installed: what tests ask before they skip. */
gboolean keyring_daemon_is_installed (void);
void keyring_daemon_start (KeyringDaemon *self);

/** keyring_daemon_start_bare: the same without any keyring: one would have to be made, for which a person is asked. */
void keyring_daemon_start_bare (KeyringDaemon *self);

/** keyring_daemon_lock: its default keyring is locked from now on; unlocking would wait for a person. */
void keyring_daemon_lock (KeyringDaemon *self);
void keyring_daemon_stop (KeyringDaemon *self);

/** keyring_daemon_leave_bus: before the bus is stopped: GDBus would end the program with it. */
void keyring_daemon_leave_bus (void);

G_END_DECLS
