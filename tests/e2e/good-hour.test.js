// SPDX-License-Identifier: GPL-3.0-or-later
// A good hour of an agent, at the real window, by keyboard only, in every language the console speaks:
//   LANGUAGES=en,zh_CN CUT_S=40 SHOTS=FOLDER BUILD_DIR=… tests/ui/with-display node --test tests/e2e/good-hour.test.js
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { Cable } from './cable.js'
import { Console, Gateway, PASSWORD, Workplace, claimDisplay, launchBrowser, sleep, until } from './harness.js'
import { Logind } from './logind.js'
import { Notifications } from './notifications.js'
import { Visitor } from './visitor.js'
import { words } from './words.js'

const NOTE = 'please look at this one @Bea'
const BRIEF = 'wants the large tin, promised an answer today'
const SUMMARY = 'sold one large tin'
const CUT_S = Number(process.env.CUT_S || 40)
const FIVE = ['one', 'two', 'three', 'four', 'five'].map((word) => `queued line ${word}`)
const OWNER_GRACE_S = 5
const ACTIVE = 3         // as gate.proto numbers the states

class Day {
  visitors = []
  constructor (language) {
    this.language = language
    this.word = words(language)
  }

  async begin () {
    this.place = new Workplace()
    this.notifications = await new Notifications().start()
    this.logind = await new Logind().start()
    this.gateway = new Gateway(this.place, ['conversation.sneak_peek=true', `conversation.owner_grace=${OWNER_GRACE_S}s`, 'conversation.offer=60s'])
    this.gateway.addAgent('demo', 'Lin', 'supervisor')
    this.gateway.addAgent('bea', 'Bea', 'supervisor')
    await this.gateway.start()
    this.cable = await new Cable(this.gateway.client).start()
    this.browser = await launchBrowser()
    const env = { LANGUAGE: this.language, DBUS_SYSTEM_BUS_ADDRESS: this.logind.address }
    this.lin = new Console({ url: this.cable.url }, this.place, { login: null, accepting: false, env })
    this.bea = new Console(this.gateway, this.place, { login: 'bea', folder: 'bea', accepting: false, ownDisplay: true })
    await this.sees('Sign in to answer chats.')
    await until(async () => (await this.bea.do('tree')).includes('In step'), 'Bea in step')
  }

  async end (isGood) {
    await this.lin?.do('close').catch(() => {})
    await this.bea?.do('close').catch(() => {})
    await this.browser?.close()
    await this.cable?.stop()
    await this.gateway?.stop()
    await this.logind?.stop()
    await this.notifications?.stop()
    if (isGood) this.place.remove()
    else process.stderr.write(`what is left of it: ${this.place.path}\n`)
  }

  // --- the agent's eyes and hands ---------------------------------------------------------------------------

  tree () { return this.lin.do('tree') }
  shows (text, timeout_ms) { return until(async () => (await this.tree()).includes(text), `“${text}” on the screen`, timeout_ms) }
  sees (text, context) { return this.shows(this.word(text, context)) }
  finds (role, text, context) { return this.lin.do('shown', { role, name: this.word(text, context) }) }
  key (...keys) { return this.lin.key(...keys) }
  type (text) { return this.lin.do('type', { text }) }
  line (text) { return this.lin.waitRow(this.word('Messages'), text) }
  isInStep () { return this.tree().then((tree) => tree.includes(this.word('In step · %s').split('%s')[0])) }

  async shot (name) {
    if (!process.env.SHOTS) return
    const folder = join(process.env.SHOTS, this.language)
    mkdirSync(folder, { recursive: true })
    await this.lin.do('shot', { path: join(folder, `${name}.png`) })
  }

  /** With NAMES=1: whatever can have the focus now has a name and a role. */
  async saysWhatItIs () {
    if (process.env.NAMES) assert.deepEqual(await this.lin.do('nameless'), [])
  }

  async visitor (name) {
    const one = new Visitor(await this.browser.newContext({ locale: 'en-US', viewport: { width: 1000, height: 760 } }), this.gateway.url)
    await one.open()
    await one.page.evaluate((name) => window.Usher('set', { name }), name)
    this.visitors.push(one)
    return one
  }

  // --- the hour ----------------------------------------------------------------------------------------------

  async signsIn () {
    await this.shot('01-sign-in')
    // The address is known; the cursor stands in the login.
    await this.type('demo')
    await this.key('Tab')
    await this.type(PASSWORD)
    await this.key('Return')
    await until(() => this.isInStep(), 'in step')
    await this.shot('02-in-step')
  }

