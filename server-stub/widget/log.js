// SPDX-License-Identifier: GPL-3.0-or-later
// The list of lines: days, people who came and went, lines, and what is still on its way out.
import { arrange, h, icon, setText } from './dom.js'
import { contentOf, fit, pictureOf, stateOf, words } from './lines.js'
import { ratingOf } from './rating.js'
import { voiceOf } from './voice.js'

const SAME_BREATH_MS = 4 * 60000
/** Most rows that are elements; older ones come back when somebody scrolls up to them. */
const MOST_ROWS = 300
const NEAR_END_PX = 80

export class Log {
  #ui; #chat
  #rows = new Map()
  #objectUrls = new Map()
  #isAtEnd = true
  #most = MOST_ROWS
  #unreadFrom = null

  constructor (ui, chat) {
    this.#ui = ui
    this.#chat = chat
    const { t } = ui
    this.older = h('button.older', { type: 'button', onclick: () => this.#showOlder() }, t('older'))
    this.list = h('div.lines')
    this.typing = h('div.line.theirs.typing', { 'aria-hidden': 'true' }, h('div.bubble', {}, h('i.dot'), h('i.dot'), h('i.dot')))
    this.typing.hidden = true
    this.element = h('div.log', { role: 'log', 'aria-label': t('log'), 'aria-live': 'off', 'aria-relevant': 'additions', tabindex: '0', onscroll: () => this.#scrolled() },
      this.older, this.list, this.typing)
    this.jump = h('button.jump', { type: 'button', onclick: () => this.toEnd(true) }, icon('down'), t('newer'))
    this.jump.hidden = true
  }

  /** Announce from now on; what was there before is history and is not read aloud. */
  speak () { setTimeout(() => this.element.setAttribute('aria-live', 'polite'), 500) }

  toEnd (isSmooth) {
    this.#isAtEnd = true
    this.jump.hidden = true
    this.element.scrollTo({ top: this.element.scrollHeight, behavior: isSmooth && !this.#ui.isStill ? 'smooth' : 'instant' })
  }

  #scrolled () {
    const { scrollTop, scrollHeight, clientHeight } = this.element
    this.#isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_END_PX
    if (this.#isAtEnd) this.jump.hidden = true
    if (scrollTop < 60) this.#showOlder()
  }

  #showOlder () {
    const { timeline } = this.#chat
    if (this.#items().length > this.#most) {
      this.#most += MOST_ROWS
      return this.#ui.redraw()
    }
    const conv = timeline.sorted().find((one) => one.hasOlder)
    if (conv) this.#chat.loadOlder(conv)
  }

  // --- what is to be seen --------------------------------------------------------------------------------------

  #items () {
    const items = [...this.#greeting()]
    for (const conv of this.#ui.shownConversations()) items.push(...this.#conversation(conv))
    for (const entry of this.#chat.outbox.entries) items.push({ key: entry.cid, entry, isMine: true, ts: entry.at, who: 'me' })
    return this.#withDays(items)
  }

  #greeting () {
    const { config, t } = this.#ui
    return [{ key: 'hello', line: { text: config.greeting || t('greeting'), role: 'bot', conv: 0, seq: 0 }, who: 'hello', ts: 0 }]
  }

  #conversation (conv) {
    const items = []
    const marks = [...conv.marks]
    const lines = this.#chat.timeline.visible(conv)
    for (const line of lines) {
      while (marks.length && marks[0].after < line.seq) items.push(this.#mark(conv, marks.shift()))
      const item = this.#line(conv, line)
      if (item) items.push(item)
    }
    for (const mark of marks) items.push(this.#mark(conv, mark))
    if (conv.isOver && conv.last > 0 && conv.agent) items.push({ key: `rating/${conv.id}`, rating: conv, ts: 0 })
    return items
  }

  #mark (conv, mark) {
    const key = mark.name ? `mark_${mark.kind}` : `mark_${mark.kind}_anon`
    return { key: `mark/${conv.id}/${mark.kind}/${mark.ts}`, notice: this.#ui.t(key, { name: mark.name }), ts: mark.ts }
  }

  #line (conv, line) {
    const isMine = line.role === 'visitor'
    if (line.role === 'system' || line.event) {
      const text = line.text || (line.event && this.#ui.maybe(`event_${line.event.name}`))
      return text ? { key: `${conv.id}/${line.seq}`, notice: text, ts: line.ts } : null
    }
    return { key: (isMine && line.cid) || `${conv.id}/${line.seq}`, conv, line, isMine, ts: line.ts, who: isMine ? 'me' : `${line.role}${line.from || ''}` }
  }

  /** Day dividers, and which lines belong to one breath of the same person. */
  #withDays (items) {
    const out = []
    let day = ''
    let previous = null
    for (const item of items) {
      const itsDay = item.ts ? new Date(item.ts).toDateString() : day
      if (itsDay !== day) {
        day = itsDay
        out.push({ key: `day/${day}`, day: this.#ui.dayOf(item.ts) })
        previous = null
      }
      const isLine = item.line || item.entry
      item.isFirst = !(isLine && previous && previous.who === item.who && item.ts - previous.ts < SAME_BREATH_MS)
      if (previous) previous.isLast = item.isFirst
      previous = isLine ? item : null
      item.isLast = true
      out.push(item)
    }
    return out
  }

  // --- to elements ---------------------------------------------------------------------------------------------

  draw () {
    const { element } = this
    const before = { height: element.scrollHeight, top: element.scrollTop }
    const items = this.#items()
    const isCut = items.length > this.#most
    const shown = isCut ? items.slice(-this.#most) : items
    const firstBefore = this.list.firstElementChild?.nextElementSibling
    const live = element.getAttribute('aria-live')
    const nodes = shown.map((item) => this.#row(item))
    const isPrepend = live === 'polite' && firstBefore && nodes.includes(firstBefore) && nodes.indexOf(firstBefore) > 2
    if (isPrepend) element.setAttribute('aria-live', 'off')
    arrange(this.list, nodes)
    if (isPrepend) this.speak()
    for (const [key, row] of this.#rows) if (!nodes.includes(row.node)) this.#forget(key, row)
    this.older.hidden = !isCut && !this.#chat.timeline.sorted().some((conv) => conv.hasOlder)
    this.typing.hidden = !this.#chat.typing
    if (this.#isAtEnd) this.toEnd(false)
    else if (isPrepend) element.scrollTop = before.top + element.scrollHeight - before.height
    else if (element.scrollHeight > before.height) this.jump.hidden = false
  }

  #forget (key, row) {
    this.#rows.delete(key)
    if (this.#objectUrls.has(key) && !row.isKept) { URL.revokeObjectURL(this.#objectUrls.get(key)); this.#objectUrls.delete(key) }
  }

  #row (item) {
    const row = this.#rows.get(item.key) || this.#newRow(item)
    if (item.day) return setText(row.node.firstChild, item.day), row.node
    if (item.notice) return setText(row.node.firstChild, item.notice), row.node
    if (item.rating) return row.update(), row.node
    this.#fill(row, item)
    return row.node
  }

  #newRow (item) {
    let row
    if (item.day) row = { node: h('div.day', { role: 'separator' }, h('span')) }
    else if (item.notice) row = { node: h('p.notice', {}, h('span')) }
    else if (item.rating) row = ratingOf(item.rating, this.#ui, this.#chat)
    else row = this.#newLine()
    this.#rows.set(item.key, row)
    return row
  }

  #newLine () {
    const said = h('span.said')
    const bubble = h('div.bubble')
    const meta = h('div.meta')
    return { node: h('div.line', {}, said, bubble, meta), said, bubble, meta, drawn: '', drawnMeta: '' }
  }

  #fill (row, item) {
    const { isMine, isFirst, isLast } = item
    const className = `line ${isMine ? 'mine' : 'theirs'}${isFirst ? ' first' : ''}${isLast ? ' last' : ''}${item.entry?.state === 'failed' ? ' failed' : ''}`
    if (row.node.className !== className) row.node.className = className
    const content = JSON.stringify(item.line ? [item.line.text, item.line.media?.url, item.line.flags, item.line.choices] : [item.entry.text])
    const isFile = !!(item.entry?.file || item.line?.media)
    if (row.drawn !== content && !(isFile && isMine && row.drawn && !item.line?.flags && row.hasBlob)) this.#fillBubble(row, item, content)
    this.#fillMeta(row, item)
  }

  #fillBubble (row, item, content) {
    const { t } = this.#ui
    row.drawn = content
    row.bubble.replaceChildren(...(item.line ? contentOf(item.line, this.#ui) : this.#pending(item.entry)))
    row.hasBlob = !!item.entry?.file
    row.bubble.classList.toggle('bare', !!(item.entry?.file || /image|voice/.test(item.line?.media?.kind)) && !(item.line?.flags & 4))
    setText(row.said, item.isMine ? t('you_said') : t('they_said', { name: this.#nameOf(item) }))
  }

  #nameOf ({ conv, line }) {
    if (line.role === 'bot') return this.#ui.config.title || this.#ui.t('assistant')
    return (conv?.agent === line.from && conv?.agentName) || this.#ui.t('agent')
  }

  #pending (entry) {
    if (!entry.file) return [h('p.text', {}, ...words(entry.text))]
    const { blob, w, h: height, ms, name } = entry.file
    const src = this.urlOf(entry.cid, blob)
    return [ms ? voiceOf(src, ms, null, this.#ui) : pictureOf({ src, name, ...fit(w, height), ui: this.#ui })]
  }

  urlOf (key, blob) {
    if (!this.#objectUrls.has(key)) this.#objectUrls.set(key, URL.createObjectURL(blob))
    return this.#objectUrls.get(key)
  }

  // --- time and state under a line ------------------------------------------------------------------------------

  #stateOf ({ conv, line, entry }) {
    if (entry) return entry.state
    if (line.seq <= conv.theirs.seq) return 'read'
    return line.seq <= conv.theirs.received ? 'delivered' : 'sent'
  }

  #fillMeta (row, item) {
    const state = item.isMine ? this.#stateOf(item) : ''
    const { entry } = item
    const progress = entry?.state === 'uploading' ? Math.round((entry.progress || 0) * 100) : -1
    const drawn = [state, item.ts, entry?.reason, progress].join()
    if (row.drawnMeta === drawn) return
    const wasProgress = row.progress
    row.drawnMeta = drawn
    row.progress = progress >= 0
    if (row.progress && wasProgress) return this.#moveProgress(row, progress)
    row.meta.replaceChildren(...this.#metaOf(item, state, progress))
  }

  #moveProgress (row, percent) {
    row.meta.querySelector('progress').value = percent
    setText(row.meta.querySelector('span'), `${percent} %`)
  }

  #metaOf (item, state, percent) {
    const { t } = this.#ui
    const { entry } = item
    const time = item.ts ? h('time', { datetime: new Date(item.ts).toISOString() }, this.#ui.timeOf(item.ts)) : null
    if (!item.isMine) return time ? [time] : []
    if (state === 'failed') {
      return [stateOf(state, this.#ui), h('span.reason', {}, this.#ui.reasonOf(entry.reason)),
        h('button', { type: 'button', onclick: () => this.#chat.outbox.retry(entry.cid) }, t('retry')),
        h('button', { type: 'button', onclick: () => this.#chat.outbox.remove(entry.cid) }, t('delete'))]
    }
    if (percent >= 0) {
      return [h('progress', { max: 100, value: percent, 'aria-label': t('state_uploading') }), h('span', {}, `${percent} %`),
        h('button', { type: 'button', onclick: () => this.#chat.outbox.remove(entry.cid) }, t('cancel'))]
    }
    return [time, stateOf(state, this.#ui)].filter(Boolean)
  }
}
