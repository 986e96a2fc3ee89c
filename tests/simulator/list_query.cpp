#include "tests/simulator/list_query.hpp"

#include <algorithm>
#include <charconv>

namespace callmirror::simulator {
namespace {

const parameter* documented(const endpoint& to, std::string_view name) {
    const auto found = std::ranges::find(to.parameters, name, &parameter::name);
    return found == to.parameters.end() ? nullptr : &*found;
}

std::optional<std::int64_t> integer(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole ? std::optional(value) : std::nullopt;
}

bool well_formed(value_type type, std::string_view value) {
    switch (type) {
    case value_type::integer:
        return integer(value).has_value();
    case value_type::date:
        return parse_time(value).has_value();
    case value_type::boolean:
        return value == "true" || value == "false";
    case value_type::text:
        return true;
    }
    return false;
}

std::string_view word_for(value_type type) {
    switch (type) {
    case value_type::integer:
        return "a number";
    case value_type::date:
        return "in ISO 8601 date format";
    case value_type::boolean:
        return "a boolean";
    case value_type::text:
        return "a string";
    }
    return "";
}

std::int64_t unit_of(granularity grain) {
    switch (grain) {
    case granularity::millisecond:
        return 1;
    case granularity::second:
        return 1000;
    case granularity::day:
        return 86'400'000;
    }
    return 1;
}

std::int64_t cut(utc_time time, std::int64_t unit) {
    const auto ms = to_ms(time);
    const auto rest = ms % unit;
    return ms - (rest < 0 ? rest + unit : rest);
}

using values = std::vector<std::pair<std::string, std::string>>;

std::optional<std::string> value_of(const values& parameters, std::string_view name) {
    const auto found = std::ranges::find(parameters, name, &values::value_type::first);
    return found == parameters.end() ? std::nullopt : std::optional(found->second);
}

std::optional<refusal> validate(const endpoint& to, const values& parameters) {
    for (const auto& [name, value] : parameters) {
        const auto* known = documented(to, name);
        if (known == nullptr) {
            return refusal{400, "\"" + name + "\" is not allowed"};
        }
        if (std::ranges::count(parameters, name, &values::value_type::first) > 1) {
            return refusal{400, "\"" + name + "\" must be given once"};
        }
        if (!well_formed(known->type, value)) {
            return refusal{400, "\"" + name + "\" must be " + std::string(word_for(known->type))};
        }
    }
    if (to.of == resource::partner_stats &&
        !(value_of(parameters, "start") && value_of(parameters, "end"))) {
        return refusal{400, "\"start\" and \"end\" are required"};
    }
    return std::nullopt;
}

std::optional<refusal> read_page(const endpoint& to, const values& parameters, const manners& is,
                                 list_query& query) {
    query.paged = documented(to, "page") != nullptr;
    query.limit = std::min(is.default_limit, is.max_limit);
    if (const auto limit = integer(value_of(parameters, "limit").value_or("")); limit) {
        if (*limit < 1) {
            return refusal{400, "\"limit\" must be larger than or equal to 1"};
        }
        if (!is.limits.empty() && std::ranges::find(is.limits, *limit) == is.limits.end()) {
            return refusal{400, "\"limit\" must be one of the accepted values"};
        }
        if (*limit > is.max_limit && is.over == over_limit::refused) {
            return refusal{400, "\"limit\" must be less than or equal to " +
                                    std::to_string(is.max_limit)};
        }
        query.limit = std::min(*limit, is.max_limit);
    }
    const auto page = integer(value_of(parameters, "page").value_or("")).value_or(is.first_page);
    query.page = page;
    if (page < 0 || (page < is.first_page && is.zero == page_zero::refused)) {
        return refusal{400,
                       "\"page\" must be larger than or equal to " + std::to_string(is.first_page)};
    }
    query.nothing = page < is.first_page && is.zero == page_zero::empty;
    const auto number = is.ignores_page ? 0 : std::max<std::int64_t>(0, page - is.first_page);
    if (number > 1'000'000'000'000) {
        return refusal{400, "\"page\" must be a safe number"};
    }
    query.offset = number * query.limit;
    return std::nullopt;
}

void read_range(const values& parameters, const manners& is, selection_request& what) {
    const auto unit = unit_of(is.grain);
    const auto start = value_of(parameters, "start");
    const auto end = value_of(parameters, "end");
    if (const auto time = start ? parse_time(*start) : std::nullopt; time && !is.ignores_range) {
        what.from = cut(*time, unit) + (is.start_inclusive ? 0 : unit);
    }
    if (const auto time = end ? parse_time(*end) : std::nullopt; time && !is.ignores_range) {
        what.to = cut(*time, unit) + (is.end_inclusive ? unit : 0);
    }
}

} // namespace

std::size_t undocumented(const endpoint& to, const values& parameters) {
    return static_cast<std::size_t>(std::ranges::count_if(
        parameters, [&](const auto& each) { return documented(to, each.first) == nullptr; }));
}

std::variant<list_query, refusal> judge(const endpoint& to, const values& parameters,
                                        const manners& is) {
    if (is.strict) {
        if (auto refused = validate(to, parameters)) {
            return *refused;
        }
    }
    list_query query;
    query.what.of = to.of;
    query.what.compares = is.compares;
    query.what.order = is.order;
    if (auto refused = read_page(to, parameters, is, query)) {
        return *refused;
    }
    read_range(parameters, is, query.what);
    for (const auto& [name, value] : parameters) {
        const auto* known = documented(to, name);
        if (known == nullptr || name == "page" || name == "limit" || name == "start" ||
            name == "end") {
            continue;
        }
        if (name == "order") {
            query.what.order = value == "asc" ? list_order::oldest : list_order::newest;
        } else if (name == "expired" || name == "stream_token") {
            query.what.filters.emplace_back(name, value);
        } else if (!known->pointer.empty()) {
            query.what.filters.emplace_back(known->pointer, value);
        } else {
            return refusal{501, "the simulator does not filter by \"" + name + "\""};
        }
    }
    return query;
}

} // namespace callmirror::simulator
