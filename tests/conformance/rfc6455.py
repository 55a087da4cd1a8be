"""A WebSocket client that can do everything wrong, written from the text of RFC 6455. It judges the server's frames too."""
import base64
import hashlib
import os
import socket
import struct
import time

GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'  # 1.3
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
TIMEOUT_S = 10


class Violation(AssertionError):
  """The server broke the protocol, or did not do what a case expects."""


def exclusive_or(data, mask):
  """5.3, over one large number: Python has no faster way without packages."""
  n = len(data)
  if n == 0 or mask == b'\0\0\0\0':
    return data
  repeated = (mask * (n // 4 + 1))[:n]
  return (int.from_bytes(data, 'little') ^ int.from_bytes(repeated, 'little')).to_bytes(n, 'little')


def length_field(n, form, mask_bit):
  """5.2. @form: bytes of the extended length, 0, 2 or 8; the shortest that fits when None."""
  if form is None:
    form = 0 if n < 126 else 2 if n < 65536 else 8
  if form == 0:
    return bytes([mask_bit | n])
  return bytes([mask_bit | 126]) + struct.pack('>H', n) if form == 2 else bytes([mask_bit | 127]) + struct.pack('>Q', n)


def frame(opcode, payload=b'', fin=True, rsv=0, masked=True, form=None, announced=None):
  """The bytes of one frame. @announced: a length that is not that of @payload."""
  head = bytes([(fin << 7) | (rsv << 4) | opcode])
  head += length_field(len(payload) if announced is None else announced, form, 0x80 if masked else 0)
  if not masked:
    return head + payload
  mask = os.urandom(4)
  return head + mask + exclusive_or(payload, mask)


def close_payload(code=None, reason=b''):
  return b'' if code is None else struct.pack('>H', code) + reason


def handshake_lines(path, key, headers=()):
  return [f'GET {path} HTTP/1.1', 'Host: 127.0.0.1', 'Upgrade: websocket', 'Connection: Upgrade',
          f'Sec-WebSocket-Key: {key}', 'Sec-WebSocket-Version: 13', *headers]


class Connection:
  """One socket. receive() hands out whole messages and control frames, and checks each frame against section 5."""

  def __init__(self, address, receive_buffer=None):
    """@receive_buffer: bytes the kernel keeps for us, for a client that does not read."""
    self.socket = socket.socket()
    if receive_buffer:
      self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    self.socket.settimeout(TIMEOUT_S)
    self.socket.connect(address)
    self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    self.input = b''
    self.status = None
    self.headers = []

  def __enter__(self):
    return self

  def __exit__(self, *_):
    self.socket.close()

  # --- opening -----------------------------------------------------------------------------------------
  def request(self, data):
    """Sends a head and reads the answer's: (status, [(name, value)])."""
    self.socket.sendall(data)
    while b'\r\n\r\n' not in self.input:
      self.read_more('an answer to the handshake')
    head, _, self.input = self.input.partition(b'\r\n\r\n')
    first, *lines = head.decode('latin-1').split('\r\n')
    self.status = int(first.split(' ')[1])
    self.headers = [tuple(part.strip() for part in line.split(':', 1)) for line in lines]
    return self

  def header(self, name):
    found = [v for n, v in self.headers if n.lower() == name.lower()]
    if len(found) > 1:
      raise Violation(f'{name} stands {len(found)} times in the answer')
    return found[0] if found else None

  def open(self, path, headers=()):
    """4.1 and 4.2.2: asks, and checks what a client has to check."""
    key = base64.b64encode(os.urandom(16)).decode()
    self.request('\r\n'.join(handshake_lines(path, key, headers)).encode() + b'\r\n\r\n')
    wanted = base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()
    if self.status != 101:
      raise Violation(f'the upgrade was answered with {self.status}')
    if (self.header('Upgrade') or '').lower() != 'websocket' or (self.header('Connection') or '').lower() != 'upgrade':
      raise Violation(f'Upgrade or Connection is wrong: {self.headers}')
    if self.header('Sec-WebSocket-Accept') != wanted:
      raise Violation(f'Sec-WebSocket-Accept is not that of {key}')
    return self

  # --- sending -----------------------------------------------------------------------------------------
  def send_bytes(self, data, chop=None):
    """@chop: bytes a write, so that the server sees the stream in pieces."""
    try:
      for at in range(0, len(data), chop or len(data) or 1):
        self.socket.sendall(data[at:at + (chop or len(data))])
    except (BrokenPipeError, ConnectionResetError):
      pass  # what the server said before it went is still to be read

  def send(self, opcode, payload=b'', **how):
    self.send_bytes(frame(opcode, payload, **how))

  # --- receiving ---------------------------------------------------------------------------------------
  def read_more(self, what, deadline=None):
    left = TIMEOUT_S if deadline is None else deadline - time.monotonic()
    if left <= 0:
      raise Violation(f'waited in vain for {what}')
    self.socket.settimeout(left)
    try:
      data = self.socket.recv(1 << 20)
    except TimeoutError:
      raise Violation(f'waited in vain for {what}') from None
    if not data:
      raise EOFError
    self.input += data

  def take(self, n, deadline):
    parts, have = [self.input], len(self.input)
    while have < n:
      self.input = b''
      self.read_more('the rest of a frame', deadline)
      parts.append(self.input)
      have += len(self.input)
    whole = b''.join(parts)
    self.input = whole[n:]
    return whole[:n]

  def receive_frame(self, deadline):
    a, b = self.take(2, deadline)
    n, form = b & 127, 0
    if n >= 126:
      form = 2 if n == 126 else 8
      n = int.from_bytes(self.take(form, deadline), 'big')
    if a & 0x70 or b & 0x80:
      raise Violation(f'a frame of the server has reserved bits or a mask: {a:02x} {b:02x}')
    if (form == 2 and n < 126) or (form == 8 and n < 65536):
      raise Violation(f'{n} bytes are announced in {form} bytes')
    if a & 8 and (n > 125 or not a & 0x80):
      raise Violation('a control frame of the server is too long or in fragments')
    return a >> 7, a & 15, self.take(n, deadline)

  def receive(self, timeout_s=TIMEOUT_S):
    """(opcode, payload) of the next message or control frame; ('end', b'') when the server closed its side."""
    deadline = time.monotonic() + timeout_s
    try:
      fin, opcode, payload = self.receive_frame(deadline)
    except (EOFError, ConnectionResetError):
      return 'end', b''
    if not fin:
      raise Violation('the server sends fragments, and says that it never does')
    if opcode not in (TEXT, BINARY, CLOSE, PING, PONG):
      raise Violation(f'opcode {opcode} from the server')
    if opcode == TEXT:
      payload.decode()
    if opcode == CLOSE and payload:
      payload[2:].decode()
    return opcode, payload

  # --- expecting ---------------------------------------------------------------------------------------
  def expect(self, opcode, payload=None):
    got, data = self.receive()
    if got != opcode or (payload is not None and data != payload):
      wanted = '' if payload is None else f' {len(payload)} bytes {payload[:40]!r}'
      raise Violation(f'wanted {opcode}{wanted}, got {got}: {len(data)} bytes {data[:40]!r}')
    return data

  def expect_close(self, *codes):
    """A close frame with one of @codes, then the end of the stream, which 7.1.1 makes the server's part."""
    data = self.expect(CLOSE)
    code = struct.unpack('>H', data[:2])[0] if len(data) >= 2 else None
    if code not in codes:
      raise Violation(f'closed with {code}, wanted {codes}')
    if self.receive()[0] != 'end':
      raise Violation('something came after the close frame')
