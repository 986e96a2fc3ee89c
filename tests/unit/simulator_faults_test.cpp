// The fault script: what it matches, what it does, and drift between two pages.
#include "tests/unit/simulator_client.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace callmirror::simulator {
namespace {

using namespace std::chrono_literals;
using end = transport::ending;

const utc_time monday = *parse_time("2026-03-02");

class SimulatorFaults : public ::testing::Test {
protected:
    static world_options options() {
        world_options made;
        made.start = monday;
        made.end = monday + 2 * 24h;
        made.calls_per_day = 200;
        made.streams_per_day = 5;
        return made;
    }
    void script(const char* json) {
        for (auto& each : parse_faults(json)) {
            api.faults().add(std::move(each));
        }
    }
    response ask(const char* target = "/v2/calls") { return get(api, target, monday); }

    world data{4, options()};
    service api{data};
};

TEST_F(SimulatorFaults, FireAtTheRequestsThatTheyName) {
    script(R"([{"name":"x","resource":"calls","kind":"list","from":2,"every":2,"times":2,
               "do":"status","status":503,"headers":{"Retry-After":"7"}}])");
    std::vector<int> statuses;
    for (int i = 0; i < 8; ++i) {
        ask("/v2/companies/123/streams");
        statuses.push_back(ask().status);
    }
    EXPECT_EQ(statuses, (std::vector{200, 503, 200, 503, 200, 200, 200, 200}));
    EXPECT_EQ(api.faults().fired("x"), 2U);
    EXPECT_EQ(api.log().of_status(503), 2U);
}

TEST_F(SimulatorFaults, FireByChanceOfTheSeed) {
    script(R"({"name":"x","probability":0.3,"do":"reset"})");
    for (int i = 0; i < 1000; ++i) {
        ask();
    }
    EXPECT_NEAR(static_cast<double>(api.faults().fired("x")), 300, 60);
    const auto first = api.faults().fired("x");
    service again(data);
    again.faults().add(parse_faults(R"({"name":"x","probability":0.3,"do":"reset"})").front());
    for (int i = 0; i < 1000; ++i) {
        get(again, "/v2/calls", monday);
    }
    EXPECT_EQ(again.faults().fired("x"), first);
}

TEST_F(SimulatorFaults, SpoilTheAnswerInEveryWay) {
    script(R"([{"times":1,"do":"error_object"},{"from":2,"times":1,"do":"html"},
               {"from":3,"times":1,"do":"csv"},{"from":4,"times":1,"do":"empty"},
               {"from":5,"times":1,"do":"malformed"},{"from":6,"times":1,"do":"cut","bytes":100},
               {"from":7,"times":1,"do":"reset"},{"from":8,"times":1,"do":"reset_within","bytes":9},
               {"from":9,"times":1,"do":"hang"},{"from":10,"times":1,"do":"hang_within","bytes":9},
               {"from":11,"times":1,"do":"slow","bytes_per_second":50},
               {"from":12,"times":1,"do":"wrong_length","length_error":-3},
               {"from":13,"times":1,"do":"bad_gzip"},
               {"from":14,"times":1,"do":"redirect","location":"https://elsewhere.example/"},
               {"from":15,"times":1,"delay_ms":250}])");
    EXPECT_EQ(json_of(ask())["statusCode"], 500);
    EXPECT_EQ(find_header(ask().headers, "Content-Type"), "text/html");
    EXPECT_EQ(find_header(ask().headers, "Content-Type"), "text/csv");
    EXPECT_EQ(*ask().body, "");
    EXPECT_TRUE(nlohmann::json::parse(*ask().body, nullptr, false).is_discarded());
    const auto cut = ask().wire;
    EXPECT_EQ(cut.end, end::cut_within);
    EXPECT_EQ(cut.bytes, 100U);
    EXPECT_EQ(ask().wire.end, end::reset_before);
    EXPECT_EQ(ask().wire.end, end::reset_within);
    EXPECT_EQ(ask().wire.end, end::hang);
    EXPECT_EQ(ask().wire.end, end::hang_within);
    EXPECT_EQ(ask().wire.bytes_per_second, 50U);
    EXPECT_EQ(ask().wire.content_length_error, -3);
    EXPECT_EQ(find_header(ask().headers, "Content-Encoding"), "gzip");
    const auto redirect = ask();
    EXPECT_EQ(redirect.status, 302);
    EXPECT_EQ(find_header(redirect.headers, "Location"), "https://elsewhere.example/");
    const auto late = ask();
    EXPECT_EQ(late.status, 200);
    EXPECT_EQ(late.wire.delay, 250ms);
    EXPECT_EQ(api.log().of_status(0), 2U); // the reset and the hang before any byte
}

