/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-geo.h"

#include "gate-geo-address.h"

#include <errno.h>
#include <fcntl.h>
#include <maxminddb.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_NAME_BYTES 200

struct _GateGeo {
  MMDB_s database;
  int fd; /* of the same file, to see whether it is still what was mapped */
  struct timespec changed;
  char *language;
  gboolean is_chinese; /* country first, nothing between Chinese words */
};

/* --- The file --------------------------------------------------------------------------------------- */

static gboolean
open_file (GateGeo     *self,
           const char  *path,
           GError     **error)
{
  struct stat info = { 0 };
  int number;

  self->fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  number = self->fd < 0 || fstat (self->fd, &info) != 0 ? errno : 0;
  if (number == 0 && S_ISDIR (info.st_mode))
    number = EISDIR;
  if (number != 0) {
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (number),
                 "geo.database: cannot read “%s”: %s", path, g_strerror (number));
    return FALSE;
  }
  self->changed = info.st_mtim;
  /* Visitors shall not wait for a disk. */
  (void) posix_fadvise (self->fd, 0, 0, POSIX_FADV_WILLNEED);
  return TRUE;
}

static gboolean
open_database (GateGeo     *self,
               const char  *path,
               GError     **error)
{
  int status = MMDB_open (path, MMDB_MODE_MMAP, &self->database);

  if (status == MMDB_SUCCESS)
    return TRUE;
  memset (&self->database, 0, sizeof self->database); /* the library has released it already */
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
               "geo.database: “%s” is not a database in MaxMind's format (.mmdb): %s", path,
               MMDB_strerror (status));
  return FALSE;
}

GateGeo *
gate_geo_open (const char  *path,
               const char  *language,
               GError     **error)
{
  GateGeo *self = g_new0 (GateGeo, 1);

  self->language = g_strdup (language);
  self->is_chinese = g_str_has_prefix (language, "zh");
  if (!open_file (self, path, error) || !open_database (self, path, error))
    g_clear_pointer (&self, gate_geo_free);
  return self;
}

void
gate_geo_free (GateGeo *self)
{
  if (self->database.filename != NULL)
    MMDB_close (&self->database);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->language);
  g_free (self);
}

char *
gate_geo_dup_description (const GateGeo *self)
{
  const MMDB_metadata_s *metadata = &self->database.metadata;
  g_autoptr (GDateTime) built = g_date_time_new_from_unix_utc ((gint64) metadata->build_epoch);
  g_autofree char *day = built != NULL ? g_date_time_format (built, "%Y-%m-%d") : NULL;

  return g_strdup_printf ("%s, %s", metadata->database_type, day != NULL ? day : "?");
}

/* Whoever writes into the file, instead of putting another in its place, may cut off pages that are mapped: touching one of those
 * would be the end of the gateway. */
static gboolean
is_as_it_was (const GateGeo *self)
{
  struct stat info;

  return fstat (self->fd, &info) == 0 && info.st_mtim.tv_sec == self->changed.tv_sec &&
         info.st_mtim.tv_nsec == self->changed.tv_nsec;
}

/* --- Names ------------------------------------------------------------------------------------------ */

typedef struct {
  char *text; /* (nullable) */
  gboolean is_translated;
} Name;

static char *
dup_text (MMDB_entry_s      *entry,
          const char *const *path)
{
  MMDB_entry_data_s data;

  if (MMDB_aget_value (entry, &data, path) != MMDB_SUCCESS || !data.has_data ||
      data.type != MMDB_DATA_TYPE_UTF8_STRING || data.data_size == 0 ||
      data.data_size > MAX_NAME_BYTES ||
      !g_utf8_validate_len (data.utf8_string, data.data_size, NULL))
    return NULL;
  return g_strndup (data.utf8_string, data.data_size);
}

/* Some vendors have names by language, some one name. */
static Name
find_name (const GateGeo *self,
           MMDB_entry_s  *entry,
           const char    *what)
{
  const char *translated[] = { what, "names", self->language, NULL };
  const char *english[] = { what, "names", "en", NULL };
  const char *plain[] = { what, NULL };
  Name name = { dup_text (entry, translated), TRUE };

  if (name.text != NULL)
    return name;
  name.is_translated = FALSE;
  name.text = dup_text (entry, english);
  if (name.text == NULL)
    name.text = dup_text (entry, plain);
  return name;
}

/* Singapore is in Singapore. */
static char *
join (const GateGeo *self,
      const Name    *city,
      const Name    *country)
{
  gboolean is_all_translated = city->is_translated && country->is_translated;

  if (city->text == NULL || country->text == NULL || strcmp (city->text, country->text) == 0)
    return g_strdup (city->text != NULL ? city->text : country->text);
  if (self->is_chinese)
    return g_strconcat (country->text, is_all_translated ? "" : " ", city->text, NULL);
  return g_strdup_printf ("%s, %s", city->text, country->text);
}

char *
gate_geo_find_place (const GateGeo *self,
                     const char    *address)
{
  struct sockaddr_storage socket_address;
  MMDB_lookup_result_s result;
  int status;
  Name city, country;
  char *place;

  if (!gate_geo_address_parse (address, &socket_address) || !is_as_it_was (self))
    return NULL;
  result =
    MMDB_lookup_sockaddr (&self->database, (const struct sockaddr *) &socket_address, &status);
  if (status != MMDB_SUCCESS || !result.found_entry)
    return NULL;
  city = find_name (self, &result.entry, "city");
  country = find_name (self, &result.entry, "country");
  place = join (self, &city, &country);
  g_free (city.text);
  g_free (country.text);
  return place;
}
