// SPDX-License-Identifier: GPL-3.0-or-later
// Visitors and a colleague without a window: clients of gate.v1.json that keep what they were told. A line keeps its cid until it is
// acknowledged, a lost connection is resumed, a gap is asked for before anything behind it counts as seen.
import WebSocket from 'ws'
import { PASSWORD, sleep, until } from './harness.js'

const TRY_AGAIN = new Set([409, 503, 507])
const GONE = new Set([401, 4001, 4004])
const PAGE = 200

export class Peer {
  lines = new Map()            // conv → what was seen of it, from seq 1 on
  faults = []                  // what may never happen
  nReconnects = 0
  #early = new Map()
  #unacked = new Map()
  #nextId = 10
  #resume
  #isGreeted = false

  /** @param {{client: string}} gateway @param {() => number} random */
  constructor (gateway, random) { Object.assign(this, { gateway, random }) }

  say (text, conv) {
    const cid = Array.from({ length: 16 }, () => Math.floor(this.random() * 16).toString(16)).join('')
    const frame = { t: 'msg', cid, text, ...(conv ? { conv } : {}) }
    this.#unacked.set(cid, frame)
    this.put(frame)
  }

  get nUnsent () { return this.#unacked.size }
  forget (conv) { for (const [cid, frame] of this.#unacked) if (frame.conv === conv) this.#unacked.delete(cid) }

  put (frame) { if (this.#isGreeted) this.#send({ ...frame, id: ++this.#nextId }) }
  #send (frame) { if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame)) }

  // --- the connection ---------------------------------------------------------------------------------------

  async run () {
    const insisting = setInterval(() => { for (const frame of this.#unacked.values()) this.put(frame) }, 5000)
    while (!this.isOver) {
      await this.#connect().catch(() => {})
      this.#isGreeted = false
      if (!this.isOver) { this.nReconnects++; await sleep(100 + this.random() * 400) }
    }
    clearInterval(insisting)
  }

  /** @returns what a peer of its kind says who it is with */
  async credentials () { return this.key ? { visitor: this.key } : { profile: { name: this.name } } }
  get path () { return '/ws?app=demo' }
  get channel () { return 'web' }

  async #connect () {
    const proof = this.#resume ? undefined : await this.credentials()
    const socket = this.socket = new WebSocket(`ws://${this.gateway.client}${this.path}`, 'gate.v1.json', { origin: 'http://127.0.0.1' })
    const ended = new Promise((resolve) => { socket.once('close', (code) => { if (GONE.has(code)) this.#resume = undefined; resolve() }); socket.on('error', () => {}) })
    socket.once('open', () => {
      this.#send({ t: 'hello', id: 1, v: 1, ch: this.channel, app: 'demo', dev: 'd', loc: 'en' })
      const have = [...this.lines].map(([conv, lines]) => ({ conv, seq: lines.length }))
      this.#send(proof ? { t: 'auth', id: 2, ...proof } : { t: 'resume', id: 2, token: this.#resume, have, log: this.storeLog })
    })
    socket.on('message', (data) => this.#take(JSON.parse(String(data))))
    const beating = setInterval(() => this.put({ t: 'ping', n: 1 }), 20000)
    await ended
    clearInterval(beating)
  }

  #take (frame) {
    if (frame.t === 'batch') frame.frames.forEach((one) => this.#take(one))
    else this[`on_${frame.t}`]?.(frame)
  }

  on_welcome (frame) {
    this.self = frame.self
    this.storeLog = frame.log
    this.#resume = frame.rt ?? this.#resume
    this.key = frame.visitor ?? this.key
    this.#isGreeted = true
    this.welcomed()
    for (const cursor of frame.convs ?? []) if (!frame.resumed && cursor.seq > this.#of(cursor.conv).length) this.#ask(cursor.conv)
    for (const waiting of this.#unacked.values()) this.put(waiting)
  }

  welcomed () {}
  on_bye (frame) { const socket = this.socket; setTimeout(() => socket.close(1000), frame.delay ?? 0) }

  on_error (frame) {
    if (GONE.has(frame.code)) this.#resume = undefined
    else if (!TRY_AGAIN.has(frame.code)) this.faults.push(`refused: ${JSON.stringify(frame)}`)
  }

  // --- lines ------------------------------------------------------------------------------------------------

  #of (conv) {
    if (!this.lines.has(conv)) this.lines.set(conv, [])
    return this.lines.get(conv)
  }

  #ask (conv) { this.put({ t: 'history', conv, after: this.#of(conv).length, limit: PAGE }) }

  on_ack (frame) {
    const said = this.#unacked.get(frame.cid)
    if (!said) return
    this.#unacked.delete(frame.cid)
    this.#see(frame.conv, frame.seq, said.text)
  }

  on_msg (frame) { this.#see(frame.conv, frame.seq, frame.text) }
  on_page (frame) {
    for (const line of frame.messages ?? []) this.#see(frame.conv, line.seq, line.text)
    if (frame.more && this.#of(frame.conv).length < (frame.head ?? 0)) this.#ask(frame.conv)
  }

  /** Counts as seen once everything before it was. */
  #see (conv, seq, text) {
    const lines = this.#of(conv)
    if (!this.#early.has(conv)) this.#early.set(conv, new Map())
    const early = this.#early.get(conv)
    const old = lines[seq - 1] ?? early.get(seq)
    if (old !== undefined && old !== text) this.faults.push(`${conv}/${seq} was “${old}” and is “${text}”`)
    if (seq > lines.length) early.set(seq, text)
    if (seq > lines.length + 1) this.#ask(conv)
    for (; early.has(lines.length + 1); early.delete(lines.length)) lines.push(early.get(lines.length + 1))
  }

  end () {
    this.isOver = true
    this.socket?.close(1000)
  }
}

const WORDS = ['Where is my parcel?', 'The tin arrived with a dent.', '请问什么时候发货？', 'Do you also ship to Graz?', 'Thank you!', '可以开发票吗？谢谢',
  'I ordered the large one and got the small one, and on the slip it says that the large one is sold out. What happens now?', 'ok', '🙂']

/** Says something every few seconds as long as it is wanted. */
export class Guest extends Peer {
  said = []
  constructor (gateway, random, name, everyS) {
    super(gateway, random)
    Object.assign(this, { name, everyS })
  }

  async talk (isWanted) {
    while (isWanted()) {
      const text = `${this.name} · ${this.said.length + 1} · ${WORDS[Math.floor(this.random() * WORDS.length)]}`
      this.said.push(text)
      this.say(text)
      await sleep((0.5 + this.random()) * this.everyS * 1000)
    }
  }
}

/** Takes what is handed to her, says a line, and hands it back. */
export class Colleague extends Peer {
  mine = new Set()
  nSaid = 0
  constructor (gateway, random, login, backTo) {
    super(gateway, random)
    Object.assign(this, { login, backTo })
  }

  get path () { return '/ws' }
  get channel () { return 'console' }

  async credentials () {
    const answer = await fetch(`http://${this.gateway.client}/api/v1/auth/sign-in`, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ login: this.login, password: PASSWORD, device: 'd-crowd', device_name: 'crowd' }),
    })
    return { token: (await answer.json()).access_token }
  }

  welcomed () {
    this.put({ t: 'status', present: true, accepting: false, cap: 40 })
    this.put({ t: 'sub', list: 'mine' })
  }

  on_list (frame) { if (frame.list === 'mine') for (const row of frame.convs ?? []) if (row.agent === this.self) this.mine.add(row.conv) }
  on_offer (frame) { this.put({ t: 'answer', conv: frame.conv, ep: frame.ep, accept: true }) }
  on_assign (frame) { if (frame.agent === this.self) this.mine.add(frame.conv); else this.mine.delete(frame.conv) }
  on_error (frame) {
    if (!frame.conv) return super.on_error(frame)
    this.mine.delete(frame.conv)                       // somebody else's by now
    this.forget(frame.conv)
  }

  /** @param {() => boolean} isWanted as long as it is, what is hers goes back after a line of hers */
  async work (isWanted) {
    while (isWanted() || this.mine.size > 0) {
      for (const conv of [...this.mine]) {
        this.say(`from your colleague · ${++this.nSaid}`, conv)
        await until(() => this.nUnsent === 0, 'an ack for her', 60000).catch(() => this.forget(conv))
        this.put({ t: 'transfer', conv, agent: this.backTo, note: 'asked and answered' })
        this.mine.delete(conv)                         // should it be refused, the next list or assignment says so
      }
      await sleep(2000)
    }
  }
}
