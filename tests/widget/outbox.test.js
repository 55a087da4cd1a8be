// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict'
import { webcrypto } from 'node:crypto'
import test from 'node:test'
import { MemoryTables } from '../../server-stub/widget/cache.js'
import { Outbox, newCid } from '../../server-stub/widget/outbox.js'
import { FakeClock, settle } from './fake.js'

function rig () {
  const clock = new FakeClock()
  const tables = new MemoryTables()
  const sent = []
  const stored = []
  const states = []
  const uploads = []
  const outbox = new Outbox({
    tables,
    env: clock,
    send: (entry, done) => sent.push({ entry, done }),
    upload: (entry, onProgress) => {
      const upload = { entry, onProgress, isCancelled: false }
      uploads.push(upload)
      const done = new Promise((resolve, reject) => Object.assign(upload, { resolve, reject }))
      return { done, cancel: () => { upload.isCancelled = true; upload.reject(Object.assign(new Error('cancelled'), { passing: true })) } }
    },
    onChange: (entry) => states.push(`${entry.text || 'picture'}:${entry.state}`),
    onStored: (entry, ack) => stored.push([entry.text || 'picture', ack.seq]),
  })
  let n = 0
  const add = (text, more = {}) => outbox.add({ cid: String(++n).padStart(16, '0'), at: clock.ms, text, ...more })
  return { clock, tables, sent, stored, states, uploads, outbox, add }
}

test('cid: 16 hex digits, never zero, all different', () => {
  const seen = new Set(Array.from({ length: 5000 }, () => newCid(webcrypto)))
  assert.equal(seen.size, 5000)
  for (const cid of seen) assert.match(cid, /^[0-9a-f]{16}$/)
  assert.notEqual(newCid({ getRandomValues: (bytes) => bytes }), '0000000000000000')
})

test('kept before it is sent; one at a time, in order; gone after the ack', async () => {
  const { outbox, add, sent, stored, tables, states } = rig()
  await add('a')
  await add('b')
  assert.equal(sent.length, 0)
  assert.equal((await tables.all('outbox')).length, 2)
  outbox.open()
  assert.equal(sent.length, 1)
  sent[0].done({ t: 'ack', seq: 1 })
  assert.equal(sent[1].entry.text, 'b')
  sent[1].done({ t: 'ack', seq: 2 })
  await settle()
  assert.deepEqual(stored, [['a', 1], ['b', 2]])
  assert.equal((await tables.all('outbox')).length, 0)
  assert.deepEqual(states.filter((state) => state.startsWith('a')), ['a:queued', 'a:sending'])
})

test('a lost connection sends the same cid again', async () => {
  const { outbox, add, sent } = rig()
  await add('a')
  outbox.open()
  outbox.close()
  sent[0].done(null)
  assert.equal(outbox.entries[0].state, 'queued')
  outbox.open()
  assert.equal(sent[1].entry.cid, sent[0].entry.cid)
})

test('429, 503 and 507 wait and send the same again; 413 fails with its reason', async () => {
  for (const code of [429, 503, 507]) {
    const { outbox, add, sent, clock } = rig()
    await add('a')
    outbox.open()
    sent[0].done({ t: 'error', code, slug: 'x', retry: 1500 })
    await clock.move(1499)
    assert.equal(sent.length, 1)
    await clock.move(2)
    assert.equal(sent.length, 2)
    assert.equal(sent[1].entry.cid, sent[0].entry.cid)
  }
  const { outbox, add, sent, tables } = rig()
  await add('a')
  await add('b')
  outbox.open()
  sent[0].done({ t: 'error', code: 413, slug: 'too_large' })
  assert.deepEqual([outbox.entries[0].state, outbox.entries[0].reason], ['failed', 'too_large'])
  assert.equal(sent[1].entry.text, 'b', 'the next line is not held up')
  assert.equal((await tables.all('outbox'))[0].state, 'failed')
})

test('retry and delete of a failed line', async () => {
  const { outbox, add, sent, tables } = rig()
  await add('a')
  outbox.open()
  sent[0].done({ t: 'error', code: 403, slug: 'forbidden' })
  outbox.retry(outbox.entries[0].cid)
  assert.equal(sent.length, 2)
  sent[1].done({ t: 'error', code: 403, slug: 'forbidden' })
  outbox.remove(outbox.entries[0].cid)
  assert.equal(outbox.entries.length, 0)
  assert.equal((await tables.all('outbox')).length, 0)
})

