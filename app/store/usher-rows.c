/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-rows.h"

UsherConversationRow *
usher_conversation_row_copy (const UsherConversationRow *row)
{
  UsherConversationRow *copy = g_new (UsherConversationRow, 1);

  *copy = *row;
  copy->name = g_strdup (row->name);
  copy->queue = g_strdup (row->queue);
  copy->agent_name = g_strdup (row->agent_name);
  copy->last_text = g_strdup (row->last_text);
  copy->subject = g_strdup (row->subject);
  copy->tags = g_strdupv (row->tags);
  return copy;
}

void
usher_conversation_row_free (UsherConversationRow *row)
{
  g_free (row->name);
  g_free (row->queue);
  g_free (row->agent_name);
  g_free (row->last_text);
  g_free (row->subject);
  g_strfreev (row->tags);
  g_free (row);
}

void
usher_message_row_free (UsherMessageRow *row)
{
  g_free (row->text);
  g_free (row->url);
  g_free (row->mime);
  g_free (row->name);
  g_free (row);
}

UsherOutboxRow *
usher_outbox_row_copy (const UsherOutboxRow *row)
{
  UsherOutboxRow *copy = g_new (UsherOutboxRow, 1);

  *copy = *row;
  copy->text = g_strdup (row->text);
  copy->path = g_strdup (row->path);
  copy->mime = g_strdup (row->mime);
  copy->name = g_strdup (row->name);
  copy->mentions = g_strdup (row->mentions);
  copy->fail_slug = g_strdup (row->fail_slug);
  return copy;
}

void
usher_outbox_row_free (UsherOutboxRow *row)
{
  g_free (row->text);
  g_free (row->path);
  g_free (row->mime);
  g_free (row->name);
  g_free (row->mentions);
  g_free (row->fail_slug);
  g_free (row);
}

void
usher_draft_row_free (UsherDraftRow *row)
{
  g_free (row->text);
  g_free (row);
}

void
usher_snapshot_free (UsherSnapshot *snapshot)
{
  g_clear_pointer (&snapshot->meta, g_hash_table_unref);
  g_clear_pointer (&snapshot->conversations, g_ptr_array_unref);
  g_clear_pointer (&snapshot->outbox, g_ptr_array_unref);
  g_clear_pointer (&snapshot->drafts, g_ptr_array_unref);
  g_free (snapshot);
}

UsherSearchQuery *
usher_search_query_copy (const UsherSearchQuery *query)
{
  UsherSearchQuery *copy = g_new (UsherSearchQuery, 1);

  *copy = *query;
  copy->words = g_strdup (query->words);
  copy->from_name = g_strdup (query->from_name);
  copy->tag = g_strdup (query->tag);
  return copy;
}

void
usher_search_query_free (UsherSearchQuery *query)
{
  g_free (query->words);
  g_free (query->from_name);
  g_free (query->tag);
  g_free (query);
}

void
usher_hit_row_free (UsherHitRow *row)
{
  g_free (row->name);
  g_free (row->snippet);
  g_free (row->marks);
  g_free (row);
}

UsherHits *
usher_hits_new (void)
{
  UsherHits *hits = g_new0 (UsherHits, 1);

  hits->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) usher_hit_row_free);
  return hits;
}

void
usher_hits_free (UsherHits *hits)
{
  g_ptr_array_unref (hits->rows);
  g_free (hits);
}
