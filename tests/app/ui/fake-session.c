/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fake-session.h"

#include <string.h>

#include "usher-canned.h"
#include "usher-colleague.h"
#include "usher-handover-item.h"
#include "usher-notifier.h"
#include "usher-page-view.h"
#include "usher-hit.h"
#include "usher-queue.h"
#include "usher-search.h"
#include "usher-suggestion.h"

struct _UsherSession {
  GObject parent_instance;

  UsherConversationList *lists[7];
  GListStore *colleagues;
  GListStore *others;        /* of UsherContact */
  const char *merge_problem; /* borrowed; static */
  GListStore *queues;
  GListStore *handover;
  UsherHandoverStage handover_stage;
  GListStore *canned;
  GHashTable *contacts;
  GHashTable *drafts;
  GHashTable *suggestions; /* borrowed UsherConversation → GListStore */
  GString *calls;
  char *gateway_url;
  UsherLinkState link_state;
  gint64 in_step_us;
  gboolean is_away;
  gboolean keeps_sign_in;
  gint64 connected_since_us;
  guint n_unsent;
  GTask *export; /* that is running */
  guint64 agent;
  const char *const *rights; /* borrowed; static */
  gboolean is_accepting;
  gboolean is_present;
  guint undo_send_s;
  int fail_sign_in;
  guint64 next_cid;
  UsherMessage *line_to_show; /* borrowed */
};

enum {
  PROP_0,
  PROP_LINK_STATE,
  PROP_IN_STEP_US,
  PROP_AGENT,
  PROP_AGENT_NAME,
  PROP_LOGIN,
  PROP_ROLE,
  PROP_CONNECTED_SINCE_US,
  PROP_KEEPS_SIGN_IN,
  PROP_GATEWAY_URL,
  PROP_RIGHTS,
  PROP_IS_ACCEPTING,
  PROP_IS_PRESENT,
  PROP_IS_AWAY,
  PROP_LOAD,
  PROP_CAPACITY,
  PROP_HAS_OWN_WAITING,
  PROP_UNDO_SEND_S,
  PROP_OFFERED,
  PROP_MINE,
  PROP_QUEUE,
  PROP_BOT,
  PROP_SNOOZED,
  PROP_WATCHING,
  PROP_CLOSED,
  PROP_COLLEAGUES,
  PROP_QUEUES,
  PROP_HANDOVER,
  PROP_HANDOVER_STAGE,
  PROP_CANNED,
  N_PROPS,
};

static const char *const list_names[] = { "offered", "mine",     "queue", "bot",
                                          "snoozed", "watching", "closed" };

G_DEFINE_QUARK (usher_session_error, usher_session_error)
G_DEFINE_FINAL_TYPE (UsherSession, usher_session, G_TYPE_OBJECT)

static void called (UsherSession *self,
                    const char   *format,
                    ...) G_GNUC_PRINTF (2, 3);

static void
called (UsherSession *self,
        const char   *format,
        ...)
{
  va_list args;

  va_start (args, format);
  if (self->calls->len > 0)
    g_string_append_c (self->calls, '\n');
  g_string_append_vprintf (self->calls, format, args);
  va_end (args);
}

static void
get_property (GObject    *object,
              guint       prop,
              GValue     *value,
              GParamSpec *pspec)
{
  UsherSession *self = USHER_SESSION (object);

  switch (prop) {
  case PROP_LINK_STATE:
    g_value_set_enum (value, (int) self->link_state);
    break;
  case PROP_IN_STEP_US:
    g_value_set_int64 (value, self->in_step_us);
    break;
  case PROP_AGENT:
    g_value_set_uint64 (value, self->agent);
    break;
  case PROP_AGENT_NAME:
  case PROP_LOGIN:
    g_value_set_static_string (value, "demo");
    break;
  case PROP_ROLE:
    g_value_set_static_string (value, "supervisor");
    break;
  case PROP_CONNECTED_SINCE_US:
    g_value_set_int64 (value, self->connected_since_us);
    break;
  case PROP_KEEPS_SIGN_IN:
    g_value_set_boolean (value, self->keeps_sign_in);
    break;
  case PROP_GATEWAY_URL:
    g_value_set_string (value, self->gateway_url);
    break;
  case PROP_RIGHTS:
    g_value_set_boxed (value, self->rights);
    break;
  case PROP_IS_ACCEPTING:
    g_value_set_boolean (value, self->is_accepting);
    break;
  case PROP_IS_PRESENT:
    g_value_set_boolean (value, self->is_present);
    break;
  case PROP_IS_AWAY:
    g_value_set_boolean (value, self->is_away);
    break;
  case PROP_LOAD:
    g_value_set_uint (value, usher_conversation_list_get_n_items (self->lists[1]));
    break;
  case PROP_CAPACITY:
    g_value_set_uint (value, 5);
    break;
  case PROP_HAS_OWN_WAITING:
    g_value_set_boolean (value, FALSE);
    break;
  case PROP_UNDO_SEND_S:
    g_value_set_uint (value, self->undo_send_s);
    break;
  case PROP_COLLEAGUES:
    g_value_set_object (value, self->colleagues);
    break;
  case PROP_QUEUES:
    g_value_set_object (value, self->queues);
    break;
  case PROP_HANDOVER:
    g_value_set_object (value, self->handover);
    break;
  case PROP_HANDOVER_STAGE:
    g_value_set_enum (value, (int) self->handover_stage);
    break;
  case PROP_CANNED:
    g_value_set_object (value, self->canned);
    break;
  default:
    g_value_set_object (value, self->lists[prop - PROP_OFFERED]);
  }
}

static void
set_property (GObject      *object,
              guint         prop,
              const GValue *value,
              GParamSpec   *pspec)
{
  UsherSession *self = USHER_SESSION (object);
  gboolean is_on;

  if (prop == PROP_UNDO_SEND_S) {
    self->undo_send_s = g_value_get_uint (value);
    return;
  }
  is_on = g_value_get_boolean (value);
  called (self, "set-%s %d", pspec->name, is_on);
  if (prop == PROP_IS_ACCEPTING)
    self->is_accepting = is_on;
  else
    self->is_present = is_on;
  g_object_notify_by_pspec (object, pspec);
}

static void
finalize (GObject *object)
{
  UsherSession *self = USHER_SESSION (object);

  for (guint i = 0; i < G_N_ELEMENTS (self->lists); i++)
    g_clear_object (&self->lists[i]);
  g_clear_object (&self->colleagues);
  g_clear_object (&self->others);
  g_clear_object (&self->queues);
  g_clear_object (&self->handover);
  g_clear_object (&self->canned);
  g_hash_table_unref (self->contacts);
  g_hash_table_unref (self->drafts);
  g_hash_table_unref (self->suggestions);
  g_string_free (self->calls, TRUE);
  g_free (self->gateway_url);
  G_OBJECT_CLASS (usher_session_parent_class)->finalize (object);
}

