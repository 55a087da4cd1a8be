#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# test-ime.sh UI-DEMO: Chinese typing with a real input method (IBus, libpinyin): Enter that belongs to the candidate sends nothing.
# Run under with-display. Exit status 77: no input method here.
set -u
command -v ibus-daemon >/dev/null && command -v xdotool >/dev/null && [ -d /usr/share/ibus-libpinyin ] || exit 77
out=$(mktemp)
ib= demo=
cleanup() {
  for pid in $ib $demo; do kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; done
  rm -f "$out"
}
trap cleanup EXIT
# xdotool loses what is not ASCII, and the fonts must be there; nothing else of the locale matters.
export GTK_IM_MODULE=ibus GTK_A11Y=none G_DEBUG=
ibus-daemon --panel disable --xim >/dev/null 2>&1 &
ib=$!
for _ in $(seq 100); do
  address=$(ibus address 2>/dev/null)
  [ -n "$address" ] && [ "$address" != "(null)" ] && break
  sleep .1
done
DEMO_HOLD=25000 "$1" none 1000x700 >"$out" 2>&1 &
demo=$!
for _ in $(seq 200); do grep -q '^ready' "$out" && break; sleep .1; done
xdotool mousemove 450 660 click 1
for _ in $(seq 30); do ibus engine libpinyin >/dev/null 2>&1; [ "$(ibus engine 2>/dev/null)" = libpinyin ] && break; sleep .2; done
sleep 1
xdotool type --delay 150 nihao
sleep .5
xdotool key space
sleep .5
xdotool key Return # sends 你好
sleep .5
xdotool type --delay 150 zhongwen
sleep .5
xdotool key Return # commits the letters; nothing may be sent
sleep .5
wait "$demo"
demo=
cat "$out"
grep -qx 'send-text 1 你好' "$out" || { echo "你好 was not sent"; exit 1; }
! grep -q 'send-text 1 zhongwen' "$out" || { echo "a candidate was sent"; exit 1; }
[ "$(grep -c '^send-text' "$out")" = 1 ] || { echo "more was sent than meant"; exit 1; }
