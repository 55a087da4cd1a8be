/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-identity.h"

#include "gate-agent.h"
#include "gate-commit.h"
#include "gate-limiter.h"
#include "gate-outgoing.h"
#include "gate-session.h"
#include "gate-tokens.h"

#include "wire-token.h"

#define ACCESS_MS          (G_GINT64_CONSTANT (15) * 60 * 1000)
#define REFRESH_MS         (G_GINT64_CONSTANT (30) * 24 * 3600 * 1000)
#define MAX_PASSWORD_BYTES 1024
#define MIN_PASSWORD_CHARS 8
#define MAX_LOGIN_BYTES    128
#define MAX_DEVICE_BYTES   128

typedef enum {
  STEP_SIGN_IN,
  STEP_CHECK_OLD,
  STEP_MAKE_NEW,
} Step;

/** Attempt: a request whose password is being looked at. */
typedef struct {
  GateAsker asker;
  Step step;
  guint64 agent; /* 0: nobody of that name, but it takes as long */
  guint64 account_key, address_key;
  guint64 family; /* that stays when the password changes */
  char *device, *device_name;
  char *new_password;
} Attempt;

struct _GateIdentity {
  GHashTable *tokens;
  GHashTable *jobs; /* set of GateHashJob that are out */
};

static void
wipe_free (char *secret)
{
  if (secret == NULL)
    return;
  explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

static void
attempt_free (Attempt *self)
{
  g_free (self->device);
  g_free (self->device_name);
  wipe_free (self->new_password);
  g_free (self);
}

static void
job_free (GateHashJob *job)
{
  wipe_free (job->password);
  g_free (job->hash);
  g_free (job);
}

GateIdentity *
gate_identity_new (void)
{
  GateIdentity *self = g_new0 (GateIdentity, 1);

  self->tokens = gate_tokens_new ();
  self->jobs = g_hash_table_new (NULL, NULL);
  return self;
}

void
gate_identity_free (GateIdentity *self)
{
  GHashTableIter iter;
  gpointer key;

  /* Jobs that are out belong to who runs them; what they were for does not. */
  g_hash_table_iter_init (&iter, self->jobs);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    attempt_free (((GateHashJob *) key)->user_data);
  g_hash_table_unref (self->jobs);
  g_hash_table_unref (self->tokens);
  g_free (self);
}

void
gate_identity_load (GateCore           *core,
                    const GateTokenRow *tokens,
                    guint               n_tokens)
{
  for (guint i = 0; i < n_tokens; i++)
    gate_tokens_add (core->identity->tokens, &tokens[i]);
}

void
gate_identity_trim (GateCore *core)
{
  gate_tokens_trim (core->identity->tokens, (guint64) core->wall_ms);
}

/* --- Whose token -------------------------------------------------------------------------------------------- */

GateAgent *
gate_identity_check_hash (GateCore     *core,
                          const guint8 *hash,
                          gsize         n_bytes,
                          guint64      *ret_family)
{
  GateToken *token =
    n_bytes == GATE_HASH_BYTES ? gate_tokens_find (core->identity->tokens, hash) : NULL;
  GateAgent *agent;

  if (token == NULL || token->kind != GATE_TOKEN_ACCESS ||
      token->expires <= (guint64) core->wall_ms)
    return NULL;
  agent = gate_agent_find (core, token->agent);
  if (agent == NULL || agent->is_disabled)
    return NULL;
  *ret_family = token->family;
  return agent;
}

GateAgent *
gate_identity_check_access (GateCore   *core,
                            const char *token,
                            guint64    *ret_family)
{
  guint8 hash[WIRE_SHA256_BYTES];

  if (!wire_opaque_hash (WIRE_OPAQUE_ACCESS, token, hash))
    return NULL;
  return gate_identity_check_hash (core, hash, sizeof hash, ret_family);
}

gboolean
gate_identity_has_token (GateCore *core,
                         guint64   agent)
{
  return gate_tokens_has_agent (core->identity->tokens, agent, (guint64) core->wall_ms);
}

void
gate_identity_forget (GateCore *core,
                      guint64   agent)
{
  gate_tokens_remove_agent (core->identity->tokens, agent, 0);
}

/* --- Answers -------------------------------------------------------------------------------------------------- */

static void
refuse (GateCore        *core,
        const GateAsker *asker,
        guint            code,
        const char      *slug,
        gint64           retry_ms)
{
  Gate__V1__Error error = GATE__V1__ERROR__INIT;

  error.code = code;
  error.slug = (char *) slug;
  error.retry_after_ms = (guint32) retry_ms;
  gate_refuse_error (core, asker, &error);
}

static void
fill_signed (GateCore               *core,
             GateAgent              *agent,
             WireArena              *arena,
             Gate__Link__V1__Signed *body)
{
  body->agent = agent->id;
  body->login = agent->login;
  body->name = agent->name != NULL ? agent->name : agent->login;
  body->role = agent->role != NULL ? agent->role : (char *) "";
  body->rights = gate_rights_names (arena, agent->rights, &body->n_rights);
  body->queues = agent->queues;
  body->n_queues = g_strv_length (agent->queues);
  body->avatar = agent->avatar != NULL ? agent->avatar : (char *) "";
  body->gateway_name = (char *) "usher-gate";
  body->gateway_version = (char *) (core->settings.version != NULL ? core->settings.version : "");
  body->log = core->log;
}

static void
reply_signed (GateCore               *core,
              const GateAsker        *asker,
              Gate__Link__V1__Signed *body)
{
  Gate__Link__V1__Reply reply = GATE__LINK__V1__REPLY__INIT;

  reply.body_case = GATE__LINK__V1__REPLY__BODY_SIGNED;
  reply.signed_ = body;
  core->remote.reply (core->remote_data, asker->request, FALSE, &reply);
}

static void
reply_done (GateCore        *core,
            const GateAsker *asker)
{
  Gate__Link__V1__Reply reply = GATE__LINK__V1__REPLY__INIT;
  Gate__Link__V1__Done done = GATE__LINK__V1__DONE__INIT;

  reply.body_case = GATE__LINK__V1__REPLY__BODY_DONE;
  reply.done = &done;
  core->remote.reply (core->remote_data, asker->request, FALSE, &reply);
}

/* --- New tokens: they work from the moment they are told, which is after the commit --------------------------------- */

typedef struct {
  GateEffect effect;
  GateAsker asker;
  guint64 agent;
  GateTokenRow access, refresh;
  char access_text[WIRE_OPAQUE_CHARS + 1], refresh_text[WIRE_OPAQUE_CHARS + 1];
  guint8 used[GATE_HASH_BYTES]; /* the refresh token that was exchanged */
  gboolean has_used;
  gboolean ends_others; /* a new password */
  char *password;
} SignedEffect;

static void
signed_release (GateCore   *core,
                GateEffect *effect)
{
  SignedEffect *self = (SignedEffect *) effect;
  GateAgent *agent = gate_agent_find (core, self->agent);
  Gate__Link__V1__Signed body = GATE__LINK__V1__SIGNED__INIT;
  GHashTable *tokens = core->identity->tokens;

  if (agent == NULL)
    return;
  if (self->ends_others) {
    gate_text_set ((const char **) &agent->password, self->password);
    agent->must_change = FALSE;
    gate_tokens_remove_agent (tokens, agent->id, 0);
    gate_session_end_agent (core, agent, 0);
  }
  if (self->has_used && gate_tokens_find (tokens, self->used) != NULL)
    gate_tokens_find (tokens, self->used)->is_used = TRUE;
  gate_tokens_add (tokens, &self->access);
  gate_tokens_add (tokens, &self->refresh);
  fill_signed (core, agent, core->scratch, &body);
  body.access = self->access_text;
  body.access_expires = self->access.expires;
  body.refresh = self->refresh_text;
  body.refresh_expires = self->refresh.expires;
  reply_signed (core, &self->asker, &body);
}

static void
signed_refuse (GateCore        *core,
               GateEffect      *effect,
               GateStoreStatus  status)
{
  gate_refuse_status (core, &((SignedEffect *) effect)->asker, status);
}

static void
make_token (GateCore       *core,
            WireOpaqueKind  kind,
            GateTokenRow   *row,
            char           *text)
{
  guint8 random[WIRE_OPAQUE_RANDOM_BYTES];

  gate_core_random_bytes (core, random, sizeof random);
  wire_opaque_make (kind, random, text);
  wire_opaque_hash (kind, text, row->hash);
  row->kind = kind == WIRE_OPAQUE_ACCESS ? GATE_TOKEN_ACCESS : GATE_TOKEN_REFRESH;
  row->expires = (guint64) (core->wall_ms + (kind == WIRE_OPAQUE_ACCESS ? ACCESS_MS : REFRESH_MS));
}

static SignedEffect *
hold_signed (GateCore        *core,
             const GateAsker *asker,
             guint64          agent,
             guint64          family,
             const char      *device,
             const char      *device_name)
{
  WireArena *arena = gate_commit_arena (core);
  SignedEffect *self =
    gate_commit_effect (core, sizeof (SignedEffect), signed_release, signed_refuse);
  GateTokenRow *rows[] = { &self->access, &self->refresh };

  self->asker = *asker;
  self->agent = agent;
  make_token (core, WIRE_OPAQUE_ACCESS, &self->access, self->access_text);
  make_token (core, WIRE_OPAQUE_REFRESH, &self->refresh, self->refresh_text);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    rows[i]->family = family;
    rows[i]->agent = agent;
    rows[i]->device = wire_arena_strdup (arena, device != NULL ? device : "");
    rows[i]->device_name = wire_arena_strdup (arena, device_name != NULL ? device_name : "");
    gate_commit_write (core, GATE_WRITE_TOKEN)->row.token = *rows[i];
  }
  return self;
}

