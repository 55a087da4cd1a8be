// SPDX-License-Identifier: GPL-3.0-or-later
// The visitor: a page of the demo shop in Chromium, and everything that came down its socket.
import { until } from './harness.js'

export class Visitor {
  frames = []
  constructor (context, url) { Object.assign(this, { context, url }) }

  async open () {
    this.page = await this.context.newPage()
    this.page.setDefaultTimeout(15000)
    this.page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => this.frames.push(String(payload))))
    this.widget = this.page.locator('#usher-widget')
    this.log = this.widget.getByRole('log')
    this.input = this.widget.locator('.box textarea')
    await this.page.goto(`${this.url}/demo`)
    await this.widget.locator('.launcher').waitFor()
    if (!(await this.input.isVisible())) await this.widget.locator('.launcher').click()
    await this.input.waitFor()
  }

  async say (text) {
    await this.input.fill(text)
    await this.input.press('Enter')
  }

  sees (text) { return this.log.getByText(text, { exact: true }).first().waitFor() }

  /** What stands on the screen: [who, text] of each line, pictures by their name. */
  lines () {
    return this.log.locator('.line:not(.typing)').evaluateAll((rows) => rows.map((row) => {
      const picture = row.querySelector('.picture img')
      return [row.classList.contains('mine') ? 'visitor' : 'agent', picture ? '(picture)' : (row.querySelector('.file b') || row.querySelector('.bubble')).innerText]
    })).then((all) => all.slice(1))                // the first is the greeting, which is no line
  }

  unsent () { return this.log.locator('.state.queued, .state.sending, .state.uploading, .state.failed').count() }
  async allSent (timeout_ms) { await until(async () => (await this.unsent()) === 0, 'everything to be stored', timeout_ms) }

  /** As a crashed tab: the process behind it is killed, the profile stays. */
  async crash () {
    const session = await this.context.newCDPSession(this.page)
    const gone = new Promise((resolve) => this.page.once('crash', resolve))
    session.send('Page.crash').catch(() => {})
    await gone
    await this.page.close()
  }
}
