# The enabled service at boot, before its database; then purge. Sourced by inside.sh.
# shellcheck shell=bash disable=SC2154

check "at boot it waits for the database" within 20 is StatusText "waiting for the database"
saw "$(systemctl is-system-running), $(property ActiveState): $(last_logged database)"
check "which does not count as a failure" is NRestarts 0
start_api # with an authority of its own again
cp ca.pem /etc/callmirror/simulator.pem
systemctl start postgresql
check "it is ready when the database is there" within 40 is ActiveState active
check "and fresh soon" within 60 sh -c 'systemctl show -P StatusText callmirror | grep -q "fresh to"'
saw "$(property StatusText)"

check "remove stops it" apt-get remove -y -q callmirror
check "and leaves the configuration and the keys" test -e /etc/callmirror/callmirror.toml -a -e /etc/callmirror/keys/acme
check "nothing of it runs" not grep -qsx callmirror /proc/[0-9]*/comm
check "purge" apt-get purge -y -q callmirror
rm -f /etc/callmirror/simulator.pem # the test's own
rmdir /etc/callmirror 2>/dev/null
left() {
    find / -xdev -name '*callmirror*' -not -path '/proc/*' -not -path '/sys/*' -not -path '/var/log/*' \
        -not -path '/test/*' -not -path '/var/cache/apt/*' -not -path '/tmp/*' -not -path '/run/*'
    dpkg -l callmirror 2>/dev/null | grep '^[a-z]i'
    getent passwd callmirror
    getent group callmirror
    systemctl list-units --all --no-legend '*callmirror*'
}
check "leaves nothing" sh -c '[ -z "$1" ] || { echo "$1"; false; }' sh "$(left)"
check "but the mirror" some "select count(*) from snapcall.calls"
