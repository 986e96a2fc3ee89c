#include "sync/fetch/inflate.hpp"

#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>

namespace callmirror::fetch {
namespace {

struct freed {
    void operator()(libdeflate_decompressor* object) const { libdeflate_free_decompressor(object); }
};
using decompressor_ptr = std::unique_ptr<libdeflate_decompressor, freed>;

libdeflate_decompressor* decompressor() {
    thread_local const decompressor_ptr kept{libdeflate_alloc_decompressor()};
    if (!kept) {
        throw std::bad_alloc{};
    }
    return kept.get();
}

constexpr std::size_t smallest_member = 18; // header and trailer
constexpr std::size_t largest_ratio = 1032; // of deflate: 258 bytes for two bits
constexpr std::size_t growth = 4;           // attempts start anew: 1 + 1/4 + 1/16 ...

// The size in the trailer, where it is believable: it is modulo 2^32, only the last member's, and
// may be a lie.
std::size_t first_guess(std::string_view data, std::size_t limit) {
    std::array<unsigned char, 4> trailer{};
    std::memcpy(trailer.data(), data.data() + data.size() - trailer.size(), trailer.size());
    std::size_t claimed = 0;
    for (std::size_t at = trailer.size(); at-- > 0;) {
        claimed = claimed << 8U | trailer[at];
    }
    const std::size_t possible =
        data.size() > limit / largest_ratio ? limit : data.size() * largest_ratio;
    return claimed == 0 || claimed > possible ? std::min(data.size() * growth, limit) : claimed;
}

void resize_padded(std::string& out, std::size_t size) {
    out.reserve(size + body_padding);
    out.resize(size);
}

struct member {
    libdeflate_result result;
    std::size_t in = 0;
    std::size_t out = 0;
};

member inflate_member(std::string_view data, std::string& out, std::size_t at) {
    member got{};
    got.result = libdeflate_gzip_decompress_ex(decompressor(), data.data(), data.size(),
                                               out.data() + at, out.size() - at, &got.in, &got.out);
    return got;
}

} // namespace

inflate_result inflate_gzip(std::string_view data, std::size_t limit, std::string& out) {
    out.clear();
    if (data.size() < smallest_member) {
        return inflate_result::bad_data;
    }
    resize_padded(out, first_guess(data, limit));
    std::size_t used = 0;
    while (!data.empty()) {
        const member got = inflate_member(data, out, used);
        if (got.result == LIBDEFLATE_SUCCESS) {
            data.remove_prefix(got.in);
            used += got.out;
            continue;
        }
        const bool full = got.result == LIBDEFLATE_INSUFFICIENT_SPACE;
        if (!full || out.size() >= limit) {
            out.clear();
            return full ? inflate_result::too_large : inflate_result::bad_data;
        }
        const std::size_t wanted = std::max<std::size_t>(out.size(), body_padding);
        resize_padded(out, wanted > limit / growth ? limit : wanted * growth);
    }
    out.resize(used);
    return inflate_result::done;
}

} // namespace callmirror::fetch
