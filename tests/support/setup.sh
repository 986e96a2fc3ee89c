# Shared by demo.sh and test.sh: sourced, not run. Installs what is missing, and builds.
# Needs: $root, the source tree.

say() { printf '%s\n' "$*"; }

# Ends with what is wrong and what to do about it.
die() {
    printf 'error: %s\n' "$1" >&2
    [ -z "${2:-}" ] || printf 'hint: %s\n' "$2" >&2
    exit 1
}

# The last two: to make the package.
packages_to_build="g++ cmake ninja-build pkg-config libboost1.81-dev libpqxx-dev libssl-dev
    nlohmann-json3-dev libspdlog-dev libtomlplusplus-dev libcli11-dev libsimdjson-dev libxxhash-dev
    libdeflate-dev prometheus-cpp-dev postgresql ca-certificates dpkg-dev file"
packages_to_test="libgtest-dev libgmock-dev libmimalloc-dev"
# promtool and Prometheus; a browser; a pooler, other clocks; systemd-analyze, what reads a package
# and a manual
packages_to_run_tests="prometheus chromium pgbouncer libfaketime
    systemd groff-base zsh"

# install_packages NAME...: those that are missing, with apt; says which.
install_packages() {
    local missing=() name
    for name in "$@"; do
        dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null ||
        die "these packages are missing, and there is no apt-get here: ${missing[*]}" \
            "callmirror is built on Debian 12; elsewhere install their equivalents"
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null ||
            die "these packages are missing: ${missing[*]}" \
                "as root: apt-get install --no-install-recommends ${missing[*]}"
        as_root=(sudo)
    fi
    say "installing with apt: ${missing[*]}"
    local log
    log=$(mktemp)
    # No service is started by this (Debian's postgresql and prometheus would): ours are private.
    local keep_off=/usr/sbin/policy-rc.d made=
    if [ ! -e "$keep_off" ]; then
        printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$keep_off" >/dev/null
        "${as_root[@]}" chmod +x "$keep_off"
        made=yes
    fi
    if ! { "${as_root[@]}" apt-get update -q &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -q --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
        [ -z "$made" ] || "${as_root[@]}" rm -f "$keep_off"
        tail -n 20 "$log" >&2
        die "apt could not install them; its last words are above" "the whole log: $log"
    fi
    [ -z "$made" ] || "${as_root[@]}" rm -f "$keep_off"
    rm -f "$log"
}

# build PRESET [TARGET...]: configures and builds below build/PRESET; quiet unless it fails.
build() {
    local preset=$1
    shift
    local log="$root/build/$preset.log" jobs targets=()
    jobs=$(nproc 2>/dev/null || echo 2)
    [ $# -eq 0 ] || targets=(--target "$@")
    mkdir -p "$root/build"
    say "building build/$preset (log: build/$preset.log)"
    if ! { (cd "$root" && cmake --preset "$preset" ${cmake_options[@]+"${cmake_options[@]}"}) &&
        cmake --build "$root/build/$preset" --parallel "$jobs" ${targets[@]+"${targets[@]}"}; } \
        >"$log" 2>&1; then
        grep -E 'error|FAILED' "$log" | head -n 20 >&2
        tail -n 5 "$log" >&2
        die "the build failed; what it said first is above" "the whole log: build/$preset.log"
    fi
}