static void
usher_session_class_init (UsherSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GType type = G_TYPE_FROM_CLASS (klass);
  const GParamFlags r = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  const GParamFlags rw = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GParamSpec *pspecs[N_PROPS] = {
    [PROP_LINK_STATE] = g_param_spec_enum ("link-state", NULL, NULL, USHER_TYPE_LINK_STATE, 0, r),
    [PROP_IN_STEP_US] = g_param_spec_int64 ("in-step-us", NULL, NULL, 0, G_MAXINT64, 0, r),
    [PROP_AGENT] = g_param_spec_uint64 ("agent", NULL, NULL, 0, G_MAXUINT64, 0, r),
    [PROP_AGENT_NAME] = g_param_spec_string ("agent-name", NULL, NULL, NULL, r),
    [PROP_LOGIN] = g_param_spec_string ("login", NULL, NULL, NULL, r),
    [PROP_ROLE] = g_param_spec_string ("role", NULL, NULL, NULL, r),
    [PROP_CONNECTED_SINCE_US] =
      g_param_spec_int64 ("connected-since-us", NULL, NULL, 0, G_MAXINT64, 0, r),
    [PROP_KEEPS_SIGN_IN] = g_param_spec_boolean ("keeps-sign-in", NULL, NULL, TRUE, r),
    [PROP_GATEWAY_URL] = g_param_spec_string ("gateway-url", NULL, NULL, NULL, r),
    [PROP_RIGHTS] = g_param_spec_boxed ("rights", NULL, NULL, G_TYPE_STRV, r),
    [PROP_IS_ACCEPTING] = g_param_spec_boolean ("is-accepting", NULL, NULL, FALSE, rw),
    [PROP_IS_PRESENT] = g_param_spec_boolean ("is-present", NULL, NULL, FALSE, rw),
    [PROP_IS_AWAY] = g_param_spec_boolean ("is-away", NULL, NULL, FALSE, r),
    [PROP_LOAD] = g_param_spec_uint ("load", NULL, NULL, 0, G_MAXUINT, 0, r),
    [PROP_CAPACITY] = g_param_spec_uint ("capacity", NULL, NULL, 0, G_MAXUINT, 0, r),
    [PROP_HAS_OWN_WAITING] = g_param_spec_boolean ("has-own-waiting", NULL, NULL, FALSE, r),
    [PROP_UNDO_SEND_S] = g_param_spec_uint ("undo-send-s", NULL, NULL, 0, 60, 0, rw),
    [PROP_COLLEAGUES] = g_param_spec_object ("colleagues", NULL, NULL, G_TYPE_LIST_MODEL, r),
    [PROP_QUEUES] = g_param_spec_object ("queues", NULL, NULL, G_TYPE_LIST_MODEL, r),
    [PROP_HANDOVER] = g_param_spec_object ("handover", NULL, NULL, G_TYPE_LIST_MODEL, r),
    [PROP_HANDOVER_STAGE] =
      g_param_spec_enum ("handover-stage", NULL, NULL, USHER_TYPE_HANDOVER_STAGE, 0, r),
    [PROP_CANNED] = g_param_spec_object ("canned", NULL, NULL, G_TYPE_LIST_MODEL, r),
  };

  for (guint i = 0; i < G_N_ELEMENTS (list_names); i++)
    pspecs[PROP_OFFERED + i] =
      g_param_spec_object (list_names[i], NULL, NULL, G_TYPE_LIST_MODEL, r);
  object_class->get_property = get_property;
  object_class->set_property = set_property;
  object_class->finalize = finalize;
  g_object_class_install_properties (object_class, N_PROPS, pspecs);
  g_signal_new ("notice", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3, G_TYPE_UINT,
                G_TYPE_STRING, G_TYPE_STRING);
  g_signal_new ("offered", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                USHER_TYPE_CONVERSATION);
  g_signal_new ("line", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                USHER_TYPE_CONVERSATION, USHER_TYPE_MESSAGE);
  g_signal_new ("line-shown", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                USHER_TYPE_CONVERSATION, USHER_TYPE_MESSAGE);
  g_signal_new ("signed-out", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                G_TYPE_STRING);
}

void
fake_session_set_supervises (UsherSession *self,
                             gboolean      is_supervisor)
{
  static const char *const agent[] = { "chat", "pull", NULL };
  static const char *const supervisor[] = { "chat", "pull", "monitor", "takeover", "floor", NULL };

  self->rights = is_supervisor ? supervisor : agent;
  g_object_notify (G_OBJECT (self), "rights");
}

static void
usher_session_init (UsherSession *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->lists); i++)
    self->lists[i] = usher_conversation_list_new ();
  self->others = g_list_store_new (USHER_TYPE_CONTACT);
  self->colleagues = g_list_store_new (USHER_TYPE_COLLEAGUE);
  self->queues = g_list_store_new (USHER_TYPE_QUEUE);
  self->handover = g_list_store_new (USHER_TYPE_HANDOVER_ITEM);
  self->canned = g_list_store_new (USHER_TYPE_CANNED);
  self->contacts = g_hash_table_new_full (NULL, NULL, g_object_unref, g_object_unref);
  self->drafts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->suggestions = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  self->calls = g_string_new (NULL);
  self->agent = 7;
  self->keeps_sign_in = TRUE;
  fake_session_set_supervises (self, FALSE);
  self->fail_sign_in = -1;
  self->next_cid = 1;
}

UsherSession *
usher_session_new (const char  *gateway_url,
                   const char  *profile_dir,
                   GError     **error)
{
  UsherSession *self = g_object_new (USHER_TYPE_SESSION, NULL);

  self->gateway_url = g_strdup (gateway_url);
  return self;
}

UsherSession *
fake_session_new (void)
{
  return usher_session_new ("http://127.0.0.1:8000", NULL, NULL);
}

/* --- Search: in the lines of its windows, byte by byte --------------------------------------------------------- */

struct _UsherSearch {
  GObject parent_instance;

  UsherSession *session;
  GListStore *hits;
  guint64 conv;
  char *text;
  char *status;
};

G_DEFINE_FINAL_TYPE (UsherSearch, usher_search, G_TYPE_OBJECT)

static void
search_get_property (GObject    *object,
                     guint       prop,
                     GValue     *value,
                     GParamSpec *pspec)
{
  g_value_set_string (value, USHER_SEARCH (object)->status);
}

static void
search_finalize (GObject *object)
{
  g_object_unref (USHER_SEARCH (object)->hits);
  g_free (USHER_SEARCH (object)->text);
  g_free (USHER_SEARCH (object)->status);
  G_OBJECT_CLASS (usher_search_parent_class)->finalize (object);
}

