// Undoes gzip, whole, into a bounded buffer. Pure; one decompressor a thread, kept for its
// lifetime.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace callmirror::fetch {

// What simdjson reads beyond the end: every body has this much capacity over its size.
inline constexpr std::size_t body_padding = 64;

enum class inflate_result {
    done,
    too_large, // more than `limit` bytes come out
    bad_data,  // not gzip, cut short, a wrong checksum, or something after the last member
};

// Inflates all members of `data` (RFC 1952) into `out`, whose capacity is then at least
// body_padding over its size. What it costs is bounded by `limit`, whatever the sizes in the data
// claim: memory limit + body_padding, time that of inflating about 1.4 times `limit`.
// `out` is cleared first and empty unless the result is `done`.
inflate_result inflate_gzip(std::string_view data, std::size_t limit, std::string& out);

} // namespace callmirror::fetch
