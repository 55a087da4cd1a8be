/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-geo-address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

/* RFC 6890: networks that are in no one place. */
static const struct {
  guint32 network;
  guint bits;
} nowhere[] = {
  { 0x00000000, 8 },  /* 0.0.0.0 */
  { 0x0a000000, 8 },  /* 10.0.0.0 */
  { 0x64400000, 10 }, /* 100.64.0.0: inside a provider */
  { 0x7f000000, 8 },  /* 127.0.0.0 */
  { 0xa9fe0000, 16 }, /* 169.254.0.0 */
  { 0xac100000, 12 }, /* 172.16.0.0 */
  { 0xc0a80000, 16 }, /* 192.168.0.0 */
  { 0xe0000000, 3 },  /* 224.0.0.0 and up */
};

static gboolean
take_v4 (struct in_addr           v4,
         struct sockaddr_storage *ret_address)
{
  struct sockaddr_in *address = (gpointer) ret_address;
  guint32 number = ntohl (v4.s_addr);

  for (guint i = 0; i < G_N_ELEMENTS (nowhere); i++)
    if ((number ^ nowhere[i].network) >> (32 - nowhere[i].bits) == 0)
      return FALSE;
  address->sin_family = AF_INET;
  address->sin_addr = v4;
  return TRUE;
}

static gboolean
take_v6 (const struct in6_addr   *v6,
         struct sockaddr_storage *ret_address)
{
  struct sockaddr_in6 *address = (gpointer) ret_address;
  struct in_addr v4;

  if (IN6_IS_ADDR_V4MAPPED (v6)) {
    memcpy (&v4, v6->s6_addr + 12, sizeof v4);
    return take_v4 (v4, ret_address);
  }
  if (IN6_IS_ADDR_UNSPECIFIED (v6) || IN6_IS_ADDR_LOOPBACK (v6) || IN6_IS_ADDR_LINKLOCAL (v6) ||
      IN6_IS_ADDR_SITELOCAL (v6) || IN6_IS_ADDR_MULTICAST (v6) || (v6->s6_addr[0] & 0xfe) == 0xfc)
    return FALSE;
  address->sin6_family = AF_INET6;
  address->sin6_addr = *v6;
  return TRUE;
}

gboolean
gate_geo_address_parse (const char              *text,
                        struct sockaddr_storage *ret_address)
{
  struct in_addr v4;
  struct in6_addr v6;

  memset (ret_address, 0, sizeof *ret_address);
  if (text == NULL)
    return FALSE;
  if (inet_pton (AF_INET, text, &v4) == 1)
    return take_v4 (v4, ret_address);
  return inet_pton (AF_INET6, text, &v6) == 1 && take_v6 (&v6, ret_address);
}
