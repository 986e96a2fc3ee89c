#include "sync/fetch/headers.hpp"

#include "sync/base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <initializer_list>
#include <string>

namespace callmirror::fetch {
namespace {

using std::chrono::milliseconds;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// A count at the start of a value: "100", and "100, 100;w=60" as RateLimit-Limit may be.
std::optional<std::uint64_t> parse_count(std::string_view value) {
    std::uint64_t count = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), count);
    if (error != std::errc{}) {
        return std::nullopt;
    }
    const bool whole = end == value.data() + value.size() || *end == ',' || *end == ';' ||
                       *end == ' ' || *end == '.';
    return whole ? std::optional{count} : std::nullopt;
}

// "12" or "1.5" in milliseconds, a sign allowed; saturates far above longest_asked_wait.
std::optional<milliseconds> parse_seconds(std::string_view value) {
    constexpr std::int64_t most = 100'000'000'000'000; // seconds: any sum with a date still fits
    const bool negative = value.starts_with('-');
    if (negative) {
        value.remove_prefix(1);
    }
    const std::size_t whole = std::min(value.find('.'), value.size());
    const std::string_view digits = value.substr(0, whole);
    const std::string_view fraction = value.substr(std::min(whole + 1, value.size()));
    if (digits.empty() || !std::ranges::all_of(digits, is_digit) ||
        !std::ranges::all_of(fraction, is_digit)) {
        return std::nullopt;
    }
    std::int64_t seconds = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
    if (parsed.ec != std::errc{} || seconds > most) {
        seconds = most; // a number of any length is a very long wait
    }
    std::int64_t thousandths = 0;
    std::int64_t unit = 100;
    for (const char c : fraction.substr(0, 3)) {
        thousandths += (c - '0') * unit;
        unit /= 10;
    }
    const milliseconds result{seconds * 1000 + thousandths};
    return negative ? -result : result;
}

milliseconds bounded(milliseconds wait) {
    return std::clamp(wait, milliseconds{0}, longest_asked_wait);
}

std::optional<utc_time> parse_any_date(std::string_view value) {
    const auto http = parse_http_date(value);
    return http ? http : parse_time(value);
}

