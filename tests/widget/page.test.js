// SPDX-License-Identifier: GPL-3.0-or-later
// The widget in a real browser: what a visitor sees when the network and the gateway misbehave.
import assert from 'node:assert/strict'
import { Visitor, story } from './browser.js'

story('a conversation: sent, delivered, read, answered', async (visitor) => {
  const { bench } = visitor
  await visitor.open()
  await visitor.say('hello')
  await visitor.until(async () => (await visitor.states()).join() === 'sent')
  bench.tell({ t: 'read', conv: 300, role: 'agent', received: 1 })
  await visitor.until(async () => (await visitor.states()).join() === 'delivered')
  bench.tell({ t: 'read', conv: 300, role: 'agent', seq: 1, received: 1 })
  await visitor.until(async () => (await visitor.states()).join() === 'read')
  bench.say('hi there')
  await visitor.linesAre(['hello', 'hi there'])
  await visitor.until(() => bench.frames('read').at(-1)?.received === 2)
  const [hello] = bench.frames('hello')
  assert.deepEqual([hello.v, hello.ch, hello.app, bench.connections[0].protocol, bench.connections[0].app], [1, 'web', 'demo', 'gate.v1.json', 'demo'])
})

story('an agent joins: queue, assignment, typing, presence', async (visitor) => {
  const { bench } = visitor
  await visitor.open()
  await visitor.say('hello')
  await visitor.until(() => bench.frames('msg').length === 1)
  bench.tell({ t: 'conv', conv: 300, state: 'queued', ep: 2 })
  bench.tell({ t: 'queue', conv: 300, pos: 3, eta: 125 })
  await visitor.widget.getByText('You are number 3, about 2 min.').waitFor()
  bench.tell({ t: 'conv', conv: 300, state: 'active', ep: 3 })
  bench.tell({ t: 'assign', conv: 300, agent: 42, name: 'Xiao Mei', ep: 3 })
  await visitor.log.getByText('Xiao Mei joined').waitFor()
  await visitor.panel.getByRole('heading', { name: 'Xiao Mei' }).waitFor()
  await visitor.strip.waitFor({ state: 'hidden' })
  bench.tell({ t: 'typing', conv: 300, role: 'agent', on: true })
  await visitor.panel.getByText('is typing…').waitFor()
  bench.say('there')
  await visitor.panel.getByText('is typing…').waitFor({ state: 'hidden' })
})

story('resume after a drop: what was missed comes, once, and what was written is sent', async (visitor) => {
  const { bench } = visitor
  await visitor.open()
  await visitor.say('one')
  await visitor.until(() => bench.conv().rows.length === 1)
  bench.say('two')
  await visitor.linesAre(['one', 'two'])
  bench.drop()
  await visitor.widget.getByText('Connecting again').waitFor()
  bench.say('three')
  await visitor.say('four')
  await visitor.until(async () => (await visitor.states()).join() === 'sent,queued')
  await visitor.hurry()
  await visitor.linesAre(['one', 'two', 'three', 'four'])
  const [resume] = bench.frames('resume')
  assert.deepEqual(resume.have.map(({ conv, seq }) => [conv, seq]), [[300, 2]])
  assert.equal(resume.log, 5501)
  assert.deepEqual(bench.conv().rows.map((row) => row.text), ['one', 'two', 'three', 'four'])
})

story('duplicates and gaps: asked for before they are shown, each line once', async (visitor) => {
  const { bench } = visitor
  await visitor.open()
  const first = bench.say('1')
  await visitor.linesAre(['1'])
  bench.tell({ t: 'msg', ...first })
  bench.append({ role: 'agent', from: 42, text: '2' })
  bench.append({ role: 'agent', from: 42, text: '3' })
  bench.say('4')
  await visitor.linesAre(['1', '2', '3', '4'])
  assert.deepEqual(bench.frames('history').map(({ after }) => after), [1])
})

story('an answer that never came: the same line with the same cid, stored once', async (visitor) => {
  const { bench } = visitor
  await visitor.open()
  bench.isAcking = false
  await visitor.say('once')
  await visitor.until(() => bench.frames('msg').length === 1)
  bench.isAcking = true
  bench.drop()
  await visitor.until(() => bench.live.length === 0)
  await visitor.hurry()
  await visitor.until(async () => (await visitor.states()).join() === 'sent')
  await visitor.linesAre(['once'])
  assert.equal(bench.conv().rows.length, 1)
  assert.equal(new Set(bench.frames('msg').map((frame) => frame.cid)).size, 1)
})

