#include "sync/fetch/headers.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace callmirror::fetch {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

// 2026-11-20T10:00:00Z
const utc_time local_now = parse_time("2026-11-20T10:00:00Z").value();
constexpr std::string_view server_date = "Fri, 20 Nov 2026 09:00:00 GMT"; // an hour behind

answer_headers read(std::vector<header_field> fields) {
    return read_headers(fields, local_now);
}

TEST(Headers, AreEmptyWhereNothingWasSent) {
    const auto headers = read({});
    EXPECT_EQ(headers.content_type, "");
    EXPECT_EQ(headers.location, "");
    EXPECT_FALSE(headers.total_count || headers.last_page || headers.retry_after || headers.date);
    EXPECT_FALSE(headers.rate_limit || headers.rate_remaining || headers.rate_reset);
}

TEST(Headers, TellTheMediaTypeInLowerCaseWithoutParameters) {
    EXPECT_EQ(read({{"content-type", "Application/JSON; charset=utf-8"}}).content_type,
              "application/json");
    EXPECT_EQ(read({{"Content-Type", " text/html "}}).content_type, "text/html");
    EXPECT_EQ(read({{"Content-Type", ";"}}).content_type, "");
}

struct link_case {
    std::string_view value;
    std::optional<std::uint64_t> last_page;
};

class LinkHeader : public ::testing::TestWithParam<link_case> {};

TEST_P(LinkHeader, NamesTheLastPage) {
    EXPECT_EQ(read({{"Link", GetParam().value}}).last_page, GetParam().last_page);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, LinkHeader,
    ::testing::Values(link_case{R"(<https://a.example/v2/calls?page=12&limit=100>; rel="last")",
                                12},
                      link_case{R"(</c?page=2>; rel="next", </c?limit=5&page=9>; rel="last")", 9},
                      link_case{R"(</c?page=9>; title="a, b"; REL="first Last")", 9},
                      link_case{"</c?page=7#page=8>;rel=last", 7},
                      link_case{"</c?page=0>; rel=last", 0},
                      link_case{"</c?page=2>; rel=next", std::nullopt},
                      link_case{"</c?page=2>; rel=lastly", std::nullopt},
                      link_case{"</c?pages=2>; rel=last", std::nullopt},
                      link_case{"</c?page=x>; rel=last", std::nullopt},
                      link_case{"</c?page=2; rel=last", std::nullopt},
                      link_case{"</c?page=99999999999999999999>; rel=last", std::nullopt},
                      link_case{"<", std::nullopt}, link_case{"<>;rel=last,<?", std::nullopt},
                      link_case{"<?>;rel=\"", std::nullopt}));

TEST(Headers, TakeTheLastPageFromAnyLinkField) {
    EXPECT_EQ(
        read({{"Link", "</a?page=2>; rel=next"}, {"LINK", "</b?page=3>; rel=last"}}).last_page, 3U);
}

TEST(Headers, TakeTotalsThatAreCounts) {
    EXPECT_EQ(read({{"X-Total-Count", "1234"}}).total_count, 1234U);
    EXPECT_EQ(read({{"x-total", "7"}}).total_count, 7U);
    for (const auto* const bad : {"", "-1", "many", "12abc", "0x10", "99999999999999999999999"}) {
        EXPECT_FALSE(read({{"X-Total-Count", bad}}).total_count) << bad;
    }
}

TEST(Headers, KeepTheLocationAsSent) {
    EXPECT_EQ(read({{"Location", "https://other.example/x"}}).location, "https://other.example/x");
}

struct wait_case {
    std::string_view value;
    std::optional<milliseconds> want;
};

TEST(RetryAfter, ReadsSecondsAndDates) {
    const utc_time sent = parse_http_date(server_date).value();
    const std::array cases{
        wait_case{"120", 120s},
        wait_case{" 5 ", 5s},
        wait_case{"0", 0s},
        wait_case{"-30", 0s},
        wait_case{"1.5", 1500ms},
        wait_case{"2.", 2s},
        wait_case{"0.0009", 0s},
        wait_case{"86400", 24h},
        wait_case{"86401", 24h},
        wait_case{"99999999999999999999999999", 24h},
        wait_case{"Fri, 20 Nov 2026 09:02:00 GMT", 2min},
        wait_case{"Fri, 20 Nov 2026 08:59:00 GMT", 0s},
        wait_case{"Mon, 20 Nov 2028 09:00:00 GMT", 24h},
        wait_case{"Friday, 20-Nov-26 09:00:30 GMT", 30s},
        wait_case{"Fri Nov 20 09:00:07 2026", 7s},
        wait_case{"", std::nullopt},
        wait_case{"soon", std::nullopt},
        wait_case{"1e3", std::nullopt},
        wait_case{"5 minutes", std::nullopt},
        wait_case{"--5", std::nullopt},
        wait_case{".5", std::nullopt},
        wait_case{"1.2.3", std::nullopt},
    };
    for (const auto& c : cases) {
        EXPECT_EQ(parse_retry_after(c.value, sent), c.want) << c.value;
    }
}

