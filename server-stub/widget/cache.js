// SPDX-License-Identifier: GPL-3.0-or-later
// What survives a reload: lines, conversations, outbox. IndexedDB where the browser lets us, memory where it does not.

const VERSION = 1
const OPEN_WITHIN_MS = 2000

const promised = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result)
  request.onerror = () => reject(request.error)
})

function makeTables ({ target: { result: db } }) {
  db.createObjectStore('lines', { keyPath: ['conv', 'seq'] })
  db.createObjectStore('convs', { keyPath: 'id' })
  db.createObjectStore('outbox', { keyPath: 'cid' })
  db.createObjectStore('meta')
}

/** Private windows and blocked storage refuse in many ways: by throwing, by failing, by never answering. */
function openDatabase (name) {
  return new Promise((resolve) => {
    setTimeout(() => resolve(null), OPEN_WITHIN_MS)
    try {
      const request = indexedDB.open(name, VERSION)
      request.onupgradeneeded = makeTables
      request.onsuccess = () => resolve(request.result)
      request.onerror = request.onblocked = () => resolve(null)
    } catch {
      resolve(null)
    }
  })
}

/** The same five verbs over a database or over Maps. */
class DatabaseTables {
  isKept = true
  #db
  constructor (db) {
    this.#db = db
    db.onversionchange = () => db.close()
  }

  #table (name, mode) { return this.#db.transaction(name, mode).objectStore(name) }
  all (name) { return promised(this.#table(name, 'readonly').getAll()) }
  get (name, key) { return promised(this.#table(name, 'readonly').get(key)) }
  put (name, value, key) { return promised(this.#table(name, 'readwrite').put(value, key)) }
  delete (name, key) { return promised(this.#table(name, 'readwrite').delete(key)) }
  clear (name) { return promised(this.#table(name, 'readwrite').clear()) }

  putAll (name, values) {
    if (values.length === 0) return Promise.resolve()
    const transaction = this.#db.transaction(name, 'readwrite')
    for (const value of values) transaction.objectStore(name).put(value)
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve()
      transaction.onerror = transaction.onabort = () => reject(transaction.error)
    })
  }
}

export class MemoryTables {
  isKept = false
  #tables = { lines: new Map(), convs: new Map(), outbox: new Map(), meta: new Map() }
  #keyOf (name, value, key) {
    return name === 'lines' ? `${value.conv}/${value.seq}` : name === 'convs' ? value.id : name === 'outbox' ? value.cid : key
  }

  async all (name) { return [...this.#tables[name].values()] }
  async get (name, key) { return this.#tables[name].get(key) }
  async put (name, value, key) { this.#tables[name].set(this.#keyOf(name, value, key), value) }
  async putAll (name, values) { for (const value of values) await this.put(name, value) }
  async delete (name, key) { this.#tables[name].delete(Array.isArray(key) ? key.join('/') : key) }
  async clear (name) { this.#tables[name].clear() }
}

/** A full disk or a vanished database must cost the copy, never the chat. */
const forgiving = (tables) => new Proxy(tables, {
  get (target, verb) {
    const value = target[verb]
    if (typeof value !== 'function') return value
    return (...args) => {
      try {
        return Promise.resolve(value.apply(target, args)).catch(() => (verb === 'all' ? [] : undefined))
      } catch {
        return Promise.resolve(verb === 'all' ? [] : undefined)
      }
    }
  },
})

/** @param {string} name one database for each app key */
export async function openTables (name) {
  const db = await openDatabase(name)
  return forgiving(db ? new DatabaseTables(db) : new MemoryTables())
}

/** localStorage and sessionStorage that never throw; what cannot be kept lasts as long as the page. */
export function openValues (kind) {
  const memory = new Map()
  let storage = null
  try { storage = window[kind]; storage.getItem('') } catch { storage = null }
  return {
    get: (key) => { try { return storage.getItem(key) } catch { return memory.get(key) ?? null } },
    set: (key, value) => { try { storage.setItem(key, value) } catch { memory.set(key, value) } },
    delete: (key) => { memory.delete(key); try { storage.removeItem(key) } catch { /* in memory only */ } },
  }
}
