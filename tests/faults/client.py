"""A client of gate.v1.json over a WebSocket that keeps a history: what it asked, what it was told, what it saw.

It behaves as the protocol wants: a line keeps its cid until it is acknowledged, a lost connection is resumed from the last
seq held, a gap is asked for before anything after it counts as seen. Everything told is kept, so that a checker can hold it
against the store afterwards.
"""
import asyncio
import base64
import json
import logging
import os
import random
import struct
import time

logging.getLogger('asyncio').setLevel(logging.ERROR) # it warns of each write to a socket that the test has just killed


OPEN_S = 15 # for a connection to open; it may wait in a queue while one gateway ends and the next starts


class Closed(Exception):
  pass


class Socket:
  """RFC 6455, as much of it as a JSON client needs."""

  def __init__(self, reader, writer):
    self.reader, self.writer = reader, writer

  @classmethod
  async def open(cls, address, path, origin='http://127.0.0.1'):
    return await cls.upgrade(*await asyncio.open_connection(*address), path, origin)

  @classmethod
  async def upgrade(cls, reader, writer, path, origin='http://127.0.0.1'):
    """The same on a connection that is there."""
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write((f'GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
                  f'Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: gate.v1.json\r\n'
                  f'Origin: {origin}\r\n\r\n').encode())
    head = await reader.readuntil(b'\r\n\r\n')
    if b' 101 ' not in head.split(b'\r\n')[0]:
      writer.close()
      raise Closed(head.split(b'\r\n')[0].decode())
    return cls(reader, writer)

  def send(self, frame, opcode=1):
    data = frame if isinstance(frame, bytes) else json.dumps(frame, ensure_ascii=False).encode()
    mask = os.urandom(4)
    n = len(data)
    head = bytes([0x80 | opcode]) + (bytes([0x80 | n]) if n < 126 else b'\xfe' + struct.pack('>H', n) if n < 65536 else
                                     b'\xff' + struct.pack('>Q', n))
    body = (int.from_bytes(data, 'big') ^ int.from_bytes((mask * (n // 4 + 1))[:n], 'big')).to_bytes(n, 'big') if n else b''
    self.writer.write(head + mask + body)

  async def receive(self):
    while True:
      a, b = await self.reader.readexactly(2)
      n = b & 127
      if n == 126:
        n = struct.unpack('>H', await self.reader.readexactly(2))[0]
      elif n == 127:
        n = struct.unpack('>Q', await self.reader.readexactly(8))[0]
      data = await self.reader.readexactly(n)
      if a & 15 == 8:
        raise Closed(struct.unpack('>H', data[:2])[0] if len(data) >= 2 else 1005)
      if a & 15 == 9:
        self.send(data, 10)
      elif a & 15 in (1, 2):
        return json.loads(data)


class Client:
  """One session. `lines[conv][seq]` is what it saw; `acked[cid]` what it was told is kept."""

  def __init__(self, address, seed, token=None, app='demo'):
    self.address, self.token, self.app = address, token, app
    self.random = random.Random(seed)
    self.visitor_key = None
    self.resume = None
    self.log = None
    self.unacked = {}        # cid -> frame, in the order of asking
    self.asked = {}          # cid -> text
    self.acked = {}          # cid -> (conv, seq)
    self.lines = {}          # conv -> {seq: (cid, text, role)}
    self.early = {}          # conv -> {seq: line} seen before the gap below was filled
    self.faults = []         # what may never happen
    self.epochs = {}
    self.next_id = 10
    self.socket = None
    self.connects = 0
    self.byes = []           # (when it was told to go, after how many seconds)
    self.closes = []         # codes
    self.welcomes = []       # (when, whether it went on where it was)
    self.refused = 0         # connects
    self.beat_s = None       # sends a ping so often, and takes twelve of these times without a byte for a dead line
    self.said_at = {}        # cid → when; of what is not acknowledged
    self.slowest_ack_s = 0
    self.slowest_beat_s = 0  # it is ourselves who were late
    self.heard_at = 0
    self.in_step = asyncio.Event()
    self.stopping = False

  # --- what a person does ---------------------------------------------------------------------------
  def say(self, text, conv=None):
    cid = '%016x' % self.random.getrandbits(64)
    frame = {'t': 'msg', 'cid': cid, 'text': text}
    if conv:
      frame['conv'] = conv
    self.asked[cid] = text
    self.unacked[cid] = frame
    self.said_at[cid] = time.monotonic()
    if self.socket and self.in_step.is_set():
      self.put(frame)

  def put(self, frame):
    self.next_id += 1
    self.socket.send({**frame, 'id': self.next_id})

  async def insist(self):
    """Says again what was refused with “try again”; not at once, as a client should."""
    while True:
      await asyncio.sleep(0.15)
      for waiting in list(self.unacked.values()) if self.in_step.is_set() else ():
        self.put(waiting)

  # --- the connection -------------------------------------------------------------------------------
  async def run(self, first_after_s=0):
    await asyncio.sleep(first_after_s)
    beating = None
    while not self.stopping:
      try:
        path = '/ws' if self.token else f'/ws?app={self.app}'
        self.socket = await asyncio.wait_for(Socket.open(self.address, path), OPEN_S)
        self.connects += 1
        self.greet()
        beating = asyncio.create_task(self.beat(self.socket)) if self.beat_s else None
        while True:
          self.take(await self.socket.receive())
      except Closed as e:
        self.closes.append(e.args[0])
        if e.args[0] in (4001, 4004):
          self.resume = None
        elif e.args[0] in (1002, 1003, 1007, 1008, 1009, 4003, 4006, 4009):
          self.faults.append(f'closed with {e.args[0]}')
      except ConnectionRefusedError:
        self.refused += 1
      except (OSError, EOFError, asyncio.IncompleteReadError):
        pass
      finally:
        if beating:
          beating.cancel()
          beating = None
        self.in_step.clear()
        if self.socket:
          self.socket.writer.close()
        self.socket = None
      await asyncio.sleep(self.random.uniform(0, 0.15))

  async def beat(self, socket):
    self.heard_at = beat_at = time.monotonic()
    while time.monotonic() - self.heard_at < 12 * self.beat_s:
      self.slowest_beat_s = max(self.slowest_beat_s, time.monotonic() - beat_at)
      beat_at = time.monotonic()
      socket.send({'t': 'ping', 'n': 1})
      await asyncio.sleep(self.beat_s)
    socket.writer.transport.abort() # a close would wait for what cannot be sent

  def greet(self):
    self.socket.send({'t': 'hello', 'id': 1, 'v': 1, 'ch': 'console' if self.token else 'web', 'app': self.app, 'dev': 'd', 'loc': 'en'})
    if self.resume:
      have = [{'conv': c, 'seq': max(l, default=0), 'ep': self.epochs.get(c, 0)} for c, l in self.lines.items()]
      self.socket.send({'t': 'resume', 'id': 2, 'token': self.resume, 'have': have, 'log': self.log})
    elif self.token:
      self.socket.send({'t': 'auth', 'id': 2, 'token': self.token})
    else:
      self.socket.send({'t': 'auth', 'id': 2, **({'visitor': self.visitor_key} if self.visitor_key else {})})

  def take(self, frame):
    self.heard_at = time.monotonic()
    handler = getattr(self, 'on_' + frame['t'], None)
    if handler:
      handler(frame)

  def on_welcome(self, frame):
    if self.log not in (None, frame['log']):
      self.faults.append('the store changed its incarnation')
    self.log = frame['log']
    self.welcomes.append((time.monotonic(), frame.get('resumed', False)))
    self.resume = frame.get('rt', self.resume)
    self.visitor_key = frame.get('visitor', self.visitor_key)
    for cursor in frame.get('convs', ()):
      held = max(self.lines.setdefault(cursor['conv'], {}), default=0)
      if cursor.get('seq', 0) > held and not frame.get('resumed'):
        self.put({'t': 'history', 'conv': cursor['conv'], 'after': held, 'limit': 200})
    self.welcomed()
    self.in_step.set()
    for waiting in list(self.unacked.values()):
      self.put(waiting)

  def welcomed(self):
    pass

  def on_bye(self, frame):
    delay_s = frame.get('delay', 0) / 1000
    self.byes.append((time.monotonic(), delay_s))
    asyncio.get_running_loop().call_later(delay_s, self.leave, self.socket)

  def leave(self, socket):
    if socket and socket is self.socket:
      socket.send(struct.pack('>H', 1000), 8)
      socket.writer.close()

  def on_error(self, frame):
    if frame.get('code') == 401:
      self.resume = None
    elif frame.get('code') not in (503, 507, 409):
      self.faults.append(f'error {frame}')

  def on_ack(self, frame):
    cid = frame.get('cid')
    if not cid:
      return
    place = (frame['conv'], frame['seq'])
    if self.acked.setdefault(cid, place) != place:
      self.faults.append(f'{cid} was acknowledged as {self.acked[cid]} and as {place}')
    line = self.unacked.pop(cid, None)
    if line:
      self.slowest_ack_s = max(self.slowest_ack_s, time.monotonic() - self.said_at.pop(cid))
      self.see(frame['conv'], {'seq': frame['seq'], 'cid': cid, 'text': line['text'], 'role': 'agent' if self.token else 'visitor'})

  def on_msg(self, frame):
    self.see(frame['conv'], frame)

  def on_page(self, frame):
    for line in frame.get('messages', ()):
      self.see(frame['conv'], line)
    held = max(self.lines.get(frame['conv'], {}), default=0)
    if frame.get('more') and held < frame.get('head', 0):
      self.put({'t': 'history', 'conv': frame['conv'], 'after': held, 'limit': 200})

  def see(self, conv, line):
    """Counts a line as seen once everything before it was; asks for what is missing."""
    held, early = self.lines.setdefault(conv, {}), self.early.setdefault(conv, {})
    seq, value = line['seq'], (line.get('cid', '0' * 16), line.get('text'), line.get('role', 'visitor'))
    old = held.get(seq) or early.get(seq)
    if old and old[1] != value[1]:
      self.faults.append(f'{conv}/{seq} was “{old[1]}” and is “{value[1]}”')
    if seq in held:
      return
    early[seq] = value
    at = max(held, default=0) + 1
    if seq > at and self.socket:
      self.put({'t': 'history', 'conv': conv, 'after': at - 1, 'limit': 200})
    while at in early:
      held[at] = early.pop(at)
      self.saw(conv, at, held[at])
      at += 1

  def saw(self, conv, seq, line):
    pass


class Visitor(Client):
  pass


class Agent(Client):
  """Accepts what is offered and answers each visitor's line once."""

  def __init__(self, address, seed, token, capacity=50):
    super().__init__(address, seed, token=token)
    self.capacity = capacity
    self.mine = set()
    self.answered = set()

  def welcomed(self):
    self.put({'t': 'status', 'present': True, 'accepting': True, 'cap': self.capacity})
    self.put({'t': 'sub', 'list': 'mine'})

  def on_offer(self, frame):
    self.put({'t': 'answer', 'conv': frame['conv'], 'ep': frame['ep'], 'accept': True})

  def on_assign(self, frame):
    conv = frame['conv']
    if frame.get('agent'):
      self.mine.add(conv)
      self.put({'t': 'history', 'conv': conv, 'after': max(self.lines.get(conv, {}), default=0), 'limit': 200})
    else:
      self.mine.discard(conv)

  def on_list(self, frame):
    if frame.get('list') == 'mine':
      for row in frame.get('convs', ()):
        self.mine.add(row['conv'])
        if row.get('last_seq', 0) > max(self.lines.get(row['conv'], {}), default=0):
          self.put({'t': 'history', 'conv': row['conv'], 'after': max(self.lines.get(row['conv'], {}), default=0), 'limit': 200})

  def on_error(self, frame):
    if frame.get('code') == 403: # no longer the owner: the line is not ours to send any more
      for cid, waiting in list(self.unacked.items()):
        if waiting.get('conv') == frame.get('conv'):
          del self.unacked[cid], self.asked[cid]
      return
    super().on_error(frame)

  def saw(self, conv, seq, line):
    if line[2] == 'visitor' and conv in self.mine and (conv, seq) not in self.answered:
      self.answered.add((conv, seq))
      self.say(f're {conv}/{seq}', conv)
