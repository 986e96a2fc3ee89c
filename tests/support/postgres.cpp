#include "tests/support/postgres.hpp"

#include "schema/migrate.hpp"
#include "tests/support/process.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <pwd.h>
#include <stdexcept>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace callmirror::tests {
namespace {

namespace fs = std::filesystem;

std::string find_programs() {
    fs::path newest;
    for (const char* root : {"/usr/lib/postgresql", "/usr/pgsql"}) {
        if (!fs::is_directory(root))
            continue;
        for (const auto& version : fs::directory_iterator(root))
            if (fs::exists(version.path() / "bin" / "initdb"))
                newest = std::max(newest, version.path() / "bin");
    }
    if (newest.empty())
        throw std::runtime_error("no PostgreSQL server here\nhint: apt-get install postgresql");
    return newest;
}

} // namespace

postgres_cluster::postgres_cluster(const std::vector<std::string>& settings)
    : programs_(find_programs()) {
    make_directory();
    initialize(settings);
    start();
    sql("postgres", "create role with_password");
}

postgres_cluster::postgres_cluster(standby_of of)
    : programs_(find_programs()) {
    make_directory();
    run_to_end({programs_ + "/pg_basebackup", "--no-sync", "--checkpoint=fast",
                "--write-recovery-conf", "-D", directory_ + "/data", "-d",
                of.primary.url() + "?application_name=standby"});
    std::ofstream(directory_ + "/data/postgresql.auto.conf", std::ios::app)
        << "unix_socket_directories = '" << directory_ << "'\n";
    start();
}

postgres_cluster::~postgres_cluster() {
    if (server_ > 0) {
        resume();
        end(SIGQUIT);
    }
    ::close(port_holder_);
    ::close(alive_);
    ::waitpid(guardian_, nullptr, 0);
}

postgres_cluster& postgres_cluster::shared() {
    static postgres_cluster cluster;
    return cluster;
}

void postgres_cluster::make_directory() {
    std::string name = (fs::temp_directory_path() / "callmirror-pg-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
        throw std::runtime_error("mkdtemp " + name + ": " + std::strerror(errno));
    directory_ = name;
    if (const passwd* user = server_user())
        if (::chown(name.c_str(), user->pw_uid, user->pw_gid) != 0)
            throw std::runtime_error("chown " + name + ": " + std::strerror(errno));
    start_guardian();
}

// Outlives this process, however it ends, and clears away what it leaves.
void postgres_cluster::start_guardian() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        throw std::runtime_error(std::string("pipe: ") + std::strerror(errno));
    guardian_ = spawn({"sh", "-c",
                       "trap '' INT TERM HUP; read line\n"
                       "if read pid < \"$1/data/postmaster.pid\"; then\n"
                       "    kill -CONT $pid; kill -QUIT $pid; sleep 1; kill -KILL $pid\n"
                       "fi 2>/dev/null\n"
                       "rm -rf \"$1\"",
                       "guardian", directory_},
                      "/dev/null", "/", ends[0]);
    ::close(ends[0]);
    alive_ = ends[1];
}

// One of PostgreSQL's own programs, as the server's user.
void postgres_cluster::run_to_end(const std::vector<std::string>& words) const {
    const std::string log = directory_ + "/" + fs::path(words.front()).filename().string() + ".log";
    const pid_t child = spawn(as_server_user(words), log, directory_);
    int status = 0;
    if (::waitpid(child, &status, 0) != child || status != 0)
        throw std::runtime_error(words.front() + " failed: " + read_file(log));
}

void postgres_cluster::initialize(const std::vector<std::string>& settings) {
    run_to_end({programs_ + "/initdb", "-D", directory_ + "/data", "-U", "postgres", "-A", "trust",
                "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"});
    std::ofstream conf(directory_ + "/data/postgresql.conf", std::ios::app);
    conf << "fsync = off\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '" << directory_
         << "'\nshared_buffers = '128MB'\nmax_wal_size = '4GB'\nmax_connections = 50\n";
    for (const auto& line : settings)
        conf << line << '\n';
    std::ofstream(directory_ + "/data/pg_hba.conf")
        << "host all +with_password all scram-sha-256\n"
        << "local all all trust\nhost all all 127.0.0.1/32 trust\n"
        << "host replication all 127.0.0.1/32 trust\n";
}