static void
audit (GateCore   *core,
       guint64     agent,
       const char *action)
{
  GateAuditRow *row = &gate_commit_write (core, GATE_WRITE_AUDIT)->row.audit;

  row->ts = (guint64) core->wall_ms;
  row->actor = agent;
  row->action = action;
  row->detail = "{}";
}

/* --- Passwords ------------------------------------------------------------------------------------------------------- */

static gboolean
start_job (GateCore   *core,
           Attempt    *attempt,
           const char *password,
           const char *hash,
           gboolean    is_make)
{
  GateHashJob *job;

  if (g_hash_table_size (core->identity->jobs) >= GATE_MAX_HASH_JOBS) {
    refuse (core, &attempt->asker, 503, "try_again", 1000);
    attempt_free (attempt);
    return FALSE;
  }
  job = g_new0 (GateHashJob, 1);
  job->password = g_strdup (password);
  job->hash = g_strdup (hash);
  job->is_make = is_make;
  job->user_data = attempt;
  g_hash_table_add (core->identity->jobs, job);
  core->remote.hash (core->remote_data, job);
  return TRUE;
}

/* Counts the try; FALSE: refused, for as long as it takes. */
static gboolean
may_try (GateCore *core,
         Attempt  *attempt)
{
  gint64 by_address = gate_limiter_take (core, GATE_LIMIT_SIGN_IN_ADDRESS, attempt->address_key);
  gint64 by_account = by_address == 0
                        ? gate_limiter_take (core, GATE_LIMIT_SIGN_IN_ACCOUNT, attempt->account_key)
                        : 0;

  if (by_address == 0 && by_account == 0)
    return TRUE;
  refuse (core, &attempt->asker, 429, "rate_limited", MAX (by_address, by_account));
  attempt_free (attempt);
  return FALSE;
}

