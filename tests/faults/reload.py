#!/usr/bin/python3
"""The configuration and the certificate are loaded anew under clients that talk: nobody is dropped, and what is wrong changes nothing.

  reload.py [--clients 100] [--swaps 10]
"""
import argparse
import asyncio
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time

from client import Socket
from certificates import context, install, make_certificate
from gate import BUILD, Gate, NO_LIMITS


def shown_name(gate):
  """The subject of the certificate that a new connection is shown."""
  with socket.create_connection(gate.client, 10) as plain, context().wrap_socket(plain) as tls:
    text = subprocess.run(['openssl', 'x509', '-noout', '-subject'], input=ssl.DER_cert_to_PEM_cert(tls.getpeercert(True)),
                          text=True, check=True, capture_output=True).stdout
  return re.search(r'CN\s*=\s*(\S+)', text)[1]


async def metric(gate, name):
  _, _, body = await gate.http('GET', '/metrics', ops=True)
  found = re.search(rf'^{name}(?:\{{[^}}]*\}})? ([0-9.e+]+)$', body.decode(), re.M)
  return float(found[1]) if found else None


def configure(gate, **settings):
  """server.yaml with these keys; the sections are written as flow maps."""
  text = ''.join(f'{section}: {value}\n' for section, value in settings.items())
  new = gate.root / 'server.yaml.new'
  new.write_text(text)
  os.rename(new, gate.root / 'server.yaml')


class Notify:
  """What a service manager hears."""

  def __init__(self, gate):
    self.path = str(gate.root / 'notify')
    self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    self.socket.bind(self.path)
    self.socket.setblocking(False)
    self.seen = []

  def take(self):
    try:
      while True:
        self.seen.append(self.socket.recv(4096).decode())
    except BlockingIOError:
      return self.seen


async def until(what, condition, deadline_s=10):
  end = time.monotonic() + deadline_s
  while True:
    value = condition()
    if asyncio.iscoroutine(value):
      value = await value
    if value:
      return value
    assert time.monotonic() < end, f'{what}: not in {deadline_s} s'
    await asyncio.sleep(0.01)


async def reload(gate, notify, good):
  """Sends the signal and waits for what comes of it."""
  n = len(notify.take())
  gate.process.send_signal(signal.SIGHUP)
  await until('READY=1 after RELOADING=1',
              lambda: [s for s in notify.take()[n:] if s.startswith(('RELOADING=1', 'READY=1'))][-1:] == ['READY=1'])
  heard = notify.take()[n:]
  assert any(re.match(r'RELOADING=1\nMONOTONIC_USEC=\d+$', s) for s in heard), heard
  assert await metric(gate, 'gate_config_last_reload_successful') == good, gate.tail()


class Talker:
  """A visitor over TLS that stays connected and asks for a pong again and again."""

  def __init__(self, gate):
    self.gate, self.pongs, self.socket = gate, 0, None

  async def open(self):
    reader, writer = await asyncio.open_connection(*self.gate.client, ssl=context())
    self.socket = await Socket.upgrade(reader, writer, '/ws?app=demo')
    self.socket.send({'t': 'hello', 'id': 1, 'v': 1, 'ch': 'web', 'app': 'demo', 'dev': 'd', 'loc': 'en'})
    self.socket.send({'t': 'auth', 'id': 2})
    while (await self.socket.receive())['t'] != 'welcome':
      pass

  async def talk(self):
    while True:
      self.socket.send({'t': 'ping', 'id': 7})
      while (await self.socket.receive())['t'] != 'pong':
        pass
      self.pongs += 1
      await asyncio.sleep(0.05)


async def check_https(gate):
  """The widget over TLS, kept alive, and the upgrade of a connection that has served HTTP before."""
  reader, writer = await asyncio.open_connection(*gate.client, ssl=context())
  for path in ('/demo', '/widget.js'):
    writer.write(f'GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'.encode())
    head = (await reader.readuntil(b'\r\n\r\n')).decode()
    assert ' 200 ' in head.splitlines()[0], head
    await reader.readexactly(int(re.search(r'(?i)content-length: (\d+)', head)[1]))
  s = await Socket.upgrade(reader, writer, '/ws?app=demo')
  s.send({'t': 'hello', 'id': 1, 'v': 1, 'ch': 'web', 'app': 'demo', 'dev': 'd', 'loc': 'en'})
  s.send({'t': 'auth', 'id': 2})
  while (await s.receive())['t'] != 'welcome':
    pass
  writer.close()


async def check_raw(gate):
  """The binary protocol behind ALPN gate/1: a Ping comes back as a Pong."""
  reader, writer = await asyncio.open_connection(*gate.client, ssl=context(('gate/1',)))
  assert writer.get_extra_info('ssl_object').selected_alpn_protocol() == 'gate/1'
  writer.write(b'\xf9GT1' + bytes([2, 0x32, 0]))
  assert await asyncio.wait_for(reader.readexactly(3), 10) == bytes([2, 0x3a, 0])
  writer.close()