static void
usher_search_class_init (UsherSearchClass *klass)
{
  G_OBJECT_CLASS (klass)->get_property = search_get_property;
  G_OBJECT_CLASS (klass)->finalize = search_finalize;
  g_object_class_install_property (G_OBJECT_CLASS (klass), 1,
                                   g_param_spec_string ("status", NULL, NULL, NULL,
                                                        G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
usher_search_init (UsherSearch *self)
{
  self->hits = g_list_store_new (USHER_TYPE_HIT);
}

UsherSearch *
usher_search_new (UsherSession *session)
{
  UsherSearch *self = g_object_new (USHER_TYPE_SEARCH, NULL);

  self->session = session;
  return self;
}

static void
search_in (UsherSearch       *self,
           UsherConversation *conversation,
           const char        *text)
{
  UsherMessageList *lines = usher_conversation_get_messages (conversation);

  for (guint i = usher_message_list_get_n_items (lines); i > 0; i--) {
    UsherMessage *line = usher_message_list_peek (lines, i - 1);
    const char *said = usher_message_get_text (line);
    const char *at = said != NULL ? strstr (said, text) : NULL;
    g_autoptr (UsherHit) hit = NULL;
    guint32 mark[2];

    if (at == NULL)
      continue;
    hit = usher_hit_new (usher_conversation_get_conv (conversation), usher_message_get_seq (line),
                         FALSE);
    mark[0] = (guint32) g_utf8_pointer_to_offset (said, at);
    mark[1] = (guint32) g_utf8_strlen (text, -1);
    usher_hit_set_name (hit, usher_conversation_get_name (conversation));
    usher_hit_set_snippet (hit, said);
    usher_hit_set_ts_us (hit, usher_message_get_ts_us (line));
    usher_hit_set_marks (hit, mark, 1);
    g_list_store_append (self->hits, hit);
  }
}

void
usher_search_set_conv (UsherSearch *self,
                       guint64      conv)
{
  self->conv = conv;
}

gboolean
usher_search_get_is_busy (UsherSearch *self)
{
  return FALSE;
}

gboolean
usher_search_get_is_cut (UsherSearch *self)
{
  return FALSE;
}

guint
usher_search_mark (UsherSearch *self,
                   const char  *text,
                   gsize        ret_marks[2 *USHER_SEARCH_MAX_MARKS])
{
  const char *at = text;
  guint n = 0;

  if (self->text == NULL || *self->text == '\0')
    return 0;
  while (n < USHER_SEARCH_MAX_MARKS && (at = strstr (at, self->text)) != NULL) {
    ret_marks[2 * n] = (gsize) (at - text);
    at += strlen (self->text);
    ret_marks[2 * n + 1] = (gsize) (at - text);
    n++;
  }
  return n;
}

void
usher_search_set_text (UsherSearch *self,
                       const char  *text)
{
  UsherSession *session = self->session;

  g_free (self->text);
  self->text = g_strdup (text);
  g_list_store_remove_all (self->hits);
  for (guint l = 0; *text != '\0' && l < G_N_ELEMENTS (session->lists); l++)
    for (guint i = 0; i < usher_conversation_list_get_n_items (session->lists[l]); i++) {
      g_autoptr (UsherConversation) conversation =
        g_list_model_get_item (G_LIST_MODEL (session->lists[l]), i);

      if (self->conv == 0 || self->conv == usher_conversation_get_conv (conversation))
        search_in (self, conversation, text);
    }
  g_free (self->status);
  self->status =
    *text == '\0'
      ? NULL
      : g_strdup_printf ("%u found", g_list_model_get_n_items (G_LIST_MODEL (self->hits)));
  g_object_notify (G_OBJECT (self), "status");
}

GListModel *
usher_search_get_hits (UsherSearch *self)
{
  return G_LIST_MODEL (self->hits);
}

const char *
usher_search_get_status (UsherSearch *self)
{
  return self->status;
}

UsherConversation *
usher_session_show_line (UsherSession *self,
                         UsherHit     *hit)
{
  UsherConversation *conversation = usher_session_find (self, usher_hit_get_conv (hit));
  UsherMessage *message = usher_message_list_find (usher_conversation_get_messages (conversation),
                                                   usher_hit_get_seq (hit));

  called (self, "show-line %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, usher_hit_get_conv (hit),
          usher_hit_get_seq (hit));
  self->line_to_show = message;
  return conversation;
}

void
usher_session_edit_contact (UsherSession      *self,
                            UsherConversation *conversation,
                            UsherContactField  field,
                            const char        *value)
{
  called (self, "edit-contact %" G_GUINT64_FORMAT " %d %s",
          usher_conversation_get_conv (conversation), (int) field, value == NULL ? "" : value);
  usher_contact_set_field (usher_session_get_contact (self, conversation), field, value);
}

void
usher_session_block (UsherSession      *self,
                     UsherConversation *conversation,
                     gint64             until_us)
{
  called (self, "block %" G_GUINT64_FORMAT " %s", usher_conversation_get_conv (conversation),
          until_us == USHER_BLOCK_FOR_GOOD ? "for good"
          : until_us == 0                  ? "no longer"
                                           : "until");
  usher_contact_set_blocked_until_us (usher_session_get_contact (self, conversation), until_us);
}

void
usher_session_set_attribute (UsherSession      *self,
                             UsherConversation *conversation,
                             const char        *name,
                             const char        *json)
{
  called (self, "set-attribute %" G_GUINT64_FORMAT " %s %s",
          usher_conversation_get_conv (conversation), name, json == NULL ? "gone" : json);
}

char *
usher_session_dup_json (const char *text)
{
  return g_strdup_printf ("\"%s\"", text);
}

/* --- One person: the fake's other contacts are those a test has added ---------------------------------------- */

void
fake_session_add_contact (UsherSession *self,
                          guint64       visitor,
                          const char   *name,
                          const char   *email)
{
  g_autoptr (UsherContact) contact = usher_contact_new (visitor);

  usher_contact_set_contact (contact, visitor);
  usher_contact_set_name (contact, name);
  usher_contact_set_email (contact, email);
  usher_contact_set_last_seen_us (contact, g_get_real_time ());
  usher_contact_set_attrs (contact, "{\"plan\":\"none\",\"size\":3}");
  usher_contact_set_note (contact, "prefers green tea");
  g_list_store_append (self->others, contact);
}

static UsherContact *
find_other (UsherSession *self,
            guint64       visitor)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->others)); i++) {
    g_autoptr (UsherContact) other = g_list_model_get_item (G_LIST_MODEL (self->others), i);

    if (usher_contact_get_visitor (other) == visitor)
      return other; /* the store holds it */
  }
  return NULL;
}

void
usher_session_find_contacts (UsherSession      *self,
                             UsherConversation *conversation,
                             const char        *text,
                             UsherContactsFunc  func,
                             gpointer           user_data,
                             GDestroyNotify     destroy)
{
  g_autoptr (GListStore) found = g_list_store_new (USHER_TYPE_CONTACT);
  const char *email = usher_contact_get_email (usher_session_get_contact (self, conversation));
  guint n_same = 0;

  called (self, "find-contacts %" G_GUINT64_FORMAT " %s",
          usher_conversation_get_conv (conversation), text);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->others)); i++) {
    g_autoptr (UsherContact) other = g_list_model_get_item (G_LIST_MODEL (self->others), i);
    gboolean is_same = g_strcmp0 (usher_contact_get_email (other), email) == 0;

    if (is_same)
      g_list_store_insert (found, n_same++, other);
    else if (*text != '\0' && strstr (usher_contact_get_name (other), text) != NULL)
      g_list_store_append (found, other);
  }
  func (G_LIST_MODEL (found), n_same, NULL, user_data);
  destroy (user_data);
}

void
usher_session_preview_merge (UsherSession      *self,
                             UsherConversation *conversation,
                             guint64            visitor,
                             gboolean           is_other_kept,
                             UsherContactsFunc  func,
                             gpointer           user_data,
                             GDestroyNotify     destroy)
{
  g_autoptr (GListStore) both = g_list_store_new (USHER_TYPE_CONTACT);
  g_autoptr (UsherContact) united = usher_contact_new (visitor);
  UsherContact *own = usher_session_get_contact (self, conversation);
  UsherContact *other = find_other (self, visitor);
  UsherContact *first = is_other_kept ? other : own;
  UsherContact *second = is_other_kept ? own : other;

  for (int i = USHER_CONTACT_NAME; i <= USHER_CONTACT_NOTE; i++) {
    const char *value = usher_contact_get_field (first, (UsherContactField) i);

    if (value == NULL || *value == '\0')
      value = usher_contact_get_field (second, (UsherContactField) i);
    usher_contact_set_field (united, (UsherContactField) i, value);
  }
  usher_contact_set_attrs (united, usher_contact_get_attrs (first));
  g_list_store_append (both, united);
  g_list_store_append (both, other);
  if (self->merge_problem != NULL)
    func (NULL, 0, self->merge_problem, user_data);
  else
    func (G_LIST_MODEL (both), 0, NULL, user_data);
  destroy (user_data);
}

void
fake_session_refuse_merges (UsherSession *self,
                            const char   *problem)
{
  self->merge_problem = problem;
}

void
usher_session_merge (UsherSession      *self,
                     UsherConversation *conversation,
                     guint64            visitor,
                     gboolean           is_other_kept)
{
  UsherContact *own = usher_session_get_contact (self, conversation);
  UsherContact *other = find_other (self, visitor);

  called (self, "merge %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "%s",
          usher_conversation_get_conv (conversation), visitor, is_other_kept ? " kept" : "");
  usher_contact_set_merged_us (other, g_get_real_time ());
  g_list_store_append (usher_contact_get_merged (own), other);
}

void
usher_session_unmerge (UsherSession      *self,
                       UsherConversation *conversation,
                       guint64            visitor)
{
  GListStore *merged = usher_contact_get_merged (usher_session_get_contact (self, conversation));

  called (self, "unmerge %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT,
          usher_conversation_get_conv (conversation), visitor);
  g_list_store_remove_all (merged);
}

void
usher_session_show_day (UsherSession      *self,
                        UsherConversation *conversation,
                        gint64             at_us)
{
  g_autoptr (GDateTime) at = g_date_time_new_from_unix_local (at_us / G_USEC_PER_SEC);
  g_autofree char *day = g_date_time_format (at, "%F %T");

  called (self, "show-day %" G_GUINT64_FORMAT " %s", usher_conversation_get_conv (conversation),
          day);
}

void
fake_session_tell_line_shown (UsherSession *self)
{
  g_signal_emit_by_name (self, "line-shown",
                         usher_session_find (self, usher_message_get_conv (self->line_to_show)),
                         self->line_to_show);
}

/* --- Filling -------------------------------------------------------------------------------------------------- */

UsherConversationList *
fake_session_get_list (UsherSession *self,
                       const char   *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (list_names); i++)
    if (g_str_equal (list_names[i], name))
      return self->lists[i];
  g_assert_not_reached ();
}

