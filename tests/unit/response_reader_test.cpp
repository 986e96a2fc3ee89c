#include "sync/fetch/inflate.hpp"
#include "sync/fetch/response_reader.hpp"
#include "tests/support/gzip.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace callmirror::fetch {
namespace {

using test_support::gzip;
using ::testing::HasSubstr;

enum class then { nothing, clean_end, cut };

struct outcome {
    answer got;
    bool reusable = false;
    bool still_reading = false;
};

void feed(response_reader& reader, std::string_view bytes, std::size_t piece) {
    while (!bytes.empty() && reader.reading()) {
        const auto space = reader.prepare();
        const std::size_t size = std::min({piece, bytes.size(), space.size()});
        std::copy_n(bytes.data(), size, space.data());
        reader.commit(size);
        bytes.remove_prefix(size);
    }
}

outcome read(std::string_view bytes, then after = then::nothing, response_limits limits = {},
             std::size_t piece = 1U << 20U, request_kind kind = request_kind::get) {
    response_reader reader{limits, kind};
    feed(reader, bytes, piece);
    outcome result;
    result.still_reading = reader.reading();
    if (reader.reading()) {
        reader.end_of_stream(after == then::clean_end);
    }
    result.reusable = reader.reusable();
    result.got = reader.take(utc_time{});
    return result;
}

std::string response(const std::string& fields, const std::string& body) {
    return "HTTP/1.1 200 OK\r\n" + fields + "\r\n" + body;
}

std::string sized(const std::string& body, const std::string& fields = "") {
    return response(fields + "Content-Length: " + std::to_string(body.size()) + "\r\n", body);
}

TEST(ResponseReader, ReadsABodyWithALength) {
    const auto [got, reusable, still_reading] =
        read(sized("[1,2]", "Content-Type: application/json\r\nX-Total-Count: 2\r\n"));
    EXPECT_FALSE(still_reading);
    EXPECT_TRUE(reusable);
    EXPECT_EQ(got.failure, failure_kind::none);
    EXPECT_EQ(got.status, 200);
    EXPECT_EQ(got.body, "[1,2]");
    EXPECT_EQ(got.headers.content_type, "application/json");
    EXPECT_EQ(got.headers.total_count, 2U);
    EXPECT_GE(got.body.capacity(), got.body.size() + body_padding);
}

TEST(ResponseReader, GivesTheSameWhereverTheBytesAreSplit) {
    const std::string body(5'000, 'x');
    const std::array messages{
        sized(body),
        sized(gzip(body), "Content-Encoding: gzip\r\n"),
        response("Transfer-Encoding: chunked\r\n", "7d0;name=value\r\n" + body.substr(0, 2000) +
                                                       "\r\nbb8\r\n" + body.substr(2000) +
                                                       "\r\n0\r\nTrailer: x\r\n\r\n"),
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + sized(body),
    };
    for (const auto& message : messages) {
        for (const std::size_t piece : {1U, 2U, 3U, 7U, 100U, 4096U}) {
            const auto result = read(message, then::nothing, {}, piece);
            EXPECT_EQ(result.got.body, body) << piece << " of " << message.substr(0, 60);
            EXPECT_EQ(result.got.failure_text, "");
            EXPECT_TRUE(result.reusable);
        }
    }
}

TEST(ResponseReader, IsCutWhereverTheConnectionEndsEarly) {
    const std::string body = "[1,2,3,4]";
    const std::array messages{
        sized(body),
        response("Transfer-Encoding: chunked\r\n", "9\r\n" + body + "\r\n0\r\n\r\n"),
    };
    for (const auto& message : messages) {
        for (std::size_t size = 1; size < message.size(); ++size) {
            for (const then end : {then::clean_end, then::cut}) {
                const auto result = read(message.substr(0, size), end);
                EXPECT_TRUE(result.still_reading) << size;
                EXPECT_EQ(result.got.failure, failure_kind::truncated) << size;
                EXPECT_EQ(result.got.status, 0);
                EXPECT_EQ(result.got.body, "");
                EXPECT_FALSE(result.reusable);
            }
        }
    }
}

TEST(ResponseReader, TakesACleanEndForTheEndOfABodyWithoutALength) {
    const auto whole = read(response("", "[1,2]"), then::clean_end);
    EXPECT_EQ(whole.got.failure, failure_kind::none);
    EXPECT_EQ(whole.got.body, "[1,2]");
    EXPECT_FALSE(whole.reusable);
    EXPECT_EQ(read(response("", ""), then::clean_end).got.body, "");
    EXPECT_EQ(read(response("", "[1,2]"), then::cut).got.failure, failure_kind::truncated);
}

TEST(ResponseReader, CallsSilenceUnreachable) {
    for (const then end : {then::clean_end, then::cut}) {
        const auto result = read("", end);
        EXPECT_EQ(result.got.failure, failure_kind::unreachable);
        EXPECT_THAT(result.got.failure_text, HasSubstr("without an answer"));
    }
}

TEST(ResponseReader, ReadsErrorsAndRedirectsLikeAnyAnswer) {
    const auto redirect = read("HTTP/1.1 302 Found\r\nLocation: https://other.example/\r\n"
                               "Content-Length: 0\r\n\r\n");
    EXPECT_EQ(redirect.got.status, 302);
    EXPECT_EQ(redirect.got.headers.location, "https://other.example/");
    const auto busy = read("HTTP/1.1 503 \r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\nno");
    EXPECT_EQ(busy.got.status, 503);
    EXPECT_EQ(busy.got.headers.retry_after, std::chrono::seconds{7});
    EXPECT_EQ(read("HTTP/1.1 204 No Content\r\n\r\n").got.status, 204);
    EXPECT_EQ(read("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n").got.status, 304);
}

TEST(ResponseReader, KeepsNoConnectionThatTheServerCloses) {
    EXPECT_FALSE(read(sized("x", "Connection: close\r\n")).reusable);
    EXPECT_FALSE(read("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx").reusable);
    EXPECT_TRUE(
        read("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx").reusable);
}

TEST(ResponseReader, KeepsNoConnectionWithBytesAfterTheAnswer) {
    const auto result = read(sized("x") + "HTTP/1.1 200 OK\r\n");
    EXPECT_EQ(result.got.body, "x");
    EXPECT_FALSE(result.reusable);
}

TEST(ResponseReader, RefusesWhatIsNotHttp) {
    for (const std::string& bad : std::initializer_list<std::string>{
             "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n",
             "<html></html>\r\n\r\n", "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
             "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
             "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
             "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nx",
             "HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\n\r\n",
             "HTTP/1.1 000 Nothing\r\n\r\n", "HTTP/1.1 099 Nothing\r\n\r\n",
             response("Transfer-Encoding: chunked\r\n", "xyz\r\n"),
             response("Transfer-Encoding: chunked\r\n", "1\r\nab\r\n0\r\n\r\n"),
             response("Transfer-Encoding: gzip, chunked\r\n", "1\r\na\r\n"),
             response("Transfer-Encoding: identity\r\n", "a")}) {
        const auto result = read(bad, then::clean_end);
        EXPECT_EQ(result.got.failure, failure_kind::bad_answer) << bad;
        EXPECT_EQ(result.got.status, 0);
        EXPECT_FALSE(result.reusable);
    }
}

TEST(ResponseReader, BoundsInterimAnswers) {
    std::string many;
    for (int number = 0; number < 100; ++number) {
        many += "HTTP/1.1 102 Processing\r\n\r\n";
    }
    EXPECT_EQ(read(many).got.failure, failure_kind::bad_answer);
}

TEST(ResponseReader, BoundsTheHeader) {
    const response_limits limits{.header = 4096, .body = 1000};
    const std::string endless_field = "HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x');
    const std::string endless_line = "HTTP/1.1 200 " + std::string(100'000, 'x');
    std::string many_fields = "HTTP/1.1 200 OK\r\n";
    for (int number = 0; number < 1000; ++number) {
        many_fields += "X-" + std::to_string(number) + ": y\r\n";
    }
    const std::string chunked = "Transfer-Encoding: chunked\r\n";
    const std::string extension = response(chunked, "1;" + std::string(100'000, 'x'));
    const std::string trailer = response(chunked, "0\r\nX: " + std::string(100'000, 'x'));
    for (const auto& message : {endless_field, endless_line, many_fields, extension, trailer}) {
        for (const std::size_t piece : {1U, 100U, 1U << 20U}) {
            const auto result = read(message, then::cut, limits, piece);
            EXPECT_EQ(result.got.failure, failure_kind::too_large)
                << piece << " of " << message.substr(0, 40) << ": " << result.got.failure_text;
        }
    }
}

TEST(ResponseReader, BoundsTheBodyBeforeItIsRead) {
    const response_limits limits{.header = 4096, .body = 1000};
    EXPECT_EQ(read(sized(std::string(1000, 'x')), then::cut, limits).got.failure,
              failure_kind::none);
    const std::string huge = "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n";
    for (const auto& message :
         {sized(std::string(1001, 'x')), huge, response("", std::string(1001, 'x')),
          response("Transfer-Encoding: chunked\r\n", "FFFFFFFFFFFFFFFF\r\n"),
          response("Transfer-Encoding: chunked\r\n",
                   "3e8\r\n" + std::string(1000, 'x') + "\r\n1\r\n")}) {
        EXPECT_EQ(read(message, then::cut, limits).got.failure, failure_kind::too_large)
            << message.substr(0, 80);
    }
}

TEST(ResponseReader, BoundsTheInflatedBody) {
    const response_limits limits{.header = 4096, .body = 10'000};
    const std::string bomb = gzip(std::string(1'000'000, '0'));
    ASSERT_LT(bomb.size(), limits.body);
    const auto result = read(sized(bomb, "Content-Encoding: gzip\r\n"), then::cut, limits);
    EXPECT_EQ(result.got.failure, failure_kind::too_large);
    EXPECT_EQ(result.got.body, "");
}

TEST(ResponseReader, RefusesCodingsItDidNotAskFor) {
    const auto result = read(sized("x", "Content-Encoding: b\x1br\r\n"));
    EXPECT_EQ(result.got.failure, failure_kind::bad_answer);
    const auto brotli = read(sized("x", "Content-Encoding: br\r\n"));
    EXPECT_EQ(brotli.got.failure, failure_kind::bad_answer);
    EXPECT_THAT(brotli.got.failure_text, HasSubstr("br"));
}

TEST(ResponseReader, RefusesBadGzip) {
    const auto result =
        read(sized("this is no gzip, but long enough", "Content-Encoding: gzip\r\n"));
    EXPECT_EQ(result.got.failure, failure_kind::bad_answer);
    EXPECT_THAT(result.got.failure_text, HasSubstr("gzip"));
}

TEST(ResponseReader, TakesAnEmptyBodyWhateverItsCoding) {
    const auto result = read(sized("", "Content-Encoding: gzip\r\n"));
    EXPECT_EQ(result.got.failure, failure_kind::none);
    EXPECT_EQ(result.got.body, "");
}

TEST(ResponseReader, ReadsNoBodyAfterAProxysConnect) {
    const response_limits limits;
    response_reader reader{limits, request_kind::connect};
    feed(reader, "HTTP/1.0 200 Connection established\r\nContent-Length: 9\r\n\r\n", 1U << 20U);
    EXPECT_FALSE(reader.reading());
    EXPECT_FALSE(reader.surplus());
    EXPECT_EQ(reader.take(utc_time{}).status, 200);

    response_reader talkative{limits, request_kind::connect};
    feed(talkative, "HTTP/1.1 200 OK\r\n\r\nhello", 1U << 20U);
    EXPECT_TRUE(talkative.surplus());
}

TEST(ResponseReader, FailsAsItsCallerSays) {
    response_reader reader{{}};
    reader.fail(failure_kind::timeout, "too slow");
    EXPECT_FALSE(reader.reading());
    const answer got = reader.take(utc_time{});
    EXPECT_EQ(got.failure, failure_kind::timeout);
    EXPECT_EQ(got.failure_text, "too slow");
}

} // namespace
} // namespace callmirror::fetch
