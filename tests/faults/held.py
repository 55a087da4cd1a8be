"""A gateway whose listening sockets a service manager holds (this process, as systemd would), and which may be replaced while it
runs."""
import asyncio
import ctypes
import os
import signal
import socket
import sys
import time

from gate import BUILD, Gate

PR_SET_CHILD_SUBREAPER = 36

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
  def __init__(self, *settings, data=None):
    super().__init__(*settings, data=data)
    self.held = listener(65535), listener(128)
    self.client, self.ops = (s.getsockname() for s in self.held)

  async def spawn(self):
    numbers = [s.fileno() for s in self.held]
    return await asyncio.create_subprocess_exec(
      *self.prefix, sys.executable, '-c', LAUNCH, *map(str, numbers), BUILD / 'server-stub/usher-gate', '--data', self.data, *self.settings,
      pass_fds=numbers, stdout=asyncio.subprocess.PIPE, stderr=self.log)

  async def reload(self):
    """The running gateway replaces itself; returns when the new one is ready and the old one has ended."""
    old = self.process
    old.send_signal(signal.SIGUSR2)
    line = await asyncio.wait_for(old.stdout.readline(), 30)
    assert line.startswith(b'ready '), f'no new gateway: {line}\n{self.tail()}'
    deadline = time.monotonic() + 30
    while old.returncode is None: # wait() would wait for the end of its output too, which the new one goes on with
      assert time.monotonic() < deadline, f'the old gateway did not end\n{self.tail()}'
      await asyncio.sleep(0.01)
    self.process = Successor(int(line.split(b'pid=')[1]), old.stdout)

  async def end(self):
    await self.stop()
    for held in self.held:
      held.close()
    self.done()


class Successor:
  """A process that another one started, as far as the tests need it. It is our child once that one has ended: we are a reaper."""

  def __init__(self, pid, stdout):
    self.pid, self.stdout, self.status = pid, stdout, None

  @property
  def returncode(self):
    return self.status if self.reap() else None

  def reap(self):
    if self.status is None:
      pid, status = os.waitpid(self.pid, os.WNOHANG)
      if pid:
        self.status = os.waitstatus_to_exitcode(status)
    return self.status is not None

  async def wait(self):
    while not self.reap():
      await asyncio.sleep(0.01)
    return self.status

  def send_signal(self, number):
    if not self.reap():
      os.kill(self.pid, number)

  def terminate(self):
    self.send_signal(signal.SIGTERM)

  def kill(self):
    self.send_signal(signal.SIGKILL)


def become_reaper():
  """A gateway that was started by the one before it becomes our child when that one ends, so that it can be waited for."""
  ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
