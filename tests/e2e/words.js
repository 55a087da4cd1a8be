// SPDX-License-Identifier: GPL-3.0-or-later
// What the console calls a thing in a language: the same test finds it by its accessible name in each.
import { readFileSync } from 'node:fs'

const unquote = (lines) => lines.map((line) => JSON.parse(line.slice(line.indexOf('"')))).join('')

function entries (po) {
  const table = new Map()
  for (const block of po.split(/\n{2,}/)) {
    const fields = {}
    let field
    for (const line of block.split('\n')) {
      if (line.startsWith('#')) continue
      const match = line.match(/^(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?) /)
      if (match) fields[field = match[1]] = []
      if (field && line.includes('"')) fields[field].push(line)
    }
    if (!fields.msgid) continue
    const translation = fields.msgstr || fields['msgstr[0]'] || []
    table.set([fields.msgctxt ? unquote(fields.msgctxt) : '', unquote(fields.msgid)].join('\u0004'), unquote(translation))
  }
  return table
}

/** @param {string} language 'en', or one of po/LINGUAS @returns {(text: string, context?: string) => string} without the underscore of a mnemonic */
export function words (language) {
  const plain = (text) => text.replace(/\(_\w\)/, '').replace('_', '')
  if (language === 'en') return (text) => plain(text)
  const table = entries(readFileSync(new URL(`../../po/${language}.po`, import.meta.url), 'utf8'))
  return (text, context = '') => {
    const found = table.get([context, text].join('\u0004'))
    if (!found) throw new Error(`not translated: ${context} ${text}`)
    return plain(found)
  }
}
