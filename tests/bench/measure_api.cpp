// How well the program uses an API that is far away, one that limits, and the time until it asks.
#include "tests/bench/measurements.hpp"
#include "tests/support/process.hpp"

#include <algorithm>
#include <csignal>
#include <stdexcept>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace callmirror::bench {
namespace {

using namespace std::chrono_literals;

const std::vector<std::string> backfill{"backfill", "--progress", "none"};

std::int64_t now_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

struct seen_by_api {
    double requests = 0;
    double refused = 0;
    double seconds = 0; // from the first to the last
};

seen_by_api look_at_log(const api_process& from) {
    const auto log = from.log();
    const auto refused =
        std::ranges::count_if(log, [](const auto& each) { return each.status == 429; });
    return {static_cast<double>(log.size()), static_cast<double>(refused),
            static_cast<double>(log.back().ms - log.front().ms) / 1000};
}

std::string first_day(const lab& in) {
    const auto first =
        in.cluster().value(in.database(), "select min(record->>'created_at') from bench.source");
    return first.substr(0, 10);
}

} // namespace

void measure_latency(lab& in, const api_process& from, const plan& as, result_table& into) {
    constexpr int in_flight = 16;
    constexpr double latency = 0.1;
    in.configure(from, {.history_start = first_day(in), .max_in_flight = in_flight});
    from.manner("latency_ms", "100");
    std::vector<double> rates;
    double requests = 0;
    double rows = 0;
    for (int round = 0; round < as.rounds; ++round) {
        in.empty_mirror();
        from.clear_log();
        const auto fresh = in.run(from, backfill);
        requests = look_at_log(from).requests;
        rows = in.check();
        rates.push_back(rows / fresh.seconds);
    }
    from.manner("latency_ms", "0");
    constexpr double ideal = in_flight * 100 / latency;
    const auto ratio = median(rates) / ideal;
    into.add({.what = "API with 100 ms latency, 16 in flight (" +
                      with_digits(requests / (rows / 100), 2) + " requests a page)",
              .measured = grouped(median(rates)) + " rows/s",
              .against = "in flight x page / latency " + grouped(ideal),
              .ratio = ratio,
              .bar = ">= 0.90",
              .good = ratio >= 0.90});
}

void measure_rate_limit(lab& in, const api_process& from, const plan& as, result_table& into) {
    constexpr double limit = 60;
    const auto third = in.cluster().value(
        in.database(), "select percentile_disc(0.67) within group (order by record->>'created_at') "
                       "from bench.source");
    in.configure(from, {.history_start = third.substr(0, 10), .requests_per_second = limit});
    from.manner("requests_per_second", std::to_string(limit));
    std::vector<double> shares;
    double refused = 0;
    for (int round = 0; round < as.rounds; ++round) {
        in.empty_mirror();
        from.clear_log();
        in.run(from, backfill);
        in.check_part();
        const auto seen = look_at_log(from);
        shares.push_back((seen.requests - 1) / seen.seconds / limit);
        refused += seen.refused;
    }
    from.manner("requests_per_second", "0");
    const auto share = median(shares);
    into.add({.what = "API with a rate limit of 60/s, backfill",
              .measured =
                  with_digits(share * limit, 1) + " requests/s, " + grouped(refused) + " refused",
              .against = "allowed " + grouped(limit),
              .ratio = share,
              .bar = ">= 0.97, none refused",
              .good = share >= 0.97 && refused == 0});
}

void measure_start(lab& in, const api_process& from, const plan& as, result_table& into) {
    in.configure(from, {});
    std::vector<double> delays;
    for (int round = 0; round < 2 * as.rounds + 1; ++round) {
        in.sql("truncate callmirror.leases"); // nobody else had the account just now
        from.clear_log();
        const auto begun = now_ms();
        const auto process = tests::spawn(in.words({"run"}), in.log_of_program(), "/");
        std::vector<api_process::logged> log;
        for (const auto until = begun + 20'000; log.empty() && now_ms() < until; log = from.log()) {
            std::this_thread::sleep_for(50ms);
        }
        ::kill(process, SIGTERM);
        ::waitpid(process, nullptr, 0);
        if (log.empty()) {
            throw std::runtime_error("no request within 20 s; see " + in.log_of_program());
        }
        delays.push_back(static_cast<double>(log.front().ms - begun));
    }
    const auto usual = median(delays);
    into.add({.what = "start to first request",
              .measured = grouped(usual) + " ms",
              .against = "slowest of " + std::to_string(delays.size()) + ": " +
                         grouped(quantile(delays, 1)) + " ms",
              .bar = "<= 100 ms",
              .good = usual <= 100});
}

} // namespace callmirror::bench