void postgres_cluster::start() {
    for (int attempt = 0; attempt < 5; ++attempt) {
        if (port_ == 0)
            port_ = held_port(port_holder_);
        if (try_start())
            return;
    }
    throw std::runtime_error("PostgreSQL does not start: " + read_file(directory_ + "/log"));
}

bool postgres_cluster::try_start() {
    server_ = spawn(as_server_user({programs_ + "/postgres", "-D", directory_ + "/data", "-p",
                                    std::to_string(port_)}),
                    directory_ + "/log", directory_);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (std::chrono::steady_clock::now() < until) {
        if (::waitpid(server_, nullptr, WNOHANG) == server_) {
            server_ = -1;
            return false;
        }
        try {
            pqxx::connection ready(socket_url());
            return true;
        } catch (const std::exception&) { // not yet
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    }
    end(SIGQUIT);
    return false;
}

void postgres_cluster::end(int signal) {
    ::kill(server_, signal);
    ::waitpid(server_, nullptr, 0);
    server_ = -1;
}

void postgres_cluster::stop() {
    end(SIGINT);
}

void postgres_cluster::stop_immediately() {
    end(SIGQUIT);
}

void postgres_cluster::pause() {
    signal_all(SIGSTOP);
}

void postgres_cluster::resume() {
    signal_all(SIGCONT);
}

// Each has a process group of its own.
void postgres_cluster::signal_all(int signal) const {
    ::kill(server_, signal);
    for (const pid_t child : children())
        ::kill(child, signal);
}

std::vector<pid_t> postgres_cluster::children() const {
    std::vector<pid_t> list;
    for (const auto& entry : fs::directory_iterator("/proc")) {
        const pid_t process = std::atoi(entry.path().filename().c_str());
        if (process > 0 && std::atoi(stat_field(process, 4).c_str()) == server_)
            list.push_back(process);
    }
    return list;
}

double postgres_cluster::cpu_seconds() const {
    const auto own = [&] {
        double ticks = 0;
        for (const int field : {14, 15, 16, 17}) // its own, and of children that have ended
            ticks += std::atof(stat_field(server_, field).c_str());
        return ticks;
    };
    double before = 0;
    double ticks = 0;
    do { // one that ends meanwhile is counted with neither, or twice
        before = own();
        ticks = before;
        for (const pid_t child : children())
            for (const int field : {14, 15})
                ticks += std::atof(stat_field(child, field).c_str());
    } while (own() != before);
    return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

void postgres_cluster::terminate_backends() const {
    sql("postgres", "select pg_terminate_backend(pid) from pg_stat_activity "
                    "where backend_type = 'client backend' and pid <> pg_backend_pid()");
}

std::string postgres_cluster::url(const std::string& database, const std::string& user) const {
    return "postgresql://" + user + "@127.0.0.1:" + std::to_string(port_) + "/" + database;
}

std::string postgres_cluster::socket_url(const std::string& database) const {
    return "host=" + directory_ + " port=" + std::to_string(port_) +
           " user=postgres dbname=" + database;
}

std::string postgres_cluster::empty_database() {
    const std::string name = "test_" + std::to_string(++databases_);
    sql("postgres", "create database " + name);
    return name;
}

std::string postgres_cluster::migrated_database() {
    if (!template_made_) {
        sql("postgres", "create database migrated");
        schema::migrate({.url = socket_url("migrated")});
        template_made_ = true;
    }
    const std::string name = "test_" + std::to_string(++databases_);
    sql("postgres", "create database " + name + " template migrated");
    return name;
}

pqxx::result postgres_cluster::sql(const std::string& database, const std::string& text) const {
    pqxx::connection connection(socket_url(database));
    pqxx::nontransaction work(connection);
    return work.exec(text);
}

std::string postgres_cluster::value(const std::string& database, const std::string& text) const {
    const auto rows = sql(database, text);
    return rows.empty() || rows[0][0].is_null() ? "" : rows[0][0].c_str();
}

} // namespace callmirror::tests
