// Values as the text that PostgreSQL reads: a statement's parameters, and arrays among them.
// Text from outside is made storable on the way: U+0000 and what is not UTF-8 become U+FFFD.
#pragma once

#include "sync/base/time.hpp"

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callmirror::postgres {

// Valid UTF-8 without U+0000, at most `most` bytes, cut at a character's end.
std::string storable(std::string_view text, std::size_t most = std::string::npos);

// "2026-11-20T10:00:00.000Z", "infinity", "-infinity".
std::string to_sql(utc_time time);
// The reverse of a timestamptz as PostgreSQL prints it with DateStyle ISO in UTC.
// Throws std::runtime_error for anything else.
utc_time time_from_sql(std::string_view text);

// "\x00ff": a bytea, and back.
std::string bytes_to_sql(std::string_view bytes);
std::string bytes_from_sql(std::string_view text);

// The parameters $1, $2, ... of one statement, in order.
class parameters {
public:
    parameters& add(std::string_view value);
    parameters& add(const char* value) { return add(std::string_view(value)); }
    parameters& add(utc_time value) { return add_ready(to_sql(value)); }
    parameters& add(double value);
    template <std::same_as<bool> T>
    parameters& add(T value) {
        return add_ready(value ? "t" : "f");
    }
    template <std::integral T>
    requires(!std::same_as<T, bool>) parameters& add(T value) {
        return add_ready(std::to_string(value));
    }
    template <typename T>
    parameters& add(const std::optional<T>& value) {
        return value ? add(*value) : add_null();
    }
    parameters& add_null();
    // Text that is storable already: an array, bytes.
    parameters& add_ready(std::string value);

    const std::vector<std::optional<std::string>>& values() const { return values_; }

private:
    std::vector<std::optional<std::string>> values_;
};

// An array literal, "{1,2,NULL}", built element by element.
class array_text {
public:
    array_text& add(std::string_view value); // quoted
    array_text& add(const char* value) { return add(std::string_view(value)); }
    array_text& add(utc_time value) { return add_plain(to_sql(value)); }
    template <std::same_as<bool> T>
    array_text& add(T value) {
        return add_plain(value ? "t" : "f");
    }
    template <std::integral T>
    requires(!std::same_as<T, bool>) array_text& add(T value) {
        return add_plain(std::to_string(value));
    }
    template <typename T>
    array_text& add(const std::optional<T>& value) {
        return value ? add(*value) : add_plain("NULL");
    }
    array_text& add_bytes(std::string_view value); // of a bytea[]
    // The literal; nothing can be added after.
    std::string take();

private:
    array_text& add_plain(std::string_view value);
    std::string text_ = "{";
};

// The elements of a one-dimensional array of numbers, "{1,2}".
std::vector<std::int64_t> numbers_from_sql(std::string_view text);

} // namespace callmirror::postgres
