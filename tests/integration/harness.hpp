// The real program against the simulated API and a real PostgreSQL, and the one oracle of all these
// tests: afterwards the mirror equals the source, record for record.
//
//     TEST_F(Paging, ...) {
//         api_source from;
//         from.manner("first_page", "1");
//         expect_mirrored(from);        // configure(from), `callmirror backfill`, compare
//     }
#pragma once

#include "tests/integration/child.hpp"
#include "tests/simulator/server.hpp"
#include "tests/support/postgres.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace callmirror::integration {

using namespace std::chrono_literals;
using simulator::resource;

utc_time now();

// Ten days up to now: some 600 calls, 90 streams and 500 events.
simulator::world_options small_world();
// One that holds no call, stream or event.
simulator::world_options empty_world();

// A world and the API that serves it. The world stands still but for what a test does to it.
class api_source {
public:
    explicit api_source(const simulator::world_options& world = small_world(),
                        simulator::server_options options = {}, std::uint64_t seed = 1);

    // As `simulated_snapcall --manner NAME=VALUE` and `--faults` take them. Throw for a mistake.
    void manner(std::string_view name, std::string_view value);
    void faults(std::string_view json);
    void no_more_faults();
    // How often the rules of that name fired, "" for all of them.
    std::uint64_t fired(std::string_view name = "");

    // While the API stands still.
    template <typename Work>
    auto with(Work work) {
        const auto guard = server_->lock();
        return work(data_);
    }
    template <typename Work>
    auto with_service(Work work) {
        const auto guard = server_->lock();
        return work(service_);
    }
    // Ids of `count` new records dated `time`, `step` apart.
    std::vector<std::int64_t> add(resource of, utc_time time, int count = 1,
                                  std::chrono::milliseconds step = 0ms);
    // The ids of the records that are there.
    std::vector<std::int64_t> ids(resource of);

    std::uint64_t requests();
    std::uint64_t requests(std::string_view label); // "calls list", "streams record", ...
    // The latest targets that were asked for, oldest first.
    std::vector<std::string> targets();

    std::string base_url() const { return server_->base_url(); }
    std::string ca_file() const { return server_->ca_file(); }
    simulator::server& server() { return *server_; }

private:
    simulator::world data_;
    simulator::service service_;
    std::unique_ptr<simulator::server> server_;
};

// What a test may want otherwise in the configuration file.
struct configuration {
    std::string account = "acme";
    std::string key = "simulated-key";
    std::string base_url;
    std::string ca_file;
    std::string database_url;
    std::string poll_interval = "1s";
    std::string give_up_after = "30s";
    std::string request_timeout = "2s";
    double requests_per_second = 500;
    int max_in_flight = 4;
    int page_size = 100;
    // "": left out. The lists that have the most to go wrong: the others follow the same rules.
    std::string resources = R"("calls", "streams", "stream_events")";
    std::string history_start; // "2026-01-01"; "": left out
    std::string companies;     // "123"; "": left out
    std::string log_level = "info";
    std::string listen;          // "127.0.0.1:0"; "": no metrics, health and status page
    std::string more_of_account; // further lines
    std::string more;            // whole sections
};

// A case: a database of its own, a directory of its own, the program.
class MirrorTest : public testing::Test {
protected:
    MirrorTest();
    ~MirrorTest() override;

    static tests::postgres_cluster& cluster() { return tests::postgres_cluster::shared(); }
    std::string value(const std::string& sql) const { return cluster().value(database, sql); }
    long number(const std::string& sql) const { return std::stol(value(sql)); }

    // Points the configuration at this API and writes it.
    void configure(const api_source& from);
    // Writes `config` and its key file (mode 0600) to `config_file`.
    void write_configuration();

    // `arguments`: "backfill --again"; --config is added. The time limit is a failure of its own.
    ended run(const std::string& arguments, std::chrono::milliseconds limit = 60s);
    // `more`: of its environment.
    std::unique_ptr<child> start(const std::string& arguments, const child::variables& more = {});
    // The same with its words one by one: an empty one may be among them.
    std::unique_ptr<child> start_words(std::vector<std::string> words,
                                       const child::variables& more = {});

    static std::string program(); // its path, for a shell

    // configure(from), backfill, compare: exit status 0 and equal.
    ended expect_mirrored(api_source& from, const std::string& arguments = "backfill");
    // The first differences between mirror and source, readably; "" where there is none. Records
    // whose table is not mirrored at all are not looked at.
    std::string differences(api_source& from,
                            const std::vector<resource>& of = {resource::calls, resource::streams,
                                                               resource::stream_events});
    void expect_equal(api_source& from);
    // Waits until `is_so`; false where it is not within `limit`.
    static bool eventually(const std::function<bool()>& is_so,
                           std::chrono::milliseconds limit = 20s);
    bool equal_within(api_source& from, std::chrono::milliseconds limit = 20s);
    // Where a daemon with config.listen serves its page, "http://127.0.0.1:1234/"; "" where it
    // does not say so soon.
    static std::string page_url(const child& running);

    configuration config;
    std::string directory;
    std::string config_file;
    std::string database;
    std::string looked_at; // the oracle's database, a URL; "": `database` in cluster()

private:
    int runs_ = 0;
};

} // namespace callmirror::integration
