// SPDX-License-Identifier: GPL-3.0-or-later
// Peer text: taken apart into plain pieces that only ever become text nodes and anchors. Pure.

/** Bidirectional overrides can make a link or a file name read as another one. */
const OVERRIDES = /[\u202A-\u202E\u2066-\u2069]/g
const LINK = /https?:\/\/[^\s<>"'`\u3000-\u303F\uFF01-\uFF0F\uFF1A-\uFF1F]+/gi
/** Belongs to the sentence, not to the address. */
const TRAILING = /[.,;:!?…'"*_~\]]+$/

export const plain = (text) => String(text ?? '').replace(OVERRIDES, '')

/** http and https only, parsed by the browser itself; anything else is not a link. */
export function safeUrl (text, base) {
  try {
    const url = new URL(text, base)
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : ''
  } catch {
    return ''
  }
}

/** A closing bracket stays only if its opening one is inside the address too. */
function trimLink (found) {
  let link = found.replace(TRAILING, '')
  while (link.endsWith(')') && link.split('(').length <= link.split(')').length - 1) link = link.slice(0, -1).replace(TRAILING, '')
  return link
}

/**
 * @param {string} text
 * @returns {{text: string, href?: string}[]} pieces that join to the text again
 */
export function linkify (text) {
  const pieces = []
  const shown = plain(text)
  let from = 0
  for (const match of shown.matchAll(LINK)) {
    const link = trimLink(match[0])
    const href = safeUrl(link)
    if (!href || !/^https?:\/\/[^/]/i.test(link)) continue
    if (match.index > from) pieces.push({ text: shown.slice(from, match.index) })
    pieces.push({ text: link, href })
    from = match.index + link.length
  }
  if (from < shown.length) pieces.push({ text: shown.slice(from) })
  return pieces
}

/** Code points, as the gateway counts them. */
export const lengthOf = (text) => [...text].length
export const MOST_CHARACTERS = 4096
