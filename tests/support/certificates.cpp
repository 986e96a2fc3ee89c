#include "tests/support/certificates.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string_view>

namespace callmirror::test_support {
namespace {

using clock = std::chrono::system_clock;

template <auto Free>
struct deleter {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};
using key_ptr = std::unique_ptr<EVP_PKEY, deleter<EVP_PKEY_free>>;
using certificate_ptr = std::unique_ptr<X509, deleter<X509_free>>;
using bio_ptr = std::unique_ptr<BIO, deleter<BIO_free_all>>;
using extension_ptr = std::unique_ptr<X509_EXTENSION, deleter<X509_EXTENSION_free>>;

[[noreturn]] void fail(std::string_view what) {
    std::array<char, 256> reason{};
    ERR_error_string_n(ERR_get_error(), reason.data(), reason.size());
    throw std::runtime_error("certificates: " + std::string{what} + ": " + reason.data());
}

void require(bool success, std::string_view what) {
    if (!success) {
        fail(what);
    }
}

key_ptr make_key() {
    key_ptr key{EVP_EC_gen("P-256")};
    require(key != nullptr, "make a key");
    return key;
}

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

pem_pair to_pem(X509* certificate, EVP_PKEY* key) {
    const bio_ptr certificate_text{BIO_new(BIO_s_mem())};
    const bio_ptr key_text{BIO_new(BIO_s_mem())};
    require(PEM_write_bio_X509(certificate_text.get(), certificate) == 1, "write a certificate");
    require(PEM_write_bio_PrivateKey(key_text.get(), key, nullptr, nullptr, 0, nullptr, nullptr) ==
                1,
            "write a key");
    return {text_of(certificate_text.get()), text_of(key_text.get())};
}

bio_ptr reading(const std::string& text) {
    return bio_ptr{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

void set_serial(X509* certificate) {
    // A random positive serial: clients refuse two certificates of one issuer with the same one.
    std::array<unsigned char, 8> bytes{};
    require(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1, "draw a serial");
    std::uint64_t serial = 0;
    std::memcpy(&serial, bytes.data(), sizeof serial);
    require(ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1U | 1U) == 1,
            "set the serial");
}

void set_time(ASN1_TIME* field, clock::time_point time) {
    require(ASN1_TIME_set(field, clock::to_time_t(time)) != nullptr, "set a time");
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const extension_ptr extension{X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str())};
    require(extension != nullptr, "make the extension " + value);
    require(X509_add_ext(certificate, extension.get(), -1) == 1, "add an extension");
}

void set_common_name(X509* certificate, const std::string& name) {
    const auto bytes = std::vector<unsigned char>(name.begin(), name.end());
    require(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                                       bytes.data(), static_cast<int>(bytes.size()), -1, 0) == 1,
            "set the common name");
}

// Version, serial, dates, subject and public key: what every certificate has.
certificate_ptr blank(EVP_PKEY* key, const std::string& name, clock::time_point not_before,
                      clock::time_point not_after) {
    certificate_ptr certificate{X509_new()};
    require(certificate != nullptr, "make a certificate");
    X509_set_version(certificate.get(), X509_VERSION_3);
    set_serial(certificate.get());
    set_time(X509_getm_notBefore(certificate.get()), not_before);
    set_time(X509_getm_notAfter(certificate.get()), not_after);
    set_common_name(certificate.get(), name);
    X509_set_pubkey(certificate.get(), key);
    return certificate;
}

std::string alternative_names(const certificate_request& request) {
    std::string value;
    for (const auto& name : request.names) {
        value += (value.empty() ? "DNS:" : ",DNS:") + name;
    }
    for (const auto& ip : request.ips) {
        value += (value.empty() ? "IP:" : ",IP:") + ip;
    }
    return value;
}

} // namespace

authority make_authority(const std::string& name) {
    const key_ptr key = make_key();
    const auto now = clock::now();
    const certificate_ptr certificate =
        blank(key.get(), name, now - std::chrono::hours{24}, now + std::chrono::hours{24 * 3650});
    X509* const self = certificate.get();
    X509_set_issuer_name(self, X509_get_subject_name(self));
    add_extension(self, self, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(self, self, NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(self, self, NID_subject_key_identifier, "hash");
    require(X509_sign(self, key.get(), EVP_sha256()) > 0, "sign the authority");
    return {name, to_pem(self, key.get())};
}

pem_pair issue(const authority& issuer, const certificate_request& request) {
    if (request.names.empty() && request.ips.empty()) {
        throw std::runtime_error("certificates: a certificate needs a name or an address");
    }
    const bio_ptr issuer_text = reading(issuer.pem.certificate);
    const bio_ptr issuer_key_text = reading(issuer.pem.key);
    const certificate_ptr issuer_certificate{
        PEM_read_bio_X509(issuer_text.get(), nullptr, nullptr, nullptr)};
    const key_ptr issuer_key{
        PEM_read_bio_PrivateKey(issuer_key_text.get(), nullptr, nullptr, nullptr)};
    require(issuer_certificate != nullptr && issuer_key != nullptr, "read the authority");

    const key_ptr key = make_key();
    const auto& subject = request.names.empty() ? request.ips.front() : request.names.front();
    const certificate_ptr certificate =
        blank(key.get(), subject, request.not_before, request.not_after);
    X509* const self = certificate.get();
    X509_set_issuer_name(self, X509_get_subject_name(issuer_certificate.get()));
    add_extension(self, issuer_certificate.get(), NID_basic_constraints, "critical,CA:FALSE");
    add_extension(self, issuer_certificate.get(), NID_key_usage, "critical,digitalSignature");
    add_extension(self, issuer_certificate.get(), NID_ext_key_usage, "serverAuth");
    add_extension(self, issuer_certificate.get(), NID_subject_key_identifier, "hash");
    add_extension(self, issuer_certificate.get(), NID_authority_key_identifier, "keyid");
    add_extension(self, issuer_certificate.get(), NID_subject_alt_name, alternative_names(request));
    require(X509_sign(self, issuer_key.get(), EVP_sha256()) > 0, "sign a certificate");
    return to_pem(self, key.get());
}

} // namespace callmirror::test_support
