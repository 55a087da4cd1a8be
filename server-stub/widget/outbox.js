// SPDX-License-Identifier: GPL-3.0-or-later
// Lines on their way out. Each is on disk before it is sent, keeps its `cid` until the gateway says it is stored,
// and says honestly where it is: queued → sending → (acknowledged: it leaves the outbox) or failed with a reason.

const ANSWER_WITHIN_MS = 15000
const RETRY_MS = 2000
/** An upload that fails this often in one connection is worth telling. */
const MOST_UPLOADS = 4
/** After these the same `cid` may and should be sent again. */
const PASSING = new Set([408, 429, 500, 503, 507])

/**
 * @typedef {object} Entry
 * @property {string} cid
 * @property {number} order
 * @property {number} at wall clock, for display until the gateway's own arrives
 * @property {string} [text]
 * @property {{blob: Blob, mime: string, size: number, name: string, w?: number, h?: number, ms?: number}} [file] a picture or a voice message
 * @property {object} [media] once uploaded
 * @property {number} [conv] where it was sent first; a repeat goes to the same place
 * @property {boolean} [anew] begins a new conversation
 * @property {number} [re]
 * @property {'queued'|'uploading'|'sending'|'failed'} state
 * @property {string} [reason] slug of the error
 * @property {number} [progress] 0…1 of an upload
 * @property {string} [owner] the tab that sends it
 * @property {number} [self] the visitor who wrote it
 */

