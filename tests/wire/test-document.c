/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "wire-document.h"

#define DOCX "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#define OLE  "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"

#define BYTES(literal) literal, sizeof (literal) - 1

typedef struct {
  const char *name;
  const char *data;
  gsize n_bytes;
  const char *mime; /* NULL: not taken */
} Case;

static const Case cases[] = {
  { "invoice.pdf", BYTES ("%PDF-1.7\n"), "application/pdf" },
  { "invoice.txt", BYTES ("%PDF-1.7\n"), "text/plain" },
  { "invoice", BYTES ("%PDF-1.7\n\0"), "application/pdf" },
  { "letter.DOCX", BYTES ("PK\003\004\024"), DOCX },
  { "letter.docx", BYTES ("not a zip"), "text/plain" },
  { "letter.docm", BYTES ("PK\003\004\024"), "application/zip" },
  { NULL, BYTES ("PK\003\004\024"), "application/zip" },
  { "old.xls", BYTES (OLE "\0"), "application/vnd.ms-excel" },
  { "old.msi", BYTES (OLE "\0"), NULL },
  { "orders.csv", BYTES ("no,name\r\n1,\xCD\xCB\xBF\xEE\n"), "text/csv" },
  { "memo.rtf", BYTES ("{\\rtf1\\ansi}"), "application/rtf" },
  { "run.sh", BYTES ("#!/bin/sh\n"), "text/plain" },
  { "run", BYTES ("\177ELF\2\1\1"), NULL },
  { "run.txt", BYTES ("MZ\x90\0\3"), NULL },
  { "empty.txt", BYTES (""), NULL },
};

static void
test_guess (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    const Case *test = &cases[i];
    const char *mime = wire_document_guess (test->name, (const guint8 *) test->data, test->n_bytes);

    g_test_message ("%s", test->name);
    g_assert_cmpstr (mime, ==, test->mime);
    if (mime == NULL)
      continue;
    g_assert_true (wire_document_find (mime) == mime);
    g_assert_true (wire_document_agrees (mime, (const guint8 *) test->data, test->n_bytes));
  }
}

static void
test_lies (void)
{
  const guint8 html[] = "<html><script>alert(1)</script>";

  g_assert_null (wire_document_find ("text/html"));
  g_assert_null (wire_document_find ("image/svg+xml"));
  g_assert_null (wire_document_find ("image/png"));
  g_assert_null (wire_document_find (""));
  g_assert_false (wire_document_agrees ("text/html", html, sizeof (html) - 1));
  g_assert_false (wire_document_agrees ("application/pdf", html, sizeof (html) - 1));
  g_assert_false (wire_document_agrees (DOCX, html, sizeof (html) - 1));
}

static void
check_name (const char *name,
            const char *mime,
            const char *expected)
{
  g_autofree char *got = wire_document_dup_name (name, mime);

  g_assert_cmpstr (got, ==, expected);
}

static void
test_names (void)
{
  check_name ("退款 单.docx", DOCX, "退款 单.docx");
  check_name ("A.PDF", "application/pdf", "A.PDF");
  check_name ("../../etc/passwd", "text/plain", "etcpasswd.txt");
  check_name ("C:\\x\\run.bat", "text/plain", "Cxrun.bat.txt");
  check_name ("page.html", "text/plain", "page.html.txt");
  check_name ("a\r\nSet-Cookie: x.txt", "text/plain", "aSet-Cookie x.txt");
  check_name ("\342\200\256fdp.exe", "application/zip", "fdp.exe.zip"); /* U+202E */
  check_name (".profile", "text/plain", "profile.txt");
  check_name ("x.txt . ", "text/plain", "x.txt");
  check_name ("\xff.zip", "application/zip", "\357\277\275.zip");
  check_name (NULL, "application/pdf", "file.pdf");
  check_name ("", NULL, "file.txt");
}

/* Nothing is seen of them, though to Unicode they are letters, marks, symbols and spaces. */
static void
test_unseen_names (void)
{
  check_name ("\343\205\244.pdf", "application/pdf", "pdf.pdf");         /* U+3164 Hangul filler */
  check_name ("\342\240\200", "application/pdf", "file.pdf");            /* U+2800 Braille blank */
  check_name ("\343\200\200a\302\240b\302\240", NULL, "a\302\240b.txt"); /* U+3000, U+00A0 */
  check_name ("a\357\270\217b\363\240\204\200.txt", NULL, "ab.txt");     /* U+FE0F, U+E0100 */
  check_name ("x.txt\343\200\200", "application/zip", "x.txt");
}

/* @unit over and over, then @end. */
static char *
dup_long (const char *unit,
          guint       n,
          const char *end)
{
  GString *name = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append (name, unit);
  return g_string_free (g_string_append (name, end), FALSE);
}

static void
check_long (const char *unit,
            const char *end,
            guint       n_kept,
            const char *kept_end)
{
  g_autofree char *name = dup_long (unit, 200, end);
  g_autofree char *expected = dup_long (unit, n_kept, kept_end);

  check_name (name, "application/zip", expected);
  check_name (expected, "application/zip", expected);
}

/* A file system takes 255 bytes; a name is cut before its extension, which the first bytes may not tell. */
static void
test_long_names (void)
{
  check_long ("a", "", 120, ".zip");
  check_long ("a", ".docx", 120, ".docx");
  check_long ("a", ".exe", 120, ".zip");
  check_long ("款", ".docx", 83, ".docx");
  check_long ("\360\237\230\200", ".txt", 62, ".txt"); /* U+1F600 */
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/document/guess", test_guess);
  g_test_add_func ("/wire/document/lies", test_lies);
  g_test_add_func ("/wire/document/names", test_names);
  g_test_add_func ("/wire/document/unseen-names", test_unseen_names);
  g_test_add_func ("/wire/document/long-names", test_long_names);
  return g_test_run ();
}