UsherConversation *
fake_session_add (UsherSession *self,
                  const char   *name,
                  guint64       conv,
                  const char   *who,
                  int           waiting_s)
{
  static const UsherState states[] = { USHER_STATE_OFFERED, USHER_STATE_ACTIVE,  USHER_STATE_QUEUED,
                                       USHER_STATE_BOT,     USHER_STATE_SNOOZED, USHER_STATE_ACTIVE,
                                       USHER_STATE_CLOSED };
  g_autoptr (UsherConversation) conversation = usher_conversation_new (conv);
  UsherConversationList *list = fake_session_get_list (self, name);
  gint64 now_us = g_get_real_time ();
  gboolean is_offered = g_str_equal (name, "offered");

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (self->lists[i] == list)
      usher_conversation_set_state (conversation, states[i]);
  usher_conversation_set_visitor (conversation, conv + 1000);
  usher_conversation_set_channel (conversation, 1);
  usher_conversation_set_name (conversation, who);
  usher_conversation_set_is_mine (conversation,
                                  g_str_equal (name, "mine") || g_str_equal (name, "snoozed"));
  usher_conversation_set_is_watched (conversation, g_str_equal (name, "watching"));
  usher_conversation_set_last_ts_us (conversation, now_us - (gint64) waiting_s * G_USEC_PER_SEC);
  usher_conversation_set_opened_at_us (conversation, now_us - (gint64) 3600 * G_USEC_PER_SEC);
  usher_conversation_set_waiting_since_us (conversation,
                                           waiting_s == 0
                                             ? 0
                                             : now_us - (gint64) waiting_s * G_USEC_PER_SEC);
  usher_conversation_set_offer_deadline_us (conversation,
                                            is_offered ? now_us + 17 * G_USEC_PER_SEC : 0);
  usher_conversation_list_add (list, conversation);
  return conversation;
}

UsherCanned *
fake_session_add_canned (UsherSession *self,
                         const char   *shortcut,
                         const char   *title,
                         const char   *text,
                         const char   *queue)
{
  g_autoptr (UsherCanned) canned = usher_canned_new ();
  const char *queues[] = { queue, NULL };

  usher_canned_set_shortcut (canned, shortcut);
  usher_canned_set_title (canned, title);
  usher_canned_set_text (canned, text);
  usher_canned_set_folder (canned, "");
  usher_canned_set_queues (canned, queues);
  usher_canned_set_is_team (canned, TRUE);
  g_list_store_append (self->canned, canned);
  return canned; /* the store holds it */
}

UsherMessage *
fake_session_line (UsherConversation *conversation,
                   UsherRole          role,
                   const char        *text,
                   int                age_s)
{
  guint64 seq = usher_conversation_get_last_seq (conversation) + 1;
  g_autoptr (UsherMessage) message =
    usher_message_new (usher_conversation_get_conv (conversation), seq, USHER_MESSAGE_TEXT, text);

  usher_message_set_role (message, role);
  usher_message_set_sender (message, role == USHER_ROLE_VISITOR ? 1 : 7);
  usher_message_set_is_own (message, role == USHER_ROLE_AGENT);
  usher_message_set_delivery (message,
                              role == USHER_ROLE_AGENT ? USHER_DELIVERY_READ : USHER_DELIVERY_NONE);
  if (role == USHER_ROLE_VISITOR)
    usher_message_set_sender_name (message, usher_conversation_get_name (conversation));
  usher_message_set_ts_us (message, g_get_real_time () - (gint64) age_s * G_USEC_PER_SEC);
  usher_conversation_set_last_seq (conversation, seq);
  usher_conversation_set_last_text (conversation, text);
  usher_conversation_set_last_ts_us (conversation, usher_message_get_ts_us (message));
  usher_message_list_insert (usher_conversation_get_messages (conversation), message);
  return usher_message_list_find (usher_conversation_get_messages (conversation), seq);
}

void
fake_session_set_is_away (UsherSession *self,
                          gboolean      is_away)
{
  self->is_away = is_away;
  g_object_notify (G_OBJECT (self), "is-away");
}

void
fake_session_set_link (UsherSession   *self,
                       UsherLinkState  state)
{
  self->link_state = state;
  self->in_step_us = g_get_monotonic_time ();
  g_object_notify (G_OBJECT (self), "link-state");
  g_object_notify (G_OBJECT (self), "in-step-us");
}

char *
fake_session_take_calls (UsherSession *self)
{
  char *calls = g_strdup (self->calls->str);

  g_string_truncate (self->calls, 0);
  return calls;
}

void
fake_session_fail_next_sign_in (UsherSession      *self,
                                UsherSessionError  code)
{
  self->fail_sign_in = (int) code;
}

/* --- The session's functions -------------------------------------------------------------------------------------- */

static void
answer (UsherSession        *self,
        GAsyncReadyCallback  callback,
        gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  if (self->fail_sign_in >= 0)
    g_task_return_new_error (task, USHER_SESSION_ERROR, self->fail_sign_in, "the gateway says no");
  else
    g_task_return_boolean (task, TRUE);
  self->fail_sign_in = -1;
}

void
usher_session_resume_async (UsherSession        *self,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  called (self, "resume");
  answer (self, callback, user_data);
}

