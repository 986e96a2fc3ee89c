// gzip: bytes that say that they are it ('0'), and texts that are compressed first ('1').
#include "sync/fetch/inflate.hpp"

#include "tests/fuzz/fuzz.hpp"
#include "tests/support/gzip.hpp"

#include <string>

namespace callmirror::fuzz {
namespace {

using namespace fetch;

constexpr std::size_t limit = 10'000;

inflate_result inflate(std::string_view data, std::size_t most, std::string& out) {
    const inflate_result result = inflate_gzip(data, most, out);
    require(out.size() <= most, "what comes out is bounded");
    require(out.empty() || result == inflate_result::done, "a failure gives nothing", out);
    require(result != inflate_result::done || out.capacity() >= out.size() + body_padding,
            "what comes out is padded");
    return result;
}

void try_bytes(std::string_view data) {
    std::string out;
    std::string again = "what was there before";
    const inflate_result result = inflate(data, limit, out);
    require(inflate(data, limit, again) == result && again == out, "it gives the same twice");
    if (result == inflate_result::done && !out.empty()) {
        require(inflate(data, out.size() - 1, again) == inflate_result::too_large,
                "the limit is kept to the byte");
    }
}

void try_text(std::string_view text) {
    const std::string packed = test_support::gzip(text);
    std::string out;
    require(inflate(packed, text.size(), out) == inflate_result::done && out == text,
            "a text survives", text);
    require(inflate(packed + packed, 2 * text.size(), out) == inflate_result::done &&
                out == std::string{text} + std::string{text},
            "members are joined", text);
    for (std::size_t size = 0; size < packed.size(); size += 1 + packed.size() / 16) {
        require(inflate(packed.substr(0, size), limit, out) != inflate_result::done,
                "a cut is noticed", text);
    }
    require(inflate(packed + '\0', limit + text.size(), out) == inflate_result::bad_data,
            "what comes behind is noticed", text);
}

} // namespace
} // namespace callmirror::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace callmirror;
    fuzz::input in{data, size};
    if (in.choose(2) == 0) {
        fuzz::try_bytes(in.rest());
    } else {
        fuzz::try_text(in.rest());
    }
    return 0;
}
