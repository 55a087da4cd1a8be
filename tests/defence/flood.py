#!/usr/bin/python3
"""Many bad clients in a process of their own, so that the honest ones beside them are not slowed by Python.

  flood.py KIND HOST:PORT --clients N --seconds S [--addresses A] [--rate R] [--again]
    KIND       slow-head   a WebSocket head, one byte a second
               slow-body   a request whose body never comes
               idle        one request, then silence on the kept-alive connection
               silent      connects and says nothing
               websocket   an upgrade, then silence
               visitor     signs in as a visitor, then silence
               get         one request after the other, as fast as they are answered
               scrape      the same for /metrics on the operators' port
    --addresses they come from, 127.1.0.1 and on
    --rate      new connections a second; all at once without it
    --again     whoever is closed comes again
  One JSON line at the end: how many connected, were answered, were closed, and how long the longest lived.
"""
import argparse
import json
import resource
import selectors
import socket
import time

KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
UPGRADE = f'GET /ws?app=demo HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n'.encode()
GET = b'GET /widget.js HTTP/1.1\r\nHost: x\r\n\r\n'
SCRAPE = b'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'
POST = (b'POST /api/v1/auth/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{')
HELLO = b'{"t":"hello","id":1,"v":1,"ch":"web","app":"demo","dev":"d","loc":"en"}'
AUTH = b'{"t":"auth","id":2}'


def masked(text):
  return bytes([0x81, 0x80 | len(text)]) + b'\0\0\0\0' + text


FIRST = {'visitor': UPGRADE + masked(HELLO) + masked(AUTH), 'slow-head': UPGRADE[:1], 'slow-body': POST, 'idle': GET, 'silent': b'', 'websocket': UPGRADE, 'get': GET,
         'scrape': SCRAPE}
AGAIN = ('get', 'scrape')


class Flood:
  def __init__(self, options):
    self.options = options
    host, port = options.target.rsplit(':', 1)
    self.target = (host, int(port))
    self.selector = selectors.DefaultSelector()
    self.born = {}
    self.sent = {}
    self.counts = {'connected': 0, 'refused': 0, 'answers': 0, 'closed': 0}
    self.statuses = {}
    self.longest_s = 0.0
    self.next_address = 0

  def connect(self):
    s = socket.socket()
    s.setblocking(False)
    self.next_address = self.next_address % self.options.addresses + 1
    if self.options.kind != 'scrape':  # operators come from one place
      s.bind(('127.1.%d.%d' % divmod(self.next_address, 256), 0))
    s.connect_ex(self.target)
    self.selector.register(s, selectors.EVENT_WRITE)
    self.born[s] = time.monotonic()

  def close(self, s):
    if s in self.sent:
      self.counts['closed'] += 1
      self.longest_s = max(self.longest_s, time.monotonic() - self.born[s])
    else:
      self.counts['refused'] += 1
    self.selector.unregister(s)
    self.born.pop(s)
    self.sent.pop(s, None)
    s.close()
    if self.options.again:
      self.connect()

  def ready(self, s, events):
    try:
      if events & selectors.EVENT_WRITE:
        s.send(FIRST[self.options.kind])
        self.sent[s] = len(FIRST[self.options.kind])
        self.counts['connected'] += 1
        self.selector.modify(s, selectors.EVENT_READ)
        return
      data = s.recv(65536)
      if not data:
        self.close(s)
        return
      self.take(s, data)
    except BlockingIOError:
      pass
    except OSError:
      self.close(s)

  def take(self, s, data):
    if data.startswith(b'HTTP/1.1 '):
      self.counts['answers'] += 1
      status = data[9:12].decode()
      self.statuses[status] = self.statuses.get(status, 0) + 1
      if self.options.kind in AGAIN:
        s.send(FIRST[self.options.kind])

  def trickle(self):
    """One byte more from each, as long as the head is not whole."""
    for s, n in list(self.sent.items()):
      try:
        s.send(UPGRADE[n:n + 1] if n < len(UPGRADE) - 1 else b'x')
        self.sent[s] = n + 1
      except BlockingIOError:
        pass
      except OSError:
        self.close(s)

  def run(self):
    began = time.monotonic()
    second = 0
    n_made = 0
    while time.monotonic() - began < self.options.seconds:
      age_s = time.monotonic() - began
      due = self.options.clients if self.options.rate == 0 else min(self.options.clients, int(age_s * self.options.rate) + 1)
      for _ in range(min(due - n_made, 200)):
        self.connect()
        n_made += 1
      for key, events in self.selector.select(0.02):
        self.ready(key.fileobj, events)
      if self.options.kind == 'slow-head' and int(age_s) > second:
        second = int(age_s)
        self.trickle()
      if n_made == self.options.clients and not self.born:
        break
    return {'flood': self.options.kind, **self.counts, 'statuses': self.statuses, 'longest_s': round(self.longest_s, 1), 'open_at_end': len(self.born)}


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument('kind', choices=FIRST)
  parser.add_argument('target')
  parser.add_argument('--clients', type=int, required=True)
  parser.add_argument('--seconds', type=float, required=True)
  parser.add_argument('--addresses', type=int, default=50)
  parser.add_argument('--rate', type=int, default=0)
  parser.add_argument('--again', action='store_true')
  resource.setrlimit(resource.RLIMIT_NOFILE, (min(20000, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)
  print(json.dumps(Flood(parser.parse_args()).run()))


if __name__ == '__main__':
  main()
