// The dashboards of config/grafana as the tests see them: their panels, and their SQL as Grafana
// would send it.
#pragma once

#include "sync/base/time.hpp"

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include <map>
#include <string>
#include <vector>

namespace callmirror::integration {

struct dashboard {
    std::string file; // "calls.json"
    nlohmann::json json;

    // The panel of that title. Throws where there is none.
    const nlohmann::json& panel(const std::string& title) const;
};

std::vector<dashboard> read_dashboards();

// A panel's SQL, "" where it asks Prometheus.
std::string sql_of(const nlohmann::json& panel);

// What Grafana does to the SQL before it sends it.
class grafana {
public:
    // The time range that is chosen.
    grafana(utc_time from, utc_time to);

    // Takes the dashboard's variables from the database, as where All is chosen.
    void choose_all(const dashboard& of, pqxx::connection& database);
    void choose(const std::string& variable, const std::string& quoted) {
        variables_[variable] = quoted;
    }
    // Throws where a macro or a variable is left.
    std::string expand(std::string sql) const;

private:
    std::string from_; // quoted
    std::string to_;
    std::map<std::string, std::string> variables_; // quoted, as they stand in the SQL
};

} // namespace callmirror::integration
