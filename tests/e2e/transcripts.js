// SPDX-License-Identifier: GPL-3.0-or-later
// The same conversation from three sides: the visitor's screen, the agent's screen, the database.
import assert from 'node:assert/strict'
import { until } from './harness.js'

const CLOCK = /^\d\d:\d\d$|^\d{1,2}:\d\d [AP]M$/
const EVENT = /^(\d\d:\d\d|\d{1,2}:\d\d [AP]M) · /                        // a change of state stands among the lines, said by nobody
const DIVIDERS = new Set(['Today', 'Yesterday', 'New'])

/** Rows of the console's list as text; what is not said by anybody is left out. */
export async function agentLines (console) {
  const rows = await console.rows('Messages')
  return rows.map((labels) => {
    const said = labels.filter((label) => !CLOCK.test(label) && !DIVIDERS.has(label))
    if (said.some((label) => label.startsWith('Note by'))) return null
    if (said.some((label) => EVENT.test(label))) return null
    return said.length === 0 ? '(picture)' : said[0]
  }).filter((line) => line !== null)
}

export function databaseLines (gateway, conv) {
  const rows = gateway.query(`SELECT seq, role, text, content FROM message WHERE conv = ${conv} ORDER BY seq`)
  assert.deepEqual(rows.map((row) => row.seq), rows.map((_, i) => i + 1), 'the log has a hole')
  return rows.map((row) => [['visitor', 'agent', 'bot', 'system'][row.role], row.content === 8 && !/\.csv$/.test(row.text) ? '(picture)' : row.text])
}

/** Waits until all three say the same, and fails with the three of them if they never do. */
export async function assertSame ({ visitor, console, gateway, conv = 1, timeout_ms = 30000 }) {
  let three
  try {
    await until(async () => {
      three = { database: databaseLines(gateway, conv), visitor: await visitor.lines(), agent: await agentLines(console) }
      const wanted = JSON.stringify(three.database)
      return JSON.stringify(three.visitor) === wanted && JSON.stringify(three.agent) === JSON.stringify(three.database.map(([, text]) => text))
    }, 'three equal transcripts', timeout_ms)
  } catch (error) {
    if (!three) throw error
    assert.deepEqual(three.visitor, three.database, 'the visitor’s screen')
    assert.deepEqual(three.agent, three.database.map(([, text]) => text), 'the agent’s screen')
  }
  return three.database
}
