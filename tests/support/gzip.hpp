// Compresses for tests, as one gzip member.
#pragma once

#include <libdeflate.h>

#include <string>
#include <string_view>

namespace callmirror::test_support {

inline std::string gzip(std::string_view text) {
    libdeflate_compressor* const compressor = libdeflate_alloc_compressor(6);
    std::string result(libdeflate_gzip_compress_bound(compressor, text.size()), '\0');
    result.resize(libdeflate_gzip_compress(compressor, text.data(), text.size(), result.data(),
                                           result.size()));
    libdeflate_free_compressor(compressor);
    return result;
}

} // namespace callmirror::test_support
