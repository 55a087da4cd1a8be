// SPDX-License-Identifier: GPL-3.0-or-later
// What a long run is judged by: memory over time, and how long things took.
import { readFileSync, readdirSync } from 'node:fs'

const round = (value, digits = 1) => Math.round(value * 10 ** digits) / 10 ** digits

/** Of one process, in MiB. */
export function memoryMib (pid) {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const mib = (key) => Number(rollup.match(new RegExp(`^${key}:\\s+(\\d+)`, 'm'))[1]) / 1024
  return { rss: mib('Rss'), pss: mib('Pss'), anonymous: mib('Anonymous') }
}

/** Least squares: by how much y grows while x grows by one. */
export function slope (points) {
  const mean = (of) => points.reduce((sum, point) => sum + of(point), 0) / points.length
  const x = mean((point) => point[0]), y = mean((point) => point[1])
  const spread = points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0)
  return spread === 0 ? 0 : points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0) / spread
}

export function spread (values) {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null
  return { n: sorted.length, p50: at(0.5), p95: at(0.95), max: at(1) }
}

export class Memory {
  samples = []
  constructor (pid) { this.pid = pid; this.began = Date.now() }

  take () {
    const descriptors = readdirSync(`/proc/${this.pid}/fd`).length
    this.samples.push({ hours: (Date.now() - this.began) / 3600000, descriptors, ...memoryMib(this.pid) })
  }

  /** Until it has ended, of which whoever drives it will say more. */
  every (ms) { this.timer = setInterval(() => { try { this.take() } catch { this.stop() } }, ms); this.take() }
  stop () { clearInterval(this.timer) }

  /** @param {number} warmUp the share of the samples before caches and pools are as large as they become */
  verdict (warmUp) {
    const warm = this.samples.slice(Math.floor(this.samples.length * warmUp))
    const of = (key) => {
      const all = this.samples.map((sample) => sample[key])
      return { [`${key}_start`]: round(all[0]), [`${key}_max`]: round(Math.max(...all)), [`${key}_end`]: round(all.at(-1)), [`${key}_slope_mib_per_hour`]: round(slope(warm.map((sample) => [sample.hours, sample[key]])), 2) }
    }
    return { ...of('rss'), ...of('pss'), ...of('anonymous'), descriptors_max: Math.max(...this.samples.map((sample) => sample.descriptors)), samples: this.samples.length }
  }
}
