// SPDX-License-Identifier: GPL-3.0-or-later
// What this visitor holds of each conversation: one unbroken run of lines, edits folded in. Pure.

const EDITED = 2
const RECALLED = 4

/**
 * @typedef {object} Line a Message as PROTOCOL says it, `role` filled in
 * @property {number} conv
 * @property {number} seq
 * @property {string} [cid]
 * @property {number} [ts]
 * @property {'visitor'|'agent'|'bot'|'system'} role
 * @property {number} [from]
 * @property {string} [text]
 * @property {object} [media]
 * @property {object} [card]
 * @property {object} [choices]
 * @property {object} [event]
 * @property {object} [location]
 * @property {number} [flags]
 * @property {number} [replaces]
 */

const CONTENT = ['text', 'media', 'card', 'event', 'choices', 'location', 'sealed']

/** One conversation. `first`…`last` is the unbroken run that is held; both 0 while nothing is. */
export class Conversation {
  id
  first = 0
  last = 0
  hasOlder = false
  state = ''
  epoch = 0
  agent = 0
  agentName = ''
  avatar = ''
  queue = ''
  /** what the other side has: high-water marks over our lines */
  theirs = { received: 0, seq: 0 }
  /** the last line that was on a visible screen here */
  seen = 0
  /** @type {{after: number, name: string, kind: string, ts: number}[]} who came, who went; not part of the log */
  marks = []
  /** @type {{score: number, comment: string, sent?: boolean}|null} */
  rating = null
  /** @type {Map<number, Line>} */
  lines = new Map()
  /** @type {Map<number, Line>} rows beyond a hole, kept until the hole is filled */
  early = new Map()

  constructor (id) { this.id = id }

  /** The part that outlives a page load. */
  toRecord () {
    const { lines, early, ...record } = this
    return record
  }

  static fromRecord (record, lines) {
    const conv = Object.assign(new Conversation(record.id), record)
    for (const line of lines) conv.lines.set(line.seq, line)
    return conv
  }

  get isOver () { return this.state === 'closed' }
}

export class Timeline {
  /** @type {Map<number, Conversation>} */
  convs = new Map()

  /** @returns {Conversation} */
  conv (id) {
    if (!this.convs.has(id)) this.convs.set(id, new Conversation(id))
    return this.convs.get(id)
  }

  /** The conversation that goes on now: the newest. @returns {Conversation|undefined} */
  get current () { return this.sorted().at(-1) }

  sorted () { return [...this.convs.values()].sort((a, b) => a.id - b.id) }

  /**
   * A line arrived live, or our own was acknowledged.
   * @param {Line} row
   * @returns {{changed: Line[], gap: boolean}} gap: ask for the history after `conv.last` before showing it
   */
  accept (row) {
    const conv = this.conv(row.conv)
    const line = { role: 'visitor', ...row }
    if (line.seq <= conv.last) return { changed: this.#refresh(conv, line), gap: false }
    if (line.seq > conv.last + 1) {
      conv.early.set(line.seq, line)
      return { changed: [], gap: true }
    }
    const changed = this.#append(conv, line)
    while (conv.early.has(conv.last + 1)) changed.push(...this.#append(conv, conv.early.get(conv.last + 1)))
    return { changed, gap: false }
  }

  /**
   * A page of history, in whichever direction it was asked.
   * @returns {{changed: Line[], reset: boolean}} reset: what was held could not be joined to it and was dropped
   */
  acceptPage (id, rows, isOlder = false) {
    const conv = this.conv(id)
    const lines = rows.map((row) => ({ role: 'visitor', ...row, conv: id })).sort((a, b) => a.seq - b.seq)
    if (lines.length === 0) return { changed: [], reset: false }
    const reset = conv.last > 0 && (isOlder ? lines.at(-1).seq < conv.first - 1 : lines[0].seq > conv.last + 1)
    if (reset) this.#empty(conv)
    const isFirst = conv.last === 0
    const changed = []
    if (isFirst) conv.last = lines[0].seq - 1
    if (isFirst) conv.first = lines[0].seq
    for (const line of lines) changed.push(...this.#place(conv, line))
    conv.first = Math.min(conv.first, lines[0].seq)
    while (conv.early.has(conv.last + 1)) changed.push(...this.#append(conv, conv.early.get(conv.last + 1)))
    return { changed, reset }
  }

  /** Lines to show, oldest first: a row that only edits or recalls another is not one. @returns {Line[]} */
  visible (conv) {
    const shown = []
    for (let seq = conv.first; seq > 0 && seq <= conv.last; seq++) {
      const line = conv.lines.get(seq)
      if (line && !line.replaces) shown.push(line)
    }
    return shown
  }

  unread (conv) {
    return this.visible(conv).filter((line) => line.seq > conv.seen && line.role !== 'visitor' && !line.event && !(line.flags & RECALLED)).length
  }

  #place (conv, line) {
    if (line.seq > conv.last) return this.#append(conv, line)
    if (conv.lines.has(line.seq)) return this.#refresh(conv, line)
    conv.lines.set(line.seq, line)
    return [line, ...this.#fold(conv, line)]
  }

  #append (conv, line) {
    conv.early.delete(line.seq)
    conv.lines.set(line.seq, line)
    if (conv.first === 0) conv.first = line.seq
    conv.last = line.seq
    return [line, ...this.#fold(conv, line)]
  }

  /** The same line again: nothing new is shown, but its content may be newer (an edit, a freshly signed link). */
  #refresh (conv, line) {
    const held = conv.lines.get(line.seq)
    if (!held || JSON.stringify(held) === JSON.stringify(line)) return []
    if (held.flags & (EDITED | RECALLED) && !(line.flags & (EDITED | RECALLED))) return []
    Object.assign(held, line)
    if (held.flags & RECALLED) for (const key of CONTENT) delete held[key]
    return [held]
  }

  #fold (conv, edit) {
    const line = edit.replaces && conv.lines.get(edit.replaces)
    if (!line || line.role !== edit.role || line.foldedBy > edit.seq) return []
    for (const key of CONTENT) delete line[key]
    for (const key of CONTENT) if (edit[key] !== undefined && !(edit.flags & RECALLED)) line[key] = edit[key]
    line.flags = (line.flags || 0) | (edit.flags & (EDITED | RECALLED))
    line.foldedBy = edit.seq
    return [line]
  }

  #empty (conv) {
    conv.lines.clear()
    conv.first = conv.last = 0
  }
}

export const isEdited = (line) => !!(line.flags & EDITED) && !(line.flags & RECALLED)
export const isRecalled = (line) => !!(line.flags & RECALLED)
