#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""check-unit.py BUILD_DIR: the gateway and its workers' own sandboxes live within what the systemd unit permits.

systemd is not asked (there may be none): its locks are read from the unit and laid around usher-gate by bubblewrap and
libseccomp. That is the filter of system calls, namespaces, address families, writable executable memory, set-id files, no
capability, no new privilege, a user namespace, a system that can only be read, a /proc of processes only. Then the gateway says
that it is ready, a visitor writes a line and is told that it is kept. Exit status 77 where this machine lets nobody make a sandbox.
"""
import asyncio
import configparser
import ctypes
import errno
import os
import pathlib
import socket
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parents[1]
BUILD = pathlib.Path(sys.argv[1]).resolve()
os.environ['BUILD_DIR'] = str(BUILD)
sys.path.insert(0, str(TESTS / 'faults'))
import client
import gate

SKIP = 77
ALLOW, ERRNO = 0x7fff0000, 0x00050000
NOT_EQUAL, EQUAL, MASKED_EQUAL, AT_LEAST = 1, 4, 7, 5
NAMESPACES = {'cgroup': 0x02000000, 'ipc': 0x08000000, 'net': 0x40000000, 'mnt': 0x00020000, 'pid': 0x20000000,
              'user': 0x10000000, 'uts': 0x04000000}
FAMILIES = {'AF_UNIX': 1, 'AF_INET': 2, 'AF_INET6': 10, 'AF_NETLINK': 16}
N_FAMILIES = 64
PROT_WRITE_EXEC, PROT_EXEC, SHM_EXEC = 6, 4, 0o100000
S_ISUID, S_ISGID = 0o4000, 0o2000
PER_LINUX = 0
# What else but processes stands in /proc; with ProcSubset=pid it does not.
PROC_REST = ('sys', 'bus', 'fs', 'irq', 'tty')
PROC_FILES = ('cpuinfo', 'meminfo', 'stat', 'loadavg', 'version', 'filesystems', 'uptime', 'vmstat', 'cmdline')


class Compare(ctypes.Structure):
  _fields_ = [('argument', ctypes.c_uint), ('operator', ctypes.c_int), ('a', ctypes.c_uint64), ('b', ctypes.c_uint64)]


class Filter:
  """One libseccomp filter; in a file that bubblewrap takes."""

  library = ctypes.CDLL('libseccomp.so.2', use_errno=True)
  library.seccomp_init.restype = ctypes.c_void_p
  library.seccomp_init.argtypes = [ctypes.c_uint32]
  library.seccomp_rule_add_array.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.c_void_p]
  library.seccomp_export_bpf.argtypes = [ctypes.c_void_p, ctypes.c_int]
  library.seccomp_syscall_resolve_name.argtypes = [ctypes.c_char_p]

  def __init__(self, otherwise):
    self.context = self.library.seccomp_init(otherwise)

  def add(self, action, name, *checks):
    number = self.library.seccomp_syscall_resolve_name(name.encode())
    if number < 0:                # of another architecture
      return False
    array = (Compare * len(checks))(*(Compare(*check) for check in checks))
    answer = self.library.seccomp_rule_add_array(self.context, action, number, len(checks), array)
    assert answer == 0, f'{name}: {os.strerror(-answer)}'
    return True

  def file(self):
    descriptor = os.memfd_create('filter', 0)         # bubblewrap inherits it
    assert self.library.seccomp_export_bpf(self.context, descriptor) == 0
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def read_unit(path):
  parser = configparser.RawConfigParser(strict=False)
  parser.optionxform = str
  parser.read(path)
  return parser['Service']


def calls_of(group):
  """Names in a group as this systemd knows it, groups within groups opened."""
  names = set()
  for line in subprocess.check_output(('systemd-analyze', 'syscall-filter', group), text=True).splitlines():
    word = line.strip()
    if line.startswith(' ') and word and not word.startswith('#'):
      names |= calls_of(word) if word.startswith('@') else {word}
  return names


def allowed_calls(service):
  """SystemCallFilter=: a list of what is allowed, and what is taken from it again. systemd adds what starting needs."""
  assert service['SystemCallErrorNumber'] == 'EPERM'
  words = service['SystemCallFilter'].split()
  assert not words[0].startswith('~'), 'the filter forbids single calls and so permits all others'
  kept = calls_of('@default') | {'execve', 'exit', 'exit_group', 'rt_sigreturn', 'getrlimit'}
  for word in words:
    kept |= calls_of(word) if word.startswith('@') else {word}
  permits = Filter(ERRNO | errno.EPERM)
  n_calls = sum(permits.add(ALLOW, name) for name in sorted(kept))
  assert n_calls > 200, 'the groups were not understood'
  return permits


def is_on(service, key):
  return service.get(key, 'no') in ('yes', 'true', '1', 'on')


def forbidden_uses(service):
  """What systemd forbids of calls that are permitted otherwise, as its manual says; each refused with its own error."""
  forbids = Filter(ALLOW)
  no = ERRNO | errno.EPERM
  for name in set(NAMESPACES) - set(service['RestrictNamespaces'].split()):
    bit = NAMESPACES[name]
    for call, argument in (('unshare', 0), ('clone', 0), ('setns', 1)):
      forbids.add(no, call, (argument, MASKED_EQUAL, bit, bit))
  forbids.add(no, 'setns', (1, EQUAL, 0, 0))
  forbids.add(ERRNO | errno.ENOSYS, 'clone3')
  permitted = {FAMILIES[name] for name in service['RestrictAddressFamilies'].split()}
  for family in set(range(N_FAMILIES)) - permitted:
    forbids.add(ERRNO | errno.EAFNOSUPPORT, 'socket', (0, EQUAL, family, 0))
  forbids.add(ERRNO | errno.EAFNOSUPPORT, 'socket', (0, AT_LEAST, N_FAMILIES, 0))
  if is_on(service, 'MemoryDenyWriteExecute'):
    forbids.add(no, 'mmap', (2, MASKED_EQUAL, PROT_WRITE_EXEC, PROT_WRITE_EXEC))
    forbids.add(no, 'mprotect', (2, MASKED_EQUAL, PROT_EXEC, PROT_EXEC))
    forbids.add(no, 'pkey_mprotect', (2, MASKED_EQUAL, PROT_EXEC, PROT_EXEC))
    forbids.add(no, 'shmat', (2, MASKED_EQUAL, SHM_EXEC, SHM_EXEC))
  if is_on(service, 'RestrictSUIDSGID'):
    for bit in (S_ISUID, S_ISGID):
      for call, argument in (('chmod', 1), ('fchmod', 1), ('fchmodat', 2), ('mkdir', 1), ('mkdirat', 2), ('mknod', 1), ('creat', 1)):
        forbids.add(no, call, (argument, MASKED_EQUAL, bit, bit))
  if is_on(service, 'RestrictRealtime'):
    for policy in (1, 2, 6):      # FIFO, round robin, deadline; 0, 3 and 5 are ordinary
      forbids.add(no, 'sched_setscheduler', (1, EQUAL, policy, 0))
  if is_on(service, 'LockPersonality'):
    forbids.add(no, 'personality', (0, NOT_EQUAL, PER_LINUX, 0))
  return forbids


def sandbox(service, data):
  """bubblewrap's words for the rest of the unit; checked against it, so that a changed unit changes the test."""
  for key in ('NoNewPrivileges', 'PrivateUsers', 'PrivateDevices', 'PrivateTmp'):
    assert is_on(service, key), f'{key} is not on'
  assert service['ProtectSystem'] == 'strict' and service['CapabilityBoundingSet'] == '' and service['ProcSubset'] == 'pid'
  words = ['bwrap', '--unshare-user', '--uid', '1000', '--gid', '1000', '--unshare-pid', '--unshare-uts', '--die-with-parent',
           '--cap-drop', 'ALL', '--ro-bind', '/', '/', '--dev', '/dev', '--tmpfs', '/tmp', '--tmpfs', '/home', '--tmpfs', '/root',
           '--ro-bind', str(BUILD), str(BUILD), '--bind', str(data), str(data), '--proc', '/proc']
  for name in PROC_REST:
    words += ['--tmpfs', f'/proc/{name}']
  for name in PROC_FILES:
    words += ['--ro-bind', '/dev/null', f'/proc/{name}']
  return words