gboolean
usher_session_resume_finish (UsherSession  *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
usher_session_sign_in_async (UsherSession        *self,
                             const char          *login,
                             const char          *password,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  called (self, "sign-in %s %s", login, password);
  answer (self, callback, user_data);
}

gboolean
usher_session_sign_in_finish (UsherSession  *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
usher_session_change_password_async (UsherSession        *self,
                                     const char          *login,
                                     const char          *old_password,
                                     const char          *new_password,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data)
{
  called (self, "change-password %s %s %s", login != NULL ? login : "-", old_password,
          new_password);
  answer (self, callback, user_data);
}

gboolean
usher_session_change_password_finish (UsherSession  *self,
                                      GAsyncResult  *result,
                                      GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
usher_session_sign_out (UsherSession *self)
{
  called (self, "sign-out");
}

void
usher_session_sign_out_everywhere (UsherSession *self)
{
  called (self, "sign-out-everywhere");
}

void
usher_session_keep_signed_in (UsherSession *self)
{
  called (self, "keep-signed-in");
}

void
usher_session_forget (UsherSession *self)
{
  called (self, "forget");
}

/* Half of it at once, and nothing more until fake_session_end_export(). */
void
usher_session_export_async (UsherSession         *self,
                            const char           *folder,
                            const char           *settings,
                            GCancellable         *cancellable,
                            UsherSessionProgress  progress,
                            gpointer              progress_data,
                            GAsyncReadyCallback   callback,
                            gpointer              user_data)
{
  called (self, "export %s %s", folder,
          strstr (settings, "canned-replies") != NULL ? "with" : "without");
  self->export = g_task_new (self, cancellable, callback, user_data);
  progress (0.5, progress_data);
}

char *
usher_session_export_finish (UsherSession  *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
fake_session_end_export (UsherSession *self,
                         const char   *text,
                         const char   *problem)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->export);

  if (problem != NULL)
    g_task_return_new_error (task, USHER_SESSION_ERROR, USHER_SESSION_ERROR_FAILED, "%s", problem);
  else
    g_task_return_pointer (task, g_strdup (text), g_free);
}

guint
usher_session_get_n_unsent (UsherSession *self)
{
  return self->n_unsent;
}

void
fake_session_set_account (UsherSession *self,
                          gboolean      keeps_sign_in,
                          gint64        connected_since_us,
                          guint         n_unsent)
{
  self->keeps_sign_in = keeps_sign_in;
  self->connected_since_us = connected_since_us;
  self->n_unsent = n_unsent;
  g_object_notify (G_OBJECT (self), "keeps-sign-in");
  g_object_notify (G_OBJECT (self), "connected-since-us");
}

static guint64
id_of (UsherConversation *conversation)
{
  return conversation == NULL ? 0 : usher_conversation_get_conv (conversation);
}

void
usher_session_accept (UsherSession      *self,
                      UsherConversation *conversation)
{
  called (self, "accept %" G_GUINT64_FORMAT, id_of (conversation));
  usher_conversation_set_state (conversation, USHER_STATE_ACTIVE);
  usher_conversation_set_is_mine (conversation, TRUE);
  usher_conversation_set_offer_deadline_us (conversation, 0);
  usher_conversation_list_add (self->lists[1], conversation);
  g_object_notify (G_OBJECT (self), "load");
}

void
usher_session_pass (UsherSession      *self,
                    UsherConversation *conversation,
                    const char        *reason)
{
  called (self, "pass %" G_GUINT64_FORMAT " %s", id_of (conversation), reason);
  usher_conversation_list_remove (self->lists[0], conversation);
}

void
usher_session_claim (UsherSession      *self,
                     UsherConversation *conversation)
{
  called (self, "claim %" G_GUINT64_FORMAT, id_of (conversation));
  usher_conversation_set_state (conversation, USHER_STATE_ACTIVE);
  usher_conversation_set_is_mine (conversation, TRUE);
  usher_conversation_list_add (self->lists[1], conversation);
}

void
usher_session_transfer (UsherSession      *self,
                        UsherConversation *conversation,
                        guint64            to_agent,
                        const char        *to_queue,
                        const char        *note)
{
  called (self, "transfer %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %s %s", id_of (conversation),
          to_agent, to_queue == NULL ? "-" : to_queue, note == NULL ? "-" : note);
}

/* --- Handing over: a stage that a test sets, and items it moves ------------------------------------------------ */

void
fake_session_set_handover_stage (UsherSession       *self,
                                 UsherHandoverStage  stage)
{
  self->handover_stage = stage;
  g_object_notify (G_OBJECT (self), "handover-stage");
}

void
usher_session_prepare_handover (UsherSession *self)
{
  called (self, "prepare-handover");
  if (self->handover_stage != USHER_HANDOVER_NONE)
    return;
  g_list_store_remove_all (self->handover);
  for (guint i = 0; i < usher_conversation_list_get_n_items (self->lists[1]); i++) {
    g_autoptr (UsherConversation) conversation =
      g_list_model_get_item (G_LIST_MODEL (self->lists[1]), i);
    g_autoptr (UsherHandoverItem) item = usher_handover_item_new (conversation);
    g_autofree char *brief =
      g_strdup_printf ("Asks: %s\nPromised: ", usher_conversation_get_last_text (conversation));

    usher_handover_item_set_brief (item, brief);
    g_list_store_append (self->handover, item);
  }
  fake_session_set_handover_stage (self, USHER_HANDOVER_PREPARING);
}

void
usher_session_leave_handover (UsherSession *self)
{
  called (self, "leave-handover");
  if (self->handover_stage == USHER_HANDOVER_PREPARING)
    fake_session_set_handover_stage (self, USHER_HANDOVER_NONE);
}

void
usher_session_start_handover (UsherSession *self)
{
  called (self, "start-handover");
  fake_session_set_handover_stage (self, USHER_HANDOVER_UNDER_WAY);
}

void
usher_session_end_handover (UsherSession *self)
{
  called (self, "end-handover");
  fake_session_set_handover_stage (self, USHER_HANDOVER_NONE);
}

void
usher_session_close_conversation (UsherSession      *self,
                                  UsherConversation *conversation)
{
  called (self, "close %" G_GUINT64_FORMAT, id_of (conversation));
  usher_conversation_set_state (conversation, USHER_STATE_WRAPUP);
}

void
usher_session_wrap_up (UsherSession      *self,
                       UsherConversation *conversation,
                       const char        *code,
                       const char        *result,
                       const char        *summary,
                       gboolean           skip_rating)
{
  called (self, "wrap-up %" G_GUINT64_FORMAT " %s %s “%s” %d", id_of (conversation), code, result,
          summary, skip_rating);
  usher_conversation_set_state (conversation, USHER_STATE_CLOSED);
  usher_conversation_set_is_mine (conversation, FALSE);
  usher_conversation_list_add (fake_session_get_list (self, "closed"), conversation);
}

void
usher_session_reopen (UsherSession      *self,
                      UsherConversation *conversation)
{
  called (self, "reopen %" G_GUINT64_FORMAT, id_of (conversation));
}

static void
add_own (UsherSession      *self,
         UsherConversation *conversation,
         UsherMessageKind   kind,
         const char        *text)
{
  g_autoptr (UsherMessage) message = usher_message_new (id_of (conversation), 0, kind, text);

  usher_message_set_cid (message, self->next_cid++);
  usher_message_set_role (message, USHER_ROLE_AGENT);
  usher_message_set_sender (message, self->agent);
  usher_message_set_is_own (message, TRUE);
  usher_message_set_ts_us (message, g_get_real_time ());
  usher_message_set_delivery (message, kind == USHER_MESSAGE_TEXT && self->undo_send_s > 0
                                         ? USHER_DELIVERY_HELD
                                         : USHER_DELIVERY_QUEUED);
  usher_message_list_insert (usher_conversation_get_messages (conversation), message);
  /* What is sent was the draft, as far as a session knows. */
  usher_session_set_draft (self, conversation, NULL, kind == USHER_MESSAGE_NOTE);
}

void
usher_session_send_text (UsherSession      *self,
                         UsherConversation *conversation,
                         const char        *text)
{
  called (self, "send-text %" G_GUINT64_FORMAT " %s", id_of (conversation), text);
  add_own (self, conversation, USHER_MESSAGE_TEXT, text);
}

void
usher_session_send_note (UsherSession      *self,
                         UsherConversation *conversation,
                         const char        *text)
{
  called (self, "send-note %" G_GUINT64_FORMAT " %s", id_of (conversation), text);
  add_own (self, conversation, USHER_MESSAGE_NOTE, text);
}

void
usher_session_send_file (UsherSession      *self,
                         UsherConversation *conversation,
                         GBytes            *bytes,
                         const char        *mime,
                         const char        *name,
                         guint              width,
                         guint              height)
{
  if (width > 0)
    called (self, "send-image %" G_GUINT64_FORMAT " %s %ux%u", id_of (conversation), mime, width,
            height);
  else
    called (self, "send-file %" G_GUINT64_FORMAT " %s %s %" G_GSIZE_FORMAT, id_of (conversation),
            mime, name, g_bytes_get_size (bytes));
}

void
usher_session_retry (UsherSession *self,
                     UsherMessage *message)
{
  called (self, "retry %" G_GUINT64_FORMAT, usher_message_get_cid (message));
}

void
usher_session_discard (UsherSession *self,
                       UsherMessage *message)
{
  called (self, "discard %" G_GUINT64_FORMAT, usher_message_get_cid (message));
}

char *
usher_session_take_back (UsherSession *self,
                         UsherMessage *message)
{
  g_autofree char *text = NULL;

  if (usher_message_get_delivery (message) != USHER_DELIVERY_HELD &&
      (usher_message_get_delivery (message) != USHER_DELIVERY_FAILED ||
       usher_message_get_kind (message) != USHER_MESSAGE_TEXT))
    return NULL;
  text = g_strdup (usher_message_get_text (message));
  called (self, "take-back %" G_GUINT64_FORMAT, usher_message_get_cid (message));
  usher_message_list_remove (usher_conversation_get_messages (
                               usher_session_find (self, usher_message_get_conv (message))),
                             message);
  return g_steal_pointer (&text);
}

gboolean
usher_session_may_change (UsherSession *self,
                          UsherMessage *message)
{
  return usher_message_get_is_own (message) && !usher_message_get_is_recalled (message) &&
         usher_message_get_seq (message) != 0 &&
         g_get_real_time () - usher_message_get_ts_us (message) < (gint64) 120 * G_USEC_PER_SEC;
}

void
usher_session_edit (UsherSession *self,
                    UsherMessage *message,
                    const char   *text)
{
  called (self, "edit %" G_GUINT64_FORMAT " %s", usher_message_get_seq (message), text);
  usher_message_set_is_edited (message, TRUE);
  usher_message_set_text (message, text);
}

void
usher_session_recall (UsherSession *self,
                      UsherMessage *message)
{
  called (self, "recall %" G_GUINT64_FORMAT, usher_message_get_seq (message));
  usher_message_set_is_recalled (message, TRUE);
}

UsherMessage *
usher_session_find_last_own (UsherSession      *self,
                             UsherConversation *conversation)
{
  UsherMessageList *list = usher_conversation_get_messages (conversation);

  for (guint i = usher_message_list_get_n_items (list); i > 0; i--) {
    UsherMessage *message = usher_message_list_peek (list, i - 1);

    if (usher_message_get_is_own (message) &&
        usher_message_get_kind (message) == USHER_MESSAGE_TEXT &&
        !usher_message_get_is_recalled (message))
      return g_object_ref (message);
  }
  return NULL;
}

void
usher_session_set_typing (UsherSession      *self,
                          UsherConversation *conversation,
                          gboolean           is_typing)
{
  called (self, "typing %" G_GUINT64_FORMAT " %d", id_of (conversation), is_typing);
}

void
usher_session_show (UsherSession      *self,
                    UsherConversation *conversation,
                    gboolean           is_attended)
{
  called (self, "show %" G_GUINT64_FORMAT " %d", id_of (conversation), is_attended);
}

void
usher_session_hide (UsherSession      *self,
                    UsherConversation *conversation)
{
  called (self, "hide %" G_GUINT64_FORMAT, id_of (conversation));
}

/* Fifty older lines, as the store would bring them: in one page, a moment later. */
static gboolean
older_cb (gpointer user_data)
{
  UsherMessageList *list = user_data;
  guint64 first = usher_message_list_get_first_seq (list);
  g_autoptr (GPtrArray) page = g_ptr_array_new_with_free_func (g_object_unref);
  UsherMessage *top = usher_message_list_find (list, first);

  for (guint64 seq = first > 50 ? first - 50 : 1; seq < first; seq++) {
    g_autofree char *text = g_strdup_printf ("older line %" G_GUINT64_FORMAT, seq);
    UsherMessage *message =
      usher_message_new (usher_message_list_get_conv (list), seq, USHER_MESSAGE_TEXT, text);

    usher_message_set_ts_us (message, usher_message_get_ts_us (top) -
                                        (gint64) (first - seq) * G_USEC_PER_SEC);
    g_ptr_array_add (page, message);
  }
  usher_message_list_insert_page (list, (UsherMessage *const *) page->pdata, page->len,
                                  USHER_LIST_OLDER);
  usher_message_list_set_has_older (list, usher_message_list_get_first_seq (list) > 1);
  return G_SOURCE_REMOVE;
}

void
usher_session_load_older (UsherSession      *self,
                          UsherConversation *conversation)
{
  called (self, "load-older %" G_GUINT64_FORMAT, id_of (conversation));
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, older_cb,
                   g_object_ref (usher_conversation_get_messages (conversation)), g_object_unref);
}

void
usher_session_unfold (UsherSession      *self,
                      UsherConversation *conversation)
{
  called (self, "unfold %" G_GUINT64_FORMAT, id_of (conversation));
}

void
usher_session_load_newer (UsherSession      *self,
                          UsherConversation *conversation)
{
  called (self, "load-newer %" G_GUINT64_FORMAT, id_of (conversation));
}

void
usher_session_load_newest (UsherSession      *self,
                           UsherConversation *conversation)
{
  called (self, "load-newest %" G_GUINT64_FORMAT, id_of (conversation));
}

static char *
draft_key (UsherConversation *conversation,
           gboolean           is_note)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT "%s", id_of (conversation), is_note ? "n" : "");
}

