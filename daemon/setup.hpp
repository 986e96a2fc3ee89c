// The configuration with the secrets it points to: all that a command needs to begin.
#pragma once

#include "config/secret.hpp"
#include "config/settings.hpp"
#include "sync/postgres/conninfo.hpp"

#include <chrono>
#include <string>
#include <variant>
#include <vector>

namespace callmirror::daemon {

struct account_setup {
    config::account_settings settings;
    config::secret key;
    std::string authorities{}; // what ca_file held: another content is another setup

    bool operator==(const account_setup&) const = default;
};

struct setup {
    config::settings settings;
    config::secret database_url;
    std::vector<account_setup> accounts; // in the order of settings.accounts
};

// What is wrong with it, a line each, hints below; ends with a newline.
using setup_result = std::variant<setup, std::string>;

// Reads the file, the keys and the database's URL. Blocking, but nothing but local files.
// `only`: the keys of these accounts are enough, and `accounts` has no others; empty: all.
setup_result load_setup(const std::string& path, const std::vector<std::string>& only = {});

// The same without the keys, for commands that talk to the database alone: their user need not be
// able to read the keys.
struct database_setup {
    config::settings settings;
    config::secret url;
};
std::variant<database_setup, std::string> load_database_setup(const std::string& path);

// Why libpq can't read it, without any part of it; "" where it can.
std::string mistake_in_url(const config::secret& url);

// How to reach the database. Migrations may take their time, everything else may not.
postgres::session_options
database_options(const config::secret& url,
                 std::chrono::seconds statement_limit = std::chrono::seconds(30));

} // namespace callmirror::daemon
