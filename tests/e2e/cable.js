// SPDX-License-Identifier: GPL-3.0-or-later
// The cable between a console and its gateway. Pulled, it carries nothing either way and nobody is told: no end, no reset, and who connects
// meanwhile waits. Plugged in, what was sent arrives, as with TCP it does.
import { connect, createServer } from 'node:net'

export class Cable {
  #streams = new Set()
  #isPulled = false
  constructor (target) {
    const [host, port] = target.split(':')
    this.server = createServer({ allowHalfOpen: false }, (near) => {
      const far = connect({ host, port: Number(port) })
      near.pipe(far)
      far.pipe(near)
      for (const [one, other] of [[near, far], [far, near]]) {
        this.#streams.add(one)
        one.on('error', () => {})
        one.once('close', () => { this.#streams.delete(one); other.destroy() })
        if (this.#isPulled) one.pause()
      }
    })
  }

  async start () {
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve))
    this.url = `http://127.0.0.1:${this.server.address().port}`
    return this
  }

  pull () {
    this.#isPulled = true
    for (const stream of this.#streams) stream.pause()
  }

  plug () {
    this.#isPulled = false
    for (const stream of this.#streams) stream.resume()
  }

  stop () {
    for (const stream of this.#streams) stream.destroy()
    return new Promise((resolve) => this.server.close(resolve))
  }
}
