/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "gate-listen"

#include "config.h"

#include "gate-listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DYING_MS 2000
#define RETRY_MS 10

static gboolean
is_named (const char *variable,
          pid_t       pid)
{
  const char *text = g_getenv (variable);

  return text != NULL && g_ascii_strtoull (text, NULL, 10) == (guint64) pid;
}

/* Source: sd_listen_fds(3): LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES (colon-separated). */
static int
find_passed (const char *name)
{
  const char *names = g_getenv ("LISTEN_FDNAMES");
  g_auto (GStrv) list = NULL;

  if (names == NULL ||
      !(is_named ("LISTEN_PID", getpid ()) || is_named (GATE_LISTEN_PARENT, getppid ())))
    return -1;
  list = g_strsplit (names, ":", 16);
  for (int i = 0; list[i] != NULL; i++)
    if (g_str_equal (list[i], name)) {
      int fd = GATE_LISTEN_FIRST_FD + i;

      if (fcntl (fd, F_SETFD, FD_CLOEXEC) != 0 || fcntl (fd, F_SETFL, O_NONBLOCK) != 0)
        return -1;
      return fd;
    }
  return -1;
}

static gboolean
parse_address (const char              *text,
               struct sockaddr_storage *ret_address,
               socklen_t               *ret_bytes)
{
  const char *colon = strrchr (text, ':');
  struct sockaddr_in *in4 = (struct sockaddr_in *) ret_address;
  struct sockaddr_in6 *in6 = (struct sockaddr_in6 *) ret_address;
  g_autofree char *host = NULL;
  guint64 port;

  memset (ret_address, 0, sizeof *ret_address);
  if (colon == NULL || !g_ascii_string_to_unsigned (colon + 1, 10, 0, 65535, &port, NULL))
    return FALSE;
  host = g_strndup (text, (gsize) (colon - text));
  if (host[0] == '[' && g_str_has_suffix (host, "]")) {
    host[strlen (host) - 1] = '\0';
    in6->sin6_family = AF_INET6;
    in6->sin6_port = htons ((guint16) port);
    *ret_bytes = sizeof *in6;
    return inet_pton (AF_INET6, host + 1, &in6->sin6_addr) == 1;
  }
  in4->sin_family = AF_INET;
  in4->sin_port = htons ((guint16) port);
  *ret_bytes = sizeof *in4;
  return inet_pton (AF_INET, host, &in4->sin_addr) == 1;
}

static char *
bound_address (int fd)
{
  union {
    struct sockaddr any;
    struct sockaddr_in in4;
    struct sockaddr_in6 in6;
  } address = { .in6 = { 0 } };
  socklen_t n_bytes = sizeof address;
  char host[INET6_ADDRSTRLEN];

  if (getsockname (fd, &address.any, &n_bytes) != 0)
    return g_strdup ("?");
  if (address.any.sa_family == AF_INET6)
    return g_strdup_printf ("[%s]:%u",
                            inet_ntop (AF_INET6, &address.in6.sin6_addr, host, sizeof host),
                            ntohs (address.in6.sin6_port));
  return g_strdup_printf ("%s:%u", inet_ntop (AF_INET, &address.in4.sin_addr, host, sizeof host),
                          ntohs (address.in4.sin_port));
}

static int
open_socket (const struct sockaddr_storage *address,
             socklen_t                      n_bytes,
             int                            backlog)
{
  int one = 1;
  int head_wait_s = 10;
  int saved;
  int fd = socket (address->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  /* A client is accepted when its first bytes are there: one wake-up less for each connection. */
  if (fd < 0 ||
      (setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 &&
       setsockopt (fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &head_wait_s, sizeof head_wait_s) == 0 &&
       bind (fd, (const struct sockaddr *) address, n_bytes) == 0 && listen (fd, backlog) == 0))
    return fd;
  saved = errno;
  close (fd);
  errno = saved;
  return -1;
}

/* The workers of a gateway that has just been killed hold its sockets until the kernel has killed them, too. */
static int
open_socket_in_time (const struct sockaddr_storage *address,
                     socklen_t                      n_bytes,
                     int                            backlog)
{
  int fd = open_socket (address, n_bytes, backlog);

  for (guint waited_ms = 0; fd < 0 && errno == EADDRINUSE && waited_ms < DYING_MS;
       waited_ms += RETRY_MS) {
    g_usleep (RETRY_MS * 1000ul);
    fd = open_socket (address, n_bytes, backlog);
  }
  return fd;
}

int
gate_listen (const char  *address,
             const char  *name,
             int          backlog,
             char       **ret_address,
             GError     **error)
{
  struct sockaddr_storage parsed;
  socklen_t n_bytes;
  int fd = find_passed (name);

  if (fd < 0 && !parse_address (address, &parsed, &n_bytes)) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                 "“%s” is not ADDRESS:PORT; write for example 0.0.0.0:8000 or [::]:8000", address);
    return -1;
  }
  if (fd < 0)
    fd = open_socket_in_time (&parsed, n_bytes, backlog);
  if (fd < 0) {
    int saved = errno;

    g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (saved),
                 "Cannot listen on %s: %s%s", address, g_strerror (saved),
                 saved == EADDRINUSE
                   ? "; is another gateway running? --listen and --ops choose other ports"
                   : "");
    return -1;
  }
  *ret_address = bound_address (fd);
  return fd;
}
