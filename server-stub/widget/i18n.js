// SPDX-License-Identifier: GPL-3.0-or-later
// Words: one JSON file for each language, chosen once. Pure but for the file that main.js fetches.

export const LANGUAGES = ['en', 'zh-CN']

/** @param {(string|undefined|null)[]} wishes most wanted first */
export function pickLanguage (wishes) {
  for (const wish of wishes) {
    if (/^zh\b/i.test(wish || '')) return 'zh-CN'
    if (/^en\b/i.test(wish || '')) return 'en'
  }
  return 'en'
}

/** @returns {(key: string, values?: Record<string, string|number>) => string} */
export function translator (words) {
  return (key, values = {}) => {
    const form = values.n === 1 && words[`${key}_1`] !== undefined ? `${key}_1` : key
    return String(words[form] ?? key).replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ''))
  }
}
