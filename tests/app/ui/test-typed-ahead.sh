#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# test-typed-ahead.sh UI-DEMO: Ctrl+K and a word without a pause, by a real keyboard: the word is looked for, and nobody is told of typing.
# Run under with-display. Exit status 77: no xdotool here.
set -u
command -v xdotool >/dev/null || exit 77
out=$(mktemp)
demo=
trap '[ -n "$demo" ] && kill "$demo" 2>/dev/null; rm -f "$out"' EXIT
DEMO_HOLD=6000 G_DEBUG= "$1" none 1000x700 >"$out" 2>&1 &
demo=$!
for _ in $(seq 200); do grep -q '^ready' "$out" && break; sleep .1; done
xdotool mousemove 450 660 click 1
sleep 1
xdotool key --delay 0 ctrl+k s n o o z e
sleep 1
xdotool key Return
wait "$demo"
demo=
cat "$out"
! grep -q '^typing' "$out" || { echo "it was typed into the composer"; exit 1; }
grep -q '^snooze 1' "$out" || { echo "the command was not found"; exit 1; }
