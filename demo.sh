#!/usr/bin/env bash
# Shows callmirror at work on this machine, with nothing but this clone: a private PostgreSQL, a
# simulated SnapCall API over HTTPS, a backfill of 90 days, the daemon, and an analyst's questions.
#
#   ./demo.sh           stays up at the end on a terminal, until Ctrl-C
#   ./demo.sh --once    cleans up and ends
#
# Everything it makes is below build/. It can be interrupted and run again at any point.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$root/tests/support/setup.sh"

stay=no
[ -t 0 ] && [ -t 1 ] && stay=yes
case "${1:-}" in
"") ;;
--once) stay=no ;;
-h | --help)
    sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit 0
    ;;
*) die "unknown option: $1" "./demo.sh --help" ;;
esac

demo="$root/build/demo"
bin="$root/build/release"
started=()   # processes to be stopped, newest first
postgres=""  # the server, stopped last
sockets=""   # PostgreSQL's socket; its path has to be short
data=""      # PostgreSQL's files
as_owner=()  # runs a command as the cluster's owner

# ---- a private PostgreSQL, never as root

find_postgres() {
    local found
    found=$(find /usr/lib/postgresql -mindepth 3 -maxdepth 3 -name initdb 2>/dev/null | sort -V | tail -n 1)
    [ -n "$found" ] || die "no initdb below /usr/lib/postgresql" "apt-get install postgresql"
    dirname "$found"
}

start_postgres() {
    local programs
    programs=$(find_postgres)
    sockets=$(mktemp -d /tmp/callmirror-demo.XXXXXX)
    data="$demo/postgres"
    if [ "$(id -u)" -eq 0 ]; then
        as_owner=(setpriv --reuid=postgres --regid=postgres --clear-groups --)
        # Below root's home, say, the owner gets nowhere: then it lives beside its socket.
        install -d -o postgres -g postgres -m 700 "$data"
        if ! "${as_owner[@]}" test -w "$data" 2>/dev/null; then
            rmdir "$data"
            data="$sockets/data"
        fi
        chown postgres:postgres "$sockets"
    fi
    # A demo needs no safety from power cuts.
    if ! (cd / && "${as_owner[@]}" "$programs/initdb" -D "$data" -U callmirror --auth=trust \
        --encoding=UTF8 --locale=C.UTF-8 --no-sync) >"$demo/initdb.log" 2>&1; then
        tail -n 5 "$demo/initdb.log" >&2
        die "initdb failed; its last words are above" "the whole log: build/demo/initdb.log"
    fi
    # In sessions of their own, both servers hear no Ctrl-C: the daemon has to be stopped before them.
    (cd / && exec setsid "${as_owner[@]}" "$programs/postgres" -D "$data" -c listen_addresses= \
        -c unix_socket_directories="$sockets" -c fsync=off -c log_min_messages=warning) \
        >"$demo/postgres.log" 2>&1 &
    postgres=$!
    printf '%s postgres\n- %s\n' "$postgres" "$sockets" >>"$demo/left"
    database="postgresql:///reporting?host=$sockets&user=callmirror"
    local tries
    for tries in $(seq 100); do
        if "$programs/createdb" -h "$sockets" -U callmirror reporting 2>/dev/null; then
            return
        fi
        sleep 0.1
    done
    tail -n 5 "$demo/postgres.log" >&2
    die "PostgreSQL did not start within 10 s (asked $tries times)" "its log: build/demo/postgres.log"
}

# What a demo left behind that could not clean up: its servers, and the socket's directory.
clean_up_after_last() {
    local pid program
    [ -f "$demo/left" ] || return 0
    while read -r pid program; do
        case "$program" in
        /tmp/callmirror-demo.*) rm -rf "$program" ;;
        *)
            [ "$(ps -o comm= -p "$pid" 2>/dev/null)" = "$program" ] || continue
            say "stopping $program ($pid), left by a demo that was killed"
            kill -INT "$pid" 2>/dev/null || true
            for _ in $(seq 50); do
                kill -0 "$pid" 2>/dev/null || break
                sleep 0.1
            done
            ;;
        esac
    done <"$demo/left"
}

# ---- the simulated API

