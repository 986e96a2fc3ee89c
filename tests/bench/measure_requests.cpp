// How many requests a mirror costs.
#include "sync/base/time.hpp"
#include "tests/bench/measurements.hpp"
#include "tests/bench/request_model.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <stdexcept>

namespace callmirror::bench {
namespace {

result of_backfill(const std::string& how, double calls_a_day, double requests, double rows) {
    const auto ratio = requests / (rows / 100);
    const bool judged = calls_a_day == 5000;
    return {.what = "requests of a year of " + grouped(calls_a_day) + " calls a day, " + how,
            .measured = grouped(requests),
            .against = "rows / page_size " + grouped(rows / 100),
            .ratio = ratio,
            .bar = judged ? "<= 1.10" : "",
            .good = !judged || ratio <= 1.10};
}

} // namespace

void count_requests(lab& in, double calls_a_day, result_table& into) {
    const auto directory = in.directory() + "/year";
    std::filesystem::create_directory(directory);
    const api_process from(in.simulator(), directory,
                           {"--days", "365", "--calls-per-day", with_digits(calls_a_day, 0),
                            "--streams-per-day", "0", "--partner-calls-per-day", "0"});
    const auto first_day =
        format_day(std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) -
                   std::chrono::days(365));
    in.empty_mirror();
    in.configure(from, {.resources = "\"calls\"", .history_start = first_day});
    in.run(from, {"backfill", "--progress", "none"});
    const auto stats = nlohmann::json::parse(from.get("/_simulator/stats"));
    const auto rows = in.number("select count(*) from snapcall.calls where deleted_at is null");
    into.add(of_backfill("the program", calls_a_day, stats.at("requests").get<double>(), rows));
}

void count_requests_of_model(result_table& into) {
    constexpr double allowed = 86'400; // a day at one request a second
    for (const double calls_a_day : {10.0, 500.0, 5000.0, 50'000.0}) {
        const auto made = requests_for(calls_a_day);
        into.add(of_backfill("model", calls_a_day, made.requests, made.rows));
        const auto share = made.due_each_day / allowed;
        const bool judged = calls_a_day == 5000;
        into.add(
            {.what = "requests a day from then on, " + grouped(calls_a_day) + " calls a day, model",
             .measured = grouped(made.due_each_day) + ", and " + grouped(made.heads_each_day) +
                         " for the head",
             .against = "1 request/s " + grouped(allowed),
             .ratio = share,
             .bar = judged ? "<= 0.05" : "",
             .good = !judged || share <= 0.05});
    }
}

} // namespace callmirror::bench