static Attempt *
attempt_new (const GateAsker *asker,
             Step             step,
             const char      *login,
             const char      *peer,
             const char      *device,
             const char      *device_name)
{
  Attempt *self = g_new0 (Attempt, 1);
  g_autofree char *folded = g_ascii_strdown (login, -1);

  self->asker = *asker;
  self->step = step;
  self->account_key = gate_text_key (folded);
  self->address_key = gate_address_key (peer);
  self->device = g_strndup (device, MAX_DEVICE_BYTES);
  self->device_name = g_strndup (device_name, MAX_DEVICE_BYTES);
  return self;
}

static gboolean
has_bad_size (const char *login,
              const char *password)
{
  return gate_text_is_empty (login) || strlen (login) > MAX_LOGIN_BYTES ||
         strlen (password) > MAX_PASSWORD_BYTES;
}

static void
sign_in (GateCore                      *core,
         const GateAsker               *asker,
         const Gate__Link__V1__Request *request)
{
  const Gate__Link__V1__SignIn *body = request->sign_in;
  GateAgent *agent;
  Attempt *attempt;

  if (has_bad_size (body->login, body->password)) {
    refuse (core, asker, 401, "bad_credentials", 0);
    return;
  }
  attempt =
    attempt_new (asker, STEP_SIGN_IN, body->login, request->peer, body->device, body->device_name);
  if (!may_try (core, attempt))
    return;
  agent = gate_agent_find_login (core, body->login);
  attempt->agent = agent != NULL && !agent->is_disabled ? agent->id : 0;
  start_job (core, attempt, body->password, attempt->agent != 0 ? agent->password : NULL, FALSE);
}

