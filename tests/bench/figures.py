"""What `compare` measures. A figure is an async function of the bench; rows() come out of its samples."""
import asyncio
import statistics

from servers import Holding, Lws, Mosquitto, Nchan, NodeWs, Raw, Replaced, Usher

ECHO_BYTES = 24  # of a Ping in JSON
REST_S = 30      # the kernel counts in hundredths of a second


def cpu_s(pid):
  with open(f'/proc/{pid}/stat') as stat:
    fields = stat.read().rsplit(')', 1)[1].split()
  return (int(fields[11]) + int(fields[12])) / 100


def pss_kib(pid):
  with open(f'/proc/{pid}/smaps_rollup') as rollup:
    return next(int(line.split()[1]) for line in rollup if line.startswith('Pss:'))


async def rest(bench):
  """Nobody connected: memory of all processes, share of a core."""
  server = Usher()
  await server.start()
  await asyncio.sleep(2)
  before = sum(map(cpu_s, server.pids))
  await asyncio.sleep(REST_S)
  bench.add('memory at rest', 'usher', 'MiB', sum(map(pss_kib, server.pids)) / 1024, reach='≤ 32')
  bench.add('CPU at rest', 'usher', '% of a core', (sum(map(cpu_s, server.pids)) - before) / REST_S * 100, reach='≤ 0.1')
  await server.stop()


def user_bytes(result, roles=None):
  kib = sum(w['own_kib'][1] - w['own_kib'][0] for w in result['watch'] if not roles or roles.get(w['pid']) != 'http')
  return kib * 1024 / result['connections']


async def idle(bench):
  """User memory of an idle connection; of ours signed in, edge and core."""
  ours = [Usher(p, 'io.worker_pool=1', 'session.idle=1h', is_tls=t) for t in (False, True) for p in ('json', 'pb', 'tcp')]
  for server in bench.present(*ours, Raw(), NodeWs(), Lws(), Nchan()):
    result = await bench.load(server, 'connect', '-n', 15000, '-s', 1, '--settle', 2)
    bench.add('idle connection', server.name, 'bytes', user_bytes(result, getattr(server, 'roles', None)), result,
              reach='≤ 14,336' if server.is_tls else '≤ 512' if server in ours else None)


async def accept(bench):
  """Connections with their upgrade, not signed in; the reference is the bare server."""
  ours = Usher('ws', 'io.worker_pool=1', 'session.hello_timeout=60s')
  ours.name = 'usher'
  for _ in bench.rounds():
    for server in bench.present(Raw(), ours, NodeWs()):
      result = await bench.load(server, 'connect', '-n', 12000, '-s', 0.5)
      bench.add('accept rate', server.name, '/s', result['connects_per_s'], result, reach='≥ 0.8 × bare' if server is ours else None)
      bench.add('accept, per core', server.name, '/core-s', result['connections'] / max(result['connect_cpu_s'], 0.01), result)


def echoes():
  one = 'io.worker_pool=1'
  return [Raw(), Usher('json', one), Usher('pb', one), Usher('tcp', one), NodeWs(), Lws(), Nchan()]


async def ping(bench):
  """The edge alone: Ping and Pong, against echoes of as many bytes."""
  for depth in (1, 8):
    for _ in bench.rounds():
      for server in bench.present(*echoes()):
        ours = isinstance(server, Usher)
        result = await bench.load(server, 'ping' if ours else 'echo', '-n', 1000, '-d', depth, '-b', ECHO_BYTES,
                                  '--warmup', 1, '-s', bench.seconds)
        bench.add(f'ping, {depth} in flight', server.name, '/core-s', result['done_per_core_s'], result,
                  reach='≥ 0.8 × bare, ≥ 1.6 × node ws' if ours else None)


async def relay(bench):
  """Typing from visitor to agent through edge, core, edge, over all processes."""
  for _ in bench.rounds():
    for server in bench.present(Usher('json', n_agents=10), Usher('pb', n_agents=10), NodeWs()):
      ours = isinstance(server, Usher)
      result = await bench.load(server, 'typing' if ours else 'echo', '-n', 800, '-b', ECHO_BYTES, '--warmup', 1, '-s', bench.seconds)
      bench.add('relay', server.name, '/core-s', result['done_per_core_s'], result, reach='≥ 1 × node ws' if ours else None)


def add_latency(bench, figure, server, result, mean_ms, p99_ms=None):
  times = result['latency_us']
  bench.add(f'{figure}: mean', server.name, 'ms', times['mean'] / 1000, result, reach=f'≤ {mean_ms}')
  bench.add(f'{figure}: p99', server.name, 'ms', times['p99'] / 1000, result, reach=f'≤ {p99_ms}' if p99_ms else None)
  bench.add(f'{figure}: errors', server.name, '', result['n_errors'], result, reach='0')


async def chat(bench):
  """50,000 visitors connected, 5,000 lines a second, each acknowledged from disk."""
  server = Usher('pb', 'io.worker_pool=3')
  result = await bench.load(server, 'chat', '-n', 50000, '-r', 5000, '-s', bench.long_seconds, '--connect-timeout', 300)
  bench.add('durable chat, 5,000/s offered', server.name, '/s', result['done_per_s'], result)
  add_latency(bench, 'durable chat, 5,000/s', server, result, 10, 28)


