#!/usr/bin/python3
"""Random faults one after the other under clients who keep a history of what they asked and were told; then the history is held
against the store, in the manner of Jepsen: acked ⊆ stored, each id once, seq dense, every reader's order = seq.

The core is killed or stands still, so does a worker; the network resets, delays or swallows; the disk is full; the gateway is
drained and started again, or hands over to another.

  chaos.py [--runs 3] [--seconds 30] [--visitors 50] [--agents 5] [--seed N]
"""
import argparse
import asyncio
import collections
import contextlib
import json
import os
import random
import signal
import sys
import time

import history
from client import Agent, Visitor
from crowd import settle, talk
from disk import fill, small_disk
from gate import NO_LIMITS
from held import HeldGate, become_reaper
from proxy import Proxy

SETTINGS = (*NO_LIMITS, 'io.worker_pool=2', 'session.idle=3s', 'session.drain=1s')
BEAT_S = 0.3
SETTLE_S = 90


class Chaos:
  """One fault a method; each leaves the system whole."""

  def __init__(self, gate, proxy, disk, rand):
    self.gate, self.proxy, self.disk, self.rand = gate, proxy, disk, rand
    self.counts = collections.Counter()

  async def kill_core(self):
    await self.gate.kill()
    await self.gate.start()

  async def kill_worker(self):
    workers = self.gate.workers()
    if workers:
      os.kill(self.rand.choice(workers), signal.SIGKILL)

  async def stop_for_a_while(self, pid):
    with contextlib.suppress(ProcessLookupError):
      os.kill(pid, signal.SIGSTOP)
      await asyncio.sleep(self.rand.uniform(0.3, 2.5))
      os.kill(pid, signal.SIGCONT)

  async def stop_core(self):
    await self.stop_for_a_while(self.gate.process.pid)

  async def stop_worker(self):
    workers = self.gate.workers()
    if workers:
      await self.stop_for_a_while(self.rand.choice(workers))

  async def reset(self):
    for pair in list(self.proxy.pairs):
      if self.rand.random() < 0.5:
        pair.reset()

  async def delay(self):
    self.proxy.delay_s = self.rand.uniform(0.05, 0.5)
    await asyncio.sleep(1)
    self.proxy.delay_s = 0

  async def half_open(self):
    self.proxy.hole()

  async def fill_disk(self):
    fill(self.disk)
    await asyncio.sleep(self.rand.uniform(0.2, 1))
    (self.disk / 'ballast').unlink()

  async def drain(self):
    await self.gate.stop()
    await self.gate.start()

  async def hand_over(self):
    await self.gate.reload()

  async def run(self, seconds):
    faults = [self.kill_core, self.kill_worker, self.stop_core, self.stop_worker, self.reset, self.delay, self.half_open,
              self.drain, self.hand_over] + ([self.fill_disk] if self.disk else [])
    end = time.monotonic() + seconds
    while time.monotonic() < end:
      await asyncio.sleep(self.rand.uniform(0.1, 1))
      fault = self.rand.choice(faults)
      self.counts[fault.__name__] += 1
      await fault()


async def one_run(options, seed, disk):
  rand = random.Random(seed)
  gate = HeldGate(*SETTINGS, data=disk / 'data' if disk else None)
  proxy = Proxy(gate.client)
  tasks = []
  try:
    for i in range(options.agents):
      gate.add_agent(f'agent{i}', f'password-of-{i}', '--capacity', '50')
    await gate.start()
    await proxy.start()
    tokens = [await gate.sign_in(f'agent{i}', f'password-of-{i}') for i in range(options.agents)]
    clients = [Agent(proxy.address, rand.random(), t) for t in tokens]
    clients += [Visitor(proxy.address, rand.random()) for _ in range(options.visitors)]
    over = asyncio.Event()
    for client in clients:
      client.beat_s = BEAT_S
      tasks += [asyncio.create_task(client.run()), asyncio.create_task(client.insist())]
    talking = [asyncio.create_task(talk(v, i, over)) for i, v in enumerate(clients[options.agents:])]
    tasks += talking
    chaos = Chaos(gate, proxy, disk, rand)
    await chaos.run(options.seconds)
    over.set()
    await asyncio.gather(*talking)
    await settle(clients, SETTLE_S)
    wrong = history.check(gate, clients)
    print(json.dumps({'test': 'chaos', 'seed': seed, 'faults': dict(sorted(chaos.counts.items())), 'clients': len(clients),
                      'reconnects': sum(c.connects for c in clients) - len(clients),
                      'asked': sum(len(c.asked) for c in clients), 'acknowledged': history.n_acked(clients),
                      'violations': len(wrong)}), flush=True)
    for line in wrong[:20]:
      print(line)
    if wrong:
      print(gate.tail())
    return not wrong and history.n_acked(clients) >= options.visitors
  finally:
    for task in tasks:
      task.cancel()
    proxy.stop()
    await gate.end()


async def main():
  parser = argparse.ArgumentParser()
  parser.add_argument('--runs', type=int, default=3)
  parser.add_argument('--seconds', type=float, default=30)
  parser.add_argument('--visitors', type=int, default=50)
  parser.add_argument('--agents', type=int, default=5)
  parser.add_argument('--seed', type=int, default=random.randrange(2 ** 31))
  options = parser.parse_args()
  print(f'# seed {options.seed}', flush=True)
  become_reaper()
  n_good = 0
  for run in range(options.runs):
    with small_disk('64m') as disk:
      n_good += await one_run(options, options.seed + run, disk)
  print(f'{n_good} of {options.runs} runs without a violation')
  return n_good < options.runs


if __name__ == '__main__':
  sys.exit(asyncio.run(main()))
