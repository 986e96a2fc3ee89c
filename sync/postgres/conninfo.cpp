#include "sync/postgres/conninfo.hpp"

#include "sync/base/text.hpp"
#include "sync/postgres/errors.hpp"

#include <algorithm>
#include <libpq-fe.h>
#include <memory>
#include <string_view>

namespace callmirror::postgres {
namespace {

using parameter_list = std::vector<std::pair<std::string, std::string>>;

// libpq quotes pieces of the URL in its complaints, and one of them may be the password.
std::string without_quotes(std::string_view text) {
    const auto first = text.find('"');
    if (first == std::string_view::npos)
        return printable(trim(text));
    const auto last = text.rfind('"');
    return printable(trim(std::string(text.substr(0, first)) + "..." +
                          std::string(last > first ? text.substr(last + 1) : "")));
}

const std::string* find(const parameter_list& list, std::string_view key) {
    const auto found = std::ranges::find(list, key, &parameter_list::value_type::first);
    return found == list.end() ? nullptr : &found->second;
}

void add_missing(parameter_list& list, const char* key, std::string value) {
    if (find(list, key) == nullptr)
        list.emplace_back(key, std::move(value));
}

} // namespace

parameter_list connection_parameters(const session_options& options) {
    char* complaint = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parsed(
        PQconninfoParse(options.url.c_str(), &complaint), &PQconninfoFree);
    if (!parsed) {
        const std::unique_ptr<char, decltype(&PQfreemem)> owned(complaint, &PQfreemem);
        throw database_refused(
            "database url: " + without_quotes(complaint ? complaint : "out of memory") +
            "\nhint: write it as postgresql://user@host:port/database");
    }
    parameter_list list;
    for (const PQconninfoOption* item = parsed.get(); item->keyword; ++item)
        if (item->val)
            list.emplace_back(item->keyword, item->val);

    const auto seconds = std::max<std::int64_t>(2, options.connect_limit.count()); // libpq's least
    add_missing(list, "connect_timeout", std::to_string(seconds));
    add_missing(list, "application_name", "callmirror");
    add_missing(list, "client_encoding", "UTF8");
    add_missing(list, "keepalives", "1");
    add_missing(list, "keepalives_idle", "10");
    add_missing(list, "keepalives_interval", "5");
    add_missing(list, "keepalives_count", "3");
    add_missing(list, "tcp_user_timeout", "20000"); // ms without acknowledgement
    return list;
}

std::string describe_target(const parameter_list& parameters) {
    const auto value = [&](const char* key, const char* otherwise) {
        const std::string* found = find(parameters, key);
        return found != nullptr && !found->empty() ? *found : std::string(otherwise);
    };
    std::string host = value("host", "");
    if (host.empty())
        host = value("hostaddr", "local");
    const std::string port = value("port", "");
    const std::string name = value("dbname", "");
    return printable(host + (port.empty() ? "" : ":" + port) + (name.empty() ? "" : "/" + name));
}

} // namespace callmirror::postgres
