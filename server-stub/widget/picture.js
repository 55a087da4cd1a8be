// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures before they leave: what is accepted, made smaller where they are huge; how files are put to the gateway.

export const PICTURE_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/gif']
/** More than any screen shows; a phone's camera gives four times it. */
const LONGEST_EDGE = 2560
const LARGE_BYTES = 3 * 1024 * 1024

const failure = (slug) => Object.assign(new Error(slug), { slug })

async function decode (blob) {
  try {
    return await createImageBitmap(blob, { imageOrientation: 'from-image' })
  } catch {
    throw failure('unsupported_content')
  }
}

function redraw (bitmap, w, h, mime) {
  const canvas = document.createElement('canvas')
  Object.assign(canvas, { width: w, height: h })
  const context = canvas.getContext('2d')
  if (mime === 'image/jpeg') { context.fillStyle = '#fff'; context.fillRect(0, 0, w, h) }
  context.drawImage(bitmap, 0, 0, w, h)
  return new Promise((resolve) => canvas.toBlob(resolve, mime, 0.86))
}

/**
 * @param {File} file
 * @param {number} most_bytes what the gateway takes
 * @returns {Promise<{blob: Blob, mime: string, size: number, w: number, h: number, name: string}>}
 */
export async function preparePicture (file, most_bytes) {
  if (!PICTURE_TYPES.includes(file.type)) throw failure('unsupported_content')
  const bitmap = await decode(file)
  let { width: w, height: h } = bitmap
  let blob = file
  let mime = file.type
  const isHuge = Math.max(w, h) > LONGEST_EDGE || file.size > LARGE_BYTES
  if (isHuge && mime !== 'image/gif') {
    const scale = Math.min(1, LONGEST_EDGE / Math.max(w, h))
    const smaller = await redraw(bitmap, Math.round(w * scale), Math.round(h * scale), 'image/jpeg')
    if (smaller && smaller.size < file.size) {
      blob = smaller
      mime = 'image/jpeg'
      w = Math.round(w * scale)
      h = Math.round(h * scale)
    }
  }
  bitmap.close()
  if (blob.size > most_bytes) throw failure('too_large')
  const name = (file.name || '').slice(0, 120)
  return { blob, mime, size: blob.size, w, h, name }
}

/** Hex SHA-256, where the page is allowed to compute one. */
export async function digest (blob) {
  if (!globalThis.crypto?.subtle) return ''
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', await blob.arrayBuffer()))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** XMLHttpRequest because it alone tells how far an upload is. */
export function putFile (gate, entry, ticket, onProgress) {
  const request = new XMLHttpRequest()
  const done = new Promise((resolve, reject) => {
    request.open('PUT', new URL(ticket.put_url, gate).href)
    request.setRequestHeader('Content-Type', entry.file.mime)
    request.timeout = 300000
    request.upload.onprogress = (event) => { if (event.lengthComputable) onProgress(event.loaded / event.total) }
    request.onload = () => (request.status >= 200 && request.status < 300 ? resolve() : reject(putError(request)))
    request.onerror = request.ontimeout = () => reject(Object.assign(failure('try_again'), { passing: true }))
    request.onabort = () => reject(Object.assign(failure('cancelled'), { passing: true }))
    request.send(entry.file.blob)
  })
  return { done, cancel: () => request.abort() }
}

/** 403 and 410: the ticket ran out, a new one may do. */
function putError (request) {
  let slug = { 413: 'too_large', 415: 'unsupported_content', 422: 'invalid' }[request.status]
  const passing = !slug
  try { slug = JSON.parse(request.responseText).code || slug } catch { /* not ours */ }
  const seconds = Number(request.getResponseHeader('Retry-After'))
  return Object.assign(failure(slug || 'try_again'), { passing, retry_ms: seconds ? seconds * 1000 : 5000 })
}
