// SPDX-License-Identifier: GPL-3.0-or-later
// Voice messages: recorded (the browser's own test microphone beeps once a second), sent, cancelled, and played.
import assert from 'node:assert/strict'
import { story } from './browser.js'

const RATE = 16000
const HEADER_BYTES = 44

/** As the gateway's parser reads one (`wire-voice.c`). */
function samplesOf (file) {
  const wanted = Buffer.alloc(HEADER_BYTES)
  const bytes = file.length - HEADER_BYTES
  wanted.write('RIFF', 0)
  wanted.writeUInt32LE(36 + bytes, 4)
  wanted.write('WAVEfmt ', 8)
  ;[16, 0x10001, RATE, 2 * RATE, 0x100002].forEach((word, i) => wanted.writeUInt32LE(word, 16 + 4 * i))
  wanted.write('data', 36)
  wanted.writeUInt32LE(bytes, 40)
  assert.deepEqual(file.subarray(0, HEADER_BYTES), wanted)
  return new Int16Array(file.buffer.slice(file.byteOffset + HEADER_BYTES, file.byteOffset + file.length))
}

/** A tone of our own, as an agent would send it. */
function wav (seconds) {
  const file = Buffer.alloc(HEADER_BYTES + 2 * RATE * seconds)
  ;[0x46464952, file.length - 8, 0x45564157, 0x20746D66, 16, 0x10001, RATE, 2 * RATE, 0x100002, 0x61746164, file.length - HEADER_BYTES].forEach((word, i) => file.writeUInt32LE(word, 4 * i))
  for (let i = 0; i < RATE * seconds; i++) file.writeInt16LE(Math.round(3000 * Math.sin(i / 10)), HEADER_BYTES + 2 * i)
  return file
}

const microphone = (visitor) => visitor.widget.getByRole('button', { name: 'Record a voice message' })
const recording = (visitor) => visitor.widget.getByRole('group', { name: 'Recording' })
const heard = (visitor, clock) => recording(visitor).getByRole('timer').filter({ hasText: clock }).waitFor()
const isQuiet = (page) => page.evaluate(() => window.tracks.every((track) => track.readyState === 'ended'))

/** Every microphone that is opened is known to the test. */
const watch = (page) => page.addInitScript(() => {
  window.tracks = []
  const { mediaDevices } = navigator
  const ask = mediaDevices.getUserMedia.bind(mediaDevices)
  mediaDevices.getUserMedia = async (what) => {
    await window.permission
    const stream = await ask(what)
    window.tracks.push(...stream.getTracks())
    return stream
  }
})

story('a voice message by keyboard: recorded, sent, and heard again', async (visitor) => {
  const { bench, page } = visitor
  await watch(page)
  await visitor.open()
  await microphone(visitor).focus()
  await page.keyboard.press('Enter')
  await recording(visitor).waitFor()
  await recording(visitor).getByRole('status').filter({ hasText: 'Recording' }).waitFor()
  assert.ok(!(await visitor.input.isVisible()))
  await heard(visitor, '0:02')
  await page.keyboard.press('Enter')                  // the focus is on Send
  await visitor.until(() => bench.frames('msg').length === 1)
  const [{ media }] = bench.frames('msg')
  const upload = bench.uploads.get('/media/up/1')
  const samples = samplesOf(upload.body)
  const ms = Math.ceil(samples.length / RATE * 1000)
  assert.deepEqual([media.kind, media.mime, media.size, media.dur, media.name], ['voice', 'audio/wav', upload.body.length, ms, 'voice.wav'])
  assert.ok(ms >= 2000 && ms < 30000, `${ms} ms`)
  assert.ok(samples.some((sample) => Math.abs(sample) > 1000), 'the beep is in it')
  assert.ok(await isQuiet(page), 'the microphone is given back')
  await visitor.until(async () => (await visitor.states()).join() === 'sent')
  assert.equal(await page.evaluate(() => document.activeElement.shadowRoot.activeElement.tagName), 'TEXTAREA')
  const audio = visitor.log.locator('audio')
  assert.equal(await audio.getAttribute('aria-label'), `Voice message, ${Math.round(ms / 1000)} seconds`)
  await visitor.until(() => audio.evaluate((node, wanted) => Math.abs(node.duration * 1000 - wanted) < 50, ms))
})

story('Escape throws a recording away, and not the panel', async (visitor) => {
  const { bench, page } = visitor
  await watch(page)
  await visitor.open()
  await visitor.input.fill('a draft')
  await microphone(visitor).click()
  await heard(visitor, '0:01')
  await page.keyboard.press('Escape')
  await recording(visitor).waitFor({ state: 'hidden' })
  assert.ok(await visitor.panel.isVisible())
  assert.equal(await visitor.input.inputValue(), 'a draft')
  assert.ok(await isQuiet(page))
  await microphone(visitor).click()
  await heard(visitor, '0:00')
  await recording(visitor).getByRole('button', { name: 'Cancel' }).click()
  await recording(visitor).waitFor({ state: 'hidden' })
  assert.ok(await isQuiet(page))
  assert.equal(bench.frames('upload').length, 0)
})

story('nobody is heard behind a closed panel', async (visitor) => {
  const { page } = visitor
  await watch(page)
  await visitor.open()
  await microphone(visitor).click()
  await heard(visitor, '0:01')
  await page.evaluate(() => window.Usher('close'))
  assert.ok(await isQuiet(page))
  await visitor.launcher.click()
  assert.ok(!(await recording(visitor).isVisible()))
  await page.evaluate(() => { window.permission = new Promise((resolve) => { window.permit = resolve }) })
  await microphone(visitor).click()
  await visitor.launcher.click()                      // closed while the browser asks
  await page.evaluate(() => window.permit())
  await visitor.until(() => page.evaluate(() => window.tracks.length === 2 && window.tracks.every((track) => track.readyState === 'ended')))
  await visitor.launcher.click()
  assert.ok(!(await recording(visitor).isVisible()))
})