void
usher_session_set_draft (UsherSession      *self,
                         UsherConversation *conversation,
                         const char        *text,
                         gboolean           is_note)
{
  char *key = draft_key (conversation, is_note);
  const char *reply;

  if (text == NULL || *text == '\0')
    g_hash_table_remove (self->drafts, key);
  else
    g_hash_table_insert (self->drafts, g_strdup (key), g_strdup (text));
  g_free (key);
  reply = usher_session_get_draft (self, conversation, FALSE);
  usher_conversation_set_draft (conversation,
                                reply != NULL ? reply
                                              : usher_session_get_draft (self, conversation, TRUE));
}

const char *
usher_session_get_draft (UsherSession      *self,
                         UsherConversation *conversation,
                         gboolean           is_note)
{
  g_autofree char *key = draft_key (conversation, is_note);

  return g_hash_table_lookup (self->drafts, key);
}

UsherConversation *
usher_session_find (UsherSession *self,
                    guint64       conv)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->lists); i++) {
    UsherConversation *found = usher_conversation_list_find (self->lists[i], conv);

    if (found != NULL)
      return found;
  }
  return NULL;
}

UsherContact *
usher_session_get_contact (UsherSession      *self,
                           UsherConversation *conversation)
{
  UsherContact *contact = g_hash_table_lookup (self->contacts, conversation);

  if (contact == NULL) {
    contact = usher_contact_new (usher_conversation_get_visitor (conversation));
    usher_contact_set_name (contact, usher_conversation_get_name (conversation));
    g_hash_table_insert (self->contacts, g_object_ref (conversation), contact);
  }
  return contact;
}

void
usher_session_load_image_async (UsherSession        *self,
                                UsherMessage        *message,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GError) error = NULL;
  char *data;
  gsize n_bytes;

  called (self, "load-image");
  if (usher_message_get_path (message) != NULL &&
      g_file_get_contents (usher_message_get_path (message), &data, &n_bytes, &error))
    g_task_return_pointer (task, g_bytes_new_take (data, n_bytes), (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_new_error (task, USHER_SESSION_ERROR, USHER_SESSION_ERROR_FAILED,
                             "no such picture");
}

GBytes *
usher_session_load_image_finish (UsherSession  *self,
                                 GAsyncResult  *result,
                                 GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

const UsherDisposition *
usher_session_get_dispositions (UsherSession      *self,
                                UsherConversation *conversation,
                                guint             *ret_n)
{
  static const UsherDisposition dispositions[] = { { "order", "Order" },
                                                   { "delivery", "Delivery" },
                                                   { "refund", "Refund" },
                                                   { "other", "Other" } };

  *ret_n = G_N_ELEMENTS (dispositions);
  return dispositions;
}

GArray *
usher_session_dup_dispositions (UsherSession *self)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (UsherDisposition));
  guint n;
  const UsherDisposition *dispositions = usher_session_get_dispositions (self, NULL, &n);

  g_array_append_vals (all, dispositions, n);
  return all;
}

/* --- Suggested replies --------------------------------------------------------------------------------------------------- */

static GListStore *
suggestions_of (UsherSession      *self,
                UsherConversation *conversation)
{
  GListStore *store = g_hash_table_lookup (self->suggestions, conversation);

  if (store != NULL)
    return store;
  store = g_list_store_new (USHER_TYPE_SUGGESTION);
  g_hash_table_insert (self->suggestions, conversation, store);
  return store;
}

void
fake_session_suggest (UsherSession      *self,
                      UsherConversation *conversation,
                      const char        *text,
                      const char        *source)
{
  g_autoptr (UsherSuggestion) suggestion = usher_suggestion_new (text);

  usher_suggestion_set_text (suggestion, text);
  usher_suggestion_set_source (suggestion, source);
  usher_suggestion_set_percent (suggestion, 87);
  g_list_store_append (suggestions_of (self, conversation), suggestion);
}

GListModel *
usher_session_get_suggestions (UsherSession      *self,
                               UsherConversation *conversation)
{
  return G_LIST_MODEL (suggestions_of (self, conversation));
}

void
usher_session_take_suggestion (UsherSession      *self,
                               UsherConversation *conversation,
                               UsherSuggestion   *suggestion)
{
  called (self, "take-suggestion %" G_GUINT64_FORMAT " %s",
          usher_conversation_get_conv (conversation), usher_suggestion_get_id (suggestion));
  g_list_store_remove_all (suggestions_of (self, conversation));
}

void
usher_session_dismiss_suggestions (UsherSession      *self,
                                   UsherConversation *conversation)
{
  called (self, "dismiss-suggestions %" G_GUINT64_FORMAT,
          usher_conversation_get_conv (conversation));
  g_list_store_remove_all (suggestions_of (self, conversation));
}

/* --- What is done with a conversation ----------------------------------------------------------------------------------- */

void
usher_session_join (UsherSession      *self,
                    UsherConversation *conversation)
{
  called (self, "join %" G_GUINT64_FORMAT, id_of (conversation));
  usher_conversation_set_is_joined (conversation, TRUE);
}

void
usher_session_take_over (UsherSession      *self,
                         UsherConversation *conversation)
{
  called (self, "take-over %" G_GUINT64_FORMAT, id_of (conversation));
  usher_conversation_set_is_mine (conversation, TRUE);
  usher_conversation_list_add (fake_session_get_list (self, "mine"), conversation);
}

