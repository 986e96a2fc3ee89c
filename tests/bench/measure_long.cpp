// What only shows in the long run: ten million rows, a thousand accounts.
#include "sync/base/time.hpp"
#include "tests/bench/measurements.hpp"
#include "tests/support/process.hpp"

#include <nlohmann/json.hpp>

#include <csignal>
#include <filesystem>
#include <future>
#include <stdexcept>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace callmirror::bench {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

struct moment {
    double seconds;
    double rows; // asked for so far
};

// Rows a second between two numbers of rows.
double rate_between(const std::vector<moment>& seen, double from, double to) {
    const moment* first = nullptr;
    const moment* last = nullptr;
    for (const auto& each : seen) {
        first = !first && each.rows >= from ? &each : first;
        last = each.rows <= to ? &each : last;
    }
    if (!first || !last || last <= first) {
        throw std::runtime_error("too few moments to tell a rate");
    }
    return (last->rows - first->rows) / (last->seconds - first->seconds);
}

std::vector<moment> watch_requests(const api_process& from, const std::future<run_result>& until) {
    std::vector<moment> seen;
    const auto begun = clock::now();
    while (until.wait_for(1s) != std::future_status::ready) {
        const auto stats = nlohmann::json::parse(from.get("/_simulator/stats"));
        seen.push_back({std::chrono::duration<double>(clock::now() - begun).count(),
                        stats.at("requests").get<double>() * 100});
    }
    return seen;
}

double memory_mib(pid_t process) {
    const auto status = tests::read_file("/proc/" + std::to_string(process) + "/status");
    return std::stod(status.substr(status.find("VmRSS:") + 6)) / 1024;
}

double cpu_seconds(pid_t process) {
    return (std::stod(tests::stat_field(process, 14)) + std::stod(tests::stat_field(process, 15))) /
           static_cast<double>(::sysconf(_SC_CLK_TCK));
}

} // namespace

void measure_growth(lab& in, double few, double many, result_table& into) {
    const auto directory = in.directory() + "/growth";
    std::filesystem::create_directory(directory);
    constexpr double a_day = 10'000;
    const auto days = static_cast<int>(many / a_day);
    const api_process from(in.simulator(), directory,
                           {"--days", std::to_string(days), "--streams-per-day", "1000",
                            "--events-per-stream", "10", "--calls-per-day", "0",
                            "--partner-calls-per-day", "0"});
    const auto now =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    const std::vector<std::string> backfill{"backfill", "--progress", "none"};
    in.learn_source(from);
    const auto begins = now - std::chrono::days(static_cast<int>(few / a_day));
    in.empty_mirror();
    in.configure(from, {.history_start = format_day(begins)});
    const auto small = in.run(from, backfill);
    in.check_part();
    in.empty_mirror();
    in.configure(from, {});
    from.clear_log();
    auto running = std::async(std::launch::async, [&] { return in.run(from, backfill); });
    const auto seen = watch_requests(from, running);
    const auto large = running.get();
    const auto rows = in.check();
    const auto memory = large.peak_mib / small.peak_mib;
    into.add({.what = "peak RSS, " + grouped(rows) + " rows backfilled",
              .measured = with_digits(large.peak_mib, 1) + " MiB",
              .against = grouped(few) + " rows: " + with_digits(small.peak_mib, 1) + " MiB",
              .ratio = memory,
              .bar = "<= 1.10 and <= 64 MiB",
              .good = memory <= 1.10 && large.peak_mib <= 64});
    const auto early = rate_between(seen, 0.5 * few, 1.5 * few);
    const auto late = rate_between(seen, rows - few, rows);
    into.add({.what = "rows/s at " + grouped(rows) + " rows in the table",
              .measured = grouped(late) + " rows/s",
              .against = "at " + grouped(few) + " rows " + grouped(early),
              .ratio = late / early,
              .bar = ">= 0.80",
              .good = late / early >= 0.80});
}

void measure_many_accounts(lab& in, int accounts, result_table& into) {
    const auto directory = in.directory() + "/accounts";
    std::filesystem::create_directory(directory);
    const api_process from(in.simulator(), directory,
                           {"--days", "2", "--calls-per-day", "10", "--streams-per-day", "2",
                            "--partner-calls-per-day", "0"});
    const auto now =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    in.empty_mirror();
    in.configure(from, {.resources = R"("calls", "streams", "stream_events")",
                        .history_start = format_day(now - std::chrono::days(1)),
                        .accounts = accounts});
    const auto process = tests::spawn(in.words({"run"}), in.log_of_program(), "/");
    const auto until = clock::now() + 300s;
    const auto unread = "select " + std::to_string(3 * accounts) +
                        " - count(*) from callmirror.listings where history_complete "
                        "and head_read_at is not null";
    while (in.number(unread) > 0 && clock::now() < until) {
        std::this_thread::sleep_for(1s);
    }
    const auto all_read = in.number(unread) <= 0;
    std::this_thread::sleep_for(90s); // what was read a moment ago is read again
    constexpr double watched = 120;
    const auto cpu_before = cpu_seconds(process);
    const auto server_before = in.cluster().cpu_seconds();
    std::this_thread::sleep_for(std::chrono::duration<double>(watched));
    const auto share = (cpu_seconds(process) - cpu_before) / watched;
    const auto share_of_server = (in.cluster().cpu_seconds() - server_before) / watched;
    const auto memory = memory_mib(process);
    ::kill(process, SIGTERM);
    ::waitpid(process, nullptr, 0);
    if (!all_read) {
        throw std::runtime_error("some accounts were not read within 300 s");
    }
    into.add({.what = grouped(accounts) + " accounts, idle: memory",
              .measured = with_digits(memory, 1) + " MiB RSS",
              .against = "",
              .bar = "<= 256 MiB",
              .good = memory <= 256});
    into.add({.what = grouped(accounts) + " accounts, idle: CPU of one core",
              .measured = with_digits(share * 100, 1) + " %",
              .against = "PostgreSQL " + with_digits(share_of_server * 100, 1) + " %",
              .bar = "<= 5 %",
              .good = share <= 0.05});
}

} // namespace callmirror::bench
