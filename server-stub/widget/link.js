// SPDX-License-Identifier: GPL-3.0-or-later
// One connection to the gateway that comes back by itself. It knows frames and time, nothing of conversations.
import { afterClose, nextPing, retryDelay } from './backoff.js'

const WELCOME_WITHIN_MS = 15000
const PONG_WITHIN_MS = 10000

/**
 * @typedef {object} Env what the world provides; tests give their own
 * @property {typeof WebSocket} WebSocket
 * @property {(fn: () => void, ms: number) => any} setTimeout
 * @property {(timer: any) => void} clearTimeout
 * @property {() => number} random
 * @property {() => number} now monotonic milliseconds
 *
 * @typedef {'idle'|'waiting'|'connecting'|'ready'|'stopped'} LinkState
 */

export class Link {
  /** @type {LinkState} */ state = 'idle'
  retryAt = 0
  stopCode = 0
  #env; #url; #greet; #onFrame; #onState
  #ws = null
  #attempt = 0
  #timers = new Map()
  #pending = new Map()
  #lastId = 0
  #pings = 0
  #ping_s = 30
  #least_ms = 0

  /**
   * @param {object} how
   * @param {Env} how.env
   * @param {string} how.url
   * @param {() => {hello: object, auth?: object, resume?: object}} how.greet asked at every connect
   * @param {(frame: object) => void} how.onFrame
   * @param {(state: LinkState, detail: {anew?: boolean, code?: number}) => void} how.onState
   */
  constructor ({ env, url, greet, onFrame, onState }) {
    this.#env = env
    this.#url = url
    this.#greet = greet
    this.#onFrame = onFrame
    this.#onState = onState
  }

  get isReady () { return this.state === 'ready' }

  /** Connects now, whatever it was waiting for. */
  start () {
    if (this.#ws) return
    this.#stopTimers()
    this.#connect()
  }

  /** Closes and stays closed until start(). */
  stop () {
    this.#detach(1000)
    this.#loseRequests()
    this.#become('idle')
  }

  /** Closes and comes back at once, with new credentials for instance. */
  restart () {
    this.#detach(1000)
    this.#loseRequests()
    this.#attempt = 0
    this.start()
  }

  /** @returns {boolean} whether the frame went out */
  send (frame) {
    if (!this.isReady) return false
    this.#write(frame)
    return true
  }

  /**
   * Sends a frame that has exactly one answer.
   * @param {object} frame
   * @param {(reply: object|null) => void} done null: the connection went away first
   */
  request (frame, done) {
    if (!this.isReady) return done(null)
    const id = ++this.#lastId
    this.#pending.set(id, done)
    this.#write({ ...frame, id })
  }

  /** Something in the world changed (online, visible again): is the other end still there? */
  probe (within_ms = PONG_WITHIN_MS) {
    if (this.isReady) this.#sendPing(within_ms)
    else if (this.state === 'waiting' && this.#least_ms === 0) this.start()
  }

  /** The gateway named a time before which it does not want us. */
  holdOff (ms) { this.#least_ms = Math.max(this.#least_ms, ms || 0) }

  #connect () {
    this.#become('connecting')
    this.#least_ms = 0
    let ws
    try {
      ws = new this.#env.WebSocket(this.#url, 'gate.v1.json')
    } catch {                                     // the page's own policy forbids it
      return this.#lost(1006)
    }
    this.#ws = ws
    ws.onopen = () => this.#greetNow()
    ws.onmessage = (event) => this.#read(event.data)
    ws.onclose = (event) => { this.#ws = null; this.#lost(event.code) }
    this.#after('welcome', WELCOME_WITHIN_MS, () => this.#drop())
  }

  #greetNow () {
    const { hello, auth, resume } = this.#greet()
    const id = ++this.#lastId
    this.#pending.set(id, (reply) => this.#signedIn(reply, !!resume))
    this.#write({ t: 'hello', ...hello })
    if (resume) this.#write({ t: 'resume', id, ...resume })
    else this.#write({ t: 'auth', id, ...auth })
  }

  #signedIn (reply, wasResume) {
    if (!reply) return
    if (reply.t === 'welcome') return this.#welcomed(reply)
    this.holdOff(reply.retry)
    if (wasResume && this.#ws && !reply.fatal && reply.code === 401) {    // too old: the same connection takes an Auth
      this.#onState(this.state, { anew: true })
      const id = ++this.#lastId
      this.#pending.set(id, (again) => this.#signedIn(again, false))
      this.#write({ t: 'auth', id, ...this.#greet().auth })
    } else {
      this.#onFrame({ ...reply, t: 'refused' })
    }
  }

  #welcomed (welcome) {
    this.#clear('welcome')
    this.#attempt = 0
    this.#ping_s = welcome.ping || 30
    this.#become('ready')
    this.#schedulePing()
    this.#onFrame(welcome)
  }

