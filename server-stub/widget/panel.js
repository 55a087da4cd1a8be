// SPDX-License-Identifier: GPL-3.0-or-later
// The button in the corner and the panel behind it.
import { Composer } from './composer.js'
import { h, icon, iconButton, setText, show } from './dom.js'
import { Log } from './log.js'
import { PICTURE_TYPES } from './picture.js'
import { plain, safeUrl } from './text.js'

const NARROW = '(max-width: 480px), (max-height: 420px)'
const SOUND_KEY = 'sound'
const COMPLAINT_FOR_MS = 7000

export class Panel {
  isOpen = false
  #chat; #words; #place
  #isDrawing = false
  #hiddenTo = 0
  #narrow = matchMedia(NARROW)
  #still = matchMedia('(prefers-reduced-motion: reduce)')

  /**
   * @param {object} how
   * @param {import('./chat.js').Chat} how.chat
   * @param {object} how.config what the gateway says about this widget
   * @param {string} how.gate its address
   * @param {string} how.css
   * @param {object} how.words translator with `has`
   * @param {object} how.place storage and language
   */
  constructor ({ chat, config, gate, css, words, place, fetchRecording, onPictures, onOpen }) {
    Object.assign(this, { config, gate, fetchRecording, onPictures, onOpen })
    this.#chat = chat
    this.#words = words
    this.#place = place
    this.#build(css)
    this.#wire()
  }

  // --- what the parts ask for (they see this object as `ui`) -------------------------------------------------------

