#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""flatpak-story.py ID [PICTURE]: the installed flatpak, run as a person runs it, against a real gateway from BUILD_DIR.

It opens its window, signs in, is notified of a visitor through the desktop, accepts, answers, takes a picture of itself,
and signs in by itself the second time: window, network, notifications, accessibility and keyring all leave the sandbox
through what the manifest permits, and nothing else does. Run it under with-display with FLATPAK_USER_DIR set.
"""
import asyncio
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import threading

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / 'ui'), str(TESTS / 'faults')]
import client
import gate
from console import Atspi, Console, children, wait_for, xdo

PASSWORD = 'correct horse battery'
QUESTION = 'Is the Longjing in stock?'
ANSWER = 'Yes, and it keeps for a year.'
START_S = 60        # the first start of a sandbox on a busy machine
LEAST_PNG_BYTES = 5000      # an empty window of this size takes a tenth


class Sandboxed(Console):
  """Behind two proxies no process id is ours: there is one such program on this display, so its name will do."""

  def _on_the_bus(self):
    if self.process.poll() is not None:
      raise AssertionError(f'the console ended with {self.process.returncode}')
    return next(app for app in children(Atspi.get_desktop(0)) if app.get_name() == self.app_name)

  def start(self):
    self.process = subprocess.Popen(self.argv, env=self.env, stdout=sys.stderr)
    self.app = wait_for(self._on_the_bus, 'the program on the accessibility bus', START_S)

  def _window_of(self, top):
    return xdo('search', '--onlyvisible', '--name', f'^{re.escape(top.get_name())}$').split()[0]


class Loop:
  """Gateway and visitor live on a loop of their own; the console is driven from this thread."""

  def __init__(self):
    self.loop = asyncio.new_event_loop()
    threading.Thread(target=self.loop.run_forever, daemon=True).start()

  def wait(self, work, timeout=30):
    return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout)

  def start(self, work):
    return asyncio.run_coroutine_threadsafe(work, self.loop)


class Notifications:
  """A notification daemon that writes down what it is asked to show."""

  def __init__(self, place):
    self.path = place / 'notifications.log'
    self.process = subprocess.Popen([sys.executable, '-m', 'dbusmock', '--session', '--template', 'notification_daemon', '-l', self.path])
    subprocess.run(('gdbus', 'wait', '--session', '--timeout', '20', 'org.freedesktop.Notifications'), check=True)

  def text(self):
    return self.path.read_text() if self.path.exists() else ''

  def stop(self):
    self.process.terminate()
    self.process.wait(10)


def say(what):
  print(f'flatpak-story: {what}', flush=True)


def application_pid(app_id):
  """The program itself, two processes below the one that was started."""
  listed = subprocess.check_output(('flatpak', 'ps', '--columns=child-pid,application'), text=True)
  return next(int(line.split()[0]) for line in listed.splitlines() if line.split()[1:] == [app_id])


def check_sandbox(app_id):
  root = pathlib.Path('/proc', str(application_pid(app_id)), 'root')
  assert (root / 'app/bin/usher').is_file(), 'this is not the program out of the flatpak'
  assert f'name={app_id}' in (root / '.flatpak-info').read_text(), 'not in a sandbox'
  assert not (root / TESTS.relative_to('/')).exists(), 'the sandbox shows the host’s files'
  say('runs in its sandbox, and sees none of the host’s files')


def check_picture(app_id, state, keep):
  """The action `snapshot` writes inside the sandbox; its own folder is the one place that both sides see."""
  path = state / 'window.png'

  def taken():
    """While a frame is due there is nothing to take a picture of, so it is asked again."""
    subprocess.run(('gdbus', 'call', '--session', '-d', app_id, '-o', '/' + app_id.replace('.', '/'), '-m',
                    'org.gtk.Actions.Activate', 'snapshot', f"[<'{path}'>]", '{}'), check=True, stdout=subprocess.DEVNULL)
    return path.exists() and path.read_bytes().endswith(b'IEND\xaeB`\x82')

  wait_for(taken, 'the picture')
  data = path.read_bytes()
  width, height = struct.unpack('>II', data[16:24])
  assert data[:8] == b'\x89PNG\r\n\x1a\n' and width >= 360 and height >= 300 and len(data) > LEAST_PNG_BYTES, (width, height, len(data))
  if keep:
    shutil.copyfile(path, keep)
  say(f'took a picture of its window: {width}x{height}, {len(data)} bytes')


def in_step(console):
  wait_for(lambda: 'In step' in console.tree(), 'the console in step', START_S)


def talk(loop, gateway, console, notifications):
  visitor = client.Visitor(gateway.client, seed=1)
  session = loop.start(visitor.run())
  loop.wait(asyncio.wait_for(visitor.in_step.wait(), 20))
  loop.loop.call_soon_threadsafe(visitor.say, QUESTION)
  wait_for(lambda: QUESTION in notifications.text(), 'the notification')
  say('a visitor wrote, and the desktop was told')
  console.click(console.find_shown('push button', 'Accept'))
  wait_for(lambda: console.row('Messages', QUESTION), 'the question in the console')
  console.click(console.find_shown('text', 'Message'))
  console.type(ANSWER)
  console.key('Return')
  wait_for(lambda: any(ANSWER == line[1] for lines in visitor.lines.values() for line in lines.values()), 'the answer at the visitor')
  assert not visitor.faults, visitor.faults
  visitor.stopping = True
  session.cancel()
  say('accepted and answered; the visitor has the answer')


def story(app_id, keep, place, loop, gateway, notifications):
  state = pathlib.Path(os.environ['HOME'], '.var/app', app_id, 'data')
  state.mkdir(parents=True)
  password = state / 'password'
  password.write_text(PASSWORD)
  url = 'http://%s:%d' % gateway.client
  run = ['flatpak', 'run', '--user', app_id, '--gateway', url]
  console = Sandboxed(run + ['--login', 'demo', '--password-file', str(password), '--accepting'], 'usher')
  in_step(console)
  say('its window is open and in step')
  check_sandbox(app_id)
  talk(loop, gateway, console, notifications)
  check_picture(app_id, state, keep)
  status = console.close()
  assert status == 0, f'the console ended with {status}'
  password.unlink()
  console = Sandboxed(run, 'usher')
  in_step(console)
  say('signed in by itself the second time, with the token from the keyring')
  assert console.close() == 0


def main():
  app_id, keep = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
  place = pathlib.Path(tempfile.mkdtemp(prefix='usher-flatpak-story-'))
  loop, gateway, notifications = Loop(), gate.Gate('demo=true', 'limits.conversations_per_ip=0', 'session.drain=1s'), Notifications(place)
  gateway.add_agent('demo', PASSWORD)
  try:
    loop.wait(gateway.start())
    story(app_id, keep, place, loop, gateway, notifications)
  finally:
    subprocess.run(('flatpak', 'kill', app_id), stderr=subprocess.DEVNULL)
    loop.wait(gateway.stop())
    notifications.stop()
    gateway.done()
    shutil.rmtree(place)


if __name__ == '__main__':
  main()
