// SPDX-License-Identifier: GPL-3.0-or-later
// The real things: a gateway of its own, the console under its own display, a visitor in Chromium.
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync, createWriteStream } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'

const BUILD = process.env.BUILD_DIR
if (!BUILD) throw new Error('BUILD_DIR must name the build folder')
export const PASSWORD = 'correct horse battery'
const READY_WITHIN_MS = 20000

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Looks until it is true; a look that throws is looked at again. */
export async function until (look, what, timeout_ms = 30000) {
  const end = Date.now() + timeout_ms
  let last
  for (;;) {
    try { last = await look(); if (last) return last } catch (error) { last = error }
    if (Date.now() > end) throw new Error(`timed out waiting for ${what}; last: ${last instanceof Error ? last.message : JSON.stringify(last)}`)
    await sleep(30)
  }
}

/** A folder for one test, kept (and named) only when the test fails. */
export class Workplace {
  constructor () { this.path = mkdtempSync(join(tmpdir(), 'usher-e2e-')) }
  folder (name) { const path = join(this.path, name); mkdirSync(path, { recursive: true, mode: 0o700 }); return path }
  remove () { rmSync(this.path, { recursive: true, force: true }) }
}

/** One keyboard, one clipboard: test programs that share a display take turns. @returns {Promise<() => void>} gives it back */
export async function claimDisplay () {
  const path = join(process.env.XDG_RUNTIME_DIR || tmpdir(), `usher-e2e${process.env.DISPLAY || ''}.lock`)
  await until(() => { mkdirSync(path); return true }, `the display (${path} is in the way)`, 3600000)
  const release = () => rmSync(path, { recursive: true, force: true })
  process.once('exit', release)
  return release
}

export class Gateway {
  /** @param {Workplace} place */
  constructor (place, settings = []) {
    this.data = place.folder('gate')
    this.log = join(place.path, 'gate.log')
    this.settings = settings
    this.client = '127.0.0.1:0'
    this.ops = '127.0.0.1:0'
  }

  addAgent (login, name, role = 'agent', more = []) {
    execFileSync(join(BUILD, 'server-stub/usherctl'), ['agent', 'add', login, '--data', this.data, '--name', name, '--role', role, '--password-stdin', ...more], { input: `${PASSWORD}\n` })
  }

  /** A second start listens where the first did, as a supervised service does. */
  async start () {
    const settings = ['demo=true', 'limits.conversations_per_ip=0', 'session.drain=1s', ...this.settings].flatMap((one) => ['--set', one])
    this.process = spawn(join(BUILD, 'server-stub/usher-gate'), ['--data', this.data, '--listen', this.client, '--ops', this.ops, ...settings], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.process.stderr.pipe(createWriteStream(this.log, { flags: 'a' }))
    this.ended = new Promise((resolve) => this.process.once('exit', (code, signal) => resolve(signal || code)))
    const [, client, ops] = await this.#readyLine()
    Object.assign(this, { client, ops, url: `http://${client}` })
    return this
  }

  #readyLine () {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('the gateway did not become ready')), READY_WITHIN_MS)
      this.process.once('exit', (code) => { clearTimeout(timer); reject(new Error(`the gateway ended with ${code}; its log is ${this.log}`)) })
      createInterface({ input: this.process.stdout }).on('line', (line) => {
        const match = line.match(/^ready client=(\S+) ops=(\S+)/)
        if (match) { clearTimeout(timer); resolve(match) }
      })
    })
  }

  /** Process ids of its workers of one role. */
  workers (role) {
    const parent = this.process.pid
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
        const isChild = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent
        return isChild && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(role)
      } catch { return false }
    })
  }

  async kill () {
    this.process.kill('SIGKILL')
    await this.ended
  }

  async stop () {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return this.ended
    this.process.kill('SIGTERM')
    const timer = setTimeout(() => this.process.kill('SIGKILL'), 15000)
    const result = await this.ended
    clearTimeout(timer)
    return result
  }

  /** What the database holds, read with a tool that is not ours. */
  query (sql) {
    const out = execFileSync('sqlite3', ['-readonly', '-json', join(this.data, 'usher.db'), sql], { encoding: 'utf8' })
    return out.trim() ? JSON.parse(out) : []
  }
}

/** The console, through the driver that looks and types as a person does. */
export class Console {
  #waiting = []
  /**
   * @param {{url: string}} gateway
   * @param {{login?: string | null, ownDisplay?: boolean, env?: object}} options login: null: it begins with the sign-in page;
   *   ownDisplay: beside another console, which has the keyboard of this display; env: more of its environment
   */
  constructor (gateway, place, { login = 'demo', more = [], folder = 'console', accepting = true, ownDisplay = false, env = {} } = {}) {
    const password = join(place.path, 'password')
    writeFileSync(password, PASSWORD, { mode: 0o600 })
    this.profile = place.folder(folder)
    const argv = [join(BUILD, 'app/usher'), '--gateway', gateway.url, '--profile', this.profile, ...(login ? ['--login', login, '--password-file', password] : []), ...(accepting ? ['--accepting'] : []), ...more]
    const driver = ['/usr/bin/python3', new URL('../ui/console.py', import.meta.url).pathname, 'usher', ...argv]
    const [command, ...rest] = ownDisplay ? [new URL('../ui/with-display', import.meta.url).pathname, ...driver] : driver
    this.process = spawn(command, rest, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, GSETTINGS_SCHEMA_DIR: join(BUILD, 'data'), USHER_LOCALE_DIR: join(BUILD, 'po'), ...(ownDisplay ? { DISPLAY_KIND: '', WINDOW_SIZE: '', SCREEN: '' } : {}), ...env },
    })
    this.process.stderr.pipe(createWriteStream(join(place.path, `${folder}.log`), { flags: 'a' }))
    this.process.once('exit', () => { this.isOver = true; for (const { reject } of this.#waiting.splice(0)) reject(new Error('the console’s driver ended')) })
    // A display of its own says a word of its own first.
    createInterface({ input: this.process.stdout }).on('line', (line) => { if (line.startsWith('{')) this.#waiting.shift()?.resolve(JSON.parse(line)) })
  }

  async do (op, args = {}) {
    if (this.isOver) throw new Error(`${op}: the console’s driver has ended`)
    this.process.stdin.write(`${JSON.stringify({ op, ...args })}\n`)
    const answer = await new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
    if (!answer.ok) throw new Error(`${op} ${JSON.stringify(args)}: ${answer.error}`)
    return answer.value
  }

  click (role, name, timeout) { return this.do('click', { role, name, ...(timeout ? { timeout } : {}) }) }
  key (...keys) { return this.do('key', { keys }) }
  rows (name) { return this.do('rows', { name }) }
  async waitRow (list, text, timeout_ms) { return until(async () => (await this.rows(list)).find((labels) => labels.some((label) => label.includes(text))), `a row “${text}” in ${list}`, timeout_ms) }
}

/** The browser has no business on the session's bus: it would wake the desktop's own notification service. */
export async function launchBrowser (more = []) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium-headless-shell',
    args: ['--no-sandbox', '--disable-dev-shm-usage', ...more],
    env: { ...process.env, DBUS_SESSION_BUS_ADDRESS: 'disabled:' },
  })
}
