// Daemon, API and database for a long time, under constant change and random faults: nothing may
// grow, and the mirror equals the source in the end. `tests/soak/run --minutes N` starts it.
//
//     CALLMIRROR_SOAK_SECONDS   how long (20 in the ordinary tests: that it works at all)
//     CALLMIRROR_SEED           decides changes and faults; printed
#include "tests/integration/consistency.hpp"
#include "tests/soak/figures.hpp"
#include "tests/soak/trouble.hpp"
#include "tests/support/process.hpp"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <random>
#include <thread>

namespace callmirror::soak {
namespace {

using namespace std::chrono_literals;
using integration::api_source;
using integration::child;
using integration::resource;
using std::chrono::steady_clock;

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* const given = std::getenv(variable);
    return given ? std::stoull(given) : otherwise;
}

// ---- the rule itself

figure series(double slope, double noise) {
    figure made{.name = "x", .unit = "", .floor = 1};
    simulator::chance luck(5);
    for (int i = 0; i < 300; ++i) {
        const double hours = i / 600.0;
        made.points.push_back(
            {hours,
             100 + slope * hours + noise * (static_cast<double>(luck.below(1000)) / 500 - 1)});
    }
    return made;
}

TEST(Slope, IsSeenThroughNoiseAndOutages) {
    EXPECT_FALSE(judge(series(0, 20)).grows);
    EXPECT_FALSE(judge(series(1, 0)).grows) << "under the floor";
    EXPECT_TRUE(judge(series(10, 1)).grows);
    EXPECT_TRUE(judge(series(100, 10)).grows);
    EXPECT_FALSE(judge(series(-100, 1)).grows);
    auto outage = series(0, 1);
    for (std::size_t i = 250; i < 300; ++i) {
        outage.points[i].value += 5000;
    }
    EXPECT_FALSE(judge(outage).grows);
}

// ---- the soak

class Soak : public integration::MirrorTest {
protected:
    Soak()
        : own({"autovacuum_naptime = '10s'"}) {
        own.sql("postgres", "create database mirror");
        database = "mirror";
        looked_at = own.url(database);
    }

    void change(api_source& from, simulator::chance& luck);
    bool sample(const child& daemon, double hours);
    bool is_equal_in_the_end(api_source& from, const child& daemon);

