// SPDX-License-Identifier: GPL-3.0-or-later
// The story of the product, once, with everything real: a visitor in a browser talks to an agent in the console.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { after, before } from 'node:test'
import { pathToFileURL } from 'node:url'
import { Console, Gateway, Workplace, claimDisplay, launchBrowser, until } from './harness.js'
import { Notifications } from './notifications.js'
import { picture } from './picture.js'
import { assertSame } from './transcripts.js'
import { Visitor } from './visitor.js'

const place = new Workplace()
const NOTE = 'he asked last week too'
let gateway, console_, browser, visitor, notifications
let isGood = false

before(async () => {
  await claimDisplay()
  notifications = await new Notifications().start()
  gateway = new Gateway(place)
  gateway.addAgent('demo', 'Lin', 'supervisor')
  await gateway.start()
  console_ = new Console(gateway, place)
  await until(async () => (await console_.do('tree')).includes('In step'), 'the console in step')
  browser = await launchBrowser()
  visitor = new Visitor(await browser.newContext({ locale: 'en-US', viewport: { width: 1000, height: 760 } }), gateway.url)
})

after(async () => {
  if (process.env.SHOTS && console_) await console_.do('shot', { path: join(process.env.SHOTS, 'console.png') }).catch(() => {})
  await browser?.close()
  await console_?.do('close').catch(() => {})
  await gateway?.stop()
  await notifications?.stop()
  if (isGood) place.remove()
  else process.stderr.write(`what is left of it: ${place.path}\n`)
})

test('the story', { timeout: 240000 }, async (t) => {
  // A story has no middle without its beginning: after the first failure the rest is not tried.
  let hasFailed = false
  const step = (name, fn) => t.test(name, { skip: hasFailed }, async () => {
    try { await fn() } catch (error) { hasFailed = true; throw error }
  })

  await step('a visitor writes; the agent is told on the desktop', async () => {
    await visitor.open()
    await visitor.say('Is the Longjing in stock?')
    await visitor.widget.getByText(/You are next|Looking for somebody/).waitFor()
    const line = await notifications.waitFor('Longjing')
    assert.match(line, /"accept", "Accept"/)
    await console_.do('shown', { role: 'push button', name: 'Accept' })
    await console_.do('shown', { role: 'progress bar', name: 'Time left for this offer' })
  })

  await step('accepts from the notification; the visitor sees who joined', async () => {
    notifications.press(1, 'accept')
    await visitor.log.getByText('Lin joined').waitFor()
    await console_.waitRow('Messages', 'Is the Longjing in stock?')
    await until(async () => (await visitor.widget.locator('.state.read').count()) === 1, 'the line to be read')
  })

  await step('each sees the other typing', async () => {
    await visitor.input.pressSequentially('And does it ', { delay: 10 })
    await until(async () => (await console_.do('tree')).includes('The visitor is typing'), 'typing in the console')
    await visitor.say('And does it keep?')
    await console_.click('text', 'Message')
    await console_.do('type', { text: 'Yes, ' })
    await visitor.widget.locator('.sub', { hasText: 'is typing' }).waitFor()
  })

  await step('the agent answers, in Chinese too', async () => {
    await console_.do('type', { text: 'for a year.' })
    await console_.key('Return')
    await visitor.sees('Yes, for a year.')
    await console_.do('type', { text: '今年雨前的，很新鲜 🍵' })
    await console_.key('Return')
    await visitor.sees('今年雨前的，很新鲜 🍵')
  })

  await step('pictures both ways', async () => {
    const path = join(place.path, 'tin.png')
    writeFileSync(path, picture(320, 200))
    await console_.click('text', 'Message')
    await console_.do('paste', { path, mime: 'image/png' })
    await until(async () => (await console_.do('tree')).includes('Files to send'), 'the picture in the composer')
    await console_.key('Return')
    await until(() => visitor.log.locator('.theirs .picture img').evaluate((img) => img.naturalWidth === 320), 'the picture on the visitor’s screen')
    await visitor.widget.locator('input[type=file]:not([capture])').setInputFiles(path)
    await visitor.allSent()
    await assertSame({ visitor, console: console_, gateway })
  })

  await step('a file of another kind', async () => {
    const path = join(place.path, '退款 单.csv')
    const list = join(place.path, 'list')
    writeFileSync(path, 'no,name\n1,Anna\n')
    writeFileSync(list, `${pathToFileURL(path)}\r\n`)
    await console_.click('text', 'Message')
    await console_.do('paste', { path: list, mime: 'text/uri-list' })
    await until(async () => (await console_.do('tree')).includes('Files to send'), 'the file in the composer')
    await console_.key('Return')
    const link = visitor.log.locator('.theirs a.file')
    await link.waitFor()
    const [download] = await Promise.all([visitor.page.waitForEvent('download'), link.click()])
    assert.equal(download.suggestedFilename(), '退款 单.csv')
    assert.equal(readFileSync(await download.path(), 'utf8'), 'no,name\n1,Anna\n')
    await assertSame({ visitor, console: console_, gateway })
  })

  await step('a note is for staff', async () => {
    await console_.click('text', 'Message')
    await console_.key('ctrl+m')
    await console_.do('type', { text: NOTE })
    await console_.key('Return')
    await console_.waitRow('Messages', NOTE)
    await until(() => gateway.query('SELECT text FROM note').some((row) => row.text === NOTE), 'the note in its table')
    await console_.key('ctrl+m')
  })

  await step('a reload changes nothing', async () => {
    await visitor.page.reload()
    await visitor.input.waitFor()
    const lines = await assertSame({ visitor, console: console_, gateway })
    assert.equal(lines.length, 7)
  })

  await step('the agent closes with a reason; the visitor rates', async () => {
    await console_.key('ctrl+d')
    await console_.do('shown', { role: 'label', name: 'Close This Chat?' })
    await console_.key('Return')
    await visitor.log.getByText('Chat with Lin ended').waitFor()
    await visitor.widget.getByRole('radio', { name: '5 stars of 5' }).check({ force: true })
    await visitor.widget.getByRole('textbox', { name: /Anything we should know/ }).fill('very kind')
    await visitor.widget.getByRole('button', { name: 'Send rating' }).click()
    const conv = await until(() => gateway.query('SELECT * FROM conv WHERE rating_score = 5')[0], 'the rating in the database')
    assert.deepEqual([conv.rating_scale, conv.rating_comment], [5, 'very kind'])
    assert.notEqual(conv.disposition, '', 'the reason is kept')
  })

  await step('the visitor never got a word of the note', () => {
    assert.ok(visitor.frames.length > 10)
    for (const frame of visitor.frames) assert.ok(!frame.includes(NOTE) && !/"t":"(note|offer|list|viewers)"/.test(frame), frame)
  })
  isGood = !hasFailed
})
