/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gate-geo.h"

/* A build without the library says so, instead of leaving a key without effect. */
static void
test_says_so (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (gate_geo_open ("/var/lib/city.mmdb", "en", &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOSYS);
  g_assert_nonnull (strstr (error->message, "without libmaxminddb"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/geo/none", test_says_so);
  return g_test_run ();
}
