"""Section 8.1 and RFC 3629: what is text is taken however it is cut, what is not fails at the first byte that cannot be right."""
import itertools

from framing import finish, fragments
from rfc6455 import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, close_payload, frame

VALID = {
  'ascii': b'hello', 'greek': 'κόσμε'.encode(), 'chinese': '这件可以退款吗'.encode(), 'emoji': '😀👩‍🔧'.encode(),
  'nul': b'\0', 'nuls': b'a\0b\0\0', 'first-of-2': b'\xc2\x80', 'last-of-2': b'\xdf\xbf', 'first-of-3': b'\xe0\xa0\x80',
  'before-surrogates': b'\xed\x9f\xbf', 'after-surrogates': b'\xee\x80\x80', 'replacement': b'\xef\xbf\xbd', 'byte-order-mark': b'\xef\xbb\xbfa',
  'non-character-fffe': b'\xef\xbf\xbe', 'non-character-ffff': b'\xef\xbf\xbf', 'first-of-4': b'\xf0\x90\x80\x80',
  'last-of-4': b'\xf4\x8f\xbf\xbf', 'non-character-1fffe': b'\xf0\x9f\xbf\xbe', 'private': b'\xf3\xb0\x80\x80',
}

INVALID = {
  'continuation-80': b'\x80', 'continuation-bf': b'\xbf', 'continuations': b'\x80\xbf\x80\xbf', 'all-continuations': bytes(range(0x80, 0xc0)),
  'overlong-2': b'\xc0\xaf', 'overlong-2-nul': b'\xc0\x80', 'overlong-2-7f': b'\xc1\xbf', 'overlong-3': b'\xe0\x80\xaf', 'overlong-3-last': b'\xe0\x9f\xbf',
  'overlong-4': b'\xf0\x80\x80\xaf', 'overlong-4-last': b'\xf0\x8f\xbf\xbf', 'five-bytes': b'\xf8\x88\x80\x80\x80', 'six-bytes': b'\xfc\x84\x80\x80\x80\x80',
  'fe': b'\xfe', 'ff': b'\xff', 'fe-ff': b'\xfe\xfe\xff\xff', 'surrogate-first': b'\xed\xa0\x80', 'surrogate-high-last': b'\xed\xaf\xbf',
  'surrogate-low': b'\xed\xb0\x80', 'surrogate-last': b'\xed\xbf\xbf', 'surrogate-pair': b'\xed\xa0\xbd\xed\xb8\x80', 'beyond': b'\xf4\x90\x80\x80',
  'far-beyond': b'\xf5\x80\x80\x80', 'f7': b'\xf7\xbf\xbf\xbf', 'two-of-2': b'\xc3\x28', 'second-of-3': b'\xe2\x28\xa1', 'third-of-3': b'\xe2\x82\x28',
  'second-of-4': b'\xf0\x28\x8c\xbc', 'third-of-4': b'\xf0\x90\x28\xbc', 'fourth-of-4': b'\xf0\x90\x8c\x28', 'lead-lead': b'\xc3\xc3\xa9',
  'greek-then-surrogate': 'κόσμε'.encode() + b'\xed\xa0\x80edited', 'after-long-ascii': b'a' * 300 + b'\xc0\xafb', 'after-chinese': '退款'.encode() * 40 + b'\xe9\x80a',
}

CUT_OFF = {'1-of-2': b'\xc3', '1-of-3': b'\xe2', '2-of-3': b'\xe2\x82', '1-of-4': b'\xf0', '2-of-4': b'\xf0\x9f', '3-of-4': b'\xf0\x9f\x98',
           'greek-and-1-of-2': 'κόσμ'.encode() + b'\xce'}


def can_go_on(prefix):
  """By definition: some bytes behind it make it valid. The four tried are one of each range that RFC 3629 tells apart."""
  for n in range(4):
    for rest in itertools.product((0x80, 0x90, 0xa0, 0xbf), repeat=n):
      try:
        (prefix + bytes(rest)).decode()
        return True
      except UnicodeDecodeError:
        continue
  return False


def first_bad(data):
  return next(i for i in range(len(data)) if not can_go_on(data[:i + 1]))


def taken(subject, sent, payload, chop=None):
  def case(c):
    c.send_bytes(sent, chop)
    subject.expect_answer(c, TEXT, payload)
    finish(c)
  return case


