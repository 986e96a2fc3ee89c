// What the tests of the commands beside `run` have in common.
#pragma once

#include "tests/integration/consistency.hpp"
#include "tests/integration/harness.hpp"

#include <string>

namespace callmirror::integration {

class Commands : public MirrorTest {
protected:
    long count(const std::string& table, const std::string& where = "true") {
        return number("select count(*) from snapcall." + table + " where " + where);
    }
    std::string fingerprint() { return integration::fingerprint(cluster(), database); }
    void take_empty_database() {
        database = cluster().empty_database();
        config.database_url = cluster().url(database);
    }
    // A daemon that holds the account and has read all there is.
    std::unique_ptr<child> start_daemon(api_source& from) {
        auto running = start("run");
        EXPECT_TRUE(equal_within(from, 60s)) << running->err();
        return running;
    }
};
} // namespace callmirror::integration
