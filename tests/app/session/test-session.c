/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>

#include "fake-gate.h"
#include "usher-search.h"
#include "usher-session-private.h"

/* The whole engine room against a small gateway in the same loop, over real sockets and a real cache. */

typedef struct {
  FakeGate *gate;
  char *dir;
  UsherSession *session;
  guint n_offered;
  guint n_lines;
  guint n_notices;
  char *last_slug;
  char *signed_out;
} Fixture;

static const UsherConnectionTimes fast = {
  .ping_ms = 200,
  .pong_ms = 500,
  .open_ms = 2000,
  .first_retry_ms = 20,
  .retry_ms = 20,
  .longest_ms = 50,
  .patience_ms = 50,
};

static void
offered_cb (UsherSession      *session,
            UsherConversation *conversation,
            Fixture           *f)
{
  f->n_offered++;
}

static void
line_cb (UsherSession      *session,
         UsherConversation *conversation,
         UsherMessage      *message,
         Fixture           *f)
{
  f->n_lines++;
}

static void
notice_cb (UsherSession *session,
           guint         level,
           const char   *text,
           const char   *slug,
           Fixture      *f)
{
  f->n_notices++;
  g_free (f->last_slug);
  f->last_slug = g_strdup (slug);
}

static void
signed_out_cb (UsherSession *session,
               const char   *reason,
               Fixture      *f)
{
  g_free (f->signed_out);
  f->signed_out = g_strdup (reason);
}

static void
open_session (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  f->session = usher_session_new (f->gate->url, f->dir, &error);
  g_assert_no_error (error);
  usher_connection_set_times (f->session->connection, &fast);
  usher_outbox_set_retry_ms (f->session->outbox, 20, 50);
  g_signal_connect (f->session, "offered", G_CALLBACK (offered_cb), f);
  g_signal_connect (f->session, "line", G_CALLBACK (line_cb), f);
  g_signal_connect (f->session, "notice", G_CALLBACK (notice_cb), f);
  g_signal_connect (f->session, "signed-out", G_CALLBACK (signed_out_cb), f);
}

static void
finalized (gpointer is_finalized)
{
  *(gboolean *) is_finalized = TRUE;
}

/* Nothing may keep a session that its owner has let go of: whatever runs is cancelled and ends. A weak pointer would not do: it is
 * cleared by the first dispose. */
static void
close_session (Fixture *f)
{
  gboolean is_finalized = FALSE;

  g_object_set_data_full (G_OBJECT (f->session), "finalized", &is_finalized, finalized);
  g_signal_handlers_disconnect_by_data (f->session, f);
  g_object_run_dispose (G_OBJECT (f->session));
  g_clear_object (&f->session);
  WAIT_UNTIL (is_finalized);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    remove_tree (child);
  }
  g_remove (path);
}

static void
setup (Fixture       *f,
       gconstpointer  data)
{
  f->gate = fake_gate_new ();
  f->dir = g_dir_make_tmp ("usher-session-XXXXXX", NULL);
  open_session (f);
}

static void
teardown (Fixture       *f,
          gconstpointer  data)
{
  close_session (f);
  fake_gate_free (f->gate);
  remove_tree (f->dir);
  g_free (f->dir);
  g_free (f->last_slug);
  g_free (f->signed_out);
}

static void
result_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
sign_in (Fixture     *f,
         const char  *password,
         GError     **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  usher_session_sign_in_async (f->session, "ada", password, NULL, result_cb, &result);
  WAIT_UNTIL (result != NULL);
  usher_session_sign_in_finish (f->session, result, error);
}

static gboolean
resume (Fixture  *f,
        GError  **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  usher_session_resume_async (f->session, NULL, result_cb, &result);
  WAIT_UNTIL (result != NULL);
  return usher_session_resume_finish (f->session, result, error);
}

static UsherLinkState
link_state (Fixture *f)
{
  UsherLinkState state;

  g_object_get (f->session, "link-state", &state, NULL);
  return state;
}

static void
be_in_step (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  sign_in (f, "right", &error);
  g_assert_no_error (error);
  WAIT_UNTIL (link_state (f) == USHER_LINK_IN_STEP);
}

static UsherConversation *
own (Fixture *f,
     guint64  conv)
{
  fake_gate_own (f->gate, conv);
  WAIT_UNTIL (usher_session_find (f->session, conv) != NULL &&
              usher_conversation_get_is_mine (usher_session_find (f->session, conv)));
  return usher_session_find (f->session, conv);
}

static guint
n_items (Fixture    *f,
         const char *list)
{
  g_autoptr (GListModel) model = NULL;

  g_object_get (f->session, list, &model, NULL);
  return g_list_model_get_n_items (model);
}

static char *
window_text (UsherConversation *conversation)
{
  UsherMessageList *list = usher_conversation_get_messages (conversation);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < usher_message_list_get_n_items (list); i++)
    g_string_append_printf (text, "%s\n",
                            usher_message_get_text (usher_message_list_peek (list, i)));
  return g_string_free (text, FALSE);
}

static gboolean
shows (UsherConversation *conversation,
       const char        *expected)
{
  g_autofree char *text = window_text (conversation);

  return g_str_equal (text, expected);
}

static UsherMessage *
last_line (UsherConversation *conversation)
{
  UsherMessageList *list = usher_conversation_get_messages (conversation);
  guint n = usher_message_list_get_n_items (list);

  return n > 0 ? usher_message_list_peek (list, n - 1) : NULL;
}

/* --- Tests ------------------------------------------------------------------------------------------- */

static void
test_sign_in (Fixture       *f,
              gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;

  g_assert_false (resume (f, &error));
  g_assert_error (error, USHER_SESSION_ERROR, USHER_SESSION_ERROR_SIGN_IN_NEEDED);
  g_clear_error (&error);
  sign_in (f, "wrong", &error);
  g_assert_error (error, USHER_SESSION_ERROR, USHER_SESSION_ERROR_BAD_CREDENTIALS);
  g_clear_error (&error);
  sign_in (f, "once", &error);
  g_assert_error (error, USHER_SESSION_ERROR, USHER_SESSION_ERROR_PASSWORD_CHANGE_REQUIRED);
  g_clear_error (&error);
  f->gate->is_http_down = TRUE;
  sign_in (f, "right", &error);
  g_assert_error (error, USHER_SESSION_ERROR, USHER_SESSION_ERROR_UNREACHABLE);
  f->gate->is_http_down = FALSE;
  be_in_step (f);
  g_object_get (f->session, "agent-name", &name, NULL);
  g_assert_cmpstr (name, ==, "Ada");
  g_assert_true (f->gate->is_present);
  g_assert_false (f->gate->is_accepting);
}

static void
test_offer (Fixture       *f,
            gconstpointer  data)
{
  UsherConversation *conversation;

  be_in_step (f);
  fake_gate_say (f->gate, 300, "is it in stock?", FALSE);
  fake_gate_offer (f->gate, 300, 20);
  WAIT_UNTIL (f->n_offered == 1);
  conversation = usher_session_find (f->session, 300);
  g_assert_cmpuint (n_items (f, "offered"), ==, 1);
  g_assert_cmpint (usher_conversation_get_offer_deadline_us (conversation), >, g_get_real_time ());
  usher_session_accept (f->session, conversation);
  WAIT_UNTIL (n_items (f, "mine") == 1);
  g_assert_cmpuint (n_items (f, "offered"), ==, 0);
  usher_session_show (f->session, conversation, TRUE);
  WAIT_UNTIL (shows (conversation, "is it in stock?\n"));
  usher_session_send_text (f->session, conversation, "yes, three of them");
  g_assert_cmpuint (usher_message_list_get_n_items (usher_conversation_get_messages (conversation)),
                    ==, 2);
  WAIT_UNTIL (usher_message_get_delivery (last_line (conversation)) == USHER_DELIVERY_STORED);
  g_assert_cmpuint (f->gate->last_seen, ==, 1);
}

typedef struct {
  Gate__V1__Offer offer;
  const char *text;
} Reason;

#define OFFER(...)                                                              \
  {                                                                             \
    .base = PROTOBUF_C_MESSAGE_INIT (&gate__v1__offer__descriptor), __VA_ARGS__ \
  }

/* Why it is offered to us, in our own words; the gateway's only where it gives nothing else. */
static void
test_offer_reason (Fixture       *f,
                   gconstpointer  data)
{
  const Gate__V1__Why routed = GATE__V1__WHY__WHY_ROUTED;
  char *old = (char *) "1 of 5 chats, idle 0 s";
  const Reason reasons[] = {
    { OFFER (.why = routed, .reason = old), old },
    { OFFER (.why = routed, .reason = old, .capacity = 5), "You have 0 of 5 chats" },
    { OFFER (.why = routed, .load = 1, .capacity = 5, .idle_s = 40),
      "You have 1 of 5 chats, and no new one for 40 seconds" },
    { OFFER (.why = routed, .load = 0, .capacity = 1, .idle_s = 61),
      "You have 0 of 1 chat, and no new one for 1 minute" },
    { OFFER (.why = GATE__V1__WHY__WHY_OVERFLOW, .load = 2, .capacity = 5, .idle_s = 7300),
      "You have 2 of 5 chats, and no new one for 2 hours" },
    { OFFER (.why = GATE__V1__WHY__WHY_TRANSFERRED, .reason = old), "Handed over by a colleague" },
    { OFFER (.why = GATE__V1__WHY__WHY_STICKY, .capacity = 5),
      "You talked with this visitor before" },
    { OFFER (.why = GATE__V1__WHY__WHY_SNOOZE_OVER, .capacity = 5), "You had snoozed this chat" },
  };
  g_autofree char *from = NULL;
  g_autofree char *own = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (reasons); i++) {
    g_autofree char *text = usher_text_of_offer (&reasons[i].offer, FALSE, NULL);

    g_assert_cmpstr (text, ==, reasons[i].text);
  }
  from = usher_text_of_offer (&reasons[2].offer, FALSE, "Li Wei");
  g_assert_cmpstr (from, ==, "Handed over by Li Wei");
  own = usher_text_of_offer (&reasons[2].offer, TRUE, "Ada");
  g_assert_cmpstr (own, ==, "You had handed it over yourself");
  /* As it comes from the gateway. */
  be_in_step (f);
  fake_gate_offer (f->gate, 300, 20);
  WAIT_UNTIL (f->n_offered == 1);
  g_assert_cmpstr (usher_conversation_get_offer_reason (usher_session_find (f->session, 300)), ==,
                   "You have 1 of 5 chats");
}

static void
test_pass_and_gone (Fixture       *f,
                    gconstpointer  data)
{
  Gate__V1__OfferGone gone = GATE__V1__OFFER_GONE__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (OFFER_GONE, offer_gone, &gone);

  be_in_step (f);
  fake_gate_offer (f->gate, 300, 20);
  WAIT_UNTIL (f->n_offered == 1);
  usher_session_pass (f->session, usher_session_find (f->session, 300), "busy");
  g_assert_cmpuint (n_items (f, "offered"), ==, 0);
  WAIT_UNTIL (fake_gate_conv (f->gate, 300)->state == GATE__V1__STATE__ST_QUEUED);
  fake_gate_offer (f->gate, 301, 20);
  WAIT_UNTIL (f->n_offered == 2);
  gone.conv = 301;
  fake_gate_send (f->gate, &frame);
  WAIT_UNTIL (n_items (f, "offered") == 0);
  /* Taken by somebody else while we answer. */
  fake_gate_offer (f->gate, 302, 20);
  WAIT_UNTIL (f->n_offered == 3);
  fake_gate_conv (f->gate, 302)->epoch++;
  usher_session_accept (f->session, usher_session_find (f->session, 302));
  WAIT_UNTIL (f->n_notices == 1);
  g_assert_cmpstr (f->last_slug, ==, "offer_gone");
  g_assert_cmpuint (n_items (f, "offered"), ==, 0);
}

/* Each line once and in order, whatever the wire does: twice, too early, lost with the connection. */
static void
test_gaps_and_repeats (Fixture       *f,
                       gconstpointer  data)
{
  UsherConversation *conversation;

  be_in_step (f);
  conversation = own (f, 300);
  usher_session_show (f->session, conversation, TRUE);
  fake_gate_say (f->gate, 300, "one", TRUE);
  fake_gate_send_line (f->gate, 300, 1);
  fake_gate_say (f->gate, 300, "two", FALSE);
  fake_gate_say (f->gate, 300, "three", TRUE); /* two is missing */
  WAIT_UNTIL (shows (conversation, "one\ntwo\nthree\n"));
  fake_gate_drop (f->gate);
  fake_gate_say (f->gate, 300, "four", FALSE);
  fake_gate_say (f->gate, 300, "five", FALSE);
  WAIT_UNTIL (f->gate->n_resumes == 1);
  g_assert_cmpuint (f->gate->n_have, ==, 1);
  WAIT_UNTIL (shows (conversation, "one\ntwo\nthree\nfour\nfive\n"));
  WAIT_UNTIL (link_state (f) == USHER_LINK_IN_STEP);
  /* The token is refused: from the beginning, and still nothing twice. */
  f->gate->refuses_resume = TRUE;
  fake_gate_drop (f->gate);
  fake_gate_say (f->gate, 300, "six", FALSE);
  WAIT_UNTIL (f->gate->n_auths == 2);
  WAIT_UNTIL (shows (conversation, "one\ntwo\nthree\nfour\nfive\nsix\n"));
}

