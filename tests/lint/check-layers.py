#!/usr/bin/env python3
"""check-layers.py ROOT: fails when a file includes a header of a layer that its own may not use."""
import pathlib
import re
import sys

WIRE = 'server-stub/wire'
BASE = 'server-stub/base'
LINK = 'server-stub/link'
API = 'server-stub/core/api'  # the interfaces the core declares and others fill

MAY_USE = {
  WIRE: [],
  BASE: [],
  API: [WIRE, BASE],
  LINK: [BASE, WIRE],
  'server-stub/core': [API, BASE, WIRE],
  'server-stub/store': [API, BASE, WIRE],
  'server-stub/edge': [LINK, BASE, WIRE],
  'server-stub/http': [LINK, BASE, WIRE],
  'server-stub/geo': [],
  'server-stub/ctl': ['server-stub/store', API, BASE, WIRE],
  'app/model': [WIRE],
  'app/platform': [WIRE],
  'app/net': ['app/model', WIRE],
  'app/store': ['app/model', WIRE],
  'app/session': ['app/net', 'app/store', 'app/platform', 'app/model', WIRE],
  'app/ui': ['app/session', 'app/platform', 'app/model'],
}


def layer_of(path):
  """The longest folder of the table that holds the file: core/api is not core."""
  return max((l for l in MAY_USE if path.is_relative_to(l)), key=len, default=None)


def main():
  root = pathlib.Path(sys.argv[1])
  headers = {}
  sources = []
  for path in sorted(p for top in ('app', 'server-stub') for p in (root / top).rglob('*.[ch]')):
    layer = layer_of(path.relative_to(root))
    if layer is None:
      continue
    sources.append((path, layer))
    if path.suffix == '.h':
      headers[path.name] = layer
  bad = 0
  for path, layer in sources:
    for number, line in enumerate(path.read_text().splitlines(), 1):
      match = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
      if not match or match[1] == 'config.h':
        continue
      target = headers.get(match[1].split('/')[-1])
      if match[1].endswith('.pb-c.h'):
        target = WIRE
      if '/' in match[1] or (target and target != layer and target not in MAY_USE[layer]):
        print(f'{path.relative_to(root)}:{number}: {layer} may not include {match[1]}')
        bad += 1
  sys.exit(bad > 0)


main()
