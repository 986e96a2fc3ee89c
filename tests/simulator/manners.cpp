#include "tests/simulator/manners.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <charconv>
#include <functional>
#include <optional>

namespace callmirror::simulator {
namespace {

struct setting {
    std::string_view name;
    std::string_view values; // and the default, for people
    std::string_view meaning;
    // False: the value is none of them.
    std::function<bool(manners&, std::string_view)> set;
};

template <typename Number>
bool parse_number(std::string_view text, Number least, Number most, Number& into) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most) {
        return false;
    }
    into = value;
    return true;
}

// "a|b|c": the place of `text` among them.
std::optional<std::size_t> place_of(std::string_view names, std::string_view text) {
    for (std::size_t place = 0;; ++place) {
        const auto bar = names.find('|');
        if (names.substr(0, bar) == text) {
            return place;
        }
        if (bar == std::string_view::npos) {
            return std::nullopt;
        }
        names.remove_prefix(bar + 1);
    }
}

std::vector<std::string> words_of(std::string_view list) {
    std::vector<std::string> words;
    while (!list.empty()) {
        const auto comma = list.find(',');
        words.emplace_back(list.substr(0, comma));
        list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    }
    return words;
}

// `field` is a function from manners& to the field's reference.
template <typename Field>
setting one_of(std::string_view name, std::string_view values, std::string_view meaning,
               Field field) {
    return {name, values, meaning, [values, field](manners& of, std::string_view text) {
                const auto place = place_of(values, text);
                using choice = std::remove_reference_t<decltype(field(of))>;
                if (place) {
                    field(of) = static_cast<choice>(*place);
                }
                return place.has_value();
            }};
}

template <typename Field>
setting integer(std::string_view name, std::int64_t least, std::int64_t most,
                std::string_view values, std::string_view meaning, Field field) {
    return {name, values, meaning, [=](manners& of, std::string_view text) {
                std::int64_t value = 0;
                const bool good = parse_number(text, least, most, value);
                if (good) {
                    field(of) = static_cast<std::remove_reference_t<decltype(field(of))>>(value);
                }
                return good;
            }};
}

template <typename Field>
setting text(std::string_view name, std::string_view values, std::string_view meaning,
             Field field) {
    return {name, values, meaning, [field](manners& of, std::string_view value) {
                field(of) = value;
                return true;
            }};
}

bool set_limits(manners& of, std::string_view list) {
    std::vector<std::int64_t> limits;
    for (const auto& word : words_of(list)) {
        if (!parse_number<std::int64_t>(word, 1, 1'000'000, limits.emplace_back())) {
            return false;
        }
    }
    of.limits = limits;
    return true;
}

bool set_hostile_kinds(manners& of, std::string_view list) {
    std::uint32_t kinds = 0;
    for (const auto& word : words_of(list)) {
        std::uint32_t bit = 0;
        for (unsigned kind = 0; kind < hostile_kind_count; ++kind) {
            bit |= name_of(static_cast<hostile_kind>(kind)) == word ? 1U << kind : 0U;
        }
        if (bit == 0 && word != "all") {
            return false;
        }
        kinds |= word == "all" ? (1U << hostile_kind_count) - 1 : bit;
    }
    of.style.hostile_kinds = kinds;
    return true;
}

bool set_extra(manners& of, std::string_view value) {
    if (!value.empty() && !nlohmann::json::parse(value, nullptr, false).is_object()) {
        return false;
    }
    of.extra = value;
    return true;
}

#define FIELD(member)                                                                              \
    [](manners & of) -> auto& {                                                                    \
        return of.member;                                                                          \
    }