test('a conversation that is over: the line goes to whatever is current, once', async () => {
  const { outbox, add, sent } = rig()
  await add('a', { conv: 300 })
  outbox.open()
  sent[0].done({ t: 'error', code: 410, slug: 'closed' })
  assert.equal(sent[1].entry.conv, 0)
  sent[1].done({ t: 'error', code: 410, slug: 'closed' })
  assert.equal(outbox.entries[0].state, 'failed')
})

test('a line seen in the log is stored, whatever became of its ack', async () => {
  const { outbox, add, stored } = rig()
  await add('a')
  outbox.open()
  assert.ok(outbox.confirm(outbox.entries[0].cid, { seq: 5 }))
  assert.equal(outbox.confirm('ffffffffffffffff', { seq: 6 }), false)
  assert.deepEqual(stored, [['a', 5]])
  assert.equal(outbox.entries.length, 0)
})

test('silence for 15 s is told', async () => {
  const { outbox, add, clock } = rig()
  let isTold = false
  outbox.onSilence = () => { isTold = true }
  await add('a')
  outbox.open()
  await clock.move(14999)
  assert.equal(isTold, false)
  await clock.move(2)
  assert.ok(isTold)
})

test('words pass a picture that is still uploading; the picture follows when it is there', async () => {
  const { outbox, add, sent, uploads } = rig()
  outbox.open()
  await add('', { file: { mime: 'image/png' } })
  await add('words')
  assert.equal(uploads.length, 1)
  assert.equal(sent[0].entry.text, 'words')
  sent[0].done({ t: 'ack', seq: 1 })
  uploads[0].onProgress(0.5)
  assert.equal(outbox.entries[0].progress, 0.5)
  uploads[0].resolve({ kind: 'image', url: '/media/1' })
  await settle()
  assert.equal(sent[1].entry.media.url, '/media/1')
})

test('a picture that an earlier widget kept goes out', async () => {
  const { outbox, uploads } = rig()
  outbox.adopt([{ cid: '1', order: 1, picture: { mime: 'image/png' } }])
  outbox.open()
  assert.deepEqual(uploads[0].entry.file, { mime: 'image/png' })
})

test('an upload can be cancelled; the next one starts', async () => {
  const { outbox, add, uploads, tables } = rig()
  outbox.open()
  await add('', { file: {} })
  await add('', { file: {} })
  outbox.remove(outbox.entries[0].cid)
  await settle()
  assert.ok(uploads[0].isCancelled)
  assert.equal(uploads.length, 2)
  assert.equal((await tables.all('outbox')).length, 1)
})

test('an upload that keeps failing says so after some tries', async () => {
  const { outbox, add, uploads, clock } = rig()
  outbox.open()
  await add('', { file: {} })
  for (let i = 0; i < 10 && outbox.entries[0].state !== 'failed'; i++) {
    uploads.at(-1).reject(Object.assign(new Error('x'), { slug: 'try_again', passing: true, retry_ms: 1000 }))
    await clock.move(1001)
  }
  assert.equal(outbox.entries[0].state, 'failed')
  assert.ok(uploads.length > 2)
})

test('media the gateway does not know any more is uploaded once more', async () => {
  const { outbox, add, sent, uploads } = rig()
  outbox.open()
  await add('', { file: {}, media: { url: '/media/old' } })
  sent[0].done({ t: 'error', code: 422, slug: 'unknown_media' })
  assert.equal(uploads.length, 1)
  uploads[0].resolve({ url: '/media/new' })
  await settle()
  sent[1].done({ t: 'error', code: 422, slug: 'unknown_media' })
  assert.equal(outbox.entries[0].state, 'failed')
})

test('after a reload everything is there again, the failed still failed', async () => {
  const first = rig()
  await first.add('a')
  await first.add('b')
  first.outbox.open()
  first.sent[0].done({ t: 'error', code: 413, slug: 'too_large' })
  await settle()
  const second = rig()
  second.outbox.open()
  second.outbox.adopt(await first.tables.all('outbox'))
  assert.deepEqual(second.outbox.entries.map((entry) => [entry.text, entry.state]), [['a', 'failed'], ['b', 'sending']])
})
