/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "ui-test.h"
#include "usher-canned.h"
#include "usher-colleague.h"
#include "usher-key-row.h"
#include "usher-keys-page.h"
#include "usher-keys.h"
#include "usher-macro-chooser.h"
#include "usher-macro-plan.h"
#include "usher-macro-step-row.h"
#include "usher-macro-window.h"
#include "usher-palette.h"
#include "usher-preferences.h"
#include "usher-queue.h"
#include "usher-shortcuts.h"
#include "usher-window-private.h"

/* Several steps under one name: how they are kept, planned, run, taken back and written. */

static GSettings *
fresh_settings (void)
{
  GSettings *settings = g_settings_new ("io.github.usher_desk.Usher");

  g_settings_set_value (settings, "macros", g_variant_new ("a(sssa(ss))", NULL));
  g_settings_reset (settings, "canned-replies");
  g_settings_reset (settings, "keys");
  return settings;
}

/* @steps: "send hello|label vip" */
static UsherMacro *
macro_new (const char *name,
           const char *steps)
{
  UsherMacro *macro = usher_macro_new (NULL, name, "");
  g_auto (GStrv) each = g_strsplit (steps, "|", -1);

  for (guint i = 0; each[i] != NULL; i++) {
    g_auto (GStrv) parts = g_strsplit (each[i], " ", 2);

    g_assert_true (usher_macro_add_step (macro, parts[0], parts[1] != NULL ? parts[1] : ""));
  }
  return macro;
}

static char *
dup_steps (UsherMacro *macro)
{
  GListModel *steps = usher_macro_get_steps (macro);
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (steps); i++) {
    g_autoptr (UsherMacroStep) step = g_list_model_get_item (steps, i);
    const char *argument = usher_macro_step_get_argument (step);

    g_string_append_printf (all, "%s%s%s%s", i > 0 ? "|" : "", usher_macro_step_get_name (step),
                            *argument != '\0' ? " " : "", argument);
  }
  return g_string_free (all, FALSE);
}

static void
assert_steps (UsherMacro *macro,
              const char *expected)
{
  g_autofree char *steps = dup_steps (macro);

  g_assert_cmpstr (steps, ==, expected);
}

/* --- Kept ------------------------------------------------------------------------------------------------------------- */

typedef struct {
  const char *argument;
  guint64 agent;
  const char *queue;
} TargetCase;

static const TargetCase targets[] = {
  { "queue:shop", 0, "shop" }, { "queue:a:b", 0, "a:b" },
  { "agent:8", 8, NULL },      { "", 0, NULL },
  { "queue:", 0, NULL },       { "agent:", 0, NULL },
  { "agent:0", 0, NULL },      { "agent:-1", 0, NULL },
  { "agent:8x", 0, NULL },     { "shop", 0, NULL },
  { "Queue:shop", 0, NULL },   { "agent:99999999999999999999", 0, NULL },
};

static void
test_targets (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (targets); i++) {
    g_autoptr (UsherMacroStep) step = usher_macro_step_new ("transfer", targets[i].argument);
    const char *queue;
    guint64 agent;

    g_test_message ("%s", targets[i].argument);
    g_assert_cmpint (usher_macro_step_get_target (step, &agent, &queue), ==,
                     targets[i].agent != 0 || targets[i].queue != NULL);
    g_assert_cmpuint (agent, ==, targets[i].agent);
    g_assert_cmpstr (queue, ==, targets[i].queue);
  }
}

/* What is changed is in the settings at once, and in the list of another window. */
static void
test_kept (void)
{
  g_autoptr (GSettings) settings = fresh_settings ();
  g_autoptr (UsherMacroList) list = usher_macro_list_new (settings);
  g_autoptr (UsherMacroList) other = usher_macro_list_new (settings);
  g_autoptr (UsherMacro) macro = macro_new ("Refund", "send hello|label refund|close");
  g_autoptr (UsherMacroStep) label = NULL;
  UsherMacro *again;

  usher_macro_list_add (list, macro);
  label = g_list_model_get_item (usher_macro_get_steps (macro), 1);
  usher_macro_step_set_argument (label, "money");
  g_object_set (macro, "key", "<Control>r", NULL);
  usher_macro_move_step (macro, label, -1);
  again = usher_macro_list_get (other, usher_macro_get_id (macro));
  g_assert_cmpstr (usher_macro_get_name (again), ==, "Refund");
  g_assert_cmpstr (usher_macro_get_key (again), ==, "<Control>r");
  assert_steps (again, "label money|send hello|close");
  usher_macro_move_step (macro, label, -1); /* it is the first */
  assert_steps (macro, "label money|send hello|close");
  usher_macro_remove_step (macro, label);
  again = usher_macro_list_get (other, usher_macro_get_id (macro));
  assert_steps (again, "send hello|close");
  g_assert_true (usher_macro_insert_step (macro, 1, label));
  assert_steps (usher_macro_list_get (other, usher_macro_get_id (macro)),
                "send hello|label money|close");
  usher_macro_list_remove (list, macro);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (other)), ==, 0);
}

/* A step of a later version is not lost because this one has looked at it. */
static void
test_unknown_step (void)
{
  g_autoptr (GSettings) settings = fresh_settings ();
  g_autoptr (UsherMacroList) list = NULL;
  g_autoptr (UsherMacroList) other = NULL;
  UsherMacro *macro;

  g_settings_set_value (settings, "macros",
                        g_variant_new_parsed (
                          "[('i', 'M', '', [('pray', 'hard'), ('next', '')])]"));
  list = usher_macro_list_new (settings);
  macro = usher_macro_list_get (list, "i");
  g_object_set (macro, "name", "N", NULL);
  other = usher_macro_list_new (settings);
  macro = usher_macro_list_get (other, "i");
  g_assert_cmpstr (usher_macro_get_name (macro), ==, "N");
  assert_steps (macro, "pray hard|next");
}

