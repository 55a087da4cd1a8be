/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-session"
#include "config.h"

#include "usher-search.h"

#include <glib/gi18n.h>

#include "usher-hit.h"
#include "usher-search-query.h"
#include "usher-session-private.h"
#include "wire-frame.h"
#include "wire-words.h"

/* The store is asked for every state of the field, one question at a time; the gateway only once the typing pauses. */

#define MAX_HITS         100
#define MAX_HITS_OF_CHAT 400
#define GATEWAY_PAUSE_MS 150

struct _UsherSearch {
  GObject parent_instance;

  UsherSession *session;
  GCancellable *cancellable;
  GListStore *hits;
  GPtrArray *local;  /* UsherHit */
  GPtrArray *remote; /* UsherHit */

  guint64 conv;            /* 0: in all of them */
  UsherSearchTerms *terms; /* (nullable): what is asked for */
  WireWords *words;        /* (nullable): its words */
  char *problem;           /* (nullable) */
  char *status;            /* (nullable) */
  guint n_asked; /* counts the states of the field: an answer to an earlier one is dropped */
  gboolean is_local_busy; /* one question at a time; the next state of the field follows it */
  gboolean is_remote_busy;
  gboolean is_remote_refused;
  gboolean is_remote_cut;
  gboolean is_incomplete;
  gboolean is_index_behind;
  guint gateway_id; /* source */
};

enum {
  PROP_HITS = 1,
  PROP_STATUS,
  PROP_IS_BUSY,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

G_STATIC_ASSERT (USHER_SEARCH_MAX_MARKS == WIRE_SNIPPET_MAX_MARKS);

G_DEFINE_FINAL_TYPE (UsherSearch, usher_search, G_TYPE_OBJECT)

/* --- What is said about it ---------------------------------------------------------------------------- */

static guint
max_hits (UsherSearch *self)
{
  return self->conv != 0 ? MAX_HITS_OF_CHAT : MAX_HITS;
}

static char *
describe (UsherSearch *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->hits));
  gboolean is_away = self->session->link_state == USHER_LINK_OFFLINE ||
                     self->session->link_state == USHER_LINK_CONNECTING;

  if (self->problem != NULL)
    return g_strdup (self->problem);
  if (self->terms == NULL)
    return NULL;
  if (n == 0 && usher_search_get_is_busy (self))
    return g_strdup (_ ("Searching…"));
  if (is_away || self->is_remote_refused)
    return n == 0
             ? g_strdup (_ ("Nothing found on this computer. The gateway cannot be asked now."))
             : g_strdup_printf (
                 ngettext ("%u line found on this computer. The gateway cannot be asked now.",
                           "%u lines found on this computer. The gateway cannot be asked now.", n),
                 n);
  if (n == 0)
    return g_strdup (_ ("Nothing found."));
  if (usher_search_get_is_cut (self))
    return g_strdup_printf (ngettext ("The newest line is shown; more words find less.",
                                      "The newest %u lines are shown; more words find less.", n),
                            n);
  if (self->is_index_behind)
    return g_strdup_printf (ngettext ("%u line found; what came in last is still being read.",
                                      "%u lines found; what came in last is still being read.", n),
                            n);
  return g_strdup_printf (ngettext ("%u line found.", "%u lines found.", n), n);
}

static void
update_status (UsherSearch *self)
{
  g_autofree char *status = describe (self);

  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_BUSY]);
  if (g_strcmp0 (status, self->status) == 0)
    return;
  g_free (self->status);
  self->status = g_steal_pointer (&status);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATUS]);
}

/* --- One list of two ---------------------------------------------------------------------------------- */

static gboolean
is_same_line (UsherHit *one,
              UsherHit *two)
{
  return usher_hit_get_conv (one) == usher_hit_get_conv (two) &&
         usher_hit_get_seq (one) == usher_hit_get_seq (two) &&
         usher_hit_get_is_note (one) == usher_hit_get_is_note (two);
}

static gboolean
has_line (GPtrArray *hits,
          UsherHit  *hit)
{
  for (guint i = 0; i < hits->len; i++)
    if (is_same_line (g_ptr_array_index (hits, i), hit))
      return TRUE;
  return FALSE;
}