static void
password_was_good (GateCore      *core,
                   const Attempt *attempt)
{
  gate_limiter_give_back (core, GATE_LIMIT_SIGN_IN_ADDRESS, attempt->address_key, FALSE);
  gate_limiter_give_back (core, GATE_LIMIT_SIGN_IN_ACCOUNT, attempt->account_key, TRUE);
}

static void
signed_in (GateCore *core,
           Attempt  *attempt,
           gboolean  is_good)
{
  GateAgent *agent = attempt->agent != 0 ? gate_agent_find (core, attempt->agent) : NULL;

  if (!is_good || agent == NULL || agent->is_disabled) {
    refuse (core, &attempt->asker, 401, "bad_credentials", 0);
    return;
  }
  password_was_good (core, attempt);
  if (agent->must_change) {
    refuse (core, &attempt->asker, 403, "password_change_required", 0);
    return;
  }
  hold_signed (core, &attempt->asker, agent->id, gate_core_random_id (core), attempt->device,
               attempt->device_name);
  audit (core, agent->id, "sign_in");
}

/* --- A new password --------------------------------------------------------------------------------------------------- */

static void
new_password (GateCore                      *core,
              const GateAsker               *asker,
              const Gate__Link__V1__Request *request)
{
  const Gate__Link__V1__NewPassword *body = request->new_password;
  guint64 family = 0;
  GateAgent *agent =
    gate_identity_check_hash (core, request->token_sha256.data, request->token_sha256.len, &family);
  Attempt *attempt;

  if (agent == NULL && gate_text_is_empty (body->login)) {
    refuse (core, asker, 401, "unauthenticated", 0);
    return;
  }
  if (agent == NULL && !has_bad_size (body->login, body->old))
    agent = gate_agent_find_login (core, body->login);
  if (g_utf8_strlen (body->new_, -1) < MIN_PASSWORD_CHARS ||
      strlen (body->new_) > MAX_PASSWORD_BYTES || strcmp (body->new_, body->old) == 0) {
    refuse (core, asker, 422, "invalid", 0);
    return;
  }
  attempt = attempt_new (asker, STEP_CHECK_OLD, agent != NULL ? agent->login : body->login,
                         request->peer, body->device, body->device_name);
  if (!may_try (core, attempt))
    return;
  attempt->agent = agent != NULL && !agent->is_disabled ? agent->id : 0;
  attempt->new_password = g_strdup (body->new_);
  start_job (core, attempt, body->old, attempt->agent != 0 ? agent->password : NULL, FALSE);
}

