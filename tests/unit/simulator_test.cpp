// The simulated API without sockets: its lists equal its world, whatever its manners.
#include "tests/unit/simulator_client.hpp"

#include <gtest/gtest.h>

namespace callmirror::simulator {
namespace {

using namespace std::chrono_literals;

const utc_time monday = *parse_time("2026-03-02");

class Simulator : public ::testing::Test {
protected:
    static world_options options() {
        world_options made;
        made.start = monday;
        made.end = monday + 3 * 24h;
        made.calls_per_day = 150;
        made.streams_per_day = 8;
        return made;
    }
    void set(const std::string& name, const std::string& value) {
        EXPECT_EQ(set_manner(api.change_manners(), name, value), "");
    }
    int status(const std::string& target) { return get(api, target, monday).status; }

    world data{11, options()};
    service api{data};
};

TEST_F(Simulator, EveryListEqualsTheWorld) {
    for (const auto& each : all_resources()) {
        if (!each.list_path.empty() && each.find("limit") != nullptr) {
            EXPECT_EQ(read_all(api, each.id, 100).records, oracle(api, each.id)) << each.name;
        }
    }
    EXPECT_GT(oracle(api, resource::calls).size(), 300U);
    EXPECT_EQ(api.log().undocumented(), 0U);
}

struct manner_case {
    const char* name;
    std::vector<std::pair<std::string, std::string>> manners;
    const char* envelope = "data";
};

class EachManner : public Simulator, public ::testing::WithParamInterface<manner_case> {};

TEST_P(EachManner, ServesThePagesThatTheWorldHolds) {
    for (const auto& [name, value] : GetParam().manners) {
        set(name, value);
    }
    const auto read = read_all(api, resource::calls, 40, "", GetParam().envelope);
    EXPECT_EQ(read.records, oracle(api, resource::calls));
    EXPECT_EQ(read.keys.size(), read.records.size()); // no double
}

INSTANTIATE_TEST_SUITE_P(
    Manners, EachManner,
    ::testing::Values(manner_case{"bare", {{"envelope", ""}}, ""},
                      manner_case{"own_name", {{"envelope", "{name}"}}, "calls"},
                      manner_case{"nested",
                                  {{"envelope", "response.rows"}, {"totals", "response.total"}},
                                  "response.rows"},
                      manner_case{
                          "unknown", {{"envelope", "stuff"}, {"extra", R"({"ok":true})"}}, "stuff"},
                      manner_case{"no_totals", {{"totals", ""}}},
                      manner_case{"has_more", {{"has_more", "meta.hasNext"}}},
                      manner_case{"one_based", {{"first_page", "1"}}},
                      manner_case{"clamped", {{"max_limit", "7"}}},
                      manner_case{"short_pages", {{"hidden_per_250", "20"}}},
                      manner_case{"oldest", {{"order", "oldest"}}},
                      manner_case{"by_id", {{"order", "id"}}},
                      manner_case{"shuffled", {{"order", "shuffled"}}},
                      manner_case{"epoch", {{"dates", "epoch_ms"}}},
                      manner_case{"camel", {{"call_names", "camel"}}},
                      manner_case{"terse", {{"call_names", "terse"}}},
                      manner_case{"texts", {{"numbers_as_text", "true"}}},
                      manner_case{"numbers", {{"text_as_numbers", "true"}}},
                      manner_case{"unsigned", {{"signature_period_s", "0"}}}),
    [](const auto& each) { return std::string(each.param.name); });

TEST_F(Simulator, SlicesOfTimeAddUpToTheWhole) {
    for (const auto& [grain, step] : {std::pair{"millisecond", 5h}, {"second", 5h}, {"day", 24h}}) {
        for (const char* compares : {"created", "started", "updated"}) {
            for (const char* inclusive : {"true", "false"}) {
                set("grain", grain);
                set("compares", compares);
                set("end_inclusive", inclusive);
                std::map<std::string, std::string> found;
                std::size_t records = 0;
                for (auto from = monday - 24h; from < monday + 5 * 24h; from += step) {
                    const auto last = inclusive[0] == 't' ? from + step - 1ms : from + step;
                    const auto range = "&start=" + format_utc(from) + "&end=" + format_utc(last);
                    const auto part = read_all(api, resource::calls, 100, range);
                    found.insert(part.records.begin(), part.records.end());
                    records += part.records.size();
                }
                EXPECT_EQ(found, oracle(api, resource::calls)) << grain << compares << inclusive;
                EXPECT_EQ(records, found.size()) << grain << compares << inclusive;
            }
        }
    }
}

TEST_F(Simulator, ShortPagesStandInTheMiddle) {
    set("hidden_per_250", "20");
    const auto read = read_all(api, resource::calls, 40);
    EXPECT_GE(read.short_pages, 1U);
    EXPECT_LT(read.short_pages, read.pages - 1); // and full ones too
}

TEST_F(Simulator, IgnoresThePageOrTheRangeWhereToldTo) {
    set("ignores_page", "true");
    EXPECT_EQ(*get(api, "/v2/calls?page=0").body, *get(api, "/v2/calls?page=3").body);
    set("ignores_page", "false");
    set("ignores_range", "true");
    EXPECT_EQ(*get(api, "/v2/calls?page=0").body,
              *get(api, "/v2/calls?page=0&end=2020-01-01T00:00:00.000Z").body);
}

TEST_F(Simulator, OneBasedServersTreatPageZeroInThreeWays) {
    set("first_page", "1");
    EXPECT_EQ(status("/v2/calls?page=0"), 400);
    set("page_zero", "same_as_first");
    EXPECT_EQ(*get(api, "/v2/calls?page=0").body, *get(api, "/v2/calls?page=1").body);
    set("page_zero", "empty");
    EXPECT_TRUE(records_of(get(api, "/v2/calls?page=0"), "data").empty());
    EXPECT_EQ(*get(api, "/v2/calls").body, *get(api, "/v2/calls?page=1").body);
}

TEST_F(Simulator, RefusesLimitsWhereToldTo) {
    set("over_limit", "refused");
    EXPECT_EQ(status("/v2/calls?limit=101"), 400);
    EXPECT_EQ(status("/v2/calls?limit=100"), 200);
    set("limits", "20,50");
    EXPECT_EQ(status("/v2/calls?limit=100"), 400);
    EXPECT_EQ(status("/v2/calls?limit=50"), 200);
    EXPECT_EQ(status("/v2/calls"), 200);
}

TEST_F(Simulator, TellsTotalsInMembersAndHeaders) {
    const auto all = data.count(resource::calls);
    set("totals", "meta.total,pagination.pages,header:X-Total-Count,header:Link");
    const auto answer = get(api, "/v2/calls?page=1&limit=50");
    EXPECT_EQ(json_of(answer)["meta"]["total"], all);
    EXPECT_EQ(json_of(answer)["pagination"]["pages"], (all + 49) / 50);
    EXPECT_EQ(find_header(answer.headers, "x-total-count"), std::to_string(all));
    EXPECT_NE(find_header(answer.headers, "link").find("</v2/calls?page=2&limit=50>; rel=\"next\""),
              std::string_view::npos);
    set("totals", "total");
    set("totals_are", "page");
    EXPECT_EQ(json_of(get(api, "/v2/calls?limit=50"))["total"], 50);
    set("totals_are", "wrong");
    EXPECT_EQ(json_of(get(api, "/v2/calls"))["total"], 2 * all + 7);
    set("totals_are", "frozen");
    get(api, "/v2/calls?page=0");
    data.add(resource::calls, monday);
    EXPECT_EQ(json_of(get(api, "/v2/calls?page=1"))["total"], all);
}

TEST_F(Simulator, AnswersBadQueriesWith400) {
    for (const char* query : {"exporting=true", "page=one", "limit=0", "page=-1", "start=yesterday",
                              "page=1&page=2", "limit=1e2", "Page=1"}) {
        EXPECT_EQ(status(std::string("/v2/calls?") + query), 400) << query;
    }
    EXPECT_EQ(status("/v2/calls?page=%zz"), 400);
    EXPECT_EQ(status("/v2/partner/stats?start=2026-03-02"), 400);
    EXPECT_EQ(status("/v2/partner/stats?start=2026-03-02&end=2026-03-03"), 200);
    EXPECT_EQ(status("/v2/schedule-templates?limit=10"), 400);
    EXPECT_EQ(status("/v2/nothing"), 404);
    const auto body = json_of(get(api, "/v2/calls?exporting=1"));
    EXPECT_EQ(body["statusCode"], 400);
    EXPECT_EQ(body["error"], "Bad Request");
    EXPECT_EQ(api.log().undocumented(), 4U);
}

TEST_F(Simulator, FiltersByWhatTheDocumentsList) {
    const auto answered = read_all(api, resource::calls, 100, "&status=answered").records.size();
    const auto missed = read_all(api, resource::calls, 100, "&status=missed").records.size();
    EXPECT_GT(answered, missed);
    EXPECT_GT(missed, 0U);
    EXPECT_LT(answered + missed, data.count(resource::calls));
    const auto token = data.token(resource::streams, 3);
    const auto events =
        read_all(api, resource::stream_events, 100, "&stream_token=" + token + "&order=asc");
    EXPECT_GT(events.records.size(), 0U);
    EXPECT_LT(events.records.size(), data.count(resource::stream_events));
}

} // namespace
} // namespace callmirror::simulator
