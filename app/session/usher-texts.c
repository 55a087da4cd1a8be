/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "usher-session-private.h"

/* The gateway's words (slugs, names of events) as sentences for people. Tables of data. */

typedef struct {
  const char *word;
  const char *text;
} Text;

static const Text slugs[] = {
  { "stale_view", N_ ("A colleague has answered meanwhile. Read what is new, then send again.") },
  { "stale_epoch", N_ ("The conversation has just changed hands or state. Please look again.") },
  { "already_assigned", N_ ("A colleague was faster.") },
  { "offer_gone", N_ ("The offer is gone: a colleague was faster, or its time was over.") },
  { "not_owner", N_ ("The conversation is no longer yours.") },
  { "forbidden", N_ ("You may not do this.") },
  { "no_conversation", N_ ("The conversation is no longer there.") },
  { "closed", N_ ("The conversation is closed.") },
  { "no_contact", N_ ("You cannot see this contact: nobody of your queues has talked with them.") },
  { "both_signed_in",
    N_ ("Both are signed in at the shop, each with an account of their own: they stay two.") },
  { "signed_in_stays",
    N_ ("Who is signed in at the shop stays: keep the values of that contact.") },
  { "not_merged", N_ ("They are not merged any more.") },
  { "too_many_merged", N_ ("No more contacts can be merged into this one.") },
  { "too_large", N_ ("It is too large.") },
  { "unsupported_content", N_ ("The gateway does not take this kind of file.") },
  { "unknown_media", N_ ("The gateway does not have the file. Please send it again.") },
  { "invalid", N_ ("The gateway does not understand it.") },
  { "rate_limited", N_ ("Too much at once. Please wait a moment.") },
  { "storage_full",
    N_ ("The gateway's disk is full. What you write is kept here and goes out later.") },
  { "try_again", N_ ("The gateway is busy. Please try again.") },
  { "draining", N_ ("The gateway is restarting.") },
  { "not_kept", N_ ("It could not be kept on this computer's disk.") },
  { "draft_not_kept", N_ ("The draft could not be kept on this computer's disk.") },
  { "file_lost", N_ ("The file is no longer there. Please attach it again.") },
};

/* Lines the gateway writes for everybody to see: the last column of its table of transitions. */
static const Text events[] = {
  { "owner_lost", N_ ("The agent's connection was lost") },
  { "taken_over", N_ ("Another colleague has taken over") },
  { "joined", N_ ("A colleague has joined") },
};

static const char *
find_text (const Text *texts,
           gsize       n_texts,
           const char *word)
{
  for (gsize i = 0; word != NULL && i < n_texts; i++) {
    if (g_str_equal (texts[i].word, word))
      return _ (texts[i].text);
  }
  return NULL;
}

const char *
usher_text_of_slug (const char *slug)
{
  const char *text = find_text (slugs, G_N_ELEMENTS (slugs), slug);

  return text != NULL ? text : _ ("The gateway has refused it.");
}

/* A name nobody knows is better shown as it is than hidden. */
char *
usher_text_of_event (const char *name)
{
  const char *text = find_text (events, G_N_ELEMENTS (events), name);

  return g_strdup (text != NULL ? text : name);
}

/* --- Why a chat is offered to us --------------------------------------------------------------------------- */

static char *
dup_span (guint seconds)
{
  if (seconds < 60)
    return g_strdup_printf (ngettext ("%u second", "%u seconds", seconds), seconds);
  if (seconds < 3600)
    return g_strdup_printf (ngettext ("%u minute", "%u minutes", seconds / 60), seconds / 60);
  return g_strdup_printf (ngettext ("%u hour", "%u hours", seconds / 3600), seconds / 3600);
}

static char *
dup_load (const Gate__V1__Offer *offer)
{
  g_autofree char *span = NULL;

  if (offer->idle_s == 0)
    /* Translators: %1$u chats of %2$u that may be had */
    return g_strdup_printf (ngettext ("You have %1$u of %2$u chat", "You have %1$u of %2$u chats",
                                      offer->capacity),
                            offer->load, offer->capacity);
  span = dup_span (offer->idle_s);
  /* Translators: %1$u chats of %2$u that may be had; %3$s is a span such as 40 seconds */
  return g_strdup_printf (ngettext ("You have %1$u of %2$u chat, and no new one for %3$s",
                                    "You have %1$u of %2$u chats, and no new one for %3$s",
                                    offer->capacity),
                          offer->load, offer->capacity, span);
}

/* A gateway that gives no numbers has put them into words of its own. */
char *
usher_text_of_offer (const Gate__V1__Offer *offer,
                     gboolean               is_own,
                     const char            *from)
{
  if (is_own)
    return g_strdup (_ ("You had handed it over yourself"));
  if (from != NULL)
    /* Translators: %s is a colleague */
    return g_strdup_printf (_ ("Handed over by %s"), from);
  if (offer->why == GATE__V1__WHY__WHY_TRANSFERRED)
    return g_strdup (_ ("Handed over by a colleague"));
  if (offer->why == GATE__V1__WHY__WHY_STICKY)
    return g_strdup (_ ("You talked with this visitor before"));
  if (offer->why == GATE__V1__WHY__WHY_SNOOZE_OVER)
    return g_strdup (_ ("You had snoozed this chat"));
  return offer->capacity != 0 ? dup_load (offer) : g_strdup (offer->reason);
}
