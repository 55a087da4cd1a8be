/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who gets a place when there are few. Visitors never take all, so that an agent can always come in; whoever has not signed in yet
 * may use what is free, and goes when somebody else wants it, the oldest first: a flood of strangers costs nobody who
 * signs in within the time that the flood needs to fill those places.
 */
#include "config.h"

#include "gate-client.h"

#define COMPACT_AT 1024 /* entries of the line that are forgotten only together */

/* Clients, and the second descriptor of those whose HTTP is pumped. */
static guint
count_live (const GateEdge *edge)
{
  return gate_edge_get_n_fds (edge) - edge->dead->len;
}

static gboolean
is_stranger (const GateClient *client)
{
  return client != NULL && client->stage != GATE_CLIENT_SIGNED_IN;
}

/* (nullable). Those in front of it that signed in or went are forgotten on the way, so each is looked at once. */
static GateClient *
find_oldest_stranger (GateEdge *edge)
{
  while (edge->first_stranger < edge->strangers->len) {
    GateClient *client =
      gate_client_find (edge, g_array_index (edge->strangers, guint32, edge->first_stranger));

    if (is_stranger (client))
      return client;
    edge->first_stranger++;
  }
  return NULL;
}

/* The line may hold many who are no strangers any more, behind one who still is. */
static void
compact (GateEdge *edge)
{
  guint n_kept = 0;

  for (guint i = edge->first_stranger; i < edge->strangers->len; i++) {
    guint32 number = g_array_index (edge->strangers, guint32, i);

    if (is_stranger (gate_client_find (edge, number)))
      g_array_index (edge->strangers, guint32, n_kept++) = number;
  }
  g_array_set_size (edge->strangers, n_kept);
  edge->first_stranger = 0;
}

static void
send_away (GateClient *client)
{
  if (client->stage == GATE_CLIENT_CLOSING)
    gate_client_lose (client, 0);
  else
    gate_client_refuse (client, NULL, GATE_CLOSED_OVERLOAD);
}

gboolean
gate_edge_has_strangers (GateEdge *self)
{
  return find_oldest_stranger (self) != NULL;
}

gboolean
gate_edge_has_place (GateEdge *self)
{
  return count_live (self) < self->settings.max_connections ||
         (self->listener.is_pressed && gate_edge_has_strangers (self));
}

void
gate_edge_make_room (GateEdge *self)
{
  GateClient *oldest =
    count_live (self) < self->settings.max_connections ? NULL : find_oldest_stranger (self);

  if (oldest != NULL)
    send_away (oldest);
}

void
gate_edge_note_stranger (GateEdge *self,
                         guint32   number)
{
  if (self->strangers->len >= COMPACT_AT + 2 * count_live (self))
    compact (self);
  g_array_append_val (self->strangers, number);
}

gboolean
gate_edge_takes (const GateEdge        *self,
                 const Gate__V1__Frame *first)
{
  guint reserved =
    (guint) ((guint64) self->settings.max_connections * self->settings.agent_reserve / 100);
  gboolean is_console = first->body_case == GATE__V1__FRAME__BODY_HELLO &&
                        first->hello->channel == GATE__V1__CHANNEL__CH_CONSOLE;

  return is_console || self->n_visitors < self->settings.max_connections - reserved;
}
