# A fresh Debian: install, use, upgrade, downgrade. Sourced by inside.sh.
# shellcheck shell=bash disable=SC2154

# ---- install

check "apt installs the package without a network" apt-get install -y -q ./callmirror.deb
configuration_is() { [ "$(stat -c '%a %U %G' "$1")" = "$2" ] || { stat -c '%a %U %G' "$1"; return 1; }; }
check "the configuration is root's and the service's" \
    configuration_is /etc/callmirror/callmirror.toml "640 root callmirror"
check "the keys are root's alone" configuration_is /etc/callmirror/keys "700 root root"
check "the service has a user of its own" getent passwd callmirror
check "it is neither enabled" not systemctl -q is-enabled callmirror
check "nor started" not systemctl -q is-active callmirror

systemctl start callmirror
check "without a configuration it ends with 78" is ExecMainStatus 78
saw "$(last_logged .)"

# ---- configure and start

start_api
runuser -u postgres -- createdb reporting
check "roles.sql makes the roles" runuser -u postgres -- \
    psql -q -d reporting -v owner=callmirror -f /usr/share/callmirror/roles.sql
cp ca.pem /etc/callmirror/simulator.pem
chmod 644 /etc/callmirror/simulator.pem
in_config 's|^#base_url = .*|base_url = "https://localhost:8443"|
    s|^# e.g. ca_file = .*|ca_file = "simulator.pem"|
    s|^# e.g. history_start = .*|history_start = '"$(date -u -d '4 days ago' +%F)"'|
    s|^#poll_interval = .*|poll_interval = "2s"|; s|^#requests_per_second = .*|requests_per_second = 50.0|'
(umask 077 && echo acme-key >/etc/callmirror/keys/acme)
by_hand=(systemd-run -Pq -p User=callmirror -p LoadCredential=key:/etc/callmirror/keys callmirror)
check "callmirror check, by hand with the service's user and keys, ends with 0 or 1" \
    sh -c '"$@"; [ $? -le 1 ]' sh "${by_hand[@]}" check
mark=$(now)
check "systemctl start comes back when it is ready" timeout 60 systemctl start callmirror
check "and then it is active" is ActiveState active
check "the mirror fills" within 60 some "select count(*) from snapcall.calls"
check "and history is complete" within 90 sh -c 'systemctl show -P StatusText callmirror | grep -q complete'
status_line() { property StatusText | grep -Eq '^acme: fresh to [0-9.]+ m?s; history complete$'; }
check "STATUS= says how fresh and how complete" within 10 status_line
saw "$(property StatusText)"
check "callmirror status finds nothing to do" "${by_hand[@]}" status
check "/readyz answers 200" answers /readyz 200
check "/metrics answers 200" answers /metrics 200

# ---- credential and sandbox

pid=$(property MainPID)
check "the key came as a credential" grep -qz '^CREDENTIALS_DIRECTORY=' "/proc/$pid/environ"
check "it stands in neither environment nor arguments" \
    not grep -q acme-key "/proc/$pid/environ" "/proc/$pid/cmdline"
check "the service's user can't read the keys' folder" not runuser -u callmirror -- ls /etc/callmirror/keys
check "it runs as its user, without capabilities" sh -c \
    "grep -q 'CapEff:.0000000000000000' /proc/$pid/status && [ \$(stat -c %U /proc/$pid) = callmirror ]"
check "the sandbox is in nobody's way" not logged '[Nn]ot permitted|[Pp]ermission denied|[Rr]ead-only'

# ---- logs

journal() { journalctl -u callmirror _COMM=callmirror --no-pager -o json --since "@$mark"; }
check "each line in the journal has a priority" sh -c '! grep -v "\"PRIORITY\":\"[3-7]\"" ' < <(journal)
check "and neither a prefix nor a time of its own" \
    sh -c '! grep -E "\"MESSAGE\":\"(<[0-9]|20[0-9][0-9]-|.*[0-9]{2}:[0-9]{2}:[0-9]{2}Z )"' < <(journal)
saw "$(journal | wc -l) lines: $(journalctl -u callmirror _COMM=callmirror --no-pager -o cat --since "@$mark" | head -n 3 | tr '\n' '|')"

# ---- reload

mark=$(now)
in_config 's|^#level = .*|level = "debug"|'
check "reload comes back" timeout 20 systemctl reload callmirror
check "took the new configuration" within 5 logged 'configuration was read again'
check "in the same process" is MainPID "$pid"
sleep 5 # of debug lines
check "no e-mail address stands in the log" not logged '@[a-z]'
in_config 's|^level = .*|level = "loud"|'
mark=$(now)
systemctl reload callmirror
check "a broken configuration is said" within 5 logged 'stays as it was.*loud'
check "and the daemon goes on" is MainPID "$pid"
in_config 's|^level = .*|#level = "info"|'
systemctl reload callmirror

