/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * GateGeo:
 *
 * Where an address is, by the operator's own file in MaxMind's format, of any vendor: city and country in words for people.
 * The file is mapped, not read; a lookup takes microseconds and allocates nothing but its answer.
 */
typedef struct _GateGeo GateGeo;

/** gate_geo_open: @language: of the names, such as `en` or `zh-CN`; a name that is not in it is given in English. */
GateGeo *
gate_geo_open (const char *path, const char *language, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void gate_geo_free (GateGeo *self);

/** gate_geo_dup_description: (transfer full): what the file calls itself and the day it was made, for the log. */
char *gate_geo_dup_description (const GateGeo *self) G_GNUC_WARN_UNUSED_RESULT;

/**
 * gate_geo_find_place: (transfer full) (nullable)
 * @address: (nullable): without a port
 *
 * "Malmö, Sweden", 瑞典马尔默, or the country alone. %NULL: nothing is known, or the address is of no public network.
 */
char *gate_geo_find_place (const GateGeo *self,
                           const char    *address) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GateGeo, gate_geo_free)

G_END_DECLS
