#!/usr/bin/env bash
# Builds the last commit twice, in two places and without a compiler cache, and compares the packages.
# On demand, as it compiles everything twice.
#
#   tests/package/reproducible.sh [PRESET]      release, or portable for the tarball
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
. "$root/tests/support/setup.sh"
preset=${1:-release}
case "$preset" in release | portable) ;; *) die "unknown preset: $preset" "release or portable" ;; esac

scratch=$(mktemp -d /tmp/callmirror-twice.XXXXXX)
trap 'rm -rf "$scratch"' EXIT
commit=$(git -C "$root" rev-parse HEAD) # it takes long: another one may come meanwhile
SOURCE_DATE_EPOCH=$(git -C "$root" log -1 --format=%ct "$commit")
export SOURCE_DATE_EPOCH CCACHE_DISABLE=1
for place in one another/place; do
    mkdir -p "$scratch/$place"
    git -C "$root" archive "$commit" | tar -x -C "$scratch/$place"
    say "building in $scratch/$place"
    if ! (cd "$scratch/$place" && cmake --preset "$preset" -DCALLMIRROR_TESTS=OFF &&
        cmake --build "build/$preset" --target package) >"$scratch/log" 2>&1; then
        tail -n 20 "$scratch/log" >&2
        die "the build failed; its last words are above"
    fi
done
for package in "$scratch/one/build/$preset"/callmirror[_-]*.{deb,tar.gz}; do
    [ -e "$package" ] || continue
    sha256sum "$package" "$scratch/another/place/build/$preset/$(basename "$package")"
    cmp "$package" "$scratch/another/place/build/$preset/$(basename "$package")" ||
        die "the two packages differ"
    same=yes
done
[ "${same:-}" = yes ] || die "no package was made"
say "the same bytes"
