// SPDX-License-Identifier: GPL-3.0-or-later
// An agent's long day at the real window: thirty guests who write all the time, everything an agent does by keys, a cable that is pulled,
// a gateway that is killed, a lid that is shut. Memory is sampled; at the end every transcript is compared. One line of JSON; see README.md.
//
//   BUILD_DIR=… tests/ui/with-display node tests/e2e/soak.js [--seconds 3600] [--seed N] [--guests 30] [--conversations 10000] [--messages 1000000] [--language en]
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Cable } from './cable.js'
import { Colleague, Guest } from './crowd.js'
import { Desk } from './desk.js'
import { Memory, spread } from './figures.js'
import { Console, Gateway, Workplace, claimDisplay, sleep, until } from './harness.js'
import { Logind } from './logind.js'
import { Notifications } from './notifications.js'
import { words } from './words.js'

const { values: given } = parseArgs({ options: Object.fromEntries(
  Object.entries({ seconds: '3600', seed: String(Date.now() % 1000000), guests: '30', 'line-every-s': '15', conversations: '10000', messages: '1000000', language: 'en' })
    .map(([name, value]) => [name, { type: 'string', default: value }])) })
const SECONDS = Number(given.seconds), SEED = Number(given.seed), N_GUESTS = Number(given.guests)
const N_OLD = Number(given.conversations), N_LINES = Number(given.messages)
const PING_S = 5                       // so that a cable of half a minute is noticed
const SAMPLE_MS = 10000
const WARM_UP = 1 / 6
const SLOPE_COUNTS_FROM_S = 1800       // in less the first pages of every cache are what grows
const ACTIVE = 3                       // as gate.proto numbers the states
const MOST_RSS_MIB = 120, MOST_SLOPE = 1

/** Lines of the console's log that are no fault of it: a pattern and the reason. */
const ALLOWED = []