  /** Both look at a chat that waits: each is told of the other. */
  async colleagueLooks () {
    this.olivia = await this.visitor('Olivia')
    await this.olivia.say('Is the Longjing in stock?')
    for (const console of [this.lin, this.bea]) {
      await console.waitRow(console === this.lin ? this.word('Conversations') : 'Conversations', 'Longjing')
      await console.key('alt+Down')
    }
    await this.shows(`Bea`)
    await until(async () => (await this.bea.do('tree')).includes('Lin is viewing'), 'Bea sees Lin')
    await this.shows(this.word('%s is viewing').replace('%s', 'Bea'))
    await this.shot('03-colleague')
  }

  async acceptsFromNotification () {
    await this.key('ctrl+shift+a')
    const line = await this.notifications.waitFor('Longjing')
    assert.ok(line.includes('"accept"'), line)
    await this.shot('04-offer')
    this.notifications.press(1, 'accept')
    await this.olivia.log.getByText('Lin joined').waitFor()
    await this.line('Longjing')
  }

  async readsBeforeItIsSent () {
    await this.olivia.input.pressSequentially('can I get a re', { delay: 20 })
    await this.shows('can I get a re')
    await this.shot('05-sneak-peek')
    await this.olivia.say('can I get a refund?')
    await this.line('can I get a refund?')
  }

  /** A canned reply with two blanks. */
  async answersWithTwoBlanks () {
    await this.key('Escape')
    await this.type('/ref')
    await this.shot('06-canned')
    await this.key('Return')
    await this.type('A-4711')
    await this.key('Tab')
    await this.type('3')
    await this.shot('07-blanks')
    await this.key('Return')
    await until(async () => (await this.olivia.lines()).some(([who, text]) => who === 'agent' && text.includes('A-4711')), 'the reply at the visitor')
  }

  async cableIsPulled () {
    this.cable.pull()
    for (const text of FIVE) { await this.type(text); await this.key('Return') }
    for (const text of FIVE) await this.line(text)
    await until(async () => !(await this.isInStep()), 'the console out of step', CUT_S * 1000 + 60000)
    await this.shot('08-cable')
    await sleep(CUT_S * 1000)
    assert.ok(!(await this.olivia.lines()).some(([, text]) => text.startsWith('queued line')))
    const plugged_ms = Date.now()
    this.cable.plug()
    await until(() => this.isInStep(), 'in step again', 60000)
    const inStep_ms = Date.now() - plugged_ms
    await until(async () => (await this.olivia.lines()).filter(([, text]) => text.startsWith('queued line')).length >= FIVE.length, 'all five at the visitor')
    const lines = (await this.olivia.lines()).map(([, text]) => text).filter((text) => text.startsWith('queued line'))
    assert.deepEqual(lines, FIVE, 'each once, in order')
    process.stdout.write(`${JSON.stringify({ bench: 'cable', language: this.language, cut_s: CUT_S, in_step_after_ms: inStep_ms, lines: lines.length })}\n`)
    await this.shot('09-plugged-in')
  }

  /** Three wait; Ctrl+J goes to each, who has waited longest first, and each is answered. */
  async threeWithoutTheMouse () {
    const names = ['Ada', 'Ben', 'Cleo']
    for (const name of names) {
      const one = await this.visitor(name)
      await one.say(`hello from ${name}`)
      await until(async () => (await this.tree()).includes(`hello from ${name}`), name)
      await this.key('F2')
      await one.log.getByText('Lin joined').waitFor()
    }
    for (const name of names) {
      await this.key('ctrl+j')
      await this.line(`hello from ${name}`)
      await this.type(`good morning ${name}`)
      await this.key('Return')
      const one = this.visitors[1 + names.indexOf(name)]
      await one.sees(`good morning ${name}`)
    }
    await this.shot('10-three')
  }

  async writesNote () {
    const [before, mention] = NOTE.split('@')
    await this.key('ctrl+m')
    await this.type(`${before}@${mention.slice(0, 2)}`)
    await this.shot('11-mention')
    await this.key('Return', 'Return')
    const note = await until(() => this.gateway.query('SELECT * FROM note').find((row) => row.text?.trim() === NOTE), 'the note in its table')
    assert.ok(note, 'a note')
    await this.line('please look at this one')
    await this.key('ctrl+m')
    await this.shot('12-note')
  }

