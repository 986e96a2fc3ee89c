#include "sync/fetch/url.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>

namespace callmirror::fetch {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(BaseUrl, IsSchemeHostAndPort) {
    EXPECT_EQ(parse_base_url("https://api.snapcall.io"), (origin{true, {"api.snapcall.io", 443}}));
    EXPECT_EQ(parse_base_url("HTTPS://API.SnapCall.io/"), (origin{true, {"api.snapcall.io", 443}}));
    EXPECT_EQ(parse_base_url("https://10.0.0.1:8443"), (origin{true, {"10.0.0.1", 8443}}));
    EXPECT_EQ(parse_base_url("https://[2001:DB8::1]"), (origin{true, {"2001:db8::1", 443}}));
    EXPECT_EQ(parse_base_url("http://localhost"), (origin{false, {"localhost", 80}}));
    EXPECT_EQ(parse_base_url("http://127.9.9.9:1"), (origin{false, {"127.9.9.9", 1}}));
    EXPECT_EQ(parse_base_url("http://[::1]:65535"), (origin{false, {"::1", 65535}}));
}

TEST(BaseUrl, IsRefusedWhereItIsAnythingElse) {
    for (const auto* const bad : {"",
                                  "api.snapcall.io",
                                  "ftp://host",
                                  "https://",
                                  "https:///x",
                                  "https://host/v2",
                                  "https://host//",
                                  "https://host?x",
                                  "https://host#x",
                                  "https://user@host",
                                  "https://key:pw@host",
                                  "https://host:0",
                                  "https://host:65536",
                                  "https://host:",
                                  "https://host:x",
                                  "https://ho st",
                                  "https://host\r\nX:",
                                  "https://[::1",
                                  "https://[]",
                                  "https://[127.0.0.1]",
                                  "https://[::1]x",
                                  "https://[fe80::1%eth0]",
                                  "https://h\xc3\xb6st"}) {
        EXPECT_THROW(parse_base_url(bad), std::invalid_argument) << bad;
    }
}

TEST(BaseUrl, SpeaksPlainHttpToLoopbackAlone) {
    for (const auto* const bad : {"http://api.snapcall.io", "http://128.0.0.1", "http://[::2]",
                                  "http://localhost.example", "http://127.0.0.1.example"}) {
        EXPECT_THROW(parse_base_url(bad), std::invalid_argument) << bad;
    }
}

TEST(HostPort, IsWrittenWithBracketsWhereNeeded) {
    EXPECT_EQ(to_text({"::1", 443}), "[::1]:443");
    EXPECT_EQ(to_text({"host", 80}), "host:80");
    EXPECT_EQ(to_host_field({"::1", 443}, 443), "[::1]");
    EXPECT_EQ(to_host_field({"::1", 444}, 443), "[::1]:444");
    EXPECT_EQ(to_host_field({"host", 443}, 443), "host");
}

TEST(Proxy, IsReadInAllItsForms) {
    EXPECT_EQ(parse_proxy("http://proxy:3128"), (proxy_server{{"proxy", 3128}, ""}));
    EXPECT_EQ(parse_proxy("proxy:3128/"), (proxy_server{{"proxy", 3128}, ""}));
    EXPECT_EQ(parse_proxy("proxy"), (proxy_server{{"proxy", 1080}, ""}));
    EXPECT_EQ(parse_proxy("http://[::1]:8080"), (proxy_server{{"::1", 8080}, ""}));
    // RFC 7617's own example, then the same with escapes.
    EXPECT_EQ(parse_proxy("http://Aladdin:open%20sesame@proxy:1").authorization,
              "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    EXPECT_EQ(parse_proxy("http://%41laddin:open sesame@proxy:1").authorization,
              "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    EXPECT_EQ(parse_proxy("http://user@proxy:1").authorization, "Basic dXNlcjo=");
    EXPECT_EQ(parse_proxy("http://a:b@c@proxy:1").authorization, "Basic YTpiQGM=");
    EXPECT_EQ(parse_proxy("http://a:100%@proxy:1").authorization, "Basic YToxMDAl");
}

TEST(Proxy, IsRefusedWithoutRepeatingItsPassword) {
    for (const auto* const bad :
         {"https://u:hush@proxy:1", "socks5://u:hush@proxy:1", "http://u:hush@",
          "http://u:hush@p:0", "http://u:hush@proxy:1/path", "u:hush@pro xy"}) {
        try {
            parse_proxy(bad);
            ADD_FAILURE() << "taken: " << bad;
        } catch (const std::invalid_argument& error) {
            EXPECT_THAT(error.what(), Not(HasSubstr("hush")));
            EXPECT_THAT(error.what(), HasSubstr("proxy"));
        }
    }
}

struct no_proxy_case {
    const char* list;
    host_port where;
    bool bypassed;
};

TEST(NoProxy, NamesHostsSuffixesAndPorts) {
    const std::array cases{
        no_proxy_case{"", {"api.example", 443}, false},
        no_proxy_case{"*", {"api.example", 443}, true},
        no_proxy_case{"api.example", {"api.example", 443}, true},
        no_proxy_case{"API.Example", {"api.example", 443}, true},
        no_proxy_case{"example", {"api.example", 443}, true},
        no_proxy_case{".example", {"api.example", 443}, true},
        no_proxy_case{".example", {"example", 443}, true},
        no_proxy_case{"xample", {"api.example", 443}, false},
        no_proxy_case{"other, api.example", {"api.example", 443}, true},
        no_proxy_case{"other api.example,", {"api.example", 443}, true},
        no_proxy_case{"api.example:443", {"api.example", 443}, true},
        no_proxy_case{"api.example:8443", {"api.example", 443}, false},
        no_proxy_case{"10.0.0.1", {"10.0.0.1", 443}, true},
        no_proxy_case{"fd00::1", {"fd00::1", 443}, true},
        no_proxy_case{"[fd00::1]", {"fd00::1", 443}, true},
        no_proxy_case{"[fd00::1]:443", {"fd00::1", 443}, true},
        no_proxy_case{"[fd00::1]:444", {"fd00::1", 443}, false},
        no_proxy_case{"[", {"api.example", 443}, false},
        no_proxy_case{".", {"api.example", 443}, false},
        no_proxy_case{":443", {"api.example", 443}, false},
    };
    for (const auto& c : cases) {
        EXPECT_EQ(bypasses_proxy(c.list, c.where), c.bypassed) << c.list;
    }
}

struct environment_case {
    std::map<std::string, std::string> variables;
    const char* base_url;
    const char* proxy; // its host; "" for none
};

environment environment_of(const std::map<std::string, std::string>& variables) {
    return [variables](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional{found->second};
    };
}

TEST(Environment, ChoosesTheProxyAsCurlDoes) {
    const char* const api = "https://api.example";
    const std::vector<environment_case> cases{
        {{}, api, ""},
        {{{"HTTPS_PROXY", "p1:1"}}, api, "p1"},
        {{{"https_proxy", "p2:1"}, {"HTTPS_PROXY", "p1:1"}}, api, "p2"},
        {{{"https_proxy", ""}, {"HTTPS_PROXY", "p1:1"}}, api, "p1"},
        {{{"http_proxy", "p1:1"}, {"HTTP_PROXY", "p2:1"}}, api, ""},
        {{{"ALL_PROXY", "p3:1"}}, api, "p3"},
        {{{"all_proxy", "p4:1"}, {"HTTPS_PROXY", "p1:1"}}, api, "p1"},
        {{{"HTTPS_PROXY", "p1:1"}, {"NO_PROXY", "api.example"}}, api, ""},
        {{{"HTTPS_PROXY", "p1:1"}, {"no_proxy", "other"}, {"NO_PROXY", "*"}}, api, "p1"},
        {{{"HTTPS_PROXY", "p1:1"}}, "https://localhost", ""},
        {{{"HTTPS_PROXY", "p1:1"}}, "https://127.0.0.1:8443", ""},
        {{{"ALL_PROXY", "p1:1"}}, "http://[::1]", ""},
    };
    for (const auto& c : cases) {
        const auto chosen = choose_proxy(parse_base_url(c.base_url), environment_of(c.variables));
        EXPECT_EQ(chosen ? chosen->where.host : "", c.proxy)
            << (c.variables.empty() ? "none" : c.variables.begin()->first);
    }
}

TEST(Environment, NamesTheVariableThatIsWrong) {
    try {
        choose_proxy(parse_base_url("https://api.example"),
                     environment_of({{"HTTPS_PROXY", "socks5://u:hush@p:1"}}));
        ADD_FAILURE() << "taken";
    } catch (const std::invalid_argument& error) {
        EXPECT_THAT(error.what(), HasSubstr("HTTPS_PROXY"));
        EXPECT_THAT(error.what(), Not(HasSubstr("hush")));
    }
}

TEST(Regression, AnAddressDoesNotEndAtANulCharacter) {
    using namespace std::string_view_literals;
    EXPECT_THROW(parse_base_url("https://[::1\0x]"sv), std::invalid_argument);
    EXPECT_THROW(parse_proxy("[::1\0]:3128"sv), std::invalid_argument);
    EXPECT_FALSE(is_ip_address("127.0.0.1\0x"sv));
    EXPECT_FALSE(is_loopback("127.0.0.1\0x"sv));
}

} // namespace
} // namespace callmirror::fetch
