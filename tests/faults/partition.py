#!/usr/bin/python3
"""Every fiftieth packet is lost, and now and then all of them for a while (a partition), in a network namespace of its own: a dead
peer is found by silence, clients resume without a gap, nothing acknowledged is lost. Needs root and iptables for the namespace;
says so and passes over it otherwise.

  partition.py [--partitions 2] [--visitors 40] [--agents 3] [--seed N]

Times are scaled by 100: heartbeat 0.3 s, session.idle 1.8 s.
"""
import argparse
import asyncio
import json
import os
import random
import subprocess
import sys

import history
from client import Agent, Visitor
from crowd import settle, talk, until
from gate import Gate, NO_LIMITS

BEAT_S, IDLE_S, PARTITION_S, LOSS = 0.3, 1.8, 4, 0.02
MARGIN_S = 1 # the deadlines' wheel turns ten times a second, and the machine is shared


def rule(action, *words):
  subprocess.run(['iptables', '-w', action, 'INPUT', '-i', 'lo', '-p', 'tcp', *words, '-j', 'DROP'], check=True)


def drop(gate, action, *words):
  """Both ways, of the clients' port alone: a lost SYN of who watches on the other one would take a second and more."""
  port = str(gate.client[1])
  rule(action, '--dport', port, *words)
  rule(action, '--sport', port, *words)


async def n_given_up(gate):
  """How many clients the gateway has given up for their silence; asked on the other port, which no rule is about."""
  text = (await gate.http('GET', '/metrics', ops=True))[2].decode()
  return sum(int(line.split()[-1]) for line in text.splitlines() if 'connections_closed_total{' in line and '"idle"' in line)


async def cut(gate, clients):
  """Returns how long the gateway took to find that everybody is gone."""
  loop = asyncio.get_running_loop()
  began = loop.time()
  before = await n_given_up(gate)
  drop(gate, '-I')
  try:
    while await n_given_up(gate) < before + len(clients):
      assert loop.time() - began < IDLE_S + 10, 'the gateway still believes in its clients'
      await asyncio.sleep(0.05)
    found_s = loop.time() - began
    await asyncio.sleep(max(0, PARTITION_S - found_s))
  finally:
    drop(gate, '-D')
  began = loop.time()
  await until(lambda: all(c.in_step.is_set() for c in clients), 'calm after the partition', 60)
  return found_s, loop.time() - began


async def run(options):
  rand = random.Random(options.seed)
  gate = Gate(*NO_LIMITS, 'io.worker_pool=2', f'session.idle={int(IDLE_S * 1000)}ms')
  for i in range(options.agents):
    gate.add_agent(f'agent{i}', f'password-of-{i}', '--capacity', '50')
  await gate.start()
  tokens = [await gate.sign_in(f'agent{i}', f'password-of-{i}') for i in range(options.agents)]
  clients = [Agent(gate.client, rand.random(), t) for t in tokens]
  clients += [Visitor(gate.client, rand.random()) for _ in range(options.visitors)]
  for client in clients:
    client.beat_s = BEAT_S
  drop(gate, '-A', '-m', 'statistic', '--mode', 'random', '--probability', str(LOSS))
  over = asyncio.Event()
  running = [asyncio.create_task(c.run()) for c in clients]
  talking = [asyncio.create_task(talk(v, i, over)) for i, v in enumerate(clients[options.agents:])]
  times = []
  try:
    for _ in range(options.partitions):
      await until(lambda: all(c.in_step.is_set() for c in clients), 'calm', 60)
      await asyncio.sleep(2)
      times.append(await cut(gate, clients))
    over.set()
    await asyncio.gather(*talking)
    await settle(clients, 60)
    wrong = history.check(gate, clients)
    print(json.dumps({'test': 'partition', 'seed': options.seed, 'clients': len(clients), 'loss': LOSS,
                      'found_s': [round(found, 2) for found, _ in times], 'back_s': [round(back, 2) for _, back in times],
                      'reconnects': sum(c.connects for c in clients) - len(clients),
                      'acknowledged': history.n_acked(clients), 'violations': len(wrong)}))
    if max(found for found, _ in times) > IDLE_S + MARGIN_S:
      wrong.append('a dead peer was found too late')
    for line in wrong[:30]:
      print(line)
    return 1 if wrong or history.n_acked(clients) < options.visitors else 0
  finally:
    for task in running + talking:
      task.cancel()
    await gate.stop()
    gate.done()


def in_namespace(arguments):
  """Runs this again in a namespace with nothing but a loopback, which goes with it."""
  name = f'usher-faults-{os.getpid()}'
  if os.geteuid() != 0 or subprocess.run(['ip', 'netns', 'add', name], capture_output=True).returncode != 0:
    print('partition: passed over: it takes root to make a network namespace')
    return 0
  try:
    within = ['ip', 'netns', 'exec', name]
    subprocess.run([*within, 'ip', 'link', 'set', 'lo', 'up'], check=True)
    return subprocess.run([*within, sys.executable, *arguments, '--within']).returncode
  finally:
    subprocess.run(['ip', 'netns', 'del', name], check=True)


def main():
  parser = argparse.ArgumentParser()
  parser.add_argument('--partitions', type=int, default=2)
  parser.add_argument('--visitors', type=int, default=40)
  parser.add_argument('--agents', type=int, default=3)
  parser.add_argument('--seed', type=int, default=random.randrange(2 ** 31))
  parser.add_argument('--within', action='store_true', help='is in its namespace already')
  options = parser.parse_args()
  if not options.within:
    return in_namespace(sys.argv)
  print(f'# seed {options.seed}', flush=True)
  return asyncio.run(run(options))


if __name__ == '__main__':
  sys.exit(main())