  #read (data) {
    this.#clear('pong')                            // any byte proves that the other end lives
    let frame
    try {
      frame = JSON.parse(data)
    } catch {
      return this.#drop()
    }
    this.#take(frame)
  }

  #take (frame) {
    if (frame.t === 'batch') {
      for (const inner of frame.frames || []) this.#take(inner)
      return
    }
    const done = frame.id && this.#pending.get(frame.id)
    if (done) {
      this.#pending.delete(frame.id)
      return done(frame)
    }
    if (frame.t === 'bye') this.#leaveAt(frame)
    else if (frame.t === 'error') this.holdOff(frame.fatal ? frame.retry : 0)
    if (frame.t !== 'pong') this.#onFrame(frame)
  }

  /** A draining node names the moment at which this client is to move. */
  #leaveAt ({ delay = 0 }) {
    const due = this.#env.now() + delay
    this.#leaveDue = due
    this.#after('leave', delay, () => { this.#detach(1000); this.#lost(4010) })
  }
  #leaveDue = 0

  #write (frame) { this.#ws.send(JSON.stringify(frame)) }

  #schedulePing () {
    this.#after('ping', nextPing(this.#ping_s, this.#env.random), () => this.#sendPing(PONG_WITHIN_MS))
  }

  #sendPing (within_ms) {
    if (!this.#ws) return
    this.#write({ t: 'ping', n: ++this.#pings })
    if (!this.#timers.has('pong')) this.#after('pong', within_ms, () => this.#drop())
    this.#schedulePing()
  }

  /** Half-open: no close event will come in any useful time, so do not wait for one. */
  #drop () {
    this.#detach(4000)
    this.#lost(1006)
  }

  #detach (code) {
    this.#stopTimers()
    const ws = this.#ws
    this.#ws = null
    if (!ws) return
    ws.onopen = ws.onmessage = ws.onclose = null
    try { ws.close(code) } catch { /* it was never open */ }
  }

  #lost (code) {
    const leaveIn_ms = Math.max(0, this.#leaveDue - this.#env.now())
    this.#stopTimers()
    this.#leaveDue = 0
    this.#loseRequests()
    const verdict = afterClose(code)
    if (verdict.stop) {
      this.stopCode = code
      return this.#become('stopped', { code })
    }
    this.holdOff(verdict.least_ms)
    const soon = verdict.soon && this.#attempt === 0
    const wait_ms = leaveIn_ms + Math.max(this.#least_ms, soon ? 0 : retryDelay(this.#attempt, this.#env.random))
    this.#attempt++
    this.retryAt = this.#env.now() + wait_ms
    this.#become('waiting', { anew: verdict.anew, code })
    this.#after('retry', wait_ms, () => this.#connect())
  }

  #loseRequests () {
    const waiting = [...this.#pending.values()]
    this.#pending.clear()
    for (const done of waiting) done(null)
  }

  #become (state, detail = {}) {
    this.state = state
    this.#onState(state, detail)
  }

  #after (name, ms, fn) {
    this.#clear(name)
    this.#timers.set(name, this.#env.setTimeout(() => { this.#timers.delete(name); fn() }, ms))
  }

  #clear (name) {
    if (this.#timers.has(name)) this.#env.clearTimeout(this.#timers.get(name))
    this.#timers.delete(name)
  }

  #stopTimers () { for (const name of [...this.#timers.keys()]) this.#clear(name) }
}
