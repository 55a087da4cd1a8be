// SPDX-License-Identifier: GPL-3.0-or-later
// The widget as a guest of somebody else's page: no scripts from text, no moved layout, no broken policy, no lost people.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { story } from './browser.js'
import { strings } from './xss.js'

story('500 hostile strings are shown as they are; nothing runs', async (visitor) => {
  const { bench, page } = visitor
  let dialogs = 0
  page.on('dialog', (dialog) => { dialogs++; dialog.dismiss() })
  const hostile = strings()
  assert.ok(hostile.length >= 500, String(hostile.length))
  await visitor.open()
  await page.evaluate(() => { window.usherWasHit = 0 })
  const requests = []
  page.on('request', (request) => { if (new URL(request.url()).origin !== bench.url) requests.push(request.url()) })
  for (let i = 0; i < hostile.length; i += 250) {
    const part = hostile.slice(i, i + 250)
    for (const text of part) bench.say(text)
    await visitor.until(async () => (await visitor.log.locator('.line .text').last().textContent()) === part.at(-1))
    const shown = await visitor.log.locator('.line .text').evaluateAll((nodes) => nodes.map((node) => node.textContent))
    for (const text of part) assert.ok(shown.includes(text), `not shown as it is: ${JSON.stringify(text)}`)
  }
  const first = hostile[2]
  bench.tell({ t: 'assign', conv: 300, agent: 42, name: first, ep: 9 })
  await visitor.panel.getByRole('heading', { name: first }).waitFor()
  bench.say(undefined, { choices: { head: first, items: [{ id: 'x', label: first }], tail: first } })
  bench.say(undefined, { card: { title: first, body: first, url: 'javascript:usherWasHit=1', image: 'javascript:usherWasHit=1' } })
  bench.say(undefined, { media: { kind: 'file', url: 'javascript:usherWasHit=1', name: first, size: 1 } })
  bench.say(undefined, { media: { kind: 'image', url: 'javascript:usherWasHit=1', name: first, w: 10, h: 10 } })
  await visitor.log.locator('.card').waitFor()
  for (const link of await visitor.log.locator('a').all()) {
    const href = await link.getAttribute('href')
    assert.ok(href === '' || /^https?:\/\//.test(href), href)
  }
  assert.equal(await visitor.log.locator('script, iframe, object, embed, style, link, base, form:not(.rating)').count(), 0)
  assert.equal(dialogs, 0)
  assert.equal(await page.evaluate(() => window.usherWasHit), 0)
  assert.deepEqual(requests, [])
})

story('a strict policy of the page is enough for it and is not broken', {
  csp: "default-src 'none'; script-src 'self'; connect-src 'self' ws:; img-src 'self' blob:; require-trusted-types-for 'script'; trusted-types usher",
}, async (visitor) => {
  const { bench, page } = visitor
  const violations = []
  page.on('console', (message) => { if (/Content Security Policy|Trusted/i.test(message.text()) && !/favicon/.test(message.text())) violations.push(message.text()) })
  await visitor.open()
  await visitor.say('hello')
  await visitor.linesAre(['hello'])
  await visitor.until(() => bench.conv().rows.length === 1)
  bench.say('hi')
  await visitor.linesAre(['hello', 'hi'])
  const width = await visitor.panel.evaluate((node) => node.getBoundingClientRect().width)
  assert.equal(width, 384, 'the style sheet is there')
  assert.deepEqual(violations, [])
})

story('no layout shift: not by loading, opening, lines, nor a picture', async (visitor) => {
  const { bench, page } = visitor
  await page.addInitScript(() => {
    window.shifts = []
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shifts.push(entry.value) }).observe({ type: 'layout-shift', buffered: true })
  })
  await visitor.goto()
  const place = () => page.evaluate(() => [...document.querySelectorAll('h1, p')].map((node) => JSON.stringify(node.getBoundingClientRect())))
  const before = await place()
  await visitor.launcher.click()
  await visitor.until(() => bench.live.length === 1)
  bench.uploads.set('/media/up/9', { mime: 'image/png', body: Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64') })
  bench.say('hi')
  const hi = visitor.log.getByText('hi', { exact: true })
  await hi.waitFor()
  bench.say(undefined, { media: { kind: 'image', url: '/media/9?sig=1', w: 800, h: 600, mime: 'image/png' } })
  const picture = visitor.log.locator('.picture img')
  await picture.waitFor()
  assert.deepEqual(await picture.evaluate((img) => [img.width, img.height]), [236, 177])
  assert.deepEqual(await place(), before)
  bench.tell({ t: 'conv', conv: 300, state: 'queued', ep: 2 })
  bench.tell({ t: 'queue', conv: 300, pos: 3, eta: 125 })
  await visitor.strip.waitFor()
  bench.tell({ t: 'conv', conv: 300, state: 'active', ep: 3 })
  await visitor.strip.waitFor({ state: 'hidden' })
  await page.waitForTimeout(300)
  assert.equal(await page.evaluate(() => window.shifts.reduce((a, b) => a + b, 0)), 0)
})

story('it waits for the page: the loader alone comes with it', async (visitor) => {
  const { page } = visitor
  const asked = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await page.addInitScript(() => { window.requestIdleCallback = (fn) => { window.whenIdle = fn } })
  await visitor.goto()
  await visitor.until(() => page.evaluate(() => !!window.whenIdle))
  assert.deepEqual(asked.filter((path) => path.includes('widget')), ['/widget.js'])
  await page.evaluate(() => window.whenIdle())
  await visitor.launcher.waitFor()
  assert.equal(visitor.bench.connections.length, 0, 'and nobody is connected who has not asked')
})

story('two script tags make one widget', { page: '<!doctype html><title>x</title><script async src="/widget.js" data-app="demo"></script><script async src="/widget.js" data-app="demo"></script>' }, async (visitor) => {
  await visitor.goto()
  await visitor.launcher.waitFor()
  await visitor.page.waitForTimeout(200)
  assert.equal(await visitor.widget.count(), 1)
})

story('blocked storage: it works, in memory', async (visitor) => {
  const { bench, page } = visitor
  await page.addInitScript(() => {
    const forbid = () => { throw new DOMException('blocked', 'SecurityError') }
    for (const name of ['localStorage', 'sessionStorage', 'indexedDB']) Object.defineProperty(window, name, { get: forbid })
  })
  await visitor.open()
  await visitor.say('hello')
  await visitor.linesAre(['hello'])
  await visitor.until(() => bench.conv().rows.length === 1)
  bench.say('hi')
  await visitor.linesAre(['hello', 'hi'])
  bench.drop()
  await visitor.until(() => bench.live.length === 0)
  await visitor.say('more')
  await visitor.hurry()
  await visitor.until(() => bench.conv().rows.length === 3)
  await visitor.linesAre(['hello', 'hi', 'more'])
})

story('keyboard alone: open, write, leave; focus is never lost', async (visitor) => {
  const { bench, page } = visitor
  const focused = () => page.evaluate(() => { const { activeElement: host } = document; const node = host?.shadowRoot?.activeElement || host; return node?.getAttribute('aria-label') || node?.tagName })
  await visitor.goto()
  await visitor.launcher.waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  assert.equal(await focused(), 'Open chat')
  await page.keyboard.press('Enter')
  await visitor.input.waitFor()
  assert.equal(await focused(), 'Message')
  await page.keyboard.type('hello')
  await page.keyboard.press('Shift+Enter')
  await page.keyboard.type('you')
  await page.keyboard.press('Enter')
  await visitor.linesAre(['hello\nyou'])
  assert.equal(await focused(), 'Message')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Escape')
  await visitor.panel.waitFor({ state: 'hidden' })
  assert.equal(await focused(), 'Open chat')
  assert.equal(bench.conv().rows.length, 1)
})

story('Enter belongs to the input method while it composes', async (visitor) => {
  const { bench, page, context } = visitor
  await visitor.open()
  await visitor.input.focus()
  const session = await context.newCDPSession(page)
  await session.send('Input.imeSetComposition', { text: 'ni', selectionStart: 2, selectionEnd: 2 })
  await visitor.input.evaluate((node) => {
    node.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true }))
    node.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', keyCode: 229, bubbles: true, cancelable: true }))
  })
  assert.equal(bench.frames('msg').length, 0)
  await session.send('Input.insertText', { text: '你' })
  await page.keyboard.press('Enter')
  await visitor.linesAre(['你'])
})

