# Runs inside the booted Debian: what both boots' tests need. See boot.sh.
# shellcheck shell=bash
set -uo pipefail
cd /test || exit 1
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
failed=0
began=$SECONDS

# check SENTENCE COMMAND...: a line of the test.
check() {
    local sentence=$1 said
    shift
    if said=$("$@" 2>&1); then
        printf 'ok    %3d s  %s\n' $((SECONDS - began)) "$sentence"
    else
        printf 'FAIL  %3d s  %s\n%s\n' $((SECONDS - began)) "$sentence" "$said"
        journalctl -u callmirror --no-pager -n 12 -o cat
        failed=1
    fi
}
within() { # SECONDS COMMAND...
    local until=$((SECONDS + $1))
    shift
    until "$@"; do
        [ $SECONDS -lt $until ] || return 1
        sleep 0.2
    done
}
saw() { printf '        saw: %s\n' "$*"; }
property() { systemctl show -P "$1" "${2:-callmirror}"; }
is() { [ "$(property "$1")" = "$2" ] || { echo "$1 is $(property "$1"), not $2"; return 1; }; }
not() { ! "$@"; }
rows() { runuser -u postgres -- psql -X -At -d reporting -c "$1"; }
some() { [ "$(rows "$1" 2>/dev/null || echo 0)" -gt 0 ]; }
logged() { journalctl -u "${2:-callmirror}" --no-pager -o cat --since "@$mark" | grep -qE -- "$1"; }
last_logged() { journalctl -u callmirror --no-pager -o cat --since "@$mark" | grep -E -- "$1" | tail -n 1; }
now() { date +%s.%N; }
mark=$(now)
in_config() { sed -i "$1" /etc/callmirror/callmirror.toml; }
restarted() { [ "$(property NRestarts)" -gt "$1" ] && is ActiveState active; }
drop_in() { # LINE...
    mkdir -p /etc/systemd/system/callmirror.service.d
    printf '%s\n' '[Service]' "$@" >/etc/systemd/system/callmirror.service.d/test.conf
    systemctl daemon-reload
}
no_drop_in() {
    rm -rf /etc/systemd/system/callmirror.service.d
    systemctl daemon-reload
}
http() { # PATH: the answer's first line
    exec 3<>/dev/tcp/127.0.0.1/9464 || return 1
    printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$1" >&3
    head -n 1 <&3
    exec 3>&-
}
answers() { http "$1" | grep -q " $2 "; }
start_api() {
    rm -f port ca.pem
    systemd-run -q --unit=api --service-type=exec /test/simulated_snapcall --port 8443 \
        --ca-out /test/ca.pem --port-file /test/port --key acme-key --key new-key --key globex-key \
        --days 5 --calls-per-day 2000 --streams-per-day 30 --live --speed 30
    within 60 test -s /test/port
}

# shellcheck source=/dev/null
. "./$(cat which)_boot.sh"
[ "$failed" -ne 0 ] || touch "$(cat which).passed"
