/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <malloc.h>

#include "usher-canned.h"
#include "usher-colleague.h"
#include "usher-contact.h"
#include "usher-conversation-list.h"
#include "usher-conversation.h"
#include "usher-message-list.h"
#include "usher-message.h"
#include "usher-page-view.h"
#include "usher-queue.h"
#include "usher-suggestion.h"

static void
count_cb (guint *n)
{
  (*n)++;
}

/* Every writable property: the setter takes a value, notifies once, and not again for the same value. */
static void
check_class (GObject *object)
{
  guint n_pspecs;
  g_autofree GParamSpec **pspecs =
    g_object_class_list_properties (G_OBJECT_GET_CLASS (object), &n_pspecs);

  g_assert_cmpuint (n_pspecs, >=, 3);
  for (guint i = 0; i < n_pspecs; i++) {
    g_autofree char *signal = g_strconcat ("notify::", pspecs[i]->name, NULL);
    g_auto (GValue) value = G_VALUE_INIT;
    g_auto (GValue) back = G_VALUE_INIT;
    const char *const words[] = { "a", "b", NULL };
    guint n = 0;

    if ((pspecs[i]->flags & G_PARAM_WRITABLE) == 0)
      continue;
    g_value_init (&value, pspecs[i]->value_type);
    if (G_VALUE_HOLDS_STRING (&value))
      g_value_set_static_string (&value, "some text");
    else if (G_VALUE_HOLDS (&value, G_TYPE_STRV))
      g_value_set_boxed (&value, words);
    else if (G_VALUE_HOLDS_ENUM (&value))
      g_value_set_enum (&value, 3);
    else if (G_VALUE_HOLDS_BOOLEAN (&value))
      g_value_set_boolean (&value, TRUE);
    else if (G_VALUE_HOLDS_UINT (&value))
      g_value_set_uint (&value, 42);
    else if (G_VALUE_HOLDS_INT64 (&value))
      g_value_set_int64 (&value, -42);
    else
      g_value_set_uint64 (&value, G_MAXUINT64);
    g_signal_connect_swapped (object, signal, G_CALLBACK (count_cb), &n);
    g_object_set_property (object, pspecs[i]->name, &value);
    g_object_set_property (object, pspecs[i]->name, &value);
    g_assert_cmpuint (n, ==, 1);
    g_value_init (&back, pspecs[i]->value_type);
    g_object_get_property (object, pspecs[i]->name, &back);
    if (G_VALUE_HOLDS (&value, G_TYPE_STRV))
      g_assert_true (g_strv_equal (g_value_get_boxed (&back), words));
    else
      g_assert_cmpint (g_param_values_cmp (pspecs[i], &value, &back), ==, 0);
    g_signal_handlers_disconnect_by_data (object, &n);
  }
}

static void
test_properties (void)
{
  g_autoptr (UsherMessage) message = usher_message_new (1, 1, USHER_MESSAGE_TEXT, "x");
  g_autoptr (UsherConversation) conversation = usher_conversation_new (1);
  g_autoptr (UsherContact) contact = usher_contact_new (1);
  g_autoptr (UsherPageView) page = usher_page_view_new ("https://shop.example/");
  g_autoptr (UsherColleague) colleague = usher_colleague_new (1);
  g_autoptr (UsherCanned) canned = usher_canned_new ();
  g_autoptr (UsherSuggestion) suggestion = usher_suggestion_new ("s1");
  g_autoptr (UsherQueue) queue = usher_queue_new ("shop");

  check_class (G_OBJECT (message));
  check_class (G_OBJECT (conversation));
  check_class (G_OBJECT (contact));
  check_class (G_OBJECT (page));
  check_class (G_OBJECT (colleague));
  check_class (G_OBJECT (queue));
  check_class (G_OBJECT (canned));
  check_class (G_OBJECT (suggestion));
}

static void
test_setters (void)
{
  g_autoptr (UsherConversation) conversation = usher_conversation_new (5);
  guint n = 0;

  g_signal_connect_swapped (conversation, "notify::name", G_CALLBACK (count_cb), &n);
  usher_conversation_set_name (conversation, "Anna");
  usher_conversation_set_name (conversation, "Anna");
  /* A value that lies inside the field itself. */
  usher_conversation_set_name (conversation, usher_conversation_get_name (conversation) + 1);
  g_assert_cmpstr (usher_conversation_get_name (conversation), ==, "nna");
  g_assert_cmpuint (n, ==, 2);
  usher_conversation_set_name (conversation, NULL);
  g_assert_null (usher_conversation_get_name (conversation));
}

