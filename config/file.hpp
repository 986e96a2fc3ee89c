// Reads a whole small file, and tells who owns it. The bytes count as a secret: they are wiped.
#pragma once

#include "config/secret.hpp"

#include <cstddef>
#include <string>
#include <sys/types.h>
#include <variant>

namespace callmirror::config {

struct file_bytes {
    secret content;
    mode_t mode = 0; // of the very file that was read
    uid_t owner = 0;
};

struct file_error {
    std::string why; // "no such file or directory"
};

// A regular file of at most `limit` bytes. Never waits, as opening a FIFO would.
std::variant<file_bytes, file_error> read_file(const std::string& path, std::size_t limit);

} // namespace callmirror::config
