/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A PUT of a picture over a connection of its own, as a browser would make it. */
#include "load-worker.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define PICTURE_BYTES 100000u
#define ANSWER_BYTES  1024u

struct _LoadUpload {
  LoadPoll poll; /* first */
  LoadClient *client;
  int fd;
  char *url; /* owned; of the picture */
  GByteArray *request;
  gsize n_sent, n_answered;
  char answer[ANSWER_BYTES + 1]; /* its beginning */
  void (*done) (LoadClient *client, const char *url);
};

/* --- The picture -------------------------------------------------------------------------------------- */

/* Headers of a baseline JPEG (ITU T.81 annex B) of 1024 by 768, then bytes that stand for its data. */
static const guint8 picture_head[] = {
  0xff, 0xd8,                                                              /* start of image */
  0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0,  1, 1, 0,    0, 1, 0, 1, 0, 0, /* JFIF */
  0xff, 0xc0, 0, 11, 8,   3,   0,   4,   0,  1, 1, 0x11, 0,                /* frame */
  0xff, 0xda, 0, 8,  1,   1,   0,   0,   63, 0,                            /* scan */
};
static const guint8 picture_end[] = { 0xff, 0xd9 };

/* No two are alike, or the gateway would keep one file for all. */
static void
append_picture (LoadWorker *worker,
                GByteArray *out)
{
  guint8 data[PICTURE_BYTES - sizeof picture_head - sizeof picture_end];

  for (gsize i = 0; i < sizeof data; i++)
    data[i] = (guint8) (load_worker_random (worker) & 0x7f);
  g_byte_array_append (out, picture_head, sizeof picture_head);
  g_byte_array_append (out, data, sizeof data);
  g_byte_array_append (out, picture_end, sizeof picture_end);
}

gsize
load_upload_bytes (void)
{
  return PICTURE_BYTES;
}

/* --- The request -------------------------------------------------------------------------------------- */

void
load_upload_cancel (LoadClient *client)
{
  LoadUpload *self = g_steal_pointer (&client->upload);

  if (self == NULL)
    return;
  close (self->fd);
  g_free (self->url);
  g_byte_array_unref (self->request);
  g_free (self);
}

/* What it was answered instead of 201; no answer at all counts as a failed upload only. */
static void
count_refusal (LoadUpload *self)
{
  guint64 status =
    strncmp (self->answer, "HTTP/1.1 ", 9) == 0 ? g_ascii_strtoull (self->answer + 9, NULL, 10) : 0;

  if (status > 0)
    self->client->worker->report->error_codes[MIN (status, LOAD_MAX_ERROR_CODE - 1)]++;
  else
    load_worker_count (self->client->worker, LOAD_COUNT_UPLOAD_FAILED);
}

static void
finish (LoadUpload *self)
{
  LoadClient *client = self->client;
  gboolean is_good = strncmp (self->answer, "HTTP/1.1 201", 12) == 0;
  g_autofree char *url = g_steal_pointer (&self->url);
  void (*done) (LoadClient *, const char *) = self->done;

  if (!is_good)
    count_refusal (self);
  load_upload_cancel (client);
  done (client, is_good ? url : NULL);
}

/* FALSE: the connection is over. */
static gboolean
send_some (LoadUpload *self)
{
  while (self->n_sent < self->request->len) {
    gssize n = send (self->fd, self->request->data + self->n_sent,
                     self->request->len - self->n_sent, MSG_NOSIGNAL);

    if (n <= 0)
      return errno == EAGAIN || errno == EINTR;
    self->n_sent += (gsize) n;
  }
  return TRUE;
}

/* TRUE when the head of the answer is there, or nothing more comes. */
static gboolean
read_answer (LoadUpload *self)
{
  for (;;) {
    gssize n = recv (self->fd, self->answer + self->n_answered, ANSWER_BYTES - self->n_answered, 0);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0 && errno == EAGAIN)
      return FALSE;
    if (n <= 0)
      return TRUE;
    self->n_answered += (gsize) n;
    if (self->n_answered == ANSWER_BYTES || strstr (self->answer, "\r\n\r\n") != NULL)
      return TRUE;
  }
}

static void
ready (LoadPoll *poll,
       guint32   events)
{
  LoadUpload *self = (LoadUpload *) poll;
  gboolean is_over = (events & EPOLLOUT) != 0 && !send_some (self);

  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR | EPOLLRDHUP)) != 0)
    is_over |= read_answer (self);
  if (!is_over)
    return;
  self->client->worker->now_us = g_get_monotonic_time ();
  finish (self);
}

static void
write_request (LoadUpload *self,
               const char *put_url)
{
  const LoadOptions *options = self->client->worker->options;
  g_autofree char *head =
    g_strdup_printf ("PUT %s HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nContent-Type: image/jpeg\r\n"
                     "Content-Length: %u\r\nConnection: close\r\n\r\n",
                     put_url, options->host, options->origin, PICTURE_BYTES);

  g_byte_array_append (self->request, (const guint8 *) head, (guint) strlen (head));
  append_picture (self->client->worker, self->request);
}

void
load_upload_start (LoadClient *client,
                   const char *put_url,
                   const char *url,
                   void (*done) (LoadClient *client, const char *url))
{
  LoadUpload *self = g_new0 (LoadUpload, 1);
  const struct sockaddr_in *to = &client->worker->options->address;
  struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                               .data.ptr = &self->poll };

  load_upload_cancel (client);
  client->upload = self;
  *self =
    (LoadUpload){ .poll.ready = ready, .client = client, .url = g_strdup (url), .done = done };
  self->request = g_byte_array_new ();
  write_request (self, put_url);
  self->fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (self->fd < 0 ||
      (connect (self->fd, (const struct sockaddr *) to, sizeof *to) != 0 && errno != EINPROGRESS) ||
      epoll_ctl (client->worker->epoll_fd, EPOLL_CTL_ADD, self->fd, &event) != 0)
    finish (self);
}