static void
test_bounds (void)
{
  g_autoptr (UsherMacro) macro = macro_new ("Many", "next");

  for (guint i = 1; i < USHER_MACRO_MAX_STEPS; i++)
    g_assert_true (usher_macro_add_step (macro, "next", ""));
  g_assert_false (usher_macro_add_step (macro, "next", ""));
}

/* What there is at first makes sense, and can be run by this version. */
static void
test_default (void)
{
  g_autoptr (GSettings) settings = g_settings_new ("io.github.usher_desk.Usher");
  g_autoptr (UsherMacroList) list = NULL;
  g_autoptr (UsherMacro) macro = NULL;

  g_settings_reset (settings, "macros");
  list = usher_macro_list_new (settings);
  macro = g_list_model_get_item (G_LIST_MODEL (list), 0);
  for (guint i = 0; i < g_list_model_get_n_items (usher_macro_get_steps (macro)); i++) {
    g_autoptr (UsherMacroStep) step = g_list_model_get_item (usher_macro_get_steps (macro), i);

    g_assert_cmpint (usher_macro_step_get_kind (step), !=, USHER_STEP_UNKNOWN);
  }
}

static void
test_find (void)
{
  g_autoptr (GSettings) settings = fresh_settings ();
  g_autoptr (UsherMacroList) list = usher_macro_list_new (settings);
  static const char *const names[] = { "Goodbye", "A good start", "退款", "Refund" };
  g_autoptr (GPtrArray) good = NULL;
  g_autoptr (GPtrArray) chinese = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (UsherMacro) macro = macro_new (names[i], "next");

    usher_macro_list_add (list, macro);
  }
  good = usher_macro_list_find (list, "GOOD");
  g_assert_cmpuint (good->len, ==, 2);
  g_assert_cmpstr (usher_macro_get_name (good->pdata[0]), ==, "Goodbye");
  chinese = usher_macro_list_find (list, "款");
  g_assert_cmpuint (chinese->len, ==, 1);
}

/* --- Planned ----------------------------------------------------------------------------------------------------------- */

typedef enum {
  MINE,
  QUEUED,
  CLOSED,
  ELSEWHERE, /* mine, but another chat is shown */
  OFFLINE,   /* mine, and the gateway is away */
} Where;

typedef struct {
  const char *steps;
  Where where;
  const char *expected; /* what would be done; or, behind a “!”, the end of the sentence */
} PlanCase;

static const PlanCase plans[] = {
  { "send Hello {{visitor}}", MINE, "send Hello Anna" },
  { "send /hi", MINE, "send Hello Anna, this is demo. How can I help?" },
  { "send /nothing", MINE, "!Step 1, Send “/nothing”: there is no canned reply “/nothing”." },
  { "send  ", MINE, "!it has no text." },
  { "send /etc/passwd is a file", MINE, "send /etc/passwd is a file" },
  { "send Order {{order number}}?", MINE, "insert Order order number?" },
  { "send Order {{order number}}?", ELSEWHERE,
    "!it has a blank, which can be filled in only in the chat that is shown." },
  { "insert Hello", MINE, "insert Hello" },
  { "insert Hello", ELSEWHERE, "!text can be put only into the chat that is shown." },
  { "note for {{visitor}}", ELSEWHERE, "note for Anna" },
  { "note why? {{reason}}", MINE, "insert why? reason" },
  { "send hello", QUEUED, "!you cannot write to the visitor in this chat now." },
  { "note hello", QUEUED, "!you cannot write notes in this chat now." },
  { "label vip", QUEUED, "!you cannot change the labels of this chat now." },
  { "label  vip ", MINE, "label vip" },
  { "label  ", MINE, "!it names no label." },
  { "unlabel 12345678901234567890123456789012345678901234567890123456789012345", MINE,
    "!that is too long for a label." },
  { "transfer queue:shop", MINE, "transfer 0 shop" },
  { "transfer agent:8", MINE, "transfer 8 -" },
  { "transfer agent:10", MINE,
    "!Step 1, Transfer to Tom Baker: this colleague is not there to take it." },
  { "transfer agent:7", MINE, "!that is you." },
  { "transfer agent:99", MINE, "!this colleague is not there to take it." },
  { "transfer queue:gone", MINE, "!there is no such queue." },
  { "transfer", MINE, "!it names neither a colleague nor a queue." },
  { "label vip|transfer queue:shop", QUEUED,
    "!Step 1, Add label “vip”: you cannot change the labels of this chat now." },
  { "transfer queue:shop", QUEUED, "!Step 1, Transfer to Shop: the chat is not yours." },
  { "snooze", MINE, "snooze 0" },
  { "snooze hour", MINE, "snooze 3600" },
  { "snooze afternoon", MINE, "!Step 1, Snooze until this afternoon: that time is over today." },
  { "snooze", CLOSED, "!the chat is not in a state for it." },
  { "close refund", MINE, "close refund" },
  { "close", MINE, "close " },
  { "close weather", MINE,
    "!Step 1, Close as “weather”: the queue of this chat has no such code." },
  { "send bye|close|next", MINE, "send bye|close |next" },
  { "close|label vip", MINE,
    "!Step 2, Add label “vip”: the chat has left with step 1; only going to the next can follow." },
  { "transfer queue:shop|snooze", MINE,
    "!the chat has left with step 1; only going to the next can follow." },
  { "insert Hello|close", MINE, "!the text of step 1 has not been sent then." },
  { "send {{blank}}|snooze", MINE, "!the text of step 1 has not been sent then." },
  { "insert Hello|label vip|next", MINE, "insert Hello|label vip|next" },
  { "next|next", MINE, "next" },
  { "send Hello|note said|next", OFFLINE, "send Hello|note said|next" },
  { "send Hello|label vip", OFFLINE,
    "!Step 2, Add label “vip”: there is no connection to the gateway right now." },
  { "close", OFFLINE, "!there is no connection to the gateway right now." },
  { "pray hard", MINE, "!this version of Usher does not know it." },
};

