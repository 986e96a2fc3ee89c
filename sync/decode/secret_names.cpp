#include "sync/decode/secret_names.hpp"

#include "sync/base/text.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>
#include <vector>

namespace callmirror::decode {
namespace {

constexpr std::size_t long_word = 5; // such a one tells wherever it stands

bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

char lower(char c) {
    return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_letter_or_digit(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

// "apiKey_ID" -> "api", "key", "id"; "APIKey" -> "api", "key".
std::vector<std::string> words_of(std::string_view name) {
    std::vector<std::string> words;
    bool within = false;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (!is_letter_or_digit(name[i])) {
            within = false;
            continue;
        }
        const bool after_lower = i > 0 && !is_upper(name[i - 1]);
        const bool before_lower =
            i + 1 < name.size() && std::islower(static_cast<unsigned char>(name[i + 1])) != 0;
        if (!within || (is_upper(name[i]) && (after_lower || before_lower))) {
            words.emplace_back();
        }
        within = true;
        words.back() += lower(name[i]);
    }
    return words;
}

bool ends_with_word(std::string_view word, std::string_view secret) {
    return word.ends_with(secret) ||
           (word.ends_with('s') && word.substr(0, word.size() - 1).ends_with(secret));
}

} // namespace

std::string sha256_of(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), hash.data(), &size, EVP_sha256(), nullptr) != 1) {
        throw std::runtime_error("OpenSSL can't make a SHA-256");
    }
    std::string digits;
    for (unsigned i = 0; i < size; ++i) {
        digits += "0123456789abcdef"[hash[i] >> 4U];
        digits += "0123456789abcdef"[hash[i] & 15U];
    }
    return digits;
}

bool is_secret_name(std::string_view name, std::span<const std::string_view> secrets) {
    const auto words = words_of(name);
    std::string letters;
    for (const auto& word : words) {
        letters += word;
    }
    return std::ranges::any_of(secrets, [&](std::string_view secret) {
        return secret.size() >= long_word
                   ? letters.find(secret) != std::string::npos
                   : std::ranges::any_of(words, [&](const std::string& word) {
                         return ends_with_word(word, secret);
                     });
    });
}

treatment treatment_of(std::string_view name, const providers::credentials& rules) {
    const auto is_it = [name](std::string_view each) { return equals_ignoring_case(each, name); };
    return std::ranges::any_of(rules.hashed, is_it) ? treatment::hash
           : std::ranges::any_of(rules.kept, is_it) ? treatment::keep
           : is_secret_name(name, rules.removed)    ? treatment::remove
                                                    : treatment::keep;
}

} // namespace callmirror::decode
