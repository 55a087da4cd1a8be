#!/usr/bin/python3
"""The console's first honest figures, one JSON line: start to a window on the screen, and memory, with a full cache and no network.

  with-display console.py [--conversations 10000] [--messages 1000000] [--runs 5]

The profile is filled by hand with closed conversations, as many months of work leave them; the gateway is away, so what is measured is the
start from the cache.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

import cache

BUILD = pathlib.Path(os.environ.get('BUILD_DIR', pathlib.Path(__file__).parents[2] / '_build/gcc')).resolve()
AWAY = 'http://127.0.0.1:9'  # discard: nobody listens


def start(profile, env):
  """Seconds to the first window that is on the screen, and the process."""
  began = time.monotonic()
  process = subprocess.Popen([BUILD / 'app/usher', '--gateway', AWAY, '--profile', profile], env=env, stderr=subprocess.DEVNULL)
  while subprocess.run(['xdotool', 'search', '--onlyvisible', '--pid', str(process.pid)], capture_output=True).returncode != 0:
    assert process.poll() is None and time.monotonic() - began < 30, 'no window'
  return time.monotonic() - began, process


def memory_mib(pid):
  rollup = pathlib.Path(f'/proc/{pid}/smaps_rollup').read_text()
  return {key: int(line.split()[1]) / 1024 for key in ('Rss', 'Pss') for line in rollup.splitlines() if line.startswith(key + ':')}


def main():
  parser = argparse.ArgumentParser()
  parser.add_argument('--conversations', type=int, default=10000)
  parser.add_argument('--messages', type=int, default=1000000)
  parser.add_argument('--runs', type=int, default=5)
  options = parser.parse_args()
  with tempfile.TemporaryDirectory(prefix='usher-bench-') as root:
    root = pathlib.Path(root)
    profile = root / 'profile'
    profile.mkdir(mode=0o700)
    (root / 'config/glib-2.0/settings').mkdir(parents=True)
    (root / 'config/glib-2.0/settings/keyfile').write_text(f"[io/github/usher_desk/Usher]\nlogin='demo'\ngateway-url='{AWAY}'\n")
    env = {**os.environ, 'GSETTINGS_BACKEND': 'keyfile', 'XDG_CONFIG_HOME': str(root / 'config'), 'GSETTINGS_SCHEMA_DIR': str(BUILD / 'data')}
    empty_s, process = start(profile, env)  # makes the schema
    process.terminate()
    process.wait()
    cache.fill_cache(profile, options.conversations, options.messages)
    times = []
    for _ in range(options.runs):
      took, process = start(profile, env)
      times.append(took)
      time.sleep(2)
      memory = memory_mib(process.pid)
      process.terminate()
      process.wait()
    print(json.dumps({'bench': 'console', 'conversations': options.conversations, 'messages': options.messages,
                      'window_ms_median': round(statistics.median(times) * 1000), 'window_ms_min': round(min(times) * 1000),
                      'window_ms_empty': round(empty_s * 1000), 'rss_mib': round(memory['Rss']), 'pss_mib': round(memory['Pss'])}))


main()
