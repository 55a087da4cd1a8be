"""Section 4: what opens a connection and what does not. A case here is a function of the subject."""
import base64
import os

from framing import finish
from rfc6455 import Connection, TEXT, Violation, frame

KEY = 'dGhlIHNhbXBsZSBub25jZQ=='  # the RFC's own: its answer is in 1.3
ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='


def head(*, method='GET', version='HTTP/1.1', without=(), **fields):
  """A head whose fields are those of the RFC's example, changed or left out."""
  all_fields = {'Host': '127.0.0.1', 'Upgrade': 'websocket', 'Connection': 'Upgrade', 'Sec-WebSocket-Key': KEY, 'Sec-WebSocket-Version': '13'}
  all_fields.update({k.replace('_', '-'): v for k, v in fields.items()})
  lines = [f'{k}: {v}' for k, v in all_fields.items() if k not in without]
  return '\r\n'.join([f'{method} /ws {version}', *lines]).encode() + b'\r\n\r\n'


def with_line(line):
  return head()[:-2] + line.encode() + b'\r\n\r\n'


def asked(subject, data):
  c = Connection(subject.address)
  try:
    return c.request(data)
  except EOFError:
    c.status = 0
    return c


def opens(data, chop=None, **wanted):
  """@wanted: header fields of the answer; None: it must not be there."""
  def case(subject):
    with Connection(subject.address) as c:
      c.send_bytes(data[:-1], chop)
      c.request(data[-1:])
      if c.status != 101:
        raise Violation(f'answered with {c.status}')
      for name, value in {'Sec-WebSocket-Accept': ACCEPT, **{k.replace('_', '-'): v for k, v in wanted.items()}}.items():
        if c.header(name) != value:
          raise Violation(f'{name} is {c.header(name)}, wanted {value}')
      finish(c)
  return case


def refuses(data, *statuses):
  """@statuses: 0 is the end without an answer."""
  def case(subject):
    with asked(subject, data) as c:
      if c.status not in statuses:
        raise Violation(f'answered with {c.status}, wanted {statuses}')
      if c.status == 426 and c.header('Sec-WebSocket-Version') != '13':
        raise Violation('4.2.2: the answer must say which version is spoken')
  return case


def first_frame_with_head(subject):
  """4.1 forbids the client to send early; a server that has read both must not lose the frame."""
  with Connection(subject.address) as c:
    payload = subject.message(TEXT, 40)
    c.request(head() + frame(TEXT, payload))
    subject.expect_answer(c, TEXT, payload)
    finish(c)


def random_keys(subject):
  for _ in range(20):
    with subject.open():
      pass


def good():
  yield 'example', opens(head())
  yield 'in-pieces', opens(head(), chop=1)
  yield 'lower-case', opens(head().replace(b'Upgrade: websocket\r\nConnection: Upgrade', b'upgrade: WEBSOCKET\r\nconnection: upgrade'))
  yield 'upper-case', opens(head().replace(b'Sec-WebSocket-Key', b'SEC-WEBSOCKET-KEY').replace(b'Sec-WebSocket-Version', b'SEC-WEBSOCKET-VERSION'))
  yield 'connection-list', opens(head(Connection='keep-alive, Upgrade'))
  yield 'connection-twice', opens(with_line('Connection: keep-alive'))
  yield 'upgrade-list', opens(head(Upgrade='foo/2, websocket'))
  yield 'blanks', opens(head().replace(b'Upgrade: websocket', b'Upgrade:   websocket \t '))
  yield 'no-blank', opens(head().replace(b': ', b':'))
  yield 'other-fields', opens(with_line('Cookie: a=b; c="d"\r\nX-Anything: 1\r\nPragma: no-cache'))
  yield 'deflate-declined', opens(head(Sec_WebSocket_Extensions='permessage-deflate; client_max_window_bits'), Sec_WebSocket_Extensions=None)
  yield 'extensions-declined', opens(head(Sec_WebSocket_Extensions='x-foo; a=1, permessage-deflate, permessage-deflate; server_no_context_takeover'),
                                     Sec_WebSocket_Extensions=None)
  yield 'no-subprotocol', opens(head(), Sec_WebSocket_Protocol=None)
  yield 'json', opens(head(Sec_WebSocket_Protocol='gate.v1.json'), Sec_WebSocket_Protocol='gate.v1.json')
  yield 'pb', opens(head(Sec_WebSocket_Protocol='gate.v1.pb'), Sec_WebSocket_Protocol='gate.v1.pb')
  yield 'first-known', opens(head(Sec_WebSocket_Protocol='chat, gate.v1.json, gate.v1.pb'), Sec_WebSocket_Protocol='gate.v1.json')
  yield 'order-is-the-clients', opens(head(Sec_WebSocket_Protocol='gate.v1.pb,gate.v1.json'), Sec_WebSocket_Protocol='gate.v1.pb')
  yield 'over-two-fields', opens(with_line('Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Protocol: gate.v1.pb'), Sec_WebSocket_Protocol='gate.v1.pb')
  yield 'unknown-subprotocol', opens(head(Sec_WebSocket_Protocol='chat, superchat'), Sec_WebSocket_Protocol=None)
  yield 'subprotocol-in-another-case', opens(head(Sec_WebSocket_Protocol='GATE.V1.JSON'), Sec_WebSocket_Protocol=None)


