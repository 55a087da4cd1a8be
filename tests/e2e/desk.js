// SPDX-License-Identifier: GPL-3.0-or-later
// What an agent does all day at the real window, by keys alone; what he looks at he finds by its accessible name.
import { execFileSync } from 'node:child_process'
import { sleep, until } from './harness.js'

const SEEN_WITHIN_MS = 10000
const MOST_TILES = 3

export class Desk {
  said = []                    // { chat, text } of each line that went, in the order of writing
  notes = []
  echoMs = []                  // from Enter to an empty composer, as the accessibility bus tells it
  stumbles = []                // what did not look as expected, and was left
  did = {}
  #n = 0
  #nTiles = 1

  /** @param {import('./harness.js').Console} console @param {(text: string, context?: string) => string} word @param {() => number} random @param {string[]} guests */
  constructor (console, word, random, guests) { Object.assign(this, { console, word, random, guests }) }

  key (...keys) { return this.console.key(...keys) }
  type (text) { return this.console.do('type', { text }) }
  focus () { return this.console.do('focus') }
  pick (list) { return list[Math.floor(this.random() * list.length)] }
  times (most) { return 1 + Math.floor(this.random() * most) }

  async isInStep () {
    const [step] = await this.console.do('glance', { role: 'push button', name: this.word('Presence') })
    return step.startsWith(this.word('In step · %s').split('%s')[0])
  }

  async untilFocus (look, what) {
    return until(async () => { const focus = await this.focus(); return look(focus) && focus }, what, SEEN_WITHIN_MS)
  }

  /** The chat whose composer has the focus, in a tile or in a window of its own. */
  chatOf (focus) {
    const [before, after] = this.word('Chat with %s').split('%s')
    const tile = focus.in.find((name) => name.startsWith(before) && name.endsWith(after))
    return tile ? tile.slice(before.length, tile.length - after.length) : focus.in.at(-1)
  }

  isInOwnWindow (focus) { return this.isComposer(focus) && focus.in.at(-1) === this.chatOf(focus) }
  isComposer (focus) { return focus.role === 'text' && [this.word('Message', 'composer'), this.word('Note', 'composer')].includes(focus.name) }
  async composer () {
    if (!this.isComposer(await this.focus())) {
      await this.console.do('giveFocus')
      await this.key('Escape')
    }
    return this.untilFocus((focus) => this.isComposer(focus), 'the composer')
  }

  /** One thing, chosen by lot. What goes wrong is written down, and the desk tidied. */
  async act (things) {
    const thing = this.pick(things)
    try {
      await thing.call(this)
      this.did[thing.name] = (this.did[thing.name] ?? 0) + 1
    } catch (error) {
      this.stumbles.push(`${thing.name}: ${error.message}`)
      if (this.shots) await this.console.do('shot', { path: `${this.shots}/stumble-${this.stumbles.length}.png` })
      await this.tidy()
    }
  }

  async tidy () {
    for (let i = 0; i < 3; i++) { await this.key('Escape'); await this.console.do('giveFocus') }
    if (this.isInOwnWindow(await this.focus())) await this.key('ctrl+shift+n')
  }

  // --- writing ----------------------------------------------------------------------------------------------

