/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * raw-echo: the least a server can do, as the measure of what this machine allows: one thread, one epoll, one shared
 * read buffer, one read and one write a wake-up. What begins with GET is upgraded and echoed message by message (client's
 * frames under 64 KiB, unmasked in place); anything else is sent back as it came. No limits, no time-outs, no checks: not
 * for use. Prints its port and runs until it is killed or its parent ends.
 */
#include "wire-websocket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_BYTES      (256u * 1024)
#define MAX_EVENTS      512
#define ACCEPTS_A_TURN  64
#define MAX_DESCRIPTORS 20000u

typedef enum {
  NEW,
  ECHO,
  WEBSOCKET
} Kind;

/* By descriptor: a byte and a pointer a connection. */
static guint8 kinds[MAX_DESCRIPTORS];
static GByteArray
  *partials[MAX_DESCRIPTORS]; /* (nullable) of a message that did not come in one piece */

static void
hang_up (int fd)
{
  kinds[fd] = NEW;
  g_clear_pointer (&partials[fd], g_byte_array_unref);
  close (fd);
}

static void
send_all (int         fd,
          const void *data,
          gsize       n_bytes)
{
  if (n_bytes > 0 && send (fd, data, n_bytes, MSG_NOSIGNAL) != (gssize) n_bytes)
    hang_up (fd); /* a client that does not read is not what is measured */
}

/* --- WebSocket ---------------------------------------------------------------------------------------- */

static void
upgrade (int         fd,
         const char *head,
         gsize       n_bytes)
{
  static const char name[] = "Sec-WebSocket-Key: ";
  const char *key = memmem (head, n_bytes, name, sizeof name - 1);
  char accept_key[WIRE_WEBSOCKET_ACCEPT_CHARS + 1];
  char answer[256];

  if (key == NULL || memmem (head, n_bytes, "\r\n\r\n", 4) == NULL) {
    hang_up (fd);
    return;
  }
  kinds[fd] = WEBSOCKET;
  wire_websocket_accept_key ((WireText){ key + sizeof name - 1, 24 }, accept_key);
  g_snprintf (answer, sizeof answer,
              "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              "Sec-WebSocket-Accept: %s\r\n\r\n",
              accept_key);
  send_all (fd, answer, strlen (answer));
}

/* Length of header and payload; 0 = more is needed. */
static gsize
measure_frame (const guint8 *data,
               gsize         n_bytes,
               gsize        *ret_header_bytes)
{
  gsize header_bytes = n_bytes >= 2 && (data[1] & 0x7f) == 126 ? 8 : 6;
  gsize payload_bytes;

  if (n_bytes < header_bytes)
    return 0;
  payload_bytes = header_bytes == 6 ? data[1] & 0x7f : (gsize) data[2] << 8 | data[3];
  *ret_header_bytes = header_bytes;
  return n_bytes < header_bytes + payload_bytes ? 0 : header_bytes + payload_bytes;
}

/* Turns a client's frame into the server's where it lies: the header is four bytes shorter. */
static guint8 *
turn_frame (guint8 *frame,
            gsize   header_bytes,
            gsize   frame_bytes)
{
  guint8 mask[4];

  memcpy (mask, frame + header_bytes - 4, 4);
  wire_websocket_unmask (frame + header_bytes, frame_bytes - header_bytes, mask);
  memmove (frame + 4, frame, header_bytes - 4);
  frame[5] &= 0x7f;
  return frame + 4;
}

static void
echo_frames (int     fd,
             guint8 *data,
             gsize   n_bytes)
{
  guint8 *out = data;
  gsize at = 0, header_bytes, frame_bytes;

  while ((frame_bytes = measure_frame (data + at, n_bytes - at, &header_bytes)) > 0) {
    const guint8 *turned = turn_frame (data + at, header_bytes, frame_bytes);

    memmove (out, turned, frame_bytes - 4);
    out += frame_bytes - 4;
    at += frame_bytes;
  }
  if (at < n_bytes) {
    partials[fd] = g_byte_array_new ();
    g_byte_array_append (partials[fd], data + at, (guint) (n_bytes - at));
  }
  send_all (fd, data, (gsize) (out - data));
}

/* --- The loop ----------------------------------------------------------------------------------------- */

static void
take (int     fd,
      guint8 *data,
      gsize   n_bytes)
{
  GByteArray *whole = g_steal_pointer (&partials[fd]);

  if (kinds[fd] == NEW && n_bytes >= 4 && memcmp (data, "GET ", 4) == 0) {
    upgrade (fd, (const char *) data, n_bytes);
  } else if (kinds[fd] != WEBSOCKET) {
    kinds[fd] = ECHO;
    send_all (fd, data, n_bytes);
  } else if (whole != NULL) {
    g_byte_array_append (whole, data, (guint) n_bytes);
    echo_frames (fd, whole->data, whole->len);
  } else {
    echo_frames (fd, data, n_bytes);
  }
  if (whole != NULL)
    g_byte_array_unref (whole);
}

static void
accept_some (int epoll_fd,
             int listener)
{
  int yes = 1;

  for (guint i = 0; i < ACCEPTS_A_TURN; i++) {
    int fd = accept4 (listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

    if (fd < 0)
      return;
    setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (fd >= (int) MAX_DESCRIPTORS || epoll_ctl (epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
      close (fd);
  }
}

static void G_GNUC_NORETURN
serve (int listener)
{
  static guint8 buffer[READ_BYTES];
  int epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  struct epoll_event events[MAX_EVENTS], event = { .events = EPOLLIN, .data.fd = listener };

  epoll_ctl (epoll_fd, EPOLL_CTL_ADD, listener, &event);
  for (;;) {
    int n = epoll_wait (epoll_fd, events, MAX_EVENTS, -1);

    for (int i = 0; i < n; i++) {
      int fd = events[i].data.fd;
      gssize n_bytes = fd == listener ? 0 : recv (fd, buffer, sizeof buffer, 0);

      if (fd == listener)
        accept_some (epoll_fd, listener);
      else if (n_bytes > 0)
        take (fd, buffer, (gsize) n_bytes);
      else if (n_bytes == 0 || errno != EAGAIN)
        hang_up (fd);
    }
  }
}

int
main (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t address_bytes = sizeof address;
  struct rlimit files;
  int listener = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int yes = 1;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  getrlimit (RLIMIT_NOFILE, &files);
  files.rlim_cur = MIN (files.rlim_max, MAX_DESCRIPTORS);
  setrlimit (RLIMIT_NOFILE, &files);
  setsockopt (listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind (listener, (struct sockaddr *) &address, sizeof address) != 0 ||
      listen (listener, 65535) != 0 ||
      getsockname (listener, (struct sockaddr *) &address, &address_bytes) != 0) {
    perror ("raw-echo");
    exit (1);
  }
  printf ("%u\n", ntohs (address.sin_port));
  fflush (stdout);
  serve (listener);
}