def bad():
  for name in ('Host', 'Sec-WebSocket-Key', 'Sec-WebSocket-Version'):
    yield f'without/{name}', refuses(head(without=(name,)), 400)
  for name in ('Upgrade', 'Connection'):  # then it is an ordinary request, and the path has no page
    yield f'without/{name}', refuses(head(without=(name,)), 400, 404, 426, 503)
  for line in ('Host: 127.0.0.1', f'Sec-WebSocket-Key: {KEY}', 'Sec-WebSocket-Version: 13', 'Upgrade: websocket'):
    yield f'twice/{line.split(":")[0]}', refuses(with_line(line), 400)
  for version in ('8', '7', '0', '12', '14', '130', '013', '13 ,8', '+13', ''):
    yield f'version/{version}', refuses(head(Sec_WebSocket_Version=version), 426)
  for name, key in (('short', base64.b64encode(os.urandom(15)).decode()), ('long', base64.b64encode(os.urandom(17)).decode()), ('empty', ''),
                    ('not-base64', 'dGhlIHNhbXBsZSBub25jZ*=='), ('no-padding', KEY[:-2] + 'QQ'), ('left-over-bits', KEY[:-3] + 'R=='), ('url-alphabet', '-_' + KEY[2:])):
    yield f'key/{name}', refuses(head(Sec_WebSocket_Key=key), 400)
  for method in ('POST', 'PUT', 'HEAD', 'DELETE', 'OPTIONS', 'PATCH'):
    yield f'method/{method}', refuses(head(method=method), 400, 405)
  yield 'method/unknown', refuses(head(method='FETCH'), 0, 400)
  yield 'http/1.0', refuses(head(version='HTTP/1.0'), 400, 426)
  yield 'http/2.0', refuses(head(version='HTTP/2.0'), 505)
  yield 'http/0.9', refuses(b'GET /ws\r\n\r\n', 0, 400)
  yield 'body', refuses(with_line('Content-Length: 5')[:-2] + b'\r\n\r\nhello', 400)
  yield 'chunked', refuses(with_line('Transfer-Encoding: chunked'), 400)
  yield 'bare-line-feed', refuses(head().replace(b'\r\n', b'\n'), 400)
  yield 'folded', refuses(with_line('X-Folded: a\r\n b'), 400)
  yield 'blank-before-colon', refuses(head().replace(b'Upgrade:', b'Upgrade :'), 400)
  yield 'nul', refuses(with_line('X-Nul: a\0b'), 400)
  yield 'too-long', refuses(with_line('X-Long: ' + 'a' * 9000), 431)
  yield 'too-many', refuses(with_line('\r\n'.join(f'X-{i}: a' for i in range(70))), 431)
  yield 'host-with-path', refuses(head(Host='127.0.0.1/evil'), 400)


def cases(subject):
  for name, case in good():
    yield f'handshake/good/{name}', case
  for name, case in bad():
    yield f'handshake/bad/{name}', case
  yield 'handshake/frame-with-head', first_frame_with_head
  yield 'handshake/random-keys', random_keys
