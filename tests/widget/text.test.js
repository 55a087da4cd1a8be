// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict'
import test from 'node:test'
import { pickLanguage, translator } from '../../server-stub/widget/i18n.js'
import { lengthOf, linkify, plain, safeUrl } from '../../server-stub/widget/text.js'

const CASES = [
  ['see https://a.example/x?y=1.', ['see ', '[https://a.example/x?y=1]', '.']],
  ['(https://a.example/b)', ['(', '[https://a.example/b]', ')']],
  ['https://en.wiki.example/T_(x)', ['[https://en.wiki.example/T_(x)]']],
  ['请看 https://茶.example/龙井，好吗', ['请看 ', '[https://茶.example/龙井]', '，好吗']],
  ['javascript:alert(1) data:text/html,x ftp://x', ['javascript:alert(1) data:text/html,x ftp://x']],
  ['http://', ['http://']],
  ['http:///etc/passwd', ['http:///etc/passwd']],
  ['HTTPS://A.example', ['[HTTPS://A.example]']],
  ['a\nhttp://b.example\nc', ['a\n', '[http://b.example]', '\nc']],
  ['<a href="https://x.example">', ['<a href="', '[https://x.example]', '">']],
  ['', []],
]
for (const [text, wanted] of CASES) {
  test(`links: ${JSON.stringify(text)}`, () => {
    const pieces = linkify(text)
    assert.deepEqual(pieces.map((piece) => (piece.href ? `[${piece.text}]` : piece.text)), wanted)
    assert.equal(pieces.map((piece) => piece.text).join(''), text)
    for (const { href } of pieces) if (href) assert.match(href, /^https?:\/\/[^/]/)
  })
}

test('bidirectional overrides are taken out, letters of right-to-left scripts stay', () => {
  assert.equal(plain('a\u202Eb\u2066c\u2069'), 'abc')
  assert.equal(plain('שלום'), 'שלום')
  assert.equal(plain(undefined), '')
  assert.equal(linkify('https://good.example/\u202Egpj.exe')[0].text, 'https://good.example/gpj.exe')
})

test('only http and https are addresses', () => {
  assert.equal(safeUrl('javascript:alert(1)'), '')
  assert.equal(safeUrl('/media/1', 'https://gate.example'), 'https://gate.example/media/1')
  assert.equal(safeUrl('//evil.example/x', 'https://gate.example'), 'https://evil.example/x')
  assert.equal(safeUrl('nonsense'), '')
})

test('length is counted in characters', () => assert.equal(lengthOf('a😀茶'), 3))

test('language', () => {
  assert.equal(pickLanguage(['', null, 'zh-TW', 'en']), 'zh-CN')
  assert.equal(pickLanguage(['fr', 'en-GB', 'zh']), 'en')
  assert.equal(pickLanguage(['fr']), 'en')
})

test('words: values, plural, missing ones show their key', () => {
  const t = translator({ a: 'number {n}', a_1: 'one', b: '{name} {name}' })
  assert.equal(t('a', { n: 2 }), 'number 2')
  assert.equal(t('a', { n: 1 }), 'one')
  assert.equal(t('b', { name: '{n}' }), '{n} {n}')
  assert.equal(t('none'), 'none')
})