def locked(service, data):
  filters = (allowed_calls(service).file(), forbidden_uses(service).file())
  words = sandbox(service, data)
  for descriptor in filters:
    words += ['--add-seccomp-fd', str(descriptor)]
  return words, filters


def run_locked(words, filters, *command):
  for descriptor in filters:
    os.lseek(descriptor, 0, os.SEEK_SET)
  return subprocess.run([*words, *command], pass_fds=filters, capture_output=True, text=True, timeout=30)


def check_locks(words, filters):
  """The locks hold: what the unit forbids fails, what the workers need does not. Else the rest would prove nothing."""
  if subprocess.run(('bwrap', '--unshare-user', '--ro-bind', '/', '/', 'true'), capture_output=True).returncode != 0:
    print('check-unit: nobody may make a user namespace here')
    sys.exit(SKIP)
  works = run_locked(words, filters, 'true')
  assert works.returncode == 0, works.stderr
  for what, command in (('a UTS namespace', ('unshare', '--user', '--uts', 'true')),
                        ('writing to the system', ('touch', '/usr/here')),
                        ('a netlink socket', (sys.executable, '-c', 'import socket; socket.socket(socket.AF_NETLINK)')),
                        ('executable memory that can be written', (sys.executable, '-c', 'import mmap; mmap.mmap(-1, 4096, prot=7)'))):
    assert run_locked(words, filters, *command).returncode != 0, f'the locks permit {what}'