  async transfers () {
    await this.key('ctrl+t')
    await this.sees('Transfer Chat')
    await this.type('Bea')
    await this.key('Tab')
    await this.type(BRIEF)
    await this.shot('13-transfer')
    await this.key('Return')
    await this.bea.do('shown', { role: 'push button', name: 'Accept', timeout: 20 })
    await this.bea.key('F2')
    await until(async () => (await this.bea.do('tree')).includes(BRIEF), 'the brief at Bea’s desk')
    await this.visitors[3].log.getByText('Bea joined').waitFor()
  }

  /** A window that has just closed may still have the keys for a moment. */
  async opensFirst () {
    await until(async () => { await this.lin.do('giveFocus'); await this.key('ctrl+1'); return this.lin.do('isShown', { role: 'text', name: this.word('Message', 'composer') }) }, 'the first chat')
  }

  async closes () {
    await this.opensFirst()
    await this.key('ctrl+d')
    await this.sees('Close This Chat?')
    await this.type(SUMMARY)
    await this.shot('14-close')
    await this.key('Return')
    await until(() => this.gateway.query('SELECT * FROM conv').some((row) => JSON.stringify(row).includes(SUMMARY)), 'the summary in the database')
  }

  /** The lid shuts: away first, then nothing. Bea is offered the open chat; opened again, Lin sees whose it is. */
  async shutsTheLid () {
    await this.opensFirst()
    await this.bea.key('ctrl+shift+a')
    this.logind.prepareForSleep(true)
    await until(async () => !(await this.isInStep()), 'out of step before it sleeps', 5000)
    await this.shot('15-lid')
    const pid = await this.lin.do('pid')
    process.kill(pid, 'SIGSTOP')
    const shut_ms = Date.now()
    const ada = () => this.gateway.query("SELECT state, agent FROM conv WHERE visitor_name = 'Ada'")[0]
    await until(() => ada().state !== ACTIVE, 'Ada’s chat to be offered again', (OWNER_GRACE_S + 30) * 1000)
    process.stdout.write(`${JSON.stringify({ bench: 'lid', language: this.language, owner_grace_s: OWNER_GRACE_S, offered_again_after_ms: Date.now() - shut_ms })}\n`)
    // Both chats that were open come to Bea, one after the other.
    await until(async () => { await this.bea.key('F2'); return ada().state === ACTIVE }, 'Ada’s chat at Bea’s desk', 30000)
    process.kill(pid, 'SIGCONT')
    this.logind.prepareForSleep(false)
    await until(() => this.isInStep(), 'in step after the lid', 30000)
    await this.shows(this.word('%s answers this chat.').replace('%s', 'Bea'))
    await this.shot('16-lid-opened')
  }

  /** Nothing of what is for staff went down any visitor's socket. */
  nothingLeaked () {
    for (const visitor of this.visitors) {
      assert.ok(visitor.frames.length > 2)
      for (const frame of visitor.frames) {
        for (const secret of ['please look at this one', BRIEF, SUMMARY]) assert.ok(!frame.includes(secret), frame)
        assert.ok(!/"t":"(note|offer|list|viewers)"/.test(frame), frame)
      }
    }
  }
}

for (const language of (process.env.LANGUAGES || 'en,zh_CN').split(',')) {
  test(`a good hour, ${language}`, { timeout: 600000 }, async (t) => {
    const release = await claimDisplay()
    const day = new Day(language)
    let hasFailed = false
    const step = (name, fn) => t.test(name, { skip: hasFailed }, async () => {
      try { await fn.call(day); await day.saysWhatItIs() } catch (error) { hasFailed = true; await day.shot('failed').catch(() => {}); throw error }
    })
    try {
      await day.begin()
      await step('signs in', day.signsIn)
      await step('a colleague looks at the same chat', day.colleagueLooks)
      await step('accepts from the notification', day.acceptsFromNotification)
      await step('reads what is not sent yet', day.readsBeforeItIsSent)
      await step('answers with a canned reply and two blanks', day.answersWithTwoBlanks)
      await step('the cable is pulled and plugged in', day.cableIsPulled)
      await step('three chats without the mouse', day.threeWithoutTheMouse)
      await step('a note with a mention', day.writesNote)
      await step('transfers with a brief', day.transfers)
      await step('closes with a summary', day.closes)
      await step('shuts the lid and opens it', day.shutsTheLid)
      await step('nothing of it leaked', day.nothingLeaked)
    } finally {
      await day.end(!hasFailed)
      release()
    }
  })
}