/** A generator for each who draws, so that one who is quicker does not change what the others draw. */
function lot (seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6D2B79F5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const random = lot(SEED)
const place = new Workplace()
const parts = []                       // what has to be stopped, the last first
const began = (part, stop) => { parts.unshift(stop); return part }
const say = (text) => process.stderr.write(`# ${text}\n`)
const faults = []
const reconnects = { cable: [], kill: [], lid: [] }
let gateway, cable, logind, lin, desk

// --- before -------------------------------------------------------------------------------------------------

const isInStepIn = async (console) => (await console.do('tree')).includes(words(given.language)('In step · %s').split('%s')[0])

const openConsole = () => new Console({ url: cable.url }, place, { env: { LANGUAGE: given.language, DBUS_SYSTEM_BUS_ADDRESS: logind.address } })

/** Both are started once for their schemas, then filled while they rest, then started for good. */
async function prepare () {
  const fillers = ['--profile', place.folder('console'), '--data', place.folder('gate')]
  await gateway.start()
  const first = openConsole()
  await until(() => isInStepIn(first), 'in step', 60000)
  await first.do('close')
  await gateway.stop()
  if (N_OLD > 0) execFileSync('/usr/bin/python3', [new URL('../bench/cache.py', import.meta.url).pathname, ...fillers, '--conversations', String(N_OLD), '--messages', String(N_LINES)])
  await gateway.start()
}

const queryCache = (sql) => JSON.parse(execFileSync('sqlite3', ['-readonly', '-json', join(place.path, 'console/cache.db'), sql], { encoding: 'utf8', maxBuffer: 1 << 30 }) || '[]')

/** What was filled in is read into the index while nobody works, but for the newest lines: only then the console is as it is on any other day. */
async function untilIndexed () {
  const since = Date.now()
  await until(async () => { await sleep(1000); return queryCache('SELECT count(*) AS n FROM (SELECT 1 FROM unindexed LIMIT 2000)')[0].n < 2000 }, 'the cache to be indexed', 1800000)
  return Math.round((Date.now() - since) / 1000)
}

// --- weather ------------------------------------------------------------------------------------------------

const between = (least, most) => (least + random() * (most - least)) * 1000

async function untilInStep (since, list) {
  await until(() => desk.isInStep(), 'in step again', 120000)
  list.push(Date.now() - since)
}

const weather = {
  count: { cut: 0, blink: 0, kill: 0, lid: 0 },

  /** Work goes on while it is out; nobody notices a short one. */
  pull (kind, ms) { cable.pull(); this.plugAt = Date.now() + ms },
  cut () { this.pull('cut', between(4 * PING_S, 45)) },
  blink () { this.pull('blink', between(1, PING_S)) },

  async plugWhenDue () {
    if (!this.plugAt || Date.now() < this.plugAt) return
    this.plugAt = 0
    const wasOut = !(await desk.isInStep())
    const since = Date.now()
    cable.plug()
    if (wasOut) await untilInStep(since, reconnects.cable)
  },

  async kill () {
    await gateway.kill()
    await desk.writeSome().catch(() => {})
    await gateway.start()
    await untilInStep(Date.now(), reconnects.kill)
  },

  async lid () {
    logind.prepareForSleep(true)
    await until(async () => !(await desk.isInStep()), 'out of step before it sleeps', 5000)
    process.kill(await lin.do('pid'), 'SIGSTOP')
    await sleep(between(3, 20))
    process.kill(await lin.do('pid'), 'SIGCONT')
    const since = Date.now()
    logind.prepareForSleep(false)
    await untilInStep(since, reconnects.lid)
  },

  /** The first half minute and the last are calm; a short run has one of each kind. */
  begin (now) {
    this.every = Math.max(SECONDS / 24, 35) * 1000
    this.nextAt = now + 30000
    this.until = now + (SECONDS - 30) * 1000
    this.kinds = []
  },

  async turn () {
    await this.plugWhenDue()
    if (this.plugAt || Date.now() < this.nextAt || Date.now() > this.until) return
    this.nextAt += this.every
    if (this.kinds.length === 0) this.kinds = ['cut', 'kill', 'lid', 'blink'].sort(() => random() - 0.5)
    const kind = this.kinds.pop()
    this.count[kind]++
    await this[kind]()
  },
}

// --- the day ------------------------------------------------------------------------------------------------

/** How often each is drawn. */
function things () {
  const table = [
    [desk.answerNext, 24], [desk.answerByNumber, 12], [desk.answerByName, 8], [desk.goBackAndForth, 6], [desk.cannedReply, 5], [desk.writeNote, 4],
    [desk.transfer, 2], [desk.closeChat, 2], [desk.closeAndUndo, 1], [desk.closeAndReopen, 1], [desk.search, 4], [desk.findInChat, 3], [desk.readHistory, 4],
    [desk.readOldChat, 3], [desk.tile, 4], [desk.tearOff, 3], [desk.filterLists, 2], [desk.showAndHide, 2], [desk.openWindows, 1],
  ]
  return table.flatMap(([thing, n]) => Array(n).fill(thing))
}

/** With the link away only what needs nobody's answer. */
const alone = () => things().filter((thing) => ![desk.transfer, desk.closeChat, desk.closeAndUndo, desk.closeAndReopen].includes(thing))

async function work (end) {
  const [all, some] = [things(), alone()]
  weather.begin(Date.now())
  while (Date.now() < end) {
    await weather.turn()
    await desk.accept()
    await desk.act(weather.plugAt ? some : all)
  }
  weather.plugAt = Math.min(weather.plugAt, Date.now())
  await weather.plugWhenDue()
}

async function settle (guests, bea) {
  await until(() => guests.every((guest) => guest.nUnsent === 0), 'every guest’s acks', 60000)
  await until(async () => { await desk.accept(); return bea.mine.size === 0 }, 'what is at the colleague’s desk', 60000)
  await until(() => { const stored = new Set(gateway.query('SELECT text FROM message WHERE conv > ' + N_OLD).map(({ text }) => text)); return desk.said.every(({ text }) => stored.has(text)) }, 'every line of the agent in the database', 60000).catch(() => {})
}

// --- the verdict --------------------------------------------------------------------------------------------

const expect = (isGood, what) => { if (!isGood) faults.push(what) }
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b)

/** conv → { name, lines } as the gateway keeps them. */
function stored () {
  const chats = new Map(gateway.query(`SELECT conv, visitor_name, state, agent FROM conv WHERE conv > ${N_OLD}`).map((row) => [row.conv, { ...row, lines: [] }]))
  for (const { conv, seq, text } of gateway.query(`SELECT conv, seq, text FROM message WHERE conv > ${N_OLD} ORDER BY conv, seq`)) {
    chats.get(conv).lines.push(text)
    expect(chats.get(conv).lines.length === seq, `the log of ${conv} has a hole before ${seq}`)
  }
  return chats
}

function judgeWritten (chats, list, rows, what) {
  const places = new Map()
  rows.forEach(({ chat, text }, i) => places.set(text, [...(places.get(text) ?? []), { chat, i }]))
  const last = new Map()
  for (const { chat, text } of list) {
    const found = places.get(text) ?? []
    expect(found.length === 1, `${what} is there ${found.length} times: ${text}`)
    if (found.length !== 1) continue
    expect(found[0].chat === chat, `${what} was written to ${chat} and is in ${found[0].chat}: ${text}`)
    expect((last.get(chat) ?? -1) < found[0].i, `${what} is before an earlier one: ${text}`)
    last.set(chat, found[0].i)
  }
}

