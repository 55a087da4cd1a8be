#!/usr/bin/python3
"""More visitors than the processes of a small shop may open descriptors for: edges are added, and nobody is refused.

  pool.py [--visitors 900] [--descriptors 400]
"""
import argparse
import asyncio
import json
import sys
import time

from client import Visitor
from gate import Gate, NO_LIMITS


async def main():
  parser = argparse.ArgumentParser()
  parser.add_argument('--visitors', type=int, default=900)
  parser.add_argument('--descriptors', type=int, default=400, help='that each process of the gateway may open')
  options = parser.parse_args()
  gate = Gate(*NO_LIMITS, descriptors=options.descriptors)
  visitors, running = [], []
  try:
    await gate.start()
    began, edges = time.monotonic(), len(gate.workers('edge'))
    for i in range(options.visitors):
      visitors.append(Visitor(gate.client, i))
      running.append(asyncio.create_task(visitors[-1].run()))
      if i % 100 == 99:
        await asyncio.gather(*(asyncio.wait_for(v.in_step.wait(), 30) for v in visitors))
    print(json.dumps({'test': 'pool', 'visitors': options.visitors, 'descriptors': options.descriptors, 'edges': [edges, len(gate.workers('edge'))],
                      'connects': sum(v.connects for v in visitors), 'seconds': round(time.monotonic() - began, 1)}))
    return any(v.connects != 1 or v.faults for v in visitors) or len(gate.workers('edge')) <= edges
  finally:
    for task in running:
      task.cancel()
    await gate.stop()
    gate.done()


if __name__ == '__main__':
  sys.exit(asyncio.run(main()))
