// pgbouncer between the program and a cluster, on a port of its own: as Debian packages it, run as
// the user that PostgreSQL runs as. It ends with the test.
#pragma once

#include "tests/support/postgres.hpp"

#include <string>
#include <sys/types.h>

namespace callmirror::integration {

class pooler {
public:
    // `mode`: "transaction", "session", "statement". Throws std::runtime_error where it can't
    // start.
    pooler(const tests::postgres_cluster& before, const std::string& mode, int server_connections);
    ~pooler();
    pooler(const pooler&) = delete;
    pooler& operator=(const pooler&) = delete;

    std::string url(const std::string& database) const;
    void kill();  // every connection is lost
    void start(); // again, at the same port

private:
    std::string directory_;
    std::string ini_;
    int port_ = 0;
    int port_holder_ = -1;
    pid_t process_ = -1;
};

} // namespace callmirror::integration
