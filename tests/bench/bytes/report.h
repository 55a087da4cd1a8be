/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "encodings.h"

G_BEGIN_DECLS

/** Column: one link, or part of it. */
typedef enum {
  COLUMN_VISITOR,
  COLUMN_AGENT,      /* everything on it */
  COLUMN_AGENT_TALK, /* without offers and rows of lists */
  N_COLUMNS,
} Column;

#define N_KINDS 64 /* of a body */

/** Kind: payloads of one kind of frame. */
typedef struct {
  gsize n_frames;
  gsize n_bytes[N_FRAME_ENCODINGS]; /* with headers */
} Kind;

typedef struct {
  guint n_dialogues;
  guint n_lines;
  gsize median_text_bytes;
  gsize n_frames[N_COLUMNS];
  gsize n_bytes[N_COLUMNS][N_ENCODINGS];
  gsize n_writes[N_COLUMNS][N_ENCODINGS];
  Kind kinds[2][N_KINDS]; /* down, up; both links */
  double compress_ns, expand_ns;
} Report;

/** report_keeps_promise: whether protobuf and zd1 save what was promised; says so on stderr where they do not. */
gboolean report_keeps_promise (const Report *self);
void report_print_json (const Report *self);
void report_print_table (const Report *self);

G_END_DECLS