static void
test_offline_queue (Fixture       *f,
                    gconstpointer  data)
{
  UsherConversation *conversation;
  g_autofree char *transcript = NULL;

  be_in_step (f);
  conversation = own (f, 300);
  usher_session_show (f->session, conversation, TRUE);
  fake_gate_stop (f->gate);
  WAIT_UNTIL (link_state (f) != USHER_LINK_IN_STEP);
  usher_session_set_draft (f->session, conversation, "a", FALSE);
  usher_session_send_text (f->session, conversation, "a");
  usher_session_send_text (f->session, conversation, "b");
  usher_session_set_draft (f->session, conversation, "half a th", FALSE);
  WAIT_UNTIL (usher_message_get_delivery (last_line (conversation)) == USHER_DELIVERY_QUEUED);
  close_session (f);

  open_session (f);
  conversation = usher_session_find (f->session, 300);
  g_assert_cmpstr (usher_conversation_get_draft (conversation), ==, "half a th");
  usher_session_show (f->session, conversation, TRUE);
  WAIT_UNTIL (shows (conversation, "a\nb\n"));
  g_assert_cmpint (usher_message_get_delivery (last_line (conversation)), ==,
                   USHER_DELIVERY_QUEUED);
  usher_session_send_text (f->session, conversation, "c");
  fake_gate_start (f->gate);
  be_in_step (f);
  WAIT_UNTIL (fake_gate_conv (f->gate, 300)->lines->len == 3);
  WAIT_UNTIL (usher_message_get_delivery (last_line (conversation)) == USHER_DELIVERY_STORED);
  transcript = fake_gate_transcript (f->gate, 300);
  g_assert_cmpstr (transcript, ==, "a\nb\nc\n");
  g_assert_true (shows (conversation, "a\nb\nc\n"));
}

static UsherDelivery
last_delivery (UsherConversation *conversation)
{
  UsherMessage *last = last_line (conversation);

  return last != NULL ? usher_message_get_delivery (last) : USHER_DELIVERY_NONE;
}

static char *
codes_of (Fixture           *f,
          UsherConversation *conversation)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint n;
  const UsherDisposition *codes = usher_session_get_dispositions (f->session, conversation, &n);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s=%s ", codes[i].code, codes[i].title);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
has_codes (Fixture           *f,
           UsherConversation *conversation,
           const char        *expected)
{
  g_autofree char *codes = codes_of (f, conversation);

  return g_str_equal (codes, expected);
}

/* Whoever writes a macro chooses among the codes of all queues: each once, those of the queues before the plain ones. */
static void
assert_all_codes (Fixture    *f,
                  const char *expected)
{
  g_autoptr (GArray) all = usher_session_dup_dispositions (f->session);
  guint n = 0;

  for (guint i = 0; i < all->len; i++)
    n += g_str_equal (g_array_index (all, UsherDisposition, i).code, expected);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpstr (g_array_index (all, UsherDisposition, all->len - 1).code, ==, "other");
}

/* The codes of the chat's own queue; kept for the next start, which may have no connection. */
static void
test_dispositions (Fixture       *f,
                   gconstpointer  data)
{
  UsherConversation *conversation;
  g_autofree char *plain = NULL;

  f->gate->dispositions =
    "{\"data\":[{\"queue\":\"sales\",\"code\":\"sold\",\"title\":\"Sold in the shop\"},"
    "{\"queue\":\"sales\",\"code\":\"no_stock\",\"title\":\"No stock\"},"
    "{\"queue\":\"sales\",\"code\":\"odd\",\"title\":\"two\\nlines\"},{\"queue\":7},5,"
    "{\"queue\":\"tech\",\"code\":\"sold\",\"title\":\"Sold\"},"
    "{\"queue\":\"tech\",\"code\":\"fixed\",\"title\":\"Fixed\"}]}";
  be_in_step (f);
  conversation = own (f, 300);
  usher_conversation_set_queue (conversation, "sales");
  WAIT_UNTIL (has_codes (f, conversation, "sold=Sold in the shop no_stock=No stock "));
  g_assert_cmpstr (usher_session_title_of_code (f->session, "fixed"), ==, "Fixed");
  g_assert_cmpstr (usher_session_title_of_code (f->session, "refund"), ==, "Refund");
  g_assert_null (usher_session_title_of_code (f->session, "unheard of"));
  assert_all_codes (f, "sold");
  assert_all_codes (f, "fixed");
  assert_all_codes (f, "refund");
  usher_conversation_set_queue (conversation, "another");
  plain = codes_of (f, conversation);
  g_assert_true (g_str_has_prefix (plain, "solved=Solved "));
  fake_gate_stop (f->gate);
  WAIT_UNTIL (link_state (f) != USHER_LINK_IN_STEP);
  close_session (f);
  open_session (f);
  conversation = usher_session_find (f->session, 300);
  usher_conversation_set_queue (conversation, "sales");
  g_assert_true (has_codes (f, conversation, "sold=Sold in the shop no_stock=No stock "));
}

static char *
canned_of (Fixture *f)
{
  g_autoptr (GListModel) canned = NULL;
  GString *text = g_string_new (NULL);

  g_object_get (f->session, "canned", &canned, NULL);
  for (guint i = 0; i < g_list_model_get_n_items (canned); i++) {
    g_autoptr (UsherCanned) one = g_list_model_get_item (canned, i);
    g_autofree char *queues = g_strjoinv ("+", (char **) usher_canned_get_queues (one));

    g_assert_true (usher_canned_get_is_team (one));
    g_string_append_printf (text, "/%s|%s|%s|%s|%s;", usher_canned_get_shortcut (one),
                            usher_canned_get_title (one), usher_canned_get_text (one),
                            usher_canned_get_folder (one), queues);
  }
  return g_string_free (text, FALSE);
}

static gboolean
has_canned (Fixture    *f,
            const char *expected)
{
  g_autofree char *canned = canned_of (f);

  return g_str_equal (canned, expected);
}

#define HI_AND_REF "/hi|Greeting|Hello\n\t\"you\\\"|Shop|;/ref|退款|好的||sales+tech;"

/* Replies of the team: told once, told again when they have changed, kept for a start without a connection, and gone with the agent. */
static void
test_team_canned (Fixture       *f,
                  gconstpointer  data)
{
  f->gate->canned =
    "{\"data\":[{\"shortcut\":\"hi\",\"title\":\"Greeting\",\"text\":\"Hello\\n\\t\\\"you\\\\\\\"\",\"folder\":\"Shop\",\"queues\":[]},"
    "{\"shortcut\":\"ref\",\"title\":\"退款\",\"text\":\"好的\",\"queues\":[\"sales\",\"tech\"],\"id\":\"7\"},"
    "{\"shortcut\":\"a\\nb\",\"title\":\"odd\",\"text\":\"x\"},{\"shortcut\":\"c\",\"title\":\"no text\"},"
    "{\"shortcut\":\"d\",\"title\":\"odd queue\",\"text\":\"x\",\"queues\":[7]},8]}";
  be_in_step (f);
  WAIT_UNTIL (has_canned (f, HI_AND_REF));
  g_assert_cmpuint (f->gate->n_canned, ==, 1);
  fake_gate_drop (f->gate);
  WAIT_UNTIL (link_state (f) != USHER_LINK_IN_STEP);
  WAIT_UNTIL (link_state (f) == USHER_LINK_IN_STEP);
  g_assert_true (has_canned (f, HI_AND_REF));
  /* Changed while we are connected: heard with the next token. */
  f->gate->canned = "{\"data\":[{\"shortcut\":\"new\",\"title\":\"New\",\"text\":\"x\"}]}";
  usher_session_renew_token (f->session);
  WAIT_UNTIL (has_canned (f, "/new|New|x||;"));
  g_assert_cmpuint (f->gate->n_canned, ==, 2);
  fake_gate_stop (f->gate);
  WAIT_UNTIL (link_state (f) != USHER_LINK_IN_STEP);
  close_session (f);
  open_session (f);
  g_assert_true (has_canned (f, "/new|New|x||;"));
  usher_session_sign_out (f->session);
  g_assert_true (has_canned (f, ""));
}

/* --- Suggested replies ---------------------------------------------------------------------------------------- */

static gboolean
has_suggestions (Fixture           *f,
                 UsherConversation *conversation,
                 const char        *expected)
{
  GListModel *model = usher_session_get_suggestions (f->session, conversation);
  g_autoptr (GString) ids = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (UsherSuggestion) suggestion = g_list_model_get_item (model, i);

    g_string_append_printf (ids, "%s%s", i > 0 ? " " : "", usher_suggestion_get_id (suggestion));
  }
  return g_str_equal (ids->str, expected);
}

static void
take (Fixture           *f,
      UsherConversation *conversation,
      guint              n)
{
  g_autoptr (UsherSuggestion) suggestion =
    g_list_model_get_item (usher_session_get_suggestions (f->session, conversation), n);

  g_assert_nonnull (suggestion);
  usher_session_take_suggestion (f->session, conversation, suggestion);
}

/* Shown to the last line; the gateway hears with the reply what became of each, and nothing before. */
static void
test_suggestions (Fixture       *f,
                  gconstpointer  data)
{
  static const char *const some[] = { "a=Yes, we do.", "b=  No. ",       "=no id", "c= ",
                                      "d=Maybe.",      "e=one too many", NULL };
  static const char *const others[] = { "x=Of course.", NULL };
  UsherConversation *conversation;
  g_autoptr (UsherSuggestion) second = NULL;
  guint64 seq;

  be_in_step (f);
  conversation = own (f, 300);
  seq = fake_gate_say (f->gate, 300, "do you take it back?", TRUE);
  fake_gate_suggest (f->gate, 300, seq, some);
  WAIT_UNTIL (has_suggestions (f, conversation, "a b d"));
  second = g_list_model_get_item (usher_session_get_suggestions (f->session, conversation), 1);
  g_assert_cmpstr (usher_suggestion_get_text (second), ==, "No.");
  g_assert_cmpstr (usher_suggestion_get_source (second), ==, "intent:refund");
  g_assert_cmpuint (usher_suggestion_get_percent (second), ==, 87);
  /* Into the composer, out of it again, and in again. */
  usher_session_set_draft (f->session, conversation, "half a line", FALSE);
  take (f, conversation, 1);
  g_assert_true (has_suggestions (f, conversation, ""));
  usher_session_set_draft (f->session, conversation, "", FALSE);
  g_assert_true (has_suggestions (f, conversation, "a b d"));
  take (f, conversation, 0);
  g_assert_null (f->gate->feedback);
  usher_session_send_text (f->session, conversation, "Yes, we do.");
  WAIT_UNTIL (f->gate->feedback != NULL && strchr (f->gate->feedback, 'd') != NULL);
  g_assert_true (has_suggestions (f, conversation, ""));
  {
    g_autofree char *expected =
      g_strdup_printf ("300/%" G_GUINT64_FORMAT " a 1;300/%" G_GUINT64_FORMAT
                       " b 3;300/%" G_GUINT64_FORMAT " d 3",
                       seq, seq, seq);

    g_assert_cmpstr (f->gate->feedback, ==, expected);
  }
  g_clear_pointer (&f->gate->feedback, g_free);
  WAIT_UNTIL (f->gate->n_messages == 1);
  /* Taken and changed. */
  seq = fake_gate_say (f->gate, 300, "until when?", TRUE);
  fake_gate_suggest (f->gate, 300, seq, others);
  WAIT_UNTIL (has_suggestions (f, conversation, "x"));
  take (f, conversation, 0);
  usher_session_send_text (f->session, conversation, "Of course, until Friday.");
  WAIT_UNTIL (f->gate->feedback != NULL);
  g_assert_true (g_str_has_suffix (f->gate->feedback, " x 2"));
  g_clear_pointer (&f->gate->feedback, g_free);
  WAIT_UNTIL (f->gate->n_messages == 2);
  /* Passed over by a reply; a note is none. */
  seq = fake_gate_say (f->gate, 300, "thanks", TRUE);
  fake_gate_suggest (f->gate, 300, seq, others);
  WAIT_UNTIL (has_suggestions (f, conversation, "x"));
  usher_session_send_note (f->session, conversation, "nice visitor");
  g_assert_true (has_suggestions (f, conversation, "x"));
  usher_session_send_text (f->session, conversation, "You are welcome.");
  WAIT_UNTIL (f->gate->feedback != NULL);
  g_assert_true (g_str_has_suffix (f->gate->feedback, " x 3"));
}

