// SPDX-License-Identifier: GPL-3.0-or-later
// “How was it?”: five stars and a comment after a chat has ended.
import { h, icon, setText, show } from './dom.js'

const MOST_COMMENT = 1000

/** @returns {{node: HTMLElement, update: () => void}} */
export function ratingOf (conv, ui, chat) {
  const { t } = ui
  let score = 0
  const title = h('p.title', { id: `rate-${conv.id}` }, t('rate'))
  const stars = [1, 2, 3, 4, 5].map((n) => h('label.star', { title: t('stars', { n }) },
    h('input', { type: 'radio', name: `stars-${conv.id}`, value: n, 'aria-label': t('stars', { n }), onchange: () => choose(n) }), icon('star')))
  const comment = h('textarea', { rows: 2, maxlength: MOST_COMMENT, placeholder: t('rate_comment'), 'aria-label': t('rate_comment') })
  const send = h('button.primary', { type: 'submit' }, t('rate_send'))
  const more = h('div.more', {}, comment, send)
  const form = h('form.rating', { 'aria-labelledby': title.id, onsubmit: submit },
    title, h('div.stars', { role: 'radiogroup', 'aria-labelledby': title.id }, ...stars), more)
  more.hidden = true

  function choose (n) {
    score = n
    show(more, true)
    paint()
    ui.keepInView(form)
  }
  function paint () {
    stars.forEach((star, i) => star.classList.toggle('on', i < score))
  }
  function submit (event) {
    event.preventDefault()
    if (score) chat.rate(conv, score, comment.value.trim())
    ui.focusComposer()
  }
  function update () {
    const isDone = !!conv.rating?.score
    form.classList.toggle('done', isDone)
    if (!isDone) return
    score = conv.rating.score
    paint()
    for (const star of stars) star.firstChild.disabled = true
    setText(title, t('rate_thanks'))
    show(more, false)
  }
  return { node: form, update }
}