static char *
describe_deed (const UsherMacroDeed *deed)
{
  const char *name = usher_step_kind_get_name (deed->kind);

  if (deed->kind == USHER_STEP_TRANSFER)
    return g_strdup_printf ("%s %" G_GUINT64_FORMAT " %s", name, deed->to_agent,
                            deed->to_queue != NULL ? deed->to_queue : "-");
  if (deed->kind == USHER_STEP_SNOOZE)
    return g_strdup_printf ("%s %" G_GINT64_FORMAT, name,
                            deed->until_us == 0
                              ? 0
                              : deed->until_us / G_USEC_PER_SEC - (gint64) 1600000000);
  return deed->text == NULL ? g_strdup (name) : g_strdup_printf ("%s %s", name, deed->text);
}

static char *
describe_plan (GPtrArray *deeds)
{
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < deeds->len; i++) {
    g_autofree char *deed = describe_deed (g_ptr_array_index (deeds, i));

    g_string_append_printf (all, "%s%s", i > 0 ? "|" : "", deed);
  }
  return g_string_free (all, FALSE);
}

static void
add_staff (UsherSession *session)
{
  g_autoptr (GListModel) colleagues = NULL;
  g_autoptr (GListModel) queues = NULL;
  g_autoptr (UsherColleague) li_wei = usher_colleague_new (8);
  g_autoptr (UsherColleague) tom = usher_colleague_new (10);
  g_autoptr (UsherQueue) shop = usher_queue_new ("shop");

  g_object_get (session, "colleagues", &colleagues, "queues", &queues, NULL);
  usher_colleague_set_name (li_wei, "Li Wei");
  usher_colleague_set_status (li_wei, USHER_AGENT_ONLINE);
  usher_colleague_set_name (tom, "Tom Baker");
  usher_colleague_set_status (tom, USHER_AGENT_OFFLINE);
  usher_queue_set_title (shop, "Shop");
  g_list_store_append (G_LIST_STORE (colleagues), li_wei);
  g_list_store_append (G_LIST_STORE (colleagues), tom);
  g_list_store_append (G_LIST_STORE (queues), shop);
}

static void
test_plan (gconstpointer data)
{
  const PlanCase *test = data;
  g_autoptr (GSettings) settings = fresh_settings ();
  g_autoptr (UsherCannedList) canned = usher_canned_list_new (settings);
  g_autoptr (UsherSession) session = fake_session_new ();
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (1600000000); /* 12:26 */
  g_autoptr (GDateTime) evening = g_date_time_add_hours (now, 6);
  g_autoptr (UsherMacro) macro = macro_new ("M", test->steps);
  g_autoptr (GPtrArray) chats = g_ptr_array_new ();
  g_autofree char *problem = NULL;
  g_autoptr (GPtrArray) deeds = NULL;
  UsherConversation *chat =
    fake_session_add (session, test->where == QUEUED ? "queue" : "mine", 1, "Anna", 0);
  UsherMacroCircumstances with = { session, canned, test->where == ELSEWHERE ? NULL : chat,
                                   strstr (test->steps, "afternoon") != NULL ? evening : now };

  add_staff (session);
  fake_session_set_link (session, test->where == OFFLINE ? USHER_LINK_OFFLINE : USHER_LINK_IN_STEP);
  if (test->where == CLOSED)
    usher_conversation_set_state (chat, USHER_STATE_CLOSED);
  g_ptr_array_add (chats, chat);
  deeds = usher_macro_plan (macro, &with, chats, &problem);
  if (test->expected[0] == '!') {
    g_test_message ("%s", problem);
    g_assert_null (deeds);
    g_assert_true (g_str_has_prefix (problem, "“M” was not run. Step "));
    g_assert_true (g_str_has_suffix (problem, test->expected + 1));
  } else {
    g_autofree char *plan = deeds == NULL ? g_strdup (problem) : describe_plan (deeds);

    g_assert_cmpstr (plan, ==, test->expected);
  }
  /* Whatever it says, nothing has been done. */
  ASSERT_CALLS (session, "");
}

/* --- Run --------------------------------------------------------------------------------------------------------------- */

typedef struct {
  UsherSession *session;
  GSettings *settings;
  UsherWindow *window;
  UsherMacroList *macros; /* borrowed */
} Fixture;

static void
choose (Fixture *f,
        guint64  conv)
{
  usher_window_select (f->window, usher_session_find (f->session, conv));
  ui_test_settle ();
  g_free (fake_session_take_calls (f->session));
}

/* What the session was asked since the last time, but for what windows that come and go ask. */
static void
assert_done (Fixture    *f,
             const char *expected)
{
  g_autofree char *calls = fake_session_take_calls (f->session);
  g_auto (GStrv) lines = g_strsplit (calls, "\n", -1);
  GString *done = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    if (!g_str_has_prefix (lines[i], "show ") && !g_str_has_prefix (lines[i], "hide ") &&
        !g_str_has_prefix (lines[i], "typing "))
      g_string_append_printf (done, "%s%s", done->len > 0 ? "\n" : "", lines[i]);
  g_assert_cmpstr (done->str, ==, expected);
  g_string_free (done, TRUE);
}

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  f->session = fake_session_new ();
  f->settings = fresh_settings ();
  add_staff (f->session);
  fake_session_set_link (f->session, USHER_LINK_IN_STEP);
  f->window = USHER_WINDOW (g_object_ref_sink (usher_window_new (NULL, f->settings)));
  f->macros = usher_macro_runner_get_macros (f->window->macros);
  usher_window_set_session (f->window, f->session);
  usher_window_show_desk (f->window);
  fake_session_add (f->session, "mine", 1, "Anna", 110);
  fake_session_add (f->session, "mine", 2, "Bo", 45);
  fake_session_add (f->session, "queue", 6, "Finn", 20);
  gtk_window_set_default_size (GTK_WINDOW (f->window), 1200, 900);
  gtk_window_present (GTK_WINDOW (f->window));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (f->window));
  choose (f, 1);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  g_object_unref (f->window);
  ui_test_settle ();
  g_settings_reset (f->settings, "macros");
  g_object_unref (f->settings);
  g_object_unref (f->session);
}