static int
newest_first (gconstpointer a,
              gconstpointer b)
{
  gint64 one_us = usher_hit_get_ts_us (*(UsherHit *const *) a);
  gint64 two_us = usher_hit_get_ts_us (*(UsherHit *const *) b);

  return one_us < two_us ? 1 : one_us > two_us ? -1 : 0;
}

static void
show_hits (UsherSearch *self)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new ();

  for (guint i = 0; i < self->local->len; i++)
    g_ptr_array_add (all, g_ptr_array_index (self->local, i));
  for (guint i = 0; i < self->remote->len; i++)
    if (!has_line (self->local, g_ptr_array_index (self->remote, i)))
      g_ptr_array_add (all, g_ptr_array_index (self->remote, i));
  g_ptr_array_sort (all, newest_first);
  g_list_store_splice (self->hits, 0, g_list_model_get_n_items (G_LIST_MODEL (self->hits)),
                       all->pdata, MIN (all->len, max_hits (self)));
  update_status (self);
}

static const char *
name_of_agent (UsherSearch *self,
               guint64      agent)
{
  GListModel *colleagues = G_LIST_MODEL (self->session->colleagues);

  if (agent == self->session->agent)
    return self->session->agent_name;
  for (guint i = 0; i < g_list_model_get_n_items (colleagues); i++) {
    g_autoptr (UsherColleague) colleague = g_list_model_get_item (colleagues, i);

    if (usher_colleague_get_agent (colleague) == agent)
      return usher_colleague_get_name (colleague); /* the store holds it */
  }
  return NULL;
}

/* --- Here --------------------------------------------------------------------------------------------- */

typedef struct {
  UsherSearch *self; /* a reference */
  guint n_asked;
} Asked;

static Asked *
asked_new (UsherSearch *self)
{
  Asked *asked = g_new (Asked, 1);

  *asked = (Asked){ g_object_ref (self), self->n_asked };
  return asked;
}

static void
asked_free (gpointer data)
{
  Asked *asked = data;

  g_object_unref (asked->self);
  g_free (asked);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Asked, asked_free)

static UsherHit *
hit_from_row (UsherSearch       *self,
              const UsherHitRow *row)
{
  UsherHit *hit = usher_hit_new (row->conv, row->seq, row->is_note);

  usher_hit_set_ts_us (hit, row->ts_us);
  usher_hit_set_role (hit, row->role);
  usher_hit_set_name (hit, row->name);
  usher_hit_set_snippet (hit, row->snippet);
  usher_hit_set_marks (hit, row->marks, row->n_marks);
  usher_hit_set_is_local (hit, TRUE);
  usher_hit_set_sender_name (hit, row->role == USHER_ROLE_AGENT ? name_of_agent (self, row->sender)
                                                                : row->name);
  return hit;
}

/* `from:` as the gateway understands it: a role, or whoever is called so. */
static void
resolve_from (UsherSearch      *self,
              const char       *from,
              UsherSearchQuery *query)
{
  static const char *const roles[] = { "visitor", "agent", "bot" };
  GListModel *colleagues = G_LIST_MODEL (self->session->colleagues);

  for (guint i = 0; i < G_N_ELEMENTS (roles); i++) {
    if (g_ascii_strcasecmp (from, roles[i]) == 0) {
      query->is_by_role = TRUE;
      query->from_role = (UsherRole) i;
      return;
    }
  }
  if (g_ascii_strcasecmp (from, "me") == 0 || g_strcmp0 (from, self->session->agent_name) == 0) {
    query->from_agent = self->session->agent;
    return;
  }
  for (guint i = 0; i < g_list_model_get_n_items (colleagues); i++) {
    g_autoptr (UsherColleague) colleague = g_list_model_get_item (colleagues, i);

    if (g_strcmp0 (usher_colleague_get_name (colleague), from) == 0)
      query->from_agent = usher_colleague_get_agent (colleague);
  }
  query->from_name = g_strdup (from);
}

static void ask_store (UsherSearch *self);

static void
found_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (Asked) asked = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (UsherHits) hits = usher_store_search_finish (USHER_STORE (source), result, &error);
  UsherSearch *self = asked->self;

  self->is_local_busy = FALSE;
  if (hits == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_warning ("cannot search the cache: %s", error->message);
  if (asked->n_asked != self->n_asked)
    ask_store (self);
  if (asked->n_asked != self->n_asked || hits == NULL)
    return;
  g_ptr_array_set_size (self->local, 0);
  for (guint i = 0; i < hits->rows->len; i++)
    g_ptr_array_add (self->local, hit_from_row (self, g_ptr_array_index (hits->rows, i)));
  self->is_incomplete = hits->is_incomplete;
  self->is_index_behind = hits->is_index_behind;
  show_hits (self);
}

