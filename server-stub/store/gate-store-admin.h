/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-store.h"

#include <sqlite3.h>

G_BEGIN_DECLS

/*
 * What usherctl does to a data folder, with or without a gateway at work on it. Each call is one transaction; those
 * that change agents or apps raise the counter by which a running gateway notices.
 */

/**
 * GateAdmin:
 *
 * The folder, opened. While no gateway runs it is held like one would hold it; while one runs, beside it.
 */
typedef struct _GateAdmin GateAdmin;

GateAdmin *gate_admin_open (const char  *dir,
                            GError     **error) G_GNUC_WARN_UNUSED_RESULT;
void gate_admin_close (GateAdmin *self);

/** gate_admin_is_running: whether a gateway works on the folder */
gboolean gate_admin_is_running (const GateAdmin *self);

/** gate_admin_get_db: (transfer none): the handle, for what has no function here */
sqlite3 *gate_admin_get_db (GateAdmin *self);

/** gate_admin_load: (transfer full): agents and apps are in it; free with gate_store_snapshot_free() */
GateSnapshot *gate_admin_load (GateAdmin  *self,
                               GError    **error) G_GNUC_WARN_UNUSED_RESULT;

/** gate_admin_add_agent: @row.agent is drawn; %GATE_STORE_ERROR_EXISTS when the login is taken */
gboolean
gate_admin_add_agent (GateAdmin *self, GateAgentRow *row, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** gate_admin_set_password: and ends all their sessions; %GATE_STORE_ERROR_NOT_FOUND without such an agent */
gboolean gate_admin_set_password (GateAdmin   *self,
                                  const char  *login,
                                  const char  *password_hash,
                                  gboolean     must_change,
                                  GError     **error) G_GNUC_WARN_UNUSED_RESULT;

/** gate_admin_set_disabled: a disabled agent's sessions end; %GATE_STORE_ERROR_NOT_FOUND without such an agent */
gboolean gate_admin_set_disabled (GateAdmin   *self,
                                  const char  *login,
                                  gboolean     is_disabled,
                                  GError     **error) G_GNUC_WARN_UNUSED_RESULT;

/** gate_admin_add_app: %GATE_STORE_ERROR_EXISTS when the key is taken */
gboolean gate_admin_add_app (GateAdmin         *self,
                             const GateAppRow  *row,
                             GError           **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * gate_admin_copy:
 *
 * Copies usher.db as it is at one instant to the new file @path, mode 0600, and checks the copy whole. The gateway
 * goes on meanwhile.
 */
gboolean
gate_admin_copy (GateAdmin *self, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * gate_admin_adopt:
 *
 * Makes the copy @path the database of the folder @dir, which must have none and no gateway. It becomes a new
 * incarnation: clients drop what they hold of the old one.
 */
gboolean
gate_admin_adopt (const char *dir, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GateAdmin, gate_admin_close)

G_END_DECLS
