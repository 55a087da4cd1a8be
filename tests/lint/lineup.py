#!/usr/bin/env python3
"""lineup.py FILE...: C function signatures in GTK columns."""
import re, sys

HEAD = re.compile(r'^(?P<lead>(?:[A-Za-z_][\w ]*?[ *]+)?)(?P<name>[a-z_]\w*) \((?P<rest>.*)$')
PARAM = re.compile(r'^(?P<type>.*?[\w\]])\s*(?P<stars>\**)(?P<name>\w+(?:\[[^\]]*\])*)$')

def split_params(text):
  depth, start, out = 0, 0, []
  for i, ch in enumerate(text):
    depth += (ch == '(') - (ch == ')')
    if ch == ',' and depth == 0:
      out.append(text[start:i].strip())
      start = i + 1
  return out + [text[start:].strip()]

def lay_out(prefix, params, tail):
  cols = []
  for p in params:
    m = None if '(' in p or p in ('void', '...') else PARAM.match(re.sub(r'\s+', ' ', p).replace('* ', '*'))
    cols.append((m['type'].rstrip(), m['stars'], m['name']) if m and m['type'].strip(' *') else (p, None, None))
  named = [(t, s) for t, s, n in cols if n]
  width = max((len(t) for t, s in named), default=0) + 1 + max((len(s) for t, s in named), default=0)
  lines = []
  for i, (t, s, n) in enumerate(cols):
    body = t if n is None else t + (s + n).rjust(width - len(t) + len(n))
    lines.append((' ' * len(prefix) if i else prefix) + body + (',' if i + 1 < len(cols) else ')' + tail))
  return lines

def process(lines):
  out, i = [], 0
  while i < len(lines):
    m = HEAD.match(lines[i])
    definition = m and not m['lead'] and i and re.match(r'^[A-Za-z_].*[\w*]$', lines[i - 1])
    prototype = m and m['lead'] and not m['lead'].startswith(('return', 'typedef', 'else', '#'))
    if definition or prototype:
      j, text = i, lines[i]
      while text.count('(') > text.count(')') and j + 1 < len(lines):
        j += 1
        text += ' ' + lines[j].strip()
      start, depth = text.index('('), 0
      for end in range(start, len(text)):
        depth += (text[end] == '(') - (text[end] == ')')
        if depth == 0:
          break
      tail = text[end + 1:]
      if definition and tail == '' or prototype and tail.endswith(';'):
        out += lay_out(text[:start + 1], split_params(text[start + 1:end]), tail)
        i = j + 1
        continue
    out.append(lines[i])
    i += 1
  return out

for path in sys.argv[1:]:
  old = open(path).read()
  new = '\n'.join(process(old.split('\n')))
  if new != old:
    open(path, 'w').write(new)
