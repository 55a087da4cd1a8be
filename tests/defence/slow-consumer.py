#!/usr/bin/python3
"""One visitor of 200 stops reading while an agent writes to them: the edge keeps little for them, nobody else notices, 4008 ends it.

  slow-consumer.py [--visitors 200] [--seconds 8]
"""
import argparse
import asyncio
import json
import os
import struct
import sys
import time

from honest import Gate, HERE, Report, Timed, ms, quantile, rss_kib

sys.path.insert(0, str(HERE.parent / 'conformance'))
from client import Agent  # noqa: E402
from rfc6455 import CLOSE, Connection, TEXT  # noqa: E402

OWN_KIB = 300        # what the stalled one may cost: SECURITY.md 2.11
CAPACITY = 100       # conversations of an agent
LONG = '长' * 1300   # 3,900 bytes
OFF = ('limits.messages_per_s=0', 'limits.frames_per_s=0', 'limits.connections_per_ip=0', 'limits.connects_per_ip_per_s=0',
       'limits.conversations_per_ip=0', 'io.worker_pool=1')


class Clerk(Agent):
  """Takes every conversation and answers none, unless told to write."""

  def saw(self, conv, seq, line):
    pass

  async def write_to(self, conv, n, until=lambda: False):
    written = 0
    while written < n and not until():
      if len(self.unacked) < 20:
        written += 1
        self.say(LONG, conv)
      await asyncio.sleep(0)
    while self.unacked and not until():
      await asyncio.sleep(0.01)
    return written


class Stalled:
  """Signs in, says a line, sees it acknowledged, and reads no more. What the kernel keeps for it is small."""

  def __init__(self, address, cid):
    self.connection = Connection(address, receive_buffer=4096).open('/ws?app=demo')
    self.say({'t': 'hello', 'id': 1, 'v': 1, 'ch': 'web', 'app': 'demo', 'dev': 'd', 'loc': 'en'})
    self.say({'t': 'auth', 'id': 2})
    self.say({'t': 'msg', 'id': 3, 'cid': '%016x' % cid, 'text': 'is anybody there?'})
    self.conv = None
    while not self.conv:
      frame = json.loads(self.connection.expect(TEXT))
      self.conv = frame.get('conv') if frame['t'] == 'ack' else None

  def say(self, frame):
    self.connection.send(TEXT, json.dumps(frame).encode())

  def read_to_the_end(self):
    """The code it was closed with, and how many lines came before."""
    lines, code = 0, None
    while True:
      opcode, data = self.connection.receive()
      if opcode == CLOSE:
        code = struct.unpack('>H', data[:2])[0]
      elif opcode == 'end':
        return code, lines
      else:
        lines += json.loads(data).get('t') == 'msg'


async def metric(gate, begin):
  """The sum of all lines of /metrics that begin so."""
  _, _, body = await gate.http('GET', '/metrics', ops=True)
  return sum(float(l.split()[-1]) for l in body.decode().splitlines() if l.startswith(begin))


async def owner_of(clerks, conv):
  end = time.monotonic() + 10
  while True:
    for clerk in clerks:
      if conv in clerk.mine:
        return clerk
    assert time.monotonic() < end, f'nobody took conversation {conv}'
    await asyncio.sleep(0.01)


def take(visitors):
  return [t for v in visitors for t in v.take_times()]


async def stall(gate, clerks, visitors, cid):
  """One visitor who does not read, until the edge closes them. What it cost, how long it took, and how it ended."""
  stalled = Stalled(gate.client, cid)
  clerk = await owner_of(clerks, stalled.conv)
  pid, = gate.workers('edge')
  slow = 'gate_connections_closed_total{reason="slow"'
  closed_before, before, peak, closed = await metric(gate, slow), rss_kib(pid), 0, asyncio.Event()

  async def watch():
    nonlocal peak
    while not closed.is_set():
      peak = max(peak, rss_kib(pid))
      if await metric(gate, slow) > closed_before:
        closed.set()
      await asyncio.sleep(0.01)
  watching = asyncio.create_task(watch())
  take(visitors)
  began = time.monotonic()
  written = await clerk.write_to(stalled.conv, 20000, closed.is_set)
  await asyncio.wait_for(watching, 15)
  code, lines = await asyncio.to_thread(stalled.read_to_the_end)
  return {'written': written, 'reached_it': lines, 'closed_with': code, 'closed_s': round(time.monotonic() - began, 2), 'own_kib': peak - before,
          'times': take(visitors)}


async def listen(visitors, seconds, first=()):
  take(visitors)
  await asyncio.sleep(seconds)
  return [*first, *take(visitors)]


async def measure(gate, clerks, visitors, seconds, report):
  await stall(gate, clerks, visitors, 1)  # buffers that all connections share grow once, before anything is measured
  before = await listen(visitors, seconds)
  # What the edge's other work moves meanwhile is in each of these; the middle one is nearest to what a stalled reader costs.
  tries = [await stall(gate, clerks, visitors, cid) for cid in (2, 3, 4)]
  own = {**tries[0], 'own_kib': sorted(t['own_kib'] for t in tries)[1], 'own_kib_each': [t['own_kib'] for t in tries]}
  busy = await listen(visitors, max(1, seconds - own['closed_s']), own.pop('times'))
  after = await listen(visitors, seconds)
  calm = max(before, after, key=lambda times: quantile(times, .99))
  report.figures.update({'calm': ms(calm), 'beside_the_stalled': ms(busy), **own, 'load': round(os.getloadavg()[0], 1)})
  report.must(own['closed_with'] == 4008, f'closed with {own["closed_with"]}')
  report.must(own['own_kib'] <= OWN_KIB, f'the stalled visitor cost {own["own_kib"]} KiB')
  # The gateway stores and sends what the agent writes besides, so times are compared within what a busy machine changes by itself.
  report.must(quantile(busy, .99) <= max(1.1 * quantile(calm, .99), quantile(calm, .99) + 0.05),
              f'p99 of the others went from {quantile(calm, .99) * 1000:.1f} to {quantile(busy, .99) * 1000:.1f} ms')


async def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument('--visitors', type=int, default=200)
  parser.add_argument('--seconds', type=float, default=8)
  options = parser.parse_args()
  report = Report('slow-consumer')
  gate = Gate(*OFF)
  names = [f'clerk{i}' for i in range(options.visitors // CAPACITY + 1)]
  for name in names:
    gate.add_agent(name, 'password-of-' + name, '--capacity', str(CAPACITY))
  await gate.start()
  clerks = [Clerk(gate.client, name, await gate.sign_in(name, 'password-of-' + name), CAPACITY) for name in names]
  visitors = [Timed(gate.client, i, pause_s=0.5) for i in range(options.visitors - 1)]
  until = asyncio.Event()
  tasks = [asyncio.create_task(t) for v in visitors for t in (v.run(), v.talk(until))]
  tasks += [asyncio.create_task(c.run()) for c in clerks]
  try:
    await asyncio.sleep(2)
    await measure(gate, clerks, visitors, options.seconds, report)
    report.must(all(v.connects == 1 for v in visitors), 'another visitor lost the connection')
    return report.end()
  finally:
    until.set()
    for task in tasks:
      task.cancel()
    await gate.stop()
    gate.done()


sys.exit(asyncio.run(main()))
