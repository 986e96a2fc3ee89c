#include "tests/integration/grafana.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <stdexcept>

namespace callmirror::integration {
namespace {

// As Grafana's data source for PostgreSQL expands them.
std::string with_macros(const std::string& sql, const std::string& from, const std::string& to) {
    const std::string group = R"(\(\s*([^,()]+?)\s*,\s*('1d'|\$__interval)\s*\))";
    const auto seconds = [](const char* step) {
        return "floor(extract(epoch from $1)/" + std::string(step) + ")*" + step;
    };
    std::string made = sql;
    const auto replace = [&made](const std::string& pattern, const std::string& by) {
        made = std::regex_replace(made, std::regex(pattern), by);
    };
    const std::regex grouped(R"(\$__timeGroupAlias)" + group);
    for (std::smatch found; std::regex_search(made, found, grouped);) {
        const auto by =
            found.format(seconds(found[2] == "'1d'" ? "86400" : "3600")) + " AS \"time\"";
        made = found.prefix().str() + by + found.suffix().str();
    }
    replace(R"(\$__timeFilter\(([^()]+)\))", "$1 BETWEEN " + from + " AND " + to);
    replace(R"(\$__timeFrom\(\))", from);
    replace(R"(\$__timeTo\(\))", to);
    return made;
}

} // namespace

const nlohmann::json& dashboard::panel(const std::string& title) const {
    for (const auto& each : json.at("panels")) {
        if (each.at("title") == title) {
            return each;
        }
    }
    throw std::out_of_range(file + " has no panel " + title);
}

std::vector<dashboard> read_dashboards() {
    std::vector<dashboard> all;
    for (const auto& each :
         std::filesystem::directory_iterator(CALLMIRROR_SOURCE_DIR "/config/grafana/dashboards")) {
        std::ifstream text(each.path());
        all.push_back({each.path().filename().string(), nlohmann::json::parse(text)});
    }
    std::ranges::sort(all, {}, &dashboard::file);
    return all;
}

std::string sql_of(const nlohmann::json& panel) {
    return panel.at("targets").at(0).value("rawSql", "");
}

grafana::grafana(utc_time from, utc_time to)
    : from_('\'' + format_utc(from) + '\'')
    , to_('\'' + format_utc(to) + '\'') {}

void grafana::choose_all(const dashboard& of, pqxx::connection& database) {
    for (const auto& variable : of.json.at("templating").at("list")) {
        if (variable.at("type") != "query") {
            continue;
        }
        pqxx::nontransaction work(database);
        const auto rows = work.exec(expand(variable.at("query").get<std::string>()));
        if (rows.empty()) {
            throw std::runtime_error("nothing to choose from: " + variable.dump());
        }
        const auto column = rows.columns() == 1 ? 0 : rows.column_number("__value");
        const bool multi = variable.at("multi").get<bool>(); // only those are quoted
        std::string chosen;
        for (const auto& row : rows) {
            const std::string value = row[column].c_str();
            if (!multi) {
                chosen = value; // what Grafana shows at first
                break;
            }
            chosen += (chosen.empty() ? "" : ",") + work.quote(value);
        }
        choose(variable.at("name").get<std::string>(), chosen);
    }
}

std::string grafana::expand(std::string sql) const {
    sql = with_macros(sql, from_, to_);
    for (const auto& [name, value] : variables_) {
        for (auto at = sql.find('$' + name); at != std::string::npos;
             at = sql.find('$' + name, at + value.size())) {
            sql.replace(at, name.size() + 1, value);
        }
    }
    if (std::regex_search(sql, std::regex(R"(\$[a-z_]|\$\{)"))) {
        throw std::runtime_error("not expanded: " + sql);
    }
    return sql;
}

} // namespace callmirror::integration
