#include "sync/postgres/conninfo.hpp"
#include "sync/postgres/errors.hpp"
#include "sync/postgres/parameters.hpp"
#include "sync/postgres/watchdog.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <sys/socket.h>
#include <unistd.h>

namespace callmirror::postgres {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

TEST(Storable, LeavesGoodTextAloneAndMarksTheRest) {
    const std::string mark = "\xef\xbf\xbd";
    const std::string good = "a\t\x7f \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xed\x9f\xbf";
    EXPECT_EQ(storable(good), good);
    EXPECT_EQ(storable(std::string_view("a\0b", 3)), "a" + mark + "b");
    EXPECT_EQ(storable("\xff"), mark);
    EXPECT_EQ(storable("a\xc3"), "a" + mark);
    EXPECT_EQ(storable("\xc0\x80"), mark + mark) << "overlong";
    EXPECT_EQ(storable("\xe0\x80\x80"), mark + mark + mark) << "overlong";
    EXPECT_EQ(storable("\xed\xa0\x80"), mark + mark + mark) << "a surrogate";
    EXPECT_EQ(storable("\xf4\x90\x80\x80"), mark + mark + mark + mark) << "beyond U+10FFFF";
}

TEST(Storable, CutsAtACharactersEnd) {
    EXPECT_EQ(storable("\xe2\x82\xac\xe2\x82\xac", 5), "\xe2\x82\xac");
    EXPECT_EQ(storable("abc", 0), "");
}

TEST(SqlTime, ComesBackAsItWas) {
    for (const utc_time time : {end_of_time, start_of_time, *parse_time("2026-01-02T03:04:05.678Z"),
                                *parse_time("0001-01-01"), *parse_time("9999-12-31T23:59:59.999Z")})
        EXPECT_EQ(time_from_sql(to_sql(time)), time);
    EXPECT_EQ(time_from_sql("2026-01-02 03:04:05.678+00"), *parse_time("2026-01-02T03:04:05.678Z"));
    EXPECT_EQ(time_from_sql("2026-01-02 03:04:05.678999+00"),
              *parse_time("2026-01-02T03:04:05.678Z"));
    EXPECT_THROW(time_from_sql("yesterday"), std::runtime_error);
}

TEST(SqlBytes, ComeBackAsTheyWere) {
    std::string bytes;
    for (int i = 0; i < 256; ++i)
        bytes += static_cast<char>(i);
    EXPECT_EQ(bytes_to_sql(std::string_view("\0\xff", 2)), "\\x00ff");
    EXPECT_EQ(bytes_from_sql(bytes_to_sql(bytes)), bytes);
    EXPECT_EQ(bytes_from_sql("\\x"), "");
    EXPECT_THROW(bytes_from_sql("00"), std::runtime_error);
    EXPECT_THROW(bytes_from_sql("\\x0"), std::runtime_error);
    EXPECT_THROW(bytes_from_sql("\\x0g"), std::runtime_error);
}

TEST(ArrayText, QuotesWhatWouldMeanSomethingElse) {
    EXPECT_EQ(array_text().take(), "{}");
    EXPECT_EQ(array_text().add(1).add(-2).take(), "{1,-2}");
    EXPECT_EQ(array_text().add("a,b").add("NULL").add("").add("\"\\").take(),
              R"({"a,b","NULL","","\"\\"})");
    EXPECT_EQ(array_text().add(std::optional<int>()).add(true).add(end_of_time).take(),
              "{NULL,t,infinity}");
    EXPECT_EQ(array_text().add_bytes("").add_bytes(std::string_view("\0\xff", 2)).take(),
              R"({"\\x","\\x00ff"})");
}

TEST(ArrayText, OfNumbersIsReadBack) {
    EXPECT_THAT(numbers_from_sql("{}"), ElementsAre());
    EXPECT_THAT(numbers_from_sql("{1,-2,9223372036854775807}"),
                ElementsAre(1, -2, 9223372036854775807));
}

TEST(Parameters, AreTextOrNull) {
    const auto values = parameters()
                            .add("text")
                            .add(7)
                            .add(0.1)
                            .add(true)
                            .add(std::optional<std::string>())
                            .add(start_of_time)
                            .values();
    EXPECT_THAT(values, ElementsAre("text", "7", "0.1", "t", std::nullopt, "-infinity"));
}

std::string parameter(const std::string& url, std::string_view key) {
    const auto list = connection_parameters({.url = url});
    const auto found = std::ranges::find(list, key, &decltype(list)::value_type::first);
    return found == list.end() ? "" : found->second;
}

TEST(ConnectionParameters, HaveLimitsUnlessTheUrlSetsThem) {
    EXPECT_EQ(parameter("postgresql://h/d", "connect_timeout"), "10");
    EXPECT_EQ(parameter("postgresql://h/d?connect_timeout=3", "connect_timeout"), "3");
    EXPECT_EQ(parameter("postgresql://h/d", "tcp_user_timeout"), "20000");
    EXPECT_EQ(parameter("postgresql://h/d", "application_name"), "callmirror");
    EXPECT_EQ(parameter("postgresql://h/d", "options"), "") << "poolers refuse it";
    EXPECT_EQ(parameter("postgresql://a:1,b:2/d?target_session_attrs=read-write", "host"), "a,b");
}

TEST(ConnectionParameters, NeverShowAPassword) {
    for (const char* url : {"postgresql://me:s3cret@[h/d", "host=h password='s3cret",
                            "postgresql://me:s3cret@h/d?s3cret", "s3cret", "password=s3cret =x"})
        try {
            connection_parameters({.url = url});
            FAIL() << url;
        } catch (const database_refused& refused) {
            EXPECT_THAT(refused.what(), HasSubstr("hint"));
            EXPECT_THAT(refused.what(), Not(HasSubstr("s3cret")));
        }
    EXPECT_EQ(describe_target(connection_parameters({.url = "postgresql://me:s3cret@h:1/d"})),
              "h:1/d");
    EXPECT_EQ(describe_target({}), "local");
}

class Watchdog : public testing::Test {
protected:
    Watchdog() { ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()); }
    ~Watchdog() override {
        ::close(ends[0]);
        ::close(ends[1]);
    }
    std::array<int, 2> ends{};
};

TEST_F(Watchdog, EndsAWaitThatTakesTooLong) {
    watchdog dog;
    char byte = 0;
    {
        const watchdog::guard guard(dog, ends[0], 20ms);
        EXPECT_EQ(::read(ends[0], &byte, 1), 0);
    }
    EXPECT_TRUE(dog.fired());
}

TEST_F(Watchdog, WatchesEachWaitAnew) {
    watchdog dog;
    char byte = 0;
    { const watchdog::guard guard(dog, ends[0], 1h); }
    { const watchdog::guard guard(dog, ends[0], 10ms); } // forgotten before its time
    {
        const watchdog::guard guard(dog, ends[0], 50ms);
        EXPECT_EQ(::write(ends[1], "x", 1), 1);
        EXPECT_EQ(::read(ends[0], &byte, 1), 1);
        EXPECT_EQ(::read(ends[0], &byte, 1), 0);
    }
    EXPECT_TRUE(dog.fired());
}

} // namespace
} // namespace callmirror::postgres
