#!/usr/bin/python3
"""A bad network, made by a proxy of our own: a second of delay there and back, bytes that trickle, connections that lead nowhere
without anybody being told (half-open), resets. The gateway finds a dead peer within session.idle, clients resume without a gap,
nothing acknowledged is lost.

  network.py [--visitors 40] [--agents 3] [--seed N]

Times are scaled by 100: heartbeat 0.3 s, session.idle 1.8 s.
"""
import argparse
import asyncio
import json
import random
import sys
import time

import history
from client import Agent, Visitor
from crowd import settle, talk, until
from gate import Gate, NO_LIMITS
from proxy import Proxy

BEAT_S, IDLE_S = 0.3, 1.8
MARGIN_S = 1 # the deadlines' wheel turns ten times a second, and the machine is shared


async def delayed(proxy, clients, rand):
  proxy.delay_s = 0.5
  await asyncio.sleep(4)
  proxy.delay_s = 0


async def trickling(proxy, clients, rand):
  proxy.trickle = 50
  await asyncio.sleep(4)
  proxy.trickle = None


async def half_open(proxy, clients, rand):
  """Returns how long the gateway took to give each dead connection up."""
  pairs = proxy.hole()
  await until(lambda: all(p.given_up_at for p in pairs if p in proxy.pairs) or not set(pairs) & set(proxy.pairs),
              'end of the half-open connections', IDLE_S + 10)
  return [p.given_up_at - p.holed_at for p in pairs if p.given_up_at]


async def resets(proxy, clients, rand):
  for _ in range(10):
    for pair in list(proxy.pairs):
      if rand.random() < 0.5:
        pair.reset()
    await asyncio.sleep(0.3)


async def main():
  parser = argparse.ArgumentParser()
  parser.add_argument('--visitors', type=int, default=40)
  parser.add_argument('--agents', type=int, default=3)
  parser.add_argument('--seed', type=int, default=random.randrange(2 ** 31))
  options = parser.parse_args()
  print(f'# seed {options.seed}', flush=True)
  rand = random.Random(options.seed)
  gate = Gate(*NO_LIMITS, 'io.worker_pool=2', f'session.idle={int(IDLE_S * 1000)}ms')
  for i in range(options.agents):
    gate.add_agent(f'agent{i}', f'password-of-{i}', '--capacity', '50')
  await gate.start()
  proxy = Proxy(gate.client)
  await proxy.start()
  tokens = [await gate.sign_in(f'agent{i}', f'password-of-{i}') for i in range(options.agents)]
  clients = [Agent(proxy.address, rand.random(), t) for t in tokens]
  clients += [Visitor(proxy.address, rand.random()) for _ in range(options.visitors)]
  for client in clients:
    client.beat_s = BEAT_S
  over = asyncio.Event()
  running = [asyncio.create_task(c.run()) for c in clients]
  talking = [asyncio.create_task(talk(v, i, over)) for i, v in enumerate(clients[options.agents:])]
  found, back = [], {}
  try:
    for trouble in (delayed, trickling, half_open, resets):
      await until(lambda: all(c.in_step.is_set() for c in clients), f'calm before {trouble.__name__}', 30)
      found += await trouble(proxy, clients, rand) or []
      began = time.monotonic()
      await until(lambda: all(c.in_step.is_set() for c in clients), f'calm after {trouble.__name__}', 30)
      back[trouble.__name__] = round(time.monotonic() - began, 2)
    over.set()
    await asyncio.gather(*talking)
    await settle(clients, 60)
    wrong = history.check(gate, clients)
    print(json.dumps({'test': 'network', 'seed': options.seed, 'clients': len(clients), 'half_open': len(found),
                      'found_s_max': round(max(found, default=0), 2), 'back_s': back,
                      'reconnects': sum(c.connects for c in clients) - len(clients),
                      'acknowledged': history.n_acked(clients), 'violations': len(wrong)}))
    if not found or max(found) > IDLE_S + MARGIN_S:
      wrong.append(f'a dead peer was found after {sorted(found)[-3:]} s')
    for line in wrong[:30]:
      print(line)
    return 1 if wrong or history.n_acked(clients) < options.visitors else 0
  finally:
    for task in running + talking:
      task.cancel()
    proxy.stop()
    await gate.stop()
    gate.done()


if __name__ == '__main__':
  sys.exit(asyncio.run(main()))
