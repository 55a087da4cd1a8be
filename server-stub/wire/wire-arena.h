/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <protobuf-c/protobuf-c.h>

G_BEGIN_DECLS

/**
 * WireArena:
 *
 * Memory that is handed out piece by piece and given back all at once: one per frame decoded, per batch or
 * per query. Pieces are aligned to 16 bytes. An arena belongs to one thread at a time; passing it on with
 * what it holds is a hand-over.
 *
 * Nothing allocated from an arena is freed by itself, so a decoded frame cannot leak.
 */
typedef struct _WireArena WireArena;

WireArena *wire_arena_new (gsize first_block_bytes) G_GNUC_WARN_UNUSED_RESULT;
void wire_arena_free (WireArena *self);

/** wire_arena_reset: forgets all pieces and keeps the first block for the next use. */
void wire_arena_reset (WireArena *self);

/** wire_arena_alloc: (transfer none): @n_bytes uninitialised; never %NULL (aborts when memory is out). */
gpointer wire_arena_alloc (WireArena *self,
                           gsize      n_bytes);

/** wire_arena_alloc0: (transfer none): @n_bytes of zero. */
gpointer wire_arena_alloc0 (WireArena *self,
                            gsize      n_bytes);
gpointer wire_arena_memdup (WireArena     *self,
                            gconstpointer  data,
                            gsize          n_bytes);

/** wire_arena_strdup: (nullable): a copy of @text, %NULL for %NULL. */
char *wire_arena_strdup (WireArena  *self,
                         const char *text);

/** wire_arena_strndup: a NUL-terminated copy of the first @n_bytes of @text. */
char *wire_arena_strndup (WireArena  *self,
                          const char *text,
                          gsize       n_bytes);

/** wire_arena_used_bytes: bytes handed out since the last reset; what a limit is checked against. */
gsize wire_arena_used_bytes (const WireArena *self);

/**
 * wire_arena_allocator: (transfer none): an allocator for `protobuf_c_message_unpack()` that takes from
 * @self; its `free` does nothing. Lives as long as @self.
 */
ProtobufCAllocator *wire_arena_allocator (WireArena *self);

/**
 * wire_arena_limit_allocator: the allocator answers %NULL rather than let wire_arena_used_bytes() pass @max_bytes;
 * %G_MAXSIZE (the state of a new and of a reset arena) = no limit. Direct calls are not limited.
 */
void wire_arena_limit_allocator (WireArena *self,
                                 gsize      max_bytes);

#define wire_arena_new0(arena, Type) ((Type *) wire_arena_alloc0 ((arena), sizeof (Type)))

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WireArena, wire_arena_free)

G_END_DECLS
