// Fetches secrets from where the settings say they are. Blocking; reads the environment, so not
// while another thread changes it. Nothing here puts a secret's value into an error.
#pragma once

#include "config/secret.hpp"
#include "config/settings.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <variant>

namespace callmirror::config {

struct secret_error {
    std::string text; // `account acme: /etc/callmirror/acme.key is readable by others (mode 0644)`
    std::string hint; // `chmod 600 /etc/callmirror/acme.key`; may be empty

    bool operator==(const secret_error&) const = default;
};

using secret_result = std::variant<secret, secret_error>;

// The API key: one line of visible ASCII; line ends after it are cut off.
// A file of at most 16 KiB has to satisfy judge_access(). A systemd credential is not judged so:
// systemd guards it.
secret_result read_api_key(const account_settings& account);

// The libpq URI, which starts with postgresql:// or postgres://. The same rules for a file.
secret_result read_database_url(const database_settings& database);

// Who may have a hand on a file with a secret: its owner has to be us or root. Others may do
// nothing with it. Its group may do nothing either, but read it where root owns it (root:callmirror
// 0640): then root has chosen the group. nullopt where that is so; `who` starts the error's text.
std::optional<secret_error> judge_access(const std::string& who, const std::string& path,
                                         mode_t mode, uid_t owner, uid_t us);

// Text that is a libpq URI by its looks: the scheme, and no blank or control character.
bool is_database_url(std::string_view text);

} // namespace callmirror::config
