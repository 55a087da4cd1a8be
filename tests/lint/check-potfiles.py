#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""check-potfiles.py ROOT: every file with translatable text stands in po/POTFILES.in, sorted, and nothing else does."""
import pathlib
import re
import sys

C_TEXT = re.compile(r'\b(?:_|N_|C_|NC_|g_dngettext|ngettext|g_dpgettext2) ?\(\s*"')
UI_TEXT = re.compile(r'translatable="(?:yes|true)"')


def has_text(path):
  text = path.read_text()
  if path.suffix == '.c':
    return bool(C_TEXT.search(text))
  return path.suffix == '.ui' and bool(UI_TEXT.search(text))


def main():
  root = pathlib.Path(sys.argv[1])
  wanted = {str(p.relative_to(root)) for p in (root / 'app').rglob('*') if p.suffix in ('.c', '.ui') and has_text(p)}
  wanted |= {f'data/{p.name}' for p in (root / 'data').glob('*.in') if '.desktop' in p.name or '.metainfo' in p.name}
  wanted |= {f'data/{p.name}' for p in (root / 'data').glob('*.gschema.xml')}
  lines = (root / 'po' / 'POTFILES.in').read_text().splitlines()
  listed = [l for l in lines if l and not l.startswith('#')]
  for path in sorted(wanted - set(listed)):
    print(f'po/POTFILES.in: missing: {path}')
  for path in sorted(set(listed) - wanted):
    print(f'po/POTFILES.in: nothing to translate in: {path}')
  if listed != sorted(listed):
    print('po/POTFILES.in: not sorted')
  sys.exit(wanted != set(listed) or listed != sorted(listed))


main()
