// SPDX-License-Identifier: GPL-3.0-or-later
// When to try again, and what a close code asks for. Pure: the clock and the dice are given.

/** A crowd that lost its gateway at the same instant must not come back at the same instant. */
const FIRST_RETRY_MS = 5000
const LONGEST_RETRY_MS = 30000

/**
 * @param {number} attempt 0 = the first try after a connection was lost
 * @param {() => number} random uniform in [0, 1)
 * @returns {number} milliseconds to wait, with full jitter
 */
export function retryDelay (attempt, random) {
  const most = attempt === 0 ? FIRST_RETRY_MS : Math.min(LONGEST_RETRY_MS, 1000 * 2 ** (attempt - 1))
  return random() * most
}

/**
 * @typedef {object} Verdict
 * @property {boolean} [stop] do not come back by itself
 * @property {boolean} [anew] forget the resume token, sign in again
 * @property {boolean} [soon] no need to spread: come back at once
 * @property {number} [least_ms] wait at least this long
 */

/** What each close code asks of a client; a code that is not here means “resume after the usual wait”. */
const verdicts = {
  1002: { least_ms: 30000 },
  1003: { least_ms: 30000 },
  1007: { least_ms: 30000 },
  1008: { stop: true },
  1009: { least_ms: 30000 },
  1013: { least_ms: 10000 },
  4001: { anew: true, least_ms: 1000 },
  4002: { anew: true },
  4003: { stop: true },
  4004: { anew: true, soon: true },
  4006: { least_ms: 60000 },
  4007: { stop: true },
  4009: { stop: true },
  4010: { soon: true },
}

/**
 * @param {number} code
 * @returns {Verdict}
 */
export function afterClose (code) {
  return verdicts[code] || {}
}

/** A heartbeat every 30 s ± 10 %, so that tabs opened together drift apart. */
export function nextPing (ping_s, random) {
  return ping_s * 1000 * (0.9 + 0.2 * random())
}