/* What answers an earlier line is gone, or never comes up; what stands in the composer still counts. */
static void
test_suggestions_age (Fixture       *f,
                      gconstpointer  data)
{
  static const char *const first[] = { "a=Yes.", "b=No.", NULL };
  static const char *const second[] = { "c=Hello.", NULL };
  static const char *const none[] = { NULL };
  UsherConversation *conversation;
  guint64 seq;

  be_in_step (f);
  conversation = own (f, 300);
  seq = fake_gate_say (f->gate, 300, "one", TRUE);
  fake_gate_suggest (f->gate, 300, seq, first);
  WAIT_UNTIL (has_suggestions (f, conversation, "a b"));
  fake_gate_say (f->gate, 300, "two", TRUE);
  WAIT_UNTIL (has_suggestions (f, conversation, ""));
  fake_gate_suggest (f->gate, 300, seq, first); /* late */
  seq = fake_gate_say (f->gate, 300, "three", TRUE);
  fake_gate_suggest (f->gate, 300, seq, second);
  WAIT_UNTIL (has_suggestions (f, conversation, "c"));
  g_assert_null (f->gate->feedback); /* nobody has answered anything */
  fake_gate_suggest (f->gate, 300, seq, none);
  WAIT_UNTIL (has_suggestions (f, conversation, ""));
  fake_gate_suggest (f->gate, 300, seq, second);
  WAIT_UNTIL (has_suggestions (f, conversation, "c"));
  take (f, conversation, 0);
  fake_gate_say (f->gate, 300, "four", TRUE);
  WAIT_UNTIL (usher_conversation_get_last_seq (conversation) == seq + 1);
  usher_session_send_text (f->session, conversation, "Hello.");
  WAIT_UNTIL (f->gate->feedback != NULL);
  g_assert_true (g_str_has_suffix (f->gate->feedback, " c 1"));
  g_clear_pointer (&f->gate->feedback, g_free);
  WAIT_UNTIL (f->gate->n_messages == 1);
  /* None is wanted. */
  seq = fake_gate_say (f->gate, 300, "five", TRUE);
  fake_gate_suggest (f->gate, 300, seq, first);
  WAIT_UNTIL (has_suggestions (f, conversation, "a b"));
  usher_session_dismiss_suggestions (f->session, conversation);
  g_assert_true (has_suggestions (f, conversation, ""));
  WAIT_UNTIL (f->gate->feedback != NULL && g_str_has_suffix (f->gate->feedback, " b 3"));
}

/* The lid shuts: the gateway hears first that nobody is here, then the connection goes. It opens: everything is there, once. */
static void
test_lid (Fixture       *f,
          gconstpointer  data)
{
  UsherConversation *conversation;
  g_autofree char *transcript = NULL;

  be_in_step (f);
  conversation = own (f, 300);
  usher_session_show (f->session, conversation, TRUE);
  g_signal_emit_by_name (f->session->suspend, "about-to-sleep");
  WAIT_UNTIL (!f->gate->is_present);
  WAIT_UNTIL (link_state (f) == USHER_LINK_OFFLINE);
  fake_gate_say (f->gate, 300, "are you there?", TRUE);
  usher_session_send_text (f->session, conversation, "typed as the lid fell");
  WAIT_UNTIL (last_delivery (conversation) == USHER_DELIVERY_QUEUED);
  g_assert_cmpuint (f->gate->n_messages, ==, 0);
  g_signal_emit_by_name (f->session->suspend, "woke");
  be_in_step (f);
  WAIT_UNTIL (f->gate->is_present);
  WAIT_UNTIL (last_delivery (conversation) == USHER_DELIVERY_STORED);
  transcript = fake_gate_transcript (f->gate, 300);
  g_assert_cmpstr (transcript, ==, "are you there?\ntyped as the lid fell\n");
  g_assert_true (shows (conversation, transcript));
  /* Shut and opened again at once: nothing was closed yet, and nothing is. */
  g_signal_emit_by_name (f->session->suspend, "about-to-sleep");
  g_signal_emit_by_name (f->session->suspend, "woke");
  g_assert_cmpuint (f->session->sleep_id, ==, 0);
  g_assert_cmpint (link_state (f), ==, USHER_LINK_IN_STEP);
}

/* --- Thinking better of it --------------------------------------------------------------------------- */

static UsherConversation *
be_holding (Fixture *f)
{
  UsherConversation *conversation;

  be_in_step (f);
  conversation = own (f, 300);
  usher_session_show (f->session, conversation, TRUE);
  g_object_set (f->session, "undo-send-s", 60, NULL);
  return conversation;
}

static void
test_take_back (Fixture       *f,
                gconstpointer  data)
{
  UsherConversation *conversation = be_holding (f);
  g_autofree char *text = NULL;
  g_autofree char *late = NULL;
  g_autoptr (UsherMessage) sent = NULL;

  usher_session_send_text (f->session, conversation, "to the wrong person");
  WAIT_UNTIL (last_delivery (conversation) == USHER_DELIVERY_HELD);
  text = usher_session_take_back (f->session, last_line (conversation));
  g_assert_cmpstr (text, ==, "to the wrong person");
  g_assert_true (shows (conversation, ""));
  g_assert_cmpuint (g_hash_table_size (f->session->pending), ==, 0);
  /* A note is for colleagues: it goes at once. */
  usher_session_send_note (f->session, conversation, "careful");
  WAIT_UNTIL (last_delivery (conversation) == USHER_DELIVERY_STORED);
  g_object_set (f->session, "undo-send-s", 0, NULL);
  usher_session_send_text (f->session, conversation, "hello");
  WAIT_UNTIL (last_delivery (conversation) == USHER_DELIVERY_STORED);
  sent = g_object_ref (last_line (conversation));
  late = usher_session_take_back (f->session, sent);
  g_assert_null (late);
  g_assert_cmpuint (fake_gate_conv (f->gate, 300)->lines->len, ==, 1);
}

/* A crash loses nothing: it is held again, in its place, and can still be taken back. */
static void
test_held_over_restart (Fixture       *f,
                        gconstpointer  data)
{
  UsherConversation *conversation = be_holding (f);
  g_autofree char *text = NULL;

  usher_session_send_text (f->session, conversation, "a");
  usher_session_send_text (f->session, conversation, "b");
  WAIT_UNTIL (last_delivery (conversation) == USHER_DELIVERY_HELD);
  close_session (f);
  open_session (f);
  be_in_step (f);
  conversation = usher_session_find (f->session, 300);
  usher_session_show (f->session, conversation, TRUE);
  WAIT_UNTIL (shows (conversation, "a\nb\n"));
  g_assert_cmpint (last_delivery (conversation), ==, USHER_DELIVERY_HELD);
  text = usher_session_take_back (f->session, last_line (conversation));
  g_assert_cmpstr (text, ==, "b");
  g_assert_cmpuint (fake_gate_conv (f->gate, 300)->lines->len, ==, 0);
}

/* What was said before goodbye is said before goodbye. */
static void
test_close_hurries (Fixture       *f,
                    gconstpointer  data)
{
  UsherConversation *conversation = be_holding (f);
  g_autofree char *transcript = NULL;

  usher_session_send_text (f->session, conversation, "one");
  usher_session_send_text (f->session, conversation, "two");
  usher_session_send_text (f->session, conversation, "bye");
  WAIT_UNTIL (last_delivery (conversation) == USHER_DELIVERY_HELD);
  usher_session_close_conversation (f->session, conversation);
  usher_session_wrap_up (f->session, conversation, "order", "solved", "", FALSE);
  WAIT_UNTIL (usher_conversation_get_state (conversation) == USHER_STATE_CLOSED);
  transcript = fake_gate_transcript (f->gate, 300);
  g_assert_cmpstr (transcript, ==, "one\ntwo\nbye\n");
  g_assert_cmpuint (g_hash_table_size (f->session->pending), ==, 0);
}

static gboolean
note_order (FakeGate              *gate,
            const Gate__V1__Frame *frame,
            gpointer               order)
{
  if (frame->body_case == GATE__V1__FRAME__BODY_MESSAGE)
    g_string_append (order, "said ");
  if (frame->body_case == GATE__V1__FRAME__BODY_CLOSE ||
      frame->body_case == GATE__V1__FRAME__BODY_SNOOZE ||
      frame->body_case == GATE__V1__FRAME__BODY_TRANSFER)
    g_string_append (order, "left ");
  return FALSE;
}

/* Said and left in one breath, as macros do it: the line is not even on the disk yet. */
typedef enum {
  CLOSED,
  TRANSFERRED,
  SNOOZED,
} Left;

static void
test_said_before_left (Fixture       *f,
                       gconstpointer  left)
{
  UsherConversation *conversation = be_holding (f);
  g_autoptr (GString) order = g_string_new (NULL);

  f->gate->frame_func = note_order;
  f->gate->frame_data = order;
  if (GPOINTER_TO_INT (left) == SNOOZED) /* it is no reason to hurry what is held */
    g_object_set (f->session, "undo-send-s", 0, NULL);
  usher_session_send_text (f->session, conversation, "bye");
  if (GPOINTER_TO_INT (left) == TRANSFERRED)
    usher_session_transfer (f->session, conversation, 0, "tech", NULL);
  else if (GPOINTER_TO_INT (left) == SNOOZED)
    usher_session_snooze (f->session, conversation, 0);
  else
    usher_session_close_conversation (f->session, conversation);
  WAIT_UNTIL (g_str_has_suffix (order->str, "left "));
  g_assert_cmpstr (order->str, ==, "said left ");
  WAIT_UNTIL (g_hash_table_size (f->session->pending) == 0);
  f->gate->frame_func = NULL;
}

static void
test_own_edit (Fixture       *f,
               gconstpointer  data)
{
  UsherConversation *conversation;
  g_autoptr (UsherMessage) line = NULL;
  g_autoptr (UsherMessage) last = NULL;

  be_in_step (f);
  conversation = own (f, 300);
  usher_session_show (f->session, conversation, TRUE);
  usher_session_send_text (f->session, conversation, "tomorow");
  WAIT_UNTIL (last_delivery (conversation) == USHER_DELIVERY_STORED);
  line = usher_session_find_last_own (f->session, conversation);
  g_assert_true (usher_session_may_change (f->session, line));
  usher_session_edit (f->session, line, "tomorrow");
  g_assert_true (shows (conversation, "tomorrow\n")); /* at once */
  g_assert_true (usher_message_get_is_edited (line));
  WAIT_UNTIL (usher_message_get_delivery (line) == USHER_DELIVERY_STORED);
  g_assert_cmpuint (f->gate->n_messages, ==, 2);
  g_assert_cmpuint (g_hash_table_size (f->session->pending), ==, 0);
  usher_session_recall (f->session, line);
  WAIT_UNTIL (g_hash_table_size (f->session->pending) == 0);
  g_assert_true (usher_message_get_is_recalled (line));
  g_assert_false (usher_session_may_change (f->session, line));
  last = usher_session_find_last_own (f->session, conversation);
  g_assert_null (last);
  /* The number of a change is a number of the log: what comes next is no hole. */
  fake_gate_say (f->gate, 300, "thanks", TRUE);
  WAIT_UNTIL (usher_message_list_get_last_seq (usher_conversation_get_messages (conversation)) ==
              4);
  close_session (f);
  open_session (f);
  conversation = usher_session_find (f->session, 300);
  usher_session_show (f->session, conversation, TRUE);
  WAIT_UNTIL (usher_message_list_get_n_items (usher_conversation_get_messages (conversation)) == 2);
  g_assert_true (usher_message_get_is_recalled (
    usher_message_list_peek (usher_conversation_get_messages (conversation), 0)));
}

/* Without a connection it waits, in the line it changes; and what the gateway refuses is as it was. */
static void
test_edit_waits (Fixture       *f,
                 gconstpointer  data)
{
  UsherConversation *conversation;
  g_autoptr (UsherMessage) line = NULL;

  be_in_step (f);
  conversation = own (f, 300);
  usher_session_show (f->session, conversation, TRUE);
  usher_session_send_text (f->session, conversation, "one");
  WAIT_UNTIL (last_delivery (conversation) == USHER_DELIVERY_STORED);
  fake_gate_stop (f->gate);
  WAIT_UNTIL (link_state (f) != USHER_LINK_IN_STEP);
  usher_session_edit (f->session, last_line (conversation), "two");
  WAIT_UNTIL (usher_outbox_n_items (f->session->outbox) == 1);
  close_session (f);
  open_session (f);
  conversation = usher_session_find (f->session, 300);
  usher_session_show (f->session, conversation, TRUE);
  WAIT_UNTIL (shows (conversation, "two\n"));
  g_assert_cmpint (last_delivery (conversation), ==, USHER_DELIVERY_QUEUED);
  f->gate->refuses_messages = 1;
  f->gate->refuse_code = 422;
  f->gate->refuse_slug = "invalid";
  fake_gate_start (f->gate);
  be_in_step (f);
  WAIT_UNTIL (shows (conversation, "one\n"));
  WAIT_UNTIL (g_strcmp0 (f->last_slug, "invalid") == 0);
  line = usher_session_find_last_own (f->session, conversation);
  g_assert_false (usher_message_get_is_edited (line));
  g_assert_cmpint (usher_message_get_delivery (line), ==, USHER_DELIVERY_STORED);
  g_assert_cmpuint (g_hash_table_size (f->session->pending), ==, 0);
}

