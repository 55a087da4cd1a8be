// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures by file, paste, drop and camera; on their way, refused, taken back, and shown again after a reload.
import assert from 'node:assert/strict'
import { story } from './browser.js'

/** A picture made in the page itself, as a File. */
const MAKE = async ([width, height, type, name]) => {
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  const context = canvas.getContext('2d')
  context.fillStyle = '#0b6b5d'
  context.fillRect(0, 0, width, height)
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, type))
  window.madeFile = new File([blob], name, { type })
}
const make = (page, width = 640, height = 400, type = 'image/png', name = 'tea.png') => page.evaluate(MAKE, [width, height, type, name])

const hand = (visitor, how) => visitor.panel.evaluate((panel, kind) => {
  const data = new DataTransfer()
  data.items.add(window.madeFile)
  if (kind === 'paste') panel.querySelector('.box textarea').dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
  else if (kind === 'drop') panel.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }))
  else {
    const input = panel.querySelector(kind === 'camera' ? 'input[capture]' : 'input[type=file]:not([capture])')
    input.files = data.files
    input.dispatchEvent(new Event('change', { bubbles: true }))
  }
}, how)

for (const how of ['file', 'camera', 'paste', 'drop']) {
  story(`a picture by ${how}`, async (visitor) => {
    const { bench, page } = visitor
    await visitor.open()
    await make(page)
    await hand(visitor, how)
    await visitor.until(() => bench.frames('msg').length === 1)
    const [{ media }] = bench.frames('msg')
    assert.deepEqual([media.kind, media.url, media.mime, media.w, media.h, media.name], ['image', '/media/1', 'image/png', 640, 400, 'tea.png'])
    const [asked] = bench.frames('upload')
    const upload = bench.uploads.get('/media/up/1')
    assert.equal(upload.body.length, asked.size)
    assert.match(asked.sha256, /^[0-9a-f]{64}$/)
    await visitor.until(async () => (await visitor.states()).join() === 'sent')
    const img = visitor.log.locator('.picture img')
    assert.deepEqual(await img.evaluate((node) => [node.width, node.height]), [236, 148])
  })
}

story('a huge photo is made smaller before it leaves', async (visitor) => {
  const { bench, page } = visitor
  await visitor.open()
  await make(page, 5000, 3000, 'image/jpeg', 'big.jpg')
  await hand(visitor, 'file')
  await visitor.until(() => bench.frames('msg').length === 1, 'the message', 15000)
  const [{ media }] = bench.frames('msg')
  assert.deepEqual([media.w, media.h, media.mime], [2560, 1536, 'image/jpeg'])
})

story('progress is shown and an upload can be taken back', { isSlowToTake: true }, async (visitor) => {
  const { bench, page } = visitor
  await visitor.open()
  await make(page)
  await hand(visitor, 'file')
  await visitor.widget.getByRole('progressbar', { name: 'Uploading' }).waitFor()
  await visitor.say('words go on')
  await visitor.until(() => bench.frames('msg').length === 1)
  await visitor.widget.getByRole('button', { name: 'Cancel' }).click()
  await visitor.linesAre(['words go on'])
  await visitor.until(() => bench.stalled.destroyed)
  assert.equal(bench.frames('msg').length, 1)
})

story('a refused upload says why', async (visitor) => {
  const { bench, page } = visitor
  await visitor.open()
  bench.script = (frame, connection) => frame.t === 'upload' && (bench.send(connection, { t: 'error', id: frame.id, code: 413, slug: 'too_large' }), true)
  await make(page)
  await hand(visitor, 'file')
  await visitor.widget.getByText('It is too large.').waitFor()
})

story('what is no picture is refused before it leaves', async (visitor) => {
  const { bench, page } = visitor
  await visitor.open()
  await page.evaluate(() => { window.madeFile = new File(['<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'], 'x.svg', { type: 'image/svg+xml' }) })
  await hand(visitor, 'file')
  await visitor.widget.getByText('Only JPEG, PNG, WebP and GIF pictures can be sent.').waitFor()
  await page.evaluate(() => { window.madeFile = new File(['not a picture'], 'x.png', { type: 'image/png' }) })
  await hand(visitor, 'file')
  await visitor.until(async () => (await visitor.widget.getByText('Only JPEG').count()) >= 1)
  assert.equal(bench.frames('upload').length, 0)
})

