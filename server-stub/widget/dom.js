// SPDX-License-Identifier: GPL-3.0-or-later
// Making elements. Text goes in as text; there is no way through here for markup.

/**
 * @param {string} tag with classes: `div.line.mine`
 * @param {Record<string, any>} [props] `onclick` and the like as listeners, `data`, the rest as attributes
 * @param {...(Node|string|null|undefined|false)} children
 */
export function h (tag, props = {}, ...children) {
  const [name, ...classes] = tag.split('.')
  const node = document.createElement(name || 'div')
  if (classes.length) node.className = classes.join(' ')
  for (const [key, value] of Object.entries(props)) {
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value)
    else if (value === true) node.setAttribute(key, '')
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(key, value)
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false))
  return node
}

const ICONS = {
  chat: 'M4 12a8 7.2 0 1 1 4.2 6.3L4 20l1.1-3.6A6.8 6.8 0 0 1 4 12z|M8.5 12h.01M12 12h.01M15.5 12h.01',
  down: 'M6 9.5l6 6 6-6',
  close: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  more: 'M5.5 12h.01M12 12h.01M18.5 12h.01',
  send: 'M12 19V5.5M5.8 11.7L12 5.5l6.2 6.2',
  picture: 'M4 6.5A1.5 1.5 0 0 1 5.5 5h13A1.5 1.5 0 0 1 20 6.5v11a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 17.5z|M4.5 17l4.7-5 3.6 3.8 2.2-2.3 4.5 4|M15.2 9.2h.01',
  camera: 'M4 9a1.5 1.5 0 0 1 1.5-1.5h2.3L9.3 5.5h5.4l1.5 2h2.3A1.5 1.5 0 0 1 20 9v8a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 17z|M15 12.8a3 3 0 1 1-6 0 3 3 0 0 1 6 0z',
  microphone: 'M12 4a2.8 2.8 0 0 1 2.8 2.8v4.4a2.8 2.8 0 0 1-5.6 0V6.8A2.8 2.8 0 0 1 12 4z|M6 11a6 6 0 0 0 12 0M12 17v3',
  clock: 'M12 7.5V12l2.8 1.8|M19.5 12a7.5 7.5 0 1 1-15 0 7.5 7.5 0 0 1 15 0z',
  sent: 'M5.5 12.5l4.2 4.2L18.5 7.8',
  both: 'M2.5 12.5l4.2 4.2L15.5 7.8|M11.5 15.8l1 .9L21.5 7.8',
  failed: 'M12 7.5v5.2M12 16.2h.01|M20 12a8 8 0 1 1-16 0 8 8 0 0 1 16 0z',
  star: 'M12 4.2l2.4 5 5.4.7-4 3.8 1 5.4-4.8-2.6-4.8 2.6 1-5.4-4-3.8 5.4-.7z',
}

/** An icon of strokes; it means nothing by itself, its button has the name. */
export function icon (name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('aria-hidden', 'true')
  svg.setAttribute('class', `icon i-${name}`)
  for (const d of ICONS[name].split('|')) {
    const path = document.createElementNS(svg.namespaceURI, 'path')
    path.setAttribute('d', d)
    svg.append(path)
  }
  return svg
}

export const iconButton = (name, label, onclick, className = '') =>
  h(`button.round${className}`, { type: 'button', 'aria-label': label, title: label, onclick }, icon(name))

/** Sets text only where it differs, so that a live region does not speak twice. */
export function setText (node, text) {
  if (node.textContent !== text) node.textContent = text
}

export function show (node, isShown) {
  if (node.hidden === isShown) node.hidden = !isShown
}

/**
 * Makes `parent` hold exactly these children in this order, moving as few as possible: a node that stays keeps its
 * focus, its scroll and its place in the ear of a screen reader.
 */
export function arrange (parent, nodes) {
  const wanted = new Set(nodes)
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove()
  let next = parent.firstElementChild
  for (const node of nodes) {
    if (node === next) next = next.nextElementSibling
    else parent.insertBefore(node, next)
  }
}