/* Two changes of one line on their way: what is refused takes back what it changed, and no more. */
static void
test_two_edits (Fixture       *f,
                gconstpointer  data)
{
  const gboolean is_first_refused = GPOINTER_TO_INT (data);
  UsherConversation *conversation;
  g_autoptr (UsherMessage) line = NULL;

  be_in_step (f);
  conversation = own (f, 300);
  usher_session_show (f->session, conversation, TRUE);
  usher_session_send_text (f->session, conversation, "one");
  WAIT_UNTIL (last_delivery (conversation) == USHER_DELIVERY_STORED);
  line = usher_session_find_last_own (f->session, conversation);
  usher_session_edit (f->session, line, "two");
  if (!is_first_refused)
    WAIT_UNTIL (g_hash_table_size (f->session->pending) == 0);
  f->gate->refuses_messages = 1;
  f->gate->refuse_code = 422;
  f->gate->refuse_slug = "invalid";
  usher_session_edit (f->session, line, "three");
  WAIT_UNTIL (g_strcmp0 (f->last_slug, "invalid") == 0);
  WAIT_UNTIL (g_hash_table_size (f->session->pending) == 0);
  g_assert_cmpstr (usher_message_get_text (line), ==, is_first_refused ? "three" : "two");
  g_assert_true (usher_message_get_is_edited (line));
  g_assert_cmpint (usher_message_get_delivery (line), ==, USHER_DELIVERY_STORED);
}

/* The first is stored while the second waits, and the second is refused: the line says what the first made of it. */
static void
test_edit_behind_edit (Fixture       *f,
                       gconstpointer  data)
{
  UsherConversation *conversation;
  g_autoptr (UsherMessage) line = NULL;

  be_in_step (f);
  conversation = own (f, 300);
  usher_session_show (f->session, conversation, TRUE);
  usher_session_send_text (f->session, conversation, "one");
  WAIT_UNTIL (last_delivery (conversation) == USHER_DELIVERY_STORED);
  line = usher_session_find_last_own (f->session, conversation);
  usher_session_edit (f->session, line, "two");
  usher_session_edit (f->session, line, "three");
  g_assert_cmpstr (usher_message_get_text (line), ==, "three");
  WAIT_UNTIL (f->gate->n_messages == 2); /* “two” is there, its Ack on the way */
  f->gate->refuses_messages = 1;
  f->gate->refuse_code = 422;
  f->gate->refuse_slug = "invalid";
  WAIT_UNTIL (g_strcmp0 (f->last_slug, "invalid") == 0);
  g_assert_cmpstr (usher_message_get_text (line), ==, "two");
  g_assert_true (usher_message_get_is_edited (line));
  g_assert_cmpuint (g_hash_table_size (f->session->pending), ==, 0);
}

/* A change counts as said, whether it is taken or refused: the chat is closed after it. */
static void
test_close_after_edit (Fixture       *f,
                       gconstpointer  data)
{
  UsherConversation *conversation;

  be_in_step (f);
  conversation = own (f, 300);
  usher_session_show (f->session, conversation, TRUE);
  usher_session_send_text (f->session, conversation, "one");
  WAIT_UNTIL (last_delivery (conversation) == USHER_DELIVERY_STORED);
  f->gate->refuses_messages = GPOINTER_TO_INT (data);
  f->gate->refuse_code = 422;
  f->gate->refuse_slug = "invalid";
  usher_session_edit (f->session, last_line (conversation), "two");
  WAIT_UNTIL (usher_outbox_n_items (f->session->outbox) == 1);
  usher_session_close_conversation (f->session, conversation);
  WAIT_UNTIL (usher_conversation_get_state (conversation) == USHER_STATE_WRAPUP);
}

/* Stored, but the Ack is lost with the connection: the same cid comes again and is the same line. */
static void
test_lost_ack (Fixture       *f,
               gconstpointer  data)
{
  UsherConversation *conversation;

  be_in_step (f);
  conversation = own (f, 300);
  usher_session_show (f->session, conversation, TRUE);
  f->gate->loses_acks = TRUE;
  usher_session_send_text (f->session, conversation, "once");
  WAIT_UNTIL (fake_gate_conv (f->gate, 300)->lines->len == 1);
  f->gate->loses_acks = FALSE;
  WAIT_UNTIL (last_line (conversation) != NULL &&
              usher_message_get_delivery (last_line (conversation)) == USHER_DELIVERY_STORED);
  g_assert_cmpuint (fake_gate_conv (f->gate, 300)->lines->len, ==, 1);
  g_assert_true (shows (conversation, "once\n"));
  g_assert_cmpuint (g_hash_table_size (f->session->pending), ==, 0);
}

static void
test_stale_view (Fixture       *f,
                 gconstpointer  data)
{
  g_autofree char *text = NULL;
  UsherConversation *conversation;
  UsherMessage *own_line;

  be_in_step (f);
  conversation = own (f, 300);
  usher_session_show (f->session, conversation, TRUE);
  fake_gate_say (f->gate, 300, "one", TRUE);
  WAIT_UNTIL (shows (conversation, "one\n"));
  fake_gate_say (f->gate, 300, "unseen", FALSE);
  f->gate->refuses_messages = 1;
  f->gate->refuse_code = 409;
  f->gate->refuse_slug = "stale_view";
  usher_session_send_text (f->session, conversation, "blind");
  WAIT_UNTIL (last_line (conversation) != NULL &&
              usher_message_get_delivery (last_line (conversation)) == USHER_DELIVERY_FAILED);
  own_line = last_line (conversation);
  g_assert_nonnull (usher_message_get_fail_reason (own_line));
  WAIT_UNTIL (shows (conversation, "one\nunseen\nblind\n"));
  g_assert_cmpuint (f->gate->last_seen, ==, 1);
  usher_session_retry (f->session, own_line);
  WAIT_UNTIL (usher_message_get_delivery (own_line) == USHER_DELIVERY_STORED);
  g_assert_cmpuint (f->gate->last_seen, ==, 2);
  g_assert_cmpuint (usher_message_get_seq (own_line), ==, 3);

  /* Or the agent writes something else: the refused text comes back once, and nothing is left of it. */
  f->gate->refuses_messages = 1;
  usher_session_send_text (f->session, conversation, "blind too");
  WAIT_UNTIL (usher_message_get_delivery (last_line (conversation)) == USHER_DELIVERY_FAILED);
  text = usher_session_take_back (f->session, last_line (conversation));
  g_assert_cmpstr (text, ==, "blind too");
  g_assert_true (shows (conversation, "one\nunseen\nblind\n"));
  g_assert_cmpuint (g_hash_table_size (f->session->pending), ==, 0);
}

static void
test_busy_gateway (Fixture       *f,
                   gconstpointer  data)
{
  g_autofree char *transcript = NULL;
  UsherConversation *conversation;

  be_in_step (f);
  conversation = own (f, 300);
  usher_session_show (f->session, conversation, TRUE);
  f->gate->refuses_messages = 3;
  f->gate->refuse_code = 507;
  f->gate->refuse_slug = "storage_full";
  usher_session_send_text (f->session, conversation, "first");
  usher_session_send_text (f->session, conversation, "second");
  WAIT_UNTIL (fake_gate_conv (f->gate, 300)->lines->len == 2);
  transcript = fake_gate_transcript (f->gate, 300);
  g_assert_cmpstr (transcript, ==, "first\nsecond\n");
  g_assert_cmpuint (f->gate->n_messages, ==, 5);
}

static void
test_discard (Fixture       *f,
              gconstpointer  data)
{
  UsherConversation *conversation;

  be_in_step (f);
  conversation = own (f, 300);
  usher_session_show (f->session, conversation, TRUE);
  f->gate->refuses_messages = 1;
  f->gate->refuse_code = 403;
  f->gate->refuse_slug = "not_owner";
  usher_session_send_text (f->session, conversation, "no");
  WAIT_UNTIL (last_line (conversation) != NULL &&
              usher_message_get_delivery (last_line (conversation)) == USHER_DELIVERY_FAILED);
  usher_session_discard (f->session, last_line (conversation));
  g_assert_true (shows (conversation, ""));
  close_session (f);
  open_session (f);
  g_assert_cmpuint (g_hash_table_size (f->session->pending), ==, 0);
}

/* Another incarnation of the store: what the gateway told is worthless, what the agent wrote is not. */
static void
test_log_change (Fixture       *f,
                 gconstpointer  data)
{
  UsherConversation *conversation;

  be_in_step (f);
  conversation = own (f, 300);
  fake_gate_say (f->gate, 300, "old", TRUE);
  WAIT_UNTIL (f->n_lines == 1);
  usher_session_set_draft (f->session, conversation, "kept", FALSE);
  fake_gate_drop (f->gate);
  f->gate->log = 9999;
  g_ptr_array_set_size (fake_gate_conv (f->gate, 300)->lines, 0);
  fake_gate_say (f->gate, 300, "new", FALSE);
  f->gate->refuses_resume = TRUE;
  WAIT_UNTIL (f->gate->n_auths == 2);
  WAIT_UNTIL (link_state (f) == USHER_LINK_IN_STEP);
  conversation = usher_session_find (f->session, 300);
  g_assert_nonnull (conversation);
  usher_session_show (f->session, conversation, TRUE);
  WAIT_UNTIL (shows (conversation, "new\n"));
  g_assert_cmpstr (usher_session_get_draft (f->session, conversation, FALSE), ==, "kept");
}

static void
test_notes (Fixture       *f,
            gconstpointer  data)
{
  UsherConversation *conversation;
  FakeConv *conv;

  be_in_step (f);
  conversation = own (f, 300);
  conv = fake_gate_conv (f->gate, 300);
  usher_session_show (f->session, conversation, TRUE);
  usher_session_set_draft (f->session, conversation, "se", TRUE);
  usher_session_set_draft (f->session, conversation, "re", FALSE);
  usher_session_send_note (f->session, conversation, "secret");
  WAIT_UNTIL (usher_message_get_delivery (last_line (conversation)) == USHER_DELIVERY_STORED);
  g_assert_cmpint (usher_message_get_kind (last_line (conversation)), ==, USHER_MESSAGE_NOTE);
  g_assert_cmpuint (conv->notes->len, ==, 1);
  g_assert_cmpuint (conv->lines->len, ==, 0);
  g_assert_null (usher_session_get_draft (f->session, conversation, TRUE));
  g_assert_cmpstr (usher_session_get_draft (f->session, conversation, FALSE), ==, "re");
  fake_gate_note (f->gate, 300, "from a colleague");
  WAIT_UNTIL (shows (conversation, "secret\nfrom a colleague\n"));
}

/* What the gateway answers to the question for changes of state: so many of a life of ten. */
static gboolean
changes_cb (FakeGate              *gate,
            const Gate__V1__Frame *frame,
            gpointer               user_data)
{
  static const struct {
    const char *name;
    const char *reason;
    Gate__V1__Role role;
  } life[] = { { "open_queue", "", 0 },
               { "offer", "", 3 },
               { "accept", "", 1 },
               { "takeover", "", 1 },
               { "snooze", "1000000000000", 1 },
               { "wake", "", 1 },
               { "visitor_ended", "", 0 },
               { "wrapup", "refund", 1 },
               { "wrapup_late", "", 1 },
               { "made_up", "", 3 } };
  Gate__V1__ConvEvent events[G_N_ELEMENTS (life)];
  Gate__V1__ConvEvent *list[G_N_ELEMENTS (life)];
  Gate__V1__HistoryPage page = GATE__V1__HISTORY_PAGE__INIT;
  Gate__V1__Frame answer = WIRE_FRAME (HISTORY_PAGE, history_page, &page);
  guint *n_told = user_data;

  if (frame->body_case != GATE__V1__FRAME__BODY_HISTORY_REQ ||
      frame->history_req->after != G_MAXINT32)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (life); i++) {
    gate__v1__conv_event__init (&events[i]);
    events[i].epoch = (guint32) i + 1;
    events[i].ts = 1000 * (i + 1);
    events[i].name = (char *) life[i].name;
    events[i].reason = (char *) life[i].reason;
    events[i].actor_role = life[i].role;
    events[i].actor = events[i].agent = life[i].role == GATE__V1__ROLE__AGENT ? 42 : 0;
    events[i].queue = (char *) "shop";
    list[i] = &events[i];
  }
  page.conv = frame->history_req->conv;
  page.events = list;
  page.n_events = *n_told;
  page.head = fake_gate_conv (gate, page.conv)->lines->len;
  answer.id = frame->id;
  fake_gate_send (gate, &answer);
  return TRUE;
}