static void
ask_store (UsherSearch *self)
{
  g_autoptr (UsherSearchQuery) query = NULL;

  if (self->is_local_busy || self->terms == NULL)
    return;
  query = g_new0 (UsherSearchQuery, 1);
  query->words = g_strdup (self->terms->words);
  query->tag = g_strdup (self->terms->tag);
  query->before_us = self->terms->before_us;
  query->after_us = self->terms->after_us;
  query->has_file = self->terms->has_file;
  query->conv = self->conv;
  if (self->terms->from != NULL)
    resolve_from (self, self->terms->from, query);
  self->is_local_busy = TRUE;
  usher_store_search_async (self->session->store, query, max_hits (self), self->cancellable,
                            found_cb, asked_new (self));
}

/* --- At the gateway ------------------------------------------------------------------------------------- */

static UsherHit *
hit_from_frame (UsherSearch         *self,
                const Gate__V1__Hit *from)
{
  UsherHit *hit =
    usher_hit_new (from->conv, from->note != 0 ? from->note : from->seq, from->note != 0);

  usher_hit_set_ts_us (hit, (gint64) from->ts * 1000);
  usher_hit_set_role (hit, (UsherRole) from->role);
  usher_hit_set_name (hit, from->name);
  usher_hit_set_snippet (hit, from->snippet);
  usher_hit_set_marks (hit, from->marks, (guint) from->n_marks / 2);
  usher_hit_set_sender_name (hit, from->role == GATE__V1__ROLE__VISITOR ? from->name : NULL);
  return hit;
}

static void
answered_cb (const Gate__V1__Frame *answer,
             gpointer               user_data)
{
  Asked *asked = user_data;
  UsherSearch *self = asked->self;

  if (asked->n_asked != self->n_asked)
    return;
  self->is_remote_busy = FALSE;
  self->is_remote_refused =
    answer == NULL || answer->body_case != GATE__V1__FRAME__BODY_SEARCH_PAGE;
  self->is_remote_cut = !self->is_remote_refused && answer->search_page->more;
  g_ptr_array_set_size (self->remote, 0);
  for (gsize i = 0; !self->is_remote_refused && i < answer->search_page->n_hits; i++)
    g_ptr_array_add (self->remote, hit_from_frame (self, answer->search_page->hits[i]));
  show_hits (self);
}

static void
ask_gateway_cb (gpointer user_data)
{
  UsherSearch *self = user_data;
  Gate__V1__SearchReq request = GATE__V1__SEARCH_REQ__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (SEARCH_REQ, search_req, &request);
  const UsherSearchTerms *terms = self->terms;
  gboolean is_me = g_strcmp0 (terms->from, "me") == 0;

  self->gateway_id = 0;
  request.query = terms->words;
  if (terms->from != NULL)
    request.from = is_me && self->session->login != NULL ? self->session->login : terms->from;
  if (terms->tag != NULL)
    request.tag = terms->tag;
  request.before = (guint64) terms->before_us / 1000;
  request.after = (guint64) terms->after_us / 1000;
  request.has_file = terms->has_file;
  request.conv = self->conv;
  request.limit = max_hits (self);
  self->is_remote_busy =
    usher_session_ask (self->session, &frame, answered_cb, asked_new (self), asked_free);
  self->is_remote_refused = !self->is_remote_busy;
  update_status (self);
}

/* --- Public -------------------------------------------------------------------------------------------- */

static void
forget (UsherSearch *self)
{
  self->n_asked++;
  g_clear_handle_id (&self->gateway_id, g_source_remove);
  g_clear_pointer (&self->terms, usher_search_terms_free);
  g_clear_pointer (&self->words, wire_words_free);
  g_clear_pointer (&self->problem, g_free);
  g_ptr_array_set_size (self->remote, 0);
  self->is_remote_busy = FALSE;
  self->is_remote_refused = FALSE;
  self->is_remote_cut = FALSE;
}

