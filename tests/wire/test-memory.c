/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "wire-arena.h"
#include "wire-buffer.h"
#include "wire-status.h"

static void
test_arena (void)
{
  g_autoptr (WireArena) arena = wire_arena_new (64);
  guint8 *first = wire_arena_alloc (arena, 10);
  guint8 *zeros;

  memset (first, 0xAA, 10);
  for (gsize n = 0; n < 3000; n += 7) {
    guint8 *piece = wire_arena_alloc (arena, n);

    g_assert_cmpuint (GPOINTER_TO_SIZE (piece) % 16, ==, 0);
    memset (piece, 0x55, n);
  }
  for (gsize i = 0; i < 10; i++)
    g_assert_cmpuint (first[i], ==, 0xAA);
  zeros = wire_arena_alloc0 (arena, 5000);
  g_assert_cmpuint (zeros[0] | zeros[4999], ==, 0);
  g_assert_cmpuint (wire_arena_used_bytes (arena), >, 600000);
  wire_arena_reset (arena);
  g_assert_cmpuint (wire_arena_used_bytes (arena), ==, 0);
  g_assert_true (wire_arena_alloc (arena, 1) == first);
  wire_arena_free (NULL);
}

static void
test_arena_copies (void)
{
  g_autoptr (WireArena) arena = wire_arena_new (0);

  g_assert_cmpstr (wire_arena_strdup (arena, "abc"), ==, "abc");
  g_assert_null (wire_arena_strdup (arena, NULL));
  g_assert_cmpstr (wire_arena_strndup (arena, "abcdef", 3), ==, "abc");
  g_assert_cmpstr (wire_arena_strndup (arena, NULL, 0), ==, "");
  g_assert_cmpmem (wire_arena_memdup (arena, "a\0b", 3), 3, "a\0b", 3);
  g_assert_nonnull (wire_arena_memdup (arena, NULL, 0));
}

/* What protobuf-c takes is limited; what we take ourselves is checked before. */
static void
test_arena_limit (void)
{
  g_autoptr (WireArena) arena = wire_arena_new (64);
  ProtobufCAllocator *allocator = wire_arena_allocator (arena);

  wire_arena_limit_allocator (arena, 100);
  g_assert_nonnull (allocator->alloc (allocator->allocator_data, 96));
  g_assert_null (allocator->alloc (allocator->allocator_data, 5));
  g_assert_null (allocator->alloc (allocator->allocator_data, G_MAXSIZE));
  g_assert_nonnull (wire_arena_alloc (arena, 500));
  g_assert_null (allocator->alloc (allocator->allocator_data, 0));
  wire_arena_reset (arena);
  g_assert_nonnull (allocator->alloc (allocator->allocator_data, 4000));
  allocator->free (allocator->allocator_data, NULL);
}

static void
test_buffer (void)
{
  g_auto (WireBuffer) buffer = WIRE_BUFFER_INIT;
  g_autoptr (GBytes) bytes = NULL;

  wire_buffer_append (&buffer, NULL, 0);
  g_assert_null (buffer.data);
  wire_buffer_append_text (&buffer, "abc");
  wire_buffer_append_byte (&buffer, 'd');
  wire_buffer_append_printf (&buffer, "%d-%s", 12, "ef");
  g_assert_cmpmem (buffer.data, buffer.n_bytes, "abcd12-ef", 9);
  wire_buffer_consume (&buffer, 0);
  wire_buffer_consume (&buffer, 4);
  g_assert_cmpmem (buffer.data, buffer.n_bytes, "12-ef", 5);
  for (guint i = 0; i < 1000; i++)
    wire_buffer_append (&buffer, "0123456789", 10);
  g_assert_cmpuint (buffer.n_bytes, ==, 10005);
  g_assert_cmpuint (buffer.allocated_bytes, <, 2 * 10005);
  wire_buffer_consume (&buffer, 10000);
  g_assert_cmpmem (buffer.data, buffer.n_bytes, "56789", 5);
  bytes = wire_buffer_steal_bytes (&buffer);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 5);
  g_assert_null (buffer.data);
  g_assert_nonnull (wire_buffer_reserve (&buffer, 0));
  wire_buffer_consume (&buffer, 0);
}

static void
test_text (void)
{
  g_autofree char *copy = wire_text_dup ((WireText){ "abcdef", 3 });

  g_assert_cmpstr (copy, ==, "abc");
  g_assert_null (wire_text_dup ((WireText){ NULL, 0 }));
  g_assert_true (wire_text_equals ((WireText){ "abcdef", 3 }, "abc"));
  g_assert_false (wire_text_equals ((WireText){ "abcdef", 3 }, "abd"));
  g_assert_false (wire_text_equals ((WireText){ "abcdef", 3 }, "ab"));
  g_assert_false (wire_text_equals ((WireText){ NULL, 0 }, ""));
  g_assert_true (wire_text_equals ((WireText){ "", 0 }, ""));
}

static void
test_consume_too_much (void)
{
  if (g_test_subprocess ()) {
    WireBuffer buffer = WIRE_BUFFER_INIT;

    wire_buffer_append_text (&buffer, "abc");
    wire_buffer_consume (&buffer, 4);
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/arena/pieces", test_arena);
  g_test_add_func ("/wire/arena/copies", test_arena_copies);
  g_test_add_func ("/wire/arena/limit", test_arena_limit);
  g_test_add_func ("/wire/buffer", test_buffer);
  g_test_add_func ("/wire/buffer/consume-too-much", test_consume_too_much);
  g_test_add_func ("/wire/text", test_text);
  return g_test_run ();
}
