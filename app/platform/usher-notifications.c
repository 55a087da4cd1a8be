/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-notifications"
#include "config.h"

#include "usher-notifications.h"

#include <glib/gi18n-lib.h>
#include <libnotify/notify.h>

/* libnotify waits for the daemon in each call, and a daemon may hang for the 25 s of a D-Bus call: so all of libnotify lives on a thread
 * with a main context of its own, on which its signals arrive too. Nothing of the thread's refers to the object on the main
 * thread but a weak reference that is looked into on the main thread. */

/* At the end of the program what is shown is taken back, for as long as the daemon is quick about it. */
#define FAREWELL_US ((gint64) 500 * 1000)

typedef struct {
  gatomicrefcount n_refs;
  char *app_name;
  GMainContext *context; /* the thread's */
  GMainLoop *loop;
  GMainContext *owner_context;
  GWeakRef owner;
  GHashTable *shown;        /* conv → NotifyNotification; on the thread only */
  NotifyNotification *test; /* (nullable) */
  GDBusConnection *bus;     /* (nullable): where inline replies come from */
  guint replied_id;
  gint has_actions; /* atomic */
  gboolean has_markup;
  gboolean has_inline_reply;
  GMutex mutex;
  GCond cond;
  gboolean is_done; /* under the mutex */
} Worker;

typedef enum {
  SHOW_OFFER,
  SHOW_LINE,
  SHOW_URGENT,
  TEST,
  WITHDRAW,
  STOP,
} CommandKind;

typedef struct {
  Worker *worker;
  CommandKind kind;
  guint64 conv;
  char *who;
  char *text;
  GTask *task; /* of a test */
} Command;

/* What a person did, on its way to the main thread. */
typedef struct {
  Worker *worker;
  guint64 conv;
  guint signal;
  char *text; /* of a reply */
} Reaction;

struct _UsherNotifications {
  GObject parent_instance;

  Worker *worker;
  GThread *thread;
};

enum {
  SIGNAL_ACCEPT,
  SIGNAL_PASS,
  SIGNAL_ACTIVATE,
  SIGNAL_SEEN,
  SIGNAL_REPLY,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherNotifications, usher_notifications, G_TYPE_OBJECT)

static Worker *
worker_ref (Worker *worker)
{
  g_atomic_ref_count_inc (&worker->n_refs);
  return worker;
}

static void
worker_unref (Worker *worker)
{
  if (!g_atomic_ref_count_dec (&worker->n_refs))
    return;
  g_main_loop_unref (worker->loop);
  g_main_context_unref (worker->context);
  g_main_context_unref (worker->owner_context);
  g_weak_ref_clear (&worker->owner);
  g_hash_table_unref (worker->shown);
  g_mutex_clear (&worker->mutex);
  g_cond_clear (&worker->cond);
  g_free (worker->app_name);
  g_free (worker);
}

/* --- On the thread ----------------------------------------------------------------------------------- */

static gboolean
react_cb (gpointer user_data)
{
  Reaction *reaction = user_data;
  g_autoptr (UsherNotifications) self = g_weak_ref_get (&reaction->worker->owner);

  if (self != NULL && reaction->signal == SIGNAL_SEEN)
    g_signal_emit (self, signals[SIGNAL_SEEN], 0);
  else if (self != NULL) /* what a signal has no argument for is not looked at */
    g_signal_emit (self, signals[reaction->signal], 0, reaction->conv, reaction->text);
  return G_SOURCE_REMOVE;
}

static void
reaction_free (gpointer data)
{
  Reaction *reaction = data;

  worker_unref (reaction->worker);
  g_free (reaction->text);
  g_free (reaction);
}

static guint64
conv_of (NotifyNotification *notification)
{
  return *(guint64 *) g_object_get_data (G_OBJECT (notification), "usher-conv");
}

static void
react (Worker     *worker,
       guint64     conv,
       guint       signal,
       const char *text)
{
  Reaction *reaction = g_new (Reaction, 1);

  *reaction = (Reaction){ worker_ref (worker), conv, signal, g_strdup (text) };
  g_main_context_invoke_full (worker->owner_context, G_PRIORITY_DEFAULT, react_cb, reaction,
                              reaction_free);
}

static void
action_cb (NotifyNotification *notification,
           char               *action,
           gpointer            user_data)
{
  guint signal = SIGNAL_ACTIVATE;

  if (g_str_equal (action, "inline-reply"))
    return; /* the text comes by a signal of its own */
  if (g_str_equal (action, "accept"))
    signal = SIGNAL_ACCEPT;
  else if (g_str_equal (action, "pass"))
    signal = SIGNAL_PASS;
  react (user_data, conv_of (notification), signal, NULL);
}

