"""Random streams from a seed, beside a model of what the RFC wants: frames of all kinds in legal order, at the end perhaps one fault, the
bytes cut anywhere. Whatever is legal before a fault must be answered; the fault must be answered with its code."""
import random

from framing import finish, fragments, pieces
from rfc6455 import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Violation, close_payload, frame

FAULTS = (
  (1002, lambda r, open_: frame(r.choice((3, 4, 5, 6, 7, 11, 12, 13, 14, 15)), b'?' * r.randrange(9))),
  (1002, lambda r, open_: frame(r.choice((PING, PONG, CLOSE, TEXT)), b'', rsv=r.randrange(1, 8))),
  (1002, lambda r, open_: frame(PING, b'?' * r.randrange(126, 400))),
  (1002, lambda r, open_: frame(PONG, b'', fin=False)),
  (1002, lambda r, open_: frame(CONTINUATION if not open_ else TEXT, b'?', fin=r.random() < .5)),
  (1002, lambda r, open_: frame(CONTINUATION if open_ else BINARY, b'hello', masked=False)),
  (1002, lambda r, open_: frame(CONTINUATION if open_ else BINARY, b'?' * r.randrange(126), form=r.choice((2, 8)))),
  (1002, lambda r, open_: frame(CLOSE, close_payload(r.choice((0, 999, 1005, 1006, 1015, 2999, 5000))))),
  (1002, lambda r, open_: frame(CLOSE, b'?')),
  (1007, lambda r, open_: frame(CLOSE, close_payload(1000, b'\xff'))),
  (1009, lambda r, open_: frame(CONTINUATION if open_ else BINARY, b'', announced=r.randrange(1 << 25, 1 << 63))),
  (1000, lambda r, open_: frame(CLOSE, close_payload(1000, b'bye'))),
)


class Stream:
  """What is sent, and what must come back: answers and pongs each in their order, then a close code."""

  def __init__(self, subject, seed):
    self.random = random.Random(seed)
    self.opcode = self.random.choice((TEXT, BINARY))  # the gateway fixes it with the first message
    self.subject = subject
    self.sent, self.answers, self.pongs = [], [], []
    self.code = None

  def control(self):
    if self.random.random() < .5:
      payload = self.random.randbytes(self.random.choice((0, 1, 20, 125)))
      self.sent.append(frame(PING, payload))
      self.pongs.append(payload)
    else:
      self.sent.append(frame(PONG, self.random.randbytes(self.random.randrange(126))))

  def message(self):
    payload = self.subject.message(self.opcode, self.random.choice((27, 30, 60, 125, 126, 127, 300, 2000, 20000)))
    for part in fragments(self.opcode, pieces(payload, self.random.choice((1, 1, 1, 2, 3, 8)))):
      self.sent.append(part)
      if self.random.random() < .2:
        self.control()
    self.answers.append(payload)

  def fault(self):
    is_open = self.random.random() < .3
    if is_open:
      self.sent.append(frame(self.opcode, b'{', fin=False))
    self.code, make = self.random.choice(FAULTS)
    self.sent.append(make(self.random, is_open))
    self.sent.append(self.random.randbytes(self.random.randrange(50)))

  def make(self):
    for _ in range(self.random.randrange(1, 8)):
      self.random.choice((self.message, self.message, self.control))()
    if self.random.random() < .7:
      self.fault()
    return self

  def pieces(self):
    whole = b''.join(self.sent)
    cuts = sorted(self.random.randrange(len(whole) + 1) for _ in range(self.random.choice((0, 1, 5, 30))))
    return [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)])]


class Sorter:
  """Hands the answers of a connection out by kind: pongs may overtake messages (5.5.2)."""

  def __init__(self, connection):
    self.connection = connection
    self.kept = []

  def expect(self, opcode, payload=None):
    while not any(o == opcode for o, _ in self.kept):
      got = self.connection.receive()
      if got[0] in (CLOSE, 'end'):
        raise Violation(f'wanted {opcode}, got {got}')
      self.kept.append(got)
    found = next(x for x in self.kept if x[0] == opcode)
    self.kept.remove(found)
    if payload is not None and found[1] != payload:
      raise Violation(f'{opcode}: wanted {payload[:40]!r}, got {found[1][:40]!r}')
    return found[1]


def run(subject, seed):
  def case(c):
    stream = Stream(subject, seed).make()
    for piece in stream.pieces():
      c.send_bytes(piece)
    sorter = Sorter(c)
    for payload in stream.pongs:
      sorter.expect(PONG, payload)
    for payload in stream.answers:
      subject.expect_answer(sorter, stream.opcode, payload)
    if sorter.kept:
      raise Violation(f'{len(sorter.kept)} answers too many: {sorter.kept[0]}')
    if stream.code is None:
      finish(c)
    else:
      c.expect_close(stream.code)
  return case


def cases(subject, seed, n):
  for i in range(n):
    yield f'stream/{seed + i}', run(subject, seed + i)
