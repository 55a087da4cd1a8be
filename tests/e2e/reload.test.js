// SPDX-License-Identifier: GPL-3.0-or-later
// The page is reloaded again and again while lines are on their way out: none is lost, none is stored twice.
//
//   RELOADS=100 SEED=1 node --test tests/e2e/reload.test.js       (needs no display)
import assert from 'node:assert/strict'
import test, { after, before } from 'node:test'
import { Gateway, Workplace, launchBrowser, sleep, until } from './harness.js'
import { databaseLines } from './transcripts.js'
import { Visitor } from './visitor.js'

const RELOADS = Number(process.env.RELOADS || 30)
const SEED = Number(process.env.SEED || Date.now() % 1000000)
const place = new Workplace()
let state = SEED >>> 0
const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 4294967296
let gateway, browser, visitor

before(async () => {
  gateway = await new Gateway(place, ['limits.messages_per_s=50', 'limits.frames_per_s=0']).start()
  browser = await launchBrowser()
  visitor = new Visitor(await browser.newContext({ locale: 'en-US' }), gateway.url)
})
after(async () => {
  await browser?.close()
  await gateway?.stop()
  place.remove()
})

test(`${RELOADS} reloads with a full outbox, seed ${SEED}`, { timeout: RELOADS * 10000 }, async () => {
  await visitor.open()
  const said = []
  for (let cycle = 0; cycle < RELOADS; cycle++) {
    for (let i = 0; i < 3; i++) {
      said.push(`cycle ${cycle} line ${i}`)
      await visitor.say(said.at(-1))
    }
    await sleep(random() * 120)
    await visitor.page.reload()
    await visitor.input.waitFor()
  }
  await visitor.allSent(60000)
  const stored = await until(() => { const rows = databaseLines(gateway, 1); return rows.length >= said.length && rows }, 'every line in the database')
  assert.deepEqual(stored.map(([, text]) => text), said)
  await until(async () => (await visitor.lines()).length === said.length, 'every line on the screen')
  assert.deepEqual((await visitor.lines()).map(([, text]) => text), said)
})
