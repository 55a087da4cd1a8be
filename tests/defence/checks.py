#!/usr/bin/python3
"""One gateway, and what strangers try on it: origins, tokens, smuggled requests, paths, the operators' port, SQL in every text, words that
must not be logged. Each check is exact and quick; the rows of tests/security.md name them.

  checks.py [NAME…]     only these
"""
import asyncio
import base64
import contextlib
import hashlib
import hmac
import itertools
import json
import re
import socket
import statistics
import stat
import subprocess
import sys
import time

from honest import Gate, HERE, n_fds

sys.path.insert(0, str(HERE.parent / 'conformance'))
from client import Socket  # noqa: E402
from gate import BUILD, NO_LIMITS, free_port  # noqa: E402
from rfc6455 import CLOSE, Connection, TEXT, handshake_lines  # noqa: E402

SHOP = 'https://shop.example'
KEY = 'dGhlIHNhbXBsZSBub25jZQ=='


class World:
  """A running gateway with two shops and an agent."""

  async def start(self):
    self.gate = Gate(*NO_LIMITS, 'io.worker_pool=1', 'log.level=info')
    self.gate.add_agent('mei', 'password-of-mei', '--capacity', '50')
    self.key, self.secret = self.add_app('shop', SHOP)
    self.other_key, self.other_secret = self.add_app('other', 'https://other.example')
    await self.gate.start()
    self.token = await self.gate.sign_in('mei', 'password-of-mei')

  def add_app(self, name, origin):
    said = self.gate.ctl('app', 'add', name, '--origin', origin)
    return re.search(r'Key: (\S+)', said)[1], re.search(r'server: (\S+)', said)[1]

  async def stop(self):
    await self.gate.stop()

  def upgrade(self, path, headers=()):
    """Status of an upgrade, with the connection."""
    c = Connection(self.gate.client)
    try:
      c.request('\r\n'.join(handshake_lines(path, KEY, headers)).encode() + b'\r\n\r\n')
    except EOFError:
      c.status = 0
    return c

  def visitor(self, headers=(f'Origin: {SHOP}',), app=None, url_app=True):
    app = app or self.key
    c = self.upgrade(f'/ws?app={app}' if url_app else '/ws', headers)
    assert c.status == 101, c.status
    say(c, t='hello', id=1, v=1, ch='web', app=app, dev='d', loc='en')
    return c

  def agent(self):
    c = self.upgrade('/ws')
    say(c, t='hello', id=1, v=1, ch='console', dev='d', loc='en')
    say(c, t='auth', id=2, token=self.token)
    until(c, 'welcome')
    say(c, t='status', id=3, present=True, accepting=True, cap=50)
    return c

  def log(self):
    return (self.gate.root / 'gate.log').read_text(errors='replace')


def say(c, **frame):
  c.send(TEXT, json.dumps(frame, ensure_ascii=False).encode())


def until(c, *kinds, **wanted):
  """The next frame of one of @kinds; 'closed' with its code when the server ends it."""
  while True:
    opcode, data = c.receive()
    if opcode in (CLOSE, 'end'):
      return {'t': 'closed', 'code': int.from_bytes(data[:2], 'big') if data else 0}
    frame = json.loads(data)
    if frame['t'] in kinds and all(frame.get(k) == v for k, v in wanted.items()):
      return frame


def equal(got, wanted, what):
  assert got == wanted, f'{what}: got {got!r}, wanted {wanted!r}'


# --- row 2 ------------------------------------------------------------------------------------------------------

ORIGINS = (('exact', SHOP, True), ('sub-domain', 'https://www.shop.example', False), ('suffix', 'https://evil-shop.example', False),
           ('prefix', 'https://shop.example.evil.example', False), ('null', 'null', False), ('port', 'https://shop.example:444', False),
           ('default-port', 'https://shop.example:443', False), ('scheme', 'http://shop.example', False), ('case', 'HTTPS://SHOP.EXAMPLE', False),
           ('cyrillic', 'https://shop.exampl\u0435', False), ('punycode', 'https://xn--shop-exampl-9of', False), ('path', 'https://shop.example/', False),
           ('user', 'https://shop.example@evil.example', False), ('other-shop', 'https://other.example', False), ('blank', '', False))


