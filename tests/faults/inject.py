#!/usr/bin/python3
"""The n-th open, write, sync or allocation fails, in the core or in a worker, for one n after the other: nothing crashes but for the
documented abort when GLib gets no memory, nothing acknowledged is lost, and a session goes on after each.

  inject.py [--points 100] [--starts 25] [--seed N]

  points   while a visitor and an agent talk, one sign-in now and then
  starts   while the gateway starts; it may end, if it says why
"""
import argparse
import asyncio
import collections
import errno
import json
import random
import re
import signal
import sys
import time

import history
from client import Agent, Visitor
from crowd import settle, until
from gate import Gate, NO_LIMITS
from preload import LIBRARY, preload

# As in inject.c, with the ways in which each fails.
OPEN, WRITE, SYNC, MALLOC, G_MALLOC = 1, 2, 4, 8, 16
KINDS = {
  OPEN: ('open', (errno.EIO, errno.EMFILE, errno.ENOSPC, errno.ENOMEM)),
  WRITE: ('write', (errno.EIO, errno.ENOSPC)),
  SYNC: ('sync', (errno.EIO, errno.ENOSPC)),
  MALLOC: ('malloc', (errno.ENOMEM,)),
  G_MALLOC: ('g_malloc', (errno.ENOMEM,)),
}
# What each role does at all after its start: an edge opens and writes no file.
ROLES = {'core': (WRITE, SYNC, MALLOC, G_MALLOC, OPEN), 'edge': (MALLOC, G_MALLOC), 'http': (OPEN, MALLOC, G_MALLOC)}
NO_MEMORY = re.compile('failed to allocate|not enough memory|out of memory|Cannot allocate memory')
STEPS = 3   # until a call is reached, or is taken for not there
STEP_S = 20 # for a line to be acknowledged, whatever fails meanwhile


class Session:
  """A gateway, a visitor and an agent, and what may not happen."""

  def __init__(self, rand):
    self.rand = rand
    self.wrong, self.outcomes = [], collections.Counter()
    self.gate = Gate(*NO_LIMITS, 'io.worker_pool=1', 'session.drain=0s')
    self.plans = preload(self.gate)
    self.gate.add_agent('agent', 'password-of-agent', '--capacity', '100')
    self.log_at = 0
    self.clients, self.tasks = [], []

  async def begin(self):
    await self.gate.start()
    token = await self.gate.sign_in('agent', 'password-of-agent')
    self.visitor = Visitor(self.gate.client, self.rand.random())
    self.clients = [Agent(self.gate.client, self.rand.random(), token), self.visitor]
    self.tasks = [asyncio.create_task(work) for c in self.clients for work in (c.run(), c.insist())]
    await until(lambda: all(c.in_step.is_set() for c in self.clients), 'welcome')

  def new_log(self):
    with open(self.gate.root / 'gate.log', errors='replace') as log:
      log.seek(self.log_at)
      text = log.read()
      self.log_at = log.tell()
    return text

  async def news(self):
    """What was logged since the last call; when a process says that it ends for want of memory, up to the word of its end."""
    text, end = self.new_log(), time.monotonic() + 5
    while NO_MEMORY.search(text) and 'worker_killed' not in text and self.gate.process.returncode is None:
      if time.monotonic() > end:
        break # it said so and went on
      await asyncio.sleep(0.01)
      text += self.new_log()
    return text

  def judge(self, point, text, is_starting):
    """An end is right when there was no memory and it said so, or when a start was given up with a word why."""
    status = self.gate.process.returncode
    no_memory = NO_MEMORY.search(text)
    ends = [int(value) for value in re.findall(r'"event":"worker_killed".*?"value":(\d+)', text)]
    ends += [-status] if status is not None and status < 0 else []
    bad = [s for s in ends if not (no_memory and s in (signal.SIGTRAP, signal.SIGABRT))]
    if status is not None and status > 0 and not (is_starting and re.search(r'^usher-gate: .+|"level":"error"|fork', text, re.M)):
      bad.append(f'status {status}')
    if bad:
      self.wrong.append(f'{point}: ended with {bad}:\n{text[-1500:]}')
    return 'aborted' if ends else 'gave up' if status is not None else 'survived'

  async def step(self):
    """A line there and one back; ends early when the gateway does."""
    end = time.monotonic() + STEP_S
    self.visitor.say('a line 你好')
    while any(c.unacked for c in self.clients) and self.gate.process.returncode is None:
      if time.monotonic() > end:
        return False
      await asyncio.sleep(0.005)
    return True

  async def point(self, role, kind, n):
    name, errors = KINDS[kind]
    error = self.rand.choice(errors)
    point = f'{role} {name} {n} {errno.errorcode[error]}'
    plan = self.plans[role]
    plan.arm(kind, n, error)
    for _ in range(STEPS):
      await self.stir(role)
      if not await self.step():
        self.wrong.append(f'{point}: no ack in {STEP_S} s')
      if plan.has_fired() or self.gate.process.returncode is not None:
        break
    has_fired = plan.disarm()
    outcome = 'not reached'
    if has_fired or self.gate.process.returncode is not None:
      outcome = self.judge(point, await self.news(), False)
    self.outcomes[f'{role} {name}: {outcome}'] += 1
    status = self.gate.process.returncode
    if outcome == 'aborted' and status is None: # a worker: it would be started later and later
      await self.gate.kill()
      status = 0
    if status is not None:
      await self.gate.start()
    return has_fired

  async def stir(self, role):
    """What makes that role do something that a line alone does not."""
    if role == 'http' or self.rand.random() < 0.05:
      await self.try_sign_in()
    elif role == 'edge' or self.rand.random() < 0.1:
      self.visitor.leave(self.visitor.socket)

  async def try_sign_in(self):
    try:
      await asyncio.wait_for(self.gate.sign_in('agent', 'password-of-agent'), 10)
    except (OSError, EOFError, AssertionError, IndexError, ValueError):
      pass # it may be refused; the lines say whether all is well

  async def start(self, role, kind, n):
    name, errors = KINDS[kind]
    error = self.rand.choice(errors)
    point = f'start of {role}, {name} {n} {errno.errorcode[error]}'
    await self.gate.stop()
    self.new_log()
    self.plans[role].arm(kind, n, error)
    try:
      await self.gate.start()
    except AssertionError:
      await self.gate.process.wait()
    except asyncio.TimeoutError:
      self.wrong.append(f'{point}: neither ready nor ended')
      self.gate.process.kill()
      await self.gate.process.wait()
    has_fired = self.plans[role].disarm()
    self.outcomes[f'start {role} {name}: {self.judge(point, await self.news(), True) if has_fired else "not reached"}'] += 1
    if self.gate.process.returncode is not None:
      await self.gate.start()

  async def end(self):
    for task in self.tasks:
      task.cancel()
    await self.gate.stop()
    self.gate.done()


