#include "tests/integration/pooler.hpp"

#include "tests/support/process.hpp"

#include <pqxx/pqxx>

#include <chrono>
#include <csignal>
#include <fstream>
#include <stdexcept>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace callmirror::integration {

using namespace std::chrono_literals;

pooler::pooler(const tests::postgres_cluster& before, const std::string& mode,
               int server_connections)
    : directory_(before.directory())
    , port_(tests::held_port(port_holder_)) {
    ini_ = directory_ + "/pgbouncer-" + std::to_string(port_) + ".ini";
    std::ofstream(directory_ + "/users.txt") << "\"postgres\" \"\"\n";
    std::ofstream(ini_) << "[databases]\n* = host=" << directory_ << " port=" << before.port()
                        << "\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = " << port_
                        << "\nunix_socket_dir =\nauth_type = trust\nauth_file = " << directory_
                        << "/users.txt\npool_mode = " << mode
                        << "\ndefault_pool_size = " << server_connections
                        << "\nserver_login_retry = 1\n";
    start();
}

pooler::~pooler() {
    kill();
    ::close(port_holder_);
}

void pooler::start() {
    auto words = tests::as_server_user({"pgbouncer", ini_});
    if (words.front() == "setpriv") {
        words.insert(words.begin() + 1, {"--pdeathsig", "KILL"});
    }
    process_ = tests::spawn(words, ini_ + ".log", directory_);
    for (const auto until = std::chrono::steady_clock::now() + 20s;
         std::chrono::steady_clock::now() < until; std::this_thread::sleep_for(20ms)) {
        try {
            const pqxx::connection ready(url("postgres"));
            return;
        } catch (const std::exception&) { // not yet
        }
    }
    throw std::runtime_error("pgbouncer does not start\nhint: apt-get install pgbouncer\n" +
                             tests::read_file(ini_ + ".log"));
}

void pooler::kill() {
    if (process_ > 0) {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
        process_ = -1;
    }
}

std::string pooler::url(const std::string& database) const {
    return "postgresql://postgres@127.0.0.1:" + std::to_string(port_) + "/" + database;
}

} // namespace callmirror::integration
