// SPDX-License-Identifier: GPL-3.0-or-later
// Takes the place of logind on a system bus of the test's own: shuts the lid and opens it.
import { execFileSync, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

const NAME = 'org.freedesktop.login1'
const PATH = '/org/freedesktop/login1'

export class Logind {
  async start () {
    this.bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address'], { stdio: ['ignore', 'pipe', 'ignore'] })
    this.address = await new Promise((resolve) => createInterface({ input: this.bus.stdout }).once('line', resolve))
    this.process = spawn('/usr/bin/python3', ['-u', '-m', 'dbusmock', '--system', '--template', 'logind'], {
      stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, DBUS_SYSTEM_BUS_ADDRESS: this.address },
    })
    this.process.stdout.resume()
    execFileSync('gdbus', ['wait', '--address', this.address, '--timeout', '20', NAME])
    return this
  }

  prepareForSleep (isBefore) {
    execFileSync('gdbus', ['call', '--address', this.address, '-d', NAME, '-o', PATH, '-m', 'org.freedesktop.DBus.Mock.EmitSignal', `${NAME}.Manager`, 'PrepareForSleep', 'b', `[<${isBefore}>]`])
  }

  async stop () {
    for (const process of [this.process, this.bus]) {
      const ended = new Promise((resolve) => process.once('exit', resolve))
      process.kill()
      await ended
    }
  }
}
