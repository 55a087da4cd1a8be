#!/usr/bin/python3
"""The gateway is replaced under visitors who talk, in both ways there are:

  restart   as `systemctl restart` does it: the old one drains and ends, then the new one starts; the service manager (this
            test) holds the listening sockets all the while
  reload    as `systemctl reload` does it: the old one starts the new one itself (SIGUSR2), gives it the sockets, and the database
            as soon as it waits for it

No connect is refused, nothing acknowledged is lost, no conversation changes hands, and 99 % are back in time: with reload within
drain + 5 s, as the new gateway serves those who move early; with restart, where all must wait for it, 5 s after it is ready. And
with reload nobody who says something waits for its moment to leave: it is sent on at once.

  upgrade.py [--visitors 2000] [--agents 10] [--herds 2] [--drain 5] [--how restart --how reload] [--seed N]
"""
import argparse
import asyncio
import json
import random
import resource
import sys
import time

import history
from client import Agent
from gate import NO_LIMITS
from held import HeldGate, become_reaper
from herd import Herd, until_in_step

BACK_S = 5
CAPACITY = 50
ST_ACTIVE = 3


def owners(gate):
  """conv → whose it is, and how often that has changed; of those that an agent has accepted."""
  return {conv: (agent, epoch) for conv, agent, epoch in
          gate.rows('SELECT conv, agent, epoch FROM conv WHERE state = ?', ST_ACTIVE)}


def story(gate, conv):
  return [f'  {conv} at {ts}: {a} → {b} {name} agent {agent} epoch {epoch} {reason}' for ts, a, b, name, agent, epoch, reason in
          gate.rows('SELECT ts, from_state, to_state, name, agent, epoch, reason FROM event WHERE conv = ? ORDER BY id', conv)]


async def until_owned(gate, n, deadline_s=60):
  end = time.monotonic() + deadline_s
  while len(owners(gate)) < n:
    assert time.monotonic() < end, f'{len(owners(gate))} of {n} conversations have an agent'
    await asyncio.sleep(0.2)


async def restart(gate, drain_s):
  """Returns after what time everybody should be back."""
  began = time.monotonic()
  await gate.stop()
  await gate.start()
  return time.monotonic() - began + BACK_S


async def reload(gate, drain_s):
  await gate.reload()
  return drain_s + BACK_S


def times_s(told, began):
  """When each was welcomed again, from the beginning of the change on; and how many of them had to begin anew."""
  back, anew = [], 0
  for client in told:
    again = [(at - began, resumed) for at, resumed in client.welcomes if at >= began]
    if again:
      back.append(again[0][0])
      anew += not again[0][1]
  return sorted(back), anew


async def upgrade(how, options, rand):
  gate = HeldGate(*NO_LIMITS, 'io.worker_pool=2', f'session.drain={options.drain}s')
  herds, running = [], []
  try:
    for i in range(options.agents):
      gate.add_agent(f'agent{i}', f'password-of-{i}', '--capacity', str(CAPACITY))
    await gate.start()
    agents = [Agent(gate.client, rand.random(), await gate.sign_in(f'agent{i}', f'password-of-{i}'), CAPACITY)
              for i in range(options.agents)]
    share = options.visitors // options.herds
    herds = [Herd(gate.client, share, rand.random(), options.visitors / 400) for _ in range(options.herds)]
    running = [asyncio.create_task(a.run()) for a in agents]
    await until_in_step(herds, share * options.herds, 120)
    await until_owned(gate, min(share * options.herds, options.agents * CAPACITY))
    before, began = owners(gate), time.monotonic()
    back_by_s = await how(gate, options.drain)
    ended_s = time.monotonic() - began
    await asyncio.sleep(max(0, back_by_s - ended_s))
    told = [t for told in await asyncio.gather(*(h.ask('finish') for h in herds)) for t in told]
    clients = agents + told
    after = owners(gate)
    wrong = history.check(gate, clients)
    moved = [conv for conv, owner in before.items() if after.get(conv) != owner]
    back, anew = times_s(clients, began)
    acks = sorted(c.slowest_ack_s for c in told)
    late = len(clients) - sum(s <= back_by_s for s in back)
    refused = sum(c.refused for c in clients)
    print(json.dumps({'test': 'upgrade', 'how': how.__name__, 'clients': len(clients), 'drain_s': options.drain,
                      'replaced_s': round(ended_s, 2), 'refused': refused, 'acknowledged': history.n_acked(clients),
                      'back_s_p50': round(back[len(back) // 2], 2), 'back_s_p99': round(back[int(len(back) * 0.99)], 2),
                      'slowest_ack_s_p50': round(acks[len(acks) // 2], 2), 'slowest_ack_s_p99': round(acks[int(len(acks) * 0.99)], 2),
                      'late': late, 'anew': anew, 'owned': len(before), 'reassigned': len(moved), 'violations': len(wrong)}))
    wrong += [f'{refused} connects were refused'] if refused else []
    wrong += [f'{late} of {len(clients)} were not back in time'] if late > len(clients) / 100 else []
    wrong += [f'somebody waited for an ack for {acks[int(len(acks) * 0.99)]:.1f} s'] if how is reload and acks[int(len(acks) * 0.99)] > options.drain * 0.7 else []
    wrong += [f'{len(moved)} conversations changed hands: {moved[:5]}'] if moved or not before else []
    wrong += story(gate, moved[0]) if moved else []
    for line in wrong[:20]:
      print(line)
    if wrong:
      print(gate.tail())
    return not wrong
  finally:
    for task in running:
      task.cancel()
    for herd in herds:
      herd.end()
    await gate.end()


async def main():
  ways = {'restart': restart, 'reload': reload}
  parser = argparse.ArgumentParser()
  parser.add_argument('--visitors', type=int, default=2000)
  parser.add_argument('--agents', type=int, default=10)
  parser.add_argument('--herds', type=int, default=2)
  parser.add_argument('--drain', type=int, default=5)
  parser.add_argument('--how', choices=ways, action='append')
  parser.add_argument('--seed', type=int, default=random.randrange(2 ** 31))
  options = parser.parse_args()
  print(f'# seed {options.seed}', flush=True)
  rand = random.Random(options.seed)
  limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
  resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
  become_reaper()
  good = [await upgrade(ways[how], options, rand) for how in options.how or ways]
  return 0 if all(good) else 1


if __name__ == '__main__':
  sys.exit(asyncio.run(main()))
