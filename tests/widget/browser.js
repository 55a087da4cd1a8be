// SPDX-License-Identifier: GPL-3.0-or-later
// One Chromium for a test program; a fresh profile and a fresh bench for each test.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { after, before } from 'node:test'
import { chromium } from 'playwright-core'
import { Bench } from './bench.js'

/** What meson built, or, run by hand, what the sources give now. */
function pack () {
  const folder = mkdtempSync(join(tmpdir(), 'usher-widget-'))
  const source = new URL('../../server-stub/widget/', import.meta.url).pathname
  execFileSync('python3', [join(source, 'pack.py'), source, folder])
  process.on('exit', () => rmSync(folder, { recursive: true }))
  return folder
}
const { BUILD_DIR } = process.env
const FILES = BUILD_DIR ? join(BUILD_DIR, 'server-stub/widget') : pack()
const PAGE = '<!doctype html><html lang="en"><title>Shop</title><h1>A page</h1><p><a href="#x">a link</a></p><script async src="/widget.js" data-app="demo"></script>'
let browser

before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium-headless-shell', args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--disable-software-rasterizer', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'] })
})
after(() => browser?.close())

/** What a test of the page holds: the bench, a page, and the parts of the widget by role. */
export function story (name, options, fn = options) {
  test(name, { timeout: 90000 }, async () => {
    const bench = await new Bench(FILES).start()
    bench.page = PAGE
    const { context: more, ...rest } = typeof options === 'object' ? options : {}
    Object.assign(bench, rest)
    const context = await browser.newContext({ viewport: { width: 1000, height: 760 }, locale: 'en-US', reducedMotion: 'reduce', ...more })
    const page = await context.newPage()
    const visitor = new Visitor(bench, page)
    try {
      await fn(visitor)
      if (visitor.errors.length) throw new Error(`the page complained: ${visitor.errors.join('; ')}`)
    } finally {
      await context.close()
      await bench.stop()
    }
  })
}

export class Visitor {
  errors = []
  constructor (bench, page) {
    Object.assign(this, { bench, page, context: page.context() })
    page.on('pageerror', (error) => this.errors.push(error.message))
    this.widget = page.locator('#usher-widget')
    this.launcher = this.widget.locator('.launcher')
    this.panel = this.widget.getByRole('dialog')
    this.log = this.widget.getByRole('log')
    this.input = this.widget.locator('.box textarea')
    this.strip = this.widget.locator('.strip')
  }

  goto (path = '/') { return this.page.goto(this.bench.url + path) }

  async open (path) {
    await this.goto(path)
    await this.launcher.click()
    await this.input.waitFor()
    await this.until(() => this.bench.live.length > 0 && this.bench.frames('auth').length + this.bench.frames('resume').length > 0)
  }

  async say (text) {
    await this.input.fill(text)
    await this.input.press('Enter')
  }

  /** The lines as they are read on the screen, without the greeting. */
  lines () { return this.log.locator('.line:not(.typing) .bubble').allInnerTexts().then((all) => all.slice(1)) }
  states () { return this.log.locator('.line.mine .state').evaluateAll((nodes) => nodes.map((node) => node.className.replace('state ', ''))) }

  async until (condition, what = String(condition), timeout_ms = 20000) {
    const end = Date.now() + timeout_ms
    for (;;) {
      const value = await condition()
      if (value) return value
      if (Date.now() > end) throw new Error(`timed out: ${what}`)
      await new Promise((resolve) => setTimeout(resolve, 15))
    }
  }

  /** No connection comes back by itself within a test's patience: the visitor's browser says it is online again. */
  hurry () { return this.page.evaluate(() => dispatchEvent(new Event('online'))) }

  async linesAre (wanted) {
    let last
    await this.until(async () => { last = await this.lines(); return JSON.stringify(last) === JSON.stringify(wanted) }, '').catch(() => {
      throw new Error(`lines are ${JSON.stringify(last)}, wanted ${JSON.stringify(wanted)}`)
    })
  }
}
