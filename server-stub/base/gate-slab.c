/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A block is one anonymous mapping: objects back to back, and beside it in the heap a header with one bit for each
 * object in use. A bit instead of a free list threaded through the objects: finding the lowest free one is a
 * count-trailing-zeros, and a free object's page is never touched.
 */
#include "config.h"

#include "gate-slab.h"

#include <string.h>
#include <sys/mman.h>

#define BLOCK_OBJECTS 256
#define BLOCK_WORDS   (BLOCK_OBJECTS / 64)

typedef struct {
  guint8 *objects;           /* NULL: the block is not mapped */
  guint64 used[BLOCK_WORDS]; /* one bit an object */
  guint n_used;
} Block;

struct _GateSlab {
  gsize object_bytes;
  gsize block_bytes;
  guint max_objects;
  guint n_used;
  guint n_blocks;
  guint n_mapped;
  guint n_empty;   /* mapped blocks without an object in use */
  guint low_block; /* no block before it has room */
  Block *blocks;
};

static guint8 *
map_block (gsize bytes)
{
  /* cppcheck-suppress invalidFunctionArg ; without a file -1 is the portable descriptor */
  guint8 *objects = mmap (NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (objects == MAP_FAILED)
    g_error ("slab: cannot map %" G_GSIZE_FORMAT " bytes", bytes);
  return objects;
}

static Block *
find_block (GateSlab *self)
{
  while (self->blocks[self->low_block].n_used == BLOCK_OBJECTS)
    self->low_block++;
  return &self->blocks[self->low_block];
}

static guint
take_bit (Block *block)
{
  guint word = 0;
  guint bit;

  while (block->used[word] == G_MAXUINT64)
    word++;
  bit = (guint) __builtin_ctzll (~block->used[word]);
  block->used[word] |= (guint64) 1 << bit;
  return word * 64 + bit;
}

GateSlab *
gate_slab_new (gsize object_bytes,
               guint max_objects)
{
  GateSlab *self = g_new0 (GateSlab, 1);

  self->object_bytes = (object_bytes + 7) & ~(gsize) 7;
  self->block_bytes = self->object_bytes * BLOCK_OBJECTS;
  self->max_objects = max_objects;
  /* One more than needed, so that find_block() always ends on a block. */
  self->n_blocks = max_objects / BLOCK_OBJECTS + 2;
  self->blocks = g_new0 (Block, self->n_blocks);
  return self;
}

void
gate_slab_free (GateSlab *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n_blocks; i++)
    if (self->blocks[i].objects != NULL)
      munmap (self->blocks[i].objects, self->block_bytes);
  g_free (self->blocks);
  g_free (self);
}

gpointer
gate_slab_take (GateSlab *self,
                guint    *ret_index)
{
  Block *block;
  guint at;

  if (self->n_used == self->max_objects)
    return NULL;
  block = find_block (self);
  if (block->objects == NULL) {
    block->objects = map_block (self->block_bytes);
    self->n_mapped++;
  } else if (block->n_used == 0) {
    self->n_empty--;
  }
  at = take_bit (block);
  block->n_used++;
  self->n_used++;
  *ret_index = self->low_block * BLOCK_OBJECTS + at;
  return memset (block->objects + at * self->object_bytes, 0, self->object_bytes);
}

void
gate_slab_give_back (GateSlab *self,
                     guint     index)
{
  guint number = index / BLOCK_OBJECTS;
  Block *block = &self->blocks[number];

  g_assert (gate_slab_get (self, index) != NULL);
  block->used[index % BLOCK_OBJECTS / 64] &= ~((guint64) 1 << index % 64);
  block->n_used--;
  self->n_used--;
  self->low_block = MIN (self->low_block, number);
  if (block->n_used > 0)
    return;
  if (self->n_empty > 0) {
    munmap (block->objects, self->block_bytes);
    block->objects = NULL;
    self->n_mapped--;
  } else {
    self->n_empty++;
  }
}

gpointer
gate_slab_get (const GateSlab *self,
               guint           index)
{
  guint number = index / BLOCK_OBJECTS;
  const Block *block = number < self->n_blocks ? &self->blocks[number] : NULL;

  if (block == NULL || block->objects == NULL ||
      (block->used[index % BLOCK_OBJECTS / 64] >> index % 64 & 1) == 0)
    return NULL;
  return block->objects + index % BLOCK_OBJECTS * self->object_bytes;
}

guint
gate_slab_get_n_used (const GateSlab *self)
{
  return self->n_used;
}

gsize
gate_slab_get_bytes (const GateSlab *self)
{
  return self->n_mapped * self->block_bytes + self->n_blocks * sizeof *self->blocks;
}

void
gate_slab_foreach (GateSlab *self,
                   void (*func) (gpointer object, guint index, gpointer user_data),
                   gpointer  user_data)
{
  for (guint number = 0; number < self->n_blocks; number++)
    for (guint i = 0; self->blocks[number].n_used > 0 && i < BLOCK_OBJECTS; i++) {
      gpointer object = gate_slab_get (self, number * BLOCK_OBJECTS + i);

      if (object != NULL)
        func (object, number * BLOCK_OBJECTS + i, user_data);
    }
}
