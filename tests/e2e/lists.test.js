// SPDX-License-Identifier: GPL-3.0-or-later
// Two agents at two desks over one gateway: both see who looks at a chat, who answers it, what it is labelled, and when it sleeps.
import { after, before, test } from 'node:test'
import { join } from 'node:path'
import { claimDisplay, Console, Gateway, launchBrowser, until, Workplace } from './harness.js'
import { Visitor } from './visitor.js'

let release, place, gateway, browser, bea, lin, visitor, nBegun = 0, nDone = 0
const sees = (console, text) => until(async () => (await console.do('tree')).includes(text), `“${text}” on the screen`)
const shot = async (console, name) => process.env.SHOTS && console.do('shot', { path: join(process.env.SHOTS, `${name}.png`) })

before(async () => {
  release = await claimDisplay()
  place = new Workplace()
  gateway = new Gateway(place)
  gateway.addAgent('bea', 'Bea')
  gateway.addAgent('lin', 'Lin', 'supervisor')
  await gateway.start()
  bea = new Console(gateway, place, { login: 'bea', folder: 'bea', accepting: false })
  lin = new Console(gateway, place, { login: 'lin', folder: 'lin', accepting: false, ownDisplay: true })
  browser = await launchBrowser()
  visitor = new Visitor(await browser.newContext({ locale: 'en-US' }), gateway.url)
  await Promise.all([visitor.open(), sees(bea, 'In step'), sees(lin, 'In step')])
}, { timeout: 90000 })

after(async () => {
  for (const console of [bea, lin]) await console?.do('close').catch(() => {})
  await browser?.close()
  await gateway?.stop()
  if (nDone > 0 && nBegun === nDone) place.remove()
  else console.error(`kept: ${place?.path}`)
  release?.()
})

test('two desks', { timeout: 120000 }, async (t) => {
  const step = (name, run) => t.test(name, async () => { nBegun++; await run(); nDone++ })

  await step('a visitor waits in both queues; each sees that the other looks', async () => {
    await visitor.say('Is the Longjing back in stock?')
    for (const console of [bea, lin]) {
      await console.waitRow('Conversations', 'Longjing')
      await console.click('list', 'Conversations')
      await console.key('alt+Down')
    }
    await sees(bea, 'Lin is viewing')
    await sees(lin, 'Bea is viewing')
    await shot(lin, 'viewing')
  })

  await step('one takes it; the other sees who answers, and joins', async () => {
    await bea.click('push button', 'Take It')
    await bea.do('find', { role: 'text', name: 'Message' })
    await sees(lin, 'Bea answers this chat.')
    await lin.click('push button', 'Join')
    await sees(lin, 'you have joined')
    await lin.click('text', 'Message')
    await lin.do('type', { text: 'One moment' })
    await sees(bea, 'Lin is writing')
    await shot(bea, 'writing')
    await lin.key('Return')
    await visitor.sees('One moment')
    await until(async () => !(await bea.do('tree')).includes('Lin is writing'), 'no writer any longer', 4000)
  })

  await step('a label by four letters and Enter stands at both desks', async () => {
    await bea.click('text', 'Message')
    await bea.key('ctrl+l')
    await bea.do('type', { text: 'tea' })
    await bea.key('Return', 'Escape')
    await sees(bea, 'Labels: tea')
    await sees(lin, 'Labels: tea')
    await until(() => gateway.query('select tags from conv').some(({ tags }) => tags.includes('tea')), 'the label in the database')
  })

  await step('snoozed by one key, taken back by one key, and woken by the visitor', async () => {
    await bea.click('text', 'Message')
    await bea.key('ctrl+shift+s')
    await sees(bea, 'This chat sleeps until the visitor writes again.')
    await bea.key('ctrl+shift+b')
    await bea.do('find', { role: 'text', name: 'Message' })
    await until(async () => !(await bea.do('tree')).includes('This chat sleeps'), 'the chat awake')
    await bea.key('ctrl+shift+s')
    await sees(bea, 'This chat sleeps until the visitor writes again.')
    await shot(bea, 'snoozed')
    await visitor.say('Thank you, and for how much?')
    await until(async () => !(await bea.do('tree')).includes('This chat sleeps'), 'the chat awake again')
    await bea.waitRow('Conversations', 'for how much')
  })

  await step('a macro says, labels and snoozes as one; what was not said is taken back, and a slash runs it too', async () => {
    const nSaid = () => gateway.query("select text from message where text like '%number of your order%'").length
    await bea.click('push button', 'Take It')
    await bea.click('text', 'Message')
    await bea.key('ctrl+shift+m')
    await bea.do('type', { text: 'ask' })
    await shot(bea, 'macro')
    await bea.key('Return')
    await visitor.sees('Could you tell me the number of your order, please? It is in the mail that confirmed it.')
    await sees(bea, 'This chat sleeps until the visitor writes again.')
    await sees(lin, 'Labels: tea, order')
    await bea.key('ctrl+shift+b')
    await until(async () => !(await lin.do('tree')).includes('Labels: tea, order'), 'the label gone at the other desk')
    await until(async () => !(await bea.do('tree')).includes('This chat sleeps'), 'the chat awake')
    await bea.key('Escape', 'Escape', 'Escape') // the first are for what is said below
    await bea.do('type', { text: '/ask for' })
    await shot(bea, 'slash')
    await bea.key('Return')
    await sees(lin, 'Labels: tea, order')
    await until(() => nSaid() === 2, 'said twice')
    await visitor.say('It is A-20418')
    await bea.waitRow('Conversations', 'A-20418')
  })

  await step('two rows are chosen by keys alone, and their menu opens', async () => {
    const second = new Visitor(await browser.newContext({ locale: 'en-US' }), gateway.url)
    await second.open()
    await second.say('Can I pay by invoice?')
    await bea.waitRow('Conversations', 'invoice')
    await bea.key('alt+Down')
    await sees(bea, 'Can I pay by invoice?')
    // From pane to pane until the row has the focus, and one row more.
    await until(async () => { await bea.key('shift+F6', 'shift+Up'); return (await bea.do('tree')).includes('2 chosen') }, 'two rows chosen', 10000)
    await shot(bea, 'several')
    await bea.key('shift+F10')
    await bea.do('find', { role: 'menu item', name: 'Labels…' })
    await shot(bea, 'menu')
    await bea.key('Escape')
  })

  await step('both consoles end well', async () => {
    for (const console of [bea, lin]) {
      const code = await console.do('close')
      if (code !== 0) throw new Error(`the console ended with ${code}`)
    }
    bea = lin = undefined
  })
})