static gboolean
has_id (gpointer key,
        gpointer notification,
        gpointer user_data)
{
  gint id;

  g_object_get (notification, "id", &id, NULL);
  return (guint) id == *(guint *) user_data;
}

/* libnotify knows nothing of this signal; KDE's daemon sends it. */
static void
replied_cb (GDBusConnection *bus,
            const char      *sender,
            const char      *path,
            const char      *interface,
            const char      *signal,
            GVariant        *parameters,
            gpointer         user_data)
{
  Worker *worker = user_data;
  NotifyNotification *notification;
  const char *text;
  guint id;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(us)")))
    return;
  g_variant_get (parameters, "(u&s)", &id, &text);
  notification = g_hash_table_find (worker->shown, has_id, &id);
  if (notification != NULL && *text != '\0')
    react (worker, conv_of (notification), SIGNAL_REPLY, text);
}

static void
closed_cb (NotifyNotification *notification,
           Worker             *worker)
{
  guint64 conv = conv_of (notification);

  if (g_hash_table_lookup (worker->shown, &conv) == notification)
    g_hash_table_remove (worker->shown, &conv);
}

static NotifyNotification *
find_or_make (Worker  *worker,
              guint64  conv)
{
  NotifyNotification *notification = g_hash_table_lookup (worker->shown, &conv);

  if (notification != NULL)
    return notification;
  notification = notify_notification_new ("", NULL, NULL);
  g_object_set_data_full (G_OBJECT (notification), "usher-conv", g_memdup2 (&conv, sizeof conv),
                          g_free);
  g_signal_connect (notification, "closed", G_CALLBACK (closed_cb), worker);
  g_hash_table_insert (worker->shown, g_memdup2 (&conv, sizeof conv), notification);
  return notification;
}

static void
add_actions (Worker             *worker,
             NotifyNotification *notification,
             gboolean            is_offer)
{
  notify_notification_clear_actions (notification);
  if (!g_atomic_int_get (&worker->has_actions))
    return;
  /* Translators: what clicking a notification does: it opens the conversation. */
  notify_notification_add_action (notification, "default", _ ("Open"), action_cb, worker, NULL);
  if (!is_offer && worker->has_inline_reply)
    notify_notification_add_action (notification, "inline-reply", _ ("Reply"), action_cb, worker,
                                    NULL);
  if (!is_offer)
    return;
  notify_notification_add_action (notification, "accept", _ ("Accept"), action_cb, worker, NULL);
  notify_notification_add_action (notification, "pass", _ ("Pass"), action_cb, worker, NULL);
}

static void
show (Worker        *worker,
      const Command *command)
{
  gboolean is_offer = command->kind == SHOW_OFFER;
  gboolean is_urgent = command->kind != SHOW_LINE;
  NotifyNotification *notification = find_or_make (worker, command->conv);
  const char *text = command->text != NULL ? command->text : "";
  g_autofree char *body = worker->has_markup ? g_markup_escape_text (text, -1) : g_strdup (text);
  g_autofree char *summary =
    is_offer ? g_strdup_printf (_ ("New chat: %s"), command->who) : g_strdup (command->who);
  g_autoptr (GError) error = NULL;

  notify_notification_update (notification, summary, body, "io.github.usher_desk.Usher");
  notify_notification_set_urgency (notification,
                                   is_urgent ? NOTIFY_URGENCY_CRITICAL : NOTIFY_URGENCY_NORMAL);
  notify_notification_set_category (notification, "im.received");
  notify_notification_set_hint (notification, "desktop-entry",
                                g_variant_new_string ("io.github.usher_desk.Usher"));
  notify_notification_set_timeout (notification,
                                   is_urgent ? NOTIFY_EXPIRES_NEVER : NOTIFY_EXPIRES_DEFAULT);
  add_actions (worker, notification, is_offer);
  if (!notify_notification_show (notification, &error)) {
    g_debug ("not shown: %s", error->message);
    g_hash_table_remove (worker->shown, &command->conv);
  }
}

static void
seen_cb (NotifyNotification *notification,
         char               *action,
         gpointer            user_data)
{
  react (user_data, 0, SIGNAL_SEEN, NULL);
}

