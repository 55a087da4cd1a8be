/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-loop.h"

G_BEGIN_DECLS

/**
 * GateMailbox:
 *
 * A queue towards a thread that runs a #GateLoop: any thread posts, the loop's thread receives in order.
 * Under the lock the whole list is detached; the receiver runs without it. Woken by an eventfd.
 */
typedef struct _GateMailbox GateMailbox;
typedef struct _GateMail GateMail;

/** GateMail: the intrusive head of what is posted; the receiver owns it. */
struct _GateMail {
  GateMail *next;
};

typedef void (*GateMailFunc) (GateMail *mail, gpointer user_data);

GateMailbox *gate_mailbox_new (GateLoop     *loop,
                               GateMailFunc  receive,
                               gpointer      user_data) G_GNUC_WARN_UNUSED_RESULT;

/** gate_mailbox_free: posted mail that was not received is handed to the receiver first. */
void gate_mailbox_free (GateMailbox *self);

/** gate_mailbox_post: (thread-safe) */
void gate_mailbox_post (GateMailbox *self,
                        GateMail    *mail);

G_END_DECLS
