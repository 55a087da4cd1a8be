"""A bad network on the loopback: a TCP proxy that delays, trickles, swallows and resets."""
import asyncio
import socket
import struct
import time

CLOSED_AS_IDLE = struct.pack('>H', 4005) # in the close frame of a gateway that has given its client up


class Pair:
  """One client's connection and the one to the gateway."""

  def __init__(self):
    self.writers = []
    self.holed_at = None       # since when nothing gets through, in either direction, and nobody is told
    self.given_up_at = None    # when the gateway said so, into the hole

  def reset(self):
    for writer in self.writers:
      if writer.get_extra_info('socket').fileno() < 0:
        continue
      writer.get_extra_info('socket').setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
      writer.transport.abort()


class Proxy:
  """Change its fields at any time: they hold for all connections, those that are open too."""

  def __init__(self, target):
    self.target = target
    self.address = None
    self.delay_s = 0           # each way
    self.trickle = None        # bytes a twentieth of a second, each way
    self.pairs = []
    self.server = None

  async def start(self):
    self.server = await asyncio.start_server(self.serve, '127.0.0.1', 0)
    self.address = self.server.sockets[0].getsockname()

  def stop(self):
    self.server.close()
    for pair in self.pairs:
      pair.reset()

  def hole(self):
    """From now on every connection that is open leads nowhere."""
    for pair in self.pairs:
      pair.holed_at = pair.holed_at or time.monotonic()
    return list(self.pairs)

  async def serve(self, reader, writer):
    pair = Pair()
    self.pairs.append(pair)
    try:
      to_reader, to_writer = await asyncio.open_connection(*self.target)
      pair.writers = [writer, to_writer]
      await asyncio.gather(self.pump(pair, reader, to_writer), self.pump(pair, to_reader, writer))
    except OSError:
      pass
    finally:
      self.pairs.remove(pair)
      pair.reset()

  async def pump(self, pair, reader, writer):
    line = asyncio.Queue(64)
    both = [asyncio.create_task(self.feed(pair, reader, line)), asyncio.create_task(self.carry(pair, line, writer))]
    try:
      await asyncio.gather(*both)
    finally: # neither waits for the other for ever: the line may be full and nobody there to empty it
      for task in both:
        task.cancel()

  async def feed(self, pair, reader, line):
    while data := await reader.read(65536):
      if pair.holed_at and CLOSED_AS_IDLE in data:
        pair.given_up_at = pair.given_up_at or time.monotonic()
      await line.put((time.monotonic() + self.delay_s, data))
    await line.put((0, b''))

  async def carry(self, pair, line, writer):
    while True:
      due, data = await line.get()
      await asyncio.sleep(max(0, due - time.monotonic()))
      step = self.trickle or len(data)
      for at in range(0, len(data), step or 1):
        if pair.holed_at:
          break
        writer.write(data[at:at + step])
        await writer.drain()
        if self.trickle:
          await asyncio.sleep(0.05)
      if not data:
        if not pair.holed_at:
          writer.write_eof()
        return
