#include "daemon/version.hpp"

#include <openssl/crypto.h>

#include <libpq-fe.h>

namespace callmirror::daemon {
namespace {

std::string compiler() {
#if defined(__clang__)
    return "clang " __clang_version__;
#else
    return "g++ " __VERSION__;
#endif
}

} // namespace

// Both are set by CMake: it knows the versions that it found.
std::string_view version() {
    return CALLMIRROR_VERSION;
}

std::string version_text() {
    const int libpq = PQlibVersion(); // 150004 is 15.4
    return "callmirror " CALLMIRROR_VERSION "\n"
           "built with " +
           compiler() + ", " CALLMIRROR_LIBRARIES "\n" + "runs with " +
           OpenSSL_version(OPENSSL_VERSION) + ", libpq " + std::to_string(libpq / 10'000) + '.' +
           std::to_string(libpq % 10'000);
}

} // namespace callmirror::daemon
