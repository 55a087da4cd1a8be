"""What the defence tests share: a flood beside a gateway, honest clients whose times are kept, and what the workers use meanwhile."""
import asyncio
import json
import os
import pathlib
import sys
import time

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / 'faults'))
from client import Client, Socket  # noqa: E402
from gate import Gate  # noqa: E402,F401


def quantile(values, q):
  values = sorted(values)
  return values[min(len(values) - 1, int(len(values) * q))] if values else float('nan')


def ms(values):
  return {'n': len(values), 'p50_ms': round(quantile(values, .5) * 1000, 2), 'p99_ms': round(quantile(values, .99) * 1000, 2)}


async def flood(kind, gate, clients, seconds, addresses=50, rate=0, again=False):
  """Starts it with less right to the processor than the gateway; await its communicate() for what it counted."""
  arguments = [kind, '%s:%d' % (gate.ops if kind == 'scrape' else gate.client), '--clients', clients, '--seconds', seconds, '--addresses', addresses, '--rate', rate]
  return await asyncio.create_subprocess_exec('nice', '-n', '10', sys.executable, str(HERE / 'flood.py'), *map(str, arguments),
                                              *(['--again'] if again else []), stdout=asyncio.subprocess.PIPE)


async def counted(process):
  out, _ = await process.communicate()
  return json.loads(out)


class Timed(Client):
  """A visitor who says a line each time the last one was acknowledged, and keeps how long that took."""

  def __init__(self, address, seed, pause_s=0.02):
    super().__init__(address, seed)
    self.pause_s = pause_s
    self.began = {}
    self.times = []

  def put(self, frame):
    if 'cid' in frame:
      self.began.setdefault(frame['cid'], time.monotonic())
    super().put(frame)

  def on_ack(self, frame):
    super().on_ack(frame)
    if frame.get('cid') in self.began:
      self.times.append(time.monotonic() - self.began.pop(frame['cid']))

  async def talk(self, until):
    n = 0
    while not until.is_set():
      if not self.unacked and self.in_step.is_set():
        n += 1
        self.say(f'line {n} 你好')
      await asyncio.sleep(self.pause_s)

  def take_times(self):
    times, self.times = self.times, []
    return times


async def connect_times(address, seconds, pause_s=0.01, token=None):
  """From the first packet to `Welcome`, again and again. Whoever is not let in counts as infinitely slow."""
  times, end = [], time.monotonic() + seconds
  while time.monotonic() < end:
    began = time.monotonic()
    try:
      await asyncio.wait_for(come_in(address, token), 10)
      times.append(time.monotonic() - began)
    except (OSError, EOFError, asyncio.TimeoutError, asyncio.IncompleteReadError, Exception) as e:
      print(f'# an honest client was not let in: {type(e).__name__} {e}', flush=True)
      times.append(float('inf'))
    await asyncio.sleep(pause_s)
  return times


async def come_in(address, token):
  socket = await Socket.open(address, '/ws' if token else '/ws?app=demo')
  try:
    socket.send({'t': 'hello', 'id': 1, 'v': 1, 'ch': 'console' if token else 'web', 'app': 'demo', 'dev': 'd', 'loc': 'en'})
    socket.send({'t': 'auth', 'id': 2, **({'token': token} if token else {})})
    while (await socket.receive()).get('t') != 'welcome':
      pass
  finally:
    socket.writer.close()


def n_fds(pid):
  return len(os.listdir(f'/proc/{pid}/fd'))


def rss_kib(pid):
  for line in pathlib.Path(f'/proc/{pid}/status').read_text().splitlines():
    if line.startswith('VmRSS:'):
      return int(line.split()[1])
  return 0


class Watch:
  """The most descriptors and memory that a role's workers had, looked at ten times a second."""

  def __init__(self, gate, *roles):
    self.pids = {role: gate.workers(role) for role in roles}
    self.fds = dict.fromkeys(roles, 0)
    self.rss = dict.fromkeys(roles, 0)
    self.task = asyncio.create_task(self.run())

  async def run(self):
    while True:
      for role, pids in self.pids.items():
        self.fds[role] = max([self.fds[role], *map(n_fds, pids)])
        self.rss[role] = max([self.rss[role], *map(rss_kib, pids)])
      await asyncio.sleep(0.1)


class Report:
  """Collects what must hold, prints one JSON line, and says whether it held."""

  def __init__(self, name):
    self.figures = {'test': name}
    self.wrong = []

  def must(self, holds, what):
    if not holds:
      self.wrong.append(what)

  def end(self):
    print(json.dumps({**self.figures, 'violations': len(self.wrong)}), flush=True)
    for line in self.wrong:
      print(line)
    return 1 if self.wrong else 0
