/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-keyring"
#include "config.h"

#include "usher-keyring.h"

#include <libsecret/secret.h>

/* The calls of libsecret that ask a locked keyring open a prompt and wait for it, which is for ever when nobody sees it. Searching
 * without SECRET_SEARCH_UNLOCK does not. Storing may ask: the agent has just signed in and sits before the screen, and nobody waits. */

#define TIMEOUT_MS 5000

/* Storing waits for a person who may have to type the keyring's password. */
#define STORE_TIMEOUT_MS 120000

static const SecretSchema schema = {
  "io.github.usher_desk.Usher.Token",
  SECRET_SCHEMA_NONE,
  {
    { "gateway", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "profile", SECRET_SCHEMA_ATTRIBUTE_STRING },
  },
  0,
  NULL,
  NULL,
  NULL,
  NULL,
  NULL,
  NULL,
  NULL,
};

struct _UsherKeyring {
  GObject parent_instance;

  GHashTable *attributes;
  guint timeout_ms;
  gboolean is_writing;
  gboolean has_next; /* a later store or clear waits; only the latest counts */
  char *next_token;  /* (nullable): %NULL: clear */
};

/* A look-up that gives up by itself. */
typedef struct {
  GCancellable *inner;
  gulong outer_id;
  guint timeout_id;
} Lookup;

G_DEFINE_FINAL_TYPE (UsherKeyring, usher_keyring, G_TYPE_OBJECT)

static void
lookup_free (gpointer data)
{
  Lookup *lookup = data;

  g_clear_handle_id (&lookup->timeout_id, g_source_remove);
  g_object_unref (lookup->inner);
  g_free (lookup);
}

static void
cancel_inner_cb (GCancellable *outer,
                 gpointer      user_data)
{
  g_cancellable_cancel (user_data);
}

/* On the main thread: what is cancelled from here is, too. */
static void
end_lookup (GTask *task,
            char  *token)
{
  Lookup *lookup = g_task_get_task_data (task);

  g_clear_handle_id (&lookup->timeout_id, g_source_remove);
  if (lookup->outer_id != 0)
    g_cancellable_disconnect (g_task_get_cancellable (task), lookup->outer_id);
  lookup->outer_id = 0;
  g_task_return_pointer (task, token, g_free);
}

static void
too_slow_cb (gpointer user_data)
{
  GTask *task = user_data;
  Lookup *lookup = g_task_get_task_data (task);

  lookup->timeout_id = 0;
  g_debug ("the keyring does not answer");
  g_cancellable_cancel (lookup->inner);
  if (!g_task_get_completed (task))
    end_lookup (task, NULL);
}

static void
retrieved_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  SecretValue *value =
    secret_retrievable_retrieve_secret_finish (SECRET_RETRIEVABLE (source), result, &error);
  char *token = value != NULL ? g_strdup (secret_value_get_text (value)) : NULL;

  g_clear_pointer (&value, secret_value_unref);
  if (error != NULL)
    g_debug ("the keyring keeps the token to itself: %s", error->message);
  if (g_task_get_completed (task))
    g_free (token);
  else
    end_lookup (task, token);
}

static gboolean
is_locked (gpointer item)
{
  return SECRET_IS_ITEM (item) && secret_item_get_locked (item);
}

static void
found_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autolist (GObject) items = secret_password_search_finish (result, &error);
  Lookup *lookup = g_task_get_task_data (task);

  if (g_task_get_completed (task))
    return;
  if (error != NULL)
    g_debug ("no keyring: %s", error->message);
  if (items == NULL || is_locked (items->data)) {
    end_lookup (task, NULL);
    return;
  }
  secret_retrievable_retrieve_secret (items->data, lookup->inner, retrieved_cb,
                                      g_object_ref (task));
}