start_api() {
    local arguments=(--days 90 --calls-per-day 400 --streams-per-day 150 --live --speed 60
        --key demo-key --latency 10 --rps 60
        --ca-out "$demo/ca.pem")
    setsid "$bin/tests/simulator/simulated_snapcall" "${arguments[@]}" >"$demo/api.url" 2>"$demo/api.log" &
    started=("$!" "${started[@]+"${started[@]}"}")
    printf '%s simulated_snapc\n' "$!" >>"$demo/left" # as the kernel cuts it
    for _ in $(seq 300); do
        url=$(head -n 1 "$demo/api.url")
        [ -z "$url" ] || return 0
        kill -0 "${started[0]}" 2>/dev/null || break
        sleep 0.1
    done
    tail -n 5 "$demo/api.log" >&2
    die "the simulated API did not start" "its log: build/demo/api.log"
}

write_configuration() {
    (umask 077 && printf 'demo-key\n' >"$demo/acme.key")
    cat >"$demo/callmirror.toml" <<END
[database]
url = "$database"

[sync]
poll_interval = "2s"

[http]
listen = ""

[[accounts]]
name = "acme"
base_url = "$url"
api_key_file = "$demo/acme.key"
ca_file = "$demo/ca.pem"
history_start = $(date -u -d '90 days ago' +%F)
requests_per_second = 50.0
END
}

# ---- the end, however it comes

clean_up() {
    local status=$? each
    trap - EXIT INT TERM
    for each in ${started[@]+"${started[@]}"}; do # the daemon first
        kill -TERM "$each" 2>/dev/null || true
        wait "$each" 2>/dev/null || true
    done
    if [ -n "$postgres" ]; then
        kill -INT "$postgres" 2>/dev/null || true # its fast shutdown
        wait "$postgres" 2>/dev/null || true
    fi
    if [ -n "$data" ]; then rm -rf "$data"; fi
    if [ -n "$sockets" ]; then rm -rf "$sockets"; fi
    exit "$status"
}

title() { printf '\n== %s\n' "$*"; }
ask() { psql -X -q -d "$database" --pset=footer=off --pset=pager=off -c "$1"; }
callmirror() { "$bin/daemon/callmirror" "$@" --config "$demo/callmirror.toml"; }

# shellcheck disable=SC2086 # one word a package
install_packages $packages_to_build $packages_to_test
cmake_options=(-DCALLMIRROR_TESTS=ON)
build release callmirror simulated_snapcall

trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
clean_up_after_last
rm -rf "$demo"
mkdir -p "$demo"
start_postgres
start_api
write_configuration

title "callmirror check: is everything in place?"
callmirror migrate
callmirror check

title "callmirror backfill: 90 days of calls, streams and their events"
callmirror backfill

title "callmirror run: the source goes on changing, the mirror follows"
"$bin/daemon/callmirror" run --config "$demo/callmirror.toml" 2>"$demo/run.log" &
started=("$!" "${started[@]+"${started[@]}"}")
sleep 10
ask "with rows as (
         select 1 as place, 'calls' as mirrored, first_seen_at, changed_at, deleted_at from snapcall.calls
         union all
         select 2, 'streams', first_seen_at, changed_at, deleted_at from snapcall.streams
         union all
         select 3, 'stream events', first_seen_at, changed_at, deleted_at from snapcall.stream_events)
     select mirrored, count(*) as rows,
            count(*) filter (where first_seen_at > now() - interval '10 s') as \"new in 10 s\",
            count(*) filter (where changed_at > now() - interval '10 s' and changed_at > first_seen_at
                                   and deleted_at is null) as changed,
            count(*) filter (where deleted_at is not null) as \"deleted at the source\"
     from rows group by place, mirrored order by place"

title "An analyst's question: calls of the last seven days, and how many were answered"
ask "select day, calls, answered, round((100 * answered_rate)::numeric, 1) as \"%\",
            round(rating::numeric, 2) as rating
     from snapcall_bi.calls_by_day
     where day > current_date - 7 order by day"

title "callmirror status: how fresh is it?"
callmirror status || [ $? -eq 1 ] # 1: something needs a person

if [ "$stay" = yes ]; then
    say
    say "The mirror stays up and goes on following. In another terminal:"
    say "    psql '$database'"
    say "    $bin/daemon/callmirror status --config $demo/callmirror.toml"
    say "Ctrl-C ends it and cleans up."
    trap 'say; exit 0' INT
    wait "${started[0]}"
fi
