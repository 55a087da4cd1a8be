"""What is tested: the edge as an echo server, and the whole gateway, whose messages mean something.

A case says only "this message must be taken": the echo gives it back, the gateway answers a JSON or protobuf `Ping` with its
number, and any other message with an `Error`, once each.
"""
import asyncio
import json
import os
import pathlib
import subprocess
import sys

from rfc6455 import BINARY, Connection, TEXT, Violation

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / 'faults'))
from gate import BUILD, Gate, NO_LIMITS  # noqa: E402


class Subject:
  path = '/ws'
  address = None

  def open(self, headers=()):
    return Connection(self.address).open(self.path, headers)


class Echo(Subject):
  name = 'echo'
  min_bytes = 0
  max_bytes = 16 << 20
  max_fragments = 70000

  def start(self):
    self.process = subprocess.Popen([BUILD / 'tests/conformance/conformance-echo'], stdout=subprocess.PIPE, text=True)
    line = self.process.stdout.readline()
    if not line.startswith('ready '):
      raise SystemExit('conformance-echo did not start')
    self.address = ('127.0.0.1', int(line.split(':')[2].split('/')[0]))

  def stop(self):
    self.process.kill()
    self.process.wait()

  def rss_kib(self):
    return rss_kib([self.process.pid])

  def message(self, opcode, n_bytes):
    """A message of exactly @n_bytes that is taken without complaint."""
    return (b'*' * n_bytes) if opcode == TEXT else os.urandom(n_bytes)

  def expect_answer(self, connection, opcode, payload):
    connection.expect(opcode, payload)


class Gateway(Subject):
  name = 'gateway'
  min_bytes = 27       # of a ping that is one, in both forms: what is none is answered too, but whoever sends a hundred is sent away
  max_bytes = 64 << 10
  max_fragments = 128

  def start(self):
    self.loop = asyncio.new_event_loop()
    self.gate = Gate(*NO_LIMITS, 'io.worker_pool=1')
    self.loop.run_until_complete(self.gate.start())
    self.address = self.gate.client

  def stop(self):
    self.loop.run_until_complete(self.gate.stop())
    self.gate.done()
    self.loop.close()

  def rss_kib(self):
    return rss_kib(self.gate.workers('edge'))

  def message(self, opcode, n_bytes):
    text, binary = b'{"t":"ping","x":"%s","n":7}', b'\x32\x02\x08\x07'  # Ping{n: 7}; field 1000, which nobody knows, in front
    if opcode == TEXT:
      room = n_bytes - len(text) + 2
      return text % (b'*' * room) if room >= 0 else b'*' * n_bytes
    for room in range(max(n_bytes - 12, 0), n_bytes):
      whole = b'\xc2\x3e' + varint(room) + os.urandom(room) + binary
      if len(whole) == n_bytes:
        return whole
    return b'\xff' * n_bytes  # not b'': that is a frame, if one that says nothing, and the core wants a hello first

  def expect_answer(self, connection, opcode, payload):
    answer = connection.expect(opcode)
    if opcode == BINARY:
      wanted = [b'\x3a\x02\x08\x07'] if payload.endswith(b'\x32\x02\x08\x07') else None
      if wanted and answer not in wanted:
        raise Violation(f'a Ping was answered with {answer[:40].hex()}')
      return
    answer = json.loads(answer)
    if payload.startswith(b'{"t":"ping"') and payload.endswith(b',"n":7}'):
      if answer != {'t': 'pong', 'n': 7}:
        raise Violation(f'a ping was answered with {answer}')
    elif answer.get('t') != 'error' or answer.get('code') not in (400, 413):
      raise Violation(f'what is no frame was answered with {answer}')


def varint(n):
  out = b''
  while n >= 128:
    out += bytes([n & 127 | 128])
    n >>= 7
  return out + bytes([n])


def rss_kib(pids):
  lines = (l for pid in pids for l in pathlib.Path(f'/proc/{pid}/smaps_rollup').read_text().splitlines())
  return sum(int(l.split()[1]) for l in lines if l.startswith('Rss:'))
