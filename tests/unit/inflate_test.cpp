#include "sync/fetch/inflate.hpp"
#include "tests/support/gzip.hpp"

#include <gtest/gtest.h>

#include <string>

namespace callmirror::fetch {
namespace {

using test_support::gzip;

constexpr std::size_t megabyte = 1U << 20U;

// Compresses about fivefold, as pages of records do.
std::string page(std::size_t size) {
    std::string text;
    for (std::size_t number = 0; text.size() < size; ++number) {
        text += "{\"id\":" + std::to_string(number * 7919) + ",\"name\":\"a call\"},";
    }
    text.resize(size);
    return text;
}

TEST(Inflate, GivesBackWhatWasCompressed) {
    for (const std::size_t size : {0U, 1U, 63U, 64U, 4096U, 80'000U, 3'000'000U}) {
        const std::string text = page(size);
        std::string out = "what was there";
        ASSERT_EQ(inflate_gzip(gzip(text), 4 * megabyte, out), inflate_result::done) << size;
        EXPECT_EQ(out, text);
        EXPECT_GE(out.capacity(), out.size() + body_padding);
    }
}

TEST(Inflate, JoinsSeveralMembers) {
    // The trailer tells the last member's size alone: the guess is far too small.
    const std::string large = page(1'000'000);
    std::string out;
    ASSERT_EQ(inflate_gzip(gzip(large) + gzip("") + gzip("end"), 4 * megabyte, out),
              inflate_result::done);
    EXPECT_EQ(out, large + "end");
    ASSERT_EQ(inflate_gzip(gzip("start") + gzip(large), 4 * megabyte, out), inflate_result::done);
    EXPECT_EQ(out, "start" + large);
}

TEST(Inflate, TakesTheTrailersSizeForAHintOnly) {
    // A wrong size there is wrong data, whichever way it lies, and claims no memory.
    const std::string good = gzip(page(100'000));
    for (const char byte : {'\0', '\1', '\xff'}) {
        std::string bad = good;
        bad.replace(bad.size() - 4, 4, 4, byte);
        std::string out;
        EXPECT_EQ(inflate_gzip(bad, 64 * megabyte, out), inflate_result::bad_data);
        EXPECT_LT(out.capacity(), 4 * megabyte);
    }
}

TEST(Inflate, StopsAtTheLimit) {
    const std::string text = page(100'000);
    std::string out;
    EXPECT_EQ(inflate_gzip(gzip(text), text.size(), out), inflate_result::done);
    EXPECT_EQ(inflate_gzip(gzip(text), text.size() - 1, out), inflate_result::too_large);
    EXPECT_TRUE(out.empty());
    EXPECT_EQ(inflate_gzip(gzip(text) + gzip(text), text.size(), out), inflate_result::too_large);
}

TEST(Inflate, BoundsWhatABombCosts) {
    const std::string bomb = gzip(std::string(200 * megabyte, '0'));
    ASSERT_LT(bomb.size(), megabyte);
    std::string out;
    EXPECT_EQ(inflate_gzip(bomb, 2 * megabyte, out), inflate_result::too_large);
    EXPECT_LE(out.capacity(), 4 * megabyte);
}

TEST(Inflate, RefusesWhatIsNotWholeGzip) {
    const std::string good = gzip(page(10'000));
    std::string out;
    for (const std::size_t size : {0U, 1U, 10U, 17U, 18U, 100U}) {
        EXPECT_EQ(inflate_gzip(good.substr(0, size), megabyte, out), inflate_result::bad_data)
            << size;
    }
    EXPECT_EQ(inflate_gzip(good.substr(0, good.size() - 1), megabyte, out),
              inflate_result::bad_data);
    EXPECT_EQ(inflate_gzip(good + "more", megabyte, out), inflate_result::bad_data);
    EXPECT_EQ(inflate_gzip("{\"data\":[1,2,3,4,5,6,7]}", megabyte, out), inflate_result::bad_data);
    std::string flipped = good;
    flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 0x10);
    EXPECT_EQ(inflate_gzip(flipped, megabyte, out), inflate_result::bad_data);
}

} // namespace
} // namespace callmirror::fetch