static UsherMacro *
add_macro (Fixture    *f,
           const char *name,
           const char *steps)
{
  g_autoptr (UsherMacro) macro = macro_new (name, steps);

  usher_macro_list_add (f->macros, macro);
  return macro; /* the list holds it */
}

static void
run_macro (Fixture    *f,
           UsherMacro *macro)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "conversation.macro", "s",
                              usher_macro_get_id (macro));
  ui_test_settle ();
}

static GtkWidget *
find (Fixture    *f,
      GType       type,
      const char *text)
{
  return ui_test_find (GTK_WIDGET (f->window), type, text);
}

static void
undo (Fixture *f)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "window.undo", NULL);
  ui_test_settle ();
}

static UsherComposer *
get_composer (Fixture *f)
{
  return usher_conversation_view_get_composer (f->window->view);
}

static GtkTextBuffer *
get_buffer (Fixture *f)
{
  return gtk_text_view_get_buffer (
    GTK_TEXT_VIEW (ui_test_find (GTK_WIDGET (get_composer (f)), GTK_TYPE_TEXT_VIEW, NULL)));
}

static void
assert_text (Fixture    *f,
             const char *expected)
{
  GtkTextIter start, end;
  g_autofree char *text = NULL;

  gtk_text_buffer_get_bounds (get_buffer (f), &start, &end);
  text = gtk_text_buffer_get_text (get_buffer (f), &start, &end, FALSE);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_run (Fixture       *f,
          gconstpointer  data)
{
  UsherMacro *macro = add_macro (f, "Wait for order", "send Your order?|label order|snooze");

  run_macro (f, macro);
  assert_done (f, "send-text 1 Your order?\ntags 1 +order -\nsnooze 1");
  g_assert_nonnull (
    find (f, GTK_TYPE_LABEL, "“Wait for order” was run. What was said or handed on stays."));
  undo (f);
  assert_done (f, "wake 1\ntags 1 + -order");
  undo (f);
  assert_done (f, "");
}

/* Only what the macro did is undone, and nothing that has gone on since. */
static void
test_undo_own (Fixture       *f,
               gconstpointer  data)
{
  static const char *const vip[] = { "vip", NULL };
  UsherConversation *anna = usher_session_find (f->session, 1);
  UsherMacro *macro = add_macro (f, "Label", "label vip|label new|unlabel old");

  usher_conversation_set_tags (anna, vip);
  run_macro (f, macro);
  assert_done (f, "tags 1 +new -");
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "“Label” was run."));
  usher_conversation_set_tags (anna, vip); /* somebody took it off */
  undo (f);
  assert_done (f, "");
}

/* A step that is impossible keeps those before it from being done. */
static void
test_refused (Fixture       *f,
              gconstpointer  data)
{
  UsherMacro *macro = add_macro (f, "Away", "label vip|transfer agent:10");

  run_macro (f, macro);
  assert_done (f, "");
  g_assert_nonnull (find (f, GTK_TYPE_LABEL,
                          "“Away” was not run. Step 2, Transfer to Tom Baker: this colleague is "
                          "not there to take it."));
  undo (f);
  assert_done (f, "");
  choose (f, 6);
  run_macro (f, add_macro (f, "Shop", "transfer queue:shop"));
  assert_done (f, "");
  g_assert_nonnull (find (f, GTK_TYPE_LABEL,
                          "“Shop” was not run. Step 1, Transfer to Shop: the chat is not yours."));
  run_macro (f, add_macro (f, "Empty", ""));
  assert_done (f, "");
}

static void
test_close (Fixture       *f,
            gconstpointer  data)
{
  run_macro (f, add_macro (f, "Done", "send Bye|close refund|next"));
  g_assert_true (f->window->conversation == usher_session_find (f->session, 2));
  assert_done (f, "send-text 1 Bye\nclose 1\nwrap-up 1 refund solved “” 0");
  undo (f);
  assert_done (f, "reopen 1");
}

static void
test_transfer (Fixture       *f,
               gconstpointer  data)
{
  run_macro (f, add_macro (f, "Over", "note {{visitor}} waits|transfer queue:shop"));
  assert_done (f, "send-note 1 Anna waits\ntransfer 1 0 shop -");
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "“Over” was run."));
  undo (f);
  assert_done (f, "");
}

/* A blank is for the agent: the text waits behind what is written, and Undo takes it out while nobody has gone on. */
static void
test_blank (Fixture       *f,
            gconstpointer  data)
{
  UsherMacro *macro = add_macro (f, "Ask", "send Order {{order number}}?|label order");
  GtkTextIter begin, end;
  g_autofree char *selected = NULL;

  gtk_text_buffer_set_text (get_buffer (f), "Well.", -1);
  g_free (fake_session_take_calls (f->session));
  run_macro (f, macro);
  assert_done (f, "tags 1 +order -");
  assert_text (f, "Well.\nOrder order number?");
  g_assert_true (gtk_text_buffer_get_selection_bounds (get_buffer (f), &begin, &end));
  selected = gtk_text_iter_get_text (&begin, &end);
  g_assert_cmpstr (selected, ==, "order number");
  g_assert_false (usher_composer_send (get_composer (f)));
  undo (f);
  assert_text (f, "Well.");
  g_assert_cmpstr (usher_session_get_draft (f->session, usher_session_find (f->session, 1), FALSE),
                   ==, "Well.");
  run_macro (f, macro);
  gtk_text_buffer_insert_at_cursor (get_buffer (f), "17", -1);
  undo (f);
  g_assert_cmpint (gtk_text_buffer_get_char_count (get_buffer (f)), >, 10);
}

/* It is taken out where it was put, though another chat is shown now. */
static void
test_undo_elsewhere (Fixture       *f,
                     gconstpointer  data)
{
  run_macro (f, add_macro (f, "Ask", "insert Hello"));
  assert_text (f, "Hello");
  choose (f, 2);
  undo (f);
  assert_text (f, "");
  choose (f, 1);
  assert_text (f, "");
}

