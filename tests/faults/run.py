#!/usr/bin/python3
"""Runs every fault test of this folder; what each proves stands at its head. Exit status 1 when one fails."""
import pathlib
import subprocess
import sys
import time

TESTS = [('first-request.py',), ('kill9.py', '--cycles', '100'), ('workers.py',), ('pool.py',), ('disk-full.py',),
         ('drain.py', '--rounds', '1'), ('upgrade.py',), ('upgrade-fails.py',), ('network.py',),
         ('partition.py', '--partitions', '1')]


def main():
  here = pathlib.Path(__file__).parent
  failed = 0
  for name, *arguments in TESTS:
    began = time.monotonic()
    status = subprocess.run([sys.executable, here / name, *arguments]).returncode
    failed += status != 0
    print(f'{"ok" if status == 0 else "not ok"} – {name} ({time.monotonic() - began:.0f} s)', flush=True)
  return failed > 0


sys.exit(main())