TEST(RetryAfter, IsRelativeToTheAnswersOwnDate) {
    const auto headers =
        read({{"Date", server_date}, {"Retry-After", "Fri, 20 Nov 2026 09:00:30 GMT"}});
    EXPECT_EQ(headers.retry_after, 30s);
    EXPECT_EQ(headers.date, parse_http_date(server_date));
}

TEST(RetryAfter, IsRelativeToLocalTimeWhereThereIsNoDate) {
    EXPECT_EQ(read({{"Retry-After", "Fri, 20 Nov 2026 10:01:00 GMT"}}).retry_after, 60s);
    EXPECT_EQ(
        read({{"Date", "yesterday"}, {"Retry-After", "Fri, 20 Nov 2026 10:01:00 GMT"}}).retry_after,
        60s);
}

struct rate_case {
    std::vector<header_field> fields;
    std::optional<std::uint64_t> limit;
    std::optional<std::uint64_t> remaining;
    std::optional<milliseconds> reset;
};

TEST(RateLimit, IsReadInAllItsForms) {
    const std::vector<rate_case> cases{
        {{{"X-RateLimit-Limit", "100"},
          {"X-RateLimit-Remaining", "0"},
          {"X-RateLimit-Reset", "30"}},
         100,
         0,
         30s},
        {{{"RateLimit-Limit", "100, 100;w=60"},
          {"RateLimit-Remaining", "42"},
          {"RateLimit-Reset", "7"}},
         100,
         42,
         7s},
        {{{"X-Rate-Limit-Limit", "15"},
          {"X-Rate-Limit-Remaining", "14"},
          {"X-Rate-Limit-Reset", "1.25"}},
         15,
         14,
         1250ms},
        // 2026-11-20T10:00:30Z in epoch seconds, milliseconds, and as dates.
        {{{"X-RateLimit-Reset", "1795168830"}}, {}, {}, 30s},
        {{{"X-RateLimit-Reset", "1795168830000"}}, {}, {}, 30s},
        {{{"X-RateLimit-Reset", "1795168800.5"}}, {}, {}, 500ms},
        {{{"X-RateLimit-Reset", "1795160000"}}, {}, {}, 0s},
        {{{"X-RateLimit-Reset", "2026-11-20T10:00:30Z"}}, {}, {}, 30s},
        {{{"X-RateLimit-Reset", "Fri, 20 Nov 2026 10:00:30 GMT"}}, {}, {}, 30s},
        {{{"RateLimit", "\"default\";r=5;t=10"}}, {}, 5, 10s},
        {{{"RateLimit", "limit=100, remaining=50, reset=5"}}, 100, 50, 5s},
        {{{"RateLimit-Remaining", "3"}, {"X-RateLimit-Remaining", "9"}}, {}, 3, {}},
        {{{"RateLimit", "\"default\";r;t=;x"}}, {}, {}, {}},
        {{{"X-RateLimit-Limit", "unlimited"}, {"X-RateLimit-Remaining", "-1"}}, {}, {}, {}},
        {{{"X-RateLimit-Reset", "99999999999999999999999"}}, {}, {}, 24h},
    };
    for (const auto& c : cases) {
        const auto headers = read(c.fields);
        const auto name =
            std::string{c.fields.front().name} + ": " + std::string{c.fields.front().value};
        EXPECT_EQ(headers.rate_limit, c.limit) << name;
        EXPECT_EQ(headers.rate_remaining, c.remaining) << name;
        EXPECT_EQ(headers.rate_reset, c.reset) << name;
    }
}

TEST(RateLimit, EpochResetsCountFromTheAnswersOwnDate) {
    EXPECT_EQ(read({{"Date", server_date}, {"X-RateLimit-Reset", "1795165205"}}).rate_reset, 5s);
}

struct coding_case {
    std::vector<header_field> fields;
    content_coding want;
};

TEST(ContentCoding, IsKnownOrRefused) {
    const std::vector<coding_case> cases{
        {{}, content_coding::identity},
        {{{"Content-Encoding", ""}}, content_coding::identity},
        {{{"Content-Encoding", "identity"}}, content_coding::identity},
        {{{"content-encoding", "GZIP"}}, content_coding::gzip},
        {{{"Content-Encoding", "x-gzip"}}, content_coding::gzip},
        {{{"Content-Encoding", "identity, gzip"}}, content_coding::gzip},
        {{{"Content-Encoding", "br"}}, content_coding::unknown},
        {{{"Content-Encoding", "deflate"}}, content_coding::unknown},
        {{{"Content-Encoding", "gzip, gzip"}}, content_coding::unknown},
        {{{"Content-Encoding", "gzip"}, {"Content-Encoding", "zstd"}}, content_coding::unknown},
    };
    for (const auto& c : cases) {
        EXPECT_EQ(read_coding(c.fields), c.want)
            << (c.fields.empty() ? "none" : c.fields.front().value);
    }
}

} // namespace
} // namespace callmirror::fetch
