// SPDX-License-Identifier: GPL-3.0-or-later
// One line of the conversation as elements.
import { h, icon } from './dom.js'
import { linkify, plain, safeUrl } from './text.js'
import { isEdited, isRecalled } from './timeline.js'
import { voiceOf } from './voice.js'

const BOX_WIDTH = 236
const BOX_HEIGHT = 300

/** @param {string} text peer text: text nodes, and anchors for http and https */
export function words (text) {
  return linkify(text).map((piece) => (piece.href
    ? h('a', { href: piece.href, target: '_blank', rel: 'noopener noreferrer nofollow' }, piece.text)
    : piece.text))
}

/** The size at which a picture is shown is known before it is loaded, so that nothing jumps. */
export function fit (width, height) {
  if (!width || !height) return { width: BOX_WIDTH, height: Math.round(BOX_WIDTH * 0.75) }
  const scale = Math.min(1, BOX_WIDTH / width, BOX_HEIGHT / height)
  return { width: Math.max(48, Math.round(width * scale)), height: Math.max(32, Math.round(height * scale)) }
}

const sizeOf = (bytes) => (bytes >= 1048576 ? `${(bytes / 1048576).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1024))} kB`)

/**
 * @param {import('./timeline.js').Line} line
 * @param {object} ui translator, gate address, what a click on a picture or a choice does
 * @returns {Node[]}
 */
export function contentOf (line, ui) {
  if (isRecalled(line)) return [h('em.gone', {}, ui.t('recalled'))]
  if (line.media) return [mediaOf(line, ui)]
  if (line.card) return [cardOf(line.card, ui)]
  if (line.choices) return choicesOf(line, ui)
  if (line.location) return [h('p.text', {}, plain(line.location.label) || ui.t('location'))]
  if (line.sealed) return [h('em.gone', {}, ui.t('sealed'))]
  return [h('p.text', {}, ...words(line.text || ''), isEdited(line) && h('small.edited', {}, ` ${ui.t('edited')}`))]
}

/** A page of another origin cannot say what a file is saved as; the gateway does, as the link asks it to. */
function fileUrl (address, name, gate) {
  const href = safeUrl(address, gate)
  return href && name && href.startsWith(`${gate}/`) ? `${href}${href.includes('?') ? '&' : '?'}name=${encodeURIComponent(name)}` : href
}

function mediaOf (line, ui) {
  const { media } = line
  const name = plain(media.name)
  if (media.kind === 'voice') return voiceOf(ui.sourceOf(line), media.dur, () => ui.pictureLost(line), ui)
  if (media.kind !== 'image' && media.kind !== 'sticker') {
    const href = fileUrl(media.url, name, ui.gate)
    return h('a.file', { href, target: '_blank', rel: 'noopener noreferrer', download: name || true }, h('b', {}, name || ui.t('file')), h('small', {}, sizeOf(media.size || 0)))
  }
  return pictureOf({ src: ui.sourceOf(line), name, ...fit(media.w, media.h), onerror: () => ui.pictureLost(line), ui })
}

/** @returns {HTMLElement} a picture in a button that opens the viewer */
export function pictureOf ({ src, name, width, height, onerror, ui }) {
  const label = name ? ui.t('picture_named', { name }) : ui.t('picture')
  const img = h('img', { src, alt: label, width, height, decoding: 'async', onerror })
  return h('button.picture', { type: 'button', 'aria-label': ui.t('open_picture', { name: label }), onclick: () => ui.view(img.src, label) }, img)
}

function cardOf (card, ui) {
  const href = safeUrl(card.url)
  const image = safeUrl(card.image, ui.gate)
  const own = image.startsWith(`${ui.gate}/`) && h('img', { src: image, alt: '', width: BOX_WIDTH, height: BOX_WIDTH / 2 })   // no request to third parties
  const inside = [own, h('b', {}, plain(card.title)), card.body && h('p.text', {}, plain(card.body)), href && h('small', {}, new URL(href).host)]
  return href ? h('a.card', { href, target: '_blank', rel: 'noopener noreferrer nofollow' }, ...inside) : h('div.card', {}, ...inside)
}

function choicesOf (line, ui) {
  const { head, items = [], tail } = line.choices
  return [
    head && h('p.text', {}, ...words(head)),
    h('div.choices', {}, ...items.map((item) => h('button', { type: 'button', onclick: () => ui.choose(line, item) }, plain(item.label)))),
    tail && h('p.text', {}, ...words(tail)),
  ].filter(Boolean)
}

const STATE_ICONS = { queued: 'clock', uploading: 'clock', sending: 'clock', sent: 'sent', delivered: 'both', read: 'both', failed: 'failed' }

/** Where one of our own lines is, as a sign and in words. */
export function stateOf (state, ui) {
  return h(`span.state.${state}`, { title: ui.t(`state_${state}`) }, icon(STATE_ICONS[state]), h('span.word', {}, ui.t(`state_${state}`)))
}
