// SPDX-License-Identifier: GPL-3.0-or-later
// Where the visitor writes: a text box that grows, pictures from file, camera, clipboard and drop, the microphone.
import { h, iconButton, setText, show } from './dom.js'
import { PICTURE_TYPES } from './picture.js'
import { MOST_CHARACTERS, lengthOf } from './text.js'
import { canRecord } from './voice.js'

const TALLEST_PX = 132
const WARN_BELOW = 200

export class Composer {
  #ui; #onSend; #onType; #onPictures

  constructor (ui, { onSend, onType, onPictures }) {
    this.#ui = ui
    this.#onSend = onSend
    this.#onType = onType
    this.#onPictures = onPictures
    const { t } = ui
    this.input = h('textarea', {
      rows: 1, 'aria-label': t('message'), placeholder: t('placeholder'), enterkeyhint: 'send', autocomplete: 'off',
      oninput: () => this.#changed(), onkeydown: (event) => this.#key(event), onpaste: (event) => this.#pasted(event),
    })
    this.file = this.#fileInput(false)
    this.camera = this.#fileInput(true)
    this.left = h('span.left', { 'aria-live': 'polite' })
    this.sendButton = iconButton('send', t('send'), null, '.send')
    this.sendButton.type = 'submit'
    this.note = h('p.note')
    const cameraButton = iconButton('camera', t('camera'), () => this.camera.click(), '.only-touch')
    const microphone = canRecord() && iconButton('microphone', t('record'), () => this.#record())
    this.element = h('form.composer', { onsubmit: (event) => { event.preventDefault(); this.#send() } },
      h('div.box', {}, iconButton('picture', t('attach'), () => this.file.click()), cameraButton, microphone, this.input, this.left, this.sendButton), this.note, this.file, this.camera)
    this.#measure()
  }

  #fileInput (isCamera) {
    return h('input', {
      type: 'file', accept: PICTURE_TYPES.join(), hidden: true, tabindex: '-1', multiple: !isCamera, capture: isCamera ? 'environment' : null,
      onchange: (event) => { this.#onPictures([...event.target.files]); event.target.value = '' },
    })
  }

  /** What can be heard is fetched when it is first wanted. */
  async #record () {
    try {
      const { Recording } = await this.#ui.fetchRecording()
      this.recording ||= new Recording(this.#ui.t, { h, iconButton, setText, show }, (file) => { this.focus(); if (file) this.#onSend({ file }) })
      this.element.prepend(this.recording.element)
      await this.recording.start()
    } catch {
      this.#ui.complain('microphone')
    }
  }

  focus () { this.input.focus({ preventScroll: true }) }
  setNote (text) { setText(this.note, text); show(this.note, !!text) }
  get text () { return this.input.value }
  set text (value) { this.input.value = value; this.#measure() }

  /** Enter that ends the choice of a candidate belongs to the input method; Safari says it only by its key code. */
  #key (event) {
    if (event.key !== 'Enter' || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return
    if (event.isComposing || event.keyCode === 229) return
    event.preventDefault()
    this.#send()
  }

  #pasted (event) {
    const files = [...(event.clipboardData?.files || [])].filter((file) => file.type.startsWith('image/'))
    if (files.length === 0) return
    event.preventDefault()
    this.#onPictures(files)
  }

  #changed () {
    this.#measure()
    this.#onType(this.input.value)
  }

  #measure () {
    const { input } = this
    input.style.setProperty('height', 'auto')
    input.style.setProperty('height', `${Math.min(TALLEST_PX, input.scrollHeight)}px`)
    const left = MOST_CHARACTERS - lengthOf(input.value)
    setText(this.left, left < WARN_BELOW ? String(left) : '')
    this.left.classList.toggle('over', left < 0)
    this.sendButton.disabled = !input.value.trim() || left < 0
  }

  #send () {
    const text = this.input.value.trim()
    if (!text || this.sendButton.disabled) return
    this.input.value = ''
    this.#changed()
    this.focus()
    this.#onSend({ text })
  }
}