async def origins(world):
  for name, origin, is_good in ORIGINS:
    with world.upgrade(f'/ws?app={world.key}', (f'Origin: {origin}',)) as c:
      equal(c.status, 101 if is_good else 403, f'upgrade from {name}')
    # Without the app in the address the edge cannot know; the core looks again when hello names it.
    if not origin:
      continue  # a client that leaves it out is no browser, and cannot be made to say so by a page
    with world.visitor((f'Origin: {origin}',), url_app=False) as c:
      say(c, t='auth', id=2)
      frame = until(c, 'welcome', 'error')
      equal(frame['t'], 'welcome' if is_good else 'error', f'hello from {name}')
      if not is_good:
        equal((frame['slug'], until(c)['code']), ('origin_not_allowed', 1008), f'hello from {name}')
  with world.upgrade('/ws?app=nobody', (f'Origin: {SHOP}',)) as c:
    equal(c.status, 403, 'an app that nobody added')
  with world.visitor((f'Origin: {SHOP}',), app=world.key) as c, world.upgrade(f'/ws?app={world.key}', (f'Origin: {SHOP}',)) as d:
    say(d, t='hello', id=1, v=1, ch='web', app=world.other_key, dev='d', loc='en')
    equal(until(d)['code'], 4001, 'hello for another app than the address names')
    say(c, t='auth', id=2)
    equal(until(c, 'welcome')['t'], 'welcome', 'the one beside it')
  return len(ORIGINS) * 2 + 2


# --- row 1 ------------------------------------------------------------------------------------------------------

def b64(data):
  return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def jwt(secret, claims, header=None, tail=''):
  head = b64(json.dumps(header or {'alg': 'HS256', 'typ': 'JWT'}).encode()) + '.' + b64(json.dumps(claims).encode())
  return head + '.' + b64(hmac.new(secret.encode(), head.encode(), hashlib.sha256).digest()) + tail


async def tokens(world):
  now = int(time.time())
  good = {'sub': 'user-42', 'exp': now + 600, 'aud': world.key}
  bad = {
    'wrong-secret': jwt('not-the-secret', good), 'expired': jwt(world.secret, {**good, 'exp': now - 120}), 'for-another-app': jwt(world.secret, {**good, 'aud': world.other_key}),
    'of-another-app': jwt(world.other_secret, {**good, 'aud': world.other_key}), 'too-long': jwt(world.secret, {**good, 'exp': now + 90000}),
    'no-expiry': jwt(world.secret, {'sub': 'user-42', 'aud': world.key}), 'no-subject': jwt(world.secret, {'exp': now + 600, 'aud': world.key}),
    'alg-none': jwt(world.secret, good, {'alg': 'none'}), 'one-byte-more': jwt(world.secret, good, tail='A'), 'empty-signature': jwt(world.secret, good).rsplit('.', 1)[0] + '.',
    'an-agents': world.token, 'garbage': 'a.b.c',
  }
  times = []
  for name, token in bad.items():
    with world.visitor() as c:
      began = time.monotonic()
      say(c, t='auth', id=2, token=token)
      equal(until(c, 'welcome'), {'t': 'closed', 'code': 4001}, f'a token that is {name}')
      times.append(time.monotonic() - began)
  assert statistics.median(times) < 0.05, f'refusing a token took {statistics.median(times) * 1000:.0f} ms'
  with world.visitor() as c:
    say(c, t='auth', id=2, token=jwt(world.secret, good))
    equal(until(c, 'welcome')['t'], 'welcome', 'a good token')
  for kind in ({'t': 'msg', 'cid': '%016x' % 1, 'text': 'x'}, {'t': 'open'}, {'t': 'history', 'conv': 1}, {'t': 'upload', 'mime': 'image/png', 'size': 1}):
    with world.visitor() as c:
      say(c, id=5, **kind)
      equal(until(c, 'ack', 'page', 'ticket'), {'t': 'closed', 'code': 4001}, f'{kind["t"]} before a token')
  return len(bad) + 5


