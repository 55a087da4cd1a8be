#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# test-ime.sh UI-DEMO ibus|fcitx5: Chinese typing with a real input method: Enter that belongs to the candidate sends nothing.
# Run under with-display. Exit status 77: that input method is not here.
set -u
out=$(mktemp)
im= demo=
cleanup() {
  for pid in $im $demo; do kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; done
  rm -f "$out"
}
trap cleanup EXIT
command -v xdotool >/dev/null || exit 77
# xdotool loses what is not ASCII, and the fonts must be there; nothing else of the locale matters.
export GTK_A11Y=none G_DEBUG=

start_ibus() {
  command -v ibus-daemon >/dev/null && [ -d /usr/share/ibus-libpinyin ] || exit 77
  export GTK_IM_MODULE=ibus
  ibus-daemon --panel disable --xim >/dev/null 2>&1 &
  im=$!
  for _ in $(seq 100); do
    address=$(ibus address 2>/dev/null)
    [ -n "$address" ] && [ "$address" != "(null)" ] && break
    sleep .1
  done
}
choose_ibus() {
  for _ in $(seq 30); do ibus engine libpinyin >/dev/null 2>&1; [ "$(ibus engine 2>/dev/null)" = libpinyin ] && break; sleep .2; done
}

start_fcitx5() {
  command -v fcitx5 >/dev/null && [ -f /usr/share/fcitx5/inputmethod/pinyin.conf ] || exit 77
  export GTK_IM_MODULE=fcitx
  mkdir -p "$XDG_CONFIG_HOME/fcitx5"
  printf '%s\n' '[Groups/0]' Name=Default 'Default Layout=us' DefaultIM=pinyin '[Groups/0/Items/0]' Name=keyboard-us Layout= \
    '[Groups/0/Items/1]' Name=pinyin Layout= '[GroupOrder]' 0=Default >"$XDG_CONFIG_HOME/fcitx5/profile"
  fcitx5 --disable=notificationitem,kimpanel >/dev/null 2>&1 &
  im=$!
  for _ in $(seq 100); do fcitx5-remote >/dev/null 2>&1 && break; sleep .1; done
}
choose_fcitx5() {
  for _ in $(seq 30); do fcitx5-remote -s pinyin >/dev/null 2>&1; [ "$(fcitx5-remote -n 2>/dev/null)" = pinyin ] && break; sleep .2; done
}

"start_$2"
DEMO_HOLD=25000 "$1" none 1000x700 >"$out" 2>&1 &
demo=$!
for _ in $(seq 200); do grep -q '^ready' "$out" && break; sleep .1; done
xdotool mousemove 450 660 click 1
sleep 1
"choose_$2"
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