/* What the agent was writing is not what was sent: it stays. */
static void
test_draft_stays (Fixture       *f,
                  gconstpointer  data)
{
  UsherConversation *anna = usher_session_find (f->session, 1);

  usher_session_set_draft (f->session, anna, "half a sen", FALSE);
  usher_session_set_draft (f->session, anna, "half a note", TRUE);
  run_macro (f, add_macro (f, "Say", "send Hello|note said hello"));
  assert_done (f, "send-text 1 Hello\nsend-note 1 said hello");
  g_assert_cmpstr (usher_session_get_draft (f->session, anna, FALSE), ==, "half a sen");
  g_assert_cmpstr (usher_session_get_draft (f->session, anna, TRUE), ==, "half a note");
}

/* While a reply is held Undo takes it back too. */
static void
test_held (Fixture       *f,
           gconstpointer  data)
{
  g_object_set (f->session, "undo-send-s", 5, NULL);
  run_macro (f, add_macro (f, "Say", "send Hello|label said"));
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "“Say” was run."));
  g_free (fake_session_take_calls (f->session));
  undo (f);
  assert_done (f, "tags 1 + -said\ntake-back 1");
}

/* The use of a canned reply is counted, as if it had been chosen. */
static void
test_canned_step (Fixture       *f,
                  gconstpointer  data)
{
  g_autoptr (UsherCanned) hi = g_list_model_get_item (G_LIST_MODEL (f->window->canned), 0);

  run_macro (f, add_macro (f, "Greet", "send /hi"));
  assert_done (f, "send-text 1 Hello Anna, this is demo. How can I help?");
  g_assert_cmpuint (usher_canned_get_uses (hi), ==, 1);
}

/* --- Found and chosen -------------------------------------------------------------------------------------------------- */

static UsherMacroChooser *
get_chooser (Fixture *f)
{
  return USHER_MACRO_CHOOSER (find (f, USHER_TYPE_MACRO_CHOOSER, NULL));
}

/* Ctrl+Shift+M, three letters, Enter. */
static void
test_chooser (Fixture       *f,
              gconstpointer  data)
{
  GtkWidget *entry;

  add_macro (f, "Goodbye", "send Bye");
  add_macro (f, "Refund", "label refund");
  usher_composer_focus (get_composer (f));
  gtk_widget_activate_action (GTK_WIDGET (f->window), "conversation.run-macro", NULL);
  ui_test_settle ();
  entry = ui_test_find (GTK_WIDGET (get_chooser (f)), GTK_TYPE_ENTRY, NULL);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Run a macro");
  g_assert_nonnull (ui_test_find (GTK_WIDGET (get_chooser (f)), GTK_TYPE_LABEL, "Send “Bye”"));
  ui_test_press (entry, GDK_KEY_Down, 0);
  ui_test_press (entry, GDK_KEY_Up, 0);
  gtk_editable_set_text (GTK_EDITABLE (entry), "ref");
  ui_test_settle ();
  g_assert_null (ui_test_find (GTK_WIDGET (get_chooser (f)), GTK_TYPE_LABEL, "Goodbye"));
  g_signal_emit_by_name (entry, "activate");
  ui_test_settle ();
  assert_done (f, "tags 1 +refund -");
  g_assert_null (get_chooser (f));
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (f->window)),
                                         GTK_WIDGET (get_composer (f))));
}

static void
test_chooser_empty (Fixture       *f,
                    gconstpointer  data)
{
  GtkWidget *entry;

  gtk_widget_activate_action (GTK_WIDGET (f->window), "conversation.run-macro", NULL);
  ui_test_settle ();
  g_assert_nonnull (
    ui_test_find (GTK_WIDGET (get_chooser (f)), GTK_TYPE_LABEL, "There are no macros yet."));
  entry = ui_test_find (GTK_WIDGET (get_chooser (f)), GTK_TYPE_ENTRY, NULL);
  g_signal_emit_by_name (entry, "activate");
  ui_test_settle ();
  assert_done (f, "");
  gtk_popover_popdown (GTK_POPOVER (get_chooser (f)));
  ui_test_settle ();
}

static void
also_choose (Fixture *f,
             guint64  conv)
{
  GtkWidget *list = ui_test_find (GTK_WIDGET (f->window->sidebar), GTK_TYPE_LIST_VIEW, NULL);
  GtkSelectionModel *selection = gtk_list_view_get_model (GTK_LIST_VIEW (list));
  guint n = g_list_model_get_n_items (G_LIST_MODEL (selection));

  for (guint i = 0; i < n; i++) {
    g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (selection), i);

    if (item == (gpointer) usher_session_find (f->session, conv))
      gtk_selection_model_select_item (selection, i, FALSE);
  }
  ui_test_settle ();
}

static void
run_in_several (Fixture    *f,
                const char *letters)
{
  GtkWidget *button = ui_test_find (GTK_WIDGET (f->window->sidebar), GTK_TYPE_BUTTON,
                                    "Run a macro in the chosen chats");
  GtkWidget *entry;

  g_signal_emit_by_name (button, "clicked");
  ui_test_settle ();
  entry = ui_test_find (GTK_WIDGET (get_chooser (f)), GTK_TYPE_ENTRY, NULL);
  gtk_editable_set_text (GTK_EDITABLE (entry), letters);
  g_signal_emit_by_name (entry, "activate");
  ui_test_settle ();
}

/* In all of them or in none. */
static void
test_several (Fixture       *f,
              gconstpointer  data)
{
  add_macro (f, "Tomorrow", "label later|snooze");
  add_macro (f, "Put in", "insert Hello");
  also_choose (f, 2);
  run_in_several (f, "tom");
  assert_done (f, "tags 1 +later -\nsnooze 1\ntags 2 +later -\nsnooze 2");
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "“Tomorrow” was run in 2 chats."));
  undo (f);
  assert_done (f, "wake 2\ntags 2 + -later\nwake 1\ntags 1 + -later");
  choose (f, 1);
  also_choose (f, 2);
  also_choose (f, 6);
  run_in_several (f, "tom");
  assert_done (f, "");
  g_assert_nonnull (find (f, GTK_TYPE_LABEL,
                          "“Tomorrow” was not run. Step 1, Add label “later”, for Finn: you "
                          "cannot change the labels of this chat now."));
  choose (f, 1);
  also_choose (f, 2);
  run_in_several (f, "put");
  assert_text (f, "");
}

