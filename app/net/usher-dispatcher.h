/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-connection.h"

G_BEGIN_DECLS

/**
 * UsherDispatcher:
 *
 * Says who gets which frame: each kind has one handler, and each question (a frame sent with an `id`) one asker.
 * What a frame says goes to the handler of its kind; how a question ended goes to its asker. `Ack` and `Error` that
 * answer a question go to the asker alone.
 */
typedef struct _UsherDispatcher UsherDispatcher;

/** UsherFrameFunc: @frame is good during the call only. */
typedef void (*UsherFrameFunc) (const Gate__V1__Frame *frame, gpointer user_data);

/**
 * UsherAnswerFunc:
 * @answer: (nullable): the frame that answers, often an `Error`; %NULL when the connection was lost before, so that
 *   nobody knows whether the gateway acted
 */
typedef void (*UsherAnswerFunc) (const Gate__V1__Frame *answer, gpointer user_data);

UsherDispatcher *usher_dispatcher_new (void) G_GNUC_WARN_UNUSED_RESULT;
void usher_dispatcher_free (UsherDispatcher *self);

/** usher_dispatcher_handle: from now on @func handles frames of @kind; there is one handler for each kind. */
void usher_dispatcher_handle (UsherDispatcher           *self,
                              Gate__V1__Frame__BodyCase  kind,
                              UsherFrameFunc             func,
                              gpointer                   user_data);

/**
 * usher_dispatcher_expect: keeps a place for one answer.
 *
 * Returns: the `id` to send with the question, never 0
 */
guint32 usher_dispatcher_expect (UsherDispatcher *self,
                                 UsherAnswerFunc  func,
                                 gpointer         user_data,
                                 GDestroyNotify   destroy);

/** usher_dispatcher_forget: nobody waits for the answer to @id any longer. */
void usher_dispatcher_forget (UsherDispatcher *self,
                              guint32          id);
void usher_dispatcher_dispatch (UsherDispatcher       *self,
                                const Gate__V1__Frame *frame);

/** usher_dispatcher_lost: the connection is gone: every asker is told so. */
void usher_dispatcher_lost (UsherDispatcher *self);
guint usher_dispatcher_n_open (UsherDispatcher *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (UsherDispatcher, usher_dispatcher_free)

G_END_DECLS
