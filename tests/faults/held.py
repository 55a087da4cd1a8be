"""A gateway whose listening sockets a service manager holds (this process, as systemd would), and which may be replaced while it
runs."""
import asyncio
import os
import signal
import socket
import sys
import time

from gate import BUILD, Gate

# What systemd does between fork and exec: sd_listen_fds(3).
LAUNCH = '''import fcntl, os, sys
given = [int(n) for n in sys.argv[1:3]]
client, ops = (fcntl.fcntl(n, fcntl.F_DUPFD_CLOEXEC, 10) for n in given)
for n in given: os.close(n)
os.dup2(client, 3); os.dup2(ops, 4)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='2', LISTEN_FDNAMES='client:ops')
os.execv(sys.argv[3], sys.argv[3:])'''


def listener(backlog):
  held = socket.socket()
  held.bind(('127.0.0.1', 0))
  held.listen(backlog)
  return held


class HeldGate(Gate):
  def __init__(self, *settings):
    super().__init__(*settings)
    self.held = listener(65535), listener(128)
    self.client, self.ops = (s.getsockname() for s in self.held)
    self.pid = None

  async def spawn(self):
    numbers = [s.fileno() for s in self.held]
    return await asyncio.create_subprocess_exec(
      sys.executable, '-c', LAUNCH, *map(str, numbers), BUILD / 'server-stub/usher-gate', '--data', self.data, *self.settings,
      pass_fds=numbers, stdout=asyncio.subprocess.PIPE, stderr=self.log)

  async def start(self):
    await super().start()
    self.pid = self.process.pid

  async def reload(self):
    """The running gateway replaces itself; returns when the new one is ready and the old one has ended."""
    os.kill(self.pid, signal.SIGUSR2)
    line = await asyncio.wait_for(self.process.stdout.readline(), 30)
    assert line.startswith(b'ready '), f'no new gateway: {line}\n{self.tail()}'
    self.pid = int(line.split(b'pid=')[1])
    deadline = time.monotonic() + 30
    while self.process.returncode is None: # wait() would wait for the end of its output too, which the new one goes on with
      assert time.monotonic() < deadline, f'the old gateway did not end\n{self.tail()}'
      await asyncio.sleep(0.01)

  async def end(self):
    if self.pid == getattr(self.process, 'pid', None):
      await self.stop()
    else:
      os.kill(self.pid, signal.SIGTERM)
      deadline = time.monotonic() + 20
      while os.waitpid(self.pid, os.WNOHANG) == (0, 0):
        assert time.monotonic() < deadline, 'the new gateway did not end after SIGTERM'
        await asyncio.sleep(0.02)
    for held in self.held:
      held.close()
    self.done()