story('what a screen reader gets: names, roles, a polite log that never re-reads history', async (visitor) => {
  const { bench, page } = visitor
  bench.append({ role: 'agent', from: 42, text: 'from yesterday', ts: Date.now() - 86400000 })
  await visitor.goto()
  await visitor.launcher.waitFor()
  assert.equal(await visitor.launcher.getAttribute('aria-expanded'), 'false')
  await visitor.launcher.click()
  await visitor.log.getByText('from yesterday').waitFor()
  await visitor.until(async () => (await visitor.log.getAttribute('aria-live')) === 'polite')
  const snapshot = await visitor.panel.ariaSnapshot()
  for (const part of ['dialog "Harbour Tea"', 'log "Conversation"', 'textbox "Message"', 'button "Send a picture"', 'button "Send" [disabled]', 'button "Close"', 'button "More"', 'heading "Harbour Tea"']) {
    assert.ok(snapshot.includes(part), `${part} in\n${snapshot}`)
  }
  const unnamed = await visitor.widget.evaluate((host) => [...host.shadowRoot.querySelectorAll('button, input:not([type=file]), textarea')]
    .filter((node) => !node.getAttribute('aria-label') && !node.textContent.trim() && !node.labels?.length).map((node) => node.className))
  assert.deepEqual(unnamed, [])
  await page.evaluate(() => {
    window.added = []
    const log = document.querySelector('#usher-widget').shadowRoot.querySelector('.lines')
    new MutationObserver((list) => { for (const { addedNodes } of list) for (const node of addedNodes) window.added.push(node.textContent) }).observe(log, { childList: true })
  })
  bench.say('new line')
  await visitor.log.getByText('new line').waitFor()
  const added = await page.evaluate(() => window.added)
  assert.ok(added.some((text) => text.includes('new line')))
  assert.ok(!added.some((text) => text.includes('from yesterday')))
})