/* Asked for when the window opens and again when the epoch moves on; each stands once, and nothing of it counts as a line. */
static void
test_changes (Fixture       *f,
              gconstpointer  data)
{
  UsherConversation *conversation;
  guint n_told = 3;

  f->gate->frame_func = changes_cb;
  f->gate->frame_data = &n_told;
  be_in_step (f);
  conversation = own (f, 300);
  usher_session_show (f->session, conversation, TRUE);
  WAIT_UNTIL (shows (conversation, "Waiting in shop\nAda: accepted the chat\n"));
  g_assert_cmpint (usher_message_get_kind (last_line (conversation)), ==, USHER_MESSAGE_CHANGE);
  fake_gate_say (f->gate, 300, "hello", TRUE);
  WAIT_UNTIL (shows (conversation, "Waiting in shop\nAda: accepted the chat\nhello\n"));
  n_told = 10;
  usher_session_close_conversation (f->session, conversation);
  WAIT_UNTIL (shows (conversation, "Waiting in shop\nAda: accepted the chat\n"
                                   "Ada: snoozed until 9 Sep, 01:46\nAda: woke the chat up\n"
                                   "The visitor ended the chat\nAda: closed with “Refund”\n"
                                   "Ada: finished the form\nmade_up\nhello\n"));
  g_assert_cmpuint (usher_conversation_get_unread (conversation), ==, 0);
}

static void
test_image (Fixture       *f,
            gconstpointer  data)
{
  static const guint8 png[] = { 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 1, 2, 3 };
  g_autoptr (GBytes) bytes = g_bytes_new_static (png, sizeof png);
  g_autoptr (GBytes) loaded = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  UsherConversation *conversation;

  be_in_step (f);
  conversation = own (f, 300);
  usher_session_show (f->session, conversation, TRUE);
  usher_session_send_file (f->session, conversation, bytes, "image/png", "x.png", 4, 4);
  usher_session_send_text (f->session, conversation, "after it");
  WAIT_UNTIL (fake_gate_conv (f->gate, 300)->lines->len == 2);
  WAIT_UNTIL (usher_message_get_delivery (last_line (conversation)) == USHER_DELIVERY_STORED);
  g_assert_cmpuint (f->gate->n_uploads, ==, 1);
  {
    UsherMessage *picture =
      usher_message_list_peek (usher_conversation_get_messages (conversation), 0);

    g_assert_cmpint (usher_message_get_kind (picture), ==, USHER_MESSAGE_IMAGE);
    g_assert_cmpstr (usher_message_get_url (picture), ==, "/media/ab/x.png");
    usher_message_set_path (picture, NULL);
    g_hash_table_remove_all (f->gate->media); /* from the cache, then */
    usher_session_load_image_async (f->session, picture, NULL, result_cb, &result);
  }
  WAIT_UNTIL (result != NULL);
  loaded = usher_session_load_image_finish (f->session, result, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (loaded, bytes));
}

static UsherMessage *
line_at (UsherConversation *conversation,
         guint              position)
{
  return usher_message_list_peek (usher_conversation_get_messages (conversation), position);
}

/* Another kind of file, of which the agent thinks better while it goes; the line behind it does not wait for ever. */
static void
test_file (Fixture       *f,
           gconstpointer  data)
{
  g_autofree char *big = g_strnfill (4 * 1024 * 1024, 'x');
  g_autoptr (GBytes) bytes = g_bytes_new (big, 4 * 1024 * 1024);
  g_autofree char *path = NULL;
  UsherConversation *conversation;
  GBytes *packed;
  Gate__V1__Message *said;

  be_in_step (f);
  conversation = own (f, 300);
  usher_session_show (f->session, conversation, TRUE);
  f->gate->holds_media = TRUE;
  usher_session_send_file (f->session, conversation, bytes, "text/plain", "x.txt", 0, 0);
  usher_session_send_text (f->session, conversation, "after it");
  WAIT_UNTIL (usher_message_get_progress (line_at (conversation, 0)) == 100);
  g_assert_cmpint (usher_message_get_kind (line_at (conversation, 0)), ==, USHER_MESSAGE_FILE);
  g_assert_cmpint (usher_message_get_delivery (line_at (conversation, 0)), ==,
                   USHER_DELIVERY_QUEUED);
  path = g_strdup (usher_message_get_path (line_at (conversation, 0)));
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  usher_session_discard (f->session, line_at (conversation, 0));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  WAIT_UNTIL (fake_gate_conv (f->gate, 300)->lines->len == 1);
  WAIT_UNTIL (shows (conversation, "after it\n"));

  f->gate->holds_media = FALSE;
  usher_session_send_file (f->session, conversation, bytes, "text/plain", "x.txt", 0, 0);
  WAIT_UNTIL (fake_gate_conv (f->gate, 300)->lines->len == 2);
  packed = g_ptr_array_index (fake_gate_conv (f->gate, 300)->lines, 1);
  said =
    gate__v1__message__unpack (NULL, g_bytes_get_size (packed), g_bytes_get_data (packed, NULL));
  g_assert_cmpint (said->media->kind, ==, GATE__V1__MEDIA_KIND__MK_FILE);
  g_assert_cmpstr (said->media->name, ==, "x.txt");
  gate__v1__message__free_unpacked (said, NULL);
  WAIT_UNTIL (usher_message_get_delivery (last_line (conversation)) == USHER_DELIVERY_STORED);
  g_assert_cmpuint (usher_message_get_progress (last_line (conversation)), ==, 0);
}

/* A line by the visitor with a recording. */
static void
fake_voice (Fixture    *f,
            guint64     seq,
            const char *mime)
{
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  Gate__V1__Media media = GATE__V1__MEDIA__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (MESSAGE, message, &message);

  media.kind = GATE__V1__MEDIA_KIND__MK_VOICE;
  media.url = (char *) "/media/ab/v";
  media.mime = (char *) mime;
  media.size = 44 + 64000;
  message.conv = 300;
  message.seq = seq;
  message.content_case = GATE__V1__MESSAGE__CONTENT_MEDIA;
  message.media = &media;
  fake_gate_send (f->gate, &frame);
}

static void
test_voice (Fixture       *f,
            gconstpointer  data)
{
  g_autofree char *silence = g_malloc0 (44 + 32000);
  g_autoptr (GBytes) bytes = g_bytes_new_static (silence, 44 + 32000);
  UsherConversation *conversation;
  GBytes *packed;
  Gate__V1__Message *said;

  be_in_step (f);
  conversation = own (f, 300);
  usher_session_show (f->session, conversation, TRUE);
  usher_session_send_file (f->session, conversation, bytes, "audio/wav", "", 0, 0);
  WAIT_UNTIL (fake_gate_conv (f->gate, 300)->lines->len == 1);
  packed = g_ptr_array_index (fake_gate_conv (f->gate, 300)->lines, 0);
  said =
    gate__v1__message__unpack (NULL, g_bytes_get_size (packed), g_bytes_get_data (packed, NULL));
  g_assert_cmpint (said->media->kind, ==, GATE__V1__MEDIA_KIND__MK_VOICE);
  gate__v1__message__free_unpacked (said, NULL);
  WAIT_UNTIL (usher_message_get_delivery (last_line (conversation)) == USHER_DELIVERY_STORED);
  g_assert_cmpint (usher_message_get_kind (last_line (conversation)), ==, USHER_MESSAGE_VOICE);
  g_assert_cmpuint (usher_message_get_duration_ms (last_line (conversation)), ==, 1000);

  fake_voice (f, 2, "audio/wav");
  WAIT_UNTIL (usher_message_get_seq (last_line (conversation)) == 2);
  g_assert_cmpint (usher_message_get_kind (last_line (conversation)), ==, USHER_MESSAGE_VOICE);
  g_assert_cmpuint (usher_message_get_duration_ms (last_line (conversation)), ==, 2000);
  g_assert_cmpstr (usher_conversation_get_last_text (conversation), ==, "Voice message");
  fake_voice (f, 3, "audio/amr"); /* what is not ours is a file like another */
  WAIT_UNTIL (usher_message_get_seq (last_line (conversation)) == 3);
  g_assert_cmpint (usher_message_get_kind (last_line (conversation)), ==, USHER_MESSAGE_FILE);
}

/* However many chats have something to send: two files are in memory. */
static void
test_two_uploads (Fixture       *f,
                  gconstpointer  data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("%PDF-", 5);
  UsherConversation *conversations[4];

  be_in_step (f);
  f->gate->holds_media = TRUE;
  for (guint i = 0; i < 4; i++) {
    conversations[i] = own (f, 300 + i);
    usher_session_send_file (f->session, conversations[i], bytes, "application/pdf", "x.pdf", 0, 0);
  }
  WAIT_UNTIL (usher_message_get_progress (line_at (conversations[1], 0)) == 100);
  g_assert_cmpuint (f->gate->n_uploads, ==, 2);
  f->gate->holds_media = FALSE;
  usher_session_discard (f->session, line_at (conversations[0], 0));
  usher_session_discard (f->session, line_at (conversations[1], 0));
  for (guint i = 2; i < 4; i++)
    WAIT_UNTIL (fake_gate_conv (f->gate, 300 + i)->lines->len == 1);
}

static void
test_marks (Fixture       *f,
            gconstpointer  data)
{
  UsherConversation *conversation;
  Gate__V1__Read read = GATE__V1__READ__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (READ, read, &read);

  be_in_step (f);
  conversation = own (f, 300);
  fake_gate_say (f->gate, 300, "one", TRUE);
  WAIT_UNTIL (usher_conversation_get_unread (conversation) == 1);
  WAIT_UNTIL (f->gate->n_reads == 1);
  g_assert_cmpuint (f->gate->last_read_seq, ==, 0); /* arrived, not seen */
  usher_session_show (f->session, conversation, FALSE);
  WAIT_UNTIL (shows (conversation, "one\n"));
  g_assert_cmpuint (usher_conversation_get_unread (conversation), ==, 1);
  usher_session_show (f->session, conversation, TRUE);
  g_assert_cmpuint (usher_conversation_get_unread (conversation), ==, 0);
  WAIT_UNTIL (f->gate->last_read_seq == 1);
  g_assert_cmpuint (f->gate->n_reads, ==, 2);
  usher_session_send_text (f->session, conversation, "two");
  WAIT_UNTIL (usher_message_get_delivery (last_line (conversation)) == USHER_DELIVERY_STORED);
  read.conv = 300;
  read.received = 2;
  fake_gate_send (f->gate, &frame);
  WAIT_UNTIL (usher_message_get_delivery (last_line (conversation)) == USHER_DELIVERY_DELIVERED);
  read.seq = 2;
  fake_gate_send (f->gate, &frame);
  WAIT_UNTIL (usher_message_get_delivery (last_line (conversation)) == USHER_DELIVERY_READ);
}

static void
test_typing (Fixture       *f,
             gconstpointer  data)
{
  Gate__V1__Typing typing = GATE__V1__TYPING__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (TYPING, typing, &typing);
  UsherConversation *conversation;

  be_in_step (f);
  conversation = own (f, 300);
  for (guint i = 0; i < 5; i++)
    usher_session_set_typing (f->session, conversation, TRUE);
  usher_session_set_typing (f->session, conversation, FALSE);
  usher_session_set_typing (f->session, conversation, FALSE);
  WAIT_UNTIL (f->gate->n_typings == 2);
  typing.conv = 300;
  typing.on = TRUE;
  typing.preview = (char *) "can I get a re";
  fake_gate_send (f->gate, &frame);
  WAIT_UNTIL (g_strcmp0 (usher_conversation_get_typing_text (conversation), "can I get a re") == 0);
  fake_gate_say (f->gate, 300, "can I get a refund", TRUE);
  WAIT_UNTIL (usher_conversation_get_typing_text (conversation) == NULL);
}

static void
test_edit_and_recall (Fixture       *f,
                      gconstpointer  data)
{
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (MESSAGE, message, &message);
  UsherConversation *conversation;

  be_in_step (f);
  conversation = own (f, 300);
  usher_session_show (f->session, conversation, TRUE);
  fake_gate_say (f->gate, 300, "wrnog", TRUE);
  WAIT_UNTIL (shows (conversation, "wrnog\n"));
  message.conv = 300;
  message.seq = 2;
  message.replaces = 1;
  message.flags = 1u << 1;
  message.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
  message.text = (char *) "wrong";
  fake_gate_send (f->gate, &frame);
  WAIT_UNTIL (shows (conversation, "wrong\n"));
  g_assert_true (usher_message_get_is_edited (last_line (conversation)));
  message.seq = 3;
  message.flags = 1u << 2;
  message.content_case = GATE__V1__MESSAGE__CONTENT__NOT_SET;
  fake_gate_send (f->gate, &frame);
  WAIT_UNTIL (usher_message_get_is_recalled (last_line (conversation)));
  g_assert_cmpuint (usher_message_list_get_n_items (usher_conversation_get_messages (conversation)),
                    ==, 1);
}

static void
test_close_and_wrap_up (Fixture       *f,
                        gconstpointer  data)
{
  UsherConversation *conversation;

  be_in_step (f);
  conversation = own (f, 300);
  /* As the dialog does it, in one breath: the second waits for the epoch of the first. */
  usher_session_close_conversation (f->session, conversation);
  usher_session_wrap_up (f->session, conversation, "solved", NULL, "all well", FALSE);
  WAIT_UNTIL (n_items (f, "closed") == 1);
  g_assert_cmpint (fake_gate_conv (f->gate, 300)->state, ==, GATE__V1__STATE__ST_CLOSED);
  g_assert_cmpuint (n_items (f, "mine"), ==, 0);
  g_assert_cmpuint (f->n_notices, ==, 0);
}

