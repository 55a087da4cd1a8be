#!/usr/bin/python3
"""Runs every fault test of this folder; what each proves stands at its head. Exit status 1 when one fails.

They wait more than they work, so two run at a time.
"""
import concurrent.futures
import pathlib
import subprocess
import sys
import time

TESTS = [('kill9.py', '--cycles', '100'), ('upgrade.py', '--visitors', '1000'), ('inject.py', '--points', '80', '--starts', '10'),
         ('network.py',), ('drain.py', '--rounds', '1'), ('partition.py', '--partitions', '1'), ('workers.py',),
         ('disk-full.py',), ('pool.py',), ('first-request.py',), ('upgrade-fails.py',), ('hung.py',), ('clock.py', '--pause', '1'), ('reload.py', '--clients', '50', '--swaps', '5'),
         ('chaos.py', '--runs', '3', '--seconds', '20')]
AT_A_TIME = 2


def run(test):
  name, *arguments = test
  began = time.monotonic()
  ended = subprocess.run([sys.executable, pathlib.Path(__file__).parent / name, *arguments], stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True)
  word = 'ok' if ended.returncode == 0 else 'not ok'
  print(f'{ended.stdout}{word} – {name} ({time.monotonic() - began:.0f} s)', flush=True)
  return ended.returncode == 0


def main():
  with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
    return not all(list(pool.map(run, TESTS)))


sys.exit(main())
