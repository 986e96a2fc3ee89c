#!/usr/bin/env bash
# Holds the units against systemd's own judges: units.sh UNITS PROGRAM
#
# `verify` finds what systemd would not understand, `security` what the sandbox leaves open: exposure is
# to be at most 1.5 of 10.
set -euo pipefail
units=$1
program=$2
copies=$(mktemp -d)
trap 'rm -rf "$copies"' EXIT
failed=0
for unit in callmirror.service callmirror-backfill@.service; do
    # The program lies where it was built, not in /usr/bin yet.
    sed "s|^ExecStart=/usr/bin/callmirror |ExecStart=$program |" "$units/$unit" >"$copies/$unit"
    if ! said=$(systemd-analyze verify --man=no "$copies/$unit" 2>&1) || [ -n "$said" ]; then
        printf '%s: systemd-analyze verify says:\n%s\n' "$unit" "$said"
        failed=1
    fi
    if ! said=$(systemd-analyze security --offline=true --threshold=15 --no-pager "$copies/$unit" 2>&1); then
        printf '%s: too much is open:\n' "$unit"
        grep -E '✗|exposure' <<<"$said" || printf '%s\n' "$said"
        failed=1
    fi
done
exit "$failed"
