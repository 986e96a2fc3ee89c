// Reads the configuration file: all of it is right, or every mistake in it is told at once.
// Reads no secret and opens no connection: that is read_secret.hpp's and the `check` command's.
#pragma once

#include "config/settings.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace callmirror::config {

struct mistake {
    int line = 0;     // from 1; 0 where no line is to blame, as for a file that can't be read
    int column = 0;   // from 1; 0 where unknown
    std::string key;  // "accounts[0].page_size"; "" for the file as a whole
    std::string text; // "accounts[0].page_size is 0, want a whole number from 1 to 1000"
    std::string hint; // what to do about it; may be empty
};

struct mistakes {
    std::string file;         // as given
    std::vector<mistake> all; // one or more, by line

    // "callmirror.toml:12: accounts[0].page_size is 0, ...", a line each; hints on lines of their
    // own that start with "  hint: ". Ends with a newline. Safe to print, holds no secret.
    std::string to_text() const;
};

using load_result = std::variant<settings, mistakes>;

// `path` as the operator gave it: mistakes name it so, and paths in it are relative to its folder.
// Throws nothing but std::bad_alloc.
load_result load(const std::string& path);

// The same for a text that was read from `file`.
load_result parse(std::string_view toml, const std::string& file);

// Every key there is, in the order of the example: "database.url", "accounts.name".
std::vector<std::string> known_keys();

} // namespace callmirror::config
