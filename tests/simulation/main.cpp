// callmirror_simulation: plays seeds, and says which of them broke a promise.
#include "tests/simulation/simulation.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

namespace {

using namespace callmirror::simulation;

struct tally {
    std::uint64_t seeds = 0, requests = 0, commits = 0, deaths = 0;
    std::chrono::seconds simulated{0};
};

int fail(const scenario& of, const outcome& came) {
    std::printf("%s\n%s\nFAILED: seed %llu: %s\n", of.summary().c_str(), came.trace.c_str(),
                static_cast<unsigned long long>(of.seed), came.wrong.c_str());
    return 1;
}

std::vector<std::uint64_t> seeds_of(const std::vector<std::string>& ranges) {
    std::vector<std::uint64_t> seeds;
    for (const auto& range : ranges) {
        const auto dots = range.find("..");
        const auto first = std::stoull(range);
        const auto last = dots == std::string::npos ? first : std::stoull(range.substr(dots + 2));
        for (auto seed = first; seed <= last; ++seed) {
            seeds.push_back(seed);
        }
    }
    return seeds;
}

} // namespace

int main(int argc, char** argv) {
    CLI::App app{"Plays the engine against a simulated world; a seed decides everything."};
    std::vector<std::string> ranges{"1..100"};
    bool print = false;
    bool go_on = false;
    std::size_t lines = 400;
    double seconds = 0;
    trouble allowed;
    app.add_option("--seeds", ranges, "A..B, or single ones; several with commas between them")
        ->delimiter(',')
        ->capture_default_str();
    app.add_flag("--trace", print, "print everything that happens");
    app.add_option("--lines", lines, "of trace that a failure shows")->capture_default_str();
    app.add_flag("--go-on", go_on, "after a failure, and name the failed seeds only");
    app.add_flag_callback(
        "--no-manners", [&] { allowed.manners = false; }, "as shipped");
    app.add_flag_callback(
        "--no-changes", [&] { allowed.changes = false; }, "of the source");
    app.add_flag_callback(
        "--no-faults", [&] { allowed.faults = false; }, "of API and database");
    app.add_flag_callback(
        "--no-deaths", [&] { allowed.deaths = false; }, "of processes");
    app.add_option("--seconds-limit", seconds, "stop after so long; 0: never");
    CLI11_PARSE(app, argc, argv);

    const auto begun = std::chrono::steady_clock::now();
    const auto elapsed = [&] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    };
    tally all;
    std::uint64_t failed = 0;
    for (const auto seed : seeds_of(ranges)) {
        if (seconds > 0 && elapsed() > seconds) {
            break;
        }
        const auto of = draw_scenario(seed, allowed);
        auto came = play(of, 0, print);
        ++all.seeds;
        all.requests += came.requests;
        all.commits += came.commits;
        all.deaths += came.deaths;
        all.simulated += came.simulated;
        if (came.wrong.empty()) {
            continue;
        }
        ++failed;
        if (go_on) {
            const auto line = came.wrong.substr(0, 160);
            std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), line.c_str());
            std::fflush(stdout);
            continue;
        }
        if (!print) { // once more, with its story
            came = play(of, lines, false);
        }
        return fail(of, came);
    }
    std::printf("%llu seeds in %.1f s (%.1f/s), %llu failed: %llu requests, %llu commits, "
                "%llu deaths, %.1f simulated days\n",
                static_cast<unsigned long long>(all.seeds), elapsed(),
                static_cast<double>(all.seeds) / elapsed(), static_cast<unsigned long long>(failed),
                static_cast<unsigned long long>(all.requests),
                static_cast<unsigned long long>(all.commits),
                static_cast<unsigned long long>(all.deaths),
                static_cast<double>(all.simulated.count()) / 86400);
    return failed == 0 ? 0 : 1;
}