async def walk(session, n_points):
  """Each role and kind in turn, n from 1 on until it is no longer reached; then deeper, at random."""
  turns = [(role, kind) for role, kinds in ROLES.items() for kind in kinds]
  depth = {turn: 1 for turn in turns}
  for i in range(n_points):
    turn = turns[i % len(turns)]
    if await session.point(*turn, depth[turn]):
      depth[turn] += 1
    else:
      depth[turn] = session.rand.randint(1, max(depth[turn], 2))
    if sys.stdout.isatty():
      print(f'\r{i + 1}/{n_points} points', end='', flush=True)


async def main():
  parser = argparse.ArgumentParser()
  parser.add_argument('--points', type=int, default=100)
  parser.add_argument('--starts', type=int, default=25)
  parser.add_argument('--seed', type=int, default=random.randrange(2 ** 31))
  options = parser.parse_args()
  print(f'# seed {options.seed}', flush=True)
  if not LIBRARY.exists():
    print('inject: passed over: a build under a sanitizer has no inject.so')
    return 0
  rand = random.Random(options.seed)
  session = Session(rand)
  try:
    await session.begin()
    await walk(session, options.points)
    for _ in range(options.starts):
      role = rand.choice(list(ROLES))
      kinds = list(KINDS) if role == 'core' else [OPEN, MALLOC, G_MALLOC] # no worker writes a file to start
      await session.start(role, rand.choice(kinds), rand.randint(1, 60))
    await until(lambda: all(c.in_step.is_set() for c in session.clients), 'calm', 30)
    await settle(session.clients, 30)
    wrong = session.wrong + history.check(session.gate, session.clients)
    print(json.dumps({'test': 'inject', 'seed': options.seed, 'points': options.points, 'starts': options.starts,
                      'outcomes': dict(sorted(session.outcomes.items())), 'acknowledged': history.n_acked(session.clients),
                      'violations': len(wrong)}))
    for line in wrong[:10]:
      print(line)
    return 1 if wrong or history.n_acked(session.clients) < options.points else 0
  finally:
    await session.end()


if __name__ == '__main__':
  sys.exit(asyncio.run(main()))
