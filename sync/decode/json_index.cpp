// The one unit that includes simdjson. Only its first stage is used, the vectorised half of it that
// its DOM and On-Demand front ends share. On-Demand itself does not look into what it skips (an
// unknown field holding `tru` or `[}` passes, and PostgreSQL refuses the whole batch later), and
// its first error ends the walk over all records that follow.
#include "sync/decode/json_text.hpp"

#include <simdjson.h>

#include <limits>

namespace callmirror::decode {
namespace {

// The index takes four bytes for each byte of the largest body so far. What a rare huge body took
// is given back after it.
constexpr std::size_t kept_capacity = std::size_t{4} << 20U;

} // namespace

struct json_index::implementation {
    std::unique_ptr<simdjson::internal::dom_parser_implementation> parser;

    bool reserve(std::size_t size) {
        const bool fits = parser != nullptr && parser->capacity() >= size;
        const bool oversized =
            fits && parser->capacity() > kept_capacity && size <= kept_capacity / 2;
        if (fits && !oversized) {
            return true;
        }
        parser.reset();
        const std::size_t capacity = std::max(size, std::size_t{256} << 10U);
        return simdjson::get_active_implementation()->create_dom_parser_implementation(
                   capacity, 1, parser) == simdjson::SUCCESS;
    }
};

json_index::json_index()
    : implementation_{std::make_unique<implementation>()} {}
json_index::~json_index() = default;
json_index::json_index(json_index&&) noexcept = default;
json_index& json_index::operator=(json_index&&) noexcept = default;

json_index& json_index::of_this_thread() {
    thread_local json_index index;
    return index;
}

json_index::outcome json_index::build(std::string_view body) {
    text_ = {};
    if (body.empty()) {
        return outcome::done;
    }
    if (body.size() > std::numeric_limits<std::uint32_t>::max() - simdjson::SIMDJSON_PADDING ||
        !implementation_->reserve(body.size())) {
        return outcome::too_large;
    }
    auto& parser = *implementation_->parser;
    // This stage copies an incomplete last block, so that the body needs no padding.
    switch (parser.stage1(reinterpret_cast<const std::uint8_t*>(body.data()), body.size(),
                          simdjson::stage1_mode::regular)) {
    case simdjson::SUCCESS:
        text_ = {body, parser.structural_indexes.get(), parser.n_structural_indexes};
        return outcome::done;
    case simdjson::EMPTY: // nothing but blanks
        return outcome::done;
    case simdjson::UTF8_ERROR:
        return outcome::bad_utf8;
    case simdjson::UNESCAPED_CHARS:
        return outcome::control_character;
    case simdjson::UNCLOSED_STRING:
        return outcome::open_string;
    default:
        return outcome::too_large;
    }
}

void append_compact(byte_buffer& to, std::string_view json) {
    // Some of its kernels write whole blocks, and so beyond what they keep.
    char* const begin = to.room(json.size() + simdjson::SIMDJSON_PADDING);
    std::size_t size = 0;
    if (simdjson::minify(json.data(), json.size(), begin, size) == simdjson::SUCCESS) {
        to.add(size);
    } else { // an open string: not with valid JSON
        to.append(json);
    }
}

} // namespace callmirror::decode
