/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "wire-fts.h"

#include "wire-units.h"

#include <string.h>

typedef int (
  *TokenFunc) (void *context, int flags, const char *token, int token_bytes, int begin, int end);

typedef struct {
  TokenFunc emit;
  void *context;
  gboolean is_query;
} Sink;

static int
emit_unit (const Sink     *sink,
           const WireUnit *unit)
{
  return sink->emit (sink->context, 0, unit->text, unit->text_bytes, (int) unit->begin,
                     (int) unit->end);
}

static int
emit_pair (const Sink     *sink,
           int             flags,
           const WireUnit *first,
           const WireUnit *second)
{
  char pair[2 * sizeof first->text];

  memcpy (pair, first->text, first->text_bytes);
  memcpy (pair + first->text_bytes, second->text, second->text_bytes);
  return sink->emit (sink->context, flags, pair, first->text_bytes + second->text_bytes,
                     (int) first->begin, (int) second->end);
}

/* @next is the unit behind @unit; @joined tells that @unit is the second half of a pair emitted before. */
static int
emit (const Sink     *sink,
      const WireUnit *unit,
      const WireUnit *next,
      gboolean        is_joined)
{
  gboolean has_pair = next != NULL && unit->is_cjk && next->is_cjk && next->begin == unit->end;
  int result;

  if (sink->is_query && has_pair)
    return emit_pair (sink, 0, unit, next);
  /* The end of a run is covered by its last pair, unless more of the phrase follows: positions must agree. */
  if (sink->is_query && is_joined && next == NULL)
    return SQLITE_OK;
  result = emit_unit (sink, unit);
  if (result == SQLITE_OK && has_pair)
    result = emit_pair (sink, FTS5_TOKEN_COLOCATED, unit, next);
  return result;
}

static int
tokenize (Fts5Tokenizer *tokenizer,
          void          *context,
          int            flags,
          const char    *text,
          int            n_bytes,
          TokenFunc      emit_token)
{
  Sink sink = { emit_token, context, (flags & FTS5_TOKENIZE_QUERY) != 0 };
  WireUnits units;
  WireUnit two[2];
  guint at = 0;
  gboolean has_unit, is_joined = FALSE;

  if (text == NULL || n_bytes <= 0)
    return SQLITE_OK;
  wire_units_init (&units, text, (gsize) n_bytes);
  has_unit = wire_units_next (&units, &two[0]);
  while (has_unit) {
    const WireUnit *unit = &two[at];
    WireUnit *next = &two[1 - at];
    gboolean has_next = wire_units_next (&units, next);
    int result = emit (&sink, unit, has_next ? next : NULL, is_joined);

    if (result != SQLITE_OK)
      return result;
    is_joined = has_next && unit->is_cjk && next->is_cjk && next->begin == unit->end;
    at = 1 - at;
    has_unit = has_next;
  }
  return SQLITE_OK;
}

/* The tokenizer has no state and no options: any address will do. */
static int
create (void           *user_data,
        const char    **arguments,
        int             n_arguments,
        Fts5Tokenizer **ret_tokenizer)
{
  static char nothing;

  *ret_tokenizer = (Fts5Tokenizer *) &nothing;
  return SQLITE_OK;
}

static void
destroy (Fts5Tokenizer *tokenizer)
{
}

static fts5_api *
get_api (sqlite3 *db)
{
  sqlite3_stmt *statement = NULL;
  fts5_api *api = NULL;

  if (sqlite3_prepare_v2 (db, "SELECT fts5 (?1)", -1, &statement, NULL) != SQLITE_OK)
    return NULL;
  sqlite3_bind_pointer (statement, 1, &api, "fts5_api_ptr", NULL);
  sqlite3_step (statement);
  sqlite3_finalize (statement);
  return api;
}

gboolean
wire_fts_register (sqlite3 *db)
{
  static fts5_tokenizer methods = { create, destroy, tokenize };
  fts5_api *api = get_api (db);

  return api != NULL && api->xCreateTokenizer (api, "usher", NULL, &methods, NULL) == SQLITE_OK;
}