story('a picture survives a reload in the outbox, and is one line in the end', async (visitor) => {
  const { bench, page } = visitor
  await visitor.open()
  await visitor.say('hello')
  await visitor.until(() => bench.conv().rows.length === 1)
  bench.script = (frame, connection) => { connection.socket.terminate(); return true }
  bench.drop()
  await make(page)
  await hand(visitor, 'file')
  await visitor.log.locator('.picture').waitFor()
  await page.reload()
  await visitor.log.locator('.picture img').waitFor()
  bench.script = null
  await visitor.hurry()
  await visitor.until(() => bench.conv().rows.length === 2)
  assert.equal(bench.conv().rows[1].media.w, 640)
})

story('after a reload our own picture is fetched with a signed link, without a failed try', async (visitor) => {
  const { bench, page } = visitor
  await visitor.open()
  await make(page)
  await hand(visitor, 'file')
  await visitor.until(async () => (await visitor.states()).join() === 'sent')
  const refused = []
  page.on('response', (response) => { if (response.status() >= 400) refused.push(response.url()) })
  await page.reload()
  await visitor.until(() => visitor.log.locator('.picture img').evaluate((img) => img.naturalWidth === 640))
  assert.deepEqual(refused.filter((url) => url.includes('/media/')), [])
  assert.equal(bench.frames('history').length, 1)
})

story('a link that ran out is asked for again, once', async (visitor) => {
  const { bench } = visitor
  bench.uploads.set('/media/up/7', { mime: 'image/png', body: Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64') })
  await visitor.open()
  const row = bench.say(undefined, { media: { kind: 'image', url: '/media/gone?exp=1', w: 100, h: 80, mime: 'image/png' } })
  row.media = { ...row.media, url: '/media/7' }
  await visitor.until(() => visitor.log.locator('.picture img').evaluate((img) => img.src.includes('/media/7') && img.naturalWidth === 1))
  assert.equal(bench.frames('history').length, 1)
})

story('a file of another kind is a link that saves it under its name', async (visitor) => {
  const { bench, page } = visitor
  bench.uploads.set('/media/up/8', { mime: 'application/octet-stream', body: Buffer.from('%PDF-1.7') })
  await visitor.open()
  bench.say(undefined, { media: { kind: 'file', url: '/media/8?exp=1&sig=2', name: '退款 单.pdf', size: 2048, mime: 'application/pdf' } })
  const link = visitor.log.getByRole('link', { name: '退款 单.pdf 2 kB' })
  const href = new URL(await link.getAttribute('href'))
  assert.deepEqual([...href.searchParams], [['exp', '1'], ['sig', '2'], ['name', '退款 单.pdf']])
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
  assert.equal(download.suggestedFilename(), '退款 单.pdf')
  bench.say(undefined, { media: { kind: 'file', url: 'https://elsewhere.example/8', name: 'x.pdf', size: 1, mime: 'application/pdf' } })
  const other = visitor.log.getByRole('link', { name: 'x.pdf' })
  assert.equal(await other.getAttribute('href'), 'https://elsewhere.example/8', 'nobody else is told a name')
})

story('the viewer: opens from the keyboard, shows it large, Escape gives the focus back', async (visitor) => {
  const { bench, page } = visitor
  await visitor.open()
  await make(page)
  await hand(visitor, 'file')
  await visitor.until(async () => (await visitor.states()).join() === 'sent')
  await visitor.widget.getByRole('button', { name: 'Open: Picture tea.png' }).focus()
  await page.keyboard.press('Enter')
  const viewer = visitor.widget.getByRole('dialog', { name: 'Picture tea.png' })
  await viewer.waitFor()
  await page.keyboard.press('Escape')
  await viewer.waitFor({ state: 'hidden' })
  assert.ok(await visitor.panel.isVisible(), 'only the viewer closed')
  assert.equal(await page.evaluate(() => document.activeElement.shadowRoot.activeElement.className), 'picture')
  assert.equal(bench.frames('msg').length, 1)
})
