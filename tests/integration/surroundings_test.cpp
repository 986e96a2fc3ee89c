// A machine that is not as one would like it: another time zone and language, a log that can't be
// written. The mirror is the same.
#include "tests/integration/daemon_fixture.hpp"

#include <gmock/gmock.h>

namespace callmirror::integration {
namespace {

using testing::HasSubstr;

class Surroundings : public Daemon {};

TEST_F(Surroundings, OfAnotherTimeZoneAndLanguageChangeNothing) {
    api_source from;
    configure(from);
    auto running = start("run", {{"TZ", "Asia/Kathmandu"}, // 5:45 ahead
                                 {"LANG", "de_DE.UTF-8"},
                                 {"LC_ALL", "de_DE.UTF-8"},
                                 {"PGTZ", "America/St_Johns"},
                                 {"PGDATESTYLE", "German"}});
    EXPECT_TRUE(equal_within(from, 60s)) << running->err();
    // Times of the log are UTC, whatever the machine's.
    const auto hour = format_utc(now()).substr(0, 13);
    const auto before = format_utc(now() - 10min).substr(0, 13);
    const auto said = running->err().substr(0, 13);
    EXPECT_TRUE(said == hour || said == before) << running->err();
    expect_ends_with_0(*running);
    EXPECT_EQ(inconsistencies(cluster(), database), "");
    const auto status = run("status");
    EXPECT_THAT(status.out, HasSubstr("acme: ok"));
}

// The program writes no file but its log, and that to standard error.
TEST_F(Surroundings, WhereTheLogsDiskIsFullKeepNothingFromBeingMirrored) {
    api_source from;
    configure(from);
    child running(
        {"/bin/sh", "-c",
         "exec " + program() + " run --config " + config_file + " 2>/dev/full >/dev/full"},
        directory + "/full");
    EXPECT_TRUE(equal_within(from, 60s));
    from.add(resource::calls, now(), 3);
    EXPECT_TRUE(equal_within(from, 20s));
    expect_ends_with_0(running);
}

} // namespace
} // namespace callmirror::integration
