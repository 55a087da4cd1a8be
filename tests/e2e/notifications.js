// SPDX-License-Identifier: GPL-3.0-or-later
// Takes the place of the desktop's notification service on the test's own bus: tells what was shown and presses its buttons.
import { execFileSync, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { until } from './harness.js'

const NAME = 'org.freedesktop.Notifications'
const PATH = '/org/freedesktop/Notifications'

export class Notifications {
  /** @type {string[]} calls of Notify as the service wrote them down */
  shown = []
  async start () {
    this.process = spawn('/usr/bin/python3', ['-u', '-m', 'dbusmock', '--template', 'notification_daemon', '--parameters', JSON.stringify({ capabilities: 'body actions' })], { stdio: ['ignore', 'pipe', 'inherit'] })
    createInterface({ input: this.process.stdout }).on('line', (line) => { if (/ Notify /.test(line)) this.shown.push(line) })
    execFileSync('gdbus', ['wait', '--session', '--timeout', '20', NAME])
    return this
  }

  waitFor (text) { return until(() => this.shown.find((line) => line.includes(text)), `a notification with “${text}”`) }

  /** Ids count from 1 in the order of showing. */
  press (id, action) {
    execFileSync('gdbus', ['call', '--session', '-d', NAME, '-o', PATH, '-m', 'org.freedesktop.DBus.Mock.EmitSignal', NAME, 'ActionInvoked', 'us', `[<uint32 ${id}>, <'${action}'>]`])
  }

  /** Gone when this is over, so that the next test's service finds the name free. */
  async stop () {
    const ended = new Promise((resolve) => this.process.once('exit', resolve))
    this.process.kill()
    await ended
  }
}
