/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-keyring"
#include "config.h"

#include "usher-keyring.h"

#include <libsecret/secret.h>

/* The calls of libsecret that ask a locked keyring open a prompt and wait for it, which is for ever when nobody sees it. Searching
 * without SECRET_SEARCH_UNLOCK does not. Storing does, and on a desktop without a default keyring it makes one, which begins with a
 * question across the screen; so it is looked first whether there is one that is open. */

#define TIMEOUT_MS 5000

/* Storing that may ask waits for a person who has to think of a password. */
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
  gboolean may_ask;  /* the desktop may ask a person when the next token is stored */
  char *next_token;  /* (nullable): %NULL: clear */
  gboolean is_kept;
};

enum {
  PROP_IS_KEPT = 1,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

/* A token on its way into the keyring. */
typedef struct {
  UsherKeyring *keyring;
  char *token;
  GCancellable *cancellable;
} Storing;

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

/* A cancellable that cancels itself when nobody answers. */
static GCancellable *
impatient (guint patience_ms)
{
  GCancellable *cancellable = g_cancellable_new ();

  g_timeout_add_full (G_PRIORITY_LOW, patience_ms, give_up_cb, g_object_ref (cancellable),
                      g_object_unref);
  return cancellable;
}

static void
set_is_kept (UsherKeyring *self,
             gboolean      is_kept)
{
  if (self->is_kept == is_kept)
    return;
  self->is_kept = is_kept;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_KEPT]);
}

/* Said to whoever waits, and the next one begins. */
static void
end_storing (Storing    *storing,
             const char *problem)
{
  UsherKeyring *self = storing->keyring;

  if (problem != NULL)
    g_message ("the keyring did not take the token, the next start will ask for the password: %s",
               problem);
  set_is_kept (self, problem == NULL);
  write_next (self);
  g_object_unref (storing->cancellable);
  g_free (storing->token);
  g_object_unref (self);
  g_free (storing);
}

static void
stored_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  secret_password_store_finish (result, &error);
  end_storing (user_data, error != NULL ? error->message : NULL);
}

static void
put_into_keyring (Storing *storing)
{
  secret_password_storev (&schema, storing->keyring->attributes, SECRET_COLLECTION_DEFAULT, "Usher",
                          storing->token, storing->cancellable, stored_cb, storing);
}

static void
collection_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  Storing *storing = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SecretCollection) collection = secret_collection_for_alias_finish (result, &error);

  if (error != NULL)
    end_storing (storing, error->message);
  else if (collection == NULL)
    end_storing (storing, "there is no default keyring");
  else if (secret_collection_get_locked (collection))
    end_storing (storing, "it is locked");
  else
    put_into_keyring (storing);
}

static void
service_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Storing *storing = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SecretService) service = secret_service_get_finish (result, &error);

  if (service != NULL)
    secret_collection_for_alias (service, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE,
                                 storing->cancellable, collection_cb, storing);
  else
    end_storing (storing, error->message);
}

/* As libsecret decides it: in a sandbox, or when told so, it keeps a file of its own. There is nothing to make or to unlock. */
static gboolean
is_file (void)
{
  const char *backend = g_getenv ("SECRET_BACKEND");

  return g_strcmp0 (backend, "file") == 0 || g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);
}

static void
begin_storing (UsherKeyring *self,
               char         *token)
{
  Storing *storing = g_new0 (Storing, 1);

  storing->keyring = g_object_ref (self);
  storing->token = token;
  storing->cancellable = impatient (self->may_ask ? STORE_TIMEOUT_MS : self->timeout_ms);
  if (self->may_ask || is_file ())
    put_into_keyring (storing);
  else
    secret_service_get (SECRET_SERVICE_NONE, storing->cancellable, service_cb, storing);
  self->may_ask = FALSE;
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
  if (token != NULL) {
    begin_storing (self, g_steal_pointer (&token));
    return;
  }
  cancellable = impatient (self->timeout_ms);
  secret_password_clearv (&schema, self->attributes, cancellable, cleared_cb, g_object_ref (self));
}

static void
keep (UsherKeyring *self,
      const char   *token,
      gboolean      may_ask)
{
  g_free (self->next_token);
  self->next_token = g_strdup (token);
  self->may_ask = may_ask;
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

  keep (self, token, FALSE);
}

void
usher_keyring_store_asking (UsherKeyring *self,
                            const char   *token)
{
  g_return_if_fail (USHER_IS_KEYRING (self));
  g_return_if_fail (token != NULL);

  keep (self, token, TRUE);
}

void
usher_keyring_clear (UsherKeyring *self)
{
  g_return_if_fail (USHER_IS_KEYRING (self));

  keep (self, NULL, FALSE);
}

gboolean
usher_keyring_get_is_kept (UsherKeyring *self)
{
  g_return_val_if_fail (USHER_IS_KEYRING (self), FALSE);

  return self->is_kept;
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
usher_keyring_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  UsherKeyring *self = USHER_KEYRING (object);

  switch (prop_id) {
  case PROP_IS_KEPT:
    g_value_set_boolean (value, self->is_kept);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
usher_keyring_class_init (UsherKeyringClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = usher_keyring_finalize;
  object_class->get_property = usher_keyring_get_property;

  props[PROP_IS_KEPT] =
    g_param_spec_boolean ("is-kept", NULL, NULL, TRUE,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
usher_keyring_init (UsherKeyring *self)
{
  self->timeout_ms = TIMEOUT_MS;
  self->is_kept = TRUE;
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
