// SPDX-License-Identifier: GPL-3.0-or-later
// A sound server for one test: its loudspeaker leads nowhere, and its microphone hears what is played there.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export class SoundServer {
  /** @param {import('./harness.js').Workplace} place */
  constructor (place) {
    this.folder = place.folder('sound')
    const socket = join(this.folder, 'native')
    this.env = { PULSE_SERVER: `unix:${socket}`, PULSE_RUNTIME_PATH: this.folder, PULSE_STATE_PATH: this.folder }
    const modules = ['module-null-sink', `module-native-protocol-unix socket=${socket} auth-anonymous=1`]
    // It comes back when the server listens, which ends by itself should nobody end it.
    execFileSync('pulseaudio', ['-n', '--daemonize=yes', '--exit-idle-time=60', '--disable-shm=yes', ...modules.flatMap((module) => ['-L', module])], {
      env: { ...process.env, ...this.env, HOME: this.folder }, stdio: 'ignore',
    })
  }

  stop () { process.kill(Number(readFileSync(join(this.folder, 'pid'), 'utf8')), 'SIGTERM') }
}