# ---- watchdog, crash, stop

drop_in WatchdogSec=4
systemctl restart callmirror
before=$(property NRestarts)
mark=$(now)
kill -STOP "$(property MainPID)"
check "the watchdog restarts a daemon that is frozen" within 60 restarted "$before"
check "and says so" logged 'Watchdog timeout|watchdog'
no_drop_in
before=$(property NRestarts)
kill -SEGV "$(property MainPID)"
check "a crash is restarted" within 30 restarted "$before"
stop_began=$(date +%s%N)
check "it stops" timeout 20 systemctl stop callmirror
saw "stopped after $((($(date +%s%N) - stop_began) / 1000000)) ms"
check "in peace" is Result success
check "and stays down" is ActiveState inactive

# ---- 77 and 78

ends_for_good() { # STATUS
    within 60 is ActiveState failed && is ExecMainStatus "$1" && sleep 8 && is ActiveState failed && is NRestarts 0
}
echo wrong-key >/etc/callmirror/keys/acme
mark=$(now)
systemctl start callmirror
check "a refused key ends it with 77, for good" ends_for_good 77
saw "$(last_logged 'key')"
echo acme-key >/etc/callmirror/keys/acme
in_config 's|^name = "acme"|name = "ac me"|'
mark=$(now)
systemctl start callmirror
check "a mistake in the configuration ends it with 78, for good" ends_for_good 78
saw "$(last_logged 'name')"
in_config 's|^name = "ac me"|name = "acme"|'
systemctl start callmirror
check "with both mended it runs" is ActiveState active
systemctl stop callmirror

# ---- backfill of one account

mark=$(now)
check "callmirror-backfill@acme does its work and ends" timeout 120 systemctl start callmirror-backfill@acme
saw "$(journalctl -u callmirror-backfill@acme _COMM=callmirror --no-pager -o cat --since "@$mark" | tail -n 3 | tr '\n' '|')"
check "callmirror-backfill@nobody fails" not systemctl start callmirror-backfill@nobody
saw "$(journalctl -u callmirror-backfill@nobody _COMM=callmirror --no-pager -o cat --since "@$mark" | tail -n 1)"
systemctl start callmirror
check "a backfill runs beside the daemon" timeout 120 systemctl start callmirror-backfill@acme

. ./guides.sh

# ---- upgrade and downgrade

pid=$(property MainPID)
check "an upgrade installs" apt-get install -y -q -o Dpkg::Options::=--force-confdef \
    -o Dpkg::Options::=--force-confold ./later.deb
check "restarts the daemon" not is MainPID "$pid"
check "which runs" within 30 is ActiveState active
check "and leaves the operator's configuration" grep -q localhost:8443 /etc/callmirror/callmirror.toml
check "with its mode" configuration_is /etc/callmirror/callmirror.toml "640 root callmirror"
pid=$(property MainPID)
check "a downgrade installs" apt-get install -y -q --allow-downgrades -o Dpkg::Options::=--force-confdef \
    -o Dpkg::Options::=--force-confold ./callmirror.deb
check "restarts the daemon, too" not is MainPID "$pid"
check "which runs as before" within 30 is ActiveState active
before=$(rows "select count(*) from snapcall.calls")
check "and mirrors what is new" within 120 some \
    "select count(*) from snapcall.calls having count(*) > $before"

# ---- a strange locale and time zone, a missing bundle of authorities, no name service

drop_in Environment=LC_ALL=de_DE.UTF-8 Environment=TZ=Asia/Kolkata
systemctl restart callmirror
check "with a German locale and Indian time it is fresh" within 30 status_line
saw "$(property StatusText)"
no_drop_in
mv /etc/ssl/certs /etc/ssl/certs.away
mark=$(now)
systemctl restart callmirror
check "without the system's authorities, the ca_file's still count" within 30 status_line
in_config 's|^ca_file = |# ca_file = |'
mark=$(now)
systemctl restart callmirror
check "with no authority at all, the log says what to do" within 30 logged 'install ca-certificates'
saw "$(last_logged 'certificate|authorit')"
check "and the daemon stays up" is ActiveState active
mv /etc/ssl/certs.away /etc/ssl/certs
in_config 's|^# ca_file = |ca_file = |; s|localhost:8443|api.callmirror.invalid|'
mark=$(now)
check "without a name service it starts all the same" timeout 60 systemctl restart callmirror
check "and says so" within 30 logged 'resolve|look|name'
saw "$(last_logged 'resolve|look|name')"
saw "$(property StatusText)"
in_config 's|https://api.callmirror.invalid|https://localhost:8443|'

# ---- for the second boot: the database is not there when the service starts

systemctl -q enable callmirror
systemctl -q disable postgresql
