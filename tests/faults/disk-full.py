#!/usr/bin/python3
"""The disk fills up: an explicit refusal (507 storage_full), nothing acknowledged is lost, and it goes on by itself within a second
after there is room again. Needs root for a small file system of its own; says so and passes over it otherwise."""
import asyncio
import json
import sys
import time

import history
from client import Visitor
from crowd import settle, until
from disk import fill, small_disk
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
  with small_disk('4m') as mount:
    if mount:
      return asyncio.run(run(mount))
    print('disk-full: passed over: it takes root to mount a small file system')
    return 0


sys.exit(main())
