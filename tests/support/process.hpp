// Processes that tests start: servers that must not run as root, and what /proc tells of them.
#pragma once

#include <pwd.h>
#include <string>
#include <sys/types.h>
#include <vector>

namespace callmirror::tests {

// Whom to run a server as that refuses root; nullptr where this is not root.
const passwd* server_user();

// The words to run `program` as that user.
std::vector<std::string> as_server_user(std::vector<std::string> program);

// Starts `words` in the directory `in`, its output added to the file `log`, its standard input the
// descriptor `input` (-1: this process's own). The caller waits for it.
pid_t spawn(const std::vector<std::string>& words, const std::string& log, const std::string& in,
            int input = -1);

// A TCP port of 127.0.0.1 for a server that sets SO_REUSEADDR, as PostgreSQL does: it can listen
// there, again and again, and nobody else is given the port as long as the socket `holder` is open.
// 0 where there is none.
int held_port(int& holder);

// "" where there is none.
std::string read_file(const std::string& path);

// Field of /proc/<process>/stat by its number in proc(5), from 3; "" where the process is gone.
std::string stat_field(pid_t process, int number);

} // namespace callmirror::tests