/* Until when it may be wrapped up comes with its row; it is forgotten with the state. */
static void
test_wrapup_time (Fixture       *f,
                  gconstpointer  data)
{
  UsherConversation *conversation;
  gint64 until_us;

  be_in_step (f);
  conversation = own (f, 300);
  usher_session_close_conversation (f->session, conversation);
  WAIT_UNTIL (usher_conversation_get_state (conversation) == USHER_STATE_WRAPUP);
  g_assert_cmpint (usher_conversation_get_wrapup_until_us (conversation), ==, 0);
  fake_gate_conv (f->gate, 300)->due = (guint64) g_get_real_time () / 1000 + 60000;
  fake_gate_send_row (f->gate, 300);
  WAIT_UNTIL (usher_conversation_get_wrapup_until_us (conversation) != 0);
  until_us = usher_conversation_get_wrapup_until_us (conversation);
  g_assert_cmpint (until_us, ==, (gint64) fake_gate_conv (f->gate, 300)->due * 1000);
  /* Its time is over. */
  fake_gate_conv (f->gate, 300)->state = GATE__V1__STATE__ST_CLOSED;
  fake_gate_conv (f->gate, 300)->epoch++;
  fake_gate_conv (f->gate, 300)->due = 0;
  fake_gate_send_row (f->gate, 300);
  WAIT_UNTIL (usher_conversation_get_state (conversation) == USHER_STATE_CLOSED);
  g_assert_cmpint (usher_conversation_get_wrapup_until_us (conversation), ==, 0);
  /* It can still be coded. */
  usher_session_wrap_up (f->session, conversation, "solved", NULL, NULL, FALSE);
  WAIT_UNTIL (usher_conversation_get_epoch (conversation) == fake_gate_conv (f->gate, 300)->epoch);
  g_assert_cmpuint (f->n_notices, ==, 0);
}

static void
test_stale_epoch (Fixture       *f,
                  gconstpointer  data)
{
  UsherConversation *conversation;

  be_in_step (f);
  conversation = own (f, 300);
  fake_gate_conv (f->gate, 300)->epoch += 3;
  usher_session_transfer (f->session, conversation, 0, "tech", "knows more");
  WAIT_UNTIL (f->n_notices == 1);
  g_assert_cmpstr (f->last_slug, ==, "stale_epoch");
  g_assert_cmpint (fake_gate_conv (f->gate, 300)->state, ==, GATE__V1__STATE__ST_ACTIVE);
}

static void
test_contact (Fixture       *f,
              gconstpointer  data)
{
  UsherContact *contact;

  be_in_step (f);
  contact = usher_session_get_contact (f->session, own (f, 300));
  WAIT_UNTIL (g_strcmp0 (usher_contact_get_name (contact), "Grace") == 0);
  g_assert_cmpuint (usher_contact_get_visits (contact), ==, 3);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (usher_contact_get_trail (contact))), ==,
                    2);
  g_assert_cmpstr (usher_contact_get_page_url (contact), ==, "https://shop.example/cart");
  g_assert_cmpstr (usher_contact_get_came_from (contact), ==, "https://search.example/");
}

static void
tell_presence (Fixture *f,
               guint64  conv)
{
  Gate__V1__Presence presence = GATE__V1__PRESENCE__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (PRESENCE, presence, &presence);

  presence.conv = conv;
  presence.state = GATE__V1__STATUS__SS_ONLINE;
  fake_gate_send (f->gate, &frame);
}

/* The visitor turns the page: it is asked for again where it is shown, one question at a time however often. */
static void
test_page_is_live (Fixture       *f,
                   gconstpointer  data)
{
  UsherConversation *conversation;

  be_in_step (f);
  conversation = own (f, 300);
  own (f, 301);
  usher_session_show (f->session, conversation, TRUE);
  usher_session_get_contact (f->session, conversation);
  WAIT_UNTIL (f->gate->n_contacts == 1);
  WAIT_UNTIL (!usher_session_peek_holding (f->session, 300)->is_contact_asked);
  tell_presence (f, 301); /* not shown: nobody needs to know */
  for (guint i = 0; i < 20; i++)
    tell_presence (f, 300);
  WAIT_UNTIL (f->gate->n_contacts >= 2 &&
              !usher_session_peek_holding (f->session, 300)->is_contact_asked);
  g_assert_cmpuint (f->gate->n_contacts, <=, 4);
}

/* The path is dead in one direction: nothing comes, and nobody says so. */
static void
test_half_open (Fixture       *f,
                gconstpointer  data)
{
  be_in_step (f);
  f->gate->is_silent = TRUE;
  WAIT_UNTIL (link_state (f) != USHER_LINK_IN_STEP);
  f->gate->is_silent = FALSE;
  WAIT_UNTIL (link_state (f) == USHER_LINK_IN_STEP);
}

static void
test_token_life (Fixture       *f,
                 gconstpointer  data)
{
  be_in_step (f);
  /* The access token has run out while we were away: a new one, no question. */
  f->gate->refuses_resume = TRUE;
  f->gate->refuses_auth = TRUE;
  fake_gate_drop (f->gate);
  WAIT_UNTIL (f->gate->n_refreshes >= 1);
  f->gate->refuses_auth = FALSE;
  WAIT_UNTIL (link_state (f) == USHER_LINK_IN_STEP);
  g_assert_null (f->signed_out);
  /* The family was revoked: the agent has to sign in again. */
  f->gate->refuses_tokens = TRUE;
  f->gate->refuses_auth = TRUE;
  fake_gate_drop (f->gate);
  WAIT_UNTIL (f->signed_out != NULL);
  g_assert_cmpint (link_state (f), ==, USHER_LINK_OFFLINE);
}

static void
test_opened_elsewhere (Fixture       *f,
                       gconstpointer  data)
{
  guint n_connections;

  be_in_step (f);
  n_connections = f->gate->n_connections;
  fake_gate_close (f->gate, 4003);
  WAIT_UNTIL (f->n_notices == 1);
  g_assert_cmpint (link_state (f), ==, USHER_LINK_OFFLINE);
  g_assert_cmpuint (f->gate->n_connections, ==, n_connections);
}

static void
test_sign_out (Fixture       *f,
               gconstpointer  data)
{
  be_in_step (f);
  own (f, 300);
  usher_session_sign_out (f->session);
  g_assert_cmpstr (f->signed_out, ==, "sign-out");
  g_assert_cmpuint (n_items (f, "mine"), ==, 0);
  close_session (f);
  open_session (f);
  g_assert_cmpuint (n_items (f, "mine"), ==, 0);
  g_assert_cmpuint (f->session->agent, ==, 0);
}

/* The gateway ends the running session before it answers; the agent notices nothing. */
static void
test_new_password (Fixture       *f,
                   gconstpointer  data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  be_in_step (f);
  usher_session_change_password_async (f->session, NULL, "wrong", "a new password", NULL, result_cb,
                                       &result);
  WAIT_UNTIL (result != NULL);
  g_assert_false (usher_session_change_password_finish (f->session, result, &error));
  g_assert_error (error, USHER_SESSION_ERROR, USHER_SESSION_ERROR_BAD_CREDENTIALS);
  g_clear_error (&error);
  g_clear_object (&result);
  usher_session_change_password_async (f->session, NULL, "right", "a new password", NULL, result_cb,
                                       &result);
  WAIT_UNTIL (result != NULL);
  usher_session_change_password_finish (f->session, result, &error);
  g_assert_no_error (error);
  WAIT_UNTIL (f->gate->n_connections == 2 && link_state (f) == USHER_LINK_IN_STEP);
  g_assert_null (f->signed_out);
  g_assert_true (f->gate->names_device);
  usher_session_renew_token (f->session);
  WAIT_UNTIL (f->gate->n_refreshes > 0 && !f->session->is_refreshing);
  g_assert_null (f->signed_out);
}

static void
test_account (Fixture       *f,
              gconstpointer  data)
{
  g_autofree char *role = NULL;
  gint64 before_us = g_get_real_time ();
  gint64 since_us;

  be_in_step (f);
  g_object_get (f->session, "role", &role, "connected-since-us", &since_us, NULL);
  g_assert_cmpstr (role, ==, "agent");
  g_assert_cmpint (since_us, >=, before_us);
  fake_gate_stop (f->gate);
  WAIT_UNTIL (link_state (f) == USHER_LINK_OFFLINE);
  g_object_get (f->session, "connected-since-us", &since_us, NULL);
  g_assert_cmpint (since_us, ==, 0);
  fake_gate_start (f->gate);
}

static void
test_sign_out_everywhere (Fixture       *f,
                          gconstpointer  data)
{
  be_in_step (f);
  usher_session_sign_out_everywhere (f->session);
  WAIT_UNTIL (f->gate->is_signed_out_everywhere);
  g_assert_cmpstr (f->signed_out, ==, "sign-out");
}

/* Not a byte of what was said, and a new number for this device. */
static void
test_forget (Fixture       *f,
             gconstpointer  data)
{
  g_autofree char *device = NULL;
  g_autofree char *cache = g_build_filename (f->dir, "cache.db", NULL);
  g_autofree char *pictures = g_build_filename (f->dir, "pictures", NULL);

  be_in_step (f);
  own (f, 300);
  fake_gate_stop (f->gate);
  WAIT_UNTIL (link_state (f) == USHER_LINK_OFFLINE);
  usher_session_send_text (f->session, usher_session_find (f->session, 300), "not sent yet");
  g_assert_cmpuint (usher_session_get_n_unsent (f->session), ==, 1);
  device = g_strdup (f->session->device);
  usher_session_forget (f->session);
  g_assert_cmpstr (f->signed_out, ==, "sign-out");
  g_assert_cmpuint (usher_session_get_n_unsent (f->session), ==, 0);
  close_session (f);
  g_assert_false (g_file_test (cache, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (pictures, G_FILE_TEST_EXISTS));
  open_session (f);
  g_assert_cmpstr (f->session->device, !=, device);
  fake_gate_start (f->gate);
}

static void
progress_cb (double   fraction,
             gpointer user_data)
{
}

static void
test_export (Fixture       *f,
             gconstpointer  data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *missing = g_build_filename (f->dir, "missing", NULL);

  be_in_step (f);
  own (f, 300);
  usher_session_export_async (f->session, f->dir, "{}", NULL, progress_cb, NULL, result_cb,
                              &result);
  WAIT_UNTIL (result != NULL);
  text = usher_session_export_finish (f->session, result, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (text, "usher-export-"));
  g_assert_cmpstr (f->last_slug, ==, "export");
  g_clear_object (&result);
  usher_session_export_async (f->session, missing, "{}", NULL, progress_cb, NULL, result_cb,
                              &result);
  WAIT_UNTIL (result != NULL);
  g_assert_null (usher_session_export_finish (f->session, result, &error));
  g_assert_error (error, USHER_SESSION_ERROR, USHER_SESSION_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, missing));
}

/* Files of the profile hold no token, and nobody else may read them. */
static void
test_privacy (Fixture       *f,
              gconstpointer  data)
{
  static const char *const files[] = { "cache.db", "cache.db-wal" };
  GStatBuf status;

  be_in_step (f);
  own (f, 300);
  close_session (f);
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = g_build_filename (f->dir, files[i], NULL);
    g_autofree char *content = NULL;
    gsize n_bytes = 0;

    if (!g_file_get_contents (path, &content, &n_bytes, NULL))
      continue;
    g_assert_null (memmem (content, n_bytes, "gr_", 3));
    g_assert_null (memmem (content, n_bytes, "ga_", 3));
    g_assert_cmpint (g_stat (path, &status), ==, 0);
    g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
  }
  g_assert_cmpint (g_stat (f->dir, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0700);
  open_session (f);
}

static void
test_long_history (Fixture       *f,
                   gconstpointer  data)
{
  UsherConversation *conversation;
  UsherMessageList *list;

  be_in_step (f);
  for (guint i = 1; i <= 950; i++) {
    g_autofree char *text = g_strdup_printf ("%u", i);

    fake_gate_say (f->gate, 300, text, FALSE);
  }
  conversation = own (f, 300);
  fake_gate_send_line (f->gate, 300, 950);
  usher_session_show (f->session, conversation, TRUE);
  list = usher_conversation_get_messages (conversation);
  WAIT_UNTIL (usher_message_list_get_last_seq (list) == 950);
  while (usher_message_list_get_first_seq (list) > 1) {
    guint64 first = usher_message_list_get_first_seq (list);

    usher_session_load_older (f->session, conversation);
    WAIT_UNTIL (usher_message_list_get_first_seq (list) < first);
    g_assert_cmpuint (usher_message_list_get_n_items (list), <=, USHER_MESSAGE_LIST_MAX_ROWS);
  }
  g_assert_false (usher_message_list_get_has_older (list));
  g_assert_true (usher_message_list_get_has_newer (list));
  while (usher_message_list_get_has_newer (list)) {
    guint64 last = usher_message_list_get_last_seq (list);

    usher_session_load_newer (f->session, conversation);
    WAIT_UNTIL (usher_message_list_get_last_seq (list) > last ||
                !usher_message_list_get_has_newer (list));
  }
  g_assert_cmpuint (usher_message_list_get_last_seq (list), ==, 950);
  for (guint i = 1; i < usher_message_list_get_n_items (list); i++)
    g_assert_cmpuint (usher_message_get_seq (usher_message_list_peek (list, i)), ==,
                      usher_message_get_seq (usher_message_list_peek (list, i - 1)) + 1);
}

