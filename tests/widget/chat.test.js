// SPDX-License-Identifier: GPL-3.0-or-later
// The whole chat without a page: against a small gateway in the same process that loses connections and answers,
// and against tabs that are reloaded at the worst moment.
import assert from 'node:assert/strict'
import { webcrypto } from 'node:crypto'
import test from 'node:test'
import { MemoryTables } from '../../server-stub/widget/cache.js'
import { Chat } from '../../server-stub/widget/chat.js'
import { FakeClock, dice, fakeSockets, memoryValues, settle } from './fake.js'

/** Answers as the protocol says; each frame may be lost together with its connection. */
class Gateway {
  rows = []
  log = 5501
  live = new Set()
  constructor (random, trouble, clock) { Object.assign(this, { random, trouble, clock }) }

  accept (socket) {
    this.live.add(socket)
    socket.send = (text) => this.#travel(socket, () => this.#take(JSON.parse(text), socket))
    socket.open()
  }

  /** A millisecond each way; what is on the way when the connection breaks is lost. */
  #travel (socket, arrive) {
    this.clock.setTimeout(() => {
      if (socket.isClosed) return
      if (this.random() < this.trouble) this.drop(socket)
      else arrive()
    }, 1)
  }

  drop (socket) {
    this.live.delete(socket)
    if (!socket.isClosed) { socket.isClosed = true; socket.lose(1006) }
  }

  tell (socket, frame) { this.#travel(socket, () => socket.tell(frame)) }

  append (row) {
    const full = { conv: 300, seq: this.rows.length + 1, ts: 1, ...row }
    this.rows.push(full)
    return full
  }

  say (text) {
    const row = this.append({ role: 'agent', from: 42, text })
    for (const socket of [...this.live]) if (socket.isSignedIn) this.tell(socket, { t: 'msg', ...row })
  }

  #take (frame, socket) {
    if (frame.t === 'hello') socket.caps = frame.caps
    if (frame.t === 'auth' || frame.t === 'resume') this.#welcome(frame, socket)
    if (frame.t === 'ping') this.tell(socket, { t: 'pong', n: frame.n })
    if (frame.t === 'history') this.#history(frame, socket)
    if (frame.t === 'msg') this.#message(frame, socket)
  }

  #welcome (frame, socket) {
    socket.isSignedIn = true
    const convs = this.rows.length ? [{ conv: 300, seq: this.rows.length, ep: 1 }] : []
    const caps = (this.caps || []).filter((one) => socket.caps?.includes(one))
    this.tell(socket, { t: 'welcome', caps, id: frame.id, self: 9001, rt: 'r1.x', ping: 30, log: this.log, convs, visitor: 'vk_x', resumed: frame.t === 'resume' })
    const have = frame.have?.[0]?.seq || 0
    if (frame.t === 'resume' && have > 0 && have < this.rows.length) this.#page(socket, { conv: 300, messages: this.rows.slice(have, have + 4), more: have + 4 < this.rows.length })
  }

  #page (socket, page) { this.tell(socket, { t: 'page', head: this.rows.length, ...page }) }

  #history (frame, socket) {
    const limit = Math.min(frame.limit, 5)
    const messages = frame.before ? this.rows.filter((row) => row.seq < frame.before).slice(-limit) : this.rows.filter((row) => row.seq > frame.after).slice(0, limit)
    this.#page(socket, { id: frame.id, conv: 300, messages, more: frame.before ? messages[0]?.seq > 1 : messages.at(-1)?.seq < this.rows.length })
  }

  #message (frame, socket) {
    let row = this.rows.find((one) => one.cid === frame.cid)
    const duplicate = !!row
    row ||= this.append({ cid: frame.cid, text: frame.text })
    if (!duplicate) for (const other of [...this.live]) if (other !== socket && other.isSignedIn) this.tell(other, { t: 'msg', ...row })
    this.tell(socket, { t: 'ack', id: frame.id, conv: 300, seq: row.seq, cid: frame.cid, ts: 1, duplicate })
  }
}

