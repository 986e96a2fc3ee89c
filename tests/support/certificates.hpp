// Certificates made at run time for tests and the demo: an authority of our own, and what it
// issues. Keys are P-256: making a pair takes well under a millisecond. Nothing here is for
// production. Thread-safe; throws std::runtime_error with OpenSSL's reason where something can't be
// made.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace callmirror::test_support {

// Both as PEM text.
struct pem_pair {
    std::string certificate;
    std::string key;
};

// A self-signed root. `pem.certificate` is what a ca_file holds.
struct authority {
    std::string name;
    pem_pair pem;
};

struct certificate_request {
    std::vector<std::string> names = {}; // DNS names; the first is the subject's common name too
    std::vector<std::string> ips = {};   // "127.0.0.1", "::1"
    std::chrono::system_clock::time_point not_before =
        std::chrono::system_clock::now() - std::chrono::hours{24};
    std::chrono::system_clock::time_point not_after =
        std::chrono::system_clock::now() + std::chrono::hours{24 * 365};
};

// Valid from yesterday for ten years.
authority make_authority(const std::string& name = "callmirror test authority");

// A server's certificate signed by `issuer`, with its own key.
pem_pair issue(const authority& issuer, const certificate_request& request);

} // namespace callmirror::test_support
