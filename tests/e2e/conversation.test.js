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

  await step('the same person with another device: merged by a key and a few letters, and taken back', async () => {
    const phone = new Visitor(await browser.newContext({ locale: 'en-US' }), gateway.url)
    const merges = () => gateway.query('SELECT visitor, into_visitor FROM merged')
    await phone.open()
    await phone.say('Me again, from my phone')
    await bea.waitRow('Conversations', 'Me again, from my phone')
    const [mine, theirs] = gateway.query('SELECT visitor FROM conv ORDER BY conv DESC LIMIT 2').map((row) => row.visitor).reverse()
    await bea.click('text', 'Message')
    await bea.key('ctrl+shift+j')
    await sees('Type a few letters of the contact you mean')
    await bea.do('type', { text: String(theirs) })
    await sees('visitors see nothing of it')
    await bea.key('Return')
    await until(() => merges().length === 1, 'the merge')
    if (merges()[0].visitor !== theirs || merges()[0].into_visitor !== mine) throw new Error(JSON.stringify(merges()))
    await bea.key('ctrl+shift+b')
    await until(() => merges().length === 0, 'the merge to be undone')
    await bea.key('ctrl+shift+j')
    await sees('Type a few letters of the contact you mean')
    await bea.do('type', { text: String(theirs) })
    await sees('visitors see nothing of it')
    await bea.key('Return')
    await sees('merged: Today')
    await shot('merged')
    // Neither page is given a line of the other, not even when it is loaded anew.
    await phone.page.close()
    await phone.open()
    await phone.sees('Me again, from my phone')
    if (phone.frames.some((frame) => frame.includes('Hello again')) || visitor.frames.some((frame) => frame.includes('from my phone'))) throw new Error('a page has lines of the other device')
    await bea.click('push button', `Separate “Visitor ${theirs % 100000}” again`)
    await until(() => merges().length === 0, 'the merge to be taken back')
    if (gateway.query("SELECT count (*) AS n FROM audit WHERE action IN ('contact.merge', 'contact.unmerge')")[0].n !== 4) throw new Error('the audit does not say so')
  })

  await step('the console ends well', async () => {
    const code = await bea.do('close')
    if (code !== 0) throw new Error(`the console ended with ${code}`)
    bea = undefined
  })
})