  t = (key, values) => this.#words.t(key, values)
  maybe (key) { return this.#words.has(key) ? this.t(key) : '' }
  get isStill () { return this.#still.matches }
  timeOf (ms) { return new Intl.DateTimeFormat(this.#place.language, { hour: '2-digit', minute: '2-digit' }).format(ms) }
  dayOf (ms) {
    const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(ms).setHours(0, 0, 0, 0)) / 86400000)
    if (days === 0) return this.t('today')
    if (days === 1) return this.t('yesterday')
    return new Intl.DateTimeFormat(this.#place.language, { weekday: days < 7 ? 'long' : undefined, month: 'long', day: 'numeric' }).format(ms)
  }
  reasonOf (slug) { return this.maybe(`why_${slug}`) || this.t('why_internal') }
  /** What we sent ourselves we hold as a bare path, and the gateway gives nothing for that. */
  sourceOf (line) {
    if (line.role !== 'visitor' || line.media.url.includes('?')) return safeUrl(line.media.url, this.gate)
    this.pictureLost(line)
    return null
  }
  pictureLost (line) {
    if (line.isAskedAgain) return
    Object.defineProperty(line, 'isAskedAgain', { value: true, enumerable: false })
    this.#chat.refreshLine(line)
  }
  choose (line, item) { this.#chat.say({ text: plain(item.label), re: line.seq }) }
  keepInView (node) { node.scrollIntoView({ block: 'end', behavior: this.isStill ? 'instant' : 'smooth' }) }
  focusComposer () { this.composer.focus() }

  /** A new chat hides the old ones, unless the gateway takes the old one up again; the next page load shows all. */
  shownConversations () {
    const all = this.#chat.timeline.sorted()
    const newer = all.filter((conv) => conv.id > this.#hiddenTo)
    const isBeginning = this.#chat.isBeginning || this.#chat.outbox.entries.some((entry) => entry.anew)
    return isBeginning || newer.length ? newer : all
  }

  redraw () {
    if (this.#isDrawing) return
    this.#isDrawing = true
    const draw = () => { this.#isDrawing = false; this.#draw() }
    if (document.hidden) setTimeout(draw, 0)       // no frames come in a tab behind
    else requestAnimationFrame(draw)
  }

  // --- building ------------------------------------------------------------------------------------------------

  #build (css) {
    const { t } = this
    this.host = h('div', { id: 'usher-widget', lang: this.#place.language })
    const shadow = this.host.attachShadow({ mode: 'open' })
    const sheet = new CSSStyleSheet()              // a page's policy against inline styles has nothing to say here
    sheet.replaceSync(css)
    shadow.adoptedStyleSheets = [sheet]
    const color = /^#[0-9a-f]{6}$/i.test(this.config.color || '') ? this.config.color : ''
    if (color) this.host.style.setProperty('--brand', color)

    this.log = new Log(this, this.#chat)
    this.composer = new Composer(this, {
      onSend: (body) => this.#say(body),
      onType: (text) => { this.#place.own.set(`usher:${this.#place.app}:draft`, text); this.#chat.type(text) },
      onPictures: (files) => this.onPictures(files),
    })
    this.badge = h('span.badge', { 'aria-hidden': 'true' })
    this.launcher = h('button.launcher', { type: 'button', 'aria-expanded': 'false', 'aria-label': t('open'), onclick: () => this.toggle() }, icon('chat'), icon('down'), this.badge)
    this.panel = h('section.panel', { role: 'dialog', 'aria-labelledby': 'usher-title', onkeydown: (event) => this.#key(event) },
      this.#head(), h('div.middle', {}, this.log.element, this.#strip(), this.log.jump), this.#gateForm(), this.composer.element, this.#over(), h('div.dropzone', { 'aria-hidden': 'true' }, icon('picture'), t('drop')))
    this.panel.hidden = true
    this.root = h('div.root', {}, this.panel, this.launcher, this.#viewer())
    shadow.append(this.root)
  }

  #head () {
    const { t } = this
    this.face = h('span.face', { 'aria-hidden': 'true' })
    this.title = h('h2', { id: 'usher-title' })
    this.sub = h('p.sub')
    this.menuButton = iconButton('more', t('menu'), () => this.#showMenu(this.menu.hidden))
    this.menuButton.setAttribute('aria-expanded', 'false')
    this.soundItem = h('button', { type: 'button', 'aria-pressed': 'false', onclick: () => this.#toggleSound() }, t('sound'))
    this.personItem = h('button', { type: 'button', onclick: () => { this.#showMenu(false); this.#chat.askForPerson() } }, t('person'))
    this.endItem = h('button', { type: 'button', onclick: () => { this.#showMenu(false); this.#chat.endChat() } }, t('end'))
    this.menu = h('div.menu', { role: 'group', 'aria-label': t('menu') }, this.soundItem, this.personItem, this.endItem)
    this.menu.hidden = true
    return h('header.head', {}, this.face, h('div.who', {}, this.title, this.sub), this.menuButton, iconButton('close', t('close'), () => this.close()), this.menu)
  }

  #strip () {
    this.strip = h('p.strip', { role: 'status' })
    this.strip.hidden = true
    return this.strip
  }

  /** After the end: write on, or begin afresh. */
  #over () {
    this.fresh = h('div.over', {}, h('span', {}, this.t('over')), h('button', { type: 'button', onclick: () => this.#beginAnew() }, this.t('new_chat')))
    this.fresh.hidden = true
    return this.fresh
  }

  /** What the shop asks first: consent, and the fields of its form. */
  #gateForm () {
    const { config, t } = this
    const fields = (config.form || []).map((field) => {
      const input = h(field.type === 'textarea' ? 'textarea' : 'input', { name: field.name, type: ['email', 'tel'].includes(field.type) ? field.type : 'text', required: !!field.required, autocomplete: { email: 'email', tel: 'tel', name: 'name' }[field.type] || (field.name === 'name' ? 'name' : 'on') })
      return h('label', {}, plain(field.label || field.name), input)
    })
    this.asked = h('form.asked', { onsubmit: (event) => this.#answered(event) }, config.consent && h('p', {}, plain(config.consent)), ...fields, h('button.primary', { type: 'submit' }, t(config.consent ? 'agree' : 'start')))
    this.asked.hidden = true
    return this.asked
  }

  get #isAsking () {
    const isWanted = !!this.config.consent || (this.config.form || []).length > 0
    return isWanted && !this.#place.shared.get(`usher:${this.#place.app}:asked`)
  }

  #answered (event) {
    event.preventDefault()
    const values = Object.fromEntries([...new FormData(event.target)].filter(([, value]) => value))
    this.#place.shared.set(`usher:${this.#place.app}:asked`, '1')
    if (Object.keys(values).length) this.#chat.identify({ profile: { ...this.#chat.identity.profile, ...values } })
    this.#chat.connect()
    this.#draw()
    this.composer.focus()
  }

  #viewer () {
    this.seen = h('img', { alt: '' })
    this.viewer = h('dialog.viewer', { onclick: (event) => { if (event.target !== this.seen) this.viewer.close() } }, this.seen, iconButton('close', this.t('close'), () => this.viewer.close()))
    return this.viewer
  }

  view (src, label) {
    this.seen.src = src
    this.seen.alt = label
    this.viewer.setAttribute('aria-label', label)
    this.viewer.showModal()
  }

  // --- events --------------------------------------------------------------------------------------------------

  #wire () {
    this.composer.text = this.#place.own.get(`usher:${this.#place.app}:draft`) || ''
    this.#chat.listen((what, detail) => this.#heard(what, detail))
    document.addEventListener('visibilitychange', () => this.#visibility())
    addEventListener('focus', () => this.#visibility())
    window.visualViewport?.addEventListener('resize', () => this.#fit())
    window.visualViewport?.addEventListener('scroll', () => this.#fit())
    this.#narrow.addEventListener('change', () => this.#fit())
    const { panel } = this
    panel.addEventListener('dragover', (event) => { if (event.dataTransfer.types.includes('Files')) { event.preventDefault(); panel.classList.add('drop') } })
    panel.addEventListener('dragleave', (event) => { if (!panel.contains(event.relatedTarget)) panel.classList.remove('drop') })
    panel.addEventListener('drop', (event) => { event.preventDefault(); panel.classList.remove('drop'); this.onPictures([...event.dataTransfer.files].filter((file) => PICTURE_TYPES.includes(file.type))) })
  }

  #heard (what, detail) {
    if (what === 'timeline' && detail.isLive && detail.changed.some((line) => line.role !== 'visitor' && !line.event)) this.#rang()
    if (what === 'refusedFile') this.complain(detail.slug)
    if (what === 'timeline' && detail.isOwn) this.#pinnedToEnd()
    this.redraw()
  }

  /** Told once, aloud too, where the visitor looks; it goes by itself. */
  complain (slug) {
    this.complaint = this.reasonOf(slug)
    clearTimeout(this.#complaintTimer)
    this.#complaintTimer = setTimeout(() => { this.complaint = ''; this.redraw() }, COMPLAINT_FOR_MS)
    this.redraw()
  }
  #complaintTimer

  #pinnedToEnd () { this.log.toEnd(false) }

  #say (body) {
    this.log.toEnd(false)
    this.#chat.say(body)
  }

  #beginAnew () {
    this.#hiddenTo = this.#chat.current?.id || 0
    this.#chat.beginAnew()
    this.composer.focus()
  }

  #key (event) {
    if (event.key === 'Escape') {
      event.stopPropagation()
      if (!this.menu.hidden) this.#showMenu(false)
      else if (!this.viewer.open) this.close()
    } else if (event.key === 'Tab' && this.#narrow.matches) {
      this.#trap(event)
    }
  }

  /** Full screen the page behind cannot be seen, so the focus must not go there. */
  #trap (event) {
    const stops = [...this.panel.querySelectorAll('button, textarea, input, a[href], audio, [tabindex="0"]')].filter((node) => node.tabIndex >= 0 && !node.disabled && node.getClientRects().length > 0)
    const edge = event.shiftKey ? stops[0] : stops.at(-1)
    if (this.host.shadowRoot.activeElement !== edge) return
    event.preventDefault()
    ;(event.shiftKey ? stops.at(-1) : stops[0]).focus()
  }

  #showMenu (isShown) {
    show(this.menu, isShown)
    this.menuButton.setAttribute('aria-expanded', String(isShown))
    if (isShown) this.soundItem.focus()
    else if (this.menu.contains(this.host.shadowRoot.activeElement)) this.menuButton.focus()
  }

  toggle () { this.isOpen ? this.close() : this.open() }

  open () {
    if (this.isOpen) return
    this.isOpen = true
    this.panel.hidden = false
    this.root.classList.add('open')
    this.launcher.setAttribute('aria-expanded', 'true')
    this.launcher.setAttribute('aria-label', this.t('close'))
    this.#fit()
    this.#draw()
    this.log.toEnd(false)
    this.log.speak()
    this.onOpen(true, this.#isAsking)
    this.#visibility()
    ;(this.#isAsking ? this.asked.querySelector('input, textarea, button') : this.composer.input).focus({ preventScroll: true })
  }

  close () {
    if (!this.isOpen) return
    const hadFocus = this.host.shadowRoot.activeElement
    this.composer.recording?.cancel()
    this.isOpen = false
    this.panel.hidden = true
    this.root.classList.remove('open')
    this.launcher.setAttribute('aria-expanded', 'false')
    this.launcher.setAttribute('aria-label', this.t('open'))
    this.log.element.setAttribute('aria-live', 'off')
    this.onOpen(false)
    this.#visibility()
    if (hadFocus) this.launcher.focus({ preventScroll: true })
    this.redraw()
  }

  #visibility () { this.#chat.setVisible(this.isOpen && !document.hidden && document.hasFocus()) }

  /** A phone's keyboard covers the lower half of the page without telling the page: follow what is really seen. */
  #fit () {
    const view = window.visualViewport
    const isNarrow = this.#narrow.matches
    this.panel.toggleAttribute('aria-modal', false)
    if (isNarrow) this.panel.setAttribute('aria-modal', 'true')
    const { style } = this.panel
    if (isNarrow && view) {
      style.setProperty('height', `${view.height}px`)
      style.setProperty('top', `${view.offsetTop}px`)
    } else {
      style.removeProperty('height')
      style.removeProperty('top')
    }
    if (this.isOpen) this.redraw()
  }

  // --- drawing -------------------------------------------------------------------------------------------------

  #draw () {
    const conv = this.#chat.isBeginning ? undefined : this.#chat.current
    this.#drawBadge()
    if (!this.isOpen) return
    this.#drawHead(conv)
    this.#drawStrip(conv)
    const isAsking = this.#isAsking
    show(this.asked, isAsking)
    show(this.composer.element, !isAsking)
    show(this.fresh, !!conv?.isOver && !isAsking)
    this.composer.setNote(this.#chat.canPreview || (this.config.sneak_peek && !this.#chat.wasReady) ? this.t('preview_note') : '')
    show(this.personItem, conv?.state === 'bot')
    show(this.endItem, !!conv && !conv.isOver)
    this.soundItem.setAttribute('aria-pressed', String(this.#isLoud))
    this.log.draw()
  }

  #drawHead (conv) {
    const { t } = this
    const hasAgent = !!conv?.agent && !conv.isOver
    const name = plain((hasAgent && conv.agentName) || this.config.title || t('title'))
    setText(this.title, name)
    setText(this.face, [...name][0].toUpperCase())
    this.face.classList.toggle('on', hasAgent ? this.#chat.presence === 'online' : this.#chat.link.isReady)
    setText(this.sub, this.#subtitle(conv, hasAgent))
  }

  #subtitle (conv, hasAgent) {
    const { t } = this
    if (this.#chat.typing) return t('typing')
    if (hasAgent) return t(this.#chat.presence === 'online' ? 'online' : 'away')
    if (conv?.isOver) return t('ended')
    return t(this.config.open === false ? 'closed_now' : 'usually')
  }

  /** One calm line that says what the visitor waits for: the connection, the queue, or a person who will be back. */
  #drawStrip (conv) {
    const { t } = this
    const { state, stopCode } = this.#chat.link
    let text = ''
    let kind = 'calm'
    const queue = conv && this.#chat.queues.get(conv.id)
    if (this.complaint) { text = this.complaint; kind = 'warn' } else if (state === 'stopped') { text = t(stopCode === 4003 ? 'elsewhere' : stopCode === 4007 ? 'outdated' : 'stopped'); kind = 'warn' } else if (state === 'waiting' || (state === 'connecting' && this.#chat.wasReady)) { text = t(navigator.onLine === false ? 'offline' : 'reconnecting'); kind = 'warn' } else if (queue) text = this.#queueText(queue)
    else if (conv?.state === 'queued') text = t('queued')
    else if (conv?.state === 'held') text = t('held')
    else if (conv?.state === 'offline') text = t('left_message')
    setText(this.strip, text)
    this.strip.className = `strip ${kind}`
    show(this.strip, !!text)
    if (state === 'stopped' && (stopCode === 4003 || stopCode === 4001)) this.strip.append(' ', h('button', { type: 'button', onclick: () => { this.#chat.identify({}); this.#chat.connect() } }, t('use_here')))
  }

  #queueText ({ position, eta_s }) {
    if (position === 1 && !eta_s) return this.t('queue_next')
    if (!eta_s) return this.t('queue_place', { position })
    const minutes = Math.max(1, Math.round(eta_s / 60))
    return this.t('queue_place_eta', { position, minutes })
  }

  #drawBadge () {
    const count = this.#chat.unread()
    setText(this.badge, count > 99 ? '99+' : String(count || ''))
    show(this.badge, count > 0)
    if (!this.isOpen) this.launcher.setAttribute('aria-label', count ? this.t('open_unread', { n: count }) : this.t('open'))
    this.#drawTitle(count)
    this.onUnread?.(count)
  }

  /** The page's own title gets a count while nobody looks, and is given back untouched. */
  #drawTitle (count) {
    const bare = document.title.startsWith(this.#prefix) ? document.title.slice(this.#prefix.length) : document.title
    const prefix = count && (document.hidden || !document.hasFocus()) ? `(${count}) ` : ''
    if (prefix === this.#prefix && document.title === prefix + bare) return
    this.#prefix = prefix
    document.title = prefix + bare
  }
  #prefix = ''

  // --- sound: only if the visitor wants it ------------------------------------------------------------------------

  get #isLoud () { return this.#place.shared.get(`usher:${this.#place.app}:${SOUND_KEY}`) === '1' }

  #toggleSound () {
    this.#place.shared.set(`usher:${this.#place.app}:${SOUND_KEY}`, this.#isLoud ? '' : '1')
    this.#draw()
    this.#rang(true)
  }

  #rang (isTest) {
    if (!this.#isLoud || (this.#chat.isVisible && !isTest) || !window.AudioContext) return
    this.audio ||= new AudioContext()
    const { currentTime: now } = this.audio
    const gain = new GainNode(this.audio, { gain: 0 })
    const tone = new OscillatorNode(this.audio, { type: 'sine', frequency: 660 })
    gain.gain.linearRampToValueAtTime(0.08, now + 0.02)
    gain.gain.exponentialRampToValueAtTime(0.0001, now + 0.5)
    tone.frequency.setValueAtTime(880, now + 0.12)
    tone.connect(gain).connect(this.audio.destination)
    tone.start()
    tone.stop(now + 0.5)
  }
}