/* --- Mentions ------------------------------------------------------------------------------------------- */

static void
add_colleague (Fixture    *f,
               guint64     agent,
               const char *name)
{
  g_autoptr (UsherColleague) colleague = usher_colleague_new (agent);

  usher_colleague_set_name (colleague, name);
  g_list_store_append (f->session->colleagues, colleague);
}

static void
test_who_is_mentioned (Fixture       *f,
                       gconstpointer  data)
{
  static const struct {
    const char *text;
    const char *mentions;
  } cases[] = {
    { "@Li Wei look", "7" },      { "look, @Li Wei!", "7" }, { "@Lina", NULL },
    { "@Li Weiss", "8" },         { "mail li@Li", "8" },     { "@王芳请看", "9" },
    { "@Li Wei and @Li", "7,8" }, { "@Ada", NULL },          { "nobody", NULL },
  };

  add_colleague (f, 7, "Li Wei");
  add_colleague (f, 8, "Li");
  add_colleague (f, 9, "王芳");
  be_in_step (f);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *mentions = NULL;

    if (g_list_model_get_n_items (G_LIST_MODEL (f->session->colleagues)) == 0) {
      add_colleague (f, 7, "Li Wei");
      add_colleague (f, 8, "Li");
      add_colleague (f, 9, "王芳");
      add_colleague (f, f->session->agent, "Ada");
    }
    mentions = usher_session_dup_mentions (f->session, cases[i].text);
    g_test_message ("%s", cases[i].text);
    g_assert_cmpstr (mentions, ==, cases[i].mentions);
  }
}

/* Written without a network, and sent by the next console: who was meant is kept with the line. */
static void
test_mention (Fixture       *f,
              gconstpointer  data)
{
  Gate__V1__Note note = GATE__V1__NOTE__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (NOTE, note, &note);
  guint64 mentioned[] = { 42 };
  FakeConv *conv;
  Gate__V1__Note *stored;
  gsize n_bytes;
  const guint8 *bytes;

  be_in_step (f);
  own (f, 300);
  add_colleague (f, 7, "Li Wei");
  fake_gate_stop (f->gate);
  fake_gate_drop (f->gate);
  WAIT_UNTIL (link_state (f) != USHER_LINK_IN_STEP);
  usher_session_send_note (f->session, usher_session_find (f->session, 300), "@Li Wei see this");
  fake_gate_start (f->gate);
  conv = fake_gate_conv (f->gate, 300);
  WAIT_UNTIL (conv->notes->len == 1);
  bytes = g_bytes_get_data (g_ptr_array_index (conv->notes, 0), &n_bytes);
  stored = gate__v1__note__unpack (NULL, n_bytes, bytes);
  g_assert_cmpuint (stored->n_mentions, ==, 1);
  g_assert_cmpuint (stored->mentions[0], ==, 7);
  gate__v1__note__free_unpacked (stored, NULL);
  /* The other way round. */
  WAIT_UNTIL (link_state (f) == USHER_LINK_IN_STEP);
  note.conv = 300;
  note.n = 2;
  note.author = 7;
  note.role = GATE__V1__ROLE__AGENT;
  note.text = (char *) "@Ada please";
  note.mentions = mentioned;
  note.n_mentions = 1;
  fake_gate_send (f->gate, &frame);
  WAIT_UNTIL (g_strcmp0 (f->last_slug, "mentioned") == 0);
}

static gboolean
refuse_edit (FakeGate              *gate,
             const Gate__V1__Frame *frame,
             gpointer               user_data)
{
  Gate__V1__Error error = GATE__V1__ERROR__INIT;
  Gate__V1__Frame answer = WIRE_FRAME (ERROR, error, &error);

  if (frame->body_case != GATE__V1__FRAME__BODY_CONTACT_EDIT)
    return FALSE;
  error.code = 403;
  error.slug = (char *) "not_owner";
  answer.id = frame->id;
  fake_gate_send (gate, &answer);
  return TRUE;
}

/* Shown at once, kept by the gateway; what it refuses is taken back and said. */
static void
test_contact_edit (Fixture       *f,
                   gconstpointer  data)
{
  UsherConversation *conversation;
  UsherContact *contact;
  gint64 until_us = g_get_real_time () + 3600 * (gint64) G_USEC_PER_SEC;

  be_in_step (f);
  conversation = own (f, 300);
  usher_session_show (f->session, conversation, TRUE);
  contact = usher_session_get_contact (f->session, conversation);
  WAIT_UNTIL (g_strcmp0 (usher_contact_get_email (contact), "grace@example.org") == 0);
  usher_session_edit_contact (f->session, conversation, USHER_CONTACT_EMAIL, "g@example.org");
  g_assert_cmpstr (usher_contact_get_email (contact), ==, "g@example.org");
  WAIT_UNTIL (g_strcmp0 (f->gate->email, "g@example.org") == 0);
  usher_session_block (f->session, conversation, until_us);
  g_assert_cmpint (usher_contact_get_blocked_until_us (contact), ==, until_us);
  WAIT_UNTIL (f->gate->blocked_until != 0);
  usher_session_block (f->session, conversation, USHER_BLOCK_FOR_GOOD);
  WAIT_UNTIL (f->gate->blocked_until == (guint64) USHER_BLOCK_FOR_GOOD / 1000);
  WAIT_UNTIL (usher_contact_get_blocked_until_us (contact) == USHER_BLOCK_FOR_GOOD);
  usher_session_block (f->session, conversation, 0);
  WAIT_UNTIL (f->gate->blocked_until == 0);
  f->gate->frame_func = refuse_edit;
  usher_session_edit_contact (f->session, conversation, USHER_CONTACT_EMAIL, "other@example.org");
  WAIT_UNTIL (g_strcmp0 (f->last_slug, "not_owner") == 0);
  WAIT_UNTIL (g_strcmp0 (usher_contact_get_email (contact), "g@example.org") == 0);
}

/* A gateway with one other contact: what it was asked is kept for the test. */
static Gate__V1__ContactMerge last_merge;
static char last_attrs[64];

static gboolean
answer_merges (FakeGate              *gate,
               const Gate__V1__Frame *frame,
               gpointer               user_data)
{
  Gate__V1__ContactFound page = GATE__V1__CONTACT_FOUND__INIT;
  Gate__V1__Frame answer = WIRE_FRAME (CONTACT_FOUND, contact_found, &page);
  Gate__V1__Contact one = GATE__V1__CONTACT__INIT;
  Gate__V1__Contact other = GATE__V1__CONTACT__INIT;
  Gate__V1__Contact *contacts[] = { &one, &other };

  if (frame->body_case == GATE__V1__FRAME__BODY_CONTACT_EDIT) {
    g_snprintf (last_attrs, sizeof last_attrs, "%.*s", (int) frame->contact_edit->attrs.len,
                (const char *) frame->contact_edit->attrs.data);
    return FALSE;
  }
  if (frame->body_case == GATE__V1__FRAME__BODY_CONTACT_MERGE)
    last_merge = *frame->contact_merge;
  if (frame->body_case == GATE__V1__FRAME__BODY_CONTACT_MERGE && !last_merge.preview) {
    Gate__V1__Error error = GATE__V1__ERROR__INIT;
    Gate__V1__Frame refusal = WIRE_FRAME (ERROR, error, &error);

    error.code = 409;
    error.slug = (char *) "both_signed_in";
    refusal.id = frame->id;
    fake_gate_send (gate, &refusal);
    return TRUE;
  }
  if (frame->body_case != GATE__V1__FRAME__BODY_CONTACT_FIND &&
      frame->body_case != GATE__V1__FRAME__BODY_CONTACT_MERGE)
    return FALSE;
  one.visitor = one.contact = 9;
  one.name = (char *) "Hopper";
  page.contacts = contacts;
  page.n_contacts = frame->body_case == GATE__V1__FRAME__BODY_CONTACT_FIND ? 1 : 2;
  page.n_same = 4; /* more than there are */
  answer.id = frame->id;
  fake_gate_send (gate, &answer);
  return TRUE;
}

typedef struct {
  guint n_contacts, n_same, n_freed;
  char *name, *problem;
} Found;

static void
found_cb (GListModel *contacts,
          guint       n_same,
          const char *problem,
          gpointer    user_data)
{
  Found *found = user_data;

  found->n_contacts = contacts == NULL ? 0 : g_list_model_get_n_items (contacts);
  found->n_same = n_same;
  g_free (found->problem);
  found->problem = g_strdup (problem);
  if (found->n_contacts > 0) {
    g_autoptr (UsherContact) contact = g_list_model_get_item (contacts, 0);

    g_free (found->name);
    found->name = g_strdup (usher_contact_get_name (contact));
  }
}

static void
found_free (gpointer data)
{
  ((Found *) data)->n_freed++;
}

/* Looked for, shown as one, merged, taken apart; what is shown of a chat's own contact is not touched by a preview. */
static void
test_merge (Fixture       *f,
            gconstpointer  data)
{
  UsherConversation *conversation;
  UsherContact *contact;
  Found found = { 0 };

  be_in_step (f);
  conversation = own (f, 300);
  contact = usher_session_get_contact (f->session, conversation);
  WAIT_UNTIL (g_strcmp0 (usher_contact_get_name (contact), "Grace") == 0);
  f->gate->frame_func = answer_merges;
  usher_session_find_contacts (f->session, conversation, "Hop", found_cb, &found, found_free);
  WAIT_UNTIL (found.n_freed == 1);
  g_assert_cmpuint (found.n_contacts, ==, 1);
  g_assert_cmpuint (found.n_same, ==, 1);
  g_assert_cmpstr (found.name, ==, "Hopper");
  usher_session_preview_merge (f->session, conversation, 9, TRUE, found_cb, &found, found_free);
  WAIT_UNTIL (found.n_freed == 2);
  g_assert_cmpuint (found.n_contacts, ==, 2);
  g_assert_true (last_merge.preview && last_merge.keep_other);
  g_assert_cmpstr (usher_contact_get_name (contact), ==, "Grace");
  usher_session_merge (f->session, conversation, 9, FALSE);
  WAIT_UNTIL (g_strcmp0 (f->last_slug, "both_signed_in") == 0);
  g_assert_true (last_merge.conv == 300 && last_merge.visitor == 9 && !last_merge.undo);
  usher_session_unmerge (f->session, conversation, 9);
  WAIT_UNTIL (last_merge.undo);
  usher_session_set_attribute (f->session, conversation, "a \"b\"", "[1]");
  WAIT_UNTIL (g_str_equal (last_attrs, "{\"a \\\"b\\\"\":[1]}"));
  usher_session_set_attribute (f->session, conversation, "a", NULL);
  WAIT_UNTIL (g_str_equal (last_attrs, "{\"a\":null}"));
  /* Without a connection there is an answer too. */
  f->gate->frame_func = NULL;
  f->gate->is_silent = TRUE;
  WAIT_UNTIL (link_state (f) != USHER_LINK_IN_STEP);
  usher_session_find_contacts (f->session, conversation, "x", found_cb, &found, found_free);
  WAIT_UNTIL (found.n_freed == 3);
  g_assert_nonnull (found.problem);
  g_free (found.name);
  g_free (found.problem);
}

/* --- Search ------------------------------------------------------------------------------------------- */

/* A gateway that finds one line of its own, and the newest of the conversation a second time. */
static gboolean
answer_search (FakeGate              *gate,
               const Gate__V1__Frame *frame,
               gpointer               user_data)
{
  Gate__V1__SearchPage page = GATE__V1__SEARCH_PAGE__INIT;
  Gate__V1__Frame answer = WIRE_FRAME (SEARCH_PAGE, search_page, &page);
  Gate__V1__Hit known = GATE__V1__HIT__INIT;
  Gate__V1__Hit other = GATE__V1__HIT__INIT;
  Gate__V1__Hit *hits[] = { &known, &other };
  guint32 marks[] = { 0, 2 };

  if (frame->body_case != GATE__V1__FRAME__BODY_SEARCH_REQ)
    return FALSE;
  g_assert_cmpstr (frame->search_req->query, ==, "退款");
  known.conv = 300;
  known.seq = 2;
  known.ts = 3;
  known.snippet = (char *) "known";
  other.conv = 77;
  other.seq = 120;
  other.ts = 2000;
  other.snippet = (char *) "退款 elsewhere";
  other.name = (char *) "Grace";
  other.marks = marks;
  other.n_marks = 2;
  page.hits = hits;
  page.n_hits = 2;
  answer.id = frame->id;
  fake_gate_send (gate, &answer);
  return TRUE;
}

