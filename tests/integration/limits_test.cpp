// The machine's limits are reached while the daemon runs: descriptors, memory, a body over the
// bound, and a clock that steps. It says so where there is something to say, goes on, and the
// mirror equals the source.
#include "tests/integration/daemon_fixture.hpp"
#include "tests/support/process.hpp"
#include "tests/support/tcp_proxy.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sys/resource.h>
#include <thread>

namespace callmirror::integration {
namespace {

using testing::HasSubstr;

class Limits : public Daemon {
protected:
    static rlim_t set_limit(const child& of, __rlimit_resource which, rlim_t to) {
        rlimit before{};
        ::prlimit(of.id(), which, nullptr, &before);
        const rlimit now{to, before.rlim_max};
        EXPECT_EQ(::prlimit(of.id(), which, &now, nullptr), 0);
        return before.rlim_cur;
    }
    static rlim_t descriptors(const child& of) {
        return static_cast<rlim_t>(std::distance(
            std::filesystem::directory_iterator("/proc/" + std::to_string(of.id()) + "/fd"), {}));
    }
    static double cpu_seconds(const child& of) {
        return (std::stod(tests::stat_field(of.id(), 14)) +
                std::stod(tests::stat_field(of.id(), 15))) /
               static_cast<double>(::sysconf(_SC_CLK_TCK));
    }
    static unsigned long long virtual_bytes(const child& of) {
        return std::stoull(tests::stat_field(of.id(), 23));
    }
    bool last_error_is(const std::string& text) {
        return eventually(
            [&] {
                return value("select string_agg(last_error, ' ') from callmirror.listings")
                           .find(text) != std::string::npos;
            },
            60s);
    }
};

// Every connection is cut, and no other can be made.
TEST_F(Limits, OfDescriptorsAreSatOutWithoutSpinning) {
    api_source from;
    test_support::tcp_proxy network(from.server().port());
    configure(from);
    config.base_url = "https://127.0.0.1:" + std::to_string(network.port());
    int holder = -1;
    const auto port = tests::held_port(holder);
    config.listen = "127.0.0.1:" + std::to_string(port);
    write_configuration();
    auto running = start("run");
    ASSERT_TRUE(equal_within(from, 60s)) << running->err();
    EXPECT_THAT(answer_of(port, "/healthz"), HasSubstr("ok"));
    const auto before = set_limit(*running, RLIMIT_NOFILE, 4);
    const auto used = cpu_seconds(*running);
    const auto begun = std::chrono::steady_clock::now();
    network.cut_all();
    cluster().terminate_backends();
    from.add(resource::calls, now(), 5);
    EXPECT_TRUE(says(*running, "it is tried again")) << running->err();
    std::thread reader([&] { answer_of(port, "/healthz"); }); // it is accepted later, or not at all
    std::this_thread::sleep_for(5s);
    EXPECT_LT(descriptors(*running), 20U);
    const double share =
        (cpu_seconds(*running) - used) /
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    EXPECT_LT(share, 0.5) << "of a processor, for nothing";
    ASSERT_TRUE(running->is_running()) << running->err();
    set_limit(*running, RLIMIT_NOFILE, before);
    reader.join();
    EXPECT_THAT(answer_of(port, "/healthz"), HasSubstr("ok"));
    ::close(holder);
    EXPECT_TRUE(equal_within(from, 60s)) << differences(from) << running->err();
    expect_ends_with_0(*running);
    EXPECT_EQ(inconsistencies(cluster(), database), "");
}

// A page of 50 MB, when there is no memory for it, and when there is; and one of 70 MB, which is
// over the bound in any case. None ends the program, or the other lists.
TEST_F(Limits, OfMemoryFailTheRequestAndNotTheProgram) {
    api_source from;
    from.manner("gzip", "false");
    config.request_timeout = "30s";
    configure(from);
    auto running = start("run");
    ASSERT_TRUE(equal_within(from, 60s)) << running->err();
    const auto id = from.add(resource::calls, now()).front();
    ASSERT_TRUE(equal_within(from, 60s)) << running->err();
    const auto replace = [&](std::size_t megabytes) {
        const auto text = R"({"id":)" + std::to_string(id) + R"(,"wide":")" +
                          std::string(megabytes * 1'000'000, 'w') + "\"}";
        from.with([&](simulator::world& data) { data.replace_text(resource::calls, id, text); });
    };
    const auto before =
        set_limit(*running, RLIMIT_AS, virtual_bytes(*running) + (std::size_t{40} << 20U));
    replace(50);
    EXPECT_TRUE(last_error_is("no memory for the body")) << running->err();
    const auto event = from.add(resource::streams, now()).front();
    EXPECT_TRUE(eventually([&] {
        return number("select count(*) from snapcall.streams where id = " +
                      std::to_string(event)) == 1;
    })) << running->err();
    set_limit(*running, RLIMIT_AS, before);
    replace(70);
    EXPECT_TRUE(last_error_is("the body is over 67108864 bytes")) << running->err();
    replace(1);
    EXPECT_TRUE(equal_within(from, 90s)) << running->err();
    expect_ends_with_0(*running);
    EXPECT_EQ(inconsistencies(cluster(), database), "");
}

// Its wall clock is an hour or a day ahead, and behind: its own alone, as after a bad NTP answer.
TEST_F(Limits, OfTrustInTheClockAreNeverNeeded) {
    api_source from;
    configure(from);
    const auto offset = directory + "/clock";
    const auto step = [&](const std::string& to) { // read at each look at the clock
        std::ofstream(offset + ".new") << to << '\n';
        std::filesystem::rename(offset + ".new", offset);
    };
    step("+0");
    const std::string library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
    ASSERT_TRUE(std::filesystem::exists(library)) << "hint: apt-get install libfaketime";
    auto running = start("run", {{"LD_PRELOAD", library},
                                 {"FAKETIME_TIMESTAMP_FILE", offset},
                                 {"FAKETIME_NO_CACHE", "1"},
                                 {"FAKETIME_DONT_FAKE_MONOTONIC", "1"},
                                 {"DONT_FAKE_MONOTONIC", "1"}});
    from.add(resource::calls, now(), 5); // of today, however short after midnight
    ASSERT_TRUE(equal_within(from, 60s)) << running->err();
    for (const auto& [to, hours] :
         {std::pair("+3600", 1), {"-3600", -1}, {"+90000", 25}, {"-90000", -25}, {"+0", 0}}) {
        SCOPED_TRACE(to);
        step(to);
        // The log's own times prove that the step reached it.
        const auto said = running->err().size();
        running->signal(SIGHUP);
        EXPECT_TRUE(eventually([&] { return running->err().size() > said; }));
        const auto shown = parse_time(running->err().substr(said, 24));
        ASSERT_TRUE(shown) << running->err();
        const auto ahead = std::chrono::duration<double, std::ratio<3600>>(*shown - now()).count();
        EXPECT_NEAR(ahead, hours, 0.1);
        from.add(resource::calls, now(), 5);
        from.with([&](simulator::world& data) {
            const auto last =
                static_cast<simulator::ordinal>(data.created_count(resource::calls) - 8);
            data.change(resource::calls, data.id_of(resource::calls, last), now());
        });
        EXPECT_TRUE(equal_within(from, 30s)) << differences(from) << running->err();
        EXPECT_EQ(number("select count(*) from snapcall.calls where deleted_at is not null"), 0);
    }
    expect_ends_with_0(*running);
    EXPECT_EQ(inconsistencies(cluster(), database), "");
}

} // namespace
} // namespace callmirror::integration
