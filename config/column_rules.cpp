#include "config/rules.hpp"
#include "config/section.hpp"
#include "config/values.hpp"
#include "sync/providers/catalog.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

namespace callmirror::config {
namespace {

constexpr std::size_t most_columns = 100; // a table of PostgreSQL has 1600 at most
constexpr std::size_t most_pointers = 8;
constexpr std::size_t longest_pointer = 500;
constexpr std::ptrdiff_t deepest_pointer = 16;
constexpr std::string_view name_rule = "1 to 63 of a-z 0-9 _, no digit first";
// PostgreSQL's own, of every table.
constexpr std::array<std::string_view, 6> system_columns{"tableoid", "xmin", "cmin",
                                                         "xmax",     "cmax", "ctid"};

void read_resource(const field& from, column_settings& to) {
    std::vector<std::string_view> names;
    for (const auto& platform : providers::platforms()) {
        for (const auto& each : platform.resources) {
            names.push_back(each.name);
        }
    }
    if (const auto index = read_choice(from, names)) {
        to.what.resource = names[*index];
    }
}

bool is_column_name(std::string_view text) {
    constexpr std::size_t longest = 63;
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    };
    return !text.empty() && text.size() <= longest && (text.front() > '9' || text.front() < '0') &&
           std::ranges::all_of(text, allowed);
}

void read_name(const field& from, column_settings& to) {
    const auto* const text = std::get_if<std::string>(&from.value.value);
    if (text == nullptr || !is_column_name(*text)) {
        from.want(std::string(name_rule), "without capitals and blanks it needs no quotes in SQL");
    } else if (std::ranges::find(system_columns, *text) != system_columns.end()) {
        from.want("another name: PostgreSQL has a column of its own of that name in every table");
    } else {
        to.what.name = *text;
    }
}

// RFC 6901, and not the record as a whole, which is in `raw` already.
bool is_pointer(std::string_view text) {
    if (!text.starts_with('/') || text.size() > longest_pointer ||
        std::ranges::count(text, '/') > deepest_pointer) {
        return false;
    }
    for (auto at = text.find('~'); at != std::string_view::npos; at = text.find('~', at + 1)) {
        if (at + 1 == text.size() || (text[at + 1] != '0' && text[at + 1] != '1')) {
            return false;
        }
    }
    return true;
}

void read_one_pointer(const field& from, column_settings& to) {
    const std::string rule = "a JSON pointer such as \"/context/lang\", or a list of some";
    const std::string* const text = text_of(from, rule);
    if (text == nullptr) {
        return;
    }
    auto& pointers = to.what.pointers;
    if (!is_pointer(*text)) {
        from.want(rule, "it starts with a slash; in a name, / is written as ~1 and ~ as ~0; at "
                        "most 16 names and 500 bytes");
    } else if (std::ranges::find(pointers, *text) != pointers.end()) {
        from.complain("is " + shown(from.value) + " once more, want each pointer once");
    } else {
        pointers.push_back(*text);
    }
}

void read_pointer(const field& from, column_settings& to) {
    const auto* const list = std::get_if<array>(&from.value.value);
    if (list == nullptr) {
        read_one_pointer(from, to);
    } else if (list->empty() || list->size() > most_pointers) {
        from.want("1 to " + std::to_string(most_pointers) + " JSON pointers",
                  "the first of them that a record has fills the column");
    } else {
        for (const field& each : elements(from, "")) {
            read_one_pointer(each, to);
        }
    }
}

void read_type(const field& from, column_settings& to) {
    read_choice_of(from, to.what.type, providers::column_type_names);
}

constexpr column_rule_list rules{{
    {"resource", read_resource},
    {"name", read_name},
    {"pointer", read_pointer},
    {"type", read_type},
}};

void want_all_keys(const field& from, const table& keys) {
    for (const auto& [name, read] : rules) {
        if (find(keys, name) == nullptr) {
            from.complain("has no " + std::string(name) +
                          ", want resource, name, pointer and type");
        }
    }
}

// The name's own field, for a mistake in it.
field name_field(const field& of) {
    const node* const value = find(std::get<table>(of.value.value), "name");
    return {*value, value->at, of.key + ".name", of.in};
}

void want_free_name(const column_settings& column, const field& from) {
    const auto& [resource, name, type, pointers] = column.what;
    for (const auto& platform : providers::platforms()) {
        const auto* const found = providers::find_resource(platform, resource);
        if (found == nullptr || name.empty()) {
            continue;
        }
        const bool taken =
            std::ranges::find(found->columns, name, &providers::column::name) !=
                found->columns.end() ||
            std::ranges::find(providers::common_columns, name) != providers::common_columns.end();
        if (taken) {
            name_field(from).want("a name that " + std::string(platform.name) + '.' + resource +
                                      " does not have yet",
                                  "a prefix of your own, such as x_" + name +
                                      ", is safe from columns of later versions, too");
        }
    }
}

column_settings read_column(const field& from) {
    column_settings column;
    column.line = from.at.line;
    const table* const keys = std::get_if<table>(&from.value.value);
    if (keys == nullptr) {
        from.want("a table [[columns]], one for each column");
        return column;
    }
    read_section<column_settings>(from, *keys, rules, column);
    want_all_keys(from, *keys);
    want_free_name(column, from);
    return column;
}

void want_distinct_columns(const std::vector<column_settings>& columns,
                           const std::vector<field>& fields) {
    std::map<std::pair<std::string_view, std::string_view>, const field*> seen;
    for (std::size_t at = 0; at < columns.size(); ++at) {
        const auto& what = columns[at].what;
        const std::pair<std::string_view, std::string_view> name{what.resource, what.name};
        const auto [first, is_new] = seen.try_emplace(name, &fields[at]);
        if (!is_new && !what.resource.empty() && !what.name.empty()) {
            const auto again = name_field(fields[at]);
            again.complain("is " + shown(again.value) + ", as is " + first->second->key +
                               "'s, want each name once for a resource",
                           "several pointers may stand in one list; the first hit wins");
        }
    }
}

} // namespace

const column_rule_list& column_rules() {
    return rules;
}

std::vector<column_settings> read_columns(const table& document, context& in) {
    std::vector<column_settings> columns;
    const node* const list = find(document, "columns");
    if (list == nullptr) {
        return columns;
    }
    const field from{*list, list->at, "columns", in};
    const auto fields = elements(from, "[[columns]] in double brackets, one for each column");
    if (fields.size() > most_columns) {
        from.complain("has " + std::to_string(fields.size()) + " columns, want at most " +
                      std::to_string(most_columns));
    }
    for (const field& each : fields) {
        columns.push_back(read_column(each));
    }
    want_distinct_columns(columns, fields);
    return columns;
}

} // namespace callmirror::config
