#!/usr/bin/env bash
# How long does each view of snapcall_bi take for a question about 30 days, with a year of history?
# Makes a private PostgreSQL with its shipped settings, fills it, prints a table, removes it all.
#
#   tests/bench/views.sh [CALLS [EVENTS]]      1,000,000 and 5,000,000 by default: 8 GB, some minutes
#
# Wants build/release or build/debug to hold the program, whose migrations make the tables.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
calls=${1:-1000000}
events=${2:-5000000}
limit_ms=2000

program=""
for each in "$root"/build/{release,debug}/daemon/callmirror; do
    if [ -x "$each" ]; then program=$each && break; fi
done
[ -n "$program" ] || { echo "no program below build: cmake --build build/release" >&2; exit 1; }
programs=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin | sort -V | tail -n 1)
place=$(mktemp -d /tmp/callmirror-views.XXXXXX)
as_owner=()
if [ "$(id -u)" -eq 0 ]; then
    as_owner=(setpriv --reuid=postgres --regid=postgres --clear-groups --)
    chown postgres:postgres "$place"
fi
server=""
clean_up() {
    if [ -n "$server" ]; then kill -INT "$server" 2>/dev/null && wait "$server" || true; fi
    rm -rf "$place"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

cd /
"${as_owner[@]}" "$programs/initdb" -D "$place/data" -U callmirror --auth=trust --encoding=UTF8 \
    --locale=C.UTF-8 --no-sync >"$place/initdb.log"
setsid "${as_owner[@]}" "$programs/postgres" -D "$place/data" -c listen_addresses= \
    -c unix_socket_directories="$place" -c fsync=off -c max_wal_size=4GB >"$place/log" 2>&1 &
server=$!
sql() { psql -X -q -A -t -v ON_ERROR_STOP=1 -h "$place" -U callmirror -d postgres "$@"; }
for _ in $(seq 300); do sql -c 'select 1' >/dev/null 2>&1 && break || sleep 0.1; done

"$program" migrate --print | sql
sql -v calls="$calls" -v events="$events" -f "$root/tests/bench/views_load.sql"

# A view and its question: :from is 30 days ago, :day that day.
ask() {
    local name=$1 question=$2 ms=() rows each
    question=${question//:from/"now() - interval '30 days'"}
    question=${question//:day/"current_date - 30"}
    rows=$(sql -c "select count(*) from ($question) answer")
    for _ in 1 2 3; do
        each=$(sql -c "explain (analyze, timing off, format json) $question" |
            sed -n 's/.*"\(Planning\|Execution\) Time": \([0-9.]*\).*/\2/p' | paste -sd+ | bc)
        ms+=("$each")
    done
    each=$(printf '%s\n' "${ms[@]}" | sort -n | sed -n 2p)
    printf '%-18s %8s rows %9.0f ms%s\n' "$name" "$rows" "$each" \
        "$(echo "$each > $limit_ms" | bc | sed 's/1/  over the limit/; s/0//')"
}
printf '%s calls and %s events over 365 days, median of 3, warm, load %s\n' "$calls" "$events" \
    "$(cut -d' ' -f1 /proc/loadavg)"
all="select * from snapcall_bi"
ask days "$all.days where day >= :day"
ask calls "$all.calls where created_at >= :from"
ask calls_by_day "$all.calls_by_day where day >= :day"
ask calls_by_hour "$all.calls_by_hour where day >= :day"
ask calls_by_weekday "$all.calls_by_weekday where week >= :day"
ask calls_by_agent "$all.calls_by_agent where day >= :day"
ask calls_by_button "$all.calls_by_button where day >= :day"
ask calls_by_team "$all.calls_by_team where day >= :day"
ask ratings "$all.ratings where day >= :day"
ask clients_by_day "$all.clients_by_day where day >= :day"
ask streams "$all.streams where created_at >= :from"
ask streams_by_day "$all.streams_by_day where day >= :day"
ask events_by_day "$all.events_by_day where day >= :day"
ask media "$all.media where created_at >= :from"
ask stream_timeline "$all.stream_timeline where account = 'acme' and stream_id = $((events / 25))"
ask deletions "$all.deletions where deleted_at >= :from"
ask rejected "$all.rejected"
ask accounts "$all.accounts"
ask freshness "$all.freshness"
