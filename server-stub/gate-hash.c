/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "gate-hash"

#include "config.h"

#include "gate-hash.h"

#include "gate-mailbox.h"

#include <sodium.h>
#include <string.h>
#include <sys/resource.h>

#define OPS_LIMIT    3
#define MEMORY_BYTES ((gsize) 64 * 1024 * 1024)
#define MAX_THREADS  4

/* Checked when the login is unknown, so that the answer takes as long as for a known one. Of a password
 * nobody has; same parameters as ours. */
static const char dummy_hash[] = "$argon2id$v=19$m=65536,t=3,p=1$XXUd1WAAlm8SJANNngb8JQ$"
                                 "RBSHzrQE1b5eZAF86mh/H3Hq1rF39nh7Lu2YDbpq41Y";

typedef struct {
  GateMail mail;
  GateHashJob *job;
} HashMail;

struct _GateHasher {
  GThreadPool *pool;
  GateMailbox *mailbox;
  GateHashedFunc hashed;
  gpointer user_data;
};

static void
received_cb (GateMail *mail,
             gpointer  user_data)
{
  GateHasher *self = user_data;
  HashMail *done = (HashMail *) mail;

  self->hashed (done->job, self->user_data);
  g_free (done);
}

static void
run_job (gpointer data,
         gpointer user_data)
{
  GateHasher *self = user_data;
  GateHashJob *job = data;
  HashMail *done = g_new0 (HashMail, 1);

  /* Setting it again on each job costs one system call and needs no thread-start hook. */
  (void) setpriority (PRIO_PROCESS, 0, 10);
  if (job->is_make) {
    job->hash = gate_hash_password (job->password);
  } else {
    const char *hash = job->hash != NULL ? job->hash : dummy_hash;

    job->is_good = crypto_pwhash_str_verify (hash, job->password, strlen (job->password)) == 0 &&
                   job->hash != NULL;
  }
  sodium_memzero (job->password, strlen (job->password));
  done->job = job;
  gate_mailbox_post (self->mailbox, &done->mail);
}

GateHasher *
gate_hasher_new (GateLoop       *loop,
                 GateHashedFunc  hashed,
                 gpointer        user_data)
{
  GateHasher *self = g_new0 (GateHasher, 1);

  if (sodium_init () < 0)
    g_error ("libsodium cannot start");
  self->hashed = hashed;
  self->user_data = user_data;
  self->mailbox = gate_mailbox_new (loop, received_cb, self);
  self->pool = g_thread_pool_new (run_job, self, (int) MIN (g_get_num_processors (), MAX_THREADS),
                                  FALSE, NULL);
  return self;
}

void
gate_hasher_free (GateHasher *self)
{
  if (self == NULL)
    return;
  g_thread_pool_free (self->pool, FALSE, TRUE);
  gate_mailbox_free (self->mailbox);
  g_free (self);
}

void
gate_hasher_push (GateHasher  *self,
                  GateHashJob *job)
{
  g_thread_pool_push (self->pool, job, NULL);
}

char *
gate_hash_password (const char *password)
{
  char hash[crypto_pwhash_STRBYTES];

  if (sodium_init () < 0 || crypto_pwhash_str_alg (hash, password, strlen (password), OPS_LIMIT,
                                                   MEMORY_BYTES, crypto_pwhash_ALG_ARGON2ID13) != 0)
    g_error ("Argon2id: not enough memory for a password hash (64 MiB)");
  return g_strdup (hash);
}
