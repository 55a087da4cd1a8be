#!/usr/bin/python3
"""A new gateway that cannot start (its configuration is wrong by now) changes nothing: the old one says so and goes on. Once it can,
the service manager hears which process is the service now, and nothing of an end."""
import asyncio
import json
import os
import signal
import sys

from client import Visitor
from crowd import until
from held import HeldGate, become_reaper
from manager import Manager


async def main():
  become_reaper()
  gate = HeldGate()
  manager = Manager(gate.root / 'notify')
  gate.prefix = ['env', f'NOTIFY_SOCKET={manager.path}']
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
    config.write_text('session: {drain: 2s}\n')
    old = gate.process.pid
    manager.heard()
    await gate.reload()
    heard = []
    await until(lambda: heard.extend(manager.heard()) or 'READY=1' in heard, 'word of the new gateway')
    assert gate.process.pid != old and heard == [f'MAINPID={gate.process.pid}', 'READY=1'], heard
    await until(lambda: visitor.connects == 2 and visitor.in_step.is_set(), 'resume')
    print(json.dumps({'test': 'upgrade-fails', 'connects': visitor.connects, 'acknowledged': len(visitor.acked)}))
    return 0
  finally:
    running.cancel()
    await gate.end()


sys.exit(asyncio.run(main()))
