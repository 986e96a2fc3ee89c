#include "daemon/own_columns.hpp"

#include "sync/base/text.hpp"

namespace callmirror::daemon {
namespace {

// What \d+ says of it.
std::string comment_on(const providers::own_column& column) {
    std::string text = "The operator's own, by [[columns]] in the configuration: " +
                       std::string(providers::name_of(column.type)) + " from ";
    for (const auto& each : column.pointers) {
        text += (&each == &column.pointers.front() ? "" : ", else ") + each;
    }
    return text + " of raw.";
}

} // namespace

std::shared_ptr<const providers::catalog> catalog_of(const config::settings& settings) {
    std::vector<providers::own_column> own;
    for (const auto& each : settings.columns) {
        own.push_back(each.what);
    }
    return std::make_shared<const providers::catalog>(std::move(own));
}

std::vector<schema::own_column> columns_for_database(const config::settings& settings,
                                                     const std::string& file) {
    std::vector<schema::own_column> columns;
    for (const auto& platform : providers::platforms()) {
        for (std::size_t at = 0; at < settings.columns.size(); ++at) {
            const auto& [what, line] = settings.columns[at];
            if (providers::find_resource(platform, what.resource) == nullptr) {
                continue;
            }
            columns.push_back({.schema = std::string(platform.name),
                               .table = what.resource,
                               .name = what.name,
                               .type = std::string(providers::name_of(what.type)),
                               .comment = comment_on(what),
                               .place = printable(file) + ':' + std::to_string(line) +
                                        ": columns[" + std::to_string(at) + ']'});
        }
    }
    return columns;
}

} // namespace callmirror::daemon
