#!/usr/bin/python3
"""A flood of HTTP while visitors chat: no chat is disturbed, the http worker stays under its limits, and serves again when it is over.

  http-flood.py [--clients 2000] [--seconds 6]      per kind of flood: idle connections, bodies that do not come, requests
                                               and scrapes of /metrics without a pause (a million at --seconds 900)
"""
import argparse
import asyncio
import os
import sys
import time

from honest import Gate, Report, Timed, Watch, counted, flood, ms, quantile

HTTP_FDS = 1024 + 256  # connections; uploads, edges and its own: server-stub/http/gate-conn.h
KINDS = ('idle', 'slow-body', 'get', 'scrape')
FEW = {'get': 50, 'scrape': 8}  # of those who wait for no answer, more are not worse


async def asks(gate, until, counts):
  """An honest browser: one request on a connection of its own, twenty times a second."""
  while not until.is_set():
    try:
      status, _, _ = await asyncio.wait_for(gate.http('GET', '/widget.js'), 5)
    except (OSError, EOFError, IndexError, ValueError, asyncio.TimeoutError):
      status = 0
    counts[status] = counts.get(status, 0) + 1
    await asyncio.sleep(0.05)


async def until_served(gate):
  began = time.monotonic()
  while time.monotonic() - began < 40:
    try:
      status, _, _ = await asyncio.wait_for(gate.http('GET', '/widget.js'), 5)
      if status == 200:
        break
    except (OSError, EOFError, IndexError, ValueError, asyncio.TimeoutError):
      pass
    await asyncio.sleep(0.02)
  return time.monotonic() - began


async def beside(gate, visitors, kind, options, report):
  """One flood; the visitors' times and the browser's answers during it."""
  until, browser = asyncio.Event(), {}
  clients = FEW.get(kind, options.clients)
  process = await flood(kind, gate, clients, options.seconds, rate=2000, again=True)
  await asyncio.sleep(1)
  for v in visitors:
    v.take_times()
  asking = asyncio.create_task(asks(gate, until, browser))
  counts = await counted(process)
  until.set()
  await asking
  times = [t for v in visitors for t in v.take_times()]
  recovered_s = await until_served(gate)
  report.figures[kind] = {'recovered_s': round(recovered_s, 2), **ms(times), 'browser': browser, 'connected': counts['connected'], 'answers': counts['statuses']}
  report.must(len(times) > 50 * options.seconds, f'{kind}: only {len(times)} lines were acknowledged')
  most = max(0.25, 8 * report.figures['calm']['p99_ms'] / 1000)
  report.must(quantile(times, .99) < most, f'{kind}: p99 of a chat was {quantile(times, .99):.3f} s, more than {most:.3f}')
  # Idle connections make room at once. Bodies that do not come hold their places for a second, so that not everybody gets in.
  served = browser.get(200, 0) / max(1, sum(browser.values()))
  report.must(served > (0.1 if kind == 'slow-body' else 0.9), f'{kind}: an honest browser was served in {served:.0%} of its requests')
  report.must(recovered_s < 5, f'{kind}: the first answer after the flood took {recovered_s:.1f} s')


async def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument('--clients', type=int, default=2000)
  parser.add_argument('--seconds', type=float, default=6)
  options = parser.parse_args()
  report = Report('http-flood')
  gate = Gate('io.worker_pool=2', 'limits.messages_per_s=0', 'limits.frames_per_s=0')
  await gate.start()
  visitors = [Timed(gate.client, i) for i in range(5)]
  until = asyncio.Event()
  tasks = [asyncio.create_task(t) for v in visitors for t in (v.run(), v.talk(until))]
  watch = Watch(gate, 'http', 'edge')
  try:
    await asyncio.sleep(3)
    report.figures['calm'] = ms([t for v in visitors for t in v.take_times()])
    for kind in KINDS:
      await beside(gate, visitors, kind, options, report)
    report.figures['fds'], report.figures['load'] = watch.fds, round(os.getloadavg()[0], 1)
    report.must(watch.fds['http'] <= HTTP_FDS, f'http had {watch.fds["http"]} descriptors')
    report.must(all(v.connects == 1 for v in visitors), 'a visitor lost the connection')
    report.must(not any(v.faults for v in visitors), 'a visitor was told something wrong')
    return report.end()
  finally:
    until.set()
    for task in tasks + [watch.task]:
      task.cancel()
    await gate.stop()
    gate.done()


sys.exit(asyncio.run(main()))
