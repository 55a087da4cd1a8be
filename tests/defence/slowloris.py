#!/usr/bin/python3
"""5,000 sockets that send a byte a second, and 10,000 connections that say nothing: they go in time, honest people come in meanwhile.

  slowloris.py [--quick]      a tenth of each
    slow-head  all closed after at most 11 s; an honest visitor is in within 100 ms (p99) meanwhile
    strangers  far more than there are places; nobody who signs in is refused, agents least
    visitors   more than there are places for visitors; agents come in all the same
"""
import argparse
import asyncio
import os
import sys

from honest import Gate, Report, connect_times, counted, flood, ms, quantile

PLACES = 1000  # of each of the two edges, of which 800 are visitors'


async def slow_head(report, n):
  gate = Gate('io.worker_pool=2')
  await gate.start()
  try:
    calm = await connect_times(gate.client, 2, 0.06)
    process = await flood('slow-head', gate, n, 30, addresses=max(1, n // 100), rate=n)
    busy = await connect_times(gate.client, 12, 0.06)
    counts = await counted(process)
    report.figures['slow-head'] = {**counts, 'calm': ms(calm), 'honest': ms(busy)}
    report.must(counts['closed'] + counts['refused'] == n and counts['open_at_end'] == 0, f'slow heads are still open: {counts}')
    report.must(counts['longest_s'] <= 11, f'a slow head lived {counts["longest_s"]} s')
    most = max(0.1, 3 * quantile(calm, .99))
    report.must(quantile(busy, .99) < most, f'honest p99 was {quantile(busy, .99):.3f} s, more than {most:.3f}')
  finally:
    await gate.stop()
    gate.done()


async def crowded(report, kind, n, seconds):
  gate = Gate('io.worker_pool=2', f'io.max_connections={PLACES}', 'limits.connects_per_ip_per_s=0')
  gate.add_agent('mei', 'password-of-mei')
  await gate.start()
  token = await gate.sign_in('mei', 'password-of-mei')
  try:
    process = await flood(kind, gate, n, seconds + 4, addresses=250, rate=n // 2, again=kind == 'websocket')
    await asyncio.sleep(3)
    agents, visitors = await asyncio.gather(connect_times(gate.client, seconds, 0.1, token),
                                            connect_times(gate.client, seconds if kind == 'websocket' else 0, 0.1))
    counts = await counted(process)
    report.figures[kind] = {**counts, 'agents': ms(agents), **({'honest': ms(visitors)} if visitors else {})}
    report.must(float('inf') not in agents, f'{kind}: an agent was refused')
    report.must(float('inf') not in visitors, f'{kind}: an honest visitor was refused')
    report.must(len(agents) >= seconds, f'{kind}: only {len(agents)} agents came in')
  finally:
    await gate.stop()
    gate.done()


async def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument('--quick', action='store_true')
  options = parser.parse_args()
  report = Report('slowloris')
  await slow_head(report, 500 if options.quick else 5000)
  await crowded(report, 'websocket', 4000 if options.quick else 10000, 3 if options.quick else 10)
  await crowded(report, 'visitor', 3000 if options.quick else 10000, 3 if options.quick else 10)
  report.figures['load'] = round(os.getloadavg()[0], 1)
  return report.end()


sys.exit(asyncio.run(main()))
