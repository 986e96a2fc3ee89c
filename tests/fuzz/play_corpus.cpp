// The main program of a fuzz target where there is no fuzzer: plays each file of the folders that
// it is given, and each of its beginnings, as a cut in the wrong place is what breaks a reader
// most.
#include "tests/fuzz/fuzz.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <vector>

namespace {

constexpr std::size_t longest_to_cut = 2048;

std::vector<std::uint8_t> bytes_of(const std::filesystem::path& file) {
    std::ifstream from{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{from}, {}};
}

// From memory of just that size: a sanitizer sees a look beyond its end.
void play(const std::vector<std::uint8_t>& bytes, std::size_t size) {
    const std::vector<std::uint8_t> exact{bytes.begin(),
                                          bytes.begin() + static_cast<std::ptrdiff_t>(size)};
    LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

int play_folder(const std::filesystem::path& folder) {
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator{folder}) {
        std::printf("%s\n", entry.path().c_str());
        std::fflush(stdout); // whatever comes of it, it is told which one it was
        const auto bytes = bytes_of(entry.path());
        const std::size_t shortest = bytes.size() <= longest_to_cut ? 0 : bytes.size();
        for (std::size_t size = shortest; size <= bytes.size(); ++size) {
            play(bytes, size);
        }
        ++files;
    }
    return files;
}

} // namespace

int main(int count, char** arguments) {
    int files = 0;
    for (int at = 1; at < count; ++at) {
        if (!std::string_view{arguments[at]}.starts_with('-')) { // libFuzzer's own
            files += play_folder(arguments[at]);
        }
    }
    return files > 0 ? 0 : 1;
}
