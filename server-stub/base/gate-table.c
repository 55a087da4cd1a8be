/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Open addressing with linear probing in an array of pointers. To change its size a table begins a second array and, with each
 * change from then on, moves MOVES_A_CHANGE slots of the first one over; until the first is empty a number is looked for in
 * both. The second is large enough that this ends long before it is full: it is filled to 3/4 of the first at most, and
 * MOVES_A_CHANGE slots go for each that comes.
 *
 * The upper 16 bits of a pointer are not used by any user space we run on, so part of the hash stands there: a slot whose
 * object has another number is nearly always passed over without a look at the object.
 *
 * A removed slot is closed by moving back what comes behind (no gravestones to be swept up later), except in an array that
 * is being emptied, where a gravestone keeps the rest reachable for the short time it has.
 */
#include "config.h"

#include "gate-table.h"

#include <sys/mman.h>

#define MIN_SLOTS      16
#define MOVES_A_CHANGE 8
#define GRAVE          ((guint64) 1) /* no object lies there, and it is not the end of a chain */
#define TAG_SHIFT      48
#define ADDRESS_MASK   (((guint64) 1 << TAG_SHIFT) - 1)
#define SYSTEM_MIN_BYTES \
  65536 /* from here on memory comes zeroed from the system, page by page, and goes back to it */

typedef struct {
  guint64 *slots; /* (nullable): tag and address, 0 or GRAVE */
  gsize n_slots;  /* a power of two */
} Array;

struct _GateTable {
  Array arrays[2]; /* the one in use, and (while the size changes) the one that is being emptied */
  gsize n_moved;   /* slots of the second that were looked at */
  guint n_used;    /* of both */
};

static guint64
hash_of (guint64 number)
{
  number *= G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  return number ^ number >> 32;
}

static void
array_open (Array *array,
            gsize  n_slots)
{
  gsize n_bytes = n_slots * sizeof *array->slots;

  array->n_slots = n_slots;
  if (n_bytes < SYSTEM_MIN_BYTES) {
    array->slots = g_malloc0 (n_bytes);
    return;
  }
  /* cppcheck-suppress invalidFunctionArg ; without a file -1 is the portable descriptor */
  array->slots = mmap (NULL, n_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (array->slots == MAP_FAILED)
    g_error ("table: cannot map %" G_GSIZE_FORMAT " bytes", n_bytes);
}

static void
array_close (Array *array)
{
  gsize n_bytes = array->n_slots * sizeof *array->slots;

  if (n_bytes < SYSTEM_MIN_BYTES)
    g_free (array->slots);
  else
    (void) munmap (array->slots, n_bytes);
  *array = (Array){ 0 };
}

static guint64 *
number_at (guint64 slot)
{
  return (guint64 *) (gsize) (slot & ADDRESS_MASK);
}

static guint64
tag_of (guint64 hash)
{
  return hash & ~ADDRESS_MASK;
}

static gsize
home_of (const Array *array,
         guint64      hash)
{
  return hash & (array->n_slots - 1);
}

/* The slot with @number, or that of the empty place where looking for it ends. */
static guint64 *
array_seek (const Array *array,
            guint64      number)
{
  guint64 hash = hash_of (number);
  gsize i = home_of (array, hash);

  for (;; i = (i + 1) & (array->n_slots - 1)) {
    guint64 slot = array->slots[i];

    if (slot == 0 ||
        (slot != GRAVE && (slot & ~ADDRESS_MASK) == tag_of (hash) && *number_at (slot) == number))
      return &array->slots[i];
  }
}

static void
array_put (Array   *array,
           guint64 *number)
{
  guint64 address = (guint64) (gsize) number;

  g_assert (address == (address & ADDRESS_MASK));
  *array_seek (array, *number) = tag_of (hash_of (*number)) | address;
}

/* Whether what lies at @at, at home at @home, would be found no more were the slot at @hole empty. */
static gboolean
needs_hole (const Array *array,
            gsize        hole,
            gsize        at,
            gsize        home)
{
  gsize mask = array->n_slots - 1;

  return ((at - home) & mask) >= ((at - hole) & mask);
}

static void
array_close_hole (Array *array,
                  gsize  hole)
{
  gsize mask = array->n_slots - 1;

  for (gsize at = (hole + 1) & mask; array->slots[at] != 0; at = (at + 1) & mask) {
    guint64 slot = array->slots[at];

    if (!needs_hole (array, hole, at, home_of (array, hash_of (*number_at (slot)))))
      continue;
    array->slots[hole] = slot;
    hole = at;
  }
  array->slots[hole] = 0;
}

/* --- Changing size ------------------------------------------------------------------------------------ */

static void
begin_moving (GateTable *self,
              gsize      n_slots)
{
  self->arrays[1] = self->arrays[0];
  self->n_moved = 0;
  array_open (&self->arrays[0], n_slots);
}

static void
move_some (GateTable *self)
{
  Array *from = &self->arrays[1];

  for (guint i = 0; i < MOVES_A_CHANGE && from->slots != NULL; i++) {
    guint64 slot = from->slots[self->n_moved];

    if (slot != 0 && slot != GRAVE) {
      from->slots[self->n_moved] = GRAVE;
      array_put (&self->arrays[0], number_at (slot));
    }
    if (++self->n_moved == from->n_slots)
      array_close (from);
  }
}

static void
adapt (GateTable *self)
{
  gsize n_slots = self->arrays[0].n_slots;

  if (self->arrays[1].slots != NULL)
    move_some (self);
  else if (self->n_used >= n_slots / 4 * 3)
    begin_moving (self, n_slots * 2);
  else if (self->n_used < n_slots / 8 && n_slots > MIN_SLOTS)
    begin_moving (self, n_slots / 2);
}

/* --- Public ------------------------------------------------------------------------------------------- */

GateTable *
gate_table_new (void)
{
  GateTable *self = g_new0 (GateTable, 1);

  array_open (&self->arrays[0], MIN_SLOTS);
  return self;
}

void
gate_table_free (GateTable *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (self->arrays); i++)
    if (self->arrays[i].slots != NULL)
      array_close (&self->arrays[i]);
  g_free (self);
}

