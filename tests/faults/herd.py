"""Many visitors in processes of their own, because one Python cannot be thousands: each herd talks on its own and hands its
histories back at the end."""
import asyncio
import multiprocessing
import random
import time

from client import Visitor
from crowd import settle, talk


class Told:
  """What a client was told, without the client: what history.check() needs, and when it was in step again."""

  def __init__(self, client):
    self.faults, self.acked, self.lines, self.token = client.faults, client.acked, client.lines, client.token
    self.unacked, self.refused, self.welcomes, self.closes = client.unacked, client.refused, client.welcomes, client.closes
    self.slowest_beat_s, self.slowest_ack_s = client.slowest_beat_s, client.slowest_ack_s


class Herd:
  def __init__(self, address, n, seed, pause_s, beat_s=None, leave_s=None):
    context = multiprocessing.get_context('fork')
    self.pipe, theirs = context.Pipe()
    self.process = context.Process(target=main, args=(theirs, address, n, seed, pause_s, beat_s, leave_s), daemon=True)
    self.process.start()
    theirs.close()

  async def ask(self, what):
    self.pipe.send(what)
    return await asyncio.get_running_loop().run_in_executor(None, self.pipe.recv)

  def end(self):
    self.process.kill()
    self.process.join()


async def answer(what, visitors, until, tasks):
  """in_step: how many are; finish: they fall silent, settle, and tell everything."""
  if what == 'finish':
    until.set()
    for task in tasks:
      task.cancel()
    await settle(visitors, 60)
    return [Told(v) for v in visitors]
  return sum(v.in_step.is_set() for v in visitors)


async def wander(visitor, leave_s):
  """Closes the page and opens it again, now and then."""
  while True:
    await asyncio.sleep(visitor.random.expovariate(1 / leave_s))
    visitor.leave(visitor.socket)


async def run(pipe, address, n, seed, pause_s, beat_s, leave_s):
  rand = random.Random(seed)
  visitors = [Visitor(address, rand.random()) for _ in range(n)]
  until = asyncio.Event()
  tasks = [asyncio.create_task(v.run(i * 0.0005)) for i, v in enumerate(visitors)]
  tasks += [asyncio.create_task(talk(v, i, until, pause_s)) for i, v in enumerate(visitors)]
  wandering = []
  for visitor in visitors:
    visitor.beat_s = beat_s
    if leave_s:
      wandering.append(asyncio.create_task(wander(visitor, leave_s)))
  loop = asyncio.get_running_loop()
  asked = asyncio.Queue()
  loop.add_reader(pipe.fileno(), lambda: asked.put_nowait(pipe.recv()))
  while True:
    what = await asked.get()
    pipe.send(await answer(what, visitors, until, wandering))


def main(*arguments):
  asyncio.run(run(*arguments))


async def until_in_step(herds, n, deadline_s):
  end = time.monotonic() + deadline_s
  while sum(await asyncio.gather(*(h.ask('in_step') for h in herds))) < n:
    assert time.monotonic() < end, f'not all of {n} visitors came in within {deadline_s} s'
    await asyncio.sleep(0.1)
