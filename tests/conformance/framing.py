"""Sections 5.2 to 5.5: lengths, masks, reserved bits and opcodes, control frames, fragments. Each case is (name, function of a connection)."""
from rfc6455 import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, frame

DATA = {'text': TEXT, 'binary': BINARY}
TOP_BIT = 1 << 63
EDGES = (0, 1, 2, 16, 124, 125, 126, 127, 128, 1000, 65535, 65536)  # where the length field changes its form, and around it


def pieces(payload, n):
  """@payload in @n parts, as even as may be; some are empty when it is short."""
  cuts = [len(payload) * i // n for i in range(n + 1)]
  return [payload[a:b] for a, b in zip(cuts, cuts[1:])]


def fragments(opcode, parts):
  return [frame(opcode if i == 0 else CONTINUATION, part, fin=i == len(parts) - 1) for i, part in enumerate(parts)]


def finish(c, code=1000):
  c.send(CLOSE, code.to_bytes(2, 'big'))
  c.expect_close(code)


def taken(subject, opcode, n_bytes, chop=None, **how):
  def case(c):
    payload = subject.message(opcode, n_bytes)
    c.send_bytes(frame(opcode, payload, **how), chop)
    subject.expect_answer(c, opcode, payload)
    finish(c)
  return case


def refused(code, *sent, chop=None):
  def case(c):
    c.send_bytes(b''.join(sent), chop)
    c.expect_close(code)
  return case


def refused_after_message(subject, code, bad):
  """What came whole before the fault is still answered."""
  def case(c):
    payload = subject.message(TEXT, 40)
    c.send_bytes(frame(TEXT, payload) + bad + frame(PING))
    subject.expect_answer(c, TEXT, payload)
    c.expect_close(code)
  return case


# --- 5.2: the length and the mask ----------------------------------------------------------------------------

def lengths(subject):
  for name, opcode in DATA.items():
    for n in (n for n in EDGES if (n or subject.min_bytes == 0) and n <= subject.max_bytes):
      yield f'length/{name}/{n}', taken(subject, opcode, n)
      yield f'length/{name}/{n}-in-pieces', taken(subject, opcode, n, chop=1 if n <= 128 else 997)
    for n, form in ((0, 2), (5, 2), (125, 2), (0, 8), (125, 8), (126, 8), (65535, 8)):
      yield f'length/{name}/{n}-in-{form}-bytes', refused(1002, frame(opcode, b'*' * n, form=form))
    yield f'length/{name}/top-bit', refused(1002, frame(opcode, b'*', form=8, announced=TOP_BIT | 1))
    yield f'length/{name}/unmasked', refused(1002, frame(opcode, b'hello', masked=False))
    yield f'length/{name}/unmasked-empty', refused(1002, frame(opcode, masked=False))
  for opcode in (PING, PONG, CLOSE):
    yield f'length/control/{opcode}-unmasked', refused(1002, frame(opcode, masked=False))


# --- 5.5: control frames ---------------------------------------------------------------------------------------

def ping(payload, chop=None):
  def case(c):
    c.send_bytes(frame(PING, payload), chop)
    c.expect(PONG, payload)
    finish(c)
  return case


def many_pings(n, chop=None):
  def case(c):
    c.send_bytes(b''.join(frame(PING, b'ping %d' % i) for i in range(n)), chop)
    for i in range(n):
      c.expect(PONG, b'ping %d' % i)
    finish(c)
  return case


def pongs(*payloads):
  def case(c):
    c.send_bytes(b''.join(frame(PONG, p) for p in payloads) + frame(PING, b'still here'))
    c.expect(PONG, b'still here')
    finish(c)
  return case


def control(subject):
  everything = bytes(range(0x80, 0xfd))
  for name, payload in (('empty', b''), ('text', b'hello'), ('bytes', b'\x00\xff\xfe\xfd\xfc\xfb\x00\xff'), ('125', everything)):
    yield f'control/ping/{name}', ping(payload)
    yield f'control/ping/{name}-in-pieces', ping(payload, chop=1)
  yield 'control/ping/10', many_pings(10)
  yield 'control/ping/10-in-pieces', many_pings(10, chop=1)
  yield 'control/pong/unasked', pongs(b'')
  yield 'control/pong/unasked-with-payload', pongs(b'unasked', b'', everything)
  for opcode in (PING, PONG, CLOSE):
    for n in (126, 127, 65535, 65536):
      yield f'control/{opcode}/{n}', refused(1002, frame(opcode, b'\x03\xe8' + b'*' * (n - 2)))
    yield f'control/{opcode}/long-form', refused(1002, frame(opcode, b'', form=2))
    yield f'control/{opcode}/fragment', refused(1002, frame(opcode, b'', fin=False))
    yield f'control/{opcode}/judged-by-its-head', refused(1002, frame(opcode, b'', form=8, announced=TOP_BIT - 1))


# --- 5.2: what is reserved -------------------------------------------------------------------------------------

def reserved(subject):
  for rsv in range(1, 8):
    for opcode in (TEXT, BINARY, CLOSE, PING, PONG):
      yield f'reserved/bits/{rsv}-on-{opcode}', refused(1002, frame(opcode, b'', rsv=rsv))
    yield f'reserved/bits/{rsv}-on-continuation', refused(1002, frame(TEXT, b'a', fin=False), frame(CONTINUATION, b'b', rsv=rsv))
    yield f'reserved/bits/{rsv}-after-message', refused_after_message(subject, 1002, frame(TEXT, b'*', rsv=rsv))
    yield f'reserved/bits/{rsv}-first-byte', refused(1002, frame(TEXT, b'', rsv=rsv)[:1])
    yield f'reserved/bits/{rsv}-in-pieces', refused(1002, frame(TEXT, b'hello', rsv=rsv), chop=1)
  for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15):
    yield f'reserved/opcode/{opcode}', refused(1002, frame(opcode))
    yield f'reserved/opcode/{opcode}-with-payload', refused(1002, frame(opcode, b'hello'))
    yield f'reserved/opcode/{opcode}-after-message', refused_after_message(subject, 1002, frame(opcode, b'hello'))
    yield f'reserved/opcode/{opcode}-between-fragments', refused(1002, frame(TEXT, b'a', fin=False), frame(opcode, b'b'))


