#!/usr/bin/env python3
"""check-sql.py ROOT: fails when a value could become SQL: a statement that is formatted, or one that is run without being prepared from
constant text. Values are bound, always."""
import pathlib
import re
import sys

FOLDERS = ('server-stub', 'app')
STRING = r'"(?:[^"\\]|\\.)*"'
FORMATS = re.compile(r'\b(?:g_strdup_printf|g_strdup_vprintf|g_string_(?:append_)?printf|g_snprintf|asprintf|sqlite3_\w*printf)\s*\(([^;]*);')
WORDS = re.compile(r'\b(SELECT|INSERT|UPDATE|DELETE|FROM|WHERE|VALUES|PRAGMA|CREATE|DROP|ATTACH|ON CONFLICT)\b')
EXEC = re.compile(r'\bsqlite3_exec\s*\(\s*[^,]+,\s*(' + STRING + r'|\w+)')

# Statements made of the names of our own columns, once at start; and a number of our own.
MADE_OF_NAMES = {'server-stub/store/gate-store-apply.c', 'server-stub/store/gate-store-columns.c', 'server-stub/store/gate-store-find.c',
                 'server-stub/store/gate-store-history.c', 'app/store/usher-db.c'}
# Functions that take constant text only; their callers are looked at by name.
RUNS_CONSTANT = {('server-stub/store/gate-store-db.c', 'constant_sql'), ('app/store/usher-db.c', 'sql')}


def line_of(text, at):
  return text.count('\n', 0, at) + 1


def faults(name, text):
  for call in FORMATS.finditer(text):
    pieces = ' '.join(re.findall(STRING, call[1]))
    if WORDS.search(pieces) and '%' in pieces and name not in MADE_OF_NAMES:
      yield line_of(text, call.start()), 'SQL is formatted here; bind the value instead'
  for call in EXEC.finditer(text):
    argument = call[1]
    is_constant = argument.startswith('"') or re.search(r'static const char ' + re.escape(argument) + r'\[\]', text)
    if not is_constant and (name, argument) not in RUNS_CONSTANT:
      yield line_of(text, call.start()), f'sqlite3_exec() runs “{argument}”, which is no constant; prepare it and bind'


def main():
  root = pathlib.Path(sys.argv[1])
  bad = n = 0
  for path in sorted(p for folder in FOLDERS for p in (root / folder).rglob('*.c')):
    n += 1
    for line, what in faults(str(path.relative_to(root)), path.read_text()):
      print(f'{path.relative_to(root)}:{line}: {what}')
      bad += 1
  return bad > 0 or n == 0


if __name__ == '__main__':
  sys.exit(main())
