/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GATE_HOST_UNKNOWN G_MAXUINT64 /* the host does not say, or knows no limit */

/** GateHost: what a host lets a gateway have; numbers it does not tell are %GATE_HOST_UNKNOWN. */
typedef struct {
  guint64 n_cores;
  guint64 descriptors;    /* one process may open at most */
  guint64 files_free;     /* that the whole host may still open */
  guint64 processes_free; /* that may still be started here */
  guint64 memory_bytes;   /* that may still be used */
  guint64 somaxconn;      /* longest queue of connections that wait to be accepted */
  guint64 syn_backlog;    /* and of those that are half open */
  guint64 conntrack_max;  /* connections the firewall's table may hold */
  guint64 sync_p50_us;    /* to make 4 KiB durable in the data folder */
  guint64 sync_p99_us;
  gboolean has_user_namespaces; /* a second wall around each worker */
} GateHost;

/**
 * gate_host_read:
 * @root: "" for this host; a test gives the folder of a made-up one, with proc/ and sys/ in it
 * @descriptors: the hard limit of the caller's own process
 *
 * Reads what stands in /proc and /sys. The times of the disk are left unknown.
 */
void gate_host_read (GateHost   *self,
                     const char *root,
                     guint64     descriptors);

/** gate_host_time_syncs: writes and syncs @n_syncs times 4 KiB in @folder; %FALSE with @error where it cannot. */
gboolean gate_host_time_syncs (GateHost    *self,
                               const char  *folder,
                               guint        n_syncs,
                               GError     **error);

G_END_DECLS
