#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# check-po.sh ROOT: every translation is complete against a template made now: 0 untranslated, 0 fuzzy.
set -eu
root=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$root"
LC_ALL=C.UTF-8 xgettext --from-code=UTF-8 --add-comments=Translators \
  --keyword=_ --keyword=N_ --keyword=C_:1c,2 --keyword=NC_:1c,2 --keyword=ngettext:1,2 \
  --keyword=g_dngettext:2,3 --keyword=g_dpgettext2:2c,3 --flag=g_strdup_printf:1:c-format \
  -f po/POTFILES.in -o "$work/usher.pot" 2>"$work/xgettext.log" || { cat "$work/xgettext.log"; exit 1; }
bad=0
while read -r language; do
  case $language in '' | '#'*) continue ;; esac
  msgmerge --quiet --no-fuzzy-matching -o "$work/$language.po" "po/$language.po" "$work/usher.pot"
  msgfmt --check -o /dev/null --statistics "$work/$language.po" 2>"$work/statistics" || bad=1
  echo "$language: $(cat "$work/statistics")"
  if grep -qE 'untranslated|fuzzy' "$work/statistics"; then
    msgattrib --untranslated "$work/$language.po" | grep -A1 '^#:' || true
    msgattrib --only-fuzzy "$work/$language.po" | grep -A1 '^#:' || true
    bad=1
  fi
done <po/LINGUAS
exit $bad
