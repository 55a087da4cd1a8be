#!/usr/bin/python3
"""A client that shares no code with the gateway speaks zd1 with a whole one: the dictionary comes from /dict/1, libzstd is asked
for its own magicless format, frames are written by hand. Over raw TCP.

  BUILD_DIR=_build/gcc tests/edge/story-zd1.py
"""
import asyncio
import ctypes
import hashlib
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests/faults'))
from gate import Gate  # noqa: E402

TEXT = '您好，麻烦您帮我查一下订单，东西收到了，少了一个配件，我要退款，谢谢'
MESSAGE, ACK, BATCH, HELLO, WELCOME, AUTH, HISTORY_REQ, HISTORY_PAGE = 2, 3, 12, 16, 17, 18, 20, 21


class Zstd:
  """libzstd by its own switches: zstd.h has the numbers."""
  FORMAT_C, CONTENT_SIZE, CHECKSUM, DICTIONARY_ID, FORMAT_D, MAGICLESS = 10, 200, 201, 202, 1000, 1

  def __init__(self, dictionary):
    self.lib = lib = ctypes.CDLL('libzstd.so.1')
    for name in ('ZSTD_createCCtx', 'ZSTD_createDCtx'):
      getattr(lib, name).restype = ctypes.c_void_p
    for name in ('ZSTD_compress2', 'ZSTD_decompressDCtx'):
      getattr(lib, name).restype = ctypes.c_size_t
    self.c, self.d = ctypes.c_void_p(lib.ZSTD_createCCtx()), ctypes.c_void_p(lib.ZSTD_createDCtx())
    for key, value in ((self.FORMAT_C, self.MAGICLESS), (self.CONTENT_SIZE, 0), (self.CHECKSUM, 0), (self.DICTIONARY_ID, 0)):
      lib.ZSTD_CCtx_setParameter(self.c, key, value)
    lib.ZSTD_DCtx_setParameter(self.d, self.FORMAT_D, self.MAGICLESS)
    lib.ZSTD_CCtx_loadDictionary(self.c, dictionary, ctypes.c_size_t(len(dictionary)))
    lib.ZSTD_DCtx_loadDictionary(self.d, dictionary, ctypes.c_size_t(len(dictionary)))

  def call(self, function, context, data):
    out = ctypes.create_string_buffer(65536)
    n = function(context, out, ctypes.c_size_t(65536), data, ctypes.c_size_t(len(data)))
    assert not self.lib.ZSTD_isError(ctypes.c_size_t(n)), 'libzstd refuses'
    return out.raw[:n]

  def compress(self, data):
    return b'\0' + self.call(self.lib.ZSTD_compress2, self.c, data)

  def expand(self, payload):
    return self.call(self.lib.ZSTD_decompressDCtx, self.d, payload[1:]) if payload[:1] == b'\0' else payload


def varint(value):
  out = b''
  while value > 127:
    out, value = out + bytes([value & 127 | 128]), value >> 7
  return out + bytes([value])


def field(number, value):
  if isinstance(value, int):
    return varint(number << 3) + varint(value)
  data = value.encode() if isinstance(value, str) else value
  return varint(number << 3 | 2) + varint(len(data)) + data


def frame(request, body, *fields):
  return field(1, request) + field(body, b''.join(field(*f) for f in fields))


def read_varint(data, at):
  value = shift = 0
  while True:
    value, shift, at = value | (data[at] & 127) << shift, shift + 7, at + 1
    if data[at - 1] < 128:
      return value, at


def parse(data):
  """{field: [values]} of one message."""
  found, at = {}, 0
  while at < len(data):
    tag, at = read_varint(data, at)
    if tag & 7 == 0:
      value, at = read_varint(data, at)
    elif tag & 7 == 1:
      value, at = data[at:at + 8], at + 8
    else:
      n, at = read_varint(data, at)
      value, at = data[at:at + n], at + n
    found.setdefault(tag >> 3, []).append(value)
  return found


class Client:
  def __init__(self, reader, writer, zstd):
    self.reader, self.writer, self.zstd = reader, writer, zstd

  @classmethod
  async def open(cls, gate, zstd, caps):
    self = cls(*await asyncio.open_connection(*gate.client), zstd)
    self.writer.write(b'\xf9GT1')
    self.send(frame(1, HELLO, (1, 1), (2, 2), (3, 'demo'), (4, 'device-1'), *((7, c) for c in caps)))
    self.send(frame(2, AUTH))
    payload, welcome = await self.answer(2, WELCOME)
    assert payload[0] != 0, 'Welcome came compressed'
    assert [c.decode() for c in welcome.get(11, [])] == caps, welcome
    return self

  def send(self, payload):
    self.writer.write(varint(len(payload)) + payload)

  async def receive(self):
    n = shift = 0
    while True:
      byte = (await self.reader.readexactly(1))[0]
      n, shift = n | (byte & 127) << shift, shift + 7
      if byte < 128:
        return await self.reader.readexactly(n)

  async def answer(self, request, body):
    """The payload as it came, and the body in it; other frames are passed over."""
    while True:
      payload = await self.receive()
      found = parse(self.zstd.expand(payload))
      for one in map(parse, parse(found[BATCH][0])[1]) if BATCH in found else [found]:
        if one.get(1) == [request]:
          assert body in one, one
          return payload, parse(one[body][0])

  async def say_and_read_back(self, send_as):
    """What was said comes back in a page of history, byte for byte; returns the payload of the page."""
    self.send(send_as(frame(3, MESSAGE, (7, TEXT))))
    _, ack = await self.answer(3, ACK)
    self.send(frame(4, HISTORY_REQ, (1, ack[1][0]), (4, 50)))
    payload, page = await self.answer(4, HISTORY_PAGE)
    assert [parse(m)[7][0].decode() for m in page[2]] == [TEXT], page
    self.writer.close()
    return payload


async def story(gate):
  status, headers, dictionary = await gate.http('GET', '/dict/1')
  header = (ROOT / 'server-stub/wire/wire-zd1.h').read_text()
  assert status == 200 and 'immutable' in headers['cache-control'], (status, headers)
  assert hashlib.sha256(dictionary).hexdigest() == re.search(r'"([0-9a-f]{64})"', header)[1]
  zstd = Zstd(dictionary)
  payload = await (await Client.open(gate, zstd, ['zd1'])).say_and_read_back(zstd.compress)
  assert payload[0] == 0, 'a page came plain to a client with zd1'
  payload = await (await Client.open(gate, zstd, ['batch', 'zd1'])).say_and_read_back(zstd.compress)
  assert payload[0] == 0, 'a page came plain to a client with zd1 and batch'
  payload = await (await Client.open(gate, zstd, [])).say_and_read_back(bytes)
  assert payload[0] != 0, 'a page came compressed to a client without zd1'


async def main():
  gate = Gate()
  await gate.start()
  try:
    await asyncio.wait_for(story(gate), 30)
  finally:
    await gate.stop()
    gate.done()
  print('story-zd1: with zd1, with zd1 and batch, without: each line read back as it was said')


asyncio.run(main())
