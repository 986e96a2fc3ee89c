#include "tests/unit/decode_support.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace callmirror::decode {
namespace {

using providers::column;
using enum providers::column_type;

template <std::size_t N>
using names = std::array<std::string_view, N>;

constexpr names<2> t{"/t", "/alt/t"};
constexpr names<2> n{"/n", "/alt/n"};
constexpr names<2> d{"/d", "/alt/d"};
constexpr names<2> b{"/b", "/alt/b"};
constexpr names<2> w{"/w", "/alt/w"};
constexpr names<2> j{"/j", "/alt/j"};
constexpr names<1> list{"/list/1/x"};

constexpr std::array<column, 7> columns{{{"t", text, t},
                                         {"n", bigint, n},
                                         {"d", double_precision, d},
                                         {"b", boolean, b},
                                         {"w", timestamptz, w},
                                         {"j", jsonb, j},
                                         {"list", text, list}}};

providers::resource make(providers::column_type key) {
    providers::resource made{};
    made.name = "odd_things";
    made.key_pointer = "/id";
    made.key_type = key;
    made.columns = columns;
    return made;
}

std::string unescaped(std::string_view field) {
    std::string plain;
    for (std::size_t at = 0; at < field.size(); ++at) {
        if (field[at] != '\\') {
            plain += field[at];
            continue;
        }
        const char letter = field[++at];
        plain += letter == 't' ? '\t' : letter == 'n' ? '\n' : letter == 'r' ? '\r' : letter;
    }
    return plain;
}

} // namespace

const providers::resource& things() {
    static const providers::resource made = make(bigint);
    return made;
}

const providers::resource& things_by_text() {
    static const providers::resource made = make(text);
    return made;
}

decoded_page page_of(std::string_view body, const providers::resource& resource) {
    decoder made{"acme", resource};
    decoder::result result = made.page(body);
    if (!result.page) {
        throw std::runtime_error{"no page: " + result.error.reason};
    }
    return std::move(*result.page);
}

std::string error_of(std::string_view body, const providers::resource& resource) {
    decoder made{"acme", resource};
    const decoder::result result = made.page(body);
    if (result.page.has_value() != result.error.reason.empty()) {
        throw std::runtime_error{"a page and an error, or neither"};
    }
    return result.error.reason;
}

fields fields_of(std::string_view line) {
    if (!line.ends_with('\n') || line.find('\n') + 1 != line.size()) {
        throw std::runtime_error{"not one line"};
    }
    line.remove_suffix(1);
    fields found;
    for (;;) {
        const std::string_view field = line.substr(0, line.find('\t'));
        found.push_back(field == "\\N" ? std::nullopt : std::optional{unescaped(field)});
        if (field.size() == line.size()) {
            return found;
        }
        line.remove_prefix(field.size() + 1);
    }
}

std::string column_of(std::string_view name, std::string_view members) {
    const decoded_page page = page_of("[{\"id\":1," + std::string{members} + "}]");
    if (page.records.size() != 1) {
        return "<rejected> " + page.rejected.at(0).reason;
    }
    const std::vector<std::string> columns_there = line_columns(things());
    const auto at = std::ranges::find(columns_there, name) - columns_there.begin();
    const auto field = fields_of(page.records[0].line).at(static_cast<std::size_t>(at));
    return field.value_or("<null>");
}

std::uint64_t misfits_of(std::string_view members) {
    return page_of("[{\"id\":1," + std::string{members} + "}]").misfits;
}

} // namespace callmirror::decode
