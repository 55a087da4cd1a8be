/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-diagnosis.h"

#include "gate-metrics.h"

#define MAX_EDGES            (GATE_METRICS_MAX_PAGES - 2) /* beside the core and `http` */
#define RESERVED_DESCRIPTORS ((guint64) 64)       /* of a process, for other things than clients */
#define EDGE_BYTES           ((guint64) 3 << 20)  /* of an edge without clients */
#define BASE_BYTES           ((guint64) 64 << 20) /* core, http, the database's cache */
#define GOOD_BACKLOG         4096
#define GOOD_SYNC_US         10000 /* a batch is acknowledged after one sync: mean 10 ms is promised */
#define CONNTRACK_SPARE      1000

static GateFinding *
add (GateDiagnosis *self,
     const char    *what,
     char          *value,
     guint64        holds_visitors)
{
  GateFinding *finding = g_new0 (GateFinding, 1);

  finding->what = what;
  finding->value = value;
  finding->holds_visitors = holds_visitors;
  g_ptr_array_add (self->findings, finding);
  return finding;
}

static void
advise (GateDiagnosis *self,
        GateFinding   *finding,
        char          *advice)
{
  finding->is_short = TRUE;
  finding->advice = advice;
  self->is_short = TRUE;
}

/* --- What limits the number of visitors --------------------------------------------------------------- */

static guint64
edges_for (const GateHost *host,
           guint64         n_visitors)
{
  guint64 per_edge = host->descriptors > 2 * RESERVED_DESCRIPTORS
                       ? host->descriptors - RESERVED_DESCRIPTORS
                       : RESERVED_DESCRIPTORS;

  return CLAMP ((n_visitors + per_edge - 1) / per_edge, 1, MAX_EDGES);
}

static void
judge_descriptors (GateDiagnosis  *self,
                   const GateHost *host,
                   guint64         wanted)
{
  guint64 per_edge = host->descriptors - MIN (host->descriptors, RESERVED_DESCRIPTORS);
  GateFinding *finding;

  if (host->descriptors == GATE_HOST_UNKNOWN)
    return;
  finding = add (self, "descriptors",
                 g_strdup_printf ("%" G_GUINT64_FORMAT " a process, %d edges at most",
                                  host->descriptors, MAX_EDGES),
                 per_edge * MAX_EDGES);
  if (finding->holds_visitors < wanted)
    advise (self, finding,
            g_strdup_printf ("raise the hard limit to %" G_GUINT64_FORMAT
                             ": LimitNOFILE= in the unit, or “ulimit -Hn” where you start it",
                             wanted / MAX_EDGES + RESERVED_DESCRIPTORS + 1));
}

static void
judge_files (GateDiagnosis  *self,
             const GateHost *host,
             guint64         wanted)
{
  guint64 holds = host->files_free == GATE_HOST_UNKNOWN
                    ? GATE_HOST_UNKNOWN
                    : host->files_free - MIN (host->files_free, 4096);
  GateFinding *finding;

  if (holds == GATE_HOST_UNKNOWN)
    return;
  finding = add (self, "open files of the host",
                 g_strdup_printf ("%" G_GUINT64_FORMAT " free", host->files_free), holds);
  if (holds < wanted)
    advise (self, finding,
            g_strdup_printf ("sysctl -w fs.file-max=%" G_GUINT64_FORMAT, wanted * 5 / 4 + 65536));
}

static void
judge_processes (GateDiagnosis  *self,
                 const GateHost *host,
                 guint64         wanted)
{
  guint64 needed = edges_for (host, wanted) + 8;
  GateFinding *finding;

  if (host->processes_free == GATE_HOST_UNKNOWN)
    return;
  finding = add (self, "processes",
                 g_strdup_printf ("%" G_GUINT64_FORMAT " free, %" G_GUINT64_FORMAT " needed",
                                  host->processes_free, needed),
                 GATE_HOST_UNKNOWN);
  if (host->processes_free < needed)
    advise (self, finding, g_strdup ("raise TasksMax= in the unit, or the container's pids limit"));
}

static guint64
visitors_in (const GateHost *host,
             guint64         bytes_each)
{
  guint64 free_bytes = host->memory_bytes - MIN (host->memory_bytes, BASE_BYTES);
  guint64 per_edge = host->descriptors - MIN (host->descriptors, RESERVED_DESCRIPTORS);

  /* Each edge's own memory is shared by its visitors. */
  return free_bytes / (bytes_each + EDGE_BYTES / MAX (per_edge, 1));
}

