#include "tests/support/process.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <netinet/in.h>
#include <sstream>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace callmirror::tests {

const passwd* server_user() {
    if (::geteuid() != 0)
        return nullptr;
    for (const char* name : {"postgres", "nobody"})
        if (const passwd* user = ::getpwnam(name))
            return user;
    throw std::runtime_error("PostgreSQL does not run as root, and there is no other user");
}

std::vector<std::string> as_server_user(std::vector<std::string> program) {
    const passwd* const user = server_user();
    if (user == nullptr)
        return program;
    std::vector<std::string> words{"setpriv",
                                   "--reuid",
                                   std::to_string(user->pw_uid),
                                   "--regid",
                                   std::to_string(user->pw_gid),
                                   "--clear-groups",
                                   "--"};
    words.insert(words.end(), program.begin(), program.end());
    return words;
}

pid_t spawn(const std::vector<std::string>& words, const std::string& log, const std::string& in,
            int input) {
    std::vector<char*> arguments;
    for (const auto& word : words)
        arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        // Nothing of the test's own is inherited but this log.
        if (::chdir(in.c_str()) != 0 || (input >= 0 && ::dup2(input, 0) < 0) ||
            !std::freopen(log.c_str(), "a", stdout) || ::dup2(1, 2) < 0)
            ::_exit(126);
        ::execvp(arguments[0], arguments.data());
        ::_exit(127);
    }
    return child;
}

int held_port(int& holder) {
    holder = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    const bool bound = ::setsockopt(holder, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
                       ::bind(holder, generic, size) == 0 &&
                       ::getsockname(holder, generic, &size) == 0;
    return bound ? ntohs(address.sin_port) : 0;
}

std::string stat_field(pid_t process, int number) {
    const std::string stat = read_file("/proc/" + std::to_string(process) + "/stat");
    std::istringstream after_name(stat.substr(std::min(stat.rfind(')') + 1, stat.size())));
    std::string field;
    for (int at = 3; at <= number && after_name >> field; ++at) {
    }
    return after_name ? field : "";
}

std::string read_file(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace callmirror::tests
