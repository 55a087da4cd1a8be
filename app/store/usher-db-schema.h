/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** usher_db_schema_step: (transfer none) (nullable): what takes a database from @version to the next. */
const char *usher_db_schema_step (guint version);
guint usher_db_schema_version (void);

/** usher_db_schema_search: (transfer none): what an empty database, attached as `search`, becomes. */
const char *usher_db_schema_search (void);

G_END_DECLS
