#include "sync/engine/companies.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace callmirror::engine {
namespace {

using nlohmann::json;

// Ids are positive; anything else that stands in their place is none.
void add_id(const json& value, std::vector<std::int64_t>& ids) {
    std::int64_t id = 0;
    if (value.is_number_unsigned()) {
        const auto number = value.get<std::uint64_t>();
        id = std::in_range<std::int64_t>(number) ? static_cast<std::int64_t>(number) : 0;
    } else if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
        id = error == std::errc() && end == text.data() + text.size() ? id : 0;
    }
    if (id > 0) {
        ids.push_back(id);
    }
}

void look_in(const json& user, std::vector<std::int64_t>& ids) {
    for (const auto* name : {"company_id", "companyId"}) {
        if (user.contains(name)) {
            add_id(user[name], ids);
        }
    }
    if (user.contains("company")) {
        const auto& company = user["company"];
        add_id(company.is_object() && company.contains("id") ? company["id"] : company, ids);
    }
    if (user.contains("companies") && user["companies"].is_array()) {
        for (const auto& company : user["companies"]) {
            add_id(company.is_object() && company.contains("id") ? company["id"] : company, ids);
        }
    }
}

} // namespace

std::vector<std::int64_t> companies_in(const std::string& body) {
    const auto document = json::parse(body, nullptr, false);
    std::vector<std::int64_t> ids;
    if (!document.is_object()) {
        return ids;
    }
    look_in(document, ids);
    for (const auto& [name, value] : document.items()) {
        if (value.is_object() && name != "company") {
            look_in(value, ids);
        }
    }
    std::ranges::sort(ids);
    const auto repeated = std::ranges::unique(ids);
    ids.erase(repeated.begin(), repeated.end());
    return ids;
}

bool is_user(const std::string& body) {
    const auto document = json::parse(body, nullptr, false);
    return document.is_object() && !document.contains("statusCode") && !document.contains("error");
}

} // namespace callmirror::engine
