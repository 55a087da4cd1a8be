/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fake-session.h"

/* Turns the loop until @cond holds; fails after five seconds. */
#define WAIT_UNTIL(cond)                                           \
  G_STMT_START                                                     \
  {                                                                \
    gint64 end_us_ = g_get_monotonic_time () + 5 * G_USEC_PER_SEC; \
    while (!(cond) && g_get_monotonic_time () < end_us_)           \
      if (!g_main_context_iteration (NULL, FALSE))                 \
        g_usleep (1000);                                           \
    g_assert_true (cond);                                          \
  }                                                                \
  G_STMT_END

/* Asserts what the session was asked since the last time. */
#define ASSERT_CALLS(session, expected)                          \
  G_STMT_START                                                   \
  {                                                              \
    g_autofree char *calls_ = fake_session_take_calls (session); \
    g_assert_cmpstr (calls_, ==, expected);                      \
  }                                                              \
  G_STMT_END

/** ui_test_init: GTK, libadwaita, and the style of the console. */
void ui_test_init (int    *argc,
                   char ***argv);

/** ui_test_settle: turns the loop until nothing is left to do. */
void ui_test_settle (void);

/** ui_test_find: (transfer none) (nullable): the first visible widget below @root of @type whose label, title or tooltip is @text. */
GtkWidget *ui_test_find (GtkWidget  *root,
                         GType       type,
                         const char *text);

/** ui_test_press: a key on a widget's key controllers, as if no input method had taken it. Returns: whether one took it. */
gboolean ui_test_press (GtkWidget       *widget,
                        guint            keyval,
                        GdkModifierType  state);
