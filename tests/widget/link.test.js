// SPDX-License-Identifier: GPL-3.0-or-later
// Connection and its patience, on a fake clock.
import assert from 'node:assert/strict'
import test from 'node:test'
import { afterClose, nextPing, retryDelay } from '../../server-stub/widget/backoff.js'
import { Link } from '../../server-stub/widget/link.js'
import { FakeClock, dice, fakeSockets } from './fake.js'

function rig ({ random = () => 0.5, resume = null } = {}) {
  const clock = new FakeClock()
  const sockets = fakeSockets()
  const frames = []
  const states = []
  const credentials = { resume }
  const link = new Link({
    env: { ...clock, WebSocket: sockets.Socket, random, now: clock.now },
    url: 'ws://gate/ws?app=demo',
    greet: () => ({ hello: { v: 1 }, auth: { visitor: 'vk_x' }, resume: credentials.resume }),
    onFrame: (frame) => frames.push(frame),
    onState: (state, detail) => { states.push(state); if (detail.anew) credentials.resume = null },
  })
  const signIn = () => {
    sockets.last.open()
    sockets.last.answer(credentials.resume ? 'resume' : 'auth', { t: 'welcome', ping: 30 })
  }
  return { clock, sockets, frames, states, link, credentials, signIn }
}

test('first retry within 5 s, then 1, 2, 4 … 30 s, with full jitter', () => {
  const almost = () => 0.999999
  assert.deepEqual([0, 1, 2, 3, 4, 5, 6, 7, 20].map((n) => Math.round(retryDelay(n, almost))), [5000, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000])
  assert.equal(retryDelay(0, () => 0), 0)
  const random = dice(7)
  const mean = Array.from({ length: 4000 }, () => retryDelay(0, random)).reduce((a, b) => a + b) / 4000
  assert.ok(Math.abs(mean - 2500) < 120, `uniform over 0…5 s, mean ${mean}`)
})

test('heartbeat is 30 s ± 10 %', () => {
  assert.equal(nextPing(30, () => 0), 27000)
  assert.ok(nextPing(30, () => 0.999) < 33000)
})

test('close codes', () => {
  for (const code of [1008, 4003, 4007, 4009]) assert.ok(afterClose(code).stop, String(code))
  for (const code of [1006, 1011, 1012, 4005, 4008, 4010]) assert.ok(!afterClose(code).stop, String(code))
  assert.equal(afterClose(1013).least_ms, 10000)
  assert.equal(afterClose(4006).least_ms, 60000)
  assert.ok(afterClose(4004).anew)
})

test('hello and auth go out together, the subprotocol is asked for', () => {
  const { link, sockets } = rig()
  link.start()
  sockets.last.open()
  assert.equal(sockets.last.protocol, 'gate.v1.json')
  assert.deepEqual(sockets.last.sent.map((frame) => frame.t), ['hello', 'auth'])
  assert.equal(link.isReady, false)
})

test('comes back after a loss, resumes, and a stopped one does not', async () => {
  const { link, sockets, clock, signIn } = rig()
  link.start()
  signIn()
  assert.ok(link.isReady)
  sockets.last.lose(1006)
  assert.equal(link.state, 'waiting')
  await clock.move(2499)
  assert.equal(sockets.made.length, 1)
  await clock.move(2)
  assert.equal(sockets.made.length, 2)
  signIn()
  sockets.last.lose(4009)
  await clock.move(600000)
  assert.equal(sockets.made.length, 2)
  assert.equal(link.state, 'stopped')
  assert.equal(link.stopCode, 4009)
})

test('attempts back off and a welcome forgets them', async () => {
  const { link, sockets, clock, signIn } = rig({ random: () => 0.999999 })
  link.start()
  const waits = []
  for (let i = 0; i < 6; i++) { sockets.last.lose(1006); waits.push(Math.round(clock.pending[0])); await clock.move(clock.pending[0] + 1) }
  assert.deepEqual(waits, [5000, 1000, 2000, 4000, 8000, 16000])
  signIn()
  sockets.last.lose(1006)
  assert.equal(Math.round(clock.pending[0]), 5000)
})

test('a half-open connection is noticed by the missing pong, without waiting for its close', async () => {
  const { link, sockets, clock, signIn } = rig()
  link.start()
  signIn()
  const first = sockets.last
  await clock.move(30000)
  assert.deepEqual(first.sentOf('ping').map((frame) => frame.n), [1])
  first.tell({ t: 'pong', n: 1 })
  await clock.move(30000)
  assert.equal(first.sentOf('ping').length, 2)
  await clock.move(10000)
  assert.equal(link.state, 'waiting')
  assert.ok(first.isClosed)
})

