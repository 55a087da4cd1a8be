"""A small disk of one's own, and how to fill it."""
import contextlib
import os
import pathlib
import subprocess
import tempfile


@contextlib.contextmanager
def small_disk(size):
  """A folder on a file system of that size; None where there is no right to mount one."""
  mount = pathlib.Path(tempfile.mkdtemp(prefix='usher-small-'))
  is_mounted = os.geteuid() == 0 and subprocess.run(
    ['mount', '-t', 'tmpfs', '-o', f'size={size},mode=0700', 'tmpfs', mount], capture_output=True).returncode == 0
  try:
    yield mount if is_mounted else None
  finally:
    if is_mounted:
      subprocess.run(['umount', '-l', mount], check=False)
    mount.rmdir()


def fill(folder):
  """Takes what room is left, down to the last byte."""
  with open(folder / 'ballast', 'wb') as f:
    for size in (1 << 16, 1 << 12, 1):
      try:
        while True:
          os.write(f.fileno(), b'x' * size)
      except OSError:
        pass
