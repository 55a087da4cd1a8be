"""A gateway with inject.so in it and in its workers."""
import mmap
import struct

from gate import BUILD

LIBRARY = BUILD / 'tests/faults/inject.so'


class Plan:
  """The page that one role reads."""

  def __init__(self, path):
    path.write_bytes(bytes(4096))
    with open(path, 'r+b') as f:
      self.page = mmap.mmap(f.fileno(), 4096)

  def arm(self, kind, n, error):
    struct.pack_into('I', self.page, 0, 0)
    struct.pack_into('iiI', self.page, 4, n, error, 0)
    struct.pack_into('I', self.page, 0, kind)

  def has_fired(self):
    return struct.unpack_from('I', self.page, 12)[0] > 0

  def disarm(self):
    struct.pack_into('I', self.page, 0, 0)
    return self.has_fired()

  def set_clock(self, offset_s):
    struct.pack_into('i', self.page, 16, offset_s)


def preload(gate):
  """Call it before the gateway starts. Returns role → Plan."""
  folder = gate.root / 'inject'
  folder.mkdir()
  gate.prefix = ['env', f'LD_PRELOAD={LIBRARY}', f'USHER_INJECT={folder}']
  return {role: Plan(folder / role) for role in ('core', 'edge', 'http')}
