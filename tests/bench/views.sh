#!/usr/bin/env bash
# How long does each view of snapcall_bi take for a question about 30 days, with a year of history?
# And each panel of config/grafana? Makes a private PostgreSQL with its shipped settings, fills it,
# prints two tables, removes it all. Asks as callmirror_reader, without parallel workers: ms is the
# median of three, warm and with all rows received, CPU ms the server's share of it, which is steadier
# on a busy machine.
#
#   tests/bench/views.sh [CALLS [EVENTS]]      1,000,000 and 5,000,000 by default: 8 GB, some minutes
#
# Wants a build to hold the program, whose migrations make the tables, and panels_bench.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
calls=${1:-1000000}
events=${2:-5000000}
limit_ms=2000

build=""
for each in "$root"/build/{release,checked,debug}; do
    if [ -x "$each/tests/bench/panels_bench" ]; then build=$each && break; fi
done
[ -n "$build" ] || { echo "no programs below build: cmake --build build/release" >&2; exit 1; }
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

# The reader's role with its settings, too.
cat >"$place/callmirror.toml" <<END
[database]
url = "postgresql:///postgres?host=$place&user=callmirror"
[[accounts]]
name = "acme"
api_key_env = "NONE"
END
"$build/daemon/callmirror" migrate --config "$place/callmirror.toml" >"$place/migrate.log"
sql -v calls="$calls" -v events="$events" -f "$root/tests/bench/views_load.sql"

# A view and its question: :from is 30 days ago, :day that day. Once to warm up, then three times.
ask() {
    local name=$1 question=$2 output
    question=${question//:from/"now() - interval '30 days'"}
    question=${question//:day/"current_date - 30"}
    output=$(psql -X -q -A -t -v ON_ERROR_STOP=1 -h "$place" -U callmirror_reader -d postgres <<END
set max_parallel_workers_per_gather = 0;
select pg_backend_pid() as pid \\gset
\\setenv BACKEND :pid
select 'rows', count(*) from ($question) answer;
copy ($question) to stdout \\g /dev/null
\\! awk '{print "from|" 1000 * (\$14 + \$15) / $(getconf CLK_TCK)}' /proc/\$BACKEND/stat
\\timing on
copy ($question) to stdout \\g /dev/null
copy ($question) to stdout \\g /dev/null
copy ($question) to stdout \\g /dev/null
\\! awk '{print "to|" 1000 * (\$14 + \$15) / $(getconf CLK_TCK)}' /proc/\$BACKEND/stat
END
    )
    echo "$output" | sort -k 2 -n | awk -F'[|: ]+' -v name="$name" -v limit="$limit_ms" '
        $1 == "rows" { rows = $2 }
        $1 == "from" { from = $2 }
        $1 == "to" { to = $2 }
        $1 == "Time" { ms[++times] = $2 }
        END { printf "%-17s %8d %8.0f %8.0f%s\n", name, rows, ms[2], (to - from) / 3,
                     (ms[2] > limit ? "  over the limit" : "") }'
}
printf '%s calls and %s events over 365 days; load %s\n' "$calls" "$events" \
    "$(cut -d' ' -f1 /proc/loadavg)"
printf '%-17s %8s %8s %8s\n' view rows ms "CPU ms"
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
ask fields "$all.fields"
ask freshness "$all.freshness"

printf '\n%-45s %8s %8s\n' panel rows ms
"$build/tests/bench/panels_bench" "host=$place user=callmirror_reader dbname=postgres"