# --- rows 17 and 32 ---------------------------------------------------------------------------------------------

SECOND = b'GET /widget.js HTTP/1.1\r\nHost: x\r\n\r\n'  # answered with 200 when it gets through as a request of its own


def smuggled():
  post = b'POST /api/v1/auth/sign-in HTTP/1.1\r\nHost: x\r\n'
  n = len(SECOND)
  yield 'length-twice', post + b'Content-Length: 0\r\nContent-Length: %d\r\n\r\n' % n
  yield 'length-twice-equal', post + b'Content-Length: %d\r\nContent-Length: %d\r\n\r\n' % (n, n)
  yield 'length-list', post + b'Content-Length: 0, %d\r\n\r\n' % n
  yield 'length-and-chunked', post + b'Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n' % n
  yield 'chunked-and-length', post + b'Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n'
  yield 'coding-twice', post + b'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n'
  yield 'coding-list', post + b'Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n'
  yield 'coding-xchunked', post + b'Transfer-Encoding: xchunked\r\n\r\n'
  yield 'coding-tab', post + b'Transfer-Encoding:\tchunked\x0b\r\nContent-Length: 5\r\n\r\n'
  yield 'coding-folded', post + b'Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n'
  yield 'name-with-blank', post + b'Content-Length : %d\r\n\r\n' % n
  yield 'name-with-nul', post + b'Content-Length\0: %d\r\n\r\n' % n
  yield 'length-plus', post + b'Content-Length: +%d\r\n\r\n' % n
  yield 'length-hex', post + b'Content-Length: 0x10\r\n\r\n'
  yield 'length-octal-blank', post + b'Content-Length: 1 0\r\n\r\n'
  yield 'bare-line-feeds', post.replace(b'\r\n', b'\n') + b'Content-Length: %d\n\n' % n
  yield 'one-bare-line-feed', post + b'X: a\nContent-Length: %d\r\n\r\n' % n
  yield 'bare-return', post + b'X: a\rContent-Length: %d\r\n\r\n' % n
  yield 'folded', post + b'X: a\r\n Content-Length: %d\r\n\r\n' % n
  yield 'absolute-target', b'GET http://other/ HTTP/1.1\r\nHost: x\r\n\r\n'
  yield 'two-hosts', b'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n'
  yield 'no-host', b'GET / HTTP/1.1\r\n\r\n'
  yield 'blank-first-line', b'\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n'
  yield 'chunk-extension', post + b'Transfer-Encoding: chunked\r\n\r\n0;a="\r\n\r\n"\r\n\r\n'


def all_answers(address, data):
  """Status of every answer that a connection gives."""
  with socket.create_connection(address, 10) as s:
    s.sendall(data)
    s.shutdown(socket.SHUT_WR)
    got = b''
    try:
      while piece := s.recv(65536):
        got += piece
    except ConnectionResetError:
      pass
  return [int(m) for m in re.findall(rb'HTTP/1\.1 (\d{3}) ', got)]


async def smuggling(world):
  n = 0
  equal(all_answers(world.gate.client, SECOND + SECOND), [200, 200], 'two honest requests in one packet')
  for name, data in smuggled():
    # First on a connection: the edge's parser; after a good request: the same parser in the http worker.
    answers = all_answers(world.gate.client, data + SECOND)
    assert len(answers) <= 1 and not set(answers) & {200, 101}, f'{name}: {answers}'
    answers = all_answers(world.gate.client, SECOND + data + SECOND)
    assert answers[:1] == [200] and len(answers) <= 2 and not set(answers[1:]) & {200, 101}, f'{name}, as second: {answers}'
    n += 2
  return n + 1


