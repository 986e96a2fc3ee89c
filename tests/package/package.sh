#!/usr/bin/env bash
# Makes the Debian package of a build tree twice and looks into it: package.sh BUILD
set -euo pipefail
build=$1
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
failed=0
wrong() {
    printf '%s\n' "$*"
    failed=1
}

for time in first second; do
    umask "$([ "$time" = first ] && echo 022 || echo 077)"
    if ! cpack --config "$build/CPackConfig.cmake" -B "$made/$time" >"$made/log" 2>&1; then
        cat "$made/log"
        exit 1
    fi
done
package=$(echo "$made"/first/*.deb)
# Whoever makes it, whenever, with whatever mask: the same bytes, but for the mask in ar's own headers.
for part in --ctrl-tarfile --fsys-tarfile; do
    cmp <(dpkg-deb "$part" "$package") <(dpkg-deb "$part" "$made"/second/*.deb) ||
        wrong "packaged twice, it has different bytes ($part)"
done

content=$(dpkg-deb -c "$package")
expect() { # MODE OWNER PATH
    awk -v mode="$1" -v owner="$2" -v path="./$3" \
        '$1 == mode && $2 == owner && $6 == path { found = 1 } END { exit !found }' <<<"$content" ||
        wrong "not there, or not $1 $2: $3"
}
doc=usr/share/doc/callmirror
expect -rwxr-xr-x root/root usr/bin/callmirror
expect -rw-r----- root/root etc/callmirror/callmirror.toml # its group: postinst
expect drwx------ root/root etc/callmirror/keys/
for file in usr/lib/systemd/system/callmirror.service usr/lib/systemd/system/callmirror-backfill@.service \
    usr/lib/sysusers.d/callmirror.conf usr/share/man/man1/callmirror.1.gz \
    usr/share/man/man5/callmirror.toml.5.gz usr/share/bash-completion/completions/callmirror \
    usr/share/zsh/vendor-completions/_callmirror usr/share/fish/vendor_completions.d/callmirror.fish \
    usr/share/callmirror/roles.sql usr/share/callmirror/prometheus/callmirror.rules.yml \
    $doc/copyright $doc/changelog.gz $doc/callmirror.example.toml; do
    expect -rw-r--r-- root/root "$file"
done
grep -q ' \./usr/share/callmirror/grafana/.*\.json$' <<<"$content" || wrong "no dashboard of Grafana"
grep -E '\.timer$|/local/|\.(a|hpp)$' <<<"$content" && wrong "these have no place in the package"

dpkg-deb --control "$package" "$made/control"
grep -qx /etc/callmirror/callmirror.toml "$made/control/conffiles" || wrong "the configuration is no conffile"
for library in libc6 libpqxx-6.4 libssl3 libsimdjson14 ca-certificates systemd; do
    grep -qE "^Depends: .*\b$library\b" "$made/control/control" || wrong "it does not depend on $library"
done
for script in postinst prerm postrm; do
    [ -x "$made/control/$script" ] || wrong "$script is not there or can't be run"
    sh -n "$made/control/$script" || wrong "$script is no shell script"
done

# The configuration as shipped is one that the program takes: what it misses is the key, which the unit
# hands over.
dpkg-deb --fsys-tarfile "$package" | tar -xO ./etc/callmirror/callmirror.toml >"$made/callmirror.toml"
said=$("$build/daemon/callmirror" status --config "$made/callmirror.toml" 2>&1) || true
grep -q 'CREDENTIALS_DIRECTORY is not set\|could not connect\|connection' <<<"$said" ||
    wrong "the shipped configuration: $said"
grep -q '^api_key_credential = "key_acme"' "$made/callmirror.toml" || wrong "it names no credential"
grep -q '^api_key_file' "$made/callmirror.toml" && wrong "it names a key's file, too"
exit "$failed"