function judgeGuest (chats, guest) {
  const mine = [...chats.values()].filter((chat) => chat.visitor_name === guest.name)
  for (const chat of mine) expect(same(guest.lines.get(chat.conv), chat.lines), `${guest.name} does not see what is stored of ${chat.conv}`)
  const all = mine.flatMap((chat) => chat.lines).filter((text) => text.startsWith(`${guest.name} · `))
  expect(same(all, guest.said), `${guest.name} said ${guest.said.length} lines, ${all.length} are stored`)
  for (const fault of guest.faults) faults.push(`${guest.name}: ${fault}`)
}

/** The newest lines as they stand on the screen. */
async function judgeScreen (chats, guest) {
  const newest = [...chats.values()].filter((chat) => chat.visitor_name === guest.name).at(-1)
  const copy = await desk.copyOf(guest.name).catch(async (error) => { if (desk.shots) await lin.do('shot', { path: join(desk.shots, `${guest.name}.png`) }); return [error.message] })
  expect(copy.length > 0 && same(copy, newest.lines.slice(-copy.length)), `the screen shows of ${guest.name}: …${copy.slice(-3).join(' / ')}; stored: …${newest.lines.slice(-3).join(' / ')}`)
  return copy.length
}

function judgeCache (chats) {
  const held = new Map()
  for (const { conv, seq, text } of queryCache(`SELECT conv, seq, text FROM message WHERE conv > ${N_OLD} ORDER BY conv, seq`)) {
    const of = held.get(conv) ?? held.set(conv, { first: seq, lines: [] }).get(conv)
    expect(of.first + of.lines.length === seq, `the cache of ${conv} has a hole before ${seq}`)
    of.lines.push(text)
  }
  for (const [conv, { first, lines }] of held) expect(same(lines, chats.get(conv).lines.slice(first - 1)), `the cache of ${conv} is not what is stored`)
  expect(queryCache('SELECT count(*) AS n FROM outbox')[0].n === 0, 'lines are left in the outbox')
}

function warnings (pid) {
  const lines = readFileSync(join(place.path, 'console.log'), 'utf8').split('\n')
  return lines.filter((line) => line.includes(`:${pid})`) && /(WARNING|CRITICAL|ERROR) \*\*/.test(line) && !ALLOWED.some(([pattern]) => pattern.test(line)))
}

async function judge (guests, bea, pid) {
  const chats = stored()
  const nameOf = (conv) => chats.get(conv).visitor_name
  const agents = gateway.query(`SELECT conv, text FROM message WHERE conv > ${N_OLD} AND role = 1 ORDER BY id`).map(({ conv, text }) => ({ chat: nameOf(conv), text }))
  const notes = gateway.query(`SELECT conv, text FROM note WHERE conv > ${N_OLD} ORDER BY id`).map(({ conv, text }) => ({ chat: nameOf(conv), text: text.trim() }))
  judgeWritten(chats, desk.said, agents, 'a line')
  judgeWritten(chats, desk.notes, notes, 'a note')
  for (const guest of guests) judgeGuest(chats, guest)
  for (const fault of bea.faults) faults.push(`the colleague: ${fault}`)
  let nOnScreen = 0
  await desk.tidy()
  await desk.oneTile()
  for (const guest of guests) nOnScreen += await judgeScreen(chats, guest)
  const secrets = new Set(desk.notes.map(({ text }) => text))
  for (const guest of guests) for (const lines of guest.lines.values()) for (const line of lines) expect(!secrets.has(line), `a guest was told a note: ${line}`)
  expect(await lin.do('close') === 0, 'the console did not end well')
  judgeCache(chats)
  const heard = warnings(pid)
  for (const line of heard.slice(0, 20)) faults.push(line)
  return { chats: chats.size, lines: [...chats.values()].reduce((sum, chat) => sum + chat.lines.length, 0), lines_on_screen: nOnScreen, warnings: heard.length }
}

// --- all of it ----------------------------------------------------------------------------------------------

