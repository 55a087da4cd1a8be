// SPDX-License-Identifier: GPL-3.0-or-later
// A voice message being recorded. This file is fetched when that is first wanted, so nothing of `chat.js` can be imported: it is
// handed over. The page's thread and the one that hears run this same file.
const RATE = 16000
const MOST_SECONDS = 120
const PART_SAMPLES = 4096
/** RIFF, WAVE, fmt, data: all of the header but its two lengths is always the same (`wire-voice.h`). */
const HEADER_BYTES = 44
const headerOf = (bytes) => [0x46464952, 36 + bytes, 0x45564157, 0x20746D66, 16, 0x10001, RATE, 2 * RATE, 0x100002, 0x61746164, bytes]

if (globalThis.AudioWorkletProcessor) {
  registerProcessor('usher-voice', class extends AudioWorkletProcessor {
    #part = new Float32Array(PART_SAMPLES)
    #filled = 0

    process ([[channel]]) {
      if (!channel) return true
      this.#part.set(channel, this.#filled)
      this.#filled = (this.#filled + channel.length) % PART_SAMPLES
      if (this.#filled === 0) this.port.postMessage(this.#part)
      return true
    }
  })
}

/** What a browser heard at its own rate, as a WAV of ours; nothing when it heard nothing. */
async function toWav (parts, rate) {
  const heard = parts.length * PART_SAMPLES
  const length = Math.floor(Math.min(MOST_SECONDS, heard / rate) * RATE)
  if (!length) return null
  const context = new OfflineAudioContext(1, length, RATE)
  const buffer = context.createBuffer(1, heard, rate)
  parts.forEach((part, i) => buffer.copyToChannel(part, 0, i * PART_SAMPLES))
  const source = new AudioBufferSourceNode(context, { buffer })
  source.connect(context.destination)
  source.start()
  const samples = (await context.startRendering()).getChannelData(0)
  const view = new DataView(new ArrayBuffer(HEADER_BYTES + 2 * length))
  headerOf(2 * length).forEach((word, i) => view.setUint32(4 * i, word, true))
  samples.forEach((sample, i) => view.setInt16(HEADER_BYTES + 2 * i, Math.max(-1, Math.min(1, sample)) * 32767, true))
  const mime = 'audio/wav'
  return { blob: new Blob([view], { type: mime }), mime, size: view.byteLength, ms: Math.ceil(length * 1000 / RATE), name: 'voice.wav' }
}

// --- the microphone ----------------------------------------------------------------------------------------------------

/**
 * Hears from now on, for two minutes at most.
 * @param {(seconds: number, isOver: boolean) => void} onHeard so much is held; `isOver`: it hears no longer
 * @returns {Promise<{stop: () => Promise<object|null>, cancel: () => void}>}
 */
async function listen (onHeard) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } })
  const context = new AudioContext()
  const rate = context.sampleRate
  const parts = []
  const release = () => {
    stream.getTracks().forEach((track) => track.stop())
    if (context.state !== 'closed') context.close()
  }
  try {
    await context.audioWorklet.addModule(import.meta.url)
    const node = new AudioWorkletNode(context, 'usher-voice', { numberOfOutputs: 0, channelCount: 1, channelCountMode: 'explicit' })
    const tell = (isOver) => {
      if (isOver) release()
      onHeard(parts.length * PART_SAMPLES / rate, isOver)
    }
    node.port.onmessage = ({ data }) => {
      if (context.state === 'closed') return
      parts.push(data)
      tell(parts.length * PART_SAMPLES >= MOST_SECONDS * rate)
    }
    stream.getTracks()[0].onended = () => tell(true)     // unplugged, or no longer allowed
    context.createMediaStreamSource(stream).connect(node)
  } catch (error) {
    release()
    throw error
  }
  return { stop: () => { release(); return toWav(parts, rate) }, cancel: release }
}

// --- in place of the text box ------------------------------------------------------------------------------------------

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`

class Recording {
  #t; #dom; #onEnd; #heard
  #isAsking = false

  /**
   * @param {(key: string) => string} t words
   * @param {object} dom what makes elements
   * @param {(file: object|null) => void} onEnd it is over; `file` is to be sent
   */
  constructor (t, dom, onEnd) {
    const { h, iconButton } = dom
    this.#t = t
    this.#dom = dom
    this.#onEnd = onEnd
    this.time = h('span.time', { role: 'timer' })
    this.word = h('span', { role: 'status' })
    this.sendButton = iconButton('send', t('send'), () => this.#end(true), '.send')
    this.element = h('div.box.recording', { role: 'group', 'aria-label': t('recording'), onkeydown: (event) => this.#key(event) },
      iconButton('close', t('cancel'), () => this.#end(false)), h('i.dot'), this.word, this.time, this.sendButton)
    this.element.hidden = true
  }

  /** Fails where the visitor, the page or the machine gives no microphone. */
  async start () {
    if (this.#isAsking || this.#heard) return
    this.#isAsking = true
    try {
      const heard = await listen((seconds, isOver) => this.#draw(seconds, isOver))
      if (!this.#isAsking) return heard.cancel()
      this.#heard = heard
    } finally {
      this.#isAsking = false
    }
    this.#draw(0, false)
    this.#dom.show(this.element, true)
    this.sendButton.focus({ preventScroll: true })
  }

  /** Nobody is heard behind a closed panel. */
  cancel () {
    this.#isAsking = false
    this.#end(false)
  }

  #draw (seconds, isOver) {
    const { setText } = this.#dom
    setText(this.time, clock(seconds))
    setText(this.word, this.#t(isOver ? 'recorded' : 'recording'))
    this.element.classList.toggle('over', isOver)
  }

  #key (event) {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    this.#end(false)
  }

  async #end (isSent) {
    const heard = this.#heard
    if (!heard) return
    this.#heard = null
    this.#dom.show(this.element, false)
    if (!isSent) heard.cancel()
    this.#onEnd(isSent ? await heard.stop() : null)
  }
}

export { Recording }