# --- 5.4: fragments --------------------------------------------------------------------------------------------

def in_fragments(subject, opcode, n_parts, between=b'', n_pongs=0, chop=None, n_bytes=400):
  """@between: control frames sent after each fragment but the last."""
  def case(c):
    payload = subject.message(opcode, n_bytes)
    c.send_bytes(between.join(fragments(opcode, pieces(payload, n_parts))), chop)
    for _ in range(n_pongs):
      c.expect(PONG, b'between')
    subject.expect_answer(c, opcode, payload)
    finish(c)
  return case


def with_parts(subject, opcode, cut):
  """@cut makes parts of a payload."""
  def case(c):
    payload = subject.message(opcode, 60)
    c.send_bytes(b''.join(fragments(opcode, cut(payload))))
    subject.expect_answer(c, opcode, payload)
    finish(c)
  return case


def ping_before_the_end(subject, opcode):
  """5.5.2: the answer to a ping does not wait for the message it came in."""
  def case(c):
    payload = subject.message(opcode, 300)
    parts = fragments(opcode, pieces(payload, 3))
    for part in parts[:2]:
      c.send_bytes(part)
      c.send(PING, b'now')
      c.expect(PONG, b'now')
    c.send_bytes(parts[2])
    subject.expect_answer(c, opcode, payload)
    finish(c)
  return case


def two_messages(subject, first, second):
  def case(c):
    sent = [(o, subject.message(o, 50)) for o in (first, second)]
    c.send_bytes(b''.join(b''.join(fragments(o, pieces(p, 3))) for o, p in sent))
    for o, p in sent:
      subject.expect_answer(c, o, p)
    finish(c)
  return case


def fragmented(subject):
  legal = {
    'empty-first': lambda p: [b'', p], 'empty-last': lambda p: [p, b''], 'empty-between': lambda p: [p[:7], b'', p[7:]],
    'empty-around': lambda p: [b'', b'', p, b'', b''], 'one-byte-each': lambda p: [p[i:i + 1] for i in range(len(p))],
  }
  ping_between = frame(PING, b'between')
  for name, opcode in DATA.items():
    for n in (2, 3, 10, 128):
      yield f'fragments/{name}/{n}', in_fragments(subject, opcode, n)
      yield f'fragments/{name}/{n}-in-pieces', in_fragments(subject, opcode, n, chop=1)
    for n in (2, 5, 20):
      yield f'fragments/{name}/{n}-and-pings', in_fragments(subject, opcode, n, ping_between, n - 1)
      yield f'fragments/{name}/{n}-and-pings-in-pieces', in_fragments(subject, opcode, n, ping_between, n - 1, chop=1)
      yield f'fragments/{name}/{n}-and-pongs', in_fragments(subject, opcode, n, frame(PONG, b'unasked'))
    for cut_name, cut in legal.items():
      yield f'fragments/{name}/{cut_name}', with_parts(subject, opcode, cut)
    yield f'fragments/{name}/ping-before-the-end', ping_before_the_end(subject, opcode)
    yield f'fragments/{name}/two-messages', two_messages(subject, opcode, opcode)
    open_message = frame(opcode, b'a', fin=False)
    for other_name, other in DATA.items():
      yield f'fragments/{name}/{other_name}-begins-inside', refused(1002, open_message, frame(other, b'b'))
      yield f'fragments/{name}/{other_name}-fragment-begins-inside', refused(1002, open_message, frame(other, b'b', fin=False))
    yield f'fragments/{name}/close-inside', refused(1000, open_message, frame(CLOSE, b'\x03\xe8'), frame(CONTINUATION, b'b'))
    yield f'fragments/{name}/fragmented-ping-inside', refused(1002, open_message, frame(PING, b'', fin=False))
  for fin in (False, True):
    yield f'fragments/nothing-to-continue/{fin}', refused(1002, frame(CONTINUATION, b'a', fin=fin))
    yield f'fragments/nothing-to-continue/{fin}-empty', refused(1002, frame(CONTINUATION, fin=fin))
    yield f'fragments/nothing-to-continue/{fin}-after-message', refused_after_message(subject, 1002, frame(CONTINUATION, b'a', fin=fin))
  yield 'fragments/nothing-to-continue/after-ping', refused_after_ping()


def refused_after_ping():
  def case(c):
    c.send_bytes(frame(PING, b'a') + frame(CONTINUATION, b'b'))
    c.expect(PONG, b'a')
    c.expect_close(1002)
  return case


def cases(subject):
  for group in (lengths, control, reserved, fragmented):
    yield from group(subject)
