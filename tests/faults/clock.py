#!/usr/bin/python3
"""The wall clock jumps, of all processes of the gateway at once: an hour and a day forwards and back, ten seconds back. Nobody is
disconnected, no line is out of order or lost: all intervals are measured on the monotonic clock, and order is seq.

  clock.py [--visitors 40] [--agents 3] [--pause 1.5] [--seed N]
"""
import argparse
import asyncio
import json
import random
import sys

import history
from client import Agent, Visitor
from crowd import settle, talk, until
from gate import Gate, NO_LIMITS
from preload import LIBRARY, preload

HOUR_S, DAY_S = 3600, 86400
# Where the clock stands, one after the other: each step is a jump.
CLOCK_S = (HOUR_S, 0, -HOUR_S, -HOUR_S - 10, 0, DAY_S, DAY_S - 10, 0, -DAY_S, 0, -10, 0)


async def jump(plans, clients, pause_s):
  """Returns (how many lines were acknowledged between jumps, at least; at which jumps somebody was disconnected)."""
  least, lost = None, []
  for offset_s in CLOCK_S:
    connects, acked = [c.connects for c in clients], history.n_acked(clients)
    for plan in plans.values():
      plan.set_clock(offset_s)
    await asyncio.sleep(pause_s)
    gone = sum(c.connects != n or not c.in_step.is_set() for c, n in zip(clients, connects))
    lost += [(offset_s, gone)] if gone else []
    n = history.n_acked(clients) - acked
    least = n if least is None else min(least, n)
  return least, lost


async def main():
  parser = argparse.ArgumentParser()
  parser.add_argument('--visitors', type=int, default=40)
  parser.add_argument('--agents', type=int, default=3)
  parser.add_argument('--pause', type=float, default=1.5, help='seconds between jumps')
  parser.add_argument('--seed', type=int, default=random.randrange(2 ** 31))
  options = parser.parse_args()
  print(f'# seed {options.seed}', flush=True)
  if not LIBRARY.exists():
    print('clock: passed over: a build under a sanitizer has no inject.so')
    return 0
  rand = random.Random(options.seed)
  gate = Gate(*NO_LIMITS, 'io.worker_pool=2')
  plans = preload(gate)
  for i in range(options.agents):
    gate.add_agent(f'agent{i}', f'password-of-{i}', '--capacity', '50')
  await gate.start()
  tokens = [await gate.sign_in(f'agent{i}', f'password-of-{i}') for i in range(options.agents)]
  clients = [Agent(gate.client, rand.random(), t) for t in tokens]
  clients += [Visitor(gate.client, rand.random()) for _ in range(options.visitors)]
  for client in clients:
    client.beat_s = 0.5
  over = asyncio.Event()
  running = [asyncio.create_task(c.run()) for c in clients]
  talking = [asyncio.create_task(talk(v, i, over)) for i, v in enumerate(clients[options.agents:])]
  try:
    await until(lambda: all(c.in_step.is_set() for c in clients) and history.n_acked(clients) > len(clients), 'first lines')
    least, lost = await jump(plans, clients, options.pause)
    over.set()
    await asyncio.gather(*talking)
    await settle(clients, 30)
    wrong = history.check(gate, clients)
    span_ms = max(row[0] for row in gate.rows('SELECT ts FROM message')) - min(row[0] for row in gate.rows('SELECT ts FROM message'))
    wrong += [f'{n} clients were disconnected when the clock went to {at} s' for at, n in lost]
    wrong += ['the clock did not move'] if span_ms < 47 * HOUR_S * 1000 else []
    print(json.dumps({'test': 'clock', 'seed': options.seed, 'clients': len(clients), 'jumps': len(CLOCK_S),
                      'disconnected': sum(n for _, n in lost), 'acked_between_jumps_min': least,
                      'span_of_ts_h': round(span_ms / 3600000, 1), 'acknowledged': history.n_acked(clients),
                      'violations': len(wrong)}))
    for line in wrong[:20]:
      print(line)
    return 1 if wrong or least == 0 else 0
  finally:
    for task in running + talking:
      task.cancel()
    await gate.stop()
    gate.done()


if __name__ == '__main__':
  sys.exit(asyncio.run(main()))
