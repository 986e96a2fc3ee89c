// Whether a record has changed: a hash of its text.
#pragma once

#include <cstdint>
#include <string_view>

namespace callmirror::decode {

// XXH3 (64 bits, seed 0) of a record's text without blanks between tokens. Of each string value
// that is a signed URL the part from its "?" on is left out: a new signature is no change. The
// order of the record's members counts, and so do the spellings of numbers and escapes. `record`
// must be valid JSON. Pure and thread-safe.
std::uint64_t content_hash(std::string_view record);

// Whether a string's contents, escaped as JSON has them, are an http or https URL whose query has
//   - a parameter X-Amz-* or X-Goog-* (S3, Google Cloud Storage),
//   - or Signature, sig, Key-Pair-Id, Expires or hdnts (CloudFront, Azure, CDNs),
//   - or token or hash beside se, exp or expiry,
// in upper or lower case. A token alone stays: it may well be the content.
bool is_signed_url(std::string_view contents);

} // namespace callmirror::decode