/* A chat in a window of its own has its own composer; what the macro puts in goes there. */
static void
test_torn (Fixture       *f,
           gconstpointer  data)
{
  UsherMacro *macro = add_macro (f, "Ask", "insert Hello|label asked");
  UsherChatWindow *torn;
  UsherConversationView *view;

  gtk_widget_activate_action (GTK_WIDGET (f->window), "tile.tear-off", NULL);
  ui_test_settle ();
  torn = g_ptr_array_index (f->window->torn, 0);
  view = usher_chat_window_get_view (torn);
  g_free (fake_session_take_calls (f->session));
  gtk_widget_activate_action (GTK_WIDGET (torn), "conversation.macro", "s",
                              usher_macro_get_id (macro));
  ui_test_settle ();
  assert_done (f, "tags 1 +asked -");
  g_assert_nonnull (ui_test_find (GTK_WIDGET (torn), GTK_TYPE_LABEL, "“Ask” was run."));
  g_assert_cmpint (gtk_text_buffer_get_char_count (gtk_text_view_get_buffer (GTK_TEXT_VIEW (
                     ui_test_find (GTK_WIDGET (usher_conversation_view_get_composer (view)),
                                   GTK_TYPE_TEXT_VIEW, NULL)))),
                   ==, 5);
  gtk_widget_activate_action (GTK_WIDGET (torn), "window.undo", NULL);
  assert_done (f, "tags 1 + -asked");
  g_assert_null (usher_session_get_draft (f->session, usher_session_find (f->session, 1), FALSE));
}

static UsherPalette *
get_palette (void)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *l = windows; l != NULL; l = l->next)
    if (USHER_IS_PALETTE (l->data))
      return l->data;
  return NULL;
}

static void
test_palette (Fixture       *f,
              gconstpointer  data)
{
  add_macro (f, "Refund asked", "label refund");
  gtk_widget_activate_action (GTK_WIDGET (f->window), "palette.open", NULL);
  ui_test_settle ();
  usher_palette_set_text (get_palette (), "refund as");
  ui_test_settle ();
  g_assert_nonnull (
    ui_test_find (GTK_WIDGET (get_palette ()), GTK_TYPE_LABEL, "Macro: Add label “refund”"));
  g_free (fake_session_take_calls (f->session));
  g_signal_emit_by_name (ui_test_find (GTK_WIDGET (get_palette ()), GTK_TYPE_SEARCH_ENTRY, NULL),
                         "activate");
  ui_test_settle ();
  assert_done (f, "tags 1 +refund -");
}

/* --- By a slash ---------------------------------------------------------------------------------------------------------- */

static void
type (Fixture    *f,
      const char *text)
{
  gtk_text_buffer_insert_at_cursor (get_buffer (f), text, -1);
  ui_test_settle ();
}

static gboolean
press (Fixture *f,
       guint    keyval)
{
  gboolean is_taken =
    ui_test_press (ui_test_find (GTK_WIDGET (get_composer (f)), GTK_TYPE_TEXT_VIEW, NULL), keyval,
                   0);

  ui_test_settle ();
  return is_taken;
}

static GtkWidget *
find_in_list (Fixture    *f,
              const char *text)
{
  return ui_test_find (GTK_WIDGET (get_composer (f)), GTK_TYPE_LABEL, text);
}

static void
test_slash_list (Fixture       *f,
                 gconstpointer  data)
{
  add_macro (f, "Goodbye", "send Bye");
  type (f, "/");
  g_assert_nonnull (find_in_list (f, "/hi · Greeting"));
  g_assert_nonnull (find_in_list (f, "Macro: Send “Bye”"));
  g_assert_nonnull (find_in_list (f, "/transfer · Transfer the chat (Ctrl+T)"));
  g_assert_nonnull (find_in_list (f, "/close · Close the chat (Ctrl+D)"));
  g_assert_nonnull (find_in_list (f, "/label · Labels (Ctrl+L)"));
  g_assert_nonnull (find_in_list (f, "/note · Change between reply and note (Ctrl+M)"));
  type (f, "sno");
  g_assert_null (find_in_list (f, "/hi · Greeting"));
  g_assert_true (press (f, GDK_KEY_Return));
  assert_done (f, "snooze 1");
  g_assert_null (usher_session_get_draft (f->session, usher_session_find (f->session, 1), FALSE));
}

static void
test_slash_macro (Fixture       *f,
                  gconstpointer  data)
{
  add_macro (f, "Goodbye for now", "send See you");
  type (f, "Well,\n/goodbye for");
  g_assert_true (press (f, GDK_KEY_Return));
  assert_text (f, "Well,\n");
  assert_done (f, "send-text 1 See you");
  /* A text that only looks like one of its letters here and there runs nothing. */
  type (f, "/gdb fn");
  g_free (fake_session_take_calls (f->session));
  press (f, GDK_KEY_Tab);
  assert_done (f, "");
}

/* A command named in full is meant, though a canned reply that speaks of it stands above; a shortcut goes before both. */
static void
test_slash_exact (Fixture       *f,
                  gconstpointer  data)
{
  usher_canned_list_add (f->window->canned, "x", "Later", "please note that", "");
  type (f, "/note");
  g_assert_nonnull (find_in_list (f, "/x · Later"));
  g_assert_true (press (f, GDK_KEY_Return));
  g_assert_true (usher_composer_get_is_note (get_composer (f)));
  assert_text (f, "");
  usher_composer_set_is_note (get_composer (f), FALSE);
  usher_canned_list_add (f->window->canned, "note", "Mine", "of my own", "");
  type (f, "/note");
  g_assert_true (press (f, GDK_KEY_Return));
  assert_text (f, "of my own");
}

/* --- Keys ---------------------------------------------------------------------------------------------------------------- */

