/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * UsherSuspend:
 *
 * What logind knows about the machine and its person: that it is about to sleep, that it has woken, and whether anybody sits
 * before it. It holds a *delay* inhibitor, so that the gateway can be told before the network goes. Without logind nothing
 * ever happens here.
 *
 * Property: is-away (gboolean): the session is locked, or nobody has been at it for so many minutes. Where nothing of the desktop
 * measures that (UsherIdle), it is logind that says so, after a time of the desktop's own.
 *
 * Signals:
 *   about-to-sleep: say what has to be said now, then call usher_suspend_release(); the machine waits 5 s at most
 *   woke
 */
#define USHER_TYPE_SUSPEND (usher_suspend_get_type ())
G_DECLARE_FINAL_TYPE (UsherSuspend, usher_suspend, USHER, SUSPEND, GObject)

/** usher_suspend_new: looks for logind by itself, on the system bus. */
UsherSuspend *usher_suspend_new (void) G_GNUC_WARN_UNUSED_RESULT;
gboolean usher_suspend_get_is_away (UsherSuspend *self);

/** usher_suspend_set_idle_minutes: 0: only the lock counts, as it does at first. */
void usher_suspend_set_idle_minutes (UsherSuspend *self,
                                     guint         idle_minutes);

/** usher_suspend_release: everything has been said: the machine may sleep. */
void usher_suspend_release (UsherSuspend *self);

/** usher_suspend_get_is_inhibiting: whether sleep would wait for us now. */
gboolean usher_suspend_get_is_inhibiting (UsherSuspend *self);

G_END_DECLS
