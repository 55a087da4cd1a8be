#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many months of work: as many closed chats as they leave, in a console's cache and in the gateway's store, the same in both.

  cache.py [--profile DIR] [--data DIR] [--conversations 10000] [--messages 1000000]

Each must have been started once, for its schema, and be at rest. What was there keeps its numbers as long as there was nothing.
"""
import argparse
import pathlib
import sqlite3
import time

FIRST_VISITOR = 10 ** 12
STEP_US = 60 * 10 ** 6  # from one chat to the next
AGENT, CLOSED, SOLVED = 1, 5, 1
TEXT = 7  # as gate.proto numbers the contents of a line


def line(conv, seq):
  return f'line {seq} of chat {conv}: 请问什么时候发货？'


def name(conv):
  return f'Visitor {conv}'


def begun_us(n_conversations):
  """When each chat began, by its number; the last one a while ago."""
  now_us = int(time.time() * 1e6)
  return [now_us - (n_conversations + 1 - conv) * STEP_US for conv in range(n_conversations + 1)]


def fill_cache(profile, n_conversations, n_messages):
  began_us, per = begun_us(n_conversations), n_messages // n_conversations
  with sqlite3.connect(pathlib.Path(profile) / 'cache.db') as db:
    db.executemany(
      'INSERT OR REPLACE INTO conversation (conv, state, epoch, channel, visitor, name, queue, agent, last_seq, last_text, last_role, last_ts, held_seq, '
      'opened_at, waiting_since, unread, tags, subject) VALUES (?, ?, 7, 1, ?, ?, "default", 0, ?, ?, 0, ?, ?, ?, 0, 0, "", "")',
      ((c, CLOSED, FIRST_VISITOR + c, name(c), per, line(c, per), began_us[c] + per, per, began_us[c])
       for c in range(1, n_conversations + 1)))
    db.executemany(
      'INSERT OR REPLACE INTO message (conv, seq, cid, ts, role, sender, kind, text) VALUES (?, ?, 0, ?, ?, ?, 0, ?)',
      ((c, s, began_us[c] + s, s % 2, s % 2 * AGENT, line(c, s)) for c in range(1, n_conversations + 1) for s in range(1, per + 1)))


def body(text):
  """The packed Message of a text: what the gateway keeps of it."""
  data = text.encode()
  assert len(data) < 128
  return bytes((TEXT << 3 | 2, len(data))) + data


def rows(db, table, first, others):
  """Columns that `first` does not name have the neutral value of their type."""
  columns = [(row[1], row[2]) for row in db.execute(f'PRAGMA table_info ({table})') if row[1] not in first]
  names = [*first, *(column for column, _ in columns)]
  neutral = tuple({'INTEGER': 0, 'TEXT': '', 'BLOB': b''}[kind] for _, kind in columns)
  db.executemany(f'INSERT INTO {table} ({", ".join(names)}) VALUES ({", ".join("?" * len(names))})', (tuple(row) + neutral for row in others))


def fill_store(data, n_conversations, n_messages):
  began_ms, per = [us // 1000 for us in begun_us(n_conversations)], n_messages // n_conversations
  chats = range(1, n_conversations + 1)
  digest = lambda c: c.to_bytes(16, 'big')
  with sqlite3.connect(pathlib.Path(data) / 'usher.db') as db:
    rows(db, 'visitor', ('visitor', 'digest', 'app', 'name', 'locale', 'visits', 'first_seen', 'last_seen'),
         ((FIRST_VISITOR + c, digest(c), 'demo', name(c), 'en', 1, began_ms[c], began_ms[c]) for c in chats))
    rows(db, 'conv', ('conv', 'visitor', 'visitor_digest', 'app', 'visitor_name', 'locale', 'channel', 'state', 'close_reason', 'epoch', 'last_agent', 'queue',
                      'priority', 'opened_at', 'closed_at', 'last_seq', 'last_shown', 'last_ts', 'last_text', 'staff_read', 'visitor_read'),
         ((c, FIRST_VISITOR + c, digest(c), 'demo', name(c), 'en', 1, CLOSED, SOLVED, 7, AGENT, 'default', 2, began_ms[c], began_ms[c] + per,
           per, per, began_ms[c] + per, line(c, per), per, per) for c in chats))
    rows(db, 'message', ('id', 'conv', 'seq', 'ts', 'role', 'sender', 'content', 'text', 'body'),
         ((c * per + s, c, s, began_ms[c] + s, s % 2, s % 2 * AGENT, TEXT, line(c, s), body(line(c, s))) for c in chats for s in range(1, per + 1)))


def main():
  parser = argparse.ArgumentParser()
  parser.add_argument('--profile')
  parser.add_argument('--data')
  parser.add_argument('--conversations', type=int, default=10000)
  parser.add_argument('--messages', type=int, default=1000000)
  options = parser.parse_args()
  if options.profile:
    fill_cache(options.profile, options.conversations, options.messages)
  if options.data:
    fill_store(options.data, options.conversations, options.messages)


if __name__ == '__main__':
  main()
