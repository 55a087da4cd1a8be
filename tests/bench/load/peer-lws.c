/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A peer to be measured beside us: libwebsockets with its default loop, sending back what it gets. Prints its port. */
#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_MESSAGE_BYTES 4096
#define MAX_WAITING       64 /* messages of one connection that came in one turn */

/* What waits for the socket is kept in memory of its own, so that an idle session owns none. */
typedef struct {
  size_t n_waiting, n_bytes[MAX_WAITING];
  unsigned char *data; /* n_waiting messages, one behind the other */
  size_t data_bytes;
} Waiting;

typedef struct {
  Waiting *waiting;
} Session;

static void
keep (struct lws *socket,
      Session    *session,
      const void *data,
      size_t      n_bytes)
{
  Waiting *waiting = session->waiting != NULL ? session->waiting : calloc (1, sizeof *waiting);

  session->waiting = waiting;
  if (waiting->n_waiting == MAX_WAITING)
    return;
  waiting->data = realloc (waiting->data, waiting->data_bytes + n_bytes);
  memcpy (waiting->data + waiting->data_bytes, data, n_bytes);
  waiting->data_bytes += n_bytes;
  waiting->n_bytes[waiting->n_waiting++] = n_bytes;
  lws_callback_on_writable (socket);
}

static void
send_back (struct lws *socket,
           Session    *session)
{
  unsigned char out[LWS_PRE + MAX_MESSAGE_BYTES];
  Waiting *waiting = session->waiting;
  size_t at = 0;

  for (size_t i = 0; waiting != NULL && i < waiting->n_waiting; at += waiting->n_bytes[i++]) {
    memcpy (out + LWS_PRE, waiting->data + at, waiting->n_bytes[i]);
    lws_write (socket, out + LWS_PRE, waiting->n_bytes[i], LWS_WRITE_BINARY);
  }
  if (waiting != NULL)
    free (waiting->data);
  free (waiting);
  session->waiting = NULL;
}

static int
echo (struct lws                *socket,
      enum lws_callback_reasons  reason,
      void                      *user,
      void                      *data,
      size_t                     n_bytes)
{
  if (reason == LWS_CALLBACK_RECEIVE)
    keep (socket, user, data, n_bytes);
  else if (reason == LWS_CALLBACK_SERVER_WRITEABLE)
    send_back (socket, user);
  return 0;
}

int
main (int    argc,
      char **argv)
{
  static const struct lws_protocols protocols[] = {
    { .name = "echo",
      .callback = echo,
      .per_session_data_size = sizeof (Session),
      .rx_buffer_size = MAX_MESSAGE_BYTES },
    { .name = NULL },
  };
  const struct lws_context_creation_info info = {
    .port = argc > 1 ? atoi (argv[1]) : 7681,
    .iface = "lo",
    .protocols = protocols,
    .fd_limit_per_thread = 20000,
  };
  struct lws_context *context;

  lws_set_log_level (LLL_ERR, NULL);
  context = lws_create_context (&info);
  if (context == NULL)
    return 1;
  printf ("%d\n", info.port);
  fflush (stdout);
  while (lws_service (context, 0) >= 0)
    ;
  return 0;
}
