// SPDX-License-Identifier: GPL-3.0-or-later
// A protocol bench: speaks gate.v1.json to the widget and lets a test break things that a healthy gateway never breaks.
// It keeps a log as the gateway does (gapless seq, one row for a cid); everything else is for the test to script.
import { createServer } from 'node:http'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { WebSocketServer } from 'ws'

const TYPES = { svg: 'image/svg+xml', js: 'text/javascript', css: 'text/css', json: 'application/json', html: 'text/html' }

/** As the gateway: the log keeps the bare path, what goes out has a signature. */
const signed = (row) => (row.media && !row.media.url.includes('?') ? { ...row, media: { ...row.media, url: `${row.media.url}?sig=1` } } : row)

export class Bench {
  /** @type {Map<number, {id: number, epoch: number, rows: object[], state: string}>} */
  convs = new Map()
  connections = []
  received = []
  uploads = new Map()
  log = 5501
  config = { title: 'Harbour Tea', greeting: '', open: true }
  caps = []
  ackDelay_ms = 0
  isAcking = true
  isPonging = true
  isSlowToTake = false
  /** @type {((frame: object, connection: object) => boolean|void)|null} true: the test answered by itself */
  script = null
  page = null                                     // html of `/`, instead of the demo's
  csp = ''
  #visitors = new Map()
  #keys = 0
  #server
  #sockets

  /** @param {string} files folder of the built widget */
  constructor (files) { this.files = files }

  async start () {
    this.#server = createServer((request, response) => this.#http(request, response).catch((error) => response.writeHead(500).end(String(error))))
    this.#sockets = new WebSocketServer({ server: this.#server, path: '/ws', handleProtocols: () => 'gate.v1.json' })
    this.#sockets.on('connection', (socket, request) => this.#connected(socket, request))
    await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    this.port = this.#server.address().port
    this.url = `http://127.0.0.1:${this.port}`
    return this
  }

  async stop () {
    for (const socket of this.#sockets.clients) socket.terminate()
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  get live () { return this.connections.filter((one) => one.socket.readyState === 1) }
  get last () { return this.live.at(-1) }
  frames (t) { return this.received.filter((frame) => frame.t === t) }

  // --- a gateway's memory ------------------------------------------------------------------------------------------

  conv (id = 300) {
    if (!this.convs.has(id)) this.convs.set(id, { id, epoch: 1, rows: [], state: 'active' })
    return this.convs.get(id)
  }

  /** Appends without telling anybody. */
  append (row, id = 300) {
    const conv = this.conv(id)
    const full = { conv: id, seq: conv.rows.length + 1, ts: Date.now(), ...row }
    conv.rows.push(full)
    return full
  }

  /** An agent says something to everybody who listens. */
  say (text, more = {}, id = 300) {
    const row = this.append({ role: 'agent', from: 42, text, ...more }, id)
    this.tell({ t: 'msg', ...row })
    return row
  }

  tell (frame) { for (const { socket } of this.live) socket.send(JSON.stringify(frame)) }
  drop () { for (const { socket } of this.live) socket.terminate() }
  close (code) { for (const { socket } of this.live) socket.close(code) }

  // --- sockets -----------------------------------------------------------------------------------------------------

  #connected (socket, request) {
    const connection = { socket, app: new URL(request.url, this.url).searchParams.get('app'), origin: request.headers.origin, protocol: socket.protocol }
    this.connections.push(connection)
    socket.on('message', (data) => this.#frame(JSON.parse(data), connection))
  }

  #frame (frame, connection) {
    this.received.push(frame)
    if (this.script?.(frame, connection)) return
    const answer = this.#answers[frame.t]
    if (answer) answer(frame, connection)
  }

  send (connection, frame) { if (connection.socket.readyState === 1) connection.socket.send(JSON.stringify(frame)) }

  #answers = {
    auth: (frame, connection) => {
      const visitor = frame.visitor || (frame.token ? `jwt:${frame.token}` : `vk_${String(++this.#keys).padStart(22, '0')}`)
      if (!this.#visitors.has(visitor)) this.#visitors.set(visitor, 9000 + this.#visitors.size + 1)
      this.#welcome(frame, connection, this.#visitors.get(visitor), frame.visitor || frame.token ? {} : { visitor })
    },
    resume: (frame, connection) => {
      const self = Number(frame.token.split('.')[1])
      this.#welcome(frame, connection, self, { resumed: true })
      for (const { conv, seq } of frame.have || []) {
        const rows = this.convs.get(conv)?.rows.filter((row) => row.seq > seq) || []
        if (rows.length) this.send(connection, { t: 'page', conv, messages: rows.slice(0, 200).map(signed), head: this.conv(conv).rows.length, ...(rows.length > 200 ? { more: true } : {}) })
      }
    },
    ping: (frame, connection) => { if (this.isPonging) this.send(connection, { t: 'pong', n: frame.n }) },
    msg: (frame, connection) => this.#message(frame, frame, connection),
    open: (frame, connection) => {
      if (frame.first) this.#message(frame.first, { ...frame, conv: this.#newest() + (this.convs.size ? 1 : 0) }, connection)
    },
    history: (frame, connection) => {
      const all = this.convs.get(frame.conv)?.rows || []
      const rows = frame.before ? all.filter((row) => row.seq < frame.before).slice(-frame.limit) : all.filter((row) => row.seq > frame.after).slice(0, frame.limit)
      const more = frame.before ? rows[0]?.seq > 1 : rows.at(-1)?.seq < all.length
      this.send(connection, { t: 'page', id: frame.id, conv: frame.conv, messages: rows.map(signed), head: all.length, ...(more ? { more } : {}) })
    },
    upload: (frame, connection) => {
      const path = `/media/up/${this.uploads.size + 1}`
      this.uploads.set(path, { ...frame })
      this.send(connection, { t: 'ticket', id: frame.id, put_url: `${path}?sig=1`, url: path.replace('/up/', '/') })
    },
    close: (frame, connection) => {
      const conv = this.conv(frame.conv)
      conv.epoch++
      this.send(connection, { t: 'ack', id: frame.id, conv: conv.id, ep: conv.epoch })
      this.tell({ t: 'conv', conv: conv.id, state: 'closed', ep: conv.epoch })
    },
    rate: (frame, connection) => this.send(connection, { t: 'ack', id: frame.id, conv: frame.conv }),
    handover: (frame, connection) => this.send(connection, { t: 'ack', id: frame.id, conv: frame.conv }),
  }

  #newest () { return Math.max(300, ...this.convs.keys()) }

  #welcome (frame, connection, self, more) {
    connection.self = self
    const convs = [...this.convs.values()].filter((conv) => conv.state !== 'closed').map((conv) => ({ conv: conv.id, seq: conv.rows.length, ep: conv.epoch }))
    this.send(connection, {
      t: 'welcome', id: frame.id, sid: 7001, self, rt: `r1.${self}.x`, rttl: 180, ping: 30, idle: 180, max: 65536,
      ts: Date.now(), convs, log: this.log, ...(this.caps.length ? { caps: this.caps } : {}), ...more,
    })
  }

