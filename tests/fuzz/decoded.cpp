#include "tests/fuzz/decoded.hpp"

#include "sync/base/time.hpp"
#include "tests/unit/decode_support.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace callmirror::fuzz {
namespace {

using providers::column_type;

constexpr std::size_t longest_message = 4096;

// Takes all that JSON is. A number that a double can't hold is JSON, too, but the parser stops
// there: then there is no telling.
struct judge : nlohmann::json_sax<nlohmann::json> {
    bool is_json = true;

    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t&) override { return true; }
    bool string(string_t&) override { return true; }
    bool binary(binary_t&) override { return true; }
    bool start_object(std::size_t) override { return true; }
    bool key(string_t&) override { return true; }
    bool end_object() override { return true; }
    bool start_array(std::size_t) override { return true; }
    bool end_array() override { return true; }
    bool parse_error(std::size_t, const std::string&,
                     const nlohmann::detail::exception& error) override {
        constexpr int number_overflow = 406;
        is_json = error.id == number_overflow;
        return false;
    }
};

bool is_json(std::string_view text) {
    judge opinion;
    nlohmann::json::sax_parse(text, &opinion);
    return opinion.is_json;
}

bool is_whole_number(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size();
}

bool is_finite_number(const std::string& text) {
    char* end = nullptr;
    const double number = std::strtod(text.c_str(), &end);
    return !text.empty() && end == text.c_str() + text.size() && std::isfinite(number);
}

bool fits(column_type type, const std::string& field) {
    switch (type) {
    case column_type::text:
        return true;
    case column_type::bigint:
        return is_whole_number(field);
    case column_type::double_precision:
        return is_finite_number(field);
    case column_type::boolean:
        return field == "t" || field == "f";
    case column_type::timestamptz: // PostgreSQL takes this form whatever its settings are
        return field.size() >= 20 && field[10] == 'T' && field.ends_with('Z') &&
               parse_time(field).has_value();
    case column_type::jsonb:
        return is_json(field);
    }
    return false;
}

void require_message(std::string_view text) {
    require(!text.empty() && text.size() <= longest_message && is_safe_line(text),
            "a message is one line, safe to show", text);
}

void require_row(const decode::decoded_record& record, const providers::resource& resource) {
    require(is_utf8(record.line) && record.line.find('\0') == record.line.npos,
            "a line is UTF-8 without U+0000", record.line);
    const decode::fields fields = decode::fields_of(record.line); // throws where it is not one line
    require(fields.size() == resource.columns.size() + 4, "a line has its columns", record.line);
    require(fields[0] == "acme" && fields[1] == std::string{record.key},
            "account and key come first", record.line);
    require(!record.key.empty() && record.key.size() <= 1024, "a key fits an index", record.key);
    require(fields[2] == std::to_string(static_cast<std::int64_t>(record.hash)),
            "the hash is the third", record.line);
    for (std::size_t at = 0; at < resource.columns.size(); ++at) {
        const auto& field = fields[at + 3];
        require(!field || fits(resource.columns[at].type, *field), "a field fits its column",
                field.value_or(""));
    }
    require(fields.back() && is_json(*fields.back()), "raw is JSON", record.line);
}

void require_rejected(const decode::rejected_record& record) {
    require_message(record.reason);
    require(record.raw.size() <= std::size_t{1} << 20U && is_utf8(record.raw) &&
                record.raw.find('\0') == std::string::npos,
            "a rejected text is one that PostgreSQL takes", record.raw);
}

} // namespace

const providers::resource& choose_resource(input& from) {
    const auto named = [](std::string_view name) {
        return providers::find_resource(*providers::find_platform("snapcall"), name);
    };
    static const std::array<const providers::resource*, 8> resources{
        &decode::things(),     &decode::things_by_text(),
        named("calls"),        named("partner_stats"),
        named("invites"),      named("users"),
        named("integrations"), named("agents")};
    return *resources[from.choose(resources.size())];
}

void require_sound(const decode::decoder::result& result, const providers::resource& resource) {
    if (!result.page) {
        require_message(result.error.reason);
        return;
    }
    const decode::decoded_page& page = *result.page;
    require(result.error.reason.empty(), "there is a page or a reason", result.error.reason);
    require(page.served == page.records.size() + page.rejected.size(),
            "every record is mirrored or rejected");
    for (const auto& record : page.records) {
        require_row(record, resource);
    }
    for (const auto& record : page.rejected) {
        require_rejected(record);
    }
    require((page.misfits == 0) == page.first_misfit.empty(), "the first misfit is told");
    if (page.misfits > 0) {
        require_message(page.first_misfit);
    }
    require(is_safe_line(page.hints.records_at), "the place is safe to show",
            page.hints.records_at);
}

void require_same(const decode::decoder::result& one, const decode::decoder::result& other) {
    require(one.error.reason == other.error.reason, "the reason is the same", one.error.reason);
    if (!one.page) {
        return;
    }
    const auto same = [](const decode::decoded_record& a, const decode::decoded_record& b) {
        return a.key == b.key && a.line == b.line && a.hash == b.hash;
    };
    require(std::ranges::equal(one.page->records, other.page->records, same),
            "the rows are the same");
    require(one.page->served == other.page->served && one.page->misfits == other.page->misfits,
            "the counts are the same");
}

void require_lasting(const decode::decoded_page& page, const providers::resource& resource) {
    if (resource.secrets.any()) {
        return;
    }
    std::string body = "[";
    for (const auto& record : page.records) {
        body += body.size() > 1 ? "," : "";
        body += decode::fields_of(record.line).back().value();
    }
    decode::decoder again{"acme", resource};
    const auto result = again.page(body + ']');
    require(result.page && result.page->records.size() == page.records.size(),
            "what was mirrored is a page", body);
    for (std::size_t at = 0; at < page.records.size(); ++at) {
        auto before = decode::fields_of(page.records[at].line);
        const auto after = decode::fields_of(result.page->records[at].line);
        before[2] = after[2]; // U+FFFD hashes otherwise than what it stands for
        require(before == after, "what was mirrored gives the same row", page.records[at].line);
    }
}

void require_bounded(const decode::field_catalog& fields) {
    require(fields.field_count() <= 500, "a catalog has at most 500 paths");
    for (std::size_t at = 0; at < fields.field_count(); ++at) {
        const auto& field = fields.at(static_cast<decode::field_catalog::field_id>(at));
        require(field.path.size() <= 200 && is_safe_line(field.path) && is_safe_line(field.example),
                "a path is short and safe to show", field.path);
    }
}

} // namespace callmirror::fuzz