def refused(*sent, chop=None, code=1007):
  def case(c):
    c.send_bytes(b''.join(sent), chop)
    c.expect_close(code)
  return case


def fails_inside_frame(data, bad, announced):
  """Nothing is sent behind the first byte that is wrong, and more was announced: whoever waits for the end waits in vain."""
  def case(c):
    c.send_bytes(frame(TEXT, data[:bad + 1], announced=announced))
    c.expect_close(1007)
  return case


def fails_between_fragments(data, bad):
  """Up to the bad byte the server must be content, which a ping finds out; then it must not be, though the message is open."""
  def case(c):
    c.send(TEXT, data[:bad], fin=False)
    c.send(PING, b'content?')
    c.expect(PONG, b'content?')
    c.send(CONTINUATION, data[bad:bad + 1], fin=False)
    c.expect_close(1007)
  return case


def valid(subject):
  for name, text in VALID.items():
    yield f'utf8/valid/{name}', taken(subject, frame(TEXT, text), text)
    yield f'utf8/valid/{name}-in-pieces', taken(subject, frame(TEXT, text), text, chop=1)
    yield f'utf8/valid/{name}-a-byte-a-fragment', taken(subject, b''.join(fragments(TEXT, [text[i:i + 1] for i in range(len(text))])), text)
    for cut in range(len(text) + 1):
      yield f'utf8/valid/{name}-cut-at-{cut}', taken(subject, b''.join(fragments(TEXT, [text[:cut], text[cut:]])), text)


def invalid(subject):
  for name, data in INVALID.items():
    bad = first_bad(data)
    yield f'utf8/invalid/{name}', refused(frame(TEXT, data))
    yield f'utf8/invalid/{name}-in-pieces', refused(frame(TEXT, data), chop=1)
    yield f'utf8/invalid/{name}-a-byte-a-fragment', refused(*fragments(TEXT, [data[i:i + 1] for i in range(min(len(data), 120))] + [data[120:]]))
    for cut in range(max(0, bad - 3), min(len(data), bad + 2) + 1):
      yield f'utf8/invalid/{name}-cut-at-{cut}', refused(*fragments(TEXT, [data[:cut], data[cut:]]))
    yield f'utf8/fails-fast/{name}-in-a-frame', fails_inside_frame(data, bad, len(data) + 20)
    yield f'utf8/fails-fast/{name}-in-a-long-frame', fails_inside_frame(data, bad, 60000)
    yield f'utf8/fails-fast/{name}-between-fragments', fails_between_fragments(data, bad)
  for name, data in CUT_OFF.items():
    yield f'utf8/cut-off/{name}', refused(frame(TEXT, data))
    yield f'utf8/cut-off/{name}-then-empty', refused(*fragments(TEXT, [data, b'']))
    yield f'utf8/cut-off/{name}-a-byte-a-fragment', refused(*fragments(TEXT, [data[i:i + 1] for i in range(len(data))]))


def elsewhere(subject):
  """Only text is text: binary messages, pings and pongs carry any bytes; a close frame's reason is text too."""
  for name, data in INVALID.items():
    yield f'utf8/elsewhere/{name}-in-binary', binary(subject, data)
    if len(data) <= 123:
      yield f'utf8/elsewhere/{name}-in-ping', in_ping(data)
      yield f'utf8/elsewhere/{name}-in-reason', refused(frame(CLOSE, close_payload(1000, data)))
  for name, data in CUT_OFF.items():
    yield f'utf8/elsewhere/{name}-in-reason', refused(frame(CLOSE, close_payload(1000, data)))
  for name, text in VALID.items():
    yield f'utf8/elsewhere/{name}-as-reason', refused(frame(CLOSE, close_payload(1000, text)), code=1000)


def binary(subject, data):
  def case(c):
    payload = subject.message(BINARY, 40) if subject.name != 'echo' else data
    c.send(BINARY, payload)
    subject.expect_answer(c, BINARY, payload)
    finish(c)
  return case


def in_ping(data):
  def case(c):
    c.send(PING, data)
    c.expect(PONG, data)
    finish(c)
  return case


def cases(subject):
  for group in (valid, invalid, elsewhere):
    yield from group(subject)
