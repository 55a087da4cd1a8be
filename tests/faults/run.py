#!/usr/bin/python3
"""Runs every fault test of this folder; what each proves stands at its head. Exit status 1 when one fails.

They wait more than they work, so three run at a time.
"""
import concurrent.futures
import os
import pathlib
import signal
import subprocess
import sys
import time

TESTS = [('kill9.py', '--cycles', '100'), ('upgrade.py', '--visitors', '1000'), ('inject.py', '--points', '80', '--starts', '10'),
         ('network.py',), ('drain.py', '--rounds', '1'), ('partition.py', '--partitions', '1'), ('workers.py',),
         ('disk-full.py',), ('pool.py',), ('first-request.py',), ('upgrade-fails.py',), ('hung.py',), ('clock.py', '--pause', '1'), ('reload.py', '--clients', '50', '--swaps', '5'),
         ('chaos.py', '--runs', '3', '--seconds', '20')]
AT_A_TIME = 3
LONGEST_S = 400 # of one test, on a busy machine


def run(test):
  name, *arguments = test
  began = time.monotonic()
  process = subprocess.Popen([sys.executable, pathlib.Path(__file__).parent / name, *arguments], stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True, start_new_session=True)
  try:
    said, _ = process.communicate(timeout=LONGEST_S)
  except subprocess.TimeoutExpired:
    os.killpg(process.pid, signal.SIGKILL) # its gateway too
    said = process.communicate()[0] + f'# not over after {LONGEST_S} s\n'
  word = 'ok' if process.returncode == 0 else 'not ok'
  print(f'{said}{word} – {name} ({time.monotonic() - began:.0f} s)', flush=True)
  return process.returncode == 0


def main():
  with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
    return not all(list(pool.map(run, TESTS)))


sys.exit(main())
