// SPDX-License-Identifier: GPL-3.0-or-later
// The visitor's side of the protocol: connection, lines and outbox joined. The page draws what it tells; no DOM here.
import { Link } from './link.js'
import { Outbox, newCid } from './outbox.js'
import { Conversation, Timeline } from './timeline.js'

const PAGE_LINES = 50
const KEPT_CONVERSATIONS = 5
const RECEIPT_EVERY_MS = 1000
const TYPING_EVERY_MS = 3000
const PREVIEW_EVERY_MS = 1000
const PREVIEW_CHARACTERS = 500
/** A peer that stopped typing without saying so. */
const TYPING_FOR_MS = 8000
/** A page that the gateway announced with Welcome but did not send. */
const PUSHED_PAGE_WITHIN_MS = 4000

/**
 * @typedef {object} Place where this chat lives; tests give their own
 * @property {import('./link.js').Env} env
 * @property {object} tables
 * @property {{get: (key: string) => string|null, set: (key: string, value: string) => void, delete: (key: string) => void}} shared localStorage
 * @property {object} own sessionStorage
 * @property {Crypto} crypto
 * @property {string} app
 * @property {string} url of the socket
 * @property {string} locale
 * @property {string} tab a random name of this tab
 * @property {() => number} wall wall clock, ms
 * @property {(entry: object, ticket: object, onProgress: (share: number) => void) => {done: Promise, cancel: () => void}} put
 * @property {(entry: object) => Promise<string>} digest
 */

export class Chat {
  timeline = new Timeline()
  /** @type {Map<number, {position: number, eta_s: number}>} */
  queues = new Map()
  /** @type {{role: string, until: number}|null} */
  typing = null
  presence = ''
  caps = []
  isVisible = false
  isLoaded = false
  wasReady = false
  identity = { token: '', profile: null }
  #place; #link; #listeners = new Set()
  #resume = null
  #log = 0
  #self = 0
  #waitingFor = new Map()
  #receiptTimer = null
  #receipts = new Map()
  #typedAt = 0
  #saidTyping = false
  #previewTimer = null
  #preview = ''
  #previewSent = ''
  #begin = false
  #page = null
  #refusals = 0
  #clockOffset = 0