TEST_F(SimulatorFaults, ARemovalBetweenTwoPagesHidesARecord) {
    script(R"({"target":"page=1","times":1,"drift":{"do":"remove","rank":0}})");
    const auto before = oracle(api, resource::calls);
    const auto read = read_all(api, resource::calls, 50);
    EXPECT_EQ(read.keys.size(), before.size() - 1); // the removed one was seen, another was not
    EXPECT_NE(read.records, before);
    EXPECT_NE(read.records, oracle(api, resource::calls));
    EXPECT_EQ(data.count(resource::calls), before.size() - 1);
}

TEST_F(SimulatorFaults, AnInsertionBetweenTwoPagesShowsARecordTwice) {
    script(R"({"target":"page=1","times":1,"drift":{"do":"insert","rank":0}})");
    const auto read = read_all(api, resource::calls, 50);
    EXPECT_EQ(read.keys.size(), read.records.size() + 1);
}

TEST_F(SimulatorFaults, ARemovalAndAnInsertionLeaveTheTotal) {
    script(R"({"target":"page=1","times":1,
               "drift":[{"do":"remove","rank":0},{"do":"insert","rank":-1}]})");
    const auto total = data.count(resource::calls);
    const auto read = read_all(api, resource::calls, 50);
    EXPECT_EQ(data.count(resource::calls), total);
    EXPECT_EQ(read.keys.size(), total);
    EXPECT_NE(read.records, oracle(api, resource::calls)); // one was never seen
}

TEST_F(SimulatorFaults, ADriftedRecordCanComeBackMoveAndChange) {
    script(R"([{"times":1,"drift":{"do":"remove","resource":"streams","rank":2}},
               {"from":2,"times":1,"drift":{"do":"return_removed"}},
               {"from":3,"times":1,"drift":[{"do":"move","rank":0,"shift_ms":-86400000},
                                            {"do":"change","rank":1}]}])");
    const auto streams = data.count(resource::streams);
    const auto first = json_of(ask());
    EXPECT_EQ(data.count(resource::streams), streams - 1);
    ask();
    EXPECT_EQ(data.count(resource::streams), streams);
    ask();
    const auto moved = json_of(ask());
    EXPECT_NE(moved["data"][0]["id"], first["data"][0]["id"]);
    EXPECT_EQ(moved["data"][0]["id"], first["data"][1]["id"]);
    EXPECT_EQ(moved["data"][1]["id"], first["data"][2]["id"]);
    EXPECT_NE(moved["data"][1], first["data"][2]);
}

TEST_F(SimulatorFaults, AreRefusedWithTheMistakeNamed) {
    for (const char* bad :
         {R"({"do":"explode"})", R"({"resource":"phones"})", R"({"sometimes":1})",
          R"({"drift":{"do":"vanish"}})", R"({"from":"x"})", "[", R"({"kind":"page"})"}) {
        EXPECT_THROW(parse_faults(bad), std::invalid_argument) << bad;
    }
    EXPECT_EQ(parse_faults(R"({"rules":[{"do":"reset"},{"do":"hang"}]})").size(), 2U);
}

} // namespace
} // namespace callmirror::simulator