story('another log: cached lines are gone, the new ones are read', async (visitor) => {
  const { bench } = visitor
  await visitor.open()
  bench.say('old')
  await visitor.linesAre(['old'])
  bench.drop()
  bench.log = 9999
  bench.convs.clear()
  bench.append({ role: 'agent', from: 42, text: 'from the backup' })
  await visitor.hurry()
  await visitor.linesAre(['from the backup'])
})

story('the outbox and the lines survive a reload while the gateway is away', async (visitor) => {
  const { bench, page } = visitor
  await visitor.open()
  await visitor.say('kept')
  await visitor.until(() => bench.conv().rows.length === 1)
  bench.say('answer')
  await visitor.linesAre(['kept', 'answer'])
  bench.script = (frame, connection) => { connection.socket.terminate(); return true }
  bench.drop()
  await visitor.say('unsent 1')
  await visitor.say('unsent 2')
  await visitor.input.fill('a draft')
  await page.reload()
  await visitor.linesAre(['kept', 'answer', 'unsent 1', 'unsent 2'])
  assert.equal(await visitor.input.inputValue(), 'a draft')
  bench.script = null
  await visitor.hurry()
  await visitor.until(() => bench.conv().rows.length === 4)
  assert.deepEqual(bench.conv().rows.map((row) => row.text), ['kept', 'answer', 'unsent 1', 'unsent 2'])
  assert.ok(bench.frames('resume').length > 0, 'the same session goes on after a reload')
})

story('half-open: silence is noticed when the page is looked at again', async (visitor) => {
  const { bench, context } = visitor
  await visitor.open()
  await visitor.say('one')
  await visitor.linesAre(['one'])
  await context.setOffline(true)
  await visitor.say('two')
  bench.script = () => true                       // the socket stays, and stays silent
  await context.setOffline(false)
  await visitor.widget.getByText('Connecting again').waitFor({ timeout: 12000 })
  bench.script = null
  await visitor.hurry()
  await visitor.until(() => bench.conv().rows.length === 2)
  await visitor.linesAre(['one', 'two'])
})

story('refused lines say why; retry and delete do what they say', async (visitor) => {
  const { bench } = visitor
  await visitor.open()
  bench.script = (frame, connection) => frame.t === 'msg' && (bench.send(connection, { t: 'error', id: frame.id, code: 422, slug: 'invalid' }), true)
  await visitor.say('first')
  await visitor.say('second')
  await visitor.until(async () => (await visitor.states()).join() === 'failed,failed')
  await visitor.widget.getByText('Something went wrong.').first().waitFor()
  await visitor.widget.getByRole('button', { name: 'Delete' }).first().click()
  await visitor.linesAre(['second'])
  bench.script = null
  await visitor.widget.getByRole('button', { name: 'Retry' }).click()
  await visitor.until(async () => (await visitor.states()).join() === 'sent')
  assert.deepEqual(bench.conv().rows.map((row) => row.text), ['second'])
})

story('edits and recalls change the earlier line', async (visitor) => {
  const { bench } = visitor
  await visitor.open()
  bench.say('teh')
  bench.say('oops')
  await visitor.linesAre(['teh', 'oops'])
  bench.say('tea', { replaces: 1, flags: 2 })
  bench.say(undefined, { replaces: 2, flags: 4 })
  await visitor.linesAre(['tea edited', 'Message recalled'])
})

story('choices are buttons; a choice is an answer', async (visitor) => {
  const { bench } = visitor
  await visitor.open()
  bench.say(undefined, { choices: { head: 'Which?', items: [{ id: 'a', label: 'Green' }, { id: 'b', label: 'Black' }] } })
  await visitor.widget.getByRole('button', { name: 'Black' }).click()
  await visitor.until(() => bench.frames('msg').length === 1)
  assert.deepEqual([bench.frames('msg')[0].text, bench.frames('msg')[0].re], ['Black', 1])
})

