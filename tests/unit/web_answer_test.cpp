#include "daemon/web_answer.hpp"
#include "tests/unit/web_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace callmirror::daemon {
namespace {

using testing::HasSubstr;
using testing::Not;

const web_rules loopback{.listen_host = "127.0.0.1", .allow_remote = false};

web_answer ask(std::string_view method, std::string_view target,
               std::optional<std::string_view> host = "localhost:9464",
               const web_rules& rules = loopback) {
    const example_view example;
    return answer_to({.method = method, .target = target, .host = host}, rules,
                     [&] { return example.view; });
}

TEST(WebAnswer, KnowsItsFourPaths) {
    EXPECT_EQ(ask("GET", "/healthz").body, "ok\n");
    EXPECT_THAT(ask("GET", "/readyz").body, HasSubstr("acme: mirroring"));
    EXPECT_THAT(ask("GET", "/metrics").body,
                HasSubstr("callmirror_build_info{version=\"1.2.3\"} 1"));
    EXPECT_THAT(ask("GET", "/").body, HasSubstr("<!doctype html>"));
    for (const auto* path : {"/healthz", "/readyz", "/metrics", "/", "/metrics?name=x"}) {
        EXPECT_EQ(ask("GET", path).status, 200) << path;
        EXPECT_EQ(ask("HEAD", path).status, 200) << path;
    }
}

TEST(WebAnswer, HasNothingElse) {
    for (const auto* path :
         {"/x", "", "*", "//", "/metrics/", "/../etc/passwd", "http://localhost/"}) {
        EXPECT_EQ(ask("GET", path).status, 404) << path;
    }
}

TEST(WebAnswer, TakesNoOtherMethod) {
    for (const auto* method : {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "get", ""}) {
        EXPECT_EQ(ask(method, "/metrics").status, 405) << method;
    }
}

TEST(WebAnswer, TellsTypesWithTheirCharset) {
    EXPECT_EQ(ask("GET", "/").type, "text/html; charset=utf-8");
    EXPECT_EQ(ask("GET", "/metrics").type, "text/plain; version=0.0.4; charset=utf-8");
    EXPECT_EQ(ask("GET", "/healthz").type, "text/plain; charset=utf-8");
}

TEST(WebAnswer, ServesNoHostButItsOwn) {
    for (const auto* host : {"localhost", "LOCALHOST:1", "127.0.0.1", "127.0.0.1:9464", "[::1]",
                             "[::1]:9464", "127.0.0.1:"}) {
        EXPECT_EQ(ask("GET", "/", host).status, 200) << host;
    }
    for (const auto* host :
         {"evil.example", "evil.example:9464", "localhost.evil.example", "127.0.0.1.evil.example",
          "", ":9464", "[::1", "[::1]evil", "127.0.0.1:x", "localhost:80@evil", "127.0.0.2"}) {
        EXPECT_EQ(ask("GET", "/", host).status, 421) << host;
    }
    EXPECT_EQ(ask("GET", "/", std::nullopt).status, 400);
}

TEST(WebAnswer, ServesTheAddressItListensOn) {
    const web_rules v4{.listen_host = "127.0.0.2", .allow_remote = false};
    EXPECT_EQ(ask("GET", "/", "127.0.0.2:1", v4).status, 200);
    const web_rules v6{.listen_host = "FD00::7", .allow_remote = false};
    EXPECT_EQ(ask("GET", "/", "[fd00::7]:1", v6).status, 200);
}

TEST(WebAnswer, ServesAnyHostWhereOthersAreAllowed) {
    const web_rules open{.listen_host = "0.0.0.0", .allow_remote = true};
    EXPECT_EQ(ask("GET", "/", "mirror.example:9464", open).status, 200);
    EXPECT_EQ(ask("GET", "/", "", open).status, 421);
}

TEST(WebAnswer, LooksOnlyWhereTheAnswerNeedsIt) {
    const auto never = []() -> web_view { throw std::logic_error("looked"); };
    EXPECT_EQ(answer_to({"GET", "/healthz", "localhost"}, loopback, never).status, 200);
    EXPECT_EQ(answer_to({"GET", "/", "evil.example"}, loopback, never).status, 421);
    EXPECT_EQ(answer_to({"POST", "/", "localhost"}, loopback, never).status, 405);
}

TEST(Readiness, NamesWhatIsMissing) {
    example_view example;
    EXPECT_TRUE(readiness_of(example.view).ready);

    example.account.enter(engine::account_phase::held_elsewhere, "held by other:1:2");
    EXPECT_TRUE(readiness_of(example.view).ready);
    EXPECT_THAT(readiness_of(example.view).text, HasSubstr("acme: held by other:1:2"));

    for (const auto phase :
         {engine::account_phase::starting, engine::account_phase::lease_lost,
          engine::account_phase::database_away, engine::account_phase::key_refused}) {
        example.account.enter(phase, "as it is");
        EXPECT_FALSE(readiness_of(example.view).ready) << name_of(phase);
        EXPECT_EQ(readiness_of(example.view).text, "not ready\nacme: as it is\n");
    }
}

TEST(Readiness, WaitsForTheSchemaAndEndsWithTheStop) {
    example_view example;
    example.view.schema_ready = false;
    EXPECT_FALSE(readiness_of(example.view).ready);
    EXPECT_THAT(readiness_of(example.view).text, HasSubstr("database"));
    example.view.schema_ready = true;
    example.view.schema_trouble = "the database's schema is version 99";
    EXPECT_EQ(readiness_of(example.view).text, "not ready\nthe database's schema is version 99\n");
    EXPECT_FALSE(readiness_of(example.view).ready);
    EXPECT_FALSE(database_is_up(example.view));
    example.view.schema_trouble.clear();
    example.view.stopping = true;
    EXPECT_EQ(readiness_of(example.view).text, "stopping\n");
    EXPECT_FALSE(readiness_of(example.view).ready);
}

TEST(Readiness, IsA503WithTheReason) {
    example_view example;
    example.account.enter(engine::account_phase::database_away, "waiting for the database");
    const auto answer =
        answer_to({"GET", "/readyz", "localhost"}, loopback, [&] { return example.view; });
    EXPECT_EQ(answer.status, 503);
    EXPECT_THAT(answer.body, HasSubstr("acme: waiting for the database"));
}

} // namespace
} // namespace callmirror::daemon