const std::vector<setting>& settings() {
    static const std::vector<setting> all{
        text("envelope", "data|items|{name}|result.rows|... (\"\": a bare array)",
             "where a list's records are", FIELD(envelope)),
        text("record_envelope", "\"\"|data|...", "where a single record is",
             FIELD(record_envelope)),
        {"extra", "{\"errors\":[]}", "members added to a list's envelope", set_extra},
        {"totals", "total,meta.pages,header:X-Total-Count,header:Link,... (\"\": none)",
         "where totals are",
         [](manners& of, std::string_view list) {
             of.totals = words_of(list);
             return true;
         }},
        one_of("totals_are", "exact|page|wrong|frozen", "what they say", FIELD(totals_are)),
        text("has_more", "\"\"|has_more|meta.hasNext", "where a flag tells that pages follow",
             FIELD(has_more)),
        integer("first_page", 0, 1, "0|1", "number of the first page", FIELD(first_page)),
        one_of("page_zero", "refused|same_as_first|empty", "page 0 where the first is 1",
               FIELD(zero)),
        integer("default_limit", 1, 1'000'000, "20", "page size without limit",
                FIELD(default_limit)),
        integer("max_limit", 1, 1'000'000, "100", "largest page size", FIELD(max_limit)),
        one_of("over_limit", "clamped|refused", "what comes of a larger one", FIELD(over)),
        {"limits", "\"\"|50,20", "the only limits accepted", set_limits},
        integer("hidden_per_250", 0, 40, "0", "records left out after paging: short pages",
                FIELD(hidden_per_250)),
        one_of("ignores_page", "false|true", "every page is the first", FIELD(ignores_page)),
        one_of("order", "newest|oldest|id|shuffled", "order of a list", FIELD(order)),
        one_of("grain", "millisecond|second|day", "what start and end are cut to", FIELD(grain)),
        one_of("start_inclusive", "false|true", "true as shipped", FIELD(start_inclusive)),
        one_of("end_inclusive", "false|true", "true as shipped", FIELD(end_inclusive)),
        one_of("ignores_range", "false|true", "start and end change nothing", FIELD(ignores_range)),
        one_of("compares", "created|started|updated", "the time that start and end compare",
               FIELD(compares)),
        one_of("strict", "false|true", "400 for what is undocumented; true as shipped",
               FIELD(strict)),
        integer("list_status", 200, 599, "200|403|404", "what lists answer to this role",
                FIELD(list_status)),
        integer("record_status", 200, 599, "200|403|401", "what single records answer",
                FIELD(record_status)),
        integer("gone_status", 400, 499, "404|410", "what a deleted record answers",
                FIELD(gone_status)),
        integer("past_end_status", 200, 499, "200|400|404|416|422",
                "what a page over the end of its list answers; 200: an empty page",
                FIELD(past_end_status)),
        one_of("me", "both|company_id|companies|neither", "what /v2/users/me says of companies",
               FIELD(me)),
        {"requests_per_second", "0", "rate limit; 0 is none",
         [](manners& of, std::string_view value) {
             return parse_number(value, 0.0, 1e6, of.requests_per_second);
         }},
        integer("burst", 1, 100'000, "5", "requests that may come at once", FIELD(burst)),
        one_of("retry_after", "seconds|date|none", "how a 429 says when", FIELD(after)),
        one_of("rate_headers", "none|x_ratelimit|ratelimit", "whether the pace is told",
               FIELD(rates)),
        integer("latency_ms", 0, 600'000, "0", "each answer waits so long", FIELD(latency_ms)),
        integer("jitter_ms", 0, 600'000, "0", "and by chance up to so much longer",
                FIELD(jitter_ms)),
        integer("clock_ahead_ms", -86'400'000, 86'400'000, "0",
                "how far the server's clock is ahead", FIELD(clock_ahead_ms)),
        one_of("gzip", "false|true", "compress where accepted; true as shipped", FIELD(gzip)),
        one_of("chunked", "false|true", "chunked instead of Content-Length", FIELD(chunked)),
        one_of("keep_alive", "false|true", "true as shipped", FIELD(keep_alive)),
        one_of("dates", "iso|iso_offset|iso_local|sql|epoch_s|epoch_ms|epoch_text", "form of times",
               FIELD(style.dates)),
        one_of("call_names", "snake|camel|terse", "names of a call's fields", FIELD(style.calls)),
        one_of("numbers_as_text", "false|true", "\"id\": \"4100001\"",
               FIELD(style.numbers_as_text)),
        one_of("text_as_numbers", "false|true", "\"ani\": 33612345678",
               FIELD(style.text_as_numbers)),
        integer("signature_period_s", 0, 1'000'000, "900",
                "media URLs are signed anew; 0: unsigned", FIELD(style.signature_period_s)),
        integer("hostile_every", 0, 1'000'000'000, "0", "one record of so many is hostile",
                FIELD(style.hostile_every)),
        {"hostile_kinds",
         "all|nul,surrogate,huge_number,bare,wrong_types,control,deep,wide,no_key,null_key,"
         "null_record,text_record,array_record,number_record",
         "in which ways (as shipped: to null_record and text_record)", set_hostile_kinds},
    };
    return all;
}

#undef FIELD

} // namespace

std::string set_manner(manners& of, std::string_view name, std::string_view value) {
    for (const auto& each : settings()) {
        if (each.name == name) {
            return each.set(of, value)
                       ? std::string()
                       : "manner \"" + std::string(name) + "\" is \"" + std::string(value) +
                             "\", want " + std::string(each.values);
        }
    }
    return "there is no manner \"" + std::string(name) + "\"";
}

std::string help_on_manners() {
    std::string help;
    for (const auto& each : settings()) {
        help += "  " + std::string(each.name);
        help.append(each.name.size() < 20 ? 20 - each.name.size() : 1, ' ');
        help += std::string(each.meaning) + ": " + std::string(each.values) + '\n';
    }
    return help;
}

} // namespace callmirror::simulator
