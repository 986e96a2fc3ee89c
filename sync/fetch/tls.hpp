// TLS as a client that trusts nobody by default: which authorities, which names, and what a failed
// handshake means to an operator. Used on the io thread; tls_context may be shared by several
// clients there.
#pragma once

#include "sync/fetch/answer.hpp"

#include <boost/asio/ssl/context.hpp>
#include <boost/system/error_code.hpp>

#include <memory>
#include <string>

namespace callmirror::fetch {

// TLS 1.2 or newer, the system's authorities, and those of `ca_file` ("" for none). Clients with
// the same authorities share one context: a thousand accounts must not hold a thousand copies.
// Throws std::invalid_argument where ca_file can't be read or holds no certificate.
std::shared_ptr<boost::asio::ssl::context> make_tls_context(const std::string& ca_file);

// Everything that makes a handshake prove who the server is: SNI (names only), verify_peer, and the
// name or IP address that the certificate has to be for. Call before the handshake; throws
// std::runtime_error where OpenSSL has no memory.
void expect_server(SSL* ssl, const std::string& host);

struct tls_failure {
    failure_kind kind; // bad_certificate, or unreachable where the handshake broke off otherwise
    std::string text;  // "certificate has expired; hint: ..."
};
tls_failure explain_handshake(SSL* ssl, const boost::system::error_code& error);

} // namespace callmirror::fetch
