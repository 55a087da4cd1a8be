"""The servers that `compare` measures: ours, the bare epoll echo, and peers that do the same work. Each is started for one
run and ended by its own process id."""
import asyncio
import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / 'faults'))
from certificates import make_certificate  # noqa: E402
from gate import BUILD, Gate, NO_LIMITS, free_port  # noqa: E402
from held import HeldGate, become_reaper  # noqa: E402

LOAD = BUILD / 'tests/bench/load'
PASSWORD = 'a password of the bench'


class Missing(Exception):
  """A peer that is not installed here."""


def children(pid):
  found = []
  for task in pathlib.Path(f'/proc/{pid}/task').iterdir():
    for child in (task / 'children').read_text().split():
      found += [int(child), *children(int(child))]
  return found


class Server:
  """start() → address and pids; what it speaks is `protocol` of usher-load."""
  name = protocol = None
  path = '/'
  is_tls = False

  async def start(self):
    self.folder = tempfile.mkdtemp(prefix='usher-bench-')
    self.process = await asyncio.create_subprocess_exec(*self.command(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    await self.wait_ready()
    self.pids = [self.process.pid, *children(self.process.pid)]

  def check(self):
    """Raises Missing when it cannot run here."""

  async def meanwhile(self):
    """What happens to it under load."""

  def command(self):
    raise NotImplementedError

  async def wait_ready(self):
    """Most print their port."""
    line = await asyncio.wait_for(self.process.stdout.readline(), 10)
    if not line:
      raise Missing(f'{self.name} did not start')
    self.address = ('127.0.0.1', int(line))

  async def wait_for_port(self):
    for _ in range(500):
      with contextlib.suppress(OSError):
        _, writer = await asyncio.open_connection(*self.address)
        writer.close()
        return
      await asyncio.sleep(0.02)
    raise Missing(f'{self.name} does not listen')

  async def stop(self):
    if self.process.returncode is None:
      self.process.send_signal(signal.SIGTERM)
      try:
        await asyncio.wait_for(self.process.wait(), 10)
      except asyncio.TimeoutError:
        self.process.kill()
        await self.process.wait()
    shutil.rmtree(self.folder, ignore_errors=True)


class Raw(Server):
  """The physical limit."""
  name, protocol = 'bare epoll', 'ws'

  def command(self):
    return [LOAD / 'raw-echo']


class NodeWs(Server):
  name, protocol = 'node ws', 'ws'

  def check(self):
    if not shutil.which('node') or not (HERE.parent / 'node_modules/ws').is_dir():
      raise Missing('node ws: node, or `npm ci` in tests/')

  def command(self):
    return ['node', HERE / 'load/peer-ws.js']


class Lws(Server):
  name, protocol = 'libwebsockets', 'ws'

  def check(self):
    if not (LOAD / 'peer-lws').exists():
      try:
        subprocess.run(['cc', '-O2', '-o', LOAD / 'peer-lws', HERE / 'load/peer-lws.c', '-lwebsockets'], check=True, capture_output=True)
      except (OSError, subprocess.CalledProcessError) as error:
        raise Missing('libwebsockets: libwebsockets-dev') from error

  def command(self):
    return [LOAD / 'peer-lws', str(free_port())]


class Nchan(Server):
  """A channel for each connection, which publishes to it and hears itself: an echo."""
  name, protocol, path = 'nchan', 'ws', '/echo?id=%u'
  module = '/usr/lib/nginx/modules/ngx_nchan_module.so'

  def check(self):
    if not shutil.which('nginx', path='/usr/sbin:/usr/bin') or not os.path.exists(self.module):
      raise Missing('nchan: nginx with libnginx-mod-nchan')

  def command(self):
    self.address = ('127.0.0.1', free_port())
    conf = pathlib.Path(self.folder, 'nginx.conf')
    conf.write_text(f'''load_module {self.module};
daemon off; worker_processes 1; worker_rlimit_nofile 20000; pid {self.folder}/pid; error_log {self.folder}/log crit;
{'user root;' if os.getuid() == 0 else ''}
events {{ worker_connections 19000; }}
http {{ access_log off; client_body_temp_path {self.folder}/a; proxy_temp_path {self.folder}/b; fastcgi_temp_path {self.folder}/c;
  uwsgi_temp_path {self.folder}/d; scgi_temp_path {self.folder}/e; nchan_shared_memory_size 256M;
  server {{ listen {self.address[0]}:{self.address[1]} backlog=65535;
    location /echo {{ nchan_pubsub websocket; nchan_channel_id $arg_id; nchan_message_buffer_length 1; nchan_message_timeout 5s;
      nchan_subscriber_first_message newest; }} }} }}
''')
    return ['/usr/sbin/nginx', '-c', conf, '-p', self.folder]

  async def wait_ready(self):
    await self.wait_for_port()
    while not children(self.process.pid): # it listens before it forks who serves
      await asyncio.sleep(0.01)


class Mosquitto(Server):
  """MQTT 3.1.1 over TCP, QoS 1. It answers PUBACK from memory and saves its store now and then: weaker than a synced commit."""
  name, protocol = 'mosquitto QoS 1', 'mqtt'

  def check(self):
    self.program = shutil.which('mosquitto', path='/usr/sbin:/usr/bin')
    if not self.program:
      raise Missing('mosquitto')

  def command(self):
    self.address = ('127.0.0.1', free_port())
    conf = pathlib.Path(self.folder, 'mosquitto.conf')
    conf.write_text(f'''listener {self.address[1]} {self.address[0]}
allow_anonymous true
persistence true
persistence_location {self.folder}/
autosave_interval 1
{'user root' if os.getuid() == 0 else ''}
max_queued_messages 0
max_inflight_messages 0
''')
    return [self.program, '-c', conf]

  async def wait_ready(self):
    await self.wait_for_port()
    await self.subscribe_and_leave()

  async def subscribe_and_leave(self):
    """A session that is kept while its client is away: what is published is kept for it, or nothing would be."""
    reader, writer = await asyncio.open_connection(*self.address)
    writer.write(b'\x10\x13\0\4MQTT\4\0\0\0\0\7archive' + b'\x82\x0b\0\1\0\6chat/#\1')
    await reader.readexactly(4 + 5)
    writer.write(b'\xe0\0')
    writer.close()


class Usher(Server):
  """The gateway with a fresh data folder, limits off."""

  def __init__(self, protocol='pb', *settings, n_agents=0, path=None, is_tls=False):
    self.name = f'usher {protocol}' + (' over TLS' if is_tls else '')
    self.protocol, self.settings, self.n_agents, self.is_tls = protocol, settings, n_agents, is_tls
    self.path = path or '/ws?app=demo'
    self.tokens = None

  def make_gate(self):
    return Gate(*NO_LIMITS, *self.settings)

  async def start(self):
    self.gate = self.make_gate()
    if self.is_tls:
      for name, path in zip(('tls.cert', 'tls.key'), make_certificate(self.gate, 'bench')):
        self.gate.settings += ['--set', f'{name}={path}']
    for i in range(self.n_agents):
      self.gate.add_agent(f'agent{i}', PASSWORD, '--capacity', '100')
    await self.gate.start()
    self.address = self.gate.client
    self.pids = [self.gate.process.pid, *self.gate.workers()]
    self.roles = {self.gate.process.pid: 'core', **{p: 'edge' for p in self.gate.workers('edge')},
                  **{p: 'http' for p in self.gate.workers('http')}}
    if self.n_agents:
      self.tokens = self.gate.root / 'tokens'
      self.tokens.write_text('\n'.join([await self.sign_in(i) for i in range(self.n_agents)]))

  async def sign_in(self, i):
    for _ in range(50):  # the http worker may still be on its way
      with contextlib.suppress(AssertionError):
        return await self.gate.sign_in(f'agent{i}', PASSWORD)
      await asyncio.sleep(0.1)
    return await self.gate.sign_in(f'agent{i}', PASSWORD)

  async def stop(self):
    await self.gate.stop()
    self.gate.done()


class Replaced(Usher):
  """The gateway that is replaced by another one (SIGUSR2), `after_s` after its clients began to talk."""

  def __init__(self, after_s, *settings):
    super().__init__('pb', *settings)
    self.after_s = after_s

  def make_gate(self):
    become_reaper()
    return HeldGate(*NO_LIMITS, *self.settings)

  async def meanwhile(self):
    await asyncio.sleep(self.after_s)
    await self.gate.reload()

  async def stop(self):
    await self.gate.end()


class Holding(Usher):
  """The gateway with many who only hold their connection, from processes at the lowest priority: they stand for other people's
  machines, and are not to take the time of whoever is measured."""

  def __init__(self, n, *settings):
    super().__init__('pb', *settings)
    self.n = n

  async def everybody(self):
    """Returns when all are connected."""
    words = ['-n', self.n, '-s', 620, '--heartbeat', 60, '--window', 32, '--connect-timeout', 900, '--watch', ','.join(map(str, self.pids))]
    self.holders = await asyncio.create_subprocess_exec(
      'nice', '-n', '19', LOAD / 'usher-load', 'connect', '--to', '%s:%d' % self.address, '--protocol', self.protocol, '--path', self.path,
      *map(str, words), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while line := await self.holders.stderr.readline():
      sys.stderr.write(line.decode())
      if not line.startswith(b'connect: '):
        break
    else:
      raise RuntimeError(f'{self.n} did not connect')
    self.rest = asyncio.create_task(self.holders.communicate())

  async def held(self):
    out, _ = await self.rest
    return json.loads(out.splitlines()[-1])

  async def stop(self):
    if self.holders.returncode is None:
      self.holders.kill()
    await super().stop()
