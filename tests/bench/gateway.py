#!/usr/bin/python3
"""The gateway's first honest figures, one JSON line each. Ratios mean more than times on a shared machine.

  gateway.py [rest] [idle] [ack]      default: all three
    rest  resident memory (PSS) of all processes, nobody connected
    idle  bytes of edge and core per idle signed-in visitor, --connections 15000; with --tls over TLS 1.3
    ack   durable ack at --rate 1000 messages a second for --seconds 20: mean, p50, p99 (usherctl demo is the client)
"""
import argparse
import asyncio
import base64
import json
import os
import pathlib
import resource
import socket
import struct
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / 'faults'))
from certificates import context, install, make_certificate  # noqa: E402
from gate import BUILD, Gate, NO_LIMITS  # noqa: E402


def pss_kib(pid):
  for line in pathlib.Path(f'/proc/{pid}/smaps_rollup').read_text().splitlines():
    if line.startswith('Pss:'):
      return int(line.split()[1])
  return 0


def cpu_s(pid):
  fields = pathlib.Path(f'/proc/{pid}/stat').read_text().rsplit(')', 1)[1].split()
  return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def everybody(gate):
  return [gate.process.pid, *gate.workers()]


async def rest():
  gate = Gate()
  await gate.start()
  await asyncio.sleep(2)
  pids = everybody(gate)
  before = sum(map(cpu_s, pids))
  await asyncio.sleep(10)
  print(json.dumps({'bench': 'rest', 'processes': len(pids), 'pss_mib': round(sum(map(pss_kib, pids)) / 1024, 1),
                    'cpu_percent': round((sum(map(cpu_s, pids)) - before) * 10, 2), 'ready_ms': round(gate.ready_ms[0])}), flush=True)
  await gate.stop()
  gate.done()


def masked(frame):
  data = json.dumps(frame).encode()
  n = len(data)
  head = bytes([0x81]) + (bytes([0x80 | n]) if n < 126 else b'\xfe' + struct.pack('>H', n))
  return head + b'\0\0\0\0' + data


def connect(address, tls, path='/ws?app=demo'):
  """A signed-in visitor; the Welcome is left in the socket for the caller."""
  s = socket.create_connection(address)
  if tls:
    s = tls.wrap_socket(s)
  key = base64.b64encode(os.urandom(16)).decode()
  s.sendall(f'GET {path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n'
            f'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: gate.v1.json\r\nOrigin: http://127.0.0.1\r\n\r\n'.encode() +
            masked({'t': 'hello', 'id': 1, 'v': 1, 'ch': 'web', 'app': 'demo', 'dev': 'd', 'loc': 'en'}) + masked({'t': 'auth', 'id': 2}))
  return s


def rss_kib(pid):
  return int(pathlib.Path(f'/proc/{pid}/statm').read_text().split()[1]) * os.sysconf('SC_PAGE_SIZE') // 1024


def let_go(s):
  """Only the descriptor of a TLS socket: what its own end holds would be this process's memory."""
  return socket.socket(fileno=s.detach())


async def idle(n, over_tls):
  resource.setrlimit(resource.RLIMIT_NOFILE, (min(20000, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)
  gate = Gate(*NO_LIMITS, 'session.idle=1h')
  if over_tls:
    install(gate, make_certificate(gate, 'bench'))
    gate.settings += ['--set', f'tls.cert={gate.root}/tls.pem', '--set', f'tls.key={gate.root}/tls.key']
  tls = context() if over_tls else None
  await gate.start()
  await asyncio.sleep(1)
  edges, core = gate.workers('edge'), gate.process.pid
  before = {pid: pss_kib(pid) for pid in [*edges, core]}
  began = time.monotonic()
  sockets = []
  welcome = 0
  for _ in range(n):
    s = connect(gate.client, tls)
    s.settimeout(10)
    sockets.append(s)
    if len(sockets) % 200 == 0:
      welcome += sum(b'welcome' in read_all(x) for x in sockets[-200:])
      if over_tls:
        sockets[-200:] = map(let_go, sockets[-200:])
  took = time.monotonic() - began
  await asyncio.sleep(3)
  after = {pid: pss_kib(pid) for pid in before}
  edge = sum(after[p] - before[p] for p in edges) * 1024 / n
  inner = (after[core] - before[core]) * 1024 / n
  print(json.dumps({'bench': 'idle', 'tls': over_tls, 'connections': n, 'welcomed': welcome, 'edge_bytes': round(edge), 'core_bytes': round(inner),
                    'bytes': round(edge + inner), 'connects_per_s': round(n / took),
                    'edges_rss_mib': round(sum(map(rss_kib, edges)) / 1024)}), flush=True)
  for s in sockets:
    s.close()
  await gate.stop()
  gate.done()


def read_all(s):
  data = b''
  while b'welcome' not in data:
    more = s.recv(4096)
    if not more:
      break
    data += more
  return data


async def ack(rate, seconds):
  gate = Gate(*NO_LIMITS)
  await gate.start()
  run = await asyncio.create_subprocess_exec(
    BUILD / 'server-stub/usherctl', 'demo', '--gateway', 'ws://%s:%d' % gate.client, '--visitors', '500',
    '--rate', str(rate), '--seconds', str(seconds), '--quiet', stdout=subprocess.PIPE)
  before = sum(map(cpu_s, everybody(gate)))
  out, _ = await run.communicate()
  used = sum(map(cpu_s, everybody(gate))) - before
  print(json.dumps({'bench': 'ack', 'rate': rate, 'cpu_s': round(used, 2), **json.loads(out)}), flush=True)
  await gate.stop()
  gate.done()


async def main():
  parser = argparse.ArgumentParser()
  parser.add_argument('what', nargs='*', default=['rest', 'idle', 'ack'])
  parser.add_argument('--connections', type=int, default=15000)
  parser.add_argument('--tls', action='store_true')
  parser.add_argument('--rate', type=int, default=1000)
  parser.add_argument('--seconds', type=int, default=20)
  options = parser.parse_args()
  if 'rest' in options.what:
    await rest()
  if 'idle' in options.what:
    await idle(options.connections, options.tls)
  if 'ack' in options.what:
    await ack(options.rate, options.seconds)


asyncio.run(main())
