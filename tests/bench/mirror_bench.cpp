// Measures the program against what PostgreSQL and the API allow by themselves, and prints one
// table. Started by tests/bench/run.
#include "tests/bench/measurements.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sys/utsname.h>
#include <thread>

namespace {

using namespace callmirror::bench;

struct settings {
    std::string bin;
    std::string markdown;
    std::vector<std::string> only;
    bool is_long = false;
    plan as;
};

class programme {
public:
    programme(const settings& wanted, lab& in, result_table& into)
        : wanted_(wanted)
        , in_(in)
        , into_(into) {}

    void run() {
        const auto& as = wanted_.as;
        {
            const auto api = world_of(as.rows);
            in_.learn_source(*api);
            step("backfill", [&] { measure_backfill(in_, *api, as, into_); });
            step("writers", [&] { measure_two_writers(in_, *api, as, into_); });
            step("limit", [&] { measure_rate_limit(in_, *api, as, into_); });
            step("start", [&] { measure_start(in_, *api, as, into_); });
            step("changes", [&] { measure_changes(in_, *api, as, into_); });
        }
        const auto large = world_of(4 * as.rows);
        in_.learn_source(*large);
        step("again", [&] { measure_reading_again(in_, *large, as, into_); });
        step("latency", [&] { measure_latency(in_, *large, as, into_); });
        step("freshness", [&] { measure_freshness(in_, *large, as, into_); });
        step("requests", [&] {
            count_requests_of_model(into_);
            count_requests(in_, 500, into_);
        });
    }

    void run_long() {
        step("year", [&] { count_requests(in_, 5000, into_); });
        step("accounts", [&] { measure_many_accounts(in_, 1000, into_); });
        step("growth", [&] { measure_growth(in_, 1e6, 1e7, into_); });
    }

private:
    // A hundred days of stream events.
    std::unique_ptr<api_process> world_of(double rows) const {
        const auto streams_a_day = std::to_string(static_cast<int>(rows / 1200));
        return std::make_unique<api_process>(
            in_.simulator(), in_.directory(),
            std::vector<std::string>{"--days", "100", "--streams-per-day", streams_a_day,
                                     "--events-per-stream", "12", "--calls-per-day", "0",
                                     "--partner-calls-per-day", "0"});
    }

    template <typename Work>
    void step(const std::string& name, Work work) {
        if (wanted_.only.empty() || std::ranges::find(wanted_.only, name) != wanted_.only.end()) {
            work();
        }
    }

    const settings& wanted_;
    lab& in_;
    result_table& into_;
};

// What follows "name" and a colon in a file of /proc.
std::string from_proc(const std::string& file, const std::string& name) {
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(name)) {
            const auto at = line.find_first_not_of(" \t", line.find(':') + 1);
            return at == std::string::npos ? "" : line.substr(at);
        }
    }
    return "";
}

std::string machine(const std::string& server_version) {
    utsname system{};
    ::uname(&system);
    const auto memory = std::strtod(from_proc("/proc/meminfo", "MemTotal").c_str(), nullptr);
    return std::to_string(std::thread::hardware_concurrency()) + " cores (" +
           from_proc("/proc/cpuinfo", "model name") + "), " +
           with_digits(memory / (1024 * 1024), 0) + " GiB, Linux " + system.release +
           ", PostgreSQL " + server_version;
}

std::string circumstances(double seconds, double load_before) {
    std::array<double, 1> load{};
    ::getloadavg(load.data(), 1);
    return "took " + with_digits(seconds, 0) + " s; load average before " +
           with_digits(load_before, 1) + ", after " + with_digits(load[0], 1) + "\n";
}

int run(const settings& wanted) {
    const auto begun = std::time(nullptr);
    std::array<double, 1> load{};
    ::getloadavg(load.data(), 1);
    std::string directory =
        (std::filesystem::temp_directory_path() / "callmirror-bench-XXXXXX").string();
    if (::mkdtemp(directory.data()) == nullptr) {
        throw std::runtime_error("can't make " + directory);
    }
    result_table table;
    std::string where;
    {
        lab in(std::filesystem::absolute(wanted.bin).string(), directory);
        where = machine(in.cluster().value(in.database(), "show server_version"));
        programme all(wanted, in, table);
        wanted.is_long ? all.run_long() : all.run();
    }
    std::filesystem::remove_all(directory); // kept where something went wrong
    const auto last = where + "; " + std::to_string(wanted.as.rounds) + " rounds, " +
                      circumstances(std::difftime(std::time(nullptr), begun), load[0]);
    std::printf("%s\n%s", table.text().c_str(), last.c_str());
    if (!wanted.markdown.empty()) {
        std::ofstream(wanted.markdown) << table.markdown() << '\n' << last;
    }
    return table.all_good() ? 0 : 1;
}

} // namespace

int main(int count, char** arguments) {
    CLI::App app{
        "Measures callmirror, and checks after each run that the mirror equals the source."};
    settings wanted;
    app.add_option("--bin", wanted.bin, "build directory")->required();
    app.add_option("--markdown", wanted.markdown, "write the table here, too");
    app.add_option(
        "--only", wanted.only,
        "backfill, writers, limit, start, changes, again, latency, freshness, requests; of the "
        "long ones: year, accounts, growth");
    app.add_option("--rounds", wanted.as.rounds)->check(CLI::PositiveNumber);
    app.add_option("--rows", wanted.as.rows, "of the main world, about");
    app.add_option("--script", wanted.as.people_script, "as_people_write_it.mjs with its modules");
    app.add_flag("--long", wanted.is_long, "what takes long instead");
    CLI11_PARSE(app, count, arguments);
    try {
        return run(wanted);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "mirror_bench: %s\n", error.what());
        return 2;
    }
}
