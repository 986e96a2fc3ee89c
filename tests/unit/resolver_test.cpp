#include "sync/fetch/resolver.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <exception>
#include <future>
#include <memory>
#include <string>
#include <vector>

namespace callmirror::fetch {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using ::testing::HasSubstr;

look_up_result found(const std::string& address) {
    return {{asio::ip::make_address(address)}, failure_kind::none, ""};
}

look_up_result broken() {
    return {{}, failure_kind::unreachable, "look up api.example: broken"};
}

void resolve_into(asio::io_context& io, resolver& with, std::chrono::milliseconds limit,
                  look_up_result& into) {
    asio::co_spawn(io, with.resolve(limit), [&into](std::exception_ptr error, look_up_result got) {
        ASSERT_FALSE(error);
        into = std::move(got);
    });
}

look_up_result resolve(asio::io_context& io, resolver& with,
                       std::chrono::milliseconds limit = 10s) {
    look_up_result result;
    resolve_into(io, with, limit, result);
    io.restart();
    io.run();
    return result;
}

TEST(Resolver, TakesAnAddressAsItIs) {
    asio::io_context io;
    for (const std::string host : {"127.0.0.1", "::1"}) {
        resolver subject{io.get_executor(), host, [](const std::string&) -> look_up_result {
                             throw std::logic_error("looked up");
                         }};
        const auto result = resolve(io, subject);
        ASSERT_EQ(result.addresses.size(), 1U);
        EXPECT_EQ(result.addresses.front().to_string(), host);
    }
}

TEST(Resolver, AsksTheSystem) {
    asio::io_context io;
    resolver subject{io.get_executor(), "localhost"};
    const auto result = resolve(io, subject);
    ASSERT_FALSE(result.addresses.empty()) << result.failure_text;
    EXPECT_TRUE(result.addresses.front().is_loopback());
}

TEST(Resolver, SaysWhatTheSystemSaid) {
    // RFC 6761: a name that never exists. With no network the look-up fails as well.
    const auto result = system_look_up("no-such-host.invalid");
    EXPECT_EQ(result.failure, failure_kind::unreachable);
    EXPECT_THAT(result.failure_text, HasSubstr("look up no-such-host.invalid: "));
}

TEST(Resolver, SharesOneLookUpBetweenThoseThatWait) {
    asio::io_context io;
    std::atomic<int> calls{0};
    resolver subject{io.get_executor(), "api.example", [&calls](const std::string& host) {
                         EXPECT_EQ(host, "api.example");
                         ++calls;
                         return found("192.0.2.1");
                     }};
    std::vector<look_up_result> results(5);
    for (auto& result : results) {
        resolve_into(io, subject, 10s, result);
    }
    io.run();
    for (const auto& result : results) {
        ASSERT_EQ(result.addresses.size(), 1U);
    }
    EXPECT_EQ(resolve(io, subject).addresses.size(), 1U) << "fresh: asked for no more";
    EXPECT_EQ(calls, 1);
}

// A look-up that hangs until it is released, as with a name server that does not answer.
struct hanging {
    std::promise<look_up_result> promise;
    std::shared_future<look_up_result> future{promise.get_future()};
    look_up_function function() {
        return [future = future](const std::string&) { return future.get(); };
    }
};

TEST(Resolver, GivesUpInTimeAndUsesALateAnswerNextTime) {
    asio::io_context io;
    hanging name_server;
    resolver subject{io.get_executor(), "api.example", name_server.function()};
    const auto late = resolve(io, subject, 20ms);
    EXPECT_EQ(late.failure, failure_kind::timeout);
    EXPECT_THAT(late.failure_text, HasSubstr("look up api.example: no answer within 20 ms"));

    look_up_result next;
    resolve_into(io, subject, 10s, next);
    io.restart();
    io.poll(); // it waits for the look-up that still runs
    name_server.promise.set_value(found("192.0.2.7"));
    io.run();
    ASSERT_EQ(next.addresses.size(), 1U);
    EXPECT_EQ(next.addresses.front().to_string(), "192.0.2.7");
}

TEST(Resolver, SaysWhyALookUpFailed) {
    asio::io_context io;
    resolver subject{io.get_executor(), "api.example", [](const std::string&) { return broken(); }};
    const auto result = resolve(io, subject);
    EXPECT_EQ(result.failure, failure_kind::unreachable);
    EXPECT_EQ(result.failure_text, "look up api.example: broken");
}

TEST(Resolver, EndsAtOnceWhenStopped) {
    asio::io_context io;
    hanging name_server;
    resolver subject{io.get_executor(), "api.example", name_server.function()};
    look_up_result result;
    resolve_into(io, subject, 1h, result);
    asio::post(io, [&] { subject.stop(); });
    io.run();
    EXPECT_EQ(result.failure, failure_kind::stopped);
    EXPECT_EQ(resolve(io, subject).failure, failure_kind::stopped);
    name_server.promise.set_value(found("192.0.2.1"));
}

TEST(Resolver, MayGoWithItsIoContextWhileALookUpHangs) {
    hanging name_server;
    look_up_result result;
    {
        asio::io_context io;
        resolver subject{io.get_executor(), "api.example", name_server.function()};
        EXPECT_EQ(resolve(io, subject, 1ms).failure, failure_kind::timeout);
    }
    name_server.promise.set_value(found("192.0.2.1")); // its thread finds nobody there
}

} // namespace
} // namespace callmirror::fetch
