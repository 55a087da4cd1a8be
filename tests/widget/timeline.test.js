// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict'
import test from 'node:test'
import { Conversation, Timeline, isEdited, isRecalled } from '../../server-stub/widget/timeline.js'
import { dice } from './fake.js'

const row = (seq, more = {}) => ({ conv: 300, seq, ts: 1000 + seq, role: 'agent', from: 42, text: `line ${seq}`, ...more })
const texts = (timeline, id = 300) => timeline.visible(timeline.conv(id)).map((line) => line.text)

test('lines in order are shown at once, a repeat changes nothing', () => {
  const timeline = new Timeline()
  assert.equal(timeline.accept(row(1)).changed.length, 1)
  assert.equal(timeline.accept(row(2)).gap, false)
  assert.deepEqual(timeline.accept(row(2)), { changed: [], gap: false })
  assert.deepEqual(texts(timeline), ['line 1', 'line 2'])
})

test('a gap is not shown before it is filled, and then once', () => {
  const timeline = new Timeline()
  timeline.accept(row(1))
  assert.deepEqual(timeline.accept(row(4)), { changed: [], gap: true })
  assert.deepEqual(timeline.accept(row(5)), { changed: [], gap: true })
  assert.deepEqual(texts(timeline), ['line 1'])
  const { changed } = timeline.acceptPage(300, [row(2), row(3)])
  assert.deepEqual(changed.map((line) => line.seq), [2, 3, 4, 5])
  assert.deepEqual(texts(timeline), ['line 1', 'line 2', 'line 3', 'line 4', 'line 5'])
})

test('the newest page first, then older ones before it', () => {
  const timeline = new Timeline()
  timeline.acceptPage(300, [row(11), row(12)], true)
  timeline.acceptPage(300, [row(9), row(10)], true)
  const conv = timeline.conv(300)
  assert.deepEqual([conv.first, conv.last], [9, 12])
  assert.deepEqual(texts(timeline), ['line 9', 'line 10', 'line 11', 'line 12'])
})

test('a page that cannot be joined replaces what was held', () => {
  const timeline = new Timeline()
  timeline.accept(row(1))
  const { reset } = timeline.acceptPage(300, [row(7), row(8)])
  assert.ok(reset)
  assert.deepEqual(texts(timeline), ['line 7', 'line 8'])
})

test('an edit folds into the earlier line, a recall empties it; neither is a line', () => {
  const timeline = new Timeline()
  for (const one of [row(1), row(2), row(3, { replaces: 1, flags: 2, text: 'better' }), row(4, { replaces: 2, flags: 4, text: undefined })]) timeline.accept(one)
  const [first, second, ...rest] = timeline.visible(timeline.conv(300))
  assert.equal(first.text, 'better')
  assert.ok(isEdited(first))
  assert.equal(second.text, undefined)
  assert.ok(isRecalled(second))
  assert.equal(rest.length, 0)
  assert.equal(timeline.conv(300).last, 4)
})

test('an edit by somebody else changes nothing', () => {
  const timeline = new Timeline()
  timeline.accept(row(1))
  timeline.accept(row(2, { role: 'visitor', replaces: 1, flags: 2, text: 'forged' }))
  assert.deepEqual(texts(timeline), ['line 1'])
})

test('an old page is right without the new row, and an even older copy does not undo an edit', () => {
  const timeline = new Timeline()
  timeline.acceptPage(300, [row(1, { flags: 2, text: 'better' })])
  timeline.accept(row(2, { replaces: 1, flags: 2, text: 'better' }))
  timeline.acceptPage(300, [row(1)], true)
  assert.deepEqual(texts(timeline), ['better'])
})

test('edit, edit again, recall: the last word counts, in any order of folding', () => {
  const timeline = new Timeline()
  const rows = [row(1), row(2, { replaces: 1, flags: 2, text: 'b' }), row(3, { replaces: 1, flags: 2, text: 'c' })]
  timeline.acceptPage(300, rows)
  timeline.acceptPage(300, rows)
  assert.deepEqual(texts(timeline), ['c'])
})

test('unread counts what others said after the last seen line', () => {
  const timeline = new Timeline()
  for (const one of [row(1), row(2, { role: 'visitor' }), row(3), row(4, { text: undefined, event: { name: 'x' } })]) timeline.accept(one)
  assert.equal(timeline.unread(timeline.conv(300)), 2)
  timeline.conv(300).seen = 3
  assert.equal(timeline.unread(timeline.conv(300)), 0)
})

test('a conversation comes back from its record', () => {
  const timeline = new Timeline()
  for (let seq = 1; seq <= 3; seq++) timeline.accept(row(seq))
  const conv = timeline.conv(300)
  conv.agentName = 'Xiao Mei'
  const copy = Conversation.fromRecord(structuredClone(conv.toRecord()), [...conv.lines.values()])
  assert.deepEqual([copy.first, copy.last, copy.agentName, copy.lines.size], [1, 3, 'Xiao Mei', 3])
})

test('500 shuffles of live rows, duplicates and pages: every line once, in order', () => {
  for (let seed = 1; seed <= 500; seed++) {
    const random = dice(seed)
    const timeline = new Timeline()
    const log = Array.from({ length: 1 + Math.floor(random() * 30) }, (_, i) => row(i + 1))
    let told = 0
    while (timeline.conv(300).last < log.length) {
      const conv = timeline.conv(300)
      const what = random()
      if (what < 0.4) told = Math.min(log.length, told + 1 + Math.floor(random() * 3))
      const { gap } = timeline.accept(log[Math.floor(random() * Math.max(1, told))])
      if (gap || what > 0.8) timeline.acceptPage(300, log.slice(conv.last, conv.last + 1 + Math.floor(random() * 5)))
      assert.ok(conv.last >= timeline.visible(conv).length, `seed ${seed}`)
      assert.deepEqual(texts(timeline), log.slice(0, conv.last).map((line) => line.text), `seed ${seed}`)
    }
  }
})
