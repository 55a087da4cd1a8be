// SPDX-License-Identifier: GPL-3.0-or-later
// A clock that moves when told and a socket whose other end is the test.

export class FakeClock {
  ms = 0
  #timers = new Map()
  #last = 0

  now = () => this.ms
  setTimeout = (fn, ms) => { this.#timers.set(++this.#last, { fn, due: this.ms + ms }); return this.#last }
  clearTimeout = (timer) => { this.#timers.delete(timer) }
  get pending () { return [...this.#timers.values()].map(({ due }) => due - this.ms).sort((a, b) => a - b) }

  /** Runs what is due in order, up to `ms` from now; promises settle in between. */
  async move (ms) {
    const end = this.ms + ms
    for (;;) {
      await settle()
      const next = [...this.#timers].sort((a, b) => a[1].due - b[1].due)[0]
      if (!next || next[1].due > end) break
      this.ms = Math.max(this.ms, next[1].due)
      this.#timers.delete(next[0])
      next[1].fn()
    }
    this.ms = end
    await settle()
  }
}

export const settle = async () => { for (let i = 0; i < 12; i++) await Promise.resolve() }

/** Makes a WebSocket class whose instances are listed in `made`. */
export function fakeSockets () {
  const made = []
  class Socket {
    sent = []
    isClosed = false
    constructor (url, protocol) { Object.assign(this, { url, protocol }); made.push(this) }
    send (text) { this.sent.push(JSON.parse(text)) }
    close (code) { this.isClosed = true; this.code = code }
    // the other end
    open () { this.onopen() }
    tell (frame) { this.onmessage?.({ data: JSON.stringify(frame) }) }
    lose (code = 1006) { this.onclose?.({ code }) }
    sentOf (t) { return this.sent.filter((frame) => frame.t === t) }
    answer (t, reply) { const frame = this.sentOf(t).at(-1); this.tell({ id: frame.id, ...reply }) }
  }
  return { made, Socket, get last () { return made.at(-1) } }
}

/** A random generator with a seed that a failing test can print. */
export function dice (seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6D2B79F5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

export function memoryValues () {
  const map = new Map()
  return { map, get: (key) => map.get(key) ?? null, set: (key, value) => map.set(key, value), delete: (key) => map.delete(key) }
}
