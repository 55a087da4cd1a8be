"""Sizes, many fragments, small pieces, many round trips; and what is over a limit, which costs nothing. Section 10.4."""
import os
import time

from framing import finish, fragments, pieces, refused
from rfc6455 import BINARY, CONTINUATION, TEXT, Violation, close_payload, frame

KIB, MIB = 1 << 10, 1 << 20
NAMES = {TEXT: 'text', BINARY: 'binary'}


def whole(subject, opcode, n_bytes, n_fragment=None, chop=None):
  """One message, in fragments of @n_fragment bytes, written @chop bytes at a time."""
  def case(c):
    payload = subject.message(opcode, n_bytes)
    parts = [payload] if n_fragment is None else [payload[i:i + n_fragment] for i in range(0, n_bytes, n_fragment)]
    c.send_bytes(b''.join(fragments(opcode, parts)), chop)
    subject.expect_answer(c, opcode, payload)
    finish(c)
  return case


def round_trips(subject, opcode, n_bytes, n=1000):
  def case(c):
    payload = subject.message(opcode, n_bytes)
    sent = frame(opcode, payload)
    for _ in range(n):
      c.send_bytes(sent)
      subject.expect_answer(c, opcode, payload)
    finish(c)
  return case


def auto_fragments(subject, n_bytes, n_fragment):
  return whole(subject, TEXT, n_bytes, n_fragment)


def empty_fragments(subject, n):
  """A million fragments without a byte: each is counted, none is kept."""
  def case(c):
    before = subject.rss_kib()
    c.send(TEXT, b'', fin=False)
    rest = frame(CONTINUATION, b'', fin=False) * 1000
    for _ in range(n // 1000):
      c.send_bytes(rest)
    c.expect_close(1009)
    grown = subject.rss_kib() - before
    if grown > 2048:
      raise Violation(f'{n} empty fragments cost {grown} KiB')
  return case


def announced_only(subject, n=200):
  """Heads that announce the largest message there may be, from many clients: memory grows with what came, not with what was said."""
  def case(subject):
    open_ones = [subject.open() for _ in range(n)]
    before = subject.rss_kib()
    for c in open_ones:
      c.send_bytes(frame(BINARY, b'*', announced=subject.max_bytes))
    for c in open_ones[::50]:
      c.send(9, b'')  # inside the message: the byte of a payload, so it is not answered; it only makes sure that the head was read
    time.sleep(0)
    last = subject.open()
    finish(last)
    grown = subject.rss_kib() - before
    for c in open_ones + [last]:
      c.socket.close()
    if grown > 4 * n:
      raise Violation(f'{n} announcements of {subject.max_bytes} bytes cost {grown} KiB')
  return case


def over(subject):
  most = subject.max_bytes
  for opcode in (TEXT, BINARY):
    name = NAMES[opcode]
    for announced in (most + 1, 2 * most, 1 << 31, (1 << 31) - 1, 1 << 32, (1 << 32) + 5, (1 << 63) - 1):
      yield f'limit/{name}/announced-{announced}', refused(1009, frame(opcode, b'*', announced=announced))
    yield f'limit/{name}/sum-of-fragments', refused(1009, frame(opcode, b'*' * 1000, fin=False), frame(CONTINUATION, b'', announced=most - 999))
    yield f'limit/{name}/sum-exactly', exactly(subject, opcode, most)
    yield f'limit/{name}/fragments', refused(1009, *([frame(opcode, b'', fin=False)] + [frame(CONTINUATION, b'', fin=False)] * subject.max_fragments))
    yield f'limit/{name}/fragments-exactly', whole_in_fragments(subject, opcode, subject.max_fragments)
  yield 'limit/a-million-empty-fragments', empty_fragments(subject, 1_000_000)


def exactly(subject, opcode, most):
  def case(c):
    payload = subject.message(opcode, most)
    c.send_bytes(b''.join(fragments(opcode, pieces(payload, 3))))
    subject.expect_answer(c, opcode, payload)
    finish(c)
  return case


def whole_in_fragments(subject, opcode, n):
  def case(c):
    payload = subject.message(opcode, max(n, 60))
    c.send_bytes(b''.join(fragments(opcode, pieces(payload, n))))
    subject.expect_answer(c, opcode, payload)
    finish(c)
  return case


def size_name(n):
  return f'{n // MIB}m' if n >= MIB else f'{n // KIB}k' if n >= KIB else str(n)


def large(subject, is_full):
  """What the suites of the field measure. The quick run takes the cheapest and the dearest of each kind."""
  sizes = [n for n in (64 * KIB, 256 * KIB, MIB, 4 * MIB, 8 * MIB, 16 * MIB) if n <= subject.max_bytes]
  whole_bytes = min(subject.max_bytes, 4 * MIB)
  parts = [n for n in (64, 256, KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB, 4 * MIB) if whole_bytes // subject.max_fragments <= n <= whole_bytes]
  chopped = min(subject.max_bytes, MIB)
  trips = [n for n in (0, 16, 64, 256, KIB, 4 * KIB, 16 * KIB, 64 * KIB) if subject.min_bytes <= n <= subject.max_bytes]
  if subject.max_fragments < whole_bytes // 64:
    parts.insert(0, whole_bytes // subject.max_fragments)
  for opcode in (TEXT, BINARY):
    name = NAMES[opcode]
    for n in sizes if is_full else sizes[-1:]:
      yield f'large/{name}/{size_name(n)}', whole(subject, opcode, n)
    for n in parts if is_full else parts[:1]:
      yield f'large/{name}/{size_name(whole_bytes)}-in-fragments-of-{n}', whole(subject, opcode, whole_bytes, n)
    for n in (64, 128, 256, 512, 1024, 2048) if is_full else (64,):
      yield f'large/{name}/{size_name(chopped)}-in-writes-of-{n}', whole(subject, opcode, chopped, chop=n)
    for n in trips if is_full else trips[:1]:
      yield f'large/{name}/1000-round-trips-of-{n}', round_trips(subject, opcode, n)
  yield 'large/auto-fragments', auto_fragments(subject, min(subject.max_bytes, 64 * KIB), 1300)


def cases(subject, is_full):
  yield from over(subject)
  yield from large(subject, is_full)


def of_subject(subject):
  yield 'limit/announced-only', announced_only(subject)
