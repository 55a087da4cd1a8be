/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-types.h"

G_BEGIN_DECLS

/** UsherQueue: a queue, as the target of a transfer. */
#define USHER_TYPE_QUEUE (usher_queue_get_type ())
G_DECLARE_FINAL_TYPE (UsherQueue, usher_queue, USHER, QUEUE, GObject)

UsherQueue *usher_queue_new (const char *name) G_GNUC_WARN_UNUSED_RESULT;

const char *usher_queue_get_name (UsherQueue *self);
void usher_queue_set_name (UsherQueue *self,
                           const char *value);
const char *usher_queue_get_title (UsherQueue *self);
void usher_queue_set_title (UsherQueue *self,
                            const char *value);
guint usher_queue_get_waiting (UsherQueue *self);
void usher_queue_set_waiting (UsherQueue *self,
                              guint       value);
guint usher_queue_get_agents_free (UsherQueue *self);
void usher_queue_set_agents_free (UsherQueue *self,
                                  guint       value);

G_END_DECLS