  /** What stands in the composer goes when it is what was meant, and is written down before: whether it then arrives is what is tested. */
  async #send (focus, wanted, list) {
    list.push({ chat: this.chatOf(focus), text: wanted })
    const began = Date.now()
    await this.key('Return')
    await this.untilFocus((now) => this.isComposer(now) && now.text === '', 'an empty composer')
    this.echoMs.push(Date.now() - began)
  }

  async write (list = this.said) {
    const text = `L${++this.#n} ${this.pick(['one moment, please', 'it left us this morning', '马上为您查询', 'gladly', 'the large tin keeps for a year when it is sealed and cool'])}`
    const focus = await this.composer()
    if (focus.text !== '') await this.key('ctrl+a', 'Delete')
    await this.type(text)
    await this.untilFocus((now) => now.text === text, `“${text}” in the composer`)
    await this.#send(focus, text, list)
  }

  async writeSome () { for (let i = this.times(2); i > 0; i--) await this.write() }

  // --- the things -------------------------------------------------------------------------------------------

  accept () { return this.key('F2') }

  async answerNext () {
    await this.key('ctrl+j')
    await this.writeSome()
  }

  async answerByNumber () {
    await this.key(`ctrl+${this.times(9)}`)
    await this.writeSome()
  }

  async answerByName () {
    await this.#goTo(this.pick(this.guests))
    await this.writeSome()
  }

  async goBackAndForth () { for (let i = this.times(6); i > 0; i--) await this.key(this.pick(['ctrl+Tab', 'alt+Down', 'alt+Up', 'ctrl+j'])) }

  async cannedReply () {
    await this.key('ctrl+j')
    const focus = await this.composer()
    if (focus.text !== '') await this.key('ctrl+a', 'Delete')
    const order = `A-${++this.#n}`
    await this.type('/ref')
    await this.key('Return')
    await this.type(order)
    await this.key('Tab')
    await this.type('3')
    const { text } = await this.untilFocus((now) => now.text?.includes(order) && !now.text.includes('{{'), 'the canned reply')
    await this.#send(focus, text, this.said)
  }

  async writeNote () {
    await this.key('ctrl+j')
    await this.composer()
    await this.key('ctrl+m')
    try { await this.write(this.notes) } finally { await this.key('ctrl+m') }
  }

  async transfer () {
    await this.key('ctrl+j')
    await this.composer()
    await this.key('ctrl+t')
    await this.#dialog('Transfer Chat')
    await this.type('Bea')
    await this.key('Tab')
    await this.type('please have a look')
    await this.key('Return')
    await this.#closed('Transfer Chat')
  }

  async #dialog (title) {
    await this.untilFocus((focus) => focus.in.at(-1) === this.word(title), title)
  }

  async #closed (title) {
    await this.console.do('giveFocus')
    await this.untilFocus((focus) => focus.in.at(-1) !== this.word(title), `the end of ${title}`)
  }

  async closeChat () {
    await this.key('ctrl+j')
    await this.composer()
    await this.key('ctrl+d')
    await this.#dialog('Close This Chat?')
    await this.type('answered')
    await this.key('Return')
    await this.#closed('Close This Chat?')
  }

  async closeAndUndo () {
    await this.closeChat()
    await this.key('ctrl+shift+b')
  }

  /** A chat, a command: whatever is found first. */
  async #goTo (name) {
    await this.key('ctrl+k')
    await this.#dialog('Go To')
    await this.type(name)
    await this.key('Return')
    await this.#closed('Go To')
  }

  async closeAndReopen () {
    await this.closeChat()
    await this.#goTo(this.word('Reopen the chat', 'shortcuts'))
  }

  async search () {
    await this.key('ctrl+shift+h')
    await this.#dialog('Search')
    await this.type(this.pick(['parcel', '发货', 'line 77', 'sealed and cool', '发票']))
    await sleep(500)
    await this.key(...Array(this.times(5)).fill('Down'), 'Return')
    await this.console.do('giveFocus')
    await sleep(500)
  }

  async findInChat () {
    await this.key('ctrl+j', 'ctrl+f')
    await this.type(this.pick(['parcel', 'tin', '发货']))
    await this.key('ctrl+g', 'ctrl+g', 'ctrl+shift+g', 'Escape')
  }

  /** From the composer back over its buttons into the lines, and up. */
  async #scrollUp () {
    await until(async () => { await this.key('shift+Tab'); const focus = await this.focus(); return !focus.role || focus.in.includes(this.word('Messages')) }, 'the lines', SEEN_WITHIN_MS)
    for (let i = 5 + this.times(15); i > 0; i--) await this.key('Page_Up')
    await this.key(this.pick(['Home', 'End', 'Page_Down']))
    await this.key('Escape')
  }

  async readHistory () {
    await this.key('ctrl+j')
    await this.composer()
    await this.#scrollUp()
  }

  async readOldChat () {
    await this.#goTo(`Visitor ${100 + this.times(800)}`)
    await this.#scrollUp()
  }

  async tile () {
    if (this.#nTiles === MOST_TILES) return this.oneTile()
    await this.key('ctrl+shift+o')
    this.#nTiles++
    await this.key(`ctrl+${this.times(9)}`)
    await this.writeSome()
  }

  async oneTile () { for (; this.#nTiles > 1; this.#nTiles--) await this.key('ctrl+w') }

  async tearOff () {
    await this.key('ctrl+j')
    const chat = this.chatOf(await this.composer())
    await this.key('ctrl+shift+n')
    await this.untilFocus((now) => this.isInOwnWindow(now) && this.chatOf(now) === chat, 'a window of its own')
    await this.writeSome()
    await this.key('ctrl+shift+n')
    await this.console.do('giveFocus')
    await this.untilFocus((now) => this.isComposer(now) && !this.isInOwnWindow(now), 'the chat back at its place')
  }

  async filterLists () {
    await this.key('ctrl+shift+l')
    await this.type(this.pick(['is:unread', 'guest 1', '退款']))
    await sleep(300)
    await this.key('ctrl+a', 'Delete', 'Escape', 'Escape')
  }

  async showAndHide () { await this.key('F9', 'F6', 'F6', 'F9', 'Escape') }

  async openWindows () {
    for (const keys of ['ctrl+question', 'ctrl+comma']) {
      await this.key(keys)
      await sleep(500)
      await this.key('Escape')
      await this.console.do('giveFocus')
    }
  }

  // --- what is on the screen --------------------------------------------------------------------------------

  /** @returns {Promise<string[]>} lines of the chat as the agent copies them, oldest first */
  async copyOf (name) {
    await this.#goTo(name)
    await until(async () => {
      if (this.chatOf(await this.focus()) === name) return true
      await this.tidy()
      return false
    }, `the chat with ${name}`, SEEN_WITHIN_MS)
    execFileSync('xclip', ['-selection', 'clipboard', '-i', '/dev/null'], { stdio: 'ignore' })
    await this.key('ctrl+shift+c')
    const text = await until(() => execFileSync('xclip', ['-selection', 'clipboard', '-o'], { encoding: 'utf8' }), 'the copy', SEEN_WITHIN_MS)
    return text.split('\n').map((line) => line.match(/^\d\d?:\d\d\S*(?: [AP]M)? {2}[^:]+: (.*)$/)?.[1]).filter((line) => line !== undefined)
  }
}
