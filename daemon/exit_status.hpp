// How the program ends: sysexits.h, as the contract names them.
#pragma once

#include <algorithm>

namespace callmirror::daemon {

enum class exit_status : int {
    done = 0,
    in_part = 1,        // what is missing was named
    usage = 64,         // EX_USAGE
    unavailable = 69,   // EX_UNAVAILABLE: API or database out of reach past give_up_after
    refused = 77,       // EX_NOPERM: the API refused the key, or the database the login or a right
    configuration = 78, // EX_CONFIG: the file, a secret, or a database of a newer callmirror
};

constexpr int code(exit_status status) {
    return static_cast<int>(status);
}

// Of several accounts or checks: the one that says most about what to do. The numbers are in order.
constexpr exit_status worst(exit_status a, exit_status b) {
    return std::max(a, b);
}

} // namespace callmirror::daemon
