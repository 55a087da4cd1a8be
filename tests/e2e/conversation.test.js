// SPDX-License-Identifier: GPL-3.0-or-later
// What stands in a conversation beside what was said: changes of state in words, a rating, the visitor's pages, earlier chats.
import { after, before, test } from 'node:test'
import { join } from 'node:path'
import { claimDisplay, Console, Gateway, launchBrowser, until, Workplace } from './harness.js'
import { Visitor } from './visitor.js'

let release, place, gateway, browser, bea, visitor, nBegun = 0, nDone = 0
const sees = (text) => until(async () => (await bea.do('tree')).includes(text), `“${text}” on the screen`)
const shot = async (name) => process.env.SHOTS && bea.do('shot', { path: join(process.env.SHOTS, `${name}.png`) })

before(async () => {
  release = await claimDisplay()
  place = new Workplace()
  gateway = new Gateway(place, ['conversation.reopen=0s'])
  gateway.addAgent('bea', 'Bea')
  await gateway.start()
  bea = new Console(gateway, place, { login: 'bea', folder: 'bea', accepting: false })
  browser = await launchBrowser()
  visitor = new Visitor(await browser.newContext({ locale: 'en-US' }), gateway.url)
  await Promise.all([visitor.open(), sees('In step')])
}, { timeout: 90000 })

after(async () => {
  await bea?.do('close').catch(() => {})
  await browser?.close()
  await gateway?.stop()
  if (nDone > 0 && nBegun === nDone) place.remove()
  else console.error(`kept: ${place?.path}`)
  release?.()
})

test('a conversation', { timeout: 120000 }, async (t) => {
  const step = (name, run) => t.test(name, async () => { nBegun++; await run(); nDone++ })
  const take = async (text) => {
    await visitor.say(text)
    await bea.waitRow('Conversations', text)
    await bea.click('list', 'Conversations')
    await bea.key('alt+Down')
    await bea.click('push button', 'Take It')
    await bea.do('find', { role: 'text', name: 'Message' })
  }

  await step('who took it stands among the lines, and where the visitor is in the pane', async () => {
    await take('Is the Longjing back?')
    await sees('Bea: took the chat')
    await sees('Now on page')
    await sees('Not verified')
  })

  await step('the visitor turns the page: the pane follows', async () => {
    await visitor.page.evaluate(() => window.Usher('page', { url: 'https://shop.example/longjing', title: 'Longjing 2026' }))
    await sees('Longjing 2026')
  })

  await step('snoozed and awake again: each in words, each once', async () => {
    await bea.click('text', 'Message')
    await bea.key('ctrl+shift+s')
    await sees('Bea: snoozed until the visitor writes')
    await visitor.say('And the Puer?')
    await sees('No longer snoozed: waiting in')
    await bea.click('push button', 'Take It')
    await shot('changes')
  })

  await step('closed with its code, and rated', async () => {
    await bea.do('find', { role: 'text', name: 'Message' })
    await bea.key('ctrl+d')
    await bea.do('shown', { role: 'label', name: 'Close This Chat?' })
    await bea.key('Return')
    await visitor.log.getByText('Chat with Bea ended').waitFor()
    await visitor.widget.getByRole('radio', { name: '4 stars of 5' }).check({ force: true })
    await visitor.widget.getByRole('button', { name: 'Send rating' }).click()
    await until(() => gateway.query('SELECT text FROM note')[0]?.text === '4/5', 'the rating as a note')
    await until(() => gateway.query("SELECT reason FROM event WHERE name = 'wrapup'")[0]?.reason !== '', 'the code in the log of changes')
  })

  await step('the next chat has the last one folded above it; a key unfolds it in place', async () => {
    await take('Hello again')
    await sees('1 earlier chat, on Today')
    await bea.click('text', 'Message')
    await bea.key('ctrl+shift+Prior')
    await sees('Is the Longjing back?')
    await sees('This chat')
    await sees('4/5')
    await sees('Bea: closed with')
    await shot('earlier')
  })

  await step('the console ends well', async () => {
    const code = await bea.do('close')
    if (code !== 0) throw new Error(`the console ended with ${code}`)
    bea = undefined
  })
})
