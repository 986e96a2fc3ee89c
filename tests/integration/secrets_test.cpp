// A key that is marked, an API that repeats it in everything it says, and a look into everything
// that the program leaves behind.
#include "tests/integration/harness.hpp"
#include "tests/support/process.hpp"

#include <gmock/gmock.h>
#include <pqxx/pqxx>

#include <csignal>
#include <filesystem>

namespace callmirror::integration {
namespace {

using testing::HasSubstr;
using testing::Not;

// As short as nobody's key is, so that it does not look like one; and its Basic form.
constexpr const char* mark = "mark-7f3a";
constexpr const char* mark_in_base64 = "bWFyay03ZjNhOg==";

class MarkedKey : public MirrorTest {
protected:
    MarkedKey() {
        config.key = mark;
        config.log_level = "trace";
        config.give_up_after = "2s";
        config.history_start = format_day(now() - std::chrono::days(12));
    }

    static void expect_clean(const std::string& text, const std::string& where) {
        EXPECT_THAT(text, Not(HasSubstr(mark))) << where;
        EXPECT_THAT(text, Not(HasSubstr(std::string(mark_in_base64).substr(0, 11)))) << where;
    }

    // Every file but the key's own: what was printed and logged so far.
    void expect_clean_files() const {
        std::size_t files = 0;
        for (const auto& each : std::filesystem::recursive_directory_iterator(directory)) {
            if (each.is_regular_file() && each.path().extension() != ".key") {
                expect_clean(tests::read_file(each.path().string()), each.path().string());
                ++files;
            }
        }
        EXPECT_GT(files, 2U);
    }

    void expect_clean_tables() const {
        const auto tables =
            cluster().sql(database, "select format('%I.%I', schemaname, tablename) from pg_tables "
                                    "where schemaname not in ('pg_catalog', 'information_schema')");
        EXPECT_GT(tables.size(), 10U);
        for (const auto& table : tables) {
            const std::string name = table[0].c_str();
            for (const char* each : {mark, "bWFyay03ZjN"}) {
                EXPECT_EQ(number("select count(*) from " + name + " t where t::text like '%" +
                                 each + "%'"),
                          0)
                    << name;
            }
        }
    }

    void run_everything() {
        run("check");
        run("backfill");
        run("status");
        run("status --json");
        run("deletes list");
        const auto daemon = start("run");
        eventually([&] { return !daemon->is_running() || !daemon->err().empty(); });
        daemon->signal(SIGTERM);
        daemon->wait();
    }
};

TEST_F(MarkedKey, AppearsNowhereWhereAllGoesWell) {
    api_source from;
    from.with_service([](simulator::service& api) { api.keys() = {mark}; });
    configure(from);
    run_everything();
    expect_equal(from);
    expect_clean_files();
    expect_clean_tables();
}

TEST_F(MarkedKey, AppearsNowhereWhereTheApiRepeatsIt) {
    // Few slices: each is tried until it is hopeless, a minute or more where it is garbage.
    config.history_start = format_day(now() - std::chrono::hours(1));
    const std::string says = R"("headers":{"Content-Type":"application/json",)"
                             R"("Location":"https://mark-7f3a@127.0.0.1/mark-7f3a"},)"
                             R"("body":"{\"message\":\"mark-7f3a: Basic bWFyay03ZjNhOg==\"}")";
    for (const auto& [kind, status] : {std::pair("me", 302),
                                       {"me", 400},
                                       {"me", 401},
                                       {"me", 500},
                                       {"list", 200},
                                       {"list", 400},
                                       {"list", 403}}) {
        SCOPED_TRACE(std::string(kind) + ' ' + std::to_string(status));
        api_source from(empty_world());
        from.with_service([](simulator::service& api) { api.keys() = {mark}; });
        from.faults(std::string(R"([{"name":"says","kind":")") + kind +
                    R"(","do":"status","status":)" + std::to_string(status) + ',' + says + "}]");
        configure(from);
        run("check");
        run("backfill");
        EXPECT_GE(from.fired("says"), 2U);
        expect_clean_files();
        expect_clean_tables();
    }
}

} // namespace
} // namespace callmirror::integration
