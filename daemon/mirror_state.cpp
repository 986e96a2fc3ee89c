#include "daemon/mirror_state.hpp"

#include "daemon/sql.hpp"

#include <algorithm>

namespace callmirror::daemon {
namespace {

std::optional<utc_time> time_of(const pqxx::field& from) {
    return from.is_null() ? std::nullopt
                          : std::optional(postgres::time_from_sql(from.as<std::string>()));
}

template <typename T>
std::optional<T> value_of(const pqxx::field& from) {
    return from.is_null() ? std::nullopt : std::optional(from.as<T>());
}

list_state list_of(const pqxx::row& row) {
    list_state list;
    list.resource = row["resource"].as<std::string>();
    list.scope = row["scope"].as<std::string>();
    list.unread = row["unread"].as<std::uint64_t>();
    list.hopeless = row["hopeless"].as<std::uint64_t>();
    list.due = row["due"].as<std::uint64_t>();
    list.records = row["records"].as<std::uint64_t>();
    list.share = row["share"].as<double>();
    list.oldest = time_of(row["oldest"]);
    list.whole_due_at = time_of(row["whole_due_at"]);
    list.reading = time_of(row["reading"]);
    list.complete_back_to = time_of(row["complete_back_to"]);
    list.suspects = row["suspects"].as<std::uint64_t>();
    list.held = row["held"].as<std::uint64_t>();
    list.history_complete = row["history_complete"].as<bool>();
    list.head_read_at = time_of(row["head_read_at"]);
    list.aside = !row["aside"].is_null() && row["aside"].as<bool>();
    list.aside_reason = row["aside_reason"].as<std::string>();
    list.last_error = row["last_error"].as<std::string>();
    list.last_error_at = time_of(row["last_error_at"]);
    list.failures = row["failures"].as<std::int32_t>();
    list.first_page = value_of<int>(row["first_page"]);
    list.limit = value_of<int>(row["page_limit"]);
    list.rejected = row["rejected"].as<std::uint64_t>();
    return list;
}

// Names come from the program's own list of resources, never from outside.
std::optional<utc_time> newest_record(postgres::transaction& within, const state_question& of,
                                      const std::string& name) {
    const auto* resource = providers::find_resource(*of.platform, name);
    const bool dated = resource && std::ranges::any_of(resource->columns, [](const auto& column) {
                           return column.name == "created_at";
                       });
    if (!dated) {
        return std::nullopt;
    }
    postgres::parameters values;
    values.add(of.account);
    const auto rows = within.run("select max(created_at) from " + std::string(of.platform->name) +
                                     '.' + std::string(resource->name) + " where account = $1",
                                 values);
    return time_of(rows[0][0]);
}

} // namespace

account_state read_account(postgres::transaction& within, const std::string& account) {
    account_state state;
    state.name = account;
    postgres::parameters values;
    values.add(account);
    const auto rows = within.run(sql::account.text, values);
    state.state = rows[0]["state"].as<std::string>();
    state.reason = rows[0]["reason"].as<std::string>();
    state.pace = rows[0]["pace"].as<double>();
    state.companies = postgres::numbers_from_sql(rows[0]["companies"].as<std::string>());
    state.holder = rows[0]["holder"].as<std::string>();
    state.held = rows[0]["held"].as<bool>();
    state.quiet_until = time_of(rows[0]["quiet_until"]);
    state.quiet = std::chrono::milliseconds(rows[0]["quiet_ms"].as<std::int64_t>());
    return state;
}

account_state read_state(postgres::transaction& within, const state_question& question) {
    auto state = read_account(within, question.account);
    postgres::parameters values;
    values.add(question.account)
        .add(question.range.from)
        .add(question.range.to)
        .add(question.now)
        .add(question.read_since);
    const auto lists = within.run(sql::lists.text, values);
    for (const auto& row : lists) {
        state.lists.push_back(list_of(row));
    }
    // As the platform lists its resources: related ones stand together.
    std::ranges::stable_sort(state.lists, {}, [&](const list_state& list) {
        return providers::find_resource(*question.platform, list.resource);
    });
    if (question.newest_records) {
        for (auto& list : state.lists) {
            list.newest_record = newest_record(within, question, list.resource);
        }
    }
    return state;
}

} // namespace callmirror::daemon
