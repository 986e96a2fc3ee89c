// How long each panel and each variable of config/grafana's dashboards takes for 30 days, with All
// chosen everywhere: a table of medians of three, warm and with all rows received.
//
//   panels_bench URI       views.sh runs it, with its year of history and as callmirror_reader
#include "tests/integration/grafana.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace {

using namespace callmirror;
using integration::grafana;

constexpr double limit_ms = 1000;

void measure(pqxx::connection& database, const std::string& name, const std::string& sql) {
    pqxx::nontransaction work(database);
    const auto rows = work.exec(sql).size(); // warm
    std::array<double, 3> ms{};
    for (double& each : ms) {
        const auto begun = std::chrono::steady_clock::now();
        work.exec(sql);
        each = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun)
                   .count();
    }
    std::ranges::sort(ms);
    std::printf("%-45s %8ld %8.0f%s\n", name.c_str(), static_cast<long>(rows), ms[1],
                ms[1] > limit_ms ? "  over the limit" : "");
}

void measure(pqxx::connection& database, const integration::dashboard& board) {
    const auto now =
        std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    grafana shown(now - std::chrono::days(30), now);
    shown.choose_all(board, database);
    const auto named = [&board](const nlohmann::json& of, const char* by) {
        return board.json.at("title").get<std::string>() + ": " + of.at(by).get<std::string>();
    };
    for (const auto& variable : board.json.at("templating").at("list")) {
        if (variable.at("type") == "query") {
            measure(database, named(variable, "label") + " to choose",
                    shown.expand(variable.at("query").get<std::string>()));
        }
    }
    for (const auto& panel : board.json.at("panels")) {
        if (const auto sql = integration::sql_of(panel); !sql.empty()) {
            measure(database, named(panel, "title"), shown.expand(sql));
        }
    }
}

} // namespace

int main(int count, char** words) {
    if (count != 2) {
        std::fputs("usage: panels_bench URI\n", stderr);
        return 2;
    }
    try {
        pqxx::connection database(words[1]);
        pqxx::nontransaction(database).exec("set max_parallel_workers_per_gather = 0");
        for (const auto& board : integration::read_dashboards()) {
            measure(database, board);
        }
    } catch (const std::exception& error) {
        std::fprintf(stderr, "panels_bench: %s\n", error.what());
        return 2;
    }
    return 0;
}