test('any frame proves life', async () => {
  const { link, sockets, clock, signIn } = rig()
  link.start()
  signIn()
  await clock.move(35000)
  sockets.last.tell({ t: 'typing', on: true })
  await clock.move(9000)
  assert.equal(link.state, 'ready')
})

test('a silent gateway costs 15 s', async () => {
  const { link, sockets, clock } = rig()
  link.start()
  sockets.last.open()
  await clock.move(15000)
  assert.equal(link.state, 'waiting')
})

test('bye: leaves at the time it was given, and only then', async () => {
  const { link, sockets, clock, frames, signIn } = rig()
  link.start()
  signIn()
  sockets.last.tell({ t: 'bye', reason: 'drain', delay: 4200 })
  await clock.move(4100)
  assert.equal(link.state, 'ready')
  await clock.move(200)
  assert.equal(sockets.made.length, 2)
  assert.ok(frames.some((frame) => frame.t === 'bye'))
})

test('bye, then the node goes first: the rest of the delay is still honoured', async () => {
  const { link, sockets, clock, signIn } = rig({ random: () => 0 })
  link.start()
  signIn()
  sockets.last.tell({ t: 'bye', reason: 'drain', delay: 4000 })
  await clock.move(1000)
  sockets.last.lose(1012)
  await clock.move(2900)
  assert.equal(sockets.made.length, 1)
  await clock.move(200)
  assert.equal(sockets.made.length, 2)
})

test('overloaded and abused wait their least time', async () => {
  for (const [code, least] of [[1013, 10000], [4006, 60000]]) {
    const { link, sockets, clock } = rig({ random: () => 0 })
    link.start()
    sockets.last.lose(code)
    await clock.move(least - 10)
    assert.equal(sockets.made.length, 1)
    await clock.move(20)
    assert.equal(sockets.made.length, 2)
  }
})

test('retry of a fatal error is honoured', async () => {
  const { link, sockets, clock } = rig({ random: () => 0 })
  link.start()
  sockets.last.open()
  sockets.last.answer('auth', { t: 'error', code: 503, slug: 'draining', retry: 7000, fatal: true })
  sockets.last.lose(1013)
  assert.equal(clock.pending[0], 10000)
})

test('a refused resume signs in on the same connection', () => {
  const { link, sockets } = rig({ resume: { token: 'r1.old', have: [], log: 1 } })
  link.start()
  sockets.last.open()
  sockets.last.answer('resume', { t: 'error', code: 401, slug: 'unauthenticated' })
  assert.deepEqual(sockets.last.sent.map((frame) => frame.t), ['hello', 'resume', 'auth'])
  sockets.last.answer('auth', { t: 'welcome' })
  assert.ok(link.isReady)
})

test('4004 closes: the next one signs in at once, without the token', async () => {
  const { link, sockets, clock } = rig({ resume: { token: 'r1.old', have: [], log: 1 } })
  link.start()
  sockets.last.open()
  sockets.last.lose(4004)
  await clock.move(1)
  sockets.last.open()
  assert.deepEqual(sockets.last.sent.map((frame) => frame.t), ['hello', 'auth'])
})

test('requests get their one answer, or null when the connection goes', () => {
  const { link, sockets, signIn } = rig()
  link.start()
  signIn()
  const answers = []
  link.request({ t: 'msg', text: 'a' }, (reply) => answers.push(reply))
  link.request({ t: 'msg', text: 'b' }, (reply) => answers.push(reply))
  const [a] = sockets.last.sentOf('msg')
  sockets.last.tell({ t: 'batch', frames: [{ t: 'ack', id: a.id, seq: 1 }, { t: 'pong', n: 9 }] })
  sockets.last.lose(1006)
  assert.deepEqual(answers, [{ t: 'ack', id: a.id, seq: 1 }, null])
  link.request({ t: 'msg', text: 'c' }, (reply) => answers.push(reply))
  assert.equal(answers[2], null)
})

test('probe: a waiting link tries at once, a ready one asks for a pong', async () => {
  const { link, sockets, clock, signIn } = rig()
  link.start()
  signIn()
  link.probe(5000)
  assert.equal(sockets.last.sentOf('ping').length, 1)
  await clock.move(5000)
  assert.equal(link.state, 'waiting')
  link.probe(5000)
  assert.equal(sockets.made.length, 2)
})

test('a page whose policy forbids the connection only waits', () => {
  const clock = new FakeClock()
  class Forbidden { constructor () { throw new Error('SecurityError') } }
  const link = new Link({ env: { ...clock, WebSocket: Forbidden, random: () => 0.5, now: clock.now }, url: 'ws://x', greet: () => ({}), onFrame () {}, onState () {} })
  link.start()
  assert.equal(link.state, 'waiting')
})
