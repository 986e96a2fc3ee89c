#include "daemon/page_policy.hpp"

#include "daemon/page/page.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>
#include <string_view>

namespace callmirror::daemon {
namespace {

std::string hash_source(std::string_view text) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> hash{};
    unsigned int size = 0;
    EVP_Digest(text.data(), text.size(), hash.data(), &size, EVP_sha256(), nullptr);
    std::array<unsigned char, 4 * ((SHA256_DIGEST_LENGTH + 2) / 3) + 1> encoded{};
    const int length = EVP_EncodeBlock(encoded.data(), hash.data(), SHA256_DIGEST_LENGTH);
    return "'sha256-" + std::string(encoded.begin(), encoded.begin() + length) + '\'';
}

} // namespace

const std::string& page_policy() {
    static const std::string policy =
        "default-src 'none'; style-src " + hash_source(page::style.text) + "; script-src " +
        hash_source(page::refresh.text) +
        "; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    return policy;
}

} // namespace callmirror::daemon