story('after the end: rating with a comment, then a new conversation', async (visitor) => {
  const { bench } = visitor
  await visitor.open()
  await visitor.say('hello')
  await visitor.until(() => bench.conv().rows.length === 1)
  bench.tell({ t: 'assign', conv: 300, agent: 42, name: 'Xiao Mei', ep: 2 })
  bench.tell({ t: 'conv', conv: 300, state: 'closed', ep: 3 })
  await visitor.widget.getByRole('radio', { name: '4 stars of 5' }).check({ force: true })
  await visitor.widget.getByRole('textbox', { name: /Anything we should know/ }).fill('fast')
  await visitor.widget.getByRole('button', { name: 'Send rating' }).click()
  await visitor.widget.getByText('Thank you for your rating!').waitFor()
  const [rating] = bench.frames('rate')
  assert.deepEqual([rating.conv, rating.score, rating.of, rating.comment], [300, 4, 5, 'fast'])
  await visitor.widget.getByRole('button', { name: 'New chat' }).click()
  await visitor.linesAre([])
  await visitor.say('something else')
  await visitor.linesAre(['something else'])
  await visitor.until(() => bench.frames('open').length === 1)
  const [open] = bench.frames('open')
  assert.equal(open.first.text, 'something else')
  await visitor.until(async () => (await visitor.states()).join() === 'sent')
})

story('a rating that met a dead connection is told again', async (visitor) => {
  const { bench } = visitor
  await visitor.open()
  await visitor.say('hello')
  await visitor.until(() => bench.conv().rows.length === 1)
  bench.tell({ t: 'assign', conv: 300, agent: 42, name: 'M', ep: 2 })
  bench.tell({ t: 'conv', conv: 300, state: 'closed', ep: 3 })
  await visitor.widget.getByRole('radio', { name: '5 stars of 5' }).check({ force: true })
  bench.drop()
  await visitor.until(() => bench.live.length === 0)
  await visitor.widget.getByRole('button', { name: 'Send rating' }).click()
  await visitor.hurry()
  await visitor.until(() => bench.frames('rate').length === 1)
})

story('the visitor ends the chat', async (visitor) => {
  const { bench } = visitor
  await visitor.open()
  await visitor.say('hello')
  await visitor.until(() => bench.conv().rows.length === 1)
  await visitor.widget.getByRole('button', { name: 'More' }).click()
  await visitor.widget.getByRole('button', { name: 'End this chat' }).click()
  await visitor.log.getByText('Chat ended').waitFor()
  assert.equal(bench.frames('close')[0].reason, 'visitor_left')
})

story('two tabs: one identity, two sessions, each line in both', async (visitor) => {
  const { bench, context } = visitor
  await visitor.open()
  await visitor.say('from the first')
  await visitor.linesAre(['from the first'])
  const second = new Visitor(bench, await context.newPage())
  await second.open()
  await second.linesAre(['from the first'])
  await second.say('from the second')
  await visitor.linesAre(['from the first', 'from the second'])
  const auths = bench.frames('auth')
  assert.deepEqual([auths.length, auths[0].visitor], [2, undefined])
  assert.match(auths[1].visitor, /^vk_/)
  assert.equal(bench.conv().rows.length, 2)
})

story('a duplicated tab does not take the session of the first', async (visitor) => {
  const { bench, context, page } = visitor
  await visitor.open()
  await visitor.say('hello')
  await visitor.linesAre(['hello'])
  const opened = context.waitForEvent('page')
  await page.evaluate(() => { window.open(location.href) })         // a copy of sessionStorage goes along
  const second = new Visitor(bench, await opened)
  await second.linesAre(['hello'])
  await visitor.until(() => bench.frames('auth').length + bench.frames('resume').length === 2)
  assert.equal(bench.frames('resume').length, 0)
  assert.equal(bench.frames('auth').length, 2)
})

story('opened elsewhere: it stops and offers to go on here', async (visitor) => {
  const { bench } = visitor
  await visitor.open()
  await visitor.say('hello')
  await visitor.linesAre(['hello'])
  bench.close(4003)
  await visitor.widget.getByText('This chat goes on in another window.').waitFor()
  await visitor.hurry()
  assert.equal(bench.live.length, 0)
  await visitor.widget.getByRole('button', { name: 'Use it here' }).click()
  await visitor.until(() => bench.live.length === 1)
})

