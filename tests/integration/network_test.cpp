// Bad networks, between the program and the API and between the program and PostgreSQL: a proxy of
// the tests' own carries every byte. The mirror equals the source afterwards, and the proxy's
// counts say that each fault took place.
#include "tests/integration/consistency.hpp"
#include "tests/integration/harness.hpp"
#include "tests/support/tcp_proxy.hpp"

#include <gmock/gmock.h>

#include <iostream>

namespace callmirror::integration {
namespace {

using test_support::network_counts;
using test_support::network_fault;
using test_support::network_manners;
using test_support::tcp_proxy;
using testing::HasSubstr;

struct network {
    const char* name;
    network_manners manners{};
    network_fault fault = network_fault::cut;
    std::uint64_t every = 0; // bytes between strikes; 0: none
    std::uint64_t times = 0;
    const char* says = ""; // in what the program says of it
    int days = 10;         // of history
};

[[maybe_unused]] void PrintTo(const network& of, std::ostream* to) {
    *to << of.name;
}

// What `of` says of bytes and strikes did happen.
void expect_happened(const network& of, const network_counts& seen) {
    EXPECT_GT(seen.bytes, 10'000U);
    EXPECT_EQ(seen.struck, of.times);
    if (of.manners.piece > 0) {
        EXPECT_GE(seen.pieces, seen.bytes / of.manners.piece);
    }
    if (of.manners.delay.count() > 0 || of.manners.bytes_per_second > 0) {
        EXPECT_GT(seen.delayed, 50U);
    }
}

class Network : public MirrorTest, public testing::WithParamInterface<network> {
protected:
    static simulator::world_options world() {
        auto options = small_world();
        options.start = options.end - std::chrono::days(GetParam().days);
        return options;
    }
    void expect_mirrored_through(api_source& from, tcp_proxy& proxy, std::chrono::seconds limit) {
        proxy.set(GetParam().manners);
        if (GetParam().every > 0) {
            proxy.strike(GetParam().fault, GetParam().every, GetParam().times);
        }
        const auto done = run("backfill", limit);
        EXPECT_EQ(done.status, 0) << done.text();
        expect_equal(from);
        EXPECT_EQ(inconsistencies(cluster(), database), "");
        expect_happened(GetParam(), proxy.seen());
        std::cout << GetParam().name << ": " << done.took.count() << " ms, "
                  << proxy.seen().connections << " connections, " << proxy.seen().pieces
                  << " pieces\n";
        if (*GetParam().says != '\0') {
            EXPECT_THAT(done.err, HasSubstr(GetParam().says));
        }
    }
};

// ---- the API's, which is TLS

class NetworkOfTheApi : public Network {};

TEST_P(NetworkOfTheApi, LosesNothing) {
    api_source from(world());
    from.manner("gzip", "false"); // more bytes to strike at
    tcp_proxy proxy(from.server().port());
    config.page_size = 20;
    config.request_timeout = "2s";
    configure(from);
    config.base_url = "https://127.0.0.1:" + std::to_string(proxy.port());
    write_configuration();
    expect_mirrored_through(from, proxy, 120s);
}

INSTANTIATE_TEST_SUITE_P(
    That, NetworkOfTheApi,
    testing::Values(
        network{.name = "IsSlowToAnswer", .manners = {.delay = 15ms}},
        network{.name = "BringsOneByteAtATime", .manners = {.piece = 1}, .days = 2},
        network{.name = "MovesTheBoundariesOfChunks", .manners = {.piece = 5000, .ragged = true}},
        network{.name = "HasLittleBandwidth", .manners = {.bytes_per_second = 300'000}},
        network{.name = "IsCut", .every = 60'000, .times = 8},
        network{.name = "Resets", .fault = network_fault::reset, .every = 60'000, .times = 8},
        network{
            .name = "IsHalfOpen", .fault = network_fault::half_open, .every = 100'000, .times = 3},
        network{.name = "BringsBytesInTheWrongOrder",
                .fault = network_fault::reorder,
                .every = 60'000,
                .times = 8}),
    [](const auto& of) { return std::string(of.param.name); });

// ---- PostgreSQL's

class NetworkOfTheDatabase : public Network {};

TEST_P(NetworkOfTheDatabase, LosesNothing) {
    api_source from(world());
    from.manner("latency_ms", "5");
    tcp_proxy proxy(static_cast<std::uint16_t>(cluster().port()));
    config.page_size = 20;
    config.give_up_after = "5m";
    config.database_url =
        "postgresql://postgres@127.0.0.1:" + std::to_string(proxy.port()) + "/" + database;
    configure(from);
    expect_mirrored_through(from, proxy, 240s);
}

// The one that is half-open takes 35 s: PostgreSQL's machine still answers, and nothing but the
// program's own limit ends the wait.
INSTANTIATE_TEST_SUITE_P(
    That, NetworkOfTheDatabase,
    testing::Values(
        network{.name = "IsSlowToAnswer", .manners = {.delay = 5ms}},
        network{.name = "BringsOneByteAtATime", .manners = {.piece = 1}, .days = 2},
        network{.name = "MovesTheBoundariesOfChunks", .manners = {.piece = 700, .ragged = true}},
        network{.name = "IsCut", .every = 60'000, .times = 8},
        network{.name = "Resets", .fault = network_fault::reset, .every = 60'000, .times = 8},
        network{.name = "IsHalfOpen",
                .fault = network_fault::half_open,
                .every = 150'000,
                .times = 1,
                .says = "no answer for 35 s"}),
    [](const auto& of) { return std::string(of.param.name); });

} // namespace
} // namespace callmirror::integration
