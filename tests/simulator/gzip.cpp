#include "tests/simulator/gzip.hpp"

#include <libdeflate.h>

#include <memory>
#include <stdexcept>

namespace callmirror::simulator {

std::string gzip(std::string_view plain) {
    thread_local const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)>
        compressor(libdeflate_alloc_compressor(1), libdeflate_free_compressor);
    std::string packed(libdeflate_gzip_compress_bound(compressor.get(), plain.size()), '\0');
    packed.resize(libdeflate_gzip_compress(compressor.get(), plain.data(), plain.size(),
                                           packed.data(), packed.size()));
    return packed;
}

std::string gunzip(std::string_view packed) {
    const std::unique_ptr<libdeflate_decompressor, void (*)(libdeflate_decompressor*)> decompressor(
        libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
    std::string plain(packed.size() * 4 + 1024, '\0');
    while (true) {
        std::size_t size = 0;
        const auto result = libdeflate_gzip_decompress(
            decompressor.get(), packed.data(), packed.size(), plain.data(), plain.size(), &size);
        if (result == LIBDEFLATE_SUCCESS) {
            plain.resize(size);
            return plain;
        }
        if (result != LIBDEFLATE_INSUFFICIENT_SPACE) {
            throw std::runtime_error("this is no gzip");
        }
        plain.resize(plain.size() * 2);
    }
}

} // namespace callmirror::simulator
