// Reads one key's value into one setting, or notes the mistake and leaves the setting alone.
// An error says `KEY is VALUE, want RULE`; the value is left out where it may be a secret.
#pragma once

#include "config/document.hpp"
#include "config/load.hpp"
#include "config/settings.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace callmirror::config {

struct context {
    std::string folder; // relative paths start here; "" for the working directory
    std::vector<mistake> mistakes;
};

struct field {
    const node& value;
    position at;
    std::string key; // in full: "accounts[0].page_size"
    context& in;

    // "KEY <text>".
    void complain(const std::string& text, std::string hint = {}) const;
    // "KEY is VALUE, want <rule>".
    void want(const std::string& rule, std::string hint = {}) const;
};

// The text if it is a string with something in it and no control characters; else nullptr, and the
// mistake is noted as `rule` says.
const std::string* text_of(const field& from, const std::string& rule);

void read_flag(const field& from, bool& to);
void read_count(const field& from, std::size_t& to, std::int64_t least, std::int64_t most);
void read_number(const field& from, double& to, double least, double most);
void read_duration(const field& from, std::chrono::milliseconds& to,
                   std::chrono::milliseconds least, std::chrono::milliseconds most);
void read_date(const field& from, std::optional<utc_time>& to);

// A path, made relative to the configuration's folder.
void read_path(const field& from, std::string& to);

// Where a secret is. The latter two never show what they refuse: pasting the secret itself there is
// an easy mistake to make.
void read_secret_file(const field& from, secret_source& to);
void read_variable(const field& from, secret_source& to);
void read_credential(const field& from, secret_source& to);

// The index of the text among `names`.
std::optional<std::size_t> read_choice(const field& from, std::span<const std::string_view> names);

// The same for an enumeration whose enumerators stand in the order of `names`.
template <class Choice>
void read_choice_of(const field& from, Choice& to, std::span<const std::string_view> names) {
    if (const auto index = read_choice(from, names)) {
        to = static_cast<Choice>(*index);
    }
}

// The elements of a list, each as a field of its own; none where it is no list.
std::vector<field> elements(const field& from, const std::string& rule);

// "a", "a or b", "a, b or c".
std::string listing(std::span<const std::string_view> names);

} // namespace callmirror::config