const PHONE_PAGE = '<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>x</title><a href="#">a</a><script async src="/widget.js" data-app="demo"></script>'
story('a phone: the whole screen, focus stays inside, no zoom on typing', { page: PHONE_PAGE, context: { viewport: { width: 390, height: 700 }, isMobile: true, hasTouch: true } }, async (visitor) => {
  const { page } = visitor
  await visitor.goto()
  await visitor.launcher.tap()
  await visitor.input.waitFor()
  await visitor.until(() => visitor.panel.evaluate((node) => node.getAnimations().every((one) => one.playState === 'finished')))
  const box = await visitor.panel.boundingBox()
  assert.deepEqual([Math.round(box.x), Math.round(box.y), Math.round(box.width), Math.round(box.height)], [0, 0, ...(await page.evaluate(() => [innerWidth, innerHeight]))])
  assert.equal(await visitor.panel.getAttribute('aria-modal'), 'true')
  assert.ok(parseFloat(await visitor.input.evaluate((node) => getComputedStyle(node).fontSize)) >= 16)
  for (let i = 0; i < 12; i++) {
    await page.keyboard.press('Tab')
    assert.equal(await page.evaluate(() => document.activeElement.id), 'usher-widget')
  }
  const small = await visitor.panel.locator('button:visible').evaluateAll((nodes) => nodes.filter((node) => { const { width, height } = node.getBoundingClientRect(); return Math.min(width, height) < 40 }).map((node) => node.className))
  assert.deepEqual(small, [], 'every button is large enough for a finger')
})

story('Chinese, by the page’s language', { page: '<!doctype html><html lang="zh-CN"><title>店</title><script async src="/widget.js" data-app="demo"></script>' }, async (visitor) => {
  await visitor.open()
  await visitor.log.getByText('请问有什么可以帮您').waitFor()
  await visitor.widget.getByRole('textbox', { name: '消息' }).fill('你好')
  await visitor.widget.getByRole('button', { name: '发送', exact: true }).click()
  await visitor.linesAre(['你好'])
})

for (const colorScheme of ['light', 'dark']) {
  story(`enough contrast, ${colorScheme}`, { context: { colorScheme } }, async (visitor) => {
    const { bench } = visitor
    await visitor.open()
    await visitor.say('mine')
    await visitor.linesAre(['mine'])
    bench.say('theirs https://x.example')
    await visitor.linesAre(['mine', 'theirs https://x.example'])
    const poor = await visitor.widget.evaluate((host) => {
      const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
      const rgb = (color) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data] }
      const light = (c) => { const [r, g, b] = c.slice(0, 3).map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4 }); return 0.2126 * r + 0.7152 * g + 0.0722 * b }
      const ground = (node) => { for (let n = node; n; n = n.parentElement) { const c = rgb(getComputedStyle(n).backgroundColor); if (c[3] > 250) return c } return [255, 255, 255] }
      return [...host.shadowRoot.querySelectorAll('h2, .sub, .text, .text a, time, .day span, .word')].filter((node) => node.getClientRects().length && node.textContent).map((node) => {
        const [a, b] = [light(rgb(getComputedStyle(node).color)), light(ground(node))].sort((x, y) => y - x)
        return [node.className || node.tagName, Math.round((a + 0.05) / (b + 0.05) * 10) / 10]
      }).filter(([, ratio]) => ratio < 4.5)
    })
    assert.deepEqual(poor, [])
  })
}

story('on another origin: files, configuration and socket come from the gateway', async (visitor) => {
  const { bench, page } = visitor
  const shop = createServer((request, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end(`<!doctype html><title>x</title><script async src="${bench.url}/widget.js" data-app="key1"></script>`))
  await new Promise((resolve) => shop.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${shop.address().port}`
  await page.goto(origin)
  await visitor.launcher.click()
  await visitor.say('hello')
  await visitor.linesAre(['hello'])
  assert.deepEqual([bench.connections[0].origin, bench.connections[0].app], [origin, 'key1'])
  shop.closeAllConnections()
  shop.close()
})