/* To show is not enough: the daemon must name itself and take it. */
static void
test (Worker *worker,
      GTask  *task)
{
  g_autofree char *name = NULL;
  g_autofree char *version = NULL;
  GError *error = NULL;

  if (!notify_get_server_info (&name, NULL, &version, NULL)) {
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                             _ ("This desktop has no notification service that answers."));
    return;
  }
  g_clear_object (&worker->test);
  worker->test =
    notify_notification_new (_ ("A test of Usher"), _ ("You see this, so you will see your chats."),
                             "io.github.usher_desk.Usher");
  notify_notification_set_urgency (worker->test, NOTIFY_URGENCY_CRITICAL);
  notify_notification_set_hint (worker->test, "desktop-entry",
                                g_variant_new_string ("io.github.usher_desk.Usher"));
  if (g_atomic_int_get (&worker->has_actions))
    notify_notification_add_action (worker->test, "default", _ ("I See It"), seen_cb, worker, NULL);
  if (g_atomic_int_get (&worker->has_actions))
    notify_notification_add_action (worker->test, "seen", _ ("I See It"), seen_cb, worker, NULL);
  if (notify_notification_show (worker->test, &error))
    g_task_return_pointer (task, g_strdup_printf ("%s %s", name, version), g_free);
  else
    g_task_return_error (task, error);
}

static void
withdraw (Worker  *worker,
          guint64  conv)
{
  NotifyNotification *notification = g_hash_table_lookup (worker->shown, &conv);

  if (notification == NULL)
    return;
  g_object_ref (notification);
  g_hash_table_remove (worker->shown, &conv);
  notify_notification_close (notification, NULL);
  g_object_unref (notification);
}

static void
stop (Worker *worker)
{
  g_autoptr (GList) convs = g_hash_table_get_keys (worker->shown);

  for (GList *l = convs; l != NULL; l = l->next)
    withdraw (worker, *(guint64 *) l->data);
  if (worker->test != NULL)
    notify_notification_close (worker->test, NULL);
  g_main_loop_quit (worker->loop);
}

static gboolean
run_command_cb (gpointer user_data)
{
  Command *command = user_data;

  switch (command->kind) {
  case SHOW_OFFER:
  case SHOW_LINE:
  case SHOW_URGENT:
    show (command->worker, command);
    break;
  case TEST:
    test (command->worker, command->task);
    break;
  case WITHDRAW:
    withdraw (command->worker, command->conv);
    break;
  case STOP:
  default:
    stop (command->worker);
    break;
  }
  return G_SOURCE_REMOVE;
}

static gboolean
has_capability (GList      *caps,
                const char *name)
{
  return g_list_find_custom (caps, name, (GCompareFunc) g_strcmp0) != NULL;
}

static void
listen_for_replies (Worker *worker)
{
  worker->bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  if (worker->bus == NULL)
    return;
  worker->has_inline_reply = TRUE;
  worker->replied_id =
    g_dbus_connection_signal_subscribe (worker->bus, NULL, "org.freedesktop.Notifications",
                                        "NotificationReplied", "/org/freedesktop/Notifications",
                                        NULL, G_DBUS_SIGNAL_FLAGS_NONE, replied_cb, worker, NULL);
}

static void
ask_capabilities (Worker *worker)
{
  GList *caps = notify_get_server_caps ();

  g_atomic_int_set (&worker->has_actions, has_capability (caps, "actions"));
  worker->has_markup = has_capability (caps, "body-markup");
  if (has_capability (caps, "actions") && has_capability (caps, "inline-reply"))
    listen_for_replies (worker);
  g_list_free_full (caps, g_free);
}

static gpointer
work (gpointer data)
{
  Worker *worker = data;

  g_main_context_push_thread_default (worker->context);
  if (notify_init (worker->app_name))
    ask_capabilities (worker);
  g_main_loop_run (worker->loop);
  g_hash_table_remove_all (worker->shown);
  g_clear_object (&worker->test);
  if (worker->replied_id != 0)
    g_dbus_connection_signal_unsubscribe (worker->bus, worker->replied_id);
  g_clear_object (&worker->bus);
  notify_uninit ();
  /* GDBus frees what a subscription held in the context of the subscriber. */
  while (g_main_context_iteration (worker->context, FALSE))
    continue;
  g_main_context_pop_thread_default (worker->context);

  g_mutex_lock (&worker->mutex);
  worker->is_done = TRUE;
  g_cond_signal (&worker->cond);
  g_mutex_unlock (&worker->mutex);
  worker_unref (worker);
  return NULL;
}

/* --- On the main thread ------------------------------------------------------------------------------ */

