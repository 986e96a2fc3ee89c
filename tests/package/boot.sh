#!/usr/bin/env bash
# Installs the package in a Debian 12 of its own, boots that, and tries the service for real: start,
# credential, sandbox, watchdog, exit statuses, reload, upgrade, downgrade, purge. As root; on demand.
#
#   tests/package/boot.sh [BUILD]     BUILD: build/release
#
# The tree of that Debian is made once, with debootstrap from the mirror that this machine's apt uses, and
# kept in build/debian-root; what a run changes is thrown away. There is no network inside.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
. "$root/tests/support/setup.sh"

build=$(realpath "${1:-$root/build/release}")
debian=$root/build/debian-root
[ "$(id -u)" -eq 0 ] || die "only root can boot a tree" "sudo $0"
[ -x "$build/tests/simulator/simulated_snapcall" ] ||
    die "there is no simulated_snapcall in $build" \
        "cmake --preset release && cmake --build build/release --target callmirror simulated_snapcall"
install_packages debootstrap systemd-container dpkg-dev

scratch=$(mktemp -d "$root/build/boot.XXXXXX")
printing=
clean_up() {
    [ -z "$printing" ] || kill "$printing" 2>/dev/null || true
    ! mountpoint -q "$scratch/tree" || umount "$scratch/tree"
    rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

make_package() {
    cmake --build "$build" --target callmirror simulated_snapcall manuals changelog &&
        cpack --config "$build/CPackConfig.cmake" -B "$scratch"
}
if ! make_package >"$scratch/log" 2>&1; then
    tail -n 20 "$scratch/log" >&2
    die "the package could not be made; the last words are above"
fi
package=$(echo "$scratch"/*.deb)

# ---- a Debian with what the package depends on, as there is no network inside

# A virtual package stands for the one that provides it: debootstrap knows real ones only.
real() {
    local name
    while read -r name; do
        if [ -n "$(apt-cache show "$name" 2>/dev/null)" ]; then
            echo "$name"
        else
            apt-cache showpkg "$name" | awk 'found && !done { print $1; done = 1 } /^Reverse Provides/ { found = 1 }'
        fi
    done
}
depends=$(dpkg-deb -f "$package" Depends | tr ',' '\n' | sed 's/[|(].*//; s/ //g' | real | sort -u)
wanted="systemd systemd-sysv dbus postgresql locales $depends"
if [ "$(cat "$debian/wanted" 2>/dev/null)" != "$wanted" ]; then
    say "making a Debian 12 in build/debian-root (some minutes, 700 MB)"
    # shellcheck disable=SC2016 # apt's own format
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Codename: bookworm' 'Created-By: Packages' | head -n 1)
    [ -n "$mirror" ] || die "apt knows no mirror of Debian 12" "it is taken from /etc/apt"
    rm -rf "$debian"
    mkdir -p "$debian"
    # shellcheck disable=SC2086 # one word a package
    debootstrap --variant=minbase --include="$(echo $wanted | tr ' ' ,)" bookworm "$debian/tree" "$mirror" \
        >"$scratch/log" 2>&1 || {
        tail -n 20 "$scratch/log" >&2
        die "debootstrap failed; its last words are above"
    }
    chroot "$debian/tree" localedef -i de_DE -f UTF-8 de_DE.UTF-8
    rm -f "$debian/tree/var/cache/apt/archives/"*.deb
    printf '%s' "$wanted" >"$debian/wanted"
fi
mkdir "$scratch/changed" "$scratch/work" "$scratch/tree"
mount -t overlay overlay -o "lowerdir=$debian/tree,upperdir=$scratch/changed,workdir=$scratch/work" \
    "$scratch/tree"

# ---- what the test in there needs

inside=$scratch/tree/test
mkdir "$inside"
cp "$here/inside.sh" "$here/first_boot.sh" "$here/guides.sh" "$here/second_boot.sh" "$inside"
cp "$build/tests/simulator/simulated_snapcall" "$inside"
cp "$package" "$inside/callmirror.deb"
# The same as a later version, with a changed comment in its configuration.
dpkg-deb -R "$package" "$scratch/later"
sed -i 's/^Version: .*/&+later/' "$scratch/later/DEBIAN/control"
echo '# A later version says more.' >>"$scratch/later/etc/callmirror/callmirror.toml"
dpkg-deb --root-owner-group -Znone -b "$scratch/later" "$inside/later.deb" >/dev/null
cat >"$scratch/tree/etc/systemd/system/inside.service" <<'END'
[Unit]
After=postgresql.service
[Service]
Type=oneshot
ExecStart=/bin/bash /test/inside.sh
ExecStopPost=/bin/systemctl --no-block poweroff
StandardOutput=append:/test/output
StandardError=inherit
END
mkdir -p "$scratch/tree/etc/systemd/system/multi-user.target.wants"
ln -s ../inside.service "$scratch/tree/etc/systemd/system/multi-user.target.wants/"

boot() { # its test prints as it goes
    tail -n +"$(($(wc -l <"$inside/output") + 1))" -f "$inside/output" &
    printing=$!
    timeout 900 systemd-nspawn -q -b -D "$scratch/tree" -M "callmirror-$$" --private-network --register=no \
        --keep-unit --console=pipe </dev/null >"$scratch/console" 2>&1 || {
        tail -n 20 "$scratch/console" >&2
        die "the tree did not boot, or did not end; its console is above"
    }
    sleep 1
    kill "$printing"
}
: >"$inside/output"
for which in first second; do
    say "the $which boot"
    printf '%s' "$which" >"$inside/which"
    boot
    [ -e "$inside/$which.passed" ] || die "the $which boot's tests failed; see FAIL above"
done
say "the package and its service work"
