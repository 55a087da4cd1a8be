#!/usr/bin/python3
"""Processes that neither run nor end. An edge that hangs is killed after ten seconds of silence and started again, its clients
resume, those of the other edge notice nothing. While the core hangs, the service manager gets no word from it, which is what its
watchdog waits for.

  hung.py [--visitors 40] [--seed N]
"""
import argparse
import asyncio
import json
import os
import random
import signal
import sys
import time

import history
from client import Agent, Visitor
from crowd import settle, talk, until
from gate import Gate, NO_LIMITS
from manager import Manager

SILENCE_S = 10   # what the core waits for a word of a worker
MARGIN_S = 3     # its beat comes once a second, and then the new one starts
BEAT_S = 0.5
WATCHDOG_S = 1   # the unit says 10


async def hang_edge(gate, clients, rand):
  """Returns after how long there was another edge in its place, and how long the others waited for an ack meanwhile."""
  victim = rand.choice(gate.workers('edge'))
  connects = {client: client.connects for client in clients}
  began = time.monotonic()
  os.kill(victim, signal.SIGSTOP)
  await asyncio.sleep(3 * BEAT_S)
  well = [c for c in clients if c.heard_at > began + BEAT_S and not c.token]
  slowest = 0
  while victim in (edges := gate.workers('edge')) or len(edges) < 2:
    assert time.monotonic() - began < SILENCE_S + 20, 'the edge that hangs was not replaced'
    slowest = max(slowest, await ack_time_s(rand.choice(well)))
  replaced_s = time.monotonic() - began
  await until(lambda: all(c.in_step.is_set() for c in clients), 'calm', 30)
  return replaced_s, slowest, sum(c.connects > connects[c] for c in clients)


async def ack_time_s(client):
  client.say('still there?')
  began, cid = time.monotonic(), next(reversed(client.asked))
  await until(lambda: cid in client.acked, 'ack on the other edge', 5)
  await asyncio.sleep(0.1)
  return time.monotonic() - began - 0.1


async def hang_core(gate, manager):
  """Returns how often it gave word in a while, and in as long a while while it hung."""
  manager.heard()
  await asyncio.sleep(3 * WATCHDOG_S)
  well = manager.heard().count('WATCHDOG=1')
  os.kill(gate.process.pid, signal.SIGSTOP)
  manager.heard()
  await asyncio.sleep(3 * WATCHDOG_S)
  hung = manager.heard().count('WATCHDOG=1')
  os.kill(gate.process.pid, signal.SIGCONT)
  return well, hung


async def main():
  parser = argparse.ArgumentParser()
  parser.add_argument('--visitors', type=int, default=40)
  parser.add_argument('--seed', type=int, default=random.randrange(2 ** 31))
  options = parser.parse_args()
  print(f'# seed {options.seed}', flush=True)
  rand = random.Random(options.seed)
  gate = Gate(*NO_LIMITS, 'io.worker_pool=2')
  manager = Manager(gate.root / 'notify')
  gate.prefix = ['env', f'NOTIFY_SOCKET={manager.path}', f'WATCHDOG_USEC={WATCHDOG_S * 1000000}']
  gate.add_agent('agent', 'password-of-agent', '--capacity', '100')
  await gate.start()
  clients = [Agent(gate.client, rand.random(), await gate.sign_in('agent', 'password-of-agent'), 100)]
  clients += [Visitor(gate.client, rand.random()) for _ in range(options.visitors)]
  for client in clients:
    client.beat_s = BEAT_S
  over = asyncio.Event()
  running = [asyncio.create_task(c.run(i * 0.02)) for i, c in enumerate(clients)] # one by one: they spread over the edges
  talking = [asyncio.create_task(talk(v, i, over)) for i, v in enumerate(clients[1:])]
  try:
    await until(lambda: all(c.in_step.is_set() for c in clients), 'welcome')
    replaced_s, slowest_s, n_moved = await hang_edge(gate, clients, rand)
    well, hung = await hang_core(gate, manager)
    over.set()
    await asyncio.gather(*talking)
    await settle(clients, 60)
    wrong = history.check(gate, clients)
    if replaced_s > SILENCE_S + MARGIN_S:
      wrong.append(f'the edge was replaced after {replaced_s:.1f} s')
    if not 0 < n_moved < len(clients):
      wrong.append(f'{n_moved} of {len(clients)} clients had to come back')
    if well < 4 or hung > 0:
      wrong.append(f'the service manager heard {well} words of a core that is well, {hung} of one that hangs')
    print(json.dumps({'test': 'hung', 'seed': options.seed, 'clients': len(clients), 'replaced_s': round(replaced_s, 2),
                      'moved': n_moved, 'others_ack_ms_max': round(slowest_s * 1000), 'words_well': well, 'words_hung': hung,
                      'acknowledged': history.n_acked(clients), 'violations': len(wrong)}))
    for line in wrong[:20]:
      print(line)
    return 1 if wrong else 0
  finally:
    for task in running + talking:
      task.cancel()
    await gate.stop()
    gate.done()


if __name__ == '__main__':
  sys.exit(asyncio.run(main()))