    tests::postgres_cluster own;
    std::vector<figure> figures{{"RSS", "MB", 3},
                                {"descriptors", "", 2},
                                {"threads", "", 1},
                                {"dead rows", "", 3000},
                                {"size of callmirror.*", "MB", 1},
                                {"age of the oldest head", "s", 2}};
};

// Ten changes: new records, changes and deletions, most of them at the head.
void Soak::change(api_source& from, simulator::chance& luck) {
    from.with([&](simulator::world& data) {
        const auto time = integration::now();
        for (const auto of : {resource::calls, resource::streams, resource::stream_events}) {
            const auto count = data.created_count(of);
            const auto nth = [&](std::uint64_t which) {
                return data.id_of(of, static_cast<simulator::ordinal>(which));
            };
            const auto recent = [&] {
                return nth(count - 1 - luck.below(std::min<std::size_t>(count, 60)));
            };
            const auto any = [&] { return nth(luck.below(count)); };
            data.change(of, recent(), time);
            data.change(of, luck.below(4) == 0 ? any() : recent(), time);
            if (luck.below(4) == 0) {
                data.add(of, time);
            }
            if (luck.below(40) == 0 && of != resource::streams) {
                data.remove(of, any());
            }
        }
    });
}

// False where the database was away.
bool Soak::sample(const child& daemon, double hours) {
    try {
        const auto rows = own.sql(database, R"(
            select (select sum(n_dead_tup) from pg_stat_user_tables),
                   (select sum(pg_total_relation_size(c.oid)) / 1e6 from pg_class c
                    join pg_namespace n on n.oid = c.relnamespace
                    where nspname = 'callmirror' and relkind = 'r'),
                   (select extract(epoch from now() - min(head_read_at)) from callmirror.listings))");
        const auto process = "/proc/" + std::to_string(daemon.id());
        const double values[]{std::stod(tests::stat_field(daemon.id(), 24)) *
                                  static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6,
                              static_cast<double>(std::distance(
                                  std::filesystem::directory_iterator(process + "/fd"), {})),
                              std::stod(tests::stat_field(daemon.id(), 20)),
                              rows[0][0].as<double>(),
                              rows[0][1].as<double>(),
                              rows[0][2].as<double>()};
        for (std::size_t i = 0; i < figures.size(); ++i) {
            figures[i].points.push_back({hours, values[i]});
        }
        return true;
    } catch (const std::exception&) {
        return false;
    }
}

// Changes of old records are found when their slice is read again: all of it is, now.
bool Soak::is_equal_in_the_end(api_source& from, const child& daemon) {
    for (int turn = 0; turn < 3; ++turn) {
        const auto done = run("backfill --again --progress none", 300s);
        EXPECT_EQ(done.status, 0) << done.text();
        std::cout << "read again in " << done.took.count() << " ms\n";
        if (equal_within(from, 20s)) {
            return true;
        }
        EXPECT_EQ(run("deletes accept").status, 0); // a stream may take many events along
    }
    std::cout << differences(from) << daemon.err();
    return false;
}

TEST_F(Soak, NothingGrowsAndNothingIsLost) {
    const auto seconds = number_from("CALLMIRROR_SOAK_SECONDS", 20);
    const auto seed = number_from("CALLMIRROR_SEED", std::random_device{}());
    std::cout << "CALLMIRROR_SEED=" << seed << ", " << seconds << " s\n";
    simulator::chance luck(seed);
    api_source from;
    test_support::tcp_proxy to_api(from.server().port(), seed);
    test_support::tcp_proxy to_database(static_cast<std::uint16_t>(own.port()), seed);
    configure(from);
    config.base_url = "https://127.0.0.1:" + std::to_string(to_api.port());
    config.database_url =
        "postgresql://postgres@127.0.0.1:" + std::to_string(to_database.port()) + "/mirror";
    config.requests_per_second = seconds < 300 ? 400 : 50;
    config.give_up_after = "5m";
    write_configuration();
    auto daemon = start("run");
    ASSERT_EQ(run("backfill --progress none", 120s).status, 0);
    trouble troubles({from, own, to_api, to_database, *daemon}, seed);

    const auto begun = steady_clock::now();
    const auto passed = [&] {
        return std::chrono::duration<double>(steady_clock::now() - begun).count();
    };
    const double total = static_cast<double>(seconds);
    double next_sample = 0;
    double next_trouble = 2;
    double next_word = 60;
    std::uint64_t unsampled = 0;
    while (passed() < total && daemon->is_running()) {
        change(from, luck);
        // What the start itself takes is no growth: a fifth of the time warms it up.
        if (passed() >= next_sample) {
            const bool there = sample(*daemon, passed() / 3600);
            unsampled += there ? 0 : 1;
            if (passed() < total / 5) {
                for (auto& each : figures) {
                    each.points.clear();
                }
            }
            next_sample = passed() + std::min(5.0, total / 100);
        }
        if (passed() >= next_trouble) {
            troubles.make();
            next_trouble = passed() + 1 + static_cast<double>(luck.below(total < 60 ? 2 : 14));
        }
        if (passed() >= next_word && !figures[0].points.empty()) {
            std::cout << static_cast<int>(passed() / 60) << " min";
            for (const auto& each : figures) {
                std::cout << ", " << each.name << ' ' << each.points.back().value;
            }
            std::cout << std::endl;
            next_word = passed() + 60;
        }
        std::this_thread::sleep_for(200ms);
    }
    EXPECT_TRUE(daemon->is_running()) << daemon->err();
    troubles.end();
    to_api.cut_all();
    to_database.cut_all();
    EXPECT_TRUE(is_equal_in_the_end(from, *daemon));
    EXPECT_EQ(integration::inconsistencies(own, database), "");
    daemon->signal(SIGTERM);
    EXPECT_EQ(daemon->wait().status, 0);

    std::cout << table(figures);
    for (const auto& each : figures) {
        EXPECT_GE(each.points.size(), 10U);
        // Too short for slopes: a start is not over by then.
        EXPECT_FALSE(seconds >= 300 && judge(each).grows) << each.name;
    }
    std::uint64_t all = 0;
    for (const auto& [name, times] : troubles.happened()) {
        std::cout << name << ": " << times << '\n';
        all += times;
        EXPECT_TRUE(times > 0 || seconds < 1800) << name << " never happened";
    }
    std::cout << all << " faults, " << from.requests() << " requests, " << unsampled
              << " looks while the database was away\n";
    EXPECT_GT(all, 2U);
}

} // namespace
} // namespace callmirror::soak
