// SPDX-License-Identifier: GPL-3.0-or-later
// Puts the parts together, and is what the page's own scripts talk to: `Usher('open')`.
import { openTables, openValues } from './cache.js'
import { Chat } from './chat.js'
import { newCid } from './outbox.js'
import { Panel } from './panel.js'
import { digest, preparePicture, putFile } from './picture.js'
import { pickLanguage, translator } from './i18n.js'
import { CSS } from './style.js'

const MOST_UPLOAD_BYTES = 20 * 1024 * 1024
const PROBE_WITHIN_MS = 5000

const fetchJson = async (url) => {
  try {
    const answer = await fetch(url, { credentials: 'omit' })
    return answer.ok ? await answer.json() : {}
  } catch {
    return {}                                      // the chat works without: plain words, default colours
  }
}

/**
 * A tab keeps its name over reloads. A duplicated tab starts with a copy of it; the lock says which of the two had it
 * first, so that the copy does not take over the other's session.
 */
async function nameTab (own, app, random) {
  const key = `usher:${app}:tab`
  const take = (name) => new Promise((resolve) => {
    if (!navigator.locks) return resolve(true)
    navigator.locks.request(`usher:${app}:tab:${name}`, { ifAvailable: true }, (lock) => {
      resolve(!!lock)
      return lock ? new Promise(() => {}) : undefined      // held as long as the page lives
    }).catch(() => resolve(true))
  })
  let name = own.get(key)
  if (!name || !(await take(name))) {
    if (name) own.delete(`usher:${app}:resume`)
    name = random()
    own.set(key, name)
    await take(name)
  }
  return name
}

/** @returns {Promise<Set<string>>} names of the tabs that are alive, as far as the browser tells */
async function livingTabs (app) {
  const prefix = `usher:${app}:tab:`
  try {
    const { held } = await navigator.locks.query()
    return new Set(held.filter((lock) => lock.name.startsWith(prefix)).map((lock) => lock.name.slice(prefix.length)))
  } catch {
    return new Set()
  }
}

function deviceOf (shared, app) {
  const key = `usher:${app}:device`
  const device = shared.get(key) || newCid(crypto)
  shared.set(key, device)
  return device
}

const env = {
  WebSocket: window.WebSocket,
  setTimeout: (fn, ms) => setTimeout(fn, ms),
  clearTimeout: (timer) => clearTimeout(timer),
  random: Math.random,
  now: () => performance.now(),
  userAgent: navigator.userAgent.slice(0, 256),
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
}

async function boot ({ gate, app, locale, files }) {
  const shared = openValues('localStorage')
  const own = openValues('sessionStorage')
  const config = await fetchJson(`${gate}/api/v1/widget/${encodeURIComponent(app)}`)
  const language = pickLanguage([locale, config.locale, document.documentElement.lang, ...(navigator.languages || [])])
  const [texts, tables, tab] = await Promise.all([fetchJson(`${files}${language}.json`), openTables(`usher-${app}`), nameTab(own, app, () => newCid(crypto))])
  const place = {
    env, tables, shared, own, crypto, app, tab, digest, language, locale: language,
    url: `${gate.replace(/^http/, 'ws')}/ws?app=${encodeURIComponent(app)}`,
    device: deviceOf(shared, app),
    wall: () => Date.now(),
    livingTabs: () => livingTabs(app),
    put: (entry, ticket, onProgress) => putFile(gate, entry, ticket, onProgress),
  }
  const chat = new Chat(place)
  const words = { t: translator(texts), has: (key) => texts[key] !== undefined }
  const most = config.max_upload || MOST_UPLOAD_BYTES
  const panel = new Panel({
    chat, config, gate, words, place, css: CSS,
    fetchRecording: () => import(`${files}recording.js`),
    onPictures: (list) => sendPictures(chat, list, most),
    onOpen: (isOpen, isAsking) => { own.set(`usher:${app}:open`, isOpen ? '1' : ''); if (isOpen && !isAsking) chat.connect() },
  })
  await chat.load()
  document.body.append(panel.host)
  takeCalls(chat, panel)
  watchWorld(chat)
  if (own.get(`usher:${app}:open`)) panel.open()
  if (chat.isKnown || chat.outbox.entries.length) chat.connect()
  chat.pageView(location.href, document.title)
}

async function sendPictures (chat, list, most) {
  for (const file of list) {
    try {
      await chat.say({ file: await preparePicture(file, most) })
    } catch (error) {
      chat.refuseFile(error.slug || 'unsupported_content')
    }
  }
}

/** The network and the page come and go; the connection is looked after at those moments, not only every 30 s. */
function watchWorld (chat) {
  addEventListener('online', () => chat.link.probe(PROBE_WITHIN_MS))
  addEventListener('offline', () => chat.redraw())
  document.addEventListener('visibilitychange', () => { if (!document.hidden) chat.link.probe(PROBE_WITHIN_MS) })
  addEventListener('pagehide', (event) => { if (event.persisted) chat.link.stop() })
  addEventListener('pageshow', (event) => { if (event.persisted && chat.isKnown) chat.connect() })
}

/** `Usher('verb', …)`; what the page called before we were here waits in `Usher.q`. */
function takeCalls (chat, panel) {
  const listeners = { message: [], unread: [], state: [] }
  const tell = (what, detail) => { for (const fn of listeners[what]) { try { fn(detail) } catch (error) { console.error(error) } } }
  const verbs = {
    identify: ({ token } = {}) => chat.identify({ token: String(token || '') }),
    set: (profile = {}) => chat.identify({ profile: { ...chat.identity.profile, ...profile } }),
    open: () => panel.open(),
    close: () => panel.close(),
    page: ({ url, title } = {}) => chat.pageView(url || location.href, title || document.title),
    on: (what, fn) => { if (listeners[what] && typeof fn === 'function') listeners[what].push(fn) },
  }
  const call = (verb, ...rest) => (verbs[verb] ? verbs[verb](...rest) : console.warn(`Usher: no such call: ${verb}`))
  const waiting = window.Usher.q
  window.Usher.q = { push: (args) => call(...args) }
  for (const args of waiting) call(...args)
  let last = -1
  panel.onUnread = (count) => { if (count !== last) tell('unread', count); last = count }
  chat.listen((what, detail) => {
    if (what === 'link') tell('state', detail.state)
    if (what === 'timeline' && detail.isLive) for (const line of detail.changed) tell('message', { ...line })
  })
}

boot(window.Usher.boot)
