/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "wire-arena"

#include "config.h"

#include "wire-arena.h"

#include <string.h>

#define ALIGNMENT 16u

typedef struct _Block Block;
struct _Block {
  Block *next;
  gsize size_bytes;
  gsize used_bytes;
  gsize padding; /* keeps data[] aligned to 16 */
  guint8 data[];
};

struct _WireArena {
  Block *current; /* newest first; the oldest is kept by reset */
  gsize used_bytes;
  gsize allocator_max_bytes;
  ProtobufCAllocator allocator;
};

static Block *
block_new (gsize  size_bytes,
           Block *next)
{
  Block *block = g_malloc (sizeof (Block) + size_bytes);

  block->next = next;
  block->size_bytes = size_bytes;
  block->used_bytes = 0;
  return block;
}

static void *
allocator_alloc (void   *data,
                 size_t  n_bytes)
{
  WireArena *self = data;

  if (self->used_bytes > self->allocator_max_bytes ||
      n_bytes > self->allocator_max_bytes - self->used_bytes)
    return NULL;
  return wire_arena_alloc (self, n_bytes);
}

static void
allocator_free (void *data,
                void *piece)
{
}

WireArena *
wire_arena_new (gsize first_block_bytes)
{
  WireArena *self = g_new0 (WireArena, 1);

  self->current = block_new (MAX (first_block_bytes, ALIGNMENT), NULL);
  self->allocator_max_bytes = G_MAXSIZE;
  self->allocator = (ProtobufCAllocator){
    .alloc = allocator_alloc,
    .free = allocator_free,
    .allocator_data = self,
  };
  return self;
}

void
wire_arena_free (WireArena *self)
{
  if (self == NULL)
    return;
  for (Block *block = self->current, *next; block != NULL; block = next) {
    next = block->next;
    g_free (block);
  }
  g_free (self);
}

void
wire_arena_reset (WireArena *self)
{
  while (self->current->next != NULL) {
    Block *block = self->current;

    self->current = block->next;
    g_free (block);
  }
  self->current->used_bytes = 0;
  self->used_bytes = 0;
  self->allocator_max_bytes = G_MAXSIZE;
}

gpointer
wire_arena_alloc (WireArena *self,
                  gsize      n_bytes)
{
  gsize rounded_bytes;
  gpointer piece;

  g_assert (n_bytes <= G_MAXSSIZE - ALIGNMENT);
  rounded_bytes = (n_bytes + ALIGNMENT - 1) & ~(gsize) (ALIGNMENT - 1);
  /* Blocks double, so that a large frame costs a few of them and a small one never a second. */
  if (self->current->size_bytes - self->current->used_bytes < rounded_bytes)
    self->current = block_new (MAX (rounded_bytes, 2 * self->current->size_bytes), self->current);
  piece = self->current->data + self->current->used_bytes;
  self->current->used_bytes += rounded_bytes;
  self->used_bytes += rounded_bytes;
  return piece;
}

gpointer
wire_arena_alloc0 (WireArena *self,
                   gsize      n_bytes)
{
  return memset (wire_arena_alloc (self, n_bytes), 0, n_bytes);
}

gpointer
wire_arena_memdup (WireArena     *self,
                   gconstpointer  data,
                   gsize          n_bytes)
{
  gpointer copy = wire_arena_alloc (self, n_bytes);

  if (n_bytes > 0)
    memcpy (copy, data, n_bytes);
  return copy;
}

char *
wire_arena_strdup (WireArena  *self,
                   const char *text)
{
  return text != NULL ? wire_arena_memdup (self, text, strlen (text) + 1) : NULL;
}

char *
wire_arena_strndup (WireArena  *self,
                    const char *text,
                    gsize       n_bytes)
{
  char *copy = wire_arena_alloc (self, n_bytes + 1);

  if (n_bytes > 0)
    memcpy (copy, text, n_bytes);
  copy[n_bytes] = '\0';
  return copy;
}

gsize
wire_arena_used_bytes (const WireArena *self)
{
  return self->used_bytes;
}

ProtobufCAllocator *
wire_arena_allocator (WireArena *self)
{
  return &self->allocator;
}

void
wire_arena_limit_allocator (WireArena *self,
                            gsize      max_bytes)
{
  self->allocator_max_bytes = max_bytes;
}
