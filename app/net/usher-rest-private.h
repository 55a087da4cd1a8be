/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-rest.h"

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

struct _UsherRest {
  GObject parent_instance;

  char *gateway_url; /* without a slash at its end */
  char *access_token;
  SoupSession *http;
  GCancellable *cancellable; /* of what nobody waits for; cancelled in dispose */
};

/** usher_rest_message: (transfer full) (nullable): a request for @path under the gateway; with the token when @with_token. */
SoupMessage *usher_rest_message (UsherRest  *self,
                                 const char *method,
                                 const char *path,
                                 gboolean    with_token) G_GNUC_WARN_UNUSED_RESULT;

/** usher_rest_set_json: (transfer full) @body: becomes the body of @message. */
void usher_rest_set_json (SoupMessage *message,
                          JsonBuilder *body);

/** usher_rest_call_async: @max_bytes: a longer answer is refused. Finish gives the body of a 2xx answer. */
void usher_rest_call_async (UsherRest           *self,
                            SoupMessage         *message,
                            gsize                max_bytes,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data);
GBytes *usher_rest_call_finish (UsherRest     *self,
                                GAsyncResult  *result,
                                GError       **error);

/** usher_rest_parse: (transfer full): the object that @body is; the strict scanner goes before json-glib. */
JsonObject *usher_rest_parse (GBytes  *body,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** usher_rest_dup_string: (transfer full) (nullable): a string member, %NULL when absent or anything else. */
char *usher_rest_dup_string (JsonObject *object,
                             const char *member);

G_END_DECLS
