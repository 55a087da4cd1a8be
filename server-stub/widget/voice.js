// SPDX-License-Identifier: GPL-3.0-or-later
// Voice messages: whether one can be recorded here, and one that can be played.
import { h } from './dom.js'

/** Where a browser lets a page hear at all. */
export const canRecord = () => !!(window.isSecureContext && navigator.mediaDevices && window.AudioWorkletNode)

let playing

/** One at a time is heard. */
function played ({ target }) {
  if (playing && playing !== target) playing.pause()
  playing = target
}

export function voiceOf (src, ms, onerror, ui) {
  const label = ui.t('voice_message', { n: Math.max(1, Math.round(ms / 1000)) })
  return h('audio', { controls: true, preload: 'metadata', src, 'aria-label': label, onplay: played, onerror })
}