PATHS = ('/..', '/../keys', '/%2e%2e/keys', '/..%2fkeys', '/widget/../../keys', '/widget/a/..%2f..%2fkeys', '/widget/%00/a.js', '/demo/..', '/demo/../usher.db',
         '/demo/%2e%2e%2fusher.db', '/demo//etc/passwd', '/demo/..\\usher.db', '/media/../../usher.db', '/media/..%2f..%2fusher.db/a/b', '/media/ab/cd/../../../keys',
         '/media/ab/cd/%2e%2e%2f%2e%2e%2fusher.db', '/media/ab/cd/abc%00.png', '/media//etc/passwd/x', '/media/./././', '/media/up/../../keys', '/api/v1/../../keys',
         '//etc/passwd', '/etc/passwd', '/.git/config', '/proc/self/environ', '/widget/..;/keys', '/demo/....//keys', '/%c0%ae%c0%ae/keys')


async def paths(world):
  for path in PATHS:
    for method in ('GET', 'PUT'):
      answers = all_answers(world.gate.client, f'{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'.encode())
      assert len(answers) == 1 and answers[0] in (400, 401, 403, 404, 405, 411), f'{method} {path}: {answers}'
  return len(PATHS) * 2


# --- row 22 -----------------------------------------------------------------------------------------------------

def series(body):
  return {line.rsplit(' ', 1)[0] for line in body.decode().splitlines() if not line.startswith('#')}


def own_addresses():
  """The one this machine would go out by, if it has any: a machine need not know its own name."""
  with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
    probe.connect(('192.0.2.1', 9)) # sends nothing
    return [probe.getsockname()[0]]
  return []


async def ops(world):
  gate = world.gate
  for address in ('127.0.0.2', *own_addresses()):
    if address != '127.0.0.1':
      with socket.socket() as s:
        s.settimeout(2)
        assert s.connect_ex((address, gate.ops[1])) != 0, f'the operators\' port answers on {address}'
  for path in ('/metrics', '/livez', '/readyz', '/startupz'):
    equal((await gate.http('GET', path))[0], 404, f'{path} on the public port')
    equal((await gate.http('GET', path, ops=True))[0], 200, f'{path} for an operator')
    for method in ('POST', 'PUT', 'DELETE', 'PATCH'):
      status = (await gate.http(method, path, ops=True))[0]
      assert status in (401, 404, 405), f'{method} {path}: {status}'
  await gate.http('GET', '/widget.js')
  before = series((await gate.http('GET', '/metrics', ops=True))[2])
  for i in range(100):  # what strangers name is in no label
    await gate.http('GET', f'/made-up-{i}', headers=(f'User-Agent: agent-{i}', f'Origin: https://o{i}.example', f'X-Request-Id: request-{i:08}'))
    with world.upgrade(f'/ws?app=app-{i}', (f'Origin: https://o{i}.example',)):
      pass
  after = series((await gate.http('GET', '/metrics', ops=True))[2])
  # A loop's own series come with its first second, whoever asked for what.
  new = {s for s in after - before if 'loop="' not in s and 'worker="' not in s}
  assert len(new) <= 10 and not any('made-up' in s or 'agent-' in s or 'app-' in s for s in new), f'new series: {sorted(new)[:20]}'
  return 30


# --- row 16 -----------------------------------------------------------------------------------------------------

SQL = ("'; DROP TABLE message; --", "' OR '1'='1", "x'); DELETE FROM conv; --", '"; DROP TABLE agent; --', "'||(SELECT secret FROM app)||'", "\\'; UPDATE agent SET role='admin'; --",
       "1; ATTACH DATABASE '/tmp/x' AS x; --", "%' AND 1=0 UNION SELECT login, '' FROM agent --", "*) OR text MATCH ('a", 'NEAR("a" "b", 10)', "a' /*", "'' ; VACUUM; --",
       "content: NOT x", "\u02bc; DROP TABLE note; --", "${jndi:ldap://x}", "{{7*7}}")


