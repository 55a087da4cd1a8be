# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a script smaller without changing what it does: comments, blanks, names.

It reads tokens, not patterns, so that strings, templates and regular expressions stay as they are. Two kinds of names
become short: private ones (`#name`), which nobody outside can say; and declared names that never occur as a key.
"""
import collections
import itertools
import re

TOKEN = re.compile(r"""
    (?P<space>\s+)
  | (?P<comment>//[^\n]*|/\*.*?\*/)
  | (?P<string>'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")
  | (?P<number>0x[0-9a-fA-F]+|\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?|\.\d+)
  | (?P<private>\#[A-Za-z_$][\w$]*)
  | (?P<word>[A-Za-z_$][\w$]*)
  | (?P<mark>=>|\?\.(?!\d)|\?\?=|\|\|=|&&=|\*\*|\.\.\.|[=!]==?|[<>]=|&&|\|\||\?\?|\+\+|--|[-+*/%]=|[{}()\[\].,;:?=+\-*/%<>!&|^~])
""", re.X | re.S)
REGEX = re.compile(r'/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/[a-z]*')
BEFORE_REGEX = set('( , = : [ ! & | ? { } ; => && || ?? return typeof'.split()) | {''}
KEYWORDS = set('''async await break case catch class const continue default delete do else extends false finally for from function get if in
instanceof let new null of return set static super switch this throw true try typeof undefined var void while with yield'''.split())
ENDS = set(') ] }'.split())


def tokens(text, at=0, closing=None):
    """(kind, text) pairs up to an unmatched `closing`; a template is split into its parts."""
    previous, depth = '', 0
    while at < len(text):
        if text[at] == '`':
            at = yield from template(text, at)
            previous = '`'
            continue
        match = REGEX.match(text, at) if text[at] == '/' and previous in BEFORE_REGEX and text[at:at + 2] not in ('//', '/*') else None
        kind = 'regex' if match else None
        match = match or TOKEN.match(text, at)
        if not match:
            raise SyntaxError(f'squeeze.py: cannot read {text[at:at + 40]!r}')
        kind = kind or match.lastgroup
        token = match.group()
        if kind == 'mark' and closing:
            depth += (token == '{') - (token == '}')
            if depth < 0:
                return at
        yield kind, token
        at = match.end()
        if kind not in ('space', 'comment'):
            previous = token
    return at


def template(text, at):
    """A template from its first to its last back-tick; code inside `${…}` is code again."""
    start, at = at, at + 1
    while text[at] != '`':
        if text[at] == '\\':
            at += 2
        elif text.startswith('${', at):
            yield 'template', text[start:at + 2]
            at = yield from tokens(text, at + 2, '}')
            start, at = at, at + 1
        else:
            at += 1
    yield 'template', text[start:at + 1]
    return at + 1


def short_names(taken):
    letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$'
    for length in itertools.count(1):
        for name in map(''.join, itertools.product(letters, repeat=length)):
            if name not in taken and name not in KEYWORDS:
                yield name


def renames(code):
    """Old name → short name, the most frequent first."""
    stack, declared, keys = [], set(), set()
    for i, (kind, token) in enumerate(code):
        before = code[i - 1][1] if i else ''
        after = code[i + 1][1] if i + 1 < len(code) else ''
        if kind == 'template':
            if token.startswith('}') and stack and stack[-1] == '${':
                stack.pop()
            if token.endswith('${'):
                stack.append('${')
        elif token in ('{', '(', '['):
            stack.append(token)
        elif token in ENDS and stack:
            stack.pop()
        if kind != 'word' or token in KEYWORDS:
            continue
        in_braces = bool(stack) and stack[-1] == '{'
        if before in ('const', 'let', 'function', 'class') or after == '=>':
            declared.add(token)
        if before in ('.', '?.') or (in_braces and before in ('{', ',', '...', 'get', 'set', 'async') and after in (',', '}', '=', '(', ':')):
            keys.add(token)
        if in_braces and after == '(' and code[matching(code, i + 1) + 1][1] == '{' and before != 'function':
            keys.add(token)                           # a method
    declared |= parameters(code)
    used = collections.Counter(token for kind, token in code if kind == 'word')
    named = declared - keys
    fresh = short_names(set(used))
    return {name: next(fresh) for name, _ in used.most_common() if name in named and len(name) > 2 and name not in GLOBALS}


def parameters(code):
    """Plain names in the parentheses before `=>` or a body."""
    found = set()
    for i, (_, token) in enumerate(code):
        if token != '(' or code[i - 1][1] in ('if', 'for', 'while', 'switch'):
            continue
        closing = matching(code, i)
        if code[closing + 1][1] not in ('=>', '{'):
            continue
        depth = 0
        for j in range(i + 1, closing):
            depth += (code[j][1] in ('(', '[', '{')) - (code[j][1] in ENDS)
            if depth == 0 and code[j][0] == 'word' and code[j - 1][1] in ('(', ',', '...'):
                found.add(code[j][1])
    return found


GLOBALS = set('''window document navigator location self globalThis console setTimeout clearTimeout fetch crypto indexedDB performance URL Map Set
Math JSON Date Object Array String Number Promise Proxy Error TypeError Blob File Image Intl XMLHttpRequest WebSocket Uint8Array CSSStyleSheet
FormData AudioContext GainNode OscillatorNode matchMedia requestAnimationFrame requestIdleCallback addEventListener createImageBitmap
encodeURIComponent trustedTypes arguments undefined NaN Infinity'''.split())


def matching(code, at):
    depth = 0
    for i in range(at, len(code)):
        depth += code[i][1] in ('(', '[', '{')
        depth -= code[i][1] in ENDS
        if depth == 0:
            return i
    raise SyntaxError('squeeze.py: brackets do not match')


def squeeze(text):
    raw = list(tokens(text))
    significant = [(kind, token) for kind, token in raw if kind not in ('space', 'comment')] + [('end', '')]
    names = renames(significant)
    count = collections.Counter(token for kind, token in significant if kind == 'private')
    private = dict(zip((name for name, _ in count.most_common()), ('#' + name for name in short_names(()))))
    out, gap = [], ''
    for kind, token in raw:
        if kind in ('space', 'comment'):
            gap = '\n' if '\n' in token or gap == '\n' else gap or ' '
            continue
        token = names.get(token, token) if kind == 'word' else private.get(token, token)
        if gap and out:
            out.append(between(out[-1], token, gap))
        out.append(token)
        gap = ''
    return ''.join(out) + '\n'


def between(left, right, gap):
    """What must stand between two tokens that had a gap."""
    a, b = left[-1], right[0]
    if gap == '\n' and not (a in '{([,;:?.=+-*&|!<>~^%' and left not in ('++', '--')) and b not in '}).],;:?&|=*':
        return '\n'
    if gap == '\n' and b == '*':
        return '\n'
    is_word = lambda c: c.isalnum() or c in '_$#'
    if is_word(a) and is_word(b) or a == b and a in '+-/':
        return ' '
    return ''
