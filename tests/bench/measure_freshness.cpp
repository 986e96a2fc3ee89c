// How soon a new record is visible while history is read as fast as it goes.
#include "sync/base/time.hpp"
#include "tests/bench/measurements.hpp"
#include "tests/support/process.hpp"

#include <pqxx/pqxx>

#include <algorithm>
#include <csignal>
#include <map>
#include <stdexcept>
#include <sys/wait.h>
#include <thread>

namespace callmirror::bench {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr auto poll_interval = 2s;
constexpr auto watched_for = 9s;
constexpr auto added_every = 60ms;

// New records and when they were made; waits for each to be visible.
class watch {
public:
    watch(const lab& in, const api_process& from)
        : from_(from)
        , connection_(in.database_url()) {}

    void add_one() {
        const auto time = format_utc(
            std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()));
        const auto answer = from_.post("/_simulator/mutate",
                                       R"({"do":"add","resource":"stream_events","time":")" + time +
                                           R"("})"); // [[id]]
        pending_[answer.substr(2, answer.find(']') - 2)] = clock::now();
    }

    void look() {
        std::string ids;
        for (const auto& [id, added] : pending_) {
            ids += (ids.empty() ? "" : ",") + id;
        }
        pqxx::nontransaction work(connection_);
        const auto found = work.exec("select id from snapcall.stream_events "
                                     "where account = 'acme-1' and id = any('{" +
                                     ids + "}')");
        for (const auto& row : found) {
            const auto place = pending_.find(row[0].c_str());
            const std::chrono::duration<double> took = clock::now() - place->second;
            delays.push_back(took.count());
            pending_.erase(place);
        }
    }

    bool all_seen() const { return pending_.empty(); }

    std::vector<double> delays;

private:
    const api_process& from_;
    pqxx::connection connection_;
    std::map<std::string, clock::time_point> pending_;
};

double p99_of_one_run(lab& in, const api_process& from, std::size_t& known, double& rate) {
    in.empty_mirror();
    const auto process = tests::spawn(in.words({"run"}), in.log_of_program(), "/");
    const auto heads = "select count(*) from callmirror.listings where head_read_at is not null";
    const auto begun = clock::now();
    while (in.number(heads) == 0 && clock::now() < begun + 30s) {
        std::this_thread::sleep_for(20ms);
    }
    watch records(in, from);
    const auto until = clock::now() + watched_for;
    for (auto add_at = clock::now(); clock::now() < until; std::this_thread::sleep_for(10ms)) {
        if (clock::now() >= add_at) {
            records.add_one();
            add_at += added_every;
        }
        records.look();
    }
    rate = in.number("select count(*) from snapcall.stream_events") /
           std::chrono::duration<double>(clock::now() - begun).count();
    const bool still_reading =
        in.number("select count(*) from callmirror.listings where not history_complete") > 0;
    for (const auto last = clock::now() + 10s; !records.all_seen() && clock::now() < last;) {
        std::this_thread::sleep_for(10ms);
        records.look();
    }
    ::kill(process, SIGTERM);
    ::waitpid(process, nullptr, 0);
    if (!records.all_seen() || !still_reading) {
        throw std::runtime_error(still_reading ? "new records are not seen within 10 s"
                                               : "the backfill was over too soon");
    }
    known = in.learn_source(from, known);
    in.check_part();
    return quantile(records.delays, 0.99);
}

} // namespace

void measure_freshness(lab& in, const api_process& from, const plan& as, result_table& into) {
    in.configure(from, {.poll_interval = "2s"});
    auto known = in.learn_source(from);
    std::vector<double> slowest;
    std::vector<double> rates;
    for (int round = 0; round < as.rounds; ++round) {
        double rate = 0;
        slowest.push_back(p99_of_one_run(in, from, known, rate));
        rates.push_back(rate);
    }
    const auto p99 = median(slowest);
    const auto most = std::chrono::duration<double>(poll_interval).count() + 1;
    into.add(
        {.what = "head freshness during a backfill of " + grouped(median(rates)) + " rows/s, p99",
         .measured = with_digits(p99, 2) + " s",
         .against = "poll_interval 2 s",
         .bar = "<= " + with_digits(most, 0) + " s",
         .good = p99 <= most});
}

} // namespace callmirror::bench