// Seconds from now, epoch seconds, epoch milliseconds, or a date: told apart by size, since servers
// use one name for all of them.
std::optional<milliseconds> parse_reset(std::string_view value, utc_time sent) {
    constexpr milliseconds epoch_seconds{1'000'000'000'000};
    constexpr milliseconds epoch_milliseconds{1'000'000'000'000'000};
    if (const auto number = parse_seconds(value)) {
        if (*number > epoch_milliseconds) {
            return bounded(utc_time{*number / 1000} - sent);
        }
        if (*number > epoch_seconds) {
            return bounded(utc_time{*number} - sent);
        }
        return bounded(*number);
    }
    if (const auto date = parse_any_date(value)) {
        return bounded(*date - sent);
    }
    return std::nullopt;
}

std::optional<std::string_view> find_any(std::span<const header_field> fields,
                                         std::initializer_list<std::string_view> names) {
    for (const auto name : names) {
        if (const auto value = find_field(fields, name)) {
            return value;
        }
    }
    return std::nullopt;
}

std::optional<std::uint64_t> find_count(std::span<const header_field> fields,
                                        std::initializer_list<std::string_view> names) {
    const auto value = find_any(fields, names);
    return value ? parse_count(*value) : std::nullopt;
}

// A parameter of `"default";r=5;t=10` or `limit=100, remaining=5, reset=10`: both forms of the
// RateLimit field that drafts have had. Only the first policy's parameters are looked at.
std::optional<std::string_view> find_parameter(std::string_view field,
                                               std::initializer_list<std::string_view> names) {
    while (!field.empty()) {
        const std::size_t end = std::min(field.find_first_of(";,"), field.size());
        const std::string_view part = trim(field.substr(0, end));
        const std::size_t equals = std::min(part.find('='), part.size());
        const std::string_view name = trim(part.substr(0, equals));
        for (const auto wanted : names) {
            if (equals < part.size() && equals_ignoring_case(name, wanted)) {
                return trim(part.substr(equals + 1));
            }
        }
        field.remove_prefix(std::min(end + 1, field.size()));
    }
    return std::nullopt;
}

void read_rate(std::span<const header_field> fields, utc_time sent, answer_headers& headers) {
    headers.rate_limit =
        find_count(fields, {"RateLimit-Limit", "X-RateLimit-Limit", "X-Rate-Limit-Limit"});
    headers.rate_remaining = find_count(
        fields, {"RateLimit-Remaining", "X-RateLimit-Remaining", "X-Rate-Limit-Remaining"});
    if (const auto reset =
            find_any(fields, {"RateLimit-Reset", "X-RateLimit-Reset", "X-Rate-Limit-Reset"})) {
        headers.rate_reset = parse_reset(*reset, sent);
    }
    const auto combined = find_field(fields, "RateLimit");
    if (!combined) {
        return;
    }
    if (const auto limit = find_parameter(*combined, {"limit", "q"})) {
        headers.rate_limit = parse_count(*limit);
    }
    if (const auto remaining = find_parameter(*combined, {"remaining", "r"})) {
        headers.rate_remaining = parse_count(*remaining);
    }
    if (const auto reset = find_parameter(*combined, {"reset", "t"})) {
        headers.rate_reset = parse_reset(*reset, sent);
    }
}

std::string lower(std::string_view text) {
    std::string result{text};
    for (char& c : result) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return result;
}

std::string join_all(std::span<const header_field> fields, std::string_view name) {
    std::string joined;
    for (const auto& field : fields) {
        if (equals_ignoring_case(field.name, name)) {
            joined += joined.empty() ? "" : ", ";
            joined += field.value;
        }
    }
    return joined;
}

// Whether a link's parameters (`; rel="next last"; title=...`) call it that.
bool has_relation(std::string_view parameters, std::string_view wanted) {
    auto names = find_parameter(parameters, {"rel"}).value_or("");
    while (!names.empty()) {
        const auto end = std::min(names.find_first_of(" \""), names.size());
        if (equals_ignoring_case(names.substr(0, end), wanted)) {
            return true;
        }
        names.remove_prefix(std::min(end + 1, names.size()));
    }
    return false;
}

// `<https://api.example/calls?page=12&limit=100>; rel="last", <...>; rel="next"` (RFC 8288).
std::optional<std::uint64_t> find_last_page(std::string_view links) {
    while (!links.empty()) {
        links.remove_prefix(std::min(links.find('<'), links.size()));
        const auto target = links.substr(0, links.find('>'));
        links.remove_prefix(target.size());
        const auto parameters = links.substr(0, links.find('<'));
        links.remove_prefix(parameters.size());
        if (!has_relation(parameters, "last")) {
            continue;
        }
        auto query = target.substr(std::min(target.find('?'), target.size()));
        while (!query.empty()) {
            query.remove_prefix(1);
            const auto pair = query.substr(0, query.find_first_of("&#"));
            query.remove_prefix(pair.size());
            if (pair.starts_with("page=")) {
                return parse_count(pair.substr(5));
            }
        }
    }
    return std::nullopt;
}

} // namespace

std::optional<std::string_view> find_field(std::span<const header_field> fields,
                                           std::string_view name) {
    const auto found = std::ranges::find_if(
        fields, [&](const header_field& field) { return equals_ignoring_case(field.name, name); });
    return found == fields.end() ? std::nullopt : std::optional{trim(found->value)};
}

std::optional<milliseconds> parse_retry_after(std::string_view value, utc_time sent) {
    value = trim(value);
    if (const auto wait = parse_seconds(value)) {
        return bounded(*wait);
    }
    if (const auto date = parse_any_date(value)) {
        return bounded(*date - sent);
    }
    return std::nullopt;
}

content_coding read_coding(std::span<const header_field> fields) {
    auto coding = content_coding::identity;
    const std::string all = join_all(fields, "Content-Encoding");
    std::string_view rest = all;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(','), rest.size());
        const std::string_view name = trim(rest.substr(0, end));
        const bool gzip =
            equals_ignoring_case(name, "gzip") || equals_ignoring_case(name, "x-gzip");
        if (gzip && coding == content_coding::identity) {
            coding = content_coding::gzip;
        } else if (!name.empty() && !equals_ignoring_case(name, "identity")) {
            return content_coding::unknown;
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return coding;
}

answer_headers read_headers(std::span<const header_field> fields, utc_time now) {
    answer_headers headers;
    const auto type = find_field(fields, "Content-Type").value_or("");
    headers.content_type = lower(trim(type.substr(0, type.find(';'))));
    headers.last_page = find_last_page(join_all(fields, "Link"));
    headers.total_count = find_count(fields, {"X-Total-Count", "X-Total"});
    headers.location = find_field(fields, "Location").value_or("");
    if (const auto date = find_field(fields, "Date")) {
        headers.date = parse_http_date(*date);
    }
    const utc_time sent = headers.date.value_or(now);
    if (const auto retry = find_field(fields, "Retry-After")) {
        headers.retry_after = parse_retry_after(*retry, sent);
    }
    read_rate(fields, sent, headers);
    return headers;
}

} // namespace callmirror::fetch
