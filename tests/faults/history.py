"""Holds what clients were told against what the store has, in the manner of Jepsen: acked ⊆ stored, each id once, seq dense,
every reader's order = seq, every transcript equal."""


def check(gate, clients, whole=True):
  """Returns the list of violations; @whole: every visitor must also hold their conversation to its end."""
  wrong = []
  stored = {}
  where = {}
  for conv, seq, cid, text in gate.rows('SELECT conv, seq, cid, text FROM message ORDER BY conv, seq'):
    cid = '%016x' % (cid % 2 ** 64)
    stored.setdefault(conv, {})[seq] = (cid, text)
    if cid != '0' * 16:
      if (conv, cid) in where:
        wrong.append(f'{cid} stands twice in {conv}: {where[conv, cid]} and {seq}')
      where[conv, cid] = seq
  cids = {}
  for (conv, cid), seq in where.items():
    cids.setdefault(cid, []).append((conv, seq))
  for conv, rows in stored.items():
    if sorted(rows) != list(range(1, len(rows) + 1)):
      wrong.append(f'{conv} has gaps: {sorted(rows)}')
  for number, client in enumerate(clients):
    wrong += [f'client {number}: {fault}' for fault in client.faults]
    for cid, (conv, seq) in client.acked.items():
      if stored.get(conv, {}).get(seq, (None,))[0] != cid:
        wrong.append(f'client {number}: {cid} was acknowledged as {conv}/{seq} and is not there')
      if len(cids.get(cid, ())) != 1:
        wrong.append(f'client {number}: {cid} stands in {cids.get(cid)}')
    for conv, lines in client.lines.items():
      for seq, (_, text, _) in lines.items():
        if conv not in stored or seq not in stored[conv] or stored[conv][seq][1] != text:
          wrong.append(f'client {number}: saw “{text}” as {conv}/{seq}; stored is {stored.get(conv, {}).get(seq)}')
      if whole and not client.token and len(lines) != len(stored.get(conv, ())):
        wrong.append(f'client {number}: holds {len(lines)} of the {len(stored.get(conv, ()))} lines of {conv}')
    if whole and client.unacked:
      wrong.append(f'client {number}: {len(client.unacked)} lines were never acknowledged')
  return wrong


def n_acked(clients):
  return sum(len(c.acked) for c in clients)
