#!/usr/bin/python3
"""A day in a quarter of an hour: heartbeats and session.idle a hundred times faster, under visitors who talk a little, close the page
and open it again. Memory does not grow and no descriptor is left behind; no timer is missed: nobody is closed as idle who was not late
himself. Before it is measured, enough is said to fill the database's caches (2 MB for each of its handles).

  soak.py [--minutes 15] [--visitors 600] [--silent 1400] [--herds 2] [--seed N]

A Python client costs more than the gateway, so most of the 2,000 are silent ones of the load generator: they hold their connection
and beat, and every beat is to be answered.
"""
import argparse
import asyncio
import json
import os
import pathlib
import random
import re
import statistics
import sys
import time

import history
from client import Agent, Visitor
from gate import BUILD, Gate, NO_LIMITS
from herd import Herd, until_in_step

BEAT_S, IDLE_S = 0.3, 1.8
TALK_S, LEAVE_S = 20, 30     # of each visitor
WARM_UP = 0.2                # of the time: tables grow to their size
FILL_LINES, FILL_S = 80000, 180
SLOPE_KIB_PER_H = 1024
SHORTEST = 10                # minutes that say something about it
CAPACITY = 100


def memory_kib(pid):
  """Its own: what it shares of libraries (PSS has it) grows whenever another program that maps them ends."""
  rollup = pathlib.Path(f'/proc/{pid}/smaps_rollup').read_text()
  return sum(int(re.search(rf'^{key}:\s+(\d+)', rollup, re.M)[1]) for key in ('Anonymous', 'Pss_Shmem'))


async def chatter(visitor):
  while True:
    if len(visitor.unacked) < 8:
      for _ in range(4):
        visitor.say(f'something to fill a page with {visitor.random.random()} 你好')
    await asyncio.sleep(0.01)


async def fill(gate):
  """Says so much that every cache is as full as it will ever be."""
  visitors = [Visitor(gate.client, i) for i in range(20)]
  tasks = [asyncio.create_task(work) for v in visitors for work in (v.run(), chatter(v))]
  end = time.monotonic() + FILL_S
  while history.n_acked(visitors) < FILL_LINES and time.monotonic() < end:
    await asyncio.sleep(0.5)
  for task in tasks:
    task.cancel()
  return history.n_acked(visitors)


def measure(gate):
  pids = [gate.process.pid, *gate.workers()]
  return {'at': time.monotonic(), 'kib': sum(map(memory_kib, pids)),
          'fds': sum(len(os.listdir(f'/proc/{pid}/fd')) for pid in pids)}


def slope(samples):
  """KiB an hour: the median of the slopes between all pairs (Theil and Sen), which no single spike moves."""
  return statistics.median((b['kib'] - a['kib']) / (b['at'] - a['at']) * 3600
                           for i, a in enumerate(samples) for b in samples[i + 1:])


async def hold(gate, n, seconds):
  """Visitors who say nothing for so long; what became of them and their heartbeats."""
  process = await asyncio.create_subprocess_exec(
    BUILD / 'tests/bench/load/usher-load', 'connect', '--to', '%s:%d' % gate.client, '--protocol', 'pb', '-n', str(n), '-s', str(seconds),
    '--heartbeat', str(BEAT_S), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL)
  try:
    return json.loads((await process.communicate())[0].splitlines()[-1])
  finally:
    if process.returncode is None:
      process.kill()


async def watch(gate, minutes):
  samples, end = [], time.monotonic() + minutes * 60
  while time.monotonic() < end:
    samples.append(measure(gate))
    await asyncio.sleep(min(2, minutes * 60 / 30))
  return samples[int(len(samples) * WARM_UP):]


async def main():
  parser = argparse.ArgumentParser()
  parser.add_argument('--minutes', type=float, default=15)
  parser.add_argument('--visitors', type=int, default=600)
  parser.add_argument('--silent', type=int, default=1400)
  parser.add_argument('--herds', type=int, default=2)
  parser.add_argument('--seed', type=int, default=random.randrange(2 ** 31))
  options = parser.parse_args()
  print(f'# seed {options.seed}', flush=True)
  rand = random.Random(options.seed)
  gate = Gate(*NO_LIMITS, 'io.worker_pool=2', f'session.idle={int(IDLE_S * 1000)}ms')
  gate.add_agent('agent', 'password-of-agent', '--capacity', str(CAPACITY))
  await gate.start()
  n_filled = await fill(gate) if options.minutes >= SHORTEST else 0
  agent = Agent(gate.client, rand.random(), await gate.sign_in('agent', 'password-of-agent'), CAPACITY)
  agent.beat_s = BEAT_S
  running = asyncio.create_task(agent.run())
  idle_fds = measure(gate)['fds']
  holding = asyncio.create_task(hold(gate, options.silent, options.minutes * 60))
  share = options.visitors // options.herds
  herds = [Herd(gate.client, share, rand.random(), TALK_S, BEAT_S, LEAVE_S) for _ in range(options.herds)]
  try:
    await until_in_step(herds, share * options.herds * 0.95, 60)
    samples = await watch(gate, options.minutes)
    told = [t for told in await asyncio.gather(*(h.ask('finish') for h in herds)) for t in told]
    wrong = history.check(gate, [agent, *told])
    silent = await holding
    n_unanswered = silent['beats'] - silent['beats_answered'] + silent['n_errors']
    n_idle = sum(c.closes.count(4005) for c in told if c.slowest_beat_s < IDLE_S - BEAT_S)
    kib_per_h = slope(samples)
    fds = sorted(s['fds'] for s in samples)
    print(json.dumps({'test': 'soak', 'seed': options.seed, 'minutes': options.minutes, 'clients': len(told) + options.silent + 1,
                      'own_mib_first': round(samples[0]['kib'] / 1024, 1), 'own_mib_last': round(samples[-1]['kib'] / 1024, 1),
                      'slope_kib_per_h': round(kib_per_h), 'fds_without_clients': idle_fds, 'fds_min': fds[0], 'fds_max': fds[-1],
                      'filled': n_filled, 'closed_as_idle': n_idle, 'slowest_beat_s': round(max(c.slowest_beat_s for c in told), 2),
                      'silent_beats': silent['beats'], 'silent_unanswered_or_closed': n_unanswered, 'reconnects': sum(len(c.welcomes) - 1 for c in told),
                      'acknowledged': history.n_acked(told), 'violations': len(wrong)}))
    wrong += [f'{n_unanswered} of the silent ones were closed or not answered'] if n_unanswered else []
    wrong += [f'{n_idle} clients were taken for idle'] if n_idle else []
    if options.minutes >= SHORTEST and kib_per_h > SLOPE_KIB_PER_H:
      wrong.append(f'memory grew by {kib_per_h:.0f} KiB an hour')
    wrong += [f'{fds[-1]} descriptors'] if fds[-1] > idle_fds + options.silent + share * options.herds * 1.1 else []
    for line in wrong[:20]:
      print(line)
    return 1 if wrong else 0
  finally:
    running.cancel()
    holding.cancel()
    for herd in herds:
      herd.end()
    await gate.stop()
    gate.done()


if __name__ == '__main__':
  sys.exit(asyncio.run(main()))