static void
assert_accels (GtkApplication *application,
               UsherMacro     *macro,
               const char     *expected)
{
  g_autofree char *action = usher_macro_dup_action (macro);
  g_auto (GStrv) accels = gtk_application_get_accels_for_action (application, action);
  g_autofree char *all = g_strjoinv (" ", accels);

  g_assert_cmpstr (all, ==, expected);
}

static void
test_keys (void)
{
  g_autoptr (GSettings) settings = fresh_settings ();
  g_autoptr (UsherMacroList) list = usher_macro_list_new (settings);
  g_autoptr (AdwApplication) application =
    adw_application_new ("io.github.usher_desk.Test", G_APPLICATION_NON_UNIQUE);
  g_autoptr (UsherMacro) macro = macro_new ("M", "next");
  g_autoptr (UsherMacro) taken = macro_new ("T", "next");

  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  g_object_set (macro, "key", "<Control>r", NULL);
  g_object_set (taken, "key", "<Control>t", NULL);
  usher_macro_list_add (list, macro);
  usher_macro_list_add (list, taken);
  g_assert_true (usher_macro_list_find_key (list, "<Primary>r") == macro);
  g_assert_null (usher_macro_list_find_key (list, "F12"));
  usher_keys_apply (GTK_APPLICATION (application), settings);
  usher_macro_list_apply_keys (list, GTK_APPLICATION (application));
  assert_accels (GTK_APPLICATION (application), macro, "<Control>r");
  assert_accels (GTK_APPLICATION (application), taken, ""); /* they transfer the chat */
  g_object_set (macro, "key", "F12", NULL);
  usher_macro_list_apply_keys (list, GTK_APPLICATION (application));
  assert_accels (GTK_APPLICATION (application), macro, "F12");
  usher_macro_list_remove (list, macro);
  usher_macro_list_apply_keys (list, GTK_APPLICATION (application));
  assert_accels (GTK_APPLICATION (application), macro, "");
  g_settings_reset (settings, "macros");
}

static GtkWidget *
find_shortcut (GtkWidget  *root,
               const char *title)
{
  GtkWidget *found = NULL;

  if (g_str_equal (G_OBJECT_TYPE_NAME (root), "GtkShortcutsShortcut")) {
    g_autofree char *has = NULL;

    g_object_get (root, "title", &has, NULL);
    return g_strcmp0 (has, title) == 0 ? root : NULL;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_shortcut (child, title);
  return found;
}

/* The shortcuts window shows those that have keys; commands cannot take them. */
static void
test_keys_shown (Fixture       *f,
                 gconstpointer  data)
{
  GtkWidget *shortcuts, *preferences;
  UsherKeysPage *page;

  add_macro (f, "Keyless <b>", "next");
  g_object_set (add_macro (f, "Refund <b>", "next"), "key", "<Control>r", NULL);
  shortcuts = usher_shortcuts_window_new (NULL, f->settings);
  g_assert_nonnull (find_shortcut (shortcuts, "Refund <b>"));
  g_assert_null (find_shortcut (shortcuts, "Keyless <b>"));
  gtk_window_destroy (GTK_WINDOW (shortcuts));
  preferences = usher_preferences_new (NULL, f->settings, NULL, NULL, NULL);
  gtk_window_present (GTK_WINDOW (preferences));
  gtk_test_widget_wait_for_draw (preferences);
  page = USHER_KEYS_PAGE (ui_test_find (preferences, USHER_TYPE_KEYS_PAGE, NULL));
  adw_preferences_window_set_visible_page (ADW_PREFERENCES_WINDOW (preferences),
                                           ADW_PREFERENCES_PAGE (page));
  usher_keys_page_listen (page, "conversation.close");
  ui_test_press (preferences, GDK_KEY_r, GDK_CONTROL_MASK);
  g_assert_nonnull (
    ui_test_find (preferences, GTK_TYPE_LABEL, "These keys run the macro “Refund <b>”."));
  g_assert_null (usher_keys_find (f->settings, "<Control>r"));
  gtk_window_destroy (GTK_WINDOW (preferences));
}

/* --- Written ------------------------------------------------------------------------------------------------------------- */

static GtkWidget *
open_macros (Fixture *f)
{
  GtkWidget *window =
    usher_macro_window_new (GTK_WINDOW (f->window), f->macros, f->session, f->settings);

  gtk_window_present (GTK_WINDOW (window));
  gtk_test_widget_wait_for_draw (window);
  return window;
}

static void
add_step (GtkWidget  *window,
          const char *kind)
{
  gtk_widget_activate_action (window, "macro.add-step", "s", kind);
  ui_test_settle ();
}

static UsherMacroStepRow *
row_at (GtkWidget *window,
        int        position)
{
  GtkWidget *list = gtk_widget_get_ancestor (ui_test_find (window, USHER_TYPE_MACRO_STEP_ROW, NULL),
                                             GTK_TYPE_LIST_BOX);

  return USHER_MACRO_STEP_ROW (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), position));
}

static void
click (GtkWidget  *root,
       const char *tooltip)
{
  g_signal_emit_by_name (ui_test_find (root, GTK_TYPE_BUTTON, tooltip), "clicked");
  ui_test_settle ();
}

