// The simulated world: what it holds, how it lives, and that a seed decides everything.
#include "tests/simulator/chance.hpp"
#include "tests/simulator/keys.hpp"
#include "tests/simulator/record_text.hpp"
#include "tests/simulator/selection.hpp"
#include "tests/simulator/world.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace callmirror::simulator {
namespace {

using namespace std::chrono_literals;

const utc_time monday = *parse_time("2026-03-02");

world_options a_week(double calls = 200, double streams = 20) {
    world_options options;
    options.start = monday;
    options.end = monday + 7 * 24h;
    options.calls_per_day = calls;
    options.streams_per_day = streams;
    return options;
}

std::string everything(const world& of) {
    std::string all;
    for (const auto& each : all_resources()) {
        for_each_current(of, each.id, {}, [&](auto key, auto text, ordinal) {
            all.append(key).append(text).append("\n");
        });
    }
    return all;
}

TEST(World, IsTheSameForTheSameSeed) {
    EXPECT_EQ(everything(world(7, a_week())), everything(world(7, a_week())));
    EXPECT_NE(everything(world(7, a_week())), everything(world(8, a_week())));
}

TEST(World, LivesTheSameInOneStepAsInMany) {
    auto options = a_week();
    options.removed_share = 0.05;
    world whole(3, options);
    options.end = monday + 3h;
    world stepwise(3, options);
    for (auto time = monday; time < monday + 7 * 24h; time += 7min) {
        stepwise.live(time);
    }
    stepwise.live(monday + 7 * 24h);
    EXPECT_EQ(everything(whole), everything(stepwise));
}

TEST(World, HasAsManyRecordsAsItsRatesSay) {
    world week(1, a_week(500, 100));
    EXPECT_NEAR(static_cast<double>(week.count(resource::calls)), 3500, 250);
    EXPECT_NEAR(static_cast<double>(week.count(resource::streams)), 700, 110);
    EXPECT_NEAR(static_cast<double>(week.count(resource::stream_events)), 8400, 1700);
    EXPECT_EQ(week.count(resource::partner_stats), 7U);
    EXPECT_EQ(week.count(resource::users), 40U);
}

TEST(World, EveryRecordIsJsonWithTheDocumentedFields) {
    world week(1, a_week(50, 20));
    std::size_t bytes = 0;
    for_each_current(week, resource::stream_events, {}, [&](auto key, auto text, ordinal) {
        const auto event = nlohmann::json::parse(text);
        EXPECT_EQ(event.at("id").dump(), key);
        for (const auto* field :
             {"stream_id", "type", "peer_id", "role", "data", "emitted_at", "created_at", "user"}) {
            EXPECT_TRUE(event.contains(field)) << field;
        }
        bytes += text.size();
    });
    EXPECT_NEAR(static_cast<double>(bytes) /
                    static_cast<double>(week.count(resource::stream_events)),
                800, 100);
    for_each_current(week, resource::streams, {}, [&](auto, auto text, ordinal) {
        const auto stream = nlohmann::json::parse(text);
        for (const auto* field :
             {"id", "token", "bid", "company_id", "call_id", "name", "origin", "type",
              "streamer_instance", "user_limit", "context", "created_at", "updated_at",
              "expired_at", "user_id", "team_id", "team", "events"}) {
            EXPECT_TRUE(stream.contains(field)) << field;
        }
    });
    for (const auto& each : all_resources()) {
        for_each_current(week, each.id, {}, [&](auto, auto text, ordinal) {
            EXPECT_TRUE(nlohmann::json::parse(text).contains(each.key)) << text;
        });
    }
}

TEST(World, ACallsTimesFollowOneAnother) {
    world week(1, a_week());
    for_each_current(week, resource::calls, {}, [&](auto, auto text, ordinal) {
        const auto call = nlohmann::json::parse(text);
        if (call["status"] == "answered") {
            EXPECT_LE(call["created_at"], call["started_at"]) << text;
            EXPECT_LE(call["started_at"], call["answered_at"]) << text;
            EXPECT_LE(call["answered_at"], call["ended_at"]) << text;
            EXPECT_LE(call["ended_at"], call["updated_at"]) << text;
        }
    });
}

TEST(World, HasMoreCallsInTheMorningThanAtNight) {
    world week(1, a_week(1000, 0));
    const auto& calls = week.index(resource::calls, 0);
    const auto between = [&](utc_time from, utc_time to) {
        return calls.rank_of(to_ms(to)) - calls.rank_of(to_ms(from));
    };
    EXPECT_GT(between(monday + 8h, monday + 12h), 20 * between(monday, monday + 4h));
    EXPECT_GT(between(monday, monday + 24h), 3 * between(monday + 6 * 24h, monday + 7 * 24h));
}

TEST(World, HasNoCallInAGap) {
    auto options = a_week();
    options.gaps = {{monday + 24h, monday + 3 * 24h}};
    world week(1, options);
    const auto& calls = week.index(resource::calls, 0);
    EXPECT_EQ(calls.rank_of(to_ms(monday + 24h)), calls.rank_of(to_ms(monday + 3 * 24h)));
    EXPECT_GT(week.count(resource::calls), 0U);
}

TEST(World, RatesCallsAndDescribesRecordingsLater) {
    world week(1, a_week());
    std::size_t rated = 0;
    std::size_t described = 0;
    for_each_current(week, resource::calls, {}, [&](auto, auto text, ordinal) {
        rated += nlohmann::json::parse(text).at("rating").is_number() ? 1U : 0U;
    });
    for_each_current(week, resource::stream_events, {}, [&](auto, auto text, ordinal) {
        described += text.find("\"assemblyTranscriptId\":\"") != text.npos ? 1U : 0U;
    });
    EXPECT_GT(rated, week.count(resource::calls) / 6);
    EXPECT_GT(described, week.count(resource::stream_events) / 8);
    const auto before = everything(week);
    week.live(week.now() + 1h);
    EXPECT_NE(everything(week), before);
}

TEST(World, TakesAStreamAwayWithItsEventsAndBringsBothBack) {
    auto options = a_week(10, 20);
    options.removed_share = 0;
    world week(1, options);
    const auto before = everything(week);
    const auto id = week.id_of(resource::streams, 5);
    const auto events = week.count(resource::stream_events);
    ASSERT_TRUE(week.remove(resource::streams, id));
    EXPECT_LT(week.count(resource::stream_events), events);
    EXPECT_FALSE(week.remove(resource::streams, id));
    ASSERT_TRUE(week.return_removed(resource::streams, id));
    EXPECT_EQ(everything(week), before);
}

TEST(World, RetentionRemovesOldStreamsOnly) {
    auto options = a_week(10, 20);
    options.removed_share = 0;
    world week(1, options);
    const auto streams = week.count(resource::streams);
    const auto removed = week.retention(monday + 2 * 24h);
    EXPECT_GT(removed, 0U);
    EXPECT_EQ(week.count(resource::streams), streams - removed);
    EXPECT_EQ(week.index(resource::streams, 0).rank_of(to_ms(monday + 2 * 24h)), 0U);
}

TEST(World, RetentionOfItsOwnKeepsOnlySoManyDays) {
    auto options = a_week(10, 20);
    options.retention_days = 3;
    world week(1, options);
    EXPECT_EQ(week.index(resource::streams, 0).rank_of(to_ms(monday + 3 * 24h)), 0U);
    EXPECT_GT(week.count(resource::streams), 0U);
}

TEST(World, ChangesMovesAddsAndReplacesByHand) {
    world week(1, a_week());
    const auto id = week.add(resource::calls, monday + 30 * 24h);
    const auto which = *week.find(resource::calls, id);
    const auto text = text_of(week, resource::calls, which, {});
    EXPECT_NE(text.find("2026-04-01T00:00:00.000Z"), text.npos);
    week.change(resource::calls, id, monday + 31 * 24h);
    EXPECT_NE(text_of(week, resource::calls, which, {}), text);
    week.move(resource::calls, id, monday - 24h);
    EXPECT_EQ(week.index(resource::calls, 0).at(0), which);
    week.replace_text(resource::calls, id, R"({"name":"no key"})");
    EXPECT_FALSE(is_keyed(week, resource::calls, which, {}));
    EXPECT_FALSE(week.change(resource::calls, id + 1, monday));
}

TEST(World, GivesAnEventToTheStreamThatWasNamed) {
    world week(1, a_week());
    const auto stream = week.id_of(resource::streams, 3);
    const auto id = week.add(resource::stream_events, monday, 0, stream);
    const auto text =
        text_of(week, resource::stream_events, *week.find(resource::stream_events, id), {});
    EXPECT_EQ(nlohmann::json::parse(text).at("stream_id").get<std::int64_t>(), stream);
}

TEST(World, ListsASmallListsRecordUnderSeveralCompanies) {
    auto options = a_week();
    options.company_ids = {123, 77};
    world week(1, options);
    const auto of = resource::users;
    const auto id = week.id_of(of, 0); // of the first company
    const auto sizes = [&] {
        return std::pair(week.index(of, 0).size(), week.index(of, 1).size());
    };
    const auto [first, second] = sizes();
    EXPECT_TRUE(week.set_listed(of, id, 1, true));
    EXPECT_FALSE(week.set_listed(of, id, 1, true)); // it is
    EXPECT_EQ(sizes(), std::pair(first, second + 1));
    week.move(of, id, monday - 24h);
    EXPECT_TRUE(week.remove(of, id));
    EXPECT_EQ(sizes(), std::pair(first - 1, second));
    EXPECT_TRUE(week.set_listed(of, id, 0, false));
    EXPECT_FALSE(week.set_listed(of, id, 1, false)); // its last
    EXPECT_TRUE(week.return_removed(of, id));
    EXPECT_EQ(sizes(), std::pair(first - 1, second + 1));
    EXPECT_FALSE(week.is_listed(of, 0, 0));
    EXPECT_FALSE(week.set_listed(resource::streams, week.id_of(resource::streams, 0), 1, true));
}

TEST(World, FindsRecordsByTheirKeys) {
    world week(1, a_week());
    for (const auto of : {resource::calls, resource::buttons, resource::booking_pages,
                          resource::invites, resource::agents}) {
        EXPECT_EQ(week.find_key(of, week.key_text(of, 2)), 2U) << info(of).name;
        EXPECT_EQ(week.find_key(of, "nobody"), std::nullopt);
    }
    EXPECT_EQ(week.find_key(resource::streams, week.token(resource::streams, 4)), 4U);
    EXPECT_EQ(week.find_key(resource::calls, "-9223372036854775808"), std::nullopt);
}

} // namespace
} // namespace callmirror::simulator
