// `run`, the real daemon: fresh at once and for good, reconfigured while it runs, patient with a
// database that is away.
#include "tests/integration/daemon_fixture.hpp"
#include "tests/integration/http_get.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

namespace callmirror::integration {
namespace {

using testing::HasSubstr;

// ---- fresh

class FreshDaemon : public Daemon {
protected:
    // How long until it is so; fails after 20 s, many times what is promised.
    std::chrono::milliseconds time_until(const std::function<bool()>& is_so) {
        const auto begun = std::chrono::steady_clock::now();
        EXPECT_TRUE(eventually(is_so, 20s));
        return std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::steady_clock::now() - begun);
    }
    // Records are added at the head, and then changed; prints the longest time.
    void expect_fresh(api_source& from, const child& running);
};

void FreshDaemon::expect_fresh(api_source& from, const child& running) {
    auto longest_new = 0ms;
    auto longest_changed = 0ms;
    for (int i = 0; i < 5; ++i) {
        const auto id = from.add(resource::calls, now()).at(0);
        longest_new = std::max(longest_new, time_until([&] { return has_call(id); }));
        const auto text = "select raw::text from snapcall.calls where id = " + std::to_string(id);
        const auto before = value(text);
        from.with([&](simulator::world& data) { data.change(resource::calls, id, now()); });
        longest_changed =
            std::max(longest_changed, time_until([&] { return value(text) != before; }));
    }
    std::cout << "poll_interval " << config.poll_interval << ": new after at most "
              << longest_new.count() << " ms, changed after at most " << longest_changed.count()
              << " ms\n";
    EXPECT_FALSE(HasFailure()) << running.err();
}

TEST_F(FreshDaemon, MirrorsAndStaysFresh) {
    api_source from;
    configure(from);
    auto running = start("run");
    ASSERT_TRUE(equal_within(from, 60s)) << running->err();
    expect_fresh(from, *running);
    EXPECT_TRUE(equal_within(from));
    expect_ends_with_0(*running);
    EXPECT_EQ(inconsistencies(cluster(), database), "");
}

TEST_F(FreshDaemon, StaysFreshWhileASlowApiIsReadBack) {
    auto years = small_world();
    years.start = now() - std::chrono::days(1000);
    api_source from(years);
    from.manner("latency_ms", "100");
    config.page_size = 20;
    config.requests_per_second = 15;
    config.max_in_flight = 2;
    config.request_timeout = "30s";
    configure(from);
    auto running = start("run");
    ASSERT_TRUE(eventually([&] { return from.requests("calls list") > 20; }, 60s));
    expect_fresh(from, *running);
    const auto unread = number("select count(*) from callmirror.slices where read_at is null and "
                               "ends <> 'infinity'");
    EXPECT_GT(unread, 0) << "the history was read already: nothing was proved";
    expect_ends_with_0(*running);
    EXPECT_EQ(inconsistencies(cluster(), database), "");
}

// ---- SIGHUP

TEST_F(Daemon, TakesOverAChangedConfiguration) {
    api_source from;
    config.poll_interval = "10m";
    configure(from);
    auto running = start("run");
    ASSERT_TRUE(equal_within(from, 60s)) << running->err();
    const auto fresh = from.add(resource::calls, now()).at(0);
    config.more_of_account = "[[accounts]]\nname = \"beta\"\nbase_url = \"" + config.base_url +
                             "\"\nca_file = \"" + config.ca_file + "\"\napi_key_file = \"" +
                             directory + "/acme.key\"\nrequests_per_second = 500\n";
    write_configuration();
    running->signal(SIGHUP);
    EXPECT_TRUE(eventually(
        [&] {
            return number("select count(*) from snapcall.calls where account = 'beta'") ==
                   static_cast<long>(from.ids(resource::calls).size());
        },
        60s))
        << running->err();
    EXPECT_THAT(running->err(), HasSubstr("1 account begun anew, 0 ended, 1 left as they are"));
    EXPECT_TRUE(has_call(fresh, " and account = 'beta'"));
    EXPECT_FALSE(has_call(fresh, " and account = 'acme'")) << "it is read every 10 minutes";

    config.poll_interval = "1s";
    config.more_of_account.clear();
    write_configuration();
    running->signal(SIGHUP);
    EXPECT_TRUE(says(*running, "the configuration was read again: 1 account begun anew, 0 ended, "
                               "0 left"))
        << running->err();
    for (int i = 0; i < 3; ++i) {
        const auto id = from.add(resource::calls, now()).at(0);
        EXPECT_TRUE(eventually([&] { return has_call(id, " and account = 'acme'"); }, 30s));
    }
}

TEST_F(Daemon, TakesOverAnAuthorityThatWasWrittenOverTheOldOne) {
    api_source from;
    configure(from);
    const auto right = config.ca_file;
    config.ca_file = directory + "/authority.pem";
    std::filesystem::copy_file("/etc/ssl/certs/ca-certificates.crt", config.ca_file);
    write_configuration();
    const auto running = start("run");
    ASSERT_TRUE(says(*running, "the certificate is of an unknown authority")) << running->err();
    std::filesystem::copy_file(right, config.ca_file,
                               std::filesystem::copy_options::overwrite_existing);
    running->signal(SIGHUP);
    EXPECT_TRUE(says(*running, "1 account begun anew")) << running->err();
    EXPECT_TRUE(equal_within(from, 60s)) << running->err();
}

TEST_F(Daemon, KeepsItsConfigurationWhereTheNewOneIsBroken) {
    api_source from;
    configure(from);
    auto running = start("run");
    ASSERT_TRUE(equal_within(from, 60s)) << running->err();
    config.more = "[sink]\ncolour = \"red\"\n";
    write_configuration();
    running->signal(SIGHUP);
    EXPECT_TRUE(says(*running, "the configuration stays as it was")) << running->err();
    EXPECT_THAT(running->err(), HasSubstr("sink"));
    config.more.clear();
    config.ca_file = directory + "/nowhere.pem";
    write_configuration();
    running->signal(SIGHUP);
    EXPECT_TRUE(says(*running, "nowhere.pem")) << running->err();
    const auto id = from.add(resource::calls, now()).at(0);
    EXPECT_TRUE(eventually([&] { return has_call(id); }, 30s)) << running->err();
    expect_ends_with_0(*running);
}

// ---- the database is away

TEST_F(Daemon, WaitsForTheDatabaseAtTheStartAndLater) {
    api_source from;
    configure(from);
    cluster().stop();
    auto running = start("run");
    EXPECT_TRUE(says(*running, "it is tried again")) << running->err();
    EXPECT_EQ(from.requests(), 0U);
    cluster().start();
    EXPECT_TRUE(equal_within(from, 60s)) << running->err();
    for (int i = 0; i < 2; ++i) {
        cluster().stop_immediately();
        EXPECT_TRUE(eventually(
            [&] {
                return running->err().rfind("it is tried again") > running->err().rfind("is back");
            },
            60s));
        from.add(resource::calls, now(), 5);
        from.add(resource::stream_events, now(), 5); // an hour ago may be another slice by now
        cluster().start();
        EXPECT_TRUE(equal_within(from, 60s)) << running->err();
    }
    expect_ends_with_0(*running);
    EXPECT_EQ(inconsistencies(cluster(), database), "");
}

// A newer callmirror beside it, or a backup that was restored.
TEST_F(Daemon, IsNotReadyWhileTheSchemaIsNotItsOwn) {
    api_source from;
    config.listen = "127.0.0.1:0";
    configure(from);
    auto running = start("run");
    const auto page = page_url(*running);
    ASSERT_FALSE(page.empty()) << running->err();
    const auto url = page + "readyz";
    const auto ready = [&](int status, const std::string& why) {
        return eventually(
            [&] {
                const auto answer = http_get(url);
                return answer.status == status && answer.body.find(why) != std::string::npos;
            },
            30s);
    };
    EXPECT_TRUE(ready(200, "acme: mirroring")) << running->err();
    value("insert into callmirror.migrations (version, name, checksum) values (99, 'x', 'x') "
          "returning version");
    EXPECT_TRUE(ready(503, "schema is version 99")) << http_get(url).body;
    value("delete from callmirror.migrations where version = 99 returning version");
    EXPECT_TRUE(ready(200, "acme: mirroring")) << http_get(url).body;
    expect_ends_with_0(*running);
}

class Regression : public Daemon {};

// The database's address itself may be what was wrong.
TEST_F(Regression, ASighupIsNotLostWhileTheDatabaseIsAwayAtTheStart) {
    api_source from;
    const auto right = config.database_url;
    config.database_url = "postgresql://postgres@127.0.0.1:1/nowhere";
    configure(from);
    auto running = start("run");
    ASSERT_TRUE(says(*running, "it is tried again")) << running->err();
    std::ofstream(config_file, std::ios::app) << "nonsense\n";
    running->signal(SIGHUP);
    ASSERT_TRUE(says(*running, "the configuration stays as it was")) << running->err();
    config.database_url = right;
    write_configuration();
    running->signal(SIGHUP);
    EXPECT_TRUE(equal_within(from, 60s)) << running->err();
    expect_ends_with_0(*running);
}

} // namespace
} // namespace callmirror::integration
