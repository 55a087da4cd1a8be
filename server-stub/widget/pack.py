#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the widget's files for the gateway's resource: one script of all modules, a copy of each with gzip, a hash.

    pack.py SOURCE_DIR OUTPUT_DIR

No tool of the JavaScript world is needed. The modules use plain named imports and exports with names that are unique
over all of them (`node --check` of the result fails otherwise), so that joining them is cutting those lines;
squeeze.py makes the rest small.
"""
import gzip
import hashlib
import json
import pathlib
import re
import sys

from squeeze import squeeze

IMPORT = re.compile(r"^import \{[^}]*\} from '\./([\w.-]+)'$", re.M)
EXPORT = re.compile(r'^export (?=const|function|class|async|let)', re.M)
LANGUAGES = ('en.json', 'zh-CN.json')
DEMO = ('index.html', 'shop.css', 'shop.js', 'icon.svg')


def squeeze_css(text):
    text = re.sub(r'/\*.*?\*/', '', text, flags=re.S)
    text = re.sub(r'\s+', ' ', text)
    return re.sub(r'\s*([{};])\s*', r'\1', text).replace(';}', '}').strip()


def in_order(source, name, done):
    """Depth first, so that a module stands after all it needs."""
    if name in done:
        return
    done[name] = None                                    # marks it as begun: a circle would end here
    if name == 'style.js':
        done[name] = 'export const CSS = ' + json.dumps(squeeze_css((source / 'style.css').read_text()), ensure_ascii=False)
        return
    text = (source / name).read_text()
    for needed in IMPORT.findall(text):
        in_order(source, needed, done)
    del done[name]
    done[name] = IMPORT.sub('', text)


def bundle(source):
    done = {}
    in_order(source, 'main.js', done)
    body = '\n'.join(EXPORT.sub('', text) for text in done.values())
    if re.search(r'^(import|export)\b', body, re.M):
        sys.exit('pack.py: an import or export that is not of the plain form')
    return squeeze("(() => {\n'use strict'\n" + body + '\n})()\n')


def main():
    source, output = map(pathlib.Path, sys.argv[1:3])
    files = {'chat.js': bundle(source)}
    for name in LANGUAGES:
        files[name] = json.dumps(json.loads((source / 'lang' / name).read_text()), ensure_ascii=False, separators=(',', ':'))
    for name in DEMO:
        files['demo-' + name] = (source / 'demo' / name).read_text()
    files['widget.js'] = squeeze((source / 'loader.js').read_text())
    files['recording.js'] = squeeze((source / 'recording.js').read_text())
    digest = hashlib.sha256()
    for name, text in sorted(files.items()):
        digest.update(f'{name}\0{len(text.encode())}\0{text}'.encode())
    known_as = digest.hexdigest()[:16]
    files['widget.js'] = files['widget.js'].replace('@HASH@', known_as)
    for name, text in files.items():
        data = text.encode()
        (output / name).write_bytes(data)
        (output / (name + '.gz')).write_bytes(gzip.compress(data, 9, mtime=0))     # as `gzip -n`: the same bytes every time
    (output / 'gate-widget-hash.h').write_text(
        '/* Made by pack.py over all files of the widget. */\n#pragma once\n\n'
        f'#define GATE_WIDGET_HASH "{known_as}"\n')


main()
