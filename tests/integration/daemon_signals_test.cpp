// `run` and who starts and stops it: systemd's notify protocol, and signals in two steps.
#include "tests/integration/daemon_fixture.hpp"
#include "tests/integration/notify_socket.hpp"
#include "tests/support/tcp_proxy.hpp"

#include <gmock/gmock.h>

#include <thread>
#include <utility>

namespace callmirror::integration {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST_F(Daemon, TellsSystemdHowItIs) {
    api_source from;
    configure(from);
    notify_socket systemd(directory + "/notify");
    const child::variables variables{{"NOTIFY_SOCKET", systemd.path()},
                                     {"WATCHDOG_USEC", "400000"}};
    cluster().stop();
    auto running = start("run", variables);
    EXPECT_TRUE(eventually([&] { return systemd.count("EXTEND_TIMEOUT_USEC=") >= 1; }, 60s));
    EXPECT_TRUE(eventually([&] { return systemd.count("STATUS=waiting for the database") == 1; }));
    EXPECT_TRUE(eventually([&] { return systemd.count("WATCHDOG=1") >= 3; }, 60s));
    EXPECT_EQ(systemd.count("READY=1"), 0U);
    cluster().start();
    EXPECT_TRUE(eventually([&] { return systemd.count("READY=1") == 1; }, 60s)) << running->err();
    EXPECT_TRUE(eventually([&] { return systemd.find("STATUS=acme: fresh") > 0; }, 60s));
    EXPECT_TRUE(equal_within(from, 60s)) << running->err();

    running->signal(SIGHUP);
    EXPECT_TRUE(eventually([&] { return systemd.count("READY=1") == 2; }, 60s)) << running->err();
    const int reloading = systemd.find("RELOADING=1\nMONOTONIC_USEC=");
    EXPECT_GT(reloading, systemd.find("READY=1"));
    EXPECT_GT(systemd.find("READY=1", reloading), reloading);
    const auto alive = systemd.count("WATCHDOG=1");
    EXPECT_TRUE(eventually([&] { return systemd.count("WATCHDOG=1") >= alive + 3; }, 60s));

    EXPECT_EQ(systemd.count("STOPPING=1"), 0U);
    expect_ends_with_0(*running);
    const auto all = systemd.messages();
    const int stopping = systemd.find("STOPPING=1");
    ASSERT_GT(stopping, reloading);
    EXPECT_EQ(systemd.find("READY=1", stopping), -1);
    EXPECT_EQ(systemd.find("EXTEND_TIMEOUT_USEC=", systemd.find("READY=1")), -1);
}

// A commit is in hand, that of its last words at least, and the database does not answer.
TEST_F(Daemon, EndsAtOnceAtASecondSignalAndBeforeLongAtOne) {
    api_source from;
    config.log_level = "debug";
    configure(from);
    for (const int signals : {1, 2}) {
        SCOPED_TRACE(signals);
        auto running = start("run");
        ASSERT_TRUE(equal_within(from, 60s)) << running->err();
        cluster().pause();
        from.add(resource::calls, now(), 3);
        running->signal(SIGTERM);
        EXPECT_TRUE(says(*running, "stopping"));
        if (signals == 2) {
            running->signal(SIGTERM);
        }
        const auto done = running->wait(60s);
        cluster().resume();
        EXPECT_EQ(done.status, 0) << done.text();
        EXPECT_THAT(done.err,
                    HasSubstr(signals == 2 ? "ending at once: a second signal"
                                           : "ending at once: what was in hand took longer"));
        let_leases_end(cluster(), database);
    }
    auto running = start("run");
    EXPECT_TRUE(equal_within(from, 60s)) << running->err();
    EXPECT_EQ(inconsistencies(cluster(), database), "");
}

// A listener that takes connections and never says a word: what is connecting can't be cancelled.
struct black_hole {
    boost::asio::io_context io;
    boost::asio::ip::tcp::acceptor acceptor{io, {boost::asio::ip::address_v4::loopback(), 0}};
    std::uint16_t port() const { return acceptor.local_endpoint().port(); }
};

TEST_F(Daemon, WaitsInVainForNoDatabaseWhenItIsToEnd) {
    api_source from;
    const black_hole nowhere;
    config.log_level = "debug";
    config.database_url =
        "postgresql://postgres@127.0.0.1:" + std::to_string(nowhere.port()) + "/postgres";
    configure(from);
    for (const auto& [command, status] : {std::pair("run", 0), std::pair("backfill", 1)}) {
        auto running = start(command);
        std::this_thread::sleep_for(1s); // it says nothing before it has failed
        running->signal(SIGTERM);
        const auto done = running->wait(60s);
        EXPECT_EQ(done.status, status) << done.text();
        EXPECT_THAT(done.text(),
                    testing::ContainsRegex("end(ing|ed) at once: the database does not answer"));
    }
}

TEST_F(Daemon, WaitsInVainForNoDatabaseThatItHasLost) {
    api_source from;
    const black_hole nowhere;
    test_support::tcp_proxy network(static_cast<std::uint16_t>(cluster().port()));
    config.database_url =
        "postgresql://postgres@127.0.0.1:" + std::to_string(network.port()) + '/' + database;
    configure(from);
    auto running = start("run");
    ASSERT_TRUE(equal_within(from, 60s)) << running->err();
    network.forward_to(nowhere.port());
    network.cut_all();
    EXPECT_TRUE(says(*running, "it is tried again")) << running->err();
    running->signal(SIGTERM);
    const auto done = running->wait(60s);
    EXPECT_EQ(done.status, 0) << done.text();
    EXPECT_THAT(done.err, HasSubstr("ending at once: the database does not answer"));
}

TEST_F(Daemon, FinishesWhatIsInHandInABackfill) {
    api_source from;
    from.manner("latency_ms", "50");
    config.page_size = 10;
    configure(from);
    auto running = start("run");
    ASSERT_TRUE(eventually([&] { return from.requests() > 30; }, 60s)) << running->err();
    expect_ends_with_0(*running);
    EXPECT_THAT(running->err(), Not(HasSubstr("ending at once")));
    EXPECT_EQ(number("select count(*) from callmirror.leases where expires_at > now()"), 0);
    EXPECT_EQ(inconsistencies(cluster(), database), "");
    auto again = start("run");
    EXPECT_TRUE(equal_within(from, 60s)) << again->err();
}

} // namespace
} // namespace callmirror::integration