async function main () {
  say(`seed ${SEED}; everything is in ${place.path}`)
  const notifications = await new Notifications().start()
  began(notifications, () => notifications.stop())
  logind = began(await new Logind().start(), () => logind.stop())
  gateway = new Gateway(place, [`session.ping=${PING_S}s`, 'conversation.offer=5m', 'conversation.owner_grace=10m', 'session.resume=10m', 'limits.connections_per_ip=0', 'limits.connects_per_ip_per_s=0'])
  gateway.addAgent('demo', 'Lin', 'supervisor', ['--capacity', '60'])
  gateway.addAgent('bea', 'Bea', 'agent', ['--capacity', '60'])
  await gateway.start()
  cable = began(await new Cable(gateway.client).start(), () => cable.stop())
  await gateway.stop()
  began(gateway, () => gateway.stop())
  await prepare()
  lin = began(openConsole(), () => lin.do('close').catch(() => {}))
  await until(() => isInStepIn(lin), 'in step', 60000)
  say('filled and in step')
  const indexS = await untilIndexed()
  say(`indexed after ${indexS} s`)

  const names = Array.from({ length: N_GUESTS }, (_, i) => `Guest ${String(i + 1).padStart(2, '0')}`)
  const guests = names.map((name, i) => new Guest(gateway, lot(SEED + 1000 + i), name, Number(given['line-every-s'])))
  const bea = new Colleague(gateway, lot(SEED + 1), 'bea', 1)
  desk = new Desk(lin, words(given.language), lot(SEED + 2), names)
  desk.shots = process.env.SHOTS
  began(guests, () => [...guests, bea].forEach((peer) => peer.end()))
  const pid = await lin.do('pid')
  const memory = new Memory(pid)
  began(memory, () => memory.stop())
  const end = Date.now() + SECONDS * 1000
  const isOn = () => Date.now() < end
  const running = [...guests, bea].map((peer) => peer.run())
  const talking = [...guests.map((guest) => guest.talk(isOn)), bea.work(isOn)]
  await until(async () => { await desk.accept(); return gateway.query(`SELECT count(*) AS n FROM conv WHERE state = ${ACTIVE}`)[0].n >= N_GUESTS }, 'all guests at the desk', 120000)
  memory.every(SAMPLE_MS)
  say('the day begins')
  await work(end)
  memory.stop()
  say('the day is over')
  await Promise.all(talking)
  await settle(guests, bea)
  say('everything is where it belongs; comparing')
  const found = await judge(guests, bea, pid)
  for (const peer of [...guests, bea]) peer.end()
  await Promise.all(running)

  const verdict = memory.verdict(WARM_UP)
  expect(verdict.rss_max <= MOST_RSS_MIB, `${verdict.rss_max} MiB resident, at most ${MOST_RSS_MIB} are allowed`)
  if (SECONDS >= SLOPE_COUNTS_FROM_S) expect(verdict.rss_slope_mib_per_hour <= MOST_SLOPE, `memory grows by ${verdict.rss_slope_mib_per_hour} MiB an hour, ${MOST_SLOPE} is allowed`)
  const actions = Object.values(desk.did).reduce((sum, n) => sum + n, 0)
  const { cut, blink, kill, lid } = weather.count
  process.stdout.write(`${JSON.stringify({
    test: 'console-soak', seed: SEED, seconds: SECONDS, language: given.language, guests: N_GUESTS, old_conversations: N_OLD, old_messages: N_LINES, index_s: indexS,
    ...verdict, actions, did: desk.did, stumbled: desk.stumbles.length, said: desk.said.length, notes: desk.notes.length, by_guests: guests.reduce((sum, guest) => sum + guest.said.length, 0), by_colleague: bea.nSaid, ...found,
    cable_cuts: cut, cable_blinks: blink, gateway_kills: kill, suspends: lid, guests_reconnects: guests.reduce((sum, guest) => sum + guest.nReconnects, 0),
    in_step_after_cable_ms: spread(reconnects.cable), in_step_after_kill_ms: spread(reconnects.kill), in_step_after_lid_ms: spread(reconnects.lid), echo_ms: spread(desk.echoMs),
    faults: faults.length,
  })}\n`)
  for (const stumble of desk.stumbles.slice(0, 30)) say(`stumbled: ${stumble}`)
}

const release = await claimDisplay()
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => { gateway?.process?.kill('SIGKILL'); process.exit(1) })
try {
  await main()
} catch (error) {
  faults.push(error.stack)
  if (lin && !lin.isOver) await lin.do('shot', { path: join(place.path, 'failed.png') }).catch(() => {})
} finally {
  for (const stop of parts) await stop()
  release()
}
for (const fault of faults.slice(0, 40)) process.stdout.write(`${fault}\n`)
if (faults.length === 0) place.remove()
else if (existsSync(place.path)) say(`what is left of it: ${place.path}`)
process.exit(faults.length === 0 ? 0 : 1)