static void
command_free (gpointer data)
{
  Command *command = data;

  worker_unref (command->worker);
  g_clear_object (&command->task);
  g_free (command->who);
  g_free (command->text);
  g_free (command);
}

static void
push (UsherNotifications *self,
      CommandKind         kind,
      guint64             conv,
      const char         *who,
      const char         *text,
      GTask              *task)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  Command *command = g_new (Command, 1);

  *command =
    (Command){ worker_ref (self->worker), kind, conv, g_strdup (who), g_strdup (text), task };
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, run_command_cb, command, command_free);
  g_source_attach (source, self->worker->context);
}

static gboolean
wait_until_done (Worker *worker)
{
  gint64 until_us = g_get_monotonic_time () + FAREWELL_US;
  gboolean is_done;

  g_mutex_lock (&worker->mutex);
  while (!worker->is_done && g_cond_wait_until (&worker->cond, &worker->mutex, until_us))
    continue;
  is_done = worker->is_done;
  g_mutex_unlock (&worker->mutex);
  return is_done;
}

static void
usher_notifications_dispose (GObject *object)
{
  UsherNotifications *self = USHER_NOTIFICATIONS (object);

  if (self->thread != NULL) {
    push (self, STOP, 0, NULL, NULL, NULL);
    if (wait_until_done (self->worker))
      g_thread_join (self->thread);
    else
      g_thread_unref (self->thread); /* it ends when the daemon answers */
    self->thread = NULL;
  }
  g_clear_pointer (&self->worker, worker_unref);

  G_OBJECT_CLASS (usher_notifications_parent_class)->dispose (object);
}

static void
usher_notifications_class_init (UsherNotificationsClass *klass)
{
  static const char *const names[] = { "accept", "pass", "activate" };
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_notifications_dispose;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    signals[i] = g_signal_new (names[i], type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                               1, G_TYPE_UINT64);
  signals[SIGNAL_SEEN] =
    g_signal_new ("seen", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_REPLY] = g_signal_new ("reply", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 2, G_TYPE_UINT64, G_TYPE_STRING);
}

static void
usher_notifications_init (UsherNotifications *self)
{
}

UsherNotifications *
usher_notifications_new (const char *app_name)
{
  UsherNotifications *self = g_object_new (USHER_TYPE_NOTIFICATIONS, NULL);
  Worker *worker = g_new0 (Worker, 1);

  g_atomic_ref_count_init (&worker->n_refs);
  worker->app_name = g_strdup (app_name);
  worker->context = g_main_context_new ();
  worker->loop = g_main_loop_new (worker->context, FALSE);
  worker->owner_context = g_main_context_ref_thread_default ();
  worker->shown = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);
  g_weak_ref_init (&worker->owner, self);
  g_mutex_init (&worker->mutex);
  g_cond_init (&worker->cond);
  self->worker = worker;
  self->thread = g_thread_new ("usher-notify", work, worker_ref (worker));
  return self;
}

void
usher_notifications_show_offer (UsherNotifications *self,
                                guint64             conv,
                                const char         *who,
                                const char         *text)
{
  g_return_if_fail (USHER_IS_NOTIFICATIONS (self));
  g_return_if_fail (who != NULL);

  push (self, SHOW_OFFER, conv, who, text, NULL);
}

void
usher_notifications_show_line (UsherNotifications *self,
                               guint64             conv,
                               const char         *who,
                               const char         *text,
                               gboolean            is_urgent)
{
  g_return_if_fail (USHER_IS_NOTIFICATIONS (self));
  g_return_if_fail (who != NULL);

  push (self, is_urgent ? SHOW_URGENT : SHOW_LINE, conv, who, text, NULL);
}

void
usher_notifications_withdraw (UsherNotifications *self,
                              guint64             conv)
{
  g_return_if_fail (USHER_IS_NOTIFICATIONS (self));

  push (self, WITHDRAW, conv, NULL, NULL, NULL);
}

gboolean
usher_notifications_get_has_actions (UsherNotifications *self)
{
  g_return_val_if_fail (USHER_IS_NOTIFICATIONS (self), FALSE);

  return g_atomic_int_get (&self->worker->has_actions);
}

void
usher_notifications_test_async (UsherNotifications  *self,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (USHER_IS_NOTIFICATIONS (self));
  /* Without a source: the last reference may go on the thread, and must not be the object's. */
  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, usher_notifications_test_async);
  push (self, TEST, 0, NULL, NULL, task);
}

char *
usher_notifications_test_finish (GAsyncResult  *result,
                                 GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