/** 64 random bits as 16 hex digits; never all zero, which would mean “none”. */
export function newCid (crypto) {
  const bytes = crypto.getRandomValues(new Uint8Array(8))
  bytes[0] |= 1
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

export class Outbox {
  /** @type {Entry[]} oldest first */
  entries = []
  #tables; #env; #send; #upload; #onChange; #onStored
  #isOpen = false
  #sendingCid = ''
  #timer = null

  /**
   * @param {object} how
   * @param {object} how.tables
   * @param {import('./link.js').Env} how.env
   * @param {(entry: Entry, done: (reply: object|null) => void) => void} how.send one Message frame
   * @param {(entry: Entry, onProgress: (share: number) => void) => {done: Promise<object>, cancel: () => void}} how.upload
   * @param {(entry: Entry) => void} how.onChange
   * @param {(entry: Entry, ack: object) => void} how.onStored
   */
  constructor ({ tables, env, send, upload, onChange, onStored }) {
    this.#tables = tables
    this.#env = env
    this.#send = send
    this.#upload = upload
    this.#onChange = onChange
    this.#onStored = onStored
  }

  /** Entries of this visitor from before a reload, or of a tab that is no more. @param {Entry[]} entries */
  adopt (entries) {
    for (const entry of entries) {
      if (this.find(entry.cid)) continue
      const file = entry.file || entry.picture     // its name in an earlier widget
      this.entries.push({ ...entry, file, state: entry.state === 'failed' ? 'failed' : 'queued', progress: 0 })
    }
    this.entries.sort((a, b) => a.order - b.order)
    this.#pump()
  }

  find (cid) { return this.entries.find((entry) => entry.cid === cid) }

  /** @param {Entry} entry */
  async add (entry) {
    const last = this.entries.at(-1)
    entry.order = Math.max(entry.at, last ? last.order + 1 : 0)
    entry.state = 'queued'
    this.entries.push(entry)
    this.#onChange(entry)
    await this.#keep(entry)
    this.#pump()
  }

  /** The connection is there and what the gateway holds is known: from now on lines may leave. */
  open () {
    this.#isOpen = true
    this.#pump()
  }

  /** The connection is gone: nothing is on the wire any more. */
  close () {
    this.#isOpen = false
    this.#sendingCid = ''
    this.#clearTimer()
    for (const entry of this.entries) if (entry.state === 'sending') this.#become(entry, 'queued')
  }

  retry (cid) {
    const entry = this.find(cid)
    if (!entry || entry.state !== 'failed') return
    entry.reason = undefined
    entry.uploads = entry.conv = 0
    this.#become(entry, 'queued')
    this.#keep(entry)
    this.#pump()
  }

  /** Takes an entry back that has not been stored, as far as anybody here knows. */
  remove (cid) {
    const entry = this.find(cid)
    if (!entry) return
    entry.cancel?.()
    this.#forget(entry)
    this.#onChange(entry)
    this.#pump()
  }

  /** The gateway showed us this line: it is stored, whatever became of its acknowledgement. */
  confirm (cid, row) {
    const entry = cid && this.find(cid)
    if (!entry) return false
    this.#forget(entry)
    this.#onStored(entry, row)
    return true
  }

  #pump () {
    if (!this.#isOpen) return
    this.#startUploads()
    if (this.#sendingCid || this.#timer) return
    const next = this.entries.find((entry) => entry.state === 'queued' && (!entry.file || entry.media))
    if (next) this.#sendOne(next)
  }

  /** Files travel beside the line of texts: a slow upload holds up nobody's words. */
  #startUploads () {
    if (this.entries.some((entry) => entry.state === 'uploading')) return
    const entry = this.entries.find((one) => one.state === 'queued' && one.file && !one.media)
    if (!entry) return
    this.#become(entry, 'uploading')
    const { done, cancel } = this.#upload(entry, (share) => { entry.progress = share; this.#onChange(entry) })
    entry.cancel = cancel
    done.then((media) => this.#uploaded(entry, media), (error) => this.#uploadFailed(entry, error))
  }

  async #uploaded (entry, media) {
    delete entry.cancel
    entry.media = media
    this.#become(entry, 'queued')
    await this.#keep(entry)
    this.#pump()
  }

  #uploadFailed (entry, error) {
    delete entry.cancel
    if (!this.find(entry.cid)) return this.#pump()
    entry.uploads = this.#isOpen ? (entry.uploads || 0) + 1 : 0
    if (error.passing && entry.uploads < MOST_UPLOADS) {
      this.#become(entry, 'queued')
      if (this.#isOpen) this.#later(error.retry_ms)
    } else {
      this.#fail(entry, error.slug || 'internal')
    }
  }

  #sendOne (entry) {
    this.#sendingCid = entry.cid
    this.#become(entry, 'sending')
    this.#env.clearTimeout(this.#answerTimer)
    this.#answerTimer = this.#env.setTimeout(() => this.onSilence?.(), ANSWER_WITHIN_MS)
    this.#send(entry, (reply) => {
      this.#env.clearTimeout(this.#answerTimer)
      if (this.#sendingCid === entry.cid) this.#sendingCid = ''
      if (reply && this.find(entry.cid)) this.#answered(entry, reply)
      if (reply) this.#pump()
    })
  }
  #answerTimer = null
  /** @type {(() => void)|undefined} no answer came although the connection seems to be there */
  onSilence

  #answered (entry, reply) {
    if (reply.t === 'ack') {
      this.#forget(entry)
      this.#onStored(entry, reply)
    } else if (PASSING.has(reply.code)) {
      entry.reason = reply.slug
      this.#become(entry, 'queued')
      this.#later(reply.retry || RETRY_MS)
    } else if ((reply.code === 410 || reply.code === 404) && entry.conv) {
      entry.conv = 0                               // that conversation is over: whatever is current takes the line
      entry.isMoved = true
      this.#become(entry, 'queued')
      this.#keep(entry)
    } else if (reply.code === 422 && reply.slug === 'unknown_media' && entry.file && !entry.isUploadedAgain) {
      entry.media = undefined
      entry.isUploadedAgain = true
      this.#become(entry, 'queued')
    } else {
      this.#fail(entry, reply.slug || 'internal')
    }
  }

  #fail (entry, slug) {
    entry.reason = slug
    this.#become(entry, 'failed')
    this.#keep(entry)
    this.#pump()
  }

  #later (ms = RETRY_MS) {
    if (this.#timer) return
    this.#timer = this.#env.setTimeout(() => { this.#timer = null; this.#pump() }, ms)
  }

  #clearTimer () {
    this.#env.clearTimeout(this.#answerTimer)
    if (this.#timer) this.#env.clearTimeout(this.#timer)
    this.#timer = null
  }

  #become (entry, state) {
    entry.state = state
    this.#onChange(entry)
  }

  #keep (entry) {
    const { cancel, progress, uploads, isUploadedAgain, ...kept } = entry
    return this.#tables.put('outbox', { ...kept, state: entry.state === 'failed' ? 'failed' : 'queued' })
  }

  #forget (entry) {
    this.entries = this.entries.filter((one) => one !== entry)
    this.#tables.delete('outbox', entry.cid)
  }
}