class Visitor {
  tables = new MemoryTables()
  shared = memoryValues()
  own = memoryValues()
  constructor (random, gateway, clock) {
    Object.assign(this, { random, gateway, clock })
    const sockets = fakeSockets()
    this.Socket = class extends sockets.Socket {
      constructor (...args) { super(...args); clock.setTimeout(() => { if (!this.isClosed) gateway.accept(this) }, 5) }
    }
  }

  async begin () {
    const { tables, shared, own, clock, random } = this
    this.chat = new Chat({
      env: { ...clock, WebSocket: this.Socket, random, now: clock.now }, tables, shared, own, crypto: webcrypto, app: 'demo', url: 'ws://gate', locale: 'en',
      tab: 'tab', device: 'd', wall: () => clock.ms, livingTabs: async () => new Set(), put: null, digest: async () => '',
    })
    await this.chat.load()
    this.chat.connect()
  }

  /** As a browser does: everything in memory is gone, the connection too. */
  async reload () {
    this.chat.link.stop()
    for (const socket of [...this.gateway.live]) if (socket instanceof this.Socket) this.gateway.live.delete(socket)
    await this.begin()
  }

  get lines () {
    const conv = this.chat.timeline.conv(300)
    return this.chat.timeline.visible(conv).map((line) => line.text)
  }
}

async function story (seed, rounds) {
  const random = dice(seed)
  const clock = new FakeClock()
  const gateway = new Gateway(random, 0.08, clock)
  const visitor = new Visitor(random, gateway, clock)
  await visitor.begin()
  const said = []
  for (let round = 0; round < rounds; round++) {
    const what = random()
    if (what < 0.35) { said.push(`v${round}`); await visitor.chat.say({ text: `v${round}` }) }
    else if (what < 0.6) gateway.say(`a${round}`)
    else if (what < 0.7) for (const socket of [...gateway.live]) gateway.drop(socket)
    else if (what < 0.76) await visitor.reload()
    await clock.move(random() * 3000)
    assertNoDoubles(visitor.lines, seed)
  }
  gateway.trouble = 0
  await clock.move(200000)
  return { gateway, visitor, said, seed }
}

function assertNoDoubles (lines, seed) { assert.equal(new Set(lines).size, lines.length, `seed ${seed}: a line is shown twice`) }

test('200 seeds of lost connections, lost answers and reloads: nothing lost, nothing twice, one order', async () => {
  for (let seed = 1; seed <= 200; seed++) {
    const { gateway, visitor, said } = await story(seed, 30)
    assert.deepEqual(visitor.lines, gateway.rows.map((row) => row.text), `seed ${seed}`)
    const stored = gateway.rows.filter((row) => row.cid).map((row) => row.text)
    assert.deepEqual(stored, said, `seed ${seed}: what was said, once each, in the order it was said`)
    assert.deepEqual(visitor.chat.outbox.entries, [], `seed ${seed}`)
    const conv = visitor.chat.timeline.conv(300)
    const kept = await visitor.tables.all('lines')
    assert.equal(kept.length, conv.last, `seed ${seed}: the cache holds each line once`)
  }
})

async function quiet (caps = []) {
  const clock = new FakeClock()
  const gateway = new Gateway(() => 0.5, 0, clock)
  gateway.caps = caps
  const visitor = new Visitor(() => 0.5, gateway, clock)
  await visitor.begin()
  await clock.move(100)
  return { clock, gateway, visitor, chat: visitor.chat }
}

test('another log: the cache is dropped and read again, what was unsent stays', async () => {
  const { clock, gateway, visitor } = await quiet()
  gateway.say('old 1')
  gateway.say('old 2')
  await clock.move(100)
  assert.deepEqual(visitor.lines, ['old 1', 'old 2'])
  for (const socket of [...gateway.live]) gateway.drop(socket)
  await visitor.chat.say({ text: 'mine' })
  gateway.log = 7777
  gateway.rows = []
  gateway.append({ role: 'agent', text: 'restored' })
  await clock.move(10000)
  assert.deepEqual(visitor.lines, ['restored', 'mine'])
})

test('a live line after a hole: the hole is asked for, then all is shown', async () => {
  const { clock, gateway, visitor } = await quiet()
  gateway.say('1')
  await clock.move(100)
  gateway.append({ role: 'agent', text: '2' })
  gateway.append({ role: 'agent', text: '3' })
  gateway.say('4')
  await clock.move(100)
  assert.deepEqual(visitor.lines, ['1', '2', '3', '4'])
})

