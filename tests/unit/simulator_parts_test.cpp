// What the simulated world is made of: keys, the index by time, the text of records.
#include "tests/simulator/chance.hpp"
#include "tests/simulator/keys.hpp"
#include "tests/simulator/record_text.hpp"
#include "tests/simulator/selection.hpp"
#include "tests/simulator/world.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

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

TEST(Keys, AreDifferentAndLeadBack) {
    std::set<std::string> seen;
    for (std::uint32_t i = 0; i < 5000; ++i) {
        const auto token = token_of(42, i);
        EXPECT_EQ(token.size(), 22U);
        EXPECT_TRUE(seen.insert(token).second);
        EXPECT_EQ(number_of_token(42, token), i);
        EXPECT_EQ(number_of_uuid(42, uuid_of(42, i)), i);
    }
    EXPECT_EQ(number_of_token(43, token_of(42, 1)), std::nullopt);
}

TEST(TimeIndex, AgreesWithASortedVectorAfterAnyChange) {
    std::vector<record> records;
    time_index index(records);
    std::vector<std::pair<std::int64_t, ordinal>> model;
    chance luck(5);
    for (int step = 0; step < 20'000; ++step) {
        if (model.size() > 3000 && luck.below(3) == 0) {
            const auto victim =
                model.begin() + static_cast<std::ptrdiff_t>(luck.below(model.size()));
            EXPECT_TRUE(index.erase(victim->second));
            model.erase(victim);
        } else {
            const auto which = static_cast<ordinal>(records.size());
            records.push_back({.created = static_cast<std::int64_t>(luck.below(1000))});
            index.insert(which);
            const std::pair entry{records.back().created, which};
            model.insert(std::ranges::upper_bound(model, entry), entry);
        }
        if (step % 97 == 0) {
            const auto rank = luck.below(model.size());
            EXPECT_EQ(index.at(rank), model[rank].second);
            const auto time = static_cast<std::int64_t>(luck.below(1100));
            const auto expected =
                std::ranges::lower_bound(model, std::pair{time, ordinal{0}}) - model.begin();
            EXPECT_EQ(index.rank_of(time), static_cast<std::size_t>(expected));
        }
    }
    std::vector<ordinal> all;
    index.collect(0, index.size() + 10, all);
    ASSERT_EQ(all.size(), model.size());
    EXPECT_TRUE(std::ranges::equal(all, model, {}, {}, &std::pair<std::int64_t, ordinal>::second));
}

TEST(RecordText, WritesDatesInEveryForm) {
    world week(1, a_week());
    const auto id = week.add(resource::streams, *parse_time("2026-11-20T10:00:00.123Z"));
    const auto created = [&](date_form form) {
        record_style style;
        style.dates = form;
        const auto text =
            text_of(week, resource::streams, *week.find(resource::streams, id), style);
        return nlohmann::json::parse(text).at("created_at").dump();
    };
    EXPECT_EQ(created(date_form::iso), R"("2026-11-20T10:00:00.123Z")");
    EXPECT_EQ(created(date_form::iso_offset), R"("2026-11-20T12:00:00.123+02:00")");
    EXPECT_EQ(created(date_form::iso_local), R"("2026-11-20T10:00:00.123")");
    EXPECT_EQ(created(date_form::sql), R"("2026-11-20 10:00:00.123")");
    EXPECT_EQ(created(date_form::epoch_s), "1795168800");
    EXPECT_EQ(created(date_form::epoch_ms), "1795168800123");
    EXPECT_EQ(created(date_form::epoch_text), R"("1795168800123")");
}

TEST(RecordText, HasEveryHostileKind) {
    world week(1, a_week(2000));
    record_style style;
    style.hostile_every = 2;
    style.hostile_kinds = (1U << hostile_kind_count) - 1;
    std::size_t keyless = 0;
    std::set<std::string> marks;
    for_each_current(week, resource::calls, style, [&](auto key, auto text, ordinal) {
        keyless += key.empty() ? 1U : 0U;
        for (const auto* mark :
             {"\\u0000", "\\ud83d", "9007199254740993", "yesterday", "\\u001b", "[[[[", "wwww",
              "nobody", "{\"id\":null}", "not an object", "[1,\"two\""}) {
            if (text.find(mark) != text.npos) {
                marks.insert(mark);
            }
        }
    });
    EXPECT_EQ(marks.size(), 11U);
    EXPECT_GT(keyless, 500U);
}

} // namespace
} // namespace callmirror::simulator
