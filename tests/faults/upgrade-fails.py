#!/usr/bin/python3
"""A new gateway that cannot start (its configuration is wrong by now) changes nothing: the old one says so and goes on."""
import asyncio
import json
import os
import signal
import sys

from client import Visitor
from crowd import until
from gate import Gate


async def main():
  gate = Gate()
  config = gate.root / 'server.yaml'
  config.write_text('session: {drain: 1s}\n')
  gate.settings += ['-c', config]
  await gate.start()
  visitor = Visitor(gate.client, 1)
  running = asyncio.create_task(visitor.run())
  try:
    visitor.say('before')
    await until(lambda: visitor.acked, 'ack')
    config.write_text('session: {drain: soon}\n')
    os.kill(gate.process.pid, signal.SIGUSR2)
    await until(lambda: 'upgrade_failed' in gate.tail(), 'word of the failed upgrade')
    visitor.say('after')
    await until(lambda: len(visitor.acked) == 2, 'second ack')
    assert visitor.connects == 1 and not visitor.byes, 'the visitor noticed'
    print(json.dumps({'test': 'upgrade-fails', 'connects': visitor.connects, 'acknowledged': len(visitor.acked)}))
    return 0
  finally:
    running.cancel()
    await gate.stop()
    gate.done()


sys.exit(asyncio.run(main()))