static void
test_conversation_list (void)
{
  g_autoptr (UsherConversationList) mine = usher_conversation_list_new ();
  g_autoptr (UsherConversationList) closed = usher_conversation_list_new ();
  g_autoptr (UsherConversation) first = usher_conversation_new (1);
  g_autoptr (UsherConversation) second = usher_conversation_new (2);
  g_autoptr (UsherConversation) twin = usher_conversation_new (2);
  UsherConversation *both[] = { first, second };
  guint n_changes = 0, n_signals = 0;

  g_signal_connect_swapped (mine, "item-changed", G_CALLBACK (count_cb), &n_changes);
  g_signal_connect_swapped (mine, "items-changed", G_CALLBACK (count_cb), &n_signals);
  usher_conversation_list_add_many (mine, both, 2);
  g_assert_cmpuint (n_signals, ==, 1);
  usher_conversation_list_add (mine, second);
  usher_conversation_list_add (mine, twin);
  g_assert_cmpuint (usher_conversation_list_get_n_items (mine), ==, 2);
  g_assert_true (usher_conversation_list_find (mine, 2) == second);
  usher_conversation_set_unread (second, 4);
  g_assert_cmpuint (n_changes, ==, 1);

  usher_conversation_list_add (closed, second); /* moves */
  g_assert_null (usher_conversation_list_find (mine, 2));
  g_assert_true (usher_conversation_list_find (closed, 2) == second);
  usher_conversation_set_unread (second, 0);
  g_assert_cmpuint (n_changes, ==, 1);
  g_assert_false (usher_conversation_list_remove (mine, second));
  g_assert_true (usher_conversation_list_remove (mine, first));
  usher_conversation_set_unread (first, 9); /* stands nowhere: nobody is told */
  usher_conversation_list_remove_all (closed);
  g_assert_cmpuint (usher_conversation_list_get_n_items (closed), ==, 0);
}

static gsize
get_heap_bytes (void)
{
  return mallinfo2 ().uordblks;
}

/* Ten thousand of them must fit into a console of 120 MB many times over. */
static void
test_size (void)
{
  const guint n = 10000;
  g_autoptr (UsherConversationList) list = usher_conversation_list_new ();
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  gsize before = get_heap_bytes (), per_item;
  gint64 start_us = g_get_monotonic_time (), took_us;

  for (guint i = 0; i < n; i++) {
    UsherConversation *conversation = usher_conversation_new (i + 1);
    g_autofree char *name = g_strdup_printf ("Visitor %u", i);

    usher_conversation_set_name (conversation, name);
    usher_conversation_set_queue (conversation, "shop");
    usher_conversation_set_agent_name (conversation, "Wang Fang");
    usher_conversation_set_last_text (
      conversation,
      "Hello, I should like to know where my parcel is, please. It was to come on Friday.");
    usher_conversation_set_state (conversation, USHER_STATE_CLOSED);
    usher_conversation_set_last_ts_us (conversation, i);
    g_ptr_array_add (rows, conversation);
  }
  usher_conversation_list_add_many (list, (UsherConversation *const *) rows->pdata, n);
  took_us = g_get_monotonic_time () - start_us;
  per_item = (get_heap_bytes () - before) / n;
  g_test_message ("%" G_GSIZE_FORMAT " bytes a conversation, %" G_GINT64_FORMAT " µs for %u",
                  per_item, took_us, n);
  g_assert_cmpuint (per_item, <, 1024);
}

/* Only those wait whom a person has to answer. */
static void
test_waits (void)
{
  g_autoptr (UsherConversation) conversation = usher_conversation_new (1);
  static const UsherState waits[] = { USHER_STATE_QUEUED, USHER_STATE_OFFERED, USHER_STATE_ACTIVE,
                                      USHER_STATE_HELD };
  static const UsherState does_not[] = { USHER_STATE_BOT, USHER_STATE_SNOOZED, USHER_STATE_WRAPUP,
                                         USHER_STATE_CLOSED };

  usher_conversation_set_waiting_since_us (conversation, 7);
  for (gsize i = 0; i < G_N_ELEMENTS (waits); i++) {
    usher_conversation_set_state (conversation, waits[i]);
    g_assert_cmpint (usher_conversation_get_waits_since_us (conversation), ==, 7);
    usher_conversation_set_state (conversation, does_not[i]);
    g_assert_cmpint (usher_conversation_get_waits_since_us (conversation), ==, 0);
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/records/properties", test_properties);
  g_test_add_func ("/model/records/setters", test_setters);
  g_test_add_func ("/model/conversation-list/moves", test_conversation_list);
  g_test_add_func ("/model/conversation-list/size", test_size);
  g_test_add_func ("/model/conversation/waits", test_waits);
  return g_test_run ();
}
