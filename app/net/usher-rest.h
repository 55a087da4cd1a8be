/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  USHER_REST_ERROR_UNREACHABLE,     /* no answer: no network, no gateway, too slow */
  USHER_REST_ERROR_BAD_CREDENTIALS, /* 401 of a sign-in */
  USHER_REST_ERROR_PASSWORD_CHANGE, /* 403 password_change_required */
  USHER_REST_ERROR_TOKEN,           /* 401 of anything else: the token is no longer good */
  USHER_REST_ERROR_TOO_MANY_TRIES, /* 429; the message names the seconds to wait where the gateway did */
  USHER_REST_ERROR_TRY_LATER,      /* 5xx */
  USHER_REST_ERROR_REFUSED,        /* any other 4xx */
  USHER_REST_ERROR_UNCHANGED,      /* 304: what is held is still good */
  USHER_REST_ERROR_NONSENSE,       /* an answer that is not what it should be */
} UsherRestError;

#define USHER_REST_ERROR (usher_rest_error_quark ())
GQuark usher_rest_error_quark (void);

/** UsherSignedIn: what a sign-in, a refresh and a new password answer. Times are wall clock. */
typedef struct {
  char *access_token;
  gint64 access_expires_us;
  char *refresh_token;
  guint64 agent;
  char *login;
  char *name;
  char *role; /* (nullable) */
  char **rights;
  char **queues;
} UsherSignedIn;

void usher_signed_in_free (UsherSignedIn *signed_in);

/**
 * UsherRest:
 *
 * The HTTP half of the gateway: sign-in (PROTOCOLS.md 2e.5) and media (2e.2). Everything is asynchronous, cancellable and ends
 * within 15 s, but for media, where 15 s is the longest silence. Errors are of %USHER_REST_ERROR, or %G_IO_ERROR_CANCELLED.
 * Neither tokens nor bodies are logged.
 */
#define USHER_TYPE_REST (usher_rest_get_type ())
G_DECLARE_FINAL_TYPE (UsherRest, usher_rest, USHER, REST, GObject)

UsherRest *usher_rest_new (const char *gateway_url) G_GNUC_WARN_UNUSED_RESULT;

/** usher_rest_set_access_token: (nullable) @token: for everything that is not a sign-in. */
void usher_rest_set_access_token (UsherRest  *self,
                                  const char *token);

/** usher_rest_set_timeout_s: the longest silence, in seconds; tests turn it down. */
void usher_rest_set_timeout_s (UsherRest *self,
                               guint      timeout_s);

void usher_rest_sign_in_async (UsherRest           *self,
                               const char          *login,
                               const char          *password,
                               const char          *device,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data);
void usher_rest_refresh_async (UsherRest           *self,
                               const char          *refresh_token,
                               const char          *device,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data);

/** usher_rest_password_async: (nullable) @login: only without an access token, with a one-time password as @old_password. The new tokens are @device's. */
void usher_rest_password_async (UsherRest           *self,
                                const char          *login,
                                const char          *old_password,
                                const char          *new_password,
                                const char          *device,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data);

/** usher_rest_signed_in_finish: (transfer full): of the three calls above. */
UsherSignedIn *usher_rest_signed_in_finish (UsherRest     *self,
                                            GAsyncResult  *result,
                                            GError       **error);

/** usher_rest_sign_out: the gateway is told, of this computer or of all where this agent is signed in; nobody waits for what it says. */
void usher_rest_sign_out (UsherRest *self,
                          gboolean   is_everywhere);

/** UsherProgressFunc: @done of @total bytes have left. */
typedef void (*UsherProgressFunc) (guint64 done, guint64 total, gpointer user_data);

/**
 * usher_rest_upload_async:
 * @bytes: the file
 * @mime: its type; the gateway checks it against the magic bytes
 * @progress: (nullable): called while the upload runs, on the main context, never after @callback
 *
 * Asks for a ticket and puts the file. Finish with usher_rest_upload_finish().
 */
void usher_rest_upload_async (UsherRest           *self,
                              GBytes              *bytes,
                              const char          *mime,
                              const char          *name,
                              GCancellable        *cancellable,
                              UsherProgressFunc    progress,
                              gpointer             progress_data,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data);

/** usher_rest_upload_finish: (transfer full): the url for `Message.media.url`. */
char *usher_rest_upload_finish (UsherRest     *self,
                                GAsyncResult  *result,
                                GError       **error);

/** UsherRestList: what the operator lists for agents. */
typedef enum {
  USHER_REST_DISPOSITIONS, /* queue, code, title: what conversations may be closed with */
  USHER_REST_CANNED, /* shortcut, title, text, folder, queues with commas between: replies of the team */
  USHER_REST_N_LISTS
} UsherRestList;

/** usher_rest_list_async: @known_tag: (nullable): of the list that is held; when it is still that one, the answer is %USHER_REST_ERROR_UNCHANGED */
void usher_rest_list_async (UsherRest           *self,
                            UsherRestList        list,
                            const char          *known_tag,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data);

/**
 * usher_rest_list_finish:
 * @ret_tag: (out) (nullable) (transfer full): to be named the next time
 *
 * Returns: (transfer full): text to keep, for usher_rest_list_split(); "" when there is nothing in the list
 */
char *
usher_rest_list_finish (UsherRest *self, GAsyncResult *result, char **ret_tag, GError **error);

/** usher_rest_list_split: (transfer full) (element-type GStrv): the rows of @text (nullable), each of @n_fields */
GPtrArray *usher_rest_list_split (const char *text,
                                  guint       n_fields) G_GNUC_WARN_UNUSED_RESULT;

/** usher_rest_media_async: @path: `/media/…`, with or without a signature; at most 20 MiB come back. */
void usher_rest_media_async (UsherRest           *self,
                             const char          *path,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data);

/** usher_rest_media_finish: (transfer full) */
GBytes *usher_rest_media_finish (UsherRest     *self,
                                 GAsyncResult  *result,
                                 GError       **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (UsherSignedIn, usher_signed_in_free)

G_END_DECLS
