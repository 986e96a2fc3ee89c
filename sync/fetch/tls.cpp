#include "sync/fetch/tls.hpp"

#include "sync/base/text.hpp"
#include "sync/fetch/url.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string_view>

namespace callmirror::fetch {
namespace asio = boost::asio;
namespace {

using context_ptr = std::shared_ptr<asio::ssl::context>;

std::string read_authorities(const std::string& path) {
    if (path.empty()) {
        return {};
    }
    std::string text;
    try {
        std::ifstream file{path, std::ios::binary};
        file.exceptions(std::ios::failbit | std::ios::badbit); // a directory opens, and fails here
        text.assign(std::istreambuf_iterator<char>{file}, {});
    } catch (const std::ios::failure&) {
        const auto why = std::generic_category().message(errno);
        throw std::invalid_argument("ca_file: can't read \"" + printable(path) + "\": " + why +
                                    "; hint: put the authority's certificate there, readable by "
                                    "the user callmirror runs as, or leave ca_file out where the "
                                    "system trusts that authority");
    }
    if (text.find("-----BEGIN CERTIFICATE-----") == text.npos) {
        throw std::invalid_argument("ca_file: \"" + printable(path) +
                                    "\" holds no certificate; hint: it has to be PEM text: "
                                    "-----BEGIN CERTIFICATE----- and what follows");
    }
    return text;
}

// Whether authorities can be looked up in `directory` by their names' hashes ("5cd81ad7.0").
bool is_hashed(const char* directory) {
    std::error_code error;
    for (std::filesystem::directory_iterator each(directory, error), end; !error && each != end;
         each.increment(error)) {
        const auto name = each->path().filename().string();
        if (name.size() == 10 && name.ends_with(".0") &&
            name.find_first_not_of("0123456789abcdef") == 8) {
            return true;
        }
    }
    return false;
}

// The system's authorities. Parsing all of them takes some 70 ms, most of the time until the first
// request; where their directory is hashed, the one that is wanted is found there.
void trust_system(asio::ssl::context& context) {
    const char* const other = std::getenv(X509_get_default_cert_dir_env());
    const char* const directory = other != nullptr ? other : X509_get_default_cert_dir();
    X509_STORE* const store = SSL_CTX_get_cert_store(context.native_handle());
    if (std::getenv(X509_get_default_cert_file_env()) == nullptr && is_hashed(directory) &&
        X509_STORE_load_path(store, directory) == 1) {
        return;
    }
    boost::system::error_code none; // on this machine: then ca_file is all there is
    context.set_default_verify_paths(none);
}

context_ptr new_context(const std::string& authorities) {
    auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);
    context->set_verify_mode(asio::ssl::verify_peer);
    trust_system(*context);
    if (!authorities.empty()) {
        boost::system::error_code error;
        context->add_certificate_authority(asio::buffer(authorities), error);
        if (error) {
            throw std::invalid_argument("ca_file: not a valid certificate: " + error.message());
        }
    }
    ERR_clear_error();
    return context;
}

std::string hint_for(long verdict) {
    switch (verdict) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
        return "the certificate is of an unknown authority; hint: if that authority is yours, name "
               "its certificate in ca_file; if it is a public one, install ca-certificates";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return "the certificate is for another name; hint: check the host in base_url";
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return "the certificate has expired; hint: the server's operator has to renew it, or this "
               "machine's clock is wrong";
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return "the certificate is not valid yet; hint: check this machine's clock";
    default:
        return std::string{"the certificate was refused: "} +
               X509_verify_cert_error_string(verdict);
    }
}

} // namespace

context_ptr make_tls_context(const std::string& ca_file) {
    static std::mutex mutex;
    static std::map<std::string, std::weak_ptr<asio::ssl::context>> known; // by authorities
    const std::string authorities = read_authorities(ca_file);
    const std::lock_guard lock{mutex};
    std::erase_if(known, [](const auto& entry) { return entry.second.expired(); });
    auto& entry = known[authorities];
    auto context = entry.lock();
    if (!context) {
        context = new_context(authorities);
        entry = context;
    }
    return context;
}

void expect_server(SSL* ssl, const std::string& host) {
    X509_VERIFY_PARAM* const wanted = SSL_get0_param(ssl);
    bool set = false;
    if (is_ip_address(host)) {
        set = X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) == 1;
    } else {
        X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
                                                    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
        set = X509_VERIFY_PARAM_set1_host(wanted, host.data(), host.size()) == 1 &&
              SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                       std::string{host}.data()) == 1;
    }
    if (!set) {
        throw std::runtime_error("tls: can't set the expected server name");
    }
    SSL_set_verify(ssl, SSL_VERIFY_PEER, nullptr);
}

tls_failure explain_handshake(SSL* ssl, const boost::system::error_code& error) {
    const long verdict = SSL_get_verify_result(ssl);
    if (verdict != X509_V_OK) {
        return {failure_kind::bad_certificate, hint_for(verdict)};
    }
    if (error.category() == asio::error::get_ssl_category()) {
        const char* const reason =
            ERR_reason_error_string(static_cast<unsigned long>(error.value()));
        return {failure_kind::unreachable,
                "the handshake failed: " + (reason != nullptr ? reason : error.message())};
    }
    return {failure_kind::unreachable, "the handshake was broken off: " + error.message()};
}

} // namespace callmirror::fetch
