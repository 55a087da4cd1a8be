// SPDX-License-Identifier: GPL-3.0-or-later
// The end of a shift, by keys alone: two chats go to a colleague, who passes one and accepts the other, and takes the first when asked once more.
import { after, before, test } from 'node:test'
import { join } from 'node:path'
import { claimDisplay, Console, Gateway, launchBrowser, until, Workplace } from './harness.js'
import { Visitor } from './visitor.js'

let release, place, gateway, browser, bea, lin, nBegun = 0, nDone = 0
const visitors = []
const sees = (console, text) => until(async () => (await console.do('tree')).includes(text), `“${text}” on the screen`)
const shot = async (console, name) => process.env.SHOTS && console.do('shot', { path: join(process.env.SHOTS, `${name}.png`) })
const lines = ['Is the Longjing back in stock?', 'Can I pay by invoice?']

before(async () => {
  release = await claimDisplay()
  place = new Workplace()
  gateway = new Gateway(place)
  gateway.addAgent('bea', 'Bea')
  gateway.addAgent('lin', 'Lin')
  await gateway.start()
  bea = new Console(gateway, place, { login: 'bea', folder: 'bea' })
  lin = new Console(gateway, place, { login: 'lin', folder: 'lin', accepting: false, ownDisplay: true })
  browser = await launchBrowser()
  await Promise.all([sees(bea, 'In step'), sees(lin, 'In step')])
  for (const line of lines) {
    const visitor = new Visitor(await browser.newContext({ locale: 'en-US' }), gateway.url)
    await visitor.open()
    await visitor.say(line)
    await sees(bea, line)
    await until(async () => { await bea.key('F2'); return gateway.query("select conv from conv where agent > 0 and state = 3").length === visitors.length + 1 }, 'the chat accepted')
    visitors.push(visitor)
  }
}, { timeout: 90000 })

after(async () => {
  for (const console of [bea, lin]) await console?.do('close').catch(() => {})
  await browser?.close()
  await gateway?.stop()
  if (nDone > 0 && nBegun === nDone) place.remove()
  else console.error(`kept: ${place?.path}`)
  release?.()
})

test('the end of a shift', { timeout: 120000 }, async (t) => {
  const step = (name, run) => t.test(name, async () => { nBegun++; await run(); nDone++ })

  await step('every open chat with its brief, and nothing new is offered', async () => {
    await bea.key('ctrl+shift+t')
    await until(async () => (await bea.do('text', { role: 'text', name: 'Brief about Visitor' })).startsWith(`Asks: ${lines[0]}`), 'the brief')
    await sees(bea, 'Not accepting chats')
    await lin.key('ctrl+shift+a')
    await sees(lin, 'Accepting chats')
  })

  await step('a brief is completed, everyone goes to one colleague', async () => {
    await bea.key('space')                                   // the first choice is for everyone
    await bea.do('type', { text: 'Lin' })
    await bea.key('Down', 'Return')
    await bea.key('Tab', 'Tab', 'Tab', 'ctrl+End')           // past the row into its brief
    await bea.do('type', { text: 'a call at noon' })
    await shot(bea, 'handover-1')
    await bea.key('ctrl+Return')
    await sees(bea, 'Waiting for Lin to accept')
    await sees(bea, 'Next for Lin')
    await shot(bea, 'handover-2')
  })

  await step('the colleague reads the brief, passes one and accepts the other', async () => {
    await sees(lin, 'Handed over by Bea')
    await lin.key('shift+F2')
    await sees(bea, 'Lin has not taken it.')
    await sees(bea, 'Waiting for Lin to accept')
    await lin.key('F2')
    await sees(bea, 'Accepted by Lin')
    await shot(bea, 'handover-3')
  })

  await step('what was passed is fetched back and asked once more, and the shift is over', async () => {
    await bea.key('ctrl+Return')                             // still for the same colleague
    await sees(bea, 'Waiting for Lin to accept')
    await lin.key('F2')
    await sees(bea, 'Everything is handed over.')
    await shot(bea, 'handover-4')
    const notes = gateway.query('select text from note order by conv, n').map(({ text }) => text)
    if (!notes.some((text) => text.includes('Promised: a call at noon'))) throw new Error(`the brief is not among ${JSON.stringify(notes)}`)
    if (gateway.query("select conv from conv where state = 3 and agent = (select agent from agent where login = 'lin')").length !== 2) throw new Error('Lin does not have both')
    await bea.key('Return')                                  // Sign Out has the focus
    await bea.do('shown', { role: 'push button', name: 'Sign In' })
  })
})
