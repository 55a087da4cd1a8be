#!/usr/bin/env python3
"""schema-to-c.py FILE.sql... OUT.h: the schema files as C strings, in the order given."""
import json
import pathlib
import sys

names = {'usher': [], 'search': []}
for path in map(pathlib.Path, sys.argv[1:-1]):
  names['search' if path.name.startswith('search-') else 'usher'].append(path.read_text())
with open(sys.argv[-1], 'w') as out:
  for name, texts in names.items():
    out.write(f'static const char *const {name}_schema[] = {{\n')
    for text in texts:
      out.write(''.join(f'  {json.dumps(line)}\n' for line in text.splitlines(True)) + '  ,\n')
    out.write('};\n')