void
usher_session_set_hold (UsherSession      *self,
                        UsherConversation *conversation,
                        gboolean           is_held)
{
  called (self, "hold %" G_GUINT64_FORMAT " %d", id_of (conversation), is_held);
  usher_conversation_set_state (conversation, is_held ? USHER_STATE_HELD : USHER_STATE_ACTIVE);
}

void
usher_session_snooze (UsherSession      *self,
                      UsherConversation *conversation,
                      gint64             until_us)
{
  called (self, "snooze %" G_GUINT64_FORMAT "%s", id_of (conversation),
          until_us == 0 ? "" : " until a time");
  usher_conversation_set_until_us (conversation, until_us);
  usher_conversation_set_state (conversation, USHER_STATE_SNOOZED);
  usher_conversation_list_add (fake_session_get_list (self, "snoozed"), conversation);
}

void
usher_session_wake (UsherSession      *self,
                    UsherConversation *conversation)
{
  called (self, "wake %" G_GUINT64_FORMAT, id_of (conversation));
  usher_conversation_set_state (conversation, USHER_STATE_ACTIVE);
  usher_conversation_list_add (fake_session_get_list (self, "mine"), conversation);
}

void
usher_session_set_watching (UsherSession      *self,
                            UsherConversation *conversation,
                            gboolean           is_watching)
{
  called (self, "watch %" G_GUINT64_FORMAT " %d", id_of (conversation), is_watching);
  usher_conversation_set_is_watched (conversation, is_watching);
}

static gboolean
is_among (const char *const *words,
          const char        *word)
{
  return words != NULL && g_strv_contains (words, word);
}

void
usher_session_change_tags (UsherSession      *self,
                           UsherConversation *conversation,
                           const char *const *add,
                           const char *const *remove)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const char *const *tags = usher_conversation_get_tags (conversation);
  g_auto (GStrv) all = NULL;

  called (self, "tags %" G_GUINT64_FORMAT " +%s -%s", id_of (conversation),
          add != NULL ? add[0] : "", remove != NULL ? remove[0] : "");
  for (guint i = 0; tags != NULL && tags[i] != NULL; i++)
    if (!is_among (remove, tags[i]))
      g_strv_builder_add (builder, tags[i]);
  if (add != NULL)
    g_strv_builder_addv (builder, (const char **) add);
  all = g_strv_builder_end (builder);
  usher_conversation_set_tags (conversation, (const char *const *) all);
}

char **
usher_session_dup_known_tags (UsherSession *self)
{
  static const char *const known[] = { "refund", "vip", "delivery", NULL };

  return g_strdupv ((char **) known);
}

gboolean
usher_session_has_right (UsherSession *self,
                         const char   *right)
{
  return is_among (self->rights, right);
}

/* --- Notifications: none in these tests ----------------------------------------------------------------------------------- */

struct _UsherNotifier {
  GObject parent_instance;

  UsherConversation *late;
  guint n_waiting;
};

enum {
  PROP_LATE = 1,
  PROP_N_WAITING,
};

G_DEFINE_FINAL_TYPE (UsherNotifier, usher_notifier, G_TYPE_OBJECT)

static void
notifier_get_property (GObject    *object,
                       guint       prop,
                       GValue     *value,
                       GParamSpec *pspec)
{
  UsherNotifier *self = USHER_NOTIFIER (object);

  if (prop == PROP_LATE)
    g_value_set_object (value, self->late);
  else
    g_value_set_uint (value, self->n_waiting);
}

static void
notifier_set_property (GObject      *object,
                       guint         prop,
                       const GValue *value,
                       GParamSpec   *pspec)
{
  UsherNotifier *self = USHER_NOTIFIER (object);

  if (prop == PROP_LATE)
    g_set_object (&self->late, g_value_get_object (value));
  else
    self->n_waiting = g_value_get_uint (value);
}

static void
notifier_finalize (GObject *object)
{
  g_clear_object (&USHER_NOTIFIER (object)->late);
  G_OBJECT_CLASS (usher_notifier_parent_class)->finalize (object);
}

static void
usher_notifier_class_init (UsherNotifierClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = notifier_get_property;
  object_class->set_property = notifier_set_property;
  object_class->finalize = notifier_finalize;
  g_object_class_install_property (object_class, PROP_LATE,
                                   g_param_spec_object ("late", NULL, NULL, USHER_TYPE_CONVERSATION,
                                                        G_PARAM_READWRITE));
  g_object_class_install_property (object_class, PROP_N_WAITING,
                                   g_param_spec_uint ("n-waiting", NULL, NULL, 0, G_MAXUINT, 0,
                                                      G_PARAM_READWRITE));
  g_signal_new ("seen", USHER_TYPE_NOTIFIER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                0);
}

static void
usher_notifier_init (UsherNotifier *self)
{
}

UsherNotifier *
usher_notifier_new (UsherSession *session,
                    GSettings    *settings)
{
  return g_object_new (USHER_TYPE_NOTIFIER, NULL);
}

void
usher_notifier_hush (UsherNotifier *self)
{
  g_object_set (self, "late", NULL, NULL);
}

/* The desktop answers at once; without anybody who waits there is no desktop. */
void
usher_notifier_test_async (UsherNotifier       *self,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  if (self->n_waiting > 0)
    g_task_return_pointer (task, g_strdup ("fake-shell 1"), g_free);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "Nobody answers.");
}

