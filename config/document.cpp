#include "config/document.hpp"

#include "sync/base/text.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace callmirror::config {
namespace {

template <class... Cases>
struct overload : Cases... {
    using Cases::operator()...;
};
template <class... Cases>
overload(Cases...) -> overload<Cases...>;

position position_of(const toml::source_region& region) {
    return {static_cast<int>(region.begin.line), static_cast<int>(region.begin.column)};
}

std::string text_of(const toml::date& day) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02d-%02d", int{day.year}, int{day.month},
                  int{day.day});
    return text.data();
}

std::string text_of(const toml::date_time& time) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "T%02d:%02d:%02d.%03d", int{time.time.hour},
                  int{time.time.minute}, int{time.time.second},
                  static_cast<int>(time.time.nanosecond / 1'000'000));
    std::string whole = text_of(time.date) + text.data();
    if (time.offset) {
        const int minutes = std::abs(int{time.offset->minutes});
        std::snprintf(text.data(), text.size(), "%c%02d:%02d", time.offset->minutes < 0 ? '-' : '+',
                      minutes / 60, minutes % 60);
        whole += text.data();
    }
    return whole;
}

node plain(const toml::node& from);

table plain_table(const toml::table& from) {
    table to;
    for (const auto& [key, value] : from) {
        member each{std::string{key.str()}, position_of(key.source()), plain(value)};
        if (each.at.line == 0) {
            each.at = each.content.at;
        }
        to.push_back(std::move(each));
    }
    return to;
}

array plain_array(const toml::array& from) {
    array to;
    for (const auto& each : from) {
        to.push_back(plain(each));
    }
    return to;
}

node plain(const toml::node& from) {
    node to{position_of(from.source()), {}};
    from.visit(overload{
        [&to](const toml::value<std::string>& value) { to.value = value.get(); },
        [&to](const toml::value<std::int64_t>& value) { to.value = value.get(); },
        [&to](const toml::value<double>& value) { to.value = value.get(); },
        [&to](const toml::value<bool>& value) { to.value = value.get(); },
        [&to](const toml::value<toml::date>& value) { to.value = date{text_of(value.get())}; },
        [&to](const toml::value<toml::date_time>& value) { to.value = date{text_of(value.get())}; },
        [&to](const toml::value<toml::time>&) { to.value = time_of_day{}; },
        [&to](const toml::array& value) { to.value = plain_array(value); },
        [&to](const toml::table& value) { to.value = plain_table(value); },
    });
    return to;
}

// toml++'s description as our errors are worded.
std::string wording(std::string_view description) {
    constexpr std::string_view line_end = R"('\n')";
    std::string text{description};
    if (const auto at = text.find(line_end); at != std::string::npos) {
        text.replace(at, line_end.size(), "the end of the line");
    }
    if (text.size() > 1 && text[0] >= 'A' && text[0] <= 'Z') {
        text[0] = static_cast<char>(text[0] - 'A' + 'a');
    }
    return printable(text, 300, placed::in_a_sentence);
}

std::string number_text(double value) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return {text.data(), end};
}

} // namespace

std::variant<table, syntax_error> read_document(std::string_view toml) {
    try {
        return plain_table(toml::parse(toml));
    } catch (const toml::parse_error& error) {
        return syntax_error{position_of(error.source()), wording(error.description())};
    }
}

const node* find(const table& in, std::string_view key) {
    const auto found = std::ranges::find(in, key, &member::key);
    return found == in.end() ? nullptr : &found->content;
}

std::string shown(const node& value) {
    return std::visit(overload{
                          [](const std::string& text) { return '"' + printable(text, 80) + '"'; },
                          [](std::int64_t number) { return std::to_string(number); },
                          [](double number) { return number_text(number); },
                          [](bool truth) { return std::string{truth ? "true" : "false"}; },
                          [](const date& day) { return day.text; },
                          [](const time_of_day&) { return std::string{"a time of day"}; },
                          [](const array& list) {
                              return std::string{list.empty() ? "an empty list" : "a list"};
                          },
                          [](const table&) { return std::string{"a table"}; },
                      },
                      value.value);
}

} // namespace callmirror::config