void
usher_keyring_lookup_async (UsherKeyring        *self,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  Lookup *lookup;

  g_return_if_fail (USHER_IS_KEYRING (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, usher_keyring_lookup_async);
  lookup = g_new0 (Lookup, 1);
  lookup->inner = g_cancellable_new ();
  g_task_set_task_data (task, lookup, lookup_free);
  if (cancellable != NULL)
    lookup->outer_id = g_cancellable_connect (cancellable, G_CALLBACK (cancel_inner_cb),
                                              g_object_ref (lookup->inner), g_object_unref);
  lookup->timeout_id = g_timeout_add_once (self->timeout_ms, too_slow_cb, task);
  secret_password_searchv (&schema, self->attributes, SECRET_SEARCH_LOAD_SECRETS, lookup->inner,
                           found_cb, g_object_ref (task));
}

char *
usher_keyring_lookup_finish (UsherKeyring  *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* One write at a time: two at once may end in either order, and a file backend refuses the second. */

static void write_next (UsherKeyring *self);

static gboolean
give_up_cb (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

/* A cancellable that cancels itself when nobody answers the keyring's question. */
static GCancellable *
impatient (void)
{
  GCancellable *cancellable = g_cancellable_new ();

  g_timeout_add_full (G_PRIORITY_LOW, STORE_TIMEOUT_MS, give_up_cb, g_object_ref (cancellable),
                      g_object_unref);
  return cancellable;
}

static void
stored_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (UsherKeyring) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!secret_password_store_finish (result, &error))
    g_message ("the keyring did not take the token, the next start will ask for the password: %s",
               error->message);
  write_next (self);
}

static void
cleared_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (UsherKeyring) self = user_data;
  g_autoptr (GError) error = NULL;

  secret_password_clear_finish (result, &error);
  if (error != NULL)
    g_debug ("nothing to clear in the keyring: %s", error->message);
  write_next (self);
}

/* The operation holds a reference: what is being kept is kept even when the program is about to end its session. */
static void
write_next (UsherKeyring *self)
{
  g_autofree char *token = g_steal_pointer (&self->next_token);
  g_autoptr (GCancellable) cancellable = NULL;

  self->is_writing = self->has_next;
  self->has_next = FALSE;
  if (!self->is_writing)
    return;
  cancellable = impatient ();
  if (token != NULL)
    secret_password_storev (&schema, self->attributes, SECRET_COLLECTION_DEFAULT, "Usher", token,
                            cancellable, stored_cb, g_object_ref (self));
  else
    secret_password_clearv (&schema, self->attributes, cancellable, cleared_cb,
                            g_object_ref (self));
}

static void
keep (UsherKeyring *self,
      const char   *token)
{
  g_free (self->next_token);
  self->next_token = g_strdup (token);
  self->has_next = TRUE;
  if (!self->is_writing)
    write_next (self);
}

void
usher_keyring_store (UsherKeyring *self,
                     const char   *token)
{
  g_return_if_fail (USHER_IS_KEYRING (self));
  g_return_if_fail (token != NULL);

  keep (self, token);
}

void
usher_keyring_clear (UsherKeyring *self)
{
  g_return_if_fail (USHER_IS_KEYRING (self));

  keep (self, NULL);
}

static void
usher_keyring_finalize (GObject *object)
{
  UsherKeyring *self = USHER_KEYRING (object);

  g_free (self->next_token);
  g_hash_table_unref (self->attributes);

  G_OBJECT_CLASS (usher_keyring_parent_class)->finalize (object);
}

static void
usher_keyring_class_init (UsherKeyringClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = usher_keyring_finalize;
}

static void
usher_keyring_init (UsherKeyring *self)
{
  self->timeout_ms = TIMEOUT_MS;
}

UsherKeyring *
usher_keyring_new (const char *gateway_url,
                   const char *profile)
{
  UsherKeyring *self = g_object_new (USHER_TYPE_KEYRING, NULL);

  self->attributes =
    secret_attributes_build (&schema, "gateway", gateway_url, "profile", profile, NULL);
  return self;
}

void
usher_keyring_set_timeout_ms (UsherKeyring *self,
                              guint         timeout_ms)
{
  g_return_if_fail (USHER_IS_KEYRING (self));

  self->timeout_ms = timeout_ms;
}
