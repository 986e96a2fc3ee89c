#!/usr/bin/env bash
# Installs what is missing, builds, and runs all tests: once as a release with warnings as errors, once
# more under AddressSanitizer and UndefinedBehaviorSanitizer; clang-tidy and cppcheck look at the program.
# PostgreSQL, the simulated API and their ports are private to the tests.
#
#   ./test.sh               everything
#   ./test.sh --quick       without the sanitizers and the analysis
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$root/tests/support/setup.sh"

thorough=yes
case "${1:-}" in
"") ;;
--quick) thorough=no ;;
-h | --help)
    sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit 0
    ;;
*) die "unknown option: $1" "./test.sh --help" ;;
esac

# shellcheck disable=SC2086 # one word a package
install_packages $packages_to_build $packages_to_test $packages_to_run_tests

run_tests() { # PRESET [ctest options]
    local preset=$1
    shift
    say "testing build/$preset"
    # A busy machine may miss a wait's limit once; what fails twice is broken.
    ctest --test-dir "$root/build/$preset" --output-on-failure --no-tests=error \
        --repeat until-pass:2 \
        --parallel "$(nproc 2>/dev/null || echo 2)" --progress "$@" ||
        die "tests failed; they are named above" \
            "one again: ctest --test-dir build/$preset --output-on-failure -R NAME"
}

build checked
run_tests checked
if [ "$thorough" = yes ]; then
    "$root/tests/support/analyse"
    build asan
    run_tests asan # its preset leaves out the tests of the whole program
fi
say "all tests passed"
