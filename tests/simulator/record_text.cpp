#include "tests/simulator/record_text.hpp"

#include "tests/simulator/chance.hpp"
#include "tests/simulator/record_writer.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <bit>
#include <optional>

namespace callmirror::simulator {
namespace {

constexpr std::array<std::string_view, hostile_kind_count> kind_names{
    "nul",         "surrogate",   "huge_number",  "bare",         "wrong_types",
    "control",     "deep",        "wide",         "no_key",       "null_key",
    "null_record", "text_record", "array_record", "number_record"};

constexpr std::string_view wrong_types =
    R"("created_at":"yesterday","started_at":{"at":1},"ended_at":"2026-02-30T25:61:00Z",)"
    R"("updated_at":-1e400,"duration":"long","rating":[5],"status":7,"call_id":"none",)"
    R"("stream_id":true,"emitted_at":"","user_limit":1.5,"company_id":{},"type":null)";
constexpr std::string_view control =
    R"("name":"\u001b[31mred\u001b[0m\r\n2026-01-01 [error] forged","note":"'; drop table calls; --",)"
    R"("comment":"<script>alert(1)</script>\\.\\N\tend")";

std::optional<hostile_kind> hostility(const world& from, resource of, ordinal which,
                                      const record_style& style) {
    const auto kinds = style.hostile_kinds & ((1U << hostile_kind_count) - 1);
    const auto luck = mix(from.seed(), 99, static_cast<std::uint64_t>(of), which);
    if (style.hostile_every == 0 || kinds == 0 || luck % style.hostile_every != 0) {
        return std::nullopt;
    }
    auto skip = luck / style.hostile_every % static_cast<unsigned>(std::popcount(kinds));
    for (unsigned kind = 0;; ++kind) {
        if ((kinds >> kind & 1U) != 0 && skip-- == 0) {
            return static_cast<hostile_kind>(kind);
        }
    }
}

void write_members(record_writer& to, resource of, ordinal which) {
    switch (of) {
    case resource::calls:
    case resource::partner_calls:
        write_call(to, of, which);
        break;
    case resource::partner_stats:
        write_day(to, which);
        break;
    case resource::streams:
        write_stream(to, which);
        break;
    case resource::stream_events:
        write_event(to, which);
        break;
    default:
        write_small(to, of, which);
    }
}

void write_key(record_writer& to, resource of, ordinal which) {
    const auto key = info(of).key;
    key == "id" ? to.key(key).number(to.source().id_of(of, which))
                : to.key(key).text(to.source().key_text(of, which));
    if (of == resource::streams) { // asked for one by one by its token
        to.key("token").text(to.source().token(of, which));
    } else if (of == resource::stream_events) {
        const auto stream = to.source().at(of, which).parent - 1;
        to.key("stream_id").number(to.source().id_of(resource::streams, stream));
    }
}

void write_hostile(record_writer& to, resource of, ordinal which, hostile_kind kind) {
    switch (kind) {
    case hostile_kind::null_record:
        return to.null();
    case hostile_kind::text_record:
        return to.text("not an object");
    case hostile_kind::array_record:
        return to.raw(R"([1,"two",{"id":3}])");
    case hostile_kind::number_record:
        return to.number(static_cast<std::int64_t>(which));
    default:
        break;
    }
    to.open();
    switch (kind) {
    case hostile_kind::no_key:
        to.key("name").text("nobody");
        break;
    case hostile_kind::null_key:
        to.key(info(of).key).null();
        break;
    case hostile_kind::bare:
        write_key(to, of, which);
        break;
    case hostile_kind::wrong_types:
        write_key(to, of, which);
        to.raw(of == resource::stream_events
                   ? std::string_view(R"("created_at":"yesterday","data":7,"user":"me")")
                   : wrong_types);
        break;
    default:
        write_members(to, of, which);
    }
    switch (kind) {
    case hostile_kind::nul:
        to.key("note").raw(R"("a\u0000b")");
        break;
    case hostile_kind::surrogate:
        to.key("note").raw(R"("\ud83d alone \ude00")");
        break;
    case hostile_kind::huge_number:
        to.key("huge").raw("[9007199254740993,123456789012345678901234567890,-9223372036854775809,"
                           "1.00000000000000000000001]");
        break;
    case hostile_kind::control:
        to.raw(control);
        break;
    case hostile_kind::deep:
        to.key("deep").raw(std::string(60, '[') + std::string(60, ']'));
        break;
    case hostile_kind::wide:
        to.key("wide").text(std::string(1U << 20U, 'w'));
        break;
    default:
        break;
    }
    to.close();
}

} // namespace

std::string_view name_of(hostile_kind kind) {
    return kind_names.at(static_cast<std::size_t>(kind));
}

void append_text(std::string& out, const world& from, resource of, ordinal which,
                 const record_style& style) {
    if ((from.at(of, which).flags & flag_replaced) != 0) {
        out += *from.replaced_text(of, which);
        return;
    }
    record_writer to(out, from, style);
    if (const auto kind = hostility(from, of, which, style)) {
        return write_hostile(to, of, which, *kind);
    }
    to.open();
    write_members(to, of, which);
    to.close();
}

std::string text_of(const world& from, resource of, ordinal which, const record_style& style) {
    std::string text;
    append_text(text, from, of, which, style);
    return text;
}

bool is_keyed(const world& from, resource of, ordinal which, const record_style& style) {
    if (const auto* text = from.replaced_text(of, which)) {
        const auto parsed = nlohmann::json::parse(*text, nullptr, false);
        const std::string key(info(of).key);
        // What nlohmann refuses may still be a record to others: a lone surrogate, say.
        return parsed.is_discarded() ||
               (parsed.is_object() && parsed.contains(key) && !parsed[key].is_null());
    }
    const auto kind = hostility(from, of, which, style);
    return !kind || has_key(*kind);
}

void for_each_current(const world& from, resource of, const record_style& style,
                      const record_visitor& visit) {
    std::string text;
    for (ordinal which = 0; which < from.created_count(of); ++which) {
        if (from.is_there(of, which)) {
            text.clear();
            append_text(text, from, of, which, style);
            const auto key =
                is_keyed(from, of, which, style) ? from.key_text(of, which) : std::string();
            visit(key, text, which);
        }
    }
}

std::map<std::string, std::string> current_records(const world& from, resource of,
                                                   const record_style& style) {
    std::map<std::string, std::string> all;
    for_each_current(from, of, style, [&](std::string_view key, std::string_view text, ordinal) {
        if (!key.empty()) {
            all.emplace(key, text);
        }
    });
    return all;
}

std::string without_signatures(std::string_view text) {
    std::string clean;
    clean.reserve(text.size());
    while (!text.empty()) {
        const auto query = text.find("?X-Amz-");
        clean += text.substr(0, query);
        text = query == std::string_view::npos ? std::string_view{} : text.substr(query);
        text.remove_prefix(std::min(text.size(), text.find('"')));
    }
    return clean;
}

} // namespace callmirror::simulator
