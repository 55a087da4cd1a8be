#!/usr/bin/python3
"""The disk fills up: an explicit refusal (507 storage_full), nothing acknowledged is lost, and it goes on by itself within a second
after there is room again. Needs root for a small file system of its own; says so and passes over it otherwise."""
import asyncio
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import history
from client import Visitor
from crowd import settle, until
from gate import Gate, NO_LIMITS


class Teller(Visitor):
  """Counts what it is refused with."""

  def __init__(self, *arguments):
    super().__init__(*arguments)
    self.refused = {}
    self.acks = 0

  def on_error(self, frame):
    self.refused[frame.get('slug')] = self.refused.get(frame.get('slug'), 0) + 1
    super().on_error(frame)

  def on_ack(self, frame):
    self.acks += 1
    super().on_ack(frame)


def fill(folder):
  """Takes what room is left, down to the last byte."""
  with open(folder / 'ballast', 'wb') as f:
    for size in (1 << 16, 1 << 12, 1):
      try:
        while True:
          os.write(f.fileno(), b'x' * size)
      except OSError:
        pass


async def run(mount):
  gate = Gate(*NO_LIMITS, data=mount / 'data')
  await gate.start()
  visitor = Teller(gate.client, 1)
  running = asyncio.create_task(visitor.run())
  try:
    visitor.say('before')
    await until(lambda: visitor.acks >= 1, 'ack')
    fill(mount)
    for i in range(200): # past what the write-ahead log has room for inside its last page
      visitor.say(f'into the full disk {i} ' + 'x' * 2000)
      await asyncio.sleep(0.005)
      if visitor.refused.get('storage_full'):
        break
    await until(lambda: visitor.refused.get('storage_full'), 'storage_full')
    (mount / 'ballast').unlink()
    began, acks = time.monotonic(), visitor.acks
    while visitor.acks == acks: # the same cid may and should be sent again
      for frame in list(visitor.unacked.values())[:3]:
        visitor.put(frame)
      await asyncio.sleep(0.05)
      assert time.monotonic() - began < 5, 'still refused although there is room'
    recovered_s = time.monotonic() - began
    for frame in list(visitor.unacked.values()):
      visitor.put(frame)
    await settle([visitor], 20)
    wrong = history.check(gate, [visitor])
    print(json.dumps({'test': 'disk-full', 'refused': visitor.refused, 'recovered_s': round(recovered_s, 2),
                      'acknowledged': history.n_acked([visitor]), 'violations': len(wrong)}))
    for line in wrong[:20]:
      print(line)
    return 1 if wrong or recovered_s > 1 else 0
  finally:
    running.cancel()
    await gate.stop()
    gate.done()


def main():
  mount = pathlib.Path(tempfile.mkdtemp(prefix='usher-small-'))
  if os.geteuid() != 0 or subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=4m,mode=0700', 'tmpfs', mount],
                                         capture_output=True).returncode != 0:
    print('disk-full: passed over: it takes root to mount a small file system')
    mount.rmdir()
    return 0
  try:
    return asyncio.run(run(mount))
  finally:
    subprocess.run(['umount', '-l', mount], check=False)
    mount.rmdir()


sys.exit(main())