static void
test_search (Fixture       *f,
             gconstpointer  data)
{
  g_autoptr (UsherSearch) search = NULL;
  GListModel *hits;
  guint n_pairs;

  be_in_step (f);
  fake_gate_say (f->gate, 300, "hello", FALSE);
  fake_gate_say (f->gate, 300, "我要退款", FALSE);
  usher_session_show (f->session, own (f, 300), TRUE);
  fake_gate_send_line (f->gate, 300, 2);
  WAIT_UNTIL (shows (usher_session_find (f->session, 300), "hello\n我要退款\n"));
  f->gate->frame_func = answer_search;
  search = usher_search_new (f->session);
  hits = usher_search_get_hits (search);
  usher_search_set_text (search, "退");
  usher_search_set_text (search, "退款");
  WAIT_UNTIL (!usher_search_get_is_busy (search));
  g_assert_cmpuint (g_list_model_get_n_items (hits), ==, 2);
  g_assert_cmpstr (usher_search_get_status (search), ==, "2 lines found.");
  for (guint i = 0; i < 2; i++) {
    g_autoptr (UsherHit) hit = g_list_model_get_item (hits, i);

    g_assert_cmpint (usher_hit_get_is_local (hit), ==, usher_hit_get_conv (hit) == 300);
    usher_hit_get_marks (hit, &n_pairs);
    g_assert_cmpuint (n_pairs, ==, 1);
  }
  usher_search_set_text (search, "before:soon");
  g_assert_cmpuint (g_list_model_get_n_items (hits), ==, 0);
  g_assert_nonnull (strstr (usher_search_get_status (search), "before:soon"));
  usher_search_set_text (search, "");
  g_assert_null (usher_search_get_status (search));
}

static gboolean
answer_search_of_chat (FakeGate              *gate,
                       const Gate__V1__Frame *frame,
                       gpointer               user_data)
{
  Gate__V1__SearchPage page = GATE__V1__SEARCH_PAGE__INIT;
  Gate__V1__Frame answer = WIRE_FRAME (SEARCH_PAGE, search_page, &page);

  if (frame->body_case != GATE__V1__FRAME__BODY_SEARCH_REQ)
    return FALSE;
  g_assert_cmpuint (frame->search_req->conv, ==, 300);
  page.more = TRUE;
  answer.id = frame->id;
  fake_gate_send (gate, &answer);
  return TRUE;
}

/* Within one chat, here and at the gateway; and where the words stand in a line. */
static void
test_search_of_chat (Fixture       *f,
                     gconstpointer  data)
{
  g_autoptr (UsherSearch) search = NULL;
  gsize marks[2 * USHER_SEARCH_MAX_MARKS];
  GListModel *hits;

  be_in_step (f);
  fake_gate_say (f->gate, 300, "我要退款", FALSE);
  usher_session_show (f->session, own (f, 300), TRUE);
  fake_gate_send_line (f->gate, 300, 1);
  WAIT_UNTIL (shows (usher_session_find (f->session, 300), "我要退款\n"));
  fake_gate_say (f->gate, 301, "退款", FALSE);
  usher_session_show (f->session, own (f, 301), TRUE);
  fake_gate_send_line (f->gate, 301, 1);
  WAIT_UNTIL (shows (usher_session_find (f->session, 301), "退款\n"));
  f->gate->frame_func = answer_search_of_chat;
  search = usher_search_new (f->session);
  usher_search_set_conv (search, 300);
  g_assert_cmpuint (usher_search_mark (search, "退款", marks), ==, 0);
  hits = usher_search_get_hits (search);
  usher_search_set_text (search, "退款");
  WAIT_UNTIL (!usher_search_get_is_busy (search));
  g_assert_cmpuint (g_list_model_get_n_items (hits), ==, 1);
  g_assert_true (usher_search_get_is_cut (search)); /* the gateway has more */
  g_assert_cmpuint (usher_search_mark (search, "退款:我要退款", marks), ==, 2);
  g_assert_cmpuint (marks[0], ==, 0);
  g_assert_cmpuint (marks[1], ==, 6);
  g_assert_cmpuint (marks[2], ==, 13);
  g_assert_cmpuint (marks[3], ==, 19);
  usher_search_set_conv (search, 301);
  g_assert_cmpuint (g_list_model_get_n_items (hits), ==, 0);
  g_assert_cmpuint (usher_search_mark (search, "退款", marks), ==, 0);
}

static void
test_search_away (Fixture       *f,
                  gconstpointer  data)
{
  g_autoptr (UsherSearch) search = NULL;

  be_in_step (f);
  fake_gate_say (f->gate, 300, "我要退款", FALSE);
  usher_session_show (f->session, own (f, 300), TRUE);
  fake_gate_send_line (f->gate, 300, 1);
  WAIT_UNTIL (shows (usher_session_find (f->session, 300), "我要退款\n"));
  fake_gate_stop (f->gate);
  fake_gate_drop (f->gate);
  WAIT_UNTIL (link_state (f) != USHER_LINK_IN_STEP);
  search = usher_search_new (f->session);
  usher_search_set_text (search, "退款");
  WAIT_UNTIL (!usher_search_get_is_busy (search));
  g_assert_cmpstr (usher_search_get_status (search), ==,
                   "1 line found on this computer. The gateway cannot be asked now.");
}

static void
line_shown_cb (UsherSession      *session,
               UsherConversation *conversation,
               UsherMessage      *message,
               guint64           *ret_seq)
{
  *ret_seq = usher_message_get_seq (message);
}

/* A line far back in a chat of which nothing is held: the window goes there, and from there to the newest without a gap. */
static void
test_show_line (Fixture       *f,
                gconstpointer  data)
{
  g_autoptr (UsherHit) hit = usher_hit_new (300, 30, FALSE);
  g_autoptr (UsherHit) near = usher_hit_new (300, 900, FALSE);
  g_autoptr (UsherHit) other = usher_hit_new (300, 945, FALSE);
  g_autoptr (UsherHit) none = usher_hit_new (300, 5000, FALSE);
  UsherConversation *conversation;
  UsherMessageList *list;
  guint64 shown_seq = 0;
  gint64 last_us;
  guint n_notices;

  be_in_step (f);
  f->gate->line_gap_ms = 1000;
  for (guint i = 1; i <= 950; i++) {
    g_autofree char *text = g_strdup_printf ("%u", i);

    fake_gate_say (f->gate, 300, text, FALSE);
  }
  g_signal_connect (f->session, "line-shown", G_CALLBACK (line_shown_cb), &shown_seq);
  own (f, 300);
  fake_gate_send_line (f->gate, 300, 950);
  list = usher_conversation_get_messages (usher_session_find (f->session, 300));
  usher_hit_set_ts_us (hit, 0); /* as far back as it goes */
  conversation = usher_session_show_line (f->session, hit);
  usher_session_show (f->session, conversation, TRUE);
  WAIT_UNTIL (shown_seq == 30);
  while (usher_message_list_get_last_seq (list) < 950) {
    guint64 last = usher_message_list_get_last_seq (list);
    gboolean has_newer = usher_message_list_get_has_newer (list);

    if (has_newer)
      usher_session_load_newer (f->session, conversation);
    WAIT_UNTIL (usher_message_list_get_last_seq (list) > last ||
                usher_message_list_get_has_newer (list) != has_newer);
  }
  g_assert_cmpuint (usher_message_list_get_last_seq (list), ==, 950);
  /* It stands in the window: nothing is read, and nothing else moves. */
  shown_seq = 0;
  usher_hit_set_ts_us (near, usher_message_get_ts_us (usher_message_list_find (list, 900)));
  usher_session_show_line (f->session, near);
  g_assert_cmpuint (shown_seq, ==, 900);
  g_assert_cmpuint (usher_message_list_get_last_seq (list), ==, 950);
  /* One after another, faster than the store: the last is the one that is shown. */
  n_notices = f->n_notices;
  usher_session_show_line (f->session, hit);
  usher_hit_set_ts_us (other, G_GINT64_CONSTANT (9000000000) * G_USEC_PER_SEC);
  usher_session_show_line (f->session, other);
  WAIT_UNTIL (shown_seq == 945);
  g_assert_cmpuint (f->n_notices, ==, n_notices);
  last_us = usher_message_get_ts_us (usher_message_list_find (list, 950));
  /* A day: the first line of it or after it; before all of them the first, behind them the last. */
  usher_session_show_day (f->session, conversation, 0);
  WAIT_UNTIL (shown_seq == 1);
  usher_session_show_day (f->session, conversation, last_us - 550 * G_USEC_PER_SEC - 500000);
  WAIT_UNTIL (shown_seq == 400);
  usher_session_show_day (f->session, conversation,
                          G_GINT64_CONSTANT (9000000000) * G_USEC_PER_SEC);
  WAIT_UNTIL (shown_seq == 950);
  n_notices = f->n_notices;
  usher_hit_set_ts_us (none, G_GINT64_CONSTANT (9000000000) * G_USEC_PER_SEC);
  usher_session_show_line (f->session, none);
  WAIT_UNTIL (f->n_notices > n_notices);
  g_assert_cmpstr (f->last_slug, ==, "line_not_found");
}

#define ADD(path, func) g_test_add ("/session/" path, Fixture, NULL, setup, func, teardown)

int
main (int    argc,
      char **argv)
{
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("sign-in", test_sign_in);
  ADD ("offer", test_offer);
  ADD ("offer-reason", test_offer_reason);
  ADD ("pass-and-gone", test_pass_and_gone);
  ADD ("gaps-and-repeats", test_gaps_and_repeats);
  ADD ("offline-queue", test_offline_queue);
  ADD ("dispositions", test_dispositions);
  ADD ("team-canned", test_team_canned);
  ADD ("suggestions", test_suggestions);
  ADD ("suggestions-age", test_suggestions_age);
  ADD ("lid", test_lid);
  ADD ("take-back", test_take_back);
  ADD ("held-over-restart", test_held_over_restart);
  ADD ("close-hurries", test_close_hurries);
  g_test_add ("/session/said-before-closed", Fixture, GINT_TO_POINTER (CLOSED), setup,
              test_said_before_left, teardown);
  g_test_add ("/session/said-before-transferred", Fixture, GINT_TO_POINTER (TRANSFERRED), setup,
              test_said_before_left, teardown);
  g_test_add ("/session/said-before-snoozed", Fixture, GINT_TO_POINTER (SNOOZED), setup,
              test_said_before_left, teardown);
  ADD ("own-edit", test_own_edit);
  ADD ("edit-waits", test_edit_waits);
  g_test_add ("/session/edit-after-edit", Fixture, GINT_TO_POINTER (FALSE), setup, test_two_edits,
              teardown);
  g_test_add ("/session/edit-refused-first", Fixture, GINT_TO_POINTER (TRUE), setup, test_two_edits,
              teardown);
  ADD ("edit-behind-edit", test_edit_behind_edit);
  g_test_add ("/session/close-after-edit", Fixture, GINT_TO_POINTER (0), setup,
              test_close_after_edit, teardown);
  g_test_add ("/session/close-after-refused-edit", Fixture, GINT_TO_POINTER (1), setup,
              test_close_after_edit, teardown);
  ADD ("lost-ack", test_lost_ack);
  ADD ("stale-view", test_stale_view);
  ADD ("busy-gateway", test_busy_gateway);
  ADD ("discard", test_discard);
  ADD ("log-change", test_log_change);
  ADD ("notes", test_notes);
  ADD ("changes", test_changes);
  ADD ("image", test_image);
  ADD ("file", test_file);
  ADD ("voice", test_voice);
  ADD ("two-uploads", test_two_uploads);
  ADD ("marks", test_marks);
  ADD ("typing", test_typing);
  ADD ("edit-and-recall", test_edit_and_recall);
  ADD ("close-and-wrap-up", test_close_and_wrap_up);
  ADD ("wrapup-time", test_wrapup_time);
  ADD ("stale-epoch", test_stale_epoch);
  ADD ("contact", test_contact);
  ADD ("page-is-live", test_page_is_live);
  ADD ("half-open", test_half_open);
  ADD ("token-life", test_token_life);
  ADD ("opened-elsewhere", test_opened_elsewhere);
  ADD ("sign-out", test_sign_out);
  ADD ("sign-out-everywhere", test_sign_out_everywhere);
  ADD ("forget", test_forget);
  ADD ("account", test_account);
  ADD ("export", test_export);
  ADD ("new-password", test_new_password);
  ADD ("privacy", test_privacy);
  ADD ("long-history", test_long_history);
  ADD ("who-is-mentioned", test_who_is_mentioned);
  ADD ("mention", test_mention);
  ADD ("contact-edit", test_contact_edit);
  ADD ("merge", test_merge);
  ADD ("search", test_search);
  ADD ("search-of-chat", test_search_of_chat);
  ADD ("search-away", test_search_away);
  ADD ("show-line", test_show_line);
  return g_test_run ();
}