  #message (message, frame, connection) {
    const id = frame.conv || this.#newest()
    const conv = this.conv(id)
    const { cid, text, media, re } = message
    let row = conv.rows.find((one) => one.cid === cid)
    const duplicate = !!row
    row ||= this.append({ cid, text, media, re }, id)
    if (!duplicate) for (const other of this.live) if (other !== connection) this.send(other, { t: 'msg', ...signed(row) })
    const ack = { t: 'ack', id: frame.id, conv: id, seq: row.seq, cid, ts: row.ts, ...(duplicate ? { duplicate } : {}) }
    if (this.isAcking) setTimeout(() => this.send(connection, ack), this.ackDelay_ms)
  }

  // --- files -------------------------------------------------------------------------------------------------------

  async #http (request, response) {
    const url = new URL(request.url, this.url)
    const cors = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': '*', 'Access-Control-Allow-Methods': 'PUT, GET' }
    if (request.method === 'OPTIONS') return response.writeHead(204, cors).end()
    if (url.pathname.startsWith('/media/')) return this.#media(request, response, url, cors)
    if (url.pathname.startsWith('/api/v1/widget/')) return response.writeHead(200, { 'Content-Type': 'application/json', ...cors }).end(JSON.stringify(this.config))
    const name = this.#fileOf(url.pathname)
    if (!name && this.page === null) return response.writeHead(404).end()
    const body = name ? await readFile(join(this.files, name)) : this.page
    const headers = { 'Content-Type': `${TYPES[(name || 'x.html').split('.').at(-1)]}; charset=utf-8`, ...cors, ...(this.csp ? { 'Content-Security-Policy': this.csp } : {}) }
    response.writeHead(200, headers).end(body)
  }

  #fileOf (path) {
    if (path === '/widget.js') return 'widget.js'
    if (/^\/widget\/[0-9a-f]{16}\/[\w.-]+$/.test(path)) return path.split('/').at(-1)
    if (path === '/demo') return 'demo-index.html'
    if (/^\/demo\/[\w.-]+$/.test(path)) return `demo-${path.split('/').at(-1)}`
    return ''
  }

  async #media (request, response, url, cors) {
    if (request.method === 'GET') {
      const upload = [...this.uploads.entries()].find(([path]) => path.replace('/up/', '/') === url.pathname)?.[1]
      return upload?.body && url.search ? response.writeHead(200, { 'Content-Type': upload.mime, ...cors }).end(upload.body) : response.writeHead(404, cors).end()
    }
    if (this.isSlowToTake) { this.stalled = request; return request.resume() }
    const parts = []
    for await (const part of request) parts.push(part)
    const upload = this.uploads.get(url.pathname)
    upload.body = Buffer.concat(parts)
    response.writeHead(201, cors).end()
  }
}
