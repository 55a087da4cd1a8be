"""What the fault tests share: visitors who talk, and waiting until everybody is in step again."""
import asyncio
import time


async def talk(visitor, number, until, pause_s=0.6):
  """A line now and then, and always something in flight when the plug is pulled."""
  n = 0
  while not until.is_set():
    if len(visitor.unacked) < 3:
      n += 1
      visitor.say(f'v{number} says {n} 你好')
    await asyncio.sleep(visitor.random.uniform(0.02, pause_s))


async def settle(clients, deadline_s):
  """Until every client is connected and nobody waits for an ack; then until no line has come for a while."""
  end = time.monotonic() + deadline_s
  quiet_since, seen = time.monotonic(), -1
  while time.monotonic() < end:
    now = sum(len(lines) for c in clients for lines in c.lines.values())
    if now != seen or any(c.unacked or not c.in_step.is_set() for c in clients):
      quiet_since, seen = time.monotonic(), now
    elif time.monotonic() - quiet_since > 1.5:
      return
    await asyncio.sleep(0.05)


async def until(condition, what, deadline_s=20):
  end = time.monotonic() + deadline_s
  while not condition():
    assert time.monotonic() < end, f'no {what} in {deadline_s} s'
    await asyncio.sleep(0.01)