story('two minutes are the most, and what was said until then can be sent', async (visitor) => {
  const { bench, page } = visitor
  await watch(page)
  await page.addInitScript(() => {
    window.AudioWorkletNode = class extends AudioWorkletNode { constructor (...how) { super(...how); window.hearing = this } }
  })
  await visitor.open()
  await microphone(visitor).click()
  await recording(visitor).waitFor()
  await page.evaluate(() => { for (let i = 0; i < 2000; i++) window.hearing.port.onmessage({ data: new Float32Array(4096).fill(2) }) })
  await recording(visitor).getByRole('status').filter({ hasText: 'Recorded' }).waitFor()
  assert.ok(await isQuiet(page))
  assert.equal(await recording(visitor).getByRole('timer').textContent(), '2:00')
  await recording(visitor).getByRole('button', { name: 'Send' }).click()
  await visitor.until(() => bench.frames('msg').length === 1)
  const samples = samplesOf(bench.uploads.get('/media/up/1').body)
  assert.equal(samples.length, 120 * RATE)
  assert.equal(samples[RATE], 32767, 'too loud is as loud as it can be')
})

story('a microphone that is refused is said, and words go on', async (visitor) => {
  const { bench, page } = visitor
  await page.addInitScript(() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError')) })
  await visitor.open()
  await microphone(visitor).click()
  await visitor.strip.filter({ hasText: 'The microphone cannot be used here.' }).waitFor()
  await visitor.say('then in words')
  await visitor.until(() => bench.conv().rows.length === 1)
})

story('where a page may not hear there is no button', async (visitor) => {
  await visitor.page.addInitScript(() => { Object.defineProperty(window, 'isSecureContext', { value: false }) })
  await visitor.open()
  assert.equal(await microphone(visitor).count(), 0)
})

story('what recording needs comes when it is wanted', async (visitor) => {
  const { page } = visitor
  const asked = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname.split('/').at(-1)))
  await visitor.open()
  assert.ok(!asked.includes('recording.js'))
  await microphone(visitor).click()
  await recording(visitor).waitFor()
  assert.ok(asked.includes('recording.js'))
})

story('an agent’s voice messages: a name, a length, one at a time', async (visitor) => {
  const { bench, page } = visitor
  for (const n of [5, 6]) bench.uploads.set(`/media/up/${n}`, { mime: 'audio/wav', body: wav(12) })
  await visitor.open()
  for (const n of [5, 6]) bench.say(undefined, { media: { kind: 'voice', url: `/media/${n}?sig=1`, mime: 'audio/wav', dur: 12000, size: 384044 } })
  const all = visitor.log.locator('audio')
  await visitor.until(async () => (await all.count()) === 2)
  const { nodes } = await (await page.context().newCDPSession(page)).send('Accessibility.getFullAXTree')
  const named = nodes.filter((node) => node.role?.value === 'Audio').map((node) => node.name.value)
  assert.deepEqual(named, ['Voice message, 12 seconds', 'Voice message, 12 seconds'])
  const [first, second] = [all.nth(0), all.nth(1)]
  await first.evaluate((node) => node.play())
  await visitor.until(() => first.evaluate((node) => node.currentTime > 0))
  await second.evaluate((node) => node.play())
  await visitor.until(() => second.evaluate((node) => node.currentTime > 0))
  assert.deepEqual(await all.evaluateAll((nodes) => nodes.map((node) => node.paused)), [true, false])
})

story('a link that ran out is asked for again, and the message is heard', async (visitor) => {
  const { bench } = visitor
  bench.uploads.set('/media/up/7', { mime: 'audio/wav', body: wav(1) })
  await visitor.open()
  const row = bench.say(undefined, { media: { kind: 'voice', url: '/media/gone?exp=1', mime: 'audio/wav', dur: 1000 } })
  row.media = { ...row.media, url: '/media/7' }
  await visitor.until(() => visitor.log.locator('audio').evaluate((node) => node.src.includes('/media/7') && node.duration === 1))
  assert.equal(await visitor.log.locator('audio').getAttribute('aria-label'), 'Voice message, 1 second')
})

story('a strict policy of the page is not broken', {
  csp: "default-src 'none'; script-src 'self'; connect-src 'self' ws:; img-src 'self' blob:; media-src 'self' blob:; require-trusted-types-for 'script'; trusted-types usher",
}, async (visitor) => {
  const { bench, page } = visitor
  const violations = []
  page.on('console', (message) => { if (/Content Security Policy|Trusted/i.test(message.text()) && !/favicon/.test(message.text())) violations.push(message.text()) })
  await visitor.open()
  await microphone(visitor).click()
  await heard(visitor, '0:01')
  await page.keyboard.press('Enter')
  await visitor.until(() => bench.frames('msg').length === 1)
  await visitor.until(() => visitor.log.locator('audio').evaluate((node) => node.duration > 0.9))
  assert.deepEqual(violations, [])
})

story('in Chinese, in the dark, on a phone', {
  page: '<!doctype html><html lang="zh-CN"><title>店</title><script async src="/widget.js" data-app="demo"></script>',
  context: { colorScheme: 'dark', viewport: { width: 390, height: 700 } },
}, async (visitor) => {
  await visitor.open()
  await visitor.widget.getByRole('button', { name: '录制语音消息' }).click()
  await visitor.widget.getByRole('group', { name: '正在录音' }).getByRole('timer').filter({ hasText: '0:01' }).waitFor()
  assert.equal(await visitor.panel.evaluate((node) => node.scrollWidth > node.clientWidth), false)
})