def counts(gate):
  tables = [t for t, in gate.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
  return {t: gate.rows(f'SELECT count(*) FROM "{t}"')[0][0] for t in tables}


def fixed(gate):
  return gate.rows('SELECT * FROM app ORDER BY 1'), gate.rows('SELECT login, role, password FROM agent ORDER BY 1')


def speak_sql(world, agent, n, sql):
  """@sql in every text that a visitor, an agent and a REST client may write."""
  c = world.upgrade(f'/ws?app={world.key}', (f'Origin: {SHOP}', f'User-Agent: {sql.encode("ascii", "replace").decode()}'))
  say(c, t='hello', id=1, v=1, ch='web', app=world.key, dev=sql[:40], loc=sql[:16], ua=sql, tz=sql[:32])
  say(c, t='auth', id=2, profile={'name': sql, 'email': sql, sql: sql})
  until(c, 'welcome')
  say(c, t='open', id=3, q=sql, skills=[sql], subject=sql, context={sql: sql}, first={'cid': '%016x' % (1000 + n), 'text': sql})
  ack = until(c, 'ack', 'error', id=3)
  if ack['t'] == 'error':  # a queue that nobody knows
    say(c, t='open', id=3, subject=sql, context={sql: sql}, first={'cid': '%016x' % (1000 + n), 'text': sql})
    ack = until(c, 'ack', 'error', id=3)
  conv = ack['conv']
  say(c, t='page_view', url='https://shop.example/' + sql, title=sql, referrer=sql)
  say(c, t='history', id=4, conv=conv, limit=10)
  until(c, 'page', 'error', id=4)
  say(agent, t='claim', id=40, conv=conv, mode='pull')
  until(agent, 'assign', 'error', id=40)
  for frame in ({'t': 'note', 'cid': '%016x' % (2000 + n), 'text': sql, 'conv': conv}, {'t': 'conv', 'conv': conv, 'tags_add': [sql], 'subject': sql, 'attrs': {sql: sql}},
                {'t': 'search', 'query': sql, 'tag': sql, 'from': sql, 'cursor': sql}, {'t': 'transfer', 'conv': conv, 'q': sql, 'note': sql},
                {'t': 'sub', 'list': 'queue', 'q': sql}, {'t': 'close', 'conv': conv, 'note': sql}, {'t': 'wrapup', 'conv': conv, 'code': sql, 'result': sql, 'summary': sql, 'form': {sql: sql}}):
    say(agent, id=50, **frame)
    until(agent, 'ack', 'error', 'found', 'assign', 'list', id=50)
  say(c, t='rate', id=6, score=5, of=5, comment=sql, reasons=[sql])
  until(c, 'ack', 'error', id=6)
  c.socket.close()
  return conv


async def sql(world):
  gate, agent = world.gate, world.agent()
  before, kept = counts(gate), fixed(gate)
  convs = [speak_sql(world, agent, n, text) for n, text in enumerate(SQL)]
  for text in SQL:
    for body in ({'login': text, 'password': text, 'device': text, 'device_name': text}, {'login': 'mei', 'password': text, 'device': 'd', 'device_name': 'd'}):
      status = (await gate.http('POST', '/api/v1/auth/sign-in', body))[0]
      assert status in (400, 401, 422, 429), f'sign-in with {text}: {status}'
  agent.socket.close()
  after = counts(gate)
  equal(set(after), set(before), 'tables')
  equal(fixed(gate), kept, 'shops and agents')
  equal(after['message'] >= before['message'] + len(SQL), True, 'messages')
  for conv, text in zip(convs, SQL):
    equal(gate.rows('SELECT text FROM message WHERE conv = ? ORDER BY seq LIMIT 1', conv)[0][0], text, 'a line as it was sent')
  equal(gate.rows('PRAGMA integrity_check'), [('ok',)], 'the database')
  return len(SQL) * 15


# --- row 30 -----------------------------------------------------------------------------------------------------

async def logs(world):
  canary = 'Kanarienvogel-7f3a91'
  evil = 'x\u2028y\\n{"level":"error","msg":"forged"}'
  with world.visitor() as c:
    say(c, t='auth', id=2, profile={'name': canary + '-name'})
    welcome = until(c, 'welcome')
    say(c, t='msg', id=3, cid='%016x' % 99, text=canary + ' ' + evil)
    until(c, 'ack')
    say(c, t='nonsense', text=canary)
    c.send(TEXT, b'{"t":"msg","text":"' + canary.encode() + b'\xff"}')
    until(c)
  await world.gate.http('POST', '/api/v1/auth/sign-in', {'login': canary + '-login', 'password': canary + '-password', 'device': 'd', 'device_name': canary})
  await world.gate.http('GET', '/' + canary, headers=('Authorization: Bearer ga_' + canary, f'User-Agent: {canary}', 'X-Request-Id: forged%0d%0a-id'))
  with world.upgrade(f'/ws?app={canary}', (f'Origin: https://{canary}.example', f'User-Agent: {canary}')):
    pass
  with Connection(world.gate.client) as c:
    c.send_bytes(canary.encode() * 100)
    c.receive()
  log = world.log()
  for secret in (canary, world.token, welcome['rt'], welcome['visitor'], world.secret, 'password-of-mei', 'forged'):
    assert secret not in log, f'the log has “{secret}”'
  lines = log.splitlines()
  for line in lines:
    json.loads(line)  # one line is one event: nothing that strangers write breaks it
  assert len(lines) >= 2, log
  return 12


# --- row 25: gateways of their own -------------------------------------------------------------------------------

def refusal(data):
  done = subprocess.run([BUILD / 'server-stub/usher-gate', '--data', data, '--listen', f'127.0.0.1:{free_port()}', '--ops', f'127.0.0.1:{free_port()}'],
                        capture_output=True, text=True, timeout=20)  # one that starts runs into the time-out
  return done.returncode, done.stdout + done.stderr


async def exposed(world):
  gate = Gate('io.worker_pool=1')
  try:
    await gate.start()
    for path in (gate.data, *gate.data.iterdir()):
      mode = stat.S_IMODE(path.stat().st_mode)
      assert mode & 0o077 == 0, f'{path.name} has mode {mode:o}'
    await gate.stop()
    tried = [gate.data, *sorted(gate.data.iterdir())]
    for path, more in zip(tried, itertools.cycle((0o044, 0o040, 0o004, 0o020))):
      mode = stat.S_IMODE(path.stat().st_mode)
      path.chmod(mode | more)
      code, said = refusal(gate.data)
      assert code != 0 and f'chmod {mode:o}' in said and str(path) in said, f'{path.name} with mode {mode | more:o}: status {code}, “{said[:300]}”'
      path.chmod(mode)
    link = gate.root / 'link'
    link.symlink_to(gate.data)
    gate.data.chmod(0o755)
    assert refusal(link)[0] != 0, 'a data folder behind a link is open to others'
    gate.data.chmod(0o700)
    await gate.start()
    await gate.stop()
    return len(tried) + 1
  finally:
    gate.done()


CHECKS = {f.__name__: f for f in (origins, tokens, smuggling, paths, ops, sql, logs, exposed)}


async def main():
  world = World()
  await world.start()
  wrong = n = 0
  edge_fds = n_fds(world.gate.workers('edge')[0])
  try:
    for name in sys.argv[1:] or CHECKS:
      began = time.monotonic()
      try:
        n_tried = await CHECKS[name](world)
        n += n_tried
        print(f'ok – {name}: {n_tried} tries in {time.monotonic() - began:.1f} s', flush=True)
      except AssertionError as e:
        wrong += 1
        print(f'not ok – {name}: {e}', flush=True)
    end = time.monotonic() + 10
    while n_fds(world.gate.workers('edge')[0]) > edge_fds and time.monotonic() < end:
      await asyncio.sleep(0.05)
    print(json.dumps({'test': 'defence-checks', 'tries': n, 'failed': wrong, 'edge_fds_left': n_fds(world.gate.workers('edge')[0]) - edge_fds}))
    return wrong > 0
  finally:
    await world.stop()
    world.gate.done()


sys.exit(asyncio.run(main()))