async def durable(bench):
  """Closed loop: what the whole gateway keeps a second, beside what SQLite alone does with the same rows and batches."""
  n = 200 # in flight: at 12,000 a second each waits for 17 ms on average, a third of what the p99 may be
  for _ in bench.rounds():
    server = Usher('pb')
    result = await bench.load(server, 'chat', '-n', n, '-b', 200, '-s', bench.seconds * 2)
    bench.add('durable lines, closed loop', server.name, '/s', result['done_per_s'], result, reach='≥ 12,000, ≥ 0.6 × SQLite alone')
    bench.add('durable lines: p99', server.name, 'ms', result['latency_us']['p99'] / 1000, result, reach='≤ 50')
    alone = await bench.sqlite_alone(n)
    bench.add('durable lines, closed loop', 'SQLite alone', '/s', alone['rows_per_s'], alone)
    for peer in bench.present(Mosquitto()):
      result = await bench.load(peer, 'publish', '-n', n, '-b', 200, '-s', bench.seconds * 2)
      bench.add('durable lines, closed loop', f'{peer.name} (not synced)', '/s', result['done_per_s'], result)


async def images(bench):
  """20,000 visitors connected, 100 pictures of 100 KB a second, from the request to the ack of the message."""
  server = Usher('pb', 'io.worker_pool=2')
  result = await bench.load(server, 'images', '-n', 20000, '-r', 100, '-s', bench.long_seconds)
  add_latency(bench, 'images, 100/s', server, result, 60)


async def storm(bench):
  """80,000 drop at once and resume."""
  server = Usher('pb', 'io.worker_pool=5')
  result = await bench.load(server, 'storm', '-n', 80000, '-s', 30, '--connect-timeout', 300)
  lost = result['connections'] - result['ready'] + result['errors']['not_resumed']
  bench.add('storm of 80,000: all back', server.name, 's', result['all_back_s'], result, reach='≤ 15')
  bench.add('storm of 80,000: lost', server.name, '', lost, result, reach='0')


async def upgrade(bench):
  """50,000 visitors, 5,000 of them say 1,000 lines a second, and the gateway is replaced within 20 s."""
  server = Replaced(25, 'io.worker_pool=3', 'session.drain=20s')
  result = await bench.load(server, 'moving', '-n', 50000, '-a', 5000, '-r', 1000, '-s', 50, '--connect-timeout', 20)
  add_latency(bench, 'upgrade under 50,000: ack', server, result, 1000)
  bench.add('upgrade under 50,000: begun anew', server.name, '', result['begun_anew'], result)
  bench.add('upgrade under 50,000: away, p99', server.name, 'ms', result['away_us']['p99'] / 1000, result)
  bench.add('upgrade under 50,000: moved', server.name, '', result['away_us']['n'], result, reach='50,000')
  bench.add('upgrade under 50,000: unacknowledged', server.name, '', result['open'], result, reach='0')


async def hold(bench):
  """80,000 over 5 edges, heartbeats every 30 s."""
  server = Usher('pb', 'io.worker_pool=5')
  result = await bench.load(server, 'connect', '-n', 80000, '-s', bench.hold_seconds, '--connect-timeout', 300)
  bench.add('80,000 over 5 edges: errors', server.name, '', result['n_errors'] + result['beats'] - result['beats_answered'], result,
            reach='0')
  bench.add('80,000 over 5 edges: CPU', server.name, '% of a core', result['cpu_s'] / result['seconds'] * 100, result)
  bench.add('80,000 over 5 edges: memory', server.name, 'bytes each', user_bytes(result, server.roles), result, reach='≤ 512')


async def million(bench):
  """1,000,000 over 52 edges for ten minutes, a heartbeat a minute each, 1,000 of them talking; only by name or in a full run."""
  server = Holding(999000, 'io.worker_pool=52', 'session.idle=10m', 'session.hello_timeout=60s')
  await server.start()
  try:
    await server.everybody()
    result = await bench.load_started(server, 'chat', '-n', 1000, '-r', 100, '-s', 600)
    held = await server.held()
  finally:
    await server.stop()
  bench.add('1,000,000 over 52 edges: connecting', server.name, 's', held['connect_s'], held)
  bench.add('1,000,000 over 52 edges: errors', server.name, '', held['n_errors'] + held['beats'] - held['beats_answered'], held, reach='0')
  bench.add('1,000,000 over 52 edges: CPU', server.name, '% of a core', held['cpu_s'] / held['seconds'] * 100, held)
  bench.add('1,000,000 over 52 edges: memory', server.name, 'bytes each', user_bytes(held, server.roles), held, reach='≤ 512')
  add_latency(bench, '1,000,000 over 52 edges, 1,000 of them talk', server, result, 50, 50)


DEFAULT = [rest, idle, accept, ping, relay, chat, durable, images, storm, upgrade, hold]
FULL = [*DEFAULT, million]


def median_rows(samples):
  """(figure, server) in the order of their first sample → the median."""
  groups = {}
  for sample in samples:
    groups.setdefault((sample['figure'], sample['server']), []).append(sample)
  return [{**group[0], 'value': statistics.median(s['value'] for s in group), 'rounds': len(group),
           'low': min(s['value'] for s in group), 'high': max(s['value'] for s in group)} for group in groups.values()]
