// schema/README.md is what schema/describe.sql makes of a migrated database. With
// UPDATE_SCHEMA_PAGE=1 in the environment it is written anew.
#include "tests/support/postgres.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace callmirror::schema {
namespace {

const std::string folder = CALLMIRROR_SOURCE_DIR "/schema/";

std::string read(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(SchemaPage, IsWhatTheDatabaseSaysOfItself) {
    auto& cluster = tests::postgres_cluster::shared();
    const auto page = cluster.value(cluster.migrated_database(), read(folder + "describe.sql"));
    const auto path = folder + "README.md";
    if (std::getenv("UPDATE_SCHEMA_PAGE") != nullptr) {
        std::ofstream(path) << page;
    }
    EXPECT_EQ(read(path), page) << "tests/schema_page.sh --update writes it anew";
}

} // namespace
} // namespace callmirror::schema
