// What the fuzz targets share. A target is one LLVMFuzzerTestOneInput: it asserts what has to hold
// whatever the bytes are. A property that does not hold, or an exception that gets out, ends the
// process, which is what libFuzzer takes for a finding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace callmirror::fuzz {

// One input: a few choices, a character each, and then the text. '0' chooses the first, so that
// inputs can be written by hand.
class input {
public:
    input(const std::uint8_t* data, std::size_t size)
        : rest_{reinterpret_cast<const char*>(data), size} {}

    // From 0 to `count` - 1.
    std::size_t choose(std::size_t count);
    std::string_view rest() const { return rest_; }

private:
    std::string_view rest_;
};

// Prints `what` and the text it is about, and ends the process, where `holds` is false.
void require(bool holds, std::string_view what, std::string_view about = {});

bool is_utf8(std::string_view text);
// Valid UTF-8 without anything that a terminal, a log or a reader's eye could be misled by.
bool is_safe_line(std::string_view text);

} // namespace callmirror::fuzz
