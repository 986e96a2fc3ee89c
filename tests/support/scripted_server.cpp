#include "tests/support/scripted_server.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <arpa/inet.h>
#include <array>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace callmirror::test_support {
namespace {

struct socket_address {
    sockaddr_storage storage{};
    socklen_t size = 0;

    sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

socket_address make_address(const std::string& host, std::uint16_t port) {
    socket_address result;
    sockaddr_in v4{};
    sockaddr_in6 v6{};
    if (inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        std::memcpy(&result.storage, &v4, sizeof v4);
        result.size = sizeof v4;
    } else if (inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        std::memcpy(&result.storage, &v6, sizeof v6);
        result.size = sizeof v6;
    } else {
        throw std::runtime_error("scripted server: not an address: " + host);
    }
    return result;
}

int listen_on(const std::string& host, std::uint16_t port, int backlog) {
    auto address = make_address(host, port);
    const int descriptor = socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int yes = 1;
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (descriptor < 0 || bind(descriptor, address.get(), address.size) != 0 ||
        listen(descriptor, backlog) != 0) {
        const std::string why = std::strerror(errno);
        close(descriptor);
        throw std::runtime_error("scripted server: can't listen on " + host + ": " + why);
    }
    return descriptor;
}

std::uint16_t port_of(int descriptor) {
    sockaddr_in6 address{}; // the port stands in the same place in both families
    socklen_t size = sizeof address;
    getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin6_port);
}

SSL_CTX* make_context(const server_options& options) {
    SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
    const auto& pem = *options.certificate;
    BIO* const certificate_text =
        BIO_new_mem_buf(pem.certificate.data(), static_cast<int>(pem.certificate.size()));
    BIO* const key_text = BIO_new_mem_buf(pem.key.data(), static_cast<int>(pem.key.size()));
    X509* const certificate = PEM_read_bio_X509(certificate_text, nullptr, nullptr, nullptr);
    EVP_PKEY* const key = PEM_read_bio_PrivateKey(key_text, nullptr, nullptr, nullptr);
    const bool ready = SSL_CTX_use_certificate(context, certificate) == 1 &&
                       SSL_CTX_use_PrivateKey(context, key) == 1;
    X509_free(certificate);
    EVP_PKEY_free(key);
    BIO_free(certificate_text);
    BIO_free(key_text);
    if (!ready) {
        SSL_CTX_free(context);
        throw std::runtime_error("scripted server: the certificate can't be used");
    }
    if (options.only_tls_1_1) {
        SSL_CTX_set_security_level(context, 0); // OpenSSL 3 has no TLS 1.1 above it
        SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
        SSL_CTX_set_max_proto_version(context, TLS1_1_VERSION);
    }
    return context;
}

} // namespace

scripted_peer::scripted_peer(int descriptor, std::size_t number)
    : descriptor_{descriptor}
    , number_{number} {
    const int yes = 1;
    setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

scripted_peer::~scripted_peer() {
    finish();
    SSL_free(tls_);
    close(descriptor_);
}

std::ptrdiff_t scripted_peer::read_some(char* into, std::size_t size) {
    return tls_ != nullptr ? SSL_read(tls_, into, static_cast<int>(size))
                           : recv(descriptor_, into, size, 0);
}

std::string scripted_peer::read_request() {
    std::string request = std::exchange(surplus_, {});
    std::array<char, 4096> chunk{};
    std::size_t end = request.find("\r\n\r\n");
    while (end == std::string::npos) {
        const std::ptrdiff_t got = read_some(chunk.data(), chunk.size());
        if (got <= 0) {
            return {};
        }
        request.append(chunk.data(), static_cast<std::size_t>(got));
        end = request.find("\r\n\r\n");
    }
    surplus_ = request.substr(end + 4);
    request.resize(end + 4);
    return request;
}

bool scripted_peer::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::ptrdiff_t sent =
            tls_ != nullptr ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                            : send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

void scripted_peer::wait_until_closed() {
    std::array<char, 4096> chunk{};
    while (read_some(chunk.data(), chunk.size()) > 0) {
    }
}

bool scripted_peer::start_tls(ssl_ctx_st* context) {
    tls_ = SSL_new(context);
    SSL_set_fd(tls_, descriptor_);
    const bool agreed = SSL_accept(tls_) == 1;
    ERR_clear_error();
    return agreed;
}

void scripted_peer::finish() {
    if (tls_ != nullptr && SSL_is_init_finished(tls_) == 1) {
        SSL_shutdown(tls_);
        ERR_clear_error();
    }
    cut();
}

void scripted_peer::cut() {
    shutdown(descriptor_, SHUT_RDWR);
}

void scripted_peer::reset() {
    // Zero linger makes close() send RST; /dev/null keeps the number from being taken meanwhile.
    const linger hard{1, 0};
    setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    dup2(nothing, descriptor_);
    close(nothing);
}

void scripted_peer::interrupt() {
    cut();
}

scripted_server::scripted_server(server_options options, script on_connection)
    : options_{std::move(options)}
    , script_{std::move(on_connection)} {
    std::signal(SIGPIPE, SIG_IGN); // SSL_write to a client that has gone
    if (options_.certificate) {
        context_ = make_context(options_);
    }
    listener_ = listen_on(options_.address, options_.port, 64);
    port_ = port_of(listener_);
    acceptor_ = std::thread{[this] { accept_all(); }};
}

scripted_server::~scripted_server() {
    shutdown(listener_, SHUT_RDWR); // ends accept()
    acceptor_.join();
    {
        const std::lock_guard lock{mutex_};
        for (const auto& peer : peers_) {
            peer->interrupt();
        }
    }
    for (auto& thread : threads_) {
        thread.join();
    }
    peers_.clear();
    close(listener_);
    SSL_CTX_free(context_);
}

std::string scripted_server::base_url() const {
    const bool v6 = options_.address.find(':') != std::string::npos;
    return (options_.certificate ? "https://" : "http://") +
           (v6 ? '[' + options_.address + ']' : options_.address) + ':' + std::to_string(port_);
}

void scripted_server::accept_all() {
    for (;;) {
        const int descriptor = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (descriptor < 0) {
            return;
        }
        const auto peer = std::make_shared<scripted_peer>(descriptor, connections_++);
        const std::lock_guard lock{mutex_};
        peers_.push_back(peer);
        threads_.emplace_back([this, peer] { serve(*peer); });
    }
}

void scripted_server::serve(scripted_peer& peer) {
    if (options_.before_tls && !options_.before_tls(peer)) {
        peer.cut();
        return;
    }
    if (context_ != nullptr && !peer.start_tls(context_)) {
        peer.cut();
        return;
    }
    script_(peer);
    peer.finish();
}

deaf_listener::deaf_listener(const std::string& address, std::uint16_t port) {
    const int listener = listen_on(address, port, 0);
    descriptors_.push_back(listener);
    port_ = port_of(listener);
    auto target = make_address(address, port_);
    for (int filler = 0; filler < 4; ++filler) {
        const int descriptor =
            socket(target.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        descriptors_.push_back(descriptor);
        if (connect(descriptor, target.get(), target.size) != 0 && errno != EINPROGRESS) {
            throw std::runtime_error("deaf listener: can't fill its queue");
        }
    }
}

deaf_listener::~deaf_listener() {
    for (const int descriptor : descriptors_) {
        close(descriptor);
    }
}

} // namespace callmirror::test_support
