#!/usr/bin/env bash
# Builds the last commit in a place of its own, without a compiler cache, and compares its package with
# that of this tree's build, which was compiled at another time. On demand: it compiles everything once.
#
#   tests/package/reproducible.sh [PRESET]      release, or portable for the tarball
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
. "$root/tests/support/setup.sh"
preset=${1:-release}
case "$preset" in release | portable) ;; *) die "unknown preset: $preset" "release or portable" ;; esac
[ -z "$(git -C "$root" status --porcelain)" ] ||
    die "this tree is not as its last commit is" "commit, or stash what is changed"

scratch=$(mktemp -d /tmp/callmirror-twice.XXXXXX)
trap 'rm -rf "$scratch"' EXIT
commit=$(git -C "$root" rev-parse HEAD) # it takes long: another one may come meanwhile
SOURCE_DATE_EPOCH=$(git -C "$root" log -1 --format=%ct "$commit")
export SOURCE_DATE_EPOCH
mkdir -p "$scratch/another/place"
git -C "$root" archive "$commit" | tar -x -C "$scratch/another/place"

targets=(callmirror manuals)
[ "$preset" = portable ] || targets+=(changelog)
# make_package SOURCES PLACE: builds with the preset, and packages into PLACE.
make_package() {
    say "building in $1"
    (cd "$1" && cmake --preset "$preset" && cmake --build "build/$preset" --target "${targets[@]}" &&
        cpack --config "build/$preset/CPackConfig.cmake" -B "$2") >"$scratch/log" 2>&1 || {
        tail -n 20 "$scratch/log" >&2
        die "the build failed; its last words are above"
    }
}
make_package "$root" "$scratch/first"
CCACHE_DISABLE=1 make_package "$scratch/another/place" "$scratch/second"

same=
for package in "$scratch"/first/callmirror[_-]*.{deb,tar.gz}; do
    [ -e "$package" ] || continue
    other=$scratch/second/$(basename "$package")
    sha256sum "$package" "$other"
    cmp "$package" "$other" || die "the two packages differ"
    same=yes
done
[ "$same" = yes ] || die "no package was made"
say "the same bytes"
