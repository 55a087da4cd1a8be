// SPDX-License-Identifier: GPL-3.0-or-later
// A visitor says it aloud, the agent hears it and answers aloud: microphone, gateway, sound server, all real.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import test, { after, before } from 'node:test'
import { Console, Gateway, Workplace, claimDisplay, launchBrowser, until } from './harness.js'
import { SoundServer } from './sound.js'
import { Visitor } from './visitor.js'

const place = new Workplace()
let gateway, console_, browser, visitor, sound
let isGood = false

before(async () => {
  await claimDisplay()
  sound = new SoundServer(place)
  gateway = new Gateway(place)
  gateway.addAgent('demo', 'Lin', 'supervisor')
  await gateway.start()
  console_ = new Console(gateway, place, { env: sound.env })
  await until(async () => (await console_.do('tree')).includes('In step'), 'the console in step')
  browser = await launchBrowser(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'])
  visitor = new Visitor(await browser.newContext({ locale: 'en-US', viewport: { width: 1000, height: 760 }, permissions: ['microphone'] }), gateway.url)
})

after(async () => {
  await browser?.close()
  await console_?.do('close').catch(() => {})
  await gateway?.stop()
  sound?.stop()
  if (isGood) place.remove()
  else process.stderr.write(`what is left of it: ${place.path}\n`)
})

const shot = async (name) => { if (process.env.SHOTS) await console_.do('shot', { path: join(process.env.SHOTS, `${name}.png`) }) }
const sees = (text) => until(async () => (await console_.do('tree')).includes(text), `“${text}” in the console`)
const files = () => gateway.query('SELECT mime, size, role FROM media ORDER BY role')

test('voice messages both ways', { timeout: 120000 }, async () => {
  await visitor.open()
  await visitor.say('May I say it aloud?')
  await console_.click('push button', 'Accept')
  await console_.waitRow('Messages', 'May I say it aloud?')

  await visitor.widget.getByRole('button', { name: 'Record a voice message' }).click()
  const recording = visitor.widget.getByRole('group', { name: 'Recording' })
  await recording.getByRole('timer').filter({ hasText: '0:03' }).waitFor()
  await recording.getByRole('button', { name: 'Send' }).click()
  const [file] = await until(() => files().length > 0 && files(), 'the recording at the gateway')
  await visitor.allSent()
  assert.equal(file.mime, 'audio/wav')
  const seconds = Math.round((file.size - 44) / 32000)
  await sees(`Voice message, ${seconds} seconds`)

  await console_.click('push button', 'Play')
  await sees(`0:02 / 0:0${seconds}`)
  await shot('voice-playing')
  await until(async () => !(await console_.do('tree')).includes(` / 0:0${seconds}`), 'the end of it')

  await console_.click('text', 'Message')
  await console_.key('ctrl+shift+k')
  await sees('Recording')
  await sees('0:02')
  await shot('voice-recording')
  await console_.key('Return')
  const answer = visitor.log.locator('.theirs audio')
  await until(() => answer.evaluate((audio) => audio.duration >= 2), 'the answer in the browser')
  assert.match(await answer.getAttribute('aria-label'), /^Voice message, \d+ seconds$/)
  await answer.evaluate((audio) => audio.play())
  await until(() => answer.evaluate((audio) => audio.currentTime > 0.5), 'the answer to be heard')
  assert.deepEqual(files().map(({ mime, role }) => [mime, role]), [['audio/wav', 0], ['audio/wav', 1]])

  await console_.key('ctrl+shift+k')
  await sees('Recording')
  await console_.key('Escape')
  await until(async () => !(await console_.do('tree')).includes('Recording'), 'the text to be back')
  assert.equal(files().length, 2)
  isGood = true
})
