// The simulated API without sockets: keys, single records, pace, coding and rights.
#include "tests/unit/simulator_client.hpp"

#include <gtest/gtest.h>

namespace callmirror::simulator {
namespace {

using namespace std::chrono_literals;

const utc_time monday = *parse_time("2026-03-02");

class SimulatedService : public ::testing::Test {
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

TEST_F(SimulatedService, KnowsItsKeyInBothForms) {
    request asked{.target = "/v2/calls"};
    EXPECT_EQ(api.answer(asked).status, 401);
    asked.headers = {{"authorization", "Bearer simulated-key"}};
    EXPECT_EQ(api.answer(asked).status, 200);
    asked.headers = {{"Authorization", "Basic " + base64("wrong:")}};
    EXPECT_EQ(api.answer(asked).status, 401);
    EXPECT_EQ(base64("simulated-key:"), "c2ltdWxhdGVkLWtleTo=");
    EXPECT_EQ(api.log().after_unauthorized(), 2U);
    asked.method = "POST";
    EXPECT_EQ(api.answer(asked).status, 405);
    EXPECT_EQ(api.log().not_get(), 1U);
}

TEST_F(SimulatedService, ServesSingleRecordsUntilTheyAreGone) {
    const auto id = data.id_of(resource::calls, 5);
    const auto target = "/v2/calls/" + std::to_string(id);
    EXPECT_EQ(json_of(get(api, target)),
              nlohmann::json::parse(text_of(data, resource::calls, 5, {})));
    data.remove(resource::calls, id);
    EXPECT_EQ(status(target), 404);
    set("gone_status", "410");
    EXPECT_EQ(status(target), 410);
    EXPECT_EQ(status("/v2/calls/1"), 404);
    const auto stream = data.at(resource::stream_events, 9).parent - 1;
    const auto token = data.token(resource::streams, stream);
    const auto event = "/events/" + std::to_string(data.id_of(resource::stream_events, 9));
    EXPECT_EQ(status("/v2/companies/123/streams/" + token), 200);
    EXPECT_EQ(status("/v2/companies/123/streams/" + token + event), 200);
    EXPECT_EQ(status("/v2/companies/124/streams/" + token + event), 404);
    EXPECT_EQ(
        status("/v2/companies/123/streams/" + data.token(resource::streams, stream + 1) + event),
        404);
    set("record_envelope", "data.call");
    EXPECT_TRUE(
        json_of(get(api, "/v2/calls/" + std::to_string(id + 1)))["data"]["call"].contains("id"));
}

TEST_F(SimulatedService, NamesTheCompaniesInOneOrTwoWays) {
    EXPECT_EQ(json_of(get(api, "/v2/users/me"))["company_id"], 123);
    EXPECT_EQ(json_of(get(api, "/v2/users/me"))["companies"][0]["id"], 123);
    set("me", "neither");
    EXPECT_FALSE(json_of(get(api, "/v2/users/me")).contains("company_id"));
}

TEST_F(SimulatedService, DeniesOneResourceAndLeavesTheOthers) {
    set("streams.list_status", "403");
    EXPECT_EQ(status("/v2/companies/123/streams"), 403);
    EXPECT_EQ(status("/v2/calls"), 200);
    set("first_page", "1"); // for all, those with manners of their own too
    EXPECT_EQ(api.manners().of(resource::streams).first_page, 1);
}

TEST_F(SimulatedService, LimitsTheRateAndSaysWhen) {
    set("requests_per_second", "2");
    set("burst", "3");
    set("rate_headers", "ratelimit");
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(get(api, "/v2/calls", monday).status, 200);
    }
    auto refused = get(api, "/v2/calls", monday);
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(find_header(refused.headers, "Retry-After"), "1");
    EXPECT_EQ(find_header(refused.headers, "RateLimit-Remaining"), "0");
    EXPECT_EQ(get(api, "/v2/calls", monday + 499ms).status, 429);
    EXPECT_EQ(get(api, "/v2/calls", monday + 500ms).status, 200);
    set("retry_after", "date");
    refused = get(api, "/v2/calls", monday + 500ms);
    EXPECT_EQ(find_header(refused.headers, "Retry-After"), "Mon, 02 Mar 2026 00:00:02 GMT");
    EXPECT_EQ(parse_http_date(find_header(refused.headers, "Date")), monday);
    EXPECT_EQ(api.log().most_in_a_second(), 7U);
    EXPECT_EQ(api.log().of_status(429), 3U);
}

TEST_F(SimulatedService, CompressesWhereAcceptedAndKeepsPagesFresh) {
    const auto packed = get(api, "/v2/calls", monday, true);
    EXPECT_EQ(find_header(packed.headers, "Content-Encoding"), "gzip");
    EXPECT_EQ(json_of(packed), json_of(get(api, "/v2/calls", monday)));
    const auto again = get(api, "/v2/calls", monday, true);
    EXPECT_EQ(packed.body, again.body); // the very same bytes
    data.change(resource::calls, json_of(packed)["data"][0]["id"].get<std::int64_t>(),
                monday + 9 * 24h);
    EXPECT_NE(json_of(get(api, "/v2/calls", monday, true)), json_of(packed));
}

TEST_F(SimulatedService, SignsMediaAnewAfterAWhile) {
    const auto target = "/v2/companies/123/stream-events?limit=50";
    const auto first = *get(api, target, monday).body;
    EXPECT_NE(first.find("X-Amz-Signature"), first.npos);
    EXPECT_EQ(*get(api, target, monday + 899s).body, first);
    const auto later = *get(api, target, monday + 901s).body;
    EXPECT_NE(later, first);
    EXPECT_EQ(without_signatures(later), without_signatures(first));
}

TEST_F(SimulatedService, ServesManyRecordsOfOneInstant) {
    for (int i = 0; i < 1500; ++i) {
        data.add(resource::calls, monday + 5h);
    }
    const auto at = format_utc(monday + 5h);
    EXPECT_GE(read_all(api, resource::calls, 100, "&start=" + at + "&end=" + at).records.size(),
              1500U);
}

TEST_F(SimulatedService, HostileRecordsAreServedAsTheOracleHasThem) {
    set("hostile_every", "3");
    set("hostile_kinds", "nul,huge_number,bare,control,deep");
    EXPECT_EQ(read_all(api, resource::calls, 100).records, oracle(api, resource::calls));
}

TEST_F(SimulatedService, ExplainsAWrongManner) {
    manners_book book;
    EXPECT_EQ(set_manner(book, "first_page", "2"), "manner \"first_page\" is \"2\", want 0|1");
    EXPECT_EQ(set_manner(book, "frist_page", "1"), "there is no manner \"frist_page\"");
    EXPECT_EQ(set_manner(book, "callz.first_page", "1"), "there is no resource \"callz\"");
    EXPECT_NE(help_on_manners().find("hidden_per_250"), std::string::npos);
}

} // namespace
} // namespace callmirror::simulator
