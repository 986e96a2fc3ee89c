// A TOML document as plain values that know where they stand. What keeps toml++, which is slow to
// compile, out of everything but document.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace callmirror::config {

struct position {
    int line = 0; // both from 1; 0 where unknown
    int column = 0;
};

struct date {
    std::string text; // RFC 3339: a day, a time without offset or one with it
};
struct time_of_day {};

struct node;
struct member;
using array = std::vector<node>;
using table = std::vector<member>;

struct node {
    position at;
    std::variant<std::string, std::int64_t, double, bool, date, time_of_day, array, table> value;
};

struct member {
    std::string key;
    position at; // the key's
    node content;
};

struct syntax_error {
    position at;
    std::string text; // what TOML wants there; lower case, safe to print
};

// Throws nothing but std::bad_alloc.
std::variant<table, syntax_error> read_document(std::string_view toml);

// nullptr where there is none of that key.
const node* find(const table& in, std::string_view key);

// A value as an error shows it: "\"30\"", "30", "a list", "a table".
std::string shown(const node& value);

} // namespace callmirror::config
