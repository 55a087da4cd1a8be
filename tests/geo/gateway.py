#!/usr/bin/python3
"""A real gateway and a real database of places: who looks at a chat reads where the visitor is, who chats does not, and the address
is nowhere. Visitors come from addresses of documentation, which a network namespace of its own has; without root that is passed over.

  gateway.py DATABASE
"""
import asyncio
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'faults'))
from client import Socket  # noqa: E402
from gate import BUILD, Gate  # noqa: E402

MALMO, SINGAPORE = '192.0.2.1', '198.51.100.65'
PASSWORD = 'correct horse battery'
SKIPPED = 77


class Peer:
  """One connection, and everything that came over it."""

  def __init__(self, socket):
    self.socket, self.seen, self.next_id = socket, [], 10

  @classmethod
  async def come(cls, gate, hello, auth, address='127.0.0.1'):
    reader, writer = await asyncio.open_connection(*gate.client, local_addr=(address, 0))
    self = cls(await Socket.upgrade(reader, writer, '/ws'))
    self.socket.send({'t': 'hello', 'id': 1, 'v': 1, 'dev': 'd', 'loc': 'en', **hello})
    self.socket.send({'id': 2, **auth})
    self.welcome = await self.until('welcome')
    return self

  async def until(self, kind):
    while True:
      frame = await asyncio.wait_for(self.socket.receive(), 20)
      self.seen.append(frame)
      if frame['t'] == kind:
        return frame

  async def ask(self, kind, **frame):
    self.next_id += 1
    self.socket.send({'id': self.next_id, **frame})
    return await self.until(kind)


async def agent_of(gate):
  token = await gate.sign_in('mei', PASSWORD)
  agent = await Peer.come(gate, {'ch': 'console'}, {'t': 'auth', 'token': token})
  agent.socket.send({'t': 'status', 'id': 3, 'present': True, 'accepting': True, 'cap': 3})
  return agent


async def story(gate):
  agent = await agent_of(gate)
  web = {'ch': 'web', 'app': 'demo'}
  visitor = await Peer.come(gate, web, {'t': 'auth'}, MALMO)
  visitor.socket.send({'t': 'msg', 'id': 3, 'cid': '%016x' % 7, 'text': 'hello'})
  offer = await agent.until('offer')
  await agent.ask('assign', t='answer', conv=offer['conv'], ep=offer['ep'], accept=True)
  contact = await agent.ask('contact', t='who', conv=offer['conv'])
  assert contact['place'] == '瑞典马尔默', contact
  # Elsewhere, while the old connection is not missed yet.
  again = await Peer.come(gate, web, {'t': 'resume', 'token': visitor.welcome['rt']}, SINGAPORE)
  contact = await agent.ask('contact', t='who', conv=offer['conv'])
  assert contact['place'] == '新加坡', contact
  told = str(visitor.seen + again.seen)
  assert '瑞典' not in told and '新加坡' not in told, f'the visitor was told: {told}'
  return agent.seen + visitor.seen + again.seen


def check_no_address(gate, seen):
  kept = b''.join(p.read_bytes() for p in gate.data.rglob('*') if p.is_file())
  for address in (MALMO, SINGAPORE):
    assert address not in str(seen), 'an address was told'
    assert address.encode() not in kept, 'an address was kept'
  assert '"is":"Test-City, 2026-01-01"' in gate.tail(), gate.tail()


async def run(database):
  gate = Gate(f'geo.database={database}', 'geo.language=zh-CN', 'demo=true', 'session.drain=0s')
  try:
    gate.add_agent('mei', PASSWORD)
    await gate.start()
    seen = await story(gate)
    await gate.stop()
    assert gate.rows('SELECT place FROM visitor') == [('新加坡', )], gate.rows('SELECT place FROM visitor')
    check_no_address(gate, seen)
  finally:
    await gate.stop()
    gate.done()


def check_refused(gate, path, words):
  for arguments in (['--check-config'], ['--data', gate.data]):
    ended = subprocess.run([BUILD / 'server-stub/usher-gate', '--set', f'geo.database={path}', *arguments], capture_output=True, text=True,
                           timeout=20)
    assert ended.returncode == 1 and words in ended.stderr and str(path) in ended.stderr, (path, ended)


def refused():
  gate = Gate()
  try:
    check_refused(gate, '/nowhere/city.mmdb', 'cannot read')
    check_refused(gate, __file__, 'not a database')
  finally:
    gate.done()


def in_namespace(arguments):
  """Runs this again in a namespace with nothing but a loopback, which goes with it."""
  name = f'usher-geo-{os.getpid()}'
  if os.geteuid() != 0 or subprocess.run(['ip', 'netns', 'add', name], capture_output=True).returncode != 0:
    print('passed over: it takes root to make a network namespace')
    return SKIPPED
  try:
    within = ['ip', 'netns', 'exec', name]
    subprocess.run([*within, 'ip', 'link', 'set', 'lo', 'up'], check=True)
    for address in (MALMO, SINGAPORE):
      subprocess.run([*within, 'ip', 'address', 'add', f'{address}/32', 'dev', 'lo'], check=True)
    return subprocess.run([*within, sys.executable, *arguments, '--within']).returncode
  finally:
    subprocess.run(['ip', 'netns', 'del', name], check=True)


def main():
  if '--within' in sys.argv:
    return asyncio.run(run(sys.argv[1]))
  refused()
  return in_namespace(sys.argv)


if __name__ == '__main__':
  sys.exit(main())
