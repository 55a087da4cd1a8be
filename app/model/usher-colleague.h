/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-types.h"

G_BEGIN_DECLS

/** UsherColleague: another agent, as the target of a transfer. */
#define USHER_TYPE_COLLEAGUE (usher_colleague_get_type ())
G_DECLARE_FINAL_TYPE (UsherColleague, usher_colleague, USHER, COLLEAGUE, GObject)

UsherColleague *usher_colleague_new (guint64 agent) G_GNUC_WARN_UNUSED_RESULT;

guint64 usher_colleague_get_agent (UsherColleague *self);
void usher_colleague_set_agent (UsherColleague *self,
                                guint64         value);
const char *usher_colleague_get_name (UsherColleague *self);
void usher_colleague_set_name (UsherColleague *self,
                               const char     *value);
UsherAgentStatus usher_colleague_get_status (UsherColleague *self);
void usher_colleague_set_status (UsherColleague   *self,
                                 UsherAgentStatus  value);
guint usher_colleague_get_load (UsherColleague *self);
void usher_colleague_set_load (UsherColleague *self,
                               guint           value);
guint usher_colleague_get_capacity (UsherColleague *self);
void usher_colleague_set_capacity (UsherColleague *self,
                                   guint           value);

G_END_DECLS
