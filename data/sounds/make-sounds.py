#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""make-sounds.py FILE.wav: writes the sound of that name. They are ours: sums of sines, so nobody's licence is needed."""
import math
import pathlib
import struct
import sys
import wave

RATE = 22050
# Each: (begins at, lasts, hertz, loudness). Higher and more of them the more urgent it is.
SOUNDS = {
  'badge': [(0.00, 0.14, 587, 0.20)],
  'notice': [(0.00, 0.25, 659, 0.30), (0.11, 0.35, 880, 0.30)],
  'urgent': [(0.00, 0.18, 784, 0.40), (0.14, 0.18, 988, 0.40), (0.28, 0.40, 1175, 0.40)],
  'alarm': [(t, 0.16, hertz, 0.50) for t, hertz in ((0.0, 988), (0.18, 784), (0.36, 988), (0.54, 784), (0.72, 988))],
}


def sample(tones, t):
  """One moment: each tone with its octave, a soft beginning and an end that fades."""
  total = 0.0
  for begin, length, hertz, loudness in tones:
    age = t - begin
    if 0 <= age < length:
      envelope = min(1.0, age / 0.008) * (1 - age / length) ** 2
      wave_form = math.sin(2 * math.pi * hertz * age) + 0.25 * math.sin(4 * math.pi * hertz * age)
      total += loudness * envelope * wave_form
  return max(-1.0, min(1.0, total))


def main():
  path = pathlib.Path(sys.argv[1])
  tones = SOUNDS[path.stem]
  seconds = max(begin + length for begin, length, _, _ in tones)
  samples = [round(32767 * sample(tones, i / RATE)) for i in range(round(seconds * RATE))]
  with wave.open(str(path), 'wb') as file:
    file.setnchannels(1)
    file.setsampwidth(2)
    file.setframerate(RATE)
    file.writeframes(struct.pack(f'<{len(samples)}h', *samples))


main()
