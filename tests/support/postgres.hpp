// A private PostgreSQL cluster for tests: own data directory, own socket, own port. It never
// touches a cluster that is on the machine, and is removed at the end; where the test dies, the
// server dies with it. Where the test runs as root, the server runs as another user.
#pragma once

#include <pqxx/pqxx>

#include <string>
#include <sys/types.h>
#include <vector>

namespace callmirror::tests {

class postgres_cluster {
public:
    // Makes and starts it. `settings` are lines of postgresql.conf. Throws std::runtime_error.
    explicit postgres_cluster(const std::vector<std::string>& settings = {});
    // A standby: a copy of `primary`, which must be running, that follows it under the name
    // "standby".
    struct standby_of {
        const postgres_cluster& primary;
    };
    explicit postgres_cluster(standby_of of);
    ~postgres_cluster();
    postgres_cluster(const postgres_cluster&) = delete;
    postgres_cluster& operator=(const postgres_cluster&) = delete;

    // One for the whole program, made when it is asked for first.
    static postgres_cluster& shared();

    // Over TCP. Every user is trusted but members of the role with_password: they need theirs.
    std::string url(const std::string& database = "postgres",
                    const std::string& user = "postgres") const;
    std::string socket_url(const std::string& database = "postgres") const;

    // A database of its own for one test; its name.
    std::string empty_database();
    std::string migrated_database();

    // Runs SQL as the superuser, on a connection of its own.
    pqxx::result sql(const std::string& database, const std::string& text) const;
    // The first field, "" for null.
    std::string value(const std::string& database, const std::string& text) const;

    // Again at the same port, which nobody else gets meanwhile.
    void start();
    void stop();             // connections are cut, what is written is kept
    void stop_immediately(); // as a crash: the next start recovers
    void pause();            // SIGSTOP to every process: the machine answers, the server doesn't
    void resume();
    void terminate_backends() const; // all clients' connections

    // What all of its processes have used so far, ended ones too.
    double cpu_seconds() const;

    int port() const { return port_; }
    const std::string& directory() const { return directory_; } // data/ is in it

private:
    void make_directory();
    void start_guardian();
    void initialize(const std::vector<std::string>& settings);
    void run_to_end(const std::vector<std::string>& words) const;
    bool try_start();
    void end(int signal);
    void signal_all(int signal) const;
    std::vector<pid_t> children() const;

    std::string directory_;
    std::string programs_; // where initdb and postgres are
    int port_ = 0;
    int port_holder_ = -1; // a socket that is bound to it, and never listens
    pid_t server_ = -1;
    pid_t guardian_ = -1;
    int alive_ = -1; // a pipe to the guardian: closed when this process ends
    int databases_ = 0;
    bool template_made_ = false;
};

} // namespace callmirror::tests