/* TRUE: a further job was started with @attempt. */
static gboolean
old_checked (GateCore *core,
             Attempt  *attempt,
             gboolean  is_good)
{
  if (!is_good || attempt->agent == 0) {
    refuse (core, &attempt->asker, 401, "bad_credentials", 0);
    return FALSE;
  }
  password_was_good (core, attempt);
  attempt->step = STEP_MAKE_NEW;
  start_job (core, attempt, attempt->new_password, NULL, TRUE);
  return TRUE;
}

static void
new_made (GateCore   *core,
          Attempt    *attempt,
          const char *hash)
{
  GateAgent *agent = gate_agent_find (core, attempt->agent);
  WireArena *arena = gate_commit_arena (core);
  SignedEffect *effect;
  GateAgentRow *row;

  if (agent == NULL || hash == NULL) {
    refuse (core, &attempt->asker, 503, "try_again", 1000);
    return;
  }
  row = &gate_commit_write (core, GATE_WRITE_AGENT)->row.agent;
  gate_agent_fill_row (agent, arena, row);
  row->password = wire_arena_strdup (arena, hash);
  row->must_change = FALSE;
  gate_commit_write (core, GATE_WRITE_TOKEN_AGENT_GONE)->row.token.agent = agent->id;
  effect = hold_signed (core, &attempt->asker, agent->id, gate_core_random_id (core),
                        attempt->device, attempt->device_name);
  effect->ends_others = TRUE;
  effect->password = wire_arena_strdup (arena, hash);
  audit (core, agent->id, "new_password");
}

void
gate_identity_hashed (GateCore    *core,
                      GateHashJob *job)
{
  Attempt *attempt = job->user_data;
  gboolean goes_on = FALSE;

  g_hash_table_remove (core->identity->jobs, job);
  if (attempt->step == STEP_SIGN_IN)
    signed_in (core, attempt, job->is_good);
  else if (attempt->step == STEP_CHECK_OLD)
    goes_on = old_checked (core, attempt, job->is_good);
  else
    new_made (core, attempt, job->hash);
  if (!goes_on)
    attempt_free (attempt);
  job_free (job);
}

/* --- Refresh, sign out, who am I ------------------------------------------------------------------------------------------- */

typedef struct {
  GateEffect effect;
  GateAsker asker;
  guint64 agent, family; /* family 0: all of the agent's */
  gboolean is_reuse;
} GoneEffect;

static void
gone_release (GateCore   *core,
              GateEffect *effect)
{
  GoneEffect *self = (GoneEffect *) effect;
  GateAgent *agent = gate_agent_find (core, self->agent);

  if (self->family != 0)
    gate_tokens_remove_family (core->identity->tokens, self->family);
  else
    gate_tokens_remove_agent (core->identity->tokens, self->agent, 0);
  if (agent != NULL)
    gate_session_end_agent (core, agent, self->family);
  if (self->is_reuse)
    refuse (core, &self->asker, 401, "token_reused", 0);
  else
    reply_done (core, &self->asker);
}

static void
gone_refuse (GateCore        *core,
             GateEffect      *effect,
             GateStoreStatus  status)
{
  gate_refuse_status (core, &((GoneEffect *) effect)->asker, status);
}

static void
hold_gone (GateCore        *core,
           const GateAsker *asker,
           guint64          agent,
           guint64          family,
           gboolean         is_reuse)
{
  GateWrite *write = gate_commit_write (core, family != 0 ? GATE_WRITE_TOKEN_FAMILY_GONE
                                                          : GATE_WRITE_TOKEN_AGENT_GONE);
  GoneEffect *self = gate_commit_effect (core, sizeof (GoneEffect), gone_release, gone_refuse);

  write->row.token.agent = agent;
  write->row.token.family = family;
  self->asker = *asker;
  self->agent = agent;
  self->family = family;
  self->is_reuse = is_reuse;
  audit (core, agent, is_reuse ? "token_reused" : "sign_out");
}

