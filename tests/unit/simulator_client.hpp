// A careful reader of the simulated API for its own tests: walks a list page after page, in
// process.
#pragma once

#include "tests/simulator/gzip.hpp"
#include "tests/simulator/service.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <vector>

namespace callmirror::simulator {

inline constexpr const char* test_key = "simulated-key";

inline response get(service& api, const std::string& target, utc_time time = {},
                    bool gzip = false) {
    request asked{.target = target, .time = time};
    asked.headers = {{"Authorization", "Basic " + base64(std::string(test_key) + ":")}};
    if (gzip) {
        asked.headers.emplace_back("Accept-Encoding", "gzip");
    }
    return api.answer(asked);
}

inline nlohmann::json json_of(const response& answer) {
    const bool zipped = find_header(answer.headers, "Content-Encoding") == "gzip";
    return nlohmann::json::parse(zipped ? gunzip(*answer.body) : *answer.body);
}

// The array at a dotted path; "" is the document itself.
inline nlohmann::json records_of(const response& answer, std::string path) {
    auto at = json_of(answer);
    while (!path.empty()) {
        const auto dot = path.find('.');
        at = nlohmann::json(at.at(path.substr(0, dot)));
        path = dot == std::string::npos ? std::string() : path.substr(dot + 1);
    }
    return at;
}

inline std::string list_target(const service& api, resource of, const std::string& query) {
    std::string path(info(of).list_path);
    if (const auto at = path.find("{companyId}"); at != std::string::npos) {
        path.replace(at, 11,
                     std::to_string(const_cast<service&>(api).data().options().company_ids[0]));
    }
    return path + "?" + query;
}

struct whole_list {
    std::map<std::string, std::string> records; // key to canonical JSON, signatures taken out
    std::vector<std::string> keys;              // in the order served, doubles too
    std::size_t pages = 0;                      // that had a record
    std::size_t short_pages = 0;                // of those before the last
};

// Reads until an empty page.
inline whole_list read_all(service& api, resource of, std::int64_t limit,
                           const std::string& more_query = "", std::string envelope = "data") {
    whole_list read;
    std::vector<std::size_t> sizes;
    for (auto page = api.manners().of(of).first_page; page < 10'000; ++page) {
        const auto query =
            "page=" + std::to_string(page) + "&limit=" + std::to_string(limit) + more_query;
        const auto records = records_of(get(api, list_target(api, of, query)), envelope);
        if (records.empty()) {
            break;
        }
        sizes.push_back(records.size());
        for (const auto& each : records) {
            const auto key = each.at(std::string(info(of).key));
            const auto text = key.is_string() ? key.get<std::string>() : key.dump();
            read.keys.push_back(text);
            read.records[text] = without_signatures(each.dump());
        }
    }
    read.pages = sizes.size();
    for (std::size_t i = 0; i + 1 < sizes.size(); ++i) {
        read.short_pages += sizes[i] < static_cast<std::size_t>(limit) ? 1 : 0;
    }
    return read;
}

// What read_all() has to find.
inline std::map<std::string, std::string> oracle(service& api, resource of) {
    auto all = current_records(api.data(), of, api.oracle_style(of));
    for (auto& [key, text] : all) {
        text = nlohmann::json::parse(text).dump();
    }
    return all;
}

} // namespace callmirror::simulator
