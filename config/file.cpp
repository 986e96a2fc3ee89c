#include "config/file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace callmirror::config {
namespace {

file_error system_error(int code) {
    std::string why = std::generic_category().message(code);
    if (!why.empty() && why[0] >= 'A' && why[0] <= 'Z') {
        why[0] = static_cast<char>(why[0] - 'A' + 'a');
    }
    return {std::move(why)};
}

class descriptor {
public:
    explicit descriptor(int number)
        : number_{number} {}
    ~descriptor() {
        if (number_ >= 0) {
            ::close(number_);
        }
    }
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    int number() const { return number_; }

private:
    int number_;
};

// How many bytes were read; fewer than there is room for at the file's end only. -1: errno says
// why.
ssize_t read_all(int from, std::vector<char>& to) {
    std::size_t filled = 0;
    while (filled < to.size()) {
        const ssize_t got = ::read(from, to.data() + filled, to.size() - filled);
        if (got == 0) {
            break;
        }
        if (got < 0 && errno != EINTR) {
            return -1;
        }
        filled += got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    return static_cast<ssize_t>(filled);
}

} // namespace

std::variant<file_bytes, file_error> read_file(const std::string& path, std::size_t limit) {
    const descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)};
    struct stat about {};
    if (file.number() < 0 || ::fstat(file.number(), &about) != 0) {
        return system_error(errno);
    }
    if (!S_ISREG(about.st_mode)) {
        return file_error{S_ISDIR(about.st_mode) ? "it is a directory" : "it is no regular file"};
    }
    std::vector<char> bytes(limit + 1);
    const ssize_t size = read_all(file.number(), bytes);
    const int code = errno;
    const auto length = size > 0 ? static_cast<std::size_t>(size) : 0;
    file_bytes result{secret{{bytes.data(), length}}, about.st_mode & 07777U, about.st_uid};
    explicit_bzero(bytes.data(), length);
    if (size < 0) {
        return system_error(code);
    }
    if (length > limit) {
        return file_error{"it is larger than " + std::to_string(limit) + " bytes"};
    }
    return result;
}

} // namespace callmirror::config