static void
judge_memory (GateDiagnosis  *self,
              const GateHost *host,
              guint64         wanted)
{
  const guint64 each = GATE_VISITOR_USER_BYTES + GATE_VISITOR_KERNEL_BYTES;
  guint64 holds;
  GateFinding *finding;

  if (host->memory_bytes == GATE_HOST_UNKNOWN)
    return;
  holds = visitors_in (host, each);
  finding =
    add (self, "memory",
         g_strdup_printf ("%.1f GiB free", (double) host->memory_bytes / (1u << 30)), holds);
  self->tls_visitors = visitors_in (host, each + GATE_VISITOR_TLS_BYTES);
  if (holds < wanted)
    advise (self, finding,
            g_strdup_printf ("%.1f GiB are needed for %" G_GUINT64_FORMAT
                             " visitors in clear text, %.1f GiB with TLS",
                             (double) (wanted * each + BASE_BYTES) / (1u << 30), wanted,
                             (double) (wanted * (each + GATE_VISITOR_TLS_BYTES) + BASE_BYTES) /
                               (1u << 30)));
}

static void
judge_conntrack (GateDiagnosis  *self,
                 const GateHost *host,
                 guint64         wanted)
{
  GateFinding *finding;

  if (host->conntrack_max == GATE_HOST_UNKNOWN)
    return;
  /* The table is there on many hosts that track nothing: it limits only where a rule of the firewall uses it. */
  finding = add (self, "connection tracking",
                 g_strdup_printf ("%" G_GUINT64_FORMAT " entries, if the firewall tracks the port",
                                  host->conntrack_max),
                 GATE_HOST_UNKNOWN);
  if (host->conntrack_max < wanted + CONNTRACK_SPARE)
    advise (self, finding,
            g_strdup_printf ("sysctl -w net.netfilter.nf_conntrack_max=%" G_GUINT64_FORMAT
                             ", or a NOTRACK rule for the client port",
                             wanted * 5 / 4 + CONNTRACK_SPARE));
}

/* --- What makes it worse ------------------------------------------------------------------------------- */

static void
judge_backlog (GateDiagnosis *self,
               const char    *what,
               const char    *key,
               guint64        value)
{
  GateFinding *finding;

  if (value == GATE_HOST_UNKNOWN)
    return;
  finding = add (self, what, g_strdup_printf ("%" G_GUINT64_FORMAT " connections", value),
                 GATE_HOST_UNKNOWN);
  if (value < GOOD_BACKLOG / 4)
    advise (self, finding,
            g_strdup_printf ("sysctl -w %s=%d, or a storm of reconnects is refused", key,
                             GOOD_BACKLOG));
}

static void
judge_disk (GateDiagnosis  *self,
            const GateHost *host)
{
  GateFinding *finding;

  if (host->sync_p50_us == GATE_HOST_UNKNOWN)
    return;
  finding =
    add (self, "disk",
         g_strdup_printf ("a sync takes %.1f ms, 1 in 100 more than %.1f ms",
                          (double) host->sync_p50_us / 1000, (double) host->sync_p99_us / 1000),
         GATE_HOST_UNKNOWN);
  if (host->sync_p50_us > GOOD_SYNC_US)
    advise (self, finding,
            g_strdup (
              "a message is acknowledged after a sync: put the data folder on a faster disk"));
}

static void
judge_sandbox (GateDiagnosis  *self,
               const GateHost *host)
{
  GateFinding *finding =
    add (self, "sandbox",
         g_strdup (host->has_user_namespaces ? "seccomp and user namespaces" : "seccomp only"),
         GATE_HOST_UNKNOWN);

  if (!host->has_user_namespaces)
    advise (self, finding,
            g_strdup (
              "sysctl -w user.max_user_namespaces=1024 gives workers a namespace of their own"));
}

/* --- Public -------------------------------------------------------------------------------------------- */

static void
finding_free (gpointer data)
{
  GateFinding *self = data;

  g_free (self->value);
  g_free (self->advice);
  g_free (self);
}

/* The tightest limit is what the host would hold. */
static void
conclude (GateDiagnosis *self)
{
  self->clear_visitors = GATE_HOST_UNKNOWN;
  for (guint i = 0; i < self->findings->len; i++) {
    const GateFinding *finding = g_ptr_array_index (self->findings, i);

    if (finding->holds_visitors >= self->clear_visitors)
      continue;
    self->clear_visitors = finding->holds_visitors;
    self->limited_by = finding->what;
  }
  self->tls_visitors = MIN (self->tls_visitors, self->clear_visitors);
}

GateDiagnosis *
gate_diagnose (const GateHost *host,
               guint64         wanted_visitors)
{
  GateDiagnosis *self = g_new0 (GateDiagnosis, 1);

  self->findings = g_ptr_array_new_with_free_func (finding_free);
  self->tls_visitors = GATE_HOST_UNKNOWN;
  judge_descriptors (self, host, wanted_visitors);
  judge_files (self, host, wanted_visitors);
  judge_processes (self, host, wanted_visitors);
  judge_memory (self, host, wanted_visitors);
  judge_conntrack (self, host, wanted_visitors);
  judge_backlog (self, "accept queue", "net.core.somaxconn", host->somaxconn);
  judge_backlog (self, "half-open queue", "net.ipv4.tcp_max_syn_backlog", host->syn_backlog);
  judge_disk (self, host);
  judge_sandbox (self, host);
  conclude (self);
  return self;
}

void
gate_diagnosis_free (GateDiagnosis *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->findings);
  g_free (self);
}
