#!/bin/sh
# The README's entry of a new resource, put where it says: does it compile? Wants the compiler.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
sed -n '/^### Adding a resource/,$p' README.md | sed -n '/^```cpp/,/^```/{/^```/!p}' >"$work/all"
sed '/^\/\/ in `resources`/,$d' "$work/all" >"$work/before"
sed '1,/^\/\/ in `resources`/d' "$work/all" >"$work/entry"
test -s "$work/before" && test -s "$work/entry"
sed -e "/ resources = /e cat $work/before" -e "/ resources = /r $work/entry" sync/providers/snapcall.cpp >"$work/snapcall.cpp"
grep -q '"tags"' "$work/snapcall.cpp"
"${1:-c++}" -std=c++20 -fsyntax-only -Wall -Werror -I. "$work/snapcall.cpp"