static void
test_write (Fixture       *f,
            gconstpointer  data)
{
  GtkWidget *window = open_macros (f);
  GtkWidget *text, *list;
  g_autoptr (UsherMacro) macro = NULL;

  gtk_widget_activate_action (window, "macro.add", NULL);
  ui_test_settle ();
  macro = g_list_model_get_item (G_LIST_MODEL (f->macros), 0);
  gtk_editable_set_text (GTK_EDITABLE (ui_test_find (window, ADW_TYPE_ENTRY_ROW, "Name")),
                         "Hand over");
  g_assert_nonnull (ui_test_find (window, GTK_TYPE_LABEL, "It does nothing yet."));
  add_step (window, "send");
  text = ui_test_find (GTK_WIDGET (row_at (window, 0)), GTK_TYPE_TEXT_VIEW, NULL);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (text), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Send to the visitor");
  g_assert_true (gtk_widget_has_focus (text));
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (text)), "One moment", -1);
  add_step (window, "transfer");
  list = ui_test_find (GTK_WIDGET (row_at (window, 1)), GTK_TYPE_DROP_DOWN, NULL);
  assert_steps (macro, "send One moment|transfer"); /* nobody is chosen by default */
  gtk_drop_down_set_selected (GTK_DROP_DOWN (list), 0);
  assert_steps (macro, "send One moment|transfer queue:shop");
  gtk_drop_down_set_selected (GTK_DROP_DOWN (list), 1);
  assert_steps (macro, "send One moment|transfer agent:8");
  click (GTK_WIDGET (row_at (window, 1)), "Do it earlier");
  assert_steps (macro, "transfer agent:8|send One moment");
  g_assert_nonnull (ui_test_find (window, GTK_TYPE_LABEL, "1. Transfer"));
  g_assert_nonnull (ui_test_find (window, GTK_TYPE_LABEL, "2. Send to the visitor"));
  click (GTK_WIDGET (row_at (window, 0)), "Do it later");
  click (GTK_WIDGET (row_at (window, 0)), "Remove this step");
  assert_steps (macro, "transfer agent:8");
  gtk_widget_activate_action (window, "macro.undo-remove", NULL);
  assert_steps (macro, "send One moment|transfer agent:8");
  g_assert_cmpstr (usher_macro_get_name (macro), ==, "Hand over");
  gtk_widget_activate_action (window, "macro.delete", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->macros)), ==, 0);
  gtk_widget_activate_action (window, "macro.undo-delete", NULL);
  assert_steps (usher_macro_list_get (f->macros, usher_macro_get_id (macro)),
                "send One moment|transfer agent:8");
  gtk_window_destroy (GTK_WINDOW (window));
}

/* What is not there any more is shown until something else is chosen, and not lost by looking. */
static void
test_write_gone (Fixture       *f,
                 gconstpointer  data)
{
  UsherMacro *macro = add_macro (f, "Old", "transfer agent:99|close weather|snooze hour|next");
  GtkWidget *window = open_macros (f);
  GtkWidget *list;

  assert_steps (macro, "transfer agent:99|close weather|snooze hour|next");
  list = ui_test_find (GTK_WIDGET (row_at (window, 1)), GTK_TYPE_DROP_DOWN, NULL);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (list), 3);
  assert_steps (macro, "transfer agent:99|close refund|snooze hour|next");
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
press_keys (GtkWidget       *window,
            guint            keyval,
            GdkModifierType  state)
{
  usher_key_row_listen (USHER_KEY_ROW (ui_test_find (window, USHER_TYPE_KEY_ROW, NULL)));
  ui_test_press (window, keyval, state);
  ui_test_settle ();
}

/* No keys that a command or another macro has, nor such as no command may have. */
static void
test_write_keys (Fixture       *f,
                 gconstpointer  data)
{
  UsherMacro *macro = add_macro (f, "First", "next");
  GtkWidget *window;

  g_object_set (add_macro (f, "Second", "next"), "key", "F12", NULL);
  window = open_macros (f);
  press_keys (window, GDK_KEY_t, GDK_CONTROL_MASK);
  g_assert_nonnull (
    ui_test_find (window, GTK_TYPE_LABEL,
                  "These keys are for “Transfer the chat”. The preferences can change that."));
  press_keys (window, GDK_KEY_F12, 0);
  g_assert_nonnull (ui_test_find (window, GTK_TYPE_LABEL, "These keys run the macro “Second”."));
  press_keys (window, GDK_KEY_a, 0);
  g_assert_nonnull (
    ui_test_find (window, GTK_TYPE_LABEL, "A letter alone is for writing. Hold Ctrl with it."));
  g_assert_cmpstr (usher_macro_get_key (macro), ==, "");
  press_keys (window, GDK_KEY_r, GDK_CONTROL_MASK);
  g_assert_cmpstr (usher_macro_get_key (macro), ==, "<Control>r");
  g_assert_nonnull (ui_test_find (window, GTK_TYPE_LABEL, "Ctrl+R"));
  press_keys (window, GDK_KEY_BackSpace, 0);
  g_assert_cmpstr (usher_macro_get_key (macro), ==, "");
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int    argc,
      char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui/macros/targets", test_targets);
  g_test_add_func ("/ui/macros/kept", test_kept);
  g_test_add_func ("/ui/macros/unknown-step", test_unknown_step);
  g_test_add_func ("/ui/macros/bounds", test_bounds);
  g_test_add_func ("/ui/macros/default", test_default);
  g_test_add_func ("/ui/macros/find", test_find);
  for (gsize i = 0; i < G_N_ELEMENTS (plans); i++) {
    g_autofree char *path = g_strdup_printf ("/ui/macros/plan/%" G_GSIZE_FORMAT, i);

    g_test_add_data_func (path, &plans[i], test_plan);
  }
  g_test_add_func ("/ui/macros/keys", test_keys);
#define ADD(path, func) g_test_add ("/ui/macros/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("run", test_run);
  ADD ("undo-own", test_undo_own);
  ADD ("refused", test_refused);
  ADD ("close", test_close);
  ADD ("transfer", test_transfer);
  ADD ("blank", test_blank);
  ADD ("undo-elsewhere", test_undo_elsewhere);
  ADD ("draft-stays", test_draft_stays);
  ADD ("held", test_held);
  ADD ("canned-step", test_canned_step);
  ADD ("chooser", test_chooser);
  ADD ("chooser-empty", test_chooser_empty);
  ADD ("several", test_several);
  ADD ("torn", test_torn);
  ADD ("palette", test_palette);
  ADD ("slash-list", test_slash_list);
  ADD ("slash-macro", test_slash_macro);
  ADD ("slash-exact", test_slash_exact);
  ADD ("keys-shown", test_keys_shown);
  ADD ("write", test_write);
  ADD ("write-gone", test_write_gone);
  ADD ("write-keys", test_write_keys);
  return g_test_run ();
}
