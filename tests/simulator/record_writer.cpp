#include "tests/simulator/record_writer.hpp"

#include "tests/simulator/chance.hpp"

#include <array>

namespace callmirror::simulator {
namespace {

constexpr std::array<std::string_view, 20> first_names{
    "Amina", "Bastien", "Chloé", "David", "Elena", "Farid", "Giulia", "Hugo",  "Inès",  "Jonas",
    "Kenza", "Louis",   "Maya",  "Noah",  "Olga",  "Paul",  "Rania",  "Simon", "Tessa", "Yann"};
constexpr std::array<std::string_view, 20> last_names{
    "Martin", "Bernard", "Dubois",  "Thomas",  "Robert", "Petit", "Durand",
    "Leroy",  "Moreau",  "Simon",   "Laurent", "Garcia", "Rossi", "Müller",
    "Novak",  "Jansen",  "Ferrari", "Nguyen",  "Silva",  "Okafor"};

void two(char*& at, std::int64_t value) {
    *at++ = static_cast<char>('0' + value / 10);
    *at++ = static_cast<char>('0' + value % 10);
}

void three(char*& at, std::int64_t value) {
    *at++ = static_cast<char>('0' + value / 100);
    two(at, value % 100);
}

// "2026-11-20T10:00:00.000", years 1970 to 9999. format_utc() is for people; this is for millions.
std::size_t civil(char* begin, std::int64_t ms, char separator) {
    const auto time =
        std::chrono::sys_time<std::chrono::milliseconds>{std::chrono::milliseconds{ms}};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    auto rest = (time - day).count();
    char* at = begin;
    const auto year = static_cast<int>(date.year());
    two(at, year / 100);
    two(at, year % 100);
    *at++ = '-';
    two(at, static_cast<unsigned>(date.month()));
    *at++ = '-';
    two(at, static_cast<unsigned>(date.day()));
    *at++ = separator;
    two(at, rest / 3'600'000);
    *at++ = ':';
    two(at, rest / 60'000 % 60);
    *at++ = ':';
    two(at, rest / 1000 % 60);
    *at++ = '.';
    three(at, rest % 1000);
    return static_cast<std::size_t>(at - begin);
}

void append_hex(std::string& out, std::uint64_t bits) {
    for (int i = 0; i < 16; ++i) {
        out += "0123456789abcdef"[(bits >> (4 * i)) & 15U];
    }
}

} // namespace

std::string_view first_name(std::uint64_t luck) {
    return first_names[luck % first_names.size()];
}
std::string_view last_name(std::uint64_t luck) {
    return last_names[luck / first_names.size() % last_names.size()];
}

std::uint64_t luck_of(const world& from, resource of, ordinal which, std::uint64_t purpose) {
    return mix(from.seed() + purpose, static_cast<std::uint64_t>(of) << 32U | which);
}

void record_writer::time(std::int64_t ms) {
    char buffer[40];
    const auto write = [&](std::int64_t moment, char separator, std::string_view offset) {
        const auto length = civil(buffer, moment, separator);
        comma();
        out_ += '"';
        out_.append(buffer, length);
        out_ += offset;
        out_ += '"';
        needs_comma_ = true;
    };
    switch (style_.dates) {
    case date_form::iso:
        return write(ms, 'T', "Z");
    case date_form::iso_offset:
        return write(ms + 7'200'000, 'T', "+02:00");
    case date_form::iso_local:
        return write(ms, 'T', "");
    case date_form::sql:
        return write(ms, ' ', "");
    case date_form::epoch_s:
        return number(ms / 1000);
    case date_form::epoch_ms:
        return number(ms);
    case date_form::epoch_text:
        return text(std::to_string(ms));
    }
}

void record_writer::media_url(std::string_view folder, std::uint64_t luck,
                              std::string_view suffix) {
    comma();
    out_ += "\"https://media.snapcall.example/";
    out_ += folder;
    out_ += '/';
    append_hex(out_, luck);
    out_ += suffix;
    if (style_.signature_period_s > 0) {
        const auto period = style_.now_ms / 1000 / style_.signature_period_s;
        out_ += "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=3600&X-Amz-Date=";
        out_ += std::to_string(period * style_.signature_period_s);
        out_ += "&X-Amz-Signature=";
        append_hex(out_, mix(luck, static_cast<std::uint64_t>(period)));
        append_hex(out_, mix(luck, static_cast<std::uint64_t>(period), 1));
    }
    out_ += '"';
    needs_comma_ = true;
}

} // namespace callmirror::simulator
