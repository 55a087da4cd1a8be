"""Section 7: the closing handshake from both ends."""
import socket
import time

from framing import refused
from rfc6455 import CLOSE, CONTINUATION, PING, TEXT, Violation, close_payload, frame

LEGAL = (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999)  # 7.4.1, 7.4.2
REGISTERED = (1012, 1013, 1014)  # with IANA since the RFC
ILLEGAL = (0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2999, 5000, 10000, 65535)


def answered(code, payload, *, chop=None):
  def case(c):
    c.send_bytes(frame(CLOSE, payload), chop)
    c.expect_close(code)
  return case


def nothing_after(*sent):
  """Whatever follows a close frame is no message: one answer, and the end."""
  def case(c):
    c.send_bytes(frame(CLOSE, close_payload(1000)) + b''.join(sent))
    c.expect_close(1000)
  return case


def message_then_close(subject, n_bytes):
  def case(c):
    payload = subject.message(TEXT, n_bytes)
    c.send_bytes(frame(TEXT, payload) + frame(CLOSE, close_payload(1001)))
    subject.expect_answer(c, TEXT, payload)
    c.expect_close(1001)
  return case


def half_closed(c):
  """A client that goes without a word: the server goes too."""
  c.socket.shutdown(socket.SHUT_WR)
  if c.receive()[0] != 'end':
    raise Violation('a close frame to nobody')


def half_closed_inside(sent):
  def case(c):
    c.send_bytes(sent)
    half_closed(c)
  return case


def let_go(c):
  """A client that answers the close but keeps its socket is not kept for ever: 7.1.1 lets the server wait a reasonable time."""
  c.send(CLOSE, close_payload(1000))
  c.expect_close(1000)
  deadline = time.monotonic() + 8
  while time.monotonic() < deadline:
    try:
      c.socket.send(b'\0')
    except (BrokenPipeError, ConnectionResetError):
      return
    time.sleep(0.05)
  raise Violation('the socket is still taken 8 s after the closing handshake')


def cases(subject):
  for code in LEGAL + REGISTERED:
    yield f'close/code/{code}', answered(code, close_payload(code))
    yield f'close/code/{code}-and-reason', answered(code, close_payload(code, 'bye, 再见'.encode()))
  for code in ILLEGAL:
    yield f'close/illegal/{code}', refused(1002, frame(CLOSE, close_payload(code)))
    yield f'close/illegal/{code}-and-reason', refused(1002, frame(CLOSE, close_payload(code, b'bye')))
  yield 'close/empty', answered(1000, b'')
  yield 'close/one-byte', refused(1002, frame(CLOSE, b'\x03'))
  yield 'close/in-pieces', answered(1000, close_payload(1000, b'bye'), chop=1)
  yield 'close/longest-reason', answered(1000, close_payload(1000, b'*' * 123))
  yield 'close/too-long-reason', refused(1002, frame(CLOSE, close_payload(1000, b'*' * 124)))
  yield 'close/then-ping', nothing_after(frame(PING, b'late'))
  yield 'close/then-text', nothing_after(frame(TEXT, b'late'))
  yield 'close/then-close', nothing_after(frame(CLOSE, close_payload(1001)))
  yield 'close/then-garbage', nothing_after(b'\xff' * 100)
  yield 'close/then-unmasked', nothing_after(frame(TEXT, b'late', masked=False))
  yield 'close/then-rest-of-message', nothing_after(frame(CONTINUATION, b'late'))
  yield 'close/after-message', message_then_close(subject, 40)
  yield 'close/after-long-message', message_then_close(subject, min(subject.max_bytes, 256 << 10))
  yield 'close/without-a-word', half_closed
  yield 'close/without-a-word-in-a-head', half_closed_inside(frame(TEXT, b'*' * 200)[:3])
  yield 'close/without-a-word-in-a-message', half_closed_inside(frame(TEXT, b'*' * 200)[:100])
  yield 'close/without-a-word-between-fragments', half_closed_inside(frame(TEXT, b'*' * 200, fin=False))
  yield 'close/socket-kept', let_go