test('a reload shows the lines before any connection', async () => {
  const { clock, gateway, visitor } = await quiet()
  await visitor.chat.say({ text: 'hello' })
  await clock.move(100)
  gateway.say('hi')
  await clock.move(100)
  visitor.chat.link.stop()
  await visitor.begin()
  assert.equal(visitor.chat.link.isReady, false)
  assert.deepEqual(visitor.lines, ['hello', 'hi'])
})

test('typing: at most one frame in 3 s, an end when it is sent', async () => {
  const { clock, gateway, chat } = await quiet()
  gateway.say('hi')
  await clock.move(100)
  const frames = []
  const [socket] = gateway.live
  const send = socket.send
  socket.send = (text) => { const frame = JSON.parse(text); if (frame.t === 'typing') frames.push(frame); send(text) }
  for (let i = 1; i <= 60; i++) { chat.type('x'.repeat(i)); await clock.move(100) }
  assert.equal(frames.length, 2)
  assert.ok(frames.every((frame) => frame.on && frame.preview === undefined), 'no preview without permission')
  await chat.say({ text: 'x' })
  assert.equal(frames.at(-1).on, undefined)
})

test('sneak peek: at most one a second, only when it changed, at most 500 characters', async () => {
  const { clock, gateway, chat } = await quiet(['preview'])
  gateway.say('hi')
  await clock.move(100)
  assert.ok(chat.canPreview, 'it asked, and may')
  const frames = []
  const [socket] = gateway.live
  socket.send = (text) => { const frame = JSON.parse(text); if (frame.t === 'typing') frames.push(frame) }
  for (let i = 1; i <= 30; i++) { chat.type('茶'.repeat(i * 30)); await clock.move(100) }
  await clock.move(5000)
  assert.equal(frames.length, 3)
  assert.ok(frames.every((frame) => [...frame.preview].length <= 500))
})

test('receipts: received when it came, seq only when it was visible, at most once a second', async () => {
  const { clock, gateway, chat } = await quiet()
  const frames = []
  const [socket] = gateway.live
  const send = socket.send
  socket.send = (text) => { const frame = JSON.parse(text); if (frame.t === 'read') frames.push(frame); send(text) }
  for (let i = 0; i < 10; i++) { gateway.say(`a${i}`); await clock.move(50) }
  await clock.move(2000)
  assert.deepEqual(frames.map(({ received, seq }) => [received, seq]), [[1, undefined], [10, undefined]])
  assert.equal(chat.unread(), 10)
  chat.setVisible(true)
  await clock.move(2000)
  assert.deepEqual([frames.at(-1).received, frames.at(-1).seq], [10, 10])
  assert.equal(chat.unread(), 0)
})

test('our own lines are delivered and read when the other side says so', async () => {
  const { clock, gateway, chat } = await quiet()
  await chat.say({ text: 'hello' })
  await clock.move(100)
  const [socket] = gateway.live
  socket.tell({ t: 'read', conv: 300, role: 'agent', received: 1 })
  assert.deepEqual(chat.current.theirs, { received: 1, seq: 0 })
  socket.tell({ t: 'read', conv: 300, role: 'agent', seq: 1 })
  assert.deepEqual(chat.current.theirs, { received: 1, seq: 1 })
})

test('somebody else signs in here: nothing of the first is shown or sent in their name', async () => {
  const { clock, gateway, visitor, chat } = await quiet()
  gateway.say('secret')
  await clock.move(100)
  for (const socket of [...gateway.live]) gateway.drop(socket)
  await chat.say({ text: 'unsent' })
  const [first] = chat.outbox.entries
  assert.equal(first.self, 9001)
  chat.outbox.close()
  gateway.rows = []
  const tell = gateway.tell.bind(gateway)
  gateway.tell = (socket, frame) => tell(socket, frame.t === 'welcome' ? { ...frame, self: 9002, resumed: false } : frame)
  await clock.move(10000)
  assert.deepEqual(visitor.lines, [])
  assert.deepEqual([first.state, first.reason], ['failed', 'other_visitor'])
  assert.equal(gateway.rows.length, 0)
  await settle()
})