char *
usher_notifier_test_finish (UsherNotifier  *self,
                            GAsyncResult   *result,
                            GError        **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
usher_notifier_seen (UsherNotifier     *self,
                     UsherConversation *conversation)
{
}

/* --- Demo --------------------------------------------------------------------------------------------------------------- */

static void
add_colleague (UsherSession     *self,
               guint64           agent,
               const char       *name,
               UsherAgentStatus  status,
               guint             load)
{
  g_autoptr (UsherColleague) colleague = usher_colleague_new (agent);

  usher_colleague_set_name (colleague, name);
  usher_colleague_set_status (colleague, status);
  usher_colleague_set_load (colleague, load);
  usher_colleague_set_capacity (colleague, 5);
  g_list_store_append (self->colleagues, colleague);
}

static void
add_queue (UsherSession *self,
           const char   *name,
           const char   *title,
           guint         waiting,
           guint         agents_free)
{
  g_autoptr (UsherQueue) queue = usher_queue_new (name);

  usher_queue_set_title (queue, title);
  usher_queue_set_waiting (queue, waiting);
  usher_queue_set_agents_free (queue, agents_free);
  g_list_store_append (self->queues, queue);
}

static void
fill_contact (UsherSession      *self,
              UsherConversation *conversation)
{
  UsherContact *contact = usher_session_get_contact (self, conversation);
  gint64 now_us = g_get_real_time ();

  usher_contact_set_contact (contact, usher_contact_get_visitor (contact));
  usher_contact_set_email (contact, "anna.larsson@example.com");
  usher_contact_set_locale (contact, "sv-SE");
  usher_contact_set_place (contact, "Malmö, Sweden");
  usher_contact_set_user_agent (contact, "Firefox 115 on Linux");
  usher_contact_set_visits (contact, 4);
  usher_contact_set_first_seen_us (contact, now_us - 40 * (gint64) 86400 * G_USEC_PER_SEC);
  usher_contact_set_is_verified (contact, TRUE);
  usher_contact_set_page_title (contact, "Teapot “Kyoto”, 0.8 l");
  usher_contact_set_page_url (contact, "https://shop.example.com/teapots/kyoto");
  usher_contact_set_phone (contact, "+46 40 123 456");
  usher_contact_set_came_from (contact, "https://search.example/?q=teapot");
  for (guint i = 0; i < 3; i++) {
    static const char *const titles[] = { "Tea and teapots", "Teapots from Japan",
                                          "Teapot “Kyoto”, 0.8 l" };
    g_autoptr (UsherPageView) page = usher_page_view_new ("https://shop.example.com/teapots");

    usher_page_view_set_title (page, titles[i]);
    usher_page_view_set_ts_us (page, now_us - (gint64) (900 - i * 300) * G_USEC_PER_SEC);
    g_list_store_append (usher_contact_get_trail (contact), page);
  }
  usher_contact_set_attrs (contact,
                           "{\"order\":\"A-20418\",\"customer since\":2021,\"plan\":\"Tea club\"}");
  for (guint i = 1; i < 3; i++) {
    g_autoptr (UsherConversation) earlier = usher_conversation_new (900 + i);

    usher_conversation_set_last_text (earlier,
                                      i == 1 ? "Thank you, that works!" : "Do you ship to Norway?");
    usher_conversation_set_opened_at_us (earlier,
                                         now_us - (gint64) i * 11 * 86400 * G_USEC_PER_SEC);
    g_list_store_append (usher_contact_get_earlier (contact), earlier);
  }
}

static void
fill_lines (UsherConversation *anna)
{
  UsherMessageList *messages = usher_conversation_get_messages (anna);
  g_autoptr (UsherMessage) note = usher_message_new (
    1, 1, USHER_MESSAGE_NOTE,
    "Second complaint about the same parcel. Warehouse says it left on Friday; tracking is wrong.");
  g_autoptr (UsherMessage) event =
    usher_message_new (1, 3, USHER_MESSAGE_EVENT, "Wang Fang joined the chat");
  g_autoptr (UsherMessage) failed = NULL;

  fake_session_line (anna, USHER_ROLE_VISITOR, "Hello! My teapot was supposed to come yesterday.",
                     86400 + 700);
  fake_session_line (
    anna, USHER_ROLE_BOT,
    "I have looked it up: the parcel is with the carrier. Shall I ask a colleague?", 86400 + 690);
  usher_message_set_role (event, USHER_ROLE_SYSTEM);
  usher_message_set_ts_us (event, g_get_real_time () - (gint64) 600 * G_USEC_PER_SEC);
  usher_message_list_insert (messages, event);
  usher_conversation_set_last_seq (anna, 3);
  fake_session_line (anna, USHER_ROLE_AGENT,
                     "Good morning Anna, I am Wang Fang. Let me see what happened to it.", 560);
  fake_session_line (
    anna, USHER_ROLE_VISITOR,
    "Thanks 🙏 The tracking page only says “in transit”: https://track.example.com/p/81723", 420);
  usher_message_set_role (note, USHER_ROLE_AGENT);
  usher_message_set_sender_name (note, "Wang Fang");
  usher_message_set_sender (note, 7);
  usher_message_set_ts_us (note, g_get_real_time () - (gint64) 300 * G_USEC_PER_SEC);
  usher_message_list_insert (messages, note);
  fake_session_line (
    anna, USHER_ROLE_AGENT,
    "It left our warehouse on Friday. The carrier has it in Malmö and delivers tomorrow before noon.",
    200);
  fake_session_line (anna, USHER_ROLE_VISITOR, "您好,可以改成晚上送吗?白天家里没有人。", 130);
  fake_session_line (
    anna, USHER_ROLE_VISITOR,
    "Sorry, wrong window 😅 – can it come in the evening? Nobody is at home during the day.", 110);
  failed = usher_message_new (1, 0, USHER_MESSAGE_TEXT,
                              "Of course. I have asked them for a time between 18 and 20 h.");
  usher_message_set_cid (failed, 99);
  usher_message_set_role (failed, USHER_ROLE_AGENT);
  usher_message_set_sender (failed, 7);
  usher_message_set_is_own (failed, TRUE);
  usher_message_set_ts_us (failed, g_get_real_time () - 20 * G_USEC_PER_SEC);
  usher_message_set_delivery (failed, USHER_DELIVERY_ON_WIRE);
  usher_message_list_insert (messages, failed);
}

/* Labels, colleagues inside, and the sections beyond Mine and Queue. */
static void
fill_canned (UsherSession *self)
{
  UsherCanned *late = fake_session_add_canned (self, "late", "Parcel is late",
                                               "I am sorry that parcel {{number}} is late.", NULL);

  usher_canned_set_folder (late, "Delivery");
  fake_session_add_canned (self, "退换", "退换货说明", "您好,请提供订单号 {{order number}}。",
                           NULL);
}

static void
fill_sections (UsherSession *self)
{
  static const char *const labels[] = { "delivery", "vip", NULL };
  static const char *const refund[] = { "refund", NULL };
  static const char *const li_wei[] = { "Li Wei", NULL };
  UsherConversation *c;

  usher_conversation_set_tags (usher_session_find (self, 1), labels);
  usher_conversation_set_viewers (usher_session_find (self, 1), li_wei);
  usher_conversation_set_tags (usher_session_find (self, 2), refund);
  c = fake_session_add (self, "bot", 30, "Ines", 0);
  fake_session_line (c, USHER_ROLE_BOT, "Our opening hours are 9 to 18 h.", 30);
  c = fake_session_add (self, "snoozed", 31, "Oskar", 0);
  fake_session_line (c, USHER_ROLE_VISITOR, "I will look for the receipt and write again.", 3000);
  usher_conversation_set_until_us (c, g_get_real_time () + 3600 * (gint64) G_USEC_PER_SEC);
  c = fake_session_add (self, "watching", 32, "Nadia", 0);
  fake_session_line (c, USHER_ROLE_VISITOR, "And the second parcel?", 60);
  usher_conversation_set_agent_name (c, "Li Wei");
  usher_conversation_set_writers (c, li_wei);
}

void
fake_session_fill_demo (UsherSession *self)
{
  UsherConversation *anna, *c;

  add_colleague (self, 7, "Wang Fang", USHER_AGENT_ONLINE, 3);
  add_colleague (self, 8, "Li Wei", USHER_AGENT_ONLINE, 2);
  add_colleague (self, 9, "Marta Nowak", USHER_AGENT_BUSY, 5);
  add_colleague (self, 10, "Tom Baker", USHER_AGENT_OFFLINE, 0);
  add_queue (self, "shop", "Shop", 3, 1);
  add_queue (self, "returns", "Returns", 0, 2);
  anna = fake_session_add (self, "mine", 1, "Anna Larsson", 110);
  fill_lines (anna);
  fake_session_add_contact (self, 71, "Anna at work", "anna.larsson@example.com");
  fake_session_add_contact (self, 72, "Anders Berg", NULL);
  fill_contact (self, anna);
  usher_conversation_set_unread (anna, 2);
  usher_conversation_set_is_visitor_online (anna, TRUE);
  usher_conversation_set_typing_text (anna, "between six and eight would be");
  c = fake_session_add (self, "mine", 2, "陈晓明", 45);
  fake_session_line (c, USHER_ROLE_VISITOR, "请问这款茶壶可以退货吗?", 45);
  usher_conversation_set_channel (c, 3);
  usher_conversation_set_unread (c, 1);
  usher_conversation_set_is_visitor_online (c, TRUE);
  c = fake_session_add (self, "mine", 3, "Jonas", 0);
  fake_session_line (c, USHER_ROLE_AGENT, "You are welcome, have a good day!", 300);
  usher_session_set_draft (self, c, "One more thing: the voucher", FALSE);
  c = fake_session_add (self, "offered", 4, "Mireille Dubois", 12);
  fake_session_line (c, USHER_ROLE_VISITOR, "Bonjour, is the Kyoto teapot dishwasher safe?", 12);
  usher_conversation_set_offer_reason (c, "You have a free slot and have waited longest");
  for (guint i = 0; i < 3; i++) {
    static const char *const names[] = { "Visitor 88120", "Petra", "O. Sullivan" };
    static const char *const lines[] = { "hello?", "Wo ist meine Bestellung?",
                                         "Can I pay by invoice?" };

    c = fake_session_add (self, "queue", 10 + i, names[i], 200 - 70 * (int) i);
    fake_session_line (c, USHER_ROLE_VISITOR, lines[i], 200 - 70 * (int) i);
  }
  for (guint i = 0; i < 4; i++) {
    c = fake_session_add (self, "closed", 20 + i, i % 2 == 0 ? "Sven" : "Lucía", 0);
    fake_session_line (c, USHER_ROLE_VISITOR, "Thank you!", 4000 + (int) i * 900);
  }
  fill_canned (self);
  fill_sections (self);
  self->is_accepting = TRUE;
  fake_session_set_link (self, USHER_LINK_IN_STEP);
}
