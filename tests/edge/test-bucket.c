/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gate-addresses.h"
#include "gate-bucket.h"

#include <arpa/inet.h>
#include <string.h>

/* The plain definition: tokens come with time, up to the burst, and each take needs one. In exact integers. */
typedef struct {
  gint64 tokens_us; /* times 1 / token_us tokens */
  gint64 last_us;
} Reference;

static gboolean
reference_take (Reference *self,
                gint64     token_us,
                guint      burst,
                gint64     now_us)
{
  self->tokens_us = MIN (self->tokens_us + now_us - self->last_us, burst * token_us);
  self->last_us = now_us;
  if (self->tokens_us < token_us)
    return FALSE;
  self->tokens_us -= token_us;
  return TRUE;
}

/* A million events on a clock of our own, at random distances and rates, agree with the definition. */
static void
test_against_definition (void)
{
  static const guint rates[] = { 1, 5, 20, 1000, 100000 };
  guint32 seed = g_test_rand_int ();
  GRand *rand = g_rand_new_with_seed (seed);

  g_test_message ("seed %u", seed);
  for (guint round = 0; round < 100; round++) {
    guint rate = rates[g_rand_int_range (rand, 0, G_N_ELEMENTS (rates))];
    guint burst = (guint) g_rand_int_range (rand, 1, 50);
    gint64 token_us = G_USEC_PER_SEC / rate;
    gint64 now_us = g_rand_int (rand);
    GateBucket bucket = { 0 };
    Reference reference = { burst * token_us, now_us };

    for (guint i = 0; i < 10000; i++) {
      gint64 before_us = now_us;
      guint32 wait_ms = 0;
      gboolean is_taken;

      now_us += g_rand_int_range (rand, 0, (int) MIN (token_us * 3, G_MAXINT));
      is_taken = gate_bucket_take (&bucket, rate, burst, now_us, &wait_ms);
      g_assert_cmpint (is_taken, ==, reference_take (&reference, token_us, burst, now_us));
      if (!is_taken) {
        /* The wait that is told is enough, and to the millisecond the least. */
        GateBucket later = bucket;
        gint64 at_us = now_us + (gint64) wait_ms * 1000;

        g_assert_true (gate_bucket_take (&later, rate, burst, at_us, &wait_ms));
        later = bucket;
        g_assert_cmpint (at_us - 1000, >=, before_us - 1000);
        g_assert_false (gate_bucket_take (&later, rate, burst, at_us - 1001, &wait_ms));
      }
    }
  }
  g_rand_free (rand);
}

static void
test_no_limit (void)
{
  GateBucket bucket = { 0 };
  guint32 wait_ms;

  for (guint i = 0; i < 1000; i++)
    g_assert_true (gate_bucket_take (&bucket, 0, 0, 5, &wait_ms));
}

static struct sockaddr_storage
address_of (const char *text)
{
  struct sockaddr_storage address = { 0 };
  struct sockaddr_in *v4 = (gpointer) &address;
  struct sockaddr_in6 *v6 = (gpointer) &address;

  if (strchr (text, ':') == NULL) {
    v4->sin_family = AF_INET;
    g_assert_cmpint (inet_pton (AF_INET, text, &v4->sin_addr), ==, 1);
  } else {
    v6->sin6_family = AF_INET6;
    g_assert_cmpint (inet_pton (AF_INET6, text, &v6->sin6_addr), ==, 1);
  }
  return address;
}

static guint64
key_of (const char *text)
{
  struct sockaddr_storage address = address_of (text);

  return gate_addresses_key (&address);
}

static void
test_keys (void)
{
  g_assert_cmpuint (key_of ("10.0.0.1"), !=, key_of ("10.0.0.2"));
  g_assert_cmpuint (key_of ("10.0.0.1"), ==, key_of ("::ffff:10.0.0.1"));
  g_assert_cmpuint (key_of ("2001:db8:1:2::1"), ==, key_of ("2001:db8:1:2:ffff::9"));
  g_assert_cmpuint (key_of ("2001:db8:1:2::1"), !=, key_of ("2001:db8:1:3::1"));
  g_assert_cmpuint (key_of ("::1"), !=, 0);
}

static void
test_addresses (void)
{
  g_autoptr (GateAddresses) addresses = gate_addresses_new (100000);
  GateAddressLimits limits = { 200, 20 };
  guint64 key = key_of ("10.0.0.1");
  guint n_admitted = 0;

  /* 200 at once, then 20 a second, and never more than 200 at one time. */
  for (guint i = 0; i < 300; i++)
    n_admitted += gate_addresses_admit (addresses, key, &limits, 1000000);
  g_assert_cmpuint (n_admitted, ==, 200);
  g_assert_false (gate_addresses_admit (addresses, key, &limits, 60000000));
  for (guint i = 0; i < 200; i++)
    gate_addresses_leave (addresses, key);
  n_admitted = 0;
  for (guint i = 0; i < 300; i++) {
    gboolean is_admitted = gate_addresses_admit (addresses, key, &limits, 2000000);

    n_admitted += is_admitted;
    if (is_admitted)
      gate_addresses_leave (addresses, key);
  }
  g_assert_cmpuint (n_admitted, ==, 20);
  g_assert_true (gate_addresses_admit (addresses, key_of ("10.0.0.2"), &limits, 2000000));
}

/* Many addresses come and go: the table stays small, those with connections stay counted. */
static void
test_addresses_forgotten (void)
{
  g_autoptr (GateAddresses) addresses = gate_addresses_new (50000);
  GateAddressLimits limits = { 1, 20 };
  gint64 now_us = 0;

  for (guint64 i = 1; i <= 1000; i++)
    g_assert_true (gate_addresses_admit (addresses, i, &limits, now_us));
  for (guint64 i = 1001; i <= 300000; i++) {
    now_us += 1000;
    g_assert_true (gate_addresses_admit (addresses, i, &limits, now_us));
    gate_addresses_leave (addresses, i);
  }
  g_assert_cmpuint (gate_addresses_get_n (addresses), <, 10000);
  for (guint64 i = 1; i <= 1000; i++)
    g_assert_false (gate_addresses_admit (addresses, i, &limits, now_us));
}

static void
test_addresses_full (void)
{
  g_autoptr (GateAddresses) addresses = gate_addresses_new (100);
  GateAddressLimits limits = { 0, 0 };
  guint n_admitted = 0;

  for (guint64 i = 1; i <= 200; i++)
    n_admitted += gate_addresses_admit (addresses, i, &limits, 0);
  g_assert_cmpuint (n_admitted, ==, 100);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/edge/bucket/against-definition", test_against_definition);
  g_test_add_func ("/edge/bucket/no-limit", test_no_limit);
  g_test_add_func ("/edge/addresses/keys", test_keys);
  g_test_add_func ("/edge/addresses/limits", test_addresses);
  g_test_add_func ("/edge/addresses/forgotten", test_addresses_forgotten);
  g_test_add_func ("/edge/addresses/full", test_addresses_full);
  return g_test_run ();
}
