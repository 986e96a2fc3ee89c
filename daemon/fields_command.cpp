#include "daemon/fields_command.hpp"

#include "daemon/database_command.hpp"
#include "daemon/narrow.hpp"
#include "daemon/sql.hpp"
#include "daemon/text_table.hpp"
#include "sync/base/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <optional>

namespace callmirror::daemon {
namespace {

using json = nlohmann::ordered_json;

struct field {
    std::string account;
    std::string resource;
    std::string path;
    std::string type;
    std::uint64_t seen = 0;
    std::uint64_t records = 0;
    std::string example;
    utc_time first_seen_at;
    utc_time last_seen_at;
    std::optional<utc_time> vanished_at;

    // The elements of a list may be of several types within one record.
    double share() const {
        return records == 0
                   ? 0
                   : std::min(1.0, static_cast<double>(seen) / static_cast<double>(records));
    }
};

std::vector<field> read_fields(postgres::transaction& within, const std::string& account,
                               const std::vector<std::string>& resources) {
    postgres::parameters values;
    values.add(account);
    postgres::array_text wanted;
    for (const auto& each : resources) {
        wanted.add(each);
    }
    resources.empty() ? values.add_null() : values.add_ready(wanted.take());
    std::vector<field> fields;
    for (const auto& row : within.run(sql::fields.text, values)) {
        field it{.account = account,
                 .resource = row["resource"].as<std::string>(),
                 .path = row["path"].as<std::string>(),
                 .type = row["type"].as<std::string>(),
                 .seen = row["seen"].as<std::uint64_t>(),
                 .records = row["records"].as<std::uint64_t>(),
                 .example = row["example"].as<std::string>(),
                 .first_seen_at = postgres::time_from_sql(row["first_seen_at"].c_str()),
                 .last_seen_at = postgres::time_from_sql(row["last_seen_at"].c_str()),
                 .vanished_at = std::nullopt};
        if (!row["vanished_at"].is_null()) {
            it.vanished_at = postgres::time_from_sql(row["vanished_at"].c_str());
        }
        fields.push_back(std::move(it));
    }
    return fields;
}

std::string text_of(const std::vector<field>& fields) {
    std::string text;
    for (auto first = fields.begin(); first != fields.end();) {
        const auto end = std::find_if(first, fields.end(), [&](const field& each) {
            return each.account != first->account || each.resource != first->resource;
        });
        text += (text.empty() ? "" : "\n") + first->account + ": " + first->resource + ", " +
                counted(first->records, "record") + " looked at\n";
        text_table table({{"path"},
                          {"type"},
                          {"records", align::right},
                          {"share", align::right},
                          {"looks like"},
                          {"first seen"},
                          {"last seen"},
                          {""}});
        for (; first != end; ++first) {
            table.add({printable(first->path), printable(first->type), grouped(first->seen),
                       percent(first->share()), printable(first->example, 40),
                       format_day(first->first_seen_at), format_day(first->last_seen_at),
                       first->vanished_at ? "gone since " + format_day(*first->vanished_at) : ""});
        }
        text += table.to_text("  ");
    }
    return text.empty() ? "nothing was seen yet\n" : text;
}

std::string json_of(const std::vector<field>& fields) {
    auto all = json::array();
    for (const auto& each : fields) {
        all.push_back({{"account", each.account},
                       {"resource", each.resource},
                       {"path", each.path},
                       {"type", each.type},
                       {"seen", each.seen},
                       {"records", each.records},
                       {"example", each.example},
                       {"first_seen_at", format_utc(each.first_seen_at)},
                       {"last_seen_at", format_utc(each.last_seen_at)},
                       {"vanished_at",
                        each.vanished_at ? json(format_utc(*each.vanished_at)) : json(nullptr)}});
    }
    return all.dump(2) + '\n';
}

} // namespace

exit_status show_fields(const command_line& line) {
    return with_database(line.config, [&](const database_setup& all, postgres::session& session) {
        const auto left = narrow(all.settings.accounts, line.accounts, line.resources);
        if (const auto* wrong = std::get_if<std::string>(&left)) {
            std::fprintf(stderr, "callmirror: %s\n", wrong->c_str());
            return exit_status::usage;
        }
        std::vector<field> fields;
        session.in_transaction("look at the fields", [&](postgres::transaction& within) {
            fields.clear();
            for (const auto& account : std::get<std::vector<config::account_settings>>(left)) {
                const auto its = read_fields(within, account.name, line.resources);
                fields.insert(fields.end(), its.begin(), its.end());
            }
        });
        std::fputs((line.json ? json_of(fields) : text_of(fields)).c_str(), stdout);
        return exit_status::done;
    });
}

} // namespace callmirror::daemon
