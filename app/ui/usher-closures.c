/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-closures.h"

#include <glib/gi18n.h>

#include "usher-conversation.h"
#include "usher-text.h"

#define ZONE_US ((gint64) 10 * G_USEC_PER_SEC)

/* g_date_time_to_local() looks the zone up on the disk each time, fifty times for one chat. It changes when somebody travels. */
static GTimeZone *
get_zone (void)
{
  static GTimeZone *zone;
  static gint64 until_us;
  gint64 now_us = g_get_monotonic_time ();

  if (now_us < until_us)
    return zone;
  g_clear_pointer (&zone, g_time_zone_unref);
  zone = g_time_zone_new_local ();
  until_us = now_us + ZONE_US;
  return zone;
}

static GDateTime *
to_local (gint64 ts_us)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (ts_us / G_USEC_PER_SEC);

  return utc == NULL ? g_date_time_new_now (get_zone ())
                     : g_date_time_to_timezone (utc, get_zone ());
}

char *
usher_format_clock (gint64 ts_us)
{
  g_autoptr (GDateTime) time = to_local (ts_us);

  /* Translators: the time of day, in strftime's form */
  return g_date_time_format (time, _ ("%H:%M"));
}

static int
days_between (gint64 from_us,
              gint64 to_us)
{
  g_autoptr (GDateTime) from = to_local (from_us);
  g_autoptr (GDateTime) to = to_local (to_us);
  GDate a, b;

  g_date_set_dmy (&a, (GDateDay) g_date_time_get_day_of_month (from), g_date_time_get_month (from),
                  (GDateYear) g_date_time_get_year (from));
  g_date_set_dmy (&b, (GDateDay) g_date_time_get_day_of_month (to), g_date_time_get_month (to),
                  (GDateYear) g_date_time_get_year (to));
  return g_date_days_between (&a, &b);
}

char *
usher_format_day (gint64 ts_us,
                  gint64 now_us)
{
  g_autoptr (GDateTime) time = to_local (ts_us);
  int days = days_between (ts_us, now_us);

  if (days == 0)
    return g_strdup (_ ("Today"));
  if (days == 1)
    return g_strdup (_ ("Yesterday"));
  /* Translators: a day of the last eleven months, in strftime's form */
  if (days < 330)
    return g_date_time_format (time, _ ("%A, %-d %B"));
  /* Translators: a day long ago, in strftime's form */
  return g_date_time_format (time, _ ("%-d %B %Y"));
}

char *
usher_format_date (gint64 ts_us)
{
  g_autoptr (GDateTime) time = to_local (ts_us);

  /* Translators: a day long ago, in strftime's form */
  return g_date_time_format (time, _ ("%-d %B %Y"));
}

char *
usher_format_when (gint64 ts_us,
                   gint64 now_us)
{
  g_autoptr (GDateTime) time = NULL;

  if (ts_us == 0)
    return g_strdup ("");
  if (days_between (ts_us, now_us) == 0)
    return usher_format_clock (ts_us);
  time = to_local (ts_us);
  /* Translators: a short date, in strftime's form */
  return g_date_time_format (time, _ ("%-d %b"));
}

char *
usher_format_until (gint64 until_us,
                    gint64 now_us)
{
  g_autoptr (GDateTime) time = to_local (until_us);
  int days = days_between (now_us, until_us);

  if (days == 0)
    return usher_format_clock (until_us);
  if (days == 1)
    /* Translators: a time tomorrow, in strftime's form */
    return g_date_time_format (time, _ ("tomorrow %H:%M"));
  /* Translators: a short date and the time, in strftime's form */
  return g_date_time_format (time, _ ("%-d %b, %H:%M"));
}

#define NAMES_CHARS 60

static char *
join_names (const char *const *names)
{
  /* Translators: between the names of a list */
  g_autofree char *all = g_strjoinv (_ (", "), (char **) names);

  return usher_text_to_line (all, NAMES_CHARS);
}

char *
usher_format_inside (UsherConversation *conversation)
{
  const char *const *writers = usher_conversation_get_writers (conversation);
  const char *const *viewers = usher_conversation_get_viewers (conversation);
  gboolean is_written = writers != NULL && writers[0] != NULL;
  guint n = is_written ? g_strv_length ((char **) writers)
                       : (viewers == NULL ? 0 : g_strv_length ((char **) viewers));
  g_autofree char *names = n == 0 ? NULL : join_names (is_written ? writers : viewers);

  if (n == 0)
    return g_strdup ("");
  if (is_written)
    /* Translators: %s is the name of a colleague, or of several */
    return g_strdup_printf (ngettext ("%s is writing…", "%s are writing…", n), names);
  /* Translators: %s is the name of a colleague, or of several */
  return g_strdup_printf (ngettext ("%s is viewing", "%s are viewing", n), names);
}

char *
usher_format_visitor (const char *name,
                      guint64     visitor,
                      guint       max_chars)
{
  g_autofree char *line = usher_text_to_line (name, max_chars);

  /* Translators: a visitor who gave no name; the number tells them apart */
  return *line == '\0' ? g_strdup_printf (_ ("Visitor %u"), (guint) (visitor % 100000))
                       : g_steal_pointer (&line);
}

