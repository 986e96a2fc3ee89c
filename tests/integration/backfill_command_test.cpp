// `callmirror backfill`, as an operator uses it: what it reads, what it says, how it ends.
#include "tests/integration/commands_fixture.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <regex>

namespace callmirror::integration {
namespace {

using testing::HasSubstr;
using testing::Not;

class Backfill : public Commands {};
class BackfillRegression : public Commands {};

TEST_F(Backfill, ReadsNothingButTheDaysAskedForAndALaterOneTheRest) {
    api_source from;
    configure(from);
    const auto first = format_day(now() - std::chrono::days(6));
    const auto last = format_day(now() - std::chrono::days(4));
    const auto done = run("backfill --from " + first + " --to " + last);
    EXPECT_EQ(done.status, 0) << done.text();
    const auto expected = from.with([&](simulator::world& data) {
        long within = 0;
        for (simulator::ordinal which = 0; which < data.created_count(resource::calls); ++which) {
            const auto created = simulator::from_ms(data.at(resource::calls, which).created);
            within += data.is_there(resource::calls, which) && created >= *parse_time(first) &&
                      created < *parse_time(last);
        }
        return within;
    });
    EXPECT_GT(expected, 20);
    EXPECT_EQ(count("calls", "created_at >= '" + first + "Z' and created_at < '" + last + "Z'"),
              expected);
    // Stretches of history are read as wholes: a day more at either end, no more.
    EXPECT_EQ(count("calls", "created_at < '" + first +
                                 "Z'::timestamptz - interval '25 h' or "
                                 "created_at > '" +
                                 last + "Z'::timestamptz + interval '25 h'"),
              0);
    EXPECT_EQ(inconsistencies(cluster(), database), "");
    expect_mirrored(from);
}

TEST_F(Backfill, ReadsNothingButTheResourceAndTheAccountNamed) {
    api_source from;
    config.base_url = from.base_url();
    config.ca_file = from.ca_file();
    config.more_of_account = "[[accounts]]\nname = \"beta\"\nbase_url = \"" + config.base_url +
                             "\"\nca_file = \"" + config.ca_file + "\"\napi_key_file = \"" +
                             directory + "/acme.key\"\nrequests_per_second = 500\n";
    write_configuration();
    auto done = run("backfill --resource streams --account beta");
    EXPECT_EQ(done.status, 0) << done.text();
    EXPECT_EQ(count("streams", "account = 'beta'"),
              static_cast<long>(from.ids(resource::streams).size()));
    EXPECT_EQ(count("streams", "account <> 'beta'"), 0);
    EXPECT_EQ(count("calls") + count("stream_events"), 0);
    EXPECT_EQ(from.requests("calls list") + from.requests("stream_events list"), 0U);
    done = run("backfill");
    EXPECT_EQ(done.status, 0) << done.text();
    expect_equal(from);
    EXPECT_EQ(count("calls", "account = 'beta'"), count("calls", "account = 'acme'"));
    EXPECT_EQ(run("backfill --resource strems").status, 64);
    EXPECT_EQ(run("backfill --account gamma").status, 64);
}

TEST_F(Backfill, FetchesThePagesOfOneStretchSideBySide) {
    api_source from;
    from.manner("latency_ms", "40");
    const auto day = floor_day(now() - std::chrono::days(4));
    from.add(resource::calls, day + std::chrono::hours(9), 60, std::chrono::minutes(1));
    config.page_size = 5;
    config.max_in_flight = 8;
    configure(from);
    const auto done = run("backfill --resource calls --from " + format_day(day) + " --to " +
                          format_day(day + std::chrono::days(1)));
    EXPECT_EQ(done.status, 0) << done.text();
    EXPECT_GE(count("calls"), 60);
    EXPECT_GE(from.server().seen().most_in_flight, 6U);
    expect_mirrored(from);
}

TEST_F(Backfill, IsInterruptedCleanlyAndGoesOn) {
    api_source from;
    from.manner("latency_ms", "20");
    config.page_size = 5;
    configure(from);
    auto whole = run("backfill");
    EXPECT_EQ(whole.status, 0) << whole.text();
    const auto all = from.requests();
    database = cluster().migrated_database();
    config.database_url = cluster().url(database);
    write_configuration();

    auto running = start("backfill");
    ASSERT_TRUE(eventually([&] { return from.requests() > all + all * 6 / 10; }, 60s));
    running->signal(SIGINT);
    const auto done = running->wait(60s);
    EXPECT_EQ(done.status, 1) << done.text();
    EXPECT_THAT(done.out, HasSubstr("interrupted; the next `callmirror backfill` goes on"));
    EXPECT_THAT(done.err, Not(HasSubstr("ended at once")));
    EXPECT_EQ(inconsistencies(cluster(), database), "");
    EXPECT_NE(differences(from), "");
    const auto asked = from.requests();
    EXPECT_EQ(run("backfill").status, 0);
    EXPECT_LT(from.requests() - asked, all) << "it began anew";
    expect_equal(from);
}

TEST_F(Backfill, BesideADaemonShowsItsWork) {
    api_source from;
    from.manner("latency_ms", "60");
    config.page_size = 20;
    configure(from);
    auto daemon = start("run");
    ASSERT_TRUE(eventually([&] { return from.requests() > 5; }, 60s)) << daemon->err();
    const auto done = run("backfill --progress plain", 120s);
    EXPECT_EQ(done.status, 0) << done.text();
    EXPECT_THAT(done.out, HasSubstr("by the daemon that holds the account"));
    EXPECT_THAT(done.err, HasSubstr("which does the work"));
    expect_equal(from);
    const auto ids = from.ids(resource::calls);
    from.with([&](simulator::world& data) { data.change(resource::calls, ids[3], now()); });
    EXPECT_NE(differences(from), "");
    const auto again = run("backfill --again --progress none", 120s);
    EXPECT_EQ(again.status, 0) << again.text();
    expect_equal(from);
    EXPECT_TRUE(daemon->is_running());
}

TEST_F(BackfillRegression, ABackfillBesideADaemonEndsWith1WhereANamedListIsSetAside) {
    api_source from;
    from.manner("stream_events.list_status", "403");
    config.resources = R"("calls", "stream_events")";
    configure(from);
    auto daemon = start("run");
    ASSERT_TRUE(eventually(
        [&] {
            return number("select count(*) from callmirror.listings where aside_until > now()") > 0;
        },
        60s))
        << daemon->err();
    const auto done = run("backfill");
    EXPECT_EQ(done.status, 1) << done.text();
    EXPECT_THAT(done.out, HasSubstr("by the daemon that holds the account"));
    EXPECT_THAT(done.out, HasSubstr("stream_events of company 123: not readable with this key"));
    EXPECT_EQ(differences(from, {resource::calls}), "");
    const auto calls = run("backfill --resource calls");
    EXPECT_EQ(calls.status, 0) << calls.text();
}

TEST_F(BackfillRegression, AnEmptyDateIsAMistakeOfUsage) {
    api_source from;
    configure(from);
    for (const char* option : {"--from", "--to"}) {
        const auto done = start_words({"backfill", option, ""})->wait();
        EXPECT_EQ(done.status, 64) << done.text();
        EXPECT_THAT(done.err, HasSubstr(option));
    }
    EXPECT_EQ(from.requests(), 0U);
}

TEST_F(Backfill, GivesUpWith69WhenTheDatabaseStaysAway) {
    api_source from;
    from.manner("latency_ms", "30");
    config.page_size = 10;
    config.give_up_after = "2s";
    configure(from);
    auto running = start("backfill");
    ASSERT_TRUE(eventually([&] { return from.requests() > 30; }, 60s)) << running->err();
    cluster().stop();
    const auto during = running->wait(60s);
    const auto before = run("backfill");
    const auto status = run("status");
    const auto check = run("check");
    const auto plan = run("backfill --plan");
    cluster().start();
    EXPECT_EQ(during.status, 69) << during.text();
    EXPECT_THAT(during.out, HasSubstr("out of reach"));
    EXPECT_EQ(before.status, 69) << before.text();
    EXPECT_EQ(status.status, 69) << status.text();
    EXPECT_EQ(check.status, 69) << check.text();
    EXPECT_EQ(plan.status, 69) << plan.text();
    EXPECT_THAT(plan.out, HasSubstr("rows to read"));
    config.give_up_after = "30s";
    expect_mirrored(from);
}

TEST_F(Backfill, GivesUpWith69WhenTheApiStaysAway) {
    api_source from;
    config.page_size = 10;
    config.give_up_after = "2s";
    from.manner("latency_ms", "30");
    configure(from);
    auto running = start("backfill");
    ASSERT_TRUE(eventually([&] { return from.requests() > 30; }, 60s)) << running->err();
    from.faults(R"([{"name":"away","do":"reset"}])");
    const auto during = running->wait(60s);
    EXPECT_EQ(during.status, 69) << during.text();
    EXPECT_THAT(during.out, HasSubstr("no useful answer of the API for 2 s"));
    EXPECT_EQ(run("backfill").status, 69);
    EXPECT_EQ(run("backfill --plan").status, 69);
    EXPECT_GT(from.fired("away"), 3U);
    EXPECT_EQ(inconsistencies(cluster(), database), "");
}

TEST_F(BackfillRegression, AnAuthorityThatCanNotBeReadIsAMistakeOfTheConfiguration) {
    api_source from;
    configure(from);
    config.ca_file = directory + "/nowhere.pem";
    write_configuration();
    for (const char* command : {"backfill --plan", "backfill", "run", "check"}) {
        SCOPED_TRACE(command);
        const auto done = run(command);
        EXPECT_EQ(done.status, 78) << done.text();
        EXPECT_THAT(done.out + done.err, HasSubstr("nowhere.pem\": No such file or directory"));
        EXPECT_THAT(done.out + done.err, HasSubstr("hint: put the authority's certificate there"));
        EXPECT_THAT(done.err, Not(HasSubstr("internal error")));
    }
}

// ---- backfill --plan

struct planned {
    double rows = 0;
    double requests = 0;
};

// What `backfill --plan` says first; zeros where it does not.
planned figures_of(const std::string& text) {
    std::smatch found;
    const std::regex line(R"(acme: ([0-9,.' ]+) rows to read, ([0-9,.' ]+) requests, about)");
    if (!std::regex_search(text, found, line)) {
        return {};
    }
    const auto figure = [](std::string digits) {
        std::erase_if(digits, [](char c) { return c < '0' || c > '9'; });
        return std::stod(digits);
    };
    return {figure(found[1]), figure(found[2])};
}

TEST_F(Backfill, OfASmallAccountWithoutABeginningIsPlannedToWithinAFactorOf2) {
    api_source from;
    take_empty_database();
    configure(from);
    const auto plan = run("backfill --plan");
    const auto requests = figures_of(plan.out).requests;
    const auto asked = from.requests();
    expect_mirrored(from);
    const auto needed = static_cast<double>(from.requests() - asked);
    EXPECT_GT(requests, needed / 2) << plan.text() << needed;
    EXPECT_LT(requests, needed * 2) << plan.text() << needed;
}

TEST_F(Backfill, IsPlannedWithoutAWriteAndToWithinAFactorOf2) {
    api_source from;
    config.resources = R"("calls", "streams", "stream_events")";
    config.page_size = 10;
    config.history_start = format_day(now() - std::chrono::days(11));
    take_empty_database();
    configure(from);
    const auto empty = fingerprint();
    const auto plan = run("backfill --plan");
    EXPECT_EQ(plan.status, 0) << plan.text();
    EXPECT_EQ(fingerprint(), empty);
    const auto [rows, requests] = figures_of(plan.out);

    const auto asked = from.requests();
    expect_mirrored(from);
    const auto needed = static_cast<double>(from.requests() - asked);
    const auto there =
        static_cast<double>(count("calls") + count("streams") + count("stream_events"));
    EXPECT_GT(rows, there / 2) << plan.out;
    EXPECT_LT(rows, there * 2) << plan.out;
    EXPECT_GT(requests, needed / 2) << plan.out << needed;
    EXPECT_LT(requests, needed * 2) << plan.out << needed;

    const auto full = fingerprint();
    const auto nothing_left = run("backfill --plan");
    EXPECT_EQ(nothing_left.status, 0) << nothing_left.text();
    EXPECT_THAT(nothing_left.out, HasSubstr("acme: 0 rows to read"));
    EXPECT_EQ(fingerprint(), full);
}

} // namespace
} // namespace callmirror::integration
