/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands for gate-geo.c in a build without libmaxminddb: there is no GateGeo, and whoever asks for one is told. */
#include "config.h"

#include "gate-geo.h"

GateGeo *
gate_geo_open (const char  *path,
               const char  *language,
               GError     **error)
{
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOSYS,
               "geo.database: this usher-gate was built without libmaxminddb and cannot read “%s”; "
               "build it with -Dgeo=enabled, or leave the key out",
               path);
  return NULL;
}

void
gate_geo_free (GateGeo *self)
{
  g_assert (self == NULL);
}

char *
gate_geo_dup_description (const GateGeo *self)
{
  return NULL;
}

char *
gate_geo_find_place (const GateGeo *self,
                     const char    *address)
{
  return NULL;
}