char *
usher_format_waiting (gint64 duration_us)
{
  gint64 s = MAX (duration_us, 0) / G_USEC_PER_SEC;

  if (s < 3600)
    return g_strdup_printf ("%d:%02d", (int) (s / 60), (int) (s % 60));
  if (s < 86400)
    /* Translators: hours and minutes of waiting */
    return g_strdup_printf (_ ("%1$d h %2$d min"), (int) (s / 3600), (int) (s / 60 % 60));
  return g_strdup_printf (ngettext ("%d day", "%d days", (gulong) (s / 86400)), (int) (s / 86400));
}

char *
usher_format_age (gint64 duration_us)
{
  double s = (double) MAX (duration_us, 0) / G_USEC_PER_SEC;

  if (s < 10)
    /* Translators: seconds with one decimal */
    return g_strdup_printf (_ ("%.1f s"), s);
  if (s < 90)
    /* Translators: seconds */
    return g_strdup_printf (_ ("%d s"), (int) s);
  /* Translators: minutes */
  return g_strdup_printf (_ ("%d min"), (int) (s / 60));
}

gboolean
usher_is_same_day (gint64 a_us,
                   gint64 b_us)
{
  return days_between (a_us, b_us) == 0;
}

const char *
usher_format_state (UsherState state)
{
  switch (state) {
  case USHER_STATE_BOT:
    return C_ ("state", "With the bot");
  case USHER_STATE_QUEUED:
    return C_ ("state", "In the queue");
  case USHER_STATE_ACTIVE:
    return C_ ("state", "Active");
  case USHER_STATE_WRAPUP:
    return C_ ("state", "Wrap-up");
  case USHER_STATE_CLOSED:
    return C_ ("state", "Closed");
  case USHER_STATE_OFFERED:
    return C_ ("state", "Offered");
  case USHER_STATE_HELD:
    return C_ ("state", "On hold");
  case USHER_STATE_SNOOZED:
    return C_ ("state", "Snoozed");
  case USHER_STATE_OFFLINE:
    return C_ ("state", "Left a message");
  case USHER_STATE_UNKNOWN:
  default:
    return "";
  }
}

const char *
usher_format_delivery (UsherDelivery delivery)
{
  switch (delivery) {
  case USHER_DELIVERY_HELD:
    return _ ("Goes out in a moment: it can still be taken back");
  case USHER_DELIVERY_QUEUED:
    return _ ("Queued: goes out as soon as the gateway can be reached");
  case USHER_DELIVERY_ON_WIRE:
    return _ ("On its way: not confirmed yet");
  case USHER_DELIVERY_STORED:
    return _ ("Stored by the gateway");
  case USHER_DELIVERY_DELIVERED:
    return _ ("Delivered to the visitor");
  case USHER_DELIVERY_READ:
    return _ ("Read by the visitor");
  case USHER_DELIVERY_FAILED:
    return _ ("Not sent");
  case USHER_DELIVERY_NONE:
  default:
    return "";
  }
}

const char *
usher_delivery_to_icon_name (UsherDelivery delivery)
{
  switch (delivery) {
  case USHER_DELIVERY_HELD:
  case USHER_DELIVERY_QUEUED:
    return "usher-delivery-queued-symbolic";
  case USHER_DELIVERY_ON_WIRE:
    return "usher-delivery-on-wire-symbolic";
  case USHER_DELIVERY_STORED:
    return "usher-delivery-stored-symbolic";
  case USHER_DELIVERY_DELIVERED:
    return "usher-delivery-delivered-symbolic";
  case USHER_DELIVERY_READ:
    return "usher-delivery-read-symbolic";
  case USHER_DELIVERY_FAILED:
    return "usher-delivery-failed-symbolic";
  case USHER_DELIVERY_NONE:
  default:
    return NULL;
  }
}

/* By the numbers of gate.v1.Channel. */
static const struct {
  const char *title;
  const char *icon_name;
} channels[] = {
  { NC_ ("channel", "Unknown channel"), "usher-channel-web-symbolic" },
  { NC_ ("channel", "Web"), "usher-channel-web-symbolic" },
  { NC_ ("channel", "App"), "phone-symbolic" },
  { NC_ ("channel", "WeChat mini-program"), "usher-channel-chat-symbolic" },
  { NC_ ("channel", "WeChat"), "usher-channel-chat-symbolic" },
  { NC_ ("channel", "WhatsApp"), "usher-channel-chat-symbolic" },
  { NC_ ("channel", "Telegram"), "usher-channel-chat-symbolic" },
  { NC_ ("channel", "DingTalk"), "usher-channel-chat-symbolic" },
  { NC_ ("channel", "Feishu"), "usher-channel-chat-symbolic" },
  { NC_ ("channel", "API"), "utilities-terminal-symbolic" },
  { NC_ ("channel", "Console"), "computer-symbolic" },
};

const char *
usher_format_channel (guint channel)
{
  return g_dpgettext2 (NULL, "channel",
                       channels[channel < G_N_ELEMENTS (channels) ? channel : 0].title);
}

const char *
usher_channel_to_icon_name (guint channel)
{
  return channels[channel < G_N_ELEMENTS (channels) ? channel : 0].icon_name;
}