/* What was not kept did not happen: the old token still works. */
static void
refresh_refuse (GateCore        *core,
                GateEffect      *effect,
                GateStoreStatus  status)
{
  SignedEffect *self = (SignedEffect *) effect;
  GateToken *token = gate_tokens_find (core->identity->tokens, self->used);

  if (token != NULL)
    token->is_used = FALSE;
  gate_refuse_status (core, &self->asker, status);
}

static void
refresh (GateCore                      *core,
         const GateAsker               *asker,
         const Gate__Link__V1__Request *request)
{
  const Gate__Link__V1__Refresh *body = request->refresh;
  GateToken *token = body->token_sha256.len == GATE_HASH_BYTES
                       ? gate_tokens_find (core->identity->tokens, body->token_sha256.data)
                       : NULL;
  GateAgent *agent = token != NULL ? gate_agent_find (core, token->agent) : NULL;
  SignedEffect *effect;
  GateTokenRow *used;

  if (token == NULL || token->kind != GATE_TOKEN_REFRESH || agent == NULL || agent->is_disabled ||
      token->expires <= (guint64) core->wall_ms || g_strcmp0 (token->device, body->device) != 0) {
    refuse (core, asker, 401, "unauthenticated", 0);
    return;
  }
  if (token->is_used) {
    hold_gone (core, asker, token->agent, token->family, TRUE);
    return;
  }
  /* Marked now and not at the commit: two exchanges at once must not both succeed. */
  token->is_used = TRUE;
  used = &gate_commit_write (core, GATE_WRITE_TOKEN)->row.token;
  memcpy (used->hash, token->hash, GATE_HASH_BYTES);
  used->kind = token->kind;
  used->family = token->family;
  used->agent = token->agent;
  used->expires = token->expires;
  used->is_used = TRUE;
  used->device = wire_arena_strdup (gate_commit_arena (core), token->device);
  used->device_name = wire_arena_strdup (gate_commit_arena (core), token->device_name);
  effect = hold_signed (core, asker, agent->id, token->family, token->device, token->device_name);
  effect->has_used = TRUE;
  effect->effect.refuse = refresh_refuse;
  memcpy (effect->used, token->hash, GATE_HASH_BYTES);
}

static void
sign_out (GateCore                      *core,
          const GateAsker               *asker,
          const Gate__Link__V1__Request *request)
{
  guint64 family = 0;
  GateAgent *agent =
    gate_identity_check_hash (core, request->token_sha256.data, request->token_sha256.len, &family);

  if (agent == NULL)
    refuse (core, asker, 401, "unauthenticated", 0);
  else
    hold_gone (core, asker, agent->id, request->sign_out->all ? 0 : family, FALSE);
}

static void
who_am_i (GateCore                      *core,
          const GateAsker               *asker,
          const Gate__Link__V1__Request *request)
{
  guint64 family = 0;
  GateAgent *agent =
    gate_identity_check_hash (core, request->token_sha256.data, request->token_sha256.len, &family);
  Gate__Link__V1__Signed body = GATE__LINK__V1__SIGNED__INIT;

  if (agent == NULL) {
    refuse (core, asker, 401, "unauthenticated", 0);
    return;
  }
  fill_signed (core, agent, core->scratch, &body);
  reply_signed (core, asker, &body);
}

void
gate_identity_request (GateCore                      *core,
                       GateRequestId                  request,
                       const Gate__Link__V1__Request *body)
{
  GateAsker asker = { .request = request, .is_request = TRUE };

  if (body->body_case == GATE__LINK__V1__REQUEST__BODY_SIGN_IN)
    sign_in (core, &asker, body);
  else if (body->body_case == GATE__LINK__V1__REQUEST__BODY_REFRESH)
    refresh (core, &asker, body);
  else if (body->body_case == GATE__LINK__V1__REQUEST__BODY_SIGN_OUT)
    sign_out (core, &asker, body);
  else if (body->body_case == GATE__LINK__V1__REQUEST__BODY_NEW_PASSWORD)
    new_password (core, &asker, body);
  else
    who_am_i (core, &asker, body);
}
