#!/usr/bin/python3
"""RFC 6455, every MUST that a server has, against the edge as an echo server and against the whole gateway.

  run.py [--against echo|gateway]… [--full] [--only PREFIX] [--streams N] [--seed N]
    --full     all sizes; without it the cheapest and the dearest of each kind
    --only     cases whose name begins so, e.g. utf8/fails-fast
    --streams  random streams beside the model; 300
"""
import argparse
import json
import random
import sys
import time

import closing
import framing
import handshake
import limits
import streams
import subjects
import utf8
from rfc6455 import Violation

SUBJECTS = {'echo': subjects.Echo, 'gateway': subjects.Gateway}


def in_connection(subject, case):
  def run():
    with subject.open() as connection:
      case(connection)
  return run


def all_cases(subject, options):
  for name, case in handshake.cases(subject):
    yield name, lambda case=case: case(subject)
  groups = (framing.cases(subject), utf8.cases(subject), closing.cases(subject), limits.cases(subject, options.full),
            streams.cases(subject, options.seed, options.streams))
  for group in groups:
    for name, case in group:
      yield name, in_connection(subject, case)
  for name, case in limits.of_subject(subject):
    yield name, lambda case=case: case(subject)


def judge(case):
  """None, or what was wrong."""
  try:
    case()
  except (Violation, OSError, EOFError, UnicodeDecodeError, ValueError) as e:
    return f'{type(e).__name__}: {e}'
  return None


def run(subject, options):
  n_cases, failed, slowest, began = 0, [], (0, ''), time.monotonic()
  subject.start()
  try:
    for name, case in all_cases(subject, options):
      if not name.startswith(options.only):
        continue
      n_cases += 1
      case_began = time.monotonic()
      wrong = judge(case)
      slowest = max(slowest, (time.monotonic() - case_began, name))
      if wrong:
        failed.append(name)
        print(f'not ok – {subject.name} {name}: {wrong}', flush=True)
  finally:
    subject.stop()
  print(json.dumps({'test': 'conformance', 'against': subject.name, 'cases': n_cases, 'failed': len(failed), 'seed': options.seed,
                    'seconds': round(time.monotonic() - began, 1), 'slowest': slowest[1], 'slowest_s': round(slowest[0], 2)}), flush=True)
  return n_cases > 0 and not failed


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument('--against', action='append', choices=SUBJECTS)
  parser.add_argument('--full', action='store_true')
  parser.add_argument('--only', default='')
  parser.add_argument('--streams', type=int, default=300)
  parser.add_argument('--seed', type=int, default=random.randrange(2 ** 31))
  options = parser.parse_args()
  passed = [run(SUBJECTS[name](), options) for name in options.against or SUBJECTS]
  return not all(passed)


sys.exit(main())