async def check_settings(gate, notify):
  """A live key works at once; a key for the next start is named; a broken file is pointed at; none of them leaves a trace."""
  tls = f'{{cert: {gate.root}/tls.pem, key: {gate.root}/tls.key}}'
  began = await metric(gate, 'gate_config_last_reload_success_timestamp_seconds')
  configure(gate, tls=tls, demo='true', media='{max_bytes: 1k}')
  await reload(gate, notify, 1)
  assert await metric(gate, 'gate_config_last_reload_success_timestamp_seconds') > began
  for bad, words in (({'listen': '{backlog: 99}', 'io': '{fds_reserved: 99}'}, 'listen.backlog, io.fds_reserved'),
                     ({'queues': '[{name: other, title: Other}]'}, 'queues'),
                     ({'io': '{max_pakcet: 9k}'}, 'server.yaml:'),
                     ({'limits': '{messages_per_s: many}'}, 'server.yaml:')):
    configure(gate, demo='true', **({'tls': tls} | bad))
    await reload(gate, notify, 0)
    assert words in gate.tail().splitlines()[-1], gate.tail()
  configure(gate, tls=tls, demo='true')
  await reload(gate, notify, 1)


async def check_canned(gate, notify, token):
  """Replies of the team reach agents without a restart; who has them already is told so."""
  tls = f'{{cert: {gate.root}/tls.pem, key: {gate.root}/tls.key}}'
  headers = (f'Authorization: Bearer {token}',)
  _, _, body = await gate.http('GET', '/api/v1/canned', headers=headers)
  assert json.loads(body)['data'] == [], body
  configure(gate, tls=tls, demo='true', canned='[{shortcut: hi, text: "Hello {{visitor|there}}"}]')
  await reload(gate, notify, 1)

  async def told():
    _, _, body = await gate.http('GET', '/api/v1/canned', headers=headers)
    return [reply['text'] for reply in json.loads(body)['data']] == ['Hello {{visitor|there}}']
  await until('the new reply', told)


async def check_certificates(gate, notify, pairs):
  """Each mistake that people make with certificates is refused with its name, and the one before stays."""
  install(gate, pairs[0])
  await reload(gate, notify, 1)
  install(gate, pairs[1], cert=False)
  await reload(gate, notify, 0)
  assert 'not the key of the certificate' in gate.tail(), gate.tail()
  checked = subprocess.run([BUILD / 'server-stub/usher-gate', '--check-config', '-c', gate.root / 'server.yaml'], text=True, capture_output=True)
  assert checked.returncode == 1 and 'not the key of the certificate' in checked.stderr, checked
  install(gate, pairs[0])
  os.chmod(gate.root / 'tls.key', 0o644)
  await reload(gate, notify, 0)
  assert 'chmod 640' in gate.tail().splitlines()[-1], gate.tail()
  os.remove(gate.root / 'tls.key')
  await reload(gate, notify, 0)
  assert 'tls.key' in gate.tail().splitlines()[-1], gate.tail()
  assert shown_name(gate) == 'one'
  install(gate, make_certificate(gate, 'short', 3))
  await reload(gate, notify, 1)
  assert '"certificate_ends"' in gate.tail(), gate.tail()
  await until('the short one', lambda: shown_name(gate) == 'short')


async def main():
  parser = argparse.ArgumentParser()
  parser.add_argument('--clients', type=int, default=100)
  parser.add_argument('--swaps', type=int, default=10)
  options = parser.parse_args()
  gate = Gate(*NO_LIMITS, 'io.worker_pool=2', 'session.drain=200ms')
  pairs = [make_certificate(gate, name) for name in ('one', 'two')]
  install(gate, pairs[0])
  configure(gate, demo='true', tls=f'{{cert: {gate.root}/tls.pem, key: {gate.root}/tls.key}}')
  notify = Notify(gate)
  os.environ['NOTIFY_SOCKET'] = notify.path
  gate.settings += ['--config', gate.root / 'server.yaml']
  talking = []
  try:
    gate.add_agent('mei', 'a password of mine')
    await gate.start()
    talkers = [Talker(gate) for _ in range(options.clients)]
    await asyncio.gather(*(t.open() for t in talkers))
    talking = [asyncio.create_task(t.talk()) for t in talkers]
    await check_https(gate)
    await check_raw(gate)
    swapped_ms = []
    for i in range(options.swaps):
      pair = pairs[(i + 1) % 2]
      install(gate, pair)
      began = time.monotonic()
      await reload(gate, notify, 1)
      await until('the new certificate', lambda: shown_name(gate) == pair[0].stem)
      swapped_ms.append((time.monotonic() - began) * 1000)
    await check_settings(gate, notify)
    await check_canned(gate, notify, await gate.sign_in('mei', 'a password of mine'))
    await check_certificates(gate, notify, pairs)
    before = [t.pongs for t in talkers]
    await until('a pong for everybody', lambda: all(t.pongs > n for t, n in zip(talkers, before)))
    dropped = sum(t.done() for t in talking)
    print(json.dumps({'test': 'reload', 'clients': options.clients, 'swaps': options.swaps, 'dropped': dropped,
                      'pongs': sum(t.pongs for t in talkers), 'swap_ms_max': round(max(swapped_ms))}))
    return 1 if dropped else 0
  finally:
    for task in talking:
      task.cancel()
    await asyncio.gather(*talking, return_exceptions=True)
    await gate.stop()
    gate.done()


if __name__ == '__main__':
  sys.exit(asyncio.run(main()))
