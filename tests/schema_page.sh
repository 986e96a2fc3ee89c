#!/bin/sh
# Compares schema/README.md with a migrated database; --update writes it anew. Wants a build of
# migrate_test, in build/debug unless BUILD names another.
set -eu
cd "$(dirname "$0")/.."
test "${1:-}" != --update || export UPDATE_SCHEMA_PAGE=1
exec "${BUILD:-build/debug}/tests/integration/migrate_test" --gtest_filter='SchemaPage.*'