guint64 *
gate_table_find (const GateTable *self,
                 guint64          number)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->arrays); i++) {
    guint64 slot = self->arrays[i].slots != NULL ? *array_seek (&self->arrays[i], number) : 0;

    if (slot != 0)
      return number_at (slot);
  }
  return NULL;
}

void
gate_table_add (GateTable *self,
                guint64   *number)
{
  g_assert (gate_table_find (self, *number) == NULL);
  adapt (self);
  array_put (&self->arrays[0], number);
  self->n_used++;
}

gboolean
gate_table_remove (GateTable *self,
                   guint64    number)
{
  Array *array = &self->arrays[0];
  guint64 *slot;

  adapt (self);
  slot = array_seek (array, number);
  if (*slot != 0) {
    array_close_hole (array, (gsize) (slot - array->slots));
    self->n_used--;
    return TRUE;
  }
  slot = self->arrays[1].slots != NULL ? array_seek (&self->arrays[1], number) : slot;
  if (*slot == 0)
    return FALSE;
  *slot = GRAVE;
  self->n_used--;
  return TRUE;
}

guint
gate_table_get_size (const GateTable *self)
{
  return self->n_used;
}

void
gate_table_iter_init (GateTableIter   *iter,
                      const GateTable *table)
{
  *iter = (GateTableIter){ table, 0, 0 };
}

guint64 *
gate_table_iter_next (GateTableIter *iter)
{
  for (; iter->array < G_N_ELEMENTS (iter->table->arrays); iter->array++, iter->slot = 0) {
    const Array *array = &iter->table->arrays[iter->array];

    while (iter->slot < array->n_slots) {
      guint64 slot = array->slots[iter->slot++];

      if (slot != 0 && slot != GRAVE)
        return number_at (slot);
    }
  }
  return NULL;
}
