// The rules by which records get their keys.
#include "tests/unit/decode_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace callmirror::decode {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::vector<std::string> keys_of(std::string_view body, const providers::resource& resource) {
    std::vector<std::string> keys;
    const auto page = page_of(body, resource);
    for (const auto& record : page.records) {
        keys.emplace_back(record.key);
    }
    return keys;
}

TEST(Key, MayStandUnderOneOfSeveralNames) {
    constexpr std::array<std::string_view, 1> others{"/date"};
    auto resource = things_by_text();
    resource.other_key_pointers = others;
    EXPECT_THAT(keys_of(R"([{"id":"a"},{"date":"b"},{"id":null,"date":"c"},{"id":"d","date":"e"}])",
                        resource),
                ElementsAre("a", "b", "c", "d"));
}

TEST(Key, OfADayIsItsDateAsWritten) {
    auto resource = things_by_text();
    resource.key = providers::key_rule::day;
    EXPECT_THAT(keys_of(R"([{"id":"2026-11-20"},{"id":"2026-11-20T00:00:00+02:00"},
                            {"id":"2026-11-21 00:00"},{"id":20261122},{"id":"2026-11-201"}])",
                        resource),
                ElementsAre("2026-11-20", "2026-11-20", "2026-11-21", "20261122", "2026-11-201"));
}

TEST(Key, MayBeAHashOfTheRecord) {
    auto resource = things_by_text();
    resource.key = providers::key_rule::member_or_hash;
    const auto keys = keys_of(R"([{"id":"a"},{"t":"x"},{"t":"y"},{"t":"x"}])", resource);
    ASSERT_EQ(keys.size(), 4U);
    EXPECT_EQ(keys[0], "a");
    EXPECT_THAT(keys[1], StartsWith("hash-"));
    EXPECT_EQ(keys[1].size(), 21U);
    EXPECT_NE(keys[1], keys[2]);
    EXPECT_EQ(keys[3], keys[1] + "-2"); // two that are equal are two
    EXPECT_EQ(keys_of(R"([{"t":"x"}])", resource).front(), keys[1]);
}

decoder::result asked(std::string_view body, std::string_view key) {
    static auto resource = [] {
        auto made = things_by_text();
        made.key = providers::key_rule::asked_for;
        made.key_pointer = "/mail";
        return made;
    }();
    decoder of("acme", resource);
    std::string padded(body);
    padded.reserve(padded.size() + 64);
    return of.record(padded, key);
}

TEST(Key, IsWhatARecordWasAskedForBy) {
    for (const char* body : {R"({"mail":"A@B","t":"x"})", R"({"t":"x"})", R"({"data":{"t":"x"}})",
                             R"({"data":{"mail":"other","t":"x"},"ok":true})"}) {
        const auto got = asked(body, "a@b");
        ASSERT_TRUE(got.page) << body << got.error.reason;
        ASSERT_EQ(got.page->records.size(), 1U) << body;
        EXPECT_EQ(got.page->records[0].key, "a@b");
        const auto fields = fields_of(got.page->records[0].line);
        EXPECT_EQ(fields.at(3), "x") << body; // the column t
    }
}

TEST(Key, OfAnErrorServedAs200IsNone) {
    const auto got = asked(R"({"statusCode":404,"error":"Not Found"})", "a@b");
    EXPECT_FALSE(got.page);
    EXPECT_THAT(got.error.reason, HasSubstr("an error object"));
    EXPECT_FALSE(asked("[]", "a@b").page);
    EXPECT_FALSE(asked("7", "a@b").page);
}

} // namespace
} // namespace callmirror::decode
