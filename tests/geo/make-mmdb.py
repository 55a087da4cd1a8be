#!/usr/bin/env python3
"""make-mmdb.py OUTPUT IP_VERSION RECORD_BITS: a small database in MaxMind's format (maxmind.github.io/MaxMind-DB) for the tests.

The networks are those of documentation (RFC 5737, RFC 3849), and a private one, which must never be asked for.
"""
import ipaddress
import sys

SWEDEN = {'iso_code': 'SE', 'names': {'en': 'Sweden', 'zh-CN': '瑞典'}}
MALMO = {'city': {'geoname_id': 2692969, 'names': {'en': 'Malmö', 'zh-CN': '马尔默'}}, 'country': SWEDEN}
SINGAPORE = {'names': {'en': 'Singapore', 'zh-CN': '新加坡'}}
NETWORKS = {
  '192.0.2.0/25': MALMO,
  '192.0.2.128/25': {'country': SWEDEN},
  '198.51.100.0/26': {'city': {'names': {'en': 'Ystad'}}, 'country': SWEDEN},
  '198.51.100.64/26': {'city': SINGAPORE, 'country': SINGAPORE},
  '198.51.100.128/26': {'city': 'Lund', 'country': 'SE'},  # as vendors have it who know one language
  '198.51.100.192/26': {'continent': {'code': 'EU'}},
  '203.0.113.0/26': {'city': {'names': {'en': 'Visby'}}},
  '203.0.113.64/26': {'city': {'names': {'en': ''}}, 'country': {'names': {'en': b'S\xff', 'zh-CN': 7}}},
  '203.0.113.128/26': {'city': {'names': {'en': 'x' * 300}}, 'country': SWEDEN},
  '10.0.0.0/8': MALMO,
  '2001:db8:1::/48': MALMO,
  'fd00::/8': MALMO,
}
STRING, UINT16, UINT32, MAP, UINT64, ARRAY = 2, 5, 6, 7, 9, 11


def head(kind, size):
  first, rest = (0, bytes([kind - 7])) if kind > 7 else (kind, b'')
  if size < 29:
    return bytes([first << 5 | size]) + rest
  if size < 285:
    return bytes([first << 5 | 29]) + rest + bytes([size - 29])
  return bytes([first << 5 | 30]) + rest + (size - 285).to_bytes(2, 'big')


def number(kind, value):
  data = value.to_bytes((value.bit_length() + 7) // 8, 'big')
  return head(kind, len(data)) + data


def encode(value):
  if isinstance(value, str):
    value = value.encode()
  if isinstance(value, bytes):  # text that is no UTF-8, too
    return head(STRING, len(value)) + value
  if isinstance(value, int):
    return number(UINT32, value)
  if isinstance(value, list):
    return head(ARRAY, len(value)) + b''.join(map(encode, value))
  return head(MAP, len(value)) + b''.join(encode(k) + encode(v) for k, v in value.items())


def bits_of(network, version):
  """The path of a network: IPv4 lies at ::/96 of an IPv6 tree."""
  length = network.prefixlen + (96 if version == 6 and network.version == 4 else 0)
  return format(int(network.network_address), '0%db' % (128 if version == 6 else 32))[:length]


def make_tree(networks, version):
  """Nodes as [left, right]; a leaf is its offset in the data, boxed; None: nothing known."""
  nodes, data = [[None, None]], b''
  for text, value in networks.items():
    network = ipaddress.ip_network(text)
    if network.version > version:
      continue
    node = 0
    *path, last = map(int, bits_of(network, version))
    for bit in path:
      if nodes[node][bit] is None:
        nodes.append([None, None])
        nodes[node][bit] = len(nodes) - 1
      node = nodes[node][bit]
    nodes[node][last] = (len(data),)
    data += encode(value)
  return nodes, data


def pack(left, right, bits):
  if bits == 24:
    return left.to_bytes(3, 'big') + right.to_bytes(3, 'big')
  middle = (left >> 24) << 4 | right >> 24
  return (left & 0xffffff).to_bytes(3, 'big') + bytes([middle]) + (right & 0xffffff).to_bytes(3, 'big')


def main():
  output, version, bits = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
  nodes, data = make_tree(NETWORKS, version)

  def record(entry):
    if entry is None:
      return len(nodes)
    return len(nodes) + 16 + entry[0] if isinstance(entry, tuple) else entry

  about = {
    'database_type': encode('Test-City'),
    'description': encode({'en': 'Places of the tests'}),
    'languages': encode(['en', 'zh-CN']),
    'binary_format_major_version': number(UINT16, 2),
    'binary_format_minor_version': number(UINT16, 0),
    'build_epoch': number(UINT64, 1767225600),
    'ip_version': number(UINT16, version),
    'node_count': number(UINT32, len(nodes)),
    'record_size': number(UINT16, bits),
  }
  with open(output, 'wb') as out:
    for left, right in nodes:
      out.write(pack(record(left), record(right), bits))
    out.write(bytes(16) + data + b'\xab\xcd\xefMaxMind.com' + head(MAP, len(about)))
    for key, value in about.items():
      out.write(encode(key) + value)


main()
