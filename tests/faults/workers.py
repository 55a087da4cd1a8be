#!/usr/bin/python3
"""kill -9 of single workers: clients of a dead edge come back and resume, a dead http worker touches no chat, the core never blinks.

  workers.py [--kills 20] [--seed N]
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
from crowd import settle, talk
from gate import Gate, NO_LIMITS


async def until_back(gate, role, n, deadline_s=15):
  end = time.monotonic() + deadline_s
  while len(gate.workers(role)) < n:
    assert time.monotonic() < end, f'no new {role} worker in {deadline_s} s'
    await asyncio.sleep(0.01)


async def main():
  parser = argparse.ArgumentParser()
  parser.add_argument('--kills', type=int, default=20)
  parser.add_argument('--seed', type=int, default=random.randrange(2 ** 31))
  options = parser.parse_args()
  print(f'# seed {options.seed}', flush=True)
  rand = random.Random(options.seed)
  gate = Gate(*NO_LIMITS, 'io.worker_pool=2')
  gate.add_agent('agent', 'password-of-agent', '--capacity', '100')
  await gate.start()
  clients = [Agent(gate.client, rand.random(), await gate.sign_in('agent', 'password-of-agent'), 100)]
  clients += [Visitor(gate.client, rand.random()) for _ in range(40)]
  until = asyncio.Event()
  running = [asyncio.create_task(c.run()) for c in clients]
  talking = [asyncio.create_task(talk(v, i, until)) for i, v in enumerate(clients[1:])]
  core = gate.process.pid
  try:
    for _ in range(options.kills):
      await asyncio.sleep(rand.uniform(0.1, 0.6))
      role = rand.choice(('edge', 'edge', 'http'))
      os.kill(rand.choice(gate.workers(role)), signal.SIGKILL)
      await until_back(gate, role, 2 if role == 'edge' else 1)
    until.set()
    await asyncio.gather(*talking)
    await settle(clients, 60)
    assert gate.process.returncode is None and gate.process.pid == core, 'the core went too'
    status, _, _ = await gate.http('GET', '/livez', ops=True)
    assert status == 200, f'/livez says {status}'
    for c in clients:
      c.stopping = True
    wrong = history.check(gate, clients)
    print(json.dumps({'test': 'workers', 'seed': options.seed, 'kills': options.kills, 'acknowledged': history.n_acked(clients),
                      'reconnects': sum(c.connects for c in clients) - len(clients), 'violations': len(wrong)}))
    for line in wrong[:30]:
      print(line)
    return 1 if wrong or history.n_acked(clients) < 100 else 0
  finally:
    for task in running + talking:
      task.cancel()
    await gate.stop()
    gate.done()


if __name__ == '__main__':
  sys.exit(asyncio.run(main()))