story('older lines come when somebody scrolls up to them', async (visitor) => {
  const { bench } = visitor
  for (let i = 1; i <= 180; i++) bench.append({ role: 'agent', from: 42, text: `line ${i}`, ts: Date.now() - 1000 })
  await visitor.open()
  await visitor.log.getByText('line 180', { exact: true }).waitFor()
  assert.ok((await visitor.lines()).length <= 60)
  for (let i = 0; i < 20 && (await visitor.lines()).length < 180; i++) {
    await visitor.log.evaluate((log) => { log.scrollTop = 0; log.dispatchEvent(new Event('scroll')) })
    await visitor.page.waitForTimeout(60)
  }
  assert.deepEqual(await visitor.lines(), Array.from({ length: 180 }, (_, i) => `line ${i + 1}`))
})

story('unread lines are counted on the button and in the title, and only there', async (visitor) => {
  const { bench, page } = visitor
  await visitor.open()
  await visitor.say('hello')
  await visitor.until(() => bench.conv().rows.length === 1)
  await page.keyboard.press('Escape')
  await visitor.panel.waitFor({ state: 'hidden' })
  bench.say('one')
  bench.say('two')
  await visitor.widget.getByRole('button', { name: 'Open chat, 2 unread messages' }).waitFor()
  await visitor.until(async () => (await page.evaluate(() => document.hasFocus())) || (await page.title()) === '(2) Shop')
  await visitor.launcher.click()
  await visitor.until(() => bench.frames('read').some((frame) => frame.seq === 3))
  await visitor.until(async () => (await page.title()) === 'Shop')
})

story('the page’s own script talks to it, also before it is there', { page: `<!doctype html><title>Shop</title><script>
  window.heard = []
  window.Usher = (...call) => window.Usher.q.push(call); window.Usher.q = []
  Usher('set', { name: 'Ann', attrs: { plan: 'gold' } }); Usher('on', 'message', (line) => heard.push(line.text)); Usher('on', 'unread', (n) => heard.push(n)); Usher('open')
  </script><script async src="/widget.js" data-app="demo"></script>` }, async (visitor) => {
  const { bench, page } = visitor
  await visitor.goto()
  await visitor.input.waitFor()
  await visitor.until(() => bench.frames('auth').length === 1)
  assert.deepEqual(bench.frames('auth')[0].profile, { name: 'Ann', attrs: { plan: 'gold' } })
  bench.say('hi')
  await visitor.until(() => page.evaluate(() => window.heard.includes('hi')))
  await page.evaluate(() => window.Usher('page', { url: 'https://shop.example/tea', title: 'Tea' }))
  await visitor.until(() => bench.frames('page_view').some((frame) => frame.url === 'https://shop.example/tea'))
  await page.evaluate(() => window.Usher('identify', { token: 'jwt-of-ann' }))
  await visitor.until(() => bench.frames('auth').some((frame) => frame.token === 'jwt-of-ann'))
  await page.evaluate(() => window.Usher('close'))
  await visitor.panel.waitFor({ state: 'hidden' })
})

story('consent and form come first: nobody is connected before', {
  config: { title: 'Harbour Tea', open: true, consent: 'We keep this chat for 30 days.', form: [{ name: 'name', label: 'Your name', required: true }, { name: 'email', label: 'E-mail', type: 'email' }] },
}, async (visitor) => {
  const { bench, page } = visitor
  await visitor.goto()
  await visitor.launcher.click()
  await visitor.widget.getByText('We keep this chat for 30 days.').waitFor()
  assert.equal(await visitor.input.isVisible(), false)
  await visitor.widget.getByRole('button', { name: 'I agree, start the chat' }).click()
  assert.equal(await visitor.input.isVisible(), false, 'a name is needed')
  await visitor.widget.getByRole('textbox', { name: 'Your name' }).fill('Ann')
  assert.equal(bench.connections.length, 0)
  await visitor.widget.getByRole('button', { name: 'I agree, start the chat' }).click()
  await visitor.say('hello')
  await visitor.until(() => bench.frames('msg').length === 1)
  assert.deepEqual(bench.frames('auth').at(-1).profile, { name: 'Ann' })
  await page.reload()
  await visitor.linesAre(['hello'])
  assert.equal(await visitor.widget.getByText('We keep this chat').isVisible(), false)
})
