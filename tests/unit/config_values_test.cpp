#include "config/values.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace callmirror::config {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

TEST(Duration, IsDigitsAndOneUnit) {
    struct {
        std::string_view text;
        std::optional<milliseconds> duration;
    } const cases[] = {
        {"30s", 30s},
        {"15m", 15min},
        {"6h", 6h},
        {"90d", 90 * 24h},
        {"0s", 0s},
        {"007m", 7min},
        {"999999999d", std::chrono::days{999'999'999}},
        {"", std::nullopt},
        {"s", std::nullopt},
        {"30", std::nullopt},
        {"30 s", std::nullopt},
        {" 30s", std::nullopt},
        {"30s ", std::nullopt},
        {"30S", std::nullopt},
        {"30ms", std::nullopt},
        {"30w", std::nullopt},
        {"1h30m", std::nullopt},
        {"1.5h", std::nullopt},
        {"-1s", std::nullopt},
        {"+1s", std::nullopt},
        {"9999999999s", std::nullopt},
        {"99999999999999999999d", std::nullopt},
    };
    for (const auto& each : cases) {
        EXPECT_EQ(parse_duration(each.text), each.duration) << each.text;
    }
}

TEST(Duration, IsWrittenInItsLargestUnit) {
    EXPECT_EQ(duration_text(0s), "0s");
    EXPECT_EQ(duration_text(90s), "90s");
    EXPECT_EQ(duration_text(900s), "15m");
    EXPECT_EQ(duration_text(6h), "6h");
    EXPECT_EQ(duration_text(48h), "2d");
}

TEST(AccountName, IsShortAndOfPlainCharacters) {
    EXPECT_TRUE(is_account_name("acme"));
    EXPECT_TRUE(is_account_name("-A.z_09"));
    EXPECT_TRUE(is_account_name(std::string(64, 'a')));
    EXPECT_FALSE(is_account_name(std::string(65, 'a')));
    for (const std::string_view each : {"", "a b", "a/b", "a\n", "\xC3\xA9", "a:b", "a\"b"}) {
        EXPECT_FALSE(is_account_name(each)) << each;
    }
}

TEST(Loopback, IsAnAddressAndNoNameThatLooksLikeOne) {
    for (const std::string_view each :
         {"127.0.0.1", "127.255.0.3", "::1", "0:0:0:0:0:0:0:1", "localhost", "LOCALHOST"}) {
        EXPECT_TRUE(is_loopback(each)) << each;
    }
    for (const std::string_view each :
         {"", "128.0.0.1", "0.0.0.0", "::", "::2", "1::1", "127.0.0.1.example.com", "127.1",
          "localhost.example.com", "::ffff:127.0.0.1", "[::1]"}) {
        EXPECT_FALSE(is_loopback(each)) << each;
    }
}

TEST(BaseUrl, IsBroughtIntoOneForm) {
    struct {
        std::string_view text;
        std::string_view url;
    } const cases[] = {
        {"https://api.snapcall.io", "https://api.snapcall.io"},
        {"HTTPS://API.SnapCall.io/", "https://api.snapcall.io"},
        {"https://api.snapcall.io:8443", "https://api.snapcall.io:8443"},
        {"https://10.0.0.1", "https://10.0.0.1"},
        {"https://[2001:DB8::1]:8443/", "https://[2001:db8::1]:8443"},
        {"http://127.0.0.1:8080", "http://127.0.0.1:8080"},
        {"http://[::1]", "http://[::1]"},
        {"http://localhost:1/", "http://localhost:1"},
    };
    for (const auto& each : cases) {
        EXPECT_EQ(parse_base_url(each.text).url, each.url) << each.text;
    }
}

TEST(BaseUrl, NamesTheRuleItBreaks) {
    struct {
        std::string_view text;
        std::string_view rule;
    } const cases[] = {
        {"", "want it to start with https://"},
        {"api.snapcall.io", "want it to start with https://"},
        {"ftp://api.snapcall.io", "want it to start with https://"},
        {"https://", "want a host name or address after ://"},
        {"https:///v2", "want a host name or address after ://"},
        {"https://api snapcall.io", "want a host name or address after ://"},
        {"https://api..io", "want a host name or address after ://"},
        {"https://[::1", "want a host name or address after ://"},
        {"https://[127.0.0.1]", "want a host name or address after ://"},
        {"https://::1", "want a host name or address after ://"},
        {"https://[::1]443", "want a host name or address after ://"},
        {"https://h:", "want a port from 1 to 65535"},
        {"https://h:0", "want a port from 1 to 65535"},
        {"https://h:65536", "want a port from 1 to 65535"},
        {"https://h:+1", "want a port from 1 to 65535"},
        {"https://h/v2", "want no path after the host: the program adds it"},
        {"https://h?x", "want no path after the host: the program adds it"},
        {"https://h/#x", "want no path after the host: the program adds it"},
        {"http://api.snapcall.io", "want https://; http:// is for loopback hosts only"},
        {"http://127.0.0.1.evil.io", "want https://; http:// is for loopback hosts only"},
        {"http://0.0.0.0", "want https://; http:// is for loopback hosts only"},
        {"https://u:p@h", "want no name or password in it"},
    };
    for (const auto& each : cases) {
        const base_url_result result = parse_base_url(each.text);
        EXPECT_EQ(result.rule, each.rule) << each.text;
        EXPECT_EQ(result.url, "") << each.text;
        EXPECT_EQ(result.may_show, each.text.find('@') == std::string_view::npos);
    }
}

TEST(Listen, IsAnAddressAndAPort) {
    EXPECT_EQ(parse_listen("127.0.0.1:9464"), (listen_address{"127.0.0.1", 9464}));
    EXPECT_EQ(parse_listen("[::1]:0"), (listen_address{"::1", 0}));
    EXPECT_EQ(parse_listen("localhost:80"), (listen_address{"127.0.0.1", 80}));
    EXPECT_EQ(parse_listen("0.0.0.0:65535"), (listen_address{"0.0.0.0", 65535}));
    for (const std::string_view each :
         {"", ":9464", "9464", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
          "127.0.0.1:80x", "::1:80", "[::1]", "[127.0.0.1]:80", "[localhost]:80", "example.com:80",
          "http://127.0.0.1:80", "127.0.0.1:80 "}) {
        EXPECT_FALSE(parse_listen(each)) << each;
    }
}

TEST(Nearest, IsTheKnownWordWithTheFewestEdits) {
    constexpr std::array<std::string_view, 3> words{"page_size", "name", "auth"};
    EXPECT_EQ(nearest("pagesize", words), "page_size");
    EXPECT_EQ(nearest("PAGE_SIZE", words), "page_size");
    EXPECT_EQ(nearest("naem", words), "name");
    EXPECT_EQ(nearest("", words), "name");
    EXPECT_EQ(nearest("x", {}), "");
}

TEST(Regression, AnAddressDoesNotEndAtANulCharacter) {
    using namespace std::string_view_literals;
    EXPECT_FALSE(parse_listen("[::1\0x]:9464"sv));
    EXPECT_FALSE(is_loopback("127.0.0.1\0x"sv));
    EXPECT_EQ(parse_base_url("https://[::1\0x]"sv).url, "");
}

} // namespace
} // namespace callmirror::config
