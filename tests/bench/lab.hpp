// Where the program is measured: a private PostgreSQL, one database with an empty mirror, the
// configuration, and the check that the mirror equals the source.
#pragma once

#include "tests/bench/api_process.hpp"
#include "tests/support/postgres.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace callmirror::bench {

// Of the configuration; one account each is "acme-1", "acme-2", ...
struct mirror_settings {
    std::string resources = "\"stream_events\"";
    std::string history_start{}; // a day; "": left out
    std::string poll_interval = "30s";
    double requests_per_second = 10'000;
    int max_in_flight = 4;
    int accounts = 1;
};

struct run_result {
    double seconds = 0;
    double cpu_seconds = 0;    // of the program
    double server_seconds = 0; // CPU of PostgreSQL meanwhile
    double api_seconds = 0;    // CPU of the API meanwhile
    double wal_bytes = 0;
    double peak_mib = 0; // resident
    int status = 0;
};

class lab {
public:
    // `bin`: the build directory.
    lab(std::string bin, std::string directory);

    const std::string& directory() const { return directory_; }
    std::string program() const { return bin_ + "/daemon/callmirror"; }
    std::string simulator() const { return bin_ + "/tests/simulator/simulated_snapcall"; }
    const tests::postgres_cluster& cluster() const { return cluster_; }
    const std::string& database() const { return database_; }
    std::string database_url() const { return cluster_.url(database_); }
    std::string copies_url() const { return cluster_.url(copies_); } // for copy_lines()
    double number(const std::string& sql) const;
    void sql(const std::string& text) const { cluster_.sql(database_, text); }
    void sql_of_copies(const std::string& text) const { cluster_.sql(copies_, text); }

    void configure(const api_process& from, const mirror_settings& wanted);
    std::string log_of_program() const { return directory_ + "/callmirror.log"; }
    // The words to run it, --config included.
    std::vector<std::string> words(const std::vector<std::string>& arguments) const;
    // Runs it to its end. Throws where that is not status 0.
    run_result run(const api_process& from, const std::vector<std::string>& arguments) {
        return run_words(from, words(arguments));
    }
    run_result run_words(const api_process& from, const std::vector<std::string>& words);
    // What `work` costs; wall time and CPU of the servers.
    template <typename Work>
    run_result measured(const api_process& from, Work work);

    // As after the migration: no row, no state.
    void empty_mirror() const;
    // The source's stream events as they are now, to be compared with. `first`: only those from
    // that one on, what an earlier call returned; they are added to what is known.
    std::size_t learn_source(const api_process& from, std::size_t first = 0) const;
    // Throws where a stream event of the source is not in that account's mirror exactly so, or one
    // more is. Returns how many there are.
    double check(int accounts = 1) const;
    // For a mirror that is not complete: what there is equals the source. Returns how many.
    double check_part() const;

private:
    void count_differences(const std::string& join, const std::string& account) const;

    std::string bin_;
    std::string directory_;
    tests::postgres_cluster cluster_;
    std::string database_;
    std::string copies_;
};

// Ready COPY lines of the first account's stream events, as those of `account`: the bytes that the
// program writes.
std::string ready_lines(const lab& from, int account);

// L1 and L2, PostgreSQL's own speed: COPY of ready lines into the same table with the same indexes,
// empty, in a database beside. A connection and a transaction for each element, at the same time.
run_result copy_lines(lab& where, const api_process& idle, const std::vector<std::string>& lines);

template <typename Work>
run_result lab::measured(const api_process& from, Work work) {
    sql("checkpoint");
    const auto wal = "select pg_current_wal_insert_lsn() - '0/0'";
    run_result made;
    const auto api = from.cpu_seconds();
    const auto log_position = number(wal);
    const auto server = cluster_.cpu_seconds();
    const auto begun = std::chrono::steady_clock::now();
    work(made);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    made.seconds = took.count();
    made.server_seconds = cluster_.cpu_seconds() - server;
    made.wal_bytes = number(wal) - log_position;
    made.api_seconds = from.cpu_seconds() - api;
    return made;
}

} // namespace callmirror::bench
