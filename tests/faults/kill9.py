#!/usr/bin/python3
"""kill -9 of the whole gateway under clients who talk: nothing acknowledged is lost, nothing stands twice, no gaps.

  kill9.py [--cycles 100] [--visitors 180] [--agents 20] [--seed N]
"""
import argparse
import asyncio
import json
import random
import sys

import history
from client import Agent, Visitor
from crowd import settle, talk
from gate import Gate, NO_LIMITS


async def main():
  parser = argparse.ArgumentParser()
  parser.add_argument('--cycles', type=int, default=100)
  parser.add_argument('--visitors', type=int, default=180)
  parser.add_argument('--agents', type=int, default=20)
  parser.add_argument('--seed', type=int, default=random.randrange(2 ** 31))
  options = parser.parse_args()
  print(f'# seed {options.seed}', flush=True)
  rand = random.Random(options.seed)
  gate = Gate(*NO_LIMITS, 'io.worker_pool=2')
  for i in range(options.agents):
    gate.add_agent(f'agent{i}', f'password-of-{i}', '--capacity', '50')
  await gate.start()
  tokens = [await gate.sign_in(f'agent{i}', f'password-of-{i}') for i in range(options.agents)]
  agents = [Agent(gate.client, rand.random(), t) for t in tokens]
  visitors = [Visitor(gate.client, rand.random()) for _ in range(options.visitors)]
  clients = agents + visitors
  until = asyncio.Event()
  running = [asyncio.create_task(c.run()) for c in clients]
  talking = [asyncio.create_task(talk(v, i, until)) for i, v in enumerate(visitors)]
  try:
    for cycle in range(options.cycles):
      await asyncio.sleep(rand.uniform(0.05, 0.5))
      await gate.kill(wait=cycle % 2 == 0)
      await gate.start()
      if sys.stdout.isatty():
        print(f'\r{cycle + 1}/{options.cycles} kills, {history.n_acked(clients)} lines acknowledged', end='', flush=True)
    until.set()
    await asyncio.gather(*talking)
    await settle(clients, 60)
    for c in clients:
      c.stopping = True
    for task in running:
      task.cancel()
    await gate.stop()
    wrong = history.check(gate, clients)
    ready = sorted(gate.ready_ms)
    print(json.dumps({'test': 'kill9', 'seed': options.seed, 'kills': options.cycles, 'clients': len(clients),
                      'acknowledged': history.n_acked(clients), 'reconnects': sum(c.connects for c in clients) - len(clients),
                      'violations': len(wrong), 'ready_ms_p50': round(ready[len(ready) // 2]),
                      'ready_ms_p99': round(ready[min(len(ready) - 1, int(len(ready) * 0.99))])}))
    for line in wrong[:30]:
      print(line)
    if wrong or history.n_acked(clients) < options.visitors:
      print(gate.tail())
      return 1
    return 0
  finally:
    for task in running + talking:
      task.cancel()
    if gate.process.returncode is None:
      gate.process.kill()
    gate.done()


if __name__ == '__main__':
  sys.exit(asyncio.run(main()))
