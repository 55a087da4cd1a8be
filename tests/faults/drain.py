#!/usr/bin/python3
"""SIGTERM under clients who talk: the gateway says it is not ready, takes nobody new, spreads GoAway evenly over session.drain,
serves those who are still there, closes the rest with 1012 and ends in time; nothing acknowledged is lost over the restart.

  drain.py [--rounds 2] [--visitors 150] [--agents 10] [--drain 5] [--seed N]
"""
import argparse
import asyncio
import json
import random
import sys
import time

import history
from client import Agent, Visitor
from crowd import settle, talk
from gate import Gate, NO_LIMITS

MARGIN_S = 5    # beyond the drain, to end
SPREAD = 0.6    # of the drain, from the first who leaves to the last; even would be nearly all of it


class Stubborn(Visitor):
  """Stays until it is thrown out."""

  def on_bye(self, frame):
    pass


class Watch:
  """Asks for /readyz and for the public port until the gateway has ended."""

  def __init__(self, gate):
    self.gate = gate
    self.states, self.taken = set(), 0
    self.task = asyncio.create_task(self.run())

  async def run(self):
    while True:
      try:
        self.states.add((await self.gate.http('GET', '/readyz', ops=True))[0])
        _, writer = await asyncio.open_connection(*self.gate.client)
        writer.close()
        self.taken += 1
      except (OSError, EOFError, IndexError):
        pass
      await asyncio.sleep(0.1)


async def drain(gate, clients, stubborn, drain_s):
  """Returns what was seen while the gateway went."""
  left = len(stubborn.closes)
  began = time.monotonic()
  gate.process.terminate()
  await asyncio.sleep(drain_s / 2)
  acked = history.n_acked([stubborn])
  watch = Watch(gate)
  await asyncio.wait_for(gate.process.wait(), drain_s + 20)
  ended_s = time.monotonic() - began
  watch.task.cancel()
  byes = sorted(at - began + delay_s for c in clients for at, delay_s in c.byes if at >= began)
  return {'exit_s': round(ended_s, 2), 'exit_status': gate.process.returncode, 'told': len(byes),
          'spread_s': round(byes[-1] - byes[0], 2) if byes else 0, 'acked_late': history.n_acked([stubborn]) - acked,
          'readyz': sorted(watch.states), 'taken': watch.taken, 'stubborn': stubborn.closes[left:][:1]}


def judge(seen, drain_s, n_clients):
  wrong = []
  if seen['exit_s'] > drain_s + MARGIN_S or seen['exit_status'] != 0:
    wrong.append(f'ended after {seen["exit_s"]} s with status {seen["exit_status"]}')
  if seen['told'] < n_clients * 0.95 or seen['spread_s'] < SPREAD * drain_s:
    wrong.append(f'{seen["told"]} of {n_clients} were sent away, over {seen["spread_s"]} s')
  if seen['readyz'] != [503]:
    wrong.append(f'/readyz said {seen["readyz"]} meanwhile')
  if seen['taken'] > 0:
    wrong.append(f'{seen["taken"]} connections were still taken')
  if seen['stubborn'] != [1012]:
    wrong.append(f'who stayed was closed with {seen["stubborn"]}')
  if seen['acked_late'] == 0:
    wrong.append('who was still there was not served')
  return wrong


async def main():
  parser = argparse.ArgumentParser()
  parser.add_argument('--rounds', type=int, default=2)
  parser.add_argument('--visitors', type=int, default=150)
  parser.add_argument('--agents', type=int, default=10)
  parser.add_argument('--drain', type=int, default=5)
  parser.add_argument('--seed', type=int, default=random.randrange(2 ** 31))
  options = parser.parse_args()
  print(f'# seed {options.seed}', flush=True)
  rand = random.Random(options.seed)
  gate = Gate(*NO_LIMITS, 'io.worker_pool=2', f'session.drain={options.drain}s')
  for i in range(options.agents):
    gate.add_agent(f'agent{i}', f'password-of-{i}', '--capacity', '50')
  await gate.start()
  tokens = [await gate.sign_in(f'agent{i}', f'password-of-{i}') for i in range(options.agents)]
  clients = [Agent(gate.client, rand.random(), t) for t in tokens]
  clients += [Visitor(gate.client, rand.random()) for _ in range(options.visitors)]
  stubborn = Stubborn(gate.client, rand.random())
  clients.append(stubborn)
  until = asyncio.Event()
  running = [asyncio.create_task(c.run()) for c in clients]
  talking = [asyncio.create_task(talk(v, i, until)) for i, v in enumerate(clients[options.agents:])]
  seen, wrong = [], []
  try:
    for _ in range(options.rounds):
      await asyncio.wait_for(asyncio.gather(*(c.in_step.wait() for c in clients)), 60)
      seen.append(await drain(gate, clients, stubborn, options.drain))
      wrong += judge(seen[-1], options.drain, len(clients))
      await gate.start()
    until.set()
    await asyncio.gather(*talking)
    await settle(clients, 60)
    for c in clients:
      c.stopping = True
    wrong += history.check(gate, clients)
    print(json.dumps({'test': 'drain', 'seed': options.seed, 'clients': len(clients), 'drain_s': options.drain, 'rounds': seen,
                      'acknowledged': history.n_acked(clients), 'violations': len(wrong)}))
    for line in wrong[:30]:
      print(line)
    if wrong:
      print(gate.tail())
    return 1 if wrong else 0
  finally:
    for task in running + talking:
      task.cancel()
    if gate.process.returncode is None:
      gate.process.kill()
      await gate.process.wait()
    gate.done()


if __name__ == '__main__':
  sys.exit(asyncio.run(main()))
