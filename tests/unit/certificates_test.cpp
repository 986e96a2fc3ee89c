#include "tests/support/certificates.hpp"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <memory>
#include <stdexcept>

namespace callmirror::test_support {
namespace {

using namespace std::chrono_literals;

struct freed {
    void operator()(X509* object) const { X509_free(object); }
    void operator()(BIO* object) const { BIO_free_all(object); }
    void operator()(X509_STORE* object) const { X509_STORE_free(object); }
    void operator()(X509_STORE_CTX* object) const { X509_STORE_CTX_free(object); }
};

std::unique_ptr<X509, freed> read(const std::string& pem) {
    const std::unique_ptr<BIO, freed> bio{
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
    return std::unique_ptr<X509, freed>{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)};
}

// OpenSSL's verdict on `certificate` where only `trusted` is known.
int verify(const pem_pair& certificate, const authority& trusted) {
    const auto leaf = read(certificate.certificate);
    const auto root = read(trusted.pem.certificate);
    const std::unique_ptr<X509_STORE, freed> store{X509_STORE_new()};
    X509_STORE_add_cert(store.get(), root.get());
    const std::unique_ptr<X509_STORE_CTX, freed> context{X509_STORE_CTX_new()};
    X509_STORE_CTX_init(context.get(), store.get(), leaf.get(), nullptr);
    X509_STORE_CTX_set_default(context.get(), "ssl_server");
    X509_verify_cert(context.get());
    return X509_STORE_CTX_get_error(context.get());
}

TEST(Certificates, AreTrustedByTheirAuthorityAlone) {
    const authority ours = make_authority();
    const authority other = make_authority("another");
    const pem_pair pair = issue(ours, {.names = {"localhost"}, .ips = {}});
    EXPECT_EQ(verify(pair, ours), X509_V_OK);
    EXPECT_EQ(verify(pair, other), X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
}

TEST(Certificates, CarryNamesAndAddresses) {
    const pem_pair pair = issue(
        make_authority(), {.names = {"localhost", "api.example"}, .ips = {"127.0.0.1", "::1"}});
    const auto certificate = read(pair.certificate);
    X509* const self = certificate.get();
    EXPECT_EQ(X509_check_host(self, "localhost", 0, 0, nullptr), 1);
    EXPECT_EQ(X509_check_host(self, "api.example", 0, 0, nullptr), 1);
    EXPECT_EQ(X509_check_host(self, "other.example", 0, 0, nullptr), 0);
    EXPECT_EQ(X509_check_ip_asc(self, "127.0.0.1", 0), 1);
    EXPECT_EQ(X509_check_ip_asc(self, "::1", 0), 1);
    EXPECT_EQ(X509_check_ip_asc(self, "127.0.0.2", 0), 0);
}

TEST(Certificates, ObeyTheirDates) {
    const authority ours = make_authority();
    const auto now = std::chrono::system_clock::now();
    const pem_pair expired = issue(
        ours, {.names = {"localhost"}, .ips = {}, .not_before = now - 48h, .not_after = now - 24h});
    const pem_pair early = issue(
        ours, {.names = {"localhost"}, .ips = {}, .not_before = now + 24h, .not_after = now + 48h});
    EXPECT_EQ(verify(expired, ours), X509_V_ERR_CERT_HAS_EXPIRED);
    EXPECT_EQ(verify(early, ours), X509_V_ERR_CERT_NOT_YET_VALID);
}

TEST(Certificates, NeedANameOrAnAddress) {
    EXPECT_THROW(issue(make_authority(), {}), std::runtime_error);
}

} // namespace
} // namespace callmirror::test_support
