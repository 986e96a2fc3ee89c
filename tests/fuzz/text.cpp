// What makes text from outside safe to show.
#include "sync/base/text.hpp"

#include "sync/decode/escape.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace callmirror;
    constexpr std::size_t widest = 4; // \xnn for a byte
    fuzz::input in{data, size};
    const std::size_t limit = in.choose(64);
    for (const auto where : {placed::between_quotes, placed::in_a_sentence}) {
        const std::string shown = printable(in.rest(), limit, where);
        fuzz::require(fuzz::is_safe_line(shown), "what is shown is safe", shown);
        fuzz::require(shown.size() <= limit * widest + 3, "what is shown is short", shown);
        fuzz::require(where != placed::in_a_sentence || printable(shown, 300, where) == shown,
                      "what is safe stays as it is", shown);
    }
    const std::string valid = decode::with_valid_utf8(in.rest());
    fuzz::require(fuzz::is_utf8(valid) && valid.find('\0') == std::string::npos,
                  "what is stored is UTF-8 without U+0000", valid);
    fuzz::require(decode::with_valid_utf8(valid) == valid, "what is valid stays as it is", valid);
    fuzz::require(in.rest().find('\0') != std::string::npos || !fuzz::is_utf8(in.rest()) ||
                      valid == in.rest(),
                  "what was valid is not touched", valid);
    return 0;
}
