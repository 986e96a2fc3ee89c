#include "config/rules.hpp"
#include "config/section.hpp"
#include "config/values.hpp"
#include "sync/providers/provider.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <string_view>

namespace callmirror::config {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 3> key_keys{"api_key_file", "api_key_env",
                                                   "api_key_credential"};
constexpr std::array<std::string_view, 2> schemes{"basic", "bearer"};

void read_name(const field& from, account_settings& to) {
    const auto* const text = std::get_if<std::string>(&from.value.value);
    if (text == nullptr || !is_account_name(*text)) {
        from.want("1 to 64 of a-z A-Z 0-9 _ . -");
        return;
    }
    to.name = *text;
}

void read_provider(const field& from, account_settings& to) {
    std::vector<std::string_view> names;
    for (const auto& each : providers::platforms()) {
        names.push_back(each.name);
    }
    const auto index = read_choice(from, names);
    to.provider = index ? std::string{names[*index]} : std::string{}; // "": no rule depends on it
}

void read_base_url(const field& from, account_settings& to) {
    const auto* const text = std::get_if<std::string>(&from.value.value);
    const base_url_result result = parse_base_url(text == nullptr ? "" : *text);
    if (!result.may_show) {
        from.complain("holds a name or a password, want only scheme, host and port",
                      "the API key is named by " + listing(key_keys));
    } else if (result.url.empty()) {
        from.complain("is " + shown(from.value) + ", " + result.rule);
    } else {
        to.base_url = result.url;
    }
}

void read_companies(const field& from, account_settings& to) {
    const std::string rule = "a list of company ids, such as [123]";
    for (const field& each : elements(from, rule)) {
        const auto* const id = std::get_if<std::int64_t>(&each.value.value);
        if (id == nullptr || *id < 1) {
            each.want("a company's id: a whole number > 0");
        } else if (std::ranges::find(to.companies, *id) != to.companies.end()) {
            each.complain("is " + shown(each.value) + " once more, want each company once");
        } else {
            to.companies.push_back(*id);
        }
    }
}

void read_resources(const field& from, account_settings& to) {
    const providers::platform* const platform = providers::find_platform(to.provider);
    if (platform == nullptr) { // a mistake that is noted already
        return;
    }
    std::vector<std::string_view> names;
    for (const auto& each : platform->resources) {
        names.push_back(each.name);
    }
    const std::string rule = R"(a list of names, such as ["calls"])";
    const auto* const list = std::get_if<array>(&from.value.value);
    if (list != nullptr && list->empty()) {
        from.want("one name or more", "leave the key out to mirror all that the API key may read");
    }
    for (const field& each : elements(from, rule)) {
        const auto index = read_choice(each, names);
        if (index && std::ranges::find(to.resources, names[*index]) != to.resources.end()) {
            each.complain("is " + shown(each.value) + " once more, want each resource once");
        } else if (index) {
            to.resources.emplace_back(names[*index]);
        }
    }
    for (const auto& name : to.resources) {
        const auto source = providers::find_resource(*platform, name)->keys_from.table;
        if (!source.empty() && std::ranges::find(to.resources, source) == to.resources.end()) {
            from.complain("has \"" + name + "\" without \"" + std::string(source) +
                          "\", want both: that is where its keys come from");
        }
    }
}

// provider comes first: base_url's default and the names of resources are its own.
constexpr account_rule_list rules{{
    {"name", read_name},
    {"provider", read_provider},
    {"base_url", read_base_url},
    {"api_key_file", [](const field& from, auto& to) { read_secret_file(from, to.api_key); }},
    {"api_key_env", [](const field& from, auto& to) { read_variable(from, to.api_key); }},
    {"api_key_credential", [](const field& from, auto& to) { read_credential(from, to.api_key); }},
    {"auth", [](const field& from, auto& to) { read_choice_of(from, to.auth, schemes); }},
    {"companies", read_companies},
    {"resources", read_resources},
    {"history_start", [](const field& from, auto& to) { read_date(from, to.history_start); }},
    {"snapshot_interval",
     [](const field& from, auto& to) { read_duration(from, to.snapshot_interval, 1s, 24h); }},
    {"page_size", [](const field& from, auto& to) { read_count(from, to.page_size, 1, 1000); }},
    {"requests_per_second",
     [](const field& from, auto& to) { read_number(from, to.requests_per_second, 0.01, 10'000); }},
    {"max_in_flight",
     [](const field& from, auto& to) { read_count(from, to.max_in_flight, 1, 64); }},
    {"request_timeout",
     [](const field& from, auto& to) { read_duration(from, to.request_timeout, 1s, 1h); }},
    {"ca_file", [](const field& from, auto& to) { read_path(from, to.ca_file); }},
}};

account_settings read_account(const field& from) {
    account_settings account;
    const table* const keys = std::get_if<table>(&from.value.value);
    if (keys == nullptr) {
        from.want("a table [[accounts]], one for each API key");
        return account;
    }
    read_section<account_settings>(from, *keys, rules, account);
    want_one_of(from, *keys, key_keys);
    if (find(*keys, "name") == nullptr) {
        from.complain("has no name, want name = \"...\", 1 to 64 of a-z A-Z 0-9 _ . -");
    }
    const auto* const platform = providers::find_platform(account.provider);
    if (platform != nullptr && account.base_url.empty()) {
        account.base_url = platform->default_url;
    }
    return account;
}

void want_distinct_names(const std::vector<account_settings>& accounts,
                         const std::vector<field>& fields) {
    std::map<std::string_view, const field*> seen;
    for (std::size_t at = 0; at < accounts.size(); ++at) {
        const std::string& name = accounts[at].name;
        const auto [first, is_new] = seen.try_emplace(name, &fields[at]);
        if (is_new || name.empty()) {
            continue;
        }
        const node* const value = find(std::get<table>(fields[at].value.value), "name");
        const field again{*value, value->at, fields[at].key + ".name", fields[at].in};
        again.complain("is " + shown(*value) + ", as is " + first->second->key +
                       "'s, want each name once");
    }
}

} // namespace

const account_rule_list& account_rules() {
    return rules;
}

std::vector<account_settings> read_accounts(const table& document, context& in) {
    std::vector<account_settings> accounts;
    const node* const list = find(document, "accounts");
    if (list == nullptr) {
        in.mistakes.push_back({0, 0, "accounts",
                               "there is no account, want one [[accounts]] or more",
                               "add [[accounts]] with a name and an api_key_file"});
        return accounts;
    }
    const field from{*list, list->at, "accounts", in};
    const auto fields = elements(from, "[[accounts]] in double brackets, one for each API key");
    for (const field& each : fields) {
        accounts.push_back(read_account(each));
    }
    if (std::holds_alternative<array>(list->value) && fields.empty()) {
        from.want("one [[accounts]] or more");
    }
    want_distinct_names(accounts, fields);
    return accounts;
}

} // namespace callmirror::config
