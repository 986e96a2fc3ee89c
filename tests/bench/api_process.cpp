#include "tests/bench/api_process.hpp"

#include "sync/base/time.hpp"
#include "tests/support/process.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

#include <chrono>
#include <csignal>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace callmirror::bench {

using namespace std::chrono_literals;

api_process::api_process(const std::string& program, const std::string& directory,
                         const std::vector<std::string>& arguments)
    : ca_file_(directory + "/ca.pem") {
    const auto port_file = directory + "/port";
    ::unlink(port_file.c_str());
    // It ends with this process, however that ends. Signed URLs would change every 15 minutes.
    std::vector<std::string> words{"setpriv",
                                   "--pdeathsig",
                                   "KILL",
                                   "--",
                                   program,
                                   "--port-file",
                                   port_file,
                                   "--ca-out",
                                   ca_file_,
                                   "--manner",
                                   "signature_period_s=0"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    process_ = tests::spawn(words, directory + "/api.log", "/");
    const auto until = std::chrono::steady_clock::now() + 300s;
    while (port_ == 0) {
        const auto text = tests::read_file(port_file);
        port_ = text.empty() ? 0 : std::stoi(text);
        const bool ended = port_ == 0 && ::waitpid(process_, nullptr, WNOHANG) != 0;
        if (ended || std::chrono::steady_clock::now() > until) {
            throw std::runtime_error("the simulated API does not start: " +
                                     tests::read_file(directory + "/api.log"));
        }
        std::this_thread::sleep_for(10ms);
    }
}

api_process::~api_process() {
    ::kill(process_, SIGTERM);
    ::waitpid(process_, nullptr, 0);
}

double api_process::cpu_seconds() const {
    double ticks = 0;
    for (const int field : {14, 15}) {
        ticks += std::atof(tests::stat_field(process_, field).c_str());
    }
    return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

std::string api_process::ask(const std::string& method, const std::string& path,
                             const std::string& body) const {
    namespace asio = boost::asio;
    asio::io_context io;
    asio::ssl::context tls(asio::ssl::context::tls_client);
    tls.load_verify_file(ca_file_);
    tls.set_verify_mode(asio::ssl::verify_peer);
    asio::ssl::stream<asio::ip::tcp::socket> stream(io, tls);
    stream.next_layer().connect(
        {asio::ip::address_v4::loopback(), static_cast<asio::ip::port_type>(port_)});
    stream.handshake(asio::ssl::stream_base::client);
    asio::write(stream, asio::buffer(method + ' ' + path +
                                     " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                                     "Content-Length: " +
                                     std::to_string(body.size()) + "\r\n\r\n" + body));
    std::string answer;
    boost::system::error_code ended; // its close, with or without a last word of TLS
    asio::read(stream, asio::dynamic_buffer(answer), ended);
    const auto head = answer.find("\r\n\r\n");
    if (!answer.starts_with("HTTP/1.1 200 ") || head == std::string::npos) {
        throw std::runtime_error(method + ' ' + path + ": " + answer.substr(0, 400));
    }
    return answer.substr(head + 4);
}

void api_process::manner(const std::string& name, const std::string& value) const {
    post("/_simulator/manners", "{\"" + name + "\":\"" + value + "\"}");
}

std::vector<api_process::logged> api_process::log() const {
    std::istringstream lines(get("/_simulator/log"));
    std::vector<logged> all;
    std::string time;
    std::string method;
    for (logged each; lines >> time >> each.status >> method >> each.target; all.push_back(each)) {
        each.ms = parse_time(time)->time_since_epoch().count();
    }
    return all;
}

} // namespace callmirror::bench