  /** @param {Place} place */
  constructor (place) {
    this.#place = place
    this.#link = new Link({
      env: place.env,
      url: place.url,
      greet: () => this.#greeting(),
      onFrame: (frame) => this.#take(frame),
      onState: (state, detail) => this.#linkChanged(state, detail),
    })
    this.outbox = new Outbox({
      tables: place.tables,
      env: place.env,
      send: (entry, done) => this.#sendEntry(entry, done),
      upload: (entry, onProgress) => this.#uploadEntry(entry, onProgress),
      onChange: (entry) => this.#tell('outbox', { entry }),
      onStored: (entry, row) => this.#stored(entry, row),
    })
    this.outbox.onSilence = () => this.#link.probe()
  }

  get link () { return this.#link }
  get current () { return this.timeline.current }
  get canPreview () { return this.caps.includes('preview') }
  get visitorKey () { return this.#place.shared.get(this.#key('visitor')) || '' }
  get isKnown () { return !!(this.visitorKey || this.identity.token) }

  /** @param {(what: string, detail: object) => void} fn @returns {() => void} stops it */
  listen (fn) {
    this.#listeners.add(fn)
    return () => this.#listeners.delete(fn)
  }

  // --- from the disk ------------------------------------------------------------------------------------------

  async load () {
    const { tables, own } = this.#place
    const [meta, records, lines, entries] = await Promise.all([tables.get('meta', 'log'), tables.all('convs'), tables.all('lines'), tables.all('outbox')])
    this.#log = meta?.log || 0
    this.#self = meta?.self || 0
    for (const record of records || []) this.#loadOne(record, lines.filter((line) => line.conv === record.id))
    try { this.#resume = JSON.parse(own.get(this.#key('resume'))) } catch { this.#resume = null }
    this.outbox.adopt(await this.#orphans([...entries, ...this.#bridged(entries, lines)]))
    this.isLoaded = true
    this.#tell('timeline', { loaded: true })
  }

  /** Only an unbroken run is worth anything; a cache with a hole (a browser killed between two writes) is cut at it. */
  #loadOne (record, lines) {
    const conv = Conversation.fromRecord(record, lines)
    let last = conv.last
    while (last >= conv.first && last > 0 && !conv.lines.has(last)) last--
    let first = last
    while (first > conv.first && conv.lines.has(first - 1)) first--
    if (last === 0 || !conv.lines.has(last)) { conv.first = conv.last = 0 } else Object.assign(conv, { first, last, hasOlder: conv.hasOlder || first > 1 })
    this.timeline.convs.set(conv.id, conv)
  }

  /** Lines that another living tab is about to send stay with it. */
  async #orphans (entries) {
    const living = await this.#place.livingTabs()
    const mine = entries.filter((entry) => entry.owner === this.#place.tab || !living.has(entry.owner))
    for (const entry of mine) entry.owner = this.#place.tab
    this.#place.tables.putAll('outbox', mine)
    return mine
  }

  #key (name) { return `usher:${this.#place.app}:${name}` }

  #keepConv (conv) { this.#place.tables.put('convs', conv.toRecord()) }

  #keepLines (lines) { this.#place.tables.putAll('lines', lines) }

  async #dropAll () {
    this.timeline = new Timeline()
    this.queues.clear()
    await Promise.all([this.#place.tables.clear('lines'), this.#place.tables.clear('convs')])
    this.#tell('timeline', { reset: true })
  }

  // --- sign-in ------------------------------------------------------------------------------------------------

  #greeting () {
    const { app, locale, env } = this.#place
    const hello = { v: 1, ch: 'web', app, dev: this.#place.device, loc: locale, ua: env.userAgent, tz: env.timeZone, caps: ['batch', 'preview'] }
    const auth = {}
    if (this.identity.token) auth.token = this.identity.token
    else if (this.visitorKey) auth.visitor = this.visitorKey
    if (this.identity.profile) auth.profile = this.identity.profile
    return { hello, auth, resume: this.#resume && this.#resumeFrame() }
  }

  #resumeFrame () {
    const have = this.timeline.sorted().filter((conv) => conv.last > 0).slice(-KEPT_CONVERSATIONS)
    return { token: this.#resume.token, have: have.map((conv) => ({ conv: conv.id, seq: conv.last, ep: conv.epoch })), log: this.#log }
  }

  /** Somebody wants to talk. Where a connection was lost, the time of its next try stands. */
  connect () { if (this.#link.state === 'idle') this.#link.start() }

  /** This visitor is somebody else now, or says more about themselves. */
  identify (identity) {
    Object.assign(this.identity, identity)
    this.#forgetResume()
    if (this.#link.state !== 'idle') this.#link.restart()
  }

  #forgetResume () {
    this.#resume = null
    this.#place.own.delete(this.#key('resume'))
  }

  #linkChanged (state, { anew, code }) {
    if (anew) this.#forgetResume()
    if (state !== 'ready') {
      this.outbox.close()
      this.#waitingFor.clear()
      this.#saidTyping = false
    }
    this.#tell('link', { state, code })
  }

  async #welcomed (welcome) {
    const { shared, own, tables, wall } = this.#place
    this.#refusals = 0
    this.wasReady = true
    this.caps = welcome.caps || []
    this.#clockOffset = welcome.ts ? welcome.ts - wall() : 0
    if (welcome.visitor) shared.set(this.#key('visitor'), welcome.visitor)
    this.#resume = welcome.rt ? { token: welcome.rt } : null
    if (this.#resume) own.set(this.#key('resume'), JSON.stringify(this.#resume))
    const isOther = this.#self !== 0 && welcome.self !== this.#self
    const isNewLog = this.#log !== 0 && welcome.log !== this.#log
    this.#log = welcome.log || 0
    this.#self = welcome.self || 0
    tables.put('meta', { log: this.#log, self: this.#self }, 'log')
    if (isNewLog || isOther) await this.#dropAll()
    if (isOther) this.#disown()
    this.#catchUp(welcome, welcome.resumed && !isNewLog && !isOther)
    if (this.#page) this.#link.send(this.#page)
    this.#flushRatings()
    for (const line of this.#unsigned) this.refreshLine(line)
    this.#tell('welcome', {})
  }

  /** What one visitor wrote is not sent in another's name without being asked. */
  #disown () {
    for (const entry of this.outbox.entries) {
      if (entry.self && entry.self !== this.#self && entry.state !== 'failed') Object.assign(entry, { state: 'failed', reason: 'other_visitor', conv: 0 })
    }
  }

  /** Nothing leaves the outbox before what the gateway holds is known here: it may hold the very lines we would repeat. */
  #catchUp (welcome, isResumed) {
    const listed = new Map((welcome.convs || []).map((cursor) => [cursor.conv, cursor]))
    const held = this.timeline.sorted()
    if (!isResumed) {
      const newest = held.at(-1)
      if (newest && !listed.has(newest.id) && newest.last > 0) this.#closedMeanwhile(newest)
    }
    for (const [id, cursor] of listed) {
      const conv = this.timeline.conv(id)
      conv.epoch = cursor.ep || conv.epoch
      if (conv.last >= (cursor.seq || 0)) continue
      this.#waitingFor.set(id, cursor.seq)
      if (isResumed && conv.last > 0) this.#place.env.setTimeout(() => this.#askIfStillBehind(id), PUSHED_PAGE_WITHIN_MS)
      else this.#askMissing(conv, cursor.seq)
    }
    this.#settle()
  }

  #closedMeanwhile (conv) {
    conv.state = 'closed'
    this.#keepConv(conv)
    this.#askAfter(conv)
  }

  #askIfStillBehind (id) {
    if (this.#waitingFor.has(id) && this.#link.isReady) this.#askAfter(this.timeline.conv(id))
  }

  #settle () {
    for (const [id, seq] of this.#waitingFor) if (this.timeline.conv(id).last >= seq) this.#waitingFor.delete(id)
    if (this.#waitingFor.size === 0 && this.#link.isReady) this.outbox.open()
  }

  // --- history ------------------------------------------------------------------------------------------------

  /** The newest page where nothing is held, else all that is missing. */
  #askMissing (conv, head) {
    if (conv.last === 0 && head > PAGE_LINES) this.#ask(conv, { before: head + 1 })
    else this.#askAfter(conv)
  }

  #askAfter (conv) {
    if (conv.isAsking) return
    this.#ask(conv, { after: conv.last })
  }

  /** One page further back, when somebody scrolls there. */
  loadOlder (conv) {
    if (conv.isAsking || !conv.hasOlder || conv.first <= 1) return
    this.#ask(conv, { before: conv.first })
  }

  #ask (conv, range) {
    Object.defineProperty(conv, 'isAsking', { value: true, configurable: true, enumerable: false })
    this.#link.request({ t: 'history', conv: conv.id, ...range, limit: PAGE_LINES }, (reply) => {
      delete conv.isAsking
      if (reply?.t === 'page') this.#takePage(reply, range)
      else if (reply) { this.#waitingFor.delete(conv.id); this.#settle() }
    })
  }

  #takePage (page, range = {}) {
    const conv = this.timeline.conv(page.conv)
    const isOlder = range.before !== undefined
    const before = conv.last
    const { changed, reset } = this.timeline.acceptPage(page.conv, page.messages || [], isOlder)
    if (isOlder || before === 0 || reset) conv.hasOlder = isOlder ? !!page.more : conv.first > 1
    this.#keepLines(changed)
    this.#keepConv(conv)
    for (const line of changed) if (line.role === 'visitor') this.outbox.confirm(line.cid, line)
    this.#tell('timeline', { conv, changed, isOlder, reset })
    const isBehind = !isOlder && (page.more || (page.head || 0) > conv.last || conv.early.size > 0)
    if (isBehind && conv.last > before) this.#askAfter(conv)
    else if (isBehind) conv.early.clear()          // asked, and got nothing that helps: start from what comes next
    if (!isBehind || conv.last === before) this.#waitingFor.delete(conv.id)
    this.#received(conv)
    this.#settle()
  }

  /** A link is not signed, or ran out: the line again, freshly signed, as soon as there is a connection. */
  refreshLine (line) {
    if (!this.#link.isReady) return this.#unsigned.add(line)
    this.#unsigned.delete(line)
    this.#link.request({ t: 'history', conv: line.conv, after: line.seq - 1, limit: 1 }, (reply) => {
      if (reply?.t !== 'page') return
      const { changed } = this.timeline.acceptPage(line.conv, (reply.messages || []).filter((row) => row.seq === line.seq), true)
      this.#keepLines(changed)
      this.#tell('timeline', { conv: this.timeline.conv(line.conv), changed })
    })
  }

  #unsigned = new Set()

  // --- frames -------------------------------------------------------------------------------------------------

  #take (frame) {
    const handler = this.#handlers[frame.t]
    if (handler) handler(frame)
  }

  #handlers = {
    welcome: (frame) => this.#welcomed(frame),
    refused: (frame) => this.#wasRefused(frame),
    msg: (frame) => this.#takeLine(frame),
    page: (frame) => this.#takePage(frame),
    conv: (frame) => this.#takeState(frame),
    queue: (frame) => this.#takeQueue(frame),
    assign: (frame) => this.#takeAssignment(frame),
    typing: (frame) => this.#takeTyping(frame),
    read: (frame) => this.#takeRead(frame),
    presence: (frame) => { this.presence = frame.state || 'offline'; this.#tell('presence', frame) },
    notice: (frame) => this.#tell('notice', frame),
    bye: (frame) => this.#tell('bye', frame),
  }

  /** A key the gateway does not know (another database): after two refusals a new one. */
  #wasRefused (frame) {
    this.#forgetResume()
    this.#refusals++
    if (frame.code === 401 && !this.identity.token && this.#refusals > 1) this.#place.shared.delete(this.#key('visitor'))
    this.#tell('refused', { slug: frame.slug, detail: frame.detail })
  }

  #takeLine (frame) {
    const { t, id, ...row } = frame
    const conv = this.timeline.conv(row.conv)
    const { changed, gap } = this.timeline.accept(row)
    if (gap) return conv.last === 0 ? this.#askMissing(conv, row.seq) : this.#askAfter(conv)
    if (row.role !== 'visitor') this.typing = null
    if (!row.role || row.role === 'visitor') this.outbox.confirm(row.cid, row)
    this.#keepLines(changed)
    this.#keepConv(conv)
    this.#tell('timeline', { conv, changed, isLive: true })
    this.#received(conv)
    this.#settle()
  }

  /** Our own line is in the log: it leaves the outbox and takes its place among the others. */
  #stored (entry, row) {
    const { text, media, re, cid } = entry
    if (!row.conv || !row.seq) return this.#tell('outbox', { entry })
    const conv = this.timeline.conv(row.conv)
    const line = { conv: row.conv, seq: row.seq, cid, ts: row.ts, role: 'visitor', text, media, re }
    for (const key of Object.keys(line)) if (line[key] === undefined) delete line[key]
    const { changed, gap } = row.t === 'ack' ? this.timeline.accept(line) : { changed: [], gap: false }
    if (gap) this.#askAfter(conv)
    this.#keepLines(changed)
    this.#keepConv(conv)
    this.#tell('timeline', { conv, changed, isOwn: true, entry })
  }

  #takeState (frame) {
    const conv = this.timeline.conv(frame.conv)
    if (frame.ep && frame.ep < conv.epoch) return
    const from = conv.state
    conv.epoch = frame.ep || conv.epoch
    if (frame.state) conv.state = frame.state === 'wrapup' ? 'closed' : frame.state
    if (conv.state !== 'queued') this.queues.delete(conv.id)
    if (conv.isOver) this.typing = null
    if (conv.isOver && from !== 'closed') this.#mark(conv, 'ended', conv.agentName)
    if (from === 'closed' && !conv.isOver) conv.rating = null
    this.#keepConv(conv)
    this.#tell('state', { conv, from })
  }

  #takeQueue (frame) {
    if (frame.pos) this.queues.set(frame.conv, { position: frame.pos, eta_s: frame.eta || 0 })
    else this.queues.delete(frame.conv)
    this.#tell('queue', frame)
  }

  #takeAssignment (frame) {
    const conv = this.timeline.conv(frame.conv)
    if (frame.ep && frame.ep < conv.epoch) return
    const { agent = 0, name = '', avatar = '' } = frame
    if (agent && (agent !== conv.agent || conv.isOver)) this.#mark(conv, 'joined', name)
    if (!agent && conv.agent && !conv.isOver) this.#mark(conv, 'left', conv.agentName)
    conv.epoch = frame.ep || conv.epoch
    Object.assign(conv, { agent, agentName: name || (agent ? conv.agentName : ''), avatar })
    if (agent) { this.queues.delete(conv.id); this.presence ||= 'online' }
    this.#keepConv(conv)
    this.#tell('assign', { conv })
  }

  #mark (conv, kind, name) {
    const last = conv.marks.at(-1)
    if (last && last.kind === kind && last.name === name && last.after === conv.last) return
    conv.marks.push({ after: conv.last, kind, name, ts: this.now() })
    conv.marks.splice(0, conv.marks.length - 50)
  }

  /** The gateway's clock, as far as we know it. */
  now () { return this.#place.wall() + this.#clockOffset }

  #takeTyping (frame) {
    if (!frame.role || frame.role === 'visitor') return
    this.#place.env.clearTimeout(this.#typingTimer)
    this.typing = frame.on ? { role: frame.role } : null
    if (frame.on) this.#typingTimer = this.#place.env.setTimeout(() => { this.typing = null; this.#tell('typing', {}) }, TYPING_FOR_MS)
    this.#tell('typing', {})
  }
  #typingTimer = null

  #takeRead (frame) {
    const conv = this.timeline.conv(frame.conv)
    if (!frame.role || frame.role === 'visitor') {
      conv.seen = Math.max(conv.seen, frame.seq || 0)
    } else {
      conv.theirs.seq = Math.max(conv.theirs.seq, frame.seq || 0)
      conv.theirs.received = Math.max(conv.theirs.received, frame.received || 0, conv.theirs.seq)
    }
    this.#keepConv(conv)
    this.#tell('read', { conv })
  }

  // --- what the visitor does ----------------------------------------------------------------------------------

  /** @returns {Promise<object>} the outbox entry */
  async say (content) {
    const entry = {
      cid: newCid(this.#place.crypto), at: this.now(), owner: this.#place.tab, self: this.#self,
      anew: this.#begin || undefined, ...content,
    }
    this.#begin = false
    this.stopTyping()
    this.connect()
    this.#bridge(entry, true)
    await this.outbox.add(entry)
    this.#bridge(entry, false)
    return entry
  }

  /** IndexedDB takes a moment, and a page can go within it; sessionStorage is written before this returns. */
  #bridge (entry, isNew) {
    if (entry.text === undefined) return
    if (isNew) this.#unkept.set(entry.cid, { ...entry, order: entry.at })
    else this.#unkept.delete(entry.cid)
    this.#place.own.set(this.#key('said'), JSON.stringify([...this.#unkept.values()]))
  }
  #unkept = new Map()

  #bridged (entries, lines) {
    try {
      const held = new Set([...entries, ...lines].map(({ cid }) => cid))
      return JSON.parse(this.#place.own.get(this.#key('said'))).filter(({ cid }) => !held.has(cid))
    } catch {
      return []
    }
  }

  #sendEntry (entry, done) {
    const body = entry.media ? { media: entry.media } : { text: entry.text }
    if (entry.re) body.re = entry.re
    if (entry.conv === undefined) entry.conv = !entry.anew && this.current && !this.current.isOver ? this.current.id : 0
    if (entry.anew && !entry.isMoved) this.#link.request({ t: 'open', first: { cid: entry.cid, ...body }, ...this.opening }, done)
    else this.#link.request({ t: 'msg', cid: entry.cid, ...(entry.conv ? { conv: entry.conv } : {}), ...body }, done)
  }
  /** What goes with the first line of a conversation: queue, subject, context of the pre-chat form. */
  opening = {}

  #uploadEntry (entry, onProgress) {
    let isCancelled = false
    let put = null
    const cancel = () => { isCancelled = true; put?.cancel() }
    const run = async () => {
      const { blob, mime, size, name, w, h, ms } = entry.file
      const sha256 = await this.#place.digest(blob)
      const ticket = await new Promise((resolve) => this.#link.request({ t: 'upload', mime, size, name, ...(sha256 ? { sha256 } : {}) }, resolve))
      if (isCancelled || !ticket) throw Object.assign(new Error('cancelled'), { passing: true })
      if (ticket.t !== 'ticket') throw Object.assign(new Error(ticket.slug), { slug: ticket.slug, passing: ticket.code === 429 || ticket.code >= 500, retry_ms: ticket.retry })
      if (!ticket.already) {
        put = this.#place.put(entry, ticket, onProgress)
        await put.done
      }
      return { kind: ms ? 'voice' : 'image', url: ticket.url, mime, size, w, h, dur: ms, name }
    }
    return { done: run(), cancel }
  }

  /** A file that never became a line, told where the visitor looks. */
  refuseFile (slug) { this.#tell('refusedFile', { slug }) }

  redraw () { this.#tell('link', { state: this.#link.state }) }

  /** The next line opens a new conversation instead of going on with the old one. */
  beginAnew () {
    this.#begin = true
    this.#tell('state', { conv: this.current })
  }
  get isBeginning () { return this.#begin }

  endChat () {
    const conv = this.current
    if (conv && !conv.isOver) this.#link.request({ t: 'close', conv: conv.id, reason: 'visitor_left' }, (reply) => {
      if (reply?.t === 'ack') this.#takeState({ conv: conv.id, state: 'closed', ep: reply.ep })
    })
  }

  askForPerson () {
    if (this.current) this.#link.request({ t: 'handover', conv: this.current.id }, () => {})
  }

  rate (conv, score, comment) {
    conv.rating = { score, comment, sent: false }
    this.#keepConv(conv)
    this.#flushRatings()
    this.#tell('state', { conv })
  }

  #flushRatings () {
    for (const conv of this.timeline.convs.values()) {
      if (!conv.rating?.score || conv.rating.sent) continue
      const { score, comment } = conv.rating
      this.#link.request({ t: 'rate', conv: conv.id, score, of: 5, ...(comment ? { comment } : {}) }, (reply) => {
        if (!reply || (reply.t === 'error' && reply.code >= 500)) return
        conv.rating.sent = true
        this.#keepConv(conv)
      })
    }
  }

  pageView (url, title) {
    this.#page = { t: 'page_view', url: String(url).slice(0, 2000), title: String(title || '').slice(0, 200) }
    this.#link.send(this.#page)
  }

  // --- receipts and typing ------------------------------------------------------------------------------------

  setVisible (isVisible) {
    this.isVisible = isVisible
    if (isVisible && this.current) this.#received(this.current)
  }

  /** Arrived, and if it is on a screen, seen; both at most once a second. */
  #received (conv) {
    if (this.isVisible && conv.seen < conv.last) {
      conv.seen = conv.last
      this.#keepConv(conv)
      this.#tell('unread', {})
    }
    if (this.#receiptTimer) return
    this.#sendReceipts()
    this.#receiptTimer = this.#place.env.setTimeout(() => { this.#receiptTimer = null; this.#sendReceipts() }, RECEIPT_EVERY_MS)
  }

  #sendReceipts () {
    for (const conv of this.timeline.convs.values()) {
      const said = this.#receipts.get(conv.id) || { seq: 0, received: 0 }
      const isNew = conv.last > said.received || conv.seen > said.seq
      if (!isNew || conv.last === 0 || !this.#hasTheirs(conv, said)) continue
      if (this.#link.send({ t: 'read', conv: conv.id, ...(conv.seen ? { seq: conv.seen } : {}), received: conv.last })) {
        this.#receipts.set(conv.id, { seq: conv.seen, received: conv.last })
      }
    }
  }

  /** Our own lines need no receipt from us. */
  #hasTheirs (conv, said) {
    for (let seq = conv.last; seq > Math.min(said.received, said.seq) && seq >= conv.first; seq--) {
      if (conv.lines.get(seq) && conv.lines.get(seq).role !== 'visitor') return true
    }
    return false
  }

  /** Called at every change of the composer. */
  type (text) {
    if (!text) return this.stopTyping()
    const now = this.#place.env.now()
    this.#preview = [...text].slice(0, PREVIEW_CHARACTERS).join('')
    if (this.canPreview) return this.#previewSoon()
    if (this.#saidTyping && now - this.#typedAt < TYPING_EVERY_MS) return
    this.#sayTyping(true)
  }

  #previewSoon () {
    if (this.#previewTimer || (this.#saidTyping && this.#preview === this.#previewSent)) return
    this.#previewSent = this.#preview
    this.#sayTyping(true, this.#preview)
    this.#previewTimer = this.#place.env.setTimeout(() => {
      this.#previewTimer = null
      if (this.#saidTyping) this.#previewSoon()
    }, PREVIEW_EVERY_MS)
  }

  stopTyping () {
    this.#preview = ''
    if (this.#saidTyping) this.#sayTyping(false)
  }

  #sayTyping (on, preview) {
    const conv = this.current
    if (!conv || conv.isOver) return
    this.#saidTyping = on
    this.#typedAt = this.#place.env.now()
    this.#link.send({ t: 'typing', conv: conv.id, ...(on ? { on } : {}), ...(preview ? { preview } : {}) })
  }

  unread () {
    return this.timeline.sorted().slice(-1).reduce((sum, conv) => sum + this.timeline.unread(conv), 0)
  }

  #tell (what, detail) { for (const fn of [...this.#listeners]) fn(what, detail) }
}
