# The README's guides, carried out. Sourced by first_boot.sh while the service runs.
# shellcheck shell=bash disable=SC2154

cp /etc/callmirror/callmirror.toml saved.toml
(umask 077 && echo globex-key >/etc/callmirror/keys/globex)
sed -n '/^\[\[accounts\]\]/,$p' saved.toml | grep -v '^#' | sed 's/"acme"/"globex"/; s/key_acme/key_globex/' \
    >>/etc/callmirror/callmirror.toml
systemctl restart callmirror
check "another account is mirrored after a restart" within 60 some \
    "select count(*) from snapcall.calls where account = 'globex'"
saw "$(property StatusText)"
cat saved.toml >/etc/callmirror/callmirror.toml
rm /etc/callmirror/keys/globex
systemctl restart callmirror
check "and is left alone after another one" within 30 status_line

echo new-key >/etc/callmirror/keys/acme
mark=$(now)
systemctl restart callmirror
check "an exchanged key serves" within 30 status_line
check "and is not refused" not logged 'refuse'

systemctl stop callmirror
runuser -u postgres -- createdb moved
runuser -u postgres -- psql -q -d moved -v owner=callmirror -f /usr/share/callmirror/roles.sql
dump() { runuser -u postgres -- pg_dump -Fc -n callmirror -n snapcall -n snapcall_bi reporting >mirror.dump; }
restore() { runuser -u postgres -- pg_restore --clean --if-exists -d "$1" <mirror.dump; }
check "the mirror can be dumped" dump
check "and restored elsewhere" restore moved
in_config 's|^url = .*|url = "postgresql:///moved"|'
systemctl start callmirror
check "where it goes on with its whole history" within 20 status_line
calls() { runuser -u postgres -- psql -X -At -d "$1" -c "select count(*) from snapcall.calls"; }
grown() { [ "$(calls moved)" -gt "$(calls reporting)" ]; }
check "and grows" within 120 grown

systemctl stop callmirror
check "a backup comes back over what was there" restore reporting
in_config 's|^url = .*|url = "postgresql:///reporting"|'
systemctl start callmirror
caught_up() { [ "$(calls reporting)" -ge "$(calls moved)" ]; }
check "and what came since is read at once" within 30 caught_up
saw "$(calls moved) calls before, $(calls reporting) now"
