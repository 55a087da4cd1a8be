"""A real gateway process for one test: start, wait until it is ready, kill -9, start again."""
import asyncio
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time

BUILD = pathlib.Path(os.environ.get('BUILD_DIR', pathlib.Path(__file__).parents[2] / '_build/gcc')).resolve()
NO_LIMITS = ('limits.messages_per_s=0', 'limits.frames_per_s=0', 'limits.connections_per_ip=0',
             'limits.connects_per_ip_per_s=0', 'limits.conversations_per_ip=0', 'limits.agent_reserve=0')


def free_port():
  with socket.socket() as s:
    s.bind(('127.0.0.1', 0))
    return s.getsockname()[1]


class Gate:
  """One data folder and one pair of ports, over as many processes as are killed."""

  def __init__(self, *settings, data=None, descriptors=None):
    self.root = pathlib.Path(tempfile.mkdtemp(prefix='usher-gate-'))
    os.chmod(self.root, 0o700)
    self.data = pathlib.Path(data) if data else self.root / 'data'
    self.data.mkdir(mode=0o700, exist_ok=True)
    self.client = ('127.0.0.1', free_port())
    self.ops = ('127.0.0.1', free_port())
    self.settings = [a for s in settings for a in ('--set', s)]
    self.prefix = ['prlimit', f'--nofile={descriptors}'] if descriptors else []
    self.log = open(self.root / 'gate.log', 'ab')
    self.process = None
    self.ready_ms = []

  def ctl(self, *arguments, text=''):
    return subprocess.run([BUILD / 'server-stub/usherctl', *arguments, '--data', self.data], input=text, text=True,
                          check=True, capture_output=True).stdout

  def add_agent(self, login, password, *arguments):
    self.ctl('agent', 'add', login, '--name', login.capitalize(), '--password-stdin', *arguments, text=password)

  async def spawn(self):
    return await asyncio.create_subprocess_exec(
      *self.prefix, BUILD / 'server-stub/usher-gate', '--data', self.data, '--listen', '%s:%d' % self.client, '--ops', '%s:%d' % self.ops,
      *self.settings, stdout=subprocess.PIPE, stderr=self.log)

  async def start(self):
    began = time.monotonic()
    self.process = await self.spawn()
    while True:
      line = await asyncio.wait_for(self.process.stdout.readline(), 20)
      if not line:
        raise AssertionError(f'the gateway ended with status {await self.process.wait()}:\n{self.tail()}')
      if line.startswith(b'ready '):
        break
    self.ready_ms.append((time.monotonic() - began) * 1000)

  def tail(self):
    return (self.root / 'gate.log').read_text(errors='replace')[-3000:]

  def workers(self, role=None):
    """Pids of the workers, by role."""
    found = []
    for pid in filter(str.isdigit, os.listdir('/proc')):
      try:
        words = pathlib.Path('/proc', pid, 'cmdline').read_bytes().split(b'\0')
        parent = int(re.search(r'PPid:\s+(\d+)', pathlib.Path('/proc', pid, 'status').read_text())[1])
      except OSError:
        continue
      mine = next((w.decode()[len('--worker='):] for w in words if w.startswith(b'--worker=')), None)
      if parent == self.process.pid and mine and role in (None, mine):
        found.append(int(pid))
    return found

  async def kill(self, wait=True):
    """kill -9 of the core; its workers must not outlive it. Without @wait they may still be dying when this returns."""
    left = self.workers()
    self.process.send_signal(signal.SIGKILL)
    await self.process.wait()
    deadline = time.monotonic() + 5
    while wait and any(os.path.exists(f'/proc/{pid}/exe') and os.path.realpath(f'/proc/{pid}/exe').endswith('usher-gate') for pid in left):
      assert time.monotonic() < deadline, 'a worker outlived its core'
      await asyncio.sleep(0.002)

  async def stop(self):
    if self.process and self.process.returncode is None:
      self.process.terminate()
      try:
        return await asyncio.wait_for(self.process.wait(), 20)
      except asyncio.TimeoutError:
        self.process.kill()
        raise AssertionError('the gateway did not end after SIGTERM') from None
    return None

  def done(self):
    self.log.close()
    shutil.rmtree(self.root, ignore_errors=True)

  def rows(self, sql, *values):
    with sqlite3.connect(f'file:{self.data}/usher.db?mode=ro', uri=True) as db:
      return db.execute(sql, values).fetchall()

  async def http(self, method, path, body=None, headers=(), ops=False):
    """A small HTTP/1.1 request on the public port. Returns (status, headers, bytes)."""
    reader, writer = await asyncio.open_connection(*(self.ops if ops else self.client))
    data = json.dumps(body).encode() if isinstance(body, dict) else body or b''
    lines = [f'{method} {path} HTTP/1.1', 'Host: 127.0.0.1', 'Connection: close', f'Content-Length: {len(data)}', *headers]
    if isinstance(body, dict):
      lines.append('Content-Type: application/json')
    writer.write('\r\n'.join(lines).encode() + b'\r\n\r\n' + data)
    answer = await reader.read(-1)
    writer.close()
    head, _, rest = answer.partition(b'\r\n\r\n')
    first, *others = head.decode().split('\r\n')
    fields = {k.strip().lower(): v.strip() for k, _, v in (o.partition(':') for o in others)}
    if fields.get('transfer-encoding') == 'chunked':
      rest = unchunk(rest)
    return int(first.split()[1]), fields, rest

  async def sign_in(self, login, password):
    who = {'login': login, 'password': password, 'device': 'd-' + login, 'device_name': 'test'}
    for _ in range(5): # a hash takes long where others work, too
      status, _, body = await self.http('POST', '/api/v1/auth/sign-in', who)
      if status != 503:
        break
    assert status == 200, (status, body)
    return json.loads(body)['access_token']


def unchunk(data):
  out = b''
  while data:
    size, _, data = data.partition(b'\r\n')
    n = int(size.split(b';')[0], 16)
    out, data = out + data[:n], data[n + 2:]
    if n == 0:
      break
  return out
