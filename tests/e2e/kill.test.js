// SPDX-License-Identifier: GPL-3.0-or-later
// Twenty rounds of talk; in each a process, drawn by lot, is killed with -9 mid-sentence. Afterwards the visitor's screen,
// the agent's screen and the database say the same: each line once, nothing acknowledged lost.
//
//   ROUNDS=20 SEED=1 with-display node --test tests/e2e/kill.test.js
import assert from 'node:assert/strict'
import test, { after, before } from 'node:test'
import { Console, Gateway, Workplace, claimDisplay, launchBrowser, sleep, until } from './harness.js'
import { Notifications } from './notifications.js'
import { assertSame, databaseLines } from './transcripts.js'
import { Visitor } from './visitor.js'

const ROUNDS = Number(process.env.ROUNDS || 20)
const SEED = Number(process.env.SEED || Date.now() % 1000000)
const LINES_EACH = 2                  // 81 in all: a console that starts anew shows the last 100, and older ones when one scrolls up
const KILL_WITHIN_MS = 700
const VICTIMS = ['core', 'edge', 'http', 'console', 'tab']

let state = SEED >>> 0
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return state / 4294967296
}

const place = new Workplace()
let gateway, console_, browser, visitor, notifications
let isGood = false

before(async () => {
  await claimDisplay()
  process.stderr.write(`seed ${SEED}\n`)
  notifications = await new Notifications().start()      // a bubble of the desktop's own would lie over the buttons
  gateway = new Gateway(place)
  gateway.addAgent('demo', 'Lin', 'supervisor')
  await gateway.start()
  console_ = new Console(gateway, place)
  await inStep()
  browser = await launchBrowser()
  visitor = new Visitor(await browser.newContext({ locale: 'en-US', viewport: { width: 900, height: 720 } }), gateway.url)
})

after(async () => {
  await browser?.close()
  await console_?.do('close').catch(() => {})
  await gateway?.stop()
  await notifications?.stop()
  if (isGood) place.remove()
  else process.stderr.write(`what is left of it: ${place.path}\n`)
})

const inStep = () => until(async () => (await console_.do('tree')).includes('In step'), 'the console in step', 60000)

const openChat = async () => {
  await console_.do('clickRow', { list: 'Conversations', text: 'Visitor' })
  await console_.do('shown', { role: 'text', name: 'Message' })
}

// --- who is killed, and what has to be done by hand afterwards: what a service manager, a person or a browser does ---

const kill = {
  core: async () => { await gateway.kill(); await gateway.start() },
  edge: async () => process.kill(pick(gateway.workers('edge')), 'SIGKILL'),
  http: async () => process.kill(pick(gateway.workers('http')), 'SIGKILL'),
  console: async () => process.kill(await consolePid, 'SIGKILL'),
  tab: () => visitor.crash(),
}
const mend = {
  console: async () => {
    await console_.do('start')
    await inStep()
    await openChat()
  },
  tab: () => visitor.open(),
}
const pick = (list) => list[Math.floor(random() * list.length)]
let consolePid

// --- both talk at once ------------------------------------------------------------------------------------------

/** Lines that were finished on their side; one that was cut off by the death of its own program is nobody's. */
async function visitorTalks (round, said) {
  for (let i = 0; i < LINES_EACH; i++) {
    const text = `round ${round} visitor ${i}`
    try { await visitor.say(text) } catch { return }
    said.push(text)
    await sleep(random() * 250)
  }
}

async function agentTalks (round, said) {
  for (let i = 0; i < LINES_EACH; i++) {
    const text = `round ${round} agent ${i}`
    try {
      await console_.click('text', 'Message', 15)
      await console_.key('ctrl+a')                   // what a dead console left as a draft
      await console_.do('type', { text })
      await console_.key('Return')
    } catch { return }
    said.push(text)
  }
}

/** Rows that the gateway has acknowledged to the visitor, whoever died since. */
function acknowledged () {
  const seqs = new Set()
  const read = (frame) => {
    if (frame.t === 'batch') frame.frames.forEach(read)
    else if (frame.t === 'ack' && frame.seq) seqs.add(frame.seq)
  }
  for (const text of visitor.frames) read(JSON.parse(text))
  return seqs
}

function assertOnce (lines, who) {
  const texts = lines.map(([, text]) => text)
  assert.equal(new Set(texts).size, texts.length, `${who}: a line is there twice`)
}

async function playRound (round, victim) {
  const bySelf = { visitor: [], agent: [] }
  const before = databaseLines(gateway, 1)
  consolePid = console_.do('pid')
  await consolePid
  const talk = Promise.all([visitorTalks(round, bySelf.visitor), agentTalks(round, bySelf.agent)])
  await sleep(random() * KILL_WITHIN_MS)
  await kill[victim]()
  await talk
  await mend[victim]?.()
  const hurry = setInterval(() => visitor.page.evaluate(() => dispatchEvent(new Event('online'))).catch(() => {}), 700)   // spares the visitor's patience, not the test's rigour
  let lines
  try { lines = await assertSame({ visitor, console: console_, gateway, timeout_ms: 60000 }) } finally { clearInterval(hurry) }
  assertOnce(lines, 'database')
  assert.deepEqual(lines.slice(0, before.length), before, 'what was there is there')
  const texts = new Set(lines.map(([, text]) => text))
  if (victim !== 'tab') for (const text of bySelf.visitor) assert.ok(texts.has(text), `lost: ${text}`)
  if (victim !== 'console') for (const text of bySelf.agent) assert.ok(texts.has(text), `lost: ${text}`)
  for (const seq of acknowledged()) assert.ok(seq <= lines.length, `acknowledged and gone: seq ${seq}`)
}

test(`${ROUNDS} rounds, seed ${SEED}`, { timeout: ROUNDS * 120000 }, async (t) => {
  await visitor.open()
  await visitor.say('hello')
  await console_.click('push button', 'Accept', 20)
  await visitor.log.getByText('Lin joined').waitFor()
  await console_.do('shown', { role: 'text', name: 'Message' })
  let hasFailed = false
  for (let round = 1; round <= ROUNDS; round++) {
    const victim = round <= VICTIMS.length ? VICTIMS[round - 1] : pick(VICTIMS)        // each at least once
    await t.test(`round ${round}: ${victim}`, { skip: hasFailed }, async () => {
      try { await playRound(round, victim) } catch (error) { hasFailed = true; throw error }
    })
  }
  isGood = !hasFailed
})
