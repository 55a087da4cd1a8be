// SPDX-License-Identifier: GPL-3.0-or-later
// The files as they are shipped: what must not be in them, and how large they may be.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { gunzipSync } from 'node:zlib'

const SOURCE = new URL('../../server-stub/widget/', import.meta.url).pathname
const MOST_BYTES = 30000
const MOST_LOADER_BYTES = 3000
const MOST_RECORDING_BYTES = 2000
const SHIPPED = ['widget.js', 'chat.js', 'en.json', 'zh-CN.json']

function pack () {
  const folder = mkdtempSync(join(tmpdir(), 'usher-widget-'))
  execFileSync('python3', [join(SOURCE, 'pack.py'), SOURCE, folder])
  const files = Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]))
  rmSync(folder, { recursive: true })
  return files
}
const files = pack()

const scripts = readdirSync(SOURCE).filter((name) => name.endsWith('.js')).map((name) => [name, readFileSync(join(SOURCE, name), 'utf8')])

test('no way from text to markup or code', () => {
  const forbidden = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|createContextualFragment|DOMParser|srcdoc|setHTML|dangerously|setAttribute\('style'|\.cssText/
  for (const [name, text] of scripts) assert.doesNotMatch(text, forbidden, name)
  for (const name of ['chat.js', 'recording.js']) assert.doesNotMatch(files[name].toString(), forbidden)
})

test('no request to anybody else', () => {
  for (const [name, text] of scripts) assert.doesNotMatch(text.replaceAll('http://www.w3.org/2000/svg', ''), /https?:\/\/[a-z0-9]/i, name)
  const css = readFileSync(join(SOURCE, 'style.css'), 'utf8') + readFileSync(join(SOURCE, 'demo/shop.css'), 'utf8')
  assert.doesNotMatch(css, /url\(|@import|@font-face/)
})

test('under 30 KB gzipped in all, the loader under 3 KB as it is', () => {
  const sizes = SHIPPED.map((name) => files[`${name}.gz`].length)
  const total = sizes.reduce((a, b) => a + b)
  console.log(`widget: ${total} bytes gzipped (${SHIPPED.map((name, i) => `${name} ${sizes[i]}`).join(', ')})`)
  assert.ok(total < MOST_BYTES, `${total} bytes`)
  assert.ok(files['widget.js'].length < MOST_LOADER_BYTES)
})

test('what only those load who press the microphone is under 2 KB gzipped', () => {
  const size = files['recording.js.gz'].length
  console.log(`widget: ${size} bytes gzipped for recording`)
  assert.ok(size < MOST_RECORDING_BYTES, `${size} bytes`)
})

test('each file and its gzip hold the same, and the same input gives the same bytes', () => {
  const again = pack()
  for (const [name, data] of Object.entries(files)) {
    assert.ok(data.equals(again[name]), name)
    if (name.endsWith('.gz')) assert.ok(gunzipSync(data).equals(files[name.slice(0, -3)]), name)
  }
})

test('the loader and the header know the same hash', () => {
  const [, hash] = files['gate-widget-hash.h'].toString().match(/GATE_WIDGET_HASH "([0-9a-f]{16})"/)
  assert.ok(files['widget.js'].toString().includes(`/widget/${hash}/`))
})

test('both languages have all words, with the same blanks', () => {
  const [en, zh] = ['en', 'zh-CN'].map((name) => JSON.parse(readFileSync(join(SOURCE, `lang/${name}.json`), 'utf8')))
  assert.deepEqual(Object.keys(zh).sort(), Object.keys(en).sort())
  const blanks = (text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort().join()
  for (const key of Object.keys(en)) assert.equal(blanks(zh[key]), blanks(en[key]), key)
  for (const [key, text] of Object.entries(zh)) assert.match(text, /[\u4e00-\u9fff]/, key)
})

test('every word that is asked for exists, and every word is asked for', () => {
  const en = JSON.parse(readFileSync(join(SOURCE, 'lang/en.json'), 'utf8'))
  const code = scripts.map(([, text]) => text).join('\n')
  const asked = [...code.matchAll(/\bt\('([a-z_0-9]+)'/g)].map((match) => match[1])
  for (const key of asked) assert.ok(en[key] !== undefined, key)
  const quoted = new Set([...code.matchAll(/'([a-z_0-9]+)'/g)].map((match) => match[1]))
  const built = /^(state|why|mark|event)_|_1$/
  for (const key of Object.keys(en)) assert.ok(quoted.has(key) || built.test(key), `${key} is never used`)
})

test('the demo page needs no inline script or style', () => {
  const html = readFileSync(join(SOURCE, 'demo/index.html'), 'utf8')
  assert.doesNotMatch(html, /<style|\sstyle=|\son\w+=|javascript:/)
  assert.doesNotMatch(html, /<script(?![^>]*\ssrc=)/)
})
