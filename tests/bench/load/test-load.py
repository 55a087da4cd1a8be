#!/usr/bin/python3
"""test-load.py: every scenario of usher-load once, small: all is done, and nothing goes wrong. Then a server that stalls: it must be
charged for what waited, or the generator would flatter whoever it measures."""
import asyncio
import json
import os
import pathlib
import signal
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from servers import LOAD, Raw, Usher  # noqa: E402

QUICK = ('--warmup', '0', '--settle', '0', '--workers', '1')


async def load(server, *words, protocol=None):
  command = [LOAD / 'usher-load', *words, *QUICK, '--to', '%s:%d' % server.address, '--protocol', protocol or server.protocol,
             '--path', server.path, '--watch', ','.join(map(str, server.pids))]
  if getattr(server, 'tokens', None):
    command += ['--agents', server.tokens]
  process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
  out, _ = await asyncio.wait_for(process.communicate(), 60)
  assert process.returncode == 0, words
  return json.loads(out)


def check(result, n_done):
  name = f'{result["scenario"]} {result["protocol"]}'
  assert result['n_errors'] == 0, (name, result['errors'])
  assert result['open'] == 0 and result['beats'] == result['beats_answered'], (name, result)
  assert result['latency_us']['n'] >= n_done, (name, result)
  print(f'ok: {name}', flush=True)


async def scenarios():
  server = Usher('json', 'io.worker_pool=1', n_agents=1)
  await server.start()
  try:
    for protocol in ('json', 'pb', 'tcp'):
      result = await load(server, 'ping', '-n', '20', '-d', '4', '-s', '0.2', protocol=protocol)
      check(result, 100)
      check(await load(server, 'chat', '-n', '10', '-r', '100', '-s', '0.3', protocol=protocol), 30)
    result = await load(server, 'connect', '-n', '20', '-s', '0.3', '--heartbeat', '0.1')
    check(result, 0)
    assert result['beats'] > 20 and result['ready'] == 21, result
    check(await load(server, 'typing', '-n', '5', '-s', '0.3'), 10)
    check(await load(server, 'images', '-n', '5', '-r', '10', '-s', '0.3'), 3)
    check(await load(server, 'storm', '-n', '20', '-s', '1', '--talk'), 20)
  finally:
    await server.stop()


async def tls():
  server = Usher('pb', 'io.worker_pool=1', is_tls=True)
  await server.start()
  try:
    check(await load(server, 'chat', '-n', '10', '-r', '100', '-s', '0.3', '--tls'), 30)
    check(await load(server, 'ping', '-n', '10', '-d', '4', '-s', '0.2', '--tls', protocol='tcp'), 100)
  finally:
    await server.stop()


async def stall():
  """Stopped for 0.6 s while 100 operations a second are due: about 50 wait, a quarter of a second in the mean."""
  server = Raw()
  await server.start()
  server.protocol = 'raw'
  try:
    check(await load(server, 'echo', '-n', '10', '-r', '200', '-s', '0.3'), 60)
    before = n_open(server)
    run = asyncio.create_task(load(server, 'echo', '-n', '10', '-r', '100', '-d', '1', '-s', '1.5'))
    while n_open(server) < before + 10 and not run.done():
      await asyncio.sleep(0.002)
    os.kill(server.pids[0], signal.SIGSTOP)
    await asyncio.sleep(0.6)
    os.kill(server.pids[0], signal.SIGCONT)
    result = await run
    check(result, 150)
    assert result['latency_us']['p90'] > 150_000 and result['latency_us']['max'] > 300_000, result['latency_us']
  finally:
    await server.stop()


def n_open(server):
  return len(os.listdir(f'/proc/{server.pids[0]}/fd'))


async def main():
  await scenarios()
  await tls()
  await stall()


asyncio.run(main())
