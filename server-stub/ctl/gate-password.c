/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-password.h"

#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define PASSES       3
#define MEMORY_BYTES ((gsize) 64 * 1024 * 1024)

char *
gate_password_hash (const char *password)
{
  char hash[crypto_pwhash_STRBYTES];

  g_assert (sodium_init () >= 0);
  if (crypto_pwhash_str_alg (hash, password, strlen (password), PASSES, MEMORY_BYTES,
                             crypto_pwhash_ALG_ARGON2ID13) != 0)
    return NULL;
  return g_strdup (hash);
}

char *
gate_password_new (void)
{
  static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789"; /* no i, l, o, 0, 1 */
  char password[20];

  g_assert (sodium_init () >= 0);
  for (gsize i = 0; i < sizeof password - 1; i++)
    password[i] = (char) (i % 5 == 4 ? '-' : letters[randombytes_uniform (sizeof letters - 1)]);
  password[sizeof password - 1] = '\0';
  return g_strdup (password);
}

/* Byte by byte: what is behind the line may be for somebody else. */
static gsize
read_line (int    fd,
           char  *line,
           gsize  size)
{
  gsize n = 0;

  while (n < size && read (fd, line + n, 1) == 1 && line[n] != '\n')
    n++;
  return n;
}

char *
gate_password_read (int      fd,
                    GError **error)
{
  char line[GATE_PASSWORD_MAX_BYTES + 1];
  gsize n = read_line (fd, line, sizeof line);
  char *password = NULL;

  if (n > 0 && n < sizeof line && line[n - 1] == '\r')
    n--;
  if (n >= sizeof line)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "A password has at most %d bytes",
                 GATE_PASSWORD_MAX_BYTES);
  else if (!g_utf8_validate_len (line, n, NULL) ||
           g_utf8_strlen (line, (gssize) n) < GATE_PASSWORD_MIN_CHARACTERS)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 "A password has at least %d characters of UTF-8 text",
                 GATE_PASSWORD_MIN_CHARACTERS);
  else
    password = g_strndup (line, n);
  sodium_memzero (line, sizeof line);
  return password;
}

void
gate_password_free (char *password)
{
  if (password == NULL)
    return;
  sodium_memzero (password, strlen (password));
  g_free (password);
}
