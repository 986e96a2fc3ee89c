#include "daemon/metrics.hpp"
#include "tests/unit/web_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <unistd.h>

namespace callmirror::daemon {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string_view name_of_kind(metric_kind kind) {
    return kind == metric_kind::counter ? "counter"
           : kind == metric_kind::gauge ? "gauge"
                                        : "histogram";
}

// "| `name` | type | labels | what it is |"
std::map<std::string, std::pair<std::string, std::string>> table_of_the_readme() {
    std::ifstream file(CALLMIRROR_README);
    std::map<std::string, std::pair<std::string, std::string>> found;
    const std::regex row(R"(^\| `((?:callmirror|process)_\w+)` \| (\w+) \| ([^|]*) \| .+ \|$)");
    std::string line;
    while (std::getline(file, line)) {
        std::smatch parts;
        if (std::regex_match(line, parts, row)) {
            found[parts[1]] = {parts[2], parts[3]};
        }
    }
    return found;
}

TEST(Metrics, AreThoseOfTheReadmesTable) {
    std::map<std::string, std::pair<std::string, std::string>> described;
    for (const auto& each : metric_descriptions()) {
        described[std::string(each.name)] = {std::string(name_of_kind(each.kind)),
                                             std::string(each.labels)};
    }
    EXPECT_EQ(table_of_the_readme(), described);
}

TEST(Metrics, OfTheAlertsAreServed) {
    std::ifstream file(CALLMIRROR_ALERTS);
    const std::string rules{std::istreambuf_iterator<char>(file), {}};
    std::set<std::string> served;
    for (const auto& each : metric_descriptions()) {
        served.emplace(each.name);
    }
    int found = 0;
    const std::regex name(R"(\bcallmirror_\w+)");
    for (std::sregex_iterator each(rules.begin(), rules.end(), name), end; each != end; ++each) {
        EXPECT_THAT(served, testing::Contains(each->str()));
        ++found;
    }
    EXPECT_GE(found, 9);
}

TEST(Metrics, AreAllServedAsDescribed) {
    const example_view example;
    const auto text = metrics_text(example.view);
    for (const auto& each : metric_descriptions()) {
        EXPECT_THAT(text, HasSubstr("# HELP " + std::string(each.name) + ' ' +
                                    std::string(each.help) + '\n'));
        EXPECT_THAT(text, HasSubstr("# TYPE " + std::string(each.name) + ' ' +
                                    std::string(name_of_kind(each.kind)) + '\n'));
    }
}

TEST(Metrics, PassPromtool) {
    const example_view example;
    const auto path = testing::TempDir() + "callmirror-metrics." + std::to_string(::getpid());
    std::ofstream(path) << metrics_text(example.view);
    auto* const promtool = popen(("promtool check metrics <" + path + " 2>&1").c_str(), "r");
    ASSERT_NE(promtool, nullptr);
    std::string said;
    for (int each = std::fgetc(promtool); each != EOF; each = std::fgetc(promtool)) {
        said += static_cast<char>(each);
    }
    EXPECT_EQ(pclose(promtool), 0) << said;
    EXPECT_EQ(said, "");
    std::remove(path.c_str());
}

TEST(Metrics, CarryTheViewsFigures) {
    const example_view example;
    const auto text = metrics_text(example.view);
    for (const auto* line :
         {"callmirror_database_up 1\n",
          "callmirror_database_queue_jobs 4\n",
          "callmirror_account_state{account=\"acme\",state=\"mirroring\"} 1\n",
          "callmirror_account_state{account=\"acme\",state=\"key_refused\"} 0\n",
          "callmirror_pace_requests_per_second{account=\"acme\"} 2.5\n",
          "callmirror_requests_total{account=\"acme\",resource=\"calls\",outcome=\"throttled\","
          "code=\"429\"} 3\n",
          "callmirror_requests_total{account=\"acme\",resource=\"calls\",outcome="
          "\"connection_lost\"} 2\n",
          "callmirror_requests_total{account=\"acme\",resource=\"self\",outcome=\"ok\","
          "code=\"200\"} 1\n",
          "callmirror_requests_total{account=\"acme\",resource=\"streams\",company=\"42\","
          "outcome=\"throttled\",code=\"429\"} 0\n",
          "callmirror_freshness_seconds{account=\"acme\",resource=\"calls\"} 12\n",
          "callmirror_backfill_share_ratio{account=\"acme\",resource=\"calls\"} 0.5\n",
          "callmirror_slices{account=\"acme\",resource=\"calls\",state=\"unread\"} 7\n",
          "callmirror_rows_total{account=\"acme\",resource=\"calls\",outcome=\"new\"} 1234567\n",
          "callmirror_rows_total{account=\"acme\",resource=\"streams\",company=\"42\",outcome="
          "\"new\"} 0\n",
          "callmirror_request_duration_seconds_bucket{account=\"acme\",resource=\"calls\",le=\"0."
          "03\"} 1\n",
          "callmirror_request_duration_seconds_bucket{account=\"acme\",resource=\"calls\",le=\"0."
          "1\"} 1\n",
          "callmirror_request_duration_seconds_bucket{account=\"acme\",resource=\"calls\",le="
          "\"10\"} 1\n",
          "callmirror_request_duration_seconds_bucket{account=\"acme\",resource=\"calls\",le=\"+"
          "Inf\"} 2\n",
          "callmirror_request_duration_seconds_count{account=\"acme\",resource=\"calls\"} 2\n",
          "callmirror_decode_duration_seconds_bucket{account=\"acme\",resource=\"calls\",le="
          "\"0.01\"} 1\n",
          "callmirror_commit_duration_seconds_count{account=\"acme\",resource=\"calls\"} 1\n",
          "callmirror_received_bytes_total{account=\"acme\",resource=\"calls\"} 4096\n",
          "callmirror_received_bytes_total{account=\"acme\",resource=\"self\"} 512\n",
          "callmirror_decode_queue_bytes{account=\"acme\"} 70000\n"}) {
        EXPECT_THAT(text, HasSubstr(line));
    }
}

// A thousand accounts of fourteen lists each are read every few seconds.
TEST(Metrics, LeaveOutWhatNeverHappenedToAList) {
    const example_view example;
    const auto text = metrics_text(example.view);
    for (const auto* name :
         {"callmirror_request_duration_seconds_count", "callmirror_decode_duration_seconds_count",
          "callmirror_commit_duration_seconds_count", "callmirror_slices",
          "callmirror_history_complete", "callmirror_field_changes_total",
          "callmirror_misfit_values_total", "callmirror_held_deletes_total"}) {
        const auto of = [&](const char* resource) {
            return std::string(name) + "{account=\"acme\",resource=\"" + resource;
        };
        EXPECT_THAT(text, HasSubstr(of("calls")));
        EXPECT_THAT(text, Not(HasSubstr(of("streams"))));
    }
}

TEST(Metrics, SayThatWhatWasNeverReadIsNotFresh) {
    const example_view example;
    EXPECT_THAT(metrics_text(example.view),
                HasSubstr("callmirror_freshness_seconds{account=\"acme\",resource=\"streams\","
                          "company=\"42\"} +Inf\n"));
}

TEST(Metrics, NeverShowANegativeAge) {
    using namespace std::chrono_literals;
    example_view example;
    example.account.lists[0].head_read_at = example.view.now + 5s; // the clock was set back
    EXPECT_THAT(metrics_text(example.view),
                HasSubstr("callmirror_freshness_seconds{account=\"acme\",resource=\"calls\"} 0\n"));
}

TEST(Metrics, LeaveAnAccountThatAnotherProcessMirrorsToIt) {
    example_view example;
    example.account.enter(engine::account_phase::held_elsewhere, "held by other:1:2");
    const auto text = metrics_text(example.view);
    EXPECT_THAT(text, Not(HasSubstr("callmirror_freshness_seconds")));
    EXPECT_THAT(text, Not(HasSubstr("callmirror_pace")));
    EXPECT_THAT(text, HasSubstr("callmirror_rows_total{account=\"acme\",resource=\"calls\""));
    EXPECT_THAT(text, HasSubstr("state=\"held_elsewhere\"} 1\n"));
}

TEST(Metrics, EscapeLabels) {
    example_view example;
    example.account.name = "a\"b\\c\nd";
    EXPECT_THAT(metrics_text(example.view), HasSubstr("{account=\"a\\\"b\\\\c\\nd\"}"));
}

TEST(Metrics, SayThatTheDatabaseIsAway) {
    example_view example;
    example.account.enter(engine::account_phase::database_away, "waiting for the database");
    EXPECT_THAT(metrics_text(example.view), HasSubstr("callmirror_database_up 0\n"));
    web_view starting;
    EXPECT_THAT(metrics_text(starting), HasSubstr("callmirror_database_up 0\n"));
}

TEST(Metrics, NameEachOutcomeOfARequestOnce) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < fetch::verdicts; ++i) {
        names.insert(fetch::name_of(static_cast<fetch::verdict>(i)));
    }
    EXPECT_EQ(names.size(), fetch::verdicts);
    EXPECT_EQ(fetch::name_of(fetch::verdict::stopped), "stopped");
    EXPECT_EQ(fetch::name_of(fetch::verdict::bad_certificate), "bad_certificate");
}

TEST(ProcessFigures, AreThisProcesss) {
    const auto figures = read_process_figures();
    EXPECT_GT(figures.resident_bytes, 1'000'000U);
    EXPECT_GE(figures.virtual_bytes, figures.resident_bytes);
    EXPECT_GE(figures.threads, 1U);
    EXPECT_GE(figures.open_files, 3U);
    const auto now =
        std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    EXPECT_NEAR(figures.started_at, now, 600);
}

} // namespace
} // namespace callmirror::daemon