void
usher_search_set_conv (UsherSearch *self,
                       guint64      conv)
{
  g_return_if_fail (USHER_IS_SEARCH (self));

  if (self->conv == conv)
    return;
  self->conv = conv;
  usher_search_set_text (self, "");
}

void
usher_search_set_text (UsherSearch *self,
                       const char  *text)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  g_return_if_fail (USHER_IS_SEARCH (self));

  forget (self);
  self->terms = usher_search_terms_parse (text, now, &self->problem);
  if (self->terms != NULL && usher_search_terms_is_empty (self->terms))
    g_clear_pointer (&self->terms, usher_search_terms_free);
  if (self->terms == NULL) {
    g_ptr_array_set_size (self->local, 0);
    show_hits (self);
    return;
  }
  self->words = wire_words_new (self->terms->words);
  ask_store (self);
  self->gateway_id = g_timeout_add_once (GATEWAY_PAUSE_MS, ask_gateway_cb, self);
  update_status (self);
}

GListModel *
usher_search_get_hits (UsherSearch *self)
{
  g_return_val_if_fail (USHER_IS_SEARCH (self), NULL);

  return G_LIST_MODEL (self->hits);
}

const char *
usher_search_get_status (UsherSearch *self)
{
  g_return_val_if_fail (USHER_IS_SEARCH (self), NULL);

  return self->status;
}

gboolean
usher_search_get_is_busy (UsherSearch *self)
{
  g_return_val_if_fail (USHER_IS_SEARCH (self), FALSE);

  return self->is_local_busy || self->is_remote_busy || self->gateway_id != 0;
}

gboolean
usher_search_get_is_cut (UsherSearch *self)
{
  g_return_val_if_fail (USHER_IS_SEARCH (self), FALSE);

  return self->is_incomplete || self->is_remote_cut ||
         g_list_model_get_n_items (G_LIST_MODEL (self->hits)) >= max_hits (self);
}

guint
usher_search_mark (UsherSearch *self,
                   const char  *text,
                   gsize        ret_marks[2 *USHER_SEARCH_MAX_MARKS])
{
  g_return_val_if_fail (USHER_IS_SEARCH (self), 0);

  return self->words == NULL ? 0 : wire_words_find (self->words, text, ret_marks);
}

static void
usher_search_get_property (GObject    *object,
                           guint       prop,
                           GValue     *value,
                           GParamSpec *pspec)
{
  UsherSearch *self = USHER_SEARCH (object);

  if (prop == PROP_HITS)
    g_value_set_object (value, self->hits);
  else if (prop == PROP_STATUS)
    g_value_set_string (value, self->status);
  else
    g_value_set_boolean (value, usher_search_get_is_busy (self));
}

static void
usher_search_dispose (GObject *object)
{
  UsherSearch *self = USHER_SEARCH (object);

  forget (self);
  g_cancellable_cancel (self->cancellable);
  G_OBJECT_CLASS (usher_search_parent_class)->dispose (object);
}

static void
usher_search_finalize (GObject *object)
{
  UsherSearch *self = USHER_SEARCH (object);

  g_ptr_array_unref (self->local);
  g_ptr_array_unref (self->remote);
  g_object_unref (self->hits);
  g_object_unref (self->cancellable);
  g_object_unref (self->session);
  g_free (self->status);
  G_OBJECT_CLASS (usher_search_parent_class)->finalize (object);
}

static void
usher_search_class_init (UsherSearchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = usher_search_get_property;
  object_class->dispose = usher_search_dispose;
  object_class->finalize = usher_search_finalize;
  props[PROP_HITS] = g_param_spec_object ("hits", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  props[PROP_STATUS] = g_param_spec_string ("status", NULL, NULL, NULL, flags);
  props[PROP_IS_BUSY] = g_param_spec_boolean ("is-busy", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
usher_search_init (UsherSearch *self)
{
  self->hits = g_list_store_new (USHER_TYPE_HIT);
  self->local = g_ptr_array_new_with_free_func (g_object_unref);
  self->remote = g_ptr_array_new_with_free_func (g_object_unref);
  self->cancellable = g_cancellable_new ();
}

UsherSearch *
usher_search_new (UsherSession *session)
{
  UsherSearch *self;

  g_return_val_if_fail (USHER_IS_SESSION (session), NULL);

  self = g_object_new (USHER_TYPE_SEARCH, NULL);
  self->session = g_object_ref (session);
  return self;
}
