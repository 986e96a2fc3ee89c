// Two daemons on one database: one works, the other waits and takes over, and whoever lost its
// lease writes nothing any more.
#include "tests/integration/consistency.hpp"
#include "tests/integration/harness.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <iostream>

namespace callmirror::integration {
namespace {

class TwoDaemons : public MirrorTest {
protected:
    // Known to PostgreSQL by that name, so that it can be told who wrote what.
    std::unique_ptr<child> start_as(const std::string& name) {
        config.database_url = cluster().url(database) + "?application_name=" + name;
        write_configuration();
        return start("run");
    }
    std::string holder() {
        return value("select split_part(holder, ':', 2) from callmirror.leases "
                     "where expires_at > now()");
    }
    bool holds(const child& which) { return holder() == std::to_string(which.id()); }
    // Writes of that daemon since `time`, "" for its whole life.
    long changes_by(const std::string& name, const std::string& time = "") {
        return number("select count(*) from public.changes where who = '" + name + "'" +
                      (time.empty() ? "" : " and at > '" + time + "'"));
    }
    void expect_mirrors_by(const std::string& name, api_source& from) {
        const auto before = value("select clock_timestamp()");
        from.add(resource::calls, now(), 3);
        EXPECT_TRUE(equal_within(from, 60s));
        EXPECT_GT(changes_by(name, before), 0);
    }
    std::string lease() { return value("select holder || ' ' || fence from callmirror.leases"); }
};

TEST_F(TwoDaemons, OneWorksTheOtherWaitsAndTakesOverWhenItDies) {
    api_source from;
    configure(from);
    note_changes(cluster(), database);
    auto first = start_as("first");
    ASSERT_TRUE(equal_within(from, 60s)) << first->err();
    auto second = start_as("second");
    const bool both = eventually(
        [&] {
            return number("select count(*) from pg_stat_activity where application_name = "
                          "'second' and datname = current_database()") > 0;
        },
        60s);
    EXPECT_TRUE(both) << second->err();
    expect_mirrors_by("first", from);
    EXPECT_TRUE(holds(*first));
    EXPECT_EQ(changes_by("second"), 0);

    first->signal(SIGKILL);
    const auto killed = std::chrono::steady_clock::now();
    EXPECT_TRUE(eventually([&] { return holds(*second); }, 60s)) << second->err();
    std::cout << "taken over after "
              << std::chrono::duration_cast<std::chrono::milliseconds>(
                     std::chrono::steady_clock::now() - killed)
                     .count()
              << " ms\n";
    expect_mirrors_by("second", from);
    EXPECT_EQ(inconsistencies(cluster(), database), "");
}

// One that ends by itself leaves its lease.
TEST_F(TwoDaemons, TheOtherTakesOverAtOnceWhenOneIsStopped) {
    api_source from;
    configure(from);
    note_changes(cluster(), database);
    auto first = start_as("first");
    ASSERT_TRUE(equal_within(from, 60s)) << first->err();
    auto second = start_as("second");
    first->signal(SIGTERM);
    EXPECT_EQ(first->wait(30s).status, 0);
    EXPECT_TRUE(eventually([&] { return holds(*second); }, 60s)) << second->err();
    expect_mirrors_by("second", from);
}

// Twice: past its lease by both clocks, and by the database's alone, so that only the fence in each
// commit keeps it from writing.
TEST_F(TwoDaemons, OneThatWasFrozenPastItsLeaseWritesNothingWhenItWakes) {
    for (const bool by_both_clocks : {true, false}) {
        SCOPED_TRACE(by_both_clocks);
        database = cluster().migrated_database();
        api_source from;
        from.manner("latency_ms", "30");
        config.page_size = 5;
        configure(from);
        note_changes(cluster(), database);
        auto first = start_as("first");
        ASSERT_TRUE(eventually([&] { return from.requests() > 40; }, 60s)) << first->err();
        first->signal(SIGSTOP);
        auto second = start_as("second");
        if (!by_both_clocks) {
            let_leases_end(cluster(), database);
        }
        ASSERT_TRUE(eventually([&] { return holds(*second); }, 120s)) << second->err();
        const auto written = changes_by("first");
        EXPECT_GT(written, 0);
        const auto lost = lease();
        const auto said = first->err().size();
        first->signal(SIGCONT);
        EXPECT_TRUE(eventually([&] { return first->err().size() > said; }, 60s)) << first->err();
        EXPECT_TRUE(equal_within(from, 120s)) << second->err();
        expect_mirrors_by("second", from);
        EXPECT_TRUE(first->is_running());
        EXPECT_EQ(changes_by("first"), written);
        EXPECT_EQ(lease(), lost);
        EXPECT_EQ(inconsistencies(cluster(), database), "");
    }
}

} // namespace
} // namespace callmirror::integration
