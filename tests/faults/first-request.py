#!/usr/bin/python3
"""Nobody is refused because a worker started faster than another: once `ready` is said, every first request is served.

  first-request.py [--starts 10]
"""
import argparse
import asyncio
import json
import sys

from gate import Gate

CONNECTIONS = 24 # all edges must be met, whichever of them the kernel wakes


async def main():
  parser = argparse.ArgumentParser()
  parser.add_argument('--starts', type=int, default=10)
  options = parser.parse_args()
  gate = Gate('io.worker_pool=4', 'session.drain=0s')
  refused = 0
  try:
    for _ in range(options.starts):
      await gate.start()
      answers = await asyncio.gather(*(gate.http('GET', '/demo') for _ in range(CONNECTIONS)))
      refused += sum(status == 503 for status, _, _ in answers)
      await gate.stop()
    print(json.dumps({'test': 'first-request', 'starts': options.starts, 'requests': options.starts * CONNECTIONS, 'refused': refused}))
    return refused > 0
  finally:
    await gate.stop()
    gate.done()


if __name__ == '__main__':
  sys.exit(asyncio.run(main()))