def namespace_of(pid, kind):
  return os.readlink(f'/proc/{pid}/ns/{kind}')


def filters_of(pid):
  status = pathlib.Path(f'/proc/{pid}/status').read_text()
  return int(status.split('Seccomp_filters:')[1].split()[0])


def workers_of(core):
  """Children of the core as seen from outside, with what they were started as."""
  children = pathlib.Path(f'/proc/{core}/task/{core}/children').read_text().split()
  return {int(pid): pathlib.Path(f'/proc/{pid}/cmdline').read_bytes().decode().split('\0') for pid in children}


def core_below(pid):
  """bubblewrap is one or two processes around the one that was asked for."""
  while os.path.basename(os.readlink(f'/proc/{pid}/exe')) != 'usher-gate':
    pid = int(pathlib.Path(f'/proc/{pid}/task/{pid}/children').read_text().split()[0])
  return pid


def open_worker(core):
  """What a worker still shares with the core, or None when each has shut itself in."""
  workers = workers_of(core)
  if len(workers) < 2:
    return f'workers: {workers}'
  for pid, words in workers.items():
    for kind in ('user', 'net', 'ipc'):
      if namespace_of(pid, kind) == namespace_of(core, kind):
        return f'{words[1:3]} shares its {kind} namespace with the core'
    if filters_of(pid) <= filters_of(core):
      return f'{words[1:3]} has no filter of its own'
  return None


async def check_workers(core):
  """The gateway is ready with its first edge; the others shut themselves in a moment later."""
  end = asyncio.get_running_loop().time() + 10
  while fault := open_worker(core):
    assert asyncio.get_running_loop().time() < end, fault
    await asyncio.sleep(0.02)
  return len(workers_of(core))


async def chat(address):
  visitor = client.Visitor(address, seed=1)
  session = asyncio.ensure_future(visitor.run())
  await asyncio.wait_for(visitor.in_step.wait(), 10)
  visitor.say('Is anybody there?')
  async with asyncio.timeout(10):
    while not visitor.acked:
      await asyncio.sleep(0.01)
  visitor.stopping = True
  session.cancel()
  assert not visitor.faults, visitor.faults


class Supervisor:
  """The socket on which systemd hears that its service is ready."""

  def __init__(self, data):
    self.path = str(data / 'notify')
    self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    self.socket.bind(self.path)
    self.socket.settimeout(10)

  def wait_ready(self):
    while b'READY=1' not in self.socket.recv(4096).split(b'\n'):
      pass


async def live(words, filters, data):
  for descriptor in filters:
    os.lseek(descriptor, 0, os.SEEK_SET)
  supervisor = Supervisor(data)
  address, ops = ('127.0.0.1', gate.free_port()), ('127.0.0.1', gate.free_port())
  with open(data / 'gate.log', 'wb') as log:
    process = await asyncio.create_subprocess_exec(
      *words, BUILD / 'server-stub/usher-gate', '--data', data / 'store', '--listen', '%s:%d' % address, '--ops', '%s:%d' % ops,
      '--set', 'demo=true', '--set', 'session.drain=1s', pass_fds=filters, stdout=asyncio.subprocess.PIPE, stderr=log,
      env={**os.environ, 'NOTIFY_SOCKET': supervisor.path})
  try:
    while not (line := await asyncio.wait_for(process.stdout.readline(), 20)).startswith(b'ready '):
      assert line, f'the gateway ended with status {await process.wait()}'
    supervisor.wait_ready()
    await chat(address)
    n_workers = await check_workers(core := core_below(process.pid))
    assert b'sandbox_without_namespace' not in (data / 'gate.log').read_bytes(), 'a worker could make no namespace'
    os.kill(core, 15)
    assert await asyncio.wait_for(process.wait(), 20) == 0, 'SIGTERM did not end it well'
    return n_workers
  except BaseException:
    sys.stderr.write((data / 'gate.log').read_text(errors='replace')[-4000:])
    raise
  finally:
    if process.returncode is None:
      process.kill()
      await process.wait()


def main():
  service = read_unit(TESTS.parent / 'data/systemd/usher-gate.service.in')
  with tempfile.TemporaryDirectory(prefix='usher-unit-') as folder:
    data = pathlib.Path(folder)
    words, filters = locked(service, data)
    check_locks(words, filters)
    n_workers = asyncio.run(live(words, filters, data))
  print(f'check-unit: {n_workers} workers in namespaces of their own behind filters of their own; a line was kept')


if __name__ == '__main__':
  main()
